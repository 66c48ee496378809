/* The doors of reservations, their seats, their payments and their tickets. */
#include "office/catalogue.h"
#include "office/door.h"
#include "office/reservation.h"
#include "office/state.h"
#include "office/texts.h"
#include "office/user.h"

/* ---- Payments ---- */

static struct live_payment *new_payment(struct office *office, const struct payment *row)
{
    struct live_payment *payment = pool_take(&office->payments);
    payment->row = *row;
    index_insert(&office->payment_by_id, payment);
    return payment;
}

/* A payment is of one reservation's whole amount by its owner, and a reservation has one that
 * succeeded and one that failed at the most. */
static void check_payment(const struct live_reservation *reservation,
                          const struct live_payment *payment, const struct payment *row)
{
    const struct live_payment *there =
        row->status == PAYMENT_STATUS_FAILED ? reservation->failed_payment : reservation->payment;
    CHECK(id_equal(reservation->row.id, row->reservation_id));
    CHECK(reservation->row.amount == row->amount);
    CHECK(there == payment || there == NULL);
}

/* A payment that failed is the failed one, and any other is the payment. */
static void check_payments_of(const struct live_reservation *reservation)
{
    const struct live_payment *payment = reservation->payment;
    const struct live_payment *failed = reservation->failed_payment;
    CHECK(payment == NULL || payment->row.status != PAYMENT_STATUS_FAILED);
    CHECK(failed == NULL || failed->row.status == PAYMENT_STATUS_FAILED);
}

struct live_payment *put_payment(struct office *office, struct live_payment *payment,
                                 struct live_reservation *reservation, const struct payment *row)
{
    CHECK(reservation != NULL || office->loading != NULL);
    if (reservation != NULL)
        check_payment(reservation, payment, row);
    door_append(office, RECORD_KIND_PAYMENT, row);
    if (payment == NULL) {
        door_check_beginning(office, RECORD_KIND_PAYMENT, (int)row->status);
        payment = new_payment(office, row);
    } else {
        CHECK(id_equal(payment->row.id, row->id));
        CHECK(payment->row.amount == row->amount);
        door_check_move(office, RECORD_KIND_PAYMENT, (int)payment->row.status, (int)row->status);
        payment->row = *row;
    }
    if (reservation == NULL)
        return payment;
    reservation->round->last_seq = office->seq;
    if (row->status == PAYMENT_STATUS_FAILED)
        reservation->failed_payment = payment;
    else
        reservation->payment = payment;
    check_payments_of(reservation);
    return payment;
}

/* ---- Reservations ---- */

static void link_reservation(struct office *office, struct live_reservation *reservation)
{
    struct live_reservation *next = user_reservations(office, reservation->user);
    reservation->of_user = (struct reservation_link){.next = next};
    if (next != NULL) {
        CHECK(next->of_user.previous == NULL);
        next->of_user.previous = reservation;
    }
    reservation->user->reservations = reservation->item.number;

    struct live_round *round = reservation->round;
    reservation->of_round = (struct reservation_link){.next = round->reservations};
    if (round->reservations != NULL) {
        CHECK(round->reservations->of_round.previous == NULL);
        round->reservations->of_round.previous = reservation;
    }
    round->reservations = reservation;
}

/* Who stands beside it on a list has it at their side. */
static void check_links(const struct live_reservation *reservation)
{
    const struct reservation_link user = reservation->of_user, round = reservation->of_round;
    CHECK(user.previous == NULL ? reservation->user->reservations == reservation->item.number
                                : user.previous->of_user.next == reservation);
    CHECK(user.next == NULL || user.next->of_user.previous == reservation);
    CHECK(round.previous == NULL ? reservation->round->reservations == reservation
                                 : round.previous->of_round.next == reservation);
    CHECK(round.next == NULL || round.next->of_round.previous == reservation);
}

void reservation_unlink(struct live_reservation *reservation)
{
    const struct reservation_link user = reservation->of_user, round = reservation->of_round;
    check_links(reservation);
    if (user.previous != NULL)
        user.previous->of_user.next = user.next;
    else
        reservation->user->reservations = user.next == NULL ? 0 : user.next->item.number;
    if (user.next != NULL)
        user.next->of_user.previous = user.previous;
    if (round.previous != NULL)
        round.previous->of_round.next = round.next;
    else
        reservation->round->reservations = round.next;
    if (round.next != NULL)
        round.next->of_round.previous = round.previous;
}

