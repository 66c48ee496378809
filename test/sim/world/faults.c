/* See faults.h. */
#include "world/faults.h"

#include "disk/own_memory.h"
#include "world/running.h"

#include "base/check.h"

#include <sqlite3.h>

static const uint64_t weights[FAULT_COUNT] = {
#define FAULT(constant, name, weight) [FAULT_##constant] = weight,
#include "world/faults.def"
};

/* ---- When ---- */

/* The subjects of EVENT_FAULT. */
enum { FAULT_IN_TURN, FAULT_BESIDES };

static bool may_happen(const struct world *world, enum fault fault)
{
    return (world->shape.faults & (UINT32_C(1) << fault)) != 0;
}

/* While the server is down little happens, and faults go on: so many times those that were drawn.
 */
#define FAULTS_FACTOR 3

/* So that about fault_count of them come in the time that the operations take. */
static int64_t gap_ms(struct world *world)
{
    const struct shape *shape = &world->shape;
    const uint64_t acts_a_beat = 2 * shape->clients / (uint64_t)(1 + shape->beats_between_max) + 1;
    const int64_t beats = (int64_t)(shape->drawn_operations / acts_a_beat / shape->fault_count) + 1;
    return shape->beat_ms * chance_between(&world->faults, 1, 2 * beats) +
           chance_between(&world->faults, 0, shape->beat_ms);
}

/* Long enough to be met by some beats, mostly over before anything else goes wrong. */
static int64_t duration_ms(struct world *world)
{
    const int64_t some = 10 * world->shape.beat_ms + 3 * SECOND_MS;
    return chance_between(&world->faults, some / 10,
                          chance_hits(&world->faults, 1, 8) ? 10 * some : some);
}

/* Most things go wrong by day; a night may last a month. */
static void plan_next(struct world *world)
{
    if (world->fault_number >= FAULTS_FACTOR * world->shape.fault_count)
        return;
    int64_t at = world_now() + gap_ms(world);
    if (at < world->sleep_until)
        at = chance_hits(&world->faults, 1, 2)
                 ? world->sleep_until
                 : chance_between(&world->faults, at, world->sleep_until);
    events_add(&world->events, at, EVENT_FAULT, FAULT_IN_TURN);
}

void faults_begin(struct world *world)
{
    if (world->shape.faults != 0)
        plan_next(world);
}

static enum fault draw(struct world *world)
{
    uint64_t total = 0;
    for (enum fault fault = 0; fault < FAULT_COUNT; fault++)
        total += may_happen(world, fault) ? weights[fault] : 0;
    uint64_t at = chance_below(&world->faults, total);
    for (enum fault fault = 0;; fault++) {
        const uint64_t weight = may_happen(world, fault) ? weights[fault] : 0;
        if (at < weight)
            return fault;
        at -= weight;
    }
}

/* ---- What ---- */

static void count_fired(struct world *world, enum fault fault)
{
    world->counts.fired[fault]++;
    trace_number(&world->trace, (uint64_t)fault);
}

void fault_fired(struct world *world)
{
    if (world->fault_active)
        count_fired(world, world->fault);
}

static void fail_operation(struct world *world, enum disk_operation operation, int code)
{
    struct disk_plan *plan = disk_plan(world->disk);
    plan->operation = operation;
    plan->countdown = (int)chance_between(&world->faults, 1, 12);
    plan->code = code;
    plan->lasting = chance_hits(&world->faults, 1, 3);
}

static void fill_disk(struct world *world)
{
    struct disk_counts counts;
    disk_counts(world->disk, &counts);
    disk_plan(world->disk)->capacity =
        counts.bytes + chance_between(&world->faults, 0, 64) * 1024 + 1;
}

/* A long one is one in which people come often enough to notice. */
static int64_t pause_ms(struct world *world)
{
    const int64_t longest = 300 * world->shape.beat_ms;
    return chance_hits(&world->faults, 1, 8) && longest > MINUTE_MS
               ? chance_between(&world->faults, MINUTE_MS, longest)
               : chance_between(&world->faults, 0, 12 * SECOND_MS);
}

static int64_t wall_jump(struct world *world)
{
    static const int64_t most[] = {SECOND_MS, MINUTE_MS, HOUR_MS, 3 * HOUR_MS, 2 * DAY_MS};
    return chance_between(&world->faults, 1, most[chance_below(&world->faults, 5)]);
}

static void jump(struct world *world, int64_t by_ms)
{
    clock_set(clock_boot_ms(), clock_wall() + by_ms);
    world_tell(world, "the wall's clock jumped by %lld ms", (long long)by_ms);
    running_wake(world);
}

