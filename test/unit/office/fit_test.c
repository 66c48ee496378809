/* Every contradiction between loaded rows (office/contradiction.def) is refused, with its sentence
 * and the row's name: each case is one good house in which a row or two were changed. */
#include "office/fit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Small ids for small stories. */
#define ID(number) ((struct id){{number}})

/* ---- The good house ---- */

enum row {
    HOUSE,
    ANN,
    BOB,
    ACCOUNT,
    SESSION,
    CONCERT,
    ROUND,
    OTHER_ROUND, /* in which nothing was ever reserved */
    HELD_SEAT,
    SOLD_SEAT,
    FREE_SEAT,
    OTHER_SEAT, /* of the other round */
    ACTIVE,     /* Ann's token */
    WAITING,    /* Bob's */
    PAYMENT,
    FAILED, /* a payment that fell short */
    HOLD,   /* Ann's */
    BOUGHT, /* Bob's, with a token that has left memory */
    HOLD_PLACE,
    BOUGHT_PLACE,
    TICKET, /* of what Bob bought */
    ENTRY,
    KEPT_KEY,
    RESET,
    SHOP, /* a key's user */
    KEY,  /* the API key */
    TOLD, /* the notice */
    HALL, /* a plan */
    PIECE,
    ROW_COUNT
};

/* What a reservation takes is what its seat costs. */
#define HOLD_AMOUNT 5
#define BOUGHT_AMOUNT 7

static const struct record good[ROW_COUNT] = {
    [HOUSE] = {.kind = RECORD_KIND_HOUSE,
               .as.house = {.id = 1,
                            .last_number = 2,
                            .serving = 1,
                            .max_active = 1,
                            .admit_per_second = 1,
                            .active_ceiling = 1,
                            .seats_per_user_ceiling = 1,
                            .last_serial = 1}},
    [ANN] = {.kind = RECORD_KIND_USER, .as.user = {.id = {{1}}, .name = "ann"}},
    [BOB] = {.kind = RECORD_KIND_USER, .as.user = {.id = {{2}}, .name = "bob"}},
    [ACCOUNT] = {.kind = RECORD_KIND_POINT_ACCOUNT, .as.point_account = {.user_id = {{1}}}},
    [SESSION] = {.kind = RECORD_KIND_SESSION,
                 .as.session = {.id = {{3}}, .user_id = {{1}}, .expires_at = 2000}},
    [CONCERT] = {.kind = RECORD_KIND_CONCERT,
                 .as.concert = {.id = {{4}}, .title = "x", .description = ""}},
    [ROUND] = {.kind = RECORD_KIND_CONCERT_ROUND,
               .as.concert_round =
                   {.id = {{5}}, .concert_id = {{4}}, .total_seat_cnt = 3, .first_reserved_at = 1}},
    [OTHER_ROUND] = {.kind = RECORD_KIND_CONCERT_ROUND,
                     .as.concert_round = {.id = {{6}}, .concert_id = {{4}}, .total_seat_cnt = 1}},
    [HELD_SEAT] = {.kind = RECORD_KIND_SEAT,
                   .as.seat = {.id = {{10}},
                               .concert_round_id = {{5}},
                               .position = 0,
                               .seat_number = "1",
                               .price = HOLD_AMOUNT,
                               .status = SEAT_STATUS_HELD}},
    [SOLD_SEAT] = {.kind = RECORD_KIND_SEAT,
                   .as.seat = {.id = {{11}},
                               .concert_round_id = {{5}},
                               .position = 1,
                               .seat_number = "2",
                               .price = BOUGHT_AMOUNT,
                               .status = SEAT_STATUS_SOLD}},
    [FREE_SEAT] =
        {.kind = RECORD_KIND_SEAT,
         .as.seat = {.id = {{12}}, .concert_round_id = {{5}}, .position = 2, .seat_number = "3"}},
    [OTHER_SEAT] = {.kind = RECORD_KIND_SEAT,
                    .as.seat = {.id = {{13}}, .concert_round_id = {{6}}, .seat_number = "1"}},
    [ACTIVE] = {.kind = RECORD_KIND_QUEUE_TOKEN,
                .as.queue_token = {.id = {{20}},
                                   .user_id = {{1}},
                                   .status = TOKEN_STATUS_ACTIVE,
                                   .number = 1,
                                   .activate_at = 1,
                                   .expires_at = 2000,
                                   .holds_until = 2000}},
    [WAITING] = {.kind = RECORD_KIND_QUEUE_TOKEN,
                 .as.queue_token = {.id = {{21}}, .user_id = {{2}}, .number = 2}},
    [PAYMENT] = {.kind = RECORD_KIND_PAYMENT,
                 .as.payment = {.id = {{30}},
                                .user_id = {{2}},
                                .reservation_id = {{41}},
                                .amount = BOUGHT_AMOUNT,
                                .status = PAYMENT_STATUS_SUCCEEDED}},
    [FAILED] = {.kind = RECORD_KIND_PAYMENT,
                .as.payment = {.id = {{31}},
                               .user_id = {{1}},
                               .reservation_id = {{40}},
                               .amount = HOLD_AMOUNT,
                               .status = PAYMENT_STATUS_FAILED}},
    [HOLD] = {.kind = RECORD_KIND_SEAT_RESERVATION,
              .as.seat_reservation = {.id = {{40}},
                                      .user_id = {{1}},
                                      .round_id = {{5}},
                                      .token_id = {{20}},
                                      .status = RESERVATION_STATUS_PENDING,
                                      .amount = HOLD_AMOUNT,
                                      .expires_at = 2000}},
    [BOUGHT] = {.kind = RECORD_KIND_SEAT_RESERVATION,
                .as.seat_reservation = {.id = {{41}},
                                        .user_id = {{2}},
                                        .round_id = {{5}},
                                        .token_id = {{19}},
                                        .status = RESERVATION_STATUS_CONFIRMED,
                                        .amount = BOUGHT_AMOUNT,
                                        .used_points = BOUGHT_AMOUNT,
                                        .payment_id = {{30}}}},
    [HOLD_PLACE] = {.kind = RECORD_KIND_RESERVATION_SEAT,
                    .as.reservation_seat = {.reservation_id = {{40}},
                                            .seat_id = {{10}},
                                            .price = HOLD_AMOUNT}},
    [BOUGHT_PLACE] = {.kind = RECORD_KIND_RESERVATION_SEAT,
                      .as.reservation_seat = {.reservation_id = {{41}},
                                              .seat_id = {{11}},
                                              .price = BOUGHT_AMOUNT}},
    [TICKET] = {.kind = RECORD_KIND_TICKET,
                .as.ticket = {.id = {{1}},
                              .reservation_id = {{41}},
                              .round_id = {{5}},
                              .seat_id = {{11}},
                              .user_id = {{2}},
                              .seat_number = "2",
                              .serial = 1,
                              .generation = 1,
                              .issued_at = INT64_C(1) << 40}},
    [ENTRY] =
        {.kind = RECORD_KIND_POINT_ENTRY,
         .as.point_entry = {.id = {{50}}, .user_id = {{1}}, .caller_id = {{2}}, .reference = "r"}},
    [KEPT_KEY] = {.kind = RECORD_KIND_IDEMPOTENCY_KEY,
                  .as.idempotency_key = {.user_id = {{1}}, .key_hash = 1}},
    [RESET] = {.kind = RECORD_KIND_PASSWORD_RESET,
               .as.password_reset = {.user_id = {{1}}, .expires_at = 2000}},
    [SHOP] = {.kind = RECORD_KIND_USER,
              .as.user = {.id = {{60}}, .name = "shop", .role = USER_ROLE_SERVICE}},
    [KEY] = {.kind = RECORD_KIND_API_KEY,
             .as.api_key = {.id = {{61}}, .user_id = {{60}}, .name = "shop", .scopes = "read"}},
    [TOLD] = {.kind = RECORD_KIND_NOTICE,
              .as.notice = {.id = {{70}}, .text_ko = "지연", .text_en = "late"}},
    [HALL] = {.kind = RECORD_KIND_PLAN,
              .as.plan =
                  {.id = {{80}}, .name = "hall", .version = 1, .seat_count = 1, .piece_count = 1}},
    [PIECE] = {.kind = RECORD_KIND_PLAN_PIECE, .as.plan_piece = {.plan_id = {{80}}, .text = "{}"}},
};

