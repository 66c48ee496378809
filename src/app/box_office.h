/* A store and the engine on it, opened and closed together, and the engine asked from one thread
 * that waits for each answer: the start of every command but `check`. */
#ifndef USHER_APP_BOX_OFFICE_H
#define USHER_APP_BOX_OFFICE_H

#include "app/config.h"
#include "base/result.h"
#include "engine/engine.h"
#include "store/store.h"

struct box_office {
    struct store *store;
    struct engine *engine;
};

/* The first half of box_office_open: the data directory is ours, and there is no engine. */
MUST_USE enum result box_office_lock(struct box_office *office, const char *directory,
                                     struct explanation *explanation);

/* The second half; on a failure the directory stays open. An older directory is taken up while
 * `watch` is told of it, and refused without one. */
MUST_USE enum result box_office_start(struct box_office *office, const struct config *config,
                                      const struct store_upgrade_watch *watch,
                                      struct explanation *explanation);

/* Opens the data directory (made when it does not exist) and starts the engine. */
MUST_USE enum result box_office_open(struct box_office *office, const struct config *config,
                                     const char *directory, struct explanation *explanation);

/* Ends the engine, which books what it can in `book_ms`, and closes the store. */
void box_office_close(struct box_office *office, int64_t book_ms);

/* The settings that the office's rules depend on. */
struct office_settings box_office_settings(const struct config *config);

/* Has one call decided and waits for the answer, which is in `call` afterwards: release it. A line
 * that is full for the moment is tried again; REFUSAL_UNAVAILABLE when the engine is stopping. */
void box_office_ask(struct box_office *office, struct call *call);

/* Hashes a password. RESULT_NO_MEMORY: the hash took more memory than there is. RESULT_FULL: the
 * line of passwords stayed full for two seconds. */
MUST_USE enum result box_office_hash(struct box_office *office, const char *password,
                                     char hash[static PASSWORD_HASH_BYTES_MAX + 1]);

/* The cores that this process may use; at least one. */
size_t box_office_cores(void);

/* The threads of a setting that may be THREADS_AUTO: then `automatic`, but at least one and `most`.
 */
size_t box_office_threads(int64_t setting, size_t automatic, size_t most);

#endif
