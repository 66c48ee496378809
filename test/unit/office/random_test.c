/* All verbs at random, many calls a batch, with time, downtimes, restarts and forgetting between
 * them. After every batch the office's audit and the judge (money, order, states) look at what was
 * written; now and then each row in memory is held against what was written of it. */
#include "chance.h"
#include "crowd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PEOPLE 40
#define ORGANIZERS 3 /* the first of them */
#define KEPT 64      /* things of a kind that calls may be about */
#define TEXT_BYTES 8 /* of a made-up e-mail, reference or name */

struct things {
    struct id ids[KEPT];
    size_t next;
};

struct world {
    struct stage stage;
    struct coverage coverage;
    struct chance chance;
    struct person people[PEOPLE];
    struct things users, ensured, keys, staff, tokens, concerts, plans, rounds, reservations,
        payments, tickets;
    struct password_reset reset; /* the last */
    struct id handover;          /* the same */
    bool erased[PEOPLE];         /* in the batch that is being made */
    char text[4][TEXT_BYTES];
    struct id seats[SEATS_PER_RESERVATION_MAX + 1];
    struct seat_plan plan[12];
    char numbers[12][TEXT_BYTES];
    unsigned done[VERB_COUNT], refused[REFUSAL_COUNT];
};

static void ok(const struct world *world, bool good)
{
    if (!good)
        fail_msg("%s", world->stage.trouble.text);
}

/* ---- Things ---- */

static void keep(struct things *things, struct id id)
{
    things->ids[things->next++ % KEPT] = id;
}

/* One of the last few mostly: those still live. Sometimes nothing that ever was. */
static struct id some(struct world *world, const struct things *things)
{
    if (things->next == 0 || chance_percent(&world->chance, 1))
        return (struct id){{0x0f}};
    const size_t known = things->next < KEPT ? things->next : KEPT;
    const size_t recent = chance_percent(&world->chance, 80) && known > 12 ? 12 : known;
    return things->ids[(things->next - 1 - chance_below(&world->chance, recent)) % KEPT];
}

static const char *some_text(struct world *world, size_t which, size_t variety)
{
    (void)snprintf(world->text[which], TEXT_BYTES, "t%zu", chance_below(&world->chance, variety));
    return world->text[which];
}

static timestamp_ms some_time(struct world *world, int64_t from, int64_t to)
{
    return world->stage.now.wall + from +
           (int64_t)chance_below(&world->chance, (size_t)(to - from));
}

static void choose_seats(struct world *world, struct id round_id, struct call *call)
{
    struct round_state state;
    size_t count = 0;
    if (office_round_state(world->stage.office, round_id, &state)) {
        const size_t total = (size_t)(state.available + state.held + state.sold + state.blocked);
        const size_t wanted = 1 + chance_below(&world->chance, 3);
        const size_t first = chance_below(&world->chance, total);
        for (; count < wanted && first + count < total; count++)
            world->seats[count] =
                office_round_seat(world->stage.office, round_id, first + count)->id;
    }
    if (count == 0 || chance_percent(&world->chance, 2))
        world->seats[count++] = (struct id){{0x0f}};
    if (call->verb == VERB_RESERVATION_HOLD) {
        call->in.reservation_hold.round_id = round_id;
        call->in.reservation_hold.seat_ids = world->seats;
        call->in.reservation_hold.seat_count = count;
    } else {
        call->in.seats_block.round_id = round_id;
        call->in.seats_block.seat_ids = world->seats;
        call->in.seats_block.seat_count = count;
    }
}

