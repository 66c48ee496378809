/* Sales that are rehearsed beside the real one: one at a time, on a thread that runs when nobody
 * else wants to. The last few are kept in memory, and are gone with the process.
 *
 * The thread takes no lock that anybody else takes: preempted in one, it would make others wait for
 * as long as the machine is busy. It tells what it does by atomics. */
#ifndef USHER_API_REHEARSALS_H
#define USHER_API_REHEARSALS_H

#include "engine/engine.h"
#include "rehearse/findings.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

/* As many as somebody compares. 25 KB each. */
#define REHEARSALS_KEPT 8

/* A crowd that shows what a house of any size does; 400 bytes each, 80 MB. */
#define REHEARSAL_BUYERS_MAX 200000

/* As many as the largest stadiums have; 1,000 bytes each, 100 MB. With the crowd a rehearsal takes
 * 190 MB, for as long as it runs; the command has no such limit. */
#define REHEARSAL_SEATS_MAX 100000
_Static_assert(REHEARSAL_SEATS_MAX < ROUND_SEATS_MAX, "a round may be too large to be rehearsed");

/* On a machine that is busy with a sale it may not get anywhere. */
#define REHEARSAL_SECONDS_MAX 600

enum rehearsal_status {
    REHEARSAL_RUNNING,
    REHEARSAL_DONE,
    REHEARSAL_CANCELLED,
    REHEARSAL_FAILED,
    REHEARSAL_STATUS_COUNT,
};
extern const char *const rehearsal_status_texts[REHEARSAL_STATUS_COUNT];

enum rehearsal_failure {
    REHEARSAL_TOOK_TOO_LONG,
    REHEARSAL_LACKED_MEMORY,
    REHEARSAL_WENT_WRONG, /* the log says how */
    REHEARSAL_FAILURE_COUNT,
};
extern const char *const rehearsal_failure_texts[REHEARSAL_FAILURE_COUNT];

/* As somebody asked for it. */
struct rehearsal_wanted {
    struct id round_id; /* whose seats it has; or none */
    struct rehearsal_plan plan;
};

struct kept_rehearsal {
    /* Set before the thread hears of it. */
    struct id id; /* none: there was no such rehearsal yet */
    struct rehearsal_wanted wanted;
    timestamp_ms created_at;
    timestamp_ms cancelled_at;

    atomic_int status; /* enum rehearsal_status; it leaves REHEARSAL_RUNNING once */
    atomic_uint percent;

    /* The thread's, until the status is REHEARSAL_DONE or _FAILED. */
    timestamp_ms ended_at;
    enum rehearsal_failure failure;
    struct findings findings;
};

/* All of it is zero before rehearsals_start. */
struct rehearsals {
    const struct engine *engine;
    pthread_t thread;
    bool started;
    sem_t wanted;         /* somebody wants `next`, or the thread shall end */
    atomic_bool stops;    /* it shall */
    atomic_bool busy;     /* it is at `next` */
    size_t next;          /* the place of the rehearsal that is wanted */
    uint64_t until_ns;    /* the thread's: then it has taken too long */
    pthread_mutex_t lock; /* of the rest, among those who ask; the thread does not take it */
    struct id_source ids;
    size_t made; /* so far; they take the places in turn */
    struct kept_rehearsal kept[REHEARSALS_KEPT];
};

/* RESULT_NO_MEMORY: no thread to be had. Then, too, rehearsals_stop is owed. */
MUST_USE enum result rehearsals_start(struct rehearsals *rehearsals, const struct engine *engine);

/* Breaks off what runs, and ends the thread. Fine for zeroed ones. */
void rehearsals_stop(struct rehearsals *rehearsals);

/* ---- Any thread; what is copied is whole ---- */

struct shown_rehearsal;
struct course_numbers;

/* Begins one, and shows it. RESULT_BUSY: another is not over yet. */
MUST_USE enum result rehearsals_begin(struct rehearsals *rehearsals,
                                      const struct rehearsal_wanted *wanted,
                                      struct shown_rehearsal *shown);

/* Shows it with its course, whose numbers go to `numbers` and stay there. False: there is no such
 * rehearsal, or it is kept no more. */
bool rehearsals_show(struct rehearsals *rehearsals, struct id id, struct shown_rehearsal *shown,
                     struct course_numbers *numbers);

/* The same; if it runs, it is broken off first. */
bool rehearsals_cancel(struct rehearsals *rehearsals, struct id id, struct shown_rehearsal *shown,
                       struct course_numbers *numbers);

/* All that are kept, the newest first, without their courses: REHEARSALS_KEPT at most. Returns how
 * many. */
size_t rehearsals_show_all(struct rehearsals *rehearsals, struct shown_rehearsal *shown);

#endif
