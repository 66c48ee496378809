/* One batch from its first deadline to its last answer, in one thread and without I/O: time, ids
 * and what became of the append are handed in, so a simulator can drive it with a clock wound by
 * hand.
 *
 *     batch_open -> batch_decide ... -> batch_close -> (append) -> batch_commit
 *                                                              \-> batch_abandon */
#ifndef USHER_ENGINE_BATCH_H
#define USHER_ENGINE_BATCH_H

#include "engine/engine.h"

enum batch_mode {
    BATCH_SELLING,
    BATCH_LAGGING, /* the bookkeeper is behind: deadlines run, writes are refused (BUSY) */
    BATCH_FROZEN,  /* the disk takes no writes and the office is frozen: writes are refused
                      (READ_ONLY) */
    BATCH_CLOSED,  /* there is no office: everything is refused (UNAVAILABLE) */
};

/* First come, first answered; linked through request.next. */
struct request_list {
    struct request *first, *last;
};

struct batch {
    struct office *office; /* NULL only while closed */
    enum batch_mode mode;
    struct turn turn;
    struct request_list decided;
    size_t request_count;
};

/* Bytes of records past which a batch takes no more requests: large enough that the append's fixed
 * cost is spread, small enough that a run of seat imports does not make everybody wait for all of
 * it. */
#define BATCH_RECORDS_BYTES (4 * 1024 * 1024)

/* Starts a batch that would be journalled as `seq`, and works off what is due. True: more is due
 * than one batch holds; close and commit before deciding anything. */
MUST_USE bool batch_open(struct batch *batch, enum batch_mode mode, struct moment now, uint64_t seq,
                         struct id_source *ids);

/* True when it has taken as much as it may. */
bool batch_full(const struct batch *batch);

void batch_decide(struct batch *batch, struct request *request);

/* Ends deciding. The records to append, or NULL when there is nothing to write. They live until
 * batch_commit. */
const struct buffer *batch_close(struct batch *batch, size_t *record_count);

/* The records are durable, or there were none: `decided` can be answered. */
void batch_commit(struct batch *batch);

/* They may not be durable: everything in `decided` is refused with `refusal`, and the office, which
 * is ahead of the disk now, is the caller's to drop. */
void batch_abandon(struct batch *batch, enum refusal refusal);

#endif