static void plan_round(struct world *world, struct call *call)
{
    const size_t seats =
        1 + chance_below(&world->chance, sizeof world->plan / sizeof world->plan[0]);
    for (size_t i = 0; i < seats; i++) {
        const bool twice = i > 0 && chance_percent(&world->chance, 1);
        (void)snprintf(world->numbers[i], TEXT_BYTES, "%zu", twice ? i - 1 : i);
        world->plan[i] = (struct seat_plan){.seat_number = world->numbers[i],
                                            .section = i % 2 == 0 ? "A" : NULL,
                                            .price = (int64_t)chance_below(&world->chance, 50)};
    }
    call->in.round.concert_id = some(world, &world->concerts);
    call->in.round.start_time = some_time(world, -DAY_MS / 4, 2 * DAY_MS);
    call->in.round.seats = world->plan;
    call->in.round.seat_count = seats;
}

/* ---- Calls ---- */

static void fill_people_call(struct world *world, struct call *call)
{
    struct person *person = &world->people[chance_below(&world->chance, PEOPLE)];
    const enum verb verb = call->verb;
    if (verb == VERB_SIGN_IN_FIND)
        call->in.sign_in_find.email = some_text(world, 0, 300);
    else if (verb == VERB_USER_REGISTER || verb == VERB_ORGANIZER_ADD) {
        call->in.user_register.name = call->in.user_register.email = some_text(world, 0, 300);
        call->in.user_register.password_hash = "secret";
    } else if (verb == VERB_USER_ENSURE) {
        call->in.user_register.name = some_text(world, 1, 99);
        call->in.user_register.email =
            chance_percent(&world->chance, 20) ? some_text(world, 0, 300) : NULL;
        call->in.user_register.external_id = some_text(world, 2, 60);
    } else if (verb == VERB_BUYER_CHANGE) {
        call->in.buyer_change.user_id =
            chance_percent(&world->chance, 70) ? some(world, &world->ensured) : person->user_id;
        call->in.buyer_change.name = some_text(world, 1, 99);
        call->in.buyer_change.has_email = chance_percent(&world->chance, 50);
        if (call->in.buyer_change.has_email && chance_percent(&world->chance, 50))
            call->in.buyer_change.email = some_text(world, 0, 300);
    } else if (verb == VERB_SESSION_GRANT || verb == VERB_HANDOVER_MAKE) {
        call->in.session_open.user_id = person->user_id;
    } else if (verb == VERB_HANDOVER_REDEEM) {
        call->in.handover_redeem.session_id = world->handover;
        call->in.handover_redeem.replace = chance_percent(&world->chance, 50);
    } else if (verb == VERB_SESSION_CLOSE) {
        if (chance_percent(&world->chance, 50))
            call->in.session_close.session_id = person->credentials.session_id;
    } else if (verb == VERB_SESSION_OPEN) {
        call->in.session_open.user_id = person->user_id;
        call->in.session_open.verified_hash =
            chance_percent(&world->chance, 5) ? "guess" : "secret";
    } else if (verb == VERB_API_KEY_MAKE) {
        call->in.api_key.name = some_text(world, 1, 99);
        call->in.api_key.scopes = (uint32_t)chance_below(&world->chance, EVERY_SCOPE);
        if (chance_percent(&world->chance, 20))
            call->in.api_key.expires_at = some_time(world, -HOUR_MS, HOUR_MS);
    } else if (verb == VERB_API_KEY_REMOVE) {
        call->in.api_key.key_id = some(world, &world->keys);
    } else if (verb == VERB_STAFF_INVITE || verb == VERB_STAFF_CHANGE ||
               verb == VERB_STAFF_REMOVE) {
        call->in.staff.user_id = some(world, &world->staff);
        call->in.staff.name = call->in.staff.email = some_text(world, 0, 300);
        call->in.staff.scopes = 1 + (uint32_t)chance_below(&world->chance, EVERY_SCOPE);
        call->in.staff.secret_hash.bytes[0] = (uint8_t)chance_below(&world->chance, UINT8_MAX);
    } else if (verb == VERB_STAFF_LIST) {
        call->in.list = (struct record_query){.kind = RECORD_KIND_USER, .limit = 10};
    } else if (verb == VERB_PASSWORD_RESET_MAKE) {
        call->in.password_reset.user_id = person->user_id;
        call->in.password_reset.secret_hash.bytes[0] =
            (uint8_t)chance_below(&world->chance, UINT8_MAX);
    } else if (verb == VERB_PASSWORD_RESET_FIND || verb == VERB_PASSWORD_RESET_TAKE) {
        call->in.password_reset.user_id = world->reset.user_id;
        call->in.password_reset.secret_hash = world->reset.secret_hash;
        call->in.password_reset.secret_hash.bytes[1] = chance_percent(&world->chance, 20);
        call->in.password_reset.password_hash = "secret";
    } else if (verb == VERB_USER_CHANGE) {
        call->in.user_change.name = some_text(world, 1, 99);
        if (chance_percent(&world->chance, 20)) {
            call->in.user_change.email = some_text(world, 0, 300);
            call->in.user_change.password_hash = "secret";
            call->in.user_change.verified_hash =
                chance_percent(&world->chance, 30) ? NULL : "secret";
        }
    } else if (verb == VERB_USER_ERASE) {
        call->in.user_erase.verified_hash = chance_percent(&world->chance, 30) ? NULL : "secret";
        call->in.user_erase.forfeit = chance_percent(&world->chance, 50);
    } else if (verb == VERB_USER_GET || verb == VERB_POINTS_GET) {
        if (chance_percent(&world->chance, 30))
            call->in.user_get.user_id = some(world, &world->users);
    } else if (verb == VERB_POINTS_CHARGE || verb == VERB_POINTS_ADJUST) {
        if (chance_percent(&world->chance, 30))
            call->in.points_charge.user_id = some(world, &world->users);
        call->in.points_charge.amount = 1 + (int64_t)chance_below(&world->chance, 200);
        if (chance_percent(&world->chance, 1))
            call->in.points_charge.amount = BALANCE_MAX;
        if (verb == VERB_POINTS_ADJUST) {
            call->in.points_charge.amount -= 100;
            call->in.points_charge.reason = some_text(world, 3, 99);
        }
        if (chance_percent(&world->chance, 30))
            call->in.points_charge.reference = some_text(world, 2, 40);
    } else {
        call->in.list = (struct record_query){.kind = RECORD_KIND_PAYMENT};
    }
}

