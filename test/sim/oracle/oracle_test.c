/* The judge has nothing against a server that does as it should, and objects to each lie about it:
 * every case is played twice, once as it was and once with the lie, and the objection must name the
 * invariant that it breaks. */
#include "oracle/oracle_model.h"
#include "oracle/oracle_scenes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- Lies ---- */

#define RECORD_LIE(name, statement)                                                                \
    static void name(struct stage *stage, struct record *record)                                   \
    {                                                                                              \
        (void)stage;                                                                               \
        statement;                                                                                 \
    }

#define ANSWER_LIE(name, statement)                                                                \
    static void name(struct stage *stage, struct call *call)                                       \
    {                                                                                              \
        (void)stage;                                                                               \
        statement;                                                                                 \
    }

static struct id made_up(struct id id)
{
    id.bytes[ID_BYTES - 1] ^= 1;
    return id;
}

static struct id later_than(struct id id)
{
    for (size_t i = ID_BYTES; i > 0 && ++id.bytes[i - 1] == 0; i--)
        ;
    return id;
}

RECORD_LIE(is_of_another_happening, record->why = WHY_DOWNTIME)
RECORD_LIE(lasts_longer, record->as.seat_reservation.expires_at++)
RECORD_LIE(of_no_token,
           record->as.seat_reservation.token_id = made_up(record->as.seat_reservation.token_id))
RECORD_LIE(costs_more, record->as.seat_reservation.amount++)
RECORD_LIE(is_of_the_past, record->as.seat_reservation.id = id_floor(1))
RECORD_LIE(is_sold, record->as.seat.status = SEAT_STATUS_SOLD)
RECORD_LIE(is_blocked, record->as.seat.status = SEAT_STATUS_BLOCKED)
RECORD_LIE(has_another_price, record->as.seat.price++)
RECORD_LIE(has_another_seat, record->as.concert_round.total_seat_cnt++)
RECORD_LIE(is_more, record->as.point_entry.amount++)
RECORD_LIE(is_a_point_more, record->as.point_account.balance++)
RECORD_LIE(is_in_debt, record->as.point_account.balance = -1)
RECORD_LIE(is_cheaper, record->as.payment.amount--)
RECORD_LIE(is_paid_for_nothing, record->as.seat_reservation.used_points = 0)
RECORD_LIE(is_pending_again, record->as.seat_reservation.status = RESERVATION_STATUS_PENDING)
RECORD_LIE(was_not_the_buyer, record->as.seat_reservation.cancel_reason = CANCEL_REASON_LEFT)
RECORD_LIE(has_run_out, record->as.seat_reservation.status = RESERVATION_STATUS_EXPIRED)
RECORD_LIE(is_another_entry, record->as.point_entry.id = later_than(record->as.point_entry.id))
RECORD_LIE(is_written_again, (void)record)
RECORD_LIE(skips_a_number, record->as.queue_token.number++)
RECORD_LIE(is_a_second_token, {
    record->as.queue_token.id = later_than(record->as.queue_token.id);
    record->as.queue_token.number++;
    record->as.queue_token.status = TOKEN_STATUS_WAITING;
})
RECORD_LIE(is_let_in, {
    record->as.queue_token.status = TOKEN_STATUS_ACTIVE;
    record->as.queue_token.activate_at = record->as.queue_token.issued_at + 1;
})
RECORD_LIE(is_out, {
    record->as.queue_token.status = TOKEN_STATUS_EXPIRED;
    record->as.queue_token.reason = TOKEN_REASON_SILENT;
})
RECORD_LIE(waits_again, record->as.queue_token.status = TOKEN_STATUS_WAITING)
RECORD_LIE(lasts_for_ever, record->as.queue_token.expires_at += DAY_MS)
RECORD_LIE(serves_another, record->as.house.serving++)
RECORD_LIE(has_no_ceiling, record->as.house.active_ceiling = 1000)
RECORD_LIE(is_another_request, record->as.idempotency_key.fingerprint++)
RECORD_LIE(is_richer, record->as.point_account.balance += 5)

