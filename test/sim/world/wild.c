/* What makes no sense, comes at the wrong time, is somebody else's, or comes again: the house must
 * refuse it, or take it for what it is, and nothing else may happen. */
#include "base/check.h"
#include "world/clients.h"
#include "world/look.h"

#include <stdio.h>
#include <string.h>

static bool percent(struct world *world, uint64_t percent)
{
    return chance_hits(&world->people, percent, 100);
}

/* One's own, anybody's, or nobody's. */
static struct id some_id(struct world *world, struct client *client, enum known_kind kind)
{
    if (percent(world, 50) && client->known[kind].count > 0)
        return known_one(&client->known[kind], &world->people);
    return known_one(&world->known[kind], &world->people);
}

static struct id some_round(struct world *world, struct client *client)
{
    return percent(world, 70) ? look_for_round(world) : some_id(world, client, KNOWN_ROUNDS);
}

static timestamp_ms some_time(struct world *world)
{
    static const int64_t spans[] = {MINUTE_MS, HOUR_MS, 3 * DAY_MS};
    const int64_t span = spans[chance_below(&world->people, 3)];
    return clock_wall() + chance_between(&world->people, -span, span);
}

/* ---- Accounts ---- */

static void some_person(struct world *world, struct client *client, struct deed *deed)
{
    const struct client *other = percent(world, 50) ? client : client_any(world);
    deed->subject = percent(world, 20) ? ID_NONE : other->user_id;
    if (percent(world, 5))
        deed->subject = known_one(&(struct known_ids){0}, &world->people);
    if (!id_is_none(world->last_former) && percent(world, 10))
        deed->subject = world->last_former;
    memcpy(deed->email, other->email, sizeof deed->email);
    memcpy(deed->verified, percent(world, 80) ? other->password : client->email,
           sizeof deed->verified);
}

static void draw_secret(struct world *world, struct deed *deed)
{
    for (size_t i = 0; i < SECRET_BYTES; i++)
        deed->secret.bytes[i] = (uint8_t)chance_next(&world->people);
}

/* Whom the deed is about. Organizers who are clients must stay, for they make the rounds: who is
 * one of several is left alone, and of one it is known that it is the last. */
static struct id some_member(struct world *world, enum verb verb)
{
    if (percent(world, 10))
        return known_one(&(struct known_ids){0}, &world->people);
    if (percent(world, 70))
        return world->last_staff.user_id;
    if (world->one_organizer && verb == VERB_STAFF_REMOVE)
        return world->clients[0].user_id;
    return world->last_organizer;
}

static void fill_staff(struct world *world, struct deed *deed, unsigned number)
{
    (void)snprintf(deed->name, sizeof deed->name, "staff %u", number);
    if (percent(world, 80))
        (void)snprintf(deed->email, sizeof deed->email, "s%u@example.org", number);
    draw_secret(world, deed);
    deed->scopes = (uint32_t)chance_next(&world->people) & EVERY_SCOPE;
    if (percent(world, 40))
        deed->scopes &= (uint32_t)chance_next(&world->people);
    if (deed->scopes == 0)
        deed->scopes = SCOPE_BIT(SCOPE_READ);
    deed->subject = some_member(world, deed->verb);
}

/* One of the client's own, another's, a handover, or none that there is. */
static struct id some_session(struct world *world, const struct client *client)
{
    const struct client *of = percent(world, 70) ? client : client_any(world);
    if (percent(world, 20))
        return world->last_handover.session_id;
    if (of->session_count == 0 || percent(world, 10))
        return known_one(&(struct known_ids){0}, &world->people);
    return of->sessions[chance_below(&world->people, of->session_count)].session_id;
}