static void fill_catalogue_call(struct world *world, struct call *call)
{
    const enum verb verb = call->verb;
    if (verb == VERB_CONCERT_CREATE || verb == VERB_CONCERT_CHANGE) {
        call->in.concert.concert_id = some(world, &world->concerts);
        call->in.concert.title = some_text(world, 1, 99);
        call->in.concert.description = "";
        call->in.concert.reservation_open_at = some_time(world, -2 * DAY_MS, DAY_MS / 8);
        call->in.concert.reservation_close_at = some_time(world, -HOUR_MS, 3 * DAY_MS);
        call->in.concert.terms = (struct concert_terms){
            .has_status = chance_percent(&world->chance, 20),
            .status = chance_percent(&world->chance, 20) ? CONCERT_STATUS_DRAFT
                                                         : CONCERT_STATUS_PUBLISHED,
            .has_max_seats_per_user = chance_percent(&world->chance, 20),
            .max_seats_per_user = (int64_t)chance_below(&world->chance, 12),
            .has_external_id = chance_percent(&world->chance, 30),
            .external_id = some_text(world, 2, 5),
        };
    } else if (verb == VERB_ROUND_CREATE)
        plan_round(world, call);
    else if (verb == VERB_ROUND_CHANGE) {
        call->in.round.start_time = some_time(world, 0, DAY_MS);
        call->in.round.round_id = some(world, &world->rounds);
        call->in.round.has_doors_at = chance_percent(&world->chance, 30);
        call->in.round.doors_at = some_time(world, 0, DAY_MS / 2);
    } else if (verb == VERB_ROUND_MOVE) {
        call->in.round.round_id = some(world, &world->rounds);
        call->in.round.start_time = some_time(world, 0, DAY_MS);
        call->in.round.free_cancel_until = some_time(world, 0, DAY_MS);
        call->in.round.reason.texts = (struct texts_to_tell){.ko = "태풍", .en = "A storm."};
    } else if (verb == VERB_ROUND_DELETE || verb == VERB_ROUND_CANCEL || verb == VERB_ROUND_PAUSE ||
               verb == VERB_ROUND_RESUME || verb == VERB_ROUND_SALES)
        call->in.round.round_id = some(world, &world->rounds);
    else if (verb == VERB_CONCERT_DELETE)
        call->in.concert.concert_id = some(world, &world->concerts);
    else
        choose_seats(world, some(world, &world->rounds), call);
}

