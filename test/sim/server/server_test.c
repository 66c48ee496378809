/* The server in one thread: it says what it does, and what it has answered survives a death at any
 * operation of its disk. */
#include "disk/own_memory.h"
#include "server/ordeal.h"

#include "engine/machine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <sqlite3.h>

#include <cmocka.h>

/* The last operation of an append or a booking that is tried as the moment of death; none of them
 * has so many. */
#define OPERATIONS_MAX 400

/* Seeds with which each such moment is tried: the first is a crash, the others are power cuts, what
 * they leave being different. */
#ifdef __SANITIZE_ADDRESS__
#define SEEDS 2 /* each takes six times as long there */
#else
#define SEEDS 3
#endif

static void told_from(const struct ordeal *ordeal, size_t from, const char *expected)
{
    assert_string_equal(ordeal->told + from, expected);
}

static void it_tells_what_it_does_in_order(void **state)
{
    (void)state;
    bool answered;
    struct ordeal ordeal;
    ordeal_open(&ordeal, 1);
    assert_int_equal(strncmp(ordeal.told, "locak", 5), 0);
    assert_int_equal(ordeal.loaded_seq, 0);

    size_t before = ordeal.told_count;
    assert_int_equal(ordeal_hold(&ordeal, 0, &answered), REFUSAL_NONE);
    told_from(&ordeal, before, "odcak");

    before = ordeal.told_count;
    struct call reading = people_call(&ordeal.buyer, VERB_POINTS_GET);
    assert_true(ordeal_try(&ordeal, &reading));
    told_from(&ordeal, before, "odck"); /* nothing to append */

    before = ordeal.told_count;
    ordeal_crash(&ordeal);
    ordeal_start(&ordeal);
    assert_int_equal(ordeal.told[before], 'l');
    assert_true(ordeal.loaded_seq > 5);
    ordeal_close(&ordeal);
}

struct run {
    uint64_t hash, written, kept;
    struct id buyer_id;
    struct house_keys keys;
};

static struct run run_of(uint64_t seed)
{
    struct ordeal ordeal;
    bool answered;
    ordeal_open(&ordeal, seed);
    const struct house_keys keys = engine_keys(server_engine(ordeal.server));
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(ordeal_hold(&ordeal, i, &answered), REFUSAL_NONE);
    disk_plan(ordeal.disk)->death = 3;
    (void)(ordeal_hold(&ordeal, 4, &answered) == REFUSAL_NONE);
    ordeal_power_cut(&ordeal);
    ordeal_start(&ordeal);
    (void)(ordeal_hold(&ordeal, 5, &answered) == REFUSAL_NONE);
    struct disk_counts counts;
    disk_counts(ordeal.disk, &counts);
    ordeal_close(&ordeal);
    return (struct run){
        .hash = ordeal.hash,
        .written = counts.operations[DISK_WRITE],
        .kept = counts.sectors_kept,
        .buyer_id = ordeal.buyer.user_id,
        .keys = keys,
    };
}

static void one_seed_is_one_run(void **state)
{
    (void)state;
    const struct run first = run_of(1), other = run_of(2), again = run_of(1);
    assert_memory_equal(&first, &again, sizeof first);
    assert_true(first.hash != other.hash);
    assert_false(id_equal(first.buyer_id, other.buyer_id));
    assert_memory_not_equal(&first.keys.token_key, &other.keys.token_key,
                            sizeof first.keys.token_key);
}

/* ---- Deaths ---- */

struct saved {
    struct ordeal ordeal;
    struct disk_image *image;
};

static struct saved saved;

static int save(void **state)
{
    (void)state;
    bool answered;
    ordeal_open(&saved.ordeal, 1);
    assert_int_equal(ordeal_hold(&saved.ordeal, 0, &answered), REFUSAL_NONE);
    ordeal_stop(&saved.ordeal);
    saved.image = disk_save(saved.ordeal.disk);
    ordeal_close(&saved.ordeal);
    return 0;
}

static int forget(void **state)
{
    (void)state;
    disk_image_free(saved.image);
    return 0;
}

static void come_back(struct ordeal *ordeal, bool power_cut)
{
    disk_plan(ordeal->disk)->death = 0;
    if (power_cut)
        ordeal_power_cut(ordeal);
    else
        ordeal_crash(ordeal);
    ordeal_start(ordeal);
}

/* Holds a seat and dies at the `death`th operation from there. False: the hold took less than that.
 */
