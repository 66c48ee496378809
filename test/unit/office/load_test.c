/* Rows that contradict each other are refused on the way up, not trusted: each test is a few good
 * rows and a bad one. */
#include "office/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Small ids for small stories. */
#define ID(number) ((struct id){{number}})

static struct record user(uint8_t id)
{
    return (struct record){.kind = RECORD_KIND_USER, .as.user = {.id = ID(id), .name = "ann"}};
}

static struct record account(uint8_t id)
{
    return (struct record){.kind = RECORD_KIND_POINT_ACCOUNT,
                           .as.point_account = {.user_id = ID(id)}};
}

static struct record session(uint8_t id, uint8_t user_id)
{
    return (struct record){.kind = RECORD_KIND_SESSION,
                           .as.session = {.id = ID(id), .user_id = ID(user_id)}};
}

static struct record concert(uint8_t id)
{
    return (struct record){.kind = RECORD_KIND_CONCERT,
                           .as.concert = {.id = ID(id), .title = "x", .description = ""}};
}

static struct record concert_round(uint8_t id, uint8_t concert_id, int64_t seats)
{
    return (struct record){
        .kind = RECORD_KIND_CONCERT_ROUND,
        .as.concert_round = {.id = ID(id), .concert_id = ID(concert_id), .total_seat_cnt = seats}};
}

static struct record seat(uint8_t id, uint8_t round_id, int64_t position)
{
    return (struct record){.kind = RECORD_KIND_SEAT,
                           .as.seat = {.id = ID(id),
                                       .concert_round_id = ID(round_id),
                                       .position = position,
                                       .seat_number = "1"}};
}

static struct record token(uint8_t id, uint8_t user_id)
{
    return (struct record){.kind = RECORD_KIND_QUEUE_TOKEN,
                           .as.queue_token = {.id = ID(id), .user_id = ID(user_id), .number = 1}};
}

static struct record reservation(uint8_t id, uint8_t user_id, uint8_t round_id)
{
    return (struct record){
        .kind = RECORD_KIND_SEAT_RESERVATION,
        .as.seat_reservation = {.id = ID(id), .user_id = ID(user_id), .round_id = ID(round_id)}};
}

static struct record reserved(uint8_t reservation_id, int64_t position, uint8_t seat_id)
{
    return (struct record){.kind = RECORD_KIND_RESERVATION_SEAT,
                           .as.reservation_seat = {.reservation_id = ID(reservation_id),
                                                   .position = position,
                                                   .seat_id = ID(seat_id)}};
}

static struct record deleted(struct record record)
{
    record.deleted = true;
    return record;
}

static enum result load(const struct record *records, size_t count)
{
    const struct office_settings settings = {.max_active = 1, .admit_per_second = 1};
    const struct secret key = {{0}};
    struct office *office = office_new(&settings);
    assert_non_null(office);
    enum result result = RESULT_OK;
    for (size_t i = 0; i < count && result == RESULT_OK; i++) {
        result = office_load(office, &records[i]);
        if (result != RESULT_OK)
            assert_int_equal(i, count - 1); /* only the last row is bad */
    }
    if (result == RESULT_OK)
        result = office_open(office, (struct moment){1000, 1000}, 1, &key);
    office_free(office);
    return result;
}

#define LOAD(...)                                                                                  \
    load((const struct record[]){__VA_ARGS__},                                                     \
         sizeof((const struct record[]){__VA_ARGS__}) / sizeof(struct record))

static void good_rows_are_loaded(void **state)
{
    (void)state;
    assert_int_equal(load(NULL, 0), RESULT_OK);
    assert_int_equal(LOAD(user(1), session(2, 1), account(1), concert(3), concert_round(4, 3, 2),
                          seat(5, 4, 0), seat(6, 4, 1), token(7, 1), reservation(8, 1, 4),
                          reserved(8, 0, 5)),
                     RESULT_OK);
}

static void rows_of_nobody_are_corrupt(void **state)
{
    (void)state;
    assert_int_equal(LOAD(session(2, 99)), RESULT_CORRUPT);
    assert_int_equal(LOAD(account(99)), RESULT_CORRUPT);
    assert_int_equal(LOAD(token(2, 99)), RESULT_CORRUPT);
    assert_int_equal(LOAD(concert(3), concert_round(4, 3, 1), seat(5, 4, 0), reservation(8, 99, 4)),
                     RESULT_CORRUPT);
}

static void children_without_parents_are_corrupt(void **state)
{
    (void)state;
    assert_int_equal(LOAD(concert_round(4, 99, 1)), RESULT_CORRUPT);
    assert_int_equal(LOAD(seat(5, 99, 0)), RESULT_CORRUPT);
    assert_int_equal(LOAD(user(1), reservation(8, 1, 99)), RESULT_CORRUPT);
    assert_int_equal(LOAD(user(1), concert(3), concert_round(4, 3, 1), reservation(8, 1, 4)),
                     RESULT_CORRUPT);
    assert_int_equal(LOAD(user(1), concert(3), concert_round(4, 3, 1), seat(5, 4, 0),
                          reservation(8, 1, 4), reserved(8, 0, 99)),
                     RESULT_CORRUPT);
}

