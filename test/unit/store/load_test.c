/* What a restart brings back: the live rows, then the tail; and what it refuses. */
#include "scene.h"

#include "store/sqlite_journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void nothing_at_first(void **state)
{
    struct fixture *fixture = *state;
    struct loaded loaded;
    assert_int_equal(load(fixture, &loaded), RESULT_OK);
    assert_int_equal(loaded.count, 0);
    assert_int_equal(loaded.position.seq, 0);
    assert_int_equal(loaded.position.house_time, 0);
    loaded_release(&loaded);
}

/* A purchase, an expired hold and one that lives, of a round that is on sale. */
struct busy_scene {
    struct scene scene;
    struct person paid, waits, holds;
    struct seat_reservation confirmed, expired, pending;
    struct payment payment;
};

static void play(struct busy_scene *busy, struct fixture *fixture)
{
    struct scene *scene = &busy->scene;
    scene_open(scene, fixture);
    scene_join(scene, &busy->paid, "paid");
    scene_join(scene, &busy->holds, "holds");
    scene_join(scene, &busy->waits, "waits");
    scene_admit(scene, &busy->paid, NOW + 1);
    scene_admit(scene, &busy->holds, NOW + 2);
    busy->confirmed = scene_hold(scene, &busy->paid, 0, NOW + 3);
    busy->expired = scene_hold(scene, &busy->holds, 1, NOW + 3);
    busy->payment = scene_pay(scene, &busy->paid, &busy->confirmed, 0, NOW + 4);
    scene_end_token(scene, &busy->paid, TOKEN_REASON_FINISHED, NOW + 4);
    scene_expire(scene, &busy->expired, 1, NOW + 5);
    busy->pending = scene_hold(scene, &busy->holds, 2, NOW + 6);
}

static void check_live(struct fixture *fixture, const struct busy_scene *busy)
{
    struct loaded loaded;
    assert_int_equal(load(fixture, &loaded), RESULT_OK);
    assert_int_equal(loaded_count(&loaded, RECORD_KIND_HOUSE), 1);
    assert_int_equal(loaded_count(&loaded, RECORD_KIND_USER), 3);
    assert_int_equal(loaded_count(&loaded, RECORD_KIND_POINT_ACCOUNT), 3);
    assert_int_equal(loaded_count(&loaded, RECORD_KIND_CONCERT), 1);
    assert_int_equal(loaded_count(&loaded, RECORD_KIND_CONCERT_ROUND), 1);
    assert_int_equal(loaded_count(&loaded, RECORD_KIND_SEAT), SCENE_SEATS);
    assert_int_equal(loaded_count(&loaded, RECORD_KIND_QUEUE_TOKEN), 2);
    assert_null(loaded_find(&loaded, RECORD_KIND_QUEUE_TOKEN, busy->paid.token.id));
    assert_int_equal(loaded_count(&loaded, RECORD_KIND_PAYMENT), 1);
    assert_int_equal(loaded_count(&loaded, RECORD_KIND_SEAT_RESERVATION), 2);
    assert_null(loaded_find(&loaded, RECORD_KIND_SEAT_RESERVATION, busy->expired.id));
    assert_int_equal(loaded_count(&loaded, RECORD_KIND_RESERVATION_SEAT), 2);
    assert_int_equal(loaded_count(&loaded, RECORD_KIND_POINT_ENTRY), 0);
    for (size_t i = 1; i < loaded.count; i++) /* parents first */
        assert_true(loaded.records[i - 1]->kind <= loaded.records[i]->kind);
    assert_int_equal(loaded.position.seq, fixture->seq);
    loaded_release(&loaded);
}

static void live_rows_of_the_tables(void **state)
{
    struct fixture *fixture = *state;
    struct busy_scene busy;
    play(&busy, fixture);
    book_all(fixture);
    check_live(fixture, &busy);
    fixture_reopen(fixture);
    check_live(fixture, &busy);
}

