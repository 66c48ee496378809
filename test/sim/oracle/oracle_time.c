/* Time passing as the judge sees it: what had to fall in a tick, and what a batch ends with. */
#include "oracle/oracle_model.h"

#define DOWNTIME_MS (5 * SECOND_MS) /* a longer gap between heartbeats is nobody's fault */
#define HEARTBEAT_MS SECOND_MS

/* Whether there are deadlines, and so heartbeats. */
static bool time_matters(const struct oracle *oracle)
{
    return oracle->waiting_count > 0 || oracle->active_count > 0 || oracle->pending.count > 0;
}

static void beat(struct oracle *oracle)
{
    struct record image = row_image(oracle->house);
    image.as.house.heartbeat_at = oracle->now.house;
    row_change(oracle, oracle->house, &image);
}

/* ---- Downtime ---- */

static void shift_holds(struct oracle *oracle, int64_t gap_ms)
{
    for (size_t i = oracle->pending.count; i > 0; i--) {
        struct record image = row_image(oracle->pending.items[i - 1]);
        image.as.seat_reservation.expires_at += gap_ms;
        row_change(oracle, oracle->pending.items[i - 1], &image);
    }
}

/* The deadlines move by the gap, together with the heartbeat, so they move once. */
static void make_up_downtime(struct oracle *oracle)
{
    const int64_t gap_ms = oracle->now.house - oracle->house->image.as.house.heartbeat_at;
    if (!time_matters(oracle) || gap_ms <= DOWNTIME_MS)
        return;
    shift_holds(oracle, gap_ms);
    shift_tokens(oracle, gap_ms);
    beat(oracle);
    cover(oracle, COVERAGE_TICK, STATE_DOWNTIME, REFUSAL_NONE);
}

/* ---- Incidents ---- */

enum refusal judge_incident_make(struct oracle *oracle, struct row *user, const struct call *call)
{
    const timestamp_ms last = oracle->house->image.as.house.incident_at;
    oracle->state = STATE_ANY;
    if (last > 0 && oracle->now.house < last + MINUTE_MS)
        return REFUSAL_INCIDENT_RECENT;
    if (call->refusal != REFUSAL_NONE)
        return REFUSAL_NONE; /* objected to by the caller */
    oracle->state = oracle->pending.count > 0 ? STATE_ACTIVE_WITH_HOLDS : STATE_ANY;
    expect_created(oracle, call, true);
    const struct record image = {.kind = RECORD_KIND_INCIDENT,
                                 .as.incident = {
                                     .id = span_new_id(oracle, RECORD_KIND_INCIDENT),
                                     .caller_id = user->image.as.user.id,
                                     .add_seconds = call->in.incident.add_seconds,
                                     .note = call->in.incident.note,
                                     .holds = (int64_t)oracle->pending.count,
                                     .turns = oracle->active_count,
                                     .created_at = oracle->now.house,
                                 }};
    shift_holds(oracle, image.as.incident.add_seconds * SECOND_MS);
    shift_turns(oracle, image.as.incident.add_seconds * SECOND_MS);
    struct record house = row_image(oracle->house);
    house.as.house.incident_at = oracle->now.house;
    row_change(oracle, oracle->house, &house);
    view_record(oracle, call, row_put(oracle, &image));
    return REFUSAL_NONE;
}

/* ---- What is due ---- */

/* A cancelled round's hold may be released for that instead, when both come together. */
static bool was_cancelled_instead(const struct oracle *oracle, const struct row *reservation)
{
    const struct record *seen = span_seen(oracle, reservation);
    return reservation->of.reservation->round->image.as.concert_round.status ==
               ROUND_STATUS_CANCELLED &&
           seen != NULL && seen->as.seat_reservation.status == RESERVATION_STATUS_CANCELLED;
}

/* The hold that falls next: the end of each may move its token's deadline to that of the others. */
static struct row *next_due_hold(struct oracle *oracle)
{
    struct row *next = NULL;
    oracle->holds_due = INT64_MAX;
    for (size_t i = 0; i < oracle->pending.count; i++) {
        struct row *hold = oracle->pending.items[i];
        const timestamp_ms expires_at = hold->image.as.seat_reservation.expires_at;
        if (was_cancelled_instead(oracle, hold))
            continue;
        if (expires_at > oracle->now.house ||
            (oracle->may_stop && span_seen(oracle, hold) == NULL)) {
            oracle->behind = oracle->behind || expires_at <= oracle->now.house;
            if (expires_at < oracle->holds_due)
                oracle->holds_due = expires_at;
        } else if (next == NULL || expires_at < next->image.as.seat_reservation.expires_at) {
            next = hold;
        }
    }
    return next;
}

static void tick_holds(struct oracle *oracle)
{
    struct row *hold;
    if (oracle->now.house < oracle->holds_due)
        return;
    while ((hold = next_due_hold(oracle)) != NULL) {
        reservation_ends(oracle, hold, RESERVATION_STATUS_EXPIRED, CANCEL_REASON_NONE);
        cover(oracle, COVERAGE_TICK, STATE_HOLD_EXPIRED, REFUSAL_NONE);
    }
}

