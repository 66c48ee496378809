/* The journal: what was decided, batch by batch, durable before anybody is answered. One connection
 * in the world has the file open, and one thread uses it. Knows bytes, not records. */
#ifndef USHER_STORE_JOURNAL_H
#define USHER_STORE_JOURNAL_H

#include "base/result.h"
#include "base/timestamp.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct journal {
    const char *path;
    sqlite3 *db; /* NULL: could not be opened again after a failure */
    sqlite3_stmt *insert, *begin, *commit, *prunable, *prunable_bytes, *prune, *read, *last;
    int log_frames; /* pages in the write-ahead log since it was last emptied */
    /* Something failed. What was written last may or may not be durable, so nothing more is written
     * before the file was closed, opened and checkpointed. */
    bool broken;
};

struct journal_row {
    uint64_t seq;
    timestamp_ms house_time;
    size_t record_count;
    const uint8_t *body;
    size_t body_length;
};

/* Opens, makes or recovers the file. `path` lives as long as the journal. */
MUST_USE enum result journal_open(struct journal *journal, const char *path,
                                  struct explanation *explanation);

/* Closes the file. It may be in any state, also never opened (zeroed). */
void journal_close(struct journal *journal);

/* Copies the write-ahead log into the file and empties it; RESULT_OK makes the journal whole again
 * after a failure. */
MUST_USE enum result journal_checkpoint(struct journal *journal, struct explanation *explanation);

/* Writes one row and syncs it. `prune_to`: rows up to this one may go, in the same transaction; 0:
 * none. `*pruned` is how many went. Anything but RESULT_OK leaves it unknown whether the row is
 * there, and the journal broken. */
MUST_USE enum result journal_append(struct journal *journal, const struct journal_row *row,
                                    uint64_t prune_to, uint64_t *pruned);

/* Deletes the first rows up to that one, in a transaction of their own, until no more are left than
 * an append prunes. A failure leaves the journal broken. */
MUST_USE enum result journal_prune(struct journal *journal, uint64_t prune_to);

/* Gives the free pages back, in which rows that were pruned still can be read: once the log is
 * emptied they are not in the file any more. A failure leaves the journal broken. */
MUST_USE enum result journal_give_back(struct journal *journal, struct explanation *explanation);

/* Called with each row; anything but RESULT_OK ends the reading with it. */
typedef enum result journal_visit(void *owner, const struct journal_row *row,
                                  struct explanation *explanation);

/* Hands over the rows after `after_seq` up to `last_seq` in order. RESULT_CORRUPT for a gap, a bad
 * checksum or when the first of them is not `after_seq` + 1; RESULT_NEWER for a row of a newer
 * schema. */
MUST_USE enum result journal_read(struct journal *journal, uint64_t after_seq, uint64_t last_seq,
                                  journal_visit *visit, void *owner,
                                  struct explanation *explanation);

/* The first and the last row's sequence numbers and the last one's time; all 0 when there is none.
 */
struct journal_extent {
    uint64_t first_seq, last_seq;
    timestamp_ms last_house_time;
};
MUST_USE enum result journal_extent(struct journal *journal, struct journal_extent *extent,
                                    struct explanation *explanation);

/* Told once for each thing that is wrong. */
typedef void journal_fault(void *owner, const char *text);

/* Looks whether what keeps the journal is whole, beside its rows. */
MUST_USE enum result journal_inspect(struct journal *journal, journal_fault *fault, void *owner,
                                     struct explanation *explanation);

/* Bytes of the file and its write-ahead log; any thread. */
uint64_t journal_bytes(const char *path);

#endif
