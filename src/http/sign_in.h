/* Holds an exchange that tries a password or makes an account to the limits of sign_in_limit.h, and
 * answers it where they are passed. */
#ifndef USHER_HTTP_SIGN_IN_H
#define USHER_HTTP_SIGN_IN_H

#include "http/exchange.h"

/* Counts a try at an account, a mailbox or an id, until it is ended. False: it was one too
 * many, and the exchange was answered. */
bool sign_in_begin(struct exchange *exchange, const void *account, size_t length);

/* How the try ended. */
void sign_in_end(struct exchange *exchange, enum sign_in_outcome outcome);

/* The exchange is over; a try that was not ended is none. */
void sign_in_leave(struct exchange *exchange);

/* Counts a new account. False as above. */
bool sign_in_sign_up(struct exchange *exchange);

/* The account of this mailbox was made. */
void sign_in_signed_up(struct exchange *exchange, const char *mailbox);

#endif
