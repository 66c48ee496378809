/* A whole purchase: join until let in, hold a seat that nobody else wants, pay for it. */
#include "work.h"

enum purchase_step {
    PURCHASE_JOIN,
    PURCHASE_HOLD,
    PURCHASE_PAY,
    PURCHASE_STEPS,
};

static void purchase_ask(const struct props *props, const struct errand *errand,
                         struct request *request)
{
    const size_t seat = errand->number;
    if (errand->step == PURCHASE_JOIN)
        ask_join(props, errand, request);
    else if (errand->step == PURCHASE_HOLD)
        ask_hold(props, errand, &seat, 1, request);
    else
        ask_payment(props, errand, request);
}

/* Who joins an empty line is let in right after the batch that took the join, so asking again at
 * once is all the waiting there is. */
static enum verdict purchase_learn(const struct props *props, struct errand *errand,
                                   const struct answer *answer)
{
    (void)props;
    const bool joining = errand->step == PURCHASE_JOIN;
    if (answer->status != 201 && !(joining && answer->status == 200))
        return VERDICT_UNEXPECTED;
    if (joining && !answer_is_active(answer))
        return VERDICT_ON;
    if (errand->step == PURCHASE_HOLD && !answer_id(answer, errand->reservation_id))
        return VERDICT_UNEXPECTED;
    errand->step++;
    return errand->step == PURCHASE_STEPS ? VERDICT_DONE : VERDICT_ON;
}

const struct work work_purchases = {
    .name = "purchases",
    .help = "join until let in, hold, pay; each time another seat and another person",
    .needs_people = true,
    .needs_seats = true,
    .uses_up_seats = true,
    .step_count = PURCHASE_STEPS,
    .steps = {"join", "hold", "pay"},
    .ask = purchase_ask,
    .learn = purchase_learn,
};
