/* The live state: its birth and end, and its turns. What it consists of stands in live.def. */
#include "office/catalogue.h"
#include "office/load.h"
#include "office/reservation.h"
#include "office/room.h"
#include "office/state.h"
#include "office/stored_plan.h"
#include "office/texts.h"
#include "office/user.h"

#include <stdlib.h>

void turn_begin(struct office *office, const struct turn *turn)
{
    CHECK(turn->now.house >= office->now.house);
    CHECK(turn->seq >= office->seq);
    office->now = turn->now;
    office->seq = turn->seq;
    office->ids = turn->ids;
}

struct id new_id(struct office *office)
{
    return id_next(office->ids, office->now.house);
}

/* ---- What objects have beside themselves ---- */

void user_let_go(struct office *office, void *item)
{
    struct live_user *user = item;
    user_texts_free(&office->texts, user->texts);
}

void api_key_let_go(struct office *office, void *item)
{
    const struct live_api_key *key = item;
    (void)office;
    texts_free_block(key->row.name);
}

void plan_let_go(struct office *office, void *item)
{
    const struct live_plan *plan = item;
    (void)office;
    texts_free_block(plan->row.name);
}

void concert_let_go(struct office *office, void *item)
{
    const struct live_concert *concert = item;
    (void)office;
    texts_free_block(concert->row.title);
}

void round_let_go(struct office *office, void *item)
{
    struct live_round *round = item;
    (void)office;
    round_let_seats_go(round);
    texts_free_block(round->row.reason_ko);
}

void round_let_seats_go(struct live_round *round)
{
    free(round->seats);
    free(round->states);
    seat_bits_free(round->bits);
    round->seats = NULL;
    round->states = NULL;
    round->bits = NULL;
    heap_release(&round->returns);
}

void seat_let_go(struct office *office, void *item)
{
    const struct live_seat *seat = item;
    (void)office;
    texts_free_block(seat->row.seat_number);
}

void ticket_let_go(struct office *office, void *item)
{
    const struct live_ticket *ticket = item;
    (void)office;
    texts_free_block(ticket->holder_name);
}

void reference_let_go(struct office *office, void *item)
{
    const struct live_reference *reference = item;
    (void)office;
    texts_free_block(reference->row.reference);
}

/* ---- Birth and end ---- */

static void init_live(struct office *office)
{
#define LIVE(type, pool, pages, let_go)                                                            \
    pool_init(&office->pool, sizeof(struct type), MEMORY_##pages##_PAGES);
#define KEY(index, pool, hash, matches) index_init(&office->index, &office->pool, hash, matches);
#define DEADLINE(heap, type, pool)                                                                 \
    heap_init(&office->heap, &office->pool, offsetof(struct type, deadline));
#define FINISHED(list, type, pool, forget)                                                         \
    finished_list_init(&office->list, &office->pool, offsetof(struct type, finished));
#include "office/live.def"
}

struct office *office_new(const struct office_settings *settings)
{
    struct office *office = calloc(1, sizeof *office);
    if (office == NULL)
        return NULL;
    office->loading = load_cursor_new();
    if (office->loading == NULL) {
        free(office);
        return NULL;
    }
    office->settings = *settings;
    init_live(office);
    indexes_defer(office);
    arena_init(&office->texts);
    buffer_init(&office->batch, BATCH_BYTES_MAX);
    return office;
}

static void let_all_go(struct office *office, const struct pool *pool, live_let_go *let_go)
{
    if (let_go == NULL)
        return;
    for (struct pool_item *item = pool_next(pool, 0); item != NULL;
         item = pool_next(pool, item->number))
        let_go(office, item);
}

static void release_live(struct office *office)
{
#define LIVE(type, pool, pages, let_go) let_all_go(office, &office->pool, let_go);
#include "office/live.def"
#define LIVE(type, pool, pages, let_go) pool_release(&office->pool);
#define KEY(index, pool, hash, matches) index_release(&office->index);
#define DEADLINE(heap, type, pool) heap_release(&office->heap);
#include "office/live.def"
}

void office_free(struct office *office)
{
    if (office == NULL)
        return;
    release_live(office);
    texts_free_block(office->notice.text_ko);
    free(office->line.lanes);
    free(office->concert_order);
    free(office->round_order);
    free(office->changed_seats);
    buffer_release(&office->batch);
    arena_release(&office->texts);
    load_cursor_free(office->loading);
    free(office);
}
