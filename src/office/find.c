/* Finding live objects: by their keys, and from one to the other. */
#include "base/hash.h"
#include "office/catalogue.h"
#include "office/reservation.h"
#include "office/state.h"
#include "office/stored_plan.h"
#include "office/token.h"
#include "office/user.h"
#include "office/waiting_line.h"

#include <string.h>

/* ---- Keys ---- */

/* The functions that it defines come with their whole names, so that a search finds them. */
#define KEYED_BY_ID(hash_name, matches, find, type, key_id, by_id)                                 \
    bool hash_name(const void *item, uint64_t *hash)                                               \
    {                                                                                              \
        const struct type *live = item;                                                            \
        *hash = id_hash(live->key_id);                                                             \
        return true;                                                                               \
    }                                                                                              \
    bool matches(const void *item, const void *key)                                                \
    {                                                                                              \
        const struct type *live = item;                                                            \
        return id_equal(live->key_id, *(const struct id *)key);                                    \
    }                                                                                              \
    struct type *find(const struct office *office, struct id id)                                   \
    {                                                                                              \
        return index_find(&office->by_id, id_hash(id), &id);                                       \
    }

KEYED_BY_ID(user_hash, user_matches, user_find, live_user, id, user_by_id)
KEYED_BY_ID(session_hash, session_matches, session_find, live_session, id, session_by_id)
KEYED_BY_ID(api_key_hash, api_key_matches, api_key_find, live_api_key, row.id, api_key_by_id)
KEYED_BY_ID(reset_hash, reset_matches, reset_find, live_reset, row.user_id, reset_by_user)
KEYED_BY_ID(token_hash, token_matches, token_find, live_token, id, token_by_id)
KEYED_BY_ID(lane_hash, lane_matches, lane_find, live_lane, concert_id, lane_by_concert)
KEYED_BY_ID(plan_hash, plan_matches, plan_find, live_plan, row.id, plan_by_id)
KEYED_BY_ID(concert_hash, concert_matches, concert_find, live_concert, row.id, concert_by_id)
KEYED_BY_ID(round_hash, round_matches, round_find, live_round, row.id, round_by_id)
KEYED_BY_ID(seat_hash, seat_matches, seat_find, live_seat, row.id, seat_by_id)
KEYED_BY_ID(payment_hash, payment_matches, payment_find, live_payment, row.id, payment_by_id)
KEYED_BY_ID(reservation_hash, reservation_matches, reservation_find, live_reservation, row.id,
            reservation_by_id)

static uint64_t text_hash(const char *text)
{
    return hash_bytes(text, strlen(text));
}

bool mailbox_hash(const void *item, uint64_t *hash)
{
    const char *mailbox = user_mailbox(item);
    if (mailbox != NULL)
        *hash = text_hash(mailbox);
    return mailbox != NULL;
}

bool concert_name_hash(const void *item, uint64_t *hash)
{
    const struct live_concert *concert = item;
    if (concert->row.external_id != NULL)
        *hash = text_hash(concert->row.external_id);
    return concert->row.external_id != NULL;
}

bool concert_name_matches(const void *item, const void *key)
{
    const struct live_concert *concert = item;
    return strcmp(concert->row.external_id, key) == 0;
}

struct live_concert *concert_find_external(const struct office *office, const char *external_id)
{
    return index_find(&office->concert_by_external_id, text_hash(external_id), external_id);
}

bool user_external_hash(const void *item, uint64_t *hash)
{
    const char *external_id = user_external_id(item);
    if (external_id != NULL)
        *hash = text_hash(external_id);
    return external_id != NULL;
}

bool user_external_matches(const void *item, const void *key)
{
    return strcmp(user_external_id(item), key) == 0;
}

struct live_user *user_find_external(const struct office *office, const char *external_id)
{
    return index_find(&office->user_by_external_id, text_hash(external_id), external_id);
}

struct mailbox_key {
    const char *email, *mailbox;
    const struct live_user **oldest; /* of those that have the mailbox and were passed */
};