/* ---- What is changed in it ---- */

/* The most rows that a case appends: one key more than a user may have. */
#define APPENDED_MAX (IDEMPOTENCY_KEYS_PER_USER_MAX + 1)

struct story {
    struct record records[ROW_COUNT + APPENDED_MAX];
    size_t count;
    size_t newest[ROW_COUNT]; /* where a row's newest image stands */
    bool left_out[ROW_COUNT + APPENDED_MAX];
};

enum manner {
    NOTHING, /* the end of a case's changes */
    SET,     /* a field of the newest image */
    AGAIN,   /* a copy at the end is the newest image from now on */
    GONE,    /* the same, and it says that the row is deleted */
    LEFT_OUT,
};

struct alteration {
    enum manner manner;
    enum row row;
    size_t offset, bytes; /* of the field in the record */
    union {
        int64_t number;
        const char *text;
        struct id id;
    } value;
};

#define FIELD_OF(entity, field)                                                                    \
    .offset = offsetof(struct record, as.entity.field),                                            \
    .bytes = sizeof((struct record *)NULL)->as.entity.field

#define NUMBER(row, entity, field, to)                                                             \
    {                                                                                              \
        SET, row, FIELD_OF(entity, field), .value.number = to                                      \
    }
#define TEXT(row, entity, field, to)                                                               \
    {                                                                                              \
        SET, row, FIELD_OF(entity, field), .value.text = to                                        \
    }
#define NAME(row, entity, field, to)                                                               \
    {                                                                                              \
        SET, row, FIELD_OF(entity, field), .value.id = { {to} }                                    \
    }
#define AGAIN(row)                                                                                 \
    {                                                                                              \
        .manner = AGAIN, row                                                                       \
    }
#define GONE(row)                                                                                  \
    {                                                                                              \
        .manner = GONE, row                                                                        \
    }
#define LEFT_OUT(row)                                                                              \
    {                                                                                              \
        .manner = LEFT_OUT, row                                                                    \
    }

static void story_init(struct story *story)
{
    *story = (struct story){.count = ROW_COUNT};
    memcpy(story->records, good, sizeof good);
    for (size_t i = 0; i < ROW_COUNT; i++)
        story->newest[i] = i;
}

