/* The rows not booked yet: moments that stay as they are, generations that come and go, chains. */
#include "store/overlay.h"

#include "fixture.h"
#include "store/generation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct board {
    struct overlay overlay;
    struct buffer batch;
    size_t count;
    struct id_source ids;
};

static int setup(void **state)
{
    static struct board board;
    static const uint64_t seed[4] = {5, 6, 7, 8};
    board = (struct board){0};
    buffer_init(&board.batch, UINT32_C(64) << 20);
    id_source_init(&board.ids, seed);
    *state = &board;
    return overlay_init(&board.overlay, 0) == RESULT_OK ? 0 : -1;
}

static int teardown(void **state)
{
    struct board *board = *state;
    overlay_release(&board->overlay);
    buffer_release(&board->batch);
    return 0;
}

static void add(struct board *board, const struct record *record)
{
    assert_int_equal(buffer_reserve(&board->batch, record_encoded_max(record)), RESULT_OK);
    record_encode(record, record->why, &board->batch);
    board->count++;
}

static void append(struct board *board)
{
    assert_int_equal(overlay_reserve(&board->overlay, board->count, board->batch.length),
                     RESULT_OK);
    overlay_append(&board->overlay, board->overlay.last_seq + 1, board->batch.data,
                   board->batch.length, board->count);
    buffer_clear(&board->batch);
    board->count = 0;
}

static struct record payment_row(struct id id, struct id owner, int64_t amount)
{
    return (struct record){.kind = RECORD_KIND_PAYMENT,
                           .as.payment = {.id = id, .user_id = owner, .amount = amount}};
}

static void append_payment(struct board *board, struct id id, struct id owner, int64_t amount)
{
    const struct record record = payment_row(id, owner, amount);
    add(board, &record);
    append(board);
}

/* The amount of the payment in the moment, or -1. */
static int64_t amount_at(struct board *board, const struct overlay_snapshot *snapshot, struct id id)
{
    const struct record_key key = record_key_of_id(id);
    const struct overlay_row *row =
        overlay_find(&board->overlay, snapshot, RECORD_KIND_PAYMENT, &key);
    struct record record;
    if (row == NULL)
        return -1;
    overlay_decode(row, &record);
    return record.as.payment.amount;
}

static size_t walk_length(struct overlay_walk walk)
{
    size_t length = 0;
    while (overlay_next(&walk) != NULL)
        length++;
    return length;
}

static size_t payments_at(struct board *board, const struct overlay_snapshot *snapshot)
{
    return walk_length(overlay_walk_kind(&board->overlay, snapshot, RECORD_KIND_PAYMENT));
}

static void a_moment_stays_as_it_was(void **state)
{
    struct board *board = *state;
    struct overlay_snapshot before, after;
    const struct id owner = id_next(&board->ids, NOW), first = id_next(&board->ids, NOW),
                    second = id_next(&board->ids, NOW);
    append_payment(board, first, owner, 1);
    overlay_snapshot_take(&board->overlay, &before);
    append_payment(board, first, owner, 2);
    append_payment(board, second, owner, 3);
    overlay_snapshot_take(&board->overlay, &after);
    assert_int_equal(amount_at(board, &before, first), 1);
    assert_int_equal(amount_at(board, &before, second), -1);
    assert_int_equal(payments_at(board, &before), 1);
    assert_int_equal(
        walk_length(overlay_walk_owner(&board->overlay, &before, RECORD_KIND_PAYMENT, owner)), 1);
    assert_int_equal(amount_at(board, &after, first), 2);
    assert_int_equal(amount_at(board, &after, second), 3);
    assert_int_equal(payments_at(board, &after), 3);

    /* Booked and let go, they are still there for whoever looks. */
    assert_non_null(overlay_oldest(&board->overlay));
    overlay_booked(&board->overlay);
    assert_int_equal(board->overlay.rows, 0);
    assert_int_equal(amount_at(board, &before, first), 1);
    assert_int_equal(amount_at(board, &after, first), 2);
    /* But not when the tables have them. */
    after.booked_seq = 3;
    assert_int_equal(amount_at(board, &after, first), -1);
    assert_int_equal(payments_at(board, &after), 0);
    overlay_snapshot_release(&board->overlay, &before);
    overlay_snapshot_release(&board->overlay, &after);
}

