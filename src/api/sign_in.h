/* Holds an enquiry that tries a password or makes an account to the limits of sign_in_limit.h, and
 * answers it where they are passed. */
#ifndef USHER_API_SIGN_IN_H
#define USHER_API_SIGN_IN_H

#include "api/enquiry.h"

/* Counts a try at an account, a mailbox or an id, until it is ended. False: it was one too
 * many, and the enquiry was answered. */
bool sign_in_begin(struct enquiry *enquiry, const void *account, size_t length);

/* How the try ended. */
void sign_in_end(struct enquiry *enquiry, enum sign_in_outcome outcome);

/* The exchange is over; a try that was not ended is none. */
void sign_in_leave(struct enquiry *enquiry);

/* Counts a new account. False as above. */
bool sign_in_sign_up(struct enquiry *enquiry);

/* The account of this mailbox was made. */
void sign_in_signed_up(struct enquiry *enquiry, const char *mailbox);

#endif
