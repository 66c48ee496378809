/* The live state's memory: its birth and end, finding rows by key, and room for what comes next. */
#include "office/state.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

void turn_begin(struct office *office, const struct turn *turn)
{
    office->now = turn->now;
    office->seq = turn->seq;
    office->ids = turn->ids;
}

struct id new_id(struct office *office)
{
    return id_next(office->ids, office->now.house);
}

/* Room for so many more changed seats. */
static bool changes_reserve(struct office *office, size_t count)
{
    const size_t needed = office->changed_count + count;
    if (needed <= office->changed_capacity)
        return true;
    const size_t capacity =
        needed < 2 * office->changed_capacity ? 2 * office->changed_capacity : needed;
    struct changed_seat *grown = realloc(office->changed_seats, capacity * sizeof *grown);
    if (grown == NULL)
        return false;
    office->changed_seats = grown;
    office->changed_capacity = capacity;
    return true;
}

bool batch_reserve(struct office *office, size_t plain_records, size_t seat_records,
                   size_t more_bytes)
{
    const size_t bytes = (plain_records + BATCH_RECORDS_SPARE) * PLAIN_RECORD_BYTES +
                         seat_records * SEAT_RECORD_BYTES + more_bytes;
    return changes_reserve(office, seat_records) &&
           buffer_reserve(&office->batch, bytes) == RESULT_OK;
}

/* ---- Texts ---- */

/* Where the block of a record's texts starts: at its first text, without which there are none.
 * NULL: a kind whose texts the office does not keep. */
static const char **first_text(struct record *record)
{
    if (record->kind == RECORD_KIND_CONCERT)
        return &record->as.concert.title;
    if (record->kind == RECORD_KIND_SEAT)
        return &record->as.seat.seat_number;
    return record->kind == RECORD_KIND_POINT_ENTRY ? &record->as.point_entry.reference : NULL;
}

bool texts_own(struct record *record)
{
    const char **first = first_text(record);
    if (first == NULL || *first == NULL)
        return true;
    char *const block = malloc(record_text_bytes(record));
    if (block == NULL)
        return false;
    record_move_texts(record, block);
    *first = block; /* where it points already: the record owns the block from here */
    return true;
}

void texts_free_block(const char *text)
{
    free((void *)(uintptr_t)text);
}

void texts_free(struct record *record)
{
    const char **first = first_text(record);
    if (first != NULL)
        texts_free_block(*first);
}

/* ---- Keys ---- */

/* The functions that it defines come with their whole names, so that a search finds them. */
#define KEYED_BY_ID(hash_name, matches, find, type, key_id, by_id)                                 \
    static bool hash_name(const void *item, uint64_t *hash)                                        \
    {                                                                                              \
        const struct type *live = item;                                                            \
        *hash = id_hash(live->key_id);                                                             \
        return true;                                                                               \
    }                                                                                              \
    static bool matches(const void *item, const void *key)                                         \
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
KEYED_BY_ID(token_hash, token_matches, token_find, live_token, id, token_by_id)
KEYED_BY_ID(concert_hash, concert_matches, concert_find, live_concert, row.id, concert_by_id)
KEYED_BY_ID(round_hash, round_matches, round_find, live_round, row.id, round_by_id)
KEYED_BY_ID(seat_hash, seat_matches, seat_find, live_seat, row.id, seat_by_id)
KEYED_BY_ID(payment_hash, payment_matches, payment_find, live_payment, row.id, payment_by_id)
KEYED_BY_ID(reservation_hash, reservation_matches, reservation_find, live_reservation, row.id,
            reservation_by_id)

/* What was given back is no longer marked with the number that it had. */
#define FOUND_NEAR(find_near, find, type, pool, found)                                             \
    struct type *find_near(struct office *office, struct id id)                                    \
    {                                                                                              \
        struct type *live = pool_find(&office->pool, office->found);                               \
        if (live == NULL || live->item.number != office->found || !id_equal(live->row.id, id))     \
            live = find(office, id);                                                               \
        if (live != NULL)                                                                          \
            office->found = live->item.number;                                                     \
        return live;                                                                               \
    }

