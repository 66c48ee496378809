/* The invariants: none is broken by what the office does, and each is named when it is broken by
 * hand. */
#include "scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define INVARIANTS 19

/* What an audit told, and whether it told what was waited for. */
struct found {
    size_t of_invariant[INVARIANTS];
    char last[512];
    int invariant;
    const char *says;
    bool said;
};

static void note(void *owner, int invariant, const char *text)
{
    struct found *found = owner;
    assert_in_range(invariant, 1, INVARIANTS - 1);
    found->of_invariant[invariant]++;
    assert_true(snprintf(found->last, sizeof found->last, "%d: %s", invariant, text) > 0);
    if (invariant == found->invariant && strstr(text, found->says) != NULL)
        found->said = true;
}

static size_t run_audit(struct fixture *fixture, struct found *found)
{
    size_t violations;
    if (store_audit(fixture->store, note, found, &violations, &fixture->explanation) != RESULT_OK)
        fail_msg("%s", fixture->explanation.text);
    return violations;
}

static void check_whole(struct fixture *fixture)
{
    struct found found = {0};
    if (run_audit(fixture, &found) != 0)
        fail_msg("%s", found.last);
}

static bool for_ever(void *owner)
{
    (void)owner;
    return true;
}

/* The same beside the store, which goes on. */
static size_t run_selfcheck(struct fixture *fixture, struct found *found)
{
    struct store_verdict verdict;
    if (store_selfcheck(fixture->store, for_ever, note, found, &verdict, &fixture->explanation) !=
        RESULT_OK)
        fail_msg("%s", fixture->explanation.text);
    assert_int_equal(verdict.seq, store_booked_seq(fixture->store));
    assert_true(verdict.questions > 30);
    return verdict.violations;
}

/* Everything that happens in a box office: purchases, a refund, an expired hold, people who were
 * passed over, came back, left or gave up. Ends with tokens waiting and active, and a seat held. */
static void play(struct fixture *fixture)
{
    struct scene scene;
    struct person people[7];
    static const char *const names[] = {"buys", "refunds", "holds", "returns",
                                        "left", "late",    "waits"};
    scene_open(&scene, fixture);
    for (size_t i = 0; i < 7; i++)
        scene_join(&scene, &people[i], names[i]);
    scene_admit(&scene, &people[0], NOW + 10);
    scene_admit(&scene, &people[1], NOW + 20);
    scene_admit(&scene, &people[2], NOW + 30);
    scene_pass_over(&scene, &people[3], NOW + 40);
    scene_end_token(&scene, &people[4], TOKEN_REASON_LEFT, NOW + 40);
    scene_admit(&scene, &people[5], NOW + 50);
    scene_admit(&scene, &people[3], NOW + 60);

    struct seat_reservation bought = scene_hold(&scene, &people[0], 0, NOW + 61);
    (void)scene_pay(&scene, &people[0], &bought, 0, NOW + 62);
    scene_end_token(&scene, &people[0], TOKEN_REASON_FINISHED, NOW + 62);

    struct seat_reservation refunded = scene_hold(&scene, &people[1], 1, NOW + 63);
    struct payment payment = scene_pay(&scene, &people[1], &refunded, 1, NOW + 64);
    scene_refund(&scene, &people[1], &refunded, &payment, 1, NOW + 65);
    scene_end_token(&scene, &people[1], TOKEN_REASON_FINISHED, NOW + 65);

    struct seat_reservation expired = scene_hold(&scene, &people[2], 1, NOW + 66);
    scene_expire(&scene, &expired, 1, NOW + 67);
    (void)scene_hold(&scene, &people[2], 1, NOW + 68);
}

static void a_busy_day_breaks_nothing(void **state)
{
    struct fixture *fixture = *state;
    play(fixture);
    book_all(fixture);
    check_whole(fixture);
    fixture_reopen(fixture);
    check_whole(fixture);
    store_prune(fixture->store);
    append_one(fixture, &(struct record){.kind = RECORD_KIND_SESSION, .deleted = true});
    book_all(fixture);
    check_whole(fixture);
}

static void what_is_deleted_and_still_there_is_told(void **state)
{
    struct fixture *fixture = *state;
    struct found found = {.invariant = 12, .says = "is deleted in the journal and there"};
    struct record concert = {.kind = RECORD_KIND_CONCERT,
                             .as.concert = {.id = fixture_id(fixture),
                                            .title = "Title",
                                            .description = "",
                                            .reservation_open_at = NOW,
                                            .reservation_close_at = NOW + 1}};
    append_one(fixture, &concert);
    book_all(fixture);
    concert.deleted = true;
    append_one(fixture, &concert);
    fixture_close(fixture);
    fixture_run(fixture, "usher.db", "UPDATE bookkeeping SET booked_seq = booked_seq + 1");
    assert_int_equal(fixture_open(fixture), RESULT_OK);
    assert_int_equal(run_audit(fixture, &found), 1);
    assert_true(found.said);
}

