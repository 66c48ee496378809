/* GET /v1/changes: what happened in the house, for systems that follow it. A request may wait for
 * the next change; then it asks again, as anybody, with the caller's credentials as they are by
 * then. */
#include "api/ask.h"
#include "api/handlers.h"
#include "api/problem.h"
#include "api/query.h"
#include "api/reply.h"
#include "api/service.h"
#include "base/check.h"
#include "engine/clock.h"

#include <string.h>

/* What is asked for, and how long. */
struct following {
    struct change_query query;
    struct enquiry *enquiry;
    struct change_wait wait;
};

/* ---- The answer ---- */

/* A change as it is shown, with what its members point to. */
struct change_view {
    struct shown_change shown;
    char object_id[ID_TEXT_BYTES];
    struct shown_seat seat;
};

/* The object that the change tells of, as its own route shows it. */
static void view_data(struct change_view *view, const struct change *change)
{
    struct shown_change *shown = &view->shown;
    const struct record *record = change->record;
    shown->data = &record->as;
    shown->object = OBJECT_NONE;
    if (record->deleted)
        return;
    if (record->kind == RECORD_KIND_SEAT_RESERVATION) {
        shown->object = OBJECT_reservation;
        shown->data = change->view;
    } else if (record->kind == RECORD_KIND_SEAT) {
        view->seat = (struct shown_seat){.seat = record->as.seat, .status = record->as.seat.status};
        shown->object = OBJECT_seat;
        shown->data = &view->seat;
    } else if (record->kind == RECORD_KIND_TICKET) {
        shown->object = OBJECT_ticket_change;
    } else if (record->kind == RECORD_KIND_PAYMENT) {
        shown->object = OBJECT_payment;
    } else if (record->kind == RECORD_KIND_POINT_ENTRY) {
        shown->object = OBJECT_entry;
    } else if (record->kind == RECORD_KIND_QUEUE_TOKEN) {
        shown->object = OBJECT_token_change;
    } else if (record->kind == RECORD_KIND_CONCERT) {
        shown->object = OBJECT_concert;
    } else if (record->kind == RECORD_KIND_CONCERT_ROUND) {
        shown->object = OBJECT_round_change;
    } else {
        CHECK(record->kind == RECORD_KIND_HOUSE); /* change.def follows nothing else */
        shown->object = OBJECT_queue_change;
    }
}

static void view_change(struct change_view *view, const struct change *change)
{
    const enum record_kind kind = change->record->kind;
    struct shown_change *shown = &view->shown;
    *shown = (struct shown_change){.type = change->type,
                                   .at = change->at,
                                   .round_id = change->round_id,
                                   .user_id = change->user_id};
    (void)id_format("change", change_id(change->at, change->number), shown->id);
    if (kind != RECORD_KIND_HOUSE) { /* there is one, without an id */
        (void)id_format(record_schema(kind)->prefix, record_first_id(change->record),
                        view->object_id);
        shown->object_id = view->object_id;
    }
    view_data(view, change);
}

/* With what `page` has; NULL: the time is over, and nothing came. */
static void tell_changes(struct enquiry *enquiry, const struct change_page *page)
{
    const struct following *following = enquiry->work;
    const struct cursor next = {.number = page == NULL ? following->query.after : page->last};
    struct json_writer *writer = reply_begin(enquiry);
    struct change_view view;
    page_begin(writer);
    for (size_t i = 0; page != NULL && i < page->count; i++) {
        view_change(&view, &page->changes[i]);
        object_write(writer, enquiry->route->object, &view.shown, &enquiry->request.shown_clock);
    }
    page_end(writer, &next);
    reply_private(enquiry, STATUS_OK);
}

/* ---- Waiting ---- */

static void ask_for_changes(struct enquiry *enquiry);

static void follow_on(struct enquiry *enquiry)
{
    if (http_draining(enquiry->exchange.server))
        tell_changes(enquiry, NULL);
    else
        ask_for_changes(enquiry);
}

static void on_wait_complete(struct change_wait *wait)
{
    struct following *following =
        (struct following *)((char *)wait - offsetof(struct following, wait));
    enquiry_resume(following->enquiry);
}

static void wait_for_changes(struct enquiry *enquiry)
{
    struct following *following = enquiry->work;
    following->wait.seen = following->query.after;
    if (!enquiry_suspend(enquiry, follow_on) ||
        engine_await_change(enquiry->api->engine, &following->wait) == RESULT_OK)
        return;
    enquiry->next_step = problem_busy;
    enquiry_resume(enquiry);
}

/* Where all that was looked at is of other types, there may be more to look at already. */
static void on_changes(struct enquiry *enquiry)
{
    struct following *following = enquiry->work;
    if (problem_of_call(enquiry))
        return;
    const struct change_page *page = &enquiry->request.call.out.changes;
    if (page->count > 0 || monotonic_nanoseconds() >= following->wait.until_ns) {
        tell_changes(enquiry, page);
        return;
    }
    following->query.from_oldest = false;
    following->query.after = page->last;
    if (page->more)
        ask_for_changes(enquiry);
    else
        wait_for_changes(enquiry);
}

static void ask_for_changes(struct enquiry *enquiry)
{
    const struct following *following = enquiry->work;
    enquiry_call(enquiry, enquiry->route->verb)->in.changes = following->query;
    enquiry_submit(enquiry, on_changes);
}

/* ---- The question ---- */

/* False: the enquiry was answered. */
static bool read_cursor(struct enquiry *enquiry, struct change_query *query)
{
    struct cursor cursor = {0};
    bool given;
    if (!query_cursor(enquiry, &cursor, &given))
        return false;
    if (!id_is_none(cursor.id) || cursor.number > INT64_MAX) {
        problem_parameter(enquiry, "cursor", &(struct breach){.rule = RULE_CURSOR});
        return false;
    }
    query->from_oldest = !given;
    query->after = cursor.number;
    return true;
}

void get_changes(struct enquiry *enquiry)
{
    struct following *following = ask_work(enquiry, sizeof *following);
    int64_t wait_seconds = 0;
    if (following == NULL)
        return;
    following->query.limit = LIST_LIMIT_DEFAULT;
    if (!query_limit(enquiry, LIST_LIMIT_MAX, &following->query.limit) ||
        !read_cursor(enquiry, &following->query) ||
        !query_set(enquiry, "types", change_type_texts, CHANGE_COUNT, &following->query.types) ||
        !query_seconds(enquiry, "wait", CHANGES_WAIT_SECONDS_MAX, &wait_seconds) ||
        (wait_seconds > 0 && !enquiry_become_long_poll(enquiry)))
        return;
    following->enquiry = enquiry;
    following->wait.complete = on_wait_complete;
    following->wait.until_ns = monotonic_nanoseconds() + (uint64_t)wait_seconds * 1000000000;
    ask_for_changes(enquiry);
}
