/* Tickets as the judge keeps them: one a seat that is sold, void with it, and never valid again by
 * a code that was revoked (invariant 16). */
#include "oracle/oracle_model.h"

#include <string.h>

/* ---- What becomes of them ---- */

void tickets_issued(struct oracle *oracle, const struct row *reservation)
{
    const struct reservation_part *part = reservation->of.reservation;
    const struct seat_reservation *row = &reservation->image.as.seat_reservation;
    struct record home = row_image(oracle->house);
    for (size_t i = 0; i < part->seat_count && !oracle->objected; i++) {
        const struct record image = {.kind = RECORD_KIND_TICKET,
                                     .as.ticket = {
                                         .id = span_new_id(oracle, RECORD_KIND_TICKET),
                                         .reservation_id = row->id,
                                         .round_id = row->round_id,
                                         .seat_id = part->seats[i]->image.as.seat.id,
                                         .user_id = row->user_id,
                                         .seat_number = part->seats[i]->image.as.seat.seat_number,
                                         .serial = ++home.as.house.last_serial,
                                         .generation = 1,
                                         .status = TICKET_STATUS_VALID,
                                         .issued_at = oracle->now.house,
                                     }};
        row_put(oracle, &image);
    }
    row_change(oracle, oracle->house, &home);
}

void tickets_voided(struct oracle *oracle, const struct row *reservation)
{
    const struct reservation_part *part = reservation->of.reservation;
    for (size_t i = 0; i < part->seat_count; i++) {
        struct record image = row_image(part->tickets[i]);
        image.as.ticket.status = TICKET_STATUS_VOID;
        image.as.ticket.voided_at = oracle->now.house;
        row_change(oracle, part->tickets[i], &image);
    }
}

/* ---- What must be so ---- */

/* It keeps its serial, is issued anew one by one, and once it is void nothing changes. */
void ticket_law(struct oracle *oracle, const struct seen *seen)
{
    const struct record *was = seen_before(seen);
    const struct ticket *now = &seen->record.as.ticket;
    if (was == NULL)
        return;
    const struct ticket *old = &was->as.ticket;
    if (now->serial != old->serial || now->generation < old->generation ||
        now->generation > old->generation + 1)
        object_to(oracle, 16, "%s went from serial %lld, generation %lld to %lld, %lld",
                  record_name(was).text, (long long)old->serial, (long long)old->generation,
                  (long long)now->serial, (long long)now->generation);
    else if (old->status == TICKET_STATUS_VOID)
        object_to(oracle, 16, "%s was void, and was written again", record_name(was).text);
}

void check_tickets(struct oracle *oracle, const struct row *reservation)
{
    const struct reservation_part *part = reservation->of.reservation;
    const bool sold = reservation->image.as.seat_reservation.status == RESERVATION_STATUS_CONFIRMED;
    for (size_t i = 0; i < part->seat_count && !oracle->objected; i++) {
        const struct row *ticket = part->tickets[i];
        const bool valid = ticket != NULL && ticket->image.as.ticket.status == TICKET_STATUS_VALID;
        if (valid != sold)
            object_to(oracle, 16, "%s is %s, and seat %zu of it has %s ticket",
                      row_name(reservation).text,
                      reservation_status_texts[reservation->image.as.seat_reservation.status], i,
                      valid ? "a valid" : "no valid");
    }
}

