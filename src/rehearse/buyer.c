/* See buyer.h. */
#include "rehearse/buyer.h"

#include "base/check.h"
#include "rehearse/habit.h"
#include "rehearse/premises.h"
#include "rehearse/sale.h"

/* A page shows the free seats anew this often. */
#define LOOK_AGAIN_BEATS (5 * SECOND_BEATS)

/* The office asks everybody in line to poll at least this often, and those who are about to be let
 * in every second. */
#define POLL_FAR_BEATS (60 * SECOND_BEATS)
#define POLL_NEXT_BEATS SECOND_BEATS

/* ---- Signs of life ---- */

static uint32_t in_beats(int64_t seconds)
{
    return (uint32_t)seconds * SECOND_BEATS;
}

static uint32_t later(uint32_t beat, uint32_t beats)
{
    return beats > BEAT_NEVER - beat ? BEAT_NEVER : beat + beats;
}

static uint32_t lesser(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Everybody in line polls as the office asks. That keeps the office from two things: from passing
 * them over, which it does at their turn, and from putting them out of the line. So far back one
 * poll a `wait-seconds` stands for all. Where those are so short that the polls may come too
 * late, each is asked. */
static uint32_t waiting_interval(const struct office_settings *settings, const struct buyer *buyer)
{
    const uint32_t wait = in_beats(settings->wait_seconds);
    const uint32_t half_silent = in_beats(settings->silent_seconds) / 2;
    const uint32_t slowest_poll = lesser(half_silent, POLL_FAR_BEATS);
    if (wait <= 2 * slowest_poll)
        return buyer->poll;
    return buyer->near ? lesser(half_silent, wait - slowest_poll) : wait - slowest_poll;
}

/* How long after it last heard of the buyer the office must hear of them again. */
static uint32_t sign_interval(const struct sale *sale, const struct buyer *buyer)
{
    const struct office_settings *settings = &sale->plan->settings;
    if (buyer->state == BUYER_PAYING) /* a hold is a sign of life */
        return BEAT_NEVER;
    return buyer->state == BUYER_WAITING ? waiting_interval(settings, buyer)
                                         : in_beats(settings->silent_seconds) / 2;
}

/* Asks what a page asks, for the buyer's own token. */
static void poll_office(struct sale *sale, uint32_t number)
{
    struct call call = {.verb = VERB_QUEUE_TOKEN_GET};
    if (sale_ask(sale, number, &call) == REFUSAL_NONE)
        sale->buyers[number].poll = (uint32_t)(call.out.token.poll_after_ms / BEAT_MS);
}

/* ---- From one thing to the next ---- */

/* Nothing that was decided in this beat is acted on before the next one. */
static void arrange_next(struct sale *sale, uint32_t number)
{
    const struct buyer *buyer = &sale->buyers[number];
    const uint32_t sign = later(buyer->heard, sign_interval(sale, buyer));
    const uint32_t next = sign < buyer->until ? sign : buyer->until;
    agenda_set(&sale->agenda, number, next > sale->beat ? next : sale->beat + 1);
}

static void change_state(struct sale *sale, uint32_t number, enum buyer_state state)
{
    struct buyer *buyer = &sale->buyers[number];
    if (buyer->near)
        sale->near_count--;
    buyer->near = false;
    sale->findings->people[buyer->state]--;
    sale->findings->people[state]++;
    buyer->state = (uint8_t)state;
}

static void begin(struct sale *sale, uint32_t number, enum buyer_state state, uint32_t until)
{
    change_state(sale, number, state);
    sale->buyers[number].until = until;
    arrange_next(sale, number);
}

static void go_home(struct sale *sale, uint32_t number, enum buyer_state state)
{
    change_state(sale, number, state);
    agenda_remove(&sale->agenda, number);
}

static void leave_line(struct sale *sale, uint32_t number, enum buyer_state state)
{
    struct call call = {.verb = VERB_QUEUE_LEAVE};
    (void)sale_ask(sale, number, &call);
    go_home(sale, number, state);
}

/* ---- In line ---- */

void buyer_comes(struct sale *sale, uint32_t number)
{
    struct call call = {.verb = VERB_QUEUE_JOIN};
    struct buyer *buyer = &sale->buyers[number];
    if (sale_ask(sale, number, &call) != REFUSAL_NONE)
        return;
    CHECK(call.out.token.token.number == (int64_t)number + 1);
    buyer->joined = sale->beat;
    buyer->poll = (uint32_t)(call.out.token.poll_after_ms / BEAT_MS);
    begin(sale, number, BUYER_WAITING, later(sale->beat, habit_patience(sale->plan, number)));
}

void buyer_gets_near(struct sale *sale, uint32_t number)
{
    struct buyer *buyer = &sale->buyers[number];
    CHECK(buyer->state == BUYER_WAITING && !buyer->near);
    buyer->near = true;
    sale->near_count++;
    if (sale->beat - buyer->heard >= sign_interval(sale, buyer))
        poll_office(sale, number);
    arrange_next(sale, number);
}

/* The office hears of those who close the page until they do. */
static void lose_patience(struct sale *sale, uint32_t number)
{
    if (habit_closes_page(sale->plan, number)) {
        poll_office(sale, number);
        go_home(sale, number, BUYER_SILENT);
    } else {
        leave_line(sale, number, BUYER_LEFT);
    }
}

/* The buyer's poll that tells that they are inside. A join that lets somebody in at once tells it
 * by its own answer. */
static uint32_t notice_at(const struct sale *sale, const struct buyer *buyer)
{
    const uint32_t waited = sale->beat - buyer->joined;
    if (waited == 0)
        return sale->beat;
    const uint32_t polled = waited - waited % POLL_NEXT_BEATS;
    const bool tells = polled == waited && !sale->settling;
    return buyer->joined + polled + (tells ? 0 : POLL_NEXT_BEATS);
}

void buyer_let_in(struct sale *sale, uint32_t number)
{
    struct buyer *buyer = &sale->buyers[number];
    if (buyer->state != BUYER_WAITING)
        return; /* a later image of the token, or nobody looks at the page any more */
    const uint32_t chosen = notice_at(sale, buyer) + habit_choose(sale->plan, number);
    sale->waits[sale->beat - buyer->joined]++;
    buyer->looks_until = chosen + habit_look(sale->plan, number);
    begin(sale, number, BUYER_CHOOSING, chosen);
}

void buyer_turn_ended(struct sale *sale, uint32_t number, enum token_reason reason)
{
    const enum buyer_state state = sale_state(sale, number);
    if (state == BUYER_WAITING && reason == TOKEN_REASON_ABANDONED)
        go_home(sale, number, BUYER_ABANDONED);
    if (state == BUYER_CHOOSING && reason == TOKEN_REASON_TIMED_OUT)
        go_home(sale, number, BUYER_TIMED_OUT);
}

/* ---- Inside ---- */

/* There were no seats, or somebody was faster. */
static void look_again(struct sale *sale, uint32_t number)
{
    if (sale->beat >= sale->buyers[number].looks_until)
        leave_line(sale, number, BUYER_TURNED_AWAY);
    else
        begin(sale, number, BUYER_CHOOSING, sale->beat + LOOK_AGAIN_BEATS);
}

static void hold(struct sale *sale, uint32_t number, const uint32_t *positions, uint32_t count)
{
    struct buyer *buyer = &sale->buyers[number];
    struct id seat_ids[SEATS_PER_RESERVATION_MAX];
    for (uint32_t i = 0; i < count; i++)
        seat_ids[i] = premises_seat_id(positions[i]);
    struct call call = {.verb = VERB_RESERVATION_HOLD,
                        .in.reservation_hold = {.round_id = premises_round_id(),
                                                .seat_ids = seat_ids,
                                                .seat_count = count}};
    if (sale_ask(sale, number, &call) != REFUSAL_NONE) {
        sale->findings->lost_races++;
        look_again(sale, number);
        return;
    }
    sale->findings->holds++;
    buyer->reservation_id = call.out.reservation.reservation.id;
    buyer->seats = (uint8_t)count;
    begin(sale, number, BUYER_PAYING,
          habit_pays(sale->plan, number) ? sale->beat + habit_pay(sale->plan, number) : BEAT_NEVER);
}

/* A buyer takes what there is where that is too little, and looks again where there is nothing. */
static void choose(struct sale *sale, uint32_t number)
{
    uint32_t positions[SEATS_PER_RESERVATION_MAX];
    const uint32_t first = habit_first_seat(sale->plan, number, sale->beat);
    const uint32_t count =
        hall_pick(&sale->hall, first, (uint32_t)sale->plan->seats_each, positions);
    if (count > 0)
        hold(sale, number, positions, count);
    else
        look_again(sale, number);
}

static void buyer_pay(struct sale *sale, uint32_t number)
{
    const struct buyer *buyer = &sale->buyers[number];
    struct call call = {.verb = VERB_PAYMENT_MAKE,
                        .in.reservation = {.reservation_id = buyer->reservation_id}};
    if (sale_ask(sale, number, &call) != REFUSAL_NONE)
        return;
    sale->findings->bought += buyer->seats;
    go_home(sale, number, BUYER_BOUGHT);
}

void buyer_hold_expired(struct sale *sale, uint32_t number)
{
    if (sale_state(sale, number) != BUYER_PAYING)
        return;
    sale->findings->lapsed_holds++;
    go_home(sale, number, BUYER_LAPSED);
}

void buyer_acts(struct sale *sale, uint32_t number)
{
    if (sale->beat < sale->buyers[number].until) {
        poll_office(sale, number);
        arrange_next(sale, number);
        return;
    }
    switch (sale_state(sale, number)) {
    case BUYER_WAITING:
        lose_patience(sale, number);
        return;
    case BUYER_CHOOSING:
        choose(sale, number);
        return;
    case BUYER_PAYING:
        buyer_pay(sale, number);
        return;
    case BUYER_TO_COME:
    case BUYER_BOUGHT:
    case BUYER_LEFT:
    case BUYER_SILENT:
    case BUYER_TURNED_AWAY:
    case BUYER_LAPSED:
    case BUYER_TIMED_OUT:
    case BUYER_ABANDONED:
    case BUYER_STATE_COUNT:
        break;
    }
    UNREACHABLE("a buyer who is to come or went home acts");
}