bool reservation_is_live(const struct live_reservation *reservation)
{
    return reservation->row.status == RESERVATION_STATUS_PENDING ||
           reservation->row.status == RESERVATION_STATUS_CONFIRMED;
}

/* Takes a reservation into what its round has sold, or (`sign` -1) out of it. */
static void count_sale(struct live_reservation *reservation, int sign)
{
    if (reservation->row.status != RESERVATION_STATUS_CONFIRMED)
        return;
    reservation->round->confirmed += sign;
    reservation->round->revenue += sign * reservation->row.amount;
    CHECK(reservation->round->confirmed >= 0);
    CHECK(reservation->round->revenue >= 0);
}

/* Its seats come back when it is not paid in time. */
static void follow_return(struct live_reservation *reservation)
{
    const struct seat_reservation *row = &reservation->row;
    if (row->status == RESERVATION_STATUS_PENDING)
        heap_set(&reservation->round->returns, reservation, row->expires_at);
    else
        heap_remove(&reservation->round->returns, reservation);
}

/* What does not change in a reservation's life. */
static void check_known_reservation(const struct live_reservation *reservation,
                                    const struct live_user *user, const struct live_round *round,
                                    const struct seat_reservation *row)
{
    CHECK(id_equal(reservation->row.id, row->id));
    CHECK(reservation->user == user);
    CHECK(reservation->round == round);
    CHECK(reservation->row.amount == row->amount);
}

/* What its state says: until when it is held, how it was paid for, when and why it ended. A loaded
 * row was held against the others (fit.c). */
static void check_state_of_reservation(const struct office *office,
                                       const struct live_reservation *reservation)
{
    const struct seat_reservation *row = &reservation->row;
    const struct live_payment *payment = reservation->payment;
    const uint32_t returns = reservation->returns.place;
    CHECK((returns != 0) == (reservation->deadline.place != 0));
    switch (row->status) {
    case RESERVATION_STATUS_PENDING:
        CHECK(payment == NULL);
        CHECK(reservation->deadline.place != 0);
        CHECK(reservation->round->returns.times[returns - 1] == row->expires_at);
        return;
    case RESERVATION_STATUS_CONFIRMED:
        CHECK(payment != NULL && payment->row.status == PAYMENT_STATUS_SUCCEEDED);
        CHECK(id_equal(row->payment_id, payment->row.id));
        CHECK(row->used_points == row->amount);
        CHECK(reservation->deadline.place == 0);
        return;
    case RESERVATION_STATUS_CANCELLED:
        CHECK(row->cancel_reason != CANCEL_REASON_NONE);
        CHECK(payment == NULL || payment->row.status == PAYMENT_STATUS_CANCELLED);
        break;
    case RESERVATION_STATUS_EXPIRED:
        CHECK(row->cancel_reason == CANCEL_REASON_NONE);
        CHECK(row->expires_at <= office->now.house);
        break;
    }
    CHECK(row->ended_at == office->now.house);
    CHECK(reservation->deadline.place == 0);
}

static struct live_reservation *new_reservation(struct office *office, struct live_user *user,
                                                struct live_round *round,
                                                const struct seat_reservation *row)
{
    struct live_reservation *reservation = pool_take(&office->reservations);
    reservation->user = user;
    reservation->round = round;
    reservation->row = *row;
    index_insert(&office->reservation_by_id, reservation);
    link_reservation(office, reservation);
    round->reservation_count++;
    return reservation;
}

struct live_reservation *put_reservation(struct office *office,
                                         struct live_reservation *reservation,
                                         struct live_user *user, struct live_round *round,
                                         const struct seat_reservation *row)
{
    CHECK(id_equal(user->id, row->user_id));
    CHECK(id_equal(round->row.id, row->round_id));
    door_append(office, RECORD_KIND_SEAT_RESERVATION, row);
    bool was_live = true;
    if (reservation == NULL) {
        door_check_beginning(office, RECORD_KIND_SEAT_RESERVATION, (int)row->status);
        reservation = new_reservation(office, user, round, row);
    } else {
        check_known_reservation(reservation, user, round, row);
        door_check_move(office, RECORD_KIND_SEAT_RESERVATION, (int)reservation->row.status,
                        (int)row->status);
        told_change(office, RECORD_KIND_SEAT_RESERVATION, &reservation->row, row);
        was_live = reservation_is_live(reservation);
        count_sale(reservation, -1);
    }
    reservation->row = *row;
    count_sale(reservation, 1);
    follow_return(reservation);
    round->last_seq = office->seq;
    if (row->status == RESERVATION_STATUS_PENDING)
        heap_set(&office->hold_deadlines, reservation, row->expires_at);
    else
        heap_remove(&office->hold_deadlines, reservation);
    if (was_live && !reservation_is_live(reservation)) {
        reservation_unlink(reservation);
        finished_list_add(&office->finished_reservations, reservation, office->seq);
    }
    if (office->loading == NULL)
        check_state_of_reservation(office, reservation);
    return reservation;
}