static bool hold_and_die(int death, uint64_t seed, bool power_cut)
{
    struct ordeal ordeal;
    bool answered, was_answered;
    ordeal_open_again(&ordeal, &saved.ordeal, saved.image, seed);
    assert_int_equal(ordeal_hold(&ordeal, 1, &answered), REFUSAL_NONE);
    const int completed = ordeal.completed;
    const size_t before = ordeal.told_count;
    disk_plan(ordeal.disk)->death = death;
    const enum refusal refusal = ordeal_hold(&ordeal, 2, &was_answered);
    const bool died = disk_is_dead(ordeal.disk);
    assert_int_equal(was_answered, !died);
    assert_int_equal(ordeal.completed, completed + !died);
    /* After the death nothing is told. */
    told_from(&ordeal, before, died ? "odc" : "odcak");
    come_back(&ordeal, power_cut);
    assert_true(ordeal_is_held(&ordeal, 0));
    assert_true(ordeal_is_held(&ordeal, 1));
    if (!died) {
        assert_int_equal(refusal, REFUSAL_NONE);
        assert_true(ordeal_is_held(&ordeal, 2));
    }
    /* Whoever was not answered can ask again. */
    const enum refusal again = ordeal_hold(&ordeal, 2, &answered);
    assert_int_equal(again, ordeal_is_held(&ordeal, 2) && again != REFUSAL_NONE
                                ? REFUSAL_SEAT_UNAVAILABLE
                                : REFUSAL_NONE);
    ordeal_audit(&ordeal);
    ordeal_close(&ordeal);
    return died;
}

static void a_hold_survives_a_death_at_every_operation_of_an_append(void **state)
{
    (void)state;
    int death = 1;
    bool died = true;
    for (; died && death < OPERATIONS_MAX; death++)
        for (uint64_t seed = 1; seed <= SEEDS; seed++)
            died = hold_and_die(death, seed, seed > 1);
    assert_in_range(death, 4, OPERATIONS_MAX - 1);
}

static bool book_and_die(int death, uint64_t seed)
{
    struct ordeal ordeal;
    bool answered;
    size_t rows;
    ordeal_open_again(&ordeal, &saved.ordeal, saved.image, seed);
    for (size_t i = 1; i < 4; i++)
        assert_int_equal(ordeal_hold(&ordeal, i, &answered), REFUSAL_NONE);
    disk_plan(ordeal.disk)->death = death;
    const enum result result = server_book(ordeal.server, &rows);
    const bool died = disk_is_dead(ordeal.disk);
    assert_true(died || (result == RESULT_OK && rows > 0));
    come_back(&ordeal, seed > 1);
    for (size_t i = 0; i < 4; i++)
        assert_true(ordeal_is_held(&ordeal, i));
    ordeal_audit(&ordeal);
    ordeal_close(&ordeal);
    return died;
}

static void a_hold_survives_a_death_at_every_operation_of_a_booking(void **state)
{
    (void)state;
    int death = 1;
    bool died = true;
    for (; died && death < OPERATIONS_MAX; death++)
        for (uint64_t seed = 1; seed <= SEEDS; seed++)
            died = book_and_die(death, seed);
    assert_in_range(death, 10, OPERATIONS_MAX - 1);
}

static bool start_and_die(int death, uint64_t seed)
{
    struct ordeal ordeal;
    struct explanation explanation;
    bool answered;
    ordeal_open_again(&ordeal, &saved.ordeal, saved.image, seed);
    assert_int_equal(ordeal_hold(&ordeal, 1, &answered), REFUSAL_NONE);
    ordeal_crash(&ordeal);
    clock_advance(MINUTE_MS); /* a downtime, which the first batch writes down */
    disk_plan(ordeal.disk)->death = death;
    (void)(server_start(ordeal.server, &explanation) == RESULT_OK);
    const bool died = disk_is_dead(ordeal.disk);
    come_back(&ordeal, seed > 1);
    assert_true(ordeal_is_held(&ordeal, 0));
    assert_true(ordeal_is_held(&ordeal, 1));
    ordeal_audit(&ordeal);
    ordeal_close(&ordeal);
    return died;
}

static void a_hold_survives_a_death_at_every_operation_of_a_start(void **state)
{
    (void)state;
    int death = 1;
    bool died = true;
    for (; died && death < OPERATIONS_MAX; death++)
        for (uint64_t seed = 1; seed <= SEEDS; seed++)
            died = start_and_die(death, seed);
    assert_in_range(death, 10, OPERATIONS_MAX - 1);
}

