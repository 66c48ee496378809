/* The lists that come from the tables (read/list.def): one's own rows, and for organizers
 * anybody's. The office narrows a buyer's query to the buyer's own rows. */
#include "api/handlers.h"
#include "api/problem.h"
#include "api/query.h"
#include "api/reply.h"
#include "base/check.h"

/* An item as objects.def takes it. */
static const void *listed_item(const struct record_page *page, size_t index)
{
    if (page->reservations != NULL)
        return &page->reservations[index];
    return &page->records[index]->as;
}

/* The id of an item, where the next page begins. */
static struct id item_id(const struct record_page *page, size_t index)
{
    if (page->reservations != NULL)
        return page->reservations[index].reservation.id;
    const struct record_key key = record_key(page->records[index]);
    struct id id;
    for (size_t i = 0; i < ID_BYTES; i++)
        id.bytes[i] = key.bytes[i];
    return id;
}

static void answer_page(struct enquiry *enquiry)
{
    if (problem_of_call(enquiry))
        return;
    const struct record_page *page = &enquiry->request.call.out.page;
    struct json_writer *writer = reply_begin(enquiry);
    page_begin(writer);
    for (size_t i = 0; i < page->count; i++)
        object_write(writer, enquiry->route->object, listed_item(page, i),
                     &enquiry->request.shown_clock);
    if (page->more && page->count > 0) {
        const struct cursor next = {.id = item_id(page, page->count - 1)};
        page_end(writer, &next);
    } else {
        page_end(writer, NULL);
    }
    reply_private(enquiry, STATUS_OK);
}

/* Sets a filter of the query from its parameter; false: answered. */
static bool read_filter(struct enquiry *enquiry, const struct list_filter *row,
                        struct record_query *query)
{
    const struct filter_schema *filter = row->filter;
    void *wanted = (uint8_t *)query + filter->offset;
    switch (filter->type) {
    case FILTER_ID:
        return query_id(enquiry, filter->parameter, record_schema(filter->id_of)->prefix, wanted);
    case FILTER_ENUM:
        return query_enumeration(enquiry, filter->parameter, row->column, wanted);
    case FILTER_EMAIL:
        return query_email(enquiry, filter->parameter, wanted, &query->mailbox);
    case FILTER_FROM:
    case FILTER_TO:
        return query_time(enquiry, filter->parameter, wanted);
    }
    UNREACHABLE("a filter's type");
}

static bool read_filters(struct enquiry *enquiry, struct record_query *query)
{
    const struct list_schema *list = list_schema(query->kind);
    for (size_t i = 0; i < list->filter_count; i++)
        if (list->filters[i].is_parameter && !read_filter(enquiry, &list->filters[i], query))
            return false;
    return true;
}

void get_list(struct enquiry *enquiry)
{
    struct record_query query = {.kind = enquiry->route->list, .limit = LIST_LIMIT_DEFAULT};
    struct cursor cursor = {.id = ID_NONE};
    bool given;
    if (!query_limit(enquiry, LIST_LIMIT_MAX, &query.limit) ||
        !query_cursor(enquiry, &cursor, &given) || !read_filters(enquiry, &query))
        return;
    query.before = cursor.id;
    enquiry_call(enquiry, enquiry->route->verb)->in.list = query;
    enquiry_submit(enquiry, answer_page);
}
