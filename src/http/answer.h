/* Makes the answers: headers, caching, the body of an exchange. */
#ifndef USHER_HTTP_ANSWER_H
#define USHER_HTTP_ANSWER_H

#include "http/answer_cache.h"
#include "http/exchange.h"
#include "http/status_code.h"

/* The most bytes of one answer: a map of ROUND_SEATS_MAX seats with the longest texts stays below.
 */
#define ANSWER_BYTES_MAX ((size_t)256 << 20)

#define CACHE_PUBLIC "public, max-age=1"
#define CACHE_MAP "public, max-age=300"

/* A writer on the exchange's own, empty body. */
struct json_writer *answer_begin(struct exchange *exchange);

/* Answers with what was written since answer_begin, as JSON that only the caller may see. */
void answer_private(struct exchange *exchange, int status);

/* The same, with the URL of the thing made: `path`, then the id. */
void answer_created(struct exchange *exchange, const char *path, const char *prefix, struct id id);

void answer_no_content(struct exchange *exchange);

/* Makes what was written since answer_begin a body that others find under the key (NULL: it
 * is not kept). NULL: no memory. */
struct cached_answer *answer_share(struct exchange *exchange, const struct cached_answer_key *key,
                                   uint64_t version);

/* Answers with a body that many share, or 304 when the client has it. Takes over one reference.
 * NULL: no memory, which is answered. */
void answer_shared(struct exchange *exchange, struct cached_answer *body,
                   const char *cache_control);

/* Answers with a text of another type than JSON. */
void answer_text(struct exchange *exchange, int status, const char *content_type,
                 const char *cache_control);

/* Answers 200 with a stream (NULL: with its head alone, to HEAD), of which it takes over a
 * reference. stream_begin makes one. No other answer can take its place. */
void answer_stream(struct exchange *exchange, const char *content_type, struct stream *stream);

/* One more header of the answer made last. */
void answer_header(struct exchange *exchange, const char *name, const char *value);

/* Answers with what was written since answer_begin as problem+json. `retry_seconds` 0: no header.
 */
void answer_problem(struct exchange *exchange, int status, int64_t retry_seconds);

/* ---- For the connection ---- */

/* Ends the answer's head: its framing, and whether the connection ends with it. */
void answer_close_head(struct exchange *exchange);

/* The answer's body, also where it is not sent. */
const uint8_t *answer_body(const struct exchange *exchange, size_t *length);

#endif
