/* Which pages of other origins may call this server from a browser (WHATWG Fetch, 3.2): those that
 * the operator names, and with a bearer token alone. No answer allows credentials, so a browser
 * gives such a page nothing that came with a cookie. */
#ifndef USHER_HTTP_CORS_H
#define USHER_HTTP_CORS_H

#include "http/exchange.h"

/* Adds to the answer made last what lets the page read it, where its origin is named. Where any is,
 * caches are told that answers differ by it. */
void cors_allow(struct exchange *exchange);

/* Whether the request asks, by a browser, if a page of a named origin may call this path. */
bool cors_is_preflight(const struct exchange *exchange);

/* Answers 204: it may, with these methods (a bit, 1 << method, for each). */
void cors_answer_preflight(struct exchange *exchange, unsigned allowed);

#endif
