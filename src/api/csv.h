/* Objects as rows of CSV (RFC 4180), one object a line, with objects.def's fields as the columns.
 *
 * Lines end with CR LF; a cell with a comma, a quote or an end of line stands in quotes. A null
 * is an empty cell. A list of objects is one cell with the text of each, separated by ", ";
 * an object in the object is one with its texts, one for each language, separated by " / ". A text
 * that a spreadsheet would take for a formula, since it begins with = + - @ tab or CR, has a '
 * before it (OWASP, CSV Injection), and so has one that begins with a ' and then would be taken for
 * one; numbers have none. */
#ifndef USHER_API_CSV_H
#define USHER_API_CSV_H

#include "api/object.h"

/* The most bytes of a row: a reservation's, whose seats have the longest texts, each character a
 * quote that is doubled; and twenty cells more. */
#define CSV_ROW_BYTES_MAX                                                                          \
    ((size_t)2 * SEATS_PER_RESERVATION_MAX * (SEAT_NUMBER_BYTES_MAX + 2) + (size_t)20 * 1024)

/* The text without the ' that was put before it. */
const char *csv_unguarded(const char *text);

/* Appends the byte order mark, by which spreadsheets know UTF-8, and the names of the columns.
 * False: the buffer takes no more. */
bool csv_header(struct buffer *out, enum object_name name);

/* Appends an object's row, whole or not at all; `source` and `clock` as object_write has them. */
bool csv_row(struct buffer *out, enum object_name name, const void *source,
             const struct shown_clock *clock);

#endif
