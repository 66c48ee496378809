/* Many rows at once from the journal to the tables: all of them, or, when they do not fit together,
 * none. */
#include "scene.h"

#include "store/migrate.h"
#include "store/minute_line.h"
#include "store/minute_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/* More than one statement takes, and not a multiple of it. */
#define MANY 2345

static void more_rows_than_a_statement_takes(void **state)
{
    struct fixture *fixture = *state;
    static struct id ids[MANY];
    for (size_t i = 0; i < MANY; i++) {
        ids[i] = fixture_id(fixture);
        const struct record user = user_row(ids[i], "before", NULL);
        batch_add(fixture, &user);
    }
    batch_append(fixture);
    book_all(fixture);
    for (size_t i = 0; i < MANY; i += 2) {
        const struct record user = user_row(ids[i], "after", NULL);
        batch_add(fixture, &user);
    }
    batch_append(fixture);
    book_all(fixture);
    fixture_close(fixture);
    assert_int_equal(
        fixture_integer(fixture, "usher.db", "SELECT count(*) FROM user WHERE name = 'after'"),
        MANY - MANY / 2);
    assert_int_equal(
        fixture_integer(fixture, "usher.db", "SELECT count(*) FROM user WHERE name = 'before'"),
        MANY / 2);
}

/* The first of two new accounts has its user, the second has none. */
static void a_row_without_its_parent(void **state)
{
    struct fixture *fixture = *state;
    size_t rows;
    const struct record user = user_row(fixture_id(fixture), "somebody", NULL);
    batch_add(fixture, &user);
    batch_add(fixture, &(struct record){.kind = RECORD_KIND_POINT_ACCOUNT,
                                        .as.point_account.user_id = user.as.user.id});
    batch_add(fixture, &(struct record){.kind = RECORD_KIND_POINT_ACCOUNT,
                                        .as.point_account.user_id = fixture_id(fixture)});
    batch_append(fixture);
    for (int i = 0; i < 2; i++) { /* and again, with the tables opened anew */
        assert_int_equal(store_book(fixture->store, &rows, &fixture->explanation), RESULT_CORRUPT);
        assert_int_equal(rows, 0);
        assert_int_equal(store_unbooked(fixture->store), 3);
    }
    fixture_close(fixture);
    assert_int_equal(fixture_integer(fixture, "usher.db",
                                     "SELECT (SELECT count(*) FROM user) + "
                                     "(SELECT count(*) FROM point_account) + "
                                     "(SELECT booked_seq FROM bookkeeping)"),
                     0);
}

static void change_user(struct fixture *fixture, struct id id, enum record_why why)
{
    struct record user = user_row(id, "somebody", NULL);
    user.why = why;
    batch_add(fixture, &user);
    batch_append(fixture);
}

static int64_t counted(struct fixture *fixture, const char *condition)
{
    char sql[200];
    assert_true(snprintf(sql, sizeof sql,
                         "SELECT ifnull(sum(rows), 0) FROM happening WHERE entity = 'user' AND %s",
                         condition) > 0);
    return fixture_integer(fixture, "usher.db", sql);
}

/* Also what newer images hide; what was booked before a crash is not counted again. */
static void what_happened_is_counted_image_by_image(void **state)
{
    struct fixture *fixture = *state;
    const struct id id = fixture_id(fixture);
    change_user(fixture, id, WHY_REGISTERED);
    change_user(fixture, id, WHY_USER_CHANGED);
    change_user(fixture, id, WHY_USER_CHANGED);
    book_all(fixture);
    change_user(fixture, id, WHY_USER_CHANGED);
    change_user(fixture, id, WHY_UNTOLD);
    fixture_reopen(fixture);
    change_user(fixture, id, WHY_SIGNED_IN);
    book_all(fixture);
    fixture_close(fixture);
    assert_int_equal(counted(fixture, "why = 'registered'"), 1);
    assert_int_equal(counted(fixture, "why = 'user_changed'"), 3);
    assert_int_equal(counted(fixture, "why = 'signed_in'"), 1);
    assert_int_equal(counted(fixture, "true"), 5);
    assert_int_equal(counted(fixture, "minute % 60000 <> 0"), 0);
}

static enum store_outcome append_at(struct fixture *fixture, timestamp_ms house_time)
{
    const enum store_outcome outcome = store_append(fixture->store, ++fixture->seq, house_time,
                                                    &fixture->batch, fixture->batch_count);
    buffer_clear(&fixture->batch);
    fixture->batch_count = 0;
    return outcome;
}

