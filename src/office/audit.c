/* The invariants checked on the live state, for tests and simulations. Walks everything. */
#include "office/catalogue.h"
#include "office/reservation.h"
#include "office/state.h"
#include "office/token.h"
#include "office/user.h"
#include "office/waiting_line.h"

#include <stdlib.h>
#include <string.h>

static bool fail(struct explanation *explanation, int invariant, const char *what,
                 const char *prefix, struct id id)
{
    char text[ID_TEXT_BYTES];
    id_format(prefix, id, text);
    (void)explain(explanation, RESULT_CORRUPT, "invariant %d: %s: %s", invariant, what, text);
    return false;
}

/* 1: the seats of live reservations have the status that follows, and the counts agree: as many
 * seats are held and sold as reservations name, so no other seat is. */
static bool audit_seats(const struct office *office, struct explanation *explanation)
{
    int64_t named[2] = {0, 0}, counted[2] = {0, 0};
    for (const struct live_reservation *reservation = pool_next(&office->reservations, 0);
         reservation != NULL;
         reservation = pool_next(&office->reservations, reservation->item.number)) {
        const bool pending = reservation->row.status == RESERVATION_STATUS_PENDING;
        if ((!pending && reservation->row.status != RESERVATION_STATUS_CONFIRMED) ||
            round_is_over(reservation->round))
            continue;
        named[pending ? 0 : 1] += reservation->seat_count;
        for (const struct held_seat *held = reservation_seats(office, reservation); held != NULL;
             held = held_seat_next(office, held))
            if (held->seat->row.status != (pending ? SEAT_STATUS_HELD : SEAT_STATUS_SOLD))
                return fail(explanation, 1, "a reservation's seat has another status",
                            "reservation", reservation->row.id);
    }
    for (const struct live_round *round = pool_next(&office->rounds, 0); round != NULL;
         round = pool_next(&office->rounds, round->item.number)) {
        counted[0] += round_is_over(round) ? 0 : round->counts[SEAT_STATUS_HELD];
        counted[1] += round_is_over(round) ? 0 : round->counts[SEAT_STATUS_SOLD];
    }
    return (named[0] == counted[0] && named[1] == counted[1]) ||
           fail(explanation, 1, "seats are held or sold by nobody", "house", ID_NONE);
}

/* 16: what is paid for has a ticket for each seat, and no other ticket is there. */
static bool audit_tickets(const struct office *office, struct explanation *explanation)
{
    size_t tickets = 0;
    for (const struct live_reservation *reservation = pool_next(&office->reservations, 0);
         reservation != NULL;
         reservation = pool_next(&office->reservations, reservation->item.number)) {
        const bool paid = reservation->payment != NULL;
        const bool sold = reservation->row.status == RESERVATION_STATUS_CONFIRMED;
        for (const struct held_seat *held = reservation_seats(office, reservation); held != NULL;
             held = held_seat_next(office, held)) {
            tickets += held->ticket != 0;
            if (held->ticket != 0 ? !paid : sold && !office->tickets_owed)
                return fail(explanation, 16, "a seat lacks its ticket, or has one for nothing",
                            "reservation", reservation->row.id);
        }
    }
    return tickets == office->tickets.taken ||
           fail(explanation, 16, "there are tickets of no seat", "house", ID_NONE);
}

/* 4: what a round has sold is what its confirmed reservations say. */
static bool audit_sales(const struct live_round *round, struct explanation *explanation)
{
    int64_t confirmed = 0, revenue = 0;
    for (const struct live_reservation *reservation = round->reservations; reservation != NULL;
         reservation = reservation->of_round.next) {
        if (reservation->row.status != RESERVATION_STATUS_CONFIRMED)
            continue;
        confirmed++;
        revenue += reservation->row.amount;
    }
    return (confirmed == round->confirmed && revenue == round->revenue) ||
           fail(explanation, 4, "the sales are not those of the reservations", "round",
                round->row.id);
}

