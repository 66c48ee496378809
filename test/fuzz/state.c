/* The office played by bytes: an input is a sequence of calls and of moves of the clock, on the
 * stage of the office's own tests. After every batch the office's audit, the judge (money, order,
 * states) and the ledger look at what was written; at the end it is loaded again and must be the
 * same. The coverage-guided companion of the random test and of the simulator.
 *
 * A byte of settings, one that says from what it is loaded at the end, then moves of four bytes:
 * what, who, about which, how. */
#include "fuzz.h"

#include "stage.h"

#include <stdio.h>
#include <stdlib.h>

#define PEOPLE 6
#define ORGANIZERS 2  /* the first of them */
#define KEPT 16       /* things of a kind that calls may be about */
#define SEATS 8       /* of the first round */
#define MOVES_MAX 400 /* more only take longer */
#define TEXT_BYTES 16

struct person {
    struct id user_id;
    struct credentials credentials;
};

struct things {
    struct id ids[KEPT];
    size_t count;
};

struct world {
    struct stage stage;
    struct coverage coverage;
    struct person people[PEOPLE];
    struct credentials key; /* the last API key that was made, or none */
    struct things tokens, concerts, plans, rounds, reservations, payments, tickets;
    struct id handover; /* the last */
    size_t batch_left;  /* calls that are still to come into the open batch */
    char texts[2][TEXT_BYTES];
    struct id seats[SEATS_PER_RESERVATION_MAX];
    struct seat_plan plan[SEATS];
    char numbers[SEATS][TEXT_BYTES];
};

struct move {
    uint8_t what, who, which, how;
};

static void must(const struct world *world, bool good)
{
    if (good)
        return;
    fprintf(stderr, "state: %s\n", world->stage.trouble.text);
    abort();
}

/* ---- Things ---- */

static void keep(struct things *things, struct id id)
{
    things->ids[things->count++ % KEPT] = id;
}

/* One of them; 0: something that never was. */
static struct id some(const struct things *things, uint8_t which)
{
    const size_t known = things->count < KEPT ? things->count : KEPT;
    const size_t index = which % (known + 1);
    return index == 0 ? (struct id){{0x0f}} : things->ids[index - 1];
}

static const char *some_text(struct world *world, size_t place, uint8_t which)
{
    CHECK(snprintf(world->texts[place], TEXT_BYTES, "t%u", which % 8u) > 0);
    return world->texts[place];
}

/* Around now: from a day before to three days after, and edges. */
static timestamp_ms some_time(const struct world *world, uint8_t how)
{
    static const int64_t distances[] = {
        0,       1,        -1,     SECOND_MS, 30 * SECOND_MS, MINUTE_MS,   10 * MINUTE_MS,
        HOUR_MS, -HOUR_MS, DAY_MS, -DAY_MS,   3 * DAY_MS,     -2 * DAY_MS,
    };
    return world->stage.now.wall + distances[how % (sizeof distances / sizeof distances[0])];
}

static int64_t some_amount(uint8_t how)
{
    static const int64_t amounts[] = {1, 10, 100, 1000, CHARGE_MAX, BALANCE_MAX - 1, BALANCE_MAX};
    return amounts[how % (sizeof amounts / sizeof amounts[0])];
}

/* One to three seats of a round, side by side, from a place on. */
static size_t some_seats(struct world *world, struct id round_id, uint8_t how)
{
    struct round_state state;
    size_t count = 0;
    if (office_round_state(world->stage.office, round_id, &state)) {
        const size_t total = (size_t)(state.available + state.held + state.sold + state.blocked);
        const size_t first = how / 4 % total, wanted = 1 + how % 4;
        for (; count < wanted && first + count < total; count++)
            world->seats[count] =
                office_round_seat(world->stage.office, round_id, first + count)->id;
    }
    if (count == 0)
        world->seats[count++] = (struct id){{0x0f}};
    return count;
}

