/* What is not plain in loading: rows that the office does not keep, rows that go away again, what a
 * new house takes and an old one keeps. Rows that contradict each other are fit_test.c's. */
#include "office/office.h"

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

static struct record deleted(struct record record)
{
    record.deleted = true;
    return record;
}

static enum result load(const struct record *records, size_t count)
{
    const struct office_settings settings = {.max_active = 1, .admit_per_second = 1};
    const struct house_keys keys = {.token_key = {{0}}};
    struct office *office = office_new(&settings);
    assert_non_null(office);
    enum result result = RESULT_OK;
    struct explanation why;
    for (size_t i = 0; i < count && result == RESULT_OK; i++)
        result = office_load(office, &records[i], &why);
    if (result == RESULT_OK)
        result = office_open(office, (struct moment){1000, 1000}, 1, &keys, &why);
    office_free(office);
    return result;
}

#define LOAD(...)                                                                                  \
    load((const struct record[]){__VA_ARGS__},                                                     \
         sizeof((const struct record[]){__VA_ARGS__}) / sizeof(struct record))

static void a_round_that_is_over_has_no_seats(void **state)
{
    (void)state;
    assert_int_equal(LOAD(concert(3), concert_round(4, 3, 2)), RESULT_OK);
    assert_int_equal(LOAD(concert(3), concert_round(4, 3, 2), seat(5, 4, 0), seat(6, 4, 1)),
                     RESULT_OK);
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
    const struct house_keys keys = {.token_key = {{7}}};
    struct office *office = office_new(&settings);
    struct office_counts counts;
    struct explanation why;
    assert_non_null(office);
    assert_int_equal(office_load(office, &one, &why), RESULT_OK);
    assert_int_equal(office_load(office, &payment, &why), RESULT_OK);
    assert_int_equal(office_open(office, (struct moment){1000, 1000}, 1, &keys, &why), RESULT_OK);
    office_counts(office, &counts);
    assert_int_equal(counts.payments, 0);
    office_free(office);
}

static struct house_keys keys_after_loading(const struct record *house,
                                            const struct house_keys *offered)
{
    const struct office_settings settings = {.max_active = 1, .admit_per_second = 1};
    struct office *office = office_new(&settings);
    struct explanation why;
    assert_non_null(office);
    if (house != NULL)
        assert_int_equal(office_load(office, house, &why), RESULT_OK);
    assert_int_equal(office_open(office, (struct moment){1000, 1000}, 1, offered, &why), RESULT_OK);
    const struct house_keys keys = office_keys(office);
    office_free(office);
    return keys;
}

static void a_new_house_takes_the_keys_and_an_old_one_keeps_its_own(void **state)
{
    (void)state;
    const struct house_keys first = {.token_key = {{7}}, .ticket_seed = {{5}}},
                            second = {.token_key = {{8}}, .ticket_seed = {{6}}};
    const struct record house = {.kind = RECORD_KIND_HOUSE,
                                 .as.house = {.id = 1,
                                              .admit_per_second = 1,
                                              .token_key = first.token_key,
                                              .ticket_seed = first.ticket_seed}};
    const struct house_keys of_new = keys_after_loading(NULL, &first);
    assert_memory_equal(&of_new, &first, sizeof first);
    const struct house_keys of_old = keys_after_loading(&house, &second);
    assert_memory_equal(&of_old, &first, sizeof first);
}

/* One from before there were tickets gets what they are signed with, and keeps the other key. */
static void a_house_that_lacks_a_key_gets_that_one(void **state)
{
    (void)state;
    const struct house_keys offered = {.token_key = {{8}}, .ticket_seed = {{6}}};
    const struct record house = {.kind = RECORD_KIND_HOUSE,
                                 .as.house = {.id = 1, .admit_per_second = 1, .token_key = {{7}}}};
    const struct house_keys keys = keys_after_loading(&house, &offered);
    assert_memory_equal(&keys.token_key, &house.as.house.token_key, SECRET_BYTES);
    assert_memory_equal(&keys.ticket_seed, &offered.ticket_seed, SECRET_BYTES);
}

/* The tables may be ahead of a row of the tail: what is gone already may go again. */
static void what_is_gone_may_go_again(void **state)
{
    (void)state;
    assert_int_equal(LOAD(concert(3), concert_round(4, 3, 1), seat(5, 4, 0), deleted(seat(5, 4, 0)),
                          deleted(concert_round(4, 3, 1)), deleted(concert(3))),
                     RESULT_OK);
    assert_int_equal(LOAD(deleted(session(2, 1)), deleted(seat(5, 4, 0)),
                          deleted(concert_round(4, 3, 1)), deleted(concert(3))),
                     RESULT_OK);
    assert_int_equal(LOAD(user(1), session(2, 1), deleted(session(2, 1)), deleted(session(2, 1))),
                     RESULT_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_round_that_is_over_has_no_seats),
        cmocka_unit_test(a_payment_of_no_live_reservation_is_not_kept),
        cmocka_unit_test(a_new_house_takes_the_keys_and_an_old_one_keeps_its_own),
        cmocka_unit_test(a_house_that_lacks_a_key_gets_that_one),
        cmocka_unit_test(what_is_gone_may_go_again),
    };
    return cmocka_run_group_tests_name("loading", tests, NULL, NULL);
}
