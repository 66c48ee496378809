/* No memory: the n-th allocation of a call fails, for n from 1 until none is left to fail. The
 * linker hands this file every malloc, calloc and realloc of the program (--wrap). */
#include "office/state.h"
#include "row.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- Allocations that fail ---- */

static struct {
    bool armed;
    size_t left;  /* allocations until the one that fails */
    size_t fired; /* failures so far */
} failure;

static bool fails(void)
{
    if (!failure.armed || failure.left == 0 || --failure.left > 0)
        return false;
    failure.fired++;
    return true;
}

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *block, size_t bytes);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *block, size_t bytes);

void *__wrap_malloc(size_t bytes)
{
    return fails() ? NULL : __real_malloc(bytes);
}

void *__wrap_calloc(size_t count, size_t bytes)
{
    return fails() ? NULL : __real_calloc(count, bytes);
}

void *__wrap_realloc(void *block, size_t bytes)
{
    return fails() ? NULL : __real_realloc(block, bytes);
}

static void arm(size_t nth)
{
    failure.left = nth;
    failure.fired = 0;
}

/* Only the office's own allocations fail, and its batch keeps no room from before. */
static void watch(struct stage *stage, bool deciding)
{
    if (deciding && stage->office->batch.length == 0)
        buffer_release(&stage->office->batch);
    failure.armed = deciding;
}

/* ---- Verbs ---- */

#define ALLOCATIONS_MAX 64 /* no verb needs as many, or it would never end */

static void must(struct play *play, bool good)
{
    if (!good)
        fail_msg("line %d: %s", play->row == NULL ? 0 : play->row->line, play->trouble.text);
}

/* The house before the test's last row, in an office that was just loaded: its tables are as small
 * as they can be. */
static void set_up(struct play *play, const struct script_test *test, struct seen *seen)
{
    arm(0);
    must(play, play_open(play, RECOVER_FROM_TABLES, seen));
    for (size_t i = 0; i + 1 < test->row_count; i++)
        must(play, play_row(play, &test->rows[i]));
    if (!stage_restart(&play->stage, 0))
        fail_msg("%s", play->stage.trouble.text);
    play->stage.watch = watch;
}

/* One round with the nth allocation failing; false when there were not so many. */
static bool survives_failure(const struct script_test *test, size_t nth, struct seen *seen)
{
    struct play play;
    struct office_counts before, after;
    const struct row *last = &test->rows[test->row_count - 1];
    struct row silent = *last;
    silent.answer_count = silent.fact_count = 0;
    const char *capacity = "CAPACITY";
    silent.answer[silent.answer_count++] = capacity;

    set_up(&play, test, seen);
    office_counts(play.stage.office, &before);
    const uint64_t seq = play.stage.ledger.seq,
                   version = office_catalogue_version(play.stage.office);
    arm(nth);
    const bool refused = play_row(&play, &silent);
    const bool fired = failure.fired > 0;
    if (fired) {
        must(&play, refused);
        office_counts(play.stage.office, &after);
        assert_memory_equal(&before, &after, sizeof before);
        assert_int_equal(play.stage.ledger.seq, seq);
        assert_int_equal(office_catalogue_version(play.stage.office), version);
        arm(0);
        must(&play, play_row(&play, last));
        must(&play, play_recover(&play));
    } else if (refused) {
        fail_msg("line %d: refused though no allocation failed", last->line);
    }
    play_close(&play);
    return fired;
}

struct tried {
    const struct script_test *test;
    struct seen *seen;
};

static void refuses_without_memory(void **state)
{
    const struct tried *tried = *state;
    size_t nth = 1;
    while (nth < ALLOCATIONS_MAX && survives_failure(tried->test, nth, tried->seen))
        nth++;
    assert_true(nth > 1 && nth < ALLOCATIONS_MAX);
}

/* ---- Loading ---- */

static enum result load_all(const struct ledger *ledger, struct office *office)
{
    static const struct house_keys keys = {.token_key = {{0}}};
    struct explanation why;
    for (size_t i = 0; i < ledger->entry_count; i++) {
        const enum result result = office_load(office, ledger->entries[i].record, &why);
        if (result != RESULT_OK)
            return result;
    }
    return office_open(office, (struct moment){STAGE_START, STAGE_START}, ledger->seq, &keys, &why);
}

/* The nth allocation of a whole loading fails: it is said, and what was loaded can be let go. */
static bool loading_says_so(const struct play *play, size_t nth)
{
    arm(nth);
    failure.armed = true;
    struct office *office = office_new(&play->stage.settings);
    const enum result result =
        office == NULL ? RESULT_NO_MEMORY : load_all(&play->stage.ledger, office);
    failure.armed = false;
    assert_int_equal(result, failure.fired > 0 ? RESULT_NO_MEMORY : RESULT_OK);
    office_free(office);
    return failure.fired > 0;
}

static void loading_without_memory_is_said(void **state)
{
    const struct tried *tried = *state;
    struct play play;
    set_up(&play, tried->test, tried->seen);
    must(&play, play_row(&play, &tried->test->rows[tried->test->row_count - 1]));
    size_t nth = 1;
    while (loading_says_so(&play, nth))
        nth++;
    assert_true(nth > 15);
    play_close(&play);
}

#define TESTS_MAX 64

struct suite {
    struct script script;
    struct tried tried[TESTS_MAX];
    struct CMUnitTest tests[TESTS_MAX + 1];
    struct seen seen;
};

int main(int argument_count, char **arguments)
{
    struct explanation why;
    struct suite *suite = calloc(1, sizeof *suite);
    if (suite == NULL || argument_count != 2)
        return EXIT_FAILURE;
    if (!script_read(&suite->script, arguments[1], &why) || suite->script.test_count > TESTS_MAX) {
        print_error("%s\n", why.text);
        return EXIT_FAILURE;
    }
    const size_t count = suite->script.test_count;
    for (size_t i = 0; i < count; i++) {
        suite->tried[i] = (struct tried){.test = &suite->script.tests[i], .seen = &suite->seen};
        suite->tests[i] = (struct CMUnitTest){.name = suite->script.tests[i].name,
                                              .test_func = refuses_without_memory,
                                              .initial_state = &suite->tried[i]};
    }
    suite->tests[count] = (struct CMUnitTest){.name = "loading without memory is said",
                                              .test_func = loading_without_memory_is_said,
                                              .initial_state = &suite->tried[count - 1]};
    const int failed = _cmocka_run_group_tests("no memory", suite->tests, count + 1, NULL, NULL);
    script_release(&suite->script);
    free(suite);
    return failed;
}
