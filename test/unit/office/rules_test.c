/* The office's rules: plays every script named on the command line, each test in every way of
 * recovery, and then asks whether all refusals, transitions and verbs were seen. */
#include "row.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What a test function is handed; the rest is the same for all. */
struct played {
    const struct script *script;
    const struct script_test *test;
    struct seen *seen;
};

static void play(void **state)
{
    const struct played *played = *state;
    struct explanation why;
    for (enum recovery recovery = 0; recovery < RECOVERY_COUNT; recovery++)
        if (!play_test(played->test, recovery, false, played->seen, &why))
            fail_msg("%s, %s", played->script->path, why.text);
    if (!play_test(played->test, RECOVER_FROM_TABLES, true, played->seen, &why))
        fail_msg("%s, %s", played->script->path, why.text);
}

static void every_refusal_of_the_office_was_given(void **state)
{
    const struct seen *seen = ((const struct played *)*state)->seen;
    for (enum refusal refusal = REFUSAL_NONE + 1; refusal < REFUSAL_COUNT; refusal++) {
        const struct refusal_schema *schema = refusal_schema(refusal);
        /* Running out of memory or of a bound is a test of its own: memory_test.c. */
        if (schema->by == REFUSAL_BY_OFFICE && refusal != REFUSAL_CAPACITY &&
            seen->refusals[refusal] == 0)
            fail_msg("no row was answered %s", schema->name);
        if (schema->by != REFUSAL_BY_OFFICE && seen->refusals[refusal] != 0)
            fail_msg("%s is not the office's to give", schema->name);
    }
}

static void every_legal_transition_was_taken(void **state)
{
    const struct seen *seen = ((const struct played *)*state)->seen;
    const char *missing = coverage_missing(&seen->coverage);
    if (missing != NULL)
        fail_msg("never: %s", missing);
}

static void every_verb_was_answered(void **state)
{
    const struct seen *seen = ((const struct played *)*state)->seen;
    for (enum verb verb = 0; verb < VERB_COUNT; verb++)
        if (seen->verbs[verb] == 0)
            fail_msg("never answered: %s", verb_name(verb));
}

#define SCRIPTS_MAX 32
#define TESTS_MAX 1024

struct suite {
    struct script scripts[SCRIPTS_MAX];
    struct played played[TESTS_MAX];
    struct CMUnitTest tests[TESTS_MAX];
    size_t count;
    struct seen seen;
};

static void add(struct suite *suite, const char *name, CMUnitTestFunction function,
                const struct script *script, const struct script_test *test)
{
    assert_true(suite->count < TESTS_MAX);
    struct played *played = &suite->played[suite->count];
    *played = (struct played){.script = script, .test = test, .seen = &suite->seen};
    suite->tests[suite->count++] =
        (struct CMUnitTest){.name = name, .test_func = function, .initial_state = played};
}

int main(int argument_count, char **arguments)
{
    struct suite *suite = calloc(1, sizeof *suite);
    if (suite == NULL || argument_count - 1 > SCRIPTS_MAX)
        return EXIT_FAILURE;
    for (int i = 1; i < argument_count; i++) {
        struct script *script = &suite->scripts[i - 1];
        struct explanation why;
        if (!script_read(script, arguments[i], &why)) {
            print_error("%s\n", why.text);
            return EXIT_FAILURE;
        }
        for (size_t k = 0; k < script->test_count; k++)
            add(suite, script->tests[k].name, play, script, &script->tests[k]);
    }
    add(suite, "every refusal of the office was given", every_refusal_of_the_office_was_given, NULL,
        NULL);
    add(suite, "every legal transition was taken", every_legal_transition_was_taken, NULL, NULL);
    add(suite, "every verb was answered", every_verb_was_answered, NULL, NULL);
    const int failed = _cmocka_run_group_tests("rules", suite->tests, suite->count, NULL, NULL);
    for (int i = 1; i < argument_count; i++)
        script_release(&suite->scripts[i - 1]);
    free(suite);
    return failed;
}
