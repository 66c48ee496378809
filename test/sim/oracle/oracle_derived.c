/* What follows from the judge's rows: who has what, sums, and the line. Each row adds its part when
 * it comes and takes it away when it goes or before it changes, so taking a batch back needs
 * nothing of its own. */
#include "disk/own_memory.h"
#include "oracle/oracle_model.h"

#include "base/check.h"

#include <string.h>

/* ---- Bits by number ---- */

#define WORD_BITS 64

bool bit_get(const struct bits *bits, int64_t index)
{
    const size_t word = (size_t)index / WORD_BITS;
    return word < bits->capacity && (bits->words[word] >> ((size_t)index % WORD_BITS) & 1) != 0;
}

void bit_set(struct bits *bits, int64_t index, bool value)
{
    const size_t word = (size_t)index / WORD_BITS;
    const uint64_t mask = UINT64_C(1) << ((size_t)index % WORD_BITS);
    while (word >= bits->capacity) {
        const size_t old = bits->capacity;
        bits->capacity = old == 0 ? 16 : 2 * old;
        bits->words =
            resized(bits->words, old * sizeof *bits->words, bits->capacity * sizeof *bits->words);
    }
    if (value)
        bits->words[word] |= mask;
    else
        bits->words[word] &= ~mask;
}

int64_t bits_below(const struct oracle *oracle, const struct bits *bits, int64_t index)
{
    const size_t last = (size_t)index / WORD_BITS;
    int64_t count = 0;
    for (size_t word = oracle->lowest_word; word < last && word < bits->capacity; word++)
        count += __builtin_popcountll(bits->words[word]);
    if (last < bits->capacity) {
        const uint64_t below = (UINT64_C(1) << ((size_t)index % WORD_BITS)) - 1;
        count += __builtin_popcountll(bits->words[last] & below);
    }
    return count;
}

int64_t bits_next(const struct oracle *oracle, const struct bits *bits, int64_t index)
{
    size_t word = (size_t)index / WORD_BITS;
    uint64_t mask = ~UINT64_C(0) << ((size_t)index % WORD_BITS);
    if (word < oracle->lowest_word) {
        word = oracle->lowest_word;
        mask = ~UINT64_C(0);
    }
    for (; word < bits->capacity; word++, mask = ~UINT64_C(0))
        if ((bits->words[word] & mask) != 0)
            return (int64_t)word * WORD_BITS + __builtin_ctzll(bits->words[word] & mask);
    return 0;
}

/* The waiting have all the bits there are. */
static void raise_lowest_word(struct oracle *oracle)
{
    while (oracle->lowest_word < oracle->waiting.capacity &&
           oracle->waiting.words[oracle->lowest_word] == 0)
        oracle->lowest_word++;
}

/* ---- Points ---- */

static size_t is_unbalanced(const struct row *user)
{
    const struct row *account = user->of.user.account;
    return (account == NULL ? 0 : account->image.as.point_account.balance) !=
           user->of.user.entry_sum;
}

static void account_moves(struct oracle *oracle, struct row *row, int sign)
{
    if (row->of.owner == NULL)
        row->of.owner = row_find(oracle, RECORD_KIND_USER, row->image.as.point_account.user_id);
    struct row *user = row->of.owner;
    oracle->unbalanced -= is_unbalanced(user);
    oracle->balances += sign * row->image.as.point_account.balance;
    user->of.user.account = sign > 0 ? row : NULL;
    oracle->unbalanced += is_unbalanced(user);
}

static void entry_moves(struct oracle *oracle, struct row *row, int sign)
{
    const struct point_entry *entry = &row->image.as.point_entry;
    if (row->of.owner == NULL)
        row->of.owner = row_find(oracle, RECORD_KIND_USER, entry->user_id);
    struct row *user = row->of.owner;
    oracle->unbalanced -= is_unbalanced(user);
    user->of.user.entry_sum += sign * entry->amount;
    oracle->unbalanced += is_unbalanced(user);
    if (entry->kind == ENTRY_KIND_CHARGE || entry->kind == ENTRY_KIND_ADJUSTMENT)
        oracle->given += sign * entry->amount;
    struct row *payment = id_is_none(entry->payment_id)
                              ? NULL
                              : row_find(oracle, RECORD_KIND_PAYMENT, entry->payment_id);
    if (payment != NULL && entry->kind == ENTRY_KIND_PAYMENT)
        payment->of.payment.entries += sign;
    if (payment != NULL && entry->kind == ENTRY_KIND_REFUND)
        payment->of.payment.refunds += sign;
}

