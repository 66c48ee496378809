/* See hall.h. */
#include "rehearse/hall.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(SEAT_STATUS_AVAILABLE == 0, "a hall begins with all seats available");

enum result hall_init(struct hall *hall, uint32_t count)
{
    *hall = (struct hall){.count = count, .available = count};
    hall->seats = calloc(count, sizeof *hall->seats);
    return hall->seats == NULL ? RESULT_NO_MEMORY : RESULT_OK;
}

void hall_release(struct hall *hall)
{
    free(hall->seats);
}

/* A rehearsal blocks no seats. */
static uint32_t *count_with(struct hall *hall, enum seat_status status)
{
    switch (status) {
    case SEAT_STATUS_AVAILABLE:
        return &hall->available;
    case SEAT_STATUS_HELD:
        return &hall->held;
    case SEAT_STATUS_SOLD:
        return &hall->sold;
    case SEAT_STATUS_BLOCKED:
        break;
    }
    UNREACHABLE("status of a rehearsed seat");
}

void hall_note(struct hall *hall, uint32_t position, enum seat_status status)
{
    CHECK(position < hall->count);
    const enum seat_status before = (enum seat_status)hall->seats[position];
    if (before == SEAT_STATUS_SOLD)
        hall->oversold++;
    (*count_with(hall, before))--;
    (*count_with(hall, status))++;
    hall->seats[position] = (uint8_t)status;
}

/* The first available seat of a part, or its end. */
static uint32_t next_available(const struct hall *hall, uint32_t from, uint32_t end)
{
    const uint8_t *seat = memchr(hall->seats + from, SEAT_STATUS_AVAILABLE, end - from);
    return seat == NULL ? end : (uint32_t)(seat - hall->seats);
}

uint32_t hall_pick(const struct hall *hall, uint32_t first, uint32_t wanted, uint32_t *positions)
{
    const uint32_t parts[2][2] = {{first, hall->count}, {0, first}};
    uint32_t picked = 0;
    if (hall->available == 0)
        return 0;
    for (size_t i = 0; i < 2; i++) {
        const uint32_t end = parts[i][1];
        uint32_t at = next_available(hall, parts[i][0], end);
        for (; at < end && picked < wanted; at = next_available(hall, at + 1, end))
            positions[picked++] = at;
    }
    return picked;
}