FOUND_NEAR(round_find_near, round_find, live_round, rounds, found_round)
FOUND_NEAR(seat_find_near, seat_find, live_seat, seats, found_seat)
FOUND_NEAR(reservation_find_near, reservation_find, live_reservation, reservations,
           found_reservation)

/* Users never leave, so their numbers are 1 to as many as there are. */
static struct live_user *user_if(const struct office *office, uint32_t number, struct id id)
{
    if (number == 0 || number > office->users.taken)
        return NULL;
    struct live_user *user = pool_at(&office->users, number);
    return id_equal(user->id, id) ? user : NULL;
}

struct live_user *user_find_near(struct office *office, struct id id)
{
    struct live_user *user = user_if(office, office->found_user, id);
    if (user == NULL)
        user = user_if(office, office->found_user + 1, id);
    if (user == NULL) /* runs of people come in either direction */
        user = user_if(office, office->found_user - 1, id);
    if (user == NULL)
        user = user_find(office, id);
    if (user != NULL)
        office->found_user = user->item.number;
    return user;
}

static uint64_t text_hash(const char *text)
{
    return hash_bytes(text, strlen(text));
}

static bool mailbox_hash(const void *item, uint64_t *hash)
{
    const char *mailbox = user_mailbox(item);
    if (mailbox != NULL)
        *hash = text_hash(mailbox);
    return mailbox != NULL;
}

struct mailbox_key {
    const char *email, *mailbox;
    const struct live_user **oldest; /* of those that have the mailbox and were passed */
};

/* Passes all who have the mailbox but the one whose e-mail is kept as it was given. */
static bool mailbox_matches(const void *item, const void *key)
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

static bool reference_hash(const void *item, uint64_t *hash)
{
    const struct live_reference *live = item;
    *hash = hash_of_reference(live->row.caller_id, live->row.reference);
    return true;
}

static bool reference_matches(const void *item, const void *key)
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

/* ---- From one to the other, and back to rows ---- */

struct live_token *user_token(const struct office *office, const struct live_user *user)
{
    return pool_find(&office->tokens, user->token);
}

