/* See judge.h. Invariants are numbered as in the design. */
#include "judge.h"

#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* ---- Transitions ---- */

#define NONE (-1)
#define DELETED (-2)

/* A set of reasons. */
#define BY(why) WHY_MASK(WHY_##why)

static const struct {
    enum record_kind kind;
    int from, to;
    const char *name;
    why_set whys;
} legal[] = {
    {RECORD_KIND_CONCERT_ROUND, NONE, ROUND_STATUS_SCHEDULED, "round made", BY(ROUND_CREATED)},
    {RECORD_KIND_CONCERT_ROUND, ROUND_STATUS_SCHEDULED, ROUND_STATUS_CANCELLED, "round cancelled",
     BY(ROUND_CANCELLED)},
    {RECORD_KIND_CONCERT_ROUND, ROUND_STATUS_SCHEDULED, DELETED, "scheduled round deleted",
     BY(ROUND_DELETED) | BY(CONCERT_DELETED)},
    {RECORD_KIND_CONCERT_ROUND, ROUND_STATUS_CANCELLED, DELETED, "cancelled round deleted",
     BY(ROUND_DELETED) | BY(CONCERT_DELETED)},
    {RECORD_KIND_SEAT, NONE, SEAT_STATUS_AVAILABLE, "seat made", BY(ROUND_CREATED)},
    {RECORD_KIND_SEAT, SEAT_STATUS_AVAILABLE, SEAT_STATUS_HELD, "seat held", BY(HELD)},
    {RECORD_KIND_SEAT, SEAT_STATUS_HELD, SEAT_STATUS_AVAILABLE, "seat given back",
     BY(CANCELLED) | BY(LEFT) | BY(HOLD_EXPIRED) | BY(ROUND_SETTLED)},
    {RECORD_KIND_SEAT, SEAT_STATUS_HELD, SEAT_STATUS_SOLD, "seat sold", BY(PAID)},
    {RECORD_KIND_SEAT, SEAT_STATUS_SOLD, SEAT_STATUS_AVAILABLE, "seat refunded",
     BY(CANCELLED) | BY(ROUND_SETTLED)},
    {RECORD_KIND_SEAT, SEAT_STATUS_AVAILABLE, SEAT_STATUS_BLOCKED, "seat blocked",
     BY(SEATS_BLOCKED)},
    {RECORD_KIND_SEAT, SEAT_STATUS_BLOCKED, SEAT_STATUS_AVAILABLE, "seat unblocked",
     BY(SEATS_UNBLOCKED)},
    {RECORD_KIND_SEAT, SEAT_STATUS_AVAILABLE, DELETED, "available seat deleted",
     BY(ROUND_DELETED) | BY(CONCERT_DELETED)},
    {RECORD_KIND_SEAT, SEAT_STATUS_BLOCKED, DELETED, "blocked seat deleted",
     BY(ROUND_DELETED) | BY(CONCERT_DELETED)},
    {RECORD_KIND_QUEUE_TOKEN, NONE, TOKEN_STATUS_WAITING, "token issued", BY(JOINED)},
    {RECORD_KIND_QUEUE_TOKEN, TOKEN_STATUS_WAITING, TOKEN_STATUS_ACTIVE, "token admitted",
     BY(ADMITTED)},
    {RECORD_KIND_QUEUE_TOKEN, TOKEN_STATUS_WAITING, TOKEN_STATUS_EXPIRED, "waiting token ended",
     BY(LEFT) | BY(TURN_ENDED) | BY(USER_ERASED)},
    {RECORD_KIND_QUEUE_TOKEN, TOKEN_STATUS_ACTIVE, TOKEN_STATUS_EXPIRED, "active token ended",
     BY(LEFT) | BY(TURN_ENDED) | BY(USER_ERASED) | BY(PAID) | BY(CANCELLED) | BY(HOLD_EXPIRED) |
         BY(ROUND_SETTLED)},
    {RECORD_KIND_PAYMENT, NONE, PAYMENT_STATUS_SUCCEEDED, "payment made", BY(PAID)},
    {RECORD_KIND_PAYMENT, NONE, PAYMENT_STATUS_FAILED, "payment failed", BY(PAYMENT_FAILED)},
    {RECORD_KIND_PAYMENT, PAYMENT_STATUS_SUCCEEDED, PAYMENT_STATUS_CANCELLED, "payment cancelled",
     BY(CANCELLED) | BY(ROUND_SETTLED)},
    {RECORD_KIND_SEAT_RESERVATION, NONE, RESERVATION_STATUS_PENDING, "reservation made", BY(HELD)},
    {RECORD_KIND_SEAT_RESERVATION, RESERVATION_STATUS_PENDING, RESERVATION_STATUS_CONFIRMED,
     "reservation confirmed", BY(PAID)},
    {RECORD_KIND_SEAT_RESERVATION, RESERVATION_STATUS_PENDING, RESERVATION_STATUS_CANCELLED,
     "pending reservation cancelled", BY(CANCELLED) | BY(LEFT) | BY(ROUND_SETTLED)},
    {RECORD_KIND_SEAT_RESERVATION, RESERVATION_STATUS_PENDING, RESERVATION_STATUS_EXPIRED,
     "reservation expired", BY(HOLD_EXPIRED)},
    {RECORD_KIND_SEAT_RESERVATION, RESERVATION_STATUS_CONFIRMED, RESERVATION_STATUS_CANCELLED,
     "confirmed reservation cancelled", BY(CANCELLED) | BY(ROUND_SETTLED)},
    {RECORD_KIND_TICKET, NONE, TICKET_STATUS_VALID, "ticket issued", BY(PAID)},
    {RECORD_KIND_TICKET, TICKET_STATUS_VALID, TICKET_STATUS_VOID, "ticket voided",
     BY(CANCELLED) | BY(ROUND_SETTLED)},
};