static void fill_account(struct world *world, struct client *client, struct deed *deed)
{
    const unsigned number = (unsigned)chance_below(&world->people, 1000000);
    some_person(world, client, deed);
    const enum verb verb = deed->verb;
    if (verb == VERB_USER_REGISTER || verb == VERB_ORGANIZER_ADD) {
        memcpy(deed->name, deed->email, sizeof deed->name);
        if (percent(world, 70))
            (void)snprintf(deed->email, sizeof deed->email, "w%u@example.org", number);
        (void)snprintf(deed->password, sizeof deed->password, "password %u", number);
    } else if (verb == VERB_USER_ENSURE) {
        (void)snprintf(deed->name, sizeof deed->name, "name %u", number);
        (void)snprintf(deed->reference, sizeof deed->reference, "shop %u", number % 20);
        if (percent(world, 70))
            deed->email[0] = '\0';
        else if (percent(world, 70))
            (void)snprintf(deed->email, sizeof deed->email, "w%u@example.org", number);
    } else if (verb == VERB_BUYER_CHANGE) {
        if (!id_is_none(world->last_ensured) && percent(world, 80))
            deed->subject = world->last_ensured;
        if (percent(world, 70))
            (void)snprintf(deed->name, sizeof deed->name, "name %u", number);
        deed->amount = percent(world, 50);
        if (deed->amount == 0 || percent(world, 40))
            deed->email[0] = '\0';
        else if (percent(world, 70))
            (void)snprintf(deed->email, sizeof deed->email, "e%u@example.org", number);
    } else if (verb == VERB_HANDOVER_REDEEM) {
        deed->subject = world->last_handover.session_id;
        deed->secret = world->last_handover.secret;
        deed->secret.bytes[0] ^= percent(world, 10);
        deed->amount = percent(world, 40);
    } else if (verb == VERB_SESSION_CLOSE) {
        deed->subject = percent(world, 30) ? ID_NONE : some_session(world, client);
    } else if (verb == VERB_SESSION_OPEN || verb == VERB_SESSION_GRANT ||
               verb == VERB_HANDOVER_MAKE) {
        if (verb == VERB_SESSION_OPEN && world->last_staff.password[0] != '\0' &&
            percent(world, 30)) {
            deed->subject = world->last_staff.user_id;
            memcpy(deed->verified, world->last_staff.password, sizeof deed->verified);
        }
        if (verb != VERB_SESSION_OPEN && !id_is_none(world->last_everywhere) && percent(world, 50))
            deed->subject = world->last_everywhere;
        draw_secret(world, deed);
    } else if (verb == VERB_API_KEY_MAKE) {
        (void)snprintf(deed->name, sizeof deed->name, "key %u", number);
        draw_secret(world, deed);
        deed->scopes = (uint32_t)chance_next(&world->people) & EVERY_SCOPE;
        if (percent(world, 40))
            deed->scopes &= (uint32_t)chance_next(&world->people);
        deed->to = percent(world, 30) ? some_time(world) : 0;
    } else if (verb == VERB_API_KEY_REMOVE) {
        deed->subject = world->keys[number % WORLD_KEYS_MAX].session_id;
        if (id_is_none(deed->subject) || percent(world, 10))
            deed->subject = known_one(&(struct known_ids){0}, &world->people);
    } else if (verb == VERB_STAFF_INVITE || verb == VERB_STAFF_CHANGE ||
               verb == VERB_STAFF_REMOVE) {
        fill_staff(world, deed, number);
    } else if (verb == VERB_PASSWORD_RESET_MAKE) {
        draw_secret(world, deed);
    } else if (verb == VERB_PASSWORD_RESET_FIND || verb == VERB_PASSWORD_RESET_TAKE) {
        if (percent(world, 90))
            deed->subject = world->last_reset.user_id;
        deed->secret = world->last_reset.secret;
        deed->secret.bytes[0] ^= percent(world, 10);
        (void)snprintf(deed->password, sizeof deed->password, "password %u", number);
    } else if (verb == VERB_USER_CHANGE) {
        deed->email[0] = '\0';
        if (percent(world, 50))
            (void)snprintf(deed->name, sizeof deed->name, "name %u", number);
        if (client->other_email[0] == '\0' && percent(world, 30)) {
            (void)snprintf(deed->email, sizeof deed->email, "c%u@example.org", number % 40);
            memcpy(client->other_email, deed->email, sizeof client->other_email);
        }
        if (percent(world, 30))
            (void)snprintf(deed->password, sizeof deed->password, "password %u", number);
    } else if (verb == VERB_USER_ERASE) {
        memcpy(deed->verified, percent(world, 80) ? client->password : client->email,
               sizeof deed->verified);
        deed->amount = percent(world, 50);
    } else if (verb == VERB_POINTS_CHARGE || verb == VERB_POINTS_ADJUST) {
        deed->amount = percent(world, 10)
                           ? CHARGE_MAX
                           : chance_between(&world->people, 1, 1 + world->shape.price_max);
        if (percent(world, 60))
            (void)snprintf(deed->reference, sizeof deed->reference, "charge %u", number % 20);
        if (verb == VERB_POINTS_ADJUST) {
            /* Up, down or by nothing. */
            deed->amount = chance_between(&world->people, -deed->amount, deed->amount);
            (void)snprintf(deed->name, sizeof deed->name, "reason %u", number);
        }
    }
}

