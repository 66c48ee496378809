/* See sign_in.h. */
#include "api/sign_in.h"

#include "api/problem.h"
#include "api/service.h"

#include <string.h>

static struct sign_in_limit *limit_of(struct enquiry *enquiry)
{
    return &enquiry->api->limits.sign_ins;
}

bool sign_in_begin(struct enquiry *enquiry, const void *account, size_t length)
{
    const struct sign_in_account whose = {.bytes = account, .length = length};
    int64_t wait_us = 0;
    const bool good =
        sign_in_limit_begin(limit_of(enquiry), &whose, &enquiry->exchange.address,
                            enquiry->exchange.began_us, &enquiry->sign_in_try, &wait_us);
    if (!good)
        problem_too_many(enquiry, wait_us);
    return good;
}

void sign_in_end(struct enquiry *enquiry, enum sign_in_outcome outcome)
{
    sign_in_limit_end(limit_of(enquiry), &enquiry->sign_in_try, outcome, http_clock_us());
}

void sign_in_leave(struct enquiry *enquiry)
{
    if (enquiry->sign_in_try.begun)
        sign_in_end(enquiry, SIGN_IN_UNDECIDED);
}

bool sign_in_sign_up(struct enquiry *enquiry)
{
    int64_t wait_us = 0;
    const bool good = sign_in_limit_sign_up(limit_of(enquiry), &enquiry->exchange.address,
                                            enquiry->exchange.began_us, &wait_us);
    if (!good)
        problem_too_many(enquiry, wait_us);
    return good;
}

void sign_in_signed_up(struct enquiry *enquiry, const char *mailbox)
{
    const struct sign_in_account whose = {.bytes = mailbox, .length = strlen(mailbox)};
    sign_in_limit_remember(limit_of(enquiry), &whose, &enquiry->exchange.address, http_clock_us());
}
