/* See answer_cache.h. */
#include "http/answer_cache.h"

#include "base/base64.h"
#include "base/check.h"
#include "http/gzip.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

void answer_cache_init(struct answer_cache *cache)
{
    *cache = (struct answer_cache){0};
    CHECK(pthread_mutex_init(&cache->lock, NULL) == 0);
}

void answer_cache_release(struct answer_cache *cache)
{
    for (size_t i = 0; i < ANSWER_CACHE_SLOTS; i++)
        if (cache->slots[i].body != NULL)
            cached_answer_drop(cache->slots[i].body);
    CHECK(pthread_mutex_destroy(&cache->lock) == 0);
}

static struct cached_answer_slot *cached_slot(struct answer_cache *cache,
                                              const struct cached_answer_key *key)
{
    const uint64_t mixed = id_hash(key->id) ^ ((uint64_t)key->kind << 56) ^
                           (key->from * 1024 + key->limit) * UINT64_C(0x9e3779b97f4a7c15);
    return &cache->slots[(mixed ^ mixed >> 32) % ANSWER_CACHE_SLOTS];
}

static bool same_key(const struct cached_answer_key *a, const struct cached_answer_key *b)
{
    return a->kind == b->kind && a->from == b->from && a->limit == b->limit &&
           a->since == b->since && id_equal(a->id, b->id);
}

struct cached_answer *answer_cache_find(struct answer_cache *cache,
                                        const struct cached_answer_key *key, uint64_t version)
{
    struct cached_answer *body = NULL;
    CHECK(pthread_mutex_lock(&cache->lock) == 0);
    const struct cached_answer_slot *slot = cached_slot(cache, key);
    if (slot->body != NULL && slot->version == version && same_key(&slot->key, key)) {
        body = slot->body;
        cached_answer_hold(body);
    }
    CHECK(pthread_mutex_unlock(&cache->lock) == 0);
    return body;
}

struct cached_answer *cached_answer_new(struct buffer *bytes)
{
    struct cached_answer *body = malloc(sizeof *body);
    if (body == NULL)
        return NULL;
    uint8_t hash[16];
    CHECK(crypto_generichash(hash, sizeof hash, bytes->data, bytes->length, NULL, 0) == 0);
    atomic_init(&body->references, 1);
    atomic_init(&body->coded, NULL);
    body->content_type = "application/json";
    body->policy = NULL;
    body->coding = CODING_IDENTITY;
    body->varies = false;
    body->etag[0] = '"';
    const size_t written = base64_encode(BASE64_URL, hash, sizeof hash, body->etag + 1);
    memcpy(body->etag + 1 + written, "\"", 2);
    body->bytes = bytes->data;
    body->length = bytes->length;
    *bytes = (struct buffer){.bound = bytes->bound};
    return body;
}

static void coded_answer_free(struct coded_answer *coded)
{
    if (coded != NULL)
        free(coded->bytes);
    free(coded);
}

/* "abc" -> "abc-g" */
static void code_etag(const char etag[static ETAG_BYTES], char coded[static CODED_ETAG_BYTES])
{
    const size_t length = strlen(etag) - 1;
    memcpy(coded, etag, length);
    memcpy(coded + length, "-g\"", 4);
}

static struct coded_answer *coded_answer_new(const struct cached_answer *body)
{
    struct coded_answer *coded = calloc(1, sizeof *coded);
    if (coded == NULL ||
        gzip_make(body->bytes, body->length, &coded->bytes, &coded->length) != RESULT_OK) {
        free(coded);
        return NULL;
    }
    code_etag(body->etag, coded->etag);
    return coded;
}

/* Two threads may make it at once: one's is kept. */
const struct coded_answer *cached_answer_code(struct cached_answer *body)
{
    struct coded_answer *known = atomic_load_explicit(&body->coded, memory_order_acquire);
    if (known != NULL || body->varies || body->length < GZIP_BYTES_MIN)
        return known;
    struct coded_answer *made = coded_answer_new(body);
    if (made == NULL || atomic_compare_exchange_strong(&body->coded, &known, made))
        return made;
    coded_answer_free(made);
    return known;
}

struct cached_answer *cached_answer_copy(const void *bytes, size_t length, const char *content_type)
{
    struct buffer copy;
    struct cached_answer *body = NULL;
    buffer_init(&copy, length);
    if (buffer_reserve(&copy, length) == RESULT_OK) {
        buffer_append(&copy, bytes, length);
        body = cached_answer_new(&copy);
    }
    buffer_release(&copy);
    if (body != NULL)
        body->content_type = content_type;
    return body;
}

void cached_answer_hold(struct cached_answer *body)
{
    atomic_fetch_add_explicit(&body->references, 1, memory_order_relaxed);
}

void cached_answer_drop(struct cached_answer *body)
{
    if (atomic_fetch_sub_explicit(&body->references, 1, memory_order_acq_rel) != 1)
        return;
    coded_answer_free(atomic_load_explicit(&body->coded, memory_order_relaxed));
    free(body->bytes);
    free(body);
}

static void slot_empty(struct answer_cache *cache, struct cached_answer_slot *slot)
{
    if (slot->body == NULL)
        return;
    cache->bytes -= slot->body->length;
    cached_answer_drop(slot->body);
    slot->body = NULL;
}

void answer_cache_keep(struct answer_cache *cache, const struct cached_answer_key *key,
                       uint64_t version, struct cached_answer *body)
{
    if (body->length > ANSWER_CACHE_BYTES_MAX / 2)
        return;
    CHECK(pthread_mutex_lock(&cache->lock) == 0);
    struct cached_answer_slot *slot = cached_slot(cache, key);
    slot_empty(cache, slot);
    /* At most once around: with every slot empty there is room. */
    while (cache->bytes + body->length > ANSWER_CACHE_BYTES_MAX)
        slot_empty(cache, &cache->slots[cache->hand++ % ANSWER_CACHE_SLOTS]);
    cached_answer_hold(body);
    *slot = (struct cached_answer_slot){.key = *key, .version = version, .body = body};
    cache->bytes += body->length;
    CHECK(pthread_mutex_unlock(&cache->lock) == 0);
}

bool etag_matches(const char *header, const char *etag)
{
    const size_t length = strlen(etag);
    for (;;) {
        header += strspn(header, " \t,");
        if (*header == '*')
            return true;
        if (header[0] == 'W' && header[1] == '/')
            header += 2;
        if (*header != '"')
            return false;
        const size_t tag_length = strcspn(header + 1, "\"") + 2;
        if (tag_length == length && strncmp(header, etag, length) == 0)
            return true;
        header += tag_length - 1;
        if (*header == '\0')
            return false;
        header++;
    }
}
