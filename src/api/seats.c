/* A round's seats for everybody: as a list, as a map that never changes, and as their states now.
 * All come from the published snapshot; a round that is over has none. */
#include "api/draft.h"
#include "api/handlers.h"
#include "api/problem.h"
#include "api/query.h"
#include "api/reply.h"
#include "api/service.h"
#include "record/seat_state.h"

#include <stdlib.h>

/* The round of the path, or NULL: the enquiry is answered, or waits (draft.h). */
static const struct round_snapshot *round_of_path(struct enquiry *enquiry)
{
    const struct round_snapshot *round = engine_round(enquiry->api->engine, enquiry->path.id);
    if (round == NULL)
        problem_answer(enquiry, REFUSAL_NOT_FOUND);
    if (round == NULL || !round->draft || draft_is_shown(enquiry))
        return round;
    engine_round_release(round);
    return NULL;
}

static void write_seats(struct json_writer *writer, const struct round_snapshot *round, size_t from,
                        size_t limit)
{
    const struct seat_map *map = round->map;
    const size_t rest = from < map->seat_count ? map->seat_count - from : 0;
    const size_t end = rest > limit ? from + limit : map->seat_count;
    page_begin(writer);
    for (size_t i = from; i < end; i++) {
        const struct shown_seat seat = {.seat = map->seats[i],
                                        .status = seat_state_status(round->states[i])};
        object_write(writer, OBJECT_seat, &seat, NULL);
    }
    const struct cursor next = {.number = end, .id = map->round_id};
    page_end(writer, end < map->seat_count ? &next : NULL);
}

void get_seats(struct enquiry *enquiry)
{
    struct api *api = enquiry->api;
    size_t limit = LIST_LIMIT_DEFAULT;
    struct cursor cursor = {0};
    bool given;
    if (!query_limit(enquiry, SEATS_LIMIT_MAX, &limit) || !query_cursor(enquiry, &cursor, &given))
        return;
    if (given && (!id_equal(cursor.id, enquiry->path.id) || cursor.number > ROUND_SEATS_MAX)) {
        problem_parameter(enquiry, "cursor", &(struct breach){.rule = RULE_CURSOR});
        return;
    }
    const struct round_snapshot *round = round_of_path(enquiry);
    if (round == NULL)
        return;
    const struct cached_answer_key key = {
        .kind = CACHED_SEATS, .id = enquiry->path.id, .from = cursor.number, .limit = limit};
    struct cached_answer *body = answer_cache_find(&api->answer_cache, &key, round->version);
    if (body == NULL) {
        write_seats(reply_begin(enquiry), round, (size_t)cursor.number, limit);
        body = reply_share(enquiry, &key, round->version);
    }
    engine_round_release(round);
    reply_published(enquiry, body, CACHE_PUBLIC);
}

static void answer_whole(struct enquiry *enquiry)
{
    struct api *api = enquiry->api;
    const struct round_snapshot *round = round_of_path(enquiry);
    if (round == NULL)
        return;
    const struct cached_answer_key key = {.kind = CACHED_AVAILABILITY, .id = enquiry->path.id};
    struct cached_answer *body = answer_cache_find(&api->answer_cache, &key, round->shown);
    if (body == NULL) {
        const struct shown_availability shown = {
            .round_id = round->map->round_id,
            .version = (int64_t)round->version,
            .plan_version = round->map->plan_version,
            .available = round->available,
            .held = round->held,
            .sold = round->sold,
            .blocked = round->blocked,
            .next_return_at = round->next_return_at,
            .returned_last_minute = round->returned_last_minute,
            .seats = round->states,
            .seat_count = round->map->seat_count,
        };
        object_write(reply_begin(enquiry), OBJECT_availability, &shown, NULL);
        body = reply_share(enquiry, &key, round->shown);
    }
    engine_round_release(round);
    reply_published(enquiry, body, CACHE_PUBLIC);
}

static struct cached_answer *make_changes(struct enquiry *enquiry,
                                          const struct cached_answer_key *key)
{
    struct round_changes *changes = engine_round_changes(enquiry->api->engine, key->id, key->since);
    if (changes == NULL)
        return NULL;
    const struct shown_changes shown = {
        .round_id = key->id,
        .version = (int64_t)changes->version,
        .changes = changes->seats,
        .change_count = changes->count,
    };
    object_write(reply_begin(enquiry), OBJECT_availability_changes, &shown, NULL);
    struct cached_answer *body = reply_share(enquiry, key, changes->version);
    free(changes);
    return body;
}

/* Pages that ask each second, as the whole's max-age has it, have the versions of a second ago:
 * few at a time. Kept for so many of a round, they push nothing else out of the cache. */
#define CHANGES_KEPT 8

/* False, and nothing is answered: the client needs the whole. */
static bool answer_changes(struct enquiry *enquiry, uint64_t since)
{
    struct api *api = enquiry->api;
    const struct cached_answer_key key = {.kind = CACHED_CHANGES,
                                          .id = enquiry->path.id,
                                          .from = since % CHANGES_KEPT,
                                          .since = since};
    const uint64_t version = engine_round_version(api->engine, key.id);
    struct cached_answer *body = answer_cache_find(&api->answer_cache, &key, version);
    if (body == NULL)
        body = make_changes(enquiry, &key);
    if (body == NULL)
        return false;
    reply_published(enquiry, body, CACHE_PUBLIC);
    return true;
}

void get_availability(struct enquiry *enquiry)
{
    uint64_t since = 0;
    bool given;
    if (!query_version(enquiry, "since", &since, &given))
        return;
    if (!given || !answer_changes(enquiry, since))
        answer_whole(enquiry);
}

/* NULL: no memory. */
static struct cached_answer *draw_plan(struct enquiry *enquiry, const struct seat_map *map,
                                       const struct cached_answer_key *key)
{
    struct shown_plan plan;
    if (!shown_plan_init(&plan, map))
        return NULL;
    object_write(reply_begin(enquiry), OBJECT_plan, &plan, NULL);
    shown_plan_release(&plan);
    return reply_share(enquiry, key, (uint64_t)map->plan_version);
}

void get_plan(struct enquiry *enquiry)
{
    struct api *api = enquiry->api;
    uint64_t wanted = 0;
    bool given;
    if (!query_version(enquiry, "v", &wanted, &given))
        return;
    const struct round_snapshot *round = round_of_path(enquiry);
    if (round == NULL)
        return;
    const uint64_t version = (uint64_t)round->map->plan_version;
    const struct cached_answer_key key = {.kind = CACHED_PLAN, .id = enquiry->path.id};
    struct cached_answer *body = answer_cache_find(&api->answer_cache, &key, version);
    if (body == NULL)
        body = draw_plan(enquiry, round->map, &key);
    engine_round_release(round);
    reply_published(enquiry, body, given && wanted == version ? CACHE_FOR_EVER : CACHE_PUBLIC);
}

void get_seat_map(struct enquiry *enquiry)
{
    struct api *api = enquiry->api;
    const struct round_snapshot *round = round_of_path(enquiry);
    if (round == NULL)
        return;
    const uint64_t version = (uint64_t)round->map->plan_version;
    const struct cached_answer_key key = {.kind = CACHED_MAP, .id = enquiry->path.id};
    struct cached_answer *body = answer_cache_find(&api->answer_cache, &key, version);
    if (body == NULL) {
        object_write(reply_begin(enquiry), OBJECT_map, round->map, NULL);
        body = reply_share(enquiry, &key, version);
    }
    engine_round_release(round);
    reply_published(enquiry, body, CACHE_MAP);
}
