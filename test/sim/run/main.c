/* usher-sim: runs simulated worlds and says which of them failed. */
#include "disk/own_memory.h"
#include "run/minimise.h"
#include "run/trial.h"
#include "run/workers.h"
#include "world/options.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* So many runs must have met everything that can happen. */
#define SEEDS_FOR_EVERYTHING 1000

static double seconds_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- Many runs ---- */

/* Whether a seed may draw everything, and there are enough of them. */
static bool meets_everything(const struct options *options)
{
    return !options->small && options->seeds >= SEEDS_FOR_EVERYTHING && options->without == 0 &&
           options->operations == 0 && options->clients == 0;
}

/* How many faults never fired, though they should have. */
static unsigned report_faults(const struct options *options, const struct totals *totals)
{
    unsigned missing = 0;
    (void)puts("faults that fired:");
    for (enum fault fault = 0; fault < FAULT_COUNT; fault++) {
        const uint64_t fired = totals->counts.fired[fault];
        const bool missed = fired == 0 && meets_everything(options);
        (void)printf("  %-22s %llu%s\n", fault_name(fault), (unsigned long long)fired,
                     missed ? " (it has to)" : "");
        missing += missed;
    }
    return missing;
}

static unsigned report_coverage(const struct options *options, const struct totals *totals)
{
    unsigned missing = 0;
    size_t reached = 0;
    for (size_t i = 0; i < coverage_count(); i++) {
        const uint64_t met = totals->coverage[i];
        const bool missed = met == 0 && meets_everything(options);
        if (options->coverage || missed)
            (void)printf("  %12llu %s%s\n", (unsigned long long)met, coverage_name(i),
                         missed ? " (it has to be reached)" : "");
        reached += met > 0;
        missing += missed;
    }
    (void)printf("coverage: %zu of %zu\n", reached, coverage_count());
    return missing;
}

/* Ends with what passed and failed; true: nothing failed. */
static bool report(const struct options *options, const struct totals *totals, double seconds)
{
    const struct counts *counts = &totals->counts;
    (void)printf("%llu operations of clients in %.1f s on %u cores: %.0f a second and core; "
                 "%.1f simulated days\n",
                 (unsigned long long)counts->operations, seconds, options->jobs,
                 (double)counts->operations / seconds / options->jobs,
                 (double)totals->simulated_ms / (double)DAY_MS);
    (void)printf("%llu answers, %llu unanswered; %llu events, %llu turns, %llu look-ups, "
                 "%llu bookings, %llu starts, %llu deaths\n",
                 (unsigned long long)counts->answers, (unsigned long long)counts->unanswered,
                 (unsigned long long)counts->events, (unsigned long long)counts->turns,
                 (unsigned long long)counts->look_ups, (unsigned long long)counts->bookings,
                 (unsigned long long)counts->starts, (unsigned long long)counts->deaths);
    const unsigned missing = report_faults(options, totals) + report_coverage(options, totals);
    (void)printf("%llu passed, %llu failed\n", (unsigned long long)totals->passed,
                 (unsigned long long)totals->failed + missing);
    return totals->failed + missing == 0;
}

static bool run_seeds(const char *program, const struct options *options)
{
    struct totals totals = {.coverage = own_allocate(coverage_count() * sizeof(uint64_t))};
    const double begin = seconds_now();
    workers_run(program, options, &totals);
    const bool good = report(options, &totals, seconds_now() - begin);
    own_free(totals.coverage);
    return good;
}

/* ---- One ---- */

static bool print_outcome(const char *program, const struct options *options,
                          const struct outcome *outcome)
{
    char text[OPTIONS_TEXT_BYTES];
    options_text(options, text);
    if (outcome->failed)
        (void)printf("%s %s: %s\n", program, text, outcome->failure);
    else
        (void)printf("%s: trace %016llx, %llu operations, %.1f simulated s\n", text,
                     (unsigned long long)outcome->hash,
                     (unsigned long long)outcome->counts.operations,
                     (double)outcome->simulated_ms / (double)SECOND_MS);
    return !outcome->failed;
}

