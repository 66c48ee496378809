/* What the rows of list.def promise together, and which rows a query asks for. */
#include "read/list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const enum record_kind listed[] = {RECORD_KIND_USER, RECORD_KIND_QUEUE_TOKEN,
                                          RECORD_KIND_PAYMENT, RECORD_KIND_SEAT_RESERVATION,
                                          RECORD_KIND_POINT_ENTRY};

static enum field_type column_type(enum filter_type type)
{
    switch (type) {
    case FILTER_ENUM:
    case FILTER_AMONG:
        return FIELD_ENUM;
    case FILTER_TEXT:
    case FILTER_EMAIL:
        return FIELD_TEXT;
    case FILTER_ID:
    case FILTER_ROUND:
    case FILTER_CONCERT:
    case FILTER_SEARCH:
    case FILTER_FROM:
    case FILTER_TO:
        return FIELD_ID;
    }
    abort();
}

static void a_filter_fits_its_column(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof listed / sizeof listed[0]; i++) {
        const struct list_schema *list = list_schema(listed[i]);
        const struct entity_schema *schema = record_schema(listed[i]);
        for (size_t k = 0; k < list->filter_count; k++) {
            const struct list_filter *row = &list->filters[k];
            assert_int_equal(row->column->type, column_type(row->filter->type));
            assert_true(row->column >= schema->fields &&
                        row->column < schema->fields + schema->field_count);
            if (row->filter->type == FILTER_ID)
                assert_int_equal(row->column->id_of, row->filter->id_of);
        }
    }
}

/* Who lists the own rows only does it by the owner. */
static void own_rows_have_an_owner(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof listed / sizeof listed[0]; i++)
        if (list_schema(listed[i])->has_own)
            assert_true(record_schema(listed[i])->owner_offset > 0);
    assert_false(list_schema(RECORD_KIND_USER)->has_own);
}

static void a_filter_of_another_list_does_not_fit(void **state)
{
    (void)state;
    struct record_query query = {.kind = RECORD_KIND_PAYMENT, .from = 1, .to = 2};
    assert_true(query_fits_list(&query));
    query.user_id = (struct id){{1}};
    assert_true(query_fits_list(&query));
    query.email = "a@example.com";
    assert_false(query_fits_list(&query));
}

static void every_set_filter_narrows(void **state)
{
    (void)state;
    const struct id somebody = {{1}}, other = {{2}};
    const struct record record = {
        .kind = RECORD_KIND_SEAT_RESERVATION,
        .as.seat_reservation = {.user_id = somebody, .status = RESERVATION_STATUS_CONFIRMED}};
    struct record_query query = {.kind = record.kind};
    assert_true(query_wants(&query, &record));
    query.user_id = other;
    assert_false(query_wants(&query, &record));
    query.user_id = somebody;
    assert_true(query_wants(&query, &record));
    query.status = (struct wanted_value){true, RESERVATION_STATUS_PENDING};
    assert_false(query_wants(&query, &record));
    query.status.value = RESERVATION_STATUS_CONFIRMED;
    assert_true(query_wants(&query, &record));
}

static void a_text_is_compared_whole(void **state)
{
    (void)state;
    struct record record = {.kind = RECORD_KIND_USER, .as.user.email = "a@example.com"};
    struct record_query query = {.kind = record.kind, .email = "a@example.co"};
    assert_false(query_wants(&query, &record));
    query.email = "a@example.com";
    assert_true(query_wants(&query, &record));
    record.as.user.email = NULL;
    assert_false(query_wants(&query, &record));
}

static void a_round_is_the_reservations_to_say(void **state)
{
    (void)state;
    const struct record record = {.kind = RECORD_KIND_PAYMENT,
                                  .as.payment = {.reservation_id = {{1}}}};
    struct record_query query = {.kind = record.kind, .of_round = {{2}}};
    assert_true(query_fits_list(&query));
    assert_true(query_wants(&query, &record));
    query.round_id = query.of_round;
    assert_false(query_fits_list(&query));
}

static void times_and_the_cursor_are_a_range_of_ids(void **state)
{
    (void)state;
    struct record_query query = {.kind = RECORD_KIND_PAYMENT};
    const struct id last = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0xff}};
    struct id_range range = query_range(&query);
    assert_true(id_is_none(range.low) && id_compare(last, range.high) < 0);
    query.from = 1000;
    query.to = 2000;
    range = query_range(&query);
    assert_true(id_equal(range.low, id_floor(1000)) && id_equal(range.high, id_floor(2000)));
    query.before = id_floor(1500);
    assert_true(id_equal(query_range(&query).high, query.before));
    query.before = id_floor(2500);
    assert_true(id_equal(query_range(&query).high, id_floor(2000)));
}

static void a_searched_id_is_all_of_the_range(void **state)
{
    (void)state;
    struct record_query query = {.kind = RECORD_KIND_SEAT_RESERVATION, .search = "ann"};
    const struct id id = {{0, 1, 2, [15] = 0xff}};
    char text[ID_TEXT_BYTES];
    struct id_range range = query_range(&query);
    assert_true(id_is_none(range.low));
    id_format("reservation", id, text);
    query.search = text;
    range = query_range(&query);
    assert_true(id_equal(range.low, id));
    assert_int_equal(range.high.bytes[15], 0);
    assert_int_equal(range.high.bytes[14], 1);
    query.before = id; /* the row is on no page after it */
    range = query_range(&query);
    assert_true(id_compare(range.low, range.high) >= 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_filter_fits_its_column),
        cmocka_unit_test(own_rows_have_an_owner),
        cmocka_unit_test(a_filter_of_another_list_does_not_fit),
        cmocka_unit_test(a_round_is_the_reservations_to_say),
        cmocka_unit_test(every_set_filter_narrows),
        cmocka_unit_test(a_text_is_compared_whole),
        cmocka_unit_test(times_and_the_cursor_are_a_range_of_ids),
        cmocka_unit_test(a_searched_id_is_all_of_the_range),
    };
    return cmocka_run_group_tests_name("read list", tests, NULL, NULL);
}
