/* The engine's, the bookkeeper's and the readers' threads at once: whatever the border between the
 * tables and the overlay does, a reader sees every row once and as it was at one moment. */
#include "scene.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define BATCHES 600
#define READERS 2

/* In a thread a failed check is counted; cmocka's checks belong to the thread that runs the test.
 */
struct shared {
    struct fixture *fixture;
    struct id user_id;
    atomic_bool done;
    atomic_size_t written; /* payments whose append returned */
    atomic_size_t failures, lists;
};

static void expect(struct shared *shared, bool condition)
{
    if (!condition)
        atomic_fetch_add(&shared->failures, 1);
}

static void *keep_books(void *argument)
{
    struct shared *shared = argument;
    struct explanation explanation;
    bool last = false;
    while (!last) {
        size_t rows = 1;
        last = atomic_load(&shared->done);
        while (rows > 0)
            if (store_book(shared->fixture->store, &rows, &explanation) != RESULT_OK) {
                expect(shared, false);
                return NULL;
            }
    }
    return NULL;
}

/* The payments of the page are the newest there are, without a gap, each in the state that its
 * amount says it has once it was changed. */
static void check_page(struct shared *shared, const struct record_page *page, size_t written_before)
{
    expect(shared, page->count > 0 || written_before == 0);
    if (page->count == 0)
        return;
    const int64_t newest = page->records[0]->as.payment.amount;
    expect(shared, newest + 1 >= (int64_t)written_before);
    for (size_t i = 0; i < page->count; i++) {
        const struct payment *payment = &page->records[i]->as.payment;
        expect(shared, payment->amount == newest - (int64_t)i);
        /* Each batch adds one payment and cancels the one two before it. */
        expect(shared,
               payment->status == (i < 2 ? PAYMENT_STATUS_FAILED : PAYMENT_STATUS_CANCELLED));
    }
}

static void *read_lists(void *argument)
{
    struct shared *shared = argument;
    struct explanation explanation;
    struct store_reader *reader;
    struct record_query query = {
        .kind = RECORD_KIND_PAYMENT, .user_id = shared->user_id, .limit = 50};
    if (store_reader_open(shared->fixture->store, &reader, &explanation) != RESULT_OK) {
        expect(shared, false);
        return NULL;
    }
    while (!atomic_load(&shared->done)) {
        struct record_page page;
        const size_t written = atomic_load(&shared->written);
        if (store_reader_list(reader, &query, &page) != RESULT_OK) {
            expect(shared, false);
            break;
        }
        check_page(shared, &page, written);
        record_page_release(&page);
        /* By owner and by kind are different ways to the same rows. */
        query.user_id = id_is_none(query.user_id) ? shared->user_id : ID_NONE;
        atomic_fetch_add(&shared->lists, 1);
    }
    store_reader_close(reader);
    return NULL;
}

static void write_payments(struct shared *shared)
{
    struct fixture *fixture = shared->fixture;
    struct payment last[3] = {0};
    for (size_t i = 0; i < BATCHES; i++) {
        last[i % 3] = (struct payment){.id = fixture_id(fixture),
                                       .user_id = shared->user_id,
                                       .reservation_id = shared->user_id,
                                       .amount = (int64_t)i,
                                       .status = PAYMENT_STATUS_FAILED};
        batch_add(fixture,
                  &(struct record){.kind = RECORD_KIND_PAYMENT, .as.payment = last[i % 3]});
        if (i >= 2) {
            struct payment *before = &last[(i - 2) % 3];
            before->status = PAYMENT_STATUS_CANCELLED;
            batch_add(fixture,
                      &(struct record){.kind = RECORD_KIND_PAYMENT, .as.payment = *before});
        }
        if (i % 16 == 0)
            store_prune(fixture->store);
        batch_append(fixture);
        atomic_store(&shared->written, i + 1);
    }
}

static void everybody_sees_one_moment(void **state)
{
    struct shared shared = {.fixture = *state};
    pthread_t bookkeeper, readers[READERS];
    const struct record user = user_row(fixture_id(*state), "somebody", NULL);
    append_one(*state, &user);
    shared.user_id = user.as.user.id;
    assert_int_equal(pthread_create(&bookkeeper, NULL, keep_books, &shared), 0);
    for (size_t i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&readers[i], NULL, read_lists, &shared), 0);
    write_payments(&shared);
    while (atomic_load(&shared.lists) < 10 && atomic_load(&shared.failures) == 0)
        assert_int_equal(sched_yield(), 0);
    atomic_store(&shared.done, true);
    assert_int_equal(pthread_join(bookkeeper, NULL), 0);
    for (size_t i = 0; i < READERS; i++)
        assert_int_equal(pthread_join(readers[i], NULL), 0);
    assert_int_equal(atomic_load(&shared.failures), 0);
    assert_int_equal(store_unbooked(shared.fixture->store), 0);
    struct store_counts counts;
    store_counts(shared.fixture->store, &counts);
    assert_true(counts.bookings > 1 && counts.pruned_rows > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(everybody_sees_one_moment, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