static bool stop_and_die(int death, uint64_t seed)
{
    struct ordeal ordeal;
    bool answered;
    ordeal_open_again(&ordeal, &saved.ordeal, saved.image, seed);
    assert_int_equal(ordeal_hold(&ordeal, 1, &answered), REFUSAL_NONE);
    disk_plan(ordeal.disk)->death = death;
    server_stop(ordeal.server, 1000);
    const bool died = disk_is_dead(ordeal.disk);
    come_back(&ordeal, seed > 1);
    assert_true(ordeal_is_held(&ordeal, 0));
    assert_true(ordeal_is_held(&ordeal, 1));
    ordeal_audit(&ordeal);
    ordeal_close(&ordeal);
    return died;
}

static void a_hold_survives_a_death_at_every_operation_of_a_stop(void **state)
{
    (void)state;
    int death = 1;
    bool died = true;
    for (; died && death < OPERATIONS_MAX; death++)
        for (uint64_t seed = 1; seed <= SEEDS; seed++)
            died = stop_and_die(death, seed);
    assert_in_range(death, 10, OPERATIONS_MAX - 1);
}

/* ---- A disk that fails, and memory that does ---- */

static void a_failed_append_is_settled_before_it_is_answered(void **state)
{
    (void)state;
    struct ordeal ordeal;
    bool answered;
    ordeal_open_again(&ordeal, &saved.ordeal, saved.image, 1);
    *disk_plan(ordeal.disk) = (struct disk_plan){
        .operation = DISK_SYNC, .countdown = 1, .code = SQLITE_IOERR_FSYNC, .marks_clean = true};
    const size_t before = ordeal.told_count;
    assert_int_equal(ordeal_hold(&ordeal, 1, &answered), REFUSAL_NONE);
    assert_true(answered);
    assert_int_equal(strncmp(ordeal.told + before, "odcxsk", 6), 0);
    assert_int_equal(server_state(ordeal.server), ENGINE_READY);
    assert_int_equal(ordeal_hold(&ordeal, 2, &answered), REFUSAL_NONE);
    ordeal_power_cut(&ordeal);
    ordeal_start(&ordeal);
    assert_true(ordeal_is_held(&ordeal, 1));
    assert_true(ordeal_is_held(&ordeal, 2));
    ordeal_audit(&ordeal);
    ordeal_close(&ordeal);
}

static void a_full_disk_freezes_and_thaws(void **state)
{
    (void)state;
    struct ordeal ordeal;
    bool answered;
    ordeal_open_again(&ordeal, &saved.ordeal, saved.image, 1);
    disk_plan(ordeal.disk)->capacity = 1; /* nothing grows any more */
    clock_advance(2 * SECOND_MS);         /* so that a heartbeat is due */
    assert_int_equal(ordeal_hold(&ordeal, 1, &answered), REFUSAL_OUTCOME_UNKNOWN);
    assert_int_equal(server_state(ordeal.server), ENGINE_DEGRADED);
    assert_int_equal(ordeal_hold(&ordeal, 2, &answered), REFUSAL_READ_ONLY);
    struct call reading = people_call(&ordeal.buyer, VERB_POINTS_GET);
    assert_true(ordeal_try(&ordeal, &reading));
    assert_int_equal(reading.refusal, REFUSAL_NONE);
    assert_in_range(server_wait_ms(ordeal.server), 1, SECOND_MS);
    clock_advance(MINUTE_MS);
    assert_int_equal(ordeal_hold(&ordeal, 2, &answered), REFUSAL_READ_ONLY);
    disk_plan(ordeal.disk)->capacity = 0;
    clock_advance(MINUTE_MS);
    assert_int_equal(ordeal_hold(&ordeal, 2, &answered), REFUSAL_NONE);
    assert_int_equal(server_state(ordeal.server), ENGINE_READY);
    assert_true(ordeal_is_held(&ordeal, 0));
    assert_true(ordeal_is_held(&ordeal, 1)); /* done after all */
    ordeal_audit(&ordeal);
    ordeal_close(&ordeal);
}

