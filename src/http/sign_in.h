/* The limits on passwords, for an exchange that tries one or makes an account. What the limits are
 * stands in sign_in_limit.h. */
#ifndef USHER_HTTP_SIGN_IN_H
#define USHER_HTTP_SIGN_IN_H

#include "http/exchange.h"

/* Counts a try at an account, a folded e-mail or an id, until it is ended. False: it was one too
 * many, and the exchange was answered. */
bool sign_in_begin(struct exchange *exchange, const void *account, size_t length);

/* How the try ended. */
void sign_in_end(struct exchange *exchange, enum sign_in_outcome outcome);

/* The exchange is over; a try that was not ended is none. */
void sign_in_leave(struct exchange *exchange);

/* Counts a new account. False as above. */
bool sign_in_sign_up(struct exchange *exchange);

/* The account with this folded e-mail was made. */
void sign_in_signed_up(struct exchange *exchange, const char *email);

#endif
