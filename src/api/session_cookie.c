/* See session_cookie.h. */
#include "api/session_cookie.h"

#include "api/reply.h"
#include "api/service.h"
#include "base/check.h"
#include "http/site.h"

#include <stdio.h>

const char *session_cookie_find(const char *header, bool secure, size_t *length)
{
    const char *token = secure ? cookie_find(header, SESSION_COOKIE_SECURE, length) : NULL;
    return token != NULL ? token : cookie_find(header, SESSION_COOKIE, length);
}

static void set_cookie(struct enquiry *enquiry, const char *name, const char *token,
                       int64_t seconds)
{
    char cookie[SESSION_TOKEN_CHARACTERS + 128];
    const int length = snprintf(
        cookie, sizeof cookie, "%s=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%lld%s", name,
        token, (long long)seconds, http_site(enquiry->exchange.server)->secure ? "; Secure" : "");
    CHECK(length > 0 && (size_t)length < sizeof cookie);
    answer_header(&enquiry->exchange, "Set-Cookie", cookie);
}

void session_cookie_set(struct enquiry *enquiry, const char *token, int64_t seconds)
{
    const bool secure = http_site(enquiry->exchange.server)->secure;
    set_cookie(enquiry, secure ? SESSION_COOKIE_SECURE : SESSION_COOKIE, token, seconds);
    if (secure)
        set_cookie(enquiry, SESSION_COOKIE, "", 0);
}

void session_cookie_clear(struct enquiry *enquiry)
{
    if (http_site(enquiry->exchange.server)->secure)
        set_cookie(enquiry, SESSION_COOKIE_SECURE, "", 0);
    set_cookie(enquiry, SESSION_COOKIE, "", 0);
}