static void payment_moves(struct oracle *oracle, struct row *row, int sign)
{
    const struct payment *payment = &row->image.as.payment;
    if (row->of.payment.reservation == NULL)
        row->of.payment.reservation =
            row_find(oracle, RECORD_KIND_SEAT_RESERVATION, payment->reservation_id);
    struct reservation_part *reservation = row->of.payment.reservation->of.reservation;
    if (payment->status == PAYMENT_STATUS_FAILED)
        reservation->failed = sign > 0 ? row : NULL;
    else
        reservation->payment = sign > 0 ? row : NULL;
    if (payment->status != PAYMENT_STATUS_SUCCEEDED)
        return;
    oracle->paid += sign * payment->amount;
    reservation->succeeded += sign;
}

/* ---- People ---- */

static void session_moves(struct oracle *oracle, struct row *row, int sign)
{
    if (row->of.owner == NULL)
        row->of.owner = row_find(oracle, RECORD_KIND_USER, row->image.as.session.user_id);
    struct row_list *own = &row->of.owner->of.user.sessions;
    if (sign < 0) {
        list_remove(own, SLOT_OWNER, row);
        list_remove(&oracle->sessions, SLOT_GLOBAL, row);
        return;
    }
    list_add(own, SLOT_OWNER, row);
    list_add(&oracle->sessions, SLOT_GLOBAL, row);
    if (row->image.as.session.expires_at < oracle->sessions_due)
        oracle->sessions_due = row->image.as.session.expires_at;
}

static void reset_moves(struct oracle *oracle, struct row *row, int sign)
{
    if (row->of.owner == NULL)
        row->of.owner = row_find(oracle, RECORD_KIND_USER, row->image.as.password_reset.user_id);
    row->of.owner->of.user.reset = sign > 0 ? row : NULL;
    if (sign > 0)
        list_add(&oracle->resets, SLOT_GLOBAL, row);
    else
        list_remove(&oracle->resets, SLOT_GLOBAL, row);
}

static void api_key_moves(struct oracle *oracle, struct row *row, int sign)
{
    if (row->of.owner == NULL)
        row->of.owner = row_find(oracle, RECORD_KIND_USER, row->image.as.api_key.user_id);
    if (sign > 0)
        list_add(&oracle->api_keys, SLOT_GLOBAL, row);
    else
        list_remove(&oracle->api_keys, SLOT_GLOBAL, row);
}

static void key_order_add(struct key_order *order, struct row *row)
{
    const timestamp_ms created_at = row->image.as.idempotency_key.created_at;
    if (order->count == order->capacity) {
        size_t capacity = order->capacity;
        order->rows = grown(order->rows, order->count, &capacity, sizeof(struct row *));
        capacity = order->capacity;
        order->created_at =
            grown(order->created_at, order->count, &capacity, sizeof *order->created_at);
        order->capacity = capacity;
    }
    /* What comes back when a batch is taken back goes to its place, near the end. */
    size_t at = order->count++;
    for (; at > order->head && order->created_at[at - 1] > created_at; at--) {
        order->rows[at] = order->rows[at - 1];
        order->created_at[at] = order->created_at[at - 1];
    }
    order->rows[at] = row;
    order->created_at[at] = created_at;
}

static void key_moves(struct oracle *oracle, struct row *row, int sign)
{
    if (row->of.owner == NULL)
        row->of.owner = row_find(oracle, RECORD_KIND_USER, row->image.as.idempotency_key.user_id);
    struct row_list *own = &row->of.owner->of.user.keys;
    if (sign < 0) {
        list_remove(own, SLOT_OWNER, row);
        return;
    }
    list_add(own, SLOT_OWNER, row);
    key_order_add(&oracle->keys, row);
}

/* ---- The line ---- */

static void token_leaves_lists(struct oracle *oracle, struct row *row)
{
    const struct queue_token *token = &row->image.as.queue_token;
    struct user_part *user = &row->of.token.user->of.user;
    if (token->status == TOKEN_STATUS_EXPIRED)
        return;
    user->live_tokens--;
    if (user->token == row)
        user->token = NULL;
    list_remove(&oracle->live_tokens, SLOT_GLOBAL, row);
    if (token->status == TOKEN_STATUS_ACTIVE) {
        oracle->active_count--;
        return;
    }
    oracle->waiting_count--;
    bit_set(&oracle->waiting, token->number, false);
    bit_set(&oracle->present, token->number, false);
    bit_set(&oracle->unpassed, token->number, false);
    raise_lowest_word(oracle);
}

