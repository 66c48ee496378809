/* Errands of one request: the same one each time, a look at one's place in the queue, a join, a
 * hold. */
#include "work.h"

/* ---- fixed ---- */

static void fixed_ask(const struct props *props, const struct errand *errand,
                      struct request *request)
{
    (void)errand;
    request->length = 0;
    request_add(request, (struct span){props->fixed.text, props->fixed.length});
}

static enum verdict fixed_learn(const struct props *props, struct errand *errand,
                                const struct answer *answer)
{
    (void)props;
    (void)errand;
    return answer->status == 200 || answer->status == 304 ? VERDICT_DONE : VERDICT_UNEXPECTED;
}

const struct work work_fixed = {
    .name = "fixed",
    .help = "GET --path with --header lines, always the same",
    .step_count = 1,
    .steps = {"get"},
    .ask = fixed_ask,
    .learn = fixed_learn,
};

/* ---- polls ---- */

const struct work work_polls = {
    .name = "polls",
    .help = "GET /v1/queue/tokens/current, each time another person",
    .needs_people = true,
    .step_count = 1,
    .steps = {"poll"},
    .ask = ask_poll,
    .learn = fixed_learn,
};

/* ---- joins and holds ---- */

static void hold_ask(const struct props *props, const struct errand *errand,
                     struct request *request)
{
    const size_t seat = errand->number % props->seats.count;
    ask_hold(props, errand, &seat, 1, request);
}

static enum verdict created_learn(const struct props *props, struct errand *errand,
                                  const struct answer *answer)
{
    (void)props;
    (void)errand;
    return answer->status == 201 ? VERDICT_DONE : VERDICT_UNEXPECTED;
}

const struct work work_joins = {
    .name = "joins",
    .help = "POST /v1/queue/tokens, each time another person",
    .needs_people = true,
    .step_count = 1,
    .steps = {"join"},
    .ask = ask_join,
    .learn = created_learn,
};

const struct work work_holds = {
    .name = "holds",
    .help = "POST /v1/reservations, each time another seat and another person",
    .needs_people = true,
    .needs_seats = true,
    .uses_up_seats = true,
    .step_count = 1,
    .steps = {"hold"},
    .ask = hold_ask,
    .learn = created_learn,
};
