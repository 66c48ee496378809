/* See fit.h. All rows against each other, when everything is loaded: what no row can be refused for
 * alone, since others were still to come. */
#include "office/catalogue.h"
#include "office/fit.h"
#include "office/reservation.h"
#include "office/state.h"
#include "office/token.h"
#include "office/user.h"
#include "office/waiting_line.h"

#include <stdlib.h>

/* ---- The line ---- */

enum contradiction fit_token(const struct office *office, const struct live_token *token)
{
    const struct house *house = &office->house;
    if (token->number < 1 || token->number > house->last_number)
        return CONTRADICTION_NUMBER_NOT_GIVEN;
    const bool served = token->number <= house->serving;
    if (token->status == TOKEN_STATUS_ACTIVE)
        return served ? CONTRADICTION_NONE : CONTRADICTION_NUMBER_NOT_SERVED;
    const struct live_visit *visit = token_visit(office, token);
    const bool passed = visit != NULL && visit->passed_at != 0;
    /* Those of a lane that were passed over stand before the others; who stays while all is sold
     * out may have a number that was served. */
    return (passed && !served) || passed != (token->position < token_lane(office, token)->cursor)
               ? CONTRADICTION_NUMBER_NOT_SERVED
               : CONTRADICTION_NONE;
}

/* ---- Rounds ---- */

static enum contradiction check_seating(const struct live_round *round)
{
    for (int64_t i = 0; round->seats != NULL && i < round->row.total_seat_cnt; i++)
        if (round->seats[i] == NULL)
            return CONTRADICTION_SEATS_MISSING;
    return CONTRADICTION_NONE;
}

/* A seat is claimed by the reservation that has it. While all are looked at, the seat's character
 * among the round's states says so: its letter is a capital then. */
#define CLAIMED ('a' - 'A')

static enum contradiction claim(const struct live_seat *seat, enum reservation_status status)
{
    char *state = &seat->round->states[seat->row.position];
    if ((*state & CLAIMED) == 0)
        return CONTRADICTION_SEAT_TWICE;
    const enum seat_status wanted =
        status == RESERVATION_STATUS_PENDING ? SEAT_STATUS_HELD : SEAT_STATUS_SOLD;
    if (seat->row.status != wanted)
        return CONTRADICTION_SEAT_OF_OTHER_STATUS;
    *state = (char)(*state & ~CLAIMED);
    return CONTRADICTION_NONE;
}

/* Ends the claims on a round's seats; each that is held or sold had one. */
static enum contradiction end_claims(const struct live_round *round)
{
    int64_t claims = 0;
    for (int64_t i = 0; round->seats != NULL && i < round->row.total_seat_cnt; i++) {
        claims += (round->states[i] & CLAIMED) == 0;
        round->states[i] = (char)(round->states[i] | CLAIMED);
    }
    return claims == round->counts[SEAT_STATUS_HELD] + round->counts[SEAT_STATUS_SOLD]
               ? CONTRADICTION_NONE
               : CONTRADICTION_SEATS_OF_NOBODY;
}

/* ---- Reservations ---- */

/* The seats are there, are as the reservation's state says, and cost what it says. */
static enum contradiction judge_seats(const struct office *office,
                                      const struct live_reservation *reservation)
{
    int64_t amount = 0;
    if (reservation->seats == 0)
        return CONTRADICTION_SEAT_MISSING;
    for (const struct held_seat *held = reservation_seats(office, reservation); held != NULL;
         held = held_seat_next(office, held)) {
        if (held->seat == NULL)
            return CONTRADICTION_SEAT_MISSING;
        amount += held->price;
        const enum contradiction contradiction = reservation_is_live(reservation)
                                                     ? claim(held->seat, reservation->row.status)
                                                     : CONTRADICTION_NONE;
        if (contradiction != CONTRADICTION_NONE)
            return contradiction;
    }
    return amount == reservation->row.amount ? CONTRADICTION_NONE
                                             : CONTRADICTION_AMOUNT_OF_OTHER_SEATS;
}

/* What is confirmed was paid for, what was paid for and cancelled was refunded, and nothing else
 * was paid for. */
static enum contradiction judge_payment(const struct live_reservation *reservation)
{
    const struct live_payment *payment = reservation->payment;
    const bool paid = payment != NULL;
    const bool named = paid ? id_equal(payment->row.id, reservation->row.payment_id)
                            : id_is_none(reservation->row.payment_id);
    bool good = false;
    switch (reservation->row.status) {
    case RESERVATION_STATUS_PENDING:
    case RESERVATION_STATUS_EXPIRED:
        good = !paid;
        break;
    case RESERVATION_STATUS_CONFIRMED:
        good = paid && payment->row.status == PAYMENT_STATUS_SUCCEEDED;
        break;
    case RESERVATION_STATUS_CANCELLED:
        good = !paid || payment->row.status == PAYMENT_STATUS_CANCELLED;
        break;
    }
    return good && named ? CONTRADICTION_NONE : CONTRADICTION_PAYMENT_OF_OTHER_STATUS;
}

