/* See rehearsals.h. */
#include "api/rehearsals.h"

#include "api/shown_rehearsal.h"
#include "base/check.h"
#include "base/log.h"
#include "base/thread.h"
#include "engine/clock.h"
#include "rehearse/rehearsal.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

const char *const rehearsal_status_texts[REHEARSAL_STATUS_COUNT] = {
    [REHEARSAL_RUNNING] = "running",
    [REHEARSAL_DONE] = "done",
    [REHEARSAL_CANCELLED] = "cancelled",
    [REHEARSAL_FAILED] = "failed",
};

const char *const rehearsal_failure_texts[REHEARSAL_FAILURE_COUNT] = {
    [REHEARSAL_TOOK_TOO_LONG] = "took_too_long",
    [REHEARSAL_LACKED_MEMORY] = "no_memory",
    [REHEARSAL_WENT_WRONG] = "went_wrong",
};

const char *const bound_texts[BOUND_COUNT] = {
    [BOUND_ADMISSION] = "admitPerSecond",
    [BOUND_MAX_ACTIVE] = "maxActive",
    [BOUND_SEATS] = "seats",
    [BOUND_BUYERS] = "buyers",
};

/* ---- The thread ---- */

static struct kept_rehearsal *running(struct rehearsals *rehearsals)
{
    return &rehearsals->kept[rehearsals->next];
}

static bool note_percent(void *owner, unsigned percent)
{
    struct rehearsals *rehearsals = owner;
    struct kept_rehearsal *kept = running(rehearsals);
    atomic_store(&kept->percent, percent);
    return atomic_load(&kept->status) == REHEARSAL_RUNNING && !atomic_load(&rehearsals->stops) &&
           monotonic_nanoseconds() < rehearsals->until_ns;
}

static void note_failure(struct kept_rehearsal *kept, enum result result, timestamp_ms now,
                         const char *why)
{
    if (result == RESULT_FULL)
        kept->failure = REHEARSAL_TOOK_TOO_LONG;
    else if (result == RESULT_NO_MEMORY)
        kept->failure = REHEARSAL_LACKED_MEMORY;
    else
        kept->failure = REHEARSAL_WENT_WRONG;
    if (kept->failure == REHEARSAL_WENT_WRONG)
        log_event(LOG_ERROR, now, "rehearsal_failed why=\"%s\"", why);
}

/* Whoever cancelled it meanwhile, or stops, has said what it is. */
static void rehearse_next(struct rehearsals *rehearsals)
{
    struct kept_rehearsal *kept = running(rehearsals);
    const struct rehearsal_watch watch = {.owner = rehearsals, .tell = note_percent};
    struct explanation explanation;
    int was = REHEARSAL_RUNNING;
    rehearsals->until_ns =
        monotonic_nanoseconds() + (uint64_t)REHEARSAL_SECONDS_MAX * 1000 * 1000000;
    const enum result result =
        rehearsal_run(&kept->wanted.plan, &watch, &kept->findings, &explanation);
    kept->ended_at = engine_now(rehearsals->engine).wall;
    if (result != RESULT_OK)
        note_failure(kept, result, kept->ended_at, explanation.text);
    (void)atomic_compare_exchange_strong(&kept->status, &was,
                                         result == RESULT_OK ? REHEARSAL_DONE : REHEARSAL_FAILED);
    atomic_store(&rehearsals->busy, false);
}

static void wait_for_wanted(struct rehearsals *rehearsals)
{
    while (sem_wait(&rehearsals->wanted) != 0)
        CHECK(errno == EINTR);
}

static void *rehearsals_run(void *argument)
{
    struct rehearsals *rehearsals = argument;
    thread_be_idle();
    for (;;) {
        wait_for_wanted(rehearsals);
        if (atomic_load(&rehearsals->stops))
            return NULL;
        rehearse_next(rehearsals);
    }
}

enum result rehearsals_start(struct rehearsals *rehearsals, const struct engine *engine)
{
    uint64_t seed[4];
    CHECK(rehearsals->engine == NULL);
    rehearsals->engine = engine;
    randombytes_buf(seed, sizeof seed);
    id_source_init(&rehearsals->ids, seed);
    CHECK(sem_init(&rehearsals->wanted, 0, 0) == 0);
    CHECK(pthread_mutex_init(&rehearsals->lock, NULL) == 0);
    const enum result result =
        thread_start(&rehearsals->thread, "usher-rehearse", rehearsals_run, rehearsals);
    rehearsals->started = result == RESULT_OK;
    return result;
}

