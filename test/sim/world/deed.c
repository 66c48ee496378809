/* See deed.h. */
#include "world/deed.h"

#include "disk/own_memory.h"
#include "world/trace.h"

#include <stdio.h>
#include <string.h>

/* ---- Plans ---- */

/* Rows of so many seats; some have no name, or no section. */
#define ROW_SEATS 9

static const char *section_of(size_t row)
{
    static const char *const sections[] = {"A", NULL, "B"};
    return sections[row % 3];
}

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
        const size_t row = i / ROW_SEATS;
        (void)snprintf(plans->rows[i], DEED_TEXT_BYTES, same && same_place ? "1 " : "%zu", row + 1);
        plans->seats[i] = (struct seat_plan){
            .seat_number = plans->numbers[i],
            .section = same ? "A" : section_of(row),
            .row = row % 4 != 3 || same ? plans->rows[i] : NULL,
            .number = same ? "1" : plans->numbers[i] + 2, /* after A- */
            .grade = i / 4 % 3 == 0 ? "VIP" : NULL,
            .price = (int64_t)(i % 4) * price_max / 3,
            .placed = i % 2 == 0,
            .x = i % 2 == 0 ? (double)i : 0,
            .accessible = i % 7 == 0,
            .companion = i % 7 == 1,
            .restricted_view = i % 11 == 0,
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
    if (verb == VERB_INCIDENT_MAKE || verb == VERB_POINTS_CHARGE || verb == VERB_POINTS_ADJUST ||
        verb == VERB_CONCERT_CREATE || verb == VERB_PLAN_MAKE || verb == VERB_ROUND_CREATE ||
        verb == VERB_ROUND_CANCEL || verb == VERB_ROUND_MOVE || verb == VERB_ROUND_PAUSE ||
        verb == VERB_ROUND_RESUME || verb == VERB_SEATS_BLOCK || verb == VERB_SEATS_UNBLOCK ||
        verb == VERB_QUEUE_JOIN || verb == VERB_RESERVATION_HOLD ||
        verb == VERB_RESERVATION_EXTEND || verb == VERB_RESERVATION_CANCEL ||
        verb == VERB_PAYMENT_MAKE || verb == VERB_TICKET_REISSUE)
        return true;
    return false;
}

static void trace_terms(struct trace *trace, const struct concert_terms *terms)
{
    trace_number(trace, (uint64_t)terms->has_status << 4 | (uint64_t)terms->has_place << 3 |
                            (uint64_t)terms->has_max_seats_per_reservation << 2 |
                            (uint64_t)terms->has_max_seats_per_user << 1 |
                            (uint64_t)terms->has_external_id);
    trace_number(trace, (uint64_t)terms->status);
    trace_number(trace, (uint64_t)terms->max_seats_per_reservation);
    trace_number(trace, (uint64_t)terms->max_seats_per_user);
}

static void trace_text(struct trace *trace, const char *text)
{
    if (text != NULL)
        trace_bytes(trace, text, strlen(text) + 1);
}

