/* What a store would know: every record that was journalled, in order, and the newest image of each
 * row. It loads an office as a store does and answers look-ups into look_up; each record passes the
 * judge first. */
#ifndef USHER_TEST_LEDGER_H
#define USHER_TEST_LEDGER_H

#include "judge.h"
#include "office/office.h"

struct ledger_entry {
    uint64_t seq;
    size_t row;
    struct record *record; /* owned */
};

struct ledger_row {
    enum record_kind kind;
    struct record_key key;
    const struct record *image; /* the newest */
    uint64_t seq;
};

struct ledger {
    struct ledger_entry *entries;
    size_t entry_count, entry_capacity;
    struct ledger_row *rows;
    size_t row_count, row_capacity;
    uint32_t *slots; /* a hash table of row index + 1 */
    size_t slot_count;
    uint64_t seq;      /* of the last batch */
    size_t last_batch; /* where its entries begin */
    struct judge judge;
};

void ledger_init(struct ledger *ledger, struct coverage *coverage);
void ledger_release(struct ledger *ledger);

/* Keeps one batch under the next sequence number. False: it broke a law that `why` names. */
bool ledger_append(struct ledger *ledger, const struct buffer *records, size_t count,
                   struct explanation *why);

/* The newest image of a row; NULL when it is not there or deleted. */
const struct record *ledger_find(const struct ledger *ledger, enum record_kind kind,
                                 const struct record_key *key);
const struct record *ledger_find_id(const struct ledger *ledger, enum record_kind kind,
                                    struct id id);

/* A seat of a round by its number on the ticket; ID_NONE: there is none. */
/* The ticket of a seat; ID_NONE: there is none. */
struct id ledger_ticket(const struct ledger *ledger, struct id reservation_id,
                        const char *seat_number);

struct id ledger_seat(const struct ledger *ledger, struct id round_id, const char *seat_number);

/* Loads a new office: the live rows of the tables as they stood after `booked_seq`, parents first,
 * then every later record in order. `wall`: now, to know which rounds are over. */
enum result ledger_load(const struct ledger *ledger, struct office *office, uint64_t booked_seq,
                        timestamp_ms wall, struct explanation *why);

/* Answers what a call wanted of history. */
void ledger_answer(const struct ledger *ledger, struct look_up *look_up);

#endif