#define LEGAL_COUNT (sizeof legal / sizeof legal[0])
_Static_assert(LEGAL_COUNT <= TRANSITIONS_MAX, "a counter a transition");

const char *coverage_missing(const struct coverage *coverage)
{
    for (size_t i = 0; i < LEGAL_COUNT; i++)
        if (coverage->transitions[i] == 0)
            return legal[i].name;
    return NULL;
}

/* The row's state, or NONE for a row that is not there or of a kind without states. */
static int state_of(const struct record *record)
{
    if (record == NULL)
        return NONE;
    if (record->deleted)
        return DELETED;
    const enum record_kind kind = record->kind;
    if (kind == RECORD_KIND_CONCERT_ROUND)
        return (int)record->as.concert_round.status;
    if (kind == RECORD_KIND_SEAT)
        return (int)record->as.seat.status;
    if (kind == RECORD_KIND_QUEUE_TOKEN)
        return (int)record->as.queue_token.status;
    if (kind == RECORD_KIND_PAYMENT)
        return (int)record->as.payment.status;
    if (kind == RECORD_KIND_SEAT_RESERVATION)
        return (int)record->as.seat_reservation.status;
    if (kind == RECORD_KIND_TICKET)
        return (int)record->as.ticket.status;
    return NONE;
}