ANSWER_LIE(is_done, call->refusal = REFUSAL_NONE)
ANSWER_LIE(tells_another_conflict,
           call->out.conflicts.seats[0].seat_id = made_up(call->out.conflicts.seats[0].seat_id))
ANSWER_LIE(tells_another_limit, call->detail.limit++)
ANSWER_LIE(tells_another_price, call->out.reservation.seats[0].price++)
ANSWER_LIE(tells_it_was_there, call->created = false)
ANSWER_LIE(tells_another_payment, call->out.payment.amount++)
ANSWER_LIE(tells_another_balance, call->detail.balance++)
ANSWER_LIE(tells_other_points, call->out.points.balance++)
ANSWER_LIE(tells_fewer_ahead, call->out.token.ahead--)
ANSWER_LIE(tells_to_hurry, call->out.token.poll_after_ms = 1)
ANSWER_LIE(tells_to_hope, call->out.token.estimate.known = true)
ANSWER_LIE(was_not_before, call->replayed = false)
ANSWER_LIE(is_forbidden, call->refusal = REFUSAL_FORBIDDEN)
ANSWER_LIE(is_another_caller, call->caller_id = made_up(call->caller_id))
ANSWER_LIE(shows_less, { call->out.page.count--; })
ANSWER_LIE(shows_another, call->out.page.reservations[0].reservation.amount++)

/* ---- Cases ---- */

struct plant {
    const char *name;
    scene *scene;
    struct lie lie;
    int invariant;
};

#define IN(where, of, how) .place = LIE_IN_##where, .kind = RECORD_KIND_##of, .what = LIE_##how
#define ANSWERS(function) .place = LIE_IN_CALL, .answer = (function)

