/* Concerts and rounds as everybody reads them, from the published catalogue; and making a round,
 * whose body comes in pieces. */
#include "api/concerts.h"

#include "api/ask.h"
#include "api/draft.h"
#include "api/handlers.h"
#include "api/import.h"
#include "api/problem.h"
#include "api/query.h"
#include "api/reply.h"
#include "api/round_plan.h"
#include "api/service.h"
#include "base/check.h"
#include "record/currency.h"

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

/* Which concerts are listed. */
struct concert_choice {
    struct wanted_value state;
    timestamp_ms now; /* by the wall */
};

static enum sale_state sale_state_of(const struct concert *concert, timestamp_ms now)
{
    if (concert->status == CONCERT_STATUS_DRAFT)
        return SALE_STATE_DRAFT;
    if (now < concert->reservation_open_at)
        return SALE_STATE_UPCOMING;
    return now < concert->reservation_close_at ? SALE_STATE_ON_SALE : SALE_STATE_OVER;
}

static bool is_chosen(const struct concert *concert, const struct concert_choice *choice)
{
    const enum sale_state state = sale_state_of(concert, choice->now);
    return choice->state.given ? (int)state == choice->state.value : state != SALE_STATE_DRAFT;
}

static void write_concerts(struct json_writer *writer, const struct catalogue_snapshot *catalogue,
                           const struct concert_choice *choice, const struct cursor *cursor,
                           size_t limit)
{
    struct cursor next = {0};
    size_t count = 0;
    bool more = false;
    page_begin(writer);
    for (size_t i = 0; i < catalogue->concert_count; i++) {
        const struct concert *concert = &catalogue->concerts[i];
        if (!is_behind(cursor, concert->reservation_open_at, concert->id) ||
            !is_chosen(concert, choice))
            continue;
        more = count == limit;
        if (more)
            break;
        object_write(writer, OBJECT_concert, concert, NULL);
        next = (struct cursor){.number = (uint64_t)concert->reservation_open_at, .id = concert->id};
        count++;
    }
    page_end(writer, more ? &next : NULL);
}

/* Answers with what was written since reply_begin as a public page that is not kept: small, or
 * different the next time. */
static void answer_public(struct enquiry *enquiry)
{
    reply_published(enquiry, reply_share(enquiry, NULL, 0), CACHE_PUBLIC);
}

void get_concerts(struct enquiry *enquiry)
{
    struct api *api = enquiry->api;
    size_t limit = LIST_LIMIT_DEFAULT;
    struct cursor cursor = {0};
    struct concert_choice choice = {.now = engine_now(api->engine).wall};
    bool given;
    if (!query_limit(enquiry, LIST_LIMIT_MAX, &limit) || !query_cursor(enquiry, &cursor, &given) ||
        !query_choice(enquiry, "state", sale_state_texts, SALE_STATE_COUNT, &choice.state))
        return;
    if (choice.state.given && choice.state.value == SALE_STATE_DRAFT && !drafts_are_listed(enquiry))
        return;
    const struct cached_answer_key key = {
        .kind = CACHED_CONCERTS, .id = cursor.id, .from = cursor.number, .limit = limit};
    const struct catalogue_snapshot *catalogue = engine_catalogue(api->engine);
    /* What passes with time is written anew each time. */
    struct cached_answer *body =
        choice.state.given ? NULL : answer_cache_find(&api->answer_cache, &key, catalogue->version);
    if (body == NULL) {
        write_concerts(reply_begin(enquiry), catalogue, &choice, &cursor, limit);
        body = reply_share(enquiry, choice.state.given ? NULL : &key, catalogue->version);
    }
    engine_catalogue_release(catalogue);
    reply_published(enquiry, body, CACHE_PUBLIC);
}

void get_concert(struct enquiry *enquiry)
{
    const struct catalogue_snapshot *catalogue = engine_catalogue(enquiry->api->engine);
    const struct concert *concert = find_shown_concert(catalogue, enquiry->path.id);
    if (concert == NULL) {
        problem_answer(enquiry, REFUSAL_NOT_FOUND);
    } else if (concert->status != CONCERT_STATUS_DRAFT || draft_is_shown(enquiry)) {
        object_write(reply_begin(enquiry), OBJECT_concert, concert, NULL);
        answer_public(enquiry);
    }
    engine_catalogue_release(catalogue);
}