/* Why a row may be put that has no states, or stays in its own. */
static const why_set whys_without_move[RECORD_KIND_COUNT] = {
    [RECORD_KIND_HOUSE] = BY(COUNTED) | BY(QUEUE_CHANGED),
    [RECORD_KIND_USER] = BY(REGISTERED) | BY(USER_CHANGED) | BY(PASSWORD_RESET_TAKEN) |
                         BY(API_KEY_MADE) | BY(STAFF_INVITED) | BY(STAFF_CHANGED) |
                         BY(STAFF_REMOVED) | BY(USER_ERASED),
    [RECORD_KIND_API_KEY] = BY(API_KEY_MADE) | BY(API_KEY_USED) | BY(API_KEY_REMOVED),
    [RECORD_KIND_PASSWORD_RESET] = BY(PASSWORD_RESET_MADE) | BY(PASSWORD_RESET_TAKEN) |
                                   BY(PASSWORD_RESET_EXPIRED) | BY(STAFF_INVITED) |
                                   BY(STAFF_REMOVED) | BY(USER_ERASED),
    [RECORD_KIND_SESSION] = BY(SIGNED_IN) | BY(HANDED_OVER) | BY(SESSION_RENEWED) | BY(SIGNED_OUT) |
                            BY(SESSION_EXPIRED) | BY(USER_CHANGED) | BY(PASSWORD_RESET_TAKEN) |
                            BY(STAFF_REMOVED) | BY(USER_ERASED),
    [RECORD_KIND_POINT_ACCOUNT] = BY(REGISTERED) | BY(API_KEY_MADE) | BY(STAFF_INVITED) |
                                  BY(CHARGED) | BY(ADJUSTED) | BY(USER_ERASED) | BY(PAID) |
                                  BY(CANCELLED) | BY(ROUND_SETTLED),
    [RECORD_KIND_CONCERT] = BY(CONCERT_CREATED) | BY(CONCERT_CHANGED) | BY(CONCERT_DELETED),
    [RECORD_KIND_CONCERT_ROUND] =
        BY(ROUND_CHANGED) | BY(ROUND_MOVED) | BY(ROUND_PAUSED) | BY(ROUND_RESUMED) | BY(HELD),
    [RECORD_KIND_SEAT] = BY(ROUND_CHANGED),
    [RECORD_KIND_QUEUE_TOKEN] = BY(PASSED_OVER) | BY(HELD) | BY(CANCELLED) | BY(HOLD_EXPIRED) |
                                BY(PAID) | BY(ROUND_SETTLED) | BY(TURN_ENDED) | BY(DOWNTIME) |
                                BY(INCIDENT) | BY(EXTENDED),
    [RECORD_KIND_SEAT_RESERVATION] = BY(DOWNTIME) | BY(INCIDENT) | BY(EXTENDED),
    [RECORD_KIND_TICKET] = BY(TICKET_REISSUED) | BY(TICKET_CHANGED),
    [RECORD_KIND_INCIDENT] = BY(INCIDENT),
    [RECORD_KIND_PLAN] = BY(PLAN_MADE) | BY(PLAN_CHANGED) | BY(PLAN_REMOVED),
    [RECORD_KIND_PLAN_PIECE] = BY(PLAN_MADE) | BY(PLAN_CHANGED) | BY(PLAN_REMOVED),
    [RECORD_KIND_NOTICE] = BY(NOTICE_SET) | BY(NOTICE_REMOVED),
    [RECORD_KIND_ACTION] = ~(why_set)0, /* of any verb */
    [RECORD_KIND_RESERVATION_SEAT] = BY(HELD),
    [RECORD_KIND_POINT_ENTRY] =
        BY(CHARGED) | BY(ADJUSTED) | BY(USER_ERASED) | BY(PAID) | BY(CANCELLED) | BY(ROUND_SETTLED),
    [RECORD_KIND_IDEMPOTENCY_KEY] =
        BY(CHARGED) | BY(ADJUSTED) | BY(CONCERT_CREATED) | BY(PLAN_MADE) | BY(ROUND_CREATED) |
        BY(ROUND_CANCELLED) | BY(ROUND_MOVED) | BY(ROUND_PAUSED) | BY(ROUND_RESUMED) |
        BY(SEATS_BLOCKED) | BY(SEATS_UNBLOCKED) | BY(JOINED) | BY(HELD) | BY(EXTENDED) |
        BY(CANCELLED) | BY(PAID) | BY(INCIDENT) | BY(KEY_EXPIRED) | BY(TICKET_REISSUED),
};

static bool judge_why(const struct record *record, why_set whys, struct explanation *why)
{
    if ((whys >> record->why & 1) != 0)
        return true;
    const char *text = record_why_text(record->why);
    (void)explain(why, RESULT_CORRUPT, "%s was put because of %s",
                  record_schema(record->kind)->table, text == NULL ? "nothing" : text);
    return false;
}

