/* See export.h. */
#include "api/export.h"

#include "api/calendars.h"
#include "api/csv.h"
#include "api/handlers.h"
#include "api/list_page.h"
#include "api/problem.h"
#include "api/reply.h"
#include "api/service.h"
#include "base/check.h"
#include "http/stream.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* A piece is written when it is as long as this, or a page is at its end. Longer ones cost memory,
 * shorter ones more pages that are read twice. */
#define PIECE_BYTES ((size_t)64 << 10)

_Static_assert(PIECE_BYTES + CSV_ROW_BYTES_MAX <= STREAM_PENDING_BYTES_MAX,
               "a stream that has nothing pending takes a piece");

/* A list, and what stands for a row. */
struct export_part {
    enum record_kind kind;
    enum object_name object;
    const char *name; /* of its array in JSON */
};

static const struct export_part own_parts[] = {
    {RECORD_KIND_QUEUE_TOKEN, OBJECT_token_change, "tokens"},
    {RECORD_KIND_SEAT_RESERVATION, OBJECT_reservation, "reservations"},
    {RECORD_KIND_PAYMENT, OBJECT_payment, "payments"},
    {RECORD_KIND_POINT_ENTRY, OBJECT_entry, "entries"},
    {RECORD_KIND_TICKET, OBJECT_listed_ticket, "tickets"},
};

/* One that is under way. It moves between its stream's loop, while it waits for the client, and the
 * engine's threads, while it waits for a page; never is it with both. */
struct export
{
    atomic_uint references;  /* the stream's, until that is over, and one for a page to come */
    pthread_mutex_t lock;    /* of the next */
    bool placed;             /* counted among those that run */
    struct exports *exports; /* lives while the stream is not over */
    struct engine *engine;   /* the same */
    const struct secret *token_key;
    struct stream *stream;
    bool is_json;                    /* else CSV, of one part */
    struct json_writer writer;       /* of JSON, on the piece that is being written */
    const struct export_part *parts; /* those that are to come, this one first */
    size_t part_count;
    struct export_part list; /* of CSV */
    struct request request;  /* for the next page; the query's texts are the export's own */
};

/* ---- Places ---- */

bool exports_enter(struct exports *exports, unsigned most)
{
    if (atomic_fetch_add(&exports->running, 1) < most)
        return true;
    atomic_fetch_sub(&exports->running, 1);
    return false;
}

void exports_leave(struct exports *exports)
{
    CHECK(atomic_fetch_sub(&exports->running, 1) > 0);
}

/* Before the stream is over, and once. */
static void give_place_back(struct export *export)
{
    CHECK(pthread_mutex_lock(&export->lock) == 0);
    if (export->placed)
        exports_leave(export->exports);
    export->placed = false;
    CHECK(pthread_mutex_unlock(&export->lock) == 0);
}

/* ---- Life ---- */

static bool is_text(enum filter_type type)
{
    return type == FILTER_TEXT || type == FILTER_SEARCH;
}

/* Copies the texts of the query, which live as long as the enquiry, or frees the copies. */
static bool own_texts(struct record_query *query)
{
    const struct list_schema *list = list_schema(query->kind);
    bool good = true;
    for (size_t i = 0; i < list->filter_count; i++) {
        const struct filter_schema *filter = list->filters[i].filter;
        char **text = (char **)(void *)((uint8_t *)query + filter->offset);
        if (!is_text(filter->type) || *text == NULL)
            continue;
        *text = good ? strdup(*text) : NULL;
        good &= *text != NULL;
    }
    return good;
}

static void free_texts(struct record_query *query)
{
    const struct list_schema *list = list_schema(query->kind);
    for (size_t i = 0; i < list->filter_count; i++)
        if (is_text(list->filters[i].filter->type))
            free(*(char **)(void *)((uint8_t *)query + list->filters[i].filter->offset));
}

static void export_free(struct export *export)
{
    free_texts(&export->request.call.in.list);
    CHECK(pthread_mutex_destroy(&export->lock) == 0);
    free(export);
}

static struct export *export_new(struct enquiry *enquiry, struct exports *exports)
{
    struct export *export = calloc(1, sizeof *export);
    if (export == NULL)
        return NULL;
    CHECK(pthread_mutex_init(&export->lock, NULL) == 0);
    export->references = 1;
    export->placed = true;
    export->exports = exports;
    export->engine = enquiry->api->engine;
    export->token_key = &enquiry->api->token_key;
    export->list.kind = enquiry->request.call.in.list.kind;
    export->list.object = enquiry->route->object;
    export->parts = &export->list;
    export->part_count = 1;
    export->request.call.verb = enquiry->request.call.verb;
    export->request.call.credentials = enquiry->request.call.credentials;
    export->request.call.in.list = enquiry->request.call.in.list;
    if (own_texts(&export->request.call.in.list))
        return export;
    export_free(export);
    return NULL;
}

