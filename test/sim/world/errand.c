/* See errand.h. */
#include "world/errand.h"

#include "disk/own_memory.h"
#include "world/clients.h"
#include "world/running.h"

#include <stdio.h>
#include <string.h>

/* How long a client waits for an answer that does not come. */
#define PATIENCE_MS 3000

/* ---- The wire ---- */

static int64_t delay(struct world *world)
{
    return chance_between(&world->network, 0, world->shape.delay_ms_max);
}

static bool wire_fails(struct world *world, int64_t permille)
{
    return world->phase == PHASE_SAFETY && chance_hits(&world->network, (uint64_t)permille, 1000);
}

#define FIRST_CAPACITY 64

static void make_errand(struct world *world)
{
    if (world->errand_count == world->errand_capacity) {
        const size_t old = world->errand_capacity;
        world->errand_capacity = old == 0 ? FIRST_CAPACITY : 2 * old;
        world->errands =
            own_resize(world->errands, world->errand_capacity * sizeof(struct errand *));
        world->free_errands =
            own_resize(world->free_errands, world->errand_capacity * sizeof(uint32_t));
    }
    world->errands[world->errand_count] = own_allocate(sizeof(struct errand));
    world->free_errands[world->free_count++] = (uint32_t)world->errand_count++;
}

/* Most of a call is room for the view of a reservation, which nobody reads before it was filled: of
 * the answer only as much is cleared as call_release looks at. */
#define ANSWER_CLEARED_BYTES 64

_Static_assert(sizeof(struct record_page) <= ANSWER_CLEARED_BYTES, "a page is released");
_Static_assert(sizeof(((struct call *)0)->out.seats_block) <= ANSWER_CLEARED_BYTES,
               "what was refused is released");

static void clear(struct request *request)
{
    memset(&request->call, 0, offsetof(struct call, out) + ANSWER_CLEARED_BYTES);
    request->complete = NULL;
    request->next = NULL;
}

static struct errand *errand_new(struct world *world, struct client *client,
                                 const struct deed *deed)
{
    if (world->free_count == 0)
        make_errand(world);
    const uint32_t index = world->free_errands[--world->free_count];
    struct errand *errand = world->errands[index];
    clear(&errand->request);
    errand->deed = *deed;
    errand->world = world;
    errand->client = client;
    errand->index = index;
    errand->fate = ERRAND_OUT;
    errand->inside = false;
    errand->duplicate = false;
    errand->tries = 1;
    return errand;
}

static void errand_free(struct world *world, struct errand *errand)
{
    call_release(&errand->request.call);
    world->free_errands[world->free_count++] = errand->index;
}

static void tell_answer(const struct errand *errand, bool lost)
{
    const struct call *call = &errand->request.call;
    world_tell(errand->world, "  client %u is answered %s: %s%s%s%s",
               (unsigned)errand->client->index, verb_name(call->verb),
               call->refusal == REFUSAL_NONE ? "done" : refusal_schema(call->refusal)->name,
               call->created ? ", made" : "", call->replayed ? ", as before" : "",
               lost ? "; nobody hears it" : "");
}

static void complete(struct request *request)
{
    struct errand *errand = (struct errand *)request;
    struct world *world = errand->world;
    errand->inside = false;
    oracle_answered(world->oracle, request);
    trace_answer(&world->trace, &request->call);
    const bool lost = wire_fails(world, world->shape.loss_permille);
    errand->fate = lost ? ERRAND_LOST : ERRAND_ANSWERED;
    if (world->options.verbose)
        tell_answer(errand, lost);
    events_add(&world->events, world_now() + (lost ? PATIENCE_MS : delay(world)), EVENT_ANSWER,
               errand->index);
}

static void sign(struct world *world, struct errand *errand)
{
    struct credentials *credentials = &errand->request.call.credentials;
    const struct client *client = errand->client;
    if (client->session_count > 0 && errand->deed.sender != DEED_NAMELESS)
        *credentials = client->sessions[chance_below(&world->people, client->session_count)];
    if (errand->deed.sender == DEED_BY_KEY && world->keys_told > 0)
        *credentials = world->keys[chance_below(
            &world->people, world->keys_told < WORLD_KEYS_MAX ? world->keys_told : WORLD_KEYS_MAX)];
    /* Staff too has a life of its own, but it is not the client's. */
    if (errand->deed.sender == DEED_BY_KEY && !credentials->is_key &&
        verb_need(errand->deed.verb).persons_only && client->session_count > 0)
        *credentials = client->sessions[chance_below(&world->people, client->session_count)];
    if (errand->deed.sender == DEED_FORGED ||
        (credentials->is_key && chance_hits(&world->people, 1, 10)))
        credentials->secret_hash.bytes[0] ^= 1;
    if (errand->deed.sender == DEED_HANDED_OVER)
        *credentials = (struct credentials){.present = true,
                                            .session_id = world->last_handover.session_id,
                                            .secret_hash = world->last_handover.secret};
}