static void each_minute_is_counted_apart_and_old_ones_go(void **state)
{
    struct fixture *fixture = *state;
    static const timestamp_ms times[] = {NOW + 1, NOW + 59999, NOW + 60000, NOW + 30 * DAY_MS,
                                         NOW + 30 * DAY_MS + MINUTE_MS};
    struct record user = user_row(fixture_id(fixture), "somebody", NULL);
    user.why = WHY_USER_CHANGED;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        batch_add(fixture, &user);
        assert_int_equal(append_at(fixture, times[i]), STORE_DONE);
        if (i == 2) {
            book_all(fixture);
            fixture_close(fixture);
            assert_int_equal(counted(fixture, "minute = 1800000000000"), 2);
            assert_int_equal(counted(fixture, "minute = 1800000060000"), 1);
            fixture_reopen(fixture);
        }
    }
    book_all(fixture);
    fixture_close(fixture);
    assert_int_equal(counted(fixture, "minute = 1800000000000"), 0);
    assert_int_equal(counted(fixture, "true"), 3);
}

static void older_tables_are_counted_from_here_on(void **state)
{
    struct fixture *fixture = *state;
    const struct id id = fixture_id(fixture);
    change_user(fixture, id, WHY_REGISTERED);
    book_all(fixture);
    fixture_close(fixture);
    fixture_run(fixture, "usher.db", "DROP TABLE happening");
    fixture_make_old(fixture, 3);
    fixture_reopen(fixture);
    change_user(fixture, id, WHY_USER_CHANGED);
    book_all(fixture);
    fixture_close(fixture);
    assert_int_equal(counted(fixture, "why = 'user_changed'"), 1);
    assert_int_equal(counted(fixture, "true"), 1);
}

/* ---- Changes ---- */

static void put_concert(struct fixture *fixture, struct id id, enum record_why why, timestamp_ms at)
{
    const struct record concert = {.kind = RECORD_KIND_CONCERT,
                                   .why = why,
                                   .as.concert = {.id = id, .title = "a title", .description = ""}};
    batch_add(fixture, &concert);
    assert_int_equal(append_at(fixture, at), STORE_DONE);
}

/* Asks as a follower would; the caller releases the page. */
static struct change_page read_page(struct fixture *fixture, struct change_query query)
{
    struct store_reader *reader;
    struct change_page page;
    if (query.types == 0)
        query.types = UINT64_MAX;
    assert_int_equal(store_reader_open(fixture->store, &reader, &fixture->explanation), RESULT_OK);
    assert_int_equal(store_reader_changes(reader, &query, &page), RESULT_OK);
    store_reader_close(reader);
    return page;
}

static void assert_told(struct fixture *fixture, struct change_query query, size_t count,
                        uint64_t last)
{
    struct change_page page = read_page(fixture, query);
    assert_false(page.gone);
    assert_int_equal(page.count, count);
    assert_int_equal(page.last, last);
    for (size_t i = 1; i < page.count; i++)
        assert_true(page.changes[i - 1].number < page.changes[i].number);
    change_page_release(&page);
}

static void assert_gone(struct fixture *fixture, uint64_t after)
{
    struct change_page page =
        read_page(fixture, (struct change_query){.after = after, .limit = 10});
    assert_true(page.gone);
    change_page_release(&page);
}

static void changes_are_told_once_booked(void **state)
{
    struct fixture *fixture = *state;
    const struct id id = fixture_id(fixture);
    put_concert(fixture, id, WHY_CONCERT_CREATED, NOW + 1);
    assert_told(fixture, (struct change_query){.limit = 10}, 0, 0);
    assert_int_equal(store_last_change(fixture->store), 0);
    book_all(fixture);
    assert_int_equal(store_last_change(fixture->store), 1);
    put_concert(fixture, id, WHY_CONCERT_CHANGED, NOW + 2);
    put_concert(fixture, id, WHY_CONCERT_CHANGED, NOW + 3);
    change_user(fixture, fixture_id(fixture), WHY_REGISTERED); /* nobody is told */
    book_all(fixture);
    fixture_reopen(fixture);
    assert_int_equal(store_last_change(fixture->store), 3);
    assert_told(fixture, (struct change_query){.limit = 10}, 3, 3);
    assert_told(fixture, (struct change_query){.limit = 2}, 2, 2);
    assert_told(fixture, (struct change_query){.after = 2, .limit = 2}, 1, 3);
    assert_told(fixture, (struct change_query){.after = 3, .limit = 2}, 0, 3);
    assert_told(fixture,
                (struct change_query){.types = UINT64_C(1) << CHANGE_CONCERT_CHANGED, .limit = 9},
                2, 3);
    assert_gone(fixture, 4);
}