/* Whether the table is read on past those that ended or the index tells where to go on. */
static void live_tokens_among_any_number_that_ended(void **state)
{
    static const size_t ended[] = {0, 1, 7, 8, 9, 20, 3, 16};
    struct fixture *fixture = *state;
    struct scene scene;
    struct person people[sizeof ended / sizeof ended[0]], gone;
    struct loaded loaded;
    const size_t count = sizeof ended / sizeof ended[0];
    scene_open(&scene, fixture);
    for (size_t i = 0; i < count; i++) {
        for (size_t left = ended[i]; left > 0; left--) {
            scene_join(&scene, &gone, "gone");
            scene_end_token(&scene, &gone, TOKEN_REASON_LEFT, NOW + 1);
        }
        scene_join(&scene, &people[i], "waits");
    }
    scene_join(&scene, &gone, "gone");
    scene_end_token(&scene, &gone, TOKEN_REASON_LEFT, NOW + 1);
    book_all(fixture);
    assert_int_equal(load(fixture, &loaded), RESULT_OK);
    assert_int_equal(loaded_count(&loaded, RECORD_KIND_QUEUE_TOKEN), count);
    for (size_t i = 0; i < count; i++)
        assert_non_null(loaded_find(&loaded, RECORD_KIND_QUEUE_TOKEN, people[i].token.id));
    loaded_release(&loaded);
}

static void the_tail_comes_in_order(void **state)
{
    struct fixture *fixture = *state;
    struct busy_scene busy;
    play(&busy, fixture);
    book_all(fixture);
    const uint64_t booked = fixture->seq;
    for (int64_t i = 1; i <= 3; i++) {
        busy.scene.house.heartbeat_at = NOW + i;
        append_one(fixture,
                   &(struct record){.kind = RECORD_KIND_HOUSE, .as.house = busy.scene.house});
    }
    struct loaded loaded;
    fixture_reopen(fixture);
    assert_int_equal(fixture->seq, booked + 3);
    assert_int_equal(store_booked_seq(fixture->store), booked);
    assert_int_equal(store_unbooked(fixture->store), 3);
    assert_int_equal(load(fixture, &loaded), RESULT_OK);
    for (int64_t i = 1; i <= 3; i++) {
        const struct record *record = loaded.records[loaded.count - 4 + (size_t)i];
        assert_int_equal(record->kind, RECORD_KIND_HOUSE);
        assert_int_equal(record->as.house.heartbeat_at, NOW + i);
    }
    loaded_release(&loaded);
    assert_int_equal(store_unbooked(fixture->store), 3); /* loading again adds nothing twice */
    book_all(fixture);
    assert_int_equal(store_booked_seq(fixture->store), booked + 3);
}

/* ---- Rounds that are over ---- */

static size_t seats_loaded_at(struct fixture *fixture, timestamp_ms now);

struct seat_counter {
    size_t seats, reservations;
};

static enum result count_row(void *owner, const struct record *record)
{
    struct seat_counter *counter = owner;
    counter->seats += record->kind == RECORD_KIND_SEAT ? 1 : 0;
    counter->reservations += record->kind == RECORD_KIND_SEAT_RESERVATION ? 1 : 0;
    return RESULT_OK;
}

static size_t seats_loaded_at(struct fixture *fixture, timestamp_ms now)
{
    struct seat_counter counter = {0};
    struct store_position position;
    const struct store_loader loader = {.owner = &counter, .row = count_row};
    assert_int_equal(store_load(fixture->store, now, &loader, &position, &fixture->explanation),
                     RESULT_OK);
    return counter.seats;
}

