/* What was searched for, as one line: "reservation?status=confirmed&q=kim". */
#ifndef USHER_READ_TOLD_QUERY_H
#define USHER_READ_TOLD_QUERY_H

#include "read/list.h"
#include "read/told_line.h"

/* Of the list's filters those that the query sets, in the order of list.def, each with its value.
 * The line ends with it (told_line_end). */
void query_tell(const struct record_query *query, struct told_line *line);

#endif
