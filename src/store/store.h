/* What is remembered, and the contract of every backend: a journal that is durable when an append
 * returns, tables that follow it, and readers. Knows rows, not rules.
 *
 * Threads: store_append, store_settle, store_prune, store_reopen and store_load belong to one
 * thread (the engine's); store_book to one other (the bookkeeper's); each reader to one thread at a
 * time. While it lasts, store_load reads ahead of its loader in a thread of its own. */
#ifndef USHER_STORE_STORE_H
#define USHER_STORE_STORE_H

#include "base/buffer.h"
#include "base/result.h"
#include "base/timestamp.h"
#include "read/change.h"
#include "read/drawn_plan.h"
#include "read/history.h"
#include "read/house_minute.h"
#include "read/list.h"
#include "read/look_up.h"
#include "read/page.h"
#include "read/sales_breakdown.h"
#include "record/record.h"
#include "store/outcome.h"

struct store;

/* How a data directory of an older version is taken up: what it takes, then how far it is. */
enum store_upgrade_stage {
    STORE_UPGRADE_BEGINS, /* nothing is changed yet */
    STORE_UPGRADE_BUILDS,
    STORE_UPGRADE_CHECKS,
    STORE_UPGRADE_DONE,
};

struct store_upgrade {
    enum store_upgrade_stage stage;
    unsigned from, to; /* schema versions */
    unsigned percent;
    unsigned seconds; /* about how long it lasts */
    uint64_t rows;
    uint64_t bytes_needed, bytes_free;
};

struct store_upgrade_watch {
    void *owner;
    /* At each stage's beginning and each percent; on the thread that opens. */
    void (*tell)(void *owner, const struct store_upgrade *upgrade);
};

struct store_options {
    const char *directory; /* made when it does not exist; mode 0700 */
    bool must_exist;       /* refuse a missing or empty directory instead */
};

/* Opens, locks and migrates a data directory, checkpoints what a crash left and takes up the rows
 * that are not booked yet. The explanation says what is wrong: RESULT_BUSY (another server has it),
 * RESULT_NEWER, RESULT_OLDER, RESULT_FOREIGN (files of another program, or not a directory),
 * RESULT_NOT_FOUND (what must exist does not), RESULT_CORRUPT, RESULT_IO. */
MUST_USE enum result store_open(struct store **store, const struct store_options *options,
                                struct explanation *explanation);

/* The two halves of it, for whoever has something to do once the directory is locked. The store is
 * to be closed once the first has answered RESULT_OK. `watch` is told of an upgrade; NULL: tables
 * that would have to be rebuilt are refused with RESULT_OLDER, and nothing is changed. Without room
 * for rebuilding them: RESULT_FULL. */
MUST_USE enum result store_lock(struct store **store, const struct store_options *options,
                                struct explanation *explanation);
MUST_USE enum result store_begin(struct store *store, const struct store_upgrade_watch *watch,
                                 struct explanation *explanation);

/* Closes the files and gives up the lock. Readers are closed before. */
void store_close(struct store *store);

/* ---- Loading ---- */

struct store_loader {
    void *owner;
    /* One row. Texts live until it returns. Anything but RESULT_OK ends the loading with it. */
    enum result (*row)(void *owner, const struct record *record);
};

/* What the journal knew last. */
struct store_position {
    uint64_t seq;            /* 0: nothing was ever written */
    timestamp_ms house_time; /* of the last append; 0 with seq 0 */
};

/* Hands over the live rows of the tables (see the list in tables.h: users, accounts and sessions;
 * live tokens, reservations and their seats and payments; the catalogue; seats of rounds that
 * started after `now` - ROUND_OVER_AFTER_MS or have refunds pending), parents first, then every
 * record of the journal's tail in order; records of the tail that the overlay lacks are added to
 * it. While a batch is
 * pending, and until the journal is whole again, what may not be durable is left out. A
 * gap or a row that breaks the chain is RESULT_CORRUPT. */
MUST_USE enum result store_load(struct store *store, timestamp_ms now,
                                const struct store_loader *loader, struct store_position *position,
                                struct explanation *explanation);

/* ---- The journal ---- */

/* Appends one batch of encoded records, at least one, under `seq`, which is one more than the last.
 * When it answers STORE_DONE the batch is on disk and its rows are visible to readers. */
MUST_USE enum store_outcome store_append(struct store *store, uint64_t seq, timestamp_ms house_time,
                                         const struct buffer *records, size_t record_count);

/* After STORE_PENDING nothing else is appended, but this is called with the same arguments until it
 * answers otherwise: it looks whether the batch is there, and writes it when it is not.
 * STORE_PENDING: the explanation says why; call again later, reading still works. */
MUST_USE enum store_outcome store_settle(struct store *store, uint64_t seq, timestamp_ms house_time,
                                         const struct buffer *records, size_t record_count,
                                         struct explanation *explanation);

/* After STORE_LOST, or when nothing could be loaded: makes the journal whole. RESULT_OK: load
 * before going on. Otherwise call again later; reading still works. */
MUST_USE enum result store_reopen(struct store *store, struct explanation *explanation);