static void token_joins_lists(struct oracle *oracle, struct row *row)
{
    const struct queue_token *token = &row->image.as.queue_token;
    struct user_part *user = &row->of.token.user->of.user;
    if (token->status == TOKEN_STATUS_EXPIRED)
        return;
    user->live_tokens++;
    user->token = row;
    list_add(&oracle->live_tokens, SLOT_GLOBAL, row);
    if (token->status == TOKEN_STATUS_ACTIVE) {
        oracle->active_count++;
        return;
    }
    oracle->waiting_count++;
    bit_set(&oracle->waiting, token->number, true);
    bit_set(&oracle->present, token->number, row->of.token.present);
    bit_set(&oracle->unpassed, token->number, token->passed_at == 0);
    if ((size_t)token->number / WORD_BITS < oracle->lowest_word)
        oracle->lowest_word = (size_t)token->number / WORD_BITS;
}

static void token_known(struct oracle *oracle, struct row *row)
{
    const struct queue_token *token = &row->image.as.queue_token;
    struct token_part *part = &row->of.token;
    if (part->user == NULL) {
        part->user = row_find(oracle, RECORD_KIND_USER, token->user_id);
        if (!id_is_none(token->concert_id))
            part->concert = row_find(oracle, RECORD_KIND_CONCERT, token->concert_id);
        part->heard_at = token->issued_at;
        part->present = true;
    }
    while ((size_t)token->number >= oracle->token_capacity) {
        const size_t old = oracle->token_capacity;
        oracle->token_capacity = old == 0 ? 256 : 2 * old;
        oracle->token_by_number = resized(oracle->token_by_number, old * sizeof(struct row *),
                                          oracle->token_capacity * sizeof(struct row *));
    }
    oracle->token_by_number[token->number] = row;
}

static void token_moves(struct oracle *oracle, struct row *row, int sign)
{
    if (sign < 0) {
        token_leaves_lists(oracle, row);
        return;
    }
    token_known(oracle, row);
    token_joins_lists(oracle, row);
    token_due_follows(oracle, row);
}

/* ---- Concerts, rounds, seats ---- */

static void round_moves(struct oracle *oracle, struct row *row, int sign)
{
    const struct concert_round *round = &row->image.as.concert_round;
    struct round_part *part = &row->of.round;
    if (part->concert == NULL) {
        part->concert = row_find(oracle, RECORD_KIND_CONCERT, round->concert_id);
        part->seat_count = (size_t)round->total_seat_cnt;
        part->seats = own_allocate((part->seat_count + 1) * sizeof(struct row *));
    }
    const bool cancelled = round->status == ROUND_STATUS_CANCELLED;
    if (sign < 0) {
        list_remove(&part->concert->of.concert.rounds, SLOT_OWNER, row);
        if (cancelled)
            list_remove(&oracle->cancelled, SLOT_GLOBAL, row);
        return;
    }
    list_add(&part->concert->of.concert.rounds, SLOT_OWNER, row);
    if (cancelled)
        list_add(&oracle->cancelled, SLOT_GLOBAL, row);
}

static void seat_moves(struct oracle *oracle, struct row *row, int sign)
{
    const struct seat *seat = &row->image.as.seat;
    if (row->of.seat.round == NULL)
        row->of.seat.round = row_find(oracle, RECORD_KIND_CONCERT_ROUND, seat->concert_round_id);
    struct round_part *round = &row->of.seat.round->of.round;
    round->counts[seat->status] += sign;
    round->seats[seat->position] = sign > 0 ? row : NULL;
}

/* ---- Reservations ---- */

static bool is_live(const struct row *reservation)
{
    const enum reservation_status status = reservation->image.as.seat_reservation.status;
    return status == RESERVATION_STATUS_PENDING || status == RESERVATION_STATUS_CONFIRMED;
}

static void seat_is_claimed(const struct row *reservation, struct row *seat, int sign)
{
    if (reservation->image.as.seat_reservation.status == RESERVATION_STATUS_PENDING)
        seat->of.seat.pending += sign;
    if (reservation->image.as.seat_reservation.status == RESERVATION_STATUS_CONFIRMED)
        seat->of.seat.confirmed += sign;
}

static struct reservation_part *reservation_known(struct oracle *oracle, struct row *row)
{
    const struct seat_reservation *reservation = &row->image.as.seat_reservation;
    if (row->of.reservation == NULL) {
        struct reservation_part *part = own_allocate(sizeof *part);
        part->user = row_find(oracle, RECORD_KIND_USER, reservation->user_id);
        part->round = row_find(oracle, RECORD_KIND_CONCERT_ROUND, reservation->round_id);
        part->token = row_find(oracle, RECORD_KIND_QUEUE_TOKEN, reservation->token_id);
        row->of.reservation = part;
    }
    return row->of.reservation;
}