/* ---- Lists ---- */

/* A part of a name, of an address or of a seat's number, or a whole address. */
static void fill_search(struct world *world, struct deed *deed)
{
    const unsigned number = 1 + (unsigned)chance_below(&world->people, 9);
    if (percent(world, 20))
        memcpy(deed->place, client_any(world)->email, sizeof deed->place);
    else if (percent(world, 50))
        (void)snprintf(deed->place, sizeof deed->place, "a-%u", number);
    else
        (void)snprintf(deed->place, sizeof deed->place, "%u@", number);
}

static void fill_list(struct world *world, struct client *client, struct deed *deed)
{
    static const enum record_kind kinds[] = {RECORD_KIND_USER,
                                             RECORD_KIND_API_KEY,
                                             RECORD_KIND_QUEUE_TOKEN,
                                             RECORD_KIND_PAYMENT,
                                             RECORD_KIND_PAYMENT,
                                             RECORD_KIND_SEAT_RESERVATION,
                                             RECORD_KIND_SEAT_RESERVATION,
                                             RECORD_KIND_POINT_ENTRY,
                                             RECORD_KIND_ACTION,
                                             RECORD_KIND_TICKET,
                                             RECORD_KIND_PLAN};
    struct record_query *query = &deed->query;
    some_person(world, client, deed);
    query->kind = deed->verb == VERB_STAFF_LIST
                      ? RECORD_KIND_USER
                      : kinds[chance_below(&world->people, sizeof kinds / sizeof kinds[0])];
    deed->amount = deed->verb == VERB_LIST && percent(world, 20); /* an export */
    query->limit =
        percent(world, 50) ? (size_t)chance_between(&world->people, 1, 5) : LIST_LIMIT_MAX;
    query->status.given = !percent(world, 70);
    if (query->status.given)
        query->status.value = (int)chance_below(&world->people, 3);
    if (query->kind == RECORD_KIND_TICKET)
        query->status.value = query->status.value % 2;
    else if (query->kind != RECORD_KIND_QUEUE_TOKEN && query->kind != RECORD_KIND_SEAT_RESERVATION)
        query->status.given = false;
    if (query->kind != RECORD_KIND_USER || percent(world, 50))
        deed->email[0] = '\0';
    if (query->kind == RECORD_KIND_USER && percent(world, 40))
        (void)snprintf(deed->name, sizeof deed->name, "shop %u",
                       (unsigned)chance_below(&world->people, 20));
    if (query->kind == RECORD_KIND_ACTION && percent(world, 30))
        query->actor_id = deed->subject;
    if (query->kind == RECORD_KIND_ACTION && percent(world, 30))
        query->subject_id = deed->subject;
    if (query->kind != RECORD_KIND_USER && query->kind != RECORD_KIND_API_KEY &&
        query->kind != RECORD_KIND_ACTION && query->kind != RECORD_KIND_PLAN && percent(world, 60))
        query->user_id = deed->subject;
    if ((query->kind == RECORD_KIND_SEAT_RESERVATION || query->kind == RECORD_KIND_TICKET) &&
        percent(world, 40))
        query->round_id = some_round(world, client);
    if (query->kind == RECORD_KIND_TICKET && percent(world, 40))
        query->reservation_id = some_id(world, client, KNOWN_RESERVATIONS);
    if (query->kind == RECORD_KIND_SEAT_RESERVATION && percent(world, 20))
        query->concert_id = some_id(world, client, KNOWN_CONCERTS);
    if ((query->kind == RECORD_KIND_SEAT_RESERVATION || query->kind == RECORD_KIND_USER) &&
        percent(world, 30))
        fill_search(world, deed);
    if (query->kind == RECORD_KIND_PAYMENT && percent(world, 60))
        query->of_round = some_round(world, client);
    if (query->kind == RECORD_KIND_POINT_ENTRY && percent(world, 40))
        query->entry_kind = (struct wanted_value){
            true, (int)chance_below(&world->people, ENTRY_KIND_ADJUSTMENT + 1)};
    if (query->kind == RECORD_KIND_POINT_ENTRY && percent(world, 20))
        (void)snprintf(deed->reference, sizeof deed->reference, "charge %u",
                       (unsigned)chance_below(&world->people, 20));
    if (percent(world, 20))
        query->from = some_time(world);
    if (percent(world, 20))
        query->to = some_time(world);
    if (percent(world, 20))
        query->before = id_floor(some_time(world));
}

