/* See scene.h. */
#include "scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char *const seat_numbers[SCENE_SEATS] = {"A-1-1", "A-1-2", "A-1-3",
                                                      "A-1-4", "A-1-5", "A-1-6"};

static void add_house(struct scene *scene)
{
    batch_add(scene->fixture,
              &(struct record){.kind = RECORD_KIND_HOUSE, .as.house = scene->house});
}

static void add_token(struct scene *scene, const struct person *person)
{
    batch_add(scene->fixture,
              &(struct record){.kind = RECORD_KIND_QUEUE_TOKEN, .as.queue_token = person->token});
}

static void add_reservation(struct scene *scene, const struct seat_reservation *reservation)
{
    batch_add(scene->fixture, &(struct record){.kind = RECORD_KIND_SEAT_RESERVATION,
                                               .as.seat_reservation = *reservation});
}

static void add_payment(struct scene *scene, const struct payment *payment)
{
    batch_add(scene->fixture,
              &(struct record){.kind = RECORD_KIND_PAYMENT, .as.payment = *payment});
}

void add_seat_status(struct scene *scene, size_t seat, enum seat_status status)
{
    scene->seats[seat].status = status;
    batch_add(scene->fixture,
              &(struct record){.kind = RECORD_KIND_SEAT, .as.seat = scene->seats[seat]});
}

/* Moves points and writes the entry that says why. */
static void add_entry(struct scene *scene, struct person *person, enum entry_kind kind,
                      int64_t amount, struct id payment_id, timestamp_ms at)
{
    person->account.balance += amount;
    person->account.last_updated = at;
    batch_add(scene->fixture, &(struct record){.kind = RECORD_KIND_POINT_ACCOUNT,
                                               .as.point_account = person->account});
    batch_add(scene->fixture, &(struct record){.kind = RECORD_KIND_POINT_ENTRY,
                                               .as.point_entry = {
                                                   .id = fixture_id(scene->fixture),
                                                   .user_id = person->user.id,
                                                   .kind = kind,
                                                   .amount = amount,
                                                   .balance = person->account.balance,
                                                   .payment_id = payment_id,
                                                   .caller_id = person->user.id,
                                                   .created_at = at,
                                               }});
}

struct record user_row(struct id id, const char *name, const char *email)
{
    return (struct record){
        .kind = RECORD_KIND_USER,
        .as.user = {.id = id, .name = name, .email = email, .created_at = id_time(id)}};
}

void scene_open(struct scene *scene, struct fixture *fixture)
{
    *scene = (struct scene){.fixture = fixture};
    scene->house = (struct house){.id = 1,
                                  .max_active = 10,
                                  .admit_per_second = 10,
                                  .silent_seconds = 120,
                                  .active_seconds = 600,
                                  .wait_seconds = 3600,
                                  .active_ceiling = 10,
                                  .seats_per_user_ceiling = 4,
                                  .heartbeat_at = NOW,
                                  .token_key = {{1, 2, 3}}};
    scene->concert = (struct concert){.id = fixture_id(fixture),
                                      .title = "밤의 노래",
                                      .description = "",
                                      .reservation_open_at = NOW - DAY_MS,
                                      .reservation_close_at = NOW + DAY_MS};
    scene->round = (struct concert_round){.id = fixture_id(fixture),
                                          .concert_id = scene->concert.id,
                                          .start_time = NOW + 7 * DAY_MS,
                                          .total_seat_cnt = SCENE_SEATS};
    add_house(scene);
    batch_add(fixture, &(struct record){.kind = RECORD_KIND_CONCERT, .as.concert = scene->concert});
    batch_add(fixture, &(struct record){.kind = RECORD_KIND_CONCERT_ROUND,
                                        .as.concert_round = scene->round});
    for (size_t i = 0; i < SCENE_SEATS; i++) {
        scene->seats[i] = (struct seat){.id = fixture_id(fixture),
                                        .concert_round_id = scene->round.id,
                                        .position = (int64_t)i,
                                        .seat_number = seat_numbers[i],
                                        .section = "A",
                                        .row = "1",
                                        .price = SCENE_PRICE};
        add_seat_status(scene, i, SEAT_STATUS_AVAILABLE);
    }
    batch_append(fixture);
}

