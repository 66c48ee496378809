/* Tickets: made with a payment, void with a refund, and what their owners may do with them. What a
 * code looks like is nobody's business here (api/ticket_code.h): a ticket has a serial, and a
 * generation that grows when its code is to be worth nothing any more. */
#include "office/catalogue.h"
#include "office/door.h"
#include "office/reservation.h"
#include "office/room.h"
#include "office/state.h"
#include "office/texts.h"
#include "office/user.h"
#include "office/verb_function.h"

#include <string.h>

/* ---- With their reservation ---- */

static void issue_ticket(struct office *office, struct live_reservation *reservation,
                         struct held_seat *held)
{
    struct house house = office->house;
    house.last_serial++;
    const struct ticket row = {
        .id = new_id(office),
        .reservation_id = reservation->row.id,
        .round_id = reservation->row.round_id,
        .seat_id = held->seat->row.id,
        .user_id = reservation->row.user_id,
        .seat_number = held->seat->row.seat_number,
        .serial = house.last_serial,
        .generation = 1,
        .status = TICKET_STATUS_VALID,
        .issued_at = office->now.house,
    };
    CHECK(held->ticket == 0);
    put_ticket(office, reservation, held, &row);
    put_house(office, &house);
}

void tickets_issue(struct office *office, struct live_reservation *reservation)
{
    CHECK(reservation->row.status == RESERVATION_STATUS_CONFIRMED);
    for (struct held_seat *held = reservation_seats(office, reservation); held != NULL;
         held = held_seat_next(office, held))
        issue_ticket(office, reservation, held);
}

void tickets_void(struct office *office, struct live_reservation *reservation)
{
    CHECK(reservation->row.status == RESERVATION_STATUS_CANCELLED);
    for (struct held_seat *held = reservation_seats(office, reservation); held != NULL;
         held = held_seat_next(office, held)) {
        if (held->ticket == 0)
            continue; /* from before there were any */
        const struct ticket row = ticket_row(office, reservation, held);
        put_ticket(office, reservation, held, &row);
    }
}

/* ---- Of what was paid for before there were any ---- */

static void end_catching_up(struct office *office)
{
    struct house house = office->house;
    office->tickets_owed = false;
    if (house.tickets_since != 0)
        return;
    /* What begins later is in memory by either clock, and has its tickets now. */
    house.tickets_since =
        office->now.wall > office->now.house ? office->now.wall : office->now.house;
    put_house(office, &house);
}

bool tickets_catch_up(struct office *office)
{
    size_t left = CATCH_UP_SLICE;
    if (!office->tickets_owed)
        return false;
    office->why = WHY_TICKETS_CAUGHT_UP;
    struct live_reservation *reservation;
    while ((reservation = pool_next(&office->reservations, office->tickets_looked)) != NULL) {
        const struct held_seat *first = reservation_seats(office, reservation);
        if (reservation->row.status == RESERVATION_STATUS_CONFIRMED && first->ticket == 0) {
            if (left-- == 0)
                return true;
            step_reserve(office);
            CHECK(tickets_reserve(office, reservation->seat_count));
            tickets_issue(office, reservation);
        }
        office->tickets_looked = reservation->item.number;
    }
    end_catching_up(office);
    return false;
}

/* ---- Finding ---- */

/* The live seat that a ticket is for; NULL: it has left memory with its round, or is void. */
static struct held_seat *find_ticket_seat(const struct office *office,
                                          const struct live_reservation *reservation, struct id id)
{
    struct held_seat *held = reservation == NULL ? NULL : reservation_seats(office, reservation);
    for (; held != NULL; held = held_seat_next(office, held)) {
        const struct live_ticket *ticket = held_seat_ticket(office, held);
        if (ticket != NULL && id_equal(ticket->id, id))
            return held;
    }
    return NULL;
}

/* A ticket as it is now, and where it lies. */
struct sought_ticket {
    struct ticket row;
    struct live_reservation *reservation;
    struct held_seat *held; /* NULL: not in memory */
};

/* Whether what was read may be of before a refund that memory has forgotten since. */
static bool is_out_of_date(const struct office *office, const struct call *call,
                           const struct sought_ticket *sought)
{
    const struct live_round *round = round_find(office, sought->row.round_id);
    CHECK(round != NULL); /* something was reserved in it, so it stays */
    return sought->held == NULL && sought->row.status == TICKET_STATUS_VALID &&
           call->look_up.as_of_seq < round->last_seq;
}

/* No index leads to a ticket: a reader knows which reservation it is of, for ever, and memory what
 * became of it since. False: there is none, or (LOOK_UP_WANTED) it is still to be looked up. */
