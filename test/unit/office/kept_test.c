/* No door forgets a field: a row of every entity, each field of which is set, is the same in memory
 * when it was put, when it was put again with other values, and when what memory holds of it was
 * journalled and loaded. The fields come from schema.def, so one that is added is tried too. */
#include "compare.h"
#include "office/load.h"
#include "office/room.h"
#include "office/user.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* ---- The rows ---- */

#define AMOUNT 7

/* Parents first. What other rows must agree with, or what must be in a range, stands here; every
 * other field is set by `fill`. */
static const struct record beginnings[] = {
    {.kind = RECORD_KIND_HOUSE,
     .as.house = {.id = 1, .last_number = 9, .serving = 8, .active_ceiling = 1000000}},
    {.kind = RECORD_KIND_USER,
     .as.user =
         {.id = {{1}}, .email = "José@house", .role = USER_ROLE_STAFF, .scopes = "stats read"}},
    {.kind = RECORD_KIND_SESSION, .as.session = {.id = {{2}}, .user_id = {{1}}}},
    {.kind = RECORD_KIND_POINT_ACCOUNT, .as.point_account = {.user_id = {{1}}}},
    {.kind = RECORD_KIND_CONCERT,
     .as.concert = {.id = {{3}}, .max_seats_per_reservation = 7, .max_seats_per_user = 8}},
    {.kind = RECORD_KIND_CONCERT_ROUND,
     .as.concert_round =
         {.id = {{4}}, .concert_id = {{3}}, .total_seat_cnt = 2, .first_reserved_at = 5}},
    {.kind = RECORD_KIND_SEAT,
     .as.seat = {.id = {{5}}, .concert_round_id = {{4}}, .status = SEAT_STATUS_BLOCKED}},
    {.kind = RECORD_KIND_SEAT,
     .as.seat =
         {.id = {{6}}, .concert_round_id = {{4}}, .position = 1, .status = SEAT_STATUS_BLOCKED}},
    {.kind = RECORD_KIND_QUEUE_TOKEN,
     .as.queue_token = {.id = {{7}},
                        .user_id = {{1}},
                        .status = TOKEN_STATUS_EXPIRED,
                        .number = 3,
                        .concert_id = {{3}}}},
    {.kind = RECORD_KIND_PAYMENT,
     .as.payment = {.id = {{8}},
                    .user_id = {{1}},
                    .reservation_id = {{9}},
                    .amount = AMOUNT,
                    .status = PAYMENT_STATUS_CANCELLED}},
    {.kind = RECORD_KIND_SEAT_RESERVATION,
     .as.seat_reservation = {.id = {{9}},
                             .user_id = {{1}},
                             .round_id = {{4}},
                             .token_id = {{7}},
                             .payment_id = {{8}},
                             .amount = AMOUNT,
                             .status = RESERVATION_STATUS_CANCELLED,
                             .extended_at = 5}},
    {.kind = RECORD_KIND_RESERVATION_SEAT,
     .as.reservation_seat = {.reservation_id = {{9}}, .seat_id = {{5}}, .price = 3}},
    {.kind = RECORD_KIND_RESERVATION_SEAT,
     .as.reservation_seat =
         {.reservation_id = {{9}}, .position = 1, .seat_id = {{6}}, .price = AMOUNT - 3}},
    {.kind = RECORD_KIND_TICKET,
     .as.ticket = {.id = {{0, 0, 0, 0, 16}},
                   .reservation_id = {{9}},
                   .round_id = {{4}},
                   .seat_id = {{5}},
                   .user_id = {{1}},
                   .serial = 5,
                   .status = TICKET_STATUS_VOID,
                   .issued_at = INT64_C(16) << 8}},
    {.kind = RECORD_KIND_TICKET,
     .as.ticket = {.id = {{0, 0, 0, 0, 17}},
                   .reservation_id = {{9}},
                   .round_id = {{4}},
                   .seat_id = {{6}},
                   .user_id = {{1}},
                   .serial = 6,
                   .status = TICKET_STATUS_VOID,
                   .issued_at = INT64_C(17) << 8}},
    {.kind = RECORD_KIND_POINT_ENTRY,
     .as.point_entry = {.id = {{10}}, .user_id = {{1}}, .caller_id = {{1}}}},
    {.kind = RECORD_KIND_INCIDENT, .as.incident = {.id = {{12}}, .caller_id = {{1}}}},
    {.kind = RECORD_KIND_ACTION,
     .as.action = {.id = {{14}}, .actor_id = {{1}}, .subject_id = {{1}}}},
    {.kind = RECORD_KIND_IDEMPOTENCY_KEY, .as.idempotency_key = {.user_id = {{1}}, .key_hash = 11}},
    {.kind = RECORD_KIND_PASSWORD_RESET, .as.password_reset = {.user_id = {{1}}}},
    {.kind = RECORD_KIND_USER, .as.user = {.id = {{12}}, .role = USER_ROLE_SERVICE}},
    {.kind = RECORD_KIND_API_KEY,
     .as.api_key = {.id = {{13}}, .user_id = {{12}}, .scopes = "stats read"}},
    {.kind = RECORD_KIND_NOTICE, .as.notice = {.id = {{14}}}},
    {.kind = RECORD_KIND_PLAN, .as.plan = {.id = {{15}}}},
    {.kind = RECORD_KIND_PLAN_PIECE, .as.plan_piece = {.plan_id = {{15}}}},
};

