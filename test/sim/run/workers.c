/* See workers.h. */
#include "run/workers.h"

#include "disk/own_memory.h"
#include "run/trial.h"

#include "base/check.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the processes share; each has a desk of its own. */
struct desk {
    pid_t pid;
    uint64_t seed; /* the run it is at */
    struct totals totals;
};

struct room {
    const char *program;
    struct options options;
    _Atomic uint64_t *next; /* how many seeds were taken */
    struct desk *desks;
};

static void print_failure(const struct room *room, const struct options *options, const char *what)
{
    char text[OPTIONS_TEXT_BYTES];
    options_text(options, text);
    (void)printf("%s %s: %s\n", room->program, text, what);
    (void)fflush(stdout);
}

static void add_counts(struct counts *to, const struct counts *from)
{
    to->operations += from->operations;
    to->answers += from->answers;
    to->unanswered += from->unanswered;
    to->events += from->events;
    to->turns += from->turns;
    to->look_ups += from->look_ups;
    to->bookings += from->bookings;
    to->starts += from->starts;
    to->deaths += from->deaths;
    for (enum fault fault = 0; fault < FAULT_COUNT; fault++)
        to->fired[fault] += from->fired[fault];
}

static void add(struct totals *totals, const struct outcome *outcome)
{
    totals->passed += !outcome->failed;
    totals->failed += outcome->failed;
    totals->simulated_ms += outcome->simulated_ms;
    add_counts(&totals->counts, &outcome->counts);
}

static void run_one(const struct room *room, struct desk *desk, const struct options *options)
{
    struct outcome outcome, again;
    (void)alarm(TRIAL_SECONDS_MAX);
    world_run(options, &outcome, desk->totals.coverage);
    if (options->repeat && !outcome.failed) {
        world_run(options, &again, desk->totals.coverage);
        outcome.failed = again.hash != outcome.hash;
        (void)snprintf(outcome.failure, sizeof outcome.failure, "%s",
                       "the same seed ran another way the second time");
    }
    if (outcome.failed)
        print_failure(room, options, outcome.failure);
    add(&desk->totals, &outcome);
}

_Noreturn static void work(const struct room *room, struct desk *desk)
{
    struct options options = room->options;
    for (;;) {
        const uint64_t taken = atomic_fetch_add(room->next, 1);
        if (taken >= room->options.seeds)
            exit(0);
        options.seed = room->options.first + taken;
        desk->seed = options.seed;
        run_one(room, desk, &options);
    }
}

static void hire(const struct room *room, struct desk *desk)
{
    (void)fflush(stdout);
    const pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0)
        work(room, desk);
    desk->pid = pid;
}

static struct desk *desk_of(const struct room *room, pid_t pid)
{
    unsigned i = 0;
    while (i < room->options.jobs && room->desks[i].pid != pid)
        i++;
    CHECK(i < room->options.jobs);
    return &room->desks[i];
}

/* Until the last process has found nothing more to do. */
static void wait_for_all(const struct room *room)
{
    char what[128];
    for (unsigned working = room->options.jobs; working > 0;) {
        int status;
        const pid_t pid = wait(&status);
        CHECK(pid > 0);
        struct desk *desk = desk_of(room, pid);
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
            working--;
            continue;
        }
        struct options options = room->options;
        options.seed = desk->seed;
        trial_describe_death(status, what, sizeof what);
        print_failure(room, &options, what);
        desk->totals.failed++;
        hire(room, desk);
    }
}

static void sum_up(const struct room *room, struct totals *totals)
{
    for (unsigned i = 0; i < room->options.jobs; i++) {
        const struct totals *of_desk = &room->desks[i].totals;
        totals->passed += of_desk->passed;
        totals->failed += of_desk->failed;
        totals->simulated_ms += of_desk->simulated_ms;
        add_counts(&totals->counts, &of_desk->counts);
        for (size_t j = 0; j < coverage_count(); j++)
            totals->coverage[j] += of_desk->coverage[j];
    }
}

void workers_run(const char *program, const struct options *options, struct totals *totals)
{
    struct room room = {
        .program = program,
        .options = *options,
        .next = trial_shared_memory(sizeof *room.next),
        .desks = trial_shared_memory(options->jobs * sizeof *room.desks),
    };
    for (unsigned i = 0; i < options->jobs; i++) {
        room.desks[i].totals.coverage =
            trial_shared_memory(coverage_count() * sizeof *totals->coverage);
        hire(&room, &room.desks[i]);
    }
    wait_for_all(&room);
    sum_up(&room, totals);
}
