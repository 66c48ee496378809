/* See running.h. */
#include "world/running.h"

#include "disk/own_memory.h"
#include "server/process.h"
#include "world/errand.h"
#include "world/faults.h"

#include "base/check.h"
#include "engine/machine.h"

/* A server that does not come up this often, though nothing hinders it, is broken. */
#define STARTS_MAX 3

/* A start that failed is tried again after this; each time after twice as long, but for the last of
 * these. */
#define START_AGAIN_MS 2000
#define START_AGAIN_DOUBLINGS 6

/* As the bookkeeper's thread before it is ended (serve.c gives it seconds). */
#define STOP_SLICES_MAX 50

/* ---- The engine's thread ---- */

static void plan_turn(struct world *world, int64_t at)
{
    if (at < world->stalled_until)
        at = world->stalled_until;
    if (at >= world->turn_at)
        return;
    world->turn_at = at;
    events_add(&world->events, at, EVENT_TURN, 0);
}

void running_wake(struct world *world)
{
    if (world->woken)
        return;
    world->woken = true;
    plan_turn(world,
              world_now() + chance_between(&world->machine, 0, world->shape.turn_late_ms_max));
}

/* The engine's thread looks around each second. Where it would find nothing due, a turn has no
 * effect and is left out. */
static int64_t wait_ms(struct world *world)
{
    const struct office *office = server_office(world->server);
    const int64_t wait = server_wait_ms(world->server);
    if (server_state(world->server) != ENGINE_READY || office == NULL || wait < SECOND_MS)
        return wait;
    const struct moment now = engine_now(server_engine(world->server));
    const timestamp_ms due = office_next_due(office, now);
    return due == INT64_MAX ? INT64_MAX : due - now.house;
}

/* A turn takes some time. */
#define TURN_MS 1

/* The engine would use up a processor: it is told that something is due, turns, and has done
 * nothing. */
#define SPINS_MAX 2000

static void watch_spinning(struct world *world, int64_t wait)
{
    const uint64_t seq = atomic_load(&server_engine(world->server)->seq);
    world->spins = wait <= 0 && seq == world->spin_seq ? world->spins + 1 : 0;
    world->spin_seq = seq;
    if (world->spins > SPINS_MAX)
        world_fail(world, "the engine turns and turns, and has nothing to do");
}

static void plan_next_turn(struct world *world)
{
    const struct inbox *inbox = &server_engine(world->server)->inbox;
    /* What a reader has counts for its length, and is not in it. */
    if (inbox->oldest != NULL || atomic_load(&inbox->newest) != NULL) {
        plan_turn(world, world_now() + TURN_MS);
        return;
    }
    const int64_t wait = wait_ms(world);
    watch_spinning(world, wait);
    if (wait != INT64_MAX)
        plan_turn(world, world_now() + (wait > TURN_MS ? wait : TURN_MS) +
                             chance_between(&world->machine, 0, world->shape.idle_late_ms_max));
}

/* At the death of the disk the process is as good as dead; which death it was, the fault knows. */
static void bury(struct world *world)
{
    const bool power_cut = fault_is_power_cut(world);
    fault_death(world);
    running_die(world, power_cut, chance_between(&world->faults, 0, 10 * SECOND_MS));
}

/* A step of the server's. False: it died of it. */
static bool step(struct world *world, void (*run)(void *argument), void *argument)
{
    if (!process_run(run, argument)) {
        world_tell(world, "the process ended itself for want of memory");
        running_die(world, false, chance_between(&world->faults, 0, 10 * SECOND_MS));
        return false;
    }
    if (disk_is_dead(world->disk)) {
        bury(world);
        return false;
    }
    return true;
}

static void turn_step(void *argument)
{
    server_turn(argument);
}

/* In the end the bookkeeper is as quick as the real one (src/engine/booking_thread.c). */
#define BOOK_PAUSE_MS 2000

static int64_t book_pause_ms(const struct world *world)
{
    return world->phase == PHASE_LIVENESS && world->shape.book_ms > BOOK_PAUSE_MS
               ? BOOK_PAUSE_MS
               : world->shape.book_ms;
}

/* On a disk that works for as long. */
static void look_at_settled(struct world *world)
{
    struct disk_plan *plan = disk_plan(world->disk);
    const struct disk_plan planned = *plan;
    world->settled = false;
    *plan = (struct disk_plan){0};
    oracle_check_settled(world->oracle, world->server);
    *plan = planned;
}

void running_turn(struct world *world, int64_t at)
{
    if (at != world->turn_at) /* another was planned before it */
        return;
    world->turn_at = INT64_MAX;
    world->woken = false;
    if (!server_is_up(world->server))
        return;
    if (world_now() < world->stalled_until) {
        plan_turn(world, world->stalled_until);
        return;
    }
    world->counts.turns++;
    if (!step(world, turn_step, world->server))
        return;
    if (world->settled)
        look_at_settled(world);
    plan_next_turn(world);
    if (!world->look_up_planned) {
        world->look_up_planned = true;
        events_add(&world->events, world_now() + chance_between(&world->machine, 0, 2),
                   EVENT_LOOK_UP, 0);
    }
    if (!world->booking_planned && store_unbooked(server_store(world->server)) > 0) {
        world->booking_planned = true;
        events_add(&world->events, world_now() + book_pause_ms(world), EVENT_BOOK, 0);
    }
}

/* ---- Readers and the bookkeeper ---- */

struct planned_look_up {
    struct server *server;
    bool done;
};

static void look_up_step(void *argument)
{
    struct planned_look_up *look_up = argument;
    look_up->done = server_look_up(look_up->server);
}

/* Longer than most bookings are apart. */
#define LATE_LOOK_UP_MS (10 * SECOND_MS)