/* A row that changed in several generations: the newest counts, and the middle one may go first
 * from the overlay while a reader holds the oldest. */
static void generations_hold_each_other(void **state)
{
    struct board *board = *state;
    struct overlay_snapshot snapshot;
    const struct id owner = id_next(&board->ids, NOW), id = id_next(&board->ids, NOW);
    append_payment(board, id, owner, 1);
    assert_non_null(overlay_oldest(&board->overlay)); /* closes it */
    append_payment(board, id, owner, 2);
    overlay_snapshot_take(&board->overlay, &snapshot);
    overlay_booked(&board->overlay);
    assert_non_null(overlay_oldest(&board->overlay));
    overlay_booked(&board->overlay);
    append_payment(board, id, owner, 3);
    snapshot.booked_seq = 1;
    assert_int_equal(amount_at(board, &snapshot, id), 2);
    assert_int_equal(payments_at(board, &snapshot), 1);
    snapshot.booked_seq = 0;
    assert_int_equal(payments_at(board, &snapshot), 2);
    overlay_snapshot_release(&board->overlay, &snapshot);
    assert_int_equal(board->overlay.rows, 1);
}

static void a_generation_closes_when_it_is_full(void **state)
{
    struct board *board = *state;
    const struct id owner = id_next(&board->ids, NOW);
    for (int batch = 0; batch < 3; batch++) {
        for (int64_t i = 0; i < 60000; i++) {
            const struct record record = payment_row(id_next(&board->ids, NOW), owner, i + 1);
            add(board, &record);
        }
        append(board);
    }
    assert_int_equal(board->overlay.rows, 180000);
    const struct generation *generation = overlay_oldest(&board->overlay);
    assert_int_equal(generation_row_count(generation), 120000);
    assert_int_equal(generation_last_seq(generation), 2);
    overlay_booked(&board->overlay);
    generation = overlay_oldest(&board->overlay);
    assert_int_equal(generation_row_count(generation), 60000);
    overlay_booked(&board->overlay);
    assert_null(overlay_oldest(&board->overlay));
    assert_int_equal(board->overlay.rows, 0);
}

/* So many rows that memory is kept, in a generation of their own. */
static void append_crowd(struct board *board, struct id owner)
{
    for (int64_t k = 0; k < 1000; k++) {
        const struct record record = payment_row(id_next(&board->ids, NOW), owner, k + 1);
        add(board, &record);
    }
    append(board);
}

/* Rounds of filling and booking, each in the memory of the one before: small ones, whose table is
 * given up, large ones, whose table is cleared, and one in a block of its own. */
static void memory_is_used_again_and_holds_nothing_of_before(void **state)
{
    struct board *board = *state;
    static const int64_t row_counts[] = {5, 3000, 2, 3000, 20000, 3000, 1};
    const struct id owner = id_next(&board->ids, NOW);
    struct id before = ID_NONE;
    for (size_t i = 0; i < sizeof row_counts / sizeof row_counts[0]; i++) {
        struct overlay_snapshot snapshot;
        const struct id first = id_next(&board->ids, NOW);
        for (int64_t k = 0; k < row_counts[i]; k++) {
            const struct record record =
                payment_row(k == 0 ? first : id_next(&board->ids, NOW), owner, k + 1);
            add(board, &record);
        }
        append(board);
        overlay_snapshot_take(&board->overlay, &snapshot);
        assert_int_equal(amount_at(board, &snapshot, first), 1);
        assert_int_equal(amount_at(board, &snapshot, before), -1);
        assert_int_equal(payments_at(board, &snapshot), row_counts[i]);
        const struct overlay_walk walk =
            overlay_walk_owner(&board->overlay, &snapshot, RECORD_KIND_PAYMENT, owner);
        assert_int_equal(walk_length(walk), row_counts[i]);
        overlay_snapshot_release(&board->overlay, &snapshot);
        assert_int_equal(generation_row_count(overlay_oldest(&board->overlay)), row_counts[i]);
        append_crowd(board, owner);
        overlay_booked(&board->overlay);
        assert_non_null(board->overlay.spare);
        assert_int_equal(generation_row_count(overlay_oldest(&board->overlay)), 1000);
        overlay_booked(&board->overlay);
        before = first;
    }
}

