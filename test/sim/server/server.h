/* The whole server below HTTP in one thread: the real engine logic, office and store, on a disk in
 * memory and with clocks wound by hand. Whoever drives it decides when what happens. */
#ifndef USHER_TEST_SIM_SERVER_SERVER_H
#define USHER_TEST_SIM_SERVER_SERVER_H

#include "disk/clock.h"
#include "disk/disk.h"
#include "engine/batch.h"
#include "engine/feed.h"

/* ---- What a server tells ---- */

/* Encoded records, one after the other (record_decode). */
struct record_span {
    const uint8_t *data;
    size_t length;
    size_t count;
};

/* Everything that the engine does, in the order in which it does it. After the disk's death nothing
 * is told any more: what the engine still does then never happened. */
struct server_observer {
    void *owner;
    /* A batch began; the records are the tick's. */
    void (*batch_opened)(void *owner, enum batch_mode mode, const struct turn *turn,
                         struct record_span records);
    /* One call was decided (refused, done, or wanting a look-up); the records are its own. */
    void (*call_decided)(void *owner, const struct request *request, struct record_span records);
    /* No more calls: the records are those of settling. */
    void (*batch_closed)(void *owner, struct record_span records);
    /* The batch was given to the journal. */
    void (*append_returned)(void *owner, uint64_t seq, enum store_outcome outcome);
    /* A batch whose outcome was pending was asked about. */
    void (*settle_returned)(void *owner, uint64_t seq, enum store_outcome outcome);
    /* The batch counts as done: its answers come now. */
    void (*batch_committed)(void *owner);
    /* An office was made from what the disk holds, which is everything up to `seq`: at a start, and
     * while the office of a batch that is pending is held. */
    void (*loaded)(void *owner, uint64_t seq);
    /* Before that, each row that the office was handed (office_load), in order. After a load that
     * failed there is no `loaded`, but maybe another load: `load_began` tells them apart. */
    void (*load_began)(void *owner);
    void (*row_loaded)(void *owner, const struct record *record);
    /* The server is followed (engine/feed.h) from its start on, a turn's commits after the turn. It
     * began after `seq`, at the start and after commits were missed; told a commit; missed some;
     * has told all that there is, which the engine now shows to everybody. */
    void (*feed_began)(void *owner, uint64_t seq);
    void (*feed_told)(void *owner, const struct commit *commit);
    void (*feed_missed)(void *owner);
    void (*feed_drained)(void *owner, const struct engine *engine);
};

/* The log on standard error; off at first. */
void server_show_log(bool show);

/* The data directory's name on the disk. */
#define SERVER_DIRECTORY "/house"

struct server;

struct server_options {
    struct office_settings settings;
    uint64_t seed; /* of ids and of the key that signs tokens */
};

/* On disk_current(). The observer stays the caller's and is copied; one server at a time. It is
 * down. */
struct server *server_new(const struct server_options *options,
                          const struct server_observer *observer);
void server_free(struct server *server);

/* For the next start; the queue's `given` flags included. */
void server_set_settings(struct server *server, const struct office_settings *settings);

/* Opens the store and the office. On a failure it stays down. */
enum result server_start(struct server *server, struct explanation *explanation);
bool server_is_up(const struct server *server);
enum engine_state server_state(const struct server *server);

/* False: the inbox is full; complete will not be called. Otherwise complete is called once, unless
 * the server dies first; while it is out, the server keeps its own function in request->complete.
 * All requests of a server have the same one. */
bool server_submit(struct server *server, struct request *request);

/* One turn of the engine's thread (src/engine/turn.c). */
void server_turn(struct server *server);

/* How long until the next turn has something to do by itself. */
int64_t server_wait_ms(const struct server *server);

/* One look-up that waits for a reader, or false when none does. */
bool server_look_up(struct server *server);

/* One slice of the bookkeeper's. */
enum result server_book(struct server *server, size_t *rows);

/* As SIGTERM: answers what is in flight, books up to `slices` slices, closes. */
void server_stop(struct server *server, size_t slices);

/* The process is gone, at once, between two steps of the above (or, when the disk died during one,
 * in the middle of it): nothing more is completed or written. The disk has died before and is the
 * caller's to revive. Fine when it is down already. */
void server_kill(struct server *server);

/* For looking; NULL while it is down, or while there is no office. */
struct store *server_store(struct server *server);
const struct office *server_office(const struct server *server);
const struct engine *server_engine(const struct server *server);

#endif
