/* See line.h: a ring of pointers under a mutex. */
#include "engine/line.h"

#include "base/check.h"

#include <stdlib.h>

enum result line_init(struct line *line, size_t bound)
{
    *line = (struct line){.bound = bound, .places = calloc(bound, sizeof *line->places)};
    if (line->places == NULL)
        return RESULT_NO_MEMORY;
    CHECK(pthread_mutex_init(&line->lock, NULL) == 0);
    CHECK(pthread_cond_init(&line->filled, NULL) == 0);
    return RESULT_OK;
}

void line_release(struct line *line)
{
    if (line->places == NULL)
        return;
    CHECK(line->length == 0);
    CHECK(pthread_cond_destroy(&line->filled) == 0);
    CHECK(pthread_mutex_destroy(&line->lock) == 0);
    free(line->places);
    line->places = NULL;
}

static void lock(struct line *line)
{
    CHECK(pthread_mutex_lock(&line->lock) == 0);
}

static void unlock(struct line *line)
{
    CHECK(pthread_mutex_unlock(&line->lock) == 0);
}

enum result line_join(struct line *line, void *job)
{
    lock(line);
    const bool room = !line->closed && line->length < line->bound;
    if (room) {
        line->places[(line->first + line->length) % line->bound] = job;
        line->length++;
    }
    unlock(line);
    if (!room)
        return RESULT_FULL;
    CHECK(pthread_cond_signal(&line->filled) == 0);
    return RESULT_OK;
}

static void *take(struct line *line)
{
    if (line->length == 0)
        return NULL;
    void *job = line->places[line->first];
    line->first = (line->first + 1) % line->bound;
    line->length--;
    return job;
}

void *line_next(struct line *line)
{
    lock(line);
    while (line->length == 0 && !line->closed)
        CHECK(pthread_cond_wait(&line->filled, &line->lock) == 0);
    void *job = take(line);
    unlock(line);
    return job;
}

void *line_next_now(struct line *line)
{
    lock(line);
    void *job = take(line);
    unlock(line);
    return job;
}

void line_close(struct line *line)
{
    lock(line);
    line->closed = true;
    unlock(line);
    CHECK(pthread_cond_broadcast(&line->filled) == 0);
}

size_t line_length(struct line *line)
{
    lock(line);
    const size_t length = line->length;
    unlock(line);
    return length;
}
