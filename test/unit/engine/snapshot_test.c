/* Snapshots: they show the last commit, share what did not change, and outlive everything else. */
#include "by_hand.h"
#include "engine/snapshot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <pthread.h>
#include <sched.h>

#include <cmocka.h>

struct scene {
    struct by_hand hand;
    struct snapshots snapshots;
    struct shown_clock clock;
    struct person organizer;
};

static void publish(struct scene *scene)
{
    snapshots_publish(&scene->snapshots, scene->hand.batch.office, scene->hand.now, &scene->clock);
}

static int open_scene(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    if (scene == NULL)
        return -1;
    by_hand_open(&scene->hand);
    scene->organizer = people_organizer(&scene->hand.asker, 1);
    snapshots_init(&scene->snapshots);
    publish(scene);
    *state = scene;
    return 0;
}

static int close_scene(void **state)
{
    struct scene *scene = *state;
    snapshots_release(&scene->snapshots);
    by_hand_close(&scene->hand);
    free(scene);
    return 0;
}

static struct id add_round(struct scene *scene, size_t seat_count)
{
    return people_round(&scene->hand.asker, &scene->organizer, scene->hand.now.wall, seat_count);
}

/* A buyer whom a tick let in. */
static struct person let_in(struct scene *scene, unsigned number)
{
    const struct person buyer = people_buyer(&scene->hand.asker, number);
    people_join(&scene->hand.asker, &buyer, 1000);
    scene->hand.now.house += SECOND_MS;
    scene->hand.now.wall += SECOND_MS;
    by_hand_batch(&scene->hand, NULL, 0);
    return buyer;
}

static void the_queue_is_as_at_the_last_publishing(void **state)
{
    struct scene *scene = *state;
    struct queue_view view;
    const uint64_t before = snapshots_queue(&scene->snapshots, &view);
    assert_int_equal(view.last_number, 0);
    publish(scene);
    assert_int_equal(snapshots_queue(&scene->snapshots, &view), before);
    const struct person buyer = people_buyer(&scene->hand.asker, 1);
    people_join(&scene->hand.asker, &buyer, 10);
    assert_int_equal(snapshots_queue(&scene->snapshots, &view), before);
    assert_int_equal(view.last_number, 0);
    publish(scene);
    assert_true(snapshots_queue(&scene->snapshots, &view) > before);
    assert_int_equal(view.last_number, 1);
    struct office_counts counts;
    snapshots_counts(&scene->snapshots, &counts);
    assert_int_equal(counts.users, 2);
}

static void versions_start_above_those_of_an_earlier_run(void **state)
{
    struct scene *scene = *state;
    struct queue_view view;
    const uint64_t version = snapshots_queue(&scene->snapshots, &view);
    struct snapshots later;
    snapshots_init(&later);
    scene->hand.now.house += 1;
    snapshots_publish(&later, scene->hand.batch.office, scene->hand.now, &scene->clock);
    assert_true(snapshots_queue(&later, &view) >= version + 1000);
    snapshots_release(&later);
}

static void the_catalogue_is_copied_whole_and_only_when_it_changed(void **state)
{
    struct scene *scene = *state;
    const struct catalogue_snapshot *empty = snapshots_catalogue(&scene->snapshots);
    assert_int_equal(empty->concert_count, 0);
    const struct id round_id = add_round(scene, 3);
    publish(scene);
    const struct catalogue_snapshot *one = snapshots_catalogue(&scene->snapshots);
    assert_ptr_not_equal(one, empty);
    assert_true(one->version > empty->version);
    engine_catalogue_release(empty);
    assert_int_equal(one->concert_count, 1);
    assert_string_equal(one->concerts[0].title, "A concert");
    assert_string_equal(one->concerts[0].description, "With words about it");
    assert_int_equal(one->round_count, 1);
    assert_true(id_equal(one->rounds[0].round.id, round_id));
    assert_true(one->rounds[0].live);

    publish(scene);
    const struct catalogue_snapshot *same = snapshots_catalogue(&scene->snapshots);
    assert_ptr_equal(same, one);
    engine_catalogue_release(same);
    engine_catalogue_release(one);
}