static void fill_queue_call(struct world *world, struct call *call)
{
    struct queue_change *change = &call->in.queue_change;
    if (call->verb != VERB_QUEUE_CHANGE) {
        if (chance_percent(&world->chance, 50))
            call->in.token.token_id = some(world, &world->tokens);
        return;
    }
    change->has_max_active = chance_percent(&world->chance, 50);
    change->max_active = 1 + (int64_t)chance_below(&world->chance, PEOPLE);
    change->has_paused = true;
    change->paused = chance_percent(&world->chance, 10);
    change->has_open_at = chance_percent(&world->chance, 10);
    change->open_at = some_time(world, -HOUR_MS, MINUTE_MS);
    change->has_join_opens_at = chance_percent(&world->chance, 20);
    change->join_opens_at =
        chance_percent(&world->chance, 80) ? 0 : some_time(world, -HOUR_MS, MINUTE_MS);
    change->has_silent_seconds = chance_percent(&world->chance, 20);
    change->silent_seconds = 60 + (int64_t)chance_below(&world->chance, 100);
    change->has_wait_seconds = chance_percent(&world->chance, 20);
    change->wait_seconds = 60 + (int64_t)chance_below(&world->chance, 600);
}

static void fill_plan_call(struct world *world, struct call *call)
{
    static const char *const pieces[] = {"a", "b", "c", "d", "e"};
    const size_t most = sizeof pieces / sizeof pieces[0];
    call->in.plan.plan_id = some(world, &world->plans);
    call->in.plan.name = "hall";
    call->in.plan.version = (int64_t)chance_below(&world->chance, 3);
    call->in.plan.any_version = chance_percent(&world->chance, 50);
    call->in.plan.text = (struct plan_text){
        .pieces = pieces,
        .piece_count = 1 + chance_below(&world->chance, most),
        .seat_count = 9,
    };
}

