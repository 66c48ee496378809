/* The house second by second, for two hours, and minute by minute, for thirty days: what GET
 * /v1/stats/series tells, and the last second and minute of GET /v1/stats.
 *
 * One thread reads the house's counts each second and keeps what came to them. The engine does
 * nothing for it but count (office/tally.h), and nobody waits for it. Minutes are booked as they
 * end, and as the server stops, and are there after the next start; the seconds begin anew, and a
 * server that is killed takes the last minute with it. */
#ifndef USHER_API_SERIES_H
#define USHER_API_SERIES_H

#include "api/reading.h"
#include "base/latency.h"
#include "read/house_minute.h"

#include <pthread.h>

struct metrics;

extern const char *const series_name_texts[SERIES_COUNT];

enum series_step {
    SERIES_STEP_SECOND,
    SERIES_STEP_TEN_SECONDS,
    SERIES_STEP_MINUTE,
    SERIES_STEP_COUNT,
};
extern const char *const series_step_texts[SERIES_STEP_COUNT];

/* A sale with the rush before it and what comes back after it. 700 KB. */
#define SERIES_SECONDS 7200

/* Steps of one answer: as many as have a place on a large screen, and what is written at once. */
#define SERIES_STEPS_MAX 7200

/* Seconds over which rates and percentiles of GET /v1/stats go: enough answers for one in a hundred
 * to mean something, and few enough to see what is wrong now. */
#define SERIES_RATE_SECONDS 60

/* The house's counts, and how long what was answered took; as a second began. */
struct series_reading {
    struct reading house;
    int64_t answers[LATENCY_BUCKETS_ALL];
};

/* All of it is zero before series_start. Seconds are since 1970, by house time. */
struct series {
    struct engine *engine;
    const struct metrics *metrics;
    pthread_t thread;
    bool started;

    pthread_mutex_t lock; /* of the rest */
    pthread_cond_t end;
    bool stop;
    int64_t first, next; /* the seconds from `first` on and before `next` are kept */
    /* The minutes likewise; the last one is not over. Those in which no server ran are 0. */
    int64_t first_minute, next_minute;
    uint64_t reading_count; /* as many were taken; the last ones are kept */
    struct series_reading readings[SERIES_RATE_SECONDS + 1];
    int64_t values[SERIES_SECONDS][SERIES_COUNT];
    int64_t minutes[MINUTES_KEPT][SERIES_COUNT]; /* 4.5 MB, once a month was kept */
};

/* Reads the minutes that are kept, takes the first reading and starts the thread; RESULT_NO_MEMORY:
 * there is none to be had. Then, too, series_stop is owed. */
MUST_USE enum result series_start(struct series *series, struct engine *engine,
                                  const struct metrics *metrics, struct explanation *explanation);

/* Ends the thread, and has the minute booked that is not over. Fine for zeroed ones. */
void series_stop(struct series *series);

/* A minute as it was booked; the newest comes last, and before the first reading. */
void series_remember(struct series *series, const struct house_minute *minute);

/* The thread's work: takes a reading for the seconds up to `now`, which has begun, and keeps what
 * came since the last one. The first reading begins the series. */
void series_note(struct series *series, int64_t now, const struct series_reading *reading,
                 const struct queue_view *queue);

/* The minute that has that number, which is kept. */
void series_minute(struct series *series, int64_t minute, struct house_minute *kept);

/* ---- Any thread ---- */

/* What came in the last whole second; in the last minute of them; since the start. Zero before the
 * first second is over. */
struct series_rates {
    struct reading last_second, last_minute, since_start;
    int64_t answers[LATENCY_BUCKETS_ALL]; /* in the last minute, by how long they took */
};
void series_rates(struct series *series, struct series_rates *rates);

/* Steps of so many seconds each, of those in [from, to) that are kept; both are changed to when the
 * first step begins and the last one ends. */
struct series_range {
    int64_t from, to, step_seconds;
    bool latest; /* of more steps than an answer has: the last ones, else the first ones */
};

int64_t series_step_seconds(enum series_step step);

/* How many steps the range has, once it was cut to what is kept: at most SERIES_STEPS_MAX. Steps of
 * a minute are of the minutes that are kept, shorter ones of the seconds. */
size_t series_cut(struct series *series, struct series_range *range);

/* Fills in the steps of a series that was cut: `count` of them. A second or a minute that went
 * meanwhile is 0. */
void series_tell(struct series *series, const struct series_range *range, enum series_name name,
                 int64_t *steps, size_t count);

#endif
