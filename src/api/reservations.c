/* Holding seats: those that the body names, or the best. And one reservation, which may be shown
 * with what it names. */
#include "api/ask.h"
#include "api/calendars.h"
#include "api/handlers.h"
#include "api/list_page.h"
#include "api/problem.h"
#include "api/query.h"
#include "api/reply.h"
#include "api/service.h"
#include "json/body.h"

static void answer_reservation(struct enquiry *enquiry)
{
    char calendar[CALENDAR_ADDRESS_BYTES];
    struct call *call = &enquiry->request.call;
    if (call->refusal == REFUSAL_NONE)
        calendar_tell(&call->out.reservation, &enquiry->api->token_key, calendar);
    ask_answer(enquiry);
}

void ask_for_reservation(struct enquiry *enquiry)
{
    if (ask_call(enquiry) != NULL)
        enquiry_submit(enquiry, answer_reservation);
}

/* That of a body whose fields are good each. */
static void check_wanted(struct body_object *root, const struct call *call)
{
    const struct best_wanted *best = &call->in.reservation_hold.best;
    const bool by_place = body_has_key(root, "seats");
    if (body_has_key(root, "seatIds") + by_place + body_has_key(root, "bestAvailable") != 1)
        body_error_says(root, NULL, RULE_ONE_OF,
                        "must have one of seatIds, seats and bestAvailable");
    if (by_place != body_has_key(root, "planVersion"))
        body_error_says(root, "planVersion", by_place ? RULE_MISSING : RULE_ALONE,
                        by_place ? "is missing: seats are places of a plan"
                                 : "goes with seats alone");
    if (best->count > 0 && best->wheelchairs > best->count) {
        const struct body_path part = {.parent = root->path, .key = "bestAvailable"};
        const struct body_path path = {.parent = &part, .key = "wheelchairs"};
        body_error_at(root->body, &path, RULE_MORE_THAN_COUNT);
    }
}

void post_reservations(struct enquiry *enquiry)
{
    if (ask_call_checked(enquiry, check_wanted) != NULL)
        enquiry_submit(enquiry, answer_reservation);
}

static void answer_expanded(struct enquiry *enquiry)
{
    if (problem_of_call(enquiry))
        return;
    const struct record_page *page = &enquiry->request.call.out.page;
    struct expanded_reservation expanded;
    char calendar[CALENDAR_ADDRESS_BYTES];
    if (page->count == 0) {
        problem_answer(enquiry, REFUSAL_NOT_FOUND);
        return;
    }
    list_page_expanded(page, 0, &expanded);
    calendar_tell(&expanded.view, &enquiry->api->token_key, calendar);
    object_write(reply_begin(enquiry), OBJECT_expanded_reservation, &expanded,
                 &enquiry->request.shown_clock);
    reply_private(enquiry, STATUS_OK);
}

/* The list of one, once the office showed it to the caller: readers know what it names. */
static void expand_reservation(struct enquiry *enquiry)
{
    if (problem_of_call(enquiry))
        return;
    struct record_query query = *(struct record_query *)enquiry->work;
    char *text = exchange_allocate(&enquiry->exchange, ID_TEXT_BYTES);
    if (text == NULL) {
        problem_answer(enquiry, REFUSAL_CAPACITY);
        return;
    }
    id_format("reservation", enquiry->path.id, text);
    query.search = text;
    struct call *call = enquiry_call(enquiry, VERB_LIST);
    call->in.list = query;
    call->goes_on = true;
    enquiry_submit(enquiry, answer_expanded);
}

void get_reservation(struct enquiry *enquiry)
{
    uint64_t expand;
    if (!query_expand(enquiry, &expand) || ask_call(enquiry) == NULL)
        return;
    if (expand == 0) {
        enquiry_submit(enquiry, answer_reservation);
        return;
    }
    struct record_query *query = ask_work(enquiry, sizeof *query);
    if (query == NULL)
        return;
    *query =
        (struct record_query){.kind = RECORD_KIND_SEAT_RESERVATION, .limit = 1, .expand = expand};
    enquiry_submit(enquiry, expand_reservation);
}