/* ---- The catalogue and the sale ---- */

/* Mostly none, or what is to be none. */
static void draw_times(struct world *world, struct deed *deed)
{
    deed->has_doors_at = percent(world, 50);
    deed->has_ends_at = percent(world, 50);
    if (deed->has_doors_at && percent(world, 70))
        deed->doors_at = some_time(world);
    if (deed->has_ends_at && percent(world, 70))
        deed->ends_at = some_time(world);
}

static void fill_catalogue(struct world *world, struct client *client, struct deed *deed)
{
    const enum verb verb = deed->verb;
    if (verb == VERB_CONCERT_CREATE) {
        (void)snprintf(deed->name, sizeof deed->name, "a wild concert");
        deed->from = some_time(world);
        deed->to = some_time(world);
        return;
    } else if (verb == VERB_CONCERT_CHANGE) {
        deed->from = percent(world, 50) ? some_time(world) : 0;
        deed->to = percent(world, 50) ? some_time(world) : 0;
        deed->subject = some_id(world, client, KNOWN_CONCERTS);
        return;
    } else if (verb == VERB_CONCERT_DELETE) {
        deed->subject = some_id(world, client, KNOWN_CONCERTS);
        return;
    } else if (verb == VERB_ROUND_CREATE) {
        deed->subject = some_id(world, client, KNOWN_CONCERTS);
        deed->from = some_time(world);
        if (deed->from <= clock_wall() && percent(world, 70))
            deed->from = 2 * clock_wall() - deed->from;
        if (percent(world, 30))
            draw_times(world, deed);
        deed->seat_count = 1 + chance_below(&world->people, world->plans.count + 1);
        return;
    } else if (verb == VERB_ROUND_CHANGE) {
        deed->from = percent(world, 80) ? some_time(world) : 0;
        draw_times(world, deed);
    } else if (verb == VERB_ROUND_MOVE) {
        deed->from = some_time(world);
        deed->to = percent(world, 50) ? some_time(world) : deed->from;
        (void)snprintf(deed->name, sizeof deed->name, "a wild storm");
        (void)snprintf(deed->place, sizeof deed->place, "거센 태풍");
        draw_times(world, deed);
    }
    if (verb == VERB_RESERVATION_HOLD && percent(world, 30))
        deed_wants_best(world, deed, 1 + chance_below(&world->people, DEED_SEATS_MAX));
    else if (verb == VERB_SEATS_BLOCK || verb == VERB_SEATS_UNBLOCK ||
             verb == VERB_RESERVATION_HOLD) {
        deed->seat_count =
            look_for_seats(world, percent(world, 90) ? some_round(world, client) : ID_NONE,
                           LOOK_ANYWHERE, 1 + chance_below(&world->people, DEED_SEATS_MAX), deed);
        if (deed->seat_count == 0)
            deed->seat_ids[deed->seat_count++] = known_one(&(struct known_ids){0}, &world->people);
    }
    deed->subject = some_round(world, client);
    if (verb == VERB_ROUND_MOVE && percent(world, 10))
        deed->from = look_at_start(world, deed->subject);
}

