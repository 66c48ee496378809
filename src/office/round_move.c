/* What happens to a round that people have seats of: it is moved, cancelled, and paused for a
 * while. */
#include "office/catalogue.h"

#include "office/state.h"
#include "office/texts.h"
#include "office/verb_function.h"

/* Answers with the round as it is to be, with a reason of the call's. */
static enum refusal become_for(struct office *office, struct live_round *round,
                               const struct concert_round *row, const struct texts_to_tell *reason,
                               struct call *call)
{
    struct record record = {.kind = RECORD_KIND_CONCERT_ROUND, .as.concert_round = *row};
    record.as.concert_round.reason_ko = reason->ko;
    record.as.concert_round.reason_en = reason->en;
    if (!texts_own(&record))
        return REFUSAL_CAPACITY;
    const enum refusal refusal = round_become(office, round, &record.as.concert_round, true, call);
    if (refusal != REFUSAL_NONE)
        texts_free(&record);
    return refusal;
}

/* Until when who has seats may give them back for nothing: what an earlier move promised stays, as
 * far as the new date lets it. */
static timestamp_ms promised_until(const struct concert_round *before,
                                   const struct concert_round *after)
{
    const timestamp_ms later = before->free_cancel_until > after->free_cancel_until
                                   ? before->free_cancel_until
                                   : after->free_cancel_until;
    return later < after->start_time ? later : after->start_time;
}

/* Its reservations stay as they are: what they show of the move is the round's. */
enum refusal round_move(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    struct live_round *round = round_find(office, call->in.round.round_id);
    if (round == NULL)
        return REFUSAL_NOT_FOUND;
    if (round->row.status == ROUND_STATUS_CANCELLED)
        return REFUSAL_ROUND_CANCELLED;
    if (round_is_over(round))
        return REFUSAL_SALES_CLOSED;
    struct concert_round row = round->row;
    row.start_time = call->in.round.start_time;
    row.doors_at = call->in.round.doors_at;
    row.ends_at = call->in.round.ends_at;
    row.moved_at = office->now.house;
    row.move_count++;
    row.moved_from = round->row.start_time;
    row.free_cancel_until = call->in.round.free_cancel_until;
    if (row.start_time <= office->now.wall)
        return REFUSAL_STARTS_BEFORE_NOW;
    if (row.start_time == round->row.start_time)
        return REFUSAL_STARTS_THEN_ALREADY;
    if (row.free_cancel_until <= office->now.wall || row.free_cancel_until > row.start_time)
        return REFUSAL_FREE_CANCEL_OUT_OF_PLACE;
    row.free_cancel_until = promised_until(&round->row, &row);
    CHECK(row.free_cancel_until <= row.start_time);
    const enum refusal refusal = round_check_times(&row);
    return refusal == REFUSAL_NONE
               ? become_for(office, round, &row, &call->in.round.reason.texts, call)
               : refusal;
}

/* The status alone changes now; the tick releases and refunds, in slices. */
enum refusal round_cancel(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    struct live_round *round = round_find(office, call->in.round.round_id);
    if (round == NULL)
        return REFUSAL_NOT_FOUND;
    if (round->row.status == ROUND_STATUS_CANCELLED)
        return round_become(office, round, &round->row, false, call);
    if (round_is_over(round))
        return REFUSAL_REFUND_CLOSED;
    struct concert_round row = round->row;
    row.status = ROUND_STATUS_CANCELLED;
    return become_for(office, round, &row, &call->in.round.reason.texts, call);
}

static enum refusal set_paused(struct office *office, struct call *call, bool paused)
{
    struct live_round *round = round_find(office, call->in.round.round_id);
    if (round == NULL)
        return REFUSAL_NOT_FOUND;
    if (round->row.status == ROUND_STATUS_CANCELLED)
        return REFUSAL_ROUND_CANCELLED;
    struct concert_round row = round->row;
    row.paused = paused;
    return round_become(office, round, &row, round->row.paused != paused, call);
}

enum refusal round_pause(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    return set_paused(office, call, true);
}

enum refusal round_resume(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    return set_paused(office, call, false);
}
