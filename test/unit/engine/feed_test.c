/* Following commits: each once, in order, and told when some were missed. */
#include "base/check.h"
#include "engine/feed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* A feed and the records of a commit, whose bytes tell its number. */
struct house {
    struct feed feed;
    struct buffer records;
};

static void house_open(struct house *house)
{
    feed_init(&house->feed);
    buffer_init(&house->records, FEED_BYTES_MAX);
}

static void house_close(struct house *house)
{
    feed_release(&house->feed);
    buffer_release(&house->records);
}

static const struct buffer *records_of(struct house *house, uint64_t seq, size_t length)
{
    buffer_clear(&house->records);
    assert_int_equal(buffer_reserve(&house->records, length), RESULT_OK);
    memset(house->records.data, (int)(seq & 0xff), length);
    house->records.length = length;
    return &house->records;
}

static void publish(struct house *house, uint64_t seq, size_t length)
{
    feed_publish(&house->feed, seq, (timestamp_ms)(1000 + seq), records_of(house, seq, length), 1);
}

/* ---- A follower that counts its wakes ---- */

struct reader {
    struct follower follower;
    unsigned wakes;
};

static void count_wake(struct follower *follower)
{
    ((struct reader *)follower)->wakes++;
}

static struct reader reader_new(void)
{
    return (struct reader){.follower.wake = count_wake};
}

static void expect_commit(struct house *house, struct reader *reader, uint64_t seq)
{
    const struct commit *commit = NULL;
    assert_int_equal(feed_next(&house->feed, &reader->follower, &commit), FEED_COMMIT);
    assert_int_equal(commit->seq, seq);
    assert_int_equal(commit->house_time, 1000 + seq);
    assert_int_equal(commit->record_count, 1);
    for (size_t i = 0; i < commit->length; i++)
        assert_int_equal(commit->records[i], seq & 0xff);
    commit_release(commit);
}

static void expect(struct house *house, struct reader *reader, enum feed_answer answer)
{
    const struct commit *commit = NULL;
    assert_int_equal(feed_next(&house->feed, &reader->follower, &commit), answer);
    assert_null(commit);
}

/* ---- Tests ---- */

static void each_commit_comes_once_and_in_order(void **state)
{
    (void)state;
    struct house house;
    struct reader first = reader_new(), second = reader_new();
    house_open(&house);
    feed_start(&house.feed, 41);
    publish(&house, 42, 8); /* nobody follows yet */
    assert_int_equal(feed_follow(&house.feed, &first.follower), 42);
    publish(&house, 43, 8);
    assert_int_equal(feed_follow(&house.feed, &second.follower), 43);
    publish(&house, 44, 8);
    expect_commit(&house, &first, 43);
    expect_commit(&house, &first, 44);
    expect(&house, &first, FEED_WAIT);
    expect_commit(&house, &second, 44);
    feed_leave(&house.feed, &first.follower);
    feed_leave(&house.feed, &second.follower);
    house_close(&house);
}

static void a_follower_is_woken_once_for_what_it_waits_for(void **state)
{
    (void)state;
    struct house house;
    struct reader reader = reader_new();
    house_open(&house);
    (void)feed_follow(&house.feed, &reader.follower);
    publish(&house, 1, 8);
    assert_int_equal(reader.wakes, 0); /* it did not wait */
    expect_commit(&house, &reader, 1);
    expect(&house, &reader, FEED_WAIT);
    publish(&house, 2, 8);
    publish(&house, 3, 8);
    assert_int_equal(reader.wakes, 1);
    expect_commit(&house, &reader, 2);
    expect_commit(&house, &reader, 3);
    expect(&house, &reader, FEED_WAIT);
    feed_leave(&house.feed, &reader.follower);
    publish(&house, 4, 8);
    assert_int_equal(reader.wakes, 1);
    house_close(&house);
}