static void a_round_shows_its_seats_and_the_map_stays_the_same(void **state)
{
    struct scene *scene = *state;
    const struct id round_id = add_round(scene, 3);
    assert_null(snapshots_round(&scene->snapshots, round_id));
    publish(scene);
    const struct round_snapshot *before = snapshots_round(&scene->snapshots, round_id);
    assert_non_null(before);
    assert_int_equal(before->map->seat_count, 3);
    assert_memory_equal(before->states, "aaa", 3);
    assert_int_equal(before->available, 3);
    for (size_t i = 0; i < 3; i++) {
        const char *const numbers[] = {"A-1", "A-2", "A-3"};
        assert_string_equal(before->map->seats[i].seat_number, numbers[i]);
        assert_string_equal(before->map->seats[i].section, "A");
        assert_null(before->map->seats[i].grade);
    }
    assert_ptr_equal(before->map->seats[0].section, before->map->seats[2].section);

    const struct person buyer = let_in(scene, 1);
    struct id reservation_id;
    assert_int_equal(people_hold(&scene->hand.asker, &buyer, round_id, before->map->seats[1].id,
                                 &reservation_id),
                     REFUSAL_NONE);
    publish(scene);
    const struct round_snapshot *after = snapshots_round(&scene->snapshots, round_id);
    assert_ptr_not_equal(after, before);
    assert_memory_equal(after->states, "aha", 3);
    assert_int_equal(after->held, 1);
    assert_true(after->version > before->version);
    assert_ptr_equal(after->map, before->map);
    assert_memory_equal(before->states, "aaa", 3); /* immutable */
    engine_round_release(before);

    publish(scene);
    const struct round_snapshot *same = snapshots_round(&scene->snapshots, round_id);
    assert_ptr_equal(same, after);
    engine_round_release(same);
    engine_round_release(after);
}

/* Seats at the edges of what is copied at once, and the last of all. */
static void of_a_large_round_what_changed_is_published(void **state)
{
    struct scene *scene = *state;
    static const size_t batches[][3] = {{0, 63, 64}, {4095, 4096, 9983}, {9984, 9999, 5000}};
    const struct id round_id = add_round(scene, 10000);
    const struct office *office = scene->hand.batch.office;
    publish(scene);
    for (unsigned i = 0; i < 3; i++) {
        const struct person buyer = let_in(scene, i);
        for (size_t k = 0; k < 3; k++) {
            struct id reservation_id;
            const struct id seat_id = office_round_seat(office, round_id, batches[i][k])->id;
            assert_int_equal(
                people_hold(&scene->hand.asker, &buyer, round_id, seat_id, &reservation_id),
                REFUSAL_NONE);
        }
        publish(scene);
        struct round_state truth;
        assert_true(office_round_state(office, round_id, &truth));
        const struct round_snapshot *shown = snapshots_round(&scene->snapshots, round_id);
        assert_memory_equal(shown->states, truth.states, 10000);
        assert_int_equal(shown->held, 3 * (i + 1));
        engine_round_release(shown);
    }
}

static void a_deleted_round_is_gone_but_what_is_held_of_it_stays(void **state)
{
    struct scene *scene = *state;
    const struct id round_id = add_round(scene, 2);
    publish(scene);
    const struct round_snapshot *held = snapshots_round(&scene->snapshots, round_id);
    struct call deleting = people_call(&scene->organizer, VERB_ROUND_DELETE);
    deleting.in.round.round_id = round_id;
    scene->hand.asker.ask(&scene->hand, &deleting);
    assert_int_equal(deleting.refusal, REFUSAL_NONE);
    publish(scene);
    assert_null(snapshots_round(&scene->snapshots, round_id));
    snapshots_release(&scene->snapshots);
    assert_string_equal(held->map->seats[1].seat_number, "A-2");
    engine_round_release(held);
    snapshots_init(&scene->snapshots);
    publish(scene);
}

