/* Whether followers are told the truth (invariant 13): the changes are numbered without gaps, each
 * is one, as many are there as were counted when they were booked (happenings.h), and what never
 * changes again is as the tables have it. */
#ifndef USHER_STORE_AUDIT_CHANGES_H
#define USHER_STORE_AUDIT_CHANGES_H

#include "base/result.h"
#include "store/sql.h"

/* Told once for each violation. */
typedef void change_violation(void *owner, const char *text);

/* The connection has the tables, in which nobody writes meanwhile. Memory does not grow with the
 * changes. */
MUST_USE enum result audit_changes(struct sql_connection *connection, change_violation *violation,
                                   void *owner, struct explanation *explanation);

#endif
