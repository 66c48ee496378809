/* What waits until when: the order of each kind, changing what one waits for, what is due, and when
 * the next will be. */
#include "http/deadline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define HEAD_US 100
#define REQUEST_US 700
#define BODY_US 50

static struct deadlines deadlines;

static int make(void **state)
{
    (void)state;
    const int64_t duration_us[WAITS_KINDS] = {
        [WAITS_FOR_HEAD] = HEAD_US, [WAITS_FOR_REQUEST] = REQUEST_US, [WAITS_FOR_BODY] = BODY_US,
        [WAITS_FOR_ROOM] = BODY_US, [WAITS_FOR_END] = HEAD_US,
    };
    deadlines_init(&deadlines, duration_us);
    return 0;
}

static void test_nothing_waits(void **state)
{
    (void)state;
    assert_int_equal(deadlines_next_us(&deadlines), INT64_MAX);
    assert_null(deadline_due(&deadlines, INT64_MAX));
    for (enum waits_for kind = WAITS_FOR_HEAD; kind < WAITS_KINDS; kind++)
        assert_null(deadline_first(&deadlines, kind));
}

static void test_one_waits(void **state)
{
    (void)state;
    struct deadline one = {0};
    for (enum waits_for kind = WAITS_FOR_HEAD; kind < WAITS_KINDS; kind++) {
        const int64_t due_us = 1000 + deadlines.duration_us[kind];
        deadline_set(&deadlines, &one, kind, 1000);
        assert_int_equal(one.kind, kind);
        assert_int_equal(one.due_us, due_us);
        assert_int_equal(deadlines_next_us(&deadlines), due_us);
        assert_ptr_equal(deadline_first(&deadlines, kind), &one);
        assert_null(deadline_next(&deadlines, &one));
        assert_null(deadline_due(&deadlines, due_us - 1));
        assert_ptr_equal(deadline_due(&deadlines, due_us), &one);
        assert_ptr_equal(deadline_due(&deadlines, due_us + 1), &one);
    }
    deadline_set(&deadlines, &one, WAITS_FOR_NOTHING, 2000);
    test_nothing_waits(state);
    deadline_set(&deadlines, &one, WAITS_FOR_NOTHING, 2000); /* as before */
    test_nothing_waits(state);
}

static void check_order(enum waits_for kind, struct deadline *const *expected, size_t count)
{
    struct deadline *found = deadline_first(&deadlines, kind);
    for (size_t i = 0; i < count; i++) {
        assert_ptr_equal(found, expected[i]);
        found = deadline_next(&deadlines, found);
    }
    assert_null(found);
}

static void test_who_waits_longest_is_first(void **state)
{
    (void)state;
    struct deadline d[3] = {0};
    for (int i = 0; i < 3; i++)
        deadline_set(&deadlines, &d[i], WAITS_FOR_HEAD, 10 * i);
    check_order(WAITS_FOR_HEAD, (struct deadline *[]){&d[0], &d[1], &d[2]}, 3);
    deadline_set(&deadlines, &d[0], WAITS_FOR_HEAD, 20); /* anew: behind the one of that moment */
    check_order(WAITS_FOR_HEAD, (struct deadline *[]){&d[1], &d[2], &d[0]}, 3);
    assert_int_equal(deadlines_next_us(&deadlines), 10 + HEAD_US);
    deadline_set(&deadlines, &d[2], WAITS_FOR_REQUEST, 20);
    check_order(WAITS_FOR_HEAD, (struct deadline *[]){&d[1], &d[0]}, 2);
    check_order(WAITS_FOR_REQUEST, (struct deadline *[]){&d[2]}, 1);
    deadline_set(&deadlines, &d[1], WAITS_FOR_NOTHING, 20);
    check_order(WAITS_FOR_HEAD, (struct deadline *[]){&d[0]}, 1);
    assert_int_equal(deadlines_next_us(&deadlines), 20 + HEAD_US);
}

static void test_kinds_wait_beside_each_other(void **state)
{
    (void)state;
    struct deadline request = {0}, head = {0}, body = {0};
    deadline_set(&deadlines, &request, WAITS_FOR_REQUEST, 0);
    deadline_set(&deadlines, &head, WAITS_FOR_HEAD, 0);
    deadline_set(&deadlines, &body, WAITS_FOR_BODY, 60); /* the last to begin, not to be due */
    assert_int_equal(deadlines_next_us(&deadlines), HEAD_US);
    assert_ptr_equal(deadline_due(&deadlines, HEAD_US), &head);
    deadline_set(&deadlines, &head, WAITS_FOR_NOTHING, HEAD_US);
    assert_int_equal(deadlines_next_us(&deadlines), 60 + BODY_US);
    assert_null(deadline_due(&deadlines, 60 + BODY_US - 1));
    assert_ptr_equal(deadline_due(&deadlines, 60 + BODY_US), &body);
    deadline_set(&deadlines, &body, WAITS_FOR_NOTHING, 0);
    assert_ptr_equal(deadline_due(&deadlines, REQUEST_US), &request);
}

/* ---- Held against a table ---- */

#define OWNERS 24
#define STEPS 20000

static int64_t earliest(const struct deadline *owners, enum waits_for kind)
{
    int64_t due_us = INT64_MAX;
    for (size_t i = 0; i < OWNERS; i++)
        if (owners[i].kind != WAITS_FOR_NOTHING &&
            (kind == WAITS_FOR_NOTHING || owners[i].kind == kind) && owners[i].due_us < due_us)
            due_us = owners[i].due_us;
    return due_us;
}

static void check_against(const struct deadline *owners, int64_t now_us)
{
    const int64_t next_us = earliest(owners, WAITS_FOR_NOTHING);
    assert_int_equal(deadlines_next_us(&deadlines), next_us);
    const struct deadline *due = deadline_due(&deadlines, now_us);
    assert_int_equal(due != NULL, next_us <= now_us);
    assert_true(due == NULL || due->due_us <= now_us);
    for (enum waits_for kind = WAITS_FOR_HEAD; kind < WAITS_KINDS; kind++) {
        const struct deadline *first = deadline_first(&deadlines, kind);
        assert_int_equal(first == NULL ? INT64_MAX : first->due_us, earliest(owners, kind));
    }
}

static void test_any_changes(void **state)
{
    (void)state;
    static struct deadline owners[OWNERS];
    uint32_t chance = 1; /* a linear congruential generator: the same row of changes each time */
    int64_t now_us = 0;
    for (unsigned step = 0; step < STEPS; step++) {
        chance = chance * 1664525 + 1013904223;
        struct deadline *one = &owners[(chance >> 8) % OWNERS];
        const enum waits_for kind = (chance >> 16) % WAITS_KINDS;
        now_us += (chance >> 24) % 8;
        deadline_set(&deadlines, one, kind, now_us);
        check_against(owners, now_us);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_nothing_waits, make),
        cmocka_unit_test_setup(test_one_waits, make),
        cmocka_unit_test_setup(test_who_waits_longest_is_first, make),
        cmocka_unit_test_setup(test_kinds_wait_beside_each_other, make),
        cmocka_unit_test_setup(test_any_changes, make),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
