/* See server.h. Puts the engine's parts together as src/engine/engine.c and src/app/serve.c do, but
 * in one thread, step by step. */
#include "server/server.h"

#include "disk/own_memory.h"
#include "server/observe.h"
#include "server/readers.h"

#include "base/check.h"
#include "engine/machine.h"

#include <string.h>

/* Keeps what a server draws apart from what others draw from the same seed. */
#define SERVER_STREAM UINT64_C(0x736572766572)

struct server {
    struct office_settings settings; /* of the next start */
    struct server_observer observer;
    struct chance chance; /* keys and ids, new ones at each start */
    void (*complete)(struct request *request);
    struct store *store; /* these three are NULL while it is down */
    struct engine *engine;
    struct store_reader *reader;
    struct follower follower;
    bool follows;
};

/* A completed request does not know its server. */
static struct server *running;

/* ---- Life ---- */

struct server *server_new(const struct server_options *options,
                          const struct server_observer *observer)
{
    CHECK(running == NULL);
    struct server *server = own_allocate(sizeof *server);
    server->settings = options->settings;
    server->observer = *observer;
    chance_init(&server->chance, options->seed, SERVER_STREAM);
    running = server;
    observe(&server->observer);
    return server;
}

void server_free(struct server *server)
{
    CHECK(server->store == NULL);
    observe(NULL);
    running = NULL;
    own_free(server);
}

void server_set_settings(struct server *server, const struct office_settings *settings)
{
    server->settings = *settings;
}

/* What the start of the real one asks the system for. */
static struct engine *new_engine(struct server *server)
{
    uint64_t id_seed[4];
    struct house_keys keys;
    for (size_t i = 0; i < sizeof id_seed / sizeof id_seed[0]; i++)
        id_seed[i] = chance_next(&server->chance);
    for (size_t i = 0; i < SECRET_BYTES; i++) {
        keys.token_key.bytes[i] = (uint8_t)chance_next(&server->chance);
        keys.ticket_seed.bytes[i] = (uint8_t)chance_next(&server->chance);
    }
    return machine_new(server->store, &server->settings, id_seed, &keys);
}

static enum result open_all(struct server *server, struct explanation *explanation)
{
    const struct store_options options = {.directory = SERVER_DIRECTORY};
    enum result result = store_open(&server->store, &options, explanation);
    if (result != RESULT_OK)
        return result;
    server->engine = new_engine(server);
    if (server->engine == NULL)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for the engine");
    result = recovery_open(server->engine, explanation);
    if (result != RESULT_OK)
        return result;
    server->engine->readers.inbox = &server->engine->inbox;
    server->engine->readers.counters = &server->engine->counters;
    return store_reader_open(server->store, &server->reader, explanation);
}

/* ---- Following ---- */

static void ignore_wake(struct follower *follower)
{
    (void)follower; /* it is asked after every turn */
}

static void follow(struct server *server)
{
    server->follower.wake = ignore_wake;
    const uint64_t seq = feed_follow(&server->engine->feed, &server->follower);
    server->follows = true;
    if (server->observer.feed_began != NULL)
        server->observer.feed_began(server->observer.owner, seq);
}

static void unfollow(struct server *server)
{
    if (server->follows)
        feed_leave(&server->engine->feed, &server->follower);
    server->follows = false;
}

/* Of what a dead process told nobody heard. */
static void tell_commits(struct server *server)
{
    const struct server_observer *observer = &server->observer;
    const struct commit *commit;
    enum feed_answer answer;
    if (disk_is_dead(disk_current()) || observer->feed_told == NULL)
        return;
    while ((answer = feed_next(&server->engine->feed, &server->follower, &commit)) != FEED_WAIT) {
        if (answer == FEED_COMMIT) {
            observer->feed_told(observer->owner, commit);
            commit_release(commit);
        } else {
            observer->feed_missed(observer->owner);
            unfollow(server);
            follow(server);
        }
    }
    observer->feed_drained(observer->owner, server->engine);
}

static void close_all(struct server *server)
{
    readers_forget();
    unfollow(server);
    if (server->reader != NULL)
        store_reader_close(server->reader);
    if (server->engine != NULL)
        machine_free(server->engine);
    if (server->store != NULL)
        store_close(server->store);
    server->reader = NULL;
    server->engine = NULL;
    server->store = NULL;
}

enum result server_start(struct server *server, struct explanation *explanation)
{
    CHECK(server->store == NULL);
    memory_enter();
    const enum result result = open_all(server, explanation);
    memory_leave();
    if (result != RESULT_OK)
        close_all(server);
    else if (!disk_is_dead(disk_current()))
        follow(server);
    return result;
}

bool server_is_up(const struct server *server)
{
    return server->engine != NULL;
}

enum engine_state server_state(const struct server *server)
{
    return engine_state(server->engine);
}

/* ---- Steps ---- */

/* Between the engine and the client: from a dead process nobody hears. */
static void completed(struct request *request)
{
    request->complete = running->complete;
    if (disk_is_dead(disk_current()))
        return;
    const unsigned suspended = memory_suspend();
    request->complete(request);
    memory_resume(suspended);
}

bool server_submit(struct server *server, struct request *request)
{
    CHECK(server->complete == NULL || server->complete == request->complete);
    server->complete = request->complete;
    request->complete = completed;
    if (engine_submit(server->engine, request) == RESULT_OK)
        return true;
    request->complete = server->complete;
    return false;
}

void server_turn(struct server *server)
{
    memory_enter();
    turn_take(server->engine);
    memory_leave();
    tell_commits(server);
}

int64_t server_wait_ms(const struct server *server)
{
    return turn_wait_ms(server->engine);
}

bool server_look_up(struct server *server)
{
    memory_enter();
    const bool done = readers_look_up(&server->engine->readers, server->reader);
    memory_leave();
    return done;
}

enum result server_book(struct server *server, size_t *rows)
{
    struct explanation explanation;
    memory_enter();
    const enum result result = store_book(server->store, rows, &explanation);
    memory_leave();
    return result;
}

/* ---- Ends ---- */

static bool dead(void)
{
    return disk_is_dead(disk_current());
}

/* As the threads do between inbox_close and their ends. */
static void answer_all(struct server *server)
{
    inbox_close(&server->engine->inbox);
    do {
        while (!dead() && server_look_up(server)) /* lists are not the inbox's any more */
            continue;
        if (!dead())
            server_turn(server);
    } while (!dead() && !inbox_finished(&server->engine->inbox));
    while (!dead() && server_look_up(server))
        continue;
}

void server_stop(struct server *server, size_t slices)
{
    size_t rows = 1;
    answer_all(server);
    for (size_t i = 0; i < slices && rows > 0 && !dead(); i++)
        if (server_book(server, &rows) != RESULT_OK)
            break;
    close_all(server);
}

void server_kill(struct server *server)
{
    CHECK(dead());
    close_all(server);
}

/* ---- Looking ---- */

struct store *server_store(struct server *server)
{
    return server->store;
}

const struct office *server_office(const struct server *server)
{
    return server->engine == NULL ? NULL : server->engine->batch.office;
}

const struct engine *server_engine(const struct server *server)
{
    return server->engine;
}
