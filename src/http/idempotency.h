/* The Idempotency-Key of a request (draft-ietf-httpapi-idempotency-key-header): read with the
 * headers, and hashed together with the request that it belongs to. What a key means is the
 * office's to know. */
#ifndef USHER_HTTP_IDEMPOTENCY_H
#define USHER_HTTP_IDEMPOTENCY_H

#include "http/exchange.h"

/* Looks at the header once the caller is known. False: the key has no good form, and the exchange
 * was answered. Requests of a method other than POST, and routes that ask nobody to sign in, have
 * no key. */
MUST_USE bool idempotency_admit(struct exchange *exchange, const char *path);

/* The next bytes of the body. */
void idempotency_receive(struct exchange *exchange, const void *data, size_t length);

/* What the office is told; the body is there and was found good. */
void idempotency_tell(const struct exchange *exchange, struct idempotency *idempotency);

#endif