/* Also while rows wait to be booked: the tables are those of an earlier moment. */
static void a_check_beside_the_store_finds_nothing_wrong(void **state)
{
    struct fixture *fixture = *state;
    size_t rows;
    assert_int_equal(run_selfcheck(fixture, &(struct found){0}), 0);
    play(fixture);
    assert_int_equal(run_selfcheck(fixture, &(struct found){0}), 0);
    do {
        if (store_book(fixture->store, &rows, &fixture->explanation) != RESULT_OK)
            fail_msg("%s", fixture->explanation.text);
        assert_int_equal(run_selfcheck(fixture, &(struct found){0}), 0);
    } while (rows > 0);
    append_one(fixture, &(struct record){.kind = RECORD_KIND_SESSION, .deleted = true});
    book_all(fixture);
    assert_int_equal(run_selfcheck(fixture, &(struct found){0}), 0);
}

static bool five_times(void *owner)
{
    int *asked = owner;
    return ++*asked < 5;
}

static void tell_nobody(void *owner, int invariant, const char *text)
{
    (void)owner;
    fail_msg("invariant %d: %s", invariant, text);
}

static void a_check_that_may_not_go_on_says_so(void **state)
{
    struct fixture *fixture = *state;
    struct store_verdict verdict;
    int asked = 0;
    play(fixture);
    book_all(fixture);
    assert_int_equal(store_selfcheck(fixture->store, five_times, tell_nobody, &asked, &verdict,
                                     &fixture->explanation),
                     RESULT_FULL);
    assert_int_equal(asked, 5);
    append_one(fixture, &(struct record){.kind = RECORD_KIND_SESSION, .deleted = true});
    book_all(fixture); /* no transaction of its is left */
    check_whole(fixture);
}

static void an_empty_store_breaks_nothing(void **state)
{
    check_whole(*state);
}

/* What ends in 01kg0000000000000000000000 as text. */
#define KG_ID "x'019c0000000000000000000000000000'"

/* Which invariant is broken, what is done to the tables, and what is said about it. */
struct breakage {
    int invariant;
    const char *sql, *says;
};