static void seats_of_a_round_that_is_over_stay_away(void **state)
{
    struct fixture *fixture = *state;
    struct busy_scene busy;
    play(&busy, fixture);
    scene_expire(&busy.scene, &busy.pending, 2, NOW + 7);
    book_all(fixture);
    const timestamp_ms over = busy.scene.round.start_time + ROUND_OVER_AFTER_MS;
    /* As long as nothing is said to have been reserved in it, it may still be moved or deleted. */
    assert_int_equal(seats_loaded_at(fixture, over), SCENE_SEATS);
    busy.scene.round.first_reserved_at = NOW;
    append_one(fixture, &(struct record){.kind = RECORD_KIND_CONCERT_ROUND,
                                         .as.concert_round = busy.scene.round});
    book_all(fixture);
    assert_int_equal(seats_loaded_at(fixture, over - 1), SCENE_SEATS);
    assert_int_equal(seats_loaded_at(fixture, over), 0);

    /* The tail cancels it: what is confirmed has to be refunded. */
    busy.scene.round.status = ROUND_STATUS_CANCELLED;
    append_one(fixture, &(struct record){.kind = RECORD_KIND_CONCERT_ROUND,
                                         .as.concert_round = busy.scene.round});
    assert_int_equal(seats_loaded_at(fixture, over), SCENE_SEATS);
    book_all(fixture);
    assert_int_equal(seats_loaded_at(fixture, over), SCENE_SEATS);
    scene_refund(&busy.scene, &busy.paid, &busy.confirmed, &busy.payment, 0, NOW + 8);
    assert_int_equal(seats_loaded_at(fixture, over), 2 * SCENE_SEATS - (SCENE_SEATS - 1));
    book_all(fixture);
    assert_int_equal(seats_loaded_at(fixture, over), 0);
}

static void a_pending_hold_keeps_its_round(void **state)
{
    struct fixture *fixture = *state;
    struct busy_scene busy;
    play(&busy, fixture);
    book_all(fixture);
    assert_int_equal(seats_loaded_at(fixture, busy.scene.round.start_time + 2 * DAY_MS),
                     SCENE_SEATS);
}

/* One change of one seat in the tail brings all of its round's seats. */
static void a_round_in_the_tail_is_whole(void **state)
{
    struct fixture *fixture = *state;
    struct scene scene;
    scene_open(&scene, fixture);
    book_all(fixture);
    add_seat_status(&scene, 3, SEAT_STATUS_BLOCKED);
    batch_append(fixture);
    assert_int_equal(seats_loaded_at(fixture, scene.round.start_time + 2 * DAY_MS),
                     SCENE_SEATS + 1);
}

static void deleted_rows_are_gone(void **state)
{
    struct fixture *fixture = *state;
    struct scene scene;
    struct loaded loaded;
    scene_open(&scene, fixture);
    book_all(fixture);
    /* Children and parents in one batch, parents first: the bookkeeper turns them round. */
    batch_add(fixture, &(struct record){.kind = RECORD_KIND_CONCERT,
                                        .deleted = true,
                                        .as.concert.id = scene.concert.id});
    batch_add(fixture, &(struct record){.kind = RECORD_KIND_CONCERT_ROUND,
                                        .deleted = true,
                                        .as.concert_round.id = scene.round.id});
    for (size_t i = 0; i < SCENE_SEATS; i++)
        batch_add(fixture, &(struct record){.kind = RECORD_KIND_SEAT,
                                            .deleted = true,
                                            .as.seat.id = scene.seats[i].id});
    batch_append(fixture);
    assert_int_equal(load(fixture, &loaded), RESULT_OK);
    assert_true(loaded.records[loaded.count - 1]->deleted);
    loaded_release(&loaded);
    book_all(fixture);
    assert_int_equal(load(fixture, &loaded), RESULT_OK);
    assert_int_equal(loaded.count, 1); /* the house */
    loaded_release(&loaded);
}

/* ---- What is refused ---- */

static void check_refused(struct fixture *fixture, enum result expected, const char *says)
{
    struct loaded loaded;
    enum result result = fixture_open(fixture);
    if (result == RESULT_OK) {
        result = load(fixture, &loaded);
        loaded_release(&loaded);
    }
    assert_int_equal(result, expected);
    if (strstr(fixture->explanation.text, says) == NULL)
        fail_msg("'%s' does not say '%s'", fixture->explanation.text, says);
}

static void damage(struct fixture *fixture, const char *file, const char *sql)
{
    struct busy_scene busy;
    play(&busy, fixture);
    fixture_close(fixture);
    fixture_run(fixture, file, sql);
}

static void a_gap_is_refused(void **state)
{
    struct fixture *fixture = *state;
    damage(fixture, "journal.db", "DELETE FROM journal WHERE seq = 4");
    check_refused(fixture, RESULT_CORRUPT, "row 4 is missing");
}

