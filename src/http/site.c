/* See site.h. */
#include "http/site.h"

#include <string.h>

enum result site_init(struct site *site, const struct http_options *options,
                      struct explanation *explanation)
{
    *site = (struct site){.tls = options->tls_certificate_file != NULL};
    if (options->public_url != NULL) {
        if (!origin_parse(options->public_url, &site->public_origin))
            return explain(explanation, RESULT_MALFORMED, "public-url %.200s is no origin",
                           options->public_url);
        site->has_public_origin = true;
    }
    if (options->cors_origins != NULL &&
        origin_list_parse(options->cors_origins, &site->cors_origins, explanation) != RESULT_OK)
        return RESULT_MALFORMED;
    site->secure = site->tls || (site->has_public_origin && site->public_origin.secure);
    if (options->trusted_proxies == NULL)
        return RESULT_OK;
    return address_list_parse(options->trusted_proxies, &site->trusted_proxies, explanation);
}

bool site_is_own(const struct site *site, const char *origin, const char *host)
{
    struct origin theirs, ours;
    if (!origin_parse(origin, &theirs))
        return false;
    if (site->has_public_origin)
        return origin_equal(&theirs, &site->public_origin);
    return host != NULL && origin_of_host(site->tls, host, &ours) && origin_equal(&theirs, &ours);
}

bool site_is_foreign(const struct site *site, const char *sec_fetch_site, const char *origin,
                     const char *host)
{
    if (sec_fetch_site != NULL)
        return strcmp(sec_fetch_site, "same-origin") != 0;
    return origin != NULL && !site_is_own(site, origin, host);
}
