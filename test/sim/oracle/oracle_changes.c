/* What those are told who follow the house from outside: each change of a durable batch once, in
 * order, as it then was, also over a crash, and nothing else (invariant 13). */
#include "disk/own_memory.h"
#include "oracle/oracle_model.h"

#include "base/check.h"
#include "base/hash.h"

#include <string.h>

/* ---- What is told, and as what ---- */

static enum change_type reservation_told(const struct record *record)
{
    switch (record->as.seat_reservation.status) {
    case RESERVATION_STATUS_PENDING:
        return record->why == WHY_HELD ? CHANGE_RESERVATION_HELD : CHANGE_RESERVATION_CHANGED;
    case RESERVATION_STATUS_CONFIRMED:
        return record->why == WHY_PAID ? CHANGE_RESERVATION_CONFIRMED : CHANGE_RESERVATION_CHANGED;
    case RESERVATION_STATUS_CANCELLED:
        return CHANGE_RESERVATION_CANCELLED;
    case RESERVATION_STATUS_EXPIRED:
        return CHANGE_RESERVATION_EXPIRED;
    }
    UNREACHABLE("reservation status");
}

static enum change_type payment_told(const struct record *record)
{
    switch (record->as.payment.status) {
    case PAYMENT_STATUS_SUCCEEDED:
        return CHANGE_PAYMENT_SUCCEEDED;
    case PAYMENT_STATUS_FAILED:
        return CHANGE_PAYMENT_FAILED;
    case PAYMENT_STATUS_CANCELLED:
        return CHANGE_PAYMENT_CANCELLED;
    }
    UNREACHABLE("payment status");
}

static enum change_type entry_told(const struct record *record)
{
    switch (record->as.point_entry.kind) {
    case ENTRY_KIND_CHARGE:
        return CHANGE_POINTS_CHARGED;
    case ENTRY_KIND_PAYMENT:
        return CHANGE_POINTS_SPENT;
    case ENTRY_KIND_REFUND:
        return CHANGE_POINTS_REFUNDED;
    case ENTRY_KIND_ADJUSTMENT:
        return CHANGE_POINTS_ADJUSTED;
    }
    UNREACHABLE("kind of entry");
}

static enum change_type concert_told(const struct record *record)
{
    if (record->deleted)
        return CHANGE_CONCERT_DELETED;
    return record->why == WHY_CONCERT_CREATED ? CHANGE_CONCERT_CREATED : CHANGE_CONCERT_CHANGED;
}

static enum change_type round_told(const struct record *record)
{
    if (record->deleted)
        return CHANGE_ROUND_DELETED;
    if (record->why == WHY_HELD) /* something was reserved in it */
        return CHANGE_NONE;
    if (record->why == WHY_ROUND_CREATED)
        return CHANGE_ROUND_CREATED;
    if (record->why == WHY_ROUND_CANCELLED)
        return CHANGE_ROUND_CANCELLED;
    if (record->why == WHY_ROUND_MOVED)
        return CHANGE_ROUND_MOVED;
    if (record->why == WHY_ROUND_PAUSED)
        return CHANGE_ROUND_PAUSED;
    return record->why == WHY_ROUND_RESUMED ? CHANGE_ROUND_RESUMED : CHANGE_ROUND_CHANGED;
}

static enum change_type ticket_told(const struct record *record)
{
    if (record->as.ticket.status == TICKET_STATUS_VOID)
        return CHANGE_TICKET_VOIDED;
    if (record->why == WHY_TICKET_REISSUED)
        return CHANGE_TICKET_REISSUED;
    return record->why == WHY_PAID ? CHANGE_TICKET_ISSUED : CHANGE_TICKET_CHANGED;
}

