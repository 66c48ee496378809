/* A rush as it would be: people join, look at their place when they were told to, see which seats
 * are free, want the ones in front that everybody wants, lose some races, pay after a moment, or go
 * home when nothing is left. What the server told them is written to a log, for checker.mjs. */
#include "work.h"

#include <err.h>
#include <stdlib.h>

/* People choose among so many of the best seats that are free: so few that many choose the same. */
#define WANTED_MAX 400

/* Finding the card, reading the terms. */
#define PAY_AFTER_MS_MAX 2000

enum rush_step {
    RUSH_JOIN,
    RUSH_POLL,
    RUSH_LOOK,
    RUSH_HOLD,
    RUSH_PAY,
    RUSH_LEAVE,
    RUSH_STEPS,
};

/* ---- Asking ---- */

/* All seats of a rush are of one round, in the order of its availability. */
static void ask_availability(const struct props *props, const struct errand *errand,
                             struct request *request)
{
    struct request line;
    line.length = 0;
    request_add(&line, SPAN("GET /v1/rounds/"));
    request_add(&line, line_first(props->seats.lines[0]));
    request_add(&line, SPAN("/availability"));
    request_begin(request, (struct span){line.text, line.length}, errand_token(props, errand));
    request_end(request);
}

static void ask_leave(const struct props *props, const struct errand *errand,
                      struct request *request)
{
    struct request line;
    line.length = 0;
    request_add(&line, SPAN("DELETE /v1/queue/tokens/"));
    request_add(&line, (struct span){errand->token_id, strlen(errand->token_id)});
    request_begin(request, (struct span){line.text, line.length}, errand_token(props, errand));
    request_end(request);
}

static void rush_ask(const struct props *props, const struct errand *errand,
                     struct request *request)
{
    switch ((enum rush_step)errand->step) {
    case RUSH_JOIN:
        ask_join(props, errand, request);
        return;
    case RUSH_POLL:
        ask_poll(props, errand, request);
        return;
    case RUSH_LOOK:
        ask_availability(props, errand, request);
        return;
    case RUSH_HOLD:
        ask_hold(props, errand, errand->seats, errand->seat_count, request);
        return;
    case RUSH_PAY:
        ask_payment(props, errand, request);
        return;
    case RUSH_LEAVE:
        ask_leave(props, errand, request);
        return;
    case RUSH_STEPS:
        break;
    }
}

/* ---- The log ---- */

/* "held", who, the reservation, its seats: as the answer names them, not as they were asked for. */
static bool log_hold(const struct props *props, const struct errand *errand,
                     const struct answer *answer)
{
    char seats[ERRAND_SEATS_MAX][ID_BYTES_MAX] = {{0}};
    const char *at = answer->body;
    for (size_t i = 0; i < errand->seat_count; i++) {
        at = text_after(at, "\"seatId\":\"");
        if (at == NULL || !id_copy(seats[i], at))
            return false;
    }
    if (props->log != NULL && fprintf(props->log, "held %zu %s %s %s\n", errand->number,
                                      errand->reservation_id, seats[0], seats[1]) < 0)
        err(EXIT_FAILURE, "the log");
    return true;
}

/* "paid", who, the reservation, the payment. */
static bool log_payment(const struct props *props, const struct errand *errand,
                        const struct answer *answer)
{
    char payment_id[ID_BYTES_MAX];
    if (!answer_id(answer, payment_id))
        return false;
    if (props->log != NULL && fprintf(props->log, "paid %zu %s %s\n", errand->number,
                                      errand->reservation_id, payment_id) < 0)
        err(EXIT_FAILURE, "the log");
    return true;
}

/* ---- Learning ---- */

/* The errand's own chance, so that it does not depend on which thread runs it (S. Vigna's
 * SplitMix64, the errand's number as the seed). */