static void plan_round(struct world *world, struct call *call, uint8_t how)
{
    const size_t seats = 1 + how % SEATS;
    for (size_t i = 0; i < seats; i++) {
        const bool twice = i > 0 && how == UINT8_MAX;
        CHECK(snprintf(world->numbers[i], TEXT_BYTES, "%zu", twice ? i - 1 : i) > 0);
        world->plan[i] = (struct seat_plan){.seat_number = world->numbers[i],
                                            .section = i % 2 == 0 ? "A" : NULL,
                                            .price = how % 3 * 10};
    }
    call->in.round.start_time = some_time(world, how / SEATS);
    call->in.round.seats = world->plan;
    call->in.round.seat_count = seats;
}

/* ---- Calls ---- */

static void fill_people_call(struct world *world, struct call *call, struct move move)
{
    const struct id user_id = world->people[move.which % PEOPLE].user_id;
    const enum verb verb = call->verb;
    if (verb == VERB_SIGN_IN_FIND)
        call->in.sign_in_find.email = some_text(world, 0, move.which);
    else if (verb == VERB_USER_REGISTER || verb == VERB_ORGANIZER_ADD) {
        call->in.user_register.name = call->in.user_register.email =
            some_text(world, 0, move.which);
        call->in.user_register.password_hash = "secret";
    } else if (verb == VERB_USER_ENSURE) {
        call->in.user_register.name = some_text(world, 0, move.which);
        call->in.user_register.email = move.how & 1 ? some_text(world, 1, move.how) : NULL;
        call->in.user_register.external_id = call->in.user_register.name;
    } else if (verb == VERB_BUYER_CHANGE) {
        call->in.buyer_change.user_id = user_id;
        call->in.buyer_change.name = some_text(world, 0, move.which);
        call->in.buyer_change.has_email = move.how & 1;
        call->in.buyer_change.email = move.how & 2 ? some_text(world, 1, move.how) : NULL;
    } else if (verb == VERB_HANDOVER_REDEEM) {
        call->in.handover_redeem.session_id = world->handover;
        call->in.handover_redeem.replace = move.how & 1;
    } else if (verb == VERB_API_KEY_MAKE) {
        call->in.api_key.name = some_text(world, 0, move.which);
        call->in.api_key.scopes = (move.which * 256U + move.how) & EVERY_SCOPE;
        call->in.api_key.expires_at = move.how & 1 ? some_time(world, move.which) : 0;
    } else if (verb == VERB_API_KEY_REMOVE) {
        call->in.api_key.key_id = world->key.session_id;
    } else if (verb == VERB_STAFF_INVITE || verb == VERB_STAFF_CHANGE ||
               verb == VERB_STAFF_REMOVE) {
        call->in.staff.user_id = user_id;
        call->in.staff.name = call->in.staff.email = some_text(world, 0, move.which);
        call->in.staff.scopes = 1 + (move.which * 256U + move.how) % EVERY_SCOPE;
    } else if (verb == VERB_STAFF_LIST) {
        call->in.list = (struct record_query){.kind = RECORD_KIND_USER, .limit = 10};
    } else if (verb == VERB_PASSWORD_RESET_MAKE || verb == VERB_PASSWORD_RESET_FIND ||
               verb == VERB_PASSWORD_RESET_TAKE) {
        call->in.password_reset.user_id = user_id;
        call->in.password_reset.secret_hash.bytes[0] = move.how & 1;
        call->in.password_reset.password_hash = "secret";
    } else if (verb == VERB_SESSION_GRANT || verb == VERB_HANDOVER_MAKE) {
        call->in.session_open.user_id = user_id;
    } else if (verb == VERB_SESSION_CLOSE) {
        if (move.how & 1)
            call->in.session_close.session_id =
                world->people[move.which % PEOPLE].credentials.session_id;
    } else if (verb == VERB_SESSION_OPEN) {
        call->in.session_open.user_id = user_id;
        call->in.session_open.verified_hash = move.how % 8 == 7 ? "guess" : "secret";
    } else if (verb == VERB_USER_CHANGE) {
        call->in.user_change.name = some_text(world, 0, move.which);
        call->in.user_change.email = move.how & 1 ? some_text(world, 1, move.which) : NULL;
        call->in.user_change.password_hash = move.how & 2 ? "secret" : NULL;
        call->in.user_change.verified_hash = move.how & 4 ? NULL : "secret";
    } else if (verb == VERB_USER_ERASE) {
        call->in.user_erase.verified_hash = move.how & 1 ? "guess" : "secret";
        call->in.user_erase.forfeit = move.how & 2;
    } else if (verb == VERB_USER_GET || verb == VERB_POINTS_GET)
        call->in.user_get.user_id = move.how & 1 ? user_id : ID_NONE;
    else if (verb == VERB_POINTS_CHARGE || verb == VERB_POINTS_ADJUST) {
        const bool down = verb == VERB_POINTS_ADJUST && move.how & 32;
        call->in.points_charge.user_id = move.how & 64 ? user_id : ID_NONE;
        call->in.points_charge.amount = (down ? -1 : 1) * some_amount(move.how % 8);
        call->in.points_charge.reason = down ? some_text(world, 1, move.which) : NULL;
        call->in.points_charge.reference = move.how & 128 ? some_text(world, 0, move.which) : NULL;
    } else {
        call->in.list = (struct record_query){.kind = RECORD_KIND_PAYMENT};
    }
}

