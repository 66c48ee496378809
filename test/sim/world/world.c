/* See world.h. */
#include "world/world.h"

#include "disk/own_memory.h"
#include "world/clients.h"
#include "world/faults.h"
#include "world/liveness.h"
#include "world/running.h"
#include "world/streams.h"

#include "base/check.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The clocks' beginning: some time in 2027, and a machine that has been up for a while. */
#define BEGIN_BOOT_MS HOUR_MS
#define BEGIN_WALL_MS INT64_C(1800000000000)

/* ---- For the parts ---- */

int64_t world_now(void)
{
    return clock_boot_ms();
}

void world_fail(struct world *world, const char *format, ...)
{
    va_list arguments;
    if (world->failed)
        return;
    world->failed = true;
    va_start(arguments, format);
    (void)vsnprintf(world->failure, sizeof world->failure, format, arguments);
    va_end(arguments);
}

void world_tell(const struct world *world, const char *format, ...)
{
    va_list arguments;
    if (!world->options.verbose)
        return;
    (void)printf("%10.3f ", (double)(world_now() - BEGIN_BOOT_MS) / (double)SECOND_MS);
    va_start(arguments, format);
    (void)vprintf(format, arguments);
    va_end(arguments);
    (void)putchar('\n');
}

void known_add(struct known_ids *known, struct id id, struct chance *chance)
{
    const size_t place =
        known->count < KNOWN_IDS_MAX ? known->count++ : chance_below(chance, KNOWN_IDS_MAX);
    known->ids[place] = id;
}

struct id known_one(const struct known_ids *known, struct chance *chance)
{
    struct id id;
    if (known->count > 0 && chance_hits(chance, 49, 50))
        return known->ids[chance_below(chance, known->count)];
    for (size_t i = 0; i < ID_BYTES; i++)
        id.bytes[i] = (uint8_t)chance_next(chance);
    return id;
}

/* ---- What the server tells: into the trace, and on to the oracle ---- */

static void trace_span(struct world *world, struct record_span records)
{
    trace_bytes(&world->trace, records.data, records.length);
}

static void batch_opened(void *owner, enum batch_mode mode, const struct turn *turn,
                         struct record_span records)
{
    struct world *world = owner;
    trace_number(&world->trace, turn->seq);
    trace_span(world, records);
    world->judge.batch_opened(world->judge.owner, mode, turn, records);
}

static void call_decided(void *owner, const struct request *request, struct record_span records)
{
    struct world *world = owner;
    trace_span(world, records);
    world->judge.call_decided(world->judge.owner, request, records);
}

static void batch_closed(void *owner, struct record_span records)
{
    struct world *world = owner;
    trace_span(world, records);
    world->judge.batch_closed(world->judge.owner, records);
}

static void append_returned(void *owner, uint64_t seq, enum store_outcome outcome)
{
    struct world *world = owner;
    if (outcome != STORE_DONE)
        world_tell(world, "append of %llu failed", (unsigned long long)seq);
    trace_number(&world->trace, (uint64_t)outcome);
    world->judge.append_returned(world->judge.owner, seq, outcome);
}

static void settle_returned(void *owner, uint64_t seq, enum store_outcome outcome)
{
    struct world *world = owner;
    world_tell(world, "batch %llu is %s", (unsigned long long)seq,
               outcome == STORE_DONE ? "settled" : "pending");
    trace_number(&world->trace, (uint64_t)outcome);
    world->judge.settle_returned(world->judge.owner, seq, outcome);
    world->settled = world->settled || outcome == STORE_DONE;
}

static void batch_committed(void *owner)
{
    struct world *world = owner;
    world->judge.batch_committed(world->judge.owner);
}

static void loaded(void *owner, uint64_t seq)
{
    struct world *world = owner;
    world_tell(world, "loaded up to %llu", (unsigned long long)seq);
    trace_number(&world->trace, seq);
    world->judge.loaded(world->judge.owner, seq);
}

static void load_began(void *owner)
{
    struct world *world = owner;
    world->judge.load_began(world->judge.owner);
}

static void row_loaded(void *owner, const struct record *record)
{
    struct world *world = owner;
    world->judge.row_loaded(world->judge.owner, record);
}

static void feed_began(void *owner, uint64_t seq)
{
    struct world *world = owner;
    trace_number(&world->trace, seq);
    world->judge.feed_began(world->judge.owner, seq);
}

static void feed_told(void *owner, const struct commit *commit)
{
    struct world *world = owner;
    trace_number(&world->trace, commit->seq);
    world->judge.feed_told(world->judge.owner, commit);
}

