/* The Idempotency-Key of a request (draft-ietf-httpapi-idempotency-key-header): read with the
 * headers, and hashed together with the request that it belongs to. The office knows what a key
 * means. */
#ifndef USHER_API_IDEMPOTENCY_H
#define USHER_API_IDEMPOTENCY_H

#include "api/enquiry.h"

/* Looks at the header once the caller is known. False: the key has no good form, and the enquiry
 * was answered. Requests of a method other than POST, and routes that ask nobody to sign in, have
 * no key. */
MUST_USE bool idempotency_admit(struct enquiry *enquiry, const char *path);

/* The next bytes of the body. */
void idempotency_receive(struct enquiry *enquiry, const void *data, size_t length);

/* Sets what the office is told; the body is there and was found good. */
void idempotency_tell(const struct enquiry *enquiry, struct idempotency *idempotency);

/* The key counts for nothing: what is asked for comes to the same when it is done again. */
void idempotency_forget(struct enquiry *enquiry);

#endif