void rehearsals_stop(struct rehearsals *rehearsals)
{
    if (rehearsals->engine == NULL)
        return;
    if (rehearsals->started) {
        atomic_store(&rehearsals->stops, true);
        CHECK(sem_post(&rehearsals->wanted) == 0);
        thread_join(rehearsals->thread);
    }
    CHECK(sem_destroy(&rehearsals->wanted) == 0);
    CHECK(pthread_mutex_destroy(&rehearsals->lock) == 0);
}

/* ---- Showing ---- */

static double seconds_of(uint32_t beats)
{
    return (double)beats / SECOND_BEATS;
}

/* With one decimal: more says nothing. */
static double with_one_decimal(double value)
{
    return (double)(int64_t)(value * 10 + 0.5) / 10;
}

static void show_course(const struct course *course, struct course_numbers *numbers,
                        struct shown_course *shown)
{
    for (size_t i = 0; i < course->point_count; i++) {
        const struct course_point *point = &course->points[i];
        numbers->waiting[i] = point->waiting;
        numbers->active[i] = point->active;
        numbers->held[i] = point->held;
        numbers->sold[i] = point->sold;
    }
    *shown = (struct shown_course){.step_ms = (int64_t)course->beats_each * BEAT_MS,
                                   .count = course->point_count,
                                   .waiting = numbers->waiting,
                                   .active = numbers->active,
                                   .held = numbers->held,
                                   .sold = numbers->sold};
}

static void show_people(const struct findings *findings, struct shown_rehearsal *shown)
{
    const struct wait_findings *waits = &findings->waits;
    shown->let_in = (int64_t)waits->people;
    shown->let_in_somebody = waits->people > 0;
    shown->waits = (struct shown_waits){.p50 = seconds_of(waits->p50),
                                        .p90 = seconds_of(waits->p90),
                                        .p99 = seconds_of(waits->p99),
                                        .most = seconds_of(waits->most)};
    shown->inside = (struct shown_inside){.mean = with_one_decimal(findings_mean_active(findings)),
                                          .most = findings->course.most_active,
                                          .allowed = shown->plan.settings.max_active};
    for (size_t i = 0; i < BUYER_STATE_COUNT; i++)
        shown->ends.people[i] = findings->people[i];
}

static void show_findings(const struct findings *findings, struct shown_rehearsal *shown)
{
    shown->done = true;
    shown->sold_out = findings->sold_out;
    shown->was_full = findings->course.was_full;
    shown->sound = findings_are_sound(findings);
    shown->seconds = seconds_of(findings->beats);
    shown->full_seconds = seconds_of(findings->course.first_full);
    shown->sold = findings->sold;
    shown->holds = findings->holds;
    shown->lapsed_holds = findings->lapsed_holds;
    shown->lost_races = findings->lost_races;
    shown->bound = course_bound(&findings->course);
    for (enum bound i = BOUND_ADMISSION; i < BOUND_COUNT; i++)
        shown->bounds.percent[i] = with_one_decimal(findings_bound_percent(findings, i));
    show_people(findings, shown);
}

/* The status is read first: what the thread wrote before it set it is seen then. `numbers` NULL:
 * without the course. */
static void show_kept(const struct kept_rehearsal *kept, struct shown_rehearsal *shown,
                      struct course_numbers *numbers)
{
    const enum rehearsal_status status = (enum rehearsal_status)atomic_load(&kept->status);
    memset(shown, 0, sizeof *shown);
    (void)id_format("rehearsal", kept->id, shown->id);
    shown->round_id = kept->wanted.round_id;
    shown->plan = kept->wanted.plan;
    shown->created_at = kept->created_at;
    shown->status = status;
    shown->percent = status == REHEARSAL_DONE ? 100 : atomic_load(&kept->percent);
    switch (status) {
    case REHEARSAL_RUNNING:
        return;
    case REHEARSAL_CANCELLED:
        shown->ended_at = kept->cancelled_at;
        return;
    case REHEARSAL_FAILED:
        shown->ended_at = kept->ended_at;
        shown->failed = true;
        shown->failure = kept->failure;
        return;
    case REHEARSAL_DONE:
        shown->ended_at = kept->ended_at;
        show_findings(&kept->findings, shown);
        shown->with_course = numbers != NULL;
        if (numbers != NULL)
            show_course(&kept->findings.course, numbers, &shown->course);
        return;
    case REHEARSAL_STATUS_COUNT:
        break;
    }
    UNREACHABLE("a rehearsal's status");
}

