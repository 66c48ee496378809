/* See look.h. */
#include "world/look.h"

/* ---- Rounds ---- */

static const struct concert *concert_of(const struct catalogue_snapshot *catalogue,
                                        const struct concert_round *round)
{
    for (size_t i = 0; i < catalogue->concert_count; i++)
        if (id_equal(catalogue->concerts[i].id, round->concert_id))
            return &catalogue->concerts[i];
    return NULL;
}

static bool is_on_sale(const struct catalogue_snapshot *catalogue,
                       const struct catalogue_round *round)
{
    const struct concert *concert = concert_of(catalogue, &round->round);
    const timestamp_ms now = clock_wall();
    return concert != NULL && !round->draft && round->live &&
           round->round.status == ROUND_STATUS_SCHEDULED && !round->round.paused &&
           concert->reservation_open_at <= now && now < concert->reservation_close_at &&
           now < round->round.start_time;
}

static const struct catalogue_snapshot *catalogue_now(const struct world *world)
{
    return server_is_up(world->server) ? engine_catalogue(server_engine(world->server)) : NULL;
}

struct id look_for_round(struct world *world)
{
    const struct catalogue_snapshot *catalogue = catalogue_now(world);
    struct id found = ID_NONE;
    if (catalogue == NULL)
        return found;
    if (catalogue->round_count > 0) {
        const size_t from = chance_below(&world->people, catalogue->round_count);
        const bool on_sale = chance_hits(&world->people, 24, 25);
        found = catalogue->rounds[from].round.id;
        for (size_t i = 0; on_sale && i < catalogue->round_count; i++) {
            const struct catalogue_round *round =
                &catalogue->rounds[(from + i) % catalogue->round_count];
            if (is_on_sale(catalogue, round)) {
                found = round->round.id;
                break;
            }
        }
    }
    engine_catalogue_release(catalogue);
    return found;
}

static timestamp_ms earlier(timestamp_ms a, timestamp_ms b)
{
    return a < b ? a : b;
}

static timestamp_ms look_at_round(const struct world *world, struct id round_id, bool sale_end)
{
    const struct catalogue_snapshot *catalogue = catalogue_now(world);
    timestamp_ms found = 0;
    if (catalogue == NULL)
        return found;
    for (size_t i = 0; i < catalogue->round_count && found == 0; i++) {
        const struct concert_round *round = &catalogue->rounds[i].round;
        const struct concert *concert = concert_of(catalogue, round);
        if (id_equal(round->id, round_id))
            found = sale_end && concert != NULL
                        ? earlier(concert->reservation_close_at, round->start_time)
                        : round->start_time;
    }
    engine_catalogue_release(catalogue);
    return found;
}

timestamp_ms look_at_start(const struct world *world, struct id round_id)
{
    return look_at_round(world, round_id, false);
}

timestamp_ms look_at_sale_end(const struct world *world, struct id round_id)
{
    return look_at_round(world, round_id, true);
}

/* Over all rounds, or those that are on sale: the seats that are in a state. */
static int64_t count_seats(const struct world *world, bool on_sale, bool held)
{
    const struct catalogue_snapshot *catalogue = catalogue_now(world);
    int64_t count = 0;
    if (catalogue == NULL)
        return 0;
    for (size_t i = 0; i < catalogue->round_count; i++) {
        if (on_sale && !is_on_sale(catalogue, &catalogue->rounds[i]))
            continue;
        const struct round_snapshot *round =
            engine_round(server_engine(world->server), catalogue->rounds[i].round.id);
        if (round == NULL)
            continue;
        count += held ? round->held : round->available;
        engine_round_release(round);
    }
    engine_catalogue_release(catalogue);
    return count;
}

int64_t look_held(const struct world *world)
{
    return count_seats(world, false, true);
}

int64_t look_available(const struct world *world)
{
    return count_seats(world, true, false);
}

/* ---- Seats ---- */

/* From the place `from` on, around to it. */
static size_t collect(const struct round_snapshot *round, size_t from, bool available,
                      size_t wanted, struct deed *deed)
{
    const size_t seats = round->map->seat_count;
    size_t count = 0;
    for (size_t i = 0; i < seats && count < wanted; i++) {
        const size_t place = (from + i) % seats;
        if (available && round->states[place] != 'a')
            continue;
        deed->places[count] = (int64_t)place;
        deed->seat_ids[count++] = round->map->seats[place].id;
    }
    return count;
}

/* How far from the best people begin to look. */
#define BEST_PLACES 4

size_t look_for_seats(struct world *world, struct id round_id, enum look look, size_t wanted,
                      struct deed *deed)
{
    if (!server_is_up(world->server))
        return 0;
    const struct round_snapshot *round = engine_round(server_engine(world->server), round_id);
    if (round == NULL)
        return 0;
    const size_t seats = round->map->seat_count;
    const size_t places = look == LOOK_FOR_THE_BEST && seats > BEST_PLACES ? BEST_PLACES : seats;
    const size_t count =
        collect(round, chance_below(&world->people, places), look != LOOK_ANYWHERE, wanted, deed);
    deed->plan_version = round->map->plan_version;
    engine_round_release(round);
    return count;
}
