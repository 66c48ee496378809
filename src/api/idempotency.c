/* See idempotency.h. Bodies are compared as JSON, but for an import's: megabytes, whose parts are
 * freed while they are read, and which a program sends again as it sent them. */
#include "api/idempotency.h"

#include "api/problem.h"
#include "api/service.h"
#include "base/check.h"
#include "json/canonical.h"

#include <sodium.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

/* A key's hash is one of 64 of its caller; a fingerprint is compared with one other. */
#define HASH_BYTES 8
_Static_assert(sizeof(int64_t) == HASH_BYTES, "a hash is kept as a whole number");

struct idempotency_request {
    int64_t key_hash;
    crypto_generichash_state line; /* method and path */
    crypto_generichash_state sent; /* and of the body what has come so far */
};

/* Blanks after a field's value are not part of it (RFC 9110, 5.5); those before it are gone. */
static size_t length_of(const char *key)
{
    size_t length = strlen(key);
    while (length > 0 && (key[length - 1] == ' ' || key[length - 1] == '\t'))
        length--;
    return length;
}

static bool is_well_formed(const char *key, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (key[i] < ' ' || key[i] > '~')
            return false;
    return length >= 1 && length <= IDEMPOTENCY_KEY_CHARACTERS_MAX;
}

/* Keyed, so that a reader of the tables cannot try out what the requests were. */
static void hash_begin(const struct enquiry *enquiry, crypto_generichash_state *state)
{
    const struct secret *key = &enquiry->api->token_key;
    CHECK(crypto_generichash_init(state, key->bytes, SECRET_BYTES, crypto_generichash_BYTES_MIN) ==
          0);
}

static void hash_add(void *state, const void *bytes, size_t length)
{
    CHECK(crypto_generichash_update(state, bytes, length) == 0);
}

static int64_t hash_end(crypto_generichash_state *state)
{
    uint8_t hash[crypto_generichash_BYTES_MIN];
    int64_t number;
    CHECK(crypto_generichash_final(state, hash, sizeof hash) == 0);
    memcpy(&number, hash, sizeof number);
    return number;
}

bool idempotency_admit(struct enquiry *enquiry, const char *path)
{
    const char *key = enquiry->exchange.head->headers.idempotency_key;
    if (key == NULL || !route_takes_key(enquiry->route))
        return true;
    const size_t length = length_of(key);
    if (!is_well_formed(key, length)) {
        problem_answer(enquiry, REFUSAL_BAD_REQUEST);
        return false;
    }
    /* The state wants to stand on a cache line of its own. */
    struct idempotency_request *kept =
        aligned_alloc(alignof(struct idempotency_request), sizeof *kept);
    if (kept == NULL) {
        problem_answer(enquiry, REFUSAL_CAPACITY);
        return false;
    }
    crypto_generichash_state state;
    hash_begin(enquiry, &state);
    hash_add(&state, key, length);
    kept->key_hash = hash_end(&state);
    hash_begin(enquiry, &kept->line);
    hash_add(&kept->line, "POST ", 5);
    hash_add(&kept->line, path, strlen(path) + 1); /* its NUL ends it */
    if (enquiry->sends_sheet) {
        const char *start = exchange_parameter(&enquiry->exchange, "startTime");
        hash_add(&kept->line, start == NULL ? "" : start, start == NULL ? 1 : strlen(start) + 1);
    }
    kept->sent = kept->line;
    enquiry->idempotency = kept;
    return true;
}

void idempotency_forget(struct enquiry *enquiry)
{
    free(enquiry->idempotency);
    enquiry->idempotency = NULL;
}

void idempotency_receive(struct enquiry *enquiry, const void *data, size_t length)
{
    if (enquiry->idempotency != NULL)
        hash_add(&enquiry->idempotency->sent, data, length);
}

/* Of the request with its body as JSON. No body's bytes begin with a NUL, so it is never the hash
 * of another request's bytes; an action without a body is one with {}. */
static int64_t hash_meaning(const struct enquiry *enquiry)
{
    crypto_generichash_state state = enquiry->idempotency->line;
    const struct canonical_sink sink = {.owner = &state, .add = hash_add};
    hash_add(&state, "", 1);
    if (enquiry->body.root != NULL && json_object_size(enquiry->body.root) > 0)
        json_canonical(enquiry->body.root, &sink);
    return hash_end(&state);
}

void idempotency_tell(const struct enquiry *enquiry, struct idempotency *idempotency)
{
    if (enquiry->idempotency == NULL)
        return;
    crypto_generichash_state state = enquiry->idempotency->sent;
    const int64_t sent = hash_end(&state);
    *idempotency = (struct idempotency){
        .present = true,
        .key_hash = enquiry->idempotency->key_hash,
        .fingerprint = enquiry->route->takes == TAKES_IMPORT ? sent : hash_meaning(enquiry),
        .sent_fingerprint = sent,
    };
}