/* More than a row of the table has room for, and one image that fills a row by itself. */
static void a_commit_of_many_changes_stands_in_rows(void **state)
{
    struct fixture *fixture = *state;
    static char description[9001];
    memset(description, 'd', sizeof description - 1);
    for (size_t i = 0; i < 200; i++) {
        const struct record concert = {
            .kind = RECORD_KIND_CONCERT,
            .why = WHY_CONCERT_CREATED,
            .as.concert = {.id = fixture_id(fixture),
                           .title = "a title that is as long as most of them are",
                           .description = i == 100 ? description : ""}};
        batch_add(fixture, &concert);
    }
    batch_append(fixture);
    book_all(fixture);
    assert_told(fixture, (struct change_query){.limit = 200}, 200, 200);
    for (uint64_t after = 0; after < 200; after += 7)
        assert_told(fixture, (struct change_query){.after = after, .limit = 1}, 1, after + 1);
    fixture_close(fixture);
    assert_in_range(fixture_integer(fixture, "usher.db", "SELECT count(*) FROM change"), 4, 8);
    assert_int_equal(fixture_integer(fixture, "usher.db",
                                     "SELECT count(*) FROM change WHERE length(records) > 4000"),
                     1);
}

/* The last stays, so that numbers go on. */
static void old_changes_go(void **state)
{
    struct fixture *fixture = *state;
    const struct id id = fixture_id(fixture);
    static const timestamp_ms times[] = {NOW, NOW + DAY_MS, NOW + 30 * DAY_MS + 2,
                                         NOW + 90 * DAY_MS};
    for (size_t i = 0; i < 3; i++) {
        put_concert(fixture, id, WHY_CONCERT_CHANGED, times[i]);
        book_all(fixture);
    }
    assert_gone(fixture, 0);
    assert_told(fixture, (struct change_query){.after = 1, .limit = 10}, 2, 3);
    assert_told(fixture, (struct change_query){.from_oldest = true, .limit = 10}, 2, 3);
    put_concert(fixture, id, WHY_CONCERT_CHANGED, times[3]);
    book_all(fixture);
    fixture_reopen(fixture);
    assert_gone(fixture, 2);
    assert_told(fixture, (struct change_query){.from_oldest = true, .limit = 10}, 1, 4);
    put_concert(fixture, id, WHY_CONCERT_CHANGED, times[3]);
    book_all(fixture);
    assert_int_equal(store_last_change(fixture->store), 5);
}

/* What signs session tokens stands in the house's own row alone. */
static void the_houses_key_is_told_to_nobody(void **state)
{
    struct fixture *fixture = *state;
    struct record house = {.kind = RECORD_KIND_HOUSE,
                           .why = WHY_QUEUE_CHANGED,
                           .as.house = {.id = 1, .max_active = 7, .heartbeat_at = NOW}};
    memset(&house.as.house.token_key, 0x5a, sizeof house.as.house.token_key);
    batch_add(fixture, &house);
    batch_append(fixture);
    book_all(fixture);
    struct change_page page = read_page(fixture, (struct change_query){.limit = 1});
    assert_int_equal(page.count, 1);
    assert_int_equal(page.changes[0].type, CHANGE_QUEUE_CHANGED);
    assert_int_equal(page.changes[0].record->as.house.max_active, 7);
    change_page_release(&page);
    fixture_close(fixture);
    assert_int_equal(
        fixture_integer(fixture, "usher.db",
                        "SELECT count(*) FROM change WHERE instr(records, x'5a5a5a5a')"),
        0);
}

/* ---- The house minute by minute ---- */

static void put_minute(struct fixture *fixture, int64_t number, int64_t sold)
{
    const struct house_minute minute = {.minute = number, .values[SERIES_SOLD] = sold};
    store_put_minute(fixture->store, &minute);
}

struct seen_minutes {
    size_t count;
    struct house_minute minutes[MINUTES_WAITING_MAX];
};

static void see_minute(void *owner, const struct house_minute *minute)
{
    struct seen_minutes *seen = owner;
    assert_in_range(seen->count, 0, MINUTES_WAITING_MAX - 1);
    seen->minutes[seen->count++] = *minute;
}

static struct seen_minutes read_minutes(struct fixture *fixture, int64_t from)
{
    struct seen_minutes seen = {.count = 0};
    assert_int_equal(
        store_read_minutes(fixture->store, from, see_minute, &seen, &fixture->explanation),
        RESULT_OK);
    return seen;
}

static void minutes_are_booked_with_rows_and_without(void **state)
{
    struct fixture *fixture = *state;
    change_user(fixture, fixture_id(fixture), WHY_REGISTERED);
    put_minute(fixture, 100, 3);
    put_minute(fixture, 101, 4);
    assert_int_equal(read_minutes(fixture, 0).count, 0);
    book_all(fixture);
    assert_int_equal(store_unbooked(fixture->store), 0);
    put_minute(fixture, 101, 5); /* the same again is the whole of it */
    put_minute(fixture, 102, 6);
    book_all(fixture);
    fixture_close(fixture);
    fixture_reopen(fixture);
    const struct seen_minutes seen = read_minutes(fixture, 101);
    assert_int_equal(seen.count, 2);
    assert_int_equal(seen.minutes[0].minute, 101);
    assert_int_equal(seen.minutes[0].values[SERIES_SOLD], 5);
    assert_int_equal(seen.minutes[0].values[SERIES_JOINED], 0);
    assert_int_equal(seen.minutes[1].values[SERIES_SOLD], 6);
    assert_int_equal(read_minutes(fixture, 0).count, 3);
}