/* False: it took fewer allocations. */
static bool hold_with_a_failing_allocation(int countdown, uint64_t *refused)
{
    struct ordeal ordeal;
    bool answered;
    ordeal_open_again(&ordeal, &saved.ordeal, saved.image, 1);
    const uint64_t failures = memory_failures();
    memory_fail(countdown, false);
    const enum refusal refusal = ordeal_hold(&ordeal, 1, &answered);
    memory_fail(0, false);
    assert_true(answered);
    *refused += refusal != REFUSAL_NONE;
    clock_advance(MINUTE_MS);
    assert_int_equal(ordeal_hold(&ordeal, 2, &answered), REFUSAL_NONE);
    assert_true(refusal != REFUSAL_NONE || ordeal_is_held(&ordeal, 1));
    ordeal_audit(&ordeal);
    ordeal_close(&ordeal);
    return memory_failures() > failures;
}

/* Whatever allocation fails, the answer is one that says so, and the next try works. */
static void every_allocation_of_a_hold_may_fail(void **state)
{
    (void)state;
    uint64_t refused = 0;
    int countdown = 1;
    while (hold_with_a_failing_allocation(countdown, &refused))
        countdown++;
    assert_in_range(countdown, 3, 1000);
    assert_true(refused > 0);
}

static bool book_with_a_failing_allocation(int countdown, uint64_t *failed)
{
    struct ordeal ordeal;
    bool answered;
    size_t rows;
    ordeal_open_again(&ordeal, &saved.ordeal, saved.image, 1);
    assert_int_equal(ordeal_hold(&ordeal, 1, &answered), REFUSAL_NONE);
    const uint64_t failures = memory_failures();
    memory_fail(countdown, false);
    *failed += server_book(ordeal.server, &rows) != RESULT_OK;
    memory_fail(0, false);
    assert_int_equal(ordeal_hold(&ordeal, 2, &answered), REFUSAL_NONE);
    ordeal_audit(&ordeal);
    ordeal_close(&ordeal);
    return memory_failures() > failures;
}

static void every_allocation_of_a_booking_may_fail(void **state)
{
    (void)state;
    uint64_t failed = 0;
    int countdown = 1;
    while (book_with_a_failing_allocation(countdown, &failed))
        countdown++;
    assert_in_range(countdown, 10, 10000);
    assert_true(failed > 5);
}

static void every_allocation_of_a_start_may_fail(void **state)
{
    (void)state;
    struct ordeal ordeal;
    ordeal_open_again(&ordeal, &saved.ordeal, saved.image, 1);
    for (int countdown = 1; countdown < 100000; countdown += 1 + countdown / 20) {
        struct explanation explanation;
        ordeal_crash(&ordeal);
        const uint64_t failures = memory_failures();
        memory_fail(countdown, false);
        const enum result result = server_start(ordeal.server, &explanation);
        memory_fail(0, false);
        if (memory_failures() == failures)
            countdown = 100000;
        if (result != RESULT_OK)
            ordeal_start(&ordeal);
        clock_advance(MINUTE_MS);
        server_turn(ordeal.server);
        assert_int_equal(server_state(ordeal.server), ENGINE_READY);
        assert_true(ordeal_is_held(&ordeal, 0));
    }
    ordeal_audit(&ordeal);
    ordeal_close(&ordeal);
}

/* The nth of them fails. */
enum trouble { TROUBLE_ALLOCATION, TROUBLE_READ };

static void trouble_begin(struct ordeal *ordeal, enum trouble trouble, int countdown)
{
    if (trouble == TROUBLE_ALLOCATION)
        memory_fail(countdown, false);
    else
        *disk_plan(ordeal->disk) = (struct disk_plan){
            .operation = DISK_READ, .countdown = countdown, .code = SQLITE_IOERR_READ};
}

static uint64_t trouble_count(struct ordeal *ordeal, enum trouble trouble)
{
    struct disk_counts counts;
    disk_counts(ordeal->disk, &counts);
    return trouble == TROUBLE_ALLOCATION ? memory_failures() : counts.failures[DISK_READ];
}

static void trouble_end(struct ordeal *ordeal)
{
    memory_fail(0, false);
    *disk_plan(ordeal->disk) = (struct disk_plan){0};
}

/* SQLite's own check of a file tells of a page that it cannot read as of damage. */
static void only_unread_pages(void *owner, int invariant, const char *text)
{
    (void)owner;
    if (strstr(text, "unable to get the page") == NULL)
        fail_msg("%d: %s", invariant, text);
}

/* One after the other of either kind fails, the later ones in leaps, until a step takes fewer of
 * them and says so with false. */
