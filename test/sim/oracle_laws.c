/* The laws of single rows: what any row may become from what it was, whatever was asked. They know
 * nothing of the verbs, so that what breaks an invariant is called by its number; what they let
 * pass is still held against the model, field by field (oracle_span.c). */
#include "oracle_model.h"

#include "base/check.h"

static const struct record *before(const struct seen *seen)
{
    return seen->row != NULL && seen->row->there ? &seen->row->image : NULL;
}

/* 1: from available to held to sold and back; blocked from available and back. */
static void seat_law(struct oracle *oracle, const struct seen *seen)
{
    static const bool legal[4][4] = {
        [SEAT_STATUS_AVAILABLE] = {true, true, false, true},
        [SEAT_STATUS_HELD] = {true, true, true, false},
        [SEAT_STATUS_SOLD] = {true, false, true, false},
        [SEAT_STATUS_BLOCKED] = {true, false, false, true},
    };
    const struct record *was = before(seen);
    if (was != NULL && !legal[was->as.seat.status][seen->record.as.seat.status])
        object_to(oracle, 1, "%s went from %s to %s", record_name(was).text,
                  seat_status_texts[was->as.seat.status],
                  seat_status_texts[seen->record.as.seat.status]);
}

/* 2: it ends once. 9: it was made with an active token of its user. */
static void reservation_law(struct oracle *oracle, const struct seen *seen)
{
    static const bool legal[4][4] = {
        [RESERVATION_STATUS_PENDING] = {true, true, true, true},
        [RESERVATION_STATUS_CONFIRMED] = {false, true, true, false},
    };
    const struct record *was = before(seen);
    const struct seat_reservation *now = &seen->record.as.seat_reservation;
    if (was != NULL) {
        const enum reservation_status old = was->as.seat_reservation.status;
        if (!legal[old][now->status])
            object_to(oracle, 2, "%s went from %s to %s", record_name(was).text,
                      reservation_status_texts[old], reservation_status_texts[now->status]);
        return;
    }
    const struct row *token = row_find(oracle, RECORD_KIND_QUEUE_TOKEN, now->token_id);
    if (token == NULL || !id_equal(token->image.as.queue_token.user_id, now->user_id) ||
        token->image.as.queue_token.status != TOKEN_STATUS_ACTIVE ||
        oracle->now.house >= token->image.as.queue_token.holds_until)
        object_to(oracle, 9, "%s was made without an active token of its user",
                  record_name(&seen->record).text);
}

/* 3. */
static void account_law(struct oracle *oracle, const struct seen *seen)
{
    if (seen->record.as.point_account.balance < 0)
        object_to(oracle, 3, "%s has fewer than no points", record_name(&seen->record).text);
}

static void entry_law(struct oracle *oracle, const struct seen *seen)
{
    if (before(seen) != NULL)
        object_to(oracle, 3, "the entry %s was written again", record_name(&seen->record).text);
}

/* 4: one succeeded payment a reservation, and a payment is cancelled once. */
static void payment_law(struct oracle *oracle, const struct seen *seen)
{
    const struct record *was = before(seen);
    const struct payment *now = &seen->record.as.payment;
    if (was != NULL) {
        if (was->as.payment.status != PAYMENT_STATUS_SUCCEEDED ||
            now->status != PAYMENT_STATUS_CANCELLED)
            object_to(oracle, 4, "%s went from %s to %s", record_name(was).text,
                      payment_status_texts[was->as.payment.status],
                      payment_status_texts[now->status]);
        return;
    }
    const struct row *reservation =
        row_find(oracle, RECORD_KIND_SEAT_RESERVATION, now->reservation_id);
    if (now->status == PAYMENT_STATUS_SUCCEEDED && reservation != NULL &&
        reservation->of.reservation->payment != NULL)
        object_to(oracle, 4, "%s was paid a second time", row_name(reservation).text);
}

/* 5. */
static void round_law(struct oracle *oracle, const struct seen *seen)
{
    const struct record *was = before(seen);
    if (was != NULL && !seen->record.deleted &&
        was->as.concert_round.total_seat_cnt != seen->record.as.concert_round.total_seat_cnt)
        object_to(oracle, 5, "%s changed its number of seats", record_name(was).text);
}

