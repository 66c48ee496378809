/* The one door: how a row's new image becomes live state. Decides nothing; rules are elsewhere. */
#include "office/moves.h"
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

/* ---- Which state follows which ---- */

/* Loaded rows may begin anywhere, and were held against those before them (fit.c). */
static void check_beginning(const struct office *office, enum record_kind kind, int state)
{
    CHECK(office->loading || beginning_is_legal(kind, state));
}

static void check_move(const struct office *office, enum record_kind kind, int from, int to)
{
    CHECK(office->loading || move_is_legal(kind, from, to));
}

/* ---- Installing, a kind at a time ---- */

bool id_is_new(const struct office *office, enum record_kind kind, struct id id)
{
    return id_compare(id, office->newest[kind]) > 0;
}

static bool is_newest(struct office *office, enum record_kind kind, struct id id)
{
    const bool newest = id_is_new(office, kind, id);
    if (newest)
        office->newest[kind] = id;
    return newest;
}

static void install_user(struct office *office, const struct user *row)
{
    struct live_user *user =
        is_newest(office, RECORD_KIND_USER, row->id) ? NULL : user_find(office, row->id);
    if (user == NULL) {
        user = pool_take(&office->users);
        user->id = row->id;
        index_insert(&office->user_by_id, user);
    }
    if (user_email(user) != NULL)
        index_remove(&office->user_by_mailbox, user);
    user_texts_free(&office->texts, user->texts);
    CHECK(office->user_texts != NULL);
    user->texts = office->user_texts;
    office->user_texts = NULL;
    user->role = row->role;
    user->created_at = row->created_at;
    if (user_email(user) != NULL)
        index_insert(&office->user_by_mailbox, user);
}

static void install_point_account(struct office *office, const struct point_account *row)
{
    struct live_user *user = user_find_near(office, row->user_id);
    CHECK(user != NULL);
    user->account.balance = row->balance;
    user->account.last_updated = row->last_updated;
}

static void forget_session(struct office *office, struct live_session *session)
{
    uint32_t *link = &session_user(office, session)->sessions;
    while (*link != session->item.number)
        link = &((struct live_session *)pool_at(&office->sessions, *link))->next;
    *link = session->next;
    heap_remove(&office->session_deadlines, session);
    index_remove(&office->session_by_id, session);
    pool_give(&office->sessions, session);
}

static struct live_session *new_session(struct office *office, const struct session *row)
{
    struct live_session *session = pool_take(&office->sessions);
    struct live_user *user = user_find_near(office, row->user_id);
    CHECK(user != NULL);
    session->user = user->item.number;
    uint32_t *link = &user->sessions;
    while (*link != 0)
        link = &((struct live_session *)pool_at(&office->sessions, *link))->next;
    *link = session->item.number;
    session->id = row->id;
    index_insert(&office->session_by_id, session);
    return session;
}

