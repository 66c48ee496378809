/* Points: balances and the ledger behind them. */
#include "office/door.h"
#include "office/state.h"
#include "office/texts.h"
#include "office/user.h"
#include "office/verb_function.h"

#include <string.h>

/* Whose account is meant: the caller's, or anybody's where the caller has the scope. */
static enum refusal whose(const struct office *office, const struct caller *caller,
                          enum scope others, struct id user_id, struct live_user **account)
{
    *account = caller->user;
    if (id_is_none(user_id) || id_equal(user_id, caller->user->id))
        return REFUSAL_NONE;
    if (!caller_may(caller, others))
        return REFUSAL_FORBIDDEN;
    *account = user_find(office, user_id);
    return *account == NULL ? REFUSAL_NOT_FOUND : REFUSAL_NONE;
}

enum refusal points_get(struct office *office, const struct caller *caller, struct call *call)
{
    struct live_user *account;
    const enum refusal refusal =
        whose(office, caller, SCOPE_READ, call->in.user_get.user_id, &account);
    if (refusal == REFUSAL_NONE)
        call->out.points = account_row(account);
    return refusal;
}

void points_move(struct office *office, struct live_user *user, const struct point_entry *entry)
{
    struct point_account account = account_row(user);
    /* A charge and the price of what can be refunded are bounded far below the end of int64_t. */
    CHECK(!__builtin_add_overflow(user->account.balance, entry->amount, &account.balance));
    account.last_updated = office->now.house;
    put_point_account(office, user, &account);

    struct point_entry row = *entry;
    row.user_id = user->id;
    row.balance = account.balance;
    row.created_at = office->now.house;
    put_point_entry(office, &row);
}

/* The answer to a reference that was used before. */
static enum refusal repeat_charge(const struct point_entry *first, const struct live_user *account,
                                  struct call *call)
{
    if (!id_equal(first->user_id, account->id) || first->amount != call->in.points_charge.amount)
        return REFUSAL_REFERENCE_USED;
    const struct record record = {.kind = RECORD_KIND_POINT_ENTRY, .as.point_entry = *first};
    return call_show_record(call, &record);
}

/* References are unique for ever, but only the tables remember them so long: when memory does not
 * know this one, the tables are asked, and their answer counts as long as no entry that they had
 * not yet seen has left memory since. True: the call is answered or waits, `*refusal` says how. */
static bool reference_is_used(const struct office *office, const struct live_user *user,
                              const struct live_user *account, struct call *call,
                              enum refusal *refusal)
{
    const char *reference = call->in.points_charge.reference;
    if (reference == NULL)
        return false;
    const struct live_reference *recent = reference_find(office, user->id, reference);
    if (recent != NULL) {
        *refusal = repeat_charge(&recent->row, account, call);
        return true;
    }
    struct look_up *look_up = &call->look_up;
    if (look_up->reference == NULL)
        look_up_release(look_up); /* an answer to another question; see look_up_want */
    if (look_up->state == LOOK_UP_FOUND) {
        *refusal = repeat_charge(&look_up->record->as.point_entry, account, call);
        return true;
    }
    if (look_up->state == LOOK_UP_ABSENT && look_up->as_of_seq >= office->references_dropped_seq)
        return false;
    look_up_release(look_up);
    *look_up = (struct look_up){.state = LOOK_UP_WANTED,
                                .kind = RECORD_KIND_POINT_ENTRY,
                                .caller_id = user->id,
                                .reference = reference};
    *refusal = REFUSAL_NONE;
    return true;
}

enum refusal points_charge(struct office *office, const struct caller *caller, struct call *call)
{
    const struct live_user *user = caller->user;
    struct live_user *account;
    const int64_t amount = call->in.points_charge.amount;
    enum refusal refusal =
        whose(office, caller, SCOPE_POINTS_CHARGE, call->in.points_charge.user_id, &account);
    if (refusal != REFUSAL_NONE)
        return refusal;
    if (!caller_may(caller, SCOPE_POINTS_CHARGE) && !office->settings.charging_open)
        return REFUSAL_CHARGING_CLOSED;
    if (reference_is_used(office, user, account, call, &refusal))
        return refusal;
    if (account->account.balance > BALANCE_MAX - amount)
        return REFUSAL_BALANCE_LIMIT;
    if (!reference_reserve(office))
        return REFUSAL_CAPACITY;
    struct record record = {.kind = RECORD_KIND_POINT_ENTRY,
                            .as.point_entry = {
                                .user_id = account->id,
                                .kind = ENTRY_KIND_CHARGE,
                                .amount = amount,
                                .balance = account->account.balance + amount,
                                .reference = call->in.points_charge.reference,
                                .caller_id = user->id,
                                .created_at = office->now.house,
                            }};
    record.as.point_entry.id = new_id(office);
    if (call_show_record(call, &record) != REFUSAL_NONE || !texts_own(&record))
        return REFUSAL_CAPACITY;

    /* ---- nothing fails below this line ---- */
    points_move(office, account, &record.as.point_entry);
    call->created = true;
    return REFUSAL_NONE;
}
