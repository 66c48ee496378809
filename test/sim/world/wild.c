/* What makes no sense, comes at the wrong time, is somebody else's, or comes again: the house must
 * refuse it, or take it for what it is, and nothing else may happen. */
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
    memcpy(deed->email, other->email, sizeof deed->email);
    memcpy(deed->verified, percent(world, 80) ? other->password : client->email,
           sizeof deed->verified);
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
    } else if (verb == VERB_SESSION_OPEN) {
        for (size_t i = 0; i < SECRET_BYTES; i++)
            deed->secret.bytes[i] = (uint8_t)chance_next(&world->people);
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
    } else if (verb == VERB_POINTS_CHARGE) {
        deed->amount = percent(world, 10)
                           ? CHARGE_MAX
                           : chance_between(&world->people, 1, 1 + world->shape.price_max);
        if (percent(world, 60))
            (void)snprintf(deed->reference, sizeof deed->reference, "charge %u", number % 20);
    }
}

/* ---- Lists ---- */

static void fill_list(struct world *world, struct client *client, struct deed *deed)
{
    static const enum record_kind kinds[] = {RECORD_KIND_USER,
                                             RECORD_KIND_QUEUE_TOKEN,
                                             RECORD_KIND_PAYMENT,
                                             RECORD_KIND_SEAT_RESERVATION,
                                             RECORD_KIND_SEAT_RESERVATION,
                                             RECORD_KIND_POINT_ENTRY};
    struct record_query *query = &deed->query;
    some_person(world, client, deed);
    query->kind = kinds[chance_below(&world->people, sizeof kinds / sizeof kinds[0])];
    query->limit =
        percent(world, 50) ? (size_t)chance_between(&world->people, 1, 5) : LIST_LIMIT_MAX;
    query->status.given = !percent(world, 70);
    if (query->status.given)
        query->status.value = (int)chance_below(&world->people, 3);
    if (query->kind != RECORD_KIND_QUEUE_TOKEN && query->kind != RECORD_KIND_SEAT_RESERVATION)
        query->status.given = false;
    if (query->kind != RECORD_KIND_USER || percent(world, 50))
        deed->email[0] = '\0';
    if (query->kind != RECORD_KIND_USER && percent(world, 60))
        query->user_id = deed->subject;
    if (query->kind == RECORD_KIND_SEAT_RESERVATION && percent(world, 40))
        query->round_id = some_round(world, client);
    if (percent(world, 20))
        query->from = some_time(world);
    if (percent(world, 20))
        query->to = some_time(world);
    if (percent(world, 20))
        query->before = id_floor(some_time(world));
}

/* ---- The catalogue and the sale ---- */

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
        deed->seat_count = 1 + chance_below(&world->people, world->plans.count + 1);
        return;
    } else if (verb == VERB_ROUND_CHANGE)
        deed->from = percent(world, 80) ? some_time(world) : 0;
    else if (verb == VERB_SEATS_BLOCK || verb == VERB_SEATS_UNBLOCK ||
             verb == VERB_RESERVATION_HOLD) {
        deed->seat_count = look_for_seats(
            world, percent(world, 90) ? some_round(world, client) : ID_NONE, LOOK_ANYWHERE,
            1 + chance_below(&world->people, DEED_SEATS_MAX), deed->seat_ids);
        if (deed->seat_count == 0)
            deed->seat_ids[deed->seat_count++] = known_one(&(struct known_ids){0}, &world->people);
    }
    deed->subject = some_round(world, client);
}

static void fill(struct world *world, struct client *client, struct deed *deed)
{
    const enum verb verb = deed->verb;
    if (verb == VERB_QUEUE_TOKEN_GET || verb == VERB_QUEUE_LEAVE)
        deed->subject = percent(world, 30) ? ID_NONE : some_id(world, client, KNOWN_TOKENS);
    else if (verb == VERB_QUEUE_CHANGE) {
        deed->change = (struct queue_change){.has_paused = true};
    } else if (verb == VERB_RESERVATION_GET || verb == VERB_RESERVATION_CANCEL ||
               verb == VERB_PAYMENT_MAKE)
        deed->subject = some_id(world, client, KNOWN_RESERVATIONS);
    else if (verb == VERB_PAYMENT_GET)
        deed->subject = some_id(world, client, KNOWN_PAYMENTS);
    else if (verb == VERB_LIST)
        fill_list(world, client, deed);
    else if (verb == VERB_CONCERT_CREATE || verb == VERB_CONCERT_CHANGE ||
             verb == VERB_CONCERT_DELETE || verb == VERB_ROUND_CREATE ||
             verb == VERB_ROUND_CHANGE || verb == VERB_ROUND_DELETE || verb == VERB_ROUND_CANCEL ||
             verb == VERB_ROUND_PAUSE || verb == VERB_ROUND_RESUME || verb == VERB_ROUND_SALES ||
             verb == VERB_SEATS_BLOCK || verb == VERB_SEATS_UNBLOCK ||
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
    [VERB_SESSION_OPEN] = 14,
    [VERB_SESSION_CLOSE] = 4,
    [VERB_SESSION_CLOSE_ALL] = 1,
    [VERB_USER_GET] = 5,
    [VERB_USER_PASSWORD_GET] = 2,
    [VERB_USER_CHANGE] = 6,
    [VERB_POINTS_GET] = 5,
    [VERB_POINTS_CHARGE] = 12,
    [VERB_CONCERT_CREATE] = 2,
    [VERB_CONCERT_CHANGE] = 3,
    [VERB_CONCERT_DELETE] = 2,
    [VERB_ROUND_CREATE] = 3,
    [VERB_ROUND_CHANGE] = 3,
    [VERB_ROUND_DELETE] = 2,
    [VERB_ROUND_CANCEL] = 1,
    [VERB_ROUND_PAUSE] = 3,
    [VERB_ROUND_RESUME] = 3,
    [VERB_ROUND_SALES] = 5,
    [VERB_SEATS_BLOCK] = 5,
    [VERB_SEATS_UNBLOCK] = 8,
    [VERB_QUEUE_JOIN] = 8,
    [VERB_QUEUE_TOKEN_GET] = 10,
    [VERB_QUEUE_LEAVE] = 4,
    [VERB_QUEUE_CHANGE] = 2,
    [VERB_RESERVATION_HOLD] = 20,
    [VERB_RESERVATION_GET] = 10,
    [VERB_RESERVATION_CANCEL] = 10,
    [VERB_PAYMENT_MAKE] = 12,
    [VERB_PAYMENT_GET] = 8,
    [VERB_LIST] = 8,
    [VERB_HEARD] = 3,
};

static enum verb some_verb(struct world *world)
{
    uint64_t total = 0;
    for (enum verb verb = 0; verb < VERB_COUNT; verb++)
        total += weights[verb];
    uint64_t at = chance_below(&world->people, total);
    enum verb verb = 0;
    for (; at >= weights[verb]; verb++)
        at -= weights[verb];
    return verb;
}

/* Something that was sent before with an Idempotency-Key, and may or may not have been done. */
static void send_kept(struct world *world, struct client *client)
{
    errand_send(world, client, &client->kept[chance_below(&world->people, client->kept_count)]);
}

void wild_act(struct world *world, struct client *client)
{
    if (client->kept_count > 0 && percent(world, 20)) {
        send_kept(world, client);
        return;
    }
    struct deed deed = {.verb = some_verb(world)};
    fill(world, client, &deed);
    if (percent(world, 3))
        deed.sender = percent(world, 50) ? DEED_NAMELESS : DEED_FORGED;
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