/* One more, within so long. */
static void perhaps_besides(struct world *world, int64_t within_ms)
{
    if (world->phase == PHASE_SAFETY && world->shape.faults != 0 &&
        chance_hits(&world->faults, 1, 3))
        events_add(&world->events, world_now() + chance_between(&world->faults, 0, within_ms),
                   EVENT_FAULT, FAULT_BESIDES);
}

/* What goes wrong meanwhile meets the start, with settings that the server has not written yet. */
static void restart(struct world *world)
{
    const int64_t pause = pause_ms(world);
    running_restart(world, pause, true);
    perhaps_besides(world, pause);
}

static void die_starting(struct world *world, bool power_cut)
{
    world->death_at_start = (int)chance_between(&world->faults, 1, 150);
    if (server_is_up(world->server))
        running_die(world, power_cut, chance_between(&world->faults, 0, 5 * SECOND_MS));
}

/* The disk's failures: what of a plan fires is seen from the disk's counts. */
static void begin_on_disk(struct world *world, enum fault fault)
{
    struct disk_plan *plan = disk_plan(world->disk);
    if (fault == FAULT_SYNC_FAILS || fault == FAULT_SYNC_MARKS_CLEAN) {
        fail_operation(world, DISK_SYNC, SQLITE_IOERR_FSYNC);
        plan->marks_clean = fault == FAULT_SYNC_MARKS_CLEAN;
        return;
    }
    if (fault == FAULT_WRITE_FAILS || fault == FAULT_WRITE_TORN) {
        fail_operation(world, DISK_WRITE, SQLITE_IOERR_WRITE);
        plan->torn = fault == FAULT_WRITE_TORN;
        return;
    }
    if (fault == FAULT_READ_FAILS) {
        fail_operation(world, DISK_READ, SQLITE_IOERR_READ);
        return;
    }
    if (fault == FAULT_TRUNCATE_FAILS) {
        /* Almost only a recovery truncates: so there is one. */
        fail_operation(world, DISK_TRUNCATE, SQLITE_IOERR_TRUNCATE);
        plan->countdown = 1;
        if (server_is_up(world->server))
            running_die(world, false, 0);
        return;
    }
    if (fault == FAULT_DISK_FULL) {
        fill_disk(world);
        return;
    }
    if (fault == FAULT_SLOW_SYNC) {
        plan->sync_ms = chance_between(&world->faults, 20, 3000);
        return;
    }
    if (fault == FAULT_CRASH_INSIDE || fault == FAULT_POWER_CUT_INSIDE) {
        plan->death = (int)chance_between(&world->faults, 1, 60);
        return;
    }
    UNREACHABLE("a fault that is not the disk's");
}

static void begin(struct world *world, enum fault fault)
{
    if (fault == FAULT_CRASH || fault == FAULT_POWER_CUT) {
        if (!server_is_up(world->server))
            return;
        fault_fired(world);
        running_die(world, fault == FAULT_POWER_CUT, pause_ms(world));
    } else if (fault == FAULT_CRASH_IN_RECOVERY || fault == FAULT_POWER_CUT_IN_RECOVERY)
        die_starting(world, fault == FAULT_POWER_CUT_IN_RECOVERY);
    else if (fault == FAULT_NO_MEMORY)
        memory_fail((int)chance_between(&world->faults, 1, 500), false);
    else if (fault == FAULT_NO_MEMORY_FOR_LONG)
        memory_fail((int)chance_between(&world->faults, 1, 500), true);
    else if (fault == FAULT_ENGINE_STALLS) {
        fault_fired(world);
        world->stalled_until = world_now() + pause_ms(world);
    } else if (fault == FAULT_BOOKKEEPER_STALLS) {
        fault_fired(world);
        world->no_booking_until =
            world_now() + world->shape.book_ms * chance_between(&world->faults, 5, 30);
    } else if (fault == FAULT_BOOKKEEPER_FAILS)
        world->booking_fails = true;
    else if (fault == FAULT_WALL_FORWARD || fault == FAULT_WALL_BACK) {
        fault_fired(world);
        jump(world, fault == FAULT_WALL_FORWARD ? wall_jump(world) : -wall_jump(world));
    } else if (fault == FAULT_RESTART) {
        if (!server_is_up(world->server))
            return;
        fault_fired(world);
        restart(world);
    } else
        begin_on_disk(world, fault);
}

static bool is_over_at_once(enum fault fault)
{
    return fault == FAULT_CRASH || fault == FAULT_POWER_CUT || fault == FAULT_WALL_FORWARD ||
           fault == FAULT_WALL_BACK || fault == FAULT_RESTART;
}

