/* See minute_line.h. */
#include "store/minute_line.h"

#include "base/check.h"

void minute_line_init(struct minute_line *line)
{
    *line = (struct minute_line){.first = 0};
    CHECK(pthread_mutex_init(&line->lock, NULL) == 0);
}

void minute_line_release(struct minute_line *line)
{
    CHECK(pthread_mutex_destroy(&line->lock) == 0);
}

static void lock_minutes(struct minute_line *line)
{
    CHECK(pthread_mutex_lock(&line->lock) == 0);
}

static void unlock_minutes(struct minute_line *line)
{
    CHECK(pthread_mutex_unlock(&line->lock) == 0);
}

void minute_line_put(struct minute_line *line, const struct house_minute *minute)
{
    lock_minutes(line);
    if (line->next - line->first == MINUTES_WAITING_MAX)
        line->first++;
    line->waiting[line->next++ % MINUTES_WAITING_MAX] = *minute;
    unlock_minutes(line);
}

size_t minute_line_look(struct minute_line *line,
                        struct house_minute minutes[static MINUTES_WAITING_MAX], uint64_t *next)
{
    size_t count = 0;
    lock_minutes(line);
    for (uint64_t i = line->first; i < line->next; i++)
        minutes[count++] = line->waiting[i % MINUTES_WAITING_MAX];
    *next = line->next;
    unlock_minutes(line);
    return count;
}

void minute_line_booked(struct minute_line *line, uint64_t next)
{
    lock_minutes(line);
    if (line->first < next)
        line->first = next;
    unlock_minutes(line);
}
