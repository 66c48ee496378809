/* See password_share.h. */
#include "api/password_share.h"

#include "api/problem.h"
#include "api/service.h"
#include "engine/passwords.h"

_Static_assert(PASSWORD_SHARE >= PASSWORD_THREADS_MAX, "one address keeps every worker busy");
_Static_assert(PASSWORD_SHARE <= PASSWORD_LINE_MAX / 4, "and leaves others room");

bool password_share_enter(struct enquiry *enquiry)
{
    struct limit_table *table = &enquiry->api->limits.password_lines;
    const bool good = limit_enter(table, limit_key_address(table, &enquiry->exchange.address),
                                  PASSWORD_SHARE, enquiry->exchange.began_us);
    if (!good)
        problem_answer(enquiry, REFUSAL_BUSY);
    return good;
}

void password_share_leave(struct enquiry *enquiry)
{
    struct limit_table *table = &enquiry->api->limits.password_lines;
    limit_leave(table, limit_key_address(table, &enquiry->exchange.address));
}
