/* Bounds the places that one address may take in the password workers' line, so that a flood of
 * sign-ins stands in its own way and others still get in. sign_in_limit.h bounds how often an
 * address may fail. */
#ifndef USHER_API_PASSWORD_SHARE_H
#define USHER_API_PASSWORD_SHARE_H

#include "api/enquiry.h"

/* Passwords of one address in line or being looked at. As many as there can be workers, so that one
 * address alone, say a phone carrier's on the evening of a sale, keeps all of them busy: more would
 * not be answered sooner. A quarter of the line, so it takes four addresses to fill it. */
#define PASSWORD_SHARE 16

/* One more password of the enquiry's address; false: it has its share, and the enquiry was
 * answered that the line is full. */
bool password_share_enter(struct enquiry *enquiry);

/* The password was looked at, or the workers did not take it. */
void password_share_leave(struct enquiry *enquiry);

#endif
