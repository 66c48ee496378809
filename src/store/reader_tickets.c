/* See reader.h. The tickets of one reservation, which name it and not the other way round. */
#include "store/reader.h"

#include <stdlib.h>
#include <string.h>

/* Where the ticket's seat stands in the view; NULL: none that it has. */
static struct reserved_seat_view *seat_of_ticket(struct reservation_view *view,
                                                 const struct ticket *ticket)
{
    for (size_t i = 0; i < view->seat_count; i++)
        if (id_equal(view->seats[i].seat_id, ticket->seat_id))
            return &view->seats[i];
    return NULL;
}

static enum result add_ticket(struct reservation_view *view, const struct ticket *ticket)
{
    struct reserved_seat_view *seat = seat_of_ticket(view, ticket);
    if (seat == NULL || !id_is_none(seat->ticket_id))
        return RESULT_CORRUPT;
    if (ticket->holder_name != NULL) {
        seat->holder_name = strdup(ticket->holder_name);
        if (seat->holder_name == NULL)
            return RESULT_NO_MEMORY;
    }
    seat->ticket_id = ticket->id;
    seat->ticket_status = ticket->status;
    view->ticket_count++;
    return RESULT_OK;
}

/* Those that are not booked yet, each by its newest image. */
static enum result add_from_overlay(struct store_reader *reader, struct reservation_view *view)
{
    struct overlay_walk walk = overlay_walk_owner(reader->overlay, &reader->snapshot,
                                                  RECORD_KIND_TICKET, view->reservation.user_id);
    const struct overlay_row *row;
    enum result result = RESULT_OK;
    while (result == RESULT_OK && (row = overlay_next(&walk)) != NULL) {
        struct record record;
        overlay_decode(row, &record);
        if (id_equal(record.as.ticket.reservation_id, view->reservation.id) &&
            reader_overlaid(reader, RECORD_KIND_TICKET, &row->key) == row)
            result = add_ticket(view, &record.as.ticket);
    }
    return result;
}

static enum result add_from_table(struct store_reader *reader, struct reservation_view *view,
                                  const struct sql_value *id)
{
    struct record wanted = {.kind = RECORD_KIND_TICKET}, found;
    if (!sql_read_id(id, &wanted.as.ticket.id))
        return RESULT_CORRUPT;
    const struct record_key key = record_key(&wanted);
    if (reader_overlaid(reader, RECORD_KIND_TICKET, &key) != NULL)
        return RESULT_OK;
    const enum result result = reader_find(reader, &wanted, &found);
    return result == RESULT_OK ? add_ticket(view, &found.as.ticket) : result;
}

static enum result add_from_tables(struct store_reader *reader, struct reservation_view *view)
{
    struct sql_statement *statement = reader->tickets;
    enum result result = sql_bind_id(statement, 1, &view->reservation.id);
    while (result == RESULT_OK) { /* ends with the rows of the reservation */
        const enum sql_step step = sql_step(statement);
        if (step == SQL_DONE)
            break;
        const struct sql_value id =
            step == SQL_ROW ? sql_column(statement, 0) : (struct sql_value){.type = SQL_NULL};
        result = step == SQL_ROW ? add_from_table(reader, view, &id) : RESULT_IO;
    }
    sql_rewind(statement);
    return result;
}

enum result reader_view_tickets(struct store_reader *reader, struct reservation_view *view)
{
    for (size_t i = 0; i < view->seat_count; i++) {
        view->seats[i].ticket_id = ID_NONE;
        view->seats[i].holder_name = NULL;
    }
    enum result result = add_from_overlay(reader, view);
    if (result == RESULT_OK)
        result = add_from_tables(reader, view);
    /* All seats have one, or none has: of what was paid for before there were any. */
    if (result == RESULT_OK && view->ticket_count != 0 && view->ticket_count != view->seat_count)
        result = RESULT_CORRUPT;
    if (result != RESULT_OK)
        view->ticket_count = view->seat_count; /* each name there is to be given back */
    return result;
}