static void renewed_everything_is_published_again(void **state)
{
    struct scene *scene = *state;
    const struct id round_id = add_round(scene, 2);
    publish(scene);
    const struct round_snapshot *round = snapshots_round(&scene->snapshots, round_id);
    const struct catalogue_snapshot *catalogue = snapshots_catalogue(&scene->snapshots);
    snapshots_renew(&scene->snapshots);
    publish(scene);
    const struct round_snapshot *round_after = snapshots_round(&scene->snapshots, round_id);
    const struct catalogue_snapshot *catalogue_after = snapshots_catalogue(&scene->snapshots);
    assert_ptr_not_equal(round_after, round);
    assert_ptr_equal(round_after->map, round->map);
    assert_true(catalogue_after->version > catalogue->version);
    engine_round_release(round);
    engine_round_release(round_after);
    engine_catalogue_release(catalogue);
    engine_catalogue_release(catalogue_after);
}

static void hold(struct scene *scene, unsigned buyer, struct id round_id, size_t position)
{
    const struct person person = let_in(scene, buyer);
    struct id reservation_id;
    const struct id seat_id = office_round_seat(scene->hand.batch.office, round_id, position)->id;
    assert_int_equal(people_hold(&scene->hand.asker, &person, round_id, seat_id, &reservation_id),
                     REFUSAL_NONE);
}

/* In steps that are no downtime. */
static void pass(struct scene *scene, int64_t ms)
{
    while (ms > 0) {
        const int64_t step = ms < SECOND_MS ? ms : SECOND_MS;
        scene->hand.now.house += step;
        scene->hand.now.wall += step;
        by_hand_batch(&scene->hand, NULL, 0);
        ms -= step;
    }
    publish(scene);
}

/* What is shown of the round's returns; another `shown` where anything is another. */
static uint64_t expect_returns(struct scene *scene, struct id round_id, timestamp_ms next,
                               int64_t last_minute)
{
    const struct round_snapshot *round = snapshots_round(&scene->snapshots, round_id);
    assert_int_equal(round->next_return_at, next);
    assert_int_equal(round->returned_last_minute, last_minute);
    const uint64_t shown = round->shown;
    engine_round_release(round);
    return shown;
}

#define STEP_MS (10 * SECOND_MS)

static timestamp_ms step_after(timestamp_ms time)
{
    return (time + STEP_MS - 1) / STEP_MS * STEP_MS;
}

static void what_comes_back_is_told_by_the_ten_seconds(void **state)
{
    struct scene *scene = *state;
    const int64_t hold_ms = people_settings.hold_seconds * SECOND_MS;
    const struct id round_id = add_round(scene, 3), other_id = add_round(scene, 3);
    publish(scene);
    const uint64_t other = expect_returns(scene, other_id, 0, 0);
    (void)expect_returns(scene, round_id, 0, 0);
    hold(scene, 1, round_id, 0);
    const timestamp_ms first = scene->hand.now.house + hold_ms;
    publish(scene);
    const uint64_t held = expect_returns(scene, round_id, step_after(first), 0);
    hold(scene, 2, round_id, 1);
    const timestamp_ms second = scene->hand.now.house + hold_ms;
    publish(scene);
    const uint64_t both = expect_returns(scene, round_id, step_after(first), 0);
    assert_true(both > held);

    /* The first ends unpaid, then the second; then a minute passes. */
    pass(scene, first - scene->hand.now.house);
    (void)expect_returns(scene, round_id, step_after(second), 1);
    pass(scene, second - scene->hand.now.house);
    const uint64_t returned = expect_returns(scene, round_id, 0, 2);
    publish(scene);
    assert_int_equal(expect_returns(scene, round_id, 0, 2), returned);
    pass(scene, 35 * SECOND_MS);
    (void)expect_returns(scene, round_id, 0, 2);
    pass(scene, 3 * STEP_MS);
    assert_true(expect_returns(scene, round_id, 0, 0) > returned);
    assert_int_equal(expect_returns(scene, other_id, 0, 0), other);

    /* However long nobody looked. */
    hold(scene, 4, round_id, 0);
    pass(scene, hold_ms);
    (void)expect_returns(scene, round_id, 0, 1);
    pass(scene, 2 * MINUTE_MS);
    (void)expect_returns(scene, round_id, 0, 0);

    /* Where the wall is another than the house's clock, deadlines are shown by it. */
    scene->clock.offset_ms = 3600 * SECOND_MS;
    scene->clock.wall = scene->hand.now.wall + scene->clock.offset_ms;
    hold(scene, 3, round_id, 2);
    const timestamp_ms third = scene->hand.now.house + hold_ms;
    publish(scene);
    (void)expect_returns(scene, round_id, step_after(third + scene->clock.offset_ms), 0);
}

