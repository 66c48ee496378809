/* The engine: one thread that owns the office, batches what everybody asks, writes each batch down
 * and only then answers. Knows threads and clocks, not HTTP, JSON or SQL. */
#ifndef USHER_ENGINE_ENGINE_H
#define USHER_ENGINE_ENGINE_H

#include "base/latency.h"
#include "base/result.h"
#include "base/timestamp.h"
#include "engine/shown_clock.h"
#include "office/office.h"
#include "store/store.h"

#include <stdatomic.h>

struct engine;
struct feed;

struct engine_options {
    struct office_settings settings;
    size_t reader_threads;   /* 1..16 */
    size_t password_threads; /* 1..16 */
};

/* Opens the office from the store and starts the threads: the engine's, the bookkeeper's
 * (SCHED_IDLE), the readers', the password workers' (nice 10). The store stays the caller's and is
 * closed after engine_stop. */
MUST_USE enum result engine_start(struct engine **engine, struct store *store,
                                  const struct engine_options *options,
                                  struct explanation *explanation);

/* Takes no new requests, of which engine_state tells; answers those it has, books what it can in
 * `book_ms`, ends the threads and frees the engine. Snapshots still held stay valid. */
void engine_stop(struct engine *engine, int64_t book_ms);

/* Gives back the passwords that wait to be hashed, as failed, and takes no more of them: a stop has
 * no time for a line. The one that is being hashed is finished. */
void engine_drain_passwords(struct engine *engine);

enum engine_state {
    ENGINE_READY,
    ENGINE_DEGRADED, /* reads only: the disk does not take writes */
    ENGINE_LOADING,  /* reloading after a failed append */
    ENGINE_DRAINING,
};
enum engine_state engine_state(const struct engine *engine);

/* By the wall, since when it is ready, or is not. */
timestamp_ms engine_state_since(const struct engine *engine);

/* Grows while the engine's thread gets on: with each turn, of which there is one a second where
 * nobody asks for anything, and with each row that it loads. Any thread. */
uint64_t engine_moves(const struct engine *engine);

/* ---- Requests ---- */

/* One call on its way. The owner keeps it in place until `complete` was called, which happens
 * exactly once, on a thread of the engine's; `complete` may submit again. It must not block. */
struct request {
    struct call call;
    struct shown_clock shown_clock; /* with a granted call: by what its deadlines are shown */
    void (*complete)(struct request *request);
    struct request *next; /* the engine's */
};

/* The inbox takes this many; past it engine_submit answers RESULT_FULL. */
#define ENGINE_INBOX_MAX 65536
/* Requests decided in one batch: bounds how long the first of them waits. */
#define ENGINE_BATCH_MAX 4096

/* Any thread. RESULT_FULL: the inbox is full or the engine is draining, and complete will not be
 * called. */
MUST_USE enum result engine_submit(struct engine *engine, struct request *request);

/* ---- Passwords (argon2id, libsodium's interactive limits) ---- */

struct password_job {
    enum {
        PASSWORD_HASH,
        PASSWORD_VERIFY,
    } work;
    /* NUL-terminated, as it was sent; the owner's. Its normal form (record/password.h) is hashed.
     */
    const char *password;
    char hash[PASSWORD_HASH_BYTES_MAX + 1]; /* VERIFY: in; HASH: out */
    /* VERIFY tries it as sent, then in its normal form. Against no hash (an empty one) a constant
     * decoy is verified as often, and the answer is false. */
    bool good;   /* out: verified, or hashed */
    bool failed; /* out: memory was short or the engine stopped, and `good` tells nothing */
    void (*complete)(struct password_job *job);
    struct password_job *next;
};

/* Jobs that may wait: some ten seconds' work of one worker, after which people have given up. */
#define PASSWORD_LINE_MAX 64

/* Any thread. RESULT_FULL: the line is full. */
MUST_USE enum result engine_password(struct engine *engine, struct password_job *job);

/* ---- Checking oneself ---- */

#define SELFCHECK_VIOLATIONS_MAX 100
#define SELFCHECK_TEXT_BYTES 512

/* Its reading transaction keeps the tables' log from being emptied, so it is broken off then: the
 * log grows by what is booked meanwhile. */
#define SELFCHECK_SECONDS_MAX 60

struct selfcheck_violation {
    int64_t invariant; /* the design's number */
    char text[SELFCHECK_TEXT_BYTES];
};

struct selfcheck_job {
    /* Out. RESULT_FULL: it took too long, or the engine stops; RESULT_IO, RESULT_NO_MEMORY, ...:
     * the tables could not be read. Nothing else tells anything then. */
    enum result result;
    int64_t seq, questions, milliseconds;
    int64_t violation_count;
    size_t told; /* the first of them */
    struct selfcheck_violation violations[SELFCHECK_VIOLATIONS_MAX];
    void (*complete)(struct selfcheck_job *job);
};

/* Checks the invariants on the tables of one moment, on a thread that gives way to everybody else.
 * Any thread. RESULT_FULL: a check is under way, or the engine stops. */
MUST_USE enum result engine_selfcheck(struct engine *engine, struct selfcheck_job *job);

/* Breaks off the check that is under way, and takes no more: nobody waits for a server that stops.
 */
