/* See deed.h. */
#include "world/deed.h"

#include "disk/own_memory.h"
#include "world/trace.h"

#include <stdio.h>
#include <string.h>

/* ---- Plans ---- */

void seat_plans_init(struct seat_plans *plans, size_t count, int64_t price_max)
{
    *plans = (struct seat_plans){.count = count};
    plans->seats = own_allocate((count + 1) * sizeof *plans->seats);
    plans->numbers = own_allocate((count + 1) * sizeof *plans->numbers);
    plans->rows = own_allocate((count + 1) * sizeof *plans->rows);
    const bool same_place = count % 2 == 0;
    for (size_t i = 0; i <= count; i++) {
        const bool same = i == count;
        (void)snprintf(plans->numbers[i], DEED_TEXT_BYTES, same && !same_place ? " A-1" : "A-%zu",
                       i + 1);
        (void)snprintf(plans->rows[i], DEED_TEXT_BYTES, same && same_place ? "1 " : "%zu", i + 1);
        plans->seats[i] = (struct seat_plan){
            .seat_number = plans->numbers[i],
            .section = i % 3 == 0 || same ? "A" : NULL,
            .row = i % 4 == 0 || same ? plans->rows[i] : NULL,
            .number = "1",
            .grade = i % 5 == 0 ? "VIP" : NULL,
            .price = (int64_t)(i % 4) * price_max / 3,
            .placed = i % 2 == 0,
            .x = i % 2 == 0 ? (double)i : 0,
            .accessible = i % 7 == 0,
        };
    }
}

void seat_plans_release(struct seat_plans *plans)
{
    own_free(plans->seats);
    own_free(plans->numbers);
    own_free(plans->rows);
}

/* ---- Keys ---- */

bool deed_may_carry_key(const struct deed *deed)
{
    const enum verb verb = deed->verb;
    if (verb == VERB_POINTS_CHARGE || verb == VERB_CONCERT_CREATE || verb == VERB_ROUND_CREATE ||
        verb == VERB_ROUND_CANCEL || verb == VERB_ROUND_PAUSE || verb == VERB_ROUND_RESUME ||
        verb == VERB_SEATS_BLOCK || verb == VERB_SEATS_UNBLOCK || verb == VERB_QUEUE_JOIN ||
        verb == VERB_RESERVATION_HOLD || verb == VERB_RESERVATION_CANCEL ||
        verb == VERB_PAYMENT_MAKE)
        return true;
    return false;
}

int64_t deed_fingerprint(const struct deed *deed)
{
    struct trace trace = {0};
    trace_number(&trace, (uint64_t)deed->verb);
    trace_bytes(&trace, &deed->subject, sizeof deed->subject);
    if (deed->verb != VERB_ROUND_CREATE) /* which has a number of seats, but none that it names */
        trace_bytes(&trace, deed->seat_ids, deed->seat_count * sizeof deed->seat_ids[0]);
    trace_number(&trace, deed->seat_count);
    trace_number(&trace, (uint64_t)deed->amount);
    trace_number(&trace, (uint64_t)deed->from);
    trace_number(&trace, (uint64_t)deed->to);
    trace_bytes(&trace, deed->name, strlen(deed->name));
    trace_bytes(&trace, deed->reference, strlen(deed->reference));
    return (int64_t)(trace.hash >> 1);
}

/* ---- Calls ---- */

static const char *text_or_none(const char *text)
{
    return text[0] == '\0' ? NULL : text;
}

