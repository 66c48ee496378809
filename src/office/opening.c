/* The office opens: what follows from the rows and stands in none is made, and all of it is looked
 * at once more. */
#include "office/admission.h"
#include "office/catalogue.h"
#include "office/door.h"
#include "office/fit.h"
#include "office/load.h"
#include "office/offer.h"
#include "office/reservation.h"
#include "office/state.h"
#include "office/token.h"
#include "office/user.h"
#include "office/waiting_line.h"

#include <string.h>

/* A payment that came before its reservation, and of which only the payment says so. */
static enum contradiction link_payment(struct live_reservation *reservation,
                                       struct live_payment *payment)
{
    struct live_payment **place = payment->row.status == PAYMENT_STATUS_FAILED
                                      ? &reservation->failed_payment
                                      : &reservation->payment;
    if (!payment_fits(&payment->row, &reservation->row))
        return CONTRADICTION_PAYMENT_OF_OTHER;
    if (*place != NULL && *place != payment)
        return CONTRADICTION_PAYMENT_BEYOND_ONE;
    *place = payment;
    return CONTRADICTION_NONE;
}

static enum result link_payments(struct office *office, struct explanation *why)
{
    for (struct live_payment *payment = pool_next(&office->payments, 0); payment != NULL;
         payment = pool_next(&office->payments, payment->item.number)) {
        struct live_reservation *reservation =
            reservation_find(office, payment->row.reservation_id);
        if (reservation == NULL) {
            index_remove(&office->payment_by_id, payment);
            pool_give(&office->payments, payment);
            continue;
        }
        const enum contradiction contradiction = link_payment(reservation, payment);
        if (contradiction != CONTRADICTION_NONE)
            return contradict(why, contradiction, RECORD_KIND_PAYMENT, payment->row.id);
    }
    return RESULT_OK;
}

/* What a token has held so far beside its pending holds, as far as it is still in memory. */
static void count_holds(struct office *office)
{
    for (struct live_reservation *reservation = pool_next(&office->reservations, 0);
         reservation != NULL;
         reservation = pool_next(&office->reservations, reservation->item.number)) {
        struct live_token *token = user_token(office, reservation->user);
        if (token != NULL && id_equal(token->id, reservation->row.token_id) &&
            reservation->row.status != RESERVATION_STATUS_PENDING &&
            token->hold_count < HOLDS_PER_TOKEN_MAX)
            token->hold_count++;
    }
}

/* False: no memory. */
static bool make_bits(struct office *office)
{
    for (struct live_round *round = pool_next(&office->rounds, 0); round != NULL;
         round = pool_next(&office->rounds, round->item.number))
        if (round->seats != NULL && !round_make_bits(round))
            return false;
    return true;
}

/* Everything that was loaded counts as changed by the journal's last batch. */
static void stamp_loaded(struct office *office, uint64_t last_seq)
{
    const uint64_t seq = last_seq == 0 ? 1 : last_seq;
    for (struct live_round *round = pool_next(&office->rounds, 0); round != NULL;
         round = pool_next(&office->rounds, round->item.number))
        round->version = round->last_seq = seq;
#define FINISHED(list, type, pool, forget) finished_list_stamp(&office->list, seq);
#include "office/live.def"
}

static struct house new_house(const struct office_settings *settings, timestamp_ms now)
{
    return (struct house){
        .id = 1,
        .max_active = settings->max_active,
        .admit_per_second = settings->admit_per_second,
        .silent_seconds = settings->silent_seconds,
        .active_seconds = settings->active_seconds,
        .wait_seconds = settings->wait_seconds,
        .active_ceiling = settings->max_active,
        .seats_per_user_ceiling = settings->max_seats_per_user,
        .tickets_since = now,
    };
}

/* Where the house has none yet. */
static void lend_key(struct secret *key, const struct secret *lent)
{
    static const struct secret none;
    if (memcmp(key, &none, sizeof none) == 0)
        *key = *lent;
}

/* The house as it was loaded, or a new one. */
static void put_loaded_house(struct office *office, const struct house_keys *keys)
{
    const struct office_settings *settings = &office->settings;
    struct house house =
        office->house.id == 0 ? new_house(settings, office->now.house) : office->house;
    lend_key(&house.token_key, &keys->token_key);
    lend_key(&house.ticket_seed, &keys->ticket_seed);
    if (house.seats_per_user_ceiling < settings->max_seats_per_user)
        house.seats_per_user_ceiling = settings->max_seats_per_user;
    put_house(office, &house);
}

/* The line is there: each live token is looked at once more, and gets its deadline. */
static enum result arm_tokens(struct office *office, struct explanation *why)
{
    for (struct live_token *token = pool_next(&office->tokens, 0); token != NULL;
         token = pool_next(&office->tokens, token->item.number)) {
        if (token->status == TOKEN_STATUS_EXPIRED)
            continue;
        const enum contradiction contradiction = fit_token(office, token);
        if (contradiction != CONTRADICTION_NONE)
            return contradict(why, contradiction, RECORD_KIND_QUEUE_TOKEN, token->id);
        token_arm(office, token);
    }
    return RESULT_OK;
}

/* Everything that follows from the rows and stands in none. */
static enum result derive(struct office *office, struct explanation *why)
{
    if (indexes_catch_up(office) != RESULT_OK ||
        heap_reserve(&office->token_deadlines, office->tokens.taken) != RESULT_OK)
        return explain(why, RESULT_NO_MEMORY, "no memory for what follows from the rows");
    enum result result = waiting_line_build(office, why);
    if (result == RESULT_OK)
        result = link_payments(office, why);
    if (result == RESULT_OK)
        result = fit_all(office, why);
    if (result == RESULT_OK && !make_bits(office))
        result = explain(why, RESULT_NO_MEMORY, "no memory for what follows from the rows");
    if (result == RESULT_OK)
        result = arm_tokens(office, why);
    if (result == RESULT_OK)
        count_holds(office);
    return result;
}

enum result office_open(struct office *office, struct moment now, uint64_t last_seq,
                        const struct house_keys *keys, struct explanation *why)
{
    CHECK(office->loading != NULL);
    office->now = now;
    office->heard_floor = now.house;
    office->credit_at = now.house;
    put_loaded_house(office, keys);
    const enum result result = derive(office, why);
    if (result != RESULT_OK)
        return result;
    stamp_loaded(office, last_seq);
    load_cursor_free(office->loading);
    office->loading = NULL;
    office->seq = last_seq + 1;
    office->tickets_owed = true;
    office->references_dropped_seq = last_seq; /* those that were booked are not loaded */
    /* What is on sale: a frozen office has no batch that would look. */
    offer_refresh(office, now.wall);
    const struct house house = office->house;
    put_house(office, &house); /* the first batch tells whether the disk takes writes */
    const struct queue_change *given = &office->settings.given;
    if (given->has_max_active || given->has_admit_per_second || given->has_silent_seconds ||
        given->has_active_seconds || given->has_wait_seconds)
        queue_apply(office, given);
    return RESULT_OK;
}