static enum change_type told_as(const struct record *record)
{
    const enum record_kind kind = record->kind;
    if (kind == RECORD_KIND_SEAT_RESERVATION)
        return reservation_told(record);
    if (kind == RECORD_KIND_PAYMENT)
        return payment_told(record);
    if (kind == RECORD_KIND_POINT_ENTRY)
        return entry_told(record);
    if (kind == RECORD_KIND_CONCERT)
        return concert_told(record);
    if (kind == RECORD_KIND_CONCERT_ROUND)
        return round_told(record);
    if (kind == RECORD_KIND_QUEUE_TOKEN) {
        if (record->as.queue_token.status == TOKEN_STATUS_EXPIRED)
            return CHANGE_TOKEN_ENDED;
        return record->why == WHY_ADMITTED ? CHANGE_TOKEN_ACTIVATED : CHANGE_NONE;
    }
    if (kind == RECORD_KIND_TICKET)
        return ticket_told(record);
    if (kind == RECORD_KIND_SEAT && record->why == WHY_SEATS_BLOCKED)
        return CHANGE_SEAT_BLOCKED;
    if (kind == RECORD_KIND_SEAT && record->why == WHY_SEATS_UNBLOCKED)
        return CHANGE_SEAT_UNBLOCKED;
    if (kind == RECORD_KIND_HOUSE && record->why == WHY_QUEUE_CHANGED)
        return CHANGE_QUEUE_CHANGED;
    return CHANGE_NONE;
}

/* ---- What is to be told ---- */

/* Of the house its settings, and of a ticket no name: nobody may be told of its keys. */
static uint64_t hash_of_image(const struct record *record)
{
    struct record image = *record;
    struct buffer bytes;
    if (image.kind == RECORD_KIND_HOUSE)
        image.as.house.token_key = image.as.house.ticket_seed = (struct secret){{0}};
    if (image.kind == RECORD_KIND_TICKET)
        image.as.ticket.holder_name = NULL;
    buffer_init(&bytes, SIZE_MAX / 2);
    CHECK(buffer_reserve(&bytes, record_encoded_max(&image)) == RESULT_OK);
    record_encode(&image, image.why, &bytes);
    const uint64_t hash = hash_bytes(bytes.data, bytes.length);
    buffer_release(&bytes);
    return hash;
}

static void expect_change(struct expected_changes *expected, const struct record *record,
                          timestamp_ms at)
{
    const enum change_type type = told_as(record);
    if (type == CHANGE_NONE)
        return;
    expected->items =
        grown(expected->items, expected->count, &expected->capacity, sizeof *expected->items);
    expected->items[expected->count++] =
        (struct expected_change){.type = type, .at = at, .image_hash = hash_of_image(record)};
}

/* Those of the attempts that lead up to this one, and its own. */
static void expect_attempts(const struct oracle *oracle, struct expected_changes *expected,
                            size_t index)
{
    const struct attempt *attempt = &oracle->attempts.items[index];
    if (attempt->parent > 0)
        expect_attempts(oracle, expected, attempt->parent - 1);
    for (size_t at = 0, used; at < attempt->length; at += used) {
        struct record record;
        const enum result result =
            record_decode(attempt->bytes + at, attempt->length - at, &record, &used);
        CHECK(result == RESULT_OK);
        expect_change(expected, &record, attempt->house_time);
    }
}

void changes_acknowledged(struct oracle *oracle)
{
    expect_attempts(oracle, &oracle->changes.expected, oracle->attempts.count - 1);
}

void changes_release(struct oracle *oracle)
{
    own_free(oracle->changes.expected.items);
}

/* ---- What was told ---- */

/* What was found after a crash counts, acknowledged or not. It is put behind what was acknowledged
 * while a page is judged. */
static size_t expect_what_was_found(struct oracle *oracle)
{
    const size_t acknowledged = oracle->changes.expected.count;
    if (oracle->attempts.current > 0)
        expect_attempts(oracle, &oracle->changes.expected, oracle->attempts.current - 1);
    return acknowledged;
}

static bool is_wanted(const struct change_query *query, const struct expected_change *expected)
{
    return (query->types >> expected->type & 1) != 0;
}

static bool surroundings_are(const struct oracle *oracle, const struct change *change)
{
    const struct record *record = change->record;
    if (record->kind == RECORD_KIND_TICKET)
        return id_equal(change->round_id, record->as.ticket.round_id) &&
               id_equal(change->user_id, record->as.ticket.user_id) &&
               record->as.ticket.holder_name == NULL;
    if (record->kind != RECORD_KIND_SEAT_RESERVATION)
        return change->view == NULL;
    const struct record_key key = record_key(record);
    const struct row *row = row_find_any(oracle, record->kind, &key);
    return row != NULL && change->view != NULL && view_seats_are(change->view, row) &&
           id_equal(change->round_id, row->image.as.seat_reservation.round_id) &&
           id_equal(change->user_id, row->image.as.seat_reservation.user_id);
}