static struct record *append(struct story *story, enum row row)
{
    assert_true(story->count < sizeof story->records / sizeof story->records[0]);
    story->records[story->count] = story->records[story->newest[row]];
    story->newest[row] = story->count;
    return &story->records[story->count++];
}

static void apply(struct story *story, const struct alteration *change)
{
    switch (change->manner) {
    case NOTHING:
        return;
    case SET:
        memcpy((char *)&story->records[story->newest[change->row]] + change->offset, &change->value,
               change->bytes);
        return;
    case AGAIN:
        (void)append(story, change->row);
        return;
    case GONE:
        append(story, change->row)->deleted = true;
        return;
    case LEFT_OUT:
        story->left_out[story->newest[change->row]] = true;
        return;
    }
}

/* ---- The cases ---- */

#define CHANGES_MAX 11

struct spoilt {
    enum contradiction contradiction;
    enum row named; /* whose newest image is named */
    struct alteration changes[CHANGES_MAX];
};

#define LONG_TEXT                                                                                  \
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567"     \
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567"     \
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567"
#define LONGER_TEXT LONG_TEXT LONG_TEXT LONG_TEXT
_Static_assert(sizeof LONG_TEXT - 1 > SEAT_NUMBER_BYTES_MAX, "longer than any");
_Static_assert(sizeof LONGER_TEXT - 1 > TOLD_BYTES_MAX, "longer than any");

#define IS(name) CONTRADICTION_##name

