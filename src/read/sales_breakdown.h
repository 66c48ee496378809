/* What a round has sold, in parts: by what its seats are, or by when they were paid for and given
 * back. */
#ifndef USHER_READ_SALES_BREAKDOWN_H
#define USHER_READ_SALES_BREAKDOWN_H

#include "base/result.h"
#include "base/timestamp.h"
#include "record/record.h"

enum sales_by { SALES_BY_GRADE, SALES_BY_SECTION, SALES_BY_DAY, SALES_BY_HOUR, SALES_BY_COUNT };
extern const char *const sales_by_texts[SALES_BY_COUNT];

/* More than a hall has sections, and than there are hours in twelve weeks. */
#define SALES_PARTS_MAX 2000

enum calendar_unit {
    CALENDAR_HOUR,
    CALENDAR_DAY,
};

/* When the hour or day began in which a time lies, in the house's time zone. */
typedef timestamp_ms calendar_start_of(enum calendar_unit unit, timestamp_ms at);

struct sales_query {
    struct id round_id;
    enum sales_by by;
    calendar_start_of *start_of;
};

/* Seats of one grade or section, or what happened in a day or an hour of the house. */
struct sales_part {
    const char *name;   /* of the grade or section; malloc'd. NULL: seats without one */
    timestamp_ms start; /* of the day or hour; 0: by grade or section */
    int64_t sold;       /* seats paid for, less those given back: below 0 in a time of refunds */
    int64_t gross, refunded; /* points that were paid, and of them given back */
    int64_t net;
};

struct sales_breakdown {
    struct id round_id;
    enum sales_by by;
    calendar_start_of *start_of;
    size_t count, capacity;
    struct sales_part *parts; /* by their names, those without one first, or by their starts */
};

/* Takes in a seat that was paid for at a time and, unless `given_back` is 0, given back at another.
 * RESULT_FULL: it would have more than SALES_PARTS_MAX parts. */
MUST_USE enum result sales_add(struct sales_breakdown *breakdown, const struct seat *seat,
                               int64_t price, timestamp_ms paid, timestamp_ms given_back);

void sales_breakdown_release(struct sales_breakdown *breakdown);

#endif
