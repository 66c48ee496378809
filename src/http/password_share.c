/* See password_share.h. */
#include "http/password_share.h"

#include "engine/passwords.h"
#include "http/problem.h"
#include "http/server.h"

_Static_assert(PASSWORD_SHARE >= PASSWORD_THREADS_MAX, "one address keeps every worker busy");
_Static_assert(PASSWORD_SHARE <= PASSWORD_LINE_MAX / 4, "and leaves others room");

bool password_share_enter(struct exchange *exchange)
{
    struct limit_table *table = &exchange->server->limits.password_lines;
    const bool good = limit_enter(table, limit_key_address(table, &exchange->address),
                                  PASSWORD_SHARE, exchange->began_us);
    if (!good)
        problem_answer(exchange, REFUSAL_BUSY);
    return good;
}

void password_share_leave(struct exchange *exchange)
{
    struct limit_table *table = &exchange->server->limits.password_lines;
    limit_leave(table, limit_key_address(table, &exchange->address));
}
