/* Time passing: what falls due, what a downtime moves, and the batch's beginning and end. */
#include "office/admission.h"
#include "office/catalogue.h"
#include "office/door.h"
#include "office/incident.h"
#include "office/reservation.h"
#include "office/room.h"
#include "office/state.h"
#include "office/token.h"
#include "office/user.h"
#include "office/waiting_line.h"

#define HEARTBEAT_MS SECOND_MS
#define DOWNTIME_MS (5 * SECOND_MS) /* a longer gap between heartbeats is nobody's fault */

static bool time_matters(const struct office *office)
{
    return office->line.waiting > 0 || office->active_count > 0 || office->hold_deadlines.count > 0;
}

/* ---- Downtime ---- */

/* Those who wait count as heard now, since nobody could be. */
static void hear_waiting(struct office *office)
{
    for (struct live_token *token = pool_next(&office->tokens, 0); token != NULL;
         token = pool_next(&office->tokens, token->item.number)) {
        if (token->status != TOKEN_STATUS_WAITING)
            continue;
        waiting_line_set_present(office, token, true);
        token_arm(office, token);
    }
}

static void beat(struct office *office)
{
    CHECK(office->now.house >= office->house.heartbeat_at);
    struct house house = office->house;
    house.heartbeat_at = office->now.house;
    put_house(office, &house);
}

/* The heartbeat moves with the deadlines in one batch, so they move once. */
static void make_up_downtime(struct office *office)
{
    const int64_t gap_ms = office->now.house - office->house.heartbeat_at;
    if (!time_matters(office) || gap_ms <= DOWNTIME_MS)
        return;
    office->heard_floor = office->now.house;
    office->why = WHY_DOWNTIME;
    office->room = 0;
    (void)deadlines_shift(office, gap_ms);
    hear_waiting(office);
    beat(office);
}

/* ---- What is due ---- */

static void holds_expire(struct office *office, size_t *budget)
{
    struct live_reservation *reservation;
    timestamp_ms at;
    office->why = WHY_HOLD_EXPIRED;
    while (*budget > 0 && (reservation = heap_first(&office->hold_deadlines, &at)) != NULL &&
           at <= office->now.house) {
        CHECK(at == reservation->row.expires_at);
        (*budget)--;
        step_reserve(office);
        reservation_end(office, reservation, RESERVATION_STATUS_EXPIRED, CANCEL_REASON_NONE);
    }
}

static bool is_due(const struct office *office, const struct live_token *token)
{
    const uint32_t place = token->deadline.place;
    return place != 0 && office->token_deadlines.times[place - 1] <= office->now.house;
}

static void tokens_expire(struct office *office, size_t *budget)
{
    struct live_token *token;
    timestamp_ms at;
    office->why = WHY_TURN_ENDED;
    while (*budget > 0 && (token = heap_first(&office->token_deadlines, &at)) != NULL &&
           at <= office->now.house) {
        (*budget)--;
        step_reserve(office);
        CHECK(visit_reserve(office));
        token_review(office, token);
        CHECK(!is_due(office, token));
    }
}

/* Releases and refunds what cancelled rounds still hold, a slice a tick: others are served between.
 */
static void rounds_refund(struct office *office)
{
    size_t left = REFUND_SLICE;
    office->why = WHY_ROUND_SETTLED;
    for (size_t i = 0; office->refunds_pending && i < office->rounds.taken; i++) {
        struct live_round *round = office->round_order[i];
        if (round->row.status != ROUND_STATUS_CANCELLED)
            continue;
        while (round->reservations != NULL) {
            if (left-- == 0)
                return;
            struct live_reservation *reservation = round->reservations;
            step_reserve(office);
            CHECK(reservation_is_live(reservation));
            reservation_end(office, reservation, RESERVATION_STATUS_CANCELLED,
                            CANCEL_REASON_ROUND_CANCELLED);
            CHECK(round->reservations != reservation);
        }
    }
    office->refunds_pending = false;
}

bool office_tick(struct office *office, const struct turn *turn)
{
    CHECK(office->loading == NULL);
    turn_begin(office, turn);
    if (office->frozen)
        return false;
    size_t budget = OFFICE_TICK_MAX;
    make_up_downtime(office);
    const bool tickets_to_come = tickets_catch_up(office);
    holds_expire(office, &budget);
    tokens_expire(office, &budget);
    sessions_expire(office, &budget);
    resets_expire(office, &budget);
    keys_expire(office, &budget);
    rounds_refund(office);
    office->behind = !queue_admit(office, &budget) || budget == 0 || tickets_to_come;
    return office->behind;
}

void office_settle(struct office *office, const struct turn *turn)
{
    CHECK(office->loading == NULL);
    turn_begin(office, turn);
    if (office->frozen)
        return;
    size_t budget = OFFICE_TICK_MAX;
    /* Not before all that is due was worked off: who is silent may not be known yet. What is left
     * here is due at once (office_next_due). */
    if (!office->behind)
        (void)queue_admit(office, &budget);
    if (time_matters(office) && office->now.house - office->house.heartbeat_at >= HEARTBEAT_MS)
        beat(office);
    if (!office->house_owed)
        return;
    step_reserve(office);
    office->why = office->queue_changed ? WHY_QUEUE_CHANGED : WHY_COUNTED;
    put_house_settled(office);
    office->queue_changed = false;
}

static timestamp_ms first_of(const struct heap *heap, timestamp_ms otherwise)
{
    timestamp_ms at;
    return heap_first(heap, &at) == NULL || at > otherwise ? otherwise : at;
}

timestamp_ms office_next_due(const struct office *office, struct moment now)
{
    if (office->frozen)
        return INT64_MAX;
    if (office->refunds_pending || office->house_owed)
        return now.house;
    timestamp_ms due = INT64_MAX;
#define DEADLINE(heap, type, pool) due = first_of(&office->heap, due);
#include "office/live.def"
    if (time_matters(office) && office->house.heartbeat_at + HEARTBEAT_MS < due)
        due = office->house.heartbeat_at + HEARTBEAT_MS;
    const timestamp_ms notice = notice_ends(office, now);
    if (notice < due)
        due = notice;
    const timestamp_ms admission = queue_next_admission(office, now);
    CHECK(admission >= office->now.house);
    return admission < due ? admission : due;
}

/* ---- The batch ---- */

const struct buffer *office_batch(const struct office *office, size_t *record_count)
{
    *record_count = office->batch_count;
    return &office->batch;
}

const struct tally *office_tally(const struct office *office)
{
    CHECK(office->loading == NULL);
    return &office->tally;
}

/* A batch that made a large round leaves no large buffer behind. */
#define BATCH_KEPT_BYTES (UINT32_C(16) << 20)

void office_batch_clear(struct office *office)
{
    CHECK(!office->house_owed || office->frozen);
    if (office->batch.capacity > BATCH_KEPT_BYTES)
        buffer_release(&office->batch);
    buffer_clear(&office->batch);
    office->batch_count = 0;
    office->tally = (struct tally){0};
}

void office_freeze(struct office *office, bool frozen)
{
    office->frozen = frozen;
}

struct house_keys office_keys(const struct office *office)
{
    return (struct house_keys){.token_key = office->house.token_key,
                               .ticket_seed = office->house.ticket_seed};
}