/* 6: nobody who was neither admitted nor passed over yet stands before it. */
static void token_turn(struct oracle *oracle, const struct seen *seen)
{
    const int64_t first = bits_next(oracle, &oracle->unpassed, 0);
    /* Several may come in by one span: only who was passed over in it may stand before. */
    for (int64_t number = first; number != 0 && number < seen->record.as.queue_token.number;
         number = bits_next(oracle, &oracle->unpassed, number + 1)) {
        const struct record *other = span_seen(oracle, oracle->token_by_number[number]);
        if (other == NULL || (other->as.queue_token.status == TOKEN_STATUS_WAITING &&
                              other->as.queue_token.passed_at == 0)) {
            object_to(oracle, 6, "number %lld had its turn before number %lld",
                      (long long)seen->record.as.queue_token.number, (long long)number);
            return;
        }
    }
}

static void new_token_law(struct oracle *oracle, const struct seen *seen)
{
    const struct queue_token *token = &seen->record.as.queue_token;
    const struct row *user = row_find(oracle, RECORD_KIND_USER, token->user_id);
    if (user != NULL && user->of.user.token != NULL)
        object_to(oracle, 8, "%s has a second live token", row_name(user).text);
    else if (token->number != oracle->house->image.as.house.last_number + 1)
        object_to(oracle, 6, "number %lld was given after %lld", (long long)token->number,
                  (long long)oracle->house->image.as.house.last_number);
}

static void token_law(struct oracle *oracle, const struct seen *seen)
{
    const struct record *was = before(seen);
    const struct queue_token *now = &seen->record.as.queue_token;
    if (was == NULL) {
        new_token_law(oracle, seen);
        return;
    }
    const struct queue_token *old = &was->as.queue_token;
    if (old->status == TOKEN_STATUS_EXPIRED ||
        (old->status == TOKEN_STATUS_ACTIVE && now->status == TOKEN_STATUS_WAITING))
        object_to(oracle, 6, "%s went from %s to %s", record_name(was).text,
                  token_status_texts[old->status], token_status_texts[now->status]);
    if (old->number != now->number)
        object_to(oracle, 6, "%s changed its number", record_name(was).text);
}

/* After all of a span were read, since its order within the batch is the server's. */
void law_turns(struct oracle *oracle)
{
    for (size_t i = 0; i < oracle->span.count && !oracle->objected; i++) {
        const struct seen *seen = &oracle->span.seen[i];
        if (seen->record.kind == RECORD_KIND_QUEUE_TOKEN && seen->row != NULL && seen->row->there &&
            seen->row->image.as.queue_token.status == TOKEN_STATUS_WAITING &&
            seen->record.as.queue_token.status == TOKEN_STATUS_ACTIVE)
            token_turn(oracle, seen);
    }
}

/* 11: a key that is there is not given another effect. */
static void key_law(struct oracle *oracle, const struct seen *seen)
{
    if (before(seen) != NULL && !seen->record.deleted)
        object_to(oracle, 11, "a key that was there was written again");
}

/* ---- Reasons ---- */

#define BY(why) (UINT64_C(1) << WHY_##why)
#define GIVEN_BACK (BY(CANCELLED) | BY(LEFT) | BY(HOLD_EXPIRED) | BY(ROUND_SETTLED))
#define REFUNDED (BY(CANCELLED) | BY(ROUND_SETTLED))
#define DELETED (BY(CONCERT_DELETED) | BY(ROUND_DELETED))

/* What may be told of a row of these kinds, whatever it became. */
static const uint64_t told_of[RECORD_KIND_COUNT] = {
    [RECORD_KIND_HOUSE] = BY(COUNTED),
    [RECORD_KIND_USER] = BY(REGISTERED) | BY(USER_CHANGED),
    [RECORD_KIND_SESSION] = BY(SIGNED_IN) | BY(SIGNED_OUT) | BY(SESSION_RENEWED) |
                            BY(SESSION_EXPIRED) | BY(USER_CHANGED),
    [RECORD_KIND_POINT_ACCOUNT] = BY(REGISTERED) | BY(CHARGED) | BY(PAID) | REFUNDED,
    [RECORD_KIND_CONCERT] = BY(CONCERT_CREATED) | BY(CONCERT_CHANGED) | BY(CONCERT_DELETED),
    [RECORD_KIND_CONCERT_ROUND] =
        BY(ROUND_CREATED) | BY(ROUND_CHANGED) | BY(ROUND_CANCELLED) | BY(HELD) | DELETED,
    [RECORD_KIND_RESERVATION_SEAT] = BY(HELD),
    [RECORD_KIND_POINT_ENTRY] = BY(CHARGED) | BY(PAID) | REFUNDED,
    [RECORD_KIND_IDEMPOTENCY_KEY] = BY(CHARGED) | BY(CONCERT_CREATED) | BY(ROUND_CREATED) |
                                    BY(ROUND_CANCELLED) | BY(SEATS_BLOCKED) | BY(SEATS_UNBLOCKED) |
                                    BY(JOINED) | BY(HELD) | BY(CANCELLED) | BY(PAID) |
                                    BY(KEY_EXPIRED),
};