static bool same_holder(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

bool view_tickets_are(const struct reservation_view *view, const struct row *reservation)
{
    const struct reservation_part *part = reservation->of.reservation;
    const bool paid = !id_is_none(reservation->image.as.seat_reservation.payment_id);
    if (view->ticket_count != (paid ? part->seat_count : 0))
        return false;
    for (size_t i = 0; i < view->ticket_count; i++) {
        const struct ticket *ticket = &part->tickets[i]->image.as.ticket;
        if (!id_equal(view->seats[i].ticket_id, ticket->id) ||
            view->seats[i].ticket_status != ticket->status ||
            !same_holder(view->seats[i].holder_name, ticket->holder_name))
            return false;
    }
    return true;
}

/* ---- Verbs ---- */

static struct row *named_ticket(struct oracle *oracle, const struct call *call)
{
    oracle->state = STATE_UNKNOWN;
    return row_find(oracle, RECORD_KIND_TICKET, call->in.ticket.ticket_id);
}

static enum coverage_state ticket_state(const struct row *ticket)
{
    return ticket->image.as.ticket.status == TICKET_STATUS_VALID ? STATE_CONFIRMED
                                                                 : STATE_CANCELLED;
}

enum refusal judge_ticket_get(struct oracle *oracle, struct row *user, const struct call *call)
{
    const struct row *ticket = named_ticket(oracle, call);
    if (ticket == NULL)
        return REFUSAL_NOT_FOUND;
    oracle->state = STATE_OTHERS;
    if (!may_see(oracle, user, ticket->image.as.ticket.user_id))
        return refuse_to_show(oracle, user, call);
    oracle->state = ticket_state(ticket);
    view_record(oracle, call, ticket);
    return REFUSAL_NONE;
}

enum refusal judge_ticket_code_get(struct oracle *oracle, struct row *user, const struct call *call)
{
    const struct row *ticket = named_ticket(oracle, call);
    if (ticket == NULL)
        return REFUSAL_NOT_FOUND;
    oracle->state = STATE_OTHERS;
    if (!is_own(oracle, user, ticket->image.as.ticket.user_id))
        return REFUSAL_NOT_FOUND;
    oracle->state = ticket_state(ticket);
    if (oracle->state == STATE_CANCELLED)
        return REFUSAL_TICKET_VOID;
    view_record(oracle, call, ticket);
    return REFUSAL_NONE;
}

/* Of one that still lets in. A round that may have left memory lets nobody in any more. */
static enum refusal change_refusal(struct oracle *oracle, const struct row *user,
                                   const struct row *ticket, const struct call *call)
{
    if (ticket == NULL)
        return REFUSAL_NOT_FOUND;
    oracle->state = STATE_OTHERS;
    if (!may_see(oracle, user, ticket->image.as.ticket.user_id))
        return refuse_to_show(oracle, user, call);
    oracle->state = ticket_state(ticket);
    const struct row *reservation = ticket->of.reservation_of_ticket;
    return oracle->state == STATE_CANCELLED ||
                   (reservation->of.reservation->round->of.round.maybe_over &&
                    call->refusal == REFUSAL_TICKET_VOID)
               ? REFUSAL_TICKET_VOID
               : REFUSAL_NONE;
}

enum refusal judge_ticket_reissue(struct oracle *oracle, struct row *user, const struct call *call)
{
    struct row *ticket = named_ticket(oracle, call);
    const enum refusal refusal = change_refusal(oracle, user, ticket, call);
    if (refusal != REFUSAL_NONE || call->refusal != REFUSAL_NONE)
        return refusal;
    expect_created(oracle, call, false);
    struct record image = row_image(ticket);
    image.as.ticket.generation++;
    row_change(oracle, ticket, &image);
    view_record(oracle, call, ticket);
    return REFUSAL_NONE;
}

enum refusal judge_ticket_change(struct oracle *oracle, struct row *user, const struct call *call)
{
    struct row *ticket = named_ticket(oracle, call);
    const enum refusal refusal = change_refusal(oracle, user, ticket, call);
    if (refusal != REFUSAL_NONE || call->refusal != REFUSAL_NONE)
        return refusal;
    struct record image = row_image(ticket);
    if (call->in.ticket.has_holder_name &&
        !same_holder(call->in.ticket.holder_name, image.as.ticket.holder_name)) {
        image.as.ticket.holder_name = call->in.ticket.holder_name;
        row_change(oracle, ticket, &image);
    }
    view_record(oracle, call, ticket);
    return REFUSAL_NONE;
}
