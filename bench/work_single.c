/* Errands of one request: the same one each time, a look at one's place in the queue, a hold. */
#include "work.h"

struct span errand_token(const struct props *props, const struct errand *errand)
{
    return line_first(props->people.lines[errand->number % props->people.count]);
}

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

static void poll_ask(const struct props *props, const struct errand *errand,
                     struct request *request)
{
    request_begin(request, SPAN("GET /v1/queue/tokens/current"), errand_token(props, errand));
    request_end(request);
}

const struct work work_polls = {
    .name = "polls",
    .help = "GET /v1/queue/tokens/current, each time another person",
    .needs_people = true,
    .step_count = 1,
    .steps = {"poll"},
    .ask = poll_ask,
    .learn = fixed_learn,
};

/* ---- holds ---- */

void ask_hold(const struct props *props, const struct errand *errand, size_t seat,
              struct request *request)
{
    const struct span line = props->seats.lines[seat];
    struct request body;
    body.length = 0;
    request_add(&body, SPAN("{\"roundId\":\""));
    request_add(&body, line_first(line));
    request_add(&body, SPAN("\",\"seatIds\":[\""));
    request_add(&body, line_second(line));
    request_add(&body, SPAN("\"]}"));
    request_begin(request, SPAN("POST /v1/reservations"), errand_token(props, errand));
    request_end_with(request, &body);
}

static void hold_ask(const struct props *props, const struct errand *errand,
                     struct request *request)
{
    ask_hold(props, errand, errand->number, request);
}

static enum verdict hold_learn(const struct props *props, struct errand *errand,
                               const struct answer *answer)
{
    (void)props;
    (void)errand;
    return answer->status == 201 ? VERDICT_DONE : VERDICT_UNEXPECTED;
}

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
