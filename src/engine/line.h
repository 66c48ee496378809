/* A bounded line in front of worker threads: first come, first served. */
#ifndef USHER_ENGINE_LINE_H
#define USHER_ENGINE_LINE_H

#include "base/result.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct line {
    pthread_mutex_t lock;
    pthread_cond_t filled; /* somebody joined, or the line closed */
    void **places;         /* a ring of `bound` */
    size_t bound, first, length;
    bool closed;
};

MUST_USE enum result line_init(struct line *line, size_t bound);
void line_release(struct line *line);

/* RESULT_FULL: full or closed. */
MUST_USE enum result line_join(struct line *line, void *job);

/* Waits for the next job; NULL when the line is closed and empty. */
void *line_next(struct line *line);

/* The next job, or NULL at once. */
void *line_next_now(struct line *line);

/* Nobody joins any more. */
void line_close(struct line *line);

size_t line_length(struct line *line);

#endif