static void fill_plan(struct world *world, struct client *client, struct deed *deed)
{
    static const char *const texts[] = {"{\"rows\":", "[{\"section\":\"가\"", "}]}", "1"};
    deed->subject = some_id(world, client, KNOWN_PLANS);
    deed->amount = (int64_t)chance_below(&world->people, 5) - 1;
    deed->seat_count = 1 + chance_below(&world->people, DEED_PIECES_MAX);
    for (size_t i = 0; i < deed->seat_count; i++)
        deed->pieces[i] = texts[chance_below(&world->people, sizeof texts / sizeof texts[0])];
    (void)snprintf(deed->name, sizeof deed->name, "plan %u",
                   (unsigned)chance_below(&world->people, 9));
}

static void fill_ticket(struct world *world, struct client *client, struct deed *deed)
{
    deed->subject = some_id(world, client, KNOWN_TICKETS);
    deed->amount = percent(world, 90);
    if (percent(world, 70))
        (void)snprintf(deed->name, sizeof deed->name, "holder %u",
                       (unsigned)chance_below(&world->people, 5));
}

/* Anywhere, also where nothing is yet. */
static void fill_changes(struct world *world, struct deed *deed)
{
    deed->changes = (struct change_query){
        .from_oldest = percent(world, 20),
        .after = chance_below(&world->people, 1u << chance_below(&world->people, 12)),
        .types = percent(world, 50) ? UINT64_MAX : chance_next(&world->people),
        .limit = 1 + chance_below(&world->people, LIST_LIMIT_MAX)};
}

static void fill(struct world *world, struct client *client, struct deed *deed)
{
    const enum verb verb = deed->verb;
    if (verb == VERB_QUEUE_TOKEN_GET || verb == VERB_QUEUE_LEAVE)
        deed->subject = percent(world, 30) ? ID_NONE : some_id(world, client, KNOWN_TOKENS);
    else if (verb == VERB_QUEUE_CHANGE) {
        deed->change = (struct queue_change){.has_paused = true};
    } else if (verb == VERB_INCIDENT_MAKE) {
        deed->amount = chance_between(&world->people, INCIDENT_SECONDS_MIN, 120);
        (void)snprintf(deed->name, sizeof deed->name, "a wild incident");
    } else if (verb == VERB_NOTICE_SET) {
        deed->to = percent(world, 70) ? some_time(world) : 0;
        (void)snprintf(deed->name, sizeof deed->name, "a wild notice");
        (void)snprintf(deed->place, sizeof deed->place, "막 쓴 공지");
    } else if (verb == VERB_RESERVATION_GET || verb == VERB_RESERVATION_CALENDAR ||
               verb == VERB_RESERVATION_EXTEND || verb == VERB_RESERVATION_CANCEL ||
               verb == VERB_PAYMENT_MAKE)
        deed->subject = some_id(world, client, KNOWN_RESERVATIONS);
    else if (verb == VERB_TICKET_GET || verb == VERB_TICKET_CODE_GET ||
             verb == VERB_TICKET_REISSUE || verb == VERB_TICKET_CHANGE)
        fill_ticket(world, client, deed);
    else if (verb == VERB_PAYMENT_GET)
        deed->subject = some_id(world, client, KNOWN_PAYMENTS);
    else if (verb == VERB_RESERVATION_HISTORY)
        deed->subject = some_id(world, client, KNOWN_RESERVATIONS);
    else if (verb == VERB_SALES_BREAK_DOWN) {
        deed->subject = some_round(world, client);
        deed->amount = (int64_t)chance_below(&world->people, SALES_BY_COUNT);
    } else if (verb == VERB_CHANGES)
        fill_changes(world, deed);
    else if (verb == VERB_QUEUE_FORECAST) {
        deed->change.admit_per_second = 1 + (int64_t)chance_below(&world->people, 20);
        deed->change.max_active = 1 + (int64_t)chance_below(&world->people, 50);
    } else if (verb == VERB_LIST || verb == VERB_STAFF_LIST)
        fill_list(world, client, deed);
    else if (verb == VERB_PLAN_MAKE || verb == VERB_PLAN_CHANGE || verb == VERB_PLAN_REMOVE ||
             verb == VERB_PLAN_GET)
        fill_plan(world, client, deed);
    else if (verb == VERB_CONCERT_CREATE || verb == VERB_CONCERT_CHANGE ||
             verb == VERB_CONCERT_DELETE || verb == VERB_DRAFTS_SEE || verb == VERB_ROUND_CREATE ||
             verb == VERB_ROUND_CHANGE || verb == VERB_ROUND_DELETE || verb == VERB_ROUND_CANCEL ||
             verb == VERB_ROUND_MOVE || verb == VERB_ROUND_PAUSE || verb == VERB_ROUND_RESUME ||
             verb == VERB_ROUND_SALES || verb == VERB_SEATS_BLOCK || verb == VERB_SEATS_UNBLOCK ||
             verb == VERB_RESERVATION_HOLD)
        fill_catalogue(world, client, deed);
    else
        fill_account(world, client, deed);
}