static void a_missing_beginning_is_refused(void **state)
{
    struct fixture *fixture = *state;
    damage(fixture, "journal.db", "DELETE FROM journal WHERE seq <= 2");
    check_refused(fixture, RESULT_CORRUPT, "belong together");
}

static void a_changed_body_is_refused(void **state)
{
    struct fixture *fixture = *state;
    damage(fixture, "journal.db",
           "UPDATE journal SET body = CAST(x'7f' || substr(body, 2) AS BLOB) WHERE seq = 3");
    check_refused(fixture, RESULT_CORRUPT, "row 3 is damaged");
}

static void a_changed_head_is_refused(void **state)
{
    struct fixture *fixture = *state;
    damage(fixture, "journal.db", "UPDATE journal SET house_time = house_time + 1 WHERE seq = 5");
    check_refused(fixture, RESULT_CORRUPT, "row 5 is damaged");
}

static void a_row_of_a_newer_schema_is_refused(void **state)
{
    struct fixture *fixture = *state;
    damage(fixture, "journal.db", "UPDATE journal SET schema_version = 99 WHERE seq = 5");
    check_refused(fixture, RESULT_NEWER, "newer usher");
}

static void a_row_that_cannot_be_read_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct busy_scene busy;
    play(&busy, fixture);
    book_all(fixture);
    fixture_close(fixture);
    fixture_run(fixture, "usher.db", "UPDATE seat SET status = 'lost' WHERE position = 1");
    check_refused(fixture, RESULT_CORRUPT, "a row of seat cannot be read");
}

static void an_id_of_another_length_is_refused(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"UPDATE concert_round SET id = zeroblob(17)", "a row of concert_round cannot be read"},
        {"UPDATE user SET id = x'01' WHERE name = 'waits'", "a row of user cannot be read"},
        {"UPDATE queue_token SET id = x'01' WHERE status = 'waiting'",
         "a row of queue_token cannot be read"},
        {"UPDATE queue_token SET user_id = zeroblob(15) WHERE status = 'active'",
         "a row of queue_token cannot be read"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fixture *fixture = fixture_new();
        struct busy_scene busy;
        assert_int_equal(fixture_open(fixture), RESULT_OK);
        play(&busy, fixture);
        book_all(fixture);
        fixture_close(fixture);
        fixture_run(fixture, "usher.db", rows[i][0]);
        check_refused(fixture, RESULT_CORRUPT, rows[i][1]);
        fixture_free(fixture);
    }
}

static void tables_full_of_something_else_are_refused(void **state)
{
    struct fixture *fixture = *state;
    struct busy_scene busy;
    char path[128];
    play(&busy, fixture);
    book_all(fixture);
    fixture_close(fixture);
    /* SQLite looks at the first page when it opens a file, and at the others when it reads them. */
    const int64_t page = fixture_integer(fixture, "usher.db", "PRAGMA page_size");
    FILE *file = fopen(fixture_path(fixture, "usher.db", path), "r+e");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    const long end = ftell(file);
    assert_true(end > 4 * page);
    assert_int_equal(fseek(file, (long)page, SEEK_SET), 0);
    for (long at = (long)page; at < end; at++)
        assert_int_equal(fputc(0xaa, file), 0xaa);
    assert_int_equal(fclose(file), 0);
    check_refused(fixture, RESULT_CORRUPT, "malformed");
}

static void a_journal_behind_its_tables_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct busy_scene busy;
    play(&busy, fixture);
    book_all(fixture);
    fixture_close(fixture);
    fixture_run(fixture, "journal.db", "DELETE FROM journal WHERE seq > 4");
    check_refused(fixture, RESULT_CORRUPT, "belong together");
}