static void install_session(struct office *office, const struct session *row, bool deleted)
{
    struct live_session *session =
        is_newest(office, RECORD_KIND_SESSION, row->id) ? NULL : session_find(office, row->id);
    if (deleted) {
        if (session != NULL)
            forget_session(office, session);
        return;
    }
    if (session == NULL)
        session = new_session(office, row);
    session->secret_hash = row->secret_hash;
    session->created_at = row->created_at;
    session->expires_at = row->expires_at;
    heap_set(&office->session_deadlines, session, row->expires_at);
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
#define DEFINE_ORDER(insert, remove_from, compare, type, array)                                    \
    static void remove_from(struct office *office, const struct type *item, size_t count)          \
    {                                                                                              \
        size_t i = 0;                                                                              \
        while (i < count && office->array[i] != item)                                              \
            i++;                                                                                   \
        CHECK(i < count);                                                                          \
        memmove(&office->array[i], &office->array[i + 1],                                          \
                (count - i - 1) * sizeof office->array[0]);                                        \
    }                                                                                              \
    static void insert(struct office *office, struct type *item, size_t count)                     \
    {                                                                                              \
        size_t i = count;                                                                          \
        while (i > 0 && compare(item, office->array[i - 1]) < 0) {                                 \
            office->array[i] = office->array[i - 1];                                               \
            i--;                                                                                   \
        }                                                                                          \
        office->array[i] = item;                                                                   \
    }

DEFINE_ORDER(concert_order_insert, concert_order_remove, compare_concerts, live_concert,
             concert_order)
DEFINE_ORDER(round_order_insert, round_order_remove, compare_rounds, live_round, round_order)

static void install_concert(struct office *office, const struct concert *row, bool deleted)
{
    struct live_concert *concert = concert_find(office, row->id);
    office->catalogue_version++;
    if (deleted) {
        if (concert == NULL)
            return;
        CHECK(concert->round_count == 0);
        concert_order_remove(office, concert, office->concerts.taken);
        index_remove(&office->concert_by_id, concert);
        texts_free_block(concert->row.title);
        pool_give(&office->concerts, concert);
        return;
    }
    if (concert == NULL) {
        concert = pool_take(&office->concerts);
        concert->row.id = row->id;
        index_insert(&office->concert_by_id, concert);
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
    CHECK(round->reservation_count == 0 && round->reservations == NULL);
    round_order_remove(office, round, office->rounds.taken);
    round->concert->round_count--;
    index_remove(&office->round_by_id, round);
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
        check_beginning(office, RECORD_KIND_CONCERT_ROUND, (int)row->status);
        round = pool_take(&office->rounds);
        round->row.id = row->id;
        round->concert = concert_find(office, row->concert_id);
        CHECK(round->concert != NULL);
        round->concert->round_count++;
        index_insert(&office->round_by_id, round);
    } else {
        check_move(office, RECORD_KIND_CONCERT_ROUND, (int)round->row.status, (int)row->status);
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

/* Of a seat that was there before: a new one is shown with its round. */
static void tell_seat_change(struct office *office, const struct live_seat *seat)
{
    if (office->loading)
        return;
    CHECK(office->changed_count < office->changed_capacity);
    office->changed_seats[office->changed_count++] = (struct changed_seat){
        .round_id = seat->round->row.id,
        .version = office->seq,
        .position = (uint32_t)seat->row.position,
        .state = state_of(seat->row.status),
    };
}

void seat_forget(struct office *office, struct live_seat *seat)
{
    struct live_round *round = seat->round;
    round->counts[seat->row.status]--;
    round->seats[seat->row.position] = NULL;
    index_remove(&office->seat_by_id, seat);
    texts_free_block(seat->row.seat_number);
    pool_give(&office->seats, seat);
}

static void install_seat(struct office *office, const struct seat *row, bool deleted)
{
    struct live_seat *seat =
        is_newest(office, RECORD_KIND_SEAT, row->id) ? NULL : seat_find_near(office, row->id);
    if (deleted) {
        CHECK(seat == NULL || office->loading || seat->row.status == SEAT_STATUS_AVAILABLE ||
              seat->row.status == SEAT_STATUS_BLOCKED);
        if (seat != NULL)
            seat_forget(office, seat);
        return;
    }
    if (seat == NULL) {
        struct live_round *round = round_find_near(office, row->concert_round_id);
        CHECK(round != NULL && round->seats != NULL && round->seats[row->position] == NULL);
        check_beginning(office, RECORD_KIND_SEAT, (int)row->status);
        seat = pool_take(&office->seats);
        seat->round = round;
        round->seats[row->position] = seat;
        round->counts[row->status]++;
        seat->row = *row;
        index_insert(&office->seat_by_id, seat);
    } else {
        CHECK(seat->row.position == row->position);
        check_move(office, RECORD_KIND_SEAT, (int)seat->row.status, (int)row->status);
        seat->round->counts[seat->row.status]--;
        seat->round->counts[row->status]++;
        if (seat->row.seat_number != row->seat_number)
            texts_free_block(seat->row.seat_number);
        seat->row = *row;
        tell_seat_change(office, seat);
    }
    seat->round->states[row->position] = state_of(row->status);
    seat->round->version = seat->round->last_seq = office->seq;
}

/* Whether all that there is of a row was there when it began to wait. */
static bool only_waits(const struct queue_token *row)
{
    return row->status == TOKEN_STATUS_WAITING && row->activate_at == 0 && row->expires_at == 0 &&
           row->holds_until == 0 && row->passed_at == 0 && row->ended_at == 0;
}

static void keep_token(struct office *office, struct live_token *token,
                       const struct queue_token *row)
{
    token->status = row->status;
    token->reason = row->reason;
    token->number = row->number;
    token->issued_at = row->issued_at;
    struct live_visit *visit = token_visit(office, token);
    if (visit == NULL) {
        if (only_waits(row))
            return;
        visit = pool_take(&office->visits);
        visit->token = token->item.number;
        token->visit = visit->item.number;
    }
    visit->activate_at = row->activate_at;
    visit->expires_at = row->expires_at;
    visit->holds_until = row->holds_until;
    visit->passed_at = row->passed_at;
    visit->ended_at = row->ended_at;
}

static void retire_token(struct office *office, struct live_token *token)
{
    struct live_user *user = token_user(office, token);
    if (user->token == token->item.number)
        user->token = 0;
    heap_remove(&office->token_deadlines, token);
    finish(office, &office->visits, &office->finished_visits, token->visit,
           offsetof(struct live_visit, finished));
}

static struct live_token *new_token(struct office *office, const struct queue_token *row)
{
    struct live_token *token = pool_take(&office->tokens);
    struct live_user *user = user_find_near(office, row->user_id);
    CHECK(user != NULL);
    token->user = user->item.number;
    user->token = token->item.number;
    token->id = row->id;
    token->status = TOKEN_STATUS_EXPIRED; /* in no list yet */
    token->heard_at = row->issued_at;
    index_insert(&office->token_by_id, token);
    return token;
}

static void install_token(struct office *office, const struct queue_token *row)
{
    struct live_token *token =
        is_newest(office, RECORD_KIND_QUEUE_TOKEN, row->id) ? NULL : token_find(office, row->id);
    if (token == NULL) {
        check_beginning(office, RECORD_KIND_QUEUE_TOKEN, (int)row->status);
        token = new_token(office, row);
    } else {
        CHECK(token->number == row->number);
        check_move(office, RECORD_KIND_QUEUE_TOKEN, (int)token->status, (int)row->status);
    }
    const enum token_status old = token->status;
    /* While loading the line and the deadlines are not there yet: office_open builds them. */
    if (!office->loading && old == TOKEN_STATUS_WAITING && row->status != TOKEN_STATUS_WAITING)
        waiting_line_remove(office, token);
    if (old == TOKEN_STATUS_ACTIVE)
        office->active_count--;
    if (row->status == TOKEN_STATUS_ACTIVE)
        office->active_count++;
    keep_token(office, token, row);
    if (!office->loading && old != TOKEN_STATUS_WAITING && row->status == TOKEN_STATUS_WAITING)
        waiting_line_append(office, token);
    if (row->status == TOKEN_STATUS_EXPIRED)
        retire_token(office, token);
    else if (!office->loading)
        token_arm(office, token);
}

static void install_payment(struct office *office, const struct payment *row)
{
    struct live_payment *payment = payment_find(office, row->id);
    if (payment == NULL) {
        check_beginning(office, RECORD_KIND_PAYMENT, (int)row->status);
        payment = pool_take(&office->payments);
        payment->row = *row;
        index_insert(&office->payment_by_id, payment);
    } else {
        CHECK(payment->row.amount == row->amount);
        check_move(office, RECORD_KIND_PAYMENT, (int)payment->row.status, (int)row->status);
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

static void link_reservation(struct office *office, struct live_reservation *reservation)
{
    struct live_reservation *next = user_reservations(office, reservation->user);
    reservation->of_user = (struct reservation_link){.next = next};
    if (next != NULL)
        next->of_user.previous = reservation;
    reservation->user->reservations = reservation->item.number;

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

static bool reservation_is_live(enum reservation_status status)
{
    return status == RESERVATION_STATUS_PENDING || status == RESERVATION_STATUS_CONFIRMED;
}

static struct live_reservation *new_reservation(struct office *office,
                                                const struct seat_reservation *row)
{
    struct live_reservation *reservation = pool_take(&office->reservations);
    reservation->user = user_find_near(office, row->user_id);
    reservation->round = round_find_near(office, row->round_id);
    CHECK(reservation->user != NULL && reservation->round != NULL);
    reservation->row = *row;
    index_insert(&office->reservation_by_id, reservation);
    office->found_reservation = reservation->item.number;
    link_reservation(office, reservation);
    reservation->round->reservation_count++;
    if (!id_is_none(row->payment_id))
        reservation->payment = payment_find(office, row->payment_id);
    return reservation;
}

static void install_reservation(struct office *office, const struct seat_reservation *row)
{
    struct live_reservation *reservation = is_newest(office, RECORD_KIND_SEAT_RESERVATION, row->id)
                                               ? NULL
                                               : reservation_find_near(office, row->id);
    bool was_live = true;
    if (reservation == NULL) {
        check_beginning(office, RECORD_KIND_SEAT_RESERVATION, (int)row->status);
        reservation = new_reservation(office, row);
    } else {
        CHECK(reservation->row.amount == row->amount);
        check_move(office, RECORD_KIND_SEAT_RESERVATION, (int)reservation->row.status,
                   (int)row->status);
        was_live = reservation_is_live(reservation->row.status);
    }
    reservation->row = *row;
    reservation->round->last_seq = office->seq;
    if (row->status == RESERVATION_STATUS_PENDING)
        heap_set(&office->hold_deadlines, reservation, row->expires_at);
    else
        heap_remove(&office->hold_deadlines, reservation);
    if (was_live && !reservation_is_live(row->status)) {
        reservation_unlink(reservation);
        finish(office, &office->reservations, &office->finished_reservations,
               reservation->item.number, offsetof(struct live_reservation, finished));
    }
}

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

static void install_reservation_seat(struct office *office, const struct reservation_seat *row)
{
    struct live_reservation *reservation = reservation_find_near(office, row->reservation_id);
    struct live_seat *seat = seat_find_near(office, row->seat_id);
    CHECK(reservation != NULL && seat != NULL && row->position >= 0 &&
          row->position < SEATS_PER_RESERVATION_MAX);
    struct held_seat *held = held_seat_at(office, reservation, row->position);
    held->seat = seat;
    held->price = row->price;
}

/* Entries are the tables' to keep; only a reference is remembered until they have it. */
static void install_point_entry(struct office *office, const struct point_entry *row)
{
    if (row->reference == NULL)
        return;
    struct live_reference *reference = pool_take(&office->references);
    reference->row = *row;
    index_insert(&office->reference_by_text, reference);
    finish(office, &office->references, &office->finished_references, reference->item.number,
           offsetof(struct live_reference, finished));
}

static void forget_key(struct office *office, struct live_key *key)
{
    uint32_t *link = &key->user->keys;
    while (*link != key->item.number)
        link = &((struct live_key *)pool_at(&office->keys, *link))->next;
    *link = key->next;
    heap_remove(&office->key_deadlines, key);
    pool_give(&office->keys, key);
}

static void install_key(struct office *office, const struct idempotency_key *row, bool deleted)
{
    struct live_user *user = user_find(office, row->user_id);
    CHECK(user != NULL);
    struct live_key *key = user_key(office, user, row->key_hash);
    if (deleted) {
        if (key != NULL)
            forget_key(office, key);
        return;
    }
    if (key == NULL) {
        key = pool_take(&office->keys);
        key->user = user;
        key->next = user->keys;
        user->keys = key->item.number;
    }
    key->row = *row;
    heap_set(&office->key_deadlines, key, row->created_at + IDEMPOTENCY_KEY_LIFE_MS);
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
    CHECK(office->loading || office->why != WHY_UNTOLD);
    if (!office->loading) {
        record_encode(record, office->why, &office->batch);
        office->batch_count++;
    }
    install(office, record);
}
