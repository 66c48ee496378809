/* The heap of deadlines against a plain array of times. */
#include "base/heap.h"
#include "chance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NODES 300
#define ABSENT INT64_MAX

struct waiting {
    struct pool_item item;
    timestamp_ms at; /* the model: ABSENT or the time it was set to */
    struct heap_node node;
};

static void begin(struct heap *heap, struct pool *pool)
{
    pool_init(pool, sizeof(struct waiting), MEMORY_HUGE_PAGES);
    heap_init(heap, pool, offsetof(struct waiting, node));
}

static void end(struct heap *heap, struct pool *pool)
{
    heap_release(heap);
    pool_release(pool);
}

static struct waiting *make(struct pool *pool)
{
    assert_int_equal(pool_reserve(pool, 1), RESULT_OK);
    struct waiting *one = pool_take(pool);
    one->at = ABSENT;
    return one;
}

static timestamp_ms earliest(struct waiting *const *all, size_t *count)
{
    timestamp_ms at = ABSENT;
    *count = 0;
    for (size_t i = 0; i < NODES; i++) {
        *count += all[i]->at != ABSENT;
        at = all[i]->at < at ? all[i]->at : at;
    }
    return at;
}

static void check(const struct heap *heap, struct waiting *const *all)
{
    size_t count;
    timestamp_ms first_at;
    const timestamp_ms at = earliest(all, &count);
    const struct waiting *first = heap_first(heap, &first_at);
    assert_int_equal(heap->count, count);
    if (first == NULL) {
        assert_int_equal(count, 0);
        return;
    }
    assert_int_equal(first_at, at);
    assert_int_equal(first->at, at);
}

static void the_first_is_the_earliest_after_any_change(void **state)
{
    (void)state;
    struct pool pool;
    struct heap heap;
    struct chance chance = {7};
    struct waiting *all[NODES];
    begin(&heap, &pool);
    for (size_t i = 0; i < NODES; i++)
        all[i] = make(&pool);
    for (size_t i = 0; i < 60000; i++) {
        struct waiting *one = all[chance_below(&chance, NODES)];
        if (chance_percent(&chance, i / 1000 % 2 == 0 ? 70 : 30)) {
            assert_int_equal(heap_reserve(&heap, 1), RESULT_OK);
            one->at = (timestamp_ms)chance_below(&chance, 100); /* many ties */
            heap_set(&heap, one, one->at);
        } else {
            heap_remove(&heap, one);
            one->at = ABSENT;
        }
        check(&heap, all);
    }
    end(&heap, &pool);
}

static void taking_the_first_each_time_gives_them_in_order(void **state)
{
    (void)state;
    struct pool pool;
    struct heap heap;
    struct chance chance = {8};
    begin(&heap, &pool);
    assert_int_equal(heap_reserve(&heap, NODES), RESULT_OK);
    const timestamp_ms *room = heap.times;
    const uint32_t *more_room = heap.numbers;
    for (size_t i = 0; i < NODES; i++)
        heap_set(&heap, make(&pool), (timestamp_ms)chance_next(&chance));
    assert_ptr_equal(heap.times, room); /* reserved room is room */
    assert_ptr_equal(heap.numbers, more_room);
    timestamp_ms last = INT64_MIN, at;
    for (size_t i = 0; i < NODES; i++) {
        struct waiting *first = heap_first(&heap, &at);
        assert_true(at >= last);
        last = at;
        heap_remove(&heap, first);
    }
    assert_null(heap_first(&heap, &at));
    end(&heap, &pool);
}

static void removing_what_is_not_in_the_heap_changes_nothing(void **state)
{
    (void)state;
    struct pool pool;
    struct heap heap;
    begin(&heap, &pool);
    struct waiting *in = make(&pool), *out = make(&pool);
    assert_int_equal(heap_reserve(&heap, 1), RESULT_OK);
    heap_set(&heap, in, 5);
    heap_remove(&heap, out);
    assert_int_equal(heap.count, 1);
    heap_remove(&heap, in);
    heap_remove(&heap, in);
    assert_int_equal(heap.count, 0);
    end(&heap, &pool);
}

static void more_than_a_place_can_number_is_refused(void **state)
{
    (void)state;
    struct pool pool;
    struct heap heap;
    timestamp_ms at;
    begin(&heap, &pool);
    assert_int_equal(heap_reserve(&heap, (size_t)UINT32_MAX * 2), RESULT_FULL);
    assert_null(heap_first(&heap, &at));
    end(&heap, &pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_is_the_earliest_after_any_change),
        cmocka_unit_test(taking_the_first_each_time_gives_them_in_order),
        cmocka_unit_test(removing_what_is_not_in_the_heap_changes_nothing),
        cmocka_unit_test(more_than_a_place_can_number_is_refused),
    };
    return cmocka_run_group_tests_name("heap", tests, NULL, NULL);
}