/* ---- Which ---- */

/* An organizer's hand on the catalogue is rare: everybody's business hangs on it. */
static const unsigned char weights[VERB_COUNT] = {
    [VERB_SIGN_IN_FIND] = 4,
    [VERB_USER_REGISTER] = 4,
    [VERB_ORGANIZER_ADD] = 1,
    [VERB_USER_ENSURE] = 5,
    [VERB_SESSION_GRANT] = 3,
    [VERB_HANDOVER_MAKE] = 4,
    [VERB_HANDOVER_REDEEM] = 5,
    [VERB_SESSION_OPEN] = 14,
    [VERB_SESSION_LIST] = 5,
    [VERB_SESSION_CLOSE] = 6,
    [VERB_SESSION_CLOSE_ALL] = 1,
    [VERB_USER_GET] = 5,
    [VERB_USER_PASSWORD_GET] = 2,
    [VERB_USER_CHANGE] = 6,
    [VERB_BUYER_CHANGE] = 4,
    [VERB_USER_ERASE] = 5,
    [VERB_API_KEY_MAKE] = 8,
    [VERB_API_KEY_REMOVE] = 3,
    [VERB_STAFF_INVITE] = 5,
    [VERB_STAFF_LIST] = 3,
    [VERB_STAFF_CHANGE] = 4,
    [VERB_STAFF_REMOVE] = 2,
    [VERB_METRICS_GET] = 2,
    [VERB_ROUND_IMPORT] = 2,
    [VERB_PASSWORD_RESET_MAKE] = 5,
    [VERB_PASSWORD_RESET_FIND] = 2,
    [VERB_PASSWORD_RESET_TAKE] = 3,
    [VERB_POINTS_GET] = 5,
    [VERB_POINTS_CHARGE] = 12,
    [VERB_POINTS_ADJUST] = 6,
    [VERB_CONCERT_CREATE] = 2,
    [VERB_CONCERT_CHANGE] = 3,
    [VERB_CONCERT_DELETE] = 2,
    [VERB_DRAFTS_SEE] = 2,
    [VERB_PLAN_MAKE] = 4,
    [VERB_PLAN_CHANGE] = 8,
    [VERB_PLAN_REMOVE] = 2,
    [VERB_PLAN_GET] = 6,
    [VERB_ROUND_CREATE] = 3,
    [VERB_ROUND_CHANGE] = 5,
    [VERB_ROUND_DELETE] = 2,
    [VERB_ROUND_CANCEL] = 1,
    [VERB_ROUND_MOVE] = 3,
    [VERB_ROUND_PAUSE] = 3,
    [VERB_ROUND_RESUME] = 3,
    [VERB_ROUND_SALES] = 5,
    [VERB_SEATS_BLOCK] = 5,
    [VERB_SEATS_UNBLOCK] = 8,
    [VERB_QUEUE_JOIN] = 8,
    [VERB_QUEUE_TOKEN_GET] = 10,
    [VERB_QUEUE_LEAVE] = 4,
    [VERB_QUEUE_CHANGE] = 2,
    [VERB_INCIDENT_MAKE] = 2,
    [VERB_NOTICE_SET] = 4,
    [VERB_NOTICE_REMOVE] = 3,
    [VERB_RESERVATION_HOLD] = 20,
    [VERB_RESERVATION_GET] = 10,
    [VERB_RESERVATION_CALENDAR] = 6,
    [VERB_RESERVATION_EXTEND] = 8,
    [VERB_RESERVATION_CANCEL] = 10,
    [VERB_PAYMENT_MAKE] = 12,
    [VERB_PAYMENT_GET] = 8,
    [VERB_TICKET_GET] = 6,
    [VERB_TICKET_CODE_GET] = 6,
    [VERB_TICKET_REISSUE] = 9,
    [VERB_TICKET_CHANGE] = 9,
    [VERB_LIST] = 14,
    [VERB_CHANGES] = 4,
    [VERB_DESK_SEE] = 2,
    [VERB_SELFCHECK] = 2,
    [VERB_RESERVATION_HISTORY] = 6,
    [VERB_SALES_BREAK_DOWN] = 6,
    [VERB_QUEUE_FORECAST] = 3,
    [VERB_HEARD] = 3,
};

