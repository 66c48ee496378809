/* Points: balances and the ledger behind them. */
#include "office/door.h"
#include "office/state.h"
#include "office/texts.h"
#include "office/user.h"
#include "office/verb_function.h"

#include <string.h>

/* Whose account is meant: the caller's, or anybody's where the caller has the verb's scope. */
static enum refusal whose(const struct office *office, const struct caller *caller,
                          struct id user_id, struct call *call, struct live_user **account)
{
    *account = caller->user;
    if (id_is_none(user_id) || caller_owns(caller, user_id))
        return caller->key == NULL ? REFUSAL_NONE : REFUSAL_FORBIDDEN;
    if (!caller_may(caller))
        return caller_refuse(caller, call);
    *account = user_find(office, user_id);
    return *account == NULL ? REFUSAL_NOT_FOUND : REFUSAL_NONE;
}

enum refusal points_get(struct office *office, const struct caller *caller, struct call *call)
{
    struct live_user *account;
    const enum refusal refusal = whose(office, caller, call->in.user_get.user_id, call, &account);
    if (refusal == REFUSAL_NONE)
        call->out.points = account_row(account);
    return refusal;
}

/* Which way an entry moves points, and whether it is of a payment, follows from its kind. */
static void check_entry(const struct point_entry *entry)
{
    const bool of_payment = entry->kind == ENTRY_KIND_PAYMENT || entry->kind == ENTRY_KIND_REFUND;
    CHECK(of_payment != id_is_none(entry->payment_id));
    CHECK(entry->kind != ENTRY_KIND_PAYMENT || entry->amount <= 0);
    CHECK(entry->kind != ENTRY_KIND_REFUND || entry->amount >= 0);
    CHECK(entry->kind != ENTRY_KIND_CHARGE || entry->amount > 0);
    CHECK(entry->reference == NULL || !of_payment);
}

void points_move(struct office *office, struct live_user *user, const struct point_entry *entry)
{
    struct point_account account = account_row(user);
    check_entry(entry);
    /* A charge and the price of what can be refunded are bounded far below the end of int64_t. */
    const bool overflows =
        __builtin_add_overflow(user->account.balance, entry->amount, &account.balance);
    CHECK(!overflows);
    account.last_updated = office->now.house;
    put_point_account(office, user, &account);

    struct point_entry row = *entry;
    row.user_id = user->id;
    row.balance = account.balance;
    row.created_at = office->now.house;
    put_point_entry(office, &row);
    CHECK(user->account.balance == row.balance);
}

/* The answer to a reference that was used before. */
static enum refusal repeat_entry(const struct point_entry *first, const struct point_entry *wanted,
                                 struct call *call)
{
    if (first->kind != wanted->kind || !id_equal(first->user_id, wanted->user_id) ||
        first->amount != wanted->amount)
        return REFUSAL_REFERENCE_USED;
    const struct record record = {.kind = RECORD_KIND_POINT_ENTRY, .as.point_entry = *first};
    return call_show_record(call, &record);
}

/* References are unique for ever, but only the tables remember them so long: when memory does not
 * know this one, the tables are asked, and their answer counts as long as no entry that they had
 * not yet seen has left memory since. True: the call is answered or waits, `*refusal` says how. */
static bool reference_is_used(const struct office *office, const struct point_entry *wanted,
                              struct call *call, enum refusal *refusal)
{
    if (wanted->reference == NULL)
        return false;
    const struct live_reference *recent =
        reference_find(office, wanted->caller_id, wanted->reference);
    if (recent != NULL) {
        *refusal = repeat_entry(&recent->row, wanted, call);
        return true;
    }
    struct look_up *look_up = &call->look_up;
    if (look_up->reference == NULL)
        look_up_release(look_up); /* an answer to another question; see look_up_want */
    if (look_up->state == LOOK_UP_FOUND) {
        *refusal = repeat_entry(&look_up->record->as.point_entry, wanted, call);
        return true;
    }
    if (look_up->state == LOOK_UP_ABSENT && look_up->as_of_seq >= office->references_dropped_seq)
        return false;
    look_up_release(look_up);
    *look_up = (struct look_up){.state = LOOK_UP_WANTED,
                                .kind = RECORD_KIND_POINT_ENTRY,
                                .caller_id = wanted->caller_id,
                                .reference = wanted->reference};
    *refusal = REFUSAL_NONE;
    return true;
}

/* Whether an account may come to hold that much more, or less. */
static enum refusal check_balance(int64_t balance, int64_t amount, struct call *call)
{
    if (amount > 0)
        return balance > BALANCE_MAX - amount ? REFUSAL_BALANCE_LIMIT : REFUSAL_NONE;
    if (amount >= -balance)
        return REFUSAL_NONE;
    call->detail.balance = balance;
    return REFUSAL_BALANCE_TOO_SMALL;
}

/* Appends what the caller asked for, once a reference, and answers with it. */
static enum refusal enter_once(struct office *office, const struct caller *caller,
                               struct live_user *account, enum entry_kind kind, struct call *call)
{
    struct record record = {.kind = RECORD_KIND_POINT_ENTRY,
                            .as.point_entry = {
                                .user_id = account->id,
                                .kind = kind,
                                .amount = call->in.points_charge.amount,
                                .reference = call->in.points_charge.reference,
                                .caller_id = caller->user->id,
                                .created_at = office->now.house,
                                .reason = call->in.points_charge.reason,
                            }};
    struct point_entry *entry = &record.as.point_entry;
    enum refusal refusal;
    if (reference_is_used(office, entry, call, &refusal))
        return refusal;
    if (account->role == USER_ROLE_FORMER && entry->amount > 0)
        return REFUSAL_ACCOUNT_CLOSED; /* nobody could spend them */
    refusal = check_balance(account->account.balance, entry->amount, call);
    if (refusal != REFUSAL_NONE)
        return refusal;
    if (!reference_reserve(office))
        return REFUSAL_CAPACITY;
    entry->balance = account->account.balance + entry->amount;
    entry->id = new_id(office);
    if (call_show_record(call, &record) != REFUSAL_NONE || !texts_own(&record))
        return REFUSAL_CAPACITY;

    /* ---- nothing fails below this line ---- */
    points_move(office, account, entry);
    call->created = true;
    return REFUSAL_NONE;
}

enum refusal points_charge(struct office *office, const struct caller *caller, struct call *call)
{
    struct live_user *account;
    const enum refusal refusal =
        whose(office, caller, call->in.points_charge.user_id, call, &account);
    if (refusal != REFUSAL_NONE)
        return refusal;
    if (!caller_may(caller) && !office->settings.charging_open)
        return REFUSAL_CHARGING_CLOSED;
    return enter_once(office, caller, account, ENTRY_KIND_CHARGE, call);
}

enum refusal points_adjust(struct office *office, const struct caller *caller, struct call *call)
{
    struct live_user *account;
    if (call->in.points_charge.amount == 0)
        return REFUSAL_ADJUSTS_NOTHING;
    const enum refusal refusal =
        whose(office, caller, call->in.points_charge.user_id, call, &account);
    return refusal == REFUSAL_NONE
               ? enter_once(office, caller, account, ENTRY_KIND_ADJUSTMENT, call)
               : refusal;
}