/* ---- Their seats ---- */

/* Made with those before it when there is none yet. */
static struct held_seat *held_seat_at(struct office *office, struct live_reservation *reservation,
                                      int64_t position)
{
    uint32_t *link = &reservation->seats;
    struct held_seat *held = NULL;
    for (int64_t i = 0; i <= position; i++) {
        if (*link == 0) {
            held = pool_take(&office->held_seats);
            *link = held->item.number;
            reservation->seat_count++;
        } else {
            held = pool_at(&office->held_seats, *link);
        }
        link = &held->next;
    }
    return held;
}

/* A hold takes its seats one after the other, each while it is free and at its price. */
static void check_held_seat(const struct live_reservation *reservation,
                            const struct live_seat *seat, const struct reservation_seat *row)
{
    CHECK(reservation->row.status == RESERVATION_STATUS_PENDING);
    CHECK(seat->row.status == SEAT_STATUS_AVAILABLE);
    CHECK(row->position == reservation->seat_count);
    CHECK(row->price == seat->row.price);
}

void put_reservation_seat(struct office *office, struct live_reservation *reservation,
                          struct live_seat *seat, const struct reservation_seat *row)
{
    CHECK(id_equal(reservation->row.id, row->reservation_id));
    CHECK(id_equal(seat->row.id, row->seat_id));
    if (office->loading == NULL)
        check_held_seat(reservation, seat, row);
    door_append(office, RECORD_KIND_RESERVATION_SEAT, row);
    struct held_seat *held = held_seat_at(office, reservation, row->position);
    held->seat = seat;
#define HELD_SEAT_KEEPS(type, column, width) held->column = row->column;
#include "office/kept.def"
}

/* ---- Their tickets ---- */

/* A new one has the next serial. One that is there keeps it, and its codes are revoked for ever. */
static void check_ticket(const struct office *office, const struct live_ticket *ticket,
                         const struct ticket *row)
{
    if (ticket == NULL) {
        CHECK(row->serial == office->house.last_serial + 1);
        CHECK(row->generation == 1);
        return;
    }
    CHECK(id_equal(ticket->id, row->id));
    CHECK(ticket->serial == row->serial);
    CHECK(row->generation == ticket->generation || row->generation == ticket->generation + 1);
}

/* It lets in as long as its reservation has the seat. */
static void check_reservation_of_ticket(const struct live_reservation *reservation,
                                        const struct held_seat *held, const struct ticket *row)
{
    CHECK(id_equal(reservation->row.id, row->reservation_id));
    CHECK(id_equal(reservation->row.user_id, row->user_id));
    CHECK(id_equal(held->seat->row.id, row->seat_id));
    CHECK((reservation->row.status == RESERVATION_STATUS_CONFIRMED) ==
          (row->status == TICKET_STATUS_VALID));
    CHECK(row->status == TICKET_STATUS_VALID || row->voided_at == reservation->row.ended_at);
}

static struct live_ticket *new_ticket(struct office *office, struct held_seat *held,
                                      const struct ticket *row)
{
    struct live_ticket *ticket = pool_take(&office->tickets);
    ticket->id = row->id;
    ticket->serial = row->serial;
    held->ticket = ticket->item.number;
    return ticket;
}

void put_ticket(struct office *office, struct live_reservation *reservation, struct held_seat *held,
                const struct ticket *row)
{
    struct live_ticket *ticket = held_seat_ticket(office, held);
    if (office->loading == NULL) {
        check_ticket(office, ticket, row);
        check_reservation_of_ticket(reservation, held, row);
    }
    door_append(office, RECORD_KIND_TICKET, row);
    if (ticket == NULL) {
        door_check_beginning(office, RECORD_KIND_TICKET, (int)row->status);
        ticket = new_ticket(office, held, row);
    } else {
        const struct ticket before = {.generation = ticket->generation};
        told_change(office, RECORD_KIND_TICKET, &before, row);
    }
    ticket->generation = (uint32_t)row->generation;
    if (ticket->holder_name != row->holder_name)
        texts_free_block(ticket->holder_name);
    ticket->holder_name = row->holder_name;
    reservation->round->last_seq = office->seq;
}