static void all_that_is_held_is_known_anew_after_loading(void **state)
{
    struct scene *scene = *state;
    const struct id round_id = add_round(scene, 2);
    hold(scene, 1, round_id, 0);
    const timestamp_ms next =
        step_after(scene->hand.now.house + people_settings.hold_seconds * SECOND_MS);
    publish(scene);
    (void)expect_returns(scene, round_id, next, 0);
    snapshots_release(&scene->snapshots);
    snapshots_init(&scene->snapshots);
    publish(scene);
    (void)expect_returns(scene, round_id, next, 0);
}

static uint64_t version_of(struct scene *scene, struct id round_id)
{
    const struct round_snapshot *shown = snapshots_round(&scene->snapshots, round_id);
    const uint64_t version = shown->version;
    engine_round_release(shown);
    return version;
}

/* `expected`: a place and a letter each. */
static void expect_changes(struct scene *scene, struct id round_id, uint64_t since, size_t count,
                           const struct seat_change *expected)
{
    struct round_changes *changes = snapshots_round_changes(&scene->snapshots, round_id, since);
    assert_non_null(changes);
    assert_int_equal(changes->version, version_of(scene, round_id));
    assert_int_equal(changes->count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(changes->seats[i].position, expected[i].position);
        assert_int_equal(changes->seats[i].state, expected[i].state);
    }
    free(changes);
}

static void expect_unknown(struct scene *scene, struct id round_id, uint64_t since)
{
    assert_null(snapshots_round_changes(&scene->snapshots, round_id, since));
}

/* Of 100 seats the last 13 changes are known. */
static void what_changed_since_a_version_is_told(void **state)
{
    struct scene *scene = *state;
    static const struct seat_change three[] = {{0, 'h'}, {64, 'h'}, {99, 'h'}};
    const struct id round_id = add_round(scene, 100);
    expect_unknown(scene, round_id, 0); /* it is not published */
    publish(scene);
    const uint64_t first = version_of(scene, round_id);
    expect_changes(scene, round_id, first, 0, NULL);
    expect_unknown(scene, round_id, first - 1);
    expect_unknown(scene, round_id, first + 1);
    hold(scene, 1, round_id, 99);
    expect_changes(scene, round_id, first, 0, NULL);
    publish(scene);
    const uint64_t second = version_of(scene, round_id);
    hold(scene, 2, round_id, 0);
    hold(scene, 3, round_id, 64);
    publish(scene);
    expect_changes(scene, round_id, first, 3, three);
    expect_changes(scene, round_id, second, 2, three);
    expect_changes(scene, round_id, version_of(scene, round_id), 0, NULL);
}

static void changes_that_were_pushed_out_are_not_told_in_part(void **state)
{
    struct scene *scene = *state;
    const struct id round_id = add_round(scene, 16);
    static const struct seat_change last[] = {{4, 'h'}, {5, 'h'}};
    uint64_t versions[4];
    publish(scene);
    for (unsigned i = 0; i < 4; i++) {
        versions[i] = version_of(scene, round_id);
        hold(scene, i, round_id, 2 + i);
        publish(scene);
    }
    expect_unknown(scene, round_id, versions[0]);
    expect_unknown(scene, round_id, versions[1]);
    expect_changes(scene, round_id, versions[2], 2, last);
    expect_changes(scene, round_id, versions[3], 1, last + 1);
}