static void account_call(const struct deed *deed, struct call *call)
{
    const enum verb verb = deed->verb;
    if (verb == VERB_SIGN_IN_FIND)
        call->in.sign_in_find.email = deed->email;
    else if (verb == VERB_USER_REGISTER || verb == VERB_ORGANIZER_ADD) {
        call->in.user_register.name = deed->name;
        call->in.user_register.email = deed->email;
        call->in.user_register.password_hash = deed->password;
    } else if (verb == VERB_SESSION_OPEN) {
        call->in.session_open.user_id = deed->subject;
        call->in.session_open.verified_hash = deed->verified;
        call->in.session_open.secret_hash = deed->secret;
    } else if (verb == VERB_USER_GET || verb == VERB_POINTS_GET)
        call->in.user_get.user_id = deed->subject;
    else if (verb == VERB_USER_CHANGE) {
        call->in.user_change.name = text_or_none(deed->name);
        call->in.user_change.email = text_or_none(deed->email);
        call->in.user_change.password_hash = text_or_none(deed->password);
        call->in.user_change.verified_hash = text_or_none(deed->verified);
    } else if (verb == VERB_POINTS_CHARGE) {
        call->in.points_charge.user_id = deed->subject;
        call->in.points_charge.amount = deed->amount;
        call->in.points_charge.reference = text_or_none(deed->reference);
    }
}

static void round_call(const struct deed *deed, const struct seat_plans *plans, struct call *call)
{
    call->in.round.start_time = deed->from;
    if (deed->verb != VERB_ROUND_CREATE) {
        call->in.round.round_id = deed->subject;
        return;
    }
    call->in.round.concert_id = deed->subject;
    call->in.round.seat_count = deed->seat_count;
    call->in.round.seats = plans->seats;
}

static void catalogue_call(const struct deed *deed, const struct seat_plans *plans,
                           struct call *call)
{
    const enum verb verb = deed->verb;
    if (verb == VERB_CONCERT_CREATE || verb == VERB_CONCERT_CHANGE || verb == VERB_CONCERT_DELETE) {
        call->in.concert.concert_id = deed->subject;
        call->in.concert.title = text_or_none(deed->name);
        call->in.concert.description = text_or_none(deed->name);
        call->in.concert.reservation_open_at = deed->from;
        call->in.concert.reservation_close_at = deed->to;
    } else if (verb == VERB_SEATS_BLOCK || verb == VERB_SEATS_UNBLOCK) {
        call->in.seats_block.round_id = deed->subject;
        call->in.seats_block.seat_ids = deed->seat_ids;
        call->in.seats_block.seat_count = deed->seat_count;
    } else
        round_call(deed, plans, call);
}

void deed_call(const struct deed *deed, const struct seat_plans *plans, struct call *call)
{
    call->verb = deed->verb;
    call->idempotency = deed->idempotency;
    const enum verb verb = deed->verb;
    if (verb == VERB_QUEUE_TOKEN_GET || verb == VERB_QUEUE_LEAVE)
        call->in.token.token_id = deed->subject;
    else if (verb == VERB_QUEUE_CHANGE)
        call->in.queue_change = deed->change;
    else if (verb == VERB_RESERVATION_HOLD) {
        call->in.reservation_hold.round_id = deed->subject;
        call->in.reservation_hold.seat_ids = deed->seat_ids;
        call->in.reservation_hold.seat_count = deed->seat_count;
    } else if (verb == VERB_RESERVATION_GET || verb == VERB_RESERVATION_CANCEL ||
               verb == VERB_PAYMENT_MAKE)
        call->in.reservation.reservation_id = deed->subject;
    else if (verb == VERB_PAYMENT_GET)
        call->in.payment_get.payment_id = deed->subject;
    else if (verb == VERB_LIST) {
        call->in.list = deed->query;
        call->in.list.email = text_or_none(deed->email);
    } else if (verb == VERB_CONCERT_CREATE || verb == VERB_CONCERT_CHANGE ||
               verb == VERB_CONCERT_DELETE || verb == VERB_ROUND_CREATE ||
               verb == VERB_ROUND_CHANGE || verb == VERB_ROUND_DELETE ||
               verb == VERB_ROUND_CANCEL || verb == VERB_ROUND_PAUSE || verb == VERB_ROUND_RESUME ||
               verb == VERB_ROUND_SALES || verb == VERB_SEATS_BLOCK || verb == VERB_SEATS_UNBLOCK)
        catalogue_call(deed, plans, call);
    else
        account_call(deed, call);
}