/* The most rows that may wait for the bookkeeper; the engine stops writing above it. */
#define STORE_UNBOOKED_MAX 4000000
size_t store_unbooked(struct store *store);

/* House time of the oldest commit of which a row waits for the bookkeeper; 0: none does. Any
 * thread. */
timestamp_ms store_unbooked_since(struct store *store);

/* The sequence number that the tables hold durably. */
uint64_t store_booked_seq(struct store *store);

/* The number of the last change that is booked, which readers find; any thread. */
uint64_t store_last_change(struct store *store);

/* Deletes journal rows that are booked, a bounded number, in the next append's transaction; the
 * last row always stays. */
void store_prune(struct store *store);

/* ---- The bookkeeper ---- */

/* Copies the oldest slice of unbooked rows into the tables, newest image a row, in one transaction.
 * `*rows` is how many were booked: 0 when there was nothing to do. RESULT_IO: the disk failed; call
 * again later, nothing is lost. */
MUST_USE enum result store_book(struct store *store, size_t *rows, struct explanation *explanation);

/* ---- Readers ---- */

struct store_reader;

MUST_USE enum result store_reader_open(struct store *store, struct store_reader **reader,
                                       struct explanation *explanation);
void store_reader_close(struct store_reader *reader);

/* A page of rows as of now: the tables merged with the rows not booked yet. Release the page. */
MUST_USE enum result store_reader_list(struct store_reader *reader,
                                       const struct record_query *query, struct record_page *page);

/* Changes that are booked, in their order. Release the page. */
MUST_USE enum result store_reader_changes(struct store_reader *reader,
                                          const struct change_query *query,
                                          struct change_page *page);

/* What happened to a reservation. RESULT_NOT_FOUND: there is none. */
MUST_USE enum result store_reader_history(struct store_reader *reader, struct id reservation_id,
                                          struct reservation_history *history);

/* A stored plan and what it draws. RESULT_NOT_FOUND: there is none. Release the plan. */
MUST_USE enum result store_reader_plan(struct store_reader *reader, struct id plan_id,
                                       struct drawn_plan *plan);

/* What a round has sold, in parts. RESULT_NOT_FOUND: there is no such round; RESULT_FULL: it has
 * more parts than SALES_PARTS_MAX. Release the breakdown. */
MUST_USE enum result store_reader_sales(struct store_reader *reader,
                                        const struct sales_query *query,
                                        struct sales_breakdown *breakdown);

/* Looks up what `look_up` wants and sets its state to LOOK_UP_FOUND or LOOK_UP_ABSENT. */
MUST_USE enum result store_reader_look_up(struct store_reader *reader, struct look_up *look_up);

/* ---- Audit ---- */

/* Told once for each violation: the invariant's number and a sentence with the ids concerned. */
typedef void store_violation(void *owner, int invariant, const char *text);

/* Checks the design's invariants on the tables (all booked before) and what is left of the journal.
 * `*violations` counts them; at most 100 of each invariant are told. It reads the journal, so it
 * belongs to the engine's thread, and nobody appends or books meanwhile. */
MUST_USE enum result store_audit(struct store *store, store_violation *violation, void *owner,
                                 size_t *violations, struct explanation *explanation);

/* What a check beside the running store found. */
struct store_verdict {
    uint64_t seq;      /* up to this row of the journal the tables were looked at */
    size_t questions;  /* that were asked of them */
    size_t violations; /* all of them */
};

/* Whether a check may go on; asked some thousand times a second, by the thread that checks. */
typedef bool store_may_go_on(void *owner);

/* Checks the invariants on the tables as they are at one moment, from any thread, while others
 * append, book and read. At most 100 violations of each invariant are told. RESULT_FULL: it might
 * not go on. */
MUST_USE enum result store_selfcheck(struct store *store, store_may_go_on *may_go_on,
                                     store_violation *violation, void *owner,
                                     struct store_verdict *verdict,
                                     struct explanation *explanation);

/* ---- The house minute by minute ---- */

/* Any thread: it is booked soon. The same minute again takes the place of the one before. */
void store_put_minute(struct store *store, const struct house_minute *minute);

/* Visits those that are booked, from `from` on, the oldest first. */
MUST_USE enum result store_read_minutes(const struct store *store, int64_t from,
                                        house_minute_visit *visit, void *owner,
                                        struct explanation *explanation);

/* Told once for each thing that breaks no invariant and that an operator should know. */
typedef void store_remark(void *owner, const char *text);

/* Looks for accounts of the old rule that have one mailbox (record/email.h) under several
 * spellings, in the tables (all booked before). `*count` counts what there is to tell; at most 100
 * are told. */
MUST_USE enum result store_remarks(struct store *store, store_remark *remark, void *owner,
                                   size_t *count, struct explanation *explanation);

/* Sizes and counts for metrics. */
struct store_counts {
    uint64_t appends, appended_bytes, pruned_rows, booked_rows, bookings;
    uint64_t journal_bytes; /* size of the journal file */
};
void store_counts(struct store *store, struct store_counts *counts);

#endif
