/* Rows made again of what is kept of them (kept.def). */
#include "office/catalogue.h"
#include "office/reservation.h"
#include "office/token.h"
#include "office/user.h"
#include "office/waiting_line.h"

struct point_account account_row(const struct live_user *user)
{
    struct point_account row = {.user_id = user->id};
#define ACCOUNT_KEEPS(type, column, width) row.column = user->account.column;
#include "office/kept.def"
    return row;
}

struct session session_row(const struct office *office, const struct live_session *session)
{
    struct session row = {.id = session->id, .user_id = session_user(office, session)->id};
#define SESSION_KEEPS(type, column, width) row.column = session->column;
#include "office/kept.def"
    return row;
}

struct queue_token token_row(const struct office *office, const struct live_token *token)
{
    const struct live_visit *visit = token_visit(office, token);
    struct queue_token row = {.id = token->id,
                              .user_id = token_user(office, token)->id,
                              .concert_id = token_lane(office, token)->concert_id};
#define TOKEN_KEEPS(type, column, width) row.column = token->column;
#include "office/kept.def"
    if (visit == NULL)
        return row;
#define VISIT_KEEPS(type, column, width) row.column = visit->column;
#include "office/kept.def"
    return row;
}

struct ticket ticket_row(const struct office *office, const struct live_reservation *reservation,
                         const struct held_seat *held)
{
    const struct live_ticket *ticket = held_seat_ticket(office, held);
    const bool valid = reservation->row.status == RESERVATION_STATUS_CONFIRMED;
    return (struct ticket){.id = ticket->id,
                           .reservation_id = reservation->row.id,
                           .round_id = reservation->row.round_id,
                           .seat_id = held->seat->row.id,
                           .user_id = reservation->row.user_id,
                           .seat_number = held->seat->row.seat_number,
                           .serial = ticket->serial,
                           .generation = ticket->generation,
                           .status = valid ? TICKET_STATUS_VALID : TICKET_STATUS_VOID,
                           .holder_name = ticket->holder_name,
                           .issued_at = id_time(ticket->id),
                           .voided_at = valid ? 0 : reservation->row.ended_at};
}

struct reservation_seat held_seat_row(const struct live_reservation *reservation, int64_t position,
                                      const struct held_seat *held)
{
    struct reservation_seat row = {
        .reservation_id = reservation->row.id, .position = position, .seat_id = held->seat->row.id};
#define HELD_SEAT_KEEPS(type, column, width) row.column = held->column;
#include "office/kept.def"
    return row;
}