static bool judge_transition(struct judge *judge, const struct record *record,
                             const struct record *before, struct explanation *why)
{
    const int from = state_of(before), to = state_of(record);
    /* An ended row never changes again, not even in another field. */
    const bool ended =
        (record->kind == RECORD_KIND_QUEUE_TOKEN && from == TOKEN_STATUS_EXPIRED) ||
        (record->kind == RECORD_KIND_PAYMENT && from != NONE && from != PAYMENT_STATUS_SUCCEEDED) ||
        (record->kind == RECORD_KIND_TICKET && from == TICKET_STATUS_VOID) ||
        (record->kind == RECORD_KIND_SEAT_RESERVATION && from != NONE &&
         from != RESERVATION_STATUS_PENDING && from != RESERVATION_STATUS_CONFIRMED);
    if (from == to && !ended)
        return judge_why(record, whys_without_move[record->kind], why);
    for (size_t i = 0; i < LEGAL_COUNT; i++) {
        if (legal[i].kind == record->kind && legal[i].from == from && legal[i].to == to) {
            judge->coverage->transitions[i]++;
            return judge_why(record, legal[i].whys, why);
        }
    }
    /* Without states, these come and go; only a key, a password reset and a piece of a plan may
     * come again. */
    if ((to == DELETED &&
         (record->kind == RECORD_KIND_SESSION || record->kind == RECORD_KIND_CONCERT ||
          record->kind == RECORD_KIND_API_KEY || record->kind == RECORD_KIND_NOTICE ||
          record->kind == RECORD_KIND_PLAN)) ||
        record->kind == RECORD_KIND_PLAN_PIECE || record->kind == RECORD_KIND_IDEMPOTENCY_KEY ||
        record->kind == RECORD_KIND_PASSWORD_RESET)
        return judge_why(record, whys_without_move[record->kind], why);
    (void)explain(why, RESULT_CORRUPT, "%s went from state %d to %d",
                  record_schema(record->kind)->table, from, to);
    return false;
}

/* ---- Accounts ---- */

void judge_init(struct judge *judge, struct coverage *coverage)
{
    *judge = (struct judge){.coverage = coverage};
}

void judge_release(struct judge *judge)
{
    free(judge->tokens);
    free(judge->sales);
    free(judge->accounts);
}

/* Room for one more of `count` items; a test without memory ends here. */
static void *grow(void *items, size_t count, size_t *capacity, size_t bytes)
{
    if (count < *capacity)
        return items;
    *capacity = *capacity == 0 ? 64 : *capacity * 2;
    void *grown = realloc(items, *capacity * bytes);
    assert_non_null(grown);
    return grown;
}

/* The user's place in a table of `capacity`, or the free one where it would stand. */
static struct judged_account *place_of(struct judged_account *accounts, size_t capacity,
                                       struct id user_id)
{
    size_t i = id_hash(user_id) & (capacity - 1);
    while (!id_is_none(accounts[i].user_id) && !id_equal(accounts[i].user_id, user_id))
        i = (i + 1) & (capacity - 1);
    return &accounts[i];
}

static void grow_accounts(struct judge *judge)
{
    const size_t capacity = judge->account_capacity == 0 ? 64 : judge->account_capacity * 2;
    struct judged_account *accounts = calloc(capacity, sizeof *accounts);
    assert_non_null(accounts);
    for (size_t i = 0; i < judge->account_capacity; i++)
        if (!id_is_none(judge->accounts[i].user_id))
            *place_of(accounts, capacity, judge->accounts[i].user_id) = judge->accounts[i];
    free(judge->accounts);
    judge->accounts = accounts;
    judge->account_capacity = capacity;
}

static struct judged_account *account_of(struct judge *judge, struct id user_id)
{
    if (judge->account_capacity < 2 * (judge->account_count + 1))
        grow_accounts(judge);
    struct judged_account *account = place_of(judge->accounts, judge->account_capacity, user_id);
    if (id_is_none(account->user_id)) {
        account->user_id = user_id;
        judge->account_count++;
    }
    return account;
}

static bool is_balanced(const struct judged_account *account)
{
    return account->balance == account->entries && account->balance >= 0;
}

static void change_account(struct judge *judge, struct judged_account *account, int64_t balance,
                           int64_t entries)
{
    judge->unbalanced -= is_balanced(account) ? 0 : 1;
    judge->balances += balance - account->balance;
    account->balance = balance;
    account->entries = entries;
    judge->unbalanced += is_balanced(account) ? 0 : 1;
}

/* 3: every balance is the sum of its entries, at each entry. */
static bool judge_entry(struct judge *judge, const struct point_entry *entry,
                        const struct record *before, struct explanation *why)
{
    struct judged_account *account = account_of(judge, entry->user_id);
    change_account(judge, account, account->balance, account->entries + entry->amount);
    if (entry->kind == ENTRY_KIND_CHARGE || entry->kind == ENTRY_KIND_ADJUSTMENT)
        judge->charged += entry->amount;
    if (before == NULL && entry->balance == account->entries && entry->balance >= 0)
        return true;
    (void)explain(why, RESULT_CORRUPT, "invariant 3: an entry's balance is not the sum");
    return false;
}