static void fill_concert_call(struct world *world, struct call *call, struct move move)
{
    call->in.concert.concert_id = some(&world->concerts, move.which);
    if (call->verb == VERB_CONCERT_DELETE)
        return;
    call->in.concert.title = some_text(world, 0, move.which);
    call->in.concert.description = "";
    call->in.concert.reservation_open_at = some_time(world, move.how % 16);
    call->in.concert.reservation_close_at = some_time(world, move.how / 16);
}

static void fill_round_call(struct world *world, struct call *call, struct move move)
{
    const struct id round_id = some(&world->rounds, move.which);
    const enum verb verb = call->verb;
    if (verb == VERB_ROUND_CREATE) {
        call->in.round.concert_id = some(&world->concerts, move.which);
        plan_round(world, call, move.how);
    } else if (verb == VERB_ROUND_CHANGE) {
        call->in.round.start_time = some_time(world, move.how);
        call->in.round.round_id = round_id;
        call->in.round.has_ends_at = move.how & 1;
        call->in.round.ends_at = some_time(world, move.which);
    } else if (verb == VERB_ROUND_MOVE) {
        call->in.round.round_id = round_id;
        call->in.round.start_time = some_time(world, move.how % 16);
        call->in.round.free_cancel_until = some_time(world, move.how / 16);
        call->in.round.reason.texts = (struct texts_to_tell){.ko = "태풍", .en = "a storm"};
    } else if (verb == VERB_ROUND_DELETE || verb == VERB_ROUND_CANCEL || verb == VERB_ROUND_PAUSE ||
               verb == VERB_ROUND_RESUME || verb == VERB_ROUND_SALES)
        call->in.round.round_id = round_id;
    else if (verb == VERB_RESERVATION_HOLD) {
        call->in.reservation_hold.round_id = round_id;
        call->in.reservation_hold.seat_count = some_seats(world, round_id, move.how);
        call->in.reservation_hold.seat_ids = world->seats;
    } else {
        call->in.seats_block.round_id = round_id;
        call->in.seats_block.seat_count = some_seats(world, round_id, move.how);
        call->in.seats_block.seat_ids = world->seats;
    }
}

