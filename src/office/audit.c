/* The invariants checked on the live state, for tests and simulations. Walks everything. */
#include "office/catalogue.h"
#include "office/reservation.h"
#include "office/state.h"
#include "office/token.h"
#include "office/user.h"

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

/* 7, 8 and the line: every live token is its user's, and the counts are those of the tokens. */
static bool audit_queue(const struct office *office, struct explanation *explanation)
{
    size_t waiting = 0, present = 0, active = 0;
    for (const struct live_token *token = pool_next(&office->tokens, 0); token != NULL;
         token = pool_next(&office->tokens, token->item.number)) {
        if (token->status == TOKEN_STATUS_EXPIRED)
            continue;
        if (user_token(office, token_user(office, token)) != token)
            return fail(explanation, 8, "a user has two live tokens", "token", token->id);
        active += token->status == TOKEN_STATUS_ACTIVE;
        waiting += token->status == TOKEN_STATUS_WAITING;
        present += token->present;
        if (token->status == TOKEN_STATUS_WAITING &&
            (office->line.slots[token->position] != token->item.number ||
             (token->position < office->line.cursor) != (token->number <= office->house.serving)))
            return fail(explanation, 6, "a token is out of line", "token", token->id);
    }
    if (active != office->active_count || waiting != office->line.waiting ||
        present != office->line.present_count)
        return fail(explanation, 7, "the queue's counts are wrong", "house", ID_NONE);
    return (int64_t)active <= office->house.active_ceiling ||
           fail(explanation, 7, "more tokens are active than may be", "house", ID_NONE);
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
    return audit_seats(office, explanation) && audit_queue(office, explanation);
}
