/* The cookie that carries a session's token for browsers (RFC 6265). Its form on the wire only;
 * credentials.h says what the token is.
 *
 * Where browsers come by https it is "__Host-usher_session" and Secure: a browser takes that name
 * over https alone, for this host alone (RFC 6265bis, 4.1.3.2), so neither a neighbour's page nor
 * somebody on the way can plant a session of their own. Over http no browser would take it, and the
 * plain name stays.
 *
 * Over https the plain cookie is still read where the other is missing: people who signed in before
 * usher knew the name, or before the house had a certificate, stay signed in until they sign in or
 * out, which takes it away. It can still be planted only on people who are not signed in. */
#ifndef USHER_API_SESSION_COOKIE_H
#define USHER_API_SESSION_COOKIE_H

#include "api/enquiry.h"

#define SESSION_COOKIE "usher_session"
#define SESSION_COOKIE_SECURE "__Host-usher_session"

/* The token in a Cookie header; NULL: none. `*length` is its length. */
const char *session_cookie_find(const char *header, bool secure, size_t *length);

/* Adds to the answer made last: the token, for so many seconds; or that there is none any more,
 * under either name. */
void session_cookie_set(struct enquiry *enquiry, const char *token, int64_t seconds);
void session_cookie_clear(struct enquiry *enquiry);

#endif
