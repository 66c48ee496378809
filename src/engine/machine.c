/* See machine.h. The engine before anything runs, and after. */
#include "engine/machine.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

struct engine *machine_new(struct store *store, const struct office_settings *settings,
                           const uint64_t id_seed[static 4], const struct house_keys *keys)
{
    struct engine *engine = aligned_alloc(alignof(struct engine), sizeof *engine);
    if (engine == NULL)
        return NULL;
    memset(engine, 0, sizeof *engine);
    inbox_init(&engine->inbox, ENGINE_INBOX_MAX);
    snapshots_init(&engine->snapshots);
    feed_init(&engine->feed);
    atomic_init(&engine->state, ENGINE_LOADING);
    atomic_init(&engine->stop, false);
    atomic_init(&engine->seq, 0);
    engine->store = store;
    engine->settings = *settings;
    id_source_init(&engine->ids, id_seed);
    engine->keys = *keys;
    return engine;
}

void machine_free(struct engine *engine)
{
    feed_release(&engine->feed);
    snapshots_release(&engine->snapshots);
    office_free(engine->batch.office);
    office_free(engine->held.office);
    free(engine);
}