static void in_all_trouble(bool (*step)(enum trouble trouble, int countdown, unsigned *failed))
{
    for (enum trouble trouble = TROUBLE_ALLOCATION; trouble <= TROUBLE_READ; trouble++) {
        unsigned failed = 0;
        int countdown = 1;
        while (step(trouble, countdown, &failed))
            countdown += 1 + countdown / 40;
        assert_true(countdown > 10);
        assert_true(failed > 5);
    }
}

/* False: it took fewer of them. */
static bool audit_in_trouble(enum trouble trouble, int countdown, unsigned *failed)
{
    struct ordeal ordeal;
    struct explanation explanation;
    size_t violations = 0;
    bool answered;
    ordeal_open_again(&ordeal, &saved.ordeal, saved.image, 1);
    assert_int_equal(ordeal_hold(&ordeal, 1, &answered), REFUSAL_NONE);
    struct store *store = server_store(ordeal.server);
    for (size_t rows = 1; rows > 0;)
        assert_int_equal(store_book(store, &rows, &explanation), RESULT_OK);
    const uint64_t before = trouble_count(&ordeal, trouble);
    trouble_begin(&ordeal, trouble, countdown);
    memory_enter();
    const enum result result =
        store_audit(store, only_unread_pages, NULL, &violations, &explanation);
    memory_leave();
    const bool met = trouble_count(&ordeal, trouble) > before;
    trouble_end(&ordeal);
    assert_true((result == RESULT_OK && violations == 0) || met);
    *failed += result != RESULT_OK;
    ordeal_audit(&ordeal);
    ordeal_close(&ordeal);
    return met;
}

/* It says what the trouble is. */
static void an_audit_in_trouble_does_not_blame_the_rows(void **state)
{
    (void)state;
    in_all_trouble(audit_in_trouble);
}

/* False: it took fewer of them. */
static bool start_in_trouble(enum trouble trouble, int countdown, unsigned *failed)
{
    struct ordeal ordeal;
    struct explanation explanation;
    bool answered;
    ordeal_open_again(&ordeal, &saved.ordeal, saved.image, 1);
    assert_int_equal(ordeal_hold(&ordeal, 1, &answered), REFUSAL_NONE);
    ordeal_crash(&ordeal);
    const uint64_t before = trouble_count(&ordeal, trouble);
    trouble_begin(&ordeal, trouble, countdown);
    const enum result result = server_start(ordeal.server, &explanation);
    const bool met = trouble_count(&ordeal, trouble) > before;
    trouble_end(&ordeal);
    assert_true(result == RESULT_OK || met);
    *failed += result != RESULT_OK;
    if (result != RESULT_OK)
        ordeal_start(&ordeal);
    clock_advance(MINUTE_MS);
    server_turn(ordeal.server);
    assert_int_equal(server_state(ordeal.server), ENGINE_READY);
    assert_true(ordeal_is_held(&ordeal, 1));
    ordeal_audit(&ordeal);
    ordeal_close(&ordeal);
    return met;
}

/* Also one that finds rows which are not booked yet. */
static void a_start_in_trouble_loses_nothing(void **state)
{
    (void)state;
    in_all_trouble(start_in_trouble);
}

/* ---- Look-ups and ends ---- */

static struct call listing(const struct ordeal *ordeal)
{
    struct call call = people_call(&ordeal->buyer, VERB_LIST);
    call.in.list = (struct record_query){.kind = RECORD_KIND_SEAT_RESERVATION, .limit = 10};
    return call;
}

static void lists_come_from_a_reader(void **state)
{
    (void)state;
    struct ordeal ordeal;
    bool answered;
    ordeal_open_again(&ordeal, &saved.ordeal, saved.image, 1);
    assert_int_equal(ordeal_hold(&ordeal, 1, &answered), REFUSAL_NONE);
    struct call call = listing(&ordeal);
    assert_true(ordeal_try(&ordeal, &call));
    assert_int_equal(call.refusal, REFUSAL_NONE);
    assert_int_equal(call.out.page.count, 2); /* one from the tables, one not booked yet */
    call_release(&call);
    assert_false(server_look_up(ordeal.server));
    ordeal_close(&ordeal);
}

/* Its reference may have been used, which only the tables know. */
static struct call charging(const struct ordeal *ordeal)
{
    struct call call = people_call(&ordeal->buyer, VERB_POINTS_CHARGE);
    call.in.points_charge.amount = 1;
    call.in.points_charge.reference = "a reference";
    return call;
}

static int completions;

static void count_completion(struct request *request)
{
    (void)request;
    completions++;
}