static void export_hold(struct export *export)
{
    atomic_fetch_add(&export->references, 1);
}

/* Gives up that many references. */
static void export_drop(struct export *export, unsigned references)
{
    if (atomic_fetch_sub(&export->references, references) > references)
        return;
    if (export->stream != NULL)
        stream_drop(export->stream);
    export_free(export);
}

/* The stream is over, and not by this file's doing. */
static void export_gone(void *owner)
{
    give_place_back(owner);
    export_drop(owner, 1);
}

/* These two return how many references the caller has to give up: its own, and the stream's if that
 * is over by this. */
static unsigned export_cut(struct export *export)
{
    give_place_back(export);
    return stream_cut(export->stream) ? 2 : 1;
}

static unsigned export_end(struct export *export)
{
    give_place_back(export);
    return stream_end(export->stream) ? 2 : 1;
}

/* ---- Pages ---- */

static bool export_row(struct export *export, struct buffer *piece, const void *item,
                       const struct shown_clock *clock)
{
    if (!export->is_json)
        return csv_row(piece, export->parts->object, item, clock);
    object_write(&export->writer, export->parts->object, item, clock);
    return !export->writer.failed;
}

/* Appends rows until the piece is long enough. Returns how many; 0: there was no memory for one. */
static size_t put_rows(struct export *export, struct buffer *piece, const struct record_page *page,
                       const struct shown_clock *clock)
{
    size_t shown = 0;
    char calendar[CALENDAR_ADDRESS_BYTES];
    while (shown < page->count && piece->length < PIECE_BYTES) {
        if (page->reservations != NULL)
            calendar_tell(&page->reservations[shown], export->token_key, calendar);
        if (!export_row(export, piece, list_page_item(page, shown), clock))
            break;
        shown++;
    }
    return shown;
}

/* Ends the part, and begins the next. False: that was the last, and all is written. */
static bool next_part(struct export *export)
{
    struct record_query *query = &export->request.call.in.list;
    if (!export->is_json)
        return false;
    json_write_array_end(&export->writer);
    export->parts++;
    if (--export->part_count == 0) {
        json_write_object_end(&export->writer);
        return false;
    }
    json_write_array_member_begin(&export->writer, export->parts->name);
    *query = (struct record_query){
        .kind = export->parts->kind, .user_id = query->user_id, .limit = query->limit};
    return true;
}

/* Writes the piece, to which rows of the page come, and then its end or the wait for room. Returns
 * how many references the caller has to give up. */
static unsigned write_page(struct export *export, struct buffer *piece,
                           const struct record_page *page, const struct shown_clock *clock)
{
    export->writer.out = piece;
    const size_t shown = put_rows(export, piece, page, clock);
    const bool part_over = shown == page->count && !page->more;
    const bool last = part_over && !next_part(export);
    if ((shown == 0 && page->count > 0) || export->writer.failed)
        return export_cut(export);
    if (!part_over)
        export->request.call.in.list.before =
            shown == page->count ? page->last : list_page_id(page, shown - 1);
    (void)stream_write(export->stream, piece->data, piece->length); /* else it is over */
    if (last)
        return export_end(export);
    stream_await(export->stream);
    return 1;
}

static void on_page(struct request *request);

/* Asks for the page after the last row written. False: the engine takes no requests. */
static bool ask_page(struct export *export)
{
    struct call *call = &export->request.call;
    /* An address that an account has is an id by now, and one that nobody has leads to no rows. */
    CHECK(call->in.list.email == NULL);
    const struct call next = {.verb = call->verb,
                              .credentials = call->credentials,
                              .goes_on = true,
                              .in.list = call->in.list};
    *call = next;
    export->request.complete = on_page;
    return engine_submit(export->engine, &export->request) == RESULT_OK;
}

/* On a thread of the engine's. Once the next page is awaited the request may be on its way again,
 * so the answer is taken out of it. An append of unknown outcome refuses its whole batch, reads
 * too: the page is asked for again, and is decided after the house was loaded anew. */
static void on_page(struct request *request)
{
    struct export *export = (struct export *)((char *)request - offsetof(struct export, request));
    struct call call = request->call;
    if (call.refusal == REFUSAL_OUTCOME_UNKNOWN && ask_page(export))
        return;
    struct buffer piece;
    buffer_init(&piece, STREAM_PENDING_BYTES_MAX);
    const unsigned references =
        call.refusal == REFUSAL_NONE
            ? write_page(export, &piece, &call.out.page, &request->shown_clock)
            : export_cut(export);
    call_release(&call);
    buffer_release(&piece);
    export_drop(export, references);
}

/* On the stream's loop. */
static void export_room(void *owner)
{
    struct export *export = owner;
    export_hold(export);
    if (!ask_page(export))
        export_drop(export, export_cut(export));
}

/* ---- The first page ---- */

