/* See sign_in.h. */
#include "http/sign_in.h"

#include "http/problem.h"
#include "http/server.h"

#include <string.h>

static struct sign_in_limit *limit_of(struct exchange *exchange)
{
    return &exchange->server->limits.sign_ins;
}

bool sign_in_begin(struct exchange *exchange, const void *account, size_t length)
{
    const struct sign_in_account whose = {.bytes = account, .length = length};
    int64_t wait_us = 0;
    const bool good = sign_in_limit_begin(limit_of(exchange), &whose, &exchange->address,
                                          exchange->began_us, &exchange->sign_in_try, &wait_us);
    if (!good)
        problem_too_many(exchange, wait_us);
    return good;
}

void sign_in_end(struct exchange *exchange, enum sign_in_outcome outcome)
{
    sign_in_limit_end(limit_of(exchange), &exchange->sign_in_try, outcome, http_clock_us());
}

void sign_in_leave(struct exchange *exchange)
{
    if (exchange->sign_in_try.begun)
        sign_in_end(exchange, SIGN_IN_UNDECIDED);
}

bool sign_in_sign_up(struct exchange *exchange)
{
    int64_t wait_us = 0;
    const bool good =
        sign_in_limit_sign_up(limit_of(exchange), &exchange->address, exchange->began_us, &wait_us);
    if (!good)
        problem_too_many(exchange, wait_us);
    return good;
}

void sign_in_signed_up(struct exchange *exchange, const char *email)
{
    const struct sign_in_account whose = {.bytes = email, .length = strlen(email)};
    sign_in_limit_remember(limit_of(exchange), &whose, &exchange->address, http_clock_us());
}