static uint64_t told_of_seat(const struct record *was, const struct record *now)
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
        return BY(SEATS_BLOCKED);
    case SEAT_STATUS_AVAILABLE:
        return was->as.seat.status == SEAT_STATUS_BLOCKED ? BY(SEATS_UNBLOCKED)
               : was->as.seat.status == SEAT_STATUS_SOLD  ? REFUNDED
                                                          : GIVEN_BACK;
    }
    UNREACHABLE("seat status");
}

static uint64_t told_of_reservation(const struct record *was, const struct record *now)
{
    if (was == NULL)
        return BY(HELD);
    switch (now->as.seat_reservation.status) {
    case RESERVATION_STATUS_PENDING:
        return BY(DOWNTIME);
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

static uint64_t told_of_payment(const struct record *now)
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

static uint64_t told_of_token(const struct record *was, const struct record *now)
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
                   : GIVEN_BACK | BY(HELD) | BY(PAID) | BY(DOWNTIME) | BY(TURN_ENDED);
    case TOKEN_STATUS_EXPIRED:
        return GIVEN_BACK | BY(PAID) | BY(TURN_ENDED);
    }
    UNREACHABLE("token status");
}

static uint64_t may_be_told(const struct record *was, const struct record *now)
{
    switch (now->kind) {
    case RECORD_KIND_SEAT:
        return told_of_seat(was, now);
    case RECORD_KIND_SEAT_RESERVATION:
        return told_of_reservation(was, now);
    case RECORD_KIND_PAYMENT:
        return told_of_payment(now);
    case RECORD_KIND_QUEUE_TOKEN:
        return told_of_token(was, now);
    default:
        return told_of[now->kind];
    }
}

/* 12: the journal tells why. */
static void why_law(struct oracle *oracle, const struct seen *seen)
{
    const uint64_t whys = may_be_told(before(seen), &seen->record);
    const char *text = record_why_text(seen->record.why);
    if ((whys >> seen->record.why & 1) == 0)
        object_to(oracle, 12, "%s is told to be put because of %s", record_name(&seen->record).text,
                  text == NULL ? "nothing" : text);
}

void law_check(struct oracle *oracle, const struct seen *seen)
{
    why_law(oracle, seen);
    if (seen->record.deleted && seen->record.kind != RECORD_KIND_CONCERT &&
        seen->record.kind != RECORD_KIND_CONCERT_ROUND && seen->record.kind != RECORD_KIND_SEAT &&
        seen->record.kind != RECORD_KIND_SESSION &&
        seen->record.kind != RECORD_KIND_IDEMPOTENCY_KEY) {
        object_to(oracle, 12, "%s was deleted; history is kept", record_name(&seen->record).text);
        return;
    }
    if (seen->record.deleted)
        return;
    switch (seen->record.kind) {
    case RECORD_KIND_SEAT:
        seat_law(oracle, seen);
        return;
    case RECORD_KIND_SEAT_RESERVATION:
        reservation_law(oracle, seen);
        return;
    case RECORD_KIND_POINT_ACCOUNT:
        account_law(oracle, seen);
        return;
    case RECORD_KIND_POINT_ENTRY:
        entry_law(oracle, seen);
        return;
    case RECORD_KIND_PAYMENT:
        payment_law(oracle, seen);
        return;
    case RECORD_KIND_CONCERT_ROUND:
        round_law(oracle, seen);
        return;
    case RECORD_KIND_QUEUE_TOKEN:
        token_law(oracle, seen);
        return;
    case RECORD_KIND_IDEMPOTENCY_KEY:
        key_law(oracle, seen);
        return;
    default:
        return;
    }
}
