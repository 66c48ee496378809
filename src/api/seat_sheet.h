/* The seats of a new round from a spreadsheet, CSV that comes in pieces: a row of names of columns,
 * and then a row a seat, the best first. What is wrong is told with its line and column, all of it
 * counted. */
#ifndef USHER_API_SEAT_SHEET_H
#define USHER_API_SEAT_SHEET_H

#include "api/csv_reader.h"
#include "api/round_plan.h"

/* The columns, in any order; a seat needs a price, and has of the others what it has. */
#define SEAT_COLUMNS(COLUMN)                                                                       \
    COLUMN(SEAT_NUMBER, "seatNumber", TEXT, seat_number)                                           \
    COLUMN(SECTION, "section", TEXT, section)                                                      \
    COLUMN(ROW, "row", TEXT, row)                                                                  \
    COLUMN(NUMBER, "number", TEXT, number)                                                         \
    COLUMN(PRICE, "price", PRICE, price)                                                           \
    COLUMN(GRADE, "grade", TEXT, grade)                                                            \
    COLUMN(X, "x", POSITION, x)                                                                    \
    COLUMN(Y, "y", POSITION, y)                                                                    \
    COLUMN(ACCESSIBLE, "accessible", FLAG, accessible)                                             \
    COLUMN(COMPANION, "companion", FLAG, companion)                                                \
    COLUMN(RESTRICTED_VIEW, "restrictedView", FLAG, restricted_view)

enum seat_column {
#define COLUMN(name, text, type, member) SEAT_COLUMN_##name,
    SEAT_COLUMNS(COLUMN)
#undef COLUMN
        SEAT_COLUMN_COUNT,
};

extern const char *const seat_column_texts[SEAT_COLUMN_COUNT];

struct seat_sheet {
    struct round_plan *plan; /* whose seats they become */
    struct csv_reader reader;
    bool headed;                                 /* the names of the columns were read */
    enum seat_column columns[SEAT_COLUMN_COUNT]; /* that there are, in their order */
    size_t column_count;

    /* The row that is being read. */
    struct seat_plan seat;
    size_t line;
    bool said[SEAT_COLUMN_COUNT]; /* its cell is not empty */
    bool misnamed;                /* a text of it is faulty */
    size_t excess;                /* the first cell with something past the last column; 0: none */
    size_t seats;                 /* that came, past the last too */
};

/* The plan is one that was begun with round_plan_init, and is not fed anything else. */
void seat_sheet_init(struct seat_sheet *sheet, struct round_plan *plan);
void seat_sheet_feed(struct seat_sheet *sheet, const uint8_t *bytes, size_t length);

/* All of it is there: sets the plan's seats, or its refusal. */
void seat_sheet_end(struct seat_sheet *sheet);

#endif