static void fill_queue_change(struct world *world, struct queue_change *change, struct move move)
{
    change->has_max_active = move.which & 1;
    change->max_active = 1 + move.how % 4;
    change->has_paused = move.which & 2;
    change->paused = move.how & 1;
    change->has_open_at = move.which & 4;
    change->open_at = some_time(world, move.how);
    change->has_join_opens_at = move.which & 128;
    change->join_opens_at = move.how & 1 ? some_time(world, move.how) : 0;
    change->has_silent_seconds = move.which & 8;
    change->silent_seconds = 10 + move.how % 60;
    change->has_wait_seconds = move.which & 16;
    change->wait_seconds = 10 + move.how;
    change->has_active_seconds = move.which & 32;
    change->active_seconds = 10 + move.how;
    change->has_admit_per_second = move.which & 64;
    change->admit_per_second = 1 + move.how % 3;
}

static void fill_plan_call(struct world *world, struct call *call, struct move move)
{
    static const char *const pieces[] = {"a", "b", "c"};
    call->in.plan.plan_id = some(&world->plans, move.which);
    call->in.plan.name = some_text(world, 0, move.which);
    call->in.plan.version = move.how % 4;
    call->in.plan.any_version = move.which & 1;
    call->in.plan.text =
        (struct plan_text){.pieces = pieces, .piece_count = 1 + move.how % 3, .seat_count = 2};
}

static void fill(struct world *world, struct call *call, struct move move)
{
    const enum verb verb = call->verb;
    if (verb == VERB_CONCERT_CREATE || verb == VERB_CONCERT_CHANGE || verb == VERB_CONCERT_DELETE)
        fill_concert_call(world, call, move);
    else if (verb == VERB_PLAN_MAKE || verb == VERB_PLAN_CHANGE || verb == VERB_PLAN_REMOVE ||
             verb == VERB_PLAN_GET)
        fill_plan_call(world, call, move);
    else if (verb == VERB_ROUND_CREATE || verb == VERB_ROUND_CHANGE || verb == VERB_ROUND_DELETE ||
             verb == VERB_ROUND_CANCEL || verb == VERB_ROUND_MOVE || verb == VERB_ROUND_PAUSE ||
             verb == VERB_ROUND_RESUME || verb == VERB_ROUND_SALES || verb == VERB_SEATS_BLOCK ||
             verb == VERB_SEATS_UNBLOCK || verb == VERB_RESERVATION_HOLD)
        fill_round_call(world, call, move);
    else if (verb == VERB_QUEUE_TOKEN_GET || verb == VERB_QUEUE_LEAVE)
        call->in.token.token_id = move.how & 1 ? some(&world->tokens, move.which) : ID_NONE;
    else if (verb == VERB_INCIDENT_MAKE) {
        call->in.incident.add_seconds = INCIDENT_SECONDS_MIN + move.how;
        call->in.incident.note = "it stood still";
    } else if (verb == VERB_NOTICE_SET) {
        call->in.notice.texts = (struct texts_to_tell){.ko = "지연", .en = "late"};
        call->in.notice.level = move.which & 1 ? NOTICE_LEVEL_WARNING : NOTICE_LEVEL_INFO;
        call->in.notice.has_until = move.which & 2;
        call->in.notice.until = some_time(world, move.how);
    } else if (verb == VERB_QUEUE_FORECAST) {
        call->in.forecast.admit_per_second = 1 + move.which;
        call->in.forecast.max_active = 1 + move.how;
    } else if (verb == VERB_QUEUE_CHANGE)
        fill_queue_change(world, &call->in.queue_change, move);
    else if (verb == VERB_RESERVATION_GET || verb == VERB_RESERVATION_CALENDAR ||
             verb == VERB_RESERVATION_EXTEND || verb == VERB_RESERVATION_CANCEL ||
             verb == VERB_PAYMENT_MAKE)
        call->in.reservation.reservation_id = some(&world->reservations, move.which);
    else if (verb == VERB_TICKET_GET || verb == VERB_TICKET_CODE_GET ||
             verb == VERB_TICKET_REISSUE || verb == VERB_TICKET_CHANGE) {
        call->in.ticket.ticket_id = some(&world->tickets, move.which);
        call->in.ticket.has_holder_name = move.how & 1;
        call->in.ticket.holder_name = move.how & 2 ? "Kim" : NULL;
    } else if (verb == VERB_PAYMENT_GET)
        call->in.payment_get.payment_id = some(&world->payments, move.which);
    else
        fill_people_call(world, call, move);
}

