/* Concerts and rounds: read by everybody from the published catalogue, changed by organizers. */
#include "base/check.h"
#include "http/answer.h"
#include "http/handlers.h"
#include "http/import.h"
#include "http/problem.h"
#include "http/query.h"
#include "http/round_plan.h"
#include "http/server.h"
#include "http/show.h"

static const char *concert_prefix(void)
{
    return record_schema(RECORD_KIND_CONCERT)->prefix;
}

/* ---- Reading ---- */

static const struct concert *find_shown_concert(const struct catalogue_snapshot *catalogue,
                                                struct id id)
{
    for (size_t i = 0; i < catalogue->concert_count; i++)
        if (id_equal(catalogue->concerts[i].id, id))
            return &catalogue->concerts[i];
    return NULL;
}

/* Whether the place (time, id) lies behind the cursor, in the order of the list. */
static bool is_behind(const struct cursor *cursor, timestamp_ms time, struct id id)
{
    if ((uint64_t)time != cursor->number)
        return (uint64_t)time > cursor->number;
    return id_compare(id, cursor->id) > 0;
}

static void write_concerts(struct json_writer *writer, const struct catalogue_snapshot *catalogue,
                           const struct cursor *cursor, size_t limit)
{
    size_t at = 0;
    while (
        at < catalogue->concert_count &&
        !is_behind(cursor, catalogue->concerts[at].reservation_open_at, catalogue->concerts[at].id))
        at++;
    const size_t rest = catalogue->concert_count - at;
    const size_t end = at + (rest < limit ? rest : limit);
    page_begin(writer);
    for (; at < end; at++)
        show_concert(writer, &catalogue->concerts[at]);
    if (end < catalogue->concert_count) {
        const struct concert *last = &catalogue->concerts[end - 1];
        const struct cursor next = {.number = (uint64_t)last->reservation_open_at, .id = last->id};
        page_end(writer, &next);
    } else {
        page_end(writer, NULL);
    }
}

void get_concerts(struct exchange *exchange)
{
    struct http_server *server = exchange->server;
    size_t limit = LIST_LIMIT_DEFAULT;
    struct cursor cursor = {0};
    bool given;
    if (!query_limit(exchange, LIST_LIMIT_MAX, &limit) || !query_cursor(exchange, &cursor, &given))
        return;
    const struct cached_answer_key key = {
        .kind = CACHED_CONCERTS, .id = cursor.id, .from = cursor.number, .limit = limit};
    const struct catalogue_snapshot *catalogue = engine_catalogue(server->engine);
    struct cached_answer *body = answer_cache_find(&server->answer_cache, &key, catalogue->version);
    if (body == NULL) {
        write_concerts(answer_begin(exchange), catalogue, &cursor, limit);
        body = answer_share(exchange, &key, catalogue->version);
    }
    engine_catalogue_release(catalogue);
    answer_shared(exchange, body, CACHE_PUBLIC);
}

/* Answers with what was written since answer_begin as a public page that is not kept: small, or
 * different the next time. */
static void answer_public(struct exchange *exchange)
{
    answer_shared(exchange, answer_share(exchange, NULL, 0), CACHE_PUBLIC);
}

void get_concert(struct exchange *exchange)
{
    const struct catalogue_snapshot *catalogue = engine_catalogue(exchange->server->engine);
    const struct concert *concert = find_shown_concert(catalogue, exchange->path.id);
    if (concert == NULL) {
        problem_answer(exchange, REFUSAL_NOT_FOUND);
    } else {
        show_concert(answer_begin(exchange), concert);
        answer_public(exchange);
    }
    engine_catalogue_release(catalogue);
}

/* A round with the seats that can be had now: none once it is over and its seats left memory. */
static void write_round(struct exchange *exchange, const struct catalogue_round *round)
{
    int64_t available = 0;
    const struct round_snapshot *seats =
        round->live ? engine_round(exchange->server->engine, round->round.id) : NULL;
    if (seats != NULL) {
        available = seats->available;
        engine_round_release(seats);
    }
    show_round(&exchange->writer, &round->round, available);
}