/* A hold ends with its token at the latest. */
static enum contradiction judge_hold(const struct office *office,
                                     const struct live_reservation *reservation)
{
    if (reservation->row.status != RESERVATION_STATUS_PENDING)
        return CONTRADICTION_NONE;
    struct live_token *token = user_token(office, reservation->user);
    if (token == NULL || token->status != TOKEN_STATUS_ACTIVE ||
        !id_equal(token->id, reservation->row.token_id))
        return CONTRADICTION_HOLD_WITHOUT_TOKEN;
    if (token->hold_count == HOLDS_PER_TOKEN_MAX)
        return CONTRADICTION_HOLDS_BEYOND_MOST;
    token->hold_count++;
    return CONTRADICTION_NONE;
}

/* All seats have their tickets, once there are any; what was paid for before may have none. */
static enum contradiction judge_tickets(const struct office *office,
                                        const struct live_reservation *reservation)
{
    const bool paid = reservation->payment != NULL;
    const timestamp_ms since = office->house.tickets_since;
    const bool must = paid && since != 0 && reservation->payment->row.paid_at > since;
    size_t tickets = 0;
    for (const struct held_seat *held = reservation_seats(office, reservation); held != NULL;
         held = held_seat_next(office, held)) {
        const struct live_ticket *ticket = held_seat_ticket(office, held);
        if (ticket != NULL && ticket->serial > office->house.last_serial)
            return CONTRADICTION_SERIAL_NOT_GIVEN;
        tickets += ticket != NULL;
    }
    return tickets == reservation->seat_count || (tickets == 0 && !must)
               ? CONTRADICTION_NONE
               : CONTRADICTION_TICKETS_MISSING;
}

static enum contradiction judge_reservation(const struct office *office,
                                            const struct live_reservation *reservation)
{
    enum contradiction contradiction = judge_seats(office, reservation);
    if (contradiction == CONTRADICTION_NONE)
        contradiction = judge_payment(reservation);
    if (contradiction == CONTRADICTION_NONE)
        contradiction = judge_tickets(office, reservation);
    if (contradiction == CONTRADICTION_NONE)
        contradiction = judge_hold(office, reservation);
    return contradiction;
}

/* ---- Seats of a user ---- */

/* The first reservation that gives its user more seats of the round than one may have, or NULL.
 * `counts` has a number a user, all zero, before and afterwards. */
static const struct live_reservation *beyond_most(const struct office *office,
                                                  const struct live_round *round, int64_t *counts)
{
    const struct live_reservation *found = NULL;
    for (const struct live_reservation *reservation = round->reservations; reservation != NULL;
         reservation = reservation->of_round.next) {
        int64_t *count = &counts[reservation->user->item.number];
        *count += reservation->seat_count;
        if (found == NULL && *count > office->house.seats_per_user_ceiling)
            found = reservation;
    }
    for (const struct live_reservation *reservation = round->reservations; reservation != NULL;
         reservation = reservation->of_round.next)
        counts[reservation->user->item.number] = 0;
    return found;
}

static enum result check_seats_of_users(const struct office *office, struct explanation *why)
{
    if (office->reservations.taken == 0)
        return RESULT_OK;
    int64_t *counts = calloc(office->users.taken + 1, sizeof *counts);
    if (counts == NULL)
        return explain(why, RESULT_NO_MEMORY, "no memory to count seats of users");
    const struct live_reservation *found = NULL;
    for (const struct live_round *round = pool_next(&office->rounds, 0);
         found == NULL && round != NULL; round = pool_next(&office->rounds, round->item.number))
        found = beyond_most(office, round, counts);
    free(counts);
    return found == NULL ? RESULT_OK
                         : contradict(why, CONTRADICTION_SEATS_BEYOND_MOST,
                                      RECORD_KIND_SEAT_RESERVATION, found->row.id);
}

/* ---- Everything ---- */

typedef enum contradiction check_round(const struct live_round *round);

static enum result check_rounds(const struct office *office, check_round *check,
                                struct explanation *why)
{
    for (const struct live_round *round = pool_next(&office->rounds, 0); round != NULL;
         round = pool_next(&office->rounds, round->item.number)) {
        const enum contradiction contradiction = check(round);
        if (contradiction != CONTRADICTION_NONE)
            return contradict(why, contradiction, RECORD_KIND_CONCERT_ROUND, round->row.id);
    }
    return RESULT_OK;
}

static enum result check_reservations(const struct office *office, struct explanation *why)
{
    for (const struct live_reservation *reservation = pool_next(&office->reservations, 0);
         reservation != NULL;
         reservation = pool_next(&office->reservations, reservation->item.number)) {
        const enum contradiction contradiction = judge_reservation(office, reservation);
        if (contradiction != CONTRADICTION_NONE)
            return contradict(why, contradiction, RECORD_KIND_SEAT_RESERVATION,
                              reservation->row.id);
    }
    return RESULT_OK;
}

enum result fit_all(struct office *office, struct explanation *why)
{
    enum result result = check_rounds(office, check_seating, why);
    if (result == RESULT_OK)
        result = check_reservations(office, why);
    if (result == RESULT_OK)
        result = check_rounds(office, end_claims, why);
    if (result == RESULT_OK)
        result = check_seats_of_users(office, why);
    if (result == RESULT_OK && (int64_t)office->active_count > office->house.active_ceiling)
        result = contradict(why, CONTRADICTION_ACTIVE_BEYOND_MOST, RECORD_KIND_HOUSE, ID_NONE);
    return result;
}
