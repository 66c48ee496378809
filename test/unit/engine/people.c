/* See people.h. Asserts that what it asks for is granted. */
#include "people.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

const struct office_settings people_settings = {
    .hold_seconds = 300,
    .max_seats_per_reservation = 4,
    .max_seats_per_user = 4,
    .refund_until_seconds = 60,
    .charging_open = true,
    .registration_open = true,
    .max_active = 100000,
    .admit_per_second = 1000000,
    .silent_seconds = 120,
    .active_seconds = 600,
    .wait_seconds = 3600,
};

static void grant(const struct asker *asker, struct call *call)
{
    asker->ask(asker->owner, call);
    if (call->refusal != REFUSAL_NONE)
        fail_msg("%s: %s", verb_name(call->verb), refusal_schema(call->refusal)->name);
}

static struct person sign_up(const struct asker *asker, enum verb verb, const char *role,
                             unsigned number)
{
    char email[64];
    (void)snprintf(email, sizeof email, "%s-%u@example.com", role, number);
    struct call signing_up = {
        .verb = verb,
        .in.user_register = {.name = email, .email = email, .password_hash = "a hash"}};
    grant(asker, &signing_up);
    struct person person = {.user_id = signing_up.record->as.user.id};
    call_release(&signing_up);

    struct call signing_in = {.verb = VERB_SESSION_OPEN,
                              .in.session_open = {.user_id = person.user_id,
                                                  .verified_hash = "a hash",
                                                  .secret_hash = {{1, 2, 3}}}};
    grant(asker, &signing_in);
    person.credentials = (struct credentials){
        .present = true,
        .session_id = signing_in.out.session.id,
        .secret_hash = {{1, 2, 3}},
    };
    call_release(&signing_in);
    return person;
}

struct person people_buyer(const struct asker *asker, unsigned number)
{
    return sign_up(asker, VERB_USER_REGISTER, "buyer", number);
}

struct person people_organizer(const struct asker *asker, unsigned number)
{
    return sign_up(asker, VERB_ORGANIZER_ADD, "organizer", number);
}

struct call people_call(const struct person *person, enum verb verb)
{
    return (struct call){.verb = verb, .credentials = person->credentials};
}

struct id people_round(const struct asker *asker, const struct person *organizer, timestamp_ms wall,
                       size_t seat_count)
{
    struct call concert = people_call(organizer, VERB_CONCERT_CREATE);
    concert.in.concert.title = "A concert";
    concert.in.concert.description = "With words about it";
    concert.in.concert.reservation_open_at = wall - SECOND_MS;
    concert.in.concert.reservation_close_at = wall + DAY_MS;
    grant(asker, &concert);
    const struct id concert_id = concert.record->as.concert.id;
    call_release(&concert);

    struct seat_plan *seats = calloc(seat_count, sizeof *seats);
    char(*names)[24] = calloc(seat_count, sizeof *names);
    assert_non_null(seats);
    assert_non_null(names);
    for (size_t i = 0; i < seat_count; i++) {
        (void)snprintf(names[i], sizeof names[i], "A-%zu", i + 1);
        seats[i] = (struct seat_plan){.seat_number = names[i], .section = "A", .price = 100};
    }
    struct call round = people_call(organizer, VERB_ROUND_CREATE);
    round.in.round.concert_id = concert_id;
    round.in.round.start_time = wall + 2 * DAY_MS;
    round.in.round.seats = seats;
    round.in.round.seat_count = seat_count;
    grant(asker, &round);
    const struct id round_id = round.record->as.concert_round.id;
    call_release(&round);
    free(names);
    free(seats);
    return round_id;
}

void people_join(const struct asker *asker, const struct person *person, int64_t points)
{
    struct call joining = people_call(person, VERB_QUEUE_JOIN);
    grant(asker, &joining);
    call_release(&joining);
    struct call charging = people_call(person, VERB_POINTS_CHARGE);
    charging.in.points_charge.amount = points;
    grant(asker, &charging);
    call_release(&charging);
}

enum refusal people_hold(const struct asker *asker, const struct person *person, struct id round_id,
                         struct id seat_id, struct id *reservation_id)
{
    struct call holding = people_call(person, VERB_RESERVATION_HOLD);
    holding.in.reservation_hold.round_id = round_id;
    holding.in.reservation_hold.seat_ids = &seat_id;
    holding.in.reservation_hold.seat_count = 1;
    asker->ask(asker->owner, &holding);
    const enum refusal refusal = holding.refusal;
    *reservation_id = refusal == REFUSAL_NONE ? holding.out.reservation.reservation.id : ID_NONE;
    call_release(&holding);
    return refusal;
}
