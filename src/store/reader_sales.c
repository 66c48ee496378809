/* What a round has sold, in parts: from its reservations that were ever paid, each with its payment
 * and its seats. What this reads grows with the seats that were sold, not with the house. */
#include "store/reader.h"

#include "store/row.h"

/* The columns of reader.c's statements. */
enum {
    COLUMN_RESERVATION,
    COLUMN_PAID_AT,
    COLUMN_CANCELLED_AT,
    COLUMN_PRICE,
    COLUMN_GRADE,
    COLUMN_SECTION,
};

static bool is_overlaid(struct store_reader *reader, struct id reservation_id)
{
    const struct record named = {.kind = RECORD_KIND_SEAT_RESERVATION,
                                 .as.seat_reservation.id = reservation_id};
    const struct record_key key = record_key(&named);
    return reader_overlaid(reader, RECORD_KIND_SEAT_RESERVATION, &key) != NULL;
}

static enum result add_booked_seat(struct store_reader *reader, struct sql_statement *statement,
                                   struct sales_breakdown *breakdown)
{
    struct id reservation_id;
    const struct sql_value reservation = sql_column(statement, COLUMN_RESERVATION);
    if (!sql_read_id(&reservation, &reservation_id))
        return RESULT_CORRUPT;
    if (is_overlaid(reader, reservation_id))
        return RESULT_OK;
    const struct seat seat = {.grade = sql_column_text(statement, COLUMN_GRADE),
                              .section = sql_column_text(statement, COLUMN_SECTION)};
    return sales_add(breakdown, &seat, sql_column_integer(statement, COLUMN_PRICE),
                     sql_column_integer(statement, COLUMN_PAID_AT),
                     sql_column_integer(statement, COLUMN_CANCELLED_AT));
}

static enum result add_booked(struct store_reader *reader, struct sales_breakdown *breakdown)
{
    struct sql_statement *statement = reader->paid_seats;
    enum result result = sql_bind_id(statement, 1, &breakdown->round_id);
    enum sql_step step = SQL_DONE;
    while (result == RESULT_OK && (step = sql_step(statement)) == SQL_ROW)
        result = add_booked_seat(reader, statement, breakdown);
    if (result == RESULT_OK && step != SQL_DONE)
        result = RESULT_IO;
    sql_rewind(statement);
    return result;
}

/* The seats of a reservation whose newest image is not booked. */
static enum result add_unbooked(struct store_reader *reader,
                                const struct seat_reservation *reservation,
                                struct sales_breakdown *breakdown)
{
    const struct record named = {.kind = RECORD_KIND_PAYMENT,
                                 .as.payment.id = reservation->payment_id};
    struct record found, seat;
    struct reservation_view view;
    enum result result = reader_find(reader, &named, &found);
    if (result == RESULT_OK)
        result = reader_view(reader, reservation, &view);
    for (size_t i = 0; result == RESULT_OK && i < view.seat_count; i++) {
        const struct record wanted = {.kind = RECORD_KIND_SEAT,
                                      .as.seat.id = view.seats[i].seat_id};
        result = reader_find(reader, &wanted, &seat);
        if (result == RESULT_OK)
            result = sales_add(breakdown, &seat.as.seat, view.seats[i].price,
                               found.as.payment.paid_at, found.as.payment.cancelled_at);
    }
    return result == RESULT_NOT_FOUND ? RESULT_CORRUPT : result;
}

static enum result add_overlay(struct store_reader *reader, struct sales_breakdown *breakdown)
{
    struct overlay_walk walk =
        overlay_walk_kind(reader->overlay, &reader->snapshot, RECORD_KIND_SEAT_RESERVATION);
    const struct overlay_row *row;
    enum result result = RESULT_OK;
    while (result == RESULT_OK && (row = overlay_next(&walk)) != NULL) {
        struct record record;
        if (row->deleted || reader_overlaid(reader, RECORD_KIND_SEAT_RESERVATION, &row->key) != row)
            continue;
        overlay_decode(row, &record);
        const struct seat_reservation *reservation = &record.as.seat_reservation;
        if (id_equal(reservation->round_id, breakdown->round_id) &&
            !id_is_none(reservation->payment_id))
            result = add_unbooked(reader, reservation, breakdown);
    }
    return result;
}

static enum result sales_in_moment(struct store_reader *reader, struct sales_breakdown *breakdown)
{
    const struct record round = {.kind = RECORD_KIND_CONCERT_ROUND,
                                 .as.concert_round.id = breakdown->round_id};
    struct record found;
    enum result result = reader_find(reader, &round, &found);
    if (result == RESULT_OK)
        result = add_booked(reader, breakdown);
    if (result == RESULT_OK)
        result = add_overlay(reader, breakdown);
    return result;
}

enum result reader_sales(struct store_reader *reader, const struct sales_query *query,
                         struct sales_breakdown *breakdown)
{
    *breakdown = (struct sales_breakdown){
        .round_id = query->round_id, .by = query->by, .start_of = query->start_of};
    enum result result = reader_begin(reader);
    if (result == RESULT_OK) {
        result = sales_in_moment(reader, breakdown);
        reader_end(reader);
    }
    if (result != RESULT_OK)
        sales_breakdown_release(breakdown);
    return result;
}
