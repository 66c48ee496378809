/* See sales_breakdown.h. */
#include "read/sales_breakdown.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

const char *const sales_by_texts[SALES_BY_COUNT] = {
    [SALES_BY_GRADE] = "grade",
    [SALES_BY_SECTION] = "section",
    [SALES_BY_DAY] = "day",
    [SALES_BY_HOUR] = "hour",
};

/* What a part is of: a name or a start. */
struct part_key {
    const char *name;
    timestamp_ms start;
};

static struct part_key part_key_of(const struct sales_breakdown *breakdown, const struct seat *seat,
                                   timestamp_ms at)
{
    switch (breakdown->by) {
    case SALES_BY_GRADE:
        return (struct part_key){.name = seat->grade};
    case SALES_BY_SECTION:
        return (struct part_key){.name = seat->section};
    case SALES_BY_DAY:
        return (struct part_key){.start = breakdown->start_of(CALENDAR_DAY, at)};
    case SALES_BY_HOUR:
        return (struct part_key){.start = breakdown->start_of(CALENDAR_HOUR, at)};
    case SALES_BY_COUNT:
        break;
    }
    UNREACHABLE("what sales are told by");
}

/* Negative: the part comes before what the key is of. */
static int part_compare(const struct sales_part *part, const struct part_key *key)
{
    if (part->start != key->start)
        return part->start < key->start ? -1 : 1;
    if (part->name == NULL || key->name == NULL)
        return (part->name != NULL) - (key->name != NULL);
    return strcmp(part->name, key->name);
}

/* The place of the first part that does not come before it. */
static size_t part_place(const struct sales_breakdown *breakdown, const struct part_key *key)
{
    size_t low = 0, high = breakdown->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (part_compare(&breakdown->parts[middle], key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static enum result part_room(struct sales_breakdown *breakdown)
{
    if (breakdown->count < breakdown->capacity)
        return RESULT_OK;
    if (breakdown->count == SALES_PARTS_MAX)
        return RESULT_FULL;
    const size_t capacity = breakdown->capacity == 0 ? 16 : 2 * breakdown->capacity;
    struct sales_part *parts = reallocarray(breakdown->parts, capacity, sizeof *parts);
    if (parts == NULL)
        return RESULT_NO_MEMORY;
    breakdown->parts = parts;
    breakdown->capacity = capacity < SALES_PARTS_MAX ? capacity : SALES_PARTS_MAX;
    return RESULT_OK;
}

static enum result part_insert(struct sales_breakdown *breakdown, size_t place,
                               const struct part_key *key)
{
    const enum result result = part_room(breakdown);
    char *name = NULL;
    if (result != RESULT_OK)
        return result;
    if (key->name != NULL && (name = strdup(key->name)) == NULL)
        return RESULT_NO_MEMORY;
    struct sales_part *at = &breakdown->parts[place];
    memmove(at + 1, at, (breakdown->count - place) * sizeof *at);
    *at = (struct sales_part){.name = name, .start = key->start};
    breakdown->count++;
    return RESULT_OK;
}

static enum result part_at(struct sales_breakdown *breakdown, const struct seat *seat,
                           timestamp_ms at, struct sales_part **part)
{
    const struct part_key key = part_key_of(breakdown, seat, at);
    const size_t place = part_place(breakdown, &key);
    enum result result = RESULT_OK;
    if (place == breakdown->count || part_compare(&breakdown->parts[place], &key) != 0)
        result = part_insert(breakdown, place, &key);
    if (result == RESULT_OK)
        *part = &breakdown->parts[place];
    return result;
}

enum result sales_add(struct sales_breakdown *breakdown, const struct seat *seat, int64_t price,
                      timestamp_ms paid, timestamp_ms given_back)
{
    struct sales_part *part;
    enum result result = part_at(breakdown, seat, paid, &part);
    if (result != RESULT_OK)
        return result;
    part->sold++;
    part->gross += price;
    part->net += price;
    if (given_back == 0)
        return RESULT_OK;
    result = part_at(breakdown, seat, given_back, &part);
    if (result != RESULT_OK)
        return result;
    part->sold--;
    part->refunded += price;
    part->net -= price;
    return RESULT_OK;
}

void sales_breakdown_release(struct sales_breakdown *breakdown)
{
    for (size_t i = 0; i < breakdown->count; i++)
        free((char *)breakdown->parts[i].name);
    free(breakdown->parts);
    breakdown->parts = NULL;
    breakdown->count = breakdown->capacity = 0;
}