static void seats_outside_their_round_are_corrupt(void **state)
{
    (void)state;
    assert_int_equal(LOAD(concert(3), concert_round(4, 3, 2), seat(5, 4, 2)), RESULT_CORRUPT);
    assert_int_equal(LOAD(concert(3), concert_round(4, 3, 2), seat(5, 4, -1)), RESULT_CORRUPT);
    assert_int_equal(LOAD(concert(3), concert_round(4, 3, 2), seat(5, 4, INT64_MAX)),
                     RESULT_CORRUPT);
    assert_int_equal(LOAD(concert(3), concert_round(4, 3, 2), seat(5, 4, 0), seat(6, 4, 0)),
                     RESULT_CORRUPT);
    assert_int_equal(LOAD(concert(3), concert_round(4, 3, 0), seat(5, 4, 0)), RESULT_CORRUPT);
    assert_int_equal(LOAD(concert(3), concert_round(4, 3, ROUND_SEATS_MAX + 1), seat(5, 4, 0)),
                     RESULT_CORRUPT);
}

static void a_round_with_a_seat_missing_does_not_open(void **state)
{
    (void)state;
    assert_int_equal(LOAD(concert(3), concert_round(4, 3, 2), seat(5, 4, 1)), RESULT_CORRUPT);
    assert_int_equal(LOAD(concert(3), concert_round(4, 3, 2)), RESULT_OK); /* over: none at all */
}

static void a_reservation_has_its_seats_in_their_places(void **state)
{
    (void)state;
    const int64_t places[] = {-1, SEATS_PER_RESERVATION_MAX, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        assert_int_equal(LOAD(user(1), concert(3), concert_round(4, 3, 1), seat(5, 4, 0),
                              reservation(8, 1, 4), reserved(8, places[i], 5)),
                         RESULT_CORRUPT);
}

static void parents_with_children_do_not_go_away(void **state)
{
    (void)state;
    assert_int_equal(LOAD(concert(3), concert_round(4, 3, 1), deleted(concert(3))), RESULT_CORRUPT);
    assert_int_equal(
        LOAD(concert(3), concert_round(4, 3, 1), seat(5, 4, 0), deleted(concert_round(4, 3, 1))),
        RESULT_CORRUPT);
}

/* A payment of the tail may be of a reservation that ended long ago. */
static void a_payment_of_no_live_reservation_is_not_kept(void **state)
{
    (void)state;
    const struct record payment = {
        .kind = RECORD_KIND_PAYMENT,
        .as.payment = {.id = ID(9), .user_id = ID(1), .reservation_id = ID(8)}};
    const struct record one = user(1);
    const struct office_settings settings = {.max_active = 1, .admit_per_second = 1};
    const struct secret key = {{7}};
    struct office *office = office_new(&settings);
    struct office_counts counts;
    assert_non_null(office);
    assert_int_equal(office_load(office, &one), RESULT_OK);
    assert_int_equal(office_load(office, &payment), RESULT_OK);
    assert_int_equal(office_open(office, (struct moment){1000, 1000}, 1, &key), RESULT_OK);
    office_counts(office, &counts);
    assert_int_equal(counts.payments, 0);
    office_free(office);
}

static struct secret key_after_loading(const struct record *house, const struct secret *offered)
{
    const struct office_settings settings = {.max_active = 1, .admit_per_second = 1};
    struct office *office = office_new(&settings);
    assert_non_null(office);
    if (house != NULL)
        assert_int_equal(office_load(office, house), RESULT_OK);
    assert_int_equal(office_open(office, (struct moment){1000, 1000}, 1, offered), RESULT_OK);
    const struct secret key = office_token_key(office);
    office_free(office);
    return key;
}

static void a_new_house_takes_the_key_and_an_old_one_keeps_its_own(void **state)
{
    (void)state;
    const struct secret first = {{7}}, second = {{8}};
    const struct record house = {.kind = RECORD_KIND_HOUSE,
                                 .as.house = {.id = 1, .admit_per_second = 1, .token_key = first}};
    const struct secret of_new = key_after_loading(NULL, &first);
    assert_memory_equal(&of_new, &first, sizeof first);
    const struct secret of_old = key_after_loading(&house, &second);
    assert_memory_equal(&of_old, &first, sizeof first);
}

/* The tables may be ahead of a row of the tail: what is gone already may go again. */
static void what_is_gone_may_go_again(void **state)
{
    (void)state;
    assert_int_equal(LOAD(deleted(session(2, 1)), deleted(seat(5, 4, 0)),
                          deleted(concert_round(4, 3, 1)), deleted(concert(3))),
                     RESULT_OK);
    assert_int_equal(LOAD(user(1), session(2, 1), deleted(session(2, 1)), deleted(session(2, 1))),
                     RESULT_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_rows_are_loaded),
        cmocka_unit_test(rows_of_nobody_are_corrupt),
        cmocka_unit_test(children_without_parents_are_corrupt),
        cmocka_unit_test(seats_outside_their_round_are_corrupt),
        cmocka_unit_test(a_round_with_a_seat_missing_does_not_open),
        cmocka_unit_test(a_reservation_has_its_seats_in_their_places),
        cmocka_unit_test(parents_with_children_do_not_go_away),
        cmocka_unit_test(a_payment_of_no_live_reservation_is_not_kept),
        cmocka_unit_test(a_new_house_takes_the_key_and_an_old_one_keeps_its_own),
        cmocka_unit_test(what_is_gone_may_go_again),
    };
    return cmocka_run_group_tests_name("loading", tests, NULL, NULL);
}
