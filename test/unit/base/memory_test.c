/* Blocks of every size come zeroed, can be written to their end and go away again. */
#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define MIB ((size_t)1 << 20)

static void blocks_of_every_size_are_zeroed(void **state)
{
    (void)state;
    const size_t sizes[] = {1, 4096, 2 * MIB - 1, 2 * MIB, 2 * MIB + 1, 9 * MIB};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (size_t again = 0; again < 4; again++) {
            uint8_t *block =
                memory_allocate(sizes[i], again < 2 ? MEMORY_HUGE_PAGES : MEMORY_SMALL_PAGES);
            assert_non_null(block);
            assert_int_equal(block[0], 0);
            assert_memory_equal(block, block + 1, sizes[i] - 1);
            memset(block, 0xa5, sizes[i]);
            memory_free(block, sizes[i]);
        }
}

static void too_much_is_refused(void **state)
{
    (void)state;
    assert_null(memory_allocate(SIZE_MAX, MEMORY_HUGE_PAGES));
    assert_null(memory_allocate(SIZE_MAX / 4, MEMORY_HUGE_PAGES));
    assert_null(memory_allocate(SIZE_MAX / 4, MEMORY_SMALL_PAGES));
    memory_free(NULL, 1);
    memory_free(NULL, 9 * MIB);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_of_every_size_are_zeroed),
        cmocka_unit_test(too_much_is_refused),
    };
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
