/* Arrays that grow: what was in them stays, and what grows doubles. */
#include "base/array.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void one_by_one_it_keeps_its_items_and_moves_seldom(void **state)
{
    (void)state;
    int *items = NULL;
    size_t capacity = 0, growths = 0;
    for (int i = 0; i < 1000; i++) {
        const size_t before = capacity;
        items = array_reserve(items, &capacity, (size_t)i + 1, sizeof *items);
        assert_non_null(items);
        assert_true(capacity > (size_t)i);
        growths += capacity != before;
        items[i] = i;
    }
    for (int i = 0; i < 1000; i++)
        assert_int_equal(items[i], i);
    assert_true(growths < 10);
    free(items);
}

static void many_at_once_have_room(void **state)
{
    (void)state;
    size_t capacity = 0;
    int *items = array_reserve(NULL, &capacity, 100, sizeof *items);
    assert_non_null(items);
    assert_int_equal(capacity, 100);
    items[99] = 1;
    assert_ptr_equal(array_reserve(items, &capacity, 100, sizeof *items), items);
    assert_int_equal(capacity, 100);
    free(items);
}

/* The linker puts it in realloc's place. */
static bool memory_is_out;
void *__real_realloc(void *memory, size_t bytes);
void *__wrap_realloc(void *memory, size_t bytes);

void *__wrap_realloc(void *memory, size_t bytes)
{
    return memory_is_out ? NULL : __real_realloc(memory, bytes);
}

static void without_memory_it_stays_as_it_was(void **state)
{
    (void)state;
    size_t capacity = 0;
    int *items = array_reserve(NULL, &capacity, 1, sizeof *items);
    assert_non_null(items);
    items[0] = 7;
    const size_t before = capacity;
    memory_is_out = true;
    assert_null(array_reserve(items, &capacity, before + 1, sizeof *items));
    memory_is_out = false;
    assert_int_equal(capacity, before);
    assert_int_equal(items[0], 7);
    free(items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_by_one_it_keeps_its_items_and_moves_seldom),
        cmocka_unit_test(many_at_once_have_room),
        cmocka_unit_test(without_memory_it_stays_as_it_was),
    };
    return cmocka_run_group_tests_name("base array", tests, NULL, NULL);
}