void running_look_up(struct world *world)
{
    world->look_up_planned = false;
    if (!server_is_up(world->server))
        return;
    struct planned_look_up look_up = {.server = world->server};
    if (!step(world, look_up_step, &look_up) || !look_up.done)
        return;
    world->counts.look_ups++;
    running_wake(world);
    world->look_up_planned = true;
    /* A reader that is not given the processor brings an answer that is old. */
    const bool late = world->phase == PHASE_SAFETY && chance_hits(&world->machine, 1, 50);
    const int64_t longest = 3 * world->shape.book_ms;
    const int64_t most = !late ? 1 : longest < LATE_LOOK_UP_MS ? longest : LATE_LOOK_UP_MS;
    events_add(&world->events, world_now() + chance_between(&world->machine, 0, most),
               EVENT_LOOK_UP, 0);
}

struct booking {
    struct server *server;
    size_t rows;
    enum result result;
};

static void booking_step(void *argument)
{
    struct booking *booking = argument;
    booking->result = server_book(booking->server, &booking->rows);
}

void running_book(struct world *world)
{
    world->booking_planned = false;
    if (!server_is_up(world->server))
        return;
    if (world_now() < world->no_booking_until) {
        world->booking_planned = true;
        events_add(&world->events, world->no_booking_until, EVENT_BOOK, 0);
        return;
    }
    struct booking booking = {.server = world->server};
    world->counts.bookings++;
    fault_before_booking(world);
    const bool lives = step(world, booking_step, &booking);
    fault_after_booking(world);
    if (!lives)
        return;
    trace_number(&world->trace, (uint64_t)booking.result << 32 | booking.rows);
    if (booking.result != RESULT_OK)
        world_tell(world, "booking failed (%d)", booking.result);
    else
        running_wake(world);
    if (booking.result != RESULT_OK || store_unbooked(server_store(world->server)) > 0) {
        world->booking_planned = true;
        events_add(&world->events, world_now() + book_pause_ms(world), EVENT_BOOK, 0);
    }
}

void running_book_now(struct world *world)
{
    world->booking_planned = true; /* one that was planned for later comes too, and does no harm */
    events_add(&world->events, world_now(), EVENT_BOOK, 0);
}

/* ---- Ends and starts ---- */

static void forget_turn(struct world *world)
{
    world->turn_at = INT64_MAX;
    world->woken = false;
}

static void plan_start(struct world *world, int64_t down_ms)
{
    if (world->start_planned)
        return;
    world->start_planned = true;
    events_add(&world->events, world_now() + down_ms, EVENT_START, 0);
}

void running_die(struct world *world, bool power_cut, int64_t down_ms)
{
    if (!disk_is_dead(world->disk))
        disk_die(world->disk);
    memory_fail(0, false);
    server_kill(world->server);
    errands_lose(world);
    oracle_died(world->oracle);
    disk_plan(world->disk)->death = 0;
    if (power_cut)
        disk_revive_after_power_cut(world->disk);
    else
        disk_revive_after_crash(world->disk);
    forget_turn(world);
    world->counts.deaths++;
    world_tell(world, "the server died%s", power_cut ? " with the power" : "");
    trace_number(&world->trace, power_cut);
    plan_start(world, down_ms);
}

static void stop_step(void *argument)
{
    server_stop(argument, STOP_SLICES_MAX);
}

void running_restart(struct world *world, int64_t down_ms, bool other_settings)
{
    if (!server_is_up(world->server) || !step(world, stop_step, world->server))
        return;
    oracle_stopped(world->oracle);
    world_tell(world, "the server stopped");
    CHECK(errands_inside(world) == 0);
    forget_turn(world);
    if (other_settings)
        shape_change_settings(&world->settings, &world->faults);
    server_set_settings(world->server, &world->settings);
    plan_start(world, down_ms);
}

struct start {
    struct server *server;
    struct explanation explanation;
    enum result result;
};

static void start_step(void *argument)
{
    struct start *start = argument;
    start->result = server_start(start->server, &start->explanation);
}

static bool start_now(struct world *world, struct start *start)
{
    oracle_settings(world->oracle, &world->settings);
    disk_plan(world->disk)->death = world->death_at_start;
    world->death_at_start = 0;
    world->counts.starts++;
    const bool lives = step(world, start_step, start);
    disk_plan(world->disk)->death = 0;
    if (!lives)
        return false;
    trace_number(&world->trace, (uint64_t)start->result);
    if (start->result == RESULT_OK) {
        world_tell(world, "the server is up");
        world->failed_starts = 0;
        world->excused_starts = 0;
        running_wake(world);
    }
    return start->result == RESULT_OK;
}

bool running_start_now(struct world *world)
{
    struct start start = {.server = world->server};
    const bool started = start_now(world, &start);
    if (!started)
        world_fail(world, "the server does not start: %s", start.explanation.text);
    return started;
}

void running_start(struct world *world)
{
    struct start start = {.server = world->server};
    world->start_planned = false;
    if (server_is_up(world->server) || start_now(world, &start) || world->start_planned)
        return;
    oracle_stopped(world->oracle);
    world_tell(world, "the server did not start: %s", start.explanation.text);
    if (start.result == RESULT_CORRUPT || start.result == RESULT_FOREIGN ||
        start.result == RESULT_NEWER)
        world_fail(world, "the server calls its own data broken: %s", start.explanation.text);
    if (fault_excuses(world))
        world->excused_starts++;
    else if (++world->failed_starts >= STARTS_MAX)
        world_fail(world, "the server does not start: %s", start.explanation.text);
    plan_start(world, (int64_t)START_AGAIN_MS << (world->excused_starts < START_AGAIN_DOUBLINGS
                                                      ? world->excused_starts
                                                      : START_AGAIN_DOUBLINGS));
}