void fault_soon(struct world *world)
{
    perhaps_besides(world, world->shape.delay_ms_max + world->shape.turn_late_ms_max);
}

void fault_next(struct world *world, uint32_t subject)
{
    if (world->phase != PHASE_SAFETY)
        return;
    if (subject == FAULT_IN_TURN)
        plan_next(world);
    if (world->fault_active)
        return;
    world->fault = draw(world);
    world->fault_active = true;
    world->fault_number++;
    disk_counts(world->disk, &world->counts_before);
    world->memory_failures_before = memory_failures();
    world_tell(world, "fault %s", fault_name(world->fault));
    begin(world, world->fault);
    if (is_over_at_once(world->fault))
        fault_end(world, (uint32_t)world->fault_number);
    else
        events_add(&world->events, world_now() + duration_ms(world), EVENT_FAULT_END,
                   (uint32_t)world->fault_number);
}

/* ---- Whether it fired ---- */

static bool disk_did_it(const struct world *world)
{
    struct disk_counts now;
    const struct disk_counts *before = &world->counts_before;
    disk_counts(world->disk, &now);
    const enum fault fault = world->fault;
    if (fault == FAULT_SYNC_FAILS)
        return now.failures[DISK_SYNC] > before->failures[DISK_SYNC];
    if (fault == FAULT_SYNC_MARKS_CLEAN)
        return now.sectors_lost_clean > before->sectors_lost_clean;
    if (fault == FAULT_WRITE_FAILS || fault == FAULT_WRITE_TORN)
        return now.failures[DISK_WRITE] > before->failures[DISK_WRITE];
    if (fault == FAULT_READ_FAILS)
        return now.failures[DISK_READ] > before->failures[DISK_READ];
    if (fault == FAULT_TRUNCATE_FAILS)
        return now.failures[DISK_TRUNCATE] > before->failures[DISK_TRUNCATE];
    if (fault == FAULT_DISK_FULL)
        return now.full > before->full;
    if (fault == FAULT_SLOW_SYNC)
        return now.operations[DISK_SYNC] > before->operations[DISK_SYNC];
    return false;
}

static void calm_disk(struct world *world)
{
    *disk_plan(world->disk) = (struct disk_plan){0};
}

void fault_end(struct world *world, uint32_t number)
{
    if (!world->fault_active || number != (uint32_t)world->fault_number)
        return;
    if (disk_did_it(world))
        fault_fired(world);
    if ((world->fault == FAULT_NO_MEMORY || world->fault == FAULT_NO_MEMORY_FOR_LONG) &&
        memory_failures() > world->memory_failures_before)
        fault_fired(world);
    calm_disk(world);
    memory_fail(0, false);
    world->booking_fails = false;
    world->death_at_start = 0;
    world->fault_active = false;
}

void faults_over(struct world *world)
{
    fault_end(world, (uint32_t)world->fault_number);
    world->stalled_until = 0;
    world->no_booking_until = 0;
    running_wake(world);
    running_book_now(world);
}

/* ---- Deaths ---- */

bool fault_is_power_cut(const struct world *world)
{
    return world->fault_active &&
           (world->fault == FAULT_POWER_CUT_INSIDE || world->fault == FAULT_POWER_CUT_IN_RECOVERY);
}

void fault_death(struct world *world)
{
    CHECK(world->fault_active);
    fault_fired(world);
}

bool fault_excuses(const struct world *world)
{
    return world->fault_active;
}

/* ---- The bookkeeper ---- */

void fault_before_booking(struct world *world)
{
    if (!world->booking_fails)
        return;
    const bool writes = chance_hits(&world->faults, 1, 2);
    fail_operation(world, writes ? DISK_WRITE : DISK_SYNC,
                   writes ? SQLITE_IOERR_WRITE : SQLITE_IOERR_FSYNC);
    struct disk_plan *plan = disk_plan(world->disk);
    plan->countdown = 1 + plan->countdown / 4;
    plan->marks_clean = chance_hits(&world->faults, 1, 2);
    disk_counts(world->disk, &world->counts_before);
}

void fault_after_booking(struct world *world)
{
    struct disk_counts now;
    if (!world->booking_fails)
        return;
    disk_counts(world->disk, &now);
    if (now.failures[DISK_WRITE] + now.failures[DISK_SYNC] >
        world->counts_before.failures[DISK_WRITE] + world->counts_before.failures[DISK_SYNC])
        fault_fired(world);
    calm_disk(world);
}
