/* The one door: how a row's new image becomes live state. Decides nothing; rules are elsewhere. */
#include "office/state.h"

#include <stdlib.h>
#include <string.h>

/* ---- Rows that came to their end ---- */

static void finish(struct office *office, struct pool *pool, struct finished_list *list,
                   uint32_t number, size_t node_offset)
{
    struct finished_node *node = (void *)((uint8_t *)pool_at(pool, number) + node_offset);
    if (node->seq != 0)
        return; /* a later image of a row that has ended already */
    *node = (struct finished_node){.seq = office->seq};
    if (list->last != 0) {
        struct finished_node *last = (void *)((uint8_t *)pool_at(pool, list->last) + node_offset);
        last->next = number;
    } else {
        list->first = number;
    }
    list->last = number;
    list->count++;
}

/* ---- Installing, a kind at a time ---- */

static void install_user(struct office *office, const struct user *row)
{
    struct live_user *user = user_find(office, row->id);
    if (user == NULL) {
        user = pool_take(&office->users);
        user->row.id = row->id;
        map_insert(&office->user_by_id, id_hash(row->id), user);
    }
    const struct user old = user->row;
    if (old.email != NULL)
        map_remove(&office->user_by_email, email_hash(old.email), user);
    user->row = *row;
    if (row->email != NULL)
        map_insert(&office->user_by_email, email_hash(row->email), user);
    if (old.name != row->name)
        texts_free_block(old.name);
}

static void install_point_account(struct office *office, const struct point_account *row)
{
    struct live_user *user = user_find(office, row->user_id);
    CHECK(user != NULL);
    user->account = *row;
}

static void forget_session(struct office *office, struct live_session *session)
{
    struct live_session **link = &session->user->sessions;
    while (*link != session)
        link = &(*link)->next;
    *link = session->next;
    heap_remove(&office->session_deadlines, &session->deadline);
    map_remove(&office->session_by_id, id_hash(session->row.id), session);
    pool_give(&office->sessions, session);
}

static void install_session(struct office *office, const struct session *row, bool deleted)
{
    struct live_session *session = session_find(office, row->id);
    if (deleted) {
        if (session != NULL)
            forget_session(office, session);
        return;
    }
    if (session == NULL) {
        session = pool_take(&office->sessions);
        session->user = user_find(office, row->user_id);
        CHECK(session->user != NULL);
        struct live_session **link = &session->user->sessions;
        while (*link != NULL)
            link = &(*link)->next;
        *link = session;
        session->row = *row;
        map_insert(&office->session_by_id, id_hash(row->id), session);
    }
    session->row = *row;
    heap_set(&office->session_deadlines, &session->deadline, row->expires_at);
}

static int compare_concerts(const struct live_concert *a, const struct live_concert *b)
{
    if (a->row.reservation_open_at != b->row.reservation_open_at)
        return a->row.reservation_open_at < b->row.reservation_open_at ? -1 : 1;
    return id_compare(a->row.id, b->row.id);
}

static int compare_rounds(const struct live_round *a, const struct live_round *b)
{
    if (a->row.start_time != b->row.start_time)
        return a->row.start_time < b->row.start_time ? -1 : 1;
    return id_compare(a->row.id, b->row.id);
}

/* Keeps a sorted array of pointers: out at its old place, in at its new one. */
#define DEFINE_ORDER(name, type, array)                                                            \
    static void name##_order_remove(struct office *office, const struct type *item, size_t count)  \
    {                                                                                              \
        size_t i = 0;                                                                              \
        while (i < count && office->array[i] != item)                                              \
            i++;                                                                                   \
        CHECK(i < count);                                                                          \
        memmove(&office->array[i], &office->array[i + 1],                                          \
                (count - i - 1) * sizeof office->array[0]);                                        \
    }                                                                                              \
    static void name##_order_insert(struct office *office, struct type *item, size_t count)        \
    {                                                                                              \
        size_t i = count;                                                                          \
        while (i > 0 && compare_##name##s(item, office->array[i - 1]) < 0) {                       \
            office->array[i] = office->array[i - 1];                                               \
            i--;                                                                                   \
        }                                                                                          \
        office->array[i] = item;                                                                   \
    }

DEFINE_ORDER(concert, live_concert, concert_order)
DEFINE_ORDER(round, live_round, round_order)