/* 5: the counts and the public's characters are those of the seats. */
static bool audit_round(const struct live_round *round, struct explanation *explanation)
{
    int64_t counts[4] = {0, 0, 0, 0};
    if (round_is_over(round))
        return true;
    for (int64_t i = 0; i < round->row.total_seat_cnt; i++) {
        const enum seat_status status = round->seats[i]->row.status;
        counts[status]++;
        if (round->states[i] != "ahsb"[status])
            return fail(explanation, 5, "a seat's public state is wrong", "round", round->row.id);
        if (seat_bits_is_free(round->bits, (size_t)i) != (status == SEAT_STATUS_AVAILABLE))
            return fail(explanation, 5, "a seat that can be had is not chosen, or another is",
                        "round", round->row.id);
    }
    if (memcmp(counts, round->counts, sizeof counts) != 0)
        return fail(explanation, 5, "the counts are not those of the seats", "round",
                    round->row.id);
    return audit_sales(round, explanation);
}

/* 11: a key is kept once, and no more of a user than count. */
static bool audit_keys(const struct office *office, const struct live_user *user,
                       struct explanation *explanation)
{
    size_t count = 0;
    for (const struct live_key *key = user_keys(office, user); key != NULL;
         key = key_next(office, key)) {
        count++;
        for (const struct live_key *other = key_next(office, key); other != NULL;
             other = key_next(office, other))
            if (other->row.key_hash == key->row.key_hash)
                return fail(explanation, 11, "an Idempotency-Key is kept twice", "user", user->id);
        if (key->user != user || count > IDEMPOTENCY_KEYS_PER_USER_MAX)
            return fail(explanation, 11, "a user's Idempotency-Keys are wrong", "user", user->id);
    }
    return true;
}

/* 8: one live token a user, and no more seats a round than one may have. */
static bool audit_user(const struct office *office, const struct live_user *user,
                       struct explanation *explanation)
{
    if (user->account.balance < 0)
        return fail(explanation, 3, "a balance is negative", "user", user->id);
    const struct live_token *token = user_token(office, user);
    if (token != NULL &&
        (token_user(office, token) != user || token->status == TOKEN_STATUS_EXPIRED))
        return fail(explanation, 8, "a user's live token is not live", "user", user->id);
    const struct live_reservation *first = user_reservations(office, user);
    for (const struct live_reservation *one = first; one != NULL; one = one->of_user.next) {
        int64_t seats = 0;
        for (const struct live_reservation *other = first; other != NULL;
             other = other->of_user.next)
            seats += other->round == one->round ? other->seat_count : 0;
        if (seats > office->house.seats_per_user_ceiling)
            return fail(explanation, 8, "a user has too many seats of a round", "user", user->id);
    }
    return true;
}

/* Those of its lane that were passed over stand before the cursor, and were served. */
static bool stands_in_line(const struct office *office, const struct live_token *token)
{
    const struct live_lane *lane = token_lane(office, token);
    const struct live_visit *visit = token_visit(office, token);
    const bool passed = visit != NULL && visit->passed_at != 0;
    return token->position < lane->length && lane->slots[token->position] == token->item.number &&
           passed == (token->position < lane->cursor) &&
           (!passed || token->number <= office->house.serving);
}

/* 6: a lane's numbers rise, those who are present stand in its tree, and it counts its own. */
static bool audit_lane(const struct office *office, const struct live_lane *lane)
{
    size_t waiting = 0, present = 0;
    int64_t number = 0;
    for (size_t i = 0; i < lane->length; i++) {
        const struct live_token *token = pool_find(&office->tokens, lane->slots[i]);
        if (token == NULL)
            continue;
        if (token->number <= number || fenwick_sum_below(&lane->present, i) != present ||
            token_lane(office, token) != lane ||
            lane_ahead(office, lane, token->number) != (int64_t)present)
            return false;
        number = token->number;
        waiting++;
        present += token->present;
    }
    return waiting == lane->waiting && present == lane->present_count &&
           lane_find(office, lane->concert_id) == lane;
}

/* What a lane counts of its tokens, by its number in the pool. */
struct lane_count {
    size_t tokens, active, holding;
};

static bool audit_lanes(const struct office *office, struct explanation *explanation)
{
    struct lane_count *counts = calloc(office->lanes.high + 1, sizeof *counts);
    if (counts == NULL)
        return fail(explanation, 6, "no memory to count the lanes", "house", ID_NONE);
    for (const struct live_token *token = pool_next(&office->tokens, 0); token != NULL;
         token = pool_next(&office->tokens, token->item.number)) {
        struct lane_count *count = &counts[token->lane];
        count->tokens++;
        count->active += token->status == TOKEN_STATUS_ACTIVE;
        count->holding += token->status == TOKEN_STATUS_ACTIVE && token_has_hold(office, token);
    }
    bool good = true;
    for (size_t i = 0; good && i < office->line.lane_count; i++) {
        const struct live_lane *lane = office->line.lanes[i];
        const struct lane_count *count = &counts[lane->item.number];
        good = audit_lane(office, lane) && lane->tokens == count->tokens &&
               lane->active == count->active && lane->holding == count->holding;
        if (!good)
            (void)fail(explanation, 6, "a lane is not of its tokens", "concert", lane->concert_id);
    }
    free(counts);
    return good;
}