static const struct plant plants[] = {
    /* Holds */
    {"a hold that lasts too long", holds, {IN(CALL, SEAT_RESERVATION, CHANGES), lasts_longer}, 0},
    {"a hold told as a downtime",
     holds,
     {IN(CALL, SEAT_RESERVATION, CHANGES), is_of_another_happening},
     12},
    {"a hold of nobody's token", holds, {IN(CALL, SEAT_RESERVATION, CHANGES), of_no_token}, 9},
    {"a hold of another amount", holds, {IN(CALL, SEAT_RESERVATION, CHANGES), costs_more}, 2},
    {"an id below the last", holds, {IN(CALL, SEAT_RESERVATION, CHANGES), is_of_the_past}, 2},
    {"a hold without its seat's change", holds, {IN(CALL, SEAT, DROPS)}, 1},
    {"a hold that was not written", holds, {IN(CALL, SEAT_RESERVATION, DROPS)}, 2},
    {"a hold without its seat's row", holds, {IN(CALL, RESERVATION_SEAT, DROPS)}, 2},
    {"a seat sold that was not held", holds, {IN(CALL, SEAT, CHANGES), is_sold}, 1},
    {"a seat with another price", holds, {IN(CALL, SEAT, CHANGES), has_another_price}, 0},
    {"a round that changes its size",
     holds_first,
     {IN(CALL, CONCERT_ROUND, CHANGES), has_another_seat},
     5},
    {"a hold answered with another price", holds, {ANSWERS(tells_another_price)}, 1},
    {"a hold answered as if it had been there", holds, {ANSWERS(tells_it_was_there)}, 0},
    {"a seat given twice", wants_what_is_held, {ANSWERS(is_done)}, 1},
    {"conflicts that are none", wants_what_is_held, {ANSWERS(tells_another_conflict)}, 1},
    {"more seats than one may have", wants_too_many, {ANSWERS(is_done)}, 8},
    {"another limit than there is", wants_too_many, {ANSWERS(tells_another_limit)}, 8},
    {"a hold without a token", holds_without_token, {ANSWERS(is_done)}, 9},
    {"a refusal that is not the contract's", holds, {ANSWERS(is_forbidden)}, 0},
    {"a caller taken for another", holds, {ANSWERS(is_another_caller)}, 0},

    /* Paying and giving back */
    {"a payment without an entry", pays, {IN(CALL, POINT_ENTRY, DROPS)}, 3},
    {"an entry of another amount", pays, {IN(CALL, POINT_ENTRY, CHANGES), is_more}, 3},
    {"a point from nowhere", pays, {IN(CALL, POINT_ACCOUNT, CHANGES), is_a_point_more}, 3},
    {"a balance below nothing", pays, {IN(CALL, POINT_ACCOUNT, CHANGES), is_in_debt}, 3},
    {"a balance that was not written", pays, {IN(CALL, POINT_ACCOUNT, DROPS)}, 3},
    {"a payment of another amount", pays, {IN(CALL, PAYMENT, CHANGES), is_cheaper}, 4},
    {"a payment that was not written", pays, {IN(CALL, PAYMENT, DROPS)}, 4},
    {"a confirmed reservation that used no points",
     pays,
     {IN(CALL, SEAT_RESERVATION, CHANGES), is_paid_for_nothing},
     4},
    {"a paid reservation that stays pending", pays, {IN(CALL, SEAT_RESERVATION, DROPS)}, 2},
    {"a paid seat that stays held", pays, {IN(CALL, SEAT, DROPS)}, 1},
    {"a token that outlives its last payment", pays, {IN(CALL, QUEUE_TOKEN, DROPS)}, 6},
    {"a payment answered with another amount", pays, {ANSWERS(tells_another_payment)}, 4},
    {"a reservation paid twice", pays_twice, {ANSWERS(is_done)}, 4},
    {"a payment without points", is_short, {ANSWERS(is_done)}, 3},
    {"another balance than there is", is_short, {ANSWERS(tells_another_balance)}, 3},
    {"a failed try that was not kept", is_short, {IN(CALL, PAYMENT, DROPS)}, 4},
    {"a hold paid after its end", pays_too_late, {ANSWERS(is_done)}, 2},
    {"a refund without an entry", is_refunded, {IN(CALL, POINT_ENTRY, DROPS)}, 3},
    {"a refund whose payment stands", is_refunded, {IN(CALL, PAYMENT, DROPS)}, 4},
    {"a refund for another reason",
     is_refunded,
     {IN(CALL, SEAT_RESERVATION, CHANGES), was_not_the_buyer},
     2},
    {"a refunded seat that stays sold", is_refunded, {IN(CALL, SEAT, DROPS)}, 1},
    {"a sold seat that is blocked", is_refunded, {IN(CALL, SEAT, CHANGES), is_blocked}, 1},
    {"a refund twice", cancels_again, {IN(CALL, POINT_ENTRY, ADDS), is_another_entry}, 3},
    {"an entry written again", cancels_again, {IN(CALL, POINT_ENTRY, ADDS), is_written_again}, 3},
    {"a payment cancelled twice", cancels_again, {IN(CALL, PAYMENT, ADDS), is_written_again}, 4},
    {"a reservation that comes back",
     cancels_again,
     {IN(CALL, SEAT_RESERVATION, ADDS), is_pending_again},
     2},
    {"other points than there are", looks, {ANSWERS(tells_other_points)}, 3},

    /* Time */
    {"a hold that ends late", runs_out, {IN(TICK, SEAT_RESERVATION, DROPS_ALL)}, 2},
    {"a hold that ends early", nearly_runs_out, {IN(TICK, SEAT_RESERVATION, ADDS), has_run_out}, 2},
    {"a seat that its hold's end does not free", runs_out, {IN(TICK, SEAT, DROPS)}, 1},
    {"a token that does not fall silent", falls_silent, {IN(TICK, QUEUE_TOKEN, DROPS)}, 6},
    {"a token that falls silent early", time_passes, {IN(TICK, QUEUE_TOKEN, ADDS), is_out}, 6},
    {"a hold that a downtime does not move",
     is_down_for_a_while,
     {IN(TICK, SEAT_RESERVATION, DROPS)},
     0},
    {"a token that a downtime moves too far",
     is_down_for_a_while,
     {IN(TICK, QUEUE_TOKEN, CHANGES), lasts_for_ever},
     0},
    {"a heartbeat that is missing", time_passes, {IN(SETTLING, HOUSE, DROPS)}, 0},
    {"a round that is not refunded", round_is_cancelled, {IN(TICK, PAYMENT, DROPS_ALL)}, 0},
    {"a round's refund without an entry", round_is_cancelled, {IN(TICK, POINT_ENTRY, DROPS)}, 3},
    {"a key that does not end", key_grows_old, {IN(TICK, IDEMPOTENCY_KEY, DROPS_ALL)}, 11},
    {"a session that does not end", session_grows_old, {IN(TICK, SESSION, DROPS)}, 0},

    /* The queue */
    {"a number that is skipped", joins, {IN(CALL, QUEUE_TOKEN, CHANGES), skips_a_number}, 6},
    {"a token that was not written", joins, {IN(CALL, QUEUE_TOKEN, DROPS)}, 6},
    {"a number that the house does not know", joins, {IN(SETTLING, HOUSE, DROPS)}, 6},
    {"a second live token", joins_again, {IN(CALL, QUEUE_TOKEN, ADDS), is_a_second_token}, 8},
    {"somebody who is not let in", is_admitted, {IN(TICK, QUEUE_TOKEN, DROPS)}, 0},
    {"somebody let in though the house is full",
     is_full,
     {IN(TICK, QUEUE_TOKEN, ADDS), is_let_in},
     6},
    {"somebody let in before the turn", waits_behind, {IN(TICK, QUEUE_TOKEN, ADDS), is_let_in}, 6},
    {"an active one who waits again", time_passes, {IN(TICK, QUEUE_TOKEN, ADDS), waits_again}, 6},
    {"a wrong serving number", is_admitted, {IN(SETTLING, HOUSE, CHANGES), serves_another}, 6},
    {"a silent one who is not passed over", is_passed_over, {IN(SETTLING, QUEUE_TOKEN, DROPS)}, 0},
    {"a ceiling that nobody set",
     settings_change,
     {IN(SETTLING, HOUSE, CHANGES), has_no_ceiling},
     7},
    {"fewer ahead than there are", asks_how_many_are_ahead, {ANSWERS(tells_fewer_ahead)}, 6},
    {"a poll far too soon", asks_how_many_are_ahead, {ANSWERS(tells_to_hurry)}, 0},
    {"an estimate while the queue is paused", asks_how_many_are_ahead, {ANSWERS(tells_to_hope)}, 0},
    {"a hold that outlives its owner's leaving",
     leaves_with_hold,
     {IN(CALL, SEAT_RESERVATION, DROPS)},
     2},

    /* Keys */
    {"a key that was not kept", charges_with_key, {IN(CALL, IDEMPOTENCY_KEY, DROPS)}, 11},
    {"a key kept for another request",
     charges_with_key,
     {IN(CALL, IDEMPOTENCY_KEY, CHANGES), is_another_request},
     11},
    {"a replay with an effect", repeats, {IN(CALL, POINT_ACCOUNT, ADDS), is_richer}, 11},
    {"a replay that is not told", repeats, {ANSWERS(was_not_before)}, 11},
    {"a replay said to have made nothing", repeats, {ANSWERS(tells_it_was_there)}, 11},
    {"a key used for something else", reuses_key, {ANSWERS(is_done)}, 11},
    {"a key written again", repeats, {IN(CALL, IDEMPOTENCY_KEY, ADDS), is_another_request}, 11},

    /* What is durable */
    {"an answer before its batch is durable", holds, {.sequence = LIE_ANSWERS_EARLY}, 10},
    {"an answer to what was not decided", holds, {.sequence = LIE_ANSWERS_UNDECIDED}, 10},
    {"a batch that was not appended", holds, {.sequence = LIE_HIDES_APPEND}, 10},
    {"an append with another number", holds, {.sequence = LIE_MISNUMBERS_APPEND}, 10},
    {"a batch with another number", holds, {.sequence = LIE_MISNUMBERS_BATCH}, 10},
    {"a batch that is done twice", holds, {.sequence = LIE_COMMITS_TWICE}, 10},
    {"house time that goes back", holds, {.sequence = LIE_TURNS_BACK_TIME}, 0},
    {"records that cannot be read", holds, {IN(CALL, SEAT, BREAKS)}, 10},
    {"an acknowledged batch that is lost", restarts, {.sequence = LIE_LOSES_BATCH}, 10},
    {"a batch that nobody attempted", restarts, {.sequence = LIE_FINDS_BATCH}, 10},
    {"a batch on top of what was not loaded", restarts, {.sequence = LIE_HIDES_LOAD}, 10},
    {"a row that a load does not find", restarts, {IN(LOAD, SEAT_RESERVATION, DROPS)}, 10},
    {"a row that a load finds changed",
     restarts,
     {IN(LOAD, POINT_ACCOUNT, CHANGES), is_richer},
     10},
    {"what may be lost, answered as done", append_fails, {.told = is_done}, 10},
    {"a row of a page left out", lists, {.told = shows_less}, 12},
    {"a page with another row", lists, {.told = shows_another}, 12},
    {"tables with another row", is_renamed_secretly, {.sequence = LIE_KEEPS_SILENT}, 12},
    {"an office with another hold", holds_secretly, {.sequence = LIE_KEEPS_SILENT}, 5},
    {"an office with another line", joins_secretly, {.sequence = LIE_KEEPS_SILENT}, 12},
    {"an office with fewer sessions", signs_out_secretly, {.sequence = LIE_KEEPS_SILENT}, 12},
    {"a catalogue with another concert", announces_secretly, {.sequence = LIE_KEEPS_SILENT}, 12},
};