static void install_concert(struct office *office, const struct concert *row, bool deleted)
{
    struct live_concert *concert = concert_find(office, row->id);
    office->catalogue_version++;
    if (deleted) {
        if (concert == NULL)
            return;
        CHECK(concert->round_count == 0);
        concert_order_remove(office, concert, office->concerts.taken);
        map_remove(&office->concert_by_id, id_hash(row->id), concert);
        texts_free_block(concert->row.title);
        pool_give(&office->concerts, concert);
        return;
    }
    if (concert == NULL) {
        concert = pool_take(&office->concerts);
        concert->row.id = row->id;
        map_insert(&office->concert_by_id, id_hash(row->id), concert);
    } else {
        concert_order_remove(office, concert, office->concerts.taken);
    }
    if (concert->row.title != row->title)
        texts_free_block(concert->row.title);
    concert->row = *row;
    concert_order_insert(office, concert, office->concerts.taken - 1);
}

static void forget_round(struct office *office, struct live_round *round)
{
    for (size_t i = 0; round->changed && i < office->changed_count; i++)
        if (id_equal(office->changed_rounds[i], round->row.id))
            office->changed_rounds[i] = office->changed_rounds[--office->changed_count];
    round_order_remove(office, round, office->rounds.taken);
    round->concert->round_count--;
    map_remove(&office->round_by_id, id_hash(round->row.id), round);
    free(round->seats);
    free(round->states);
    pool_give(&office->rounds, round);
}

static void install_round(struct office *office, const struct concert_round *row, bool deleted)
{
    struct live_round *round = round_find(office, row->id);
    office->catalogue_version++;
    if (deleted) {
        if (round != NULL)
            forget_round(office, round);
        return;
    }
    if (round == NULL) {
        round = pool_take(&office->rounds);
        round->row.id = row->id;
        round->concert = concert_find(office, row->concert_id);
        CHECK(round->concert != NULL);
        round->concert->round_count++;
        map_insert(&office->round_by_id, id_hash(row->id), round);
    } else {
        round_order_remove(office, round, office->rounds.taken);
    }
    round->row = *row;
    round->last_seq = office->seq;
    if (row->status == ROUND_STATUS_CANCELLED)
        office->refunds_pending = true;
    round_order_insert(office, round, office->rounds.taken - 1);
}

static char state_of(enum seat_status status)
{
    static const char states[] = {'a', 'h', 's', 'b'};
    return states[status];
}

static void round_mark_changed(struct office *office, struct live_round *round)
{
    round->version = round->last_seq = office->seq;
    if (round->changed || office->loading)
        return;
    round->changed = true;
    office->changed_rounds[office->changed_count++] = round->row.id;
}

void seat_forget(struct office *office, struct live_seat *seat)
{
    struct live_round *round = seat->round;
    round->counts[seat->row.status]--;
    round->seats[seat->row.position] = NULL;
    map_remove(&office->seat_by_id, id_hash(seat->row.id), seat);
    texts_free_block(seat->row.seat_number);
    pool_give(&office->seats, seat);
}

static void install_seat(struct office *office, const struct seat *row, bool deleted)
{
    struct live_seat *seat = seat_find(office, row->id);
    if (deleted) {
        if (seat != NULL)
            seat_forget(office, seat);
        return;
    }
    if (seat == NULL) {
        struct live_round *round = round_find(office, row->concert_round_id);
        CHECK(round != NULL && round->seats != NULL);
        seat = pool_take(&office->seats);
        seat->round = round;
        round->seats[row->position] = seat;
        round->counts[row->status]++;
        seat->row = *row;
        map_insert(&office->seat_by_id, id_hash(row->id), seat);
    } else {
        seat->round->counts[seat->row.status]--;
        seat->round->counts[row->status]++;
        if (seat->row.seat_number != row->seat_number)
            texts_free_block(seat->row.seat_number);
        seat->row = *row;
    }
    seat->round->states[row->position] = state_of(row->status);
    round_mark_changed(office, seat->round);
}

static void retire_token(struct office *office, struct live_token *token)
{
    if (token->user->token == token)
        token->user->token = NULL;
    heap_remove(&office->token_deadlines, &token->deadline);
    finish(office, &office->tokens, &office->finished_tokens, token->item.number,
           offsetof(struct live_token, finished));
}

