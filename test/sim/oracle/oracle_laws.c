/* The laws of single rows: what any row may become from what it was, whatever was asked. They know
 * nothing of the verbs, so that what breaks an invariant is called by its number; what they let
 * pass is still held against the model, field by field (oracle_span.c). */
#include "oracle/oracle_model.h"

/* 1: from available to held to sold and back; blocked from available and back. */
static void seat_law(struct oracle *oracle, const struct seen *seen)
{
    static const bool legal[4][4] = {
        [SEAT_STATUS_AVAILABLE] = {true, true, false, true},
        [SEAT_STATUS_HELD] = {true, true, true, false},
        [SEAT_STATUS_SOLD] = {true, false, true, false},
        [SEAT_STATUS_BLOCKED] = {true, false, false, true},
    };
    const struct record *was = seen_before(seen);
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
    const struct record *was = seen_before(seen);
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
    if (seen_before(seen) != NULL)
        object_to(oracle, 3, "the entry %s was written again", record_name(&seen->record).text);
}

/* 4: one succeeded payment a reservation, and a payment is cancelled once. */
static void payment_law(struct oracle *oracle, const struct seen *seen)
{
    const struct record *was = seen_before(seen);
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
    const struct record *was = seen_before(seen);
    if (was != NULL && !seen->record.deleted &&
        was->as.concert_round.total_seat_cnt != seen->record.as.concert_round.total_seat_cnt)
        object_to(oracle, 5, "%s changed its number of seats", record_name(was).text);
}

/* 6: nobody who waits for the same, and was neither admitted nor passed over yet, stands before it.
 */
static void token_turn(struct oracle *oracle, const struct seen *seen)
{
    const int64_t first = bits_next(oracle, &oracle->unpassed, 0);
    /* Several may come in by one span: only who was passed over in it may stand before. */
    for (int64_t number = first; number != 0 && number < seen->record.as.queue_token.number;
         number = bits_next(oracle, &oracle->unpassed, number + 1)) {
        const struct record *other = span_seen(oracle, oracle->token_by_number[number]);
        if (!id_equal(oracle->token_by_number[number]->image.as.queue_token.concert_id,
                      seen->record.as.queue_token.concert_id))
            continue;
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
    const struct record *was = seen_before(seen);
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
    if (old->number != now->number || !id_equal(old->concert_id, now->concert_id))
        object_to(oracle, 6, "%s changed its number or its concert", record_name(was).text);
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
    if (seen_before(seen) != NULL && !seen->record.deleted)
        object_to(oracle, 11, "a key that was there was written again");
}

void law_check(struct oracle *oracle, const struct seen *seen)
{
    if (seen->record.deleted && seen->record.kind != RECORD_KIND_CONCERT &&
        seen->record.kind != RECORD_KIND_CONCERT_ROUND && seen->record.kind != RECORD_KIND_SEAT &&
        seen->record.kind != RECORD_KIND_SESSION &&
        seen->record.kind != RECORD_KIND_PASSWORD_RESET &&
        seen->record.kind != RECORD_KIND_API_KEY && seen->record.kind != RECORD_KIND_PLAN &&
        seen->record.kind != RECORD_KIND_PLAN_PIECE && seen->record.kind != RECORD_KIND_NOTICE &&
        seen->record.kind != RECORD_KIND_IDEMPOTENCY_KEY) {
        object_to(oracle, 12, "%s was deleted; history is kept", record_name(&seen->record).text);
        return;
    }
    if (seen->record.deleted)
        return;
    const enum record_kind kind = seen->record.kind;
    if (kind == RECORD_KIND_SEAT)
        seat_law(oracle, seen);
    else if (kind == RECORD_KIND_SEAT_RESERVATION)
        reservation_law(oracle, seen);
    else if (kind == RECORD_KIND_POINT_ACCOUNT)
        account_law(oracle, seen);
    else if (kind == RECORD_KIND_POINT_ENTRY)
        entry_law(oracle, seen);
    else if (kind == RECORD_KIND_PAYMENT)
        payment_law(oracle, seen);
    else if (kind == RECORD_KIND_CONCERT_ROUND)
        round_law(oracle, seen);
    else if (kind == RECORD_KIND_QUEUE_TOKEN)
        token_law(oracle, seen);
    else if (kind == RECORD_KIND_TICKET)
        ticket_law(oracle, seen);
    else if (kind == RECORD_KIND_IDEMPOTENCY_KEY)
        key_law(oracle, seen);
}
