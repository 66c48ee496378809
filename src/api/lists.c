/* The lists that come from the tables (read/list.def): one's own rows, and for organizers
 * anybody's. The office narrows a buyer's query to the buyer's own rows. */
#include "api/calendars.h"
#include "api/handlers.h"
#include "api/list_page.h"
#include "api/problem.h"
#include "api/query.h"
#include "api/reply.h"
#include "api/service.h"

static void write_item(struct enquiry *enquiry, struct json_writer *writer, size_t index)
{
    const struct call *call = &enquiry->request.call;
    const struct shown_clock *clock = &enquiry->request.shown_clock;
    struct expanded_reservation expanded;
    char calendar[CALENDAR_ADDRESS_BYTES];
    if (call->out.page.reservations != NULL)
        calendar_tell(&call->out.page.reservations[index], &enquiry->api->token_key, calendar);
    if (call->in.list.expand == 0) {
        object_write(writer, enquiry->route->object, list_page_item(&call->out.page, index), clock);
        return;
    }
    list_page_expanded(&call->out.page, index, &expanded);
    object_write(writer, enquiry->route->other, &expanded, clock);
}

static void answer_page(struct enquiry *enquiry)
{
    if (problem_of_call(enquiry))
        return;
    const struct record_page *page = &enquiry->request.call.out.page;
    struct json_writer *writer = reply_begin(enquiry);
    page_begin(writer);
    for (size_t i = 0; i < page->count; i++)
        write_item(enquiry, writer, i);
    if (page->more) {
        const struct cursor next = {.id = page->last};
        page_end(writer, &next);
    } else {
        page_end(writer, NULL);
    }
    reply_private(enquiry, STATUS_OK);
}

void get_list(struct enquiry *enquiry)
{
    struct record_query query = {.kind = enquiry->route->list, .limit = LIST_LIMIT_DEFAULT};
    struct cursor cursor = {.id = ID_NONE};
    bool given;
    if (!query_limit(enquiry, LIST_LIMIT_MAX, &query.limit) ||
        !query_cursor(enquiry, &cursor, &given) || !list_page_filters(enquiry, &query) ||
        !query_expand(enquiry, &query.expand))
        return;
    query.before = cursor.id;
    enquiry_call(enquiry, enquiry->route->verb)->in.list = query;
    enquiry_submit(enquiry, answer_page);
}