static void judge_change(struct oracle *oracle, const struct change *change, uint64_t number)
{
    const struct expected_change *expected = &oracle->changes.expected.items[number - 1];
    if (change->number != number || change->type != expected->type || change->at != expected->at ||
        hash_of_image(change->record) != expected->image_hash)
        object_to(oracle, 13, "change %llu is told as %s of %s, and is %s",
                  (unsigned long long)number, change_type_texts[change->type],
                  record_name(change->record).text, change_type_texts[expected->type]);
    else if (!surroundings_are(oracle, change))
        object_to(oracle, 13, "change %llu, of %s, is told with something else around it",
                  (unsigned long long)number, record_name(change->record).text);
}

#define KEPT_MS (30 * DAY_MS)

/* How many of the first ones may be kept no more. */
static uint64_t old_changes(const struct oracle *oracle)
{
    const struct expected_changes *expected = &oracle->changes.expected;
    uint64_t count = 0;
    while (count < expected->count && expected->items[count].at < oracle->house_time - KEPT_MS)
        count++;
    return count;
}

/* Whether the page may begin behind a change: without a cursor it begins with the oldest that is
 * kept. */
static bool may_begin_behind(const struct oracle *oracle, const struct change_query *query,
                             const struct change_page *page, uint64_t number)
{
    return query->from_oldest && number <= old_changes(oracle) &&
           (page->count == 0 || page->changes[0].number > number);
}

static void judge_page(struct oracle *oracle, const struct change_query *query,
                       const struct change_page *page)
{
    const uint64_t total = oracle->changes.expected.count;
    size_t told = 0;
    if (page->last > total || page->last < (query->from_oldest ? 0 : query->after) ||
        page->count > query->limit) {
        object_to(oracle, 13, "changes are told up to %llu, and there are %llu",
                  (unsigned long long)page->last, (unsigned long long)total);
        return;
    }
    for (uint64_t number = (query->from_oldest ? 0 : query->after) + 1;
         number <= page->last && !oracle->objected; number++) {
        if (!is_wanted(query, &oracle->changes.expected.items[number - 1]) ||
            may_begin_behind(oracle, query, page, number))
            continue;
        if (told == page->count)
            object_to(oracle, 13, "change %llu is left out", (unsigned long long)number);
        else
            judge_change(oracle, &page->changes[told++], number);
    }
    if (!oracle->objected && told < page->count)
        object_to(oracle, 13, "more changes are told than happened");
}

/* Where nothing more may be there already, all that was booked is told. */
void changes_judge(struct oracle *oracle, const struct change_query *query,
                   const struct change_page *page)
{
    const size_t acknowledged = expect_what_was_found(oracle);
    judge_page(oracle, query, page);
    oracle->changes.expected.count = acknowledged;
    if (!oracle->objected && !page->more && page->last < oracle->changes.told)
        object_to(oracle, 13, "changes end with %llu, and %llu was told before",
                  (unsigned long long)page->last, (unsigned long long)oracle->changes.told);
    if (page->last > oracle->changes.told)
        oracle->changes.told = page->last;
}

void changes_judge_gone(struct oracle *oracle, const struct change_query *query)
{
    if (query->from_oldest ||
        (query->after <= oracle->changes.told && query->after >= old_changes(oracle)))
        object_to(oracle, 13, "the changes after %llu are gone, of which %llu were told",
                  (unsigned long long)query->after, (unsigned long long)oracle->changes.told);
    cover(oracle, (enum coverage_verb)VERB_CHANGES, STATE_GONE, REFUSAL_CHANGES_GONE);
}

/* Everything, from the first on. All is booked. */
void changes_check(struct oracle *oracle, struct store_reader *reader)
{
    struct change_query query = {.from_oldest = true, .types = UINT64_MAX, .limit = LIST_LIMIT_MAX};
    bool more = true;
    while (more && !oracle->objected) {
        struct change_page page;
        if (store_reader_changes(reader, &query, &page) != RESULT_OK || page.gone) {
            object_to(oracle, 13, "the changes after %llu cannot be read",
                      (unsigned long long)query.after);
            return;
        }
        changes_judge(oracle, &query, &page);
        query.from_oldest = false;
        query.after = page.last;
        more = page.more;
        change_page_release(&page);
    }
    const size_t acknowledged = expect_what_was_found(oracle);
    if (!oracle->objected && query.after != oracle->changes.expected.count)
        object_to(oracle, 13, "%llu changes are told, of %zu", (unsigned long long)query.after,
                  oracle->changes.expected.count);
    oracle->changes.expected.count = acknowledged;
}