#define ROW_COUNT (sizeof beginnings / sizeof beginnings[0])

/* The first of two rows whose place is 0. */
static bool is_first_of_two(const struct record *record)
{
    return (record->kind == RECORD_KIND_SEAT && record->as.seat.position == 0) ||
           (record->kind == RECORD_KIND_RESERVATION_SEAT &&
            record->as.reservation_seat.position == 0);
}

/* Staff alone has scopes. */
static bool is_of_others(const struct record *record, const struct field_schema *field)
{
    return record->kind == RECORD_KIND_USER && record->as.user.role != USER_ROLE_STAFF &&
           strcmp(field->column, "scopes") == 0;
}

static bool is_set(const struct record *record, const struct field_schema *field)
{
    static const struct record nothing = {.kind = RECORD_KIND_HOUSE};
    static const size_t bytes[] = {
        [FIELD_ID] = ID_BYTES,         [FIELD_TEXT] = sizeof(char *),
        [FIELD_INT] = sizeof(int64_t), [FIELD_TIME] = sizeof(timestamp_ms),
        [FIELD_ENUM] = sizeof(int),    [FIELD_BOOL] = sizeof(bool),
        [FIELD_REAL] = sizeof(double), [FIELD_SECRET] = SECRET_BYTES,
    };
    return memcmp(record_field(record, field), &nothing.as, bytes[field->type]) != 0;
}

static void set_text(const char **at, size_t index, int round)
{
    static const char *const texts[][2] = {{"a", "A"}, {"b", "B"}, {"c", "C"}, {"d", "D"},
                                           {"e", "E"}, {"f", "F"}, {"g", "G"}, {"h", "H"},
                                           {"i", "I"}, {"j", "J"}, {"k", "K"}, {"l", "L"},
                                           {"m", "M"}, {"n", "N"}, {"o", "O"}, {"p", "P"}};
    assert_true(index < sizeof texts / sizeof texts[0]);
    *at = texts[index][round];
}

/* A value that no other field of the row has, and another one in each `round`. */
static void set(struct record *record, const struct field_schema *field, size_t index, int round)
{
    void *at = record_field_mutable(record, field);
    const int64_t integer = 1000 + 100 * (int64_t)index + round;
    const int number = (int)(1 + ((size_t)round + index) % (field->text_count - 1));
    const double real = (double)integer + 0.5;
    switch (field->type) {
    case FIELD_ID:
        *(struct id *)at = (struct id){{0xee, (uint8_t)index, (uint8_t)round}};
        return;
    case FIELD_TEXT:
        set_text(at, index, round);
        return;
    case FIELD_INT:
    case FIELD_TIME:
        *(int64_t *)at = integer;
        return;
    case FIELD_ENUM:
        memcpy(at, &number, sizeof number);
        return;
    case FIELD_BOOL:
        *(bool *)at = true;
        return;
    case FIELD_REAL:
        *(double *)at = real;
        return;
    case FIELD_SECRET:
        memset(at, (int)index + 16 * round + 1, SECRET_BYTES);
        return;
    }
}

/* The image with every field set. */
static struct record filled(size_t row, int round)
{
    struct record record = beginnings[row];
    const struct entity_schema *schema = record_schema(record.kind);
    for (size_t i = 0; i < schema->field_count; i++)
        if (!is_set(&record, &schema->fields[i]) &&
            !(is_first_of_two(&record) && strcmp(schema->fields[i].column, "position") == 0) &&
            !is_of_others(&record, &schema->fields[i]))
            set(&record, &schema->fields[i], i, round);
    if (record.kind == RECORD_KIND_TICKET) /* it has the number of its seat */
        set_text(&record.as.ticket.seat_number, FIELD_OF_seat_seat_number, round);
    return record;
}

