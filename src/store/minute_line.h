/* Minutes of the house (minute_table.h) on their way to the bookkeeper: a short line, in which they
 * wait until they are durable. */
#ifndef USHER_STORE_MINUTE_LINE_H
#define USHER_STORE_MINUTE_LINE_H

#include "read/house_minute.h"

#include <pthread.h>
#include <stddef.h>

/* An hour: a disk that takes no bookings for longer has other troubles, and the oldest are lost. */
#define MINUTES_WAITING_MAX 64

/* Minutes by a number of their own, of which the last ones wait. */
struct minute_line {
    pthread_mutex_t lock;
    uint64_t first, next;
    struct house_minute waiting[MINUTES_WAITING_MAX];
};

void minute_line_init(struct minute_line *line);
void minute_line_release(struct minute_line *line);

/* Any thread. */
void minute_line_put(struct minute_line *line, const struct house_minute *minute);

/* Those that wait. Returns how many; `*next` is the number after the last. */
size_t minute_line_look(struct minute_line *line,
                        struct house_minute minutes[static MINUTES_WAITING_MAX], uint64_t *next);

/* Those before `next` are durable. */
void minute_line_booked(struct minute_line *line, uint64_t next);

#endif