static void feed_missed(void *owner)
{
    struct world *world = owner;
    world_tell(world, "the feed missed a batch");
    world->judge.feed_missed(world->judge.owner);
}

static void feed_drained(void *owner, const struct engine *engine)
{
    struct world *world = owner;
    world->judge.feed_drained(world->judge.owner, engine);
}

static void objection(void *owner, int invariant, const char *text)
{
    struct world *world = owner;
    if (invariant > 0)
        world_fail(world, "invariant %d: %s", invariant, text);
    else
        world_fail(world, "%s", text);
}

/* ---- Beginning ---- */

/* A data directory with empty tables, made once in a process: making them takes longer than a small
 * run. */
static const struct disk_image *empty_tables(struct chance *chance)
{
    static struct disk_image *image; /* lives as long as the process, for all runs */
    if (image != NULL)
        return image;
    struct explanation explanation;
    struct store *store;
    struct disk *disk = disk_new(chance);
    const struct store_options options = {.directory = SERVER_DIRECTORY};
    CHECK(store_open(&store, &options, &explanation) == RESULT_OK);
    store_close(store);
    image = disk_save(disk);
    disk_free(disk);
    return image;
}

static void init_disk(struct world *world)
{
    struct chance aside; /* what the image needs must not show in the run */
    chance_init(&aside, 0, STREAM_DISK);
    const struct disk_image *image = world->shape.prepared_disk ? empty_tables(&aside) : NULL;
    world->disk = disk_new(&world->disk_chance);
    if (image != NULL)
        disk_load(world->disk, image);
}

static void init(struct world *world, const struct options *options)
{
    *world = (struct world){.options = *options, .turn_at = INT64_MAX};
    shape_draw(&world->shape, options);
    chance_init(&world->people, options->seed, STREAM_PEOPLE);
    chance_init(&world->network, options->seed, STREAM_NETWORK);
    chance_init(&world->machine, options->seed, STREAM_MACHINE);
    chance_init(&world->faults, options->seed, STREAM_FAULTS);
    chance_init(&world->disk_chance, options->seed, STREAM_DISK);
    events_init(&world->events, options->seed);
    clock_set(BEGIN_BOOT_MS,
              BEGIN_WALL_MS + (int64_t)chance_below(&world->machine, 1000) * DAY_MS / 3);
    init_disk(world);
    seat_plans_init(&world->plans, world->shape.seats_max, world->shape.price_max);
    clients_init(world);

    /* Everybody signs up first; then registration is what the seed drew. */
    world->settings = world->shape.settings;
    world->settings.registration_open = true;
    world->oracle = oracle_new(&world->settings, !world->shape.large, objection, world);
    CHECK(world->oracle != NULL);
    world->judge = *oracle_observer(world->oracle);
    const struct server_options server = {.settings = world->settings, .seed = options->seed};
    const struct server_observer observer = {
        .owner = world,
        .batch_opened = batch_opened,
        .call_decided = call_decided,
        .batch_closed = batch_closed,
        .append_returned = append_returned,
        .settle_returned = settle_returned,
        .batch_committed = batch_committed,
        .loaded = loaded,
        .load_began = load_began,
        .row_loaded = row_loaded,
        .feed_began = feed_began,
        .feed_told = feed_told,
        .feed_missed = feed_missed,
        .feed_drained = feed_drained,
    };
    world->server = server_new(&server, &observer);
    CHECK(world->server != NULL);
}

static void release(struct world *world)
{
    memory_fail(0, false);
    if (server_is_up(world->server)) {
        disk_die(world->disk);
        server_kill(world->server);
    }
    server_free(world->server);
    disk_free(world->disk);
    oracle_free(world->oracle);
    errands_release(world);
    seat_plans_release(&world->plans);
    events_release(&world->events);
    own_free(world->clients);
    if (world->shape.large) /* the next one is small again, most likely */
        (void)malloc_trim(0);
}

/* ---- Phases ---- */

static bool all_signed_in(const struct world *world)
{
    for (uint32_t i = 0; i < world->shape.clients; i++)
        if (world->clients[i].session_count == 0)
            return false;
    return true;
}

/* As long as the operations should take. */
static int64_t expected_ms(const struct world *world)
{
    const struct shape *shape = &world->shape;
    return shape->beat_ms * (1 + shape->beats_between_max) / 2 *
           (int64_t)(shape->drawn_operations / shape->clients + 1);
}

/* A day is long enough to start the server again, if need be, and do something. */
#define DAY_LEAST_MS (20 * SECOND_MS)

