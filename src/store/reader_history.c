/* The history of one reservation, from its own row, its token's, its payments' and its round's. */
#include "store/reader.h"

#include "store/row.h"

static void add_step(struct reservation_history *history, const struct history_step *step)
{
    if (step->at == 0) /* it did not happen */
        return;
    size_t place = history->count++;
    for (; place > 0 && history->steps[place - 1].at > step->at; place--)
        history->steps[place] = history->steps[place - 1];
    history->steps[place] = *step;
}

static enum result find_row_named(struct store_reader *reader, const struct record *wanted,
                                  struct record *found)
{
    const enum result result = reader_find(reader, wanted, found);
    return result == RESULT_NOT_FOUND ? RESULT_CORRUPT : result;
}

static enum result add_token(struct store_reader *reader, struct id token_id,
                             struct reservation_history *history)
{
    const struct record wanted = {.kind = RECORD_KIND_QUEUE_TOKEN, .as.queue_token.id = token_id};
    struct record found;
    const enum result result = find_row_named(reader, &wanted, &found);
    if (result != RESULT_OK)
        return result;
    const struct queue_token *token = &found.as.queue_token;
    add_step(history, &(struct history_step){.at = token->issued_at, .event = HISTORY_JOINED});
    add_step(history, &(struct history_step){.at = token->activate_at, .event = HISTORY_ADMITTED});
    return RESULT_OK;
}

static enum result add_round(struct store_reader *reader,
                             const struct seat_reservation *reservation,
                             struct reservation_history *history)
{
    const struct record wanted = {.kind = RECORD_KIND_CONCERT_ROUND,
                                  .as.concert_round.id = reservation->round_id};
    struct record found;
    const enum result result = find_row_named(reader, &wanted, &found);
    if (result != RESULT_OK)
        return result;
    const struct concert_round *round = &found.as.concert_round;
    history->has_reason = reservation_tell_reason(reservation, round, &history->reason);
    if (reservation_was_moved(reservation, round))
        add_step(history, &(struct history_step){.at = round->moved_at,
                                                 .event = HISTORY_MOVED,
                                                 .moved_from = round->moved_from,
                                                 .free_cancel_until = round->free_cancel_until});
    return RESULT_OK;
}

static enum result add_payment(struct store_reader *reader, struct id payment_id,
                               struct reservation_history *history)
{
    const struct record wanted = {.kind = RECORD_KIND_PAYMENT, .as.payment.id = payment_id};
    struct record found;
    if (id_is_none(payment_id))
        return RESULT_OK;
    const enum result result = find_row_named(reader, &wanted, &found);
    if (result != RESULT_OK)
        return result;
    const struct payment *payment = &found.as.payment;
    const bool failed = payment->status == PAYMENT_STATUS_FAILED;
    add_step(history, &(struct history_step){.at = failed ? payment->created_at : payment->paid_at,
                                             .event = failed ? HISTORY_TRIED : HISTORY_PAID,
                                             .amount = payment->amount,
                                             .payment_id = payment->id});
    add_step(history, &(struct history_step){.at = payment->cancelled_at,
                                             .event = HISTORY_REFUNDED,
                                             .amount = payment->amount,
                                             .payment_id = payment->id});
    return RESULT_OK;
}

/* The payment of the reservation that failed, among those that are not booked yet. */
static struct id failed_in_overlay(struct store_reader *reader,
                                   const struct seat_reservation *reservation)
{
    struct overlay_walk walk = overlay_walk_owner(reader->overlay, &reader->snapshot,
                                                  RECORD_KIND_PAYMENT, reservation->user_id);
    const struct overlay_row *row;
    while ((row = overlay_next(&walk)) != NULL) {
        struct record record;
        overlay_decode(row, &record);
        if (!record.deleted && record.as.payment.status == PAYMENT_STATUS_FAILED &&
            id_equal(record.as.payment.reservation_id, reservation->id))
            return record.as.payment.id;
    }
    return ID_NONE;
}

/* ID_NONE: no try fell short. */
static enum result find_failed(struct store_reader *reader,
                               const struct seat_reservation *reservation, struct id *payment_id)
{
    struct sql_statement *statement = reader->failed_payment;
    *payment_id = failed_in_overlay(reader, reservation);
    if (!id_is_none(*payment_id))
        return RESULT_OK;
    enum result result = sql_bind_id(statement, 1, &reservation->id);
    if (result == RESULT_OK) {
        const enum sql_step step = sql_step(statement);
        const struct sql_value found =
            step == SQL_ROW ? sql_column(statement, 0) : (struct sql_value){.type = SQL_NULL};
        if (step == SQL_ROW && !sql_read_id(&found, payment_id))
            result = RESULT_CORRUPT;
        else if (step == SQL_FAILED)
            result = RESULT_IO;
    }
    sql_rewind(statement);
    return result;
}

static enum result history_in_moment(struct store_reader *reader,
                                     struct reservation_history *history)
{
    const struct record wanted = {.kind = RECORD_KIND_SEAT_RESERVATION,
                                  .as.seat_reservation.id = history->reservation_id};
    struct record found;
    struct id failed;
    enum result result = reader_find(reader, &wanted, &found);
    if (result != RESULT_OK)
        return result;
    const struct seat_reservation reservation = found.as.seat_reservation;
    const bool expired = reservation.status == RESERVATION_STATUS_EXPIRED;
    result = add_token(reader, reservation.token_id, history);
    add_step(history, &(struct history_step){.at = reservation.reserved_at,
                                             .event = HISTORY_HELD,
                                             .amount = reservation.amount});
    add_step(history,
             &(struct history_step){.at = reservation.extended_at, .event = HISTORY_EXTENDED});
    if (result == RESULT_OK)
        result = add_round(reader, &reservation, history);
    if (result == RESULT_OK)
        result = find_failed(reader, &reservation, &failed);
    if (result == RESULT_OK)
        result = add_payment(reader, failed, history);
    add_step(history, &(struct history_step){.at = reservation.ended_at,
                                             .event = expired ? HISTORY_EXPIRED : HISTORY_CANCELLED,
                                             .reason = reservation.cancel_reason});
    return result == RESULT_OK ? add_payment(reader, reservation.payment_id, history) : result;
}

enum result reader_history(struct store_reader *reader, struct id reservation_id,
                           struct reservation_history *history)
{
    *history = (struct reservation_history){.reservation_id = reservation_id};
    enum result result = reader_begin(reader);
    if (result == RESULT_OK) {
        result = history_in_moment(reader, history);
        reader_end(reader);
    }
    return result;
}
