/* CSV (RFC 4180) that comes in pieces, as cells with their places. Knows no columns and no seats;
 * csv.h writes what this reads.
 *
 * Lines end with CR LF, LF or CR. A cell in quotes may have commas, ends of lines, and quotes that
 * are doubled. A byte order mark in front is passed over. Text that stands where the form has none
 * is a fault of its cell, and reading goes on behind it. */
#ifndef USHER_API_CSV_READER_H
#define USHER_API_CSV_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What seats have takes a fourth of it; what is longer is a fault. */
#define CSV_CELL_BYTES_MAX 1024

enum csv_fault {
    CSV_GOOD,
    CSV_TOO_LONG,
    CSV_NUL,
    CSV_QUOTE_INSIDE,  /* a quote in a cell that does not begin with one */
    CSV_BEHIND_QUOTES, /* something between a closing quote and the comma */
    CSV_QUOTE_OPEN,    /* no closing quote before the end of it all */
};

struct csv_cell {
    const char *text; /* with a NUL behind it; as far as it is good */
    size_t length;
    size_t line, column; /* from 1; where it begins */
    enum csv_fault fault;
};

/* Both are called in the order of the text. A row has at least one cell, which may be empty. */
typedef void csv_cell_taker(void *owner, const struct csv_cell *cell);
typedef void csv_row_taker(void *owner);

enum csv_state {
    CSV_MARK, /* at the start; bytes of a byte order mark came */
    CSV_CELL, /* a cell begins */
    CSV_PLAIN,
    CSV_QUOTED,
    CSV_QUOTE_SEEN, /* in quotes: a second quote doubles it, anything else is behind them */
};

struct csv_reader {
    csv_cell_taker *take_cell;
    csv_row_taker *take_row;
    void *owner;
    enum csv_state state;
    size_t mark;      /* bytes of the byte order mark */
    bool return_seen; /* a LF that follows ends no other line */
    bool row_begun;   /* a cell of it was taken */
    size_t line;      /* that is being read */
    struct csv_cell cell;
    char text[CSV_CELL_BYTES_MAX + 1];
};

void csv_reader_init(struct csv_reader *reader, csv_cell_taker *take_cell, csv_row_taker *take_row,
                     void *owner);

/* The next bytes, however they are split. */
void csv_reader_feed(struct csv_reader *reader, const uint8_t *bytes, size_t length);

/* All of it is there. A last line may have no end. */
void csv_reader_end(struct csv_reader *reader);

#endif