/* Passes all who have the mailbox but the one whose e-mail is kept as it was given. */
bool mailbox_matches(const void *item, const void *key)
{
    const struct live_user *user = item;
    const struct mailbox_key *wanted = key;
    if (strcmp(user_mailbox(user), wanted->mailbox) != 0)
        return false;
    if (*wanted->oldest == NULL || id_compare(user->id, (*wanted->oldest)->id) < 0)
        *wanted->oldest = user;
    return strcmp(user_email(user), wanted->email) == 0;
}

struct live_user *user_find_email(const struct office *office, const char *email,
                                  const char *mailbox)
{
    const struct live_user *oldest = NULL;
    const struct mailbox_key key = {
        .email = email, .mailbox = mailbox == NULL ? email : mailbox, .oldest = &oldest};
    struct live_user *exact = index_find(&office->user_by_mailbox, text_hash(key.mailbox), &key);
    return exact != NULL || oldest == NULL ? exact : pool_at(&office->users, oldest->item.number);
}

struct reference_key {
    struct id caller_id;
    const char *reference;
};

static uint64_t hash_of_reference(struct id caller_id, const char *reference)
{
    return text_hash(reference) ^ id_hash(caller_id);
}

bool reference_hash(const void *item, uint64_t *hash)
{
    const struct live_reference *live = item;
    *hash = hash_of_reference(live->row.caller_id, live->row.reference);
    return true;
}

bool reference_matches(const void *item, const void *key)
{
    const struct live_reference *live = item;
    const struct reference_key *wanted = key;
    return id_equal(live->row.caller_id, wanted->caller_id) &&
           strcmp(live->row.reference, wanted->reference) == 0;
}

struct live_reference *reference_find(const struct office *office, struct id caller_id,
                                      const char *reference)
{
    const struct reference_key key = {.caller_id = caller_id, .reference = reference};
    return index_find(&office->reference_by_text, hash_of_reference(caller_id, reference), &key);
}

/* ---- From one to the other ---- */

struct live_token *user_token(const struct office *office, const struct live_user *user)
{
    return pool_find(&office->tokens, user->token);
}

struct live_session *user_sessions(const struct office *office, const struct live_user *user)
{
    struct live_session *session = pool_find(&office->sessions, user->sessions);
    CHECK(session == NULL || session->user == user->item.number);
    return session;
}

struct live_reservation *user_reservations(const struct office *office,
                                           const struct live_user *user)
{
    return pool_find(&office->reservations, user->reservations);
}

struct held_seat *reservation_seats(const struct office *office,
                                    const struct live_reservation *reservation)
{
    return pool_find(&office->held_seats, reservation->seats);
}

struct held_seat *held_seat_next(const struct office *office, const struct held_seat *held)
{
    return pool_find(&office->held_seats, held->next);
}

struct live_ticket *held_seat_ticket(const struct office *office, const struct held_seat *held)
{
    return pool_find(&office->tickets, held->ticket);
}

struct live_key *user_keys(const struct office *office, const struct live_user *user)
{
    struct live_key *key = pool_find(&office->keys, user->keys);
    CHECK(key == NULL || key->user == user);
    return key;
}

struct live_session *session_next(const struct office *office, const struct live_session *session)
{
    struct live_session *next = pool_find(&office->sessions, session->next);
    CHECK(next == NULL || next->user == session->user);
    return next;
}

struct live_key *key_next(const struct office *office, const struct live_key *key)
{
    struct live_key *next = pool_find(&office->keys, key->next);
    CHECK(next == NULL || next->user == key->user);
    return next;
}

struct live_key *user_key(const struct office *office, const struct live_user *user,
                          int64_t key_hash)
{
    struct live_key *key = user_keys(office, user);
    while (key != NULL && key->row.key_hash != key_hash)
        key = key_next(office, key);
    return key;
}

struct live_user *session_user(const struct office *office, const struct live_session *session)
{
    return pool_at(&office->users, session->user);
}

struct live_user *token_user(const struct office *office, const struct live_token *token)
{
    return pool_at(&office->users, token->user);
}

struct live_lane *token_lane(const struct office *office, const struct live_token *token)
{
    return pool_at(&office->lanes, token->lane);
}

struct live_visit *token_visit(const struct office *office, const struct live_token *token)
{
    return pool_find(&office->visits, token->visit);
}
