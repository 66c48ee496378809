/* The server in one thread: it says what it does, and what it has answered survives a death at any
 * operation of its disk. */
#include "disk/own_memory.h"
#include "world/rehearsal.h"

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
#define SEEDS 3

static void told_from(const struct rehearsal *rehearsal, size_t from, const char *expected)
{
    assert_string_equal(rehearsal->told + from, expected);
}

static void it_tells_what_it_does_in_order(void **state)
{
    (void)state;
    bool answered;
    struct rehearsal rehearsal;
    rehearsal_open(&rehearsal, 1);
    assert_int_equal(strncmp(rehearsal.told, "locak", 5), 0);
    assert_int_equal(rehearsal.loaded_seq, 0);

    size_t before = rehearsal.told_count;
    assert_int_equal(rehearsal_hold(&rehearsal, 0, &answered), REFUSAL_NONE);
    told_from(&rehearsal, before, "odcak");

    before = rehearsal.told_count;
    struct call reading = people_call(&rehearsal.buyer, VERB_POINTS_GET);
    assert_true(rehearsal_try(&rehearsal, &reading));
    told_from(&rehearsal, before, "odck"); /* nothing to append */

    before = rehearsal.told_count;
    rehearsal_crash(&rehearsal);
    rehearsal_start(&rehearsal);
    assert_int_equal(rehearsal.told[before], 'l');
    assert_true(rehearsal.loaded_seq > 5);
    rehearsal_close(&rehearsal);
}

struct run {
    uint64_t hash, written, kept;
    struct id buyer_id;
    struct secret token_key;
};

static struct run run_of(uint64_t seed)
{
    struct rehearsal rehearsal;
    bool answered;
    rehearsal_open(&rehearsal, seed);
    const struct secret token_key = engine_token_key(server_engine(rehearsal.server));
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(rehearsal_hold(&rehearsal, i, &answered), REFUSAL_NONE);
    disk_plan(rehearsal.disk)->death = 3;
    (void)(rehearsal_hold(&rehearsal, 4, &answered) == REFUSAL_NONE);
    rehearsal_power_cut(&rehearsal);
    rehearsal_start(&rehearsal);
    (void)(rehearsal_hold(&rehearsal, 5, &answered) == REFUSAL_NONE);
    struct disk_counts counts;
    disk_counts(rehearsal.disk, &counts);
    rehearsal_close(&rehearsal);
    return (struct run){
        .hash = rehearsal.hash,
        .written = counts.operations[DISK_WRITE],
        .kept = counts.sectors_kept,
        .buyer_id = rehearsal.buyer.user_id,
        .token_key = token_key,
    };
}

static void one_seed_is_one_run(void **state)
{
    (void)state;
    const struct run first = run_of(1), other = run_of(2), again = run_of(1);
    assert_memory_equal(&first, &again, sizeof first);
    assert_true(first.hash != other.hash);
    assert_false(id_equal(first.buyer_id, other.buyer_id));
    assert_memory_not_equal(&first.token_key, &other.token_key, sizeof first.token_key);
}

/* ---- Deaths ---- */

struct saved {
    struct rehearsal rehearsal;
    struct disk_image *image;
};

static struct saved saved;

static int save(void **state)
{
    (void)state;
    bool answered;
    rehearsal_open(&saved.rehearsal, 1);
    assert_int_equal(rehearsal_hold(&saved.rehearsal, 0, &answered), REFUSAL_NONE);
    rehearsal_stop(&saved.rehearsal);
    saved.image = disk_save(saved.rehearsal.disk);
    rehearsal_close(&saved.rehearsal);
    return 0;
}

static int forget(void **state)
{
    (void)state;
    disk_image_free(saved.image);
    return 0;
}

static void come_back(struct rehearsal *rehearsal, bool power_cut)
{
    disk_plan(rehearsal->disk)->death = 0;
    if (power_cut)
        rehearsal_power_cut(rehearsal);
    else
        rehearsal_crash(rehearsal);
    rehearsal_start(rehearsal);
}

/* Holds a seat and dies at the `death`th operation from there. False: the hold took less than that.
 */
