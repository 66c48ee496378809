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
    struct heap_node node;
    timestamp_ms at; /* the model: ABSENT or the time it was set to */
};

static timestamp_ms earliest(const struct waiting *all, size_t *count)
{
    timestamp_ms at = ABSENT;
    *count = 0;
    for (size_t i = 0; i < NODES; i++) {
        *count += all[i].at != ABSENT;
        at = all[i].at < at ? all[i].at : at;
    }
    return at;
}

static void check(const struct heap *heap, const struct waiting *all)
{
    size_t count;
    const timestamp_ms at = earliest(all, &count);
    const struct heap_entry *first = heap_first(heap);
    assert_int_equal(heap->count, count);
    if (first == NULL) {
        assert_int_equal(count, 0);
        return;
    }
    assert_int_equal(first->at, at);
    assert_int_equal(((const struct waiting *)(const void *)first->node)->at, at);
}

static void the_first_is_the_earliest_after_any_change(void **state)
{
    (void)state;
    struct heap heap;
    struct chance chance = {7};
    struct waiting all[NODES] = {0};
    for (size_t i = 0; i < NODES; i++)
        all[i].at = ABSENT;
    heap_init(&heap);
    for (size_t i = 0; i < 60000; i++) {
        struct waiting *one = &all[chance_below(&chance, NODES)];
        if (chance_percent(&chance, i / 1000 % 2 == 0 ? 70 : 30)) {
            assert_int_equal(heap_reserve(&heap, 1), RESULT_OK);
            one->at = (timestamp_ms)chance_below(&chance, 100); /* many ties */
            heap_set(&heap, &one->node, one->at);
        } else {
            heap_remove(&heap, &one->node);
            one->at = ABSENT;
        }
        check(&heap, all);
    }
    heap_release(&heap);
}

static void taking_the_first_each_time_gives_them_in_order(void **state)
{
    (void)state;
    struct heap heap;
    struct chance chance = {8};
    struct heap_node nodes[NODES] = {0};
    heap_init(&heap);
    assert_int_equal(heap_reserve(&heap, NODES), RESULT_OK);
    const struct heap_entry *room = heap.entries;
    for (size_t i = 0; i < NODES; i++)
        heap_set(&heap, &nodes[i], (timestamp_ms)chance_next(&chance));
    assert_ptr_equal(heap.entries, room); /* reserved room is room */
    timestamp_ms last = INT64_MIN;
    for (size_t i = 0; i < NODES; i++) {
        const struct heap_entry first = *heap_first(&heap);
        assert_true(first.at >= last);
        last = first.at;
        heap_remove(&heap, first.node);
        assert_int_equal(first.node->place, 0);
    }
    assert_null(heap_first(&heap));
    heap_release(&heap);
}

static void removing_what_is_in_no_heap_changes_nothing(void **state)
{
    (void)state;
    struct heap heap;
    struct heap_node in = {0}, out = {0};
    heap_init(&heap);
    assert_int_equal(heap_reserve(&heap, 1), RESULT_OK);
    heap_set(&heap, &in, 5);
    heap_remove(&heap, &out);
    assert_int_equal(heap.count, 1);
    heap_remove(&heap, &in);
    heap_remove(&heap, &in);
    assert_int_equal(heap.count, 0);
    heap_release(&heap);
}

static void more_than_a_place_can_number_is_refused(void **state)
{
    (void)state;
    struct heap heap;
    heap_init(&heap);
    assert_int_equal(heap_reserve(&heap, (size_t)UINT32_MAX * 2), RESULT_FULL);
    assert_null(heap_first(&heap));
    heap_release(&heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_is_the_earliest_after_any_change),
        cmocka_unit_test(taking_the_first_each_time_gives_them_in_order),
        cmocka_unit_test(removing_what_is_in_no_heap_changes_nothing),
        cmocka_unit_test(more_than_a_place_can_number_is_refused),
    };
    return cmocka_run_group_tests_name("heap", tests, NULL, NULL);
}