static uint64_t throw_dice(struct errand *errand)
{
    errand->dice += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t value = errand->dice ^ ((uint64_t)errand->number << 32);
    value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

static enum verdict go_on(struct errand *errand, enum rush_step step)
{
    errand->step = step;
    return VERDICT_ON;
}

static enum verdict wait_for(struct errand *errand, enum rush_step step, uint64_t wait_ms)
{
    errand->step = step;
    errand->wait_ms = (uint32_t)wait_ms;
    return VERDICT_WAIT;
}

static enum verdict learn_place(struct errand *errand, const struct answer *answer)
{
    if (errand->step == RUSH_JOIN && !answer_id(answer, errand->token_id))
        return VERDICT_UNEXPECTED;
    if (answer_is_active(answer))
        return go_on(errand, RUSH_LOOK);
    if (strstr(answer->body, "\"soldOut\":true") != NULL)
        return go_on(errand, RUSH_LEAVE);
    const char *poll_after = text_after(answer->body, "\"pollAfterMs\":");
    const unsigned long wait_ms = poll_after == NULL ? 0 : strtoul(poll_after, NULL, 10);
    return wait_ms == 0 ? VERDICT_UNEXPECTED : wait_for(errand, RUSH_POLL, wait_ms);
}

/* Chooses one or two of the free seats in front. */
static void choose(struct errand *errand, const char *seats, size_t count)
{
    const char *end = seats + count;
    size_t free_seats[WANTED_MAX], free_count = 0;
    for (const char *at = seats;
         free_count < WANTED_MAX && (at = memchr(at, 'a', (size_t)(end - at))) != NULL; at++)
        free_seats[free_count++] = (size_t)(at - seats);
    errand->seat_count = 0;
    if (free_count == 0)
        return;
    const size_t wanted = 1 + throw_dice(errand) % ERRAND_SEATS_MAX;
    const size_t first = throw_dice(errand) % free_count;
    for (size_t i = first; i < free_count && errand->seat_count < wanted; i++)
        errand->seats[errand->seat_count++] = free_seats[i];
}

static enum verdict learn_seats(const struct props *props, struct errand *errand,
                                const struct answer *answer)
{
    const char *seats = text_after(answer->body, "\"seats\":\"");
    if (seats == NULL || strcspn(seats, "\"") != props->seats.count)
        return VERDICT_UNEXPECTED;
    choose(errand, seats, props->seats.count);
    return go_on(errand, errand->seat_count == 0 ? RUSH_LEAVE : RUSH_HOLD);
}

static enum verdict learn_hold(const struct props *props, struct errand *errand,
                               const struct answer *answer)
{
    if (answer->status == 409)
        return strstr(answer->body, "\"code\":\"seat_unavailable\"") != NULL
                   ? go_on(errand, RUSH_LOOK)
                   : VERDICT_UNEXPECTED;
    if (!answer_id(answer, errand->reservation_id) || !log_hold(props, errand, answer))
        return VERDICT_UNEXPECTED;
    return wait_for(errand, RUSH_PAY, throw_dice(errand) % PAY_AFTER_MS_MAX);
}

/* Whether an answer of this status may follow this step. */
static bool fits(size_t step, int status)
{
    switch ((enum rush_step)step) {
    case RUSH_JOIN:
    case RUSH_PAY:
        return status == 201;
    case RUSH_POLL:
    case RUSH_LOOK:
        return status == 200;
    case RUSH_HOLD:
        return status == 201 || status == 409;
    case RUSH_LEAVE:
        return status == 204;
    case RUSH_STEPS:
        break;
    }
    return false;
}

static enum verdict rush_learn(const struct props *props, struct errand *errand,
                               const struct answer *answer)
{
    if (!fits(errand->step, answer->status))
        return VERDICT_UNEXPECTED;
    switch ((enum rush_step)errand->step) {
    case RUSH_JOIN:
    case RUSH_POLL:
        return learn_place(errand, answer);
    case RUSH_LOOK:
        return learn_seats(props, errand, answer);
    case RUSH_HOLD:
        return learn_hold(props, errand, answer);
    case RUSH_PAY:
        return log_payment(props, errand, answer) ? VERDICT_DONE : VERDICT_UNEXPECTED;
    case RUSH_LEAVE:
        return VERDICT_IN_VAIN;
    case RUSH_STEPS:
        break;
    }
    return VERDICT_UNEXPECTED;
}

const struct work work_rush = {
    .name = "rush",
    .help = "people who join, wait, choose among what is free, lose races, pay or go home",
    .needs_people = true,
    .needs_seats = true,
    .step_count = RUSH_STEPS,
    .steps = {"join", "poll", "look", "hold", "pay", "leave"},
    .ask = rush_ask,
    .learn = rush_learn,
};
