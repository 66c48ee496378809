/* The judge: a second box office, small, sequential and slow, written from the design and api.md
 * and not from src/office. It follows what the server decides and writes down, and objects to every
 * answer and every commit that it would not have given itself. */
#ifndef USHER_TEST_SIM_ORACLE_ORACLE_H
#define USHER_TEST_SIM_ORACLE_ORACLE_H

#include "server/server.h"

struct oracle;

/* What is wrong, in a sentence, with the invariant's number of design.md or 0 (an answer that is
 * not the contract's). Called once at most; then the oracle judges no more. */
typedef void oracle_objection(void *owner, int invariant, const char *text);

/* `small`: everything is checked after each commit, otherwise only what the commit touched.
 * NULL: no memory. */
struct oracle *oracle_new(const struct office_settings *settings, bool small,
                          oracle_objection *objection, void *owner);
void oracle_free(struct oracle *oracle);

/* What to give to server_new. */
const struct server_observer *oracle_observer(struct oracle *oracle);

/* The settings that the next start is given. Said before each start whose settings are others, and
 * after one that was given something, without it. */
void oracle_settings(struct oracle *oracle, const struct office_settings *settings);

/* A client was answered: called by each request's `complete`, before the client looks at it. */
void oracle_answered(struct oracle *oracle, const struct request *request);

/* The process died, with or without the power: what was not acknowledged may be there or not. */
void oracle_died(struct oracle *oracle);

/* The server ended, or did not start, and said so. What was pending then is found or is not. */
void oracle_stopped(struct oracle *oracle);

/* Everything: each row that ever was against the tables and the live office (invariants 1 to 12).
 * The server is up and nothing is in flight. Books what is not booked. `by_query`: with the queries
 * of `usher check` too, which take as long as the rest. */
void oracle_check_all(struct oracle *oracle, struct server *server, bool by_query);

/* A batch that was pending was settled, and its turn is over: the office that goes on is what a
 * load would make anew. */
void oracle_check_settled(struct oracle *oracle, struct server *server);

/* ---- Coverage ---- */

/* Every (verb, state, outcome) that can be reached, in a table of the oracle's (coverage.def), and
 * how often it was. Adds this oracle's counts to `totals`, which has coverage_count() elements. */
size_t coverage_count(void);
const char *coverage_name(size_t index);
void oracle_coverage(const struct oracle *oracle, uint64_t *totals);

#endif