static void reservation_moves(struct oracle *oracle, struct row *row, int sign)
{
    struct reservation_part *part = reservation_known(oracle, row);
    part->token->of.token.holds_ever += sign;
    part->token->of.token.holds_known += sign;
    if (!is_live(row))
        return;
    for (size_t i = 0; i < part->seat_count; i++)
        seat_is_claimed(row, part->seats[i], sign);
    const timestamp_ms expires_at = row->image.as.seat_reservation.expires_at;
    const bool pending = row->image.as.seat_reservation.status == RESERVATION_STATUS_PENDING;
    if (sign < 0) {
        list_remove(&part->user->of.user.reservations, SLOT_OWNER, row);
        list_remove(&part->round->of.round.reservations, SLOT_ROUND, row);
        if (pending)
            list_remove(&oracle->pending, SLOT_GLOBAL, row);
        return;
    }
    list_add(&part->user->of.user.reservations, SLOT_OWNER, row);
    list_add(&part->round->of.round.reservations, SLOT_ROUND, row);
    if (pending)
        list_add(&oracle->pending, SLOT_GLOBAL, row);
    if (pending && expires_at < oracle->holds_due)
        oracle->holds_due = expires_at;
}

/* They come and go in the order of their positions. */
static void reservation_seat_moves(struct oracle *oracle, struct row *row, int sign)
{
    const struct reservation_seat *image = &row->image.as.reservation_seat;
    struct row *reservation = row_find(oracle, RECORD_KIND_SEAT_RESERVATION, image->reservation_id);
    struct row *seat = row_find(oracle, RECORD_KIND_SEAT, image->seat_id);
    struct reservation_part *part = reservation->of.reservation;
    const size_t position = (size_t)image->position;
    part->seats[position] = seat;
    part->prices[position] = image->price;
    part->seat_count = sign > 0 ? position + 1 : position;
    seat_is_claimed(reservation, seat, sign);
}

static void ticket_moves(struct oracle *oracle, struct row *row, int sign)
{
    const struct ticket *ticket = &row->image.as.ticket;
    struct row *reservation =
        row_find(oracle, RECORD_KIND_SEAT_RESERVATION, ticket->reservation_id);
    struct reservation_part *part = reservation->of.reservation;
    row->of.reservation_of_ticket = reservation;
    for (size_t i = 0; i < part->seat_count; i++)
        if (id_equal(part->seats[i]->image.as.seat.id, ticket->seat_id))
            part->tickets[i] = sign > 0 ? row : NULL;
}

/* ---- Any row ---- */

static void row_moves(struct oracle *oracle, struct row *row, int sign)
{
    switch (row->image.kind) {
    case RECORD_KIND_HOUSE:
        oracle->house = sign > 0 ? row : NULL;
        return;
    case RECORD_KIND_SESSION:
        session_moves(oracle, row, sign);
        return;
    case RECORD_KIND_POINT_ACCOUNT:
        account_moves(oracle, row, sign);
        return;
    case RECORD_KIND_CONCERT_ROUND:
        round_moves(oracle, row, sign);
        return;
    case RECORD_KIND_SEAT:
        seat_moves(oracle, row, sign);
        return;
    case RECORD_KIND_QUEUE_TOKEN:
        token_moves(oracle, row, sign);
        return;
    case RECORD_KIND_PAYMENT:
        payment_moves(oracle, row, sign);
        return;
    case RECORD_KIND_SEAT_RESERVATION:
        reservation_moves(oracle, row, sign);
        return;
    case RECORD_KIND_RESERVATION_SEAT:
        reservation_seat_moves(oracle, row, sign);
        return;
    case RECORD_KIND_TICKET:
        ticket_moves(oracle, row, sign);
        return;
    case RECORD_KIND_POINT_ENTRY:
        entry_moves(oracle, row, sign);
        return;
    case RECORD_KIND_IDEMPOTENCY_KEY:
        key_moves(oracle, row, sign);
        return;
    case RECORD_KIND_API_KEY:
        api_key_moves(oracle, row, sign);
        return;
    case RECORD_KIND_PASSWORD_RESET:
        reset_moves(oracle, row, sign);
        return;
    case RECORD_KIND_USER:
    case RECORD_KIND_CONCERT:
    case RECORD_KIND_INCIDENT:
    case RECORD_KIND_PLAN:
    case RECORD_KIND_PLAN_PIECE:
    case RECORD_KIND_NOTICE:
    case RECORD_KIND_ACTION:
        return;
    case RECORD_KIND_COUNT:
        break;
    }
    UNREACHABLE("record kind");
}

void row_link(struct oracle *oracle, struct row *row)
{
    row_moves(oracle, row, 1);
}

void row_unlink(struct oracle *oracle, struct row *row)
{
    row_moves(oracle, row, -1);
}