static bool judge_payment(struct judge *judge, const struct payment *row,
                          const struct record *before)
{
    if (row->status == PAYMENT_STATUS_SUCCEEDED && before == NULL)
        judge->paid += row->amount;
    if (row->status == PAYMENT_STATUS_CANCELLED && before != NULL)
        judge->paid -= row->amount;
    return true;
}

/* ---- The queue ---- */

static bool issue_token(struct judge *judge, const struct queue_token *row, struct explanation *why)
{
    struct judged_account *account = account_of(judge, row->user_id);
    if (row->number != (int64_t)judge->token_count + 1) {
        (void)explain(why, RESULT_CORRUPT, "number %lld after %zu", (long long)row->number,
                      judge->token_count);
        return false;
    }
    if (account->has_token) {
        (void)explain(why, RESULT_CORRUPT, "invariant 8: a second live token");
        return false;
    }
    account->has_token = true;
    judge->tokens =
        grow(judge->tokens, judge->token_count, &judge->token_capacity, sizeof *judge->tokens);
    judge->tokens[judge->token_count++] =
        (struct judged_token){.user_id = row->user_id, .concert_id = row->concert_id};
    return true;
}

static struct judged_sale *sale_of(struct judge *judge, struct id concert_id)
{
    for (size_t i = 0; i < judge->sale_count; i++)
        if (id_equal(judge->sales[i].concert_id, concert_id))
            return &judge->sales[i];
    judge->sales =
        grow(judge->sales, judge->sale_count, &judge->sale_capacity, sizeof *judge->sales);
    judge->sales[judge->sale_count] = (struct judged_sale){.concert_id = concert_id};
    return &judge->sales[judge->sale_count++];
}

/* 6: whoever waits for the same, has a lower number and still waits was passed over. */
static bool is_in_order(struct judge *judge, int64_t number, const struct judged_token *self)
{
    struct judged_sale *sale = sale_of(judge, self->concert_id);
    if (number <= sale->highest)
        return self->passed;
    for (int64_t lower = sale->highest + 1; lower < number; lower++) {
        const struct judged_token *token = &judge->tokens[lower - 1];
        if (token->status == TOKEN_STATUS_WAITING && !token->passed &&
            id_equal(token->concert_id, self->concert_id))
            return false;
    }
    sale->highest = number;
    return true;
}

static bool judge_token(struct judge *judge, const struct queue_token *row,
                        const struct record *before, struct explanation *why)
{
    if (before == NULL && !issue_token(judge, row, why))
        return false;
    struct judged_token *token = &judge->tokens[row->number - 1];
    if (!id_equal(token->concert_id, row->concert_id)) {
        (void)explain(why, RESULT_CORRUPT, "a token waits for something else");
        return false;
    }
    const enum token_status old = token->status;
    const bool now_passed = row->passed_at != 0 && !token->passed;
    if (((old == TOKEN_STATUS_WAITING && row->status == TOKEN_STATUS_ACTIVE) || now_passed) &&
        !is_in_order(judge, row->number, token)) {
        (void)explain(why, RESULT_CORRUPT, "invariant 6: number %lld before its turn",
                      (long long)row->number);
        return false;
    }
    judge->active += (row->status == TOKEN_STATUS_ACTIVE) - (old == TOKEN_STATUS_ACTIVE);
    if (row->status == TOKEN_STATUS_EXPIRED)
        account_of(judge, row->user_id)->has_token = false;
    if ((row->status == TOKEN_STATUS_EXPIRED) != (row->reason != TOKEN_REASON_NONE) ||
        (row->status == TOKEN_STATUS_EXPIRED) != (row->ended_at != 0) ||
        (row->status == TOKEN_STATUS_ACTIVE && row->activate_at == 0)) {
        (void)explain(why, RESULT_CORRUPT, "a token's fields do not go with its status");
        return false;
    }
    token->status = row->status;
    token->passed = token->passed || now_passed;
    return true;
}