static void fill(struct world *world, struct call *call)
{
    const enum verb verb = call->verb;
    if (verb == VERB_QUEUE_FORECAST) {
        call->in.forecast.admit_per_second = 1 + (int64_t)chance_below(&world->chance, 9);
        call->in.forecast.max_active = 1 + (int64_t)chance_below(&world->chance, PEOPLE);
    } else if (verb == VERB_QUEUE_TOKEN_GET || verb == VERB_QUEUE_LEAVE ||
               verb == VERB_QUEUE_CHANGE)
        fill_queue_call(world, call);
    else if (verb == VERB_QUEUE_JOIN)
        call->in.queue_join.concert_id =
            chance_percent(&world->chance, 50) ? some(world, &world->concerts) : ID_NONE;
    else if (verb == VERB_PLAN_MAKE || verb == VERB_PLAN_CHANGE || verb == VERB_PLAN_REMOVE ||
             verb == VERB_PLAN_GET)
        fill_plan_call(world, call);
    else if (verb == VERB_CONCERT_CREATE || verb == VERB_CONCERT_CHANGE ||
             verb == VERB_CONCERT_DELETE || verb == VERB_ROUND_CREATE ||
             verb == VERB_ROUND_CHANGE || verb == VERB_ROUND_DELETE || verb == VERB_ROUND_CANCEL ||
             verb == VERB_ROUND_MOVE || verb == VERB_ROUND_PAUSE || verb == VERB_ROUND_RESUME ||
             verb == VERB_ROUND_SALES || verb == VERB_SEATS_BLOCK || verb == VERB_SEATS_UNBLOCK ||
             verb == VERB_RESERVATION_HOLD)
        fill_catalogue_call(world, call);
    else if (verb == VERB_RESERVATION_GET || verb == VERB_RESERVATION_CALENDAR ||
             verb == VERB_RESERVATION_EXTEND || verb == VERB_RESERVATION_CANCEL ||
             verb == VERB_RESERVATION_HISTORY || verb == VERB_PAYMENT_MAKE)
        call->in.reservation.reservation_id = some(world, &world->reservations);
    else if (verb == VERB_INCIDENT_MAKE) {
        call->in.incident.add_seconds = 30 + (int64_t)chance_below(&world->chance, 60);
        call->in.incident.note = "the payment page stood still";
    } else if (verb == VERB_NOTICE_SET) {
        call->in.notice.texts =
            (struct texts_to_tell){.ko = "늦게 시작합니다", .en = "It begins late."};
        call->in.notice.has_until = chance_percent(&world->chance, 50);
        call->in.notice.until = some_time(world, -MINUTE_MS, HOUR_MS);
    } else if (verb == VERB_TICKET_GET || verb == VERB_TICKET_CODE_GET ||
               verb == VERB_TICKET_REISSUE || verb == VERB_TICKET_CHANGE) {
        call->in.ticket.ticket_id = some(world, &world->tickets);
        call->in.ticket.has_holder_name = chance_percent(&world->chance, 80);
        if (chance_percent(&world->chance, 70))
            call->in.ticket.holder_name = some_text(world, 1, 99);
    } else if (verb == VERB_PAYMENT_GET)
        call->in.payment_get.payment_id = some(world, &world->payments);
    else
        fill_people_call(world, call);
}

/* Mostly whoever may: an organizer for the organizer's verbs, the buyer for a reservation of
 * theirs.
 */
static const struct person *some_caller(struct world *world, const struct call *call)
{
    const bool organizing =
        (call->verb >= VERB_CONCERT_CREATE && call->verb <= VERB_SEATS_UNBLOCK) ||
        call->verb == VERB_QUEUE_CHANGE || call->verb == VERB_INCIDENT_MAKE ||
        call->verb == VERB_NOTICE_SET || call->verb == VERB_NOTICE_REMOVE ||
        call->verb == VERB_PASSWORD_RESET_MAKE || call->verb == VERB_BUYER_CHANGE ||
        call->verb == VERB_API_KEY_MAKE || call->verb == VERB_API_KEY_REMOVE ||
        call->verb == VERB_METRICS_GET || call->verb == VERB_ROUND_IMPORT ||
        call->verb == VERB_RESERVATION_HISTORY ||
        (call->verb >= VERB_STAFF_INVITE && call->verb <= VERB_STAFF_REMOVE);
    if (chance_percent(&world->chance, 10))
        return &world->people[chance_below(&world->chance, PEOPLE)];
    if (organizing)
        return &world->people[chance_below(&world->chance, ORGANIZERS)];
    if (call->verb == VERB_RESERVATION_GET || call->verb == VERB_RESERVATION_EXTEND ||
        call->verb == VERB_RESERVATION_CANCEL || call->verb == VERB_PAYMENT_MAKE) {
        const struct record *reservation =
            ledger_find_id(&world->stage.ledger, RECORD_KIND_SEAT_RESERVATION,
                           call->in.reservation.reservation_id);
        for (size_t i = 0; reservation != NULL && i < PEOPLE; i++)
            if (id_equal(world->people[i].user_id, reservation->as.seat_reservation.user_id))
                return &world->people[i];
    }
    if (call->verb == VERB_TICKET_CODE_GET || call->verb == VERB_TICKET_REISSUE ||
        call->verb == VERB_TICKET_CHANGE) {
        const struct record *ticket =
            ledger_find_id(&world->stage.ledger, RECORD_KIND_TICKET, call->in.ticket.ticket_id);
        for (size_t i = 0; ticket != NULL && i < PEOPLE; i++)
            if (id_equal(world->people[i].user_id, ticket->as.ticket.user_id))
                return &world->people[i];
    }
    return &world->people[chance_below(&world->chance, PEOPLE)];
}

