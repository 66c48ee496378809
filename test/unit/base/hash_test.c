/* Hashes of bytes tell apart what differs in length or place. */
#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void text_hashes_differ_in_length_and_place(void **state)
{
    (void)state;
    assert_true(hash_bytes("a", 1) == hash_bytes("ab", 1));
    assert_true(hash_bytes("a", 1) != hash_bytes("a", 2));
    assert_true(hash_bytes("ab", 2) != hash_bytes("ba", 2));
    assert_true(hash_bytes("", 0) != hash_bytes("\0", 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_hashes_differ_in_length_and_place),
    };
    return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
