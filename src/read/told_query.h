/* What was searched for, as one line that people read: "reservation?status=confirmed&q=kim". */
#ifndef USHER_READ_TOLD_QUERY_H
#define USHER_READ_TOLD_QUERY_H

#include "read/list.h"
#include "record/limit.h"

/* Of the list's filters those that the query sets, in the order of list.def, each with its value. A
 * text that is too long for the line is cut between two characters, and ends with "...". */
void query_tell(const struct record_query *query, char text[static TOLD_QUERY_BYTES_MAX + 1]);

#endif
