/* What organizers do: put concerts on, keep the door, charge those who are short, and change their
 * minds too. */
#include "world/clients.h"
#include "world/faults.h"
#include "world/look.h"

#include <stdio.h>

/* Rounds that are made in one world; each costs memory and time for its seats. */
#define ROUNDS_MADE_MAX 80

/* How many people are looked at for one who panics. */
#define PANIC_MAX 100

static bool percent(struct world *world, uint64_t percent)
{
    return chance_hits(&world->people, percent, 100);
}

/* ---- The catalogue ---- */

/* What a concert need not have: mostly it has nothing of it. Drafts are rare, since nobody can buy
 * there. */
static void draw_terms(struct world *world, struct deed *deed)
{
    struct concert_terms *terms = &deed->terms;
    terms->has_status = percent(world, 30);
    terms->status = percent(world, 30) ? CONCERT_STATUS_DRAFT : CONCERT_STATUS_PUBLISHED;
    terms->has_place = percent(world, 20);
    if (percent(world, 70))
        (void)snprintf(deed->place, sizeof deed->place, "hall %u",
                       (unsigned)chance_below(&world->people, 10));
    terms->has_max_seats_per_reservation = percent(world, 20);
    terms->max_seats_per_reservation = chance_between(&world->people, 0, 8);
    terms->has_max_seats_per_user = percent(world, 20);
    terms->max_seats_per_user = chance_between(&world->people, 0, 12);
    terms->has_external_id = percent(world, 30);
    if (percent(world, 80))
        (void)snprintf(deed->reference, sizeof deed->reference, "show %u",
                       (unsigned)chance_below(&world->people, 10));
}

static struct deed new_concert(struct world *world, int64_t seconds)
{
    struct deed deed = {
        .verb = VERB_CONCERT_CREATE,
        .from = world->phase == PHASE_LIVENESS || percent(world, 70)
                    ? clock_wall() - chance_between(&world->people, 0, 10 * MINUTE_MS)
                    : clock_wall() + chance_between(&world->people, 0, 2 * MINUTE_MS),
        .to = clock_wall() + seconds * SECOND_MS,
    };
    (void)snprintf(deed.name, sizeof deed.name, "concert %u",
                   (unsigned)chance_below(&world->people, 1000));
    return deed;
}

void organizer_makes_concert(struct world *world, struct client *client, int64_t seconds)
{
    struct deed deed = new_concert(world, seconds);
    client_do(world, client, &deed);
}

void organizer_makes_round(struct world *world, struct client *client, struct id concert_id,
                           int64_t seconds)
{
    struct deed deed = {.verb = VERB_ROUND_CREATE, .subject = concert_id};
    deed.from = clock_wall() + seconds * SECOND_MS;
    deed.seat_count = 1 + chance_below(&world->people, world->shape.seats_max);
    world->known_rounds_made++;
    client_do(world, client, &deed);
}

static int64_t some_seconds(struct world *world)
{
    return chance_between(&world->people, 30, world->shape.round_in_seconds_max);
}

static void make_something(struct world *world, struct client *client)
{
    if (world->known_rounds_made >= ROUNDS_MADE_MAX)
        return;
    if (world->known[KNOWN_CONCERTS].count < (size_t)world->shape.concerts || percent(world, 40)) {
        struct deed deed = new_concert(world, 2 * some_seconds(world));
        draw_terms(world, &deed);
        client_do(world, client, &deed);
    } else
        organizer_makes_round(world, client,
                              known_one(&world->known[KNOWN_CONCERTS], &world->people),
                              some_seconds(world));
}

/* How often who is in a hurry asks for the same. */
#define HURRY 4

/* Those who hold seats, or have them, in a hurry: in the very batch that takes them away. Who holds
 * some is rarer, and asks again and again for more time. */