/* ---- Asking ---- */

static void lock_kept(struct rehearsals *rehearsals)
{
    CHECK(pthread_mutex_lock(&rehearsals->lock) == 0);
}

static void unlock_kept(struct rehearsals *rehearsals)
{
    CHECK(pthread_mutex_unlock(&rehearsals->lock) == 0);
}

static struct kept_rehearsal *find(struct rehearsals *rehearsals, struct id id)
{
    for (size_t i = 0; i < REHEARSALS_KEPT; i++)
        if (!id_is_none(rehearsals->kept[i].id) && id_equal(rehearsals->kept[i].id, id))
            return &rehearsals->kept[i];
    return NULL;
}

/* In the place of the oldest. */
static struct kept_rehearsal *begin_kept(struct rehearsals *rehearsals,
                                         const struct rehearsal_wanted *wanted)
{
    const timestamp_ms now = engine_now(rehearsals->engine).wall;
    rehearsals->next = rehearsals->made++ % REHEARSALS_KEPT;
    struct kept_rehearsal *kept = running(rehearsals);
    kept->id = id_next(&rehearsals->ids, now);
    kept->wanted = *wanted;
    kept->created_at = now;
    atomic_store(&kept->percent, 0);
    atomic_store(&kept->status, REHEARSAL_RUNNING);
    return kept;
}

enum result rehearsals_begin(struct rehearsals *rehearsals, const struct rehearsal_wanted *wanted,
                             struct shown_rehearsal *shown)
{
    CHECK(rehearsals->started && wanted->plan.buyers <= REHEARSAL_BUYERS_MAX);
    lock_kept(rehearsals);
    const bool busy = atomic_exchange(&rehearsals->busy, true);
    if (!busy)
        show_kept(begin_kept(rehearsals, wanted), shown, NULL);
    unlock_kept(rehearsals);
    if (busy)
        return RESULT_BUSY;
    CHECK(sem_post(&rehearsals->wanted) == 0);
    return RESULT_OK;
}

bool rehearsals_show(struct rehearsals *rehearsals, struct id id, struct shown_rehearsal *shown,
                     struct course_numbers *numbers)
{
    lock_kept(rehearsals);
    const struct kept_rehearsal *kept = find(rehearsals, id);
    if (kept != NULL)
        show_kept(kept, shown, numbers);
    unlock_kept(rehearsals);
    return kept != NULL;
}

bool rehearsals_cancel(struct rehearsals *rehearsals, struct id id, struct shown_rehearsal *shown,
                       struct course_numbers *numbers)
{
    int was = REHEARSAL_RUNNING;
    lock_kept(rehearsals);
    struct kept_rehearsal *kept = find(rehearsals, id);
    if (kept != NULL) {
        if (atomic_load(&kept->status) == REHEARSAL_RUNNING)
            kept->cancelled_at = engine_now(rehearsals->engine).wall;
        (void)atomic_compare_exchange_strong(&kept->status, &was, REHEARSAL_CANCELLED);
        show_kept(kept, shown, numbers);
    }
    unlock_kept(rehearsals);
    return kept != NULL;
}

size_t rehearsals_show_all(struct rehearsals *rehearsals, struct shown_rehearsal *shown)
{
    lock_kept(rehearsals);
    const size_t made = rehearsals->made;
    const size_t count = made < REHEARSALS_KEPT ? made : REHEARSALS_KEPT;
    for (size_t i = 0; i < count; i++) {
        show_kept(&rehearsals->kept[(made - 1 - i) % REHEARSALS_KEPT], &shown[i], NULL);
    }
    unlock_kept(rehearsals);
    return count;
}
