/* See liveness.h. */
#include "world/liveness.h"

#include "world/faults.h"
#include "world/look.h"
#include "world/running.h"

#include <stdio.h>

/* ---- The organizer's repairs: the queue, then a concert, whose round is made when it is there
 * (client_learn) ---- */

#define DAY_SECONDS (DAY_MS / SECOND_MS)
#define PLACES_MIN 20 /* inside at once */
#define SEATS_LEAST 5 /* free ones: nobody is let in but to a seat */

static struct client *repairer(const struct world *world)
{
    return &world->clients[0];
}

static int64_t places(const struct world *world)
{
    const int64_t some = world->shape.clients / 10;
    return some > PLACES_MIN ? some : PLACES_MIN;
}

static void open_queue(struct world *world, struct client *client)
{
    struct deed deed = {.verb = VERB_QUEUE_CHANGE,
                        .change = {
                            .has_open_at = true,
                            .open_at = TIMESTAMP_MIN_MS,
                            .has_join_opens_at = true,
                            .has_paused = true,
                            .has_max_active = true,
                            .max_active = places(world),
                            .has_admit_per_second = true,
                            .admit_per_second = places(world),
                            .has_silent_seconds = true,
                            .silent_seconds = 20,
                            .has_active_seconds = true,
                            .active_seconds = 60,
                            .has_wait_seconds = true,
                            .wait_seconds = 60,
                        }};
    client_do(world, client, &deed);
}

/* What an organizer sent before may still come and undo it. */
static bool queue_is_open(const struct world *world)
{
    struct queue_view view;
    if (!server_is_up(world->server))
        return false;
    (void)engine_queue(server_engine(world->server), &view);
    return (view.status == QUEUE_STATUS_OPEN || view.status == QUEUE_STATUS_CLOSED) &&
           view.join_opens_at == 0 && view.max_active == places(world) &&
           view.admit_per_second == places(world) && view.active_seconds == 60 &&
           view.silent_seconds == 20 && view.wait_seconds == 60;
}

/* True: nothing was to be repaired. */
static bool repair(struct world *world, struct client *client)
{
    if (!queue_is_open(world))
        open_queue(world, client);
    else if (id_is_none(world->last_concert))
        organizer_makes_concert(world, client, 40 * DAY_SECONDS);
    else if (look_available(world) < SEATS_LEAST)
        organizer_makes_round(world, client, world->last_concert, LIVENESS_ROUND_SECONDS);
    else
        return true;
    return false;
}

/* ---- The others ---- */

/* Some vanish once they are inside, holding seats: the house must get both back by itself. */
static bool vanishes(const struct client *client)
{
    return client->index % 5 == 4;
}

static void ask(struct world *world, struct client *client, enum verb verb, struct id subject)
{
    struct deed deed = {.verb = verb, .subject = subject};
    client_do(world, client, &deed);
}

static void is_served(struct world *world, struct client *client)
{
    client->served = true;
    world->served++;
}

static void leave(struct world *world, struct client *client)
{
    if (!id_is_none(client->token))
        ask(world, client, VERB_QUEUE_LEAVE, ID_NONE);
    else
        is_served(world, client);
}

static void use_turn(struct world *world, struct client *client)
{
    client->admitted = true;
    if (!client->tried) {
        client->tried = true;
        buyer_holds(world, client, look_for_round(world));
    } else if (vanishes(client)) {
        is_served(world, client);
    } else if (!id_is_none(client->held) && !client->short_of_points) {
        ask(world, client, VERB_PAYMENT_MAKE, client->held);
    } else {
        leave(world, client);
    }
}

void liveness_act(struct world *world, struct client *client)
{
    if (client->gone) {
        is_served(world, client);
        return;
    }
    if (client->in_flight > 0 || client_enters(world, client))
        return;
    if (client == repairer(world)) {
        /* The last to leave. */
        if (repair(world, client) && world->served == world->shape.clients - 1)
            leave(world, client);
    } else if (client->organizer) {
        leave(world, client);
    } else if (client->inside) {
        use_turn(world, client);
    } else if (client->admitted) {
        leave(world, client);
    } else if (client->names) {
        leave(world, client); /* its concert may never be on sale again */
    } else if (id_is_none(client->token)) {
        ask(world, client, VERB_QUEUE_JOIN, ID_NONE);
    } else {
        ask(world, client, VERB_QUEUE_TOKEN_GET, ID_NONE);
    }
}

