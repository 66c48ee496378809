/* A queue token's time: when its owner was last heard, when it is due, how it ends. */
#include "office/token.h"

#include "office/door.h"
#include "office/reservation.h"
#include "office/state.h"
#include "office/user.h"
#include "office/waiting_line.h"

timestamp_ms token_heard_at(const struct office *office, const struct live_token *token)
{
    return token->heard_at > office->heard_floor ? token->heard_at : office->heard_floor;
}

bool token_has_hold(const struct office *office, const struct live_token *token)
{
    for (const struct live_reservation *reservation =
             user_reservations(office, token_user(office, token));
         reservation != NULL; reservation = reservation->of_user.next)
        if (reservation->row.status == RESERVATION_STATUS_PENDING)
            return true;
    return false;
}

static timestamp_ms silent_at(const struct office *office, const struct live_token *token)
{
    return token_heard_at(office, token) + office->house.silent_seconds * SECOND_MS;
}

static timestamp_ms abandoned_at(const struct office *office, const struct live_token *token)
{
    return token_heard_at(office, token) + office->house.wait_seconds * SECOND_MS;
}

static timestamp_ms earlier(timestamp_ms a, timestamp_ms b)
{
    return a < b ? a : b;
}

void token_set_holding(struct office *office, struct live_token *token, bool holding)
{
    struct live_lane *lane = token_lane(office, token);
    if (token->holding == holding)
        return;
    token->holding = holding;
    CHECK(holding ? lane->holding < lane->active : lane->holding > 0);
    if (holding)
        lane->holding++;
    else
        lane->holding--;
}

/* Being heard only moves deadlines away, so the heap may hold a time that is too early, never one
 * that is too late; a review at such a time changes nothing and arms anew. */
void token_arm(struct office *office, struct live_token *token)
{
    timestamp_ms at;
    CHECK(token->status != TOKEN_STATUS_EXPIRED);
    token_set_holding(office, token,
                      token->status == TOKEN_STATUS_ACTIVE && token_has_hold(office, token));
    if (token->status == TOKEN_STATUS_WAITING) {
        at = abandoned_at(office, token);
        if (token->present)
            at = earlier(at, silent_at(office, token));
    } else if (token->holding) {
        at = token_visit(office, token)->expires_at;
    } else {
        at = earlier(token_visit(office, token)->holds_until, silent_at(office, token));
    }
    heap_set(&office->token_deadlines, token, at);
}

/* Who waits ends as abandoned, who is inside for the other reasons, and either may leave. */
static bool reason_fits(enum token_status status, enum token_reason reason)
{
    switch (reason) {
    case TOKEN_REASON_ABANDONED:
        return status == TOKEN_STATUS_WAITING;
    case TOKEN_REASON_FINISHED:
    case TOKEN_REASON_TIMED_OUT:
    case TOKEN_REASON_SILENT:
        return status == TOKEN_STATUS_ACTIVE;
    case TOKEN_REASON_LEFT:
        return status != TOKEN_STATUS_EXPIRED;
    case TOKEN_REASON_NONE:
        break;
    }
    return false;
}

void token_end(struct office *office, struct live_token *token, enum token_reason reason)
{
    CHECK(reason_fits(token->status, reason));
    struct queue_token row = token_row(office, token);
    row.status = TOKEN_STATUS_EXPIRED;
    row.reason = reason;
    row.ended_at = office->now.house;
    (void)put_token(office, token, token_user(office, token), token_lane(office, token), &row);
}

void token_follow_holds(struct office *office, struct live_token *token)
{
    const struct live_visit *visit = token_visit(office, token);
    CHECK(token->status == TOKEN_STATUS_ACTIVE);
    timestamp_ms expires_at = visit->holds_until;
    for (const struct live_reservation *reservation =
             user_reservations(office, token_user(office, token));
         reservation != NULL; reservation = reservation->of_user.next)
        if (reservation->row.status == RESERVATION_STATUS_PENDING &&
            reservation->row.expires_at > expires_at)
            expires_at = reservation->row.expires_at;
    if (expires_at == visit->expires_at) {
        token_arm(office, token);
        return;
    }
    struct queue_token row = token_row(office, token);
    row.expires_at = expires_at;
    (void)put_token(office, token, token_user(office, token), token_lane(office, token), &row);
}

static void review_waiting(struct office *office, struct live_token *token)
{
    const timestamp_ms now = office->now.house;
    if (now >= abandoned_at(office, token)) {
        token_end(office, token, TOKEN_REASON_ABANDONED);
        return;
    }
    if (now >= silent_at(office, token))
        waiting_line_set_present(office, token, false);
    token_arm(office, token);
}

void token_review(struct office *office, struct live_token *token)
{
    const timestamp_ms now = office->now.house;
    CHECK(token->status != TOKEN_STATUS_EXPIRED);
    if (token->status == TOKEN_STATUS_WAITING)
        review_waiting(office, token);
    else if (token_has_hold(office, token))
        token_follow_holds(office, token);
    else if (now >= token_visit(office, token)->holds_until)
        token_end(office, token, TOKEN_REASON_TIMED_OUT);
    else if (now >= silent_at(office, token))
        token_end(office, token, TOKEN_REASON_SILENT);
    else
        token_follow_holds(office, token);
}

void token_mark_heard(struct office *office, struct live_token *token)
{
    CHECK(token->heard_at <= office->now.house);
    token->heard_at = office->now.house;
    if (token->status == TOKEN_STATUS_WAITING && !token->present) {
        waiting_line_set_present(office, token, true);
        token_arm(office, token);
    }
}
