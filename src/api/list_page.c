/* See list_page.h. */
#include "api/list_page.h"

#include "api/problem.h"
#include "api/query.h"
#include "base/check.h"

const void *list_page_item(const struct record_page *page, size_t index)
{
    if (page->reservations != NULL)
        return &page->reservations[index];
    return &page->records[index]->as;
}

struct id list_page_id(const struct record_page *page, size_t index)
{
    if (page->reservations != NULL)
        return page->reservations[index].reservation.id;
    return record_first_id(page->records[index]);
}

void list_page_expanded(const struct record_page *page, size_t index,
                        struct expanded_reservation *expanded)
{
    const struct reservation_view *view = &page->reservations[index];
    expanded->view = *view;
    expanded->seat_count = view->seat_count;
    expanded->has_user = page->users != NULL;
    if (expanded->has_user)
        expanded->user = page->users[index]->as.user;
    for (size_t i = 0; i < view->seat_count; i++) {
        struct expanded_seat *seat = &expanded->seats[i];
        seat->reserved = view->seats[i];
        seat->has_seat = page->seats != NULL;
        if (seat->has_seat)
            seat->seat = page->seats[index * SEATS_PER_RESERVATION_MAX + i]->as.seat;
    }
}

/* Sets a filter of the query from its parameter; false: answered. */
static bool read_filter(struct enquiry *enquiry, const struct list_filter *row,
                        struct record_query *query)
{
    const struct filter_schema *filter = row->filter;
    void *wanted = (uint8_t *)query + filter->offset;
    switch (filter->type) {
    case FILTER_ID:
    case FILTER_ROUND:
    case FILTER_CONCERT:
        return query_id(enquiry, filter->parameter, record_schema(filter->id_of)->prefix, wanted);
    case FILTER_ENUM:
        return query_enumeration(enquiry, filter->parameter, row->column, wanted);
    case FILTER_TEXT:
        return query_text(enquiry, filter->parameter, filter->characters_max, wanted);
    case FILTER_SEARCH:
        return query_search(enquiry, filter->parameter, filter->characters_max, wanted);
    case FILTER_EMAIL:
        return query_email(enquiry, filter->parameter, wanted, &query->mailbox);
    case FILTER_AMONG:
        break; /* no parameter sets it */
    case FILTER_FROM:
    case FILTER_TO:
        return query_time(enquiry, filter->parameter, wanted);
    }
    UNREACHABLE("a filter's type");
}

/* Whether an action can be of this: a word that none has, and a text that is no id, are mistakes,
 * and an empty list would hide them. */
static bool action_filters_fit(struct enquiry *enquiry, const struct record_query *query)
{
    struct breach breach = {.rule = RULE_CHOICE};
    if (query->what != NULL && !record_why_known(query->what)) {
        problem_parameter(enquiry, "what", &breach);
        return false;
    }
    breach = (struct breach){.rule = RULE_ID, .words = "must be an id"};
    if (query->object != NULL && !record_id_known(query->object)) {
        problem_parameter(enquiry, "object", &breach);
        return false;
    }
    return true;
}

bool list_page_filters(struct enquiry *enquiry, struct record_query *query)
{
    const struct list_schema *list = list_schema(query->kind);
    for (size_t i = 0; i < list->filter_count; i++)
        if (list->filters[i].is_parameter && !read_filter(enquiry, &list->filters[i], query))
            return false;
    return query_in_order(enquiry, query->from, query->to == 0 ? INT64_MAX : query->to) &&
           action_filters_fit(enquiry, query);
}