static int64_t newest_waiting(struct minute_line *line, size_t count, uint64_t *next)
{
    static struct house_minute waiting[MINUTES_WAITING_MAX];
    assert_int_equal(minute_line_look(line, waiting, next), count);
    for (size_t i = 1; i < count; i++)
        assert_int_equal(waiting[i].minute, waiting[i - 1].minute + 1);
    return count == 0 ? 0 : waiting[count - 1].minute;
}

/* The line by itself: what comes while others are booked waits on, and of too many the last do. */
static void minutes_wait_until_they_are_booked(void **state)
{
    (void)state;
    static struct minute_line line;
    uint64_t next, none;
    struct house_minute minute = {.minute = 1};
    minute_line_init(&line);
    minute_line_put(&line, &minute);
    assert_int_equal(newest_waiting(&line, 1, &next), 1);
    minute.minute = 2;
    minute_line_put(&line, &minute);
    minute_line_booked(&line, next);
    assert_int_equal(newest_waiting(&line, 1, &next), 2);
    for (minute.minute = 3; minute.minute < 4 + MINUTES_WAITING_MAX; minute.minute++)
        minute_line_put(&line, &minute);
    minute_line_booked(&line, next); /* which is not one of those that wait */
    assert_int_equal(newest_waiting(&line, MINUTES_WAITING_MAX, &next), minute.minute - 1);
    minute_line_booked(&line, next);
    assert_int_equal(newest_waiting(&line, 0, &none), 0);
    minute_line_release(&line);
}

static void old_minutes_go(void **state)
{
    struct fixture *fixture = *state;
    put_minute(fixture, 1000, 1);
    put_minute(fixture, 1001, 2);
    book_all(fixture);
    put_minute(fixture, 1000 + MINUTES_KEPT, 3);
    book_all(fixture);
    const struct seen_minutes seen = read_minutes(fixture, 0);
    assert_int_equal(seen.count, 2);
    assert_int_equal(seen.minutes[0].minute, 1001);
}

static void of_minutes_that_wait_too_long_the_oldest_go(void **state)
{
    struct fixture *fixture = *state;
    for (int64_t minute = 1; minute <= MINUTES_WAITING_MAX + 3; minute++)
        put_minute(fixture, minute, minute);
    book_all(fixture);
    const struct seen_minutes seen = read_minutes(fixture, 0);
    assert_int_equal(seen.count, MINUTES_WAITING_MAX);
    assert_int_equal(seen.minutes[0].minute, 4);
}

/* A row that is refused takes the minutes of its transaction along; they wait on. */
static void minutes_outlast_a_booking_that_fails(void **state)
{
    struct fixture *fixture = *state;
    size_t rows;
    put_minute(fixture, 7, 1);
    batch_add(fixture, &(struct record){.kind = RECORD_KIND_POINT_ACCOUNT,
                                        .as.point_account.user_id = fixture_id(fixture)});
    batch_append(fixture);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(store_book(fixture->store, &rows, &fixture->explanation), RESULT_CORRUPT);
        assert_int_equal(read_minutes(fixture, 0).count, 0);
    }
}

static void older_tables_keep_minutes_from_here_on(void **state)
{
    struct fixture *fixture = *state;
    put_minute(fixture, 7, 1);
    book_all(fixture);
    fixture_close(fixture);
    fixture_make_old(fixture, MINUTES_SINCE - 1);
    fixture_reopen(fixture);
    assert_int_equal(read_minutes(fixture, 0).count, 0);
    put_minute(fixture, 8, 1);
    book_all(fixture);
    assert_int_equal(read_minutes(fixture, 0).count, 1);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(more_rows_than_a_statement_takes),
        TEST(a_row_without_its_parent),
        TEST(what_happened_is_counted_image_by_image),
        TEST(each_minute_is_counted_apart_and_old_ones_go),
        TEST(older_tables_are_counted_from_here_on),
        TEST(changes_are_told_once_booked),
        TEST(a_commit_of_many_changes_stands_in_rows),
        TEST(old_changes_go),
        TEST(the_houses_key_is_told_to_nobody),
        TEST(minutes_are_booked_with_rows_and_without),
        TEST(minutes_wait_until_they_are_booked),
        TEST(old_minutes_go),
        TEST(of_minutes_that_wait_too_long_the_oldest_go),
        TEST(minutes_outlast_a_booking_that_fails),
        TEST(older_tables_keep_minutes_from_here_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
