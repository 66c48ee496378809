/* The lists that come from the tables: one's own reservations, payments and entries, and for
 * organizers anybody's. The office narrows a buyer's query to the buyer's own rows. */
#include "api/handlers.h"
#include "api/problem.h"
#include "api/query.h"
#include "api/reply.h"
#include "base/check.h"

static enum object_name object_of(enum record_kind kind)
{
    switch (kind) {
    case RECORD_KIND_USER:
        return OBJECT_user;
    case RECORD_KIND_PAYMENT:
        return OBJECT_payment;
    case RECORD_KIND_POINT_ENTRY:
        return OBJECT_entry;
    case RECORD_KIND_HOUSE:
    case RECORD_KIND_SESSION:
    case RECORD_KIND_POINT_ACCOUNT:
    case RECORD_KIND_CONCERT:
    case RECORD_KIND_CONCERT_ROUND:
    case RECORD_KIND_SEAT:
    case RECORD_KIND_QUEUE_TOKEN:
    case RECORD_KIND_SEAT_RESERVATION:
    case RECORD_KIND_RESERVATION_SEAT:
    case RECORD_KIND_IDEMPOTENCY_KEY:
    case RECORD_KIND_COUNT:
        break;
    }
    UNREACHABLE("a kind that no list has");
}

static void write_item(struct json_writer *writer, const struct record_page *page, size_t index,
                       const struct shown_clock *clock)
{
    if (page->reservations != NULL)
        object_write(writer, OBJECT_reservation, &page->reservations[index], clock);
    else
        object_write(writer, object_of(page->records[index]->kind), &page->records[index]->as,
                     clock);
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
        write_item(writer, page, i, &enquiry->request.shown_clock);
    if (page->more && page->count > 0) {
        const struct cursor next = {.id = item_id(page, page->count - 1)};
        page_end(writer, &next);
    } else {
        page_end(writer, NULL);
    }
    reply_private(enquiry, STATUS_OK);
}

/* The parameters that all lists have; false: answered. */
static bool list_begin(struct enquiry *enquiry, enum record_kind kind, struct record_query *query)
{
    struct cursor cursor;
    bool given;
    *query = (struct record_query){.kind = kind, .status = -1, .limit = LIST_LIMIT_DEFAULT};
    if (!query_limit(enquiry, LIST_LIMIT_MAX, &query->limit) ||
        !query_cursor(enquiry, &cursor, &given))
        return false;
    if (given)
        query->before = cursor.id;
    return true;
}

static bool query_owner_and_time(struct enquiry *enquiry, struct record_query *query)
{
    return query_id(enquiry, "userId", record_schema(RECORD_KIND_USER)->prefix, &query->user_id) &&
           query_time(enquiry, "from", &query->from) && query_time(enquiry, "to", &query->to);
}

static void list_submit(struct enquiry *enquiry, const struct record_query *query)
{
    enquiry_call(enquiry, VERB_LIST)->in.list = *query;
    enquiry_submit(enquiry, answer_page);
}

void get_users(struct enquiry *enquiry)
{
    struct record_query query;
    const struct email *email = NULL;
    if (!list_begin(enquiry, RECORD_KIND_USER, &query) || !query_email(enquiry, "email", &email))
        return;
    if (email != NULL) {
        query.email = email->spelled;
        query.mailbox = email->mailbox;
    }
    list_submit(enquiry, &query);
}

void get_entries(struct enquiry *enquiry)
{
    struct record_query query;
    if (list_begin(enquiry, RECORD_KIND_POINT_ENTRY, &query) &&
        query_owner_and_time(enquiry, &query))
        list_submit(enquiry, &query);
}

void get_payments(struct enquiry *enquiry)
{
    struct record_query query;
    if (list_begin(enquiry, RECORD_KIND_PAYMENT, &query) && query_owner_and_time(enquiry, &query))
        list_submit(enquiry, &query);
}

void get_reservations(struct enquiry *enquiry)
{
    const size_t statuses = (size_t)RESERVATION_STATUS_EXPIRED + 1;
    struct record_query query;
    if (list_begin(enquiry, RECORD_KIND_SEAT_RESERVATION, &query) &&
        query_owner_and_time(enquiry, &query) &&
        query_id(enquiry, "roundId", record_schema(RECORD_KIND_CONCERT_ROUND)->prefix,
                 &query.round_id) &&
        query_enumeration(enquiry, "status", reservation_status_texts, statuses, &query.status))
        list_submit(enquiry, &query);
}