static bool seek_ticket(const struct office *office, struct id id, struct call *call,
                        struct sought_ticket *sought)
{
    if (!look_up_want(call, RECORD_KIND_TICKET, id) || call->look_up.state == LOOK_UP_WANTED)
        return false;
    sought->row = call->look_up.record->as.ticket;
    sought->reservation = reservation_find(office, sought->row.reservation_id);
    sought->held = find_ticket_seat(office, sought->reservation, id);
    if (sought->held != NULL)
        sought->row = ticket_row(office, sought->reservation, sought->held);
    if (!is_out_of_date(office, call, sought))
        return true;
    look_up_release(&call->look_up);
    CHECK(look_up_want(call, RECORD_KIND_TICKET, id));
    return false;
}

/* Where seek_ticket found nothing. */
static enum refusal ticket_not_found(const struct call *call)
{
    return call->look_up.state == LOOK_UP_WANTED ? REFUSAL_NONE : REFUSAL_NOT_FOUND;
}

static enum refusal show_ticket_row(const struct ticket *row, struct call *call)
{
    const struct record record = {.kind = RECORD_KIND_TICKET, .as.ticket = *row};
    return call_show_record(call, &record);
}

/* ---- Verbs ---- */

enum refusal ticket_answer(const struct office *office, const struct caller *caller, struct id id,
                           struct call *call)
{
    struct sought_ticket sought;
    if (!seek_ticket(office, id, call, &sought))
        return ticket_not_found(call);
    if (!caller_may_see(caller, sought.row.user_id))
        return caller_refuse_to_show(caller, call);
    return show_ticket_row(&sought.row, call);
}

enum refusal ticket_get(struct office *office, const struct caller *caller, struct call *call)
{
    return ticket_answer(office, caller, call->in.ticket.ticket_id, call);
}

/* What lets in is shown to its owner alone. */
enum refusal ticket_code_get(struct office *office, const struct caller *caller, struct call *call)
{
    struct sought_ticket sought;
    if (!seek_ticket(office, call->in.ticket.ticket_id, call, &sought))
        return ticket_not_found(call);
    if (!caller_owns(caller, sought.row.user_id))
        return REFUSAL_NOT_FOUND;
    if (sought.row.status == TICKET_STATUS_VOID)
        return REFUSAL_TICKET_VOID;
    return show_ticket_row(&sought.row, call);
}

/* Finds one that may be changed by the caller, and still lets in. */
static enum refusal seek_to_change(const struct office *office, const struct caller *caller,
                                   struct call *call, struct sought_ticket *sought)
{
    *sought = (struct sought_ticket){.held = NULL};
    if (!seek_ticket(office, call->in.ticket.ticket_id, call, sought))
        return ticket_not_found(call);
    if (!caller_may_see(caller, sought->row.user_id))
        return caller_refuse_to_show(caller, call);
    return sought->held == NULL || sought->row.status == TICKET_STATUS_VOID ? REFUSAL_TICKET_VOID
                                                                            : REFUSAL_NONE;
}

enum refusal ticket_reissue(struct office *office, const struct caller *caller, struct call *call)
{
    struct sought_ticket sought;
    enum refusal refusal = seek_to_change(office, caller, call, &sought);
    if (refusal != REFUSAL_NONE || sought.held == NULL)
        return refusal;
    if (sought.row.generation == TICKET_GENERATION_MAX)
        return REFUSAL_CAPACITY;
    sought.row.generation++;
    refusal = show_ticket_row(&sought.row, call);
    if (refusal != REFUSAL_NONE)
        return refusal;

    /* ---- nothing fails below this line ---- */
    put_ticket(office, sought.reservation, sought.held, &sought.row);
    return REFUSAL_NONE;
}

static bool same_holder(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

enum refusal ticket_change(struct office *office, const struct caller *caller, struct call *call)
{
    struct sought_ticket sought;
    const char *name = call->in.ticket.holder_name;
    enum refusal refusal = seek_to_change(office, caller, call, &sought);
    if (refusal != REFUSAL_NONE || sought.held == NULL)
        return refusal;
    if (!call->in.ticket.has_holder_name || same_holder(name, sought.row.holder_name))
        return show_ticket_row(&sought.row, call);
    sought.row.holder_name = name;
    refusal = show_ticket_row(&sought.row, call);
    if (refusal != REFUSAL_NONE)
        return refusal;
    const char *own = text_copy(name);
    if (name != NULL && own == NULL)
        return REFUSAL_CAPACITY;

    /* ---- nothing fails below this line ---- */
    sought.row.holder_name = own;
    put_ticket(office, sought.reservation, sought.held, &sought.row);
    return REFUSAL_NONE;
}