/* What an answer taught: ids for later calls, and sessions. */
static void learn(struct world *world, const struct call *call)
{
    if (call->refusal == REFUSAL_INSUFFICIENT_POINTS)
        keep(&world->payments, call->detail.payment_id);
    if (call->refusal == REFUSAL_NONE && call->verb == VERB_RESERVATION_GET)
        for (size_t i = 0; i < call->out.reservation.ticket_count; i++)
            keep(&world->tickets, call->out.reservation.seats[i].ticket_id);
    if (call->refusal == REFUSAL_NONE && call->verb == VERB_USER_ENSURE)
        keep(&world->ensured, call->record->as.user.id);
    if (call->refusal == REFUSAL_NONE && call->verb == VERB_HANDOVER_MAKE)
        world->handover = call->out.session.id;
    if (call->refusal == REFUSAL_NONE && call->verb == VERB_USER_ERASE)
        for (size_t i = 0; i < PEOPLE; i++)
            world->erased[i] |= id_equal(world->people[i].user_id, call->caller_id);
    if (call->refusal != REFUSAL_NONE || !call->created)
        return;
    const enum verb verb = call->verb;
    if (verb == VERB_USER_REGISTER || verb == VERB_ORGANIZER_ADD || verb == VERB_USER_ENSURE)
        keep(&world->users, call->record->as.user.id);
    else if (verb == VERB_SESSION_OPEN || verb == VERB_SESSION_GRANT) {
        for (size_t i = 0; i < PEOPLE; i++)
            if (id_equal(world->people[i].user_id, call->in.session_open.user_id))
                world->people[i].credentials =
                    (struct credentials){.present = true, .session_id = call->out.session.id};
    } else if (verb == VERB_API_KEY_MAKE)
        keep(&world->keys, call->record->as.api_key.id);
    else if (verb == VERB_STAFF_INVITE) {
        keep(&world->staff, call->record->as.user.id);
        world->reset = call->out.reset;
    } else if (verb == VERB_PASSWORD_RESET_MAKE)
        world->reset = call->out.reset;
    else if (verb == VERB_QUEUE_JOIN)
        keep(&world->tokens, call->out.token.token.id);
    else if (verb == VERB_CONCERT_CREATE)
        keep(&world->concerts, call->record->as.concert.id);
    else if (call->verb == VERB_PLAN_MAKE)
        keep(&world->plans, call->record->as.plan.id);
    else if (verb == VERB_ROUND_CREATE)
        keep(&world->rounds, call->record->as.concert_round.id);
    else if (verb == VERB_RESERVATION_HOLD)
        keep(&world->reservations, call->out.reservation.reservation.id);
    else if (verb == VERB_PAYMENT_MAKE)
        keep(&world->payments, call->out.payment.id);
}