static void install_token(struct office *office, const struct queue_token *row)
{
    struct live_token *token = token_find(office, row->id);
    if (token == NULL) {
        token = pool_take(&office->tokens);
        token->user = user_find(office, row->user_id);
        CHECK(token->user != NULL);
        token->row.id = row->id;
        token->row.status = TOKEN_STATUS_EXPIRED; /* in no list yet */
        token->heard_at = row->issued_at;
        token->user->token = token;
        map_insert(&office->token_by_id, id_hash(row->id), token);
    }
    const enum token_status old = token->row.status;
    /* While loading the line and the deadlines are not there yet: office_open builds them. */
    if (!office->loading && old == TOKEN_STATUS_WAITING && row->status != TOKEN_STATUS_WAITING)
        line_remove(office, token);
    if (old == TOKEN_STATUS_ACTIVE)
        office->active_count--;
    if (row->status == TOKEN_STATUS_ACTIVE)
        office->active_count++;
    token->row = *row;
    if (!office->loading && old != TOKEN_STATUS_WAITING && row->status == TOKEN_STATUS_WAITING)
        line_append(office, token);
    if (row->status == TOKEN_STATUS_EXPIRED)
        retire_token(office, token);
    else if (!office->loading)
        token_arm(office, token);
}

static void install_payment(struct office *office, const struct payment *row)
{
    struct live_payment *payment = payment_find(office, row->id);
    if (payment == NULL) {
        payment = pool_take(&office->payments);
        payment->row = *row;
        map_insert(&office->payment_by_id, id_hash(row->id), payment);
    }
    payment->row = *row;
    struct live_reservation *reservation = reservation_find(office, row->reservation_id);
    if (reservation == NULL)
        return; /* loading: the reservation comes after its payment and looks for it */
    reservation->round->last_seq = office->seq;
    if (row->status == PAYMENT_STATUS_FAILED)
        reservation->failed_payment = payment;
    else
        reservation->payment = payment;
}

static void link_reservation(struct live_reservation *reservation)
{
    struct live_user *user = reservation->user;
    reservation->of_user = (struct reservation_link){.next = user->reservations};
    if (user->reservations != NULL)
        user->reservations->of_user.previous = reservation;
    user->reservations = reservation;

    struct live_round *round = reservation->round;
    reservation->of_round = (struct reservation_link){.next = round->reservations};
    if (round->reservations != NULL)
        round->reservations->of_round.previous = reservation;
    round->reservations = reservation;
}

void reservation_unlink(struct live_reservation *reservation)
{
    const struct reservation_link user = reservation->of_user, round = reservation->of_round;
    if (user.previous != NULL)
        user.previous->of_user.next = user.next;
    else
        reservation->user->reservations = user.next;
    if (user.next != NULL)
        user.next->of_user.previous = user.previous;
    if (round.previous != NULL)
        round.previous->of_round.next = round.next;
    else
        reservation->round->reservations = round.next;
    if (round.next != NULL)
        round.next->of_round.previous = round.previous;
}

static bool reservation_is_live(enum reservation_status status)
{
    return status == RESERVATION_STATUS_PENDING || status == RESERVATION_STATUS_CONFIRMED;
}

static struct live_reservation *new_reservation(struct office *office,
                                                const struct seat_reservation *row)
{
    struct live_reservation *reservation = pool_take(&office->reservations);
    reservation->user = user_find(office, row->user_id);
    reservation->round = round_find(office, row->round_id);
    CHECK(reservation->user != NULL && reservation->round != NULL);
    reservation->row = *row;
    map_insert(&office->reservation_by_id, id_hash(row->id), reservation);
    link_reservation(reservation);
    reservation->round->reservation_count++;
    if (!id_is_none(row->payment_id))
        reservation->payment = payment_find(office, row->payment_id);
    return reservation;
}

static void install_reservation(struct office *office, const struct seat_reservation *row)
{
    struct live_reservation *reservation = reservation_find(office, row->id);
    bool was_live = true;
    if (reservation == NULL)
        reservation = new_reservation(office, row);
    else
        was_live = reservation_is_live(reservation->row.status);
    reservation->row = *row;
    reservation->round->last_seq = office->seq;
    if (row->status == RESERVATION_STATUS_PENDING)
        heap_set(&office->hold_deadlines, &reservation->deadline, row->expires_at);
    else
        heap_remove(&office->hold_deadlines, &reservation->deadline);
    if (was_live && !reservation_is_live(row->status)) {
        reservation_unlink(reservation);
        finish(office, &office->reservations, &office->finished_reservations,
               reservation->item.number, offsetof(struct live_reservation, finished));
    }
}