void liveness_learn(struct world *world, const struct client *client, const struct errand *errand)
{
    const struct call *call = &errand->request.call;
    if (client != repairer(world))
        return;
    /* One that was asked for before closes earlier. */
    if (errand->deed.verb == VERB_CONCERT_CREATE && call->refusal == REFUSAL_NONE &&
        call->record->as.concert.status == CONCERT_STATUS_PUBLISHED &&
        errand->deed.to > clock_wall() + LIVENESS_ROUND_SECONDS * SECOND_MS)
        world->last_concert = call->record->as.concert.id;
    else if (call->refusal == REFUSAL_NOT_FOUND &&
             id_equal(errand->deed.subject, world->last_concert))
        world->last_concert = ID_NONE; /* what was sent before has deleted it */
}

/* ---- The phase ---- */

/* The longest that a hold or a token of the safety phase lasts, twice; and so much for each who
 * comes: a twentieth of the time that one who vanishes stays, and some. */
#define BOUND_MS (20 * MINUTE_MS)
#define BOUND_EACH_MS (10 * SECOND_MS)

void liveness_begin(struct world *world)
{
    world_tell(world, "the liveness phase begins");
    world->phase = PHASE_LIVENESS;
    world->sleep_until = 0;
    world->liveness_until = world_now() + BOUND_MS + BOUND_EACH_MS * world->shape.clients;
    faults_over(world);
    for (uint32_t i = 0; i < world->shape.clients; i++)
        world->clients[i].silent_until = 0;
    clients_begin(world);
}

/* Somebody who was not served; the organizer who keeps the house open only if it is nobody else. */
static void describe_unserved(const struct world *world, char *text, size_t size)
{
    uint32_t i = world->shape.clients;
    while (i > 0 && world->clients[i - 1].served)
        i--;
    if (i == 0) {
        (void)snprintf(text, size, "nobody");
        return;
    }
    const struct client *client = &world->clients[i - 1];
    (void)snprintf(text, size, "client %u with %zu sessions, %s, %u requests in flight",
                   (unsigned)client->index, client->session_count,
                   id_is_none(client->token) ? "out of the line"
                   : client->inside          ? "inside"
                                             : "waiting",
                   (unsigned)client->in_flight);
}

static void fail_late(struct world *world, const struct queue_view *queue)
{
    char unserved[128];
    const bool up = server_is_up(world->server);
    describe_unserved(world, unserved, sizeof unserved);
    world_fail(world,
               "liveness: served %u of %u, not %s; server %s, state %d; queue status %d, %lld "
               "waiting, %lld inside of %lld, %lld seats held, %zu rows not booked",
               world->served, world->shape.clients, unserved, up ? "up" : "down",
               up ? (int)server_state(world->server) : -1, (int)queue->status,
               (long long)queue->waiting, (long long)queue->active, (long long)queue->max_active,
               (long long)look_held(world), up ? store_unbooked(server_store(world->server)) : 0);
}

bool liveness_reached(struct world *world)
{
    struct queue_view queue = {0};
    const bool late = world_now() > world->liveness_until;
    if (!late && world->served < world->shape.clients)
        return false;
    if (server_is_up(world->server))
        (void)engine_queue(server_engine(world->server), &queue);
    const bool reached = world->served == world->shape.clients && server_is_up(world->server) &&
                         server_state(world->server) == ENGINE_READY && queue.waiting == 0 &&
                         queue.active == 0 && look_held(world) == 0 &&
                         store_unbooked(server_store(world->server)) == 0 &&
                         errands_inside(world) == 0;
    if (late && !reached)
        fail_late(world, &queue);
    return reached;
}
