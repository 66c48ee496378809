/* See newcomer.h. */
#include "app/newcomer.h"

#include "base/check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

enum result newcomer_init(struct newcomer *newcomer, const struct newcomer_plan *plan,
                          uint64_t number, struct explanation *explanation)
{
    newcomer->step = NEWCOMER_REGISTERS;
    newcomer->credentials = (struct credentials){0};
    (void)snprintf(newcomer->name, sizeof newcomer->name, "Buyer %" PRIu64, number);
    (void)snprintf(newcomer->email, sizeof newcomer->email, "%s-%" PRIu64 NEWCOMER_EMAIL_END,
                   plan->prefix, number);
    if (getrandom(newcomer->token.secret, sizeof newcomer->token.secret, 0) !=
        (ssize_t)sizeof newcomer->token.secret)
        return explain(explanation, RESULT_IO, "no random bytes: %s", strerror(errno));
    return RESULT_OK;
}

void newcomer_fill_call(const struct newcomer *newcomer, const struct newcomer_plan *plan,
                        struct call *call)
{
    *call = (struct call){.credentials = newcomer->credentials};
    switch (newcomer->step) {
    case NEWCOMER_REGISTERS:
        call->verb = VERB_USER_REGISTER;
        call->in.user_register.name = newcomer->name;
        call->in.user_register.email = newcomer->email;
        call->in.user_register.password_hash = plan->password_hash;
        return;
    case NEWCOMER_SIGNS_IN:
        call->verb = VERB_SESSION_OPEN;
        call->in.session_open.user_id = newcomer->token.user_id;
        call->in.session_open.verified_hash = plan->password_hash;
        call->in.session_open.secret_hash = token_secret_hash(newcomer->token.secret);
        return;
    case NEWCOMER_CHARGES:
        call->verb = VERB_POINTS_CHARGE;
        call->in.points_charge.amount = plan->points;
        return;
    case NEWCOMER_JOINS:
        call->verb = VERB_QUEUE_JOIN;
        return;
    case NEWCOMER_ARRIVED:
        break;
    }
    UNREACHABLE("nothing left to ask");
}

static enum newcomer_step step_after_charging(const struct newcomer_plan *plan)
{
    return plan->join ? NEWCOMER_JOINS : NEWCOMER_ARRIVED;
}

void newcomer_advance(struct newcomer *newcomer, const struct newcomer_plan *plan,
                      const struct call *call)
{
    switch (newcomer->step) {
    case NEWCOMER_REGISTERS:
        newcomer->token.user_id = call->record->as.user.id;
        newcomer->step = NEWCOMER_SIGNS_IN;
        return;
    case NEWCOMER_SIGNS_IN:
        newcomer->token.session_id = call->out.session.id;
        newcomer->credentials = (struct credentials){
            .present = true,
            .session_id = call->out.session.id,
            .secret_hash = call->out.session.secret_hash,
        };
        newcomer->step = plan->points > 0 ? NEWCOMER_CHARGES : step_after_charging(plan);
        return;
    case NEWCOMER_CHARGES:
        newcomer->step = step_after_charging(plan);
        return;
    case NEWCOMER_JOINS:
        newcomer->step = NEWCOMER_ARRIVED;
        return;
    case NEWCOMER_ARRIVED:
        break;
    }
    UNREACHABLE("nothing was asked");
}