static enum verb some_verb(struct world *world)
{
    const unsigned char *leaning = world->shape.leaning;
    uint64_t total = 0;
    for (enum verb verb = 0; verb < VERB_COUNT; verb++)
        total += (uint64_t)weights[verb] * leaning[verb];
    CHECK(total > 0); /* of sixty verbs one is leant to in every world that a seed makes */
    uint64_t at = chance_below(&world->people, total);
    enum verb verb = 0;
    for (; at >= (uint64_t)weights[verb] * leaning[verb]; verb++)
        at -= (uint64_t)weights[verb] * leaning[verb];
    return verb;
}

/* Something that was sent before with an Idempotency-Key, and may or may not have been done. */
static void send_kept(struct world *world, struct client *client)
{
    errand_send(world, client, &client->kept[chance_below(&world->people, client->kept_count)]);
}

/* On as many devices as one may be. */
static void sign_in_everywhere(struct world *world, struct client *client)
{
    struct deed deed = {.verb = VERB_SESSION_OPEN, .subject = client->user_id};
    memcpy(deed.verified, client->password, sizeof deed.verified);
    for (size_t i = 0; i < SESSIONS_PER_USER_MAX; i++) {
        draw_secret(world, &deed);
        errand_send(world, client, &deed);
    }
    world->last_everywhere = client->user_id;
}

void wild_act(struct world *world, struct client *client)
{
    if (client->kept_count > 0 && percent(world, 20)) {
        send_kept(world, client);
        return;
    }
    struct deed deed = {.verb = some_verb(world)};
    if (deed.verb == VERB_SESSION_OPEN && percent(world, 20)) {
        sign_in_everywhere(world, client);
        return;
    }
    if (deed.verb == VERB_ORGANIZER_ADD && world->one_organizer)
        deed.verb = VERB_USER_REGISTER;
    fill(world, client, &deed);
    if (percent(world, 10))
        deed.sender = DEED_BY_KEY;
    else if (percent(world, 3))
        deed.sender = percent(world, 50) ? DEED_NAMELESS : DEED_FORGED;
    else if (percent(world, 3))
        deed.sender = DEED_HANDED_OVER;
    if (client->kept_count > 0 && deed_may_carry_key(&deed) && percent(world, 15)) {
        /* The key of something else. */
        deed.idempotency =
            client->kept[chance_below(&world->people, client->kept_count)].idempotency;
        deed.idempotency.fingerprint = deed.idempotency.sent_fingerprint = deed_fingerprint(&deed);
        errand_send(world, client, &deed);
        return;
    }
    client_do(world, client, &deed);
}