/* How often each verb is tried: the purchase most, what ends things least. */
static const unsigned char weights[VERB_COUNT] = {
    [VERB_SIGN_IN_FIND] = 5,
    [VERB_USER_REGISTER] = 5,
    [VERB_ORGANIZER_ADD] = 3,
    [VERB_USER_ENSURE] = 24,
    [VERB_BUYER_CHANGE] = 8,
    [VERB_SESSION_GRANT] = 24,
    [VERB_HANDOVER_MAKE] = 24,
    [VERB_HANDOVER_REDEEM] = 20,
    [VERB_SESSION_OPEN] = 30,
    [VERB_SESSION_LIST] = 5,
    [VERB_SESSION_CLOSE] = 3,
    [VERB_SESSION_CLOSE_ALL] = 3,
    [VERB_USER_GET] = 5,
    [VERB_USER_PASSWORD_GET] = 3,
    [VERB_USER_CHANGE] = 10,
    [VERB_USER_ERASE] = 6,
    [VERB_API_KEY_MAKE] = 8,
    [VERB_API_KEY_REMOVE] = 5,
    [VERB_STAFF_INVITE] = 8,
    [VERB_STAFF_LIST] = 2,
    [VERB_STAFF_CHANGE] = 6,
    [VERB_STAFF_REMOVE] = 4,
    [VERB_METRICS_GET] = 3,
    [VERB_ROUND_IMPORT] = 3,
    [VERB_PASSWORD_RESET_MAKE] = 10,
    [VERB_PASSWORD_RESET_FIND] = 5,
    [VERB_PASSWORD_RESET_TAKE] = 5,
    [VERB_POINTS_GET] = 5,
    [VERB_POINTS_CHARGE] = 60,
    [VERB_POINTS_ADJUST] = 20,
    [VERB_CONCERT_CREATE] = 10,
    [VERB_CONCERT_CHANGE] = 10,
    [VERB_CONCERT_DELETE] = 6,
    [VERB_DRAFTS_SEE] = 2,
    [VERB_PLAN_MAKE] = 10,
    [VERB_PLAN_CHANGE] = 15,
    [VERB_PLAN_REMOVE] = 5,
    [VERB_PLAN_GET] = 2,
    [VERB_ROUND_CREATE] = 30,
    [VERB_ROUND_CHANGE] = 10,
    [VERB_ROUND_DELETE] = 4,
    [VERB_ROUND_CANCEL] = 6,
    [VERB_ROUND_MOVE] = 8,
    [VERB_ROUND_PAUSE] = 3,
    [VERB_ROUND_RESUME] = 12,
    [VERB_ROUND_SALES] = 5,
    [VERB_SEATS_BLOCK] = 20,
    [VERB_SEATS_UNBLOCK] = 25,
    [VERB_QUEUE_JOIN] = 120,
    [VERB_QUEUE_TOKEN_GET] = 20,
    [VERB_QUEUE_LEAVE] = 10,
    [VERB_QUEUE_CHANGE] = 10,
    [VERB_INCIDENT_MAKE] = 3,
    [VERB_NOTICE_SET] = 6,
    [VERB_NOTICE_REMOVE] = 3,
    [VERB_RESERVATION_HOLD] = 200,
    [VERB_RESERVATION_GET] = 20,
    [VERB_RESERVATION_CALENDAR] = 5,
    [VERB_RESERVATION_EXTEND] = 20,
    [VERB_RESERVATION_CANCEL] = 40,
    [VERB_PAYMENT_MAKE] = 120,
    [VERB_PAYMENT_GET] = 20,
    [VERB_TICKET_GET] = 10,
    [VERB_TICKET_CODE_GET] = 12,
    [VERB_TICKET_REISSUE] = 20,
    [VERB_TICKET_CHANGE] = 20,
    [VERB_LIST] = 3,
    [VERB_CHANGES] = 20,
    [VERB_DESK_SEE] = 10,
    [VERB_SELFCHECK] = 8,
    [VERB_RESERVATION_HISTORY] = 12,
    [VERB_SALES_BREAK_DOWN] = 12,
    [VERB_QUEUE_FORECAST] = 12,
    [VERB_HEARD] = 60,
};

static enum verb some_verb(struct world *world)
{
    size_t total = 0;
    for (size_t i = 0; i < VERB_COUNT; i++)
        total += weights[i];
    size_t at = chance_below(&world->chance, total);
    enum verb verb = 0;
    for (; at >= weights[verb]; verb++)
        at -= weights[verb];
    return verb;
}