static size_t spare_blocks(const struct board *board)
{
    size_t count = 0;
    for (const struct block *block = board->overlay.spare->spare_blocks; block != NULL;
         block = block->before)
        count++;
    return count;
}

/* While what is there is booked, a row comes and goes into the next generation. */
static void book(struct board *board, struct id owner)
{
    assert_non_null(overlay_oldest(&board->overlay));
    append_payment(board, id_next(&board->ids, NOW), owner, 1);
    overlay_booked(&board->overlay);
}

/* Two generations take turns; the first one had a crowd, and then a single row. */
static void memory_is_kept_as_it_was_needed(void **state)
{
    struct board *board = *state;
    const struct id owner = id_next(&board->ids, NOW);
    for (int i = 0; i < 5; i++)
        append_crowd(board, owner);
    book(board, owner);
    assert_true(spare_blocks(board) > 1);
    book(board, owner);
    assert_int_equal(spare_blocks(board), 1);
    book(board, owner);
    assert_int_equal(spare_blocks(board), 1);
}

static void the_bookkeeper_makes_a_table_for_a_crowd(void **state)
{
    struct board *board = *state;
    const struct id owner = id_next(&board->ids, NOW);
    assert_null(overlay_oldest(&board->overlay)); /* nothing waits */
    const struct chain_slot *slots = board->overlay.spare->slots;
    assert_non_null(slots);
    for (int i = 0; i < 50; i++)
        append_crowd(board, owner);
    assert_ptr_equal(board->overlay.newest->slots, slots);
    book(board, owner);
    assert_non_null(board->overlay.newest->slots);
    assert_ptr_equal(board->overlay.spare->slots, slots);
}

static void what_was_not_written_is_not_there(void **state)
{
    struct board *board = *state;
    struct overlay_snapshot snapshot;
    const struct id owner = id_next(&board->ids, NOW), id = id_next(&board->ids, NOW);
    assert_int_equal(overlay_reserve(&board->overlay, 1, 100), RESULT_OK);
    overlay_abandon(&board->overlay);
    assert_null(overlay_oldest(&board->overlay));
    append_payment(board, id, owner, 1);
    overlay_snapshot_take(&board->overlay, &snapshot);
    assert_int_equal(payments_at(board, &snapshot), 1);
    overlay_snapshot_release(&board->overlay, &snapshot);
}

static void only_the_newest_images_are_booked(void **state)
{
    struct board *board = *state;
    const struct overlay_row *rows[8];
    const struct id owner = id_next(&board->ids, NOW), id = id_next(&board->ids, NOW);
    append_payment(board, id, owner, 1);
    append_payment(board, id, owner, 2);
    append_payment(board, id_next(&board->ids, NOW), owner, 3);
    const struct record deleted = {
        .kind = RECORD_KIND_PAYMENT, .deleted = true, .as.payment.id = id};
    const struct record again = payment_row(id, owner, 4);
    add(board, &deleted);
    add(board, &again); /* in one batch the later one counts */
    append(board);
    const struct generation *generation = overlay_oldest(&board->overlay);
    assert_int_equal(generation_row_count(generation), 5);
    assert_int_equal(generation_newest(generation, rows), 2);
    for (size_t i = 0; i < 2; i++) {
        struct record record;
        overlay_decode(rows[i], &record);
        assert_false(record.deleted);
        assert_int_equal(record.as.payment.amount, id_equal(record.as.payment.id, id) ? 4 : 3);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_moment_stays_as_it_was),
        TEST(generations_hold_each_other),
        TEST(a_generation_closes_when_it_is_full),
        TEST(memory_is_used_again_and_holds_nothing_of_before),
        TEST(memory_is_kept_as_it_was_needed),
        TEST(the_bookkeeper_makes_a_table_for_a_crowd),
        TEST(what_was_not_written_is_not_there),
        TEST(only_the_newest_images_are_booked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