static bool run_one(const char *program, const struct options *options)
{
    struct outcome outcome;
    uint64_t *coverage = own_allocate(coverage_count() * sizeof *coverage);
    server_show_log(options->verbose);
    world_run(options, &outcome, coverage);
    bool good = print_outcome(program, options, &outcome);
    if (good && options->repeat) {
        const uint64_t hash = outcome.hash;
        world_run(options, &outcome, coverage);
        good = print_outcome(program, options, &outcome) && outcome.hash == hash;
        if (!good)
            (void)puts("the same seed ran another way the second time");
    }
    own_free(coverage);
    return good;
}

static bool fails(void *owner, const struct options *options, uint64_t *operations)
{
    struct outcome outcome;
    (void)owner;
    trial_run(options, &outcome);
    if (outcome.failed)
        (void)print_outcome("  fails:", options, &outcome);
    *operations = outcome.counts.operations;
    return outcome.failed;
}

static bool run_minimise(const char *program, const struct options *options)
{
    const struct minimise_trial trial = {.fails = fails};
    struct options smallest = *options;
    struct shape shape;
    uint64_t operations;
    shape_draw(&shape, options);
    smallest.clients = shape.clients;
    if (!fails(NULL, &smallest, &operations)) {
        (void)puts("it does not fail");
        return true;
    }
    minimise(&trial, &smallest);
    struct outcome outcome;
    trial_run(&smallest, &outcome);
    return print_outcome(program, &smallest, &outcome);
}

/* ---- A list ---- */

#define LINE_BYTES 1024
#define WORDS_MAX 32

/* A line holds options; what follows a '#' says why it is there. */
static bool run_line(const char *program, char *line, const char *file)
{
    struct options options = {.jobs = 1};
    struct outcome outcome;
    char *words[WORDS_MAX];
    int count = 0;
    char *rest = NULL;
    line[strcspn(line, "#\n")] = '\0';
    for (char *word = strtok_r(line, " ", &rest); word != NULL && count < WORDS_MAX;
         word = strtok_r(NULL, " ", &rest))
        words[count++] = word;
    if (count == 0)
        return true;
    if (!options_read(&options, count, words)) {
        (void)fprintf(stderr, "usher-sim: %s: a line is not understood\n", file);
        return false;
    }
    trial_run(&options, &outcome);
    return print_outcome(program, &options, &outcome);
}

static bool run_regressions(const char *program, const char *file)
{
    char line[LINE_BYTES];
    unsigned passed = 0, failed = 0;
    FILE *lines = fopen(file, "r");
    if (lines == NULL) {
        (void)fprintf(stderr, "usher-sim: cannot read %s\n", file);
        return false;
    }
    while (fgets(line, sizeof line, lines) != NULL) {
        if (run_line(program, line, file))
            passed++;
        else
            failed++;
    }
    (void)fclose(lines);
    (void)printf("%u passed, %u failed\n", passed, failed);
    return failed == 0;
}

/* Thousands of runs in one process: what one gives back the next needs again, and getting it from
 * the system anew takes as long as a quarter of the run. */
static void keep_memory(void)
{
    (void)mallopt(M_MMAP_THRESHOLD, 1 << 30);
    (void)mallopt(M_TRIM_THRESHOLD, 1 << 30);
    (void)mallopt(M_TOP_PAD, 1 << 24);
}

int main(int argc, char **argv)
{
    struct options options = {.seed = 1, .first = 1, .jobs = 1};
    bool good;
    keep_memory();
    (void)setvbuf(stdout, NULL, _IOLBF, BUFSIZ); /* who waits for a failure reads it at once */
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        options_help();
        return 0;
    }
    if (!options_read(&options, argc - 1, argv + 1))
        return 2;
    if (options.regressions != NULL)
        good = run_regressions(argv[0], options.regressions);
    else if (options.seeds > 0)
        good = run_seeds(argv[0], &options);
    else if (options.minimise)
        good = run_minimise(argv[0], &options);
    else
        good = run_one(argv[0], &options);
    return good ? 0 : 1;
}
