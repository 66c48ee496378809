/* How the outside reaches this server, as its operator says: the origin that browsers know it by
 * and the proxies that may speak for others. */
#ifndef USHER_HTTP_SITE_H
#define USHER_HTTP_SITE_H

#include "base/address.h"
#include "base/origin.h"
#include "http/http.h"

struct site {
    struct address_list trusted_proxies;
    struct origin_list cors_origins; /* whose pages may call with a bearer token */
    bool tls;                        /* our own connections are encrypted */
    bool secure; /* browsers come by https: to us, or to the proxy at the public origin */
    bool has_public_origin;
    struct origin public_origin;
};

/* RESULT_MALFORMED or RESULT_FULL, with an explanation, for options that say what is none. */
MUST_USE enum result site_init(struct site *site, const struct http_options *options,
                               struct explanation *explanation);

/* Whether an Origin header's value names this server: the public origin or, without one, the host
 * that the request itself named (NULL: none) by our own scheme. */
bool site_is_own(const struct site *site, const char *origin, const char *host);

/* Whether a browser says that another site's page sent the request: by Sec-Fetch-Site (W3C Fetch
 * Metadata) or, where that did not come, by an Origin that is not our own. A page of the same site
 * but another origin counts as another site's, and so does "none", which no page's write has. NULL:
 * the header did not come, as from clients that are no browsers. */
bool site_is_foreign(const struct site *site, const char *sec_fetch_site, const char *origin,
                     const char *host);

#endif