/* Of some nobody knows where they are. */
static void come_from(struct errand *errand)
{
    static const struct address addresses[] = {
        {{[10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2, [15] = 1}},
        {{0x20, 0x01, 0x0d, 0xb8, [15] = 1}}};
    const size_t count = sizeof addresses / sizeof addresses[0];
    const size_t place = errand->client->index % (count + 1);
    (void)snprintf(errand->request_id, sizeof errand->request_id, "e%u", (unsigned)errand->index);
    if (place < count)
        errand->request.call.origin =
            (struct call_origin){.address = &addresses[place],
                                 .request_id = errand->request_id,
                                 .reason = place == 0 ? "a wild reason" : NULL};
    else if (errand->deed.verb == VERB_ORGANIZER_ADD || errand->deed.verb == VERB_USER_CHANGE)
        errand->request.call.origin = (struct call_origin){.administrator = "root"};
}

static void put_on_wire(struct world *world, struct errand *errand)
{
    struct call *call = &errand->request.call;
    errand->request.complete = complete;
    sign(world, errand);
    deed_call(&errand->deed, &world->plans, call);
    come_from(errand);
    events_add(&world->events, world_now() + delay(world), EVENT_ARRIVE, errand->index);
}

void errand_send(struct world *world, struct client *client, const struct deed *deed)
{
    struct errand *errand = errand_new(world, client, deed);
    put_on_wire(world, errand);
    client->in_flight++;
    if (!wire_fails(world, world->shape.duplicate_permille))
        return;
    struct errand *copy = errand_new(world, client, deed);
    put_on_wire(world, copy);
    copy->request.call.credentials = errand->request.call.credentials;
    copy->duplicate = true;
}

void errand_send_again(struct world *world, const struct errand *errand)
{
    struct errand *again = errand_new(world, errand->client, &errand->deed);
    again->tries = errand->tries + 1;
    put_on_wire(world, again);
    errand->client->in_flight++;
}

static void tell_request(const struct errand *errand)
{
    world_tell(errand->world, "  client %u asks %s%s%s", (unsigned)errand->client->index,
               verb_name(errand->deed.verb), errand->deed.idempotency.present ? ", with a key" : "",
               errand->duplicate ? ", a copy" : "");
}

void errand_arrive(struct world *world, uint32_t index)
{
    struct errand *errand = world->errands[index];
    if (server_is_up(world->server)) {
        errand->inside = true;
        if (server_submit(world->server, &errand->request)) {
            world->counts.operations++;
            if (world->options.verbose)
                tell_request(errand);
            running_wake(world);
            return;
        }
        errand->inside = false;
    }
    errand->fate = ERRAND_TURNED_AWAY;
    events_add(&world->events, world_now() + delay(world), EVENT_ANSWER, index);
}

void errand_answer(struct world *world, uint32_t index)
{
    struct errand *errand = world->errands[index];
    if (errand->fate == ERRAND_ANSWERED)
        world->counts.answers++;
    else
        world->counts.unanswered++;
    if (!errand->duplicate) {
        errand->client->in_flight--;
        client_learn(world, errand->client, errand);
    }
    errand_free(world, errand);
}

/* ---- All of them ---- */

void errands_lose(struct world *world)
{
    for (size_t i = 0; i < world->errand_count; i++) {
        struct errand *errand = world->errands[i];
        if (!errand->inside)
            continue;
        errand->inside = false;
        errand->fate = ERRAND_LOST;
        events_add(&world->events, world_now() + PATIENCE_MS, EVENT_ANSWER, errand->index);
    }
}

size_t errands_inside(const struct world *world)
{
    size_t inside = 0;
    for (size_t i = 0; i < world->errand_count; i++)
        inside += world->errands[i]->inside;
    return inside;
}

void errands_release(struct world *world)
{
    for (size_t i = 0; i < world->errand_count; i++) {
        call_release(&world->errands[i]->request.call);
        own_free(world->errands[i]);
    }
    own_free(world->errands);
    own_free(world->free_errands);
}