static const struct spoilt cases[] = {
    {IS(TIME_OUT_OF_RANGE), SESSION, {NUMBER(SESSION, session, expires_at, INT64_MAX)}},
    {IS(TIME_OUT_OF_RANGE), ROUND, {NUMBER(ROUND, concert_round, start_time, INT64_MIN)}},
    {IS(TEXT_MISSING), CONCERT, {TEXT(CONCERT, concert, title, NULL)}},
    {IS(TEXT_MISSING), FREE_SEAT, {TEXT(FREE_SEAT, seat, seat_number, NULL)}},
    {IS(TEXT_TOO_LONG), FREE_SEAT, {TEXT(FREE_SEAT, seat, seat_number, LONG_TEXT)}},
    {IS(TEXT_TOO_LONG), FREE_SEAT, {TEXT(FREE_SEAT, seat, grade, LONG_TEXT)}},
    {IS(TEXT_TOO_LONG), TOLD, {TEXT(TOLD, notice, text_ko, LONGER_TEXT)}},
    {IS(TEXT_TOO_LONG), TOLD, {TEXT(TOLD, notice, text_en, LONGER_TEXT)}},
    {IS(TEXT_MISSING), ROUND, {TEXT(ROUND, concert_round, reason_ko, "비")}},
    {IS(TEXT_MISSING), ROUND, {TEXT(ROUND, concert_round, reason_en, "rain")}},
    {IS(TEXT_TOO_LONG),
     ROUND,
     {TEXT(ROUND, concert_round, reason_ko, LONGER_TEXT),
      TEXT(ROUND, concert_round, reason_en, "rain")}},
    {IS(TEXT_TOO_LONG),
     ROUND,
     {TEXT(ROUND, concert_round, reason_ko, "비"),
      TEXT(ROUND, concert_round, reason_en, LONGER_TEXT)}},
    {IS(TEXT_MISSING), HALL, {TEXT(HALL, plan, name, NULL)}},
    {IS(TEXT_TOO_LONG), HALL, {TEXT(HALL, plan, name, LONGER_TEXT LONGER_TEXT)}},
    {IS(SEAT_COUNT_OUT_OF_RANGE), HALL, {NUMBER(HALL, plan, seat_count, 0)}},
    {IS(SEAT_COUNT_OUT_OF_RANGE), HALL, {NUMBER(HALL, plan, seat_count, ROUND_SEATS_MAX + 1)}},
    {IS(PIECES_OUT_OF_RANGE), HALL, {NUMBER(HALL, plan, piece_count, 0)}},
    {IS(PIECES_OUT_OF_RANGE), HALL, {NUMBER(HALL, plan, piece_count, PLAN_PIECES_MAX + 1)}},
    {IS(PIECES_OUT_OF_RANGE), HALL, {NUMBER(HALL, plan, version, 0)}},
    {IS(PLAN_MISSING), PIECE, {NAME(PIECE, plan_piece, plan_id, 81)}},
    {IS(OUT_OF_PLACE), PIECE, {NUMBER(PIECE, plan_piece, position, 1)}},
    {IS(OUT_OF_PLACE), PIECE, {NUMBER(PIECE, plan_piece, position, -1)}},
    {IS(HOUSE_OUT_OF_RANGE), HOUSE, {NUMBER(HOUSE, house, last_serial, -1)}},
    {IS(TEXT_MISSING), TICKET, {TEXT(TICKET, ticket, seat_number, NULL)}},
    {IS(TEXT_TOO_LONG), TICKET, {TEXT(TICKET, ticket, holder_name, LONGER_TEXT)}},
    {IS(SERIAL_OUT_OF_RANGE), TICKET, {NUMBER(TICKET, ticket, serial, 0)}},
    {IS(SERIAL_OUT_OF_RANGE), TICKET, {NUMBER(TICKET, ticket, generation, 0)}},
    {IS(SERIAL_OUT_OF_RANGE),
     TICKET,
     {NUMBER(TICKET, ticket, generation, TICKET_GENERATION_MAX + 1)}},
    {IS(SEAT_MISSING), TICKET, {NAME(TICKET, ticket, seat_id, 12)}},
    {IS(TICKET_OF_OTHER), TICKET, {NAME(TICKET, ticket, user_id, 1)}},
    {IS(TICKET_OF_OTHER), TICKET, {NAME(TICKET, ticket, round_id, 6)}},
    {IS(TICKET_OF_OTHER), TICKET, {NUMBER(TICKET, ticket, status, TICKET_STATUS_VOID)}},
    {IS(TICKET_OF_OTHER), TICKET, {NUMBER(TICKET, ticket, issued_at, 1)}},
    {IS(TICKET_BEYOND_ONE),
     TICKET,
     {AGAIN(TICKET), NAME(TICKET, ticket, id, 2),
      NUMBER(TICKET, ticket, issued_at, INT64_C(2) << 40)}},
    {IS(IDENTITY_CHANGED), TICKET, {AGAIN(TICKET), NUMBER(TICKET, ticket, serial, 2)}},
    {IS(IDENTITY_CHANGED), /* a code that was revoked */
     TICKET,
     {NUMBER(TICKET, ticket, generation, 2), AGAIN(TICKET), NUMBER(TICKET, ticket, generation, 1)}},
    {IS(TICKETS_MISSING),
     BOUGHT,
     {LEFT_OUT(TICKET), NUMBER(HOUSE, house, tickets_since, 1),
      NUMBER(PAYMENT, payment, paid_at, 2)}},
    {IS(SERIAL_NOT_GIVEN), BOUGHT, {NUMBER(HOUSE, house, last_serial, 0)}},
    {IS(NEVER_GOES), TICKET, {GONE(TICKET)}},
    {IS(NOTICE_BEYOND_ONE), TOLD, {AGAIN(TOLD), NAME(TOLD, notice, id, 71)}},
    {IS(AMOUNT_OUT_OF_RANGE), ACCOUNT, {NUMBER(ACCOUNT, point_account, balance, -1)}},
    {IS(AMOUNT_OUT_OF_RANGE), ACCOUNT, {NUMBER(ACCOUNT, point_account, balance, INT64_MAX)}},
    {IS(AMOUNT_OUT_OF_RANGE), FREE_SEAT, {NUMBER(FREE_SEAT, seat, price, PRICE_MAX + 1)}},
    {IS(AMOUNT_OUT_OF_RANGE), PAYMENT, {NUMBER(PAYMENT, payment, amount, -1)}},
    {IS(AMOUNT_OUT_OF_RANGE), HOLD, {NUMBER(HOLD, seat_reservation, amount, -1)}},
    {IS(AMOUNT_OUT_OF_RANGE), HOLD_PLACE, {NUMBER(HOLD_PLACE, reservation_seat, price, -1)}},
    {IS(HOUSE_OUT_OF_RANGE), HOUSE, {NUMBER(HOUSE, house, id, 2)}},
    {IS(HOUSE_OUT_OF_RANGE), HOUSE, {NUMBER(HOUSE, house, admit_per_second, 0)}},
    {IS(HOUSE_OUT_OF_RANGE), HOUSE, {NUMBER(HOUSE, house, silent_seconds, INT64_MAX)}},
    {IS(HOUSE_OUT_OF_RANGE), HOUSE, {NUMBER(HOUSE, house, active_seconds, -1)}},
    {IS(HOUSE_OUT_OF_RANGE), HOUSE, {NUMBER(HOUSE, house, wait_seconds, -1)}},
    {IS(HOUSE_OUT_OF_RANGE), HOUSE, {NUMBER(HOUSE, house, max_active, -1)}},
    {IS(HOUSE_OUT_OF_RANGE), HOUSE, {NUMBER(HOUSE, house, max_active, 2)}},
    {IS(HOUSE_OUT_OF_RANGE), HOUSE, {NUMBER(HOUSE, house, active_ceiling, INT64_MAX)}},
    {IS(HOUSE_OUT_OF_RANGE), HOUSE, {NUMBER(HOUSE, house, last_number, INT64_MAX)}},
    {IS(HOUSE_OUT_OF_RANGE), HOUSE, {NUMBER(HOUSE, house, serving, 3)}},
    {IS(SEAT_COUNT_OUT_OF_RANGE), ROUND, {NUMBER(ROUND, concert_round, total_seat_cnt, 0)}},
    {IS(SEAT_COUNT_OUT_OF_RANGE),
     ROUND,
     {NUMBER(ROUND, concert_round, total_seat_cnt, ROUND_SEATS_MAX + 1)}},
    {IS(LIMIT_OUT_OF_RANGE), CONCERT, {NUMBER(CONCERT, concert, max_seats_per_reservation, -1)}},
    {IS(LIMIT_OUT_OF_RANGE), CONCERT, {NUMBER(CONCERT, concert, max_seats_per_user, 1001)}},
    {IS(SCOPES_UNKNOWN), KEY, {TEXT(KEY, api_key, scopes, "read nothing")}},
    {IS(SCOPES_UNKNOWN), KEY, {TEXT(KEY, api_key, scopes, "read stats")}},
    {IS(SCOPES_UNKNOWN), KEY, {TEXT(KEY, api_key, scopes, " read")}},
    {IS(SCOPES_OF_OTHER_ROLE), SHOP, {TEXT(SHOP, user, scopes, "read")}},
    {IS(SCOPES_OF_OTHER_ROLE), SHOP, {NUMBER(SHOP, user, role, USER_ROLE_STAFF)}},
    {IS(SCOPES_UNKNOWN),
     SHOP,
     {NUMBER(SHOP, user, role, USER_ROLE_STAFF), TEXT(SHOP, user, scopes, "read stats")}},
    {IS(USER_OF_OTHER_ROLE), KEY, {NAME(KEY, api_key, user_id, 1)}},
    {IS(USER_MISSING), KEY, {NAME(KEY, api_key, user_id, 9)}},
    {IS(USER_MISSING), RESET, {NAME(RESET, password_reset, user_id, 9)}},
    {IS(NEVER_GOES), HOUSE, {GONE(HOUSE)}},
    {IS(NEVER_GOES), ANN, {GONE(ANN)}},
    {IS(NEVER_GOES), ACCOUNT, {GONE(ACCOUNT)}},
    {IS(NEVER_GOES), ACTIVE, {GONE(ACTIVE)}},
    {IS(NEVER_GOES), PAYMENT, {GONE(PAYMENT)}},
    {IS(NEVER_GOES), HOLD, {GONE(HOLD)}},
    {IS(NEVER_GOES), HOLD_PLACE, {GONE(HOLD_PLACE)}},
    {IS(NEVER_GOES), ENTRY, {GONE(ENTRY)}},

    {IS(USER_MISSING), SESSION, {NAME(SESSION, session, user_id, 99)}},
    {IS(USER_MISSING), ACCOUNT, {NAME(ACCOUNT, point_account, user_id, 99)}},
    {IS(USER_MISSING), ACTIVE, {NAME(ACTIVE, queue_token, user_id, 99)}},
    {IS(USER_MISSING), HOLD, {NAME(HOLD, seat_reservation, user_id, 99)}},
    {IS(USER_MISSING), ENTRY, {NAME(ENTRY, point_entry, user_id, 99)}},
    {IS(USER_MISSING), ENTRY, {NAME(ENTRY, point_entry, caller_id, 99)}},
    {IS(USER_MISSING), KEPT_KEY, {NAME(KEPT_KEY, idempotency_key, user_id, 99)}},
    {IS(CONCERT_MISSING), ROUND, {NAME(ROUND, concert_round, concert_id, 99)}},
    {IS(ROUND_MISSING), FREE_SEAT, {NAME(FREE_SEAT, seat, concert_round_id, 99)}},
    {IS(ROUND_MISSING), HOLD, {NAME(HOLD, seat_reservation, round_id, 99)}},
    {IS(ROUND_WITHOUT_SEATS),
     HOLD,
     {LEFT_OUT(OTHER_SEAT), NAME(HOLD, seat_reservation, round_id, 6)}},
    {IS(SEAT_MISSING), HOLD_PLACE, {NAME(HOLD_PLACE, reservation_seat, seat_id, 99)}},
    {IS(SEAT_MISSING), HOLD, {LEFT_OUT(HOLD_PLACE)}},
    {IS(SEAT_MISSING), HOLD, {NUMBER(HOLD_PLACE, reservation_seat, position, 1)}},
    {IS(PAYMENT_MISSING), BOUGHT, {NAME(BOUGHT, seat_reservation, payment_id, 99)}},
    {IS(IDENTITY_CHANGED), SESSION, {AGAIN(SESSION), NAME(SESSION, session, user_id, 2)}},
    {IS(IDENTITY_CHANGED), ROUND, {AGAIN(ROUND), NUMBER(ROUND, concert_round, total_seat_cnt, 4)}},
    {IS(IDENTITY_CHANGED),
     ROUND,
     {AGAIN(ROUND), NUMBER(ROUND, concert_round, first_reserved_at, 0)}},
    {IS(IDENTITY_CHANGED), FREE_SEAT, {AGAIN(FREE_SEAT), NUMBER(FREE_SEAT, seat, position, 1)}},
    {IS(IDENTITY_CHANGED),
     OTHER_SEAT,
     {AGAIN(OTHER_SEAT), NAME(OTHER_SEAT, seat, concert_round_id, 5)}},
    {IS(IDENTITY_CHANGED), WAITING, {AGAIN(WAITING), NAME(WAITING, queue_token, user_id, 1)}},
    {IS(IDENTITY_CHANGED), WAITING, {AGAIN(WAITING), NUMBER(WAITING, queue_token, number, 1)}},
    {IS(IDENTITY_CHANGED), PAYMENT, {AGAIN(PAYMENT), NUMBER(PAYMENT, payment, amount, 8)}},
    {IS(IDENTITY_CHANGED), PAYMENT, {AGAIN(PAYMENT), NAME(PAYMENT, payment, user_id, 1)}},
    {IS(IDENTITY_CHANGED), PAYMENT, {AGAIN(PAYMENT), NAME(PAYMENT, payment, reservation_id, 40)}},
    {IS(IDENTITY_CHANGED), HOLD, {AGAIN(HOLD), NUMBER(HOLD, seat_reservation, amount, 6)}},
    {IS(IDENTITY_CHANGED), HOLD, {AGAIN(HOLD), NAME(HOLD, seat_reservation, user_id, 2)}},
    {IS(IDENTITY_CHANGED), HOLD, {AGAIN(HOLD), NAME(HOLD, seat_reservation, round_id, 6)}},
    {IS(IDENTITY_CHANGED), HOLD, {AGAIN(HOLD), NAME(HOLD, seat_reservation, token_id, 21)}},
    {IS(IDENTITY_CHANGED),
     HOLD,
     {NUMBER(HOLD, seat_reservation, extended_at, 1000), AGAIN(HOLD),
      NUMBER(HOLD, seat_reservation, extended_at, 0)}},
    {IS(IDENTITY_CHANGED), BOUGHT, {AGAIN(BOUGHT), NAME(BOUGHT, seat_reservation, payment_id, 0)}},
    {IS(MOVE_ILLEGAL),
     ROUND,
     {NUMBER(ROUND, concert_round, status, ROUND_STATUS_CANCELLED), AGAIN(ROUND),
      NUMBER(ROUND, concert_round, status, ROUND_STATUS_SCHEDULED)}},
    {IS(MOVE_ILLEGAL),
     FREE_SEAT,
     {AGAIN(FREE_SEAT), NUMBER(FREE_SEAT, seat, status, SEAT_STATUS_SOLD)}},
    {IS(MOVE_ILLEGAL),
     ACTIVE,
     {AGAIN(ACTIVE), NUMBER(ACTIVE, queue_token, status, TOKEN_STATUS_WAITING),
      NUMBER(ACTIVE, queue_token, activate_at, 0)}},
    {IS(MOVE_ILLEGAL),
     PAYMENT,
     {AGAIN(PAYMENT), NUMBER(PAYMENT, payment, status, PAYMENT_STATUS_FAILED)}},
    {IS(MOVE_ILLEGAL),
     BOUGHT,
     {AGAIN(BOUGHT), NUMBER(BOUGHT, seat_reservation, status, RESERVATION_STATUS_PENDING)}},
    {IS(STILL_IN_USE), CONCERT, {GONE(CONCERT)}},
    {IS(STILL_IN_USE), ROUND, {GONE(ROUND)}},
    {IS(STILL_IN_USE), OTHER_ROUND, {GONE(OTHER_ROUND)}},
    {IS(STILL_IN_USE), FREE_SEAT, {GONE(FREE_SEAT)}},
    {IS(OUT_OF_PLACE), FREE_SEAT, {NUMBER(FREE_SEAT, seat, position, -1)}},
    {IS(OUT_OF_PLACE), FREE_SEAT, {NUMBER(FREE_SEAT, seat, position, 3)}},
    {IS(OUT_OF_PLACE), HOLD_PLACE, {NUMBER(HOLD_PLACE, reservation_seat, position, -1)}},
    {IS(OUT_OF_PLACE),
     HOLD_PLACE,
     {NUMBER(HOLD_PLACE, reservation_seat, position, SEATS_PER_RESERVATION_MAX)}},
    {IS(PLACE_TAKEN), FREE_SEAT, {NUMBER(FREE_SEAT, seat, position, 1)}},
    {IS(PLACE_TAKEN),
     HOLD_PLACE,
     {AGAIN(HOLD_PLACE), NAME(HOLD_PLACE, reservation_seat, seat_id, 12)}},
    {IS(SEAT_OF_OTHER_ROUND), HOLD_PLACE, {NAME(HOLD_PLACE, reservation_seat, seat_id, 13)}},
    {IS(NEVER_RESERVED), HOLD, {NUMBER(ROUND, concert_round, first_reserved_at, 0)}},
    {IS(TOKEN_OF_OTHER_USER), HOLD, {NAME(HOLD, seat_reservation, token_id, 21)}},
    {IS(TOKEN_BEYOND_ONE), WAITING, {NAME(WAITING, queue_token, user_id, 1)}},
    {IS(TOKEN_WITHOUT_TIMES), ACTIVE, {NUMBER(ACTIVE, queue_token, activate_at, 0)}},
    {IS(TOKEN_WITHOUT_TIMES), ACTIVE, {NUMBER(ACTIVE, queue_token, expires_at, 0)}},
    {IS(TOKEN_WITHOUT_TIMES), ACTIVE, {NUMBER(ACTIVE, queue_token, holds_until, 0)}},
    {IS(TOKEN_WITHOUT_TIMES), WAITING, {NUMBER(WAITING, queue_token, activate_at, 1)}},
    {IS(TOKEN_WITHOUT_TIMES), WAITING, {NUMBER(WAITING, queue_token, ended_at, 1)}},
    {IS(PAYMENT_OF_OTHER), BOUGHT, {NAME(PAYMENT, payment, reservation_id, 40)}},
    {IS(PAYMENT_OF_OTHER), BOUGHT, {NAME(PAYMENT, payment, user_id, 1)}},
    {IS(PAYMENT_OF_OTHER), BOUGHT, {NUMBER(PAYMENT, payment, amount, 8)}},
    {IS(PAYMENT_OF_OTHER), BOUGHT, {NUMBER(PAYMENT, payment, status, PAYMENT_STATUS_FAILED)}},
    {IS(PAYMENT_OF_OTHER), FAILED, {NAME(FAILED, payment, user_id, 2)}},
    {IS(PAYMENT_OF_OTHER),
     FAILED,
     {AGAIN(FAILED), NAME(FAILED, payment, id, 32), NAME(FAILED, payment, user_id, 2)}},
    {IS(PAYMENT_BEYOND_ONE), PAYMENT, {AGAIN(PAYMENT), NAME(PAYMENT, payment, id, 32)}},
    {IS(PAYMENT_BEYOND_ONE),
     FAILED,
     {AGAIN(FAILED), NAME(FAILED, payment, id, 32), AGAIN(FAILED), NAME(FAILED, payment, id, 33)}},
    {IS(PAYMENT_BEYOND_ONE),
     FAILED,
     {NAME(PAYMENT, payment, user_id, 1), NAME(PAYMENT, payment, reservation_id, 40),
      NUMBER(PAYMENT, payment, amount, HOLD_AMOUNT),
      NUMBER(PAYMENT, payment, status, PAYMENT_STATUS_FAILED), LEFT_OUT(BOUGHT),
      LEFT_OUT(BOUGHT_PLACE), NUMBER(SOLD_SEAT, seat, status, SEAT_STATUS_AVAILABLE)}},
    {IS(EXTERNAL_ID_TWICE),
     CONCERT,
     {TEXT(CONCERT, concert, external_id, "s1"), AGAIN(CONCERT), NAME(CONCERT, concert, id, 14)}},
    {IS(REFERENCE_TWICE), ENTRY, {AGAIN(ENTRY), NAME(ENTRY, point_entry, id, 51)}},

    {IS(SEATS_MISSING), ROUND, {NUMBER(ROUND, concert_round, total_seat_cnt, 4)}},
    {IS(AMOUNT_OF_OTHER_SEATS), HOLD, {NUMBER(HOLD_PLACE, reservation_seat, price, 6)}},
    {IS(SEAT_OF_OTHER_STATUS), HOLD, {NUMBER(HELD_SEAT, seat, status, SEAT_STATUS_AVAILABLE)}},
    {IS(SEAT_OF_OTHER_STATUS), HOLD, {NUMBER(HELD_SEAT, seat, status, SEAT_STATUS_SOLD)}},
    {IS(SEAT_OF_OTHER_STATUS), BOUGHT, {NUMBER(SOLD_SEAT, seat, status, SEAT_STATUS_HELD)}},
    {IS(SEAT_TWICE),
     HOLD,
     {AGAIN(HOLD_PLACE), NUMBER(HOLD_PLACE, reservation_seat, position, 1),
      NUMBER(HOLD_PLACE, reservation_seat, price, 0)}},
    {IS(SEATS_OF_NOBODY), ROUND, {NUMBER(FREE_SEAT, seat, status, SEAT_STATUS_HELD)}},
    {IS(SEATS_OF_NOBODY), OTHER_ROUND, {NUMBER(OTHER_SEAT, seat, status, SEAT_STATUS_SOLD)}},
    {IS(SEATS_BEYOND_MOST), BOUGHT, {NUMBER(HOUSE, house, seats_per_user_ceiling, 0)}},
    {IS(PAYMENT_OF_OTHER_STATUS),
     BOUGHT,
     {NUMBER(PAYMENT, payment, status, PAYMENT_STATUS_CANCELLED)}},
    {IS(PAYMENT_OF_OTHER_STATUS), BOUGHT, {NAME(BOUGHT, seat_reservation, payment_id, 0)}},
    {IS(PAYMENT_OF_OTHER_STATUS),
     HOLD,
     {NUMBER(FAILED, payment, status, PAYMENT_STATUS_SUCCEEDED)}},
    {IS(PAYMENT_OF_OTHER_STATUS),
     BOUGHT,
     {AGAIN(BOUGHT), NUMBER(BOUGHT, seat_reservation, status, RESERVATION_STATUS_CANCELLED)}},
    {IS(HOLD_WITHOUT_TOKEN), HOLD, {LEFT_OUT(ACTIVE)}},
    {IS(HOLD_WITHOUT_TOKEN), HOLD, {NAME(HOLD, seat_reservation, token_id, 19)}},
    {IS(NUMBER_NOT_GIVEN), WAITING, {NUMBER(WAITING, queue_token, number, 3)}},
    {IS(NUMBER_NOT_GIVEN), WAITING, {NUMBER(WAITING, queue_token, number, 0)}},
    {IS(NUMBER_TWICE),
     WAITING,
     {AGAIN(BOB), NAME(BOB, user, id, 9), AGAIN(WAITING), NAME(WAITING, queue_token, id, 23),
      NAME(WAITING, queue_token, user_id, 9)}},
    {IS(NUMBER_NOT_SERVED), ACTIVE, {NUMBER(HOUSE, house, serving, 0)}},
    {IS(NUMBER_NOT_SERVED), WAITING, {NUMBER(WAITING, queue_token, passed_at, 1)}},
    {IS(NUMBER_NOT_SERVED), /* though one behind it was passed over */
     WAITING,
     {NUMBER(HOUSE, house, last_number, 3), NUMBER(HOUSE, house, serving, 3),
      NUMBER(WAITING, queue_token, number, 3), NUMBER(WAITING, queue_token, passed_at, 1),
      AGAIN(BOB), NAME(BOB, user, id, 9), AGAIN(WAITING), NAME(WAITING, queue_token, id, 23),
      NAME(WAITING, queue_token, user_id, 9), NUMBER(WAITING, queue_token, number, 2),
      NUMBER(WAITING, queue_token, passed_at, 0)}},
    {IS(IDENTITY_CHANGED), WAITING, {AGAIN(WAITING), NAME(WAITING, queue_token, concert_id, 3)}},
    {IS(ACTIVE_BEYOND_MOST),
     HOUSE,
     {NUMBER(HOUSE, house, max_active, 0), NUMBER(HOUSE, house, active_ceiling, 0)}},
};