/* 9: the hold's token is its user's, and active. */
static bool judge_reservation(struct judge *judge, const struct seat_reservation *row,
                              const struct record *before, struct explanation *why)
{
    bool good = before != NULL;
    for (size_t i = judge->token_count; !good && i > 0; i--)
        good = judge->tokens[i - 1].status == TOKEN_STATUS_ACTIVE &&
               id_equal(judge->tokens[i - 1].user_id, row->user_id);
    if (!good)
        (void)explain(why, RESULT_CORRUPT, "invariant 9: a hold without an active token");
    return good;
}

/* 16: serials are given one by one, and a code that was revoked never comes back. */
static bool judge_ticket(struct judge *judge, const struct record *record,
                         const struct record *before, struct explanation *why)
{
    const struct ticket *row = &record->as.ticket;
    const struct ticket *old = before == NULL ? NULL : &before->as.ticket;
    const int64_t more = record->why == WHY_TICKET_REISSUED ? 1 : 0;
    const bool good = old == NULL
                          ? row->serial == ++judge->last_serial && row->generation == 1
                          : row->serial == old->serial && row->generation == old->generation + more;
    if (!good || (row->status == TICKET_STATUS_VOID) != (row->voided_at != 0)) {
        (void)explain(why, RESULT_CORRUPT, "invariant 16: serial %lld, generation %lld",
                      (long long)row->serial, (long long)row->generation);
        return false;
    }
    return true;
}

/* ---- The door ---- */

bool judge_record(struct judge *judge, const struct record *record, const struct record *before,
                  struct explanation *why)
{
    if (before != NULL && before->deleted && record->kind != RECORD_KIND_IDEMPOTENCY_KEY &&
        record->kind != RECORD_KIND_PASSWORD_RESET && record->kind != RECORD_KIND_PLAN_PIECE) {
        (void)explain(why, RESULT_CORRUPT, "a deleted %s came back",
                      record_schema(record->kind)->table);
        return false;
    }
    if (!judge_transition(judge, record, before, why))
        return false;
    struct judged_account *account;
    const enum record_kind kind = record->kind;
    if (kind == RECORD_KIND_HOUSE) {
        judge->active_ceiling = record->as.house.active_ceiling;
        judge->last_number = record->as.house.last_number;
        judge->told_serial = record->as.house.last_serial;
        return true;
    }
    if (kind == RECORD_KIND_POINT_ACCOUNT) {
        account = account_of(judge, record->as.point_account.user_id);
        change_account(judge, account, record->as.point_account.balance, account->entries);
        return true;
    }
    if (kind == RECORD_KIND_POINT_ENTRY)
        return judge_entry(judge, &record->as.point_entry, before, why);
    if (kind == RECORD_KIND_PAYMENT)
        return judge_payment(judge, &record->as.payment, before);
    if (kind == RECORD_KIND_TICKET)
        return judge_ticket(judge, record, before, why);
    if (kind == RECORD_KIND_QUEUE_TOKEN)
        return judge_token(judge, &record->as.queue_token, before, why);
    if (kind == RECORD_KIND_SEAT_RESERVATION)
        return judge_reservation(judge, &record->as.seat_reservation, before, why);
    return true;
}

bool judge_commit(const struct judge *judge, struct explanation *why)
{
    if (judge->unbalanced > 0) {
        (void)explain(why, RESULT_CORRUPT, "invariant 3: a balance is not the sum of its entries");
        return false;
    }
    if (judge->charged - judge->balances != judge->paid) {
        (void)explain(why, RESULT_CORRUPT, "invariant 3: %lld charged, %lld left, %lld paid",
                      (long long)judge->charged, (long long)judge->balances,
                      (long long)judge->paid);
        return false;
    }
    if (judge->active > judge->active_ceiling) {
        (void)explain(why, RESULT_CORRUPT, "invariant 7: too many are active");
        return false;
    }
    if (judge->last_number != (int64_t)judge->token_count) {
        (void)explain(why, RESULT_CORRUPT, "lastNumber is not the last number");
        return false;
    }
    if (judge->told_serial != judge->last_serial) {
        (void)explain(why, RESULT_CORRUPT, "invariant 16: lastSerial is not the last serial");
        return false;
    }
    return true;
}
