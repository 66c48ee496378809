/* The journal: what was decided, batch by batch, durable before anybody is answered. Knows bytes,
 * not records. Each backend answers a table of functions; the rest calls the functions here and
 * knows no backend, which opens a journal in its own way (sqlite_journal.h).
 *
 * Rows are chained: each carries BLAKE2b-256 (RFC 7693) of the chain of the row before, its head
 * and its body. So a row tells of everything before it: two journals that end with the same chain
 * are the same, and an appender that names the chain which it goes on from cannot go on from
 * another history. Where rows were pruned the chain of the last of them is kept, and taken as
 * given.
 *
 * One thread at a time uses a journal, but for journal_bytes. */
#ifndef USHER_STORE_JOURNAL_H
#define USHER_STORE_JOURNAL_H

#include "base/result.h"
#include "base/timestamp.h"
#include "store/outcome.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOURNAL_CHAIN_BYTES 32

/* All zero: of no row, or of one that an older version wrote before rows were chained. */
struct journal_chain {
    uint8_t bytes[JOURNAL_CHAIN_BYTES];
};

struct journal_row {
    uint64_t seq; /* from 1, without gaps */
    timestamp_ms house_time;
    size_t record_count; /* at least one */
    const uint8_t *body;
    size_t body_length;
};

/* The row that an append follows: what the appender knows of the journal. */
struct journal_tip {
    uint64_t seq; /* 0: nothing was ever written */
    struct journal_chain chain;
};

struct journal {
    const struct journal_methods *methods;
    /* Something failed. What was written last may or may not be durable, so nothing more is written
     * before journal_mend. */
    bool broken;
    struct journal_tip pending; /* the row whose outcome is; its number is 0: there is none */
};

/* A row as a backend keeps it. */
struct journal_stored {
    struct journal_row row;
    int64_t schema_version;
    const struct journal_chain *chain; /* NULL: written before rows were chained */
};

/* Called with each row; anything but RESULT_OK ends the reading with it. */
typedef enum result journal_take(void *owner, const struct journal_stored *stored,
                                 struct explanation *explanation);
typedef enum result journal_visit(void *owner, const struct journal_row *row,
                                  struct explanation *explanation);

/* The first and the last row's sequence numbers and the last one's time; all 0 when there is none.
 */
struct journal_extent {
    uint64_t first_seq, last_seq;
    timestamp_ms last_house_time;
};

/* Told once for each thing that is wrong. */
typedef void journal_fault(void *owner, const char *text);

/* What a backend answers; what each is to do stands at the function of its name below. Where those
 * look after `broken`, the backend need not. `append` writes `stored` when the last row is `tip`,
 * and may set `broken` after a row that is durable. `read` hands over what it finds, unchecked but
 * for rows that are not chained. */
struct journal_methods {
    enum store_outcome (*append)(struct journal *journal, const struct journal_tip *tip,
                                 const struct journal_stored *stored, uint64_t prune_to,
                                 uint64_t *pruned);
    enum result (*mend)(struct journal *journal, struct explanation *explanation);
    enum result (*look)(struct journal *journal, uint64_t seq, struct journal_chain *chain,
                        struct explanation *explanation);
    enum result (*read)(struct journal *journal, uint64_t after_seq, uint64_t last_seq,
                        journal_take *take, void *owner, struct explanation *explanation);
    enum result (*extent)(struct journal *journal, struct journal_extent *extent,
                          struct explanation *explanation);
    enum result (*prune)(struct journal *journal, uint64_t prune_to);
    enum result (*give_back)(struct journal *journal, struct explanation *explanation);
    enum result (*inspect)(struct journal *journal, journal_fault *fault, void *owner,
                           struct explanation *explanation);
    uint64_t (*bytes)(const struct journal *journal);
    const char *(*name)(const struct journal *journal);
    void (*close)(struct journal *journal);
};

/* ---- Writing ---- */

/* Writes one row after `tip` and makes it durable. `prune_to`: rows up to this one may go with it,
 * a bounded number; 0: none. `*pruned` is how many went. STORE_DONE: `tip` is now this row.
 * STORE_LOST: the journal does not end with `tip`. STORE_PENDING: the row may or may not be there,
 * or nothing was sent since the journal was broken; it is broken, and nothing but journal_settle
 * with the same row may write to it. */
MUST_USE enum store_outcome journal_append(struct journal *journal, struct journal_tip *tip,
                                           const struct journal_row *row, uint64_t prune_to,
                                           uint64_t *pruned);

/* Decides what became of a row that is pending: makes the journal whole, looks whether the row is
 * there, and if it is not, sends it again, the same to the byte. STORE_PENDING: it could not be
 * decided; the explanation says why, and it is to be called again later. */
MUST_USE enum store_outcome journal_settle(struct journal *journal, struct journal_tip *tip,
                                           const struct journal_row *row,
                                           struct explanation *explanation);

/* Makes a broken journal whole: what can be read afterwards is durable. */
MUST_USE enum result journal_mend(struct journal *journal, struct explanation *explanation);

/* Deletes the first rows up to that one until no more are left than an append prunes. The last row
 * stays. A failure leaves the journal broken. */
MUST_USE enum result journal_prune(struct journal *journal, uint64_t prune_to);

/* Gives the room back in which rows that were pruned still can be read. A failure leaves the
 * journal broken. */
MUST_USE enum result journal_give_back(struct journal *journal, struct explanation *explanation);

/* A journal that is whole is left so that its files can be copied. It is forgotten; NULL is fine.
 */
void journal_close(struct journal **journal);

/* ---- Reading ---- */

/* The chain of a row, or of the last that was pruned. RESULT_NOT_FOUND: there is no such row. */
MUST_USE enum result journal_look(struct journal *journal, uint64_t seq,
                                  struct journal_chain *chain, struct explanation *explanation);

/* Hands over the rows after `after_seq` up to `last_seq` in order. RESULT_CORRUPT for a gap, a row
 * that breaks the chain or when the first of them is not `after_seq` + 1; RESULT_NEWER for a row of
 * a newer schema. */
MUST_USE enum result journal_read(struct journal *journal, uint64_t after_seq, uint64_t last_seq,
                                  journal_visit *visit, void *owner,
                                  struct explanation *explanation);

MUST_USE enum result journal_extent(struct journal *journal, struct journal_extent *extent,
                                    struct explanation *explanation);

/* Looks whether what keeps the journal is whole, beside its rows. */
MUST_USE enum result journal_inspect(struct journal *journal, journal_fault *fault, void *owner,
                                     struct explanation *explanation);

/* How much room it takes; any thread. */
uint64_t journal_bytes(const struct journal *journal);

/* Which journal, for people. */
const char *journal_name(const struct journal *journal);

#endif