static void tick_sessions(struct oracle *oracle)
{
    if (oracle->now.house < oracle->sessions_due)
        return;
    oracle->sessions_due = INT64_MAX;
    for (size_t i = oracle->sessions.count; i > 0; i--) {
        struct row *session = oracle->sessions.items[i - 1];
        const timestamp_ms expires_at = session->image.as.session.expires_at;
        if (expires_at > oracle->now.house ||
            (oracle->may_stop && span_seen(oracle, session) == NULL)) {
            oracle->behind = oracle->behind || expires_at <= oracle->now.house;
            if (expires_at < oracle->sessions_due)
                oracle->sessions_due = expires_at;
            continue;
        }
        row_delete(oracle, session);
        cover(oracle, COVERAGE_TICK, STATE_SESSION_EXPIRED, REFUSAL_NONE);
    }
}

/* They are few: each that is due falls, unless the tick stopped before it. */
static void tick_resets(struct oracle *oracle)
{
    for (size_t i = oracle->resets.count; i > 0; i--) {
        struct row *reset = oracle->resets.items[i - 1];
        if (reset->image.as.password_reset.expires_at > oracle->now.house)
            continue;
        if (oracle->may_stop && span_seen(oracle, reset) == NULL) {
            oracle->behind = true;
            continue;
        }
        row_delete(oracle, reset);
        cover(oracle, COVERAGE_TICK, STATE_RESET_EXPIRED, REFUSAL_NONE);
    }
}

/* ---- Cancelled rounds ---- */

static bool anything_to_refund(const struct oracle *oracle)
{
    for (size_t i = 0; i < oracle->cancelled.count; i++)
        if (oracle->cancelled.items[i]->of.round.reservations.count > 0)
            return true;
    return false;
}

/* Which ones and how many a slice has is the server's; but each tick has one until all is done. */
static void tick_refunds(struct oracle *oracle)
{
    bool any = false;
    if (oracle->cancelled.count == 0 || !anything_to_refund(oracle))
        return;
    for (size_t i = 0; i < oracle->span.count; i++) {
        const struct seen *seen = &oracle->span.seen[i];
        const struct row *row = seen->row;
        if (seen->record.kind != RECORD_KIND_SEAT_RESERVATION || row == NULL ||
            row->seen_index != i ||
            row->of.reservation->round->image.as.concert_round.status != ROUND_STATUS_CANCELLED ||
            seen->record.as.seat_reservation.status != RESERVATION_STATUS_CANCELLED ||
            row->image.as.seat_reservation.status == RESERVATION_STATUS_CANCELLED ||
            row->image.as.seat_reservation.status == RESERVATION_STATUS_EXPIRED)
            continue;
        cover(oracle, COVERAGE_TICK,
              row->image.as.seat_reservation.status == RESERVATION_STATUS_PENDING
                  ? STATE_ROUND_RELEASED
                  : STATE_ROUND_REFUNDED,
              REFUSAL_NONE);
        reservation_ends(oracle, seen->row, RESERVATION_STATUS_CANCELLED,
                         CANCEL_REASON_ROUND_CANCELLED);
        any = true;
    }
    if (!any)
        object_to(oracle, 0, "a cancelled round has reservations, and none was given back");
    else if (anything_to_refund(oracle))
        cover(oracle, COVERAGE_TICK, STATE_REFUNDS_SLICED, REFUSAL_NONE);
}

/* ---- The batch ---- */

/* The most deadlines that a server may look at now; of a token also one that was put off since. */
static size_t may_be_due(const struct oracle *oracle)
{
    size_t count = oracle->live_tokens.count + oracle->pending.count;
    if (oracle->now.house >= oracle->sessions_due)
        count += oracle->sessions.count;
    return count + oracle->resets.count + keys_due(oracle);
}

/* No request of a batch sees anything past its deadline: all of it falls here, exactly when its
 * time has come. A tick may stop after OFFICE_TICK_MAX deadlines, and then no call is decided. */
void tick_judge(struct oracle *oracle)
{
    oracle->may_stop = may_be_due(oracle) >= OFFICE_TICK_MAX;
    oracle->behind = false;
    make_up_downtime(oracle);
    tick_holds(oracle);
    tick_tokens(oracle);
    tick_sessions(oracle);
    tick_resets(oracle);
    tick_keys(oracle);
    tick_refunds(oracle);
    admissions_judge(oracle);
    if (oracle->behind)
        cover(oracle, COVERAGE_TICK, STATE_BEHIND, REFUSAL_NONE);
    oracle->first_batch = false;
}

/* A new directory's keys may be any; from its first batch on there are tickets. */
static void take_keys(struct oracle *oracle)
{
    const struct record *seen = span_seen(oracle, oracle->house);
    if (oracle->house_recorded.id != 0 || seen == NULL)
        return;
    struct record image = row_image(oracle->house);
    image.as.house.token_key = seen->as.house.token_key;
    image.as.house.ticket_seed = seen->as.house.ticket_seed;
    image.as.house.tickets_since = oracle->now.house;
    row_change(oracle, oracle->house, &image);
}

void settle_judge(struct oracle *oracle)
{
    take_keys(oracle);
    admissions_judge(oracle);
    if (time_matters(oracle) &&
        oracle->now.house - oracle->house->image.as.house.heartbeat_at >= HEARTBEAT_MS) {
        beat(oracle);
        cover(oracle, COVERAGE_TICK, STATE_HEARTBEAT, REFUSAL_NONE);
    }
}