/* 5: what is on sale is counted as the seats are. Where time has passed since, the next look at it
 * counts anew. */
static bool audit_offer(const struct office *office, struct explanation *explanation)
{
    struct offer all = {0}, each = {0};
    if (office->offer.catalogue_version != office->catalogue_version)
        return true;
    for (size_t i = 0; i < office->rounds.taken; i++) {
        const struct live_round *round = office->round_order[i];
        all.rounds += round->selling;
        all.available += round->selling ? round->counts[SEAT_STATUS_AVAILABLE] : 0;
        all.held += round->selling ? round->counts[SEAT_STATUS_HELD] : 0;
    }
    for (size_t i = 0; i < office->concerts.taken; i++) {
        const struct offer *offer = &office->concert_order[i]->offer;
        each.rounds += offer->rounds;
        each.available += offer->available;
        each.held += offer->held;
    }
    return (memcmp(&all, &office->offer.all, sizeof all) == 0 &&
            memcmp(&all, &each, sizeof all) == 0) ||
           fail(explanation, 5, "the offer is not that of the rounds", "house", ID_NONE);
}

/* 7, 8 and the line: every live token is its user's, and the counts are those of the tokens. */
static bool audit_queue(const struct office *office, struct explanation *explanation)
{
    size_t waiting = 0, active = 0;
    for (const struct live_token *token = pool_next(&office->tokens, 0); token != NULL;
         token = pool_next(&office->tokens, token->item.number)) {
        if (token->status == TOKEN_STATUS_EXPIRED)
            continue;
        if (user_token(office, token_user(office, token)) != token)
            return fail(explanation, 8, "a user has two live tokens", "token", token->id);
        active += token->status == TOKEN_STATUS_ACTIVE;
        waiting += token->status == TOKEN_STATUS_WAITING;
        if (token->status == TOKEN_STATUS_WAITING && !stands_in_line(office, token))
            return fail(explanation, 6, "a token is out of line", "token", token->id);
    }
    if (!audit_lanes(office, explanation))
        return false;
    if (active != office->active_count || waiting != office->line.waiting)
        return fail(explanation, 7, "the queue's counts are wrong", "house", ID_NONE);
    return (int64_t)active <= office->house.active_ceiling ||
           fail(explanation, 7, "more tokens are active than may be", "house", ID_NONE);
}

/* The counts are those of the users. Who left has no way in, and nobody's address or external id.
 */
static bool audit_roles(const struct office *office, struct explanation *explanation)
{
    size_t counts[USER_ROLE_FORMER + 1] = {0};
    for (const struct live_user *user = pool_next(&office->users, 0); user != NULL;
         user = pool_next(&office->users, user->item.number)) {
        counts[user->role]++;
        if (user->role == USER_ROLE_FORMER &&
            (user->sessions != 0 || reset_find(office, user->id) != NULL ||
             user_email(user) != NULL || user_external_id(user) != NULL))
            return fail(explanation, 18, "somebody who left has a way in", "user", user->id);
    }
    return memcmp(counts, office->users_of_role, sizeof counts) == 0 ||
           fail(explanation, 18, "the counts of roles are not those of the users", "house",
                ID_NONE);
}

bool office_audit(const struct office *office, struct explanation *explanation)
{
    if (!audit_live(office, explanation))
        return false;
    for (const struct live_user *user = pool_next(&office->users, 0); user != NULL;
         user = pool_next(&office->users, user->item.number))
        if (!audit_user(office, user, explanation) || !audit_keys(office, user, explanation))
            return false;
    for (const struct live_round *round = pool_next(&office->rounds, 0); round != NULL;
         round = pool_next(&office->rounds, round->item.number))
        if (!audit_round(round, explanation))
            return false;
    return audit_roles(office, explanation) && audit_seats(office, explanation) &&
           audit_tickets(office, explanation) && audit_offer(office, explanation) &&
           audit_queue(office, explanation);
}