static void panic(struct world *world)
{
    for (unsigned i = 0; i < PANIC_MAX; i++) {
        struct client *client = client_any(world);
        const bool holds = !id_is_none(client->held);
        const struct id subject = holds ? client->held : client->paid;
        struct deed pay = {.verb = VERB_PAYMENT_MAKE, .subject = subject};
        struct deed extend = {.verb = VERB_RESERVATION_EXTEND, .subject = subject};
        if (id_is_none(subject))
            continue;
        for (unsigned again = 0; holds && again < HURRY; again++)
            errand_send(world, client, &extend);
        if (!holds && percent(world, 20))
            client_do(world, client, &extend);
        if (percent(world, holds ? 30 : 60))
            client_do(world, client, &pay);
    }
}

/* In a large house a round is rarely taken away: so there are many who had bought it. */
static bool is_too_rare(struct world *world)
{
    return world->shape.large && !chance_hits(&world->people, 1, 100);
}

static void draw_prices(struct world *world, struct deed *deed)
{
    deed->prices[deed->price_count++] = (struct number_by_name){
        .name = percent(world, 70) ? "VIP" : "",
        .number = chance_between(&world->people, 0, world->shape.price_max)};
    if (percent(world, 20))
        deed->prices[deed->price_count++] = (struct number_by_name){.name = "none", .number = 1};
}

static void give_reason(struct world *world, struct deed *deed)
{
    const unsigned number = (unsigned)chance_below(&world->people, 1000);
    (void)snprintf(deed->name, sizeof deed->name, "storm %u", number);
    (void)snprintf(deed->place, sizeof deed->place, "태풍 %u", number);
}

/* Another start, or the doors and the end around it; now and then in no order. */
static void draw_times(struct world *world, struct deed *deed)
{
    const timestamp_ms start = clock_wall() + some_seconds(world) * SECOND_MS;
    if (percent(world, 60))
        deed->from = start;
    deed->has_doors_at = percent(world, 40);
    deed->doors_at = percent(world, 80) ? start - some_seconds(world) * SECOND_MS : 0;
    deed->has_ends_at = percent(world, 40);
    deed->ends_at = percent(world, 80) ? start + some_seconds(world) * SECOND_MS : 0;
}

/* By little, mostly, with some time to think; now and then in no order. */
static void draw_move(struct world *world, struct deed *deed)
{
    draw_times(world, deed);
    deed->from = clock_wall() + (percent(world, 50) ? some_seconds(world)
                                                    : chance_between(&world->people, 3, 30)) *
                                    SECOND_MS;
    deed->to = percent(world, 90) ? chance_between(&world->people, clock_wall(), deed->from)
                                  : deed->from + SECOND_MS;
    if (!deed->has_doors_at || percent(world, 50))
        deed->doors_at = percent(world, 10) ? deed->from + SECOND_MS : 0;
    if (!deed->has_ends_at || percent(world, 50))
        deed->ends_at = percent(world, 10) ? deed->from : 0;
    give_reason(world, deed);
}

static void change_catalogue(struct world *world, struct client *client)
{
    struct deed deed = {0};
    uint64_t drawn = chance_below(&world->people, 100);
    if (drawn >= 60 && is_too_rare(world))
        drawn = 0;
    if (drawn < 35) {
        deed.verb = VERB_CONCERT_CHANGE;
        deed.subject = known_one(&world->known[KNOWN_CONCERTS], &world->people);
        if (percent(world, 40))
            deed.from = clock_wall() + chance_between(&world->people, -60, 20) * SECOND_MS;
        if (percent(world, 80))
            deed.to = clock_wall() + some_seconds(world) * SECOND_MS;
        if (percent(world, 30))
            (void)snprintf(deed.name, sizeof deed.name, "another name");
        draw_terms(world, &deed);
    } else if (drawn < 60) {
        deed.verb = VERB_ROUND_CHANGE;
        deed.subject = look_for_round(world);
        if (percent(world, 60))
            draw_prices(world, &deed);
        else
            draw_times(world, &deed);
    } else if (drawn < 75) {
        deed.verb = VERB_ROUND_DELETE;
        deed.subject = look_for_round(world);
    } else if (drawn < 83) {
        deed.verb = VERB_CONCERT_DELETE;
        deed.subject = known_one(&world->known[KNOWN_CONCERTS], &world->people);
    } else if (drawn < 88) {
        deed.verb = VERB_ROUND_PAUSE;
        deed.subject = look_for_round(world);
    } else if (drawn < 93) {
        deed.verb = VERB_ROUND_MOVE;
        deed.subject = look_for_round(world);
        draw_move(world, &deed);
    } else {
        deed.verb = VERB_ROUND_CANCEL;
        deed.subject = look_for_round(world);
        if (percent(world, 50))
            give_reason(world, &deed);
    }
    client_do(world, client, &deed);
    if (deed.verb == VERB_ROUND_CANCEL) {
        panic(world);
        fault_soon(world);
    }
}