/* ---- Loading ---- */

static enum result load(const struct story *story, struct explanation *why)
{
    const struct office_settings settings = {.max_active = 1, .admit_per_second = 1};
    const struct house_keys keys = {.token_key = {{0}}};
    struct office *office = office_new(&settings);
    assert_non_null(office);
    enum result result = RESULT_OK;
    for (size_t i = 0; i < story->count && result == RESULT_OK; i++)
        if (!story->left_out[i])
            result = office_load(office, &story->records[i], why);
    if (result == RESULT_OK)
        result = office_open(office, (struct moment){1000, 1000}, 1, &keys, why);
    if (result == RESULT_OK && !office_audit(office, why))
        fail_msg("%s", why->text);
    office_free(office);
    return result;
}

static void refuses(const struct story *story, enum contradiction contradiction, enum row named)
{
    const struct record *record = &story->records[story->newest[named]];
    struct explanation why, expected;
    struct id id;
    memcpy(&id, &record->as, sizeof id);
    (void)contradict(&expected, contradiction, record->kind, id);
    const enum result result = load(story, &why);
    if (result == RESULT_OK)
        fail_msg("loaded, though %s", expected.text);
    assert_int_equal(result, RESULT_CORRUPT);
    assert_string_equal(why.text, expected.text);
}