static void a_commit_lives_while_somebody_reads_it(void **state)
{
    (void)state;
    struct house house;
    struct reader reader = reader_new();
    const struct commit *commit = NULL;
    house_open(&house);
    (void)feed_follow(&house.feed, &reader.follower);
    publish(&house, 1, 8);
    assert_int_equal(feed_next(&house.feed, &reader.follower, &commit), FEED_COMMIT);
    feed_leave(&house.feed, &reader.follower);
    assert_int_equal(house.feed.bytes, 0);
    house_close(&house);
    assert_int_equal(commit->records[7], 1);
    commit_release(commit);
}

static void check_behind(size_t length, uint64_t commits)
{
    struct house house;
    struct reader slow = reader_new(), quick = reader_new();
    house_open(&house);
    (void)feed_follow(&house.feed, &slow.follower);
    (void)feed_follow(&house.feed, &quick.follower);
    for (uint64_t seq = 1; seq <= commits; seq++) {
        publish(&house, seq, length);
        expect_commit(&house, &quick, seq);
        assert_true(house.feed.bytes <= FEED_BYTES_MAX);
    }
    expect_commit(&house, &slow, 1); /* just kept */
    publish(&house, commits + 1, length);
    publish(&house, commits + 2, length);
    expect(&house, &slow, FEED_BEHIND);
    expect(&house, &slow, FEED_BEHIND);
    feed_leave(&house.feed, &slow.follower);
    assert_int_equal(feed_follow(&house.feed, &slow.follower), commits + 2);
    expect(&house, &slow, FEED_WAIT);
    expect_commit(&house, &quick, commits + 1);
    feed_leave(&house.feed, &slow.follower);
    feed_leave(&house.feed, &quick.follower);
    house_close(&house);
}

static void one_that_is_many_commits_behind_is_told(void **state)
{
    (void)state;
    check_behind(8, FEED_COMMITS_MAX);
}

static void one_that_is_many_bytes_behind_is_told(void **state)
{
    (void)state;
    check_behind(FEED_BYTES_MAX / 16, 16);
}

static void one_that_missed_what_was_loaded_is_told(void **state)
{
    (void)state;
    struct house house;
    struct reader reader = reader_new();
    house_open(&house);
    (void)feed_follow(&house.feed, &reader.follower);
    publish(&house, 1, 8);
    expect_commit(&house, &reader, 1);
    expect(&house, &reader, FEED_WAIT);
    feed_resume(&house.feed, 1);
    assert_int_equal(reader.wakes, 0);
    feed_resume(&house.feed, 4);
    assert_int_equal(reader.wakes, 1);
    expect(&house, &reader, FEED_BEHIND);
    feed_leave(&house.feed, &reader.follower);
    assert_int_equal(feed_follow(&house.feed, &reader.follower), 4);
    publish(&house, 5, 8);
    expect_commit(&house, &reader, 5);
    feed_leave(&house.feed, &reader.follower);
    house_close(&house);
}

static void nothing_is_kept_while_nobody_follows(void **state)
{
    (void)state;
    struct house house;
    house_open(&house);
    for (uint64_t seq = 1; seq <= 3; seq++)
        publish(&house, seq, 8);
    feed_resume(&house.feed, 4);
    assert_int_equal(house.feed.bytes, 0);
    assert_int_equal(house.feed.last_seq, 4);
    house_close(&house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_commit_comes_once_and_in_order),
        cmocka_unit_test(a_follower_is_woken_once_for_what_it_waits_for),
        cmocka_unit_test(a_commit_lives_while_somebody_reads_it),
        cmocka_unit_test(one_that_is_many_commits_behind_is_told),
        cmocka_unit_test(one_that_is_many_bytes_behind_is_told),
        cmocka_unit_test(one_that_missed_what_was_loaded_is_told),
        cmocka_unit_test(nothing_is_kept_while_nobody_follows),
    };
    return cmocka_run_group_tests_name("engine feed", tests, NULL, NULL);
}
