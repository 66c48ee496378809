/* A running engine on a real store in a temporary directory, and callers that wait for it. */
#ifndef USHER_TEST_ENGINE_RUNNING_H
#define USHER_TEST_ENGINE_RUNNING_H

#include "engine/engine.h"
#include "people.h"

struct running {
    char directory[64];
    struct office_settings settings;
    struct store *store;
    struct engine *engine;
    struct asker asker;
};

/* A new directory. */
void running_open(struct running *running, const struct office_settings *settings);

/* Starts on the directory that is there; stops, booking for up to `book_ms`. */
void running_start(struct running *running);
void running_stop(struct running *running, int64_t book_ms);

/* Stops what runs, and removes the directory. */
void running_close(struct running *running);

/* Asks, from any thread, and waits for the answer. A full inbox is asked again. */
void running_ask(struct running *running, struct call *call);

/* Asks for the person's token until it is active. */
void running_let_in(struct running *running, const struct person *person);

struct id running_seat(struct running *running, struct id round_id, size_t position);

#endif