/* A row that was written as it is, but by something else than usher. */
static void write_by_hand(struct fixture *fixture, const uint8_t *body, size_t length)
{
    struct journal *journal = NULL;
    struct journal_tip tip = {0};
    char path[128];
    uint64_t pruned;
    struct busy_scene busy;
    play(&busy, fixture);
    fixture_close(fixture);
    const struct journal_row row = {
        .seq = fixture->seq + 1,
        .house_time = NOW,
        .record_count = 1,
        .body = body,
        .body_length = length,
    };
    assert_int_equal(sqlite_journal_open(fixture_path(fixture, "journal.db", path), &journal,
                                         &fixture->explanation),
                     RESULT_OK);
    tip.seq = fixture->seq;
    assert_int_equal(journal_look(journal, tip.seq, &tip.chain, &fixture->explanation), RESULT_OK);
    assert_int_equal(journal_append(journal, &tip, &row, 0, &pruned), STORE_DONE);
    journal_close(&journal);
}

static void a_row_of_other_bytes_is_refused(void **state)
{
    struct fixture *fixture = *state;
    write_by_hand(fixture, (const uint8_t[]){0xff, 0xff, 0xff}, 3);
    check_refused(fixture, RESULT_CORRUPT, "record 0 cannot be read");
}

static void a_row_with_more_bytes_than_records_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct buffer body;
    const struct record house = {.kind = RECORD_KIND_HOUSE, .as.house.id = 1};
    buffer_init(&body, 1000);
    assert_int_equal(buffer_reserve(&body, record_encoded_max(&house) + 1), RESULT_OK);
    record_encode(&house, WHY_COUNTED, &body);
    buffer_append_byte(&body, 0);
    write_by_hand(fixture, body.data, body.length);
    buffer_release(&body);
    check_refused(fixture, RESULT_CORRUPT, "bytes after its last record");
}

static enum result no_room(void *owner, const struct record *record)
{
    (void)owner;
    return record->kind == RECORD_KIND_USER ? RESULT_NO_MEMORY : RESULT_OK;
}

static void the_loader_ends_it(void **state)
{
    struct fixture *fixture = *state;
    struct busy_scene busy;
    struct store_position position;
    const struct store_loader loader = {.row = no_room};
    play(&busy, fixture);
    assert_int_equal(store_load(fixture->store, NOW, &loader, &position, &fixture->explanation),
                     RESULT_NO_MEMORY);
    book_all(fixture);
    assert_int_equal(store_load(fixture->store, NOW, &loader, &position, &fixture->explanation),
                     RESULT_NO_MEMORY);
}

static enum result no_user(void *owner, const struct record *record)
{
    (void)owner;
    return record->kind == RECORD_KIND_USER ? RESULT_CORRUPT : RESULT_OK;
}

static void a_record_that_contradicts_the_rows_before_it_is_told_with_its_place(void **state)
{
    struct fixture *fixture = *state;
    struct busy_scene busy;
    struct store_position position;
    const struct store_loader loader = {.row = no_user};
    play(&busy, fixture);
    assert_int_equal(store_load(fixture->store, NOW, &loader, &position, &fixture->explanation),
                     RESULT_CORRUPT);
    assert_non_null(strstr(fixture->explanation.text, "journal row "));
    assert_non_null(strstr(fixture->explanation.text, "a record of user does not fit"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_at_first),
        TEST(live_rows_of_the_tables),
        TEST(live_tokens_among_any_number_that_ended),
        TEST(the_tail_comes_in_order),
        TEST(seats_of_a_round_that_is_over_stay_away),
        TEST(a_pending_hold_keeps_its_round),
        TEST(a_round_in_the_tail_is_whole),
        TEST(deleted_rows_are_gone),
        TEST(a_gap_is_refused),
        TEST(a_missing_beginning_is_refused),
        TEST(a_changed_body_is_refused),
        TEST(a_changed_head_is_refused),
        TEST(a_row_of_a_newer_schema_is_refused),
        TEST(a_row_that_cannot_be_read_is_refused),
        TEST(an_id_of_another_length_is_refused),
        TEST(tables_full_of_something_else_are_refused),
        TEST(a_journal_behind_its_tables_is_refused),
        TEST(a_row_of_other_bytes_is_refused),
        TEST(a_row_with_more_bytes_than_records_is_refused),
        TEST(the_loader_ends_it),
        TEST(a_record_that_contradicts_the_rows_before_it_is_told_with_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