static void block(struct world *world, struct client *client)
{
    struct deed deed = {.verb = percent(world, 40) ? VERB_SEATS_BLOCK : VERB_SEATS_UNBLOCK,
                        .subject = look_for_round(world)};
    deed.seat_count = look_for_seats(
        world, deed.subject, deed.verb == VERB_SEATS_BLOCK ? LOOK_FOR_THE_BEST : LOOK_ANYWHERE,
        1 + chance_below(&world->people, deed.verb == VERB_SEATS_BLOCK ? 4 : DEED_SEATS_MAX),
        &deed);
    if (deed.seat_count > 0)
        client_do(world, client, &deed);
}

/* ---- The queue ---- */

static void draw_change(struct world *world, struct queue_change *change)
{
    struct chance *chance = &world->people;
    static const int64_t actives[] = {1, 1, 2, 5, 20, 100};
    static const int64_t seconds[] = {10, 10, 20, 60, 120, 600};
    const uint64_t drawn = chance_below(chance, 100);
    *change = (struct queue_change){
        .has_paused = drawn < 12,
        .paused = true,
        .has_open_at = drawn >= 12 && drawn < 20,
        .open_at = drawn < 14 ? 0 : clock_wall() + chance_between(chance, -60, 60) * SECOND_MS,
        .has_join_opens_at = drawn >= 16 && drawn < 24,
        .join_opens_at =
            drawn < 20 ? 0 : clock_wall() + chance_between(chance, -30, 30) * SECOND_MS,
        .has_max_active = drawn >= 20 && drawn < 60,
        .max_active = actives[chance_below(chance, 6)],
        .has_admit_per_second = drawn >= 50 && drawn < 65,
        .admit_per_second = chance_between(chance, 1, 50),
        .has_silent_seconds = drawn >= 65 && drawn < 80,
        .silent_seconds = seconds[chance_below(chance, 5)],
        .has_active_seconds = drawn >= 75 && drawn < 90,
        .active_seconds = seconds[chance_below(chance, 6)],
        .has_wait_seconds = drawn >= 85,
        .wait_seconds = seconds[chance_below(chance, 6)],
    };
}

/* Opens it again when it is shut, mostly. */
static void keep_the_door(struct world *world, struct client *client)
{
    struct deed deed = {.verb = VERB_QUEUE_CHANGE};
    struct queue_view view;
    if (!server_is_up(world->server))
        return;
    (void)engine_queue(server_engine(world->server), &view);
    if (view.status == QUEUE_STATUS_PAUSED)
        deed.change = (struct queue_change){.has_paused = true};
    else if (view.status == QUEUE_STATUS_SCHEDULED)
        deed.change = (struct queue_change){.has_open_at = true, .open_at = clock_wall()};
    else
        draw_change(world, &deed.change);
    client_do(world, client, &deed);
}

/* What was stuck for a while; right after it, things go wrong once more. */
static void tell_incident(struct world *world, struct client *client)
{
    struct deed deed = {.verb = VERB_INCIDENT_MAKE};
    deed.amount = chance_between(&world->people, INCIDENT_SECONDS_MIN, 90);
    (void)snprintf(deed.name, sizeof deed.name, "incident %u",
                   (unsigned)chance_below(&world->people, 1000));
    client_do(world, client, &deed);
    if (percent(world, 30))
        fault_soon(world);
}