/* What an answer taught: ids for later calls, and sessions. */
static void learn(struct world *world, const struct call *call)
{
    if (call->refusal == REFUSAL_INSUFFICIENT_POINTS)
        keep(&world->payments, call->detail.payment_id);
    if (call->refusal == REFUSAL_NONE && call->verb == VERB_RESERVATION_GET)
        for (size_t i = 0; i < call->out.reservation.ticket_count; i++)
            keep(&world->tickets, call->out.reservation.seats[i].ticket_id);
    if (call->refusal != REFUSAL_NONE || !call->created)
        return;
    const enum verb verb = call->verb;
    if (verb == VERB_HANDOVER_MAKE)
        world->handover = call->out.session.id;
    else if (verb == VERB_SESSION_OPEN || verb == VERB_SESSION_GRANT) {
        for (size_t i = 0; i < PEOPLE; i++)
            if (id_equal(world->people[i].user_id, call->in.session_open.user_id))
                world->people[i].credentials =
                    (struct credentials){.present = true, .session_id = call->out.session.id};
    } else if (verb == VERB_API_KEY_MAKE)
        world->key = (struct credentials){
            .present = true, .is_key = true, .session_id = call->record->as.api_key.id};
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

/* In the open batch, or in one of its own. */
static void make_call(struct world *world, struct call *call)
{
    struct stage *stage = &world->stage;
    if (world->batch_left == 0) {
        must(world, stage_call(stage, call));
    } else {
        must(world, stage_batch_call(stage, call));
        if (--world->batch_left == 0)
            must(world, stage_batch_end(stage));
    }
    learn(world, call);
    call_release(call);
}

static void close_batch(struct world *world)
{
    if (world->batch_left > 0)
        must(world, stage_batch_end(&world->stage));
    world->batch_left = 0;
}

/* ---- Moves that are no calls ---- */

enum other_move {
    MOVE_WAIT,    /* time passes, waking whenever something is due */
    MOVE_JUMP,    /* time passes at once: over 5 s that is a downtime */
    MOVE_BATCH,   /* the calls that follow come in one batch */
    MOVE_DROP,    /* what was written so far, or most of it, is booked */
    MOVE_RESTART, /* the house is loaded again */
    OTHER_MOVE_COUNT,
};

static void make_other_move(struct world *world, enum other_move what, struct move move)
{
    static const int64_t waits_ms[] = {0, 1, 10, 999, 1000, 1001, 5000, 20000, 45000};
    static const int64_t jumps_ms[] = {0,       1,        1000,   4999,       5000,       5001,
                                       HOUR_MS, 24000000, DAY_MS, 2 * DAY_MS, 40 * DAY_MS};
    struct stage *stage = &world->stage;
    close_batch(world);
    switch (what) {
    case MOVE_WAIT:
        must(world, stage_wait(stage, waits_ms[move.how % (sizeof waits_ms / sizeof *waits_ms)]));
        return;
    case MOVE_JUMP:
        must(world, stage_jump(stage, jumps_ms[move.how % (sizeof jumps_ms / sizeof *jumps_ms)]));
        return;
    case MOVE_BATCH:
        must(world, stage_batch_begin(stage));
        world->batch_left = 2 + move.how % 6;
        return;
    case MOVE_DROP:
        must(world, stage_drop(stage, move.how % 16));
        return;
    case MOVE_RESTART:
        stage->recovery = (enum recovery)(move.which % RECOVERY_COUNT);
        must(world,
             stage_restart(stage, jumps_ms[move.how % (sizeof jumps_ms / sizeof *jumps_ms)]));
        return;
    case OTHER_MOVE_COUNT:
        break;
    }
    UNREACHABLE("move");
}

/* Who asks, the last API key and nobody included, and with which Idempotency-Key, if any. The same
 * move with the same key is the same request. */
static void sign(const struct world *world, struct call *call, struct move move)
{
    const unsigned who = move.who % (PEOPLE + 1u), key = move.who / (PEOPLE + 1u) % 4;
    if (who < PEOPLE)
        call->credentials = world->people[who].credentials;
    else if (move.who % 2 == 0)
        call->credentials = world->key;
    const int64_t request = (int64_t)call->verb << 16 | move.which << 8 | move.how;
    if (key > 0)
        call->idempotency = (struct idempotency){
            .present = true,
            .key_hash = key,
            .fingerprint = request,
            .sent_fingerprint = request,
        };
}

static void make_move(struct world *world, struct move move)
{
    const unsigned what = move.what % (VERB_COUNT + OTHER_MOVE_COUNT);
    if (what >= VERB_COUNT) {
        make_other_move(world, (enum other_move)(what - VERB_COUNT), move);
        return;
    }
    struct call call = {.verb = (enum verb)what};
    sign(world, &call, move);
    fill(world, &call, move);
    make_call(world, &call);
}

/* ---- The beginning and the end ---- */

static void sign_up(struct world *world, size_t number)
{
    char email[TEXT_BYTES];
    CHECK(snprintf(email, sizeof email, "%zu@house", number) > 0);
    struct call user = {.verb = number < ORGANIZERS ? VERB_ORGANIZER_ADD : VERB_USER_REGISTER};
    user.in.user_register.name = user.in.user_register.email = email;
    user.in.user_register.password_hash = "secret";
    must(world, stage_call(&world->stage, &user) && user.refusal == REFUSAL_NONE);
    world->people[number].user_id = user.record->as.user.id;
    call_release(&user);
    make_move(world, (struct move){.what = VERB_SESSION_OPEN, .which = (uint8_t)number});
}

/* People, a concert on sale and a round with seats, so that an input begins where it is crowded. */
static void begin(struct world *world, uint8_t choice)
{
    struct office_settings settings = stage_settings();
    settings.hold_seconds = 20;
    settings.active_seconds = choice & 1 ? 30 : 90;
    settings.silent_seconds = choice & 2 ? 15 : 40;
    settings.wait_seconds = choice & 4 ? 30 : 200;
    settings.max_active = choice & 8 ? 1 : 3;
    settings.admit_per_second = choice & 16 ? 1 : 100;
    settings.refund_until_seconds = choice & 32 ? 0 : 3600;
    must(world, stage_open(&world->stage, &settings, RECOVER_FROM_BOTH, &world->coverage));
    world->stage.audit_every = world->stage.compare_every = 0;
    world->stage.drop_at_once = choice & 64;
    for (size_t i = 0; i < PEOPLE; i++)
        sign_up(world, i);
    const uint8_t day_before_to_day_after = 10 + 9 * 16, tomorrow = 9 * SEATS + SEATS - 1;
    make_move(world, (struct move){.what = VERB_CONCERT_CREATE, .how = day_before_to_day_after});
    make_move(world, (struct move){.what = VERB_ROUND_CREATE, .which = 1, .how = tomorrow});
    CHECK(world->rounds.count == 1);
    world->stage.audit_every = world->stage.compare_every = 1;
}

static void finish(struct world *world, enum recovery way)
{
    close_batch(world);
    world->stage.recovery = way;
    must(world, stage_restart(&world->stage, 0) && stage_check(&world->stage));
    stage_close(&world->stage);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {.at = data, .end = data + size};
    struct world *world = calloc(1, sizeof *world);
    CHECK(world != NULL);
    const uint8_t settings = fuzz_byte(&input), recovery = fuzz_byte(&input);
    begin(world, settings);
    for (size_t i = 0; i < MOVES_MAX && fuzz_left(&input) > 0; i++) {
        struct move move;
        fuzz_take(&input, &move, sizeof move);
        make_move(world, move);
    }
    finish(world, (enum recovery)(recovery % RECOVERY_COUNT));
    free(world);
    return 0;
}