void scene_join(struct scene *scene, struct person *person, const char *name)
{
    struct fixture *fixture = scene->fixture;
    const struct id id = fixture_id(fixture);
    const struct record user = user_row(id, name, NULL);
    *person = (struct person){.user = user.as.user, .account.user_id = id};
    batch_add(fixture, &user);
    add_entry(scene, person, ENTRY_KIND_CHARGE, SCENE_CHARGE, ID_NONE, NOW);
    scene->house.last_number++;
    person->token = (struct queue_token){.id = fixture_id(fixture),
                                         .user_id = id,
                                         .number = scene->house.last_number,
                                         .issued_at = NOW};
    add_token(scene, person);
    add_house(scene);
    batch_append(fixture);
}

void scene_admit(struct scene *scene, struct person *person, timestamp_ms at)
{
    person->token.status = TOKEN_STATUS_ACTIVE;
    person->token.activate_at = at;
    person->token.holds_until = person->token.expires_at = at + 600 * SECOND_MS;
    if (person->token.number > scene->house.serving)
        scene->house.serving = person->token.number;
    add_token(scene, person);
    add_house(scene);
    batch_append(scene->fixture);
}

void scene_pass_over(struct scene *scene, struct person *person, timestamp_ms at)
{
    person->token.passed_at = at;
    scene->house.serving = person->token.number;
    add_token(scene, person);
    add_house(scene);
    batch_append(scene->fixture);
}

void scene_end_token(struct scene *scene, struct person *person, enum token_reason reason,
                     timestamp_ms at)
{
    person->token.status = TOKEN_STATUS_EXPIRED;
    person->token.reason = reason;
    person->token.ended_at = at;
    add_token(scene, person);
    batch_append(scene->fixture);
}

struct seat_reservation scene_hold(struct scene *scene, const struct person *person, size_t seat,
                                   timestamp_ms at)
{
    const struct seat_reservation reservation = {.id = fixture_id(scene->fixture),
                                                 .user_id = person->user.id,
                                                 .round_id = scene->seats[seat].concert_round_id,
                                                 .token_id = person->token.id,
                                                 .status = RESERVATION_STATUS_PENDING,
                                                 .amount = SCENE_PRICE,
                                                 .reserved_at = at,
                                                 .expires_at = at + 300 * SECOND_MS,
                                                 .refundable_until = NOW + 6 * DAY_MS};
    add_reservation(scene, &reservation);
    batch_add(scene->fixture, &(struct record){.kind = RECORD_KIND_RESERVATION_SEAT,
                                               .as.reservation_seat = {
                                                   .reservation_id = reservation.id,
                                                   .seat_id = scene->seats[seat].id,
                                                   .price = SCENE_PRICE,
                                               }});
    add_seat_status(scene, seat, SEAT_STATUS_HELD);
    batch_append(scene->fixture);
    return reservation;
}

struct payment scene_pay(struct scene *scene, struct person *person,
                         struct seat_reservation *reservation, size_t seat, timestamp_ms at)
{
    const struct payment payment = {.id = fixture_id(scene->fixture),
                                    .user_id = person->user.id,
                                    .reservation_id = reservation->id,
                                    .amount = reservation->amount,
                                    .status = PAYMENT_STATUS_SUCCEEDED,
                                    .created_at = at,
                                    .paid_at = at};
    add_payment(scene, &payment);
    add_entry(scene, person, ENTRY_KIND_PAYMENT, -reservation->amount, payment.id, at);
    reservation->status = RESERVATION_STATUS_CONFIRMED;
    reservation->used_points = reservation->amount;
    reservation->payment_id = payment.id;
    add_reservation(scene, reservation);
    add_seat_status(scene, seat, SEAT_STATUS_SOLD);
    batch_append(scene->fixture);
    return payment;
}

void scene_expire(struct scene *scene, struct seat_reservation *reservation, size_t seat,
                  timestamp_ms at)
{
    reservation->status = RESERVATION_STATUS_EXPIRED;
    reservation->ended_at = at;
    add_reservation(scene, reservation);
    add_seat_status(scene, seat, SEAT_STATUS_AVAILABLE);
    batch_append(scene->fixture);
}

void scene_refund(struct scene *scene, struct person *person, struct seat_reservation *reservation,
                  struct payment *payment, size_t seat, timestamp_ms at)
{
    payment->status = PAYMENT_STATUS_CANCELLED;
    payment->cancelled_at = at;
    add_payment(scene, payment);
    add_entry(scene, person, ENTRY_KIND_REFUND, reservation->amount, payment->id, at);
    reservation->status = RESERVATION_STATUS_CANCELLED;
    reservation->cancel_reason = CANCEL_REASON_BUYER;
    reservation->ended_at = at;
    add_reservation(scene, reservation);
    add_seat_status(scene, seat, SEAT_STATUS_AVAILABLE);
    batch_append(scene->fixture);
}
