/* The lists that come from the tables: one's own reservations, payments and entries, and for
 * organizers anybody's. The office narrows a buyer's query to the buyer's own rows. */
#include "http/answer.h"
#include "http/handlers.h"
#include "http/problem.h"
#include "http/query.h"
#include "http/show.h"

#include "base/check.h"

static void show_item(struct json_writer *writer, const struct record_page *page, size_t index,
                      const struct shown_clock *clock)
{
    if (page->reservations != NULL) {
        show_reservation(writer, &page->reservations[index], clock);
        return;
    }
    const struct record *record = page->records[index];
    if (record->kind == RECORD_KIND_USER) {
        show_user(writer, &record->as.user);
    } else if (record->kind == RECORD_KIND_PAYMENT) {
        show_payment(writer, &record->as.payment);
    } else {
        CHECK(record->kind == RECORD_KIND_POINT_ENTRY);
        show_entry(writer, &record->as.point_entry);
    }
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

static void answer_page(struct exchange *exchange)
{
    if (problem_of_call(exchange))
        return;
    const struct record_page *page = &exchange->request.call.out.page;
    struct json_writer *writer = answer_begin(exchange);
    page_begin(writer);
    for (size_t i = 0; i < page->count; i++)
        show_item(writer, page, i, &exchange->request.shown_clock);
    if (page->more && page->count > 0) {
        const struct cursor next = {.id = item_id(page, page->count - 1)};
        page_end(writer, &next);
    } else {
        page_end(writer, NULL);
    }
    answer_private(exchange, STATUS_OK);
}

/* The parameters that all lists have; false: answered. */
static bool list_begin(struct exchange *exchange, enum record_kind kind, struct record_query *query)
{
    struct cursor cursor;
    bool given;
    *query = (struct record_query){.kind = kind, .status = -1, .limit = LIST_LIMIT_DEFAULT};
    if (!query_limit(exchange, LIST_LIMIT_MAX, &query->limit) ||
        !query_cursor(exchange, &cursor, &given))
        return false;
    if (given)
        query->before = cursor.id;
    return true;
}

static bool query_owner_and_time(struct exchange *exchange, struct record_query *query)
{
    return query_id(exchange, "userId", record_schema(RECORD_KIND_USER)->prefix, &query->user_id) &&
           query_time(exchange, "from", &query->from) && query_time(exchange, "to", &query->to);
}

static void list_submit(struct exchange *exchange, const struct record_query *query)
{
    exchange_call(exchange, VERB_LIST)->in.list = *query;
    exchange_submit(exchange, answer_page);
}

void get_users(struct exchange *exchange)
{
    struct record_query query;
    const struct email *email = NULL;
    if (!list_begin(exchange, RECORD_KIND_USER, &query) || !query_email(exchange, "email", &email))
        return;
    if (email != NULL) {
        query.email = email->spelled;
        query.mailbox = email->mailbox;
    }
    list_submit(exchange, &query);
}

void get_entries(struct exchange *exchange)
{
    struct record_query query;
    if (list_begin(exchange, RECORD_KIND_POINT_ENTRY, &query) &&
        query_owner_and_time(exchange, &query))
        list_submit(exchange, &query);
}

void get_payments(struct exchange *exchange)
{
    struct record_query query;
    if (list_begin(exchange, RECORD_KIND_PAYMENT, &query) && query_owner_and_time(exchange, &query))
        list_submit(exchange, &query);
}

void get_reservations(struct exchange *exchange)
{
    const size_t statuses = (size_t)RESERVATION_STATUS_EXPIRED + 1;
    struct record_query query;
    if (list_begin(exchange, RECORD_KIND_SEAT_RESERVATION, &query) &&
        query_owner_and_time(exchange, &query) &&
        query_id(exchange, "roundId", record_schema(RECORD_KIND_CONCERT_ROUND)->prefix,
                 &query.round_id) &&
        query_enumeration(exchange, "status", reservation_status_texts, statuses, &query.status))
        list_submit(exchange, &query);
}