int64_t deed_fingerprint(const struct deed *deed)
{
    struct trace trace = {0};
    trace_number(&trace, (uint64_t)deed->verb);
    trace_bytes(&trace, &deed->subject, sizeof deed->subject);
    for (size_t i = 0; i < DEED_PIECES_MAX; i++)
        trace_text(&trace, deed->pieces[i]);
    if (deed->verb != VERB_ROUND_CREATE) /* which has a number of seats, but none that it names */
        trace_bytes(&trace, deed->seat_ids, deed->seat_count * sizeof deed->seat_ids[0]);
    trace_number(&trace, deed->seat_count);
    if (deed->by_place)
        trace_bytes(&trace, deed->places, deed->seat_count * sizeof deed->places[0]);
    trace_number(&trace, (uint64_t)deed->plan_version);
    trace_number(&trace, (uint64_t)deed->best.count);
    trace_number(&trace, (uint64_t)deed->best.wheelchairs);
    trace_text(&trace, deed->best.section);
    trace_text(&trace, deed->best.grade);
    trace_number(&trace, (uint64_t)deed->amount);
    trace_number(&trace, (uint64_t)deed->from);
    trace_number(&trace, (uint64_t)deed->to);
    trace_number(&trace, (uint64_t)deed->doors_at);
    trace_number(&trace, (uint64_t)deed->ends_at);
    trace_bytes(&trace, deed->name, strlen(deed->name));
    trace_bytes(&trace, deed->reference, strlen(deed->reference));
    trace_bytes(&trace, deed->place, strlen(deed->place));
    trace_terms(&trace, &deed->terms);
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
    } else if (verb == VERB_USER_ENSURE) {
        call->in.user_register.name = deed->name;
        call->in.user_register.email = text_or_none(deed->email);
        call->in.user_register.external_id = deed->reference;
    } else if (verb == VERB_HANDOVER_REDEEM) {
        call->in.handover_redeem.session_id = deed->subject;
        call->in.handover_redeem.handover_hash = deed->secret;
        call->in.handover_redeem.secret_hash = deed->secret;
        call->in.handover_redeem.secret_hash.bytes[1] ^= 1;
        call->in.handover_redeem.replace = deed->amount != 0;
    } else if (verb == VERB_SESSION_GRANT || verb == VERB_HANDOVER_MAKE) {
        call->in.session_open.user_id = deed->subject;
        call->in.session_open.secret_hash = deed->secret;
    } else if (verb == VERB_SESSION_CLOSE) {
        call->in.session_close.session_id = deed->subject;
    } else if (verb == VERB_SESSION_OPEN) {
        call->in.session_open.user_id = deed->subject;
        call->in.session_open.verified_hash = deed->verified;
        call->in.session_open.secret_hash = deed->secret;
    } else if (verb == VERB_API_KEY_MAKE || verb == VERB_API_KEY_REMOVE) {
        call->in.api_key.key_id = deed->subject;
        call->in.api_key.name = deed->name;
        call->in.api_key.scopes = deed->scopes;
        call->in.api_key.expires_at = deed->to;
        call->in.api_key.secret_hash = deed->secret;
    } else if (verb == VERB_STAFF_INVITE || verb == VERB_STAFF_CHANGE ||
               verb == VERB_STAFF_REMOVE) {
        call->in.staff.user_id = deed->subject;
        call->in.staff.name = deed->name;
        call->in.staff.email = deed->email;
        call->in.staff.scopes = deed->scopes;
        call->in.staff.secret_hash = deed->secret;
    } else if (verb == VERB_PASSWORD_RESET_MAKE || verb == VERB_PASSWORD_RESET_FIND ||
               verb == VERB_PASSWORD_RESET_TAKE) {
        call->in.password_reset.user_id = deed->subject;
        call->in.password_reset.secret_hash = deed->secret;
        call->in.password_reset.password_hash = deed->password;
    } else if (verb == VERB_USER_GET || verb == VERB_POINTS_GET)
        call->in.user_get.user_id = deed->subject;
    else if (verb == VERB_USER_CHANGE) {
        call->in.user_change.name = text_or_none(deed->name);
        call->in.user_change.email = text_or_none(deed->email);
        call->in.user_change.password_hash = text_or_none(deed->password);
        call->in.user_change.verified_hash = text_or_none(deed->verified);
    } else if (verb == VERB_BUYER_CHANGE) {
        call->in.buyer_change.user_id = deed->subject;
        call->in.buyer_change.name = text_or_none(deed->name);
        call->in.buyer_change.has_email = deed->amount != 0;
        call->in.buyer_change.email = text_or_none(deed->email);
    } else if (verb == VERB_USER_ERASE) {
        call->in.user_erase.verified_hash = text_or_none(deed->verified);
        call->in.user_erase.forfeit = deed->amount != 0;
    } else if (verb == VERB_POINTS_CHARGE || verb == VERB_POINTS_ADJUST) {
        call->in.points_charge.user_id = deed->subject;
        call->in.points_charge.amount = deed->amount;
        call->in.points_charge.reference = text_or_none(deed->reference);
        call->in.points_charge.reason = text_or_none(deed->name);
    }
}

static void round_call(const struct deed *deed, const struct seat_plans *plans, struct call *call)
{
    call->in.round.start_time = deed->from;
    if (deed->verb != VERB_ROUND_CREATE) {
        call->in.round.round_id = deed->subject;
        call->in.round.prices = deed->prices;
        call->in.round.price_count = deed->price_count;
        call->in.round.has_doors_at = deed->has_doors_at;
        call->in.round.doors_at = deed->doors_at;
        call->in.round.has_ends_at = deed->has_ends_at;
        call->in.round.ends_at = deed->ends_at;
        call->in.round.free_cancel_until = deed->to;
        call->in.round.reason.texts =
            (struct texts_to_tell){.ko = text_or_none(deed->place), .en = text_or_none(deed->name)};
        return;
    }
    call->in.round.concert_id = deed->subject;
    call->in.round.doors_at = deed->doors_at;
    call->in.round.ends_at = deed->ends_at;
    call->in.round.seat_count = deed->seat_count;
    call->in.round.seats = plans->seats;
}

static void plan_call(const struct deed *deed, struct call *call)
{
    call->in.plan.plan_id = deed->subject;
    call->in.plan.name = deed->name;
    call->in.plan.any_version = deed->amount < 0;
    call->in.plan.version = deed->amount < 0 ? 0 : deed->amount;
    call->in.plan.text.pieces = deed->pieces;
    call->in.plan.text.piece_count = deed->seat_count;
    call->in.plan.text.seat_count = 7 * deed->seat_count;
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
        call->in.concert.terms = deed->terms;
        call->in.concert.terms.place = text_or_none(deed->place);
        call->in.concert.terms.external_id = text_or_none(deed->reference);
    } else if (verb == VERB_SEATS_BLOCK || verb == VERB_SEATS_UNBLOCK) {
        call->in.seats_block.round_id = deed->subject;
        call->in.seats_block.seat_ids = deed->seat_ids;
        call->in.seats_block.seat_count = deed->seat_count;
    } else
        round_call(deed, plans, call);
}

