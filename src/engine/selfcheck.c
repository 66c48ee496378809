/* See selfcheck.h. */
#include "engine/selfcheck.h"

#include "base/thread.h"
#include "engine/clock.h"
#include "store/store.h"

#include <stdio.h>

#define NANOSECONDS_A_MILLISECOND 1000000

/* A check that is under way. */
struct checking {
    struct selfcheck *selfcheck;
    struct selfcheck_job *job;
    uint64_t until_ns;
};

static bool may_go_on(void *owner)
{
    const struct checking *checking = owner;
    return !atomic_load(&checking->selfcheck->stops) &&
           monotonic_nanoseconds() < checking->until_ns;
}

static void tell_violation(void *owner, int invariant, const char *text)
{
    struct selfcheck_job *job = ((struct checking *)owner)->job;
    if (job->told == SELFCHECK_VIOLATIONS_MAX)
        return;
    struct selfcheck_violation *violation = &job->violations[job->told++];
    violation->invariant = invariant;
    (void)snprintf(violation->text, sizeof violation->text, "%s", text); /* cut to fit */
}

static void do_check(void *owner, size_t thread, void *asked)
{
    (void)thread;
    struct selfcheck *selfcheck = owner;
    struct selfcheck_job *job = asked;
    struct store_verdict verdict = {0};
    struct explanation explanation;
    const uint64_t began_ns = monotonic_nanoseconds();
    struct checking checking = {.selfcheck = selfcheck,
                                .job = job,
                                .until_ns = began_ns + (uint64_t)SELFCHECK_SECONDS_MAX * 1000 *
                                                           NANOSECONDS_A_MILLISECOND};
    job->told = 0;
    job->result = store_selfcheck(selfcheck->store, may_go_on, tell_violation, &checking, &verdict,
                                  &explanation);
    job->seq = (int64_t)verdict.seq;
    job->questions = (int64_t)verdict.questions;
    job->violation_count = (int64_t)verdict.violations;
    job->milliseconds = (int64_t)((monotonic_nanoseconds() - began_ns) / NANOSECONDS_A_MILLISECOND);
    atomic_store(&selfcheck->busy, false);
    job->complete(job);
}

enum result selfcheck_ask(struct selfcheck *selfcheck, struct selfcheck_job *job)
{
    bool busy = false;
    if (!atomic_compare_exchange_strong(&selfcheck->busy, &busy, true))
        return RESULT_FULL;
    const enum result result = workers_ask(&selfcheck->workers, job);
    if (result != RESULT_OK)
        atomic_store(&selfcheck->busy, false);
    return result;
}

enum result selfcheck_start(struct selfcheck *selfcheck, struct store *store,
                            struct explanation *explanation)
{
    *selfcheck = (struct selfcheck){.store = store};
    const struct worker_plan plan = {
        .name = "usher-check",
        .threads = 1,
        .bound = 1,
        .begin = thread_be_nice,
        .work = do_check,
        .owner = selfcheck,
    };
    const enum result result = workers_start(&selfcheck->workers, &plan);
    if (result != RESULT_OK)
        return explain(explanation, result, "no memory or no thread to check the tables");
    return RESULT_OK;
}

static void give_back(void *owner, void *asked)
{
    (void)owner;
    struct selfcheck_job *job = asked;
    job->result = RESULT_FULL;
    job->complete(job);
}

void selfcheck_drain(struct selfcheck *selfcheck)
{
    atomic_store(&selfcheck->stops, true);
    workers_drain(&selfcheck->workers, give_back);
}

void selfcheck_stop(struct selfcheck *selfcheck)
{
    if (selfcheck->workers.places == NULL)
        return;
    selfcheck_drain(selfcheck);
    workers_stop(&selfcheck->workers);
}
