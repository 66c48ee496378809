/* The arena against a plain table of blocks: what one holds stays until it is given back. */
#include "base/arena.h"
#include "chance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define BLOCKS 500

struct held {
    uint8_t *block;
    size_t bytes;
    uint8_t fill;
};

static void take(struct arena *arena, struct held *held, size_t bytes, uint8_t fill)
{
    *held = (struct held){.block = arena_take(arena, bytes), .bytes = bytes, .fill = fill};
    assert_non_null(held->block);
    memset(held->block, fill, bytes);
}

static void give(struct arena *arena, struct held *held)
{
    for (size_t i = 0; i < held->bytes; i++)
        assert_int_equal(held->block[i], held->fill);
    arena_give(arena, held->block, held->bytes);
    held->block = NULL;
}

static void blocks_keep_what_they_hold(void **state)
{
    (void)state;
    static struct held all[BLOCKS];
    struct chance chance = {11};
    struct arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < 50000; i++) {
        struct held *held = &all[chance_below(&chance, BLOCKS)];
        if (held->block == NULL)
            take(&arena, held, 1 + chance_below(&chance, ARENA_BLOCK_MAX + 20), (uint8_t)i);
        else
            give(&arena, held);
    }
    for (size_t i = 0; i < BLOCKS; i++)
        if (all[i].block != NULL)
            give(&arena, &all[i]);
    arena_release(&arena);
}

static void what_was_given_back_is_taken_again(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    void *first = arena_take(&arena, 17), *second = arena_take(&arena, 24);
    assert_ptr_equal((uint8_t *)first + 24, second); /* nothing lies between them */
    arena_give(&arena, first, 17);
    arena_give(&arena, second, 24);
    assert_ptr_equal(arena_take(&arena, 20), second);
    assert_ptr_equal(arena_take(&arena, 18), first);
    assert_int_equal(arena.chunk_count, 1);
    arena_give(&arena, NULL, 0);
    arena_release(&arena);
}

/* Where a chunk had too little left, that is a block too. */
static void a_chunks_rest_is_not_lost(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    while (arena.left != 16 || arena.chunk_count == 0)
        assert_non_null(arena_take(&arena, 8));
    const void *rest = arena.at;
    assert_non_null(arena_take(&arena, 200));
    assert_int_equal(arena.chunk_count, 2);
    assert_ptr_equal(arena_take(&arena, 16), rest);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_keep_what_they_hold),
        cmocka_unit_test(what_was_given_back_is_taken_again),
        cmocka_unit_test(a_chunks_rest_is_not_lost),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