static bool hold_and_die(int death, uint64_t seed, bool power_cut)
{
    struct rehearsal rehearsal;
    bool answered, was_answered;
    rehearsal_open_again(&rehearsal, &saved.rehearsal, saved.image, seed);
    assert_int_equal(rehearsal_hold(&rehearsal, 1, &answered), REFUSAL_NONE);
    const int completed = rehearsal.completed;
    const size_t before = rehearsal.told_count;
    disk_plan(rehearsal.disk)->death = death;
    const enum refusal refusal = rehearsal_hold(&rehearsal, 2, &was_answered);
    const bool died = disk_is_dead(rehearsal.disk);
    assert_int_equal(was_answered, !died);
    assert_int_equal(rehearsal.completed, completed + !died);
    /* After the death nothing is told. */
    told_from(&rehearsal, before, died ? "odc" : "odcak");
    come_back(&rehearsal, power_cut);
    assert_true(rehearsal_is_held(&rehearsal, 0));
    assert_true(rehearsal_is_held(&rehearsal, 1));
    if (!died) {
        assert_int_equal(refusal, REFUSAL_NONE);
        assert_true(rehearsal_is_held(&rehearsal, 2));
    }
    /* Whoever was not answered can ask again. */
    const enum refusal again = rehearsal_hold(&rehearsal, 2, &answered);
    assert_int_equal(again, rehearsal_is_held(&rehearsal, 2) && again != REFUSAL_NONE
                                ? REFUSAL_SEAT_UNAVAILABLE
                                : REFUSAL_NONE);
    rehearsal_audit(&rehearsal);
    rehearsal_close(&rehearsal);
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
    struct rehearsal rehearsal;
    bool answered;
    size_t rows;
    rehearsal_open_again(&rehearsal, &saved.rehearsal, saved.image, seed);
    for (size_t i = 1; i < 4; i++)
        assert_int_equal(rehearsal_hold(&rehearsal, i, &answered), REFUSAL_NONE);
    disk_plan(rehearsal.disk)->death = death;
    const enum result result = server_book(rehearsal.server, &rows);
    const bool died = disk_is_dead(rehearsal.disk);
    assert_true(died || (result == RESULT_OK && rows > 0));
    come_back(&rehearsal, seed > 1);
    for (size_t i = 0; i < 4; i++)
        assert_true(rehearsal_is_held(&rehearsal, i));
    rehearsal_audit(&rehearsal);
    rehearsal_close(&rehearsal);
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
    struct rehearsal rehearsal;
    struct explanation explanation;
    bool answered;
    rehearsal_open_again(&rehearsal, &saved.rehearsal, saved.image, seed);
    assert_int_equal(rehearsal_hold(&rehearsal, 1, &answered), REFUSAL_NONE);
    rehearsal_crash(&rehearsal);
    clock_advance(MINUTE_MS); /* a downtime, which the first batch writes down */
    disk_plan(rehearsal.disk)->death = death;
    (void)(server_start(rehearsal.server, &explanation) == RESULT_OK);
    const bool died = disk_is_dead(rehearsal.disk);
    come_back(&rehearsal, seed > 1);
    assert_true(rehearsal_is_held(&rehearsal, 0));
    assert_true(rehearsal_is_held(&rehearsal, 1));
    rehearsal_audit(&rehearsal);
    rehearsal_close(&rehearsal);
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
    struct rehearsal rehearsal;
    bool answered;
    rehearsal_open_again(&rehearsal, &saved.rehearsal, saved.image, seed);
    assert_int_equal(rehearsal_hold(&rehearsal, 1, &answered), REFUSAL_NONE);
    disk_plan(rehearsal.disk)->death = death;
    server_stop(rehearsal.server, 1000);
    const bool died = disk_is_dead(rehearsal.disk);
    come_back(&rehearsal, seed > 1);
    assert_true(rehearsal_is_held(&rehearsal, 0));
    assert_true(rehearsal_is_held(&rehearsal, 1));
    rehearsal_audit(&rehearsal);
    rehearsal_close(&rehearsal);
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

static void a_failed_append_is_unknown_and_then_recovered_from(void **state)
{
    (void)state;
    struct rehearsal rehearsal;
    bool answered;
    rehearsal_open_again(&rehearsal, &saved.rehearsal, saved.image, 1);
    *disk_plan(rehearsal.disk) = (struct disk_plan){
        .operation = DISK_SYNC, .countdown = 1, .code = SQLITE_IOERR_FSYNC, .marks_clean = true};
    const size_t before = rehearsal.told_count;
    assert_int_equal(rehearsal_hold(&rehearsal, 1, &answered), REFUSAL_OUTCOME_UNKNOWN);
    assert_true(answered);
    assert_int_equal(strncmp(rehearsal.told + before, "odcxlo", 6), 0);
    assert_int_equal(server_state(rehearsal.server), ENGINE_READY);
    const bool held = rehearsal_is_held(&rehearsal, 1);
    assert_int_equal(rehearsal_hold(&rehearsal, 2, &answered), REFUSAL_NONE);
    rehearsal_power_cut(&rehearsal);
    rehearsal_start(&rehearsal);
    assert_int_equal(rehearsal_is_held(&rehearsal, 1), held);
    assert_true(rehearsal_is_held(&rehearsal, 2));
    rehearsal_audit(&rehearsal);
    rehearsal_close(&rehearsal);
}

static void a_full_disk_freezes_and_thaws(void **state)
{
    (void)state;
    struct rehearsal rehearsal;
    bool answered;
    rehearsal_open_again(&rehearsal, &saved.rehearsal, saved.image, 1);
    disk_plan(rehearsal.disk)->capacity = 1; /* nothing grows any more */
    clock_advance(2 * SECOND_MS);            /* so that a heartbeat is due */
    assert_int_equal(rehearsal_hold(&rehearsal, 1, &answered), REFUSAL_OUTCOME_UNKNOWN);
    assert_int_equal(server_state(rehearsal.server), ENGINE_DEGRADED);
    assert_int_equal(rehearsal_hold(&rehearsal, 2, &answered), REFUSAL_READ_ONLY);
    struct call reading = people_call(&rehearsal.buyer, VERB_POINTS_GET);
    assert_true(rehearsal_try(&rehearsal, &reading));
    assert_int_equal(reading.refusal, REFUSAL_NONE);
    assert_in_range(server_wait_ms(rehearsal.server), 1, SECOND_MS);
    clock_advance(MINUTE_MS);
    assert_int_equal(rehearsal_hold(&rehearsal, 2, &answered), REFUSAL_READ_ONLY);
    disk_plan(rehearsal.disk)->capacity = 0;
    clock_advance(MINUTE_MS);
    assert_int_equal(rehearsal_hold(&rehearsal, 2, &answered), REFUSAL_NONE);
    assert_int_equal(server_state(rehearsal.server), ENGINE_READY);
    assert_true(rehearsal_is_held(&rehearsal, 0));
    rehearsal_audit(&rehearsal);
    rehearsal_close(&rehearsal);
}

/* False: it took fewer allocations. */
static bool hold_with_a_failing_allocation(int countdown, uint64_t *refused)
{
    struct rehearsal rehearsal;
    bool answered;
    rehearsal_open_again(&rehearsal, &saved.rehearsal, saved.image, 1);
    const uint64_t failures = memory_failures();
    memory_fail(countdown, false);
    const enum refusal refusal = rehearsal_hold(&rehearsal, 1, &answered);
    memory_fail(0, false);
    assert_true(answered);
    *refused += refusal != REFUSAL_NONE;
    clock_advance(MINUTE_MS);
    assert_int_equal(rehearsal_hold(&rehearsal, 2, &answered), REFUSAL_NONE);
    assert_true(refusal != REFUSAL_NONE || rehearsal_is_held(&rehearsal, 1));
    rehearsal_audit(&rehearsal);
    rehearsal_close(&rehearsal);
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
    struct rehearsal rehearsal;
    bool answered;
    size_t rows;
    rehearsal_open_again(&rehearsal, &saved.rehearsal, saved.image, 1);
    assert_int_equal(rehearsal_hold(&rehearsal, 1, &answered), REFUSAL_NONE);
    const uint64_t failures = memory_failures();
    memory_fail(countdown, false);
    *failed += server_book(rehearsal.server, &rows) != RESULT_OK;
    memory_fail(0, false);
    assert_int_equal(rehearsal_hold(&rehearsal, 2, &answered), REFUSAL_NONE);
    rehearsal_audit(&rehearsal);
    rehearsal_close(&rehearsal);
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
    struct rehearsal rehearsal;
    rehearsal_open_again(&rehearsal, &saved.rehearsal, saved.image, 1);
    for (int countdown = 1; countdown < 100000; countdown += 1 + countdown / 20) {
        struct explanation explanation;
        rehearsal_crash(&rehearsal);
        const uint64_t failures = memory_failures();
        memory_fail(countdown, false);
        const enum result result = server_start(rehearsal.server, &explanation);
        memory_fail(0, false);
        if (memory_failures() == failures)
            countdown = 100000;
        if (result != RESULT_OK)
            rehearsal_start(&rehearsal);
        clock_advance(MINUTE_MS);
        server_turn(rehearsal.server);
        assert_int_equal(server_state(rehearsal.server), ENGINE_READY);
        assert_true(rehearsal_is_held(&rehearsal, 0));
    }
    rehearsal_audit(&rehearsal);
    rehearsal_close(&rehearsal);
}

/* The nth of them fails. */
enum trouble { TROUBLE_ALLOCATION, TROUBLE_READ };

static void trouble_begin(struct rehearsal *rehearsal, enum trouble trouble, int countdown)
{
    if (trouble == TROUBLE_ALLOCATION)
        memory_fail(countdown, false);
    else
        *disk_plan(rehearsal->disk) = (struct disk_plan){
            .operation = DISK_READ, .countdown = countdown, .code = SQLITE_IOERR_READ};
}

static uint64_t trouble_count(struct rehearsal *rehearsal, enum trouble trouble)
{
    struct disk_counts counts;
    disk_counts(rehearsal->disk, &counts);
    return trouble == TROUBLE_ALLOCATION ? memory_failures() : counts.failures[DISK_READ];
}

static void trouble_end(struct rehearsal *rehearsal)
{
    memory_fail(0, false);
    *disk_plan(rehearsal->disk) = (struct disk_plan){0};
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
    struct rehearsal rehearsal;
    struct explanation explanation;
    size_t violations = 0;
    bool answered;
    rehearsal_open_again(&rehearsal, &saved.rehearsal, saved.image, 1);
    assert_int_equal(rehearsal_hold(&rehearsal, 1, &answered), REFUSAL_NONE);
    struct store *store = server_store(rehearsal.server);
    for (size_t rows = 1; rows > 0;)
        assert_int_equal(store_book(store, &rows, &explanation), RESULT_OK);
    const uint64_t before = trouble_count(&rehearsal, trouble);
    trouble_begin(&rehearsal, trouble, countdown);
    memory_enter();
    const enum result result =
        store_audit(store, only_unread_pages, NULL, &violations, &explanation);
    memory_leave();
    const bool met = trouble_count(&rehearsal, trouble) > before;
    trouble_end(&rehearsal);
    assert_true((result == RESULT_OK && violations == 0) || met);
    *failed += result != RESULT_OK;
    rehearsal_audit(&rehearsal);
    rehearsal_close(&rehearsal);
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
    struct rehearsal rehearsal;
    struct explanation explanation;
    bool answered;
    rehearsal_open_again(&rehearsal, &saved.rehearsal, saved.image, 1);
    assert_int_equal(rehearsal_hold(&rehearsal, 1, &answered), REFUSAL_NONE);
    rehearsal_crash(&rehearsal);
    const uint64_t before = trouble_count(&rehearsal, trouble);
    trouble_begin(&rehearsal, trouble, countdown);
    const enum result result = server_start(rehearsal.server, &explanation);
    const bool met = trouble_count(&rehearsal, trouble) > before;
    trouble_end(&rehearsal);
    assert_true(result == RESULT_OK || met);
    *failed += result != RESULT_OK;
    if (result != RESULT_OK)
        rehearsal_start(&rehearsal);
    clock_advance(MINUTE_MS);
    server_turn(rehearsal.server);
    assert_int_equal(server_state(rehearsal.server), ENGINE_READY);
    assert_true(rehearsal_is_held(&rehearsal, 1));
    rehearsal_audit(&rehearsal);
    rehearsal_close(&rehearsal);
    return met;
}

/* Also one that finds rows which are not booked yet. */
static void a_start_in_trouble_loses_nothing(void **state)
{
    (void)state;
    in_all_trouble(start_in_trouble);
}

/* ---- Look-ups and ends ---- */

static struct call listing(const struct rehearsal *rehearsal)
{
    struct call call = people_call(&rehearsal->buyer, VERB_LIST);
    call.in.list = (struct record_query){.kind = RECORD_KIND_SEAT_RESERVATION, .limit = 10};
    return call;
}

static void lists_come_from_a_reader(void **state)
{
    (void)state;
    struct rehearsal rehearsal;
    bool answered;
    rehearsal_open_again(&rehearsal, &saved.rehearsal, saved.image, 1);
    assert_int_equal(rehearsal_hold(&rehearsal, 1, &answered), REFUSAL_NONE);
    struct call call = listing(&rehearsal);
    assert_true(rehearsal_try(&rehearsal, &call));
    assert_int_equal(call.refusal, REFUSAL_NONE);
    assert_int_equal(call.out.page.count, 2); /* one from the tables, one not booked yet */
    call_release(&call);
    assert_false(server_look_up(rehearsal.server));
    rehearsal_close(&rehearsal);
}

/* Its reference may have been used, which only the tables know. */
static struct call charging(const struct rehearsal *rehearsal)
{
    struct call call = people_call(&rehearsal->buyer, VERB_POINTS_CHARGE);
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
    struct rehearsal rehearsal;
    rehearsal_open_again(&rehearsal, &saved.rehearsal, saved.image, 1);
    completions = 0;
    const size_t before = rehearsal.told_count;
    struct request request = {.call = charging(&rehearsal), .complete = count_completion};
    assert_true(server_submit(rehearsal.server, &request));
    server_turn(rehearsal.server);
    told_from(&rehearsal, before, "odck");
    assert_true(server_look_up(rehearsal.server)); /* reads */
    assert_true(server_look_up(rehearsal.server)); /* and brings what it read */
    assert_int_equal(completions, 0);
    server_turn(rehearsal.server);
    assert_int_equal(completions, 1);
    told_from(&rehearsal, before, "odckodcak");
    assert_int_equal(request.call.refusal, REFUSAL_NONE);
    call_release(&request.call);
    rehearsal_close(&rehearsal);
}

static void a_stop_answers_what_waits_and_a_kill_does_not(void **state)
{
    (void)state;
    for (int kill = 0; kill <= 1; kill++) {
        struct rehearsal rehearsal;
        rehearsal_open_again(&rehearsal, &saved.rehearsal, saved.image, 1);
        struct request requests[] = {
            {.call = listing(&rehearsal), .complete = count_completion},
            {.call = charging(&rehearsal), .complete = count_completion},
            {.call = listing(&rehearsal), .complete = count_completion},
        };
        const size_t count = sizeof requests / sizeof requests[0];
        completions = 0;
        assert_true(server_submit(rehearsal.server, &requests[0]));
        assert_true(server_submit(rehearsal.server, &requests[1]));
        server_turn(rehearsal.server); /* both wait for a reader */
        assert_true(server_submit(rehearsal.server, &requests[2]));
        assert_int_equal(completions, 0);
        if (kill)
            rehearsal_crash(&rehearsal);
        else
            rehearsal_stop(&rehearsal);
        assert_int_equal(completions, kill ? 0 : count);
        for (size_t i = 0; i < count; i++)
            call_release(&requests[i].call);
        rehearsal_start(&rehearsal);
        assert_false(server_look_up(rehearsal.server)); /* it knows nothing of them */
        rehearsal_close(&rehearsal);
    }
}

static void an_inbox_takes_so_many_and_no_more(void **state)
{
    (void)state;
    static struct request requests[ENGINE_INBOX_MAX + 1];
    struct rehearsal rehearsal;
    rehearsal_open_again(&rehearsal, &saved.rehearsal, saved.image, 1);
    completions = 0;
    for (size_t i = 0; i <= ENGINE_INBOX_MAX; i++)
        requests[i] = (struct request){.call = people_call(&rehearsal.buyer, VERB_POINTS_GET),
                                       .complete = count_completion};
    for (size_t i = 0; i < ENGINE_INBOX_MAX; i++)
        assert_true(server_submit(rehearsal.server, &requests[i]));
    assert_false(server_submit(rehearsal.server, &requests[ENGINE_INBOX_MAX]));
    while (completions < ENGINE_INBOX_MAX)
        server_turn(rehearsal.server);
    rehearsal_close(&rehearsal);
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
        cmocka_unit_test(a_failed_append_is_unknown_and_then_recovered_from),
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