static const struct breakage in_tables[] = {
    {1, "UPDATE seat SET status = 'available' WHERE position = 0",
     "is available, with 1 confirmed"},
    {1, "UPDATE seat SET status = 'sold' WHERE position = 3", "is sold, with 0 confirmed"},
    {1, "UPDATE seat SET status = 'available' WHERE position = 1", "and 1 pending"},
    {1, "UPDATE seat SET status = 'held' WHERE position = 4", "is held, with 0 confirmed"},
    {1,
     "INSERT INTO concert_round (id, concert_id, start_time, status, total_seat_cnt)"
     " SELECT " KG_ID ", concert_id, start_time, status, 0 FROM concert_round; UPDATE "
     "seat_reservation SET round_id ="
     " " KG_ID " WHERE status = 'confirmed'",
     "of round_01kg0000000000000000000000 has seat_"},
    {2, "UPDATE seat_reservation SET ended_at = reserved_at + 1000000 WHERE status = 'expired'",
     "had it"},
    {2, "UPDATE seat_reservation SET ended_at = NULL WHERE status = 'cancelled'", "its end"},
    {2, "UPDATE seat_reservation SET cancel_reason = 'buyer' WHERE status = 'expired'", "its end"},
    {2, "UPDATE seat_reservation SET ended_at = 5 WHERE status = 'pending'", "its end"},
    {2, "UPDATE seat_reservation SET extended_at = reserved_at - 1 WHERE status = 'pending'",
     "while it was no hold"},
    {2, "UPDATE seat_reservation SET extended_at = expires_at WHERE status = 'pending'",
     "while it was no hold"},
    {3, "UPDATE point_account SET balance = balance + 1", "points, and entries of"},
    {18, "UPDATE user SET role = 'former', email = 'a@house' WHERE name = 'waits'",
     "left and can still"},
    {3, "UPDATE point_entry SET amount = amount + 1 WHERE kind = 'charge'", "entries"},
    {3, "UPDATE point_entry SET balance = 3 WHERE kind = 'payment'", "so far"},
    {3, "UPDATE point_entry SET kind = 'refund' WHERE kind = 'payment'", "is a refund of -1000"},
    {3, "DELETE FROM point_account WHERE user_id IN (SELECT id FROM user WHERE name = 'waits')",
     "has no point account"},
    {3, "UPDATE payment SET amount = 999 WHERE status = 'succeeded'", "succeeded payments of 999"},
    {4, "UPDATE payment SET amount = 999 WHERE status = 'succeeded'", "is confirmed without"},
    {4, "UPDATE payment SET status = 'cancelled', cancelled_at = 5", "is confirmed without"},
    {4, "UPDATE seat_reservation SET payment_id = NULL WHERE status = 'confirmed'",
     "not confirmed by it"},
    {4,
     "INSERT INTO payment SELECT " KG_ID ", user_id, reservation_id,"
     " amount, status, created_at, paid_at, cancelled_at FROM payment WHERE status = 'succeeded'",
     "payment_01kg0000000000000000000000 succeeded, and reservation_"},
    {4, "DELETE FROM point_entry WHERE kind = 'payment'", "its entries"},
    {4, "DELETE FROM point_entry WHERE kind = 'refund'", "its entries"},
    {4, "UPDATE point_entry SET payment_id = NULL WHERE kind = 'refund'", "its payment is none"},
    {4, "UPDATE payment SET paid_at = NULL WHERE status = 'succeeded'", "its times"},
    {4, "UPDATE reservation_seat SET price = 1", "do not sum to it"},
    {4, "UPDATE seat_reservation SET used_points = 1 WHERE status = 'pending'", "has a payment"},
    {5, "UPDATE concert_round SET total_seat_cnt = 7", "counts 7 seats and has 6"},
    {5, "UPDATE seat SET status = 'lost' WHERE position = 5", "counts 6 seats and has 5"},
    {5, "UPDATE seat SET position = 4 WHERE position = 5", "counts 6 seats"},
    {6, "UPDATE queue_token SET passed_at = NULL WHERE number = 4", "after number 6"},
    {6, "UPDATE queue_token SET passed_at = activate_at + 1 WHERE number = 4", "after number 6"},
    {6, "UPDATE queue_token SET ended_at = ended_at + 1000 WHERE number = 5", "was overtaken"},
    {6, "UPDATE queue_token SET passed_at = 1 WHERE number = 7", "was passed over with number 7"},
    {6,
     "UPDATE queue_token SET passed_at = 1 WHERE number = 7;"
     "UPDATE queue_token SET status = 'waiting', activate_at = NULL, passed_at = NULL"
     " WHERE number = 6",
     "waits with number 6"},
    {6, "UPDATE queue_token SET number = 8 WHERE number = 7", "has the number 8 at place 7"},
    {6, "UPDATE queue_token SET number = 6 WHERE number = 7", "has the number 6 at place 7"},
    {6, "UPDATE house SET last_number = 9", "the last number is 9"},
    {6, "UPDATE queue_token SET reason = NULL WHERE number = 1", "its times"},
    {6, "UPDATE queue_token SET activate_at = NULL WHERE status = 'active'", "its times"},
    {7, "UPDATE house SET active_ceiling = 2", "3 tokens are active where 2 may be"},
    {8,
     "UPDATE queue_token SET user_id = (SELECT user_id FROM queue_token WHERE number = 6)"
     " WHERE number = 7",
     "has 2 live tokens"},
    {8, "UPDATE house SET seats_per_user_ceiling = 0", "has 1 seats of round_"},
    {9,
     "UPDATE seat_reservation SET token_id = (SELECT id FROM queue_token WHERE number = 7)"
     " WHERE status = 'pending'",
     "was not active"},
    {9, "UPDATE queue_token SET activate_at = activate_at + 1000 WHERE number = 3",
     "was not active"},
    {9, "UPDATE queue_token SET ended_at = ended_at - 2 WHERE number = 1", "was not active"},
    {9, "UPDATE queue_token SET holds_until = activate_at WHERE number = 1", "was not active"},
    {10, "DELETE FROM user WHERE name = 'buys'", "names a row of user that is not there"},
    {11,
     "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 65)"
     " INSERT INTO idempotency_key SELECT u.id, i, 0, 0, 0, u.id, 0 FROM n, user u"
     " WHERE u.name = 'buys'",
     "has 65 Idempotency-Keys"},
    {12,
     "INSERT INTO happening VALUES (60000, 'joined', 'queue_token', 1),"
     " (1800000060000, 'held', 'seat_reservation', 7)",
     "held is counted 7 times in the minute from 2027-01-15T08:01Z, where it happened 0 times"},
    {12, "INSERT INTO happening VALUES (60000, 'joined', 'queue_token', 1)",
     "paid is counted 0 times in the minute from 2027-01-15T08:00Z"},
    {13,
     "DELETE FROM change WHERE first = (SELECT max(first) FROM change WHERE at < (SELECT max(at)"
     " FROM change))",
     "follows change"},
    {13, "UPDATE change SET count = count + 1 WHERE first = 1", "changes stand from 1 on"},
    {13, "UPDATE change SET records = x'ff' WHERE first = 1", "change 1 cannot be read"},
    {13,
     "INSERT INTO happening VALUES (60000, 'joined', 'queue_token', 1),"
     " (1800000000000 + 600000000, 'paid', 'payment', 1)",
     "0 changes tell of payment in the minute from 2027-01-22"},
    {13, "UPDATE point_entry SET amount = amount + 1 WHERE kind = 'refund'",
     "is another in the tables"},
    {13, "DELETE FROM point_entry WHERE kind = 'refund'", "is not in the tables"},
    {13, "INSERT INTO change SELECT max(first + count), max(at), 1, x'0100' FROM change",
     "is none"},
    {12, "UPDATE concert SET title = 'another'", "differs"},
    {12, "DELETE FROM point_entry WHERE kind = 'refund'", "missing in the tables"},
    {12, "UPDATE seat SET status = 'lost' WHERE position = 5", "cannot be read"},
};