void engine_drain_selfcheck(struct engine *engine);

/* ---- Clocks ---- */

/* House and wall time now; any thread. House time never goes back and never falls below the last
 * journalled stamp. */
struct moment engine_now(const struct engine *engine);

/* By how much deadlines are shown later than they are kept; 0: the two clocks agree. Any thread. */
int64_t engine_shown_offset(const struct engine *engine);

/* ---- Changes ---- */

/* Somebody waits for a change after the one of the number `seen` (read/change.h). The owner keeps
 * it in place until `complete` was called, which happens exactly once, on any thread: when
 * VERB_CHANGES finds more, at `until_ns` (of monotonic_nanoseconds), or when the waits are drained.
 * It must not block. */
struct change_wait {
    uint64_t seen, until_ns;
    void (*complete)(struct change_wait *wait);
    struct change_wait *next; /* the engine's */
};

/* A house has a few systems that follow it. */
#define CHANGE_WAITS_MAX 256

/* Any thread. RESULT_FULL: as many wait as may, and complete will not be called. */
MUST_USE enum result engine_await_change(struct engine *engine, struct change_wait *wait);

/* Tells everybody who waits, and from now on whoever comes: a stop has no time for waiting. */
void engine_drain_changes(struct engine *engine);

/* ---- Snapshots: immutable, reference counted, published after each commit; any thread ---- */

/* A copy of the public state of the queue. `version` grows with every change. */
uint64_t engine_queue(const struct engine *engine, struct queue_view *view);
uint64_t engine_queue_version(const struct engine *engine); /* without the copy */

/* A round's seats as they never change, in seat order; texts are shared and may be NULL. */
struct seat_map {
    struct id round_id;
    int64_t plan_version;
    size_t seat_count;
    struct seat *seats; /* status is not kept up to date here */
};

/* A round's seats as they are. */
struct round_snapshot {
    atomic_uint references;
    const struct seat_map *map;
    uint64_t version;
    int64_t available, held, sold, blocked;
    timestamp_ms next_return_at; /* by the wall; 0: nothing is held */
    int64_t returned_last_minute;
    uint64_t shown; /* another for each change of anything here, of whatever round */
    bool draft;     /* of a concert that is one */
    char states[];  /* map->seat_count characters: a, h, s, b */
};

struct catalogue_round {
    struct concert_round round;
    bool live;  /* its seats are in memory: engine_round answers */
    bool draft; /* its concert is one */
};

/* All concerts by reservationOpenAt and all rounds by startTime; ties by id. */
struct catalogue_snapshot {
    atomic_uint references;
    uint64_t version;
    size_t concert_count, round_count;
    const struct concert *concerts;
    const struct catalogue_round *rounds;
};

const struct catalogue_snapshot *engine_catalogue(const struct engine *engine);
void engine_catalogue_release(const struct catalogue_snapshot *snapshot);

/* NULL: no such round, or it is over (then the rows are the readers' to list). */
const struct round_snapshot *engine_round(const struct engine *engine, struct id round_id);
void engine_round_release(const struct round_snapshot *snapshot);

/* The version that engine_round and engine_round_changes would show now; 0: no such round, or a
 * draft's. */
uint64_t engine_round_version(const struct engine *engine, struct id round_id);

struct seat_change {
    uint32_t position; /* in seat order */
    char state;        /* as it is now */
};

/* The seats that changed between two versions, each once. */
struct round_changes {
    uint64_t version; /* the newer one */
    size_t count;
    struct seat_change seats[];
};

/* What brings the states of the version `since` up to date; free() it. NULL: there is no such
 * version or round, it is a draft's, too much has changed since, or memory is short; then
 * engine_round tells. */
struct round_changes *engine_round_changes(const struct engine *engine, struct id round_id,
                                           uint64_t since);

/* The same for the life of a data directory. */
struct house_keys engine_keys(const struct engine *engine);

/* The commits in order, for followers inside the process (feed.h). Each has left before the engine
 * is stopped. */
struct feed *engine_feed(struct engine *engine);

/* ---- The house minute by minute ---- */

/* As store_put_minute and store_read_minutes have it. Any thread. */
void engine_put_minute(struct engine *engine, const struct house_minute *minute);
MUST_USE enum result engine_read_minutes(const struct engine *engine, int64_t from,
                                         house_minute_visit *visit, void *owner,
                                         struct explanation *explanation);

/* ---- Numbers ---- */

struct engine_counts {
    uint64_t batches, requests, records, refused_full, failed_appends, reloads;
    int64_t appends[LATENCY_BUCKETS_ALL]; /* to the journal, each with its sync, by how long they
                                             took */
    uint64_t append_us;                   /* summed over them */
    uint64_t answers[VERB_COUNT];         /* not refused */
    uint64_t refusals[REFUSAL_COUNT];
    struct tally tally; /* since the start, of batches that are durable */
    size_t inbox_length, password_line, reader_line, change_waits;
    struct office_counts office;
    struct store_counts store;
    size_t unbooked;
    int64_t unbooked_ms; /* how long the oldest of them waits */
    uint64_t seq, booked_seq;
};
void engine_counts(const struct engine *engine, struct engine_counts *counts);

#endif