static void install_reservation_seat(struct office *office, const struct reservation_seat *row)
{
    struct live_reservation *reservation = reservation_find(office, row->reservation_id);
    struct live_seat *seat = seat_find(office, row->seat_id);
    CHECK(reservation != NULL && seat != NULL && row->position < SEATS_PER_RESERVATION_MAX);
    reservation->seats[row->position] = (struct held_seat){.seat = seat, .price = row->price};
    if (row->position >= reservation->seat_count)
        reservation->seat_count = (uint8_t)(row->position + 1);
}

/* Entries are the tables' to keep; only a reference is remembered until they have it. */
static void install_point_entry(struct office *office, const struct point_entry *row)
{
    if (row->reference == NULL)
        return;
    struct live_reference *reference = pool_take(&office->references);
    reference->row = *row;
    map_insert(&office->reference_by_text, reference_hash(row->caller_id, row->reference),
               reference);
    finish(office, &office->references, &office->finished_references, reference->item.number,
           offsetof(struct live_reference, finished));
}

static void forget_key(struct office *office, struct live_key *key)
{
    struct live_key **link = &key->user->keys;
    while (*link != key)
        link = &(*link)->next;
    *link = key->next;
    heap_remove(&office->key_deadlines, &key->deadline);
    pool_give(&office->keys, key);
}

static void install_key(struct office *office, const struct idempotency_key *row, bool deleted)
{
    struct live_user *user = user_find(office, row->user_id);
    CHECK(user != NULL);
    struct live_key *key = user->keys;
    while (key != NULL && key->row.key_hash != row->key_hash)
        key = key->next;
    if (deleted) {
        if (key != NULL)
            forget_key(office, key);
        return;
    }
    if (key == NULL) {
        key = pool_take(&office->keys);
        key->user = user;
        key->next = user->keys;
        user->keys = key;
    }
    key->row = *row;
    heap_set(&office->key_deadlines, &key->deadline, row->created_at + IDEMPOTENCY_KEY_LIFE_MS);
}

static void install(struct office *office, const struct record *record)
{
    switch (record->kind) {
    case RECORD_KIND_HOUSE:
        office->house = record->as.house;
        return;
    case RECORD_KIND_USER:
        install_user(office, &record->as.user);
        return;
    case RECORD_KIND_SESSION:
        install_session(office, &record->as.session, record->deleted);
        return;
    case RECORD_KIND_POINT_ACCOUNT:
        install_point_account(office, &record->as.point_account);
        return;
    case RECORD_KIND_CONCERT:
        install_concert(office, &record->as.concert, record->deleted);
        return;
    case RECORD_KIND_CONCERT_ROUND:
        install_round(office, &record->as.concert_round, record->deleted);
        return;
    case RECORD_KIND_SEAT:
        install_seat(office, &record->as.seat, record->deleted);
        return;
    case RECORD_KIND_QUEUE_TOKEN:
        install_token(office, &record->as.queue_token);
        return;
    case RECORD_KIND_PAYMENT:
        install_payment(office, &record->as.payment);
        return;
    case RECORD_KIND_SEAT_RESERVATION:
        install_reservation(office, &record->as.seat_reservation);
        return;
    case RECORD_KIND_RESERVATION_SEAT:
        install_reservation_seat(office, &record->as.reservation_seat);
        return;
    case RECORD_KIND_POINT_ENTRY:
        install_point_entry(office, &record->as.point_entry);
        return;
    case RECORD_KIND_IDEMPOTENCY_KEY:
        install_key(office, &record->as.idempotency_key, record->deleted);
        return;
    case RECORD_KIND_COUNT:
        break;
    }
    UNREACHABLE("record kind");
}

void office_put(struct office *office, const struct record *record)
{
    /* First the batch: a deleted row's image may be the live one that goes away below. */
    if (!office->loading) {
        record_encode(record, &office->batch);
        office->batch_count++;
    }
    install(office, record);
}