/* The piece has what stands before the rows. */
static void begin_stream(struct enquiry *enquiry, struct export *export, struct buffer *piece)
{
    const struct request *request = &enquiry->request;
    const struct stream_plan plan = {.content_type = export->is_json ? "application/json"
                                                                     : "text/csv; charset=utf-8",
                                     .owner = export,
                                     .gone = export_gone,
                                     .room = export_room,
                                     .is_whole = true};
    export->stream = stream_begin(&enquiry->exchange, &plan);
    if (export->stream == NULL) {
        export_gone(export);
        return;
    }
    export_hold(export);
    export_drop(export, write_page(export, piece, &request->call.out.page, &request->shown_clock));
}

/* NULL: the enquiry was answered. */
static struct export *export_place(struct enquiry *enquiry, struct exports *exports, unsigned most)
{
    if (!exports_enter(exports, most)) {
        problem_answer(enquiry, REFUSAL_BUSY);
        return NULL;
    }
    struct export *export = export_new(enquiry, exports);
    if (export == NULL) {
        exports_leave(exports);
        problem_answer(enquiry, REFUSAL_CAPACITY);
    }
    return export;
}

static void begin_export(struct enquiry *enquiry)
{
    struct export *export;
    struct buffer piece;
    if (problem_of_call(enquiry) ||
        (export = export_place(enquiry, &enquiry->api->exports, EXPORTS_MAX)) == NULL)
        return;
    buffer_init(&piece, STREAM_PENDING_BYTES_MAX);
    if (csv_header(&piece, export->list.object)) {
        begin_stream(enquiry, export, &piece);
    } else {
        export_gone(export);
        problem_answer(enquiry, REFUSAL_CAPACITY);
    }
    buffer_release(&piece);
}

void get_export(struct enquiry *enquiry)
{
    struct record_query query = {.kind = enquiry->route->list, .limit = LIST_LIMIT_MAX};
    if (!list_page_filters(enquiry, &query))
        return;
    /* Buyers may list their own rows; an export is the house's. */
    struct call *call = enquiry_call(enquiry, enquiry->route->verb);
    call->in.list = query;
    call->wants_everybody = true;
    enquiry_submit(enquiry, begin_export);
}

/* ---- What is one's own ---- */

/* What was written so far stands in the exchange's own buffer, which the stream takes away. */
static void begin_own(struct enquiry *enquiry)
{
    struct export *export;
    struct buffer piece;
    if (problem_of_call(enquiry) ||
        (export = export_place(enquiry, &enquiry->api->own_exports, OWN_EXPORTS_MAX)) == NULL)
        return;
    const struct buffer *written = enquiry->writer.out;
    export->is_json = true;
    export->writer = enquiry->writer;
    export->parts = own_parts;
    export->part_count = sizeof own_parts / sizeof own_parts[0];
    buffer_init(&piece, STREAM_PENDING_BYTES_MAX);
    if (!export->writer.failed && buffer_reserve(&piece, written->length) == RESULT_OK) {
        buffer_append(&piece, written->data, written->length);
        begin_stream(enquiry, export, &piece);
    } else {
        export_gone(export);
        problem_answer(enquiry, REFUSAL_CAPACITY);
    }
    buffer_release(&piece);
}

static void take_points(struct enquiry *enquiry)
{
    struct json_writer *writer = &enquiry->writer;
    const struct call *call = &enquiry->request.call;
    if (problem_of_call(enquiry))
        return;
    const struct id own = call->caller_id;
    json_write_key(writer, "points");
    object_write(writer, OBJECT_points, &call->out.points, NULL);
    json_write_array_member_begin(writer, own_parts[0].name);
    enquiry_call(enquiry, VERB_LIST)->in.list =
        (struct record_query){.kind = own_parts[0].kind, .user_id = own, .limit = LIST_LIMIT_MAX};
    enquiry_submit(enquiry, begin_own);
}

static void take_user(struct enquiry *enquiry)
{
    if (problem_of_call(enquiry))
        return;
    json_write_key(&enquiry->writer, "user");
    object_write(&enquiry->writer, OBJECT_user, &enquiry->request.call.record->as.user, NULL);
    (void)enquiry_call(enquiry, VERB_POINTS_GET);
    enquiry_submit(enquiry, take_points);
}

static void take_sessions(struct enquiry *enquiry)
{
    if (problem_of_call(enquiry))
        return;
    struct json_writer *writer = reply_begin(enquiry);
    json_write_object_begin(writer);
    json_write_key(writer, "signIns");
    object_write(writer, OBJECT_own_sessions, &enquiry->request.call.out.sessions,
                 &enquiry->request.shown_clock);
    (void)enquiry_call(enquiry, VERB_USER_GET);
    enquiry_submit(enquiry, take_user);
}

/* The sessions first, since they are no API key's. */
void get_own_export(struct enquiry *enquiry)
{
    (void)enquiry_call(enquiry, VERB_SESSION_LIST);
    enquiry_submit(enquiry, take_sessions);
}