/* For a while, or until somebody remembers to take it back. */
static void tell_notice(struct world *world, struct client *client)
{
    struct deed deed = {.verb = percent(world, 60) ? VERB_NOTICE_SET : VERB_NOTICE_REMOVE};
    const unsigned number = (unsigned)chance_below(&world->people, 1000);
    deed.amount = percent(world, 30) ? NOTICE_LEVEL_WARNING : NOTICE_LEVEL_INFO;
    deed.to =
        percent(world, 60) ? clock_wall() + chance_between(&world->people, 1, 60) * SECOND_MS : 0;
    (void)snprintf(deed.name, sizeof deed.name, "notice %u", number);
    (void)snprintf(deed.place, sizeof deed.place, "공지 %u", number);
    client_do(world, client, &deed);
}

/* ---- Points and others' business ---- */

/* At once, for one who is to become rich; and of each smaller amount, which may fit ten times into
 * what is left. */
#define RICH_CHARGES 300
#define LAST_CHARGES 12

/* How many people are looked at for one who is short. */
#define LOOKS_MAX 16

static void charge_somebody(struct world *world, struct client *client)
{
    struct client *found = client_any(world);
    for (unsigned i = 0; i < LOOKS_MAX && !found->short_of_points; i++)
        found = client_any(world);
    struct deed deed = {.verb = VERB_POINTS_CHARGE, .subject = found->user_id};
    const int64_t most = 4 * world->shape.price_max;
    deed.amount = chance_between(&world->people, 1, most > CHARGE_MAX ? CHARGE_MAX : most);
    if (percent(world, 40))
        (void)snprintf(deed.reference, sizeof deed.reference, "order %u",
                       (unsigned)chance_below(&world->people, 500));
    found->short_of_points = false;
    client_do(world, client, &deed);
    if (percent(world, 20)) /* and again, not knowing whether it was done */
        errand_send(world, client, &deed);
}

/* By a little, of which nobody knows whether the account has it: to the last point, mostly. */
static void put_right(struct world *world, struct client *client)
{
    struct deed deed = {.verb = VERB_POINTS_ADJUST, .subject = client_any(world)->user_id};
    const int64_t most = world->shape.price_max + 1;
    deed.amount = chance_between(&world->people, -most, most);
    (void)snprintf(deed.name, sizeof deed.name, "a mistake");
    (void)snprintf(deed.reference, sizeof deed.reference, "order %u",
                   (unsigned)chance_below(&world->people, 500));
    client_do(world, client, &deed);
    if (percent(world, 20))
        errand_send(world, client, &deed);
}

static void refund(struct world *world, struct client *client)
{
    const struct client *other = client_any(world);
    struct deed deed = {.verb = VERB_RESERVATION_CANCEL, .subject = other->paid};
    if (id_is_none(deed.subject) || percent(world, 10))
        deed.subject = known_one(&world->known[KNOWN_RESERVATIONS], &world->people);
    client_do(world, client, &deed);
}

/* Some hundred of these, and a balance is at its limit, to the last point. */
static void make_rich(struct world *world, struct client *client)
{
    const struct deed deed = {
        .verb = VERB_POINTS_CHARGE,
        .subject = world->clients[world->shape.clients - 1].user_id,
        .amount = world->rich_amount == 0 ? CHARGE_MAX : world->rich_amount,
    };
    const unsigned times = deed.amount == CHARGE_MAX ? RICH_CHARGES : LAST_CHARGES;
    for (unsigned i = 0; i < times; i++)
        errand_send(world, client, &deed);
}

void organizer_met_limit(struct world *world, const struct deed *deed)
{
    if (deed->amount == CHARGE_MAX || deed->amount == world->rich_amount)
        world->rich_amount = deed->amount / 10; /* after the last point, from the start */
}

/* Who made a plan changes it, then saves it once more as if nothing had changed since, and without
 * saying since when, and sends what made it again. */
