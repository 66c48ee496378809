/* What people do who want seats: join, wait, hold, pay, and change their minds at every step. */
#include "world/clients.h"
#include "world/look.h"

#include <stdio.h>

/* Nobody waits longer for a last moment. */
#define AIM_MS (60 * SECOND_MS)

static void ask(struct world *world, struct client *client, enum verb verb, struct id subject)
{
    struct deed deed = {.verb = verb, .subject = subject};
    client_do(world, client, &deed);
}

static bool percent(struct world *world, uint64_t percent)
{
    return chance_hits(&world->people, percent, 100);
}

/* Some more than a seat costs, some less. */
static void charge(struct world *world, struct client *client)
{
    struct deed deed = {.verb = VERB_POINTS_CHARGE};
    const int64_t most = 2 * world->shape.price_max;
    deed.amount = chance_between(&world->people, 1, most > CHARGE_MAX ? CHARGE_MAX : most);
    if (percent(world, 30))
        (void)snprintf(deed.reference, sizeof deed.reference, "charge %u",
                       (unsigned)chance_below(&world->people, 40));
    client->short_of_points = false;
    client_do(world, client, &deed);
}

void deed_wants_best(struct world *world, struct deed *deed, size_t count)
{
    static const char *const sections[] = {"A", "B", "C"}, *const grades[] = {"VIP", "none"};
    deed->best = (struct best_wanted){.count = (int64_t)count};
    if (percent(world, 25))
        deed->best.wheelchairs = chance_between(&world->people, 1, deed->best.count);
    if (percent(world, 20))
        deed->best.section = sections[chance_below(&world->people, 3)];
    if (percent(world, 20))
        deed->best.grade = grades[chance_below(&world->people, 2)];
}

void buyer_holds(struct world *world, struct client *client, struct id round_id)
{
    struct deed deed = {.verb = VERB_RESERVATION_HOLD, .subject = round_id};
    const int64_t most = world->shape.settings.max_seats_per_reservation;
    size_t wanted = 1;
    if (percent(world, 40))
        wanted += chance_below(&world->people, (uint64_t)most + (percent(world, 5) ? 3 : 0));
    if (percent(world, 30) && !id_is_none(deed.subject)) {
        deed_wants_best(world, &deed, wanted);
        client_do(world, client, &deed);
        return;
    }
    const uint64_t drawn = chance_below(&world->people, 100);
    const enum look look = drawn < 45   ? LOOK_FOR_THE_BEST
                           : drawn < 85 ? LOOK_FOR_ANY
                                        : LOOK_ANYWHERE;
    deed.seat_count = look_for_seats(world, deed.subject, look,
                                     wanted < DEED_SEATS_MAX ? wanted : DEED_SEATS_MAX, &deed);
    deed.by_place = deed.seat_count > 0 && percent(world, 40);
    if (deed.by_place && percent(world, 3))
        deed.plan_version += chance_between(&world->people, -1, 1);
    if (deed.by_place && percent(world, 3))
        deed.places[0] = chance_between(&world->people, 0, ROUND_SEATS_MAX - 1);
    if (deed.seat_count > 0)
        client_do(world, client, &deed);
    else
        ask(world, client, VERB_HEARD, ID_NONE);
}

void buyer_cancels(struct world *world, struct client *client)
{
    if (!id_is_none(client->paid))
        ask(world, client, VERB_RESERVATION_CANCEL, client->paid);
}

static bool is_fickle(const struct world *world, const struct client *client)
{
    return client->index * 37 % 100 < (uint32_t)world->shape.fickle_percent;
}

/* Some say when it begins: mostly so, of one round of several. */
static void pay(struct world *world, struct client *client)
{
    struct deed deed = {.verb = VERB_PAYMENT_MAKE, .subject = client->held};
    if (percent(world, 20))
        deed.from = look_at_start(world, look_for_round(world));
    client_do(world, client, &deed);
}

/* With seats held. */
static void decide(struct world *world, struct client *client)
{
    if (is_fickle(world, client) && percent(world, 90)) {
        ask(world, client, VERB_RESERVATION_CANCEL, client->held);
        return;
    }
    const uint64_t drawn = chance_below(&world->people, 100);
    if (client->short_of_points && drawn < 50) {
        if (world->settings.charging_open)
            charge(world, client);
    } else if (drawn < 72) {
        pay(world, client);
    } else if (drawn < 78) {
        ask(world, client, VERB_RESERVATION_CANCEL, client->held);
    } else if (drawn < 80) {
        ask(world, client, VERB_QUEUE_LEAVE, client->token);
    } else if (drawn < 86) {
        ask(world, client, VERB_RESERVATION_GET, client->held);
    } else if (drawn < 94) {
        buyer_holds(world, client, look_for_round(world));
    } else if (drawn < 96) {
        client->silent_until = world_now() + world->settings.hold_seconds * SECOND_MS;
    } else if (drawn < 99) {
        ask(world, client, VERB_RESERVATION_EXTEND, client->held);
    }
}