static const struct catalogue_round *find_shown_round(const struct catalogue_snapshot *catalogue,
                                                      struct id id)
{
    for (size_t i = 0; i < catalogue->round_count; i++)
        if (id_equal(catalogue->rounds[i].round.id, id))
            return &catalogue->rounds[i];
    return NULL;
}

void get_round(struct exchange *exchange)
{
    const struct catalogue_snapshot *catalogue = engine_catalogue(exchange->server->engine);
    const struct catalogue_round *round = find_shown_round(catalogue, exchange->path.id);
    if (round == NULL) {
        problem_answer(exchange, REFUSAL_NOT_FOUND);
    } else {
        (void)answer_begin(exchange);
        write_round(exchange, round);
        answer_public(exchange);
    }
    engine_catalogue_release(catalogue);
}

static void write_rounds(struct exchange *exchange, const struct catalogue_snapshot *catalogue,
                         const struct cursor *cursor, size_t limit)
{
    struct json_writer *writer = answer_begin(exchange);
    struct cursor next = {0};
    size_t count = 0;
    bool more = false;
    page_begin(writer);
    for (size_t i = 0; i < catalogue->round_count && !more; i++) {
        const struct concert_round *round = &catalogue->rounds[i].round;
        if (!id_equal(round->concert_id, exchange->path.id) ||
            !is_behind(cursor, round->start_time, round->id))
            continue;
        more = count == limit;
        if (more)
            break;
        write_round(exchange, &catalogue->rounds[i]);
        next = (struct cursor){.number = (uint64_t)round->start_time, .id = round->id};
        count++;
    }
    page_end(writer, more ? &next : NULL);
}

void get_rounds(struct exchange *exchange)
{
    size_t limit = LIST_LIMIT_DEFAULT;
    struct cursor cursor = {0};
    bool given;
    if (!query_limit(exchange, LIST_LIMIT_MAX, &limit) || !query_cursor(exchange, &cursor, &given))
        return;
    const struct catalogue_snapshot *catalogue = engine_catalogue(exchange->server->engine);
    if (find_shown_concert(catalogue, exchange->path.id) == NULL) {
        problem_answer(exchange, REFUSAL_NOT_FOUND);
    } else {
        write_rounds(exchange, catalogue, &cursor, limit);
        answer_public(exchange);
    }
    engine_catalogue_release(catalogue);
}

void get_settings(struct exchange *exchange)
{
    const struct http_server *server = exchange->server;
    const struct office_settings *settings = &server->options.settings;
    const struct {
        const char *key;
        int64_t value;
    } numbers[] = {
        {"holdSeconds", settings->hold_seconds},
        {"maxSeatsPerReservation", settings->max_seats_per_reservation},
        {"maxSeatsPerUser", settings->max_seats_per_user},
        {"refundUntilSeconds", settings->refund_until_seconds},
    };
    struct json_writer *writer = answer_begin(exchange);
    json_write_object_begin(writer);
    json_write_key(writer, "serverTime");
    json_write_time(writer, engine_now(server->engine).wall);
    json_write_key(writer, "timeZone");
    json_write_text(writer, server->time_zone);
    json_write_key(writer, "charging");
    json_write_text(writer, settings->charging_open ? "open" : "closed");
    json_write_key(writer, "registration");
    json_write_text(writer, settings->registration_open ? "open" : "closed");
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        json_write_key(writer, numbers[i].key);
        json_write_integer(writer, numbers[i].value);
    }
    json_write_object_end(writer);
    answer_public(exchange);
}

/* ---- Changing ---- */

static void answer_done(struct exchange *exchange)
{
    if (!problem_of_call(exchange))
        answer_no_content(exchange);
}

static void answer_concert_made(struct exchange *exchange)
{
    if (problem_of_call(exchange))
        return;
    const struct concert *concert = &exchange->request.call.record->as.concert;
    show_concert(answer_begin(exchange), concert);
    answer_created(exchange, "/v1/concerts", concert_prefix(), concert->id);
}