static void plan_night(struct world *world)
{
    if (world->nights == world->shape.nights)
        return;
    world->nights++;
    const int64_t day = 2 * expected_ms(world) / (world->shape.nights + 1);
    events_add(&world->events, world_now() + DAY_LEAST_MS + chance_between(&world->people, 0, day),
               EVENT_NIGHT, 0);
}

static void begin_night(struct world *world)
{
    static const int64_t lengths[] = {HOUR_MS, 25 * HOUR_MS, 25 * HOUR_MS, 3 * DAY_MS, 31 * DAY_MS};
    if (world->phase != PHASE_SAFETY)
        return;
    world->sleep_until = world_now() + lengths[chance_below(&world->people, 5)];
    world_tell(world, "night");
    events_add(&world->events, world->sleep_until, EVENT_NIGHT, 1);
}

static void night(struct world *world, uint32_t ends)
{
    if (ends)
        plan_night(world);
    else
        begin_night(world);
}

static void safety_begin(struct world *world)
{
    world_tell(world, "the safety phase begins");
    world->phase = PHASE_SAFETY;
    world->one_organizer = world->shape.organizers == 1 && chance_hits(&world->people, 1, 2);
    world->settings.registration_open = world->shape.settings.registration_open;
    if (!world->settings.registration_open)
        running_restart(world, 0, false);
    faults_begin(world);
    plan_night(world);
    clients_begin(world);
}

static void move_on(struct world *world)
{
    if (world->phase == PHASE_SIGN_UP && all_signed_in(world))
        safety_begin(world);
    else if (world->phase == PHASE_SAFETY && world->counts.operations >= world->shape.operations)
        liveness_begin(world);
}

/* ---- Running ---- */

static void happen(struct world *world, const struct event *event)
{
    switch (event->kind) {
    case EVENT_WAKE:
        client_wake(world, event->subject, event->at);
        return;
    case EVENT_ARRIVE:
        errand_arrive(world, event->subject);
        return;
    case EVENT_ANSWER:
        errand_answer(world, event->subject);
        move_on(world);
        return;
    case EVENT_TURN:
        running_turn(world, event->at);
        return;
    case EVENT_LOOK_UP:
        running_look_up(world);
        return;
    case EVENT_BOOK:
        running_book(world);
        return;
    case EVENT_START:
        running_start(world);
        return;
    case EVENT_FAULT:
        fault_next(world, event->subject);
        return;
    case EVENT_FAULT_END:
        fault_end(world, event->subject);
        return;
    case EVENT_NIGHT:
        night(world, event->subject);
        return;
    case EVENT_KIND_COUNT:
        break;
    }
    UNREACHABLE("event kind");
}

/* A run takes some twenty events an operation. */
#define EVENTS_PER_OPERATION_MAX 1000
#define EVENTS_MAX_LEAST 5000000

static void run(struct world *world)
{
    struct event event;
    uint64_t left = world->shape.operations * EVENTS_PER_OPERATION_MAX + EVENTS_MAX_LEAST;
    while (!world->failed && events_next(&world->events, &event)) {
        if (--left == 0)
            world_fail(world, "the run does not end");
        if (event.at > world_now())
            clock_advance(event.at - world_now());
        world->counts.events++;
        trace_event(&world->trace, &event);
        happen(world, &event);
        if (world->phase == PHASE_LIVENESS && event.kind != EVENT_ARRIVE && liveness_reached(world))
            return;
    }
    if (!world->failed)
        world_fail(world, "nothing happens any more");
}

/* Also once more after a restart, for what memory remembers and the disk does not. */
static void check_end(struct world *world)
{
    const bool by_query = chance_hits(&world->machine, 1, 4);
    oracle_check_all(world->oracle, world->server, by_query);
    if (world->failed || chance_hits(&world->machine, 3, 4))
        return;
    running_restart(world, 0, true);
    if (running_start_now(world) && !world->failed)
        oracle_check_all(world->oracle, world->server, false);
}

void world_run(const struct options *options, struct outcome *outcome, uint64_t *coverage)
{
    struct world *world = own_allocate(sizeof *world);
    init(world, options);
    if (running_start_now(world)) {
        clients_begin(world);
        run(world);
    }
    if (!world->failed)
        check_end(world);
    *outcome = (struct outcome){
        .failed = world->failed,
        .hash = world->trace.hash,
        .simulated_ms = world_now() - BEGIN_BOOT_MS,
        .counts = world->counts,
    };
    memcpy(outcome->failure, world->failure, sizeof outcome->failure);
    oracle_coverage(world->oracle, coverage);
    release(world);
    own_free(world);
}
