/* The answers of an enquiry: JSON that is written straight into its exchange, bodies that many
 * share, and the statuses and headers that go with them. */
#ifndef USHER_API_REPLY_H
#define USHER_API_REPLY_H

#include "api/enquiry.h"
#include "api/object.h"
#include "http/answer.h"
#include "http/answer_cache.h"
#include "http/status_code.h"

#define CACHE_PUBLIC "public, max-age=1"
#define CACHE_MAP "public, max-age=300"
#define CACHE_FOR_EVER "public, max-age=31536000, immutable"
#define CACHE_NEVER "no-store"

/* A writer on the answer's own, empty body. */
struct json_writer *reply_begin(struct enquiry *enquiry);

/* Answers with what was written since reply_begin: of any type; as JSON that only the caller may
 * see; the same, with the URL of the thing made, `path` and then the id; as problem+json
 * (`retry_seconds` 0: no header). */
void reply_text(struct enquiry *enquiry, int status, const char *content_type,
                const char *cache_control);
void reply_private(struct enquiry *enquiry, int status);
void reply_created(struct enquiry *enquiry, const char *path, const char *prefix, struct id id);
/* The same of work that goes on, at `path` and then the id. */
void reply_begun(struct enquiry *enquiry, const char *path, const char *id_text);
void reply_problem(struct enquiry *enquiry, int status, int64_t retry_seconds);

/* Makes what was written since reply_begin a body that others find under the key (NULL: it is not
 * kept), to be answered with answer_shared. NULL: no memory. */
struct cached_answer *reply_share(struct enquiry *enquiry, const struct cached_answer_key *key,
                                  uint64_t version);

/* Answers a public route with such a body: for everybody, as long as `cache_control` says; nobody
 * keeps one that shows a draft. */
void reply_published(struct enquiry *enquiry, struct cached_answer *body,
                     const char *cache_control);

#endif