/* How many of a round's seats can be had now: none once it began or was cancelled. */
static int64_t available_now(const struct engine *engine, const struct concert_round *round)
{
    if (round->status == ROUND_STATUS_CANCELLED || round->start_time <= engine_now(engine).wall)
        return 0;
    const struct round_snapshot *seats = engine_round(engine, round->id);
    if (seats == NULL) /* there was no memory for them */
        return 0;
    const int64_t available = seats->available;
    engine_round_release(seats);
    return available;
}

static void write_round(struct enquiry *enquiry, const struct catalogue_round *round)
{
    struct shown_round shown = {.round = round->round};
    if (round->live)
        shown.available = available_now(enquiry->api->engine, &round->round);
    object_write(&enquiry->writer, OBJECT_round, &shown, NULL);
}

static const struct catalogue_round *find_shown_round(const struct catalogue_snapshot *catalogue,
                                                      struct id id)
{
    for (size_t i = 0; i < catalogue->round_count; i++)
        if (id_equal(catalogue->rounds[i].round.id, id))
            return &catalogue->rounds[i];
    return NULL;
}

bool concerts_show_round(const struct engine *engine, struct id round_id, struct shown_round *shown)
{
    const struct catalogue_snapshot *catalogue = engine_catalogue(engine);
    const struct catalogue_round *round = find_shown_round(catalogue, round_id);
    const bool found = round != NULL;
    if (found)
        *shown = (struct shown_round){
            .round = round->round,
            .available = round->live ? available_now(engine, &round->round) : 0,
        };
    engine_catalogue_release(catalogue);
    return found;
}

void get_round(struct enquiry *enquiry)
{
    const struct catalogue_snapshot *catalogue = engine_catalogue(enquiry->api->engine);
    const struct catalogue_round *round = find_shown_round(catalogue, enquiry->path.id);
    if (round == NULL) {
        problem_answer(enquiry, REFUSAL_NOT_FOUND);
    } else if (!round->draft || draft_is_shown(enquiry)) {
        (void)reply_begin(enquiry);
        write_round(enquiry, round);
        answer_public(enquiry);
    }
    engine_catalogue_release(catalogue);
}

/* Which rounds are listed: of one concert, or of all that are published. */
struct round_choice {
    struct id concert_id;  /* ID_NONE: of any */
    timestamp_ms from, to; /* half-open */
};

static bool round_is_chosen(const struct catalogue_round *round, const struct round_choice *choice)
{
    const struct concert_round *row = &round->round;
    if (id_is_none(choice->concert_id))
        return !round->draft && row->start_time >= choice->from && row->start_time < choice->to;
    return id_equal(row->concert_id, choice->concert_id);
}

static void write_rounds(struct enquiry *enquiry, const struct catalogue_snapshot *catalogue,
                         const struct round_choice *choice, const struct cursor *cursor,
                         size_t limit)
{
    struct json_writer *writer = reply_begin(enquiry);
    struct cursor next = {0};
    size_t count = 0;
    bool more = false;
    page_begin(writer);
    for (size_t i = 0; i < catalogue->round_count; i++) {
        const struct concert_round *round = &catalogue->rounds[i].round;
        if (!round_is_chosen(&catalogue->rounds[i], choice) ||
            !is_behind(cursor, round->start_time, round->id))
            continue;
        more = count == limit;
        if (more)
            break;
        write_round(enquiry, &catalogue->rounds[i]);
        next = (struct cursor){.number = (uint64_t)round->start_time, .id = round->id};
        count++;
    }
    page_end(writer, more ? &next : NULL);
}

void get_rounds(struct enquiry *enquiry)
{
    const struct round_choice choice = {.concert_id = enquiry->path.id};
    size_t limit = LIST_LIMIT_DEFAULT;
    struct cursor cursor = {0};
    bool given;
    if (!query_limit(enquiry, LIST_LIMIT_MAX, &limit) || !query_cursor(enquiry, &cursor, &given))
        return;
    const struct catalogue_snapshot *catalogue = engine_catalogue(enquiry->api->engine);
    const struct concert *concert = find_shown_concert(catalogue, enquiry->path.id);
    if (concert == NULL) {
        problem_answer(enquiry, REFUSAL_NOT_FOUND);
    } else if (concert->status != CONCERT_STATUS_DRAFT || draft_is_shown(enquiry)) {
        write_rounds(enquiry, catalogue, &choice, &cursor, limit);
        answer_public(enquiry);
    }
    engine_catalogue_release(catalogue);
}

