/* Whether loaded rows fit each other (contradiction.def). The office trusts what it wrote itself:
 * verbs and doors look nothing up twice, and a row that names what is not there would send them
 * into memory that was given back. So each row is held against those before it when it is loaded,
 * and all of them against each other before the office opens. Looks only; changes no row. */
#ifndef USHER_OFFICE_FIT_H
#define USHER_OFFICE_FIT_H

#include "office/found.h"

enum contradiction {
    CONTRADICTION_NONE,
#define CONTRADICTION(name, sentence) CONTRADICTION_##name,
#include "office/contradiction.def"
    CONTRADICTION_COUNT
};

/* RESULT_CORRUPT, with a sentence that names the row by its kind and the id that its key begins
 * with. */
enum result contradict(struct explanation *why, enum contradiction contradiction,
                       enum record_kind kind, struct id id);

/* Whether a row fits those that were loaded before it. Constant time, but for a user's sessions and
 * keys and a reservation's seats, of which there are few. */
enum contradiction fit_row(const struct office *office, const struct record *record,
                           const struct found *found);

/* Whether they are of one reservation, user and amount. */
bool payment_fits(const struct payment *payment, const struct seat_reservation *reservation);

/* Whether a live token fits the house and those that wait for the same; the line is built. */
enum contradiction fit_token(const struct office *office, const struct live_token *token);

/* Whether everything that was loaded fits together but for the tokens; the house is there, and each
 * payment has found its reservation. Counts the pending holds of each token. RESULT_CORRUPT or
 * RESULT_NO_MEMORY; the office is then good for nothing but office_free. */
MUST_USE enum result fit_all(struct office *office, struct explanation *why);

#endif
