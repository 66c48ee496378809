/* Bodies that many answers share: made once from a snapshot, sent to everybody until the snapshot
 * changes. */
#ifndef USHER_HTTP_ANSWER_CACHE_H
#define USHER_HTTP_ANSWER_CACHE_H

#include "base/buffer.h"
#include "base/id.h"
#include "base/result.h"
#include "http/coding.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ETAG_BYTES 25 /* quotes, 22 characters of base64url, NUL */

#define CODED_ETAG_BYTES (ETAG_BYTES + 2)

/* A body's bytes in gzip, which are another representation: its tag is the body's with -g in it. */
struct coded_answer {
    char etag[CODED_ETAG_BYTES];
    uint8_t *bytes;
    size_t length;
};

/* Immutable once made, but for its coded form. */
struct cached_answer {
    atomic_uint references;
    const char *content_type; /* a literal */
    const char *policy;       /* Content-Security-Policy, a literal; NULL: the strictest */
    enum coding coding;       /* of the bytes */
    bool varies;              /* other codings are there too */
    char etag[ETAG_BYTES];
    uint8_t *bytes;
    size_t length;
    _Atomic(struct coded_answer *) coded; /* made when somebody first takes it; NULL before */
};

/* The content of a body; the version says of which moment. */
struct cached_answer_key {
    unsigned kind; /* the service's */
    struct id id;
    uint64_t from, limit; /* of a page */
    uint64_t since;       /* of changes; two that differ in this alone have the same place */
};

#define ANSWER_CACHE_SLOTS 1024
/* Maps of large rounds are some 17 MB each; a body that does not fit is made anew for each request.
 * Coded forms come beside that, each smaller than its body. */
#define ANSWER_CACHE_BYTES_MAX ((size_t)256 << 20)

struct cached_answer_slot {
    struct cached_answer_key key;
    uint64_t version;
    struct cached_answer *body; /* NULL: empty */
};

struct answer_cache {
    pthread_mutex_t lock;
    struct cached_answer_slot slots[ANSWER_CACHE_SLOTS];
    size_t bytes;
    size_t hand; /* where making room goes on */
};

void answer_cache_init(struct answer_cache *cache);
void answer_cache_release(struct answer_cache *cache);

/* The body for this key and version, with a reference for the caller; NULL: not there. */
struct cached_answer *answer_cache_find(struct answer_cache *cache,
                                        const struct cached_answer_key *key, uint64_t version);

/* Takes over the buffer's bytes; the ETag is a hash of them, the type JSON. One reference, the
 * caller's. NULL: no memory. */
struct cached_answer *cached_answer_new(struct buffer *bytes);
/* The body in gzip, as long as the body; made once. NULL: it gains nothing, or there is no memory.
 */
const struct coded_answer *cached_answer_code(struct cached_answer *body);

/* The same with a copy of the bytes, and of another type (a literal). */
struct cached_answer *cached_answer_copy(const void *bytes, size_t length,
                                         const char *content_type);

void cached_answer_hold(struct cached_answer *body);
void cached_answer_drop(struct cached_answer *body);

/* Keeps the body for others to find; the cache takes a reference of its own. */
void answer_cache_keep(struct answer_cache *cache, const struct cached_answer_key *key,
                       uint64_t version, struct cached_answer *body);

/* Whether an If-None-Match header names this entity tag (RFC 9110, 13.1.2: weak comparison). */
bool etag_matches(const char *header, const char *etag);

#endif