void get_all_rounds(struct enquiry *enquiry)
{
    struct round_choice choice = {.concert_id = ID_NONE, .from = INT64_MIN, .to = INT64_MAX};
    size_t limit = LIST_LIMIT_DEFAULT;
    struct cursor cursor = {0};
    bool given;
    if (!query_limit(enquiry, LIST_LIMIT_MAX, &limit) || !query_cursor(enquiry, &cursor, &given) ||
        !query_time(enquiry, "from", &choice.from) || !query_time(enquiry, "to", &choice.to) ||
        !query_in_order(enquiry, choice.from, choice.to))
        return;
    const struct catalogue_snapshot *catalogue = engine_catalogue(enquiry->api->engine);
    write_rounds(enquiry, catalogue, &choice, &cursor, limit);
    answer_public(enquiry);
    engine_catalogue_release(catalogue);
}

static void answer_round_now(struct enquiry *enquiry)
{
    if (problem_of_call(enquiry))
        return;
    const struct concert_round *round = &enquiry->request.call.record->as.concert_round;
    const struct shown_round shown = {.round = *round,
                                      .available = available_now(enquiry->api->engine, round)};
    object_write(reply_begin(enquiry), OBJECT_round, &shown, NULL);
    reply_private(enquiry, STATUS_OK);
}

void ask_about_round(struct enquiry *enquiry)
{
    if (ask_call(enquiry) != NULL)
        enquiry_submit(enquiry, answer_round_now);
}

void get_settings(struct enquiry *enquiry)
{
    const struct api *api = enquiry->api;
    const struct office_settings *settings = &api->settings;
    int digits;
    CHECK(currency_find(api->currency, &digits));
    const struct shown_settings shown = {
        .server_time = engine_now(api->engine).wall,
        .time_zone = api->time_zone,
        .currency = api->currency,
        .currency_digits = digits,
        .languages = LANGUAGES,
        .top_up_url = api->top_up_url,
        .ticket_key = api->ticket_signer.public_text,
        .charging = settings->charging_open ? SHOWN_OPEN : SHOWN_CLOSED,
        .registration = settings->registration_open ? SHOWN_OPEN : SHOWN_CLOSED,
        .hold_seconds = settings->hold_seconds,
        .extend_seconds = settings->extend_seconds,
        .max_seats_per_reservation = settings->max_seats_per_reservation,
        .max_seats_per_user = settings->max_seats_per_user,
        .refund_until_seconds = settings->refund_until_seconds,
    };
    object_write(reply_begin(enquiry), OBJECT_settings, &shown, NULL);
    answer_public(enquiry);
}

/* ---- Making a round ---- */

/* It has as many free seats as it has seats, unless it was made before. */
static void answer_round_made(struct enquiry *enquiry)
{
    if (problem_of_call(enquiry))
        return;
    const struct call *call = &enquiry->request.call;
    const struct concert_round *round = &call->record->as.concert_round;
    struct shown_round shown = {.round = *round, .available = round->total_seat_cnt};
    if (call->replayed)
        shown.available = available_now(enquiry->api->engine, round);
    object_write(reply_begin(enquiry), OBJECT_round, &shown, NULL);
    reply_created(enquiry, enquiry->route->location,
                  record_schema(RECORD_KIND_CONCERT_ROUND)->prefix, round->id);
}

/* When the round takes place stands in the body, its seats there or in a stored plan. */
static void make_round(struct enquiry *enquiry)
{
    const struct round_plan *asked = import_asked(enquiry), *plan = import_plan(enquiry);
    struct call *call = ask_call(enquiry);
    call->in.round.start_time = asked->start_time;
    call->in.round.doors_at = asked->doors_at;
    call->in.round.ends_at = asked->ends_at;
    call->in.round.seats = plan->seats;
    call->in.round.seat_count = plan->seat_count;
    enquiry_submit(enquiry, answer_round_made);
}

/* Where there is no such plan the office says so; it may know the request by its Idempotency-Key,
 * and have made the round before the plan went. */
static void read_stored(struct enquiry *enquiry)
{
    struct call *call = &enquiry->request.call;
    if (call->refusal == REFUSAL_NOT_FOUND)
        make_round(enquiry);
    else if (!problem_of_call(enquiry))
        import_stored(enquiry, &call->out.drawn_plan.text, make_round);
}

void post_rounds(struct enquiry *enquiry)
{
    const struct round_plan *asked = import_asked(enquiry);
    if (id_is_none(asked->plan_id)) {
        make_round(enquiry);
        return;
    }
    enquiry_call(enquiry, VERB_PLAN_GET)->in.plan.plan_id = asked->plan_id;
    enquiry_submit(enquiry, read_stored);
}