/* ---- Memory ---- */

static struct office *empty_office(void)
{
    static const struct office_settings settings = {
        .max_active = 1, .admit_per_second = 1, .max_seats_per_user = 1};
    struct office *office = office_new(&settings);
    assert_non_null(office);
    return office;
}

/* And can be found at once, which an office that loads millions puts off. */
static void load(struct office *office, const struct record *record)
{
    struct explanation why;
    if (office_load(office, record, &why) != RESULT_OK)
        fail_msg("%s", why.text);
    assert_int_equal(indexes_catch_up(office), RESULT_OK);
}

static void open_it(struct office *office)
{
    static const struct house_keys keys = {.token_key = {{1}}};
    struct explanation why;
    if (office_open(office, (struct moment){1000, 1000}, 1, &keys, &why) != RESULT_OK)
        fail_msg("%s", why.text);
}

/* An incident, an action and a piece of a plan are the tables' alone. */
static bool is_kept(enum record_kind kind)
{
    return kind != RECORD_KIND_INCIDENT && kind != RECORD_KIND_ACTION &&
           kind != RECORD_KIND_PLAN_PIECE;
}

static void is_in_memory(const struct office *office, const struct record *image)
{
    struct hash_text hash;
    struct record live = {.kind = image->kind};
    if (!is_kept(image->kind))
        return;
    if (!compare_find(office, image, &live, &hash))
        fail_msg("no %s in memory", record_schema(image->kind)->table);
    if (!compare_rows(image, &live))
        fail_msg("a field of %s is forgotten", record_schema(image->kind)->table);
}

/* An entry, an incident and an action are put once, and of a reservation its seats stay. */
static bool is_put_again(enum record_kind kind)
{
    return kind != RECORD_KIND_POINT_ENTRY && kind != RECORD_KIND_INCIDENT &&
           kind != RECORD_KIND_ACTION && kind != RECORD_KIND_RESERVATION_SEAT;
}

/* ---- Tests ---- */

static void every_entity_has_a_row(void **state)
{
    (void)state;
    bool there[RECORD_KIND_COUNT] = {false};
    for (size_t i = 0; i < ROW_COUNT; i++)
        there[beginnings[i].kind] = true;
    for (size_t kind = 0; kind < RECORD_KIND_COUNT; kind++)
        assert_true(there[kind]);
}

static void a_row_that_is_put_has_all_its_fields(void **state)
{
    (void)state;
    struct office *office = empty_office();
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const struct record record = filled(i, 0);
        load(office, &record);
        is_in_memory(office, &record);
    }
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const struct record record = filled(i, is_put_again(beginnings[i].kind));
        if (is_put_again(record.kind))
            load(office, &record);
        is_in_memory(office, &record);
    }
    open_it(office);
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const struct record record = filled(i, is_put_again(beginnings[i].kind));
        is_in_memory(office, &record);
    }
    office_free(office);
}

/* As verbs make an image: from what memory holds. */
static void journal(const struct office *office, const struct record *image, struct buffer *buffer)
{
    struct hash_text hash;
    struct record live = {.kind = image->kind};
    assert_true(compare_find(office, image, &live, &hash));
    assert_int_equal(buffer_reserve(buffer, record_encoded_max(&live)), RESULT_OK);
    record_encode(&live, WHY_HELD, buffer);
}

static void an_image_from_memory_has_all_its_fields(void **state)
{
    (void)state;
    struct office *first = empty_office(), *second = empty_office();
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const struct record record = filled(i, 0);
        load(first, &record);
    }
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const struct record record = filled(i, 0);
        struct record journalled;
        struct buffer buffer;
        size_t used;
        if (!is_kept(record.kind))
            continue;
        buffer_init(&buffer, RECORD_BYTES_MAX);
        journal(first, &record, &buffer);
        assert_int_equal(record_decode(buffer.data, buffer.length, &journalled, &used), RESULT_OK);
        load(second, &journalled);
        is_in_memory(second, &record);
        buffer_release(&buffer);
    }
    office_free(first);
    office_free(second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_entity_has_a_row),
        cmocka_unit_test(a_row_that_is_put_has_all_its_fields),
        cmocka_unit_test(an_image_from_memory_has_all_its_fields),
    };
    return cmocka_run_group_tests_name("kept fields", tests, NULL, NULL);
}