struct live_session *user_sessions(const struct office *office, const struct live_user *user)
{
    return pool_find(&office->sessions, user->sessions);
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

struct live_key *user_keys(const struct office *office, const struct live_user *user)
{
    return pool_find(&office->keys, user->keys);
}

struct live_session *session_next(const struct office *office, const struct live_session *session)
{
    return pool_find(&office->sessions, session->next);
}

struct live_key *key_next(const struct office *office, const struct live_key *key)
{
    return pool_find(&office->keys, key->next);
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

struct live_visit *token_visit(const struct office *office, const struct live_token *token)
{
    return pool_find(&office->visits, token->visit);
}

struct point_account account_row(const struct live_user *user)
{
    return (struct point_account){.user_id = user->id,
                                  .balance = user->account.balance,
                                  .last_updated = user->account.last_updated};
}

struct session session_row(const struct office *office, const struct live_session *session)
{
    return (struct session){.id = session->id,
                            .user_id = session_user(office, session)->id,
                            .secret_hash = session->secret_hash,
                            .created_at = session->created_at,
                            .expires_at = session->expires_at};
}

struct queue_token token_row(const struct office *office, const struct live_token *token)
{
    static const struct live_visit none = {.token = 0};
    const struct live_visit *visit = token_visit(office, token);
    if (visit == NULL)
        visit = &none;
    return (struct queue_token){.id = token->id,
                                .user_id = token_user(office, token)->id,
                                .status = token->status,
                                .number = token->number,
                                .reason = token->reason,
                                .issued_at = token->issued_at,
                                .activate_at = visit->activate_at,
                                .expires_at = visit->expires_at,
                                .holds_until = visit->holds_until,
                                .passed_at = visit->passed_at,
                                .ended_at = visit->ended_at};
}

/* ---- Life ---- */

static void init_pools(struct office *office)
{
    pool_init(&office->users, sizeof(struct live_user), MEMORY_HUGE_PAGES);
    pool_init(&office->sessions, sizeof(struct live_session), MEMORY_HUGE_PAGES);
    pool_init(&office->tokens, sizeof(struct live_token), MEMORY_HUGE_PAGES);
    pool_init(&office->visits, sizeof(struct live_visit), MEMORY_HUGE_PAGES);
    pool_init(&office->concerts, sizeof(struct live_concert), MEMORY_HUGE_PAGES);
    pool_init(&office->rounds, sizeof(struct live_round), MEMORY_HUGE_PAGES);
    pool_init(&office->seats, sizeof(struct live_seat), MEMORY_HUGE_PAGES);
    pool_init(&office->payments, sizeof(struct live_payment), MEMORY_SMALL_PAGES);
    pool_init(&office->reservations, sizeof(struct live_reservation), MEMORY_SMALL_PAGES);
    pool_init(&office->held_seats, sizeof(struct held_seat), MEMORY_SMALL_PAGES);
    pool_init(&office->references, sizeof(struct live_reference), MEMORY_SMALL_PAGES);
    pool_init(&office->keys, sizeof(struct live_key), MEMORY_SMALL_PAGES);
}

static void init_indexes(struct office *office)
{
    index_init(&office->user_by_id, &office->users, user_hash, user_matches);
    index_init(&office->user_by_mailbox, &office->users, mailbox_hash, mailbox_matches);
    index_init(&office->session_by_id, &office->sessions, session_hash, session_matches);
    index_init(&office->token_by_id, &office->tokens, token_hash, token_matches);
    index_init(&office->concert_by_id, &office->concerts, concert_hash, concert_matches);
    index_init(&office->round_by_id, &office->rounds, round_hash, round_matches);
    index_init(&office->seat_by_id, &office->seats, seat_hash, seat_matches);
    index_init(&office->payment_by_id, &office->payments, payment_hash, payment_matches);
    index_init(&office->reservation_by_id, &office->reservations, reservation_hash,
               reservation_matches);
    index_init(&office->reference_by_text, &office->references, reference_hash, reference_matches);
}

struct office *office_new(const struct office_settings *settings)
{
    struct office *office = calloc(1, sizeof *office);
    if (office == NULL)
        return NULL;
    office->settings = *settings;
    office->loading = true;
    init_pools(office);
    init_indexes(office);
    indexes_defer(office);
    heap_init(&office->session_deadlines, &office->sessions,
              offsetof(struct live_session, deadline));
    heap_init(&office->token_deadlines, &office->tokens, offsetof(struct live_token, deadline));
    heap_init(&office->hold_deadlines, &office->reservations,
              offsetof(struct live_reservation, deadline));
    heap_init(&office->key_deadlines, &office->keys, offsetof(struct live_key, deadline));
    arena_init(&office->texts);
    fenwick_init(&office->line.present);
    buffer_init(&office->batch, BATCH_BYTES_MAX);
    return office;
}

static void release_texts(struct office *office)
{
    for (struct live_user *user = pool_next(&office->users, 0); user != NULL;
         user = pool_next(&office->users, user->item.number))
        user_texts_free(&office->texts, user->texts);
    for (struct live_concert *concert = pool_next(&office->concerts, 0); concert != NULL;
         concert = pool_next(&office->concerts, concert->item.number))
        texts_free_block(concert->row.title);
    for (struct live_seat *seat = pool_next(&office->seats, 0); seat != NULL;
         seat = pool_next(&office->seats, seat->item.number))
        texts_free_block(seat->row.seat_number);
    for (struct live_reference *reference = pool_next(&office->references, 0); reference != NULL;
         reference = pool_next(&office->references, reference->item.number))
        texts_free_block(reference->row.reference);
    for (struct live_round *round = pool_next(&office->rounds, 0); round != NULL;
         round = pool_next(&office->rounds, round->item.number)) {
        free(round->seats);
        free(round->states);
    }
}

void office_free(struct office *office)
{
    if (office == NULL)
        return;
    release_texts(office);
    struct pool *pools[] = {&office->users,      &office->sessions,   &office->tokens,
                            &office->visits,     &office->concerts,   &office->rounds,
                            &office->seats,      &office->payments,   &office->reservations,
                            &office->held_seats, &office->references, &office->keys};
    struct index *indexes[] = {&office->user_by_id,    &office->user_by_mailbox,
                               &office->session_by_id, &office->token_by_id,
                               &office->concert_by_id, &office->round_by_id,
                               &office->seat_by_id,    &office->reservation_by_id,
                               &office->payment_by_id, &office->reference_by_text};
    for (size_t i = 0; i < sizeof pools / sizeof pools[0]; i++)
        pool_release(pools[i]);
    for (size_t i = 0; i < sizeof indexes / sizeof indexes[0]; i++)
        index_release(indexes[i]);
    heap_release(&office->session_deadlines);
    heap_release(&office->token_deadlines);
    heap_release(&office->hold_deadlines);
    heap_release(&office->key_deadlines);
    fenwick_release(&office->line.present);
    free(office->line.slots);
    free(office->concert_order);
    free(office->round_order);
    free(office->changed_seats);
    buffer_release(&office->batch);
    user_texts_free(&office->texts, office->user_texts);
    arena_release(&office->texts);
    free(office);
}

/* ---- Room ---- */

static bool reserve(struct pool *pool, struct index *by_id, size_t count)
{
    return pool_reserve(pool, count) == RESULT_OK && index_reserve(by_id, count) == RESULT_OK;
}

bool user_reserve(struct office *office, const struct user *row)
{
    user_texts_free(&office->texts, office->user_texts); /* of a row that was not put after all */
    office->user_texts = user_texts_pack(&office->texts, row);
    return office->user_texts != NULL && reserve(&office->users, &office->user_by_id, 1) &&
           index_reserve(&office->user_by_mailbox, 1) == RESULT_OK;
}

bool session_reserve(struct office *office)
{
    return reserve(&office->sessions, &office->session_by_id, 1) &&
           heap_reserve(&office->session_deadlines, 1) == RESULT_OK;
}

bool token_reserve(struct office *office)
{
    return reserve(&office->tokens, &office->token_by_id, 1) &&
           heap_reserve(&office->token_deadlines, 1) == RESULT_OK && waiting_line_reserve(office);
}

bool visit_reserve(struct office *office)
{
    return pool_reserve(&office->visits, 1) == RESULT_OK;
}

/* Room for one more pointer in a sorted array that holds as many as the pool has taken. */
static bool order_reserve(void **order, size_t *capacity, size_t taken, size_t item_bytes)
{
    if (taken < *capacity)
        return true;
    const size_t wanted = *capacity == 0 ? 16 : *capacity * 2;
    void *grown = realloc(*order, wanted * item_bytes);
    if (grown == NULL)
        return false;
    *order = grown;
    *capacity = wanted;
    return true;
}

bool concert_reserve(struct office *office)
{
    void *order = office->concert_order;
    const bool good = reserve(&office->concerts, &office->concert_by_id, 1) &&
                      order_reserve(&order, &office->concert_capacity, office->concerts.taken,
                                    sizeof *office->concert_order);
    office->concert_order = order;
    return good;
}

bool round_reserve(struct office *office, size_t seats)
{
    if (!reserve(&office->rounds, &office->round_by_id, 1) ||
        !reserve(&office->seats, &office->seat_by_id, seats))
        return false;
    void *order = office->round_order;
    const bool good = order_reserve(&order, &office->round_capacity, office->rounds.taken,
                                    sizeof *office->round_order);
    office->round_order = order;
    return good;
}

bool reservation_reserve(struct office *office, size_t seats)
{
    return reserve(&office->reservations, &office->reservation_by_id, 1) &&
           pool_reserve(&office->held_seats, seats) == RESULT_OK &&
           heap_reserve(&office->hold_deadlines, 1) == RESULT_OK;
}

bool payment_reserve(struct office *office)
{
    return reserve(&office->payments, &office->payment_by_id, 1);
}

bool reference_reserve(struct office *office)
{
    return reserve(&office->references, &office->reference_by_text, 1);
}

bool key_reserve(struct office *office)
{
    return pool_reserve(&office->keys, 1) == RESULT_OK &&
           heap_reserve(&office->key_deadlines, 1) == RESULT_OK;
}