static void play(const struct plant *plant, bool lying, struct stage *stage)
{
    static const struct lie honest = {.place = LIE_NOWHERE};
    stage_open(stage, lying ? &plant->lie : &honest);
    plant->scene(stage);
    if (lying && stage->armed)
        fail_msg("%s: there was no opportunity for the lie", plant->name);
    stage_close(stage);
}

static void an_honest_server_is_not_objected_to(void **state)
{
    (void)state;
    struct stage stage;
    for (size_t i = 0; i < sizeof plants / sizeof plants[0]; i++) {
        play(&plants[i], false, &stage);
        if (stage.objected)
            fail_msg("%s, told as it was: %s", plants[i].name, stage.objection);
    }
    const struct plant whole = {.name = "a whole sale", .scene = buys_everything};
    play(&whole, false, &stage);
    if (stage.objected)
        fail_msg("%s: %s", whole.name, stage.objection);
}

static void every_lie_is_objected_to(void **state)
{
    (void)state;
    struct stage stage;
    for (size_t i = 0; i < sizeof plants / sizeof plants[0]; i++) {
        play(&plants[i], true, &stage);
        if (!stage.objected)
            fail_msg("%s: nobody objected", plants[i].name);
        if (stage.invariant != plants[i].invariant)
            fail_msg("%s: invariant %d is named, not %d: %s", plants[i].name, stage.invariant,
                     plants[i].invariant, stage.objection);
    }
}