static void one_call(struct world *world)
{
    struct call call = {.verb = some_verb(world)};
    fill(world, &call);
    call.credentials = some_caller(world, &call)->credentials;
    if (world->keys.next > 0 && chance_percent(&world->chance, 5))
        call.credentials = (struct credentials){
            .present = true, .is_key = true, .session_id = some(world, &world->keys)};
    ok(world, stage_batch_call(&world->stage, &call));
    learn(world, &call);
    world->refused[call.refusal]++;
    if (call.refusal == REFUSAL_NONE)
        world->done[call.verb]++;
    call_release(&call);
}

/* ---- Time ---- */

static void pass_time(struct world *world)
{
    struct stage *stage = &world->stage;
    const size_t kind = chance_below(&world->chance, 1000);
    if (kind < 700)
        ok(world, stage_jump(stage, (int64_t)chance_below(&world->chance, 200)));
    else if (kind < 960)
        ok(world, stage_jump(stage, (int64_t)chance_below(&world->chance, 5000)));
    else if (kind < 990)
        ok(world, stage_wait(stage, (int64_t)chance_below(&world->chance, 2 * MINUTE_MS)));
    else if (kind < 993)
        ok(world, stage_jump(stage, (int64_t)chance_below(&world->chance, 3 * HOUR_MS)));
    else if (kind < 996)
        ok(world, stage_drop(stage, chance_below(&world->chance, 20)));
    if (kind >= 997) {
        stage->recovery = (enum recovery)chance_below(&world->chance, RECOVERY_COUNT);
        ok(world, stage_restart(stage, (int64_t)chance_below(&world->chance, MINUTE_MS)));
    }
}

/* Somebody else comes for each whose account was erased. */
static void replace_erased(struct world *world)
{
    for (size_t i = 0; i < PEOPLE; i++) {
        if (!world->erased[i])
            continue;
        world->erased[i] = false;
        world->people[i] = crowd_sign_up(&world->stage, VERB_USER_REGISTER);
        keep(&world->users, world->people[i].user_id);
    }
}

static void begin(struct world *world, uint64_t seed)
{
    struct office_settings settings = stage_settings();
    settings.hold_seconds = 120;
    settings.active_seconds = 300;
    settings.silent_seconds = 100;
    settings.wait_seconds = 400;
    settings.max_active = 10;
    settings.refund_until_seconds = 3600;
    world->chance = (struct chance){seed};
    ok(world, stage_open(&world->stage, &settings, RECOVER_FROM_BOTH, &world->coverage));
    world->stage.compare_every = 25;
    for (size_t i = 0; i < PEOPLE; i++) {
        world->people[i] =
            crowd_sign_up(&world->stage, i < ORGANIZERS ? VERB_ORGANIZER_ADD : VERB_USER_REGISTER);
        keep(&world->users, world->people[i].user_id);
    }
}

#define BATCHES 6000

static void play(uint64_t seed)
{
    struct world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    begin(world, seed);
    for (size_t i = 0; i < BATCHES; i++) {
        pass_time(world);
        ok(world, stage_batch_begin(&world->stage));
        for (size_t calls = 1 + chance_below(&world->chance, 5); calls > 0; calls--)
            one_call(world);
        ok(world, stage_batch_end(&world->stage));
        replace_erased(world);
    }
    for (enum recovery way = 0; way < RECOVERY_COUNT; way++) {
        world->stage.recovery = way;
        ok(world, stage_restart(&world->stage, 0) && stage_check(&world->stage));
    }
    for (enum verb verb = 0; verb < VERB_COUNT; verb++)
        if (world->done[verb] < 5)
            fail_msg("%s was done %u times only", verb_name(verb), world->done[verb]);
    assert_null(coverage_missing(&world->coverage));
    stage_close(&world->stage);
    free(world);
}

static void all_verbs_at_random_keep_every_invariant(void **state)
{
    (void)state;
    play(50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_verbs_at_random_keep_every_invariant),
    };
    return cmocka_run_group_tests_name("random", tests, NULL, NULL);
}
