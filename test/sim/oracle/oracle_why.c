/* Which reasons fit what became of a row. Known apart from the office's own, as all that the oracle
 * knows. */
#include "oracle/oracle_model.h"

#include "base/check.h"

#define BY(why) WHY_MASK(WHY_##why)
#define GIVEN_BACK (BY(CANCELLED) | BY(LEFT) | BY(HOLD_EXPIRED) | BY(ROUND_SETTLED))
#define REFUNDED (BY(CANCELLED) | BY(ROUND_SETTLED))
#define PAUSED (BY(ROUND_PAUSED) | BY(ROUND_RESUMED))
#define DELETED (BY(CONCERT_DELETED) | BY(ROUND_DELETED))

/* What may be told of a row of these kinds, whatever it became. */
static const why_set told_of[RECORD_KIND_COUNT] = {
    [RECORD_KIND_HOUSE] = BY(COUNTED) | BY(QUEUE_CHANGED),
    [RECORD_KIND_USER] = BY(REGISTERED) | BY(USER_CHANGED) | BY(PASSWORD_RESET_TAKEN) |
                         BY(API_KEY_MADE) | BY(STAFF_INVITED) | BY(STAFF_CHANGED) |
                         BY(STAFF_REMOVED) | BY(USER_ERASED),
    [RECORD_KIND_API_KEY] = BY(API_KEY_MADE) | BY(API_KEY_USED) | BY(API_KEY_REMOVED),
    [RECORD_KIND_PASSWORD_RESET] = BY(PASSWORD_RESET_MADE) | BY(PASSWORD_RESET_TAKEN) |
                                   BY(PASSWORD_RESET_EXPIRED) | BY(STAFF_INVITED) |
                                   BY(STAFF_REMOVED) | BY(USER_ERASED),
    [RECORD_KIND_SESSION] = BY(SIGNED_IN) | BY(HANDED_OVER) | BY(SIGNED_OUT) | BY(SESSION_RENEWED) |
                            BY(SESSION_EXPIRED) | BY(USER_CHANGED) | BY(PASSWORD_RESET_TAKEN) |
                            BY(STAFF_REMOVED) | BY(USER_ERASED),
    [RECORD_KIND_POINT_ACCOUNT] = BY(REGISTERED) | BY(API_KEY_MADE) | BY(STAFF_INVITED) |
                                  BY(CHARGED) | BY(ADJUSTED) | BY(USER_ERASED) | BY(PAID) |
                                  REFUNDED,
    [RECORD_KIND_CONCERT] = BY(CONCERT_CREATED) | BY(CONCERT_CHANGED) | BY(CONCERT_DELETED),
    [RECORD_KIND_CONCERT_ROUND] = BY(ROUND_CREATED) | BY(ROUND_CHANGED) | BY(ROUND_MOVED) |
                                  BY(ROUND_CANCELLED) | PAUSED | BY(HELD) | DELETED,
    [RECORD_KIND_RESERVATION_SEAT] = BY(HELD),
    [RECORD_KIND_POINT_ENTRY] = BY(CHARGED) | BY(ADJUSTED) | BY(USER_ERASED) | BY(PAID) | REFUNDED,
    [RECORD_KIND_INCIDENT] = BY(INCIDENT),
    [RECORD_KIND_PLAN] = BY(PLAN_MADE) | BY(PLAN_CHANGED) | BY(PLAN_REMOVED),
    [RECORD_KIND_PLAN_PIECE] = BY(PLAN_MADE) | BY(PLAN_CHANGED) | BY(PLAN_REMOVED),
    [RECORD_KIND_NOTICE] = BY(NOTICE_SET) | BY(NOTICE_REMOVED),
    [RECORD_KIND_ACTION] = ~(why_set)0, /* what it tells is held against the call */
    [RECORD_KIND_IDEMPOTENCY_KEY] =
        BY(CHARGED) | BY(PLAN_MADE) | BY(ADJUSTED) | BY(CONCERT_CREATED) | BY(ROUND_CREATED) |
        BY(ROUND_CANCELLED) | BY(ROUND_MOVED) | PAUSED | BY(SEATS_BLOCKED) | BY(SEATS_UNBLOCKED) |
        BY(JOINED) | BY(HELD) | BY(CANCELLED) | BY(EXTENDED) | BY(PAID) | BY(INCIDENT) |
        BY(KEY_EXPIRED) | BY(TICKET_REISSUED),
};

