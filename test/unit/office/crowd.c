/* See crowd.h. */
#include "crowd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct call crowd_ask(const struct person *person, enum verb verb)
{
    struct call call = {.verb = verb};
    if (person != NULL)
        call.credentials = person->credentials;
    return call;
}

void crowd_call(struct stage *stage, struct call *call)
{
    if (!stage_call(stage, call))
        fail_msg("%s: %s", verb_name(call->verb), stage->trouble.text);
}

enum refusal crowd_do(struct stage *stage, struct call call)
{
    crowd_call(stage, &call);
    call_release(&call);
    return call.refusal;
}

/* Decides what must not be refused. */
static void must(struct stage *stage, struct call *call)
{
    crowd_call(stage, call);
    if (call->refusal != REFUSAL_NONE)
        fail_msg("%s: %s", verb_name(call->verb), refusal_schema(call->refusal)->name);
}

struct person crowd_sign_up(struct stage *stage, enum verb verb)
{
    char email[32];
    (void)snprintf(email, sizeof email, "%zu@house", stage->ledger.entry_count);
    struct call user = {.verb = verb};
    user.in.user_register.name = user.in.user_register.email = email;
    user.in.user_register.password_hash = "secret";
    must(stage, &user);
    struct call session = {.verb = VERB_SESSION_OPEN};
    session.in.session_open.user_id = user.record->as.user.id;
    session.in.session_open.verified_hash = "secret";
    must(stage, &session);
    const struct person person = {
        .user_id = user.record->as.user.id,
        .credentials = {.present = true, .session_id = session.out.session.id}};
    call_release(&user);
    call_release(&session);
    return person;
}

struct id crowd_concert(struct stage *stage, const struct person *organizer, timestamp_ms close)
{
    struct call call = crowd_ask(organizer, VERB_CONCERT_CREATE);
    call.in.concert.title = "title";
    call.in.concert.description = "description";
    call.in.concert.reservation_open_at = stage->now.wall - DAY_MS;
    call.in.concert.reservation_close_at = close;
    must(stage, &call);
    const struct id id = call.record->as.concert.id;
    call_release(&call);
    return id;
}

struct id crowd_round(struct stage *stage, const struct person *organizer, struct id concert_id,
                      timestamp_ms start, size_t seats, int64_t price)
{
    struct seat_plan *plans = calloc(seats, sizeof *plans);
    char(*numbers)[24] = calloc(seats, sizeof *numbers);
    assert_true(plans != NULL && numbers != NULL);
    for (size_t i = 0; i < seats; i++) {
        (void)snprintf(numbers[i], sizeof numbers[i], "%zu", i);
        plans[i] = (struct seat_plan){.seat_number = numbers[i], .price = price};
    }
    struct call call = crowd_ask(organizer, VERB_ROUND_CREATE);
    call.in.round.concert_id = concert_id;
    call.in.round.start_time = start;
    call.in.round.seats = plans;
    call.in.round.seat_count = seats;
    must(stage, &call);
    const struct id id = call.record->as.concert_round.id;
    call_release(&call);
    free(plans);
    free(numbers);
    return id;
}

void crowd_enter(struct stage *stage, const struct person *person)
{
    bool active = false;
    for (size_t i = 0; !active && i < 100; i++) {
        struct call call = crowd_ask(person, VERB_QUEUE_JOIN);
        must(stage, &call);
        active = call.out.token.token.status == TOKEN_STATUS_ACTIVE;
        call_release(&call);
        if (!active && !stage_jump(stage, 1))
            fail_msg("%s", stage->trouble.text);
    }
    assert_true(active);
}

struct id crowd_hold(struct stage *stage, const struct person *person, struct id round_id,
                     size_t first_seat, size_t seats)
{
    struct id ids[SEATS_PER_RESERVATION_MAX];
    for (size_t i = 0; i < seats; i++)
        ids[i] = office_round_seat(stage->office, round_id, first_seat + i)->id;
    struct call call = crowd_ask(person, VERB_RESERVATION_HOLD);
    call.in.reservation_hold.round_id = round_id;
    call.in.reservation_hold.seat_ids = ids;
    call.in.reservation_hold.seat_count = seats;
    must(stage, &call);
    const struct id id = call.out.reservation.reservation.id;
    call_release(&call);
    return id;
}

void crowd_pay(struct stage *stage, const struct person *person, struct id reservation_id)
{
    struct call call = crowd_ask(person, VERB_PAYMENT_MAKE);
    call.in.reservation.reservation_id = reservation_id;
    must(stage, &call);
    call_release(&call);
}

void crowd_charge(struct stage *stage, const struct person *person, int64_t amount)
{
    struct call call = crowd_ask(person, VERB_POINTS_CHARGE);
    call.in.points_charge.amount = amount;
    must(stage, &call);
    call_release(&call);
}