static void a_good_house_opens(void **state)
{
    (void)state;
    struct story story;
    struct explanation why;
    story_init(&story);
    if (load(&story, &why) != RESULT_OK)
        fail_msg("%s", why.text);
}

static void contradictions_are_refused_and_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct story story;
        story_init(&story);
        for (size_t k = 0; k < CHANGES_MAX; k++)
            apply(&story, &cases[i].changes[k]);
        refuses(&story, cases[i].contradiction, cases[i].named);
    }
}

static void what_a_user_has_beyond_the_most_is_refused(void **state)
{
    (void)state;
    struct story story;
    story_init(&story);
    for (uint8_t i = 0; i < SESSIONS_PER_USER_MAX; i++)
        append(&story, SESSION)->as.session.id = ID(100 + i);
    refuses(&story, CONTRADICTION_SESSION_BEYOND_MOST, SESSION);

    story_init(&story);
    for (int64_t i = 0; i < IDEMPOTENCY_KEYS_PER_USER_MAX; i++)
        append(&story, KEPT_KEY)->as.idempotency_key.key_hash = 2 + i;
    refuses(&story, CONTRADICTION_KEY_BEYOND_MOST, KEPT_KEY);
}

/* Each hold has a seat of its own, of a round that has so many. */
static void holds_beyond_the_most_are_refused(void **state)
{
    (void)state;
    struct story story;
    story_init(&story);
    story.records[ROUND].as.concert_round.total_seat_cnt += HOLDS_PER_TOKEN_MAX;
    story.records[HOUSE].as.house.seats_per_user_ceiling = HOLDS_PER_TOKEN_MAX + 1;
    for (uint8_t i = 0; i < HOLDS_PER_TOKEN_MAX; i++) {
        struct seat *seat = &append(&story, HELD_SEAT)->as.seat;
        seat->id = ID(100 + i);
        seat->position = 3 + i;
        append(&story, HOLD)->as.seat_reservation.id = ID(150 + i);
        struct reservation_seat *place = &append(&story, HOLD_PLACE)->as.reservation_seat;
        place->reservation_id = ID(150 + i);
        place->seat_id = ID(100 + i);
    }
    refuses(&story, CONTRADICTION_HOLDS_BEYOND_MOST, HOLD);
    story.count -= 3; /* without the last one they are as many as may be */
    story.records[ROUND].as.concert_round.total_seat_cnt--;
    struct explanation why;
    if (load(&story, &why) != RESULT_OK)
        fail_msg("%s", why.text);
}

static void every_contradiction_has_a_case(void **state)
{
    (void)state;
    bool tried[CONTRADICTION_COUNT] = {
        [CONTRADICTION_NONE] = true,
        [CONTRADICTION_SESSION_BEYOND_MOST] = true,
        [CONTRADICTION_KEY_BEYOND_MOST] = true,
        [CONTRADICTION_HOLDS_BEYOND_MOST] = true,
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        tried[cases[i].contradiction] = true;
    for (size_t i = 0; i < CONTRADICTION_COUNT; i++)
        if (!tried[i])
            fail_msg("contradiction %zu of contradiction.def has no case", i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_house_opens),
        cmocka_unit_test(contradictions_are_refused_and_named),
        cmocka_unit_test(what_a_user_has_beyond_the_most_is_refused),
        cmocka_unit_test(holds_beyond_the_most_are_refused),
        cmocka_unit_test(every_contradiction_has_a_case),
    };
    return cmocka_run_group_tests_name("fit", tests, NULL, NULL);
}
