/* A round's seats for everybody: as a list, as a map that never changes, and as their states now.
 * All come from the published snapshot; a round that is over has none. */
#include "api/handlers.h"
#include "api/problem.h"
#include "api/query.h"
#include "api/reply.h"
#include "api/service.h"
#include "api/show.h"

#define SEATS_LIMIT_MAX 1000

static const char *round_prefix(void)
{
    return record_schema(RECORD_KIND_CONCERT_ROUND)->prefix;
}

static enum seat_status status_of(char state)
{
    switch (state) {
    case 'h':
        return SEAT_STATUS_HELD;
    case 's':
        return SEAT_STATUS_SOLD;
    case 'b':
        return SEAT_STATUS_BLOCKED;
    default:
        return SEAT_STATUS_AVAILABLE;
    }
}

/* The round of the path, or NULL, and the enquiry is answered. */
static const struct round_snapshot *round_of_path(struct enquiry *enquiry)
{
    const struct round_snapshot *round = engine_round(enquiry->api->engine, enquiry->path.id);
    if (round == NULL)
        problem_answer(enquiry, REFUSAL_NOT_FOUND);
    return round;
}

static void write_seats(struct json_writer *writer, const struct round_snapshot *round, size_t from,
                        size_t limit)
{
    const struct seat_map *map = round->map;
    const size_t rest = from < map->seat_count ? map->seat_count - from : 0;
    const size_t end = rest > limit ? from + limit : map->seat_count;
    page_begin(writer);
    for (size_t i = from; i < end; i++)
        show_seat(writer, &map->seats[i], status_of(round->states[i]));
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
        problem_parameter(enquiry, "cursor", "is no nextCursor of this list");
        return;
    }
    const struct round_snapshot *round = round_of_path(enquiry);
    if (round == NULL)
        return;
    const struct shared_key key = {
        .kind = SHARED_SEATS, .id = enquiry->path.id, .from = cursor.number, .limit = limit};
    struct shared_body *body = shared_find(&api->shared, &key, round->version);
    if (body == NULL) {
        write_seats(reply_begin(enquiry), round, (size_t)cursor.number, limit);
        body = reply_share(enquiry, &key, round->version);
    }
    engine_round_release(round);
    answer_shared(&enquiry->exchange, body, CACHE_PUBLIC);
}

void get_availability(struct enquiry *enquiry)
{
    struct api *api = enquiry->api;
    const struct round_snapshot *round = round_of_path(enquiry);
    if (round == NULL)
        return;
    const struct shared_key key = {.kind = SHARED_AVAILABILITY, .id = enquiry->path.id};
    struct shared_body *body = shared_find(&api->shared, &key, round->version);
    if (body == NULL) {
        const struct {
            const char *key;
            int64_t value;
        } numbers[] = {
            {"version", (int64_t)round->version},
            {"available", round->available},
            {"held", round->held},
            {"sold", round->sold},
            {"blocked", round->blocked},
        };
        struct json_writer *writer = reply_begin(enquiry);
        json_write_object_begin(writer);
        json_write_key(writer, "roundId");
        json_write_id(writer, round_prefix(), round->map->round_id);
        for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
            json_write_key(writer, numbers[i].key);
            json_write_integer(writer, numbers[i].value);
        }
        json_write_key(writer, "seats");
        json_write_text_n(writer, round->states, round->map->seat_count);
        json_write_object_end(writer);
        body = reply_share(enquiry, &key, round->version);
    }
    engine_round_release(round);
    answer_shared(&enquiry->exchange, body, CACHE_PUBLIC);
}

/* ---- The map ---- */

static void write_id(struct json_writer *writer, const struct seat *seat)
{
    json_write_id(writer, record_schema(RECORD_KIND_SEAT)->prefix, seat->id);
}

static void write_seat_number(struct json_writer *writer, const struct seat *seat)
{
    json_write_text(writer, seat->seat_number);
}

static void write_section(struct json_writer *writer, const struct seat *seat)
{
    json_write_text(writer, seat->section);
}

static void write_row(struct json_writer *writer, const struct seat *seat)
{
    json_write_text(writer, seat->row);
}

static void write_number(struct json_writer *writer, const struct seat *seat)
{
    json_write_text(writer, seat->number);
}

static void write_grade(struct json_writer *writer, const struct seat *seat)
{
    json_write_text(writer, seat->grade);
}

static void write_price(struct json_writer *writer, const struct seat *seat)
{
    json_write_integer(writer, seat->price);
}

static void write_coordinate(struct json_writer *writer, bool placed, double value)
{
    if (placed)
        json_write_real(writer, value);
    else
        json_write_null(writer);
}

static void write_x(struct json_writer *writer, const struct seat *seat)
{
    write_coordinate(writer, seat->placed, seat->x);
}

static void write_y(struct json_writer *writer, const struct seat *seat)
{
    write_coordinate(writer, seat->placed, seat->y);
}

static void write_accessible(struct json_writer *writer, const struct seat *seat)
{
    json_write_boolean(writer, seat->accessible);
}

static void write_map(struct json_writer *writer, const struct seat_map *map)
{
    static const struct {
        const char *key;
        void (*write)(struct json_writer *writer, const struct seat *seat);
    } columns[] = {
        {"id", write_id},
        {"seatNumber", write_seat_number},
        {"section", write_section},
        {"row", write_row},
        {"number", write_number},
        {"grade", write_grade},
        {"price", write_price},
        {"x", write_x},
        {"y", write_y},
        {"accessible", write_accessible},
    };
    json_write_object_begin(writer);
    json_write_key(writer, "roundId");
    json_write_id(writer, round_prefix(), map->round_id);
    for (size_t column = 0; column < sizeof columns / sizeof columns[0]; column++) {
        json_write_key(writer, columns[column].key);
        json_write_array_begin(writer);
        for (size_t i = 0; i < map->seat_count; i++)
            columns[column].write(writer, &map->seats[i]);
        json_write_array_end(writer);
    }
    json_write_object_end(writer);
}

void get_seat_map(struct enquiry *enquiry)
{
    const uint64_t only_version = 0;
    struct api *api = enquiry->api;
    const struct round_snapshot *round = round_of_path(enquiry);
    if (round == NULL)
        return;
    const struct shared_key key = {.kind = SHARED_MAP, .id = enquiry->path.id};
    struct shared_body *body = shared_find(&api->shared, &key, only_version);
    if (body == NULL) {
        write_map(reply_begin(enquiry), round->map);
        body = reply_share(enquiry, &key, only_version);
    }
    engine_round_release(round);
    answer_shared(&enquiry->exchange, body, CACHE_MAP);
}