/* ---- The invariants, on rows that neither side would write ---- */

#define ROW_WRONG(name, the_kind, statement)                                                       \
    static void name(struct oracle *oracle)                                                        \
    {                                                                                              \
        const struct row_vector *rows = &oracle->of_kind[RECORD_KIND_##the_kind];                  \
        struct record image = row_image(rows->items[rows->count - 1]);                             \
        statement;                                                                                 \
        row_put(oracle, &image);                                                                   \
    }

ROW_WRONG(sold_seat_is_free, SEAT, {
    image = row_image(rows->items[0]);
    image.as.seat.status = SEAT_STATUS_AVAILABLE;
})
ROW_WRONG(free_seat_is_held, SEAT, image.as.seat.status = SEAT_STATUS_HELD)
ROW_WRONG(balance_is_off, POINT_ACCOUNT, image.as.point_account.balance++)
ROW_WRONG(points_come_from_nowhere, POINT_ENTRY, {
    image = row_image(rows->items[0]);
    image.as.point_entry.kind = ENTRY_KIND_REFUND;
})
ROW_WRONG(payment_has_no_entry, POINT_ENTRY, {
    for (size_t i = 0; i < rows->count; i++)
        if (rows->items[i]->image.as.point_entry.kind == ENTRY_KIND_PAYMENT)
            image = row_image(rows->items[i]);
    image.as.point_entry.payment_id = ID_NONE;
})
ROW_WRONG(seat_is_uncounted, CONCERT_ROUND, image.as.concert_round.total_seat_cnt++)
ROW_WRONG(ceiling_is_low, HOUSE, image.as.house.active_ceiling = 0)
ROW_WRONG(limit_is_low, HOUSE, image.as.house.seats_per_user_ceiling = 0)
ROW_WRONG(token_is_double, QUEUE_TOKEN, {
    image.as.queue_token.id = later_than(image.as.queue_token.id);
    image.as.queue_token.status = TOKEN_STATUS_WAITING;
    image.as.queue_token.number++;
})
ROW_WRONG(token_was_not_active, QUEUE_TOKEN, {
    image = row_image(rows->items[0]);
    image.as.queue_token.activate_at += DAY_MS;
})

static void keys_are_too_many(struct oracle *oracle)
{
    const struct row *user = oracle->of_kind[RECORD_KIND_USER].items[0];
    for (int64_t i = 0; i <= IDEMPOTENCY_KEYS_PER_USER_MAX; i++) {
        const struct record image = {
            .kind = RECORD_KIND_IDEMPOTENCY_KEY,
            .as.idempotency_key = {.user_id = user->image.as.user.id, .key_hash = i}};
        row_put(oracle, &image);
    }
}

/* One has bought a seat, another is inside. */
static void every_invariant_is_checked(void **state)
{
    static const struct {
        void (*spoil)(struct oracle *oracle);
        int invariant;
    } spoilt[] = {
        {sold_seat_is_free, 1},        {free_seat_is_held, 1},    {balance_is_off, 3},
        {points_come_from_nowhere, 3}, {payment_has_no_entry, 4}, {seat_is_uncounted, 5},
        {ceiling_is_low, 7},           {limit_is_low, 8},         {token_is_double, 8},
        {token_was_not_active, 9},     {keys_are_too_many, 11},
    };
    static const struct lie honest = {.place = LIE_NOWHERE};
    (void)state;
    for (size_t i = 0; i < sizeof spoilt / sizeof spoilt[0]; i++) {
        struct stage stage;
        stage_open(&stage, &honest);
        stage_enter(&stage, 0, RICH);
        assert_int_equal(stage_hold(&stage, 0, 0, 1), REFUSAL_NONE);
        assert_int_equal(stage_pay(&stage, 0), REFUSAL_NONE);
        stage_enter(&stage, 1, 0);
        check_commit(stage.oracle);
        assert_false(stage.objected);
        stage.oracle->span.number++;
        spoilt[i].spoil(stage.oracle);
        check_commit(stage.oracle);
        if (!stage.objected || stage.invariant != spoilt[i].invariant)
            fail_msg("invariant %d: %s", spoilt[i].invariant,
                     stage.objected ? stage.objection : "nobody objected");
        stage_close(&stage);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_honest_server_is_not_objected_to),
        cmocka_unit_test(every_lie_is_objected_to),
        cmocka_unit_test(every_invariant_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