/* Some name the concert that they come for. */
static void join(struct world *world, struct client *client)
{
    struct id concert_id = ID_NONE;
    if (percent(world, (uint64_t)world->shape.naming_percent))
        concert_id = known_one(&world->known[KNOWN_CONCERTS], &world->people);
    ask(world, client, VERB_QUEUE_JOIN, concert_id);
}

/* For long enough to be passed over, perhaps to be out of the line. */
static void be_silent(struct world *world, struct client *client)
{
    const struct office_settings *settings = &world->settings;
    const bool long_wait = settings->wait_seconds > 300 && !percent(world, 3);
    const int64_t most =
        percent(world, 50) || long_wait ? settings->silent_seconds : settings->wait_seconds;
    client->silent_until = world_now() + chance_between(&world->people, 1, 3 * most) * SECOND_MS;
}

static void wait(struct world *world, struct client *client)
{
    const uint64_t drawn = chance_below(&world->people, 100);
    if (chance_hits(&world->people, (uint64_t)world->shape.silence_permille, 1000))
        be_silent(world, client);
    else if (drawn < 40)
        client->silent_until =
            world_now() + chance_between(&world->people, 1, 4) * world->shape.beat_ms;
    else if (drawn < 75)
        ask(world, client, VERB_QUEUE_TOKEN_GET, percent(world, 50) ? client->token : ID_NONE);
    else if (drawn < 88)
        ask(world, client, VERB_HEARD, ID_NONE);
    else if (drawn < 91)
        buyer_holds(world, client, look_for_round(world));
    else if (drawn < 93)
        ask(world, client, VERB_QUEUE_LEAVE, client->token);
    else if (drawn < 96)
        join(world, client);
    else if (world->settings.charging_open)
        charge(world, client);
}

/* A round whose sale is about to end is worth waiting for, to see whether it does. */
static void aim_at_end(struct world *world, struct client *client)
{
    const struct id round_id = look_for_round(world);
    const timestamp_ms end = look_at_sale_end(world, round_id);
    if (end > clock_wall() && end < clock_wall() + AIM_MS)
        client_aims(world, client, end, round_id);
}

static void shop(struct world *world, struct client *client)
{
    if (percent(world, 20))
        aim_at_end(world, client);
    const uint64_t drawn = chance_below(&world->people, 100);
    if (client->sated && drawn < 50)
        ask(world, client, VERB_QUEUE_LEAVE, client->token);
    else if (drawn < 80)
        buyer_holds(world, client, look_for_round(world));
    else if (drawn < 90)
        ask(world, client, VERB_QUEUE_TOKEN_GET, ID_NONE);
    else if (drawn < 92)
        ask(world, client, VERB_QUEUE_LEAVE, ID_NONE);
    else if (drawn < 93)
        client->silent_until = world_now() + 2 * world->shape.settings.silent_seconds * SECOND_MS;
    else if (world->settings.charging_open)
        charge(world, client);
}

/* What was bought, and then one ticket of it: shown, or made anew, or for somebody. */
static void look_at_ticket(struct world *world, struct client *client)
{
    static const enum verb verbs[] = {VERB_TICKET_CODE_GET, VERB_TICKET_REISSUE, VERB_TICKET_CHANGE,
                                      VERB_TICKET_GET};
    struct deed deed = {.verb = verbs[chance_below(&world->people, 4)], .amount = 1};
    const struct known_ids *tickets = &client->known[KNOWN_TICKETS];
    if (!id_is_none(client->paid) && (tickets->count == 0 || percent(world, 30))) {
        ask(world, client, VERB_RESERVATION_GET, client->paid);
        return;
    }
    deed.subject = known_one(tickets, &world->people);
    (void)snprintf(deed.name, sizeof deed.name, "holder %u",
                   (unsigned)chance_below(&world->people, 9));
    client_do(world, client, &deed);
}

/* Not in line. Some ask for their points back when it begins, which may be earlier than it was. */
static void come_back(struct world *world, struct client *client)
{
    if (!id_is_none(client->paid) && percent(world, 10)) {
        const timestamp_ms start = look_at_start(world, client->paid_round);
        if (start > clock_wall() && start < clock_wall() + AIM_MS)
            client_aims(world, client, start, ID_NONE);
    }
    const uint64_t drawn = chance_below(&world->people, 100);
    if (!id_is_none(client->paid) && drawn < 15)
        buyer_cancels(world, client);
    else if (drawn < 18)
        ask(world, client, VERB_RESERVATION_GET,
            known_one(&client->known[KNOWN_RESERVATIONS], &world->people));
    else if (drawn < 20)
        look_at_ticket(world, client);
    else if (drawn < 22)
        ask(world, client, VERB_PAYMENT_GET,
            known_one(&client->known[KNOWN_PAYMENTS], &world->people));
    else if (drawn < 25)
        ask(world, client, VERB_POINTS_GET, ID_NONE);
    else
        join(world, client);
}

void buyer_act(struct world *world, struct client *client)
{
    if (client_enters(world, client))
        return;
    if (!id_is_none(client->held))
        decide(world, client);
    else if (id_is_none(client->token))
        come_back(world, client);
    else if (client->inside)
        shop(world, client);
    else
        wait(world, client);
}
