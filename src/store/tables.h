/* The rows of the tables that a restart needs in memory. */
#ifndef USHER_STORE_TABLES_H
#define USHER_STORE_TABLES_H

#include "store/sql.h"
#include "store/store.h"

/* Ids in order, each once. */
struct id_set {
    struct id *ids;
    size_t count, capacity;
};

MUST_USE enum result id_set_add(struct id_set *set, struct id id);
void id_set_release(struct id_set *set);

/* Hands over the live rows, entity by entity in the schema's order, inside the transaction that the
 * connection is in:
 *
 *   the house, users, point accounts, concerts, rounds: all of them
 *   sessions, idempotency keys: all of them; the office ends the ones that expired meanwhile
 *   tokens: waiting and active ones
 *   seats, and pending and confirmed reservations with their seats and payments: those of live
 *     rounds
 *
 * A round is live when nothing was ever reserved in it (it may still be changed), when it started
 * after `now` - ROUND_OVER_AFTER_MS, when one of its reservations is pending, when it is cancelled
 * and has reservations to refund, or when `also_live` (the rounds that the journal's tail speaks
 * of, sorted) names it. What `loader` refuses it has explained. */
MUST_USE enum result tables_load(struct sql_connection *connection, timestamp_ms now,
                                 const struct id_set *also_live, const struct store_loader *loader,
                                 struct explanation *explanation);

#endif
