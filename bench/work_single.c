/* Errands of one request: the same one each time, a look at one's place in the queue, a join, a
 * hold in each of its ways. */
#include "work.h"

#include "monotonic.h"

#include <err.h>
#include <stdlib.h>

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

/* When the answer came (CLOCK_MONOTONIC, in microseconds), and the line of the seat. */
static void log_answer(const struct props *props, const struct errand *errand)
{
    const struct span seat = props->seats.lines[errand->number % props->seats.count];
    if (fprintf(props->log, "%llu %.*s\n", (unsigned long long)monotonic_us(), (int)seat.length,
                seat.text) < 0)
        err(EXIT_FAILURE, "the log");
}

static enum verdict hold_learn(const struct props *props, struct errand *errand,
                               const struct answer *answer)
{
    const enum verdict verdict = created_learn(props, errand, answer);
    if (verdict == VERDICT_DONE && props->log != NULL)
        log_answer(props, errand);
    return verdict;
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
    .learn = hold_learn,
};

static void hold_with_key_ask(const struct props *props, const struct errand *errand,
                              struct request *request)
{
    ask_hold_with_key(props, errand, errand->number % props->seats.count, request);
}

const struct work work_holds_with_key = {
    .name = "keyed",
    .help = "as holds, with an Idempotency-Key",
    .needs_people = true,
    .needs_seats = true,
    .uses_up_seats = true,
    .step_count = 1,
    .steps = {"hold"},
    .ask = hold_with_key_ask,
    .learn = hold_learn,
};

static void best_ask(const struct props *props, const struct errand *errand,
                     struct request *request)
{
    ask_best_seat(props, errand, errand->number % props->seats.count, request);
}

const struct work work_best = {
    .name = "best",
    .help = "POST /v1/reservations for the best seat of a seat's round, each time another person",
    .needs_people = true,
    .needs_seats = true,
    .uses_up_seats = true,
    .step_count = 1,
    .steps = {"hold"},
    .ask = best_ask,
    .learn = created_learn,
};
