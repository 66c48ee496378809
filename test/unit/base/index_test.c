/* The index against a plain table of what is in it, with hashes chosen to collide. */
#include "base/hash.h"
#include "base/index.h"
#include "chance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct thing {
    struct pool_item item;
    uint32_t key;
    uint64_t (*hash)(uint32_t key); /* NULL: it has no key */
};

static bool thing_hash(const void *item, uint64_t *hash)
{
    const struct thing *thing = item;
    if (thing->hash != NULL)
        *hash = thing->hash(thing->key);
    return thing->hash != NULL;
}

static bool thing_matches(const void *item, const void *key)
{
    const struct thing *thing = item;
    return thing->key == *(const uint32_t *)key;
}

#define KEYS 600

/* What is being tested, and beside it the model: the thing that has each key, or NULL. */
struct fixture {
    struct pool pool;
    struct index index;
    struct thing *expected[KEYS];
    size_t count;
    uint64_t (*hash)(uint32_t key);
};

static uint64_t hash_well(uint32_t key)
{
    return hash_bytes(&key, sizeof key);
}

/* Long runs that wrap around the end of the table, and equal hashes of unequal keys. */
static uint64_t hash_badly(uint32_t key)
{
    return UINT64_MAX - key % 5;
}

static uint64_t hash_all_alike(uint32_t key)
{
    (void)key;
    return 42;
}

static void begin(struct fixture *fixture, uint64_t (*hash)(uint32_t key))
{
    *fixture = (struct fixture){.hash = hash};
    pool_init(&fixture->pool, sizeof(struct thing), MEMORY_HUGE_PAGES);
    index_init(&fixture->index, &fixture->pool, thing_hash, thing_matches);
}

static void end(struct fixture *fixture)
{
    index_release(&fixture->index);
    pool_release(&fixture->pool);
}

static void insert(struct fixture *fixture, uint32_t key)
{
    assert_int_equal(pool_reserve(&fixture->pool, 1), RESULT_OK);
    assert_int_equal(index_reserve(&fixture->index, 1), RESULT_OK);
    struct thing *thing = pool_take(&fixture->pool);
    thing->key = key;
    thing->hash = fixture->hash;
    index_insert(&fixture->index, thing);
    fixture->expected[key] = thing;
    fixture->count++;
}

static void take_out(struct fixture *fixture, uint32_t key)
{
    struct thing *thing = fixture->expected[key];
    index_remove(&fixture->index, thing);
    assert_false(index_holds(&fixture->index, thing));
    pool_give(&fixture->pool, thing);
    fixture->expected[key] = NULL;
    fixture->count--;
}

static void check_all(const struct fixture *fixture)
{
    assert_int_equal(fixture->index.count, fixture->count);
    for (uint32_t key = 0; key < KEYS; key++) {
        struct thing *expected = fixture->expected[key];
        assert_ptr_equal(index_find(&fixture->index, fixture->hash(key), &key), expected);
        assert_true(expected == NULL || index_holds(&fixture->index, expected));
    }
}

static void run(uint64_t (*hash)(uint32_t key), size_t steps, uint64_t seed)
{
    struct fixture fixture;
    struct chance chance = {seed};
    begin(&fixture, hash);
    for (size_t i = 0; i < steps; i++) {
        const uint32_t key = (uint32_t)chance_below(&chance, KEYS);
        /* The index fills and empties in turns. */
        const bool filling = i / 400 % 2 == 0;
        if (fixture.expected[key] == NULL && chance_percent(&chance, filling ? 90 : 20))
            insert(&fixture, key);
        else if (fixture.expected[key] != NULL && chance_percent(&chance, filling ? 20 : 90))
            take_out(&fixture, key);
        if (i % 16 == 0)
            check_all(&fixture);
    }
    check_all(&fixture);
    end(&fixture);
}

static void finds_what_was_inserted_and_not_removed(void **state)
{
    (void)state;
    run(hash_well, 40000, 4);
}

static void holds_when_hashes_collide_at_the_tables_end(void **state)
{
    (void)state;
    run(hash_badly, 10000, 5);
    run(hash_all_alike, 10000, 6);
}

static void an_empty_index_finds_nothing(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture, hash_well);
    check_all(&fixture);
    end(&fixture);
}

/* Reserved room is room: no insertion after it allocates. */
static void reserving_makes_room_for_all_at_once(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture, hash_well);
    assert_int_equal(index_reserve(&fixture.index, KEYS), RESULT_OK);
    const uint32_t *slots = fixture.index.slots;
    for (uint32_t key = 0; key < KEYS; key++)
        insert(&fixture, key);
    assert_ptr_equal(fixture.index.slots, slots);
    check_all(&fixture);
    end(&fixture);
}

static void a_bound_past_all_objects_is_refused(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture, hash_well);
    insert(&fixture, 7);
    assert_int_equal(index_reserve(&fixture.index, SIZE_MAX / 8), RESULT_FULL);
    check_all(&fixture);
    end(&fixture);
}

/* It grows by what the pool has, and objects without a key are none of its business. */
static void what_has_no_key_stays_out_when_it_grows(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture, hash_well);
    for (uint32_t key = 0; key < KEYS; key++) {
        assert_int_equal(pool_reserve(&fixture.pool, 1), RESULT_OK);
        const struct thing *keyless = pool_take(&fixture.pool);
        assert_null(keyless->hash);
        insert(&fixture, key);
    }
    check_all(&fixture);
    end(&fixture);
}

/* What was inserted meanwhile is there afterwards, as if it had been placed one by one. */
static void what_was_deferred_is_caught_up(void **state)
{
    (void)state;
    static const size_t counts[] = {0, 1, 15, 16, 17, 40, KEYS};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct fixture fixture;
        begin(&fixture, i % 2 == 0 ? hash_well : hash_badly);
        index_defer(&fixture.index);
        for (uint32_t key = 0; key < counts[i]; key++)
            insert(&fixture, key);
        assert_int_equal(fixture.index.capacity, 0);
        assert_int_equal(index_catch_up(&fixture.index), RESULT_OK);
        check_all(&fixture);
        assert_int_equal(index_catch_up(&fixture.index), RESULT_OK); /* nothing is left to do */
        for (uint32_t key = 0; key < counts[i]; key += 2)
            take_out(&fixture, key);
        check_all(&fixture);
        end(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_was_inserted_and_not_removed),
        cmocka_unit_test(holds_when_hashes_collide_at_the_tables_end),
        cmocka_unit_test(an_empty_index_finds_nothing),
        cmocka_unit_test(reserving_makes_room_for_all_at_once),
        cmocka_unit_test(a_bound_past_all_objects_is_refused),
        cmocka_unit_test(what_was_deferred_is_caught_up),
        cmocka_unit_test(what_has_no_key_stays_out_when_it_grows),
    };
    return cmocka_run_group_tests_name("index", tests, NULL, NULL);
}