static const struct breakage in_journal[] = {
    {10, "DELETE FROM journal WHERE seq = 5", "row 5 is missing"},
    {10, "UPDATE journal SET body = x'00' WHERE seq = 6", "row 6 is damaged"},
    {10, "UPDATE journal SET record_count = record_count + 1 WHERE seq = 6", "row 6 is damaged"},
    {10, "UPDATE journal SET schema_version = 99 WHERE seq = 7", "row 7 was written by a newer"},
};

static void copy_file(const struct fixture *fixture, const char *from, const char *to)
{
    char path[2][128], bytes[4096];
    FILE *in = fopen(fixture_path(fixture, from, path[0]), "rbe");
    FILE *out = fopen(fixture_path(fixture, to, path[1]), "wbe");
    assert_non_null(in);
    assert_non_null(out);
    size_t length;
    while ((length = fread(bytes, 1, sizeof bytes, in)) > 0)
        assert_int_equal(fwrite(bytes, 1, length, out), length);
    assert_int_equal(ferror(in), 0);
    assert_int_equal(fclose(in), 0);
    assert_int_equal(fclose(out), 0);
}

/* Twelve also compares the tables with the journal, which a check beside the store does not read.
 */
static void check_beside(struct fixture *fixture, const struct breakage *breakage)
{
    struct found found = {.invariant = breakage->invariant, .says = breakage->says};
    if (breakage->invariant == 12)
        return;
    assert_true(run_selfcheck(fixture, &found) > 0);
    if (!found.said)
        fail_msg("%s: beside the store it did not say '%s'", breakage->sql, breakage->says);
}

static void check_breakages(struct fixture *fixture, const char *file,
                            const struct breakage *breakages, size_t count)
{
    play(fixture);
    book_all(fixture);
    fixture_close(fixture);
    copy_file(fixture, file, "whole");
    for (size_t i = 0; i < count; i++) {
        struct found found = {.invariant = breakages[i].invariant, .says = breakages[i].says};
        fixture_run(fixture, file, breakages[i].sql);
        if (fixture_open(fixture) != RESULT_OK)
            fail_msg("%s: %s", breakages[i].sql, fixture->explanation.text);
        assert_true(run_audit(fixture, &found) > 0);
        if (breakages == in_tables)
            check_beside(fixture, &breakages[i]);
        fixture_close(fixture);
        if (!found.said)
            fail_msg("%s: invariant %d did not say '%s'; last was %s", breakages[i].sql,
                     found.invariant, found.says, found.last);
        copy_file(fixture, "whole", file);
    }
    assert_int_equal(fixture_open(fixture), RESULT_OK);
    check_whole(fixture);
}

static void each_invariant_broken_in_the_tables_is_named(void **state)
{
    check_breakages(*state, "usher.db", in_tables, sizeof in_tables / sizeof in_tables[0]);
}

static void a_broken_journal_is_named(void **state)
{
    check_breakages(*state, "journal.db", in_journal, sizeof in_journal / sizeof in_journal[0]);
}

/* Of very many violations a hundred are told and all are counted. */
static void not_every_violation_is_told(void **state)
{
    struct fixture *fixture = *state;
    struct found found = {0};
    for (int i = 0; i < 150; i++) {
        const struct record user = user_row(fixture_id(fixture), "somebody", NULL);
        batch_add(fixture, &user);
    }
    batch_append(fixture);
    book_all(fixture);
    assert_int_equal(run_audit(fixture, &found), 150); /* none of them has an account */
    assert_int_equal(found.of_invariant[3], 100);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_busy_day_breaks_nothing),
        TEST(what_is_deleted_and_still_there_is_told),
        TEST(an_empty_store_breaks_nothing),
        TEST(each_invariant_broken_in_the_tables_is_named),
        TEST(a_broken_journal_is_named),
        TEST(not_every_violation_is_told),
        TEST(a_check_beside_the_store_finds_nothing_wrong),
        TEST(a_check_that_may_not_go_on_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