static void answer_concert_changed(struct exchange *exchange)
{
    if (problem_of_call(exchange))
        return;
    show_concert(answer_begin(exchange), &exchange->request.call.record->as.concert);
    answer_private(exchange, STATUS_OK);
}

/* Reads a concert's fields; false: answered. */
static bool read_concert(struct exchange *exchange, enum body_presence presence, struct call *call)
{
    struct body_object root;
    body_root(&exchange->body, &root);
    (void)body_text(&root, "title", presence, TEXT_LINE, 1, CONCERT_TITLE_CHARACTERS_MAX,
                    &call->in.concert.title);
    (void)body_text(&root, "description", presence, TEXT_LINES, 0,
                    CONCERT_DESCRIPTION_CHARACTERS_MAX, &call->in.concert.description);
    (void)body_time(&root, "reservationOpenAt", presence, &call->in.concert.reservation_open_at);
    (void)body_time(&root, "reservationCloseAt", presence, &call->in.concert.reservation_close_at);
    body_close(&root);
    if (!body_good(&exchange->body))
        problem_body(exchange, REFUSAL_INVALID_FIELD);
    return body_good(&exchange->body);
}

void post_concerts(struct exchange *exchange)
{
    if (read_concert(exchange, BODY_REQUIRED, exchange_call(exchange, VERB_CONCERT_CREATE)))
        exchange_submit(exchange, answer_concert_made);
}

void patch_concert(struct exchange *exchange)
{
    struct call *call = exchange_call(exchange, VERB_CONCERT_CHANGE);
    call->in.concert.concert_id = exchange->path.id;
    if (read_concert(exchange, BODY_OPTIONAL, call))
        exchange_submit(exchange, answer_concert_changed);
}

void delete_concert(struct exchange *exchange)
{
    exchange_call(exchange, VERB_CONCERT_DELETE)->in.concert.concert_id = exchange->path.id;
    exchange_submit(exchange, answer_done);
}

static void answer_round_made(struct exchange *exchange)
{
    if (problem_of_call(exchange))
        return;
    const struct call *call = &exchange->request.call;
    const struct concert_round *round = &call->record->as.concert_round;
    int64_t available = round->total_seat_cnt;
    const struct round_snapshot *now =
        call->replayed ? engine_round(exchange->server->engine, round->id) : NULL;
    if (call->replayed)
        available = now == NULL ? 0 : now->available;
    if (now != NULL)
        engine_round_release(now);
    show_round(answer_begin(exchange), round, available);
    answer_created(exchange, "/v1/rounds", record_schema(RECORD_KIND_CONCERT_ROUND)->prefix,
                   round->id);
}

void post_rounds(struct exchange *exchange)
{
    const struct round_plan *plan = import_plan(exchange);
    struct call *call = exchange_call(exchange, VERB_ROUND_CREATE);
    call->in.round.concert_id = exchange->path.id;
    call->in.round.start_time = plan->start_time;
    call->in.round.seats = plan->seats;
    call->in.round.seat_count = plan->seat_count;
    exchange_submit(exchange, answer_round_made);
}

void patch_round(struct exchange *exchange)
{
    timestamp_ms start_time = 0; /* unchanged */
    struct body_object root;
    body_root(&exchange->body, &root);
    (void)body_time(&root, "startTime", BODY_OPTIONAL, &start_time);
    body_close(&root);
    if (!body_good(&exchange->body)) {
        problem_body(exchange, REFUSAL_INVALID_FIELD);
        return;
    }
    struct call *call = exchange_call(exchange, VERB_ROUND_CHANGE);
    call->in.round.round_id = exchange->path.id;
    call->in.round.start_time = start_time;
    exchange_submit(exchange, answer_done);
}

void delete_round(struct exchange *exchange)
{
    exchange_call(exchange, VERB_ROUND_DELETE)->in.round.round_id = exchange->path.id;
    exchange_submit(exchange, answer_done);
}