/* The simulated house is in UTC. */
static timestamp_ms start_in_utc(enum calendar_unit unit, timestamp_ms at)
{
    return at - at % (unit == CALENDAR_DAY ? DAY_MS : HOUR_MS);
}

void deed_call(const struct deed *deed, const struct seat_plans *plans, struct call *call)
{
    call->verb = deed->verb;
    call->idempotency = deed->idempotency;
    const enum verb verb = deed->verb;
    if (verb == VERB_QUEUE_JOIN)
        call->in.queue_join.concert_id = deed->subject;
    else if (verb == VERB_QUEUE_TOKEN_GET || verb == VERB_QUEUE_LEAVE)
        call->in.token.token_id = deed->subject;
    else if (verb == VERB_QUEUE_CHANGE)
        call->in.queue_change = deed->change;
    else if (verb == VERB_INCIDENT_MAKE) {
        call->in.incident.add_seconds = deed->amount;
        call->in.incident.note = deed->name;
    } else if (verb == VERB_NOTICE_SET) {
        call->in.notice.texts = (struct texts_to_tell){.ko = deed->place, .en = deed->name};
        call->in.notice.level = (enum notice_level)deed->amount;
        call->in.notice.has_until = deed->to != 0;
        call->in.notice.until = deed->to;
    } else if (verb == VERB_RESERVATION_HOLD) {
        call->in.reservation_hold.round_id = deed->subject;
        call->in.reservation_hold.seat_ids = deed->by_place ? NULL : deed->seat_ids;
        call->in.reservation_hold.places = deed->by_place ? deed->places : NULL;
        call->in.reservation_hold.plan_version = deed->plan_version;
        call->in.reservation_hold.seat_count = deed->seat_count;
        call->in.reservation_hold.best = deed->best;
    } else if (verb == VERB_RESERVATION_GET || verb == VERB_RESERVATION_CALENDAR ||
               verb == VERB_RESERVATION_EXTEND || verb == VERB_RESERVATION_CANCEL ||
               verb == VERB_PAYMENT_MAKE) {
        call->in.reservation.reservation_id = deed->subject;
        call->in.reservation.start_time = deed->from;
    } else if (verb == VERB_TICKET_GET || verb == VERB_TICKET_CODE_GET ||
               verb == VERB_TICKET_REISSUE || verb == VERB_TICKET_CHANGE) {
        call->in.ticket.ticket_id = deed->subject;
        call->in.ticket.has_holder_name = deed->amount != 0;
        call->in.ticket.holder_name = text_or_none(deed->name);
    } else if (verb == VERB_PAYMENT_GET)
        call->in.payment_get.payment_id = deed->subject;
    else if (verb == VERB_RESERVATION_HISTORY)
        call->in.reservation.reservation_id = deed->subject;
    else if (verb == VERB_SALES_BREAK_DOWN)
        call->in.sales_break_down = (struct sales_query){
            .round_id = deed->subject, .by = (enum sales_by)deed->amount, .start_of = start_in_utc};
    else if (verb == VERB_CHANGES)
        call->in.changes = deed->changes;
    else if (verb == VERB_QUEUE_FORECAST) {
        call->in.forecast.admit_per_second = deed->change.admit_per_second;
        call->in.forecast.max_active = deed->change.max_active;
    } else if (verb == VERB_LIST || verb == VERB_STAFF_LIST) {
        call->in.list = deed->query;
        call->wants_everybody = deed->amount != 0;
        call->in.list.email = text_or_none(deed->email);
        call->in.list.reference = text_or_none(deed->reference);
        call->in.list.external_id = text_or_none(deed->name);
        call->in.list.search = text_or_none(deed->place);
    } else if (verb == VERB_PLAN_MAKE || verb == VERB_PLAN_CHANGE || verb == VERB_PLAN_REMOVE ||
               verb == VERB_PLAN_GET)
        plan_call(deed, call);
    else if (verb == VERB_CONCERT_CREATE || verb == VERB_CONCERT_CHANGE ||
             verb == VERB_CONCERT_DELETE || verb == VERB_DRAFTS_SEE || verb == VERB_ROUND_CREATE ||
             verb == VERB_ROUND_CHANGE || verb == VERB_ROUND_DELETE || verb == VERB_ROUND_CANCEL ||
             verb == VERB_ROUND_MOVE || verb == VERB_ROUND_PAUSE || verb == VERB_ROUND_RESUME ||
             verb == VERB_ROUND_SALES || verb == VERB_SEATS_BLOCK || verb == VERB_SEATS_UNBLOCK)
        catalogue_call(deed, plans, call);
    else
        account_call(deed, call);
}