static void what_a_reader_found_is_decided_upon_by_the_engine(void **state)
{
    (void)state;
    struct ordeal ordeal;
    ordeal_open_again(&ordeal, &saved.ordeal, saved.image, 1);
    completions = 0;
    const size_t before = ordeal.told_count;
    struct request request = {.call = charging(&ordeal), .complete = count_completion};
    assert_true(server_submit(ordeal.server, &request));
    server_turn(ordeal.server);
    told_from(&ordeal, before, "odck");
    assert_true(server_look_up(ordeal.server)); /* reads */
    assert_true(server_look_up(ordeal.server)); /* and brings what it read */
    assert_int_equal(completions, 0);
    server_turn(ordeal.server);
    assert_int_equal(completions, 1);
    told_from(&ordeal, before, "odckodcak");
    assert_int_equal(request.call.refusal, REFUSAL_NONE);
    call_release(&request.call);
    ordeal_close(&ordeal);
}

static void a_stop_answers_what_waits_and_a_kill_does_not(void **state)
{
    (void)state;
    for (int kill = 0; kill <= 1; kill++) {
        struct ordeal ordeal;
        ordeal_open_again(&ordeal, &saved.ordeal, saved.image, 1);
        struct request requests[] = {
            {.call = listing(&ordeal), .complete = count_completion},
            {.call = charging(&ordeal), .complete = count_completion},
            {.call = listing(&ordeal), .complete = count_completion},
        };
        const size_t count = sizeof requests / sizeof requests[0];
        completions = 0;
        assert_true(server_submit(ordeal.server, &requests[0]));
        assert_true(server_submit(ordeal.server, &requests[1]));
        server_turn(ordeal.server); /* both wait for a reader */
        assert_true(server_submit(ordeal.server, &requests[2]));
        assert_int_equal(completions, 0);
        if (kill)
            ordeal_crash(&ordeal);
        else
            ordeal_stop(&ordeal);
        assert_int_equal(completions, kill ? 0 : count);
        for (size_t i = 0; i < count; i++)
            call_release(&requests[i].call);
        ordeal_start(&ordeal);
        assert_false(server_look_up(ordeal.server)); /* it knows nothing of them */
        ordeal_close(&ordeal);
    }
}

static void an_inbox_takes_so_many_and_no_more(void **state)
{
    (void)state;
    static struct request requests[ENGINE_INBOX_MAX + 1];
    struct ordeal ordeal;
    ordeal_open_again(&ordeal, &saved.ordeal, saved.image, 1);
    completions = 0;
    for (size_t i = 0; i <= ENGINE_INBOX_MAX; i++)
        requests[i] = (struct request){.call = people_call(&ordeal.buyer, VERB_POINTS_GET),
                                       .complete = count_completion};
    for (size_t i = 0; i < ENGINE_INBOX_MAX; i++)
        assert_true(server_submit(ordeal.server, &requests[i]));
    assert_false(server_submit(ordeal.server, &requests[ENGINE_INBOX_MAX]));
    while (completions < ENGINE_INBOX_MAX)
        server_turn(ordeal.server);
    ordeal_close(&ordeal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_tells_what_it_does_in_order),
        cmocka_unit_test(one_seed_is_one_run),
        cmocka_unit_test(a_hold_survives_a_death_at_every_operation_of_an_append),
        cmocka_unit_test(a_hold_survives_a_death_at_every_operation_of_a_booking),
        cmocka_unit_test(a_hold_survives_a_death_at_every_operation_of_a_start),
        cmocka_unit_test(a_hold_survives_a_death_at_every_operation_of_a_stop),
        cmocka_unit_test(a_failed_append_is_settled_before_it_is_answered),
        cmocka_unit_test(a_full_disk_freezes_and_thaws),
        cmocka_unit_test(every_allocation_of_a_hold_may_fail),
        cmocka_unit_test(every_allocation_of_a_booking_may_fail),
        cmocka_unit_test(every_allocation_of_a_start_may_fail),
        cmocka_unit_test(an_audit_in_trouble_does_not_blame_the_rows),
        cmocka_unit_test(a_start_in_trouble_loses_nothing),
        cmocka_unit_test(lists_come_from_a_reader),
        cmocka_unit_test(what_a_reader_found_is_decided_upon_by_the_engine),
        cmocka_unit_test(a_stop_answers_what_waits_and_a_kill_does_not),
        cmocka_unit_test(an_inbox_takes_so_many_and_no_more),
    };
    return cmocka_run_group_tests_name("server", tests, save, forget);
}
