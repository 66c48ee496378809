/* Bodies that many answers share: made once from a snapshot, sent to everybody until the snapshot
 * changes. */
#ifndef USHER_HTTP_SHARED_H
#define USHER_HTTP_SHARED_H

#include "base/buffer.h"
#include "base/id.h"
#include "base/result.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ETAG_BYTES 25 /* quotes, 22 characters of base64url, NUL */

/* Immutable once made. */
struct shared_body {
    atomic_uint references;
    const char *content_type; /* a literal */
    char etag[ETAG_BYTES];
    uint8_t *bytes;
    size_t length;
};

/* What a body shows; the version says of which moment. */
struct shared_key {
    unsigned kind; /* the service's */
    struct id id;
    uint64_t from, limit; /* of a page */
};

#define SHARED_SLOTS 1024
/* Maps of large rounds are some 17 MB each; what does not fit is made anew for each request. */
#define SHARED_BYTES_MAX ((size_t)256 << 20)

struct shared_slot {
    struct shared_key key;
    uint64_t version;
    struct shared_body *body; /* NULL: empty */
};

struct shared_cache {
    pthread_mutex_t lock;
    struct shared_slot slots[SHARED_SLOTS];
    size_t bytes;
    size_t hand; /* where making room goes on */
};

void shared_cache_init(struct shared_cache *cache);
void shared_cache_release(struct shared_cache *cache);

/* The body for this key and version, with a reference for the caller; NULL: not there. */
struct shared_body *shared_find(struct shared_cache *cache, const struct shared_key *key,
                                uint64_t version);

/* Takes over the buffer's bytes; the ETag is a hash of them, the type JSON. One reference, the
 * caller's. NULL: no memory. */
struct shared_body *shared_body_new(struct buffer *bytes);
void shared_body_hold(struct shared_body *body);
void shared_body_drop(struct shared_body *body);

/* Keeps the body for others to find; the cache takes a reference of its own. */
void shared_keep(struct shared_cache *cache, const struct shared_key *key, uint64_t version,
                 struct shared_body *body);

/* Whether an If-None-Match header names this entity tag (RFC 9110, 13.1.2: weak comparison). */
bool etag_matches(const char *header, const char *etag);

#endif