static why_set told_of_seat(const struct record *was, const struct record *now)
{
    if (now->deleted)
        return DELETED;
    if (was == NULL)
        return BY(ROUND_CREATED);
    switch (now->as.seat.status) {
    case SEAT_STATUS_HELD:
        return BY(HELD);
    case SEAT_STATUS_SOLD:
        return BY(PAID);
    case SEAT_STATUS_BLOCKED:
        return BY(SEATS_BLOCKED) | BY(ROUND_CHANGED);
    case SEAT_STATUS_AVAILABLE:
        return BY(ROUND_CHANGED) | (was->as.seat.status == SEAT_STATUS_BLOCKED ? BY(SEATS_UNBLOCKED)
                                    : was->as.seat.status == SEAT_STATUS_SOLD  ? REFUNDED
                                                                               : GIVEN_BACK);
    }
    UNREACHABLE("seat status");
}

static why_set told_of_reservation(const struct record *was, const struct record *now)
{
    if (was == NULL)
        return BY(HELD);
    switch (now->as.seat_reservation.status) {
    case RESERVATION_STATUS_PENDING:
        return BY(DOWNTIME) | BY(INCIDENT) | BY(EXTENDED);
    case RESERVATION_STATUS_CONFIRMED:
        return BY(PAID);
    case RESERVATION_STATUS_EXPIRED:
        return BY(HOLD_EXPIRED);
    case RESERVATION_STATUS_CANCELLED:
        return was->as.seat_reservation.status == RESERVATION_STATUS_CONFIRMED
                   ? REFUNDED
                   : GIVEN_BACK & ~BY(HOLD_EXPIRED);
    }
    UNREACHABLE("reservation status");
}

static why_set told_of_payment(const struct record *now)
{
    switch (now->as.payment.status) {
    case PAYMENT_STATUS_SUCCEEDED:
        return BY(PAID);
    case PAYMENT_STATUS_FAILED:
        return BY(PAYMENT_FAILED);
    case PAYMENT_STATUS_CANCELLED:
        return REFUNDED;
    }
    UNREACHABLE("payment status");
}

static why_set told_of_token(const struct record *was, const struct record *now)
{
    const struct queue_token *token = &now->as.queue_token;
    if (was == NULL)
        return BY(JOINED);
    switch (token->status) {
    case TOKEN_STATUS_WAITING:
        return BY(PASSED_OVER);
    case TOKEN_STATUS_ACTIVE:
        return was->as.queue_token.status == TOKEN_STATUS_WAITING
                   ? BY(ADMITTED)
                   : GIVEN_BACK | BY(HELD) | BY(EXTENDED) | BY(PAID) | BY(DOWNTIME) | BY(INCIDENT) |
                         BY(TURN_ENDED);
    case TOKEN_STATUS_EXPIRED:
        return GIVEN_BACK | BY(PAID) | BY(TURN_ENDED) | BY(USER_ERASED);
    }
    UNREACHABLE("token status");
}

static why_set told_of_ticket(const struct record *was, const struct record *now)
{
    if (was == NULL)
        return BY(PAID);
    if (now->as.ticket.status == TICKET_STATUS_VOID)
        return REFUNDED;
    return now->as.ticket.generation > was->as.ticket.generation ? BY(TICKET_REISSUED)
                                                                 : BY(TICKET_CHANGED);
}

why_set why_allowed(const struct record *was, const struct record *now)
{
    if (now->kind == RECORD_KIND_SEAT)
        return told_of_seat(was, now);
    if (now->kind == RECORD_KIND_SEAT_RESERVATION)
        return told_of_reservation(was, now);
    if (now->kind == RECORD_KIND_PAYMENT)
        return told_of_payment(now);
    if (now->kind == RECORD_KIND_QUEUE_TOKEN)
        return told_of_token(was, now);
    if (now->kind == RECORD_KIND_TICKET)
        return told_of_ticket(was, now);
    return told_of[now->kind];
}

void why_check(struct oracle *oracle, const struct seen *seen)
{
    const char *text = record_why_text(seen->record.why);
    if ((seen->whys >> seen->record.why & 1) == 0)
        object_to(oracle, 12, "%s is told to be put because of %s", record_name(&seen->record).text,
                  text == NULL ? "nothing" : text);
}