static void learn_plan(struct world *world, struct client *client, const struct errand *errand)
{
    const struct call *call = &errand->request.call;
    const bool changed = errand->deed.verb == VERB_PLAN_CHANGE;
    struct deed change = errand->deed;
    if (call->replayed || percent(world, 30))
        return;
    change.verb = VERB_PLAN_CHANGE;
    change.subject = call->record->as.plan.id;
    change.amount = 1;
    change.idempotency = (struct idempotency){.present = false};
    client_do(world, client, &change);
    if (!changed)
        return;
    change.amount = 0;
    errand_send(world, client, &change);
    for (size_t i = 0; i < client->kept_count; i++)
        errand_send(world, client, &client->kept[i]);
}

/* How many people's bookings are looked at after a move: one of them has seats of the round. */
#define BOOKINGS_LOOKED_AT 6

/* What became of those who bought, as somebody who calls wants to know. */
static void look_at_bookings(struct world *world, struct client *client)
{
    for (unsigned i = 0; i < BOOKINGS_LOOKED_AT; i++) {
        const struct client *other = client_any(world);
        const struct deed deed = {.verb = VERB_RESERVATION_HISTORY,
                                  .subject = id_is_none(other->paid) ? other->held : other->paid};
        if (!id_is_none(deed.subject))
            errand_send(world, client, &deed);
    }
}

/* Whoever has seats of a round that was moved to soon asks for the points at the last moment:
 * before it begins, or while that is free. Some are too late. */
static void hurry_back(struct world *world, const struct deed *moved)
{
    for (uint32_t i = 0; i < world->shape.clients; i++) {
        struct client *client = &world->clients[i];
        if (id_is_none(client->paid) || !id_equal(client->paid_round, moved->subject))
            continue;
        const int64_t late = percent(world, 30) ? chance_between(&world->people, 1, 2000) : 0;
        if (percent(world, 70))
            client_aims(world, client, late + (percent(world, 70) ? moved->from : moved->to),
                        ID_NONE);
    }
}

void organizer_learns(struct world *world, struct client *client, const struct errand *errand)
{
    struct deed again = {.verb = VERB_ROUND_DELETE, .subject = errand->deed.subject};
    const enum verb verb = errand->deed.verb;
    if (verb == VERB_ROUND_CANCEL) {
        if (percent(world, 40))
            client_do(world, client, &again); /* away with it */
        struct deed change = {.verb = VERB_ROUND_CHANGE, .subject = errand->deed.subject};
        draw_times(world, &change);
        if (percent(world, 60))
            client_do(world, client, &change); /* or would it have been well then? */
    } else if (verb == VERB_PLAN_MAKE || verb == VERB_PLAN_CHANGE) {
        learn_plan(world, client, errand);
    } else if (verb == VERB_ROUND_MOVE) {
        look_at_bookings(world, client);
        hurry_back(world, &errand->deed);
        if (percent(world, 20))
            client_do(world, client, &again); /* if nobody wants it then, either */
    } else if (verb == VERB_ROUND_PAUSE) {
        again.verb = VERB_ROUND_RESUME;
        if (percent(world, 50))
            client_do(world, client, &again); /* a short one */
    } else if (verb == VERB_CONCERT_DELETE || verb == VERB_ROUND_DELETE) {
        for (size_t i = 0; i < client->kept_count; i++)
            errand_send(world, client, &client->kept[i]); /* what made it, once more */
    }
}

void organizer_act(struct world *world, struct client *client)
{
    if (client_enters(world, client))
        return;
    const uint64_t drawn = chance_below(&world->people, 100);
    if (drawn < 20 && look_available(world) < world->shape.clients / 4)
        make_something(world, client);
    else if (drawn < 50 && world->shape.rich)
        make_rich(world, client);
    else if (drawn < 55)
        charge_somebody(world, client);
    else if (drawn < 57)
        put_right(world, client);
    else if (drawn < 65)
        keep_the_door(world, client);
    else if (drawn < 80)
        block(world, client);
    else if (drawn < 84)
        change_catalogue(world, client);
    else if (drawn < 87)
        make_something(world, client);
    else if (drawn < 91)
        refund(world, client);
    else if (drawn < 93)
        tell_incident(world, client);
    else if (drawn < 94)
        tell_notice(world, client);
    else
        wild_act(world, client);
}
