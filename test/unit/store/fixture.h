/* A store in a temporary directory, a batch to fill, and what a restart brings back. */
#ifndef USHER_TEST_STORE_FIXTURE_H
#define USHER_TEST_STORE_FIXTURE_H

#include "store/store.h"

#include <sqlite3.h>

#define NOW INT64_C(1800000000000) /* 2027-01-15 */

struct fixture {
    char directory[64];
    struct store *store;
    struct explanation explanation;
    uint64_t seq; /* of the last append */
    struct buffer batch;
    size_t batch_count;
    struct id_source ids;
};

/* For cmocka: an open, empty store. */
int fixture_setup(void **state);
int fixture_teardown(void **state);

/* The same without cmocka, for tests that want several. */
struct fixture *fixture_new(void);
void fixture_free(struct fixture *fixture);

enum result fixture_open(struct fixture *fixture);
void fixture_close(struct fixture *fixture);
void fixture_reopen(struct fixture *fixture); /* and loads, so that appending may go on */

struct id fixture_id(struct fixture *fixture);
const char *fixture_path(const struct fixture *fixture, const char *file, char path[static 128]);

/* ---- Writing ---- */

void batch_add(struct fixture *fixture, const struct record *record);
enum store_outcome batch_try_append(struct fixture *fixture);
enum store_outcome batch_settle(struct fixture *fixture); /* while that is pending */
void batch_append(struct fixture *fixture);               /* must be done */
void append_one(struct fixture *fixture, const struct record *record);
void book_all(struct fixture *fixture);

/* ---- Reading back ---- */

/* What a restart hands over, in its order. */
struct loaded {
    struct record **records;
    size_t count;
    struct store_position position;
};

enum result load(struct fixture *fixture, struct loaded *loaded);
void loaded_release(struct loaded *loaded);
size_t loaded_count(const struct loaded *loaded, enum record_kind kind);

/* The last image of a row, or NULL. */
const struct record *loaded_find(const struct loaded *loaded, enum record_kind kind, struct id id);

/* The house's last heartbeat, 0 without one: tests write the sequence number into it. */
timestamp_ms loaded_heartbeat(const struct loaded *loaded);

/* ---- By hand: SQL on a file of a store that is closed ---- */

void fixture_run(const struct fixture *fixture, const char *file, const char *sql);

/* Leaves the files as that version of the schema had them: without what came since. */
void fixture_make_old(const struct fixture *fixture, unsigned version);
int64_t fixture_integer(const struct fixture *fixture, const char *file, const char *sql);

#endif