/* As after a reload: what is there is compared with what was shown. */
static void what_another_office_brings_is_told_as_changes(void **state)
{
    struct scene *scene = *state;
    static const struct seat_change two[] = {{7, 'h'}, {9999, 'h'}};
    const struct id round_id = add_round(scene, 10000);
    publish(scene);
    const uint64_t first = version_of(scene, round_id);
    hold(scene, 1, round_id, 9999);
    publish(scene);
    hold(scene, 2, round_id, 7);
    office_changed_seats_clear(scene->hand.batch.office);
    snapshots_renew(&scene->snapshots);
    publish(scene);
    expect_changes(scene, round_id, first, 2, two);
    snapshots_renew(&scene->snapshots);
    publish(scene);
    expect_changes(scene, round_id, first, 2, two);
}

struct looker {
    struct snapshots *snapshots;
    struct id round_id;
    atomic_bool enough;
    atomic_size_t looks;
    size_t torn; /* snapshots whose parts disagreed */
};

static void *look(void *argument)
{
    struct looker *looker = argument;
    while (!atomic_load(&looker->enough)) {
        const struct round_snapshot *round = snapshots_round(looker->snapshots, looker->round_id);
        int64_t held = 0;
        for (size_t i = 0; i < round->map->seat_count; i++)
            held += round->states[i] == 'h';
        looker->torn += held != round->held;
        engine_round_release(round);
        const struct catalogue_snapshot *catalogue = snapshots_catalogue(looker->snapshots);
        looker->torn += catalogue->round_count != 1;
        engine_catalogue_release(catalogue);
        atomic_fetch_add(&looker->looks, 1);
    }
    return NULL;
}

static void readers_never_see_a_torn_snapshot(void **state)
{
    struct scene *scene = *state;
    struct looker looker = {.snapshots = &scene->snapshots, .round_id = add_round(scene, 100)};
    publish(scene);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, look, &looker), 0);
    for (unsigned i = 0; i < 100; i++) {
        const size_t looks = atomic_load(&looker.looks);
        const struct person buyer = let_in(scene, i);
        const struct seat *seat = office_round_seat(scene->hand.batch.office, looker.round_id, i);
        struct id reservation_id;
        assert_int_equal(
            people_hold(&scene->hand.asker, &buyer, looker.round_id, seat->id, &reservation_id),
            REFUSAL_NONE);
        if (i % 8 == 0)
            snapshots_renew(&scene->snapshots);
        publish(scene);
        while (atomic_load(&looker.looks) == looks)
            (void)sched_yield();
    }
    atomic_store(&looker.enough, true);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(looker.torn, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_queue_is_as_at_the_last_publishing, open_scene,
                                        close_scene),
        cmocka_unit_test_setup_teardown(versions_start_above_those_of_an_earlier_run, open_scene,
                                        close_scene),
        cmocka_unit_test_setup_teardown(the_catalogue_is_copied_whole_and_only_when_it_changed,
                                        open_scene, close_scene),
        cmocka_unit_test_setup_teardown(a_round_shows_its_seats_and_the_map_stays_the_same,
                                        open_scene, close_scene),
        cmocka_unit_test_setup_teardown(of_a_large_round_what_changed_is_published, open_scene,
                                        close_scene),
        cmocka_unit_test_setup_teardown(a_deleted_round_is_gone_but_what_is_held_of_it_stays,
                                        open_scene, close_scene),
        cmocka_unit_test_setup_teardown(renewed_everything_is_published_again, open_scene,
                                        close_scene),
        cmocka_unit_test_setup_teardown(what_comes_back_is_told_by_the_ten_seconds, open_scene,
                                        close_scene),
        cmocka_unit_test_setup_teardown(all_that_is_held_is_known_anew_after_loading, open_scene,
                                        close_scene),
        cmocka_unit_test_setup_teardown(what_changed_since_a_version_is_told, open_scene,
                                        close_scene),
        cmocka_unit_test_setup_teardown(changes_that_were_pushed_out_are_not_told_in_part,
                                        open_scene, close_scene),
        cmocka_unit_test_setup_teardown(what_another_office_brings_is_told_as_changes, open_scene,
                                        close_scene),
        cmocka_unit_test_setup_teardown(readers_never_see_a_torn_snapshot, open_scene, close_scene),
    };
    return cmocka_run_group_tests_name("snapshot", tests, NULL, NULL);
}
