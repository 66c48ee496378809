/* See journal_contract.h. */
#include "journal_contract.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define ROWS 12
#define BODY_MAX 100000 /* many pages of any database */

static const struct journal_backend *tested;

/* A journal, and what its appender knows of it. */
struct desk {
    struct fixture *fixture;
    struct journal *journal;
    struct journal_tip tip;
    uint8_t *body; /* BODY_MAX bytes */
};

static void open_again(struct desk *desk)
{
    journal_close(&desk->journal);
    if (tested->open(desk->fixture, &desk->journal) != RESULT_OK)
        fail_msg("%s", desk->fixture->explanation.text);
}

static void run_by_hand(struct desk *desk, const char *sql)
{
    journal_close(&desk->journal);
    tested->by_hand(desk->fixture, sql);
    open_again(desk);
}

static int setup(void **state)
{
    struct desk *desk = calloc(1, sizeof *desk);
    assert_non_null(desk);
    desk->body = malloc(BODY_MAX);
    assert_non_null(desk->body);
    desk->fixture = fixture_new();
    open_again(desk);
    *state = desk;
    return 0;
}

static int teardown(void **state)
{
    struct desk *desk = *state;
    journal_close(&desk->journal);
    fixture_free(desk->fixture);
    free(desk->body);
    free(desk);
    return 0;
}

/* ---- Rows that tell which they are ---- */

static size_t length_of(uint64_t seq)
{
    return seq % 5 == 0 ? BODY_MAX - (size_t)seq : (size_t)(seq % 7) * 30;
}

static struct journal_row row_of(struct desk *desk, uint64_t seq, uint8_t flavour)
{
    memset(desk->body, (int)(seq + flavour), BODY_MAX);
    return (struct journal_row){.seq = seq,
                                .house_time = NOW + (timestamp_ms)seq,
                                .record_count = (size_t)seq,
                                .body = desk->body,
                                .body_length = length_of(seq) + flavour};
}

static enum store_outcome append_after(struct desk *desk, struct journal_tip *tip, uint8_t flavour)
{
    uint64_t pruned;
    const struct journal_row row = row_of(desk, tip->seq + 1, flavour);
    return journal_append(desk->journal, tip, &row, 0, &pruned);
}

static void append_rows(struct desk *desk, uint64_t last_seq)
{
    while (desk->tip.seq < last_seq)
        assert_int_equal(append_after(desk, &desk->tip, 0), STORE_DONE);
}

struct seen {
    struct desk *desk;
    uint64_t next_seq;
};

static enum result see(void *owner, const struct journal_row *row, struct explanation *explanation)
{
    struct seen *seen = owner;
    const struct journal_row expected = row_of(seen->desk, seen->next_seq++, 0);
    (void)explanation;
    assert_int_equal(row->seq, expected.seq);
    assert_int_equal(row->house_time, expected.house_time);
    assert_int_equal(row->record_count, expected.record_count);
    assert_int_equal(row->body_length, expected.body_length);
    if (row->body_length > 0)
        assert_memory_equal(row->body, expected.body, row->body_length);
    return RESULT_OK;
}

/* Answers up to which row, exclusive, it read. */
static uint64_t read_rows(struct desk *desk, uint64_t after_seq, uint64_t last_seq,
                          enum result expected)
{
    struct seen seen = {.desk = desk, .next_seq = after_seq + 1};
    desk->fixture->explanation.text[0] = '\0';
    const enum result result =
        journal_read(desk->journal, after_seq, last_seq, see, &seen, &desk->fixture->explanation);
    if (result != expected)
        fail_msg("%d: %s", result, desk->fixture->explanation.text);
    return seen.next_seq;
}

static void check_extent(struct desk *desk, uint64_t first_seq, uint64_t last_seq)
{
    struct journal_extent extent;
    assert_int_equal(journal_extent(desk->journal, &extent, &desk->fixture->explanation),
                     RESULT_OK);
    assert_int_equal(extent.first_seq, first_seq);
    assert_int_equal(extent.last_seq, last_seq);
    assert_int_equal(extent.last_house_time, last_seq == 0 ? 0 : NOW + (timestamp_ms)last_seq);
}

static void note_fault(void *owner, const char *text)
{
    size_t *count = owner;
    (*count)++;
    print_error("%s\n", text);
}

/* ---- Rows ---- */

static void an_empty_one_has_no_rows(void **state)
{
    struct desk *desk = *state;
    struct journal_chain chain;
    check_extent(desk, 0, 0);
    assert_int_equal(read_rows(desk, 0, 1000, RESULT_OK), 1);
    assert_int_equal(journal_look(desk->journal, 1, &chain, &desk->fixture->explanation),
                     RESULT_NOT_FOUND);
}

static void rows_come_back_as_they_went(void **state)
{
    struct desk *desk = *state;
    size_t faults = 0;
    append_rows(desk, ROWS);
    for (int round = 0; round < 2; round++) {
        check_extent(desk, 1, ROWS);
        assert_int_equal(read_rows(desk, 0, ROWS, RESULT_OK), ROWS + 1);
        assert_int_equal(read_rows(desk, 4, 7, RESULT_OK), 8);
        assert_int_equal(read_rows(desk, ROWS, ROWS, RESULT_OK), ROWS + 1);
        assert_int_equal(
            journal_inspect(desk->journal, note_fault, &faults, &desk->fixture->explanation),
            RESULT_OK);
        assert_int_equal(faults, 0);
        assert_true(journal_bytes(desk->journal) > 2 * BODY_MAX);
        open_again(desk);
    }
}

static enum result be_full(void *owner, const struct journal_row *row,
                           struct explanation *explanation)
{
    uint64_t *last = owner;
    *last = row->seq;
    return row->seq == 3 ? explain(explanation, RESULT_FULL, "no more") : RESULT_OK;
}

static void who_reads_ends_the_reading(void **state)
{
    struct desk *desk = *state;
    uint64_t last = 0;
    append_rows(desk, ROWS);
    for (int round = 0; round < 2; round++)
        assert_int_equal(
            journal_read(desk->journal, 0, ROWS, be_full, &last, &desk->fixture->explanation),
            RESULT_FULL);
    assert_int_equal(last, 3);
    assert_string_equal(desk->fixture->explanation.text, "no more");
}

/* ---- The chain ---- */

static void a_tip_is_what_a_look_finds(void **state)
{
    struct desk *desk = *state;
    append_rows(desk, 3);
    struct journal_tip tip = {.seq = 3};
    open_again(desk);
    assert_int_equal(journal_look(desk->journal, 3, &tip.chain, &desk->fixture->explanation),
                     RESULT_OK);
    assert_memory_equal(&tip.chain, &desk->tip.chain, sizeof tip.chain);
    assert_int_equal(append_after(desk, &tip, 0), STORE_DONE);
    assert_int_equal(read_rows(desk, 0, 4, RESULT_OK), 5);
}

/* The appender of `tip` is refused, and leaves no trace. */
static void check_lost(struct desk *desk, struct journal_tip tip)
{
    const struct journal_tip before = tip;
    assert_int_equal(append_after(desk, &tip, 1), STORE_LOST);
    assert_memory_equal(&tip, &before, sizeof tip);
    assert_int_equal(journal_mend(desk->journal, &desk->fixture->explanation), RESULT_OK);
    check_extent(desk, desk->tip.seq == 0 ? 0 : 1, desk->tip.seq);
    assert_int_equal(read_rows(desk, 0, desk->tip.seq, RESULT_OK), desk->tip.seq + 1);
}

static void another_history_is_not_gone_on_with(void **state)
{
    struct desk *desk = *state;
    struct journal_tip other = {.seq = 5};
    other.chain.bytes[0] = 1;
    check_lost(desk, other);
    append_rows(desk, 5);
    check_lost(desk, (struct journal_tip){0}); /* it was empty once */
    other = desk->tip;
    other.chain.bytes[JOURNAL_CHAIN_BYTES - 1] ^= 1; /* as many rows, and others */
    check_lost(desk, other);
    other = desk->tip;
    append_rows(desk, 6);
    check_lost(desk, other); /* somebody came before */
    other = desk->tip;
    other.seq = 7;
    check_lost(desk, other);
    append_rows(desk, ROWS);
}

static void a_chain_tells_of_all_rows_before(void **state)
{
    struct desk *desk = *state;
    append_rows(desk, 4);
    const struct journal_tip known = desk->tip;
    run_by_hand(desk, "DELETE FROM journal");
    desk->tip = (struct journal_tip){0};
    append_rows(desk, 1);
    assert_int_equal(append_after(desk, &desk->tip, 1), STORE_DONE);
    append_rows(desk, 4);
    assert_int_equal(desk->tip.seq, known.seq);
    assert_memory_not_equal(&desk->tip.chain, &known.chain, sizeof known.chain);
    run_by_hand(desk, "DELETE FROM journal");
    desk->tip = (struct journal_tip){0};
    append_rows(desk, 4);
    assert_memory_equal(&desk->tip, &known, sizeof known);
}

static void check_damage(struct desk *desk, const char *sql, uint64_t seq, enum result expected)
{
    run_by_hand(desk, "DELETE FROM journal");
    desk->tip = (struct journal_tip){0};
    append_rows(desk, ROWS);
    run_by_hand(desk, sql);
    assert_int_equal(read_rows(desk, 0, ROWS, expected), seq);
    assert_non_null(strstr(desk->fixture->explanation.text, "row 6"));
    assert_int_equal(read_rows(desk, 0, 5, RESULT_OK), 6);
}

static void a_damaged_row_is_found(void **state)
{
    struct desk *desk = *state;
    static const char *const damage[] = {
        "UPDATE journal SET body = (SELECT body FROM journal WHERE seq = 8) WHERE seq = 6",
        "UPDATE journal SET house_time = house_time + 1 WHERE seq = 6",
        "UPDATE journal SET record_count = record_count + 1 WHERE seq = 6",
        "UPDATE journal SET record_count = 0 WHERE seq = 6",
        "UPDATE journal SET schema_version = schema_version - 1 WHERE seq = 6",
        "UPDATE journal SET chain = (SELECT chain FROM journal WHERE seq = 8) WHERE seq = 6",
        "DELETE FROM journal WHERE seq = 6",
        "DELETE FROM journal WHERE seq = 6; UPDATE journal SET seq = 6 WHERE seq = 7",
        "UPDATE journal SET seq = 100 WHERE seq = 6; UPDATE journal SET seq = 6 WHERE seq = 7;"
        "UPDATE journal SET seq = 7 WHERE seq = 100",
    };
    for (size_t i = 0; i < sizeof damage / sizeof damage[0]; i++)
        check_damage(desk, damage[i], 6, RESULT_CORRUPT);
    check_damage(desk, "UPDATE journal SET schema_version = 99 WHERE seq = 6", 6, RESULT_NEWER);
}

/* ---- Pruning ---- */

static uint64_t append_and_prune(struct desk *desk, uint64_t prune_to)
{
    uint64_t pruned;
    const struct journal_row row = row_of(desk, desk->tip.seq + 1, 0);
    assert_int_equal(journal_append(desk->journal, &desk->tip, &row, prune_to, &pruned),
                     STORE_DONE);
    return pruned;
}

static void what_is_left_is_still_judged(void **state)
{
    struct desk *desk = *state;
    struct journal_chain chain;
    append_rows(desk, ROWS);
    assert_int_equal(append_and_prune(desk, 5), 5);
    assert_int_equal(append_and_prune(desk, 5), 0);
    assert_int_equal(append_and_prune(desk, 8), 3);
    for (int round = 0; round < 2; round++) {
        check_extent(desk, 9, ROWS + 3);
        assert_int_equal(read_rows(desk, 8, ROWS + 3, RESULT_OK), ROWS + 4);
        assert_int_equal(read_rows(desk, 0, ROWS + 3, RESULT_CORRUPT), 1);
        assert_int_equal(journal_look(desk->journal, 8, &chain, &desk->fixture->explanation),
                         RESULT_OK);
        assert_int_equal(journal_look(desk->journal, 7, &chain, &desk->fixture->explanation),
                         RESULT_NOT_FOUND);
        open_again(desk);
    }
    run_by_hand(desk, "UPDATE journal SET house_time = house_time + 1 WHERE seq = 9");
    assert_int_equal(read_rows(desk, 8, ROWS + 3, RESULT_CORRUPT), 9);
}

static void the_last_row_stays(void **state)
{
    struct desk *desk = *state;
    append_rows(desk, ROWS);
    assert_int_equal(append_and_prune(desk, ROWS), ROWS);
    for (int round = 0; round < 2; round++) {
        check_extent(desk, ROWS + 1, ROWS + 1);
        assert_int_equal(read_rows(desk, ROWS, ROWS + 1, RESULT_OK), ROWS + 2);
        open_again(desk);
    }
    append_rows(desk, ROWS + 2);
    run_by_hand(desk, "DELETE FROM journal WHERE record_count > 0");
    struct journal_extent extent;
    assert_int_equal(journal_extent(desk->journal, &extent, &desk->fixture->explanation),
                     RESULT_CORRUPT);
}

static void pruning_by_itself_leaves_what_an_append_prunes(void **state)
{
    struct desk *desk = *state;
    struct journal_extent extent;
    append_rows(desk, 200);
    assert_int_equal(journal_prune(desk->journal, 190), RESULT_OK);
    assert_int_equal(journal_extent(desk->journal, &extent, &desk->fixture->explanation),
                     RESULT_OK);
    assert_in_range(extent.first_seq, 2, 191);
    assert_int_equal(extent.last_seq, 200);
    assert_int_equal(journal_give_back(desk->journal, &desk->fixture->explanation), RESULT_OK);
    open_again(desk);
    assert_int_equal(read_rows(desk, extent.first_seq - 1, 200, RESULT_OK), 201);
    append_rows(desk, 201);
}

/* ---- After who knows what ---- */

static void a_broken_one_writes_nothing_until_it_is_mended(void **state)
{
    struct desk *desk = *state;
    append_rows(desk, 3);
    desk->journal->broken = true;
    assert_int_equal(journal_prune(desk->journal, 2), RESULT_IO);
    assert_int_equal(journal_give_back(desk->journal, &desk->fixture->explanation), RESULT_IO);
    check_extent(desk, 1, 3);
    assert_int_equal(read_rows(desk, 0, 3, RESULT_OK), 4);
    assert_int_equal(journal_mend(desk->journal, &desk->fixture->explanation), RESULT_OK);
    append_rows(desk, ROWS);
    assert_int_equal(read_rows(desk, 0, ROWS, RESULT_OK), ROWS + 1);
}

/* An append that its appender knows nothing of, whatever was there before. */
static enum store_outcome settle_after(struct desk *desk, struct journal_tip *tip)
{
    desk->journal->broken = true;
    desk->fixture->explanation.text[0] = '\0';
    assert_int_equal(append_after(desk, tip, 0), STORE_PENDING);
    const struct journal_row row = row_of(desk, tip->seq + 1, 0);
    return journal_settle(desk->journal, tip, &row, &desk->fixture->explanation);
}

static void a_pending_row_that_is_not_there_is_sent_again(void **state)
{
    struct desk *desk = *state;
    for (uint64_t seq = 1; seq <= ROWS; seq++)
        assert_int_equal(settle_after(desk, &desk->tip), STORE_DONE);
    open_again(desk);
    assert_int_equal(read_rows(desk, 0, ROWS, RESULT_OK), ROWS + 1);
    append_rows(desk, ROWS + 1);
}

static void a_pending_row_that_is_there_is_done(void **state)
{
    struct desk *desk = *state;
    append_rows(desk, 4);
    struct journal_tip tip = desk->tip;
    append_rows(desk, 5);
    assert_int_equal(settle_after(desk, &tip), STORE_DONE);
    assert_memory_equal(&tip, &desk->tip, sizeof tip);
    check_extent(desk, 1, 5);
    append_rows(desk, ROWS);
    assert_int_equal(read_rows(desk, 0, ROWS, RESULT_OK), ROWS + 1);
}

static void a_pending_row_in_whose_place_is_another_is_lost(void **state)
{
    struct desk *desk = *state;
    append_rows(desk, 4);
    struct journal_tip ours = desk->tip;
    const struct journal_tip known = ours;
    for (int others = 0; others < 2; others++) {
        assert_int_equal(append_after(desk, &desk->tip, 1), STORE_DONE);
        assert_int_equal(settle_after(desk, &ours), STORE_LOST);
        assert_non_null(strstr(desk->fixture->explanation.text, "row 5"));
        assert_memory_equal(&ours, &known, sizeof ours);
        assert_int_equal(journal_mend(desk->journal, &desk->fixture->explanation), RESULT_OK);
        check_extent(desk, 1, desk->tip.seq);
    }
}

static void a_pending_row_whose_predecessor_is_gone_is_lost(void **state)
{
    struct desk *desk = *state;
    append_rows(desk, 5);
    run_by_hand(desk, "DELETE FROM journal WHERE seq = 5");
    struct journal_tip tip = desk->tip;
    assert_int_equal(settle_after(desk, &tip), STORE_LOST);
    check_extent(desk, 1, 4);
}

static void only_the_same_bytes_are_sent_again(void **state)
{
    struct desk *desk = *state;
    int status;
    append_rows(desk, 3);
    desk->journal->broken = true;
    assert_int_equal(append_after(desk, &desk->tip, 0), STORE_PENDING);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct journal_row other = row_of(desk, 4, 1);
        (void)signal(SIGABRT, SIG_DFL);
        _exit((int)journal_settle(desk->journal, &desk->tip, &other, &desk->fixture->explanation));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    const struct journal_row row = row_of(desk, 4, 0);
    assert_int_equal(journal_settle(desk->journal, &desk->tip, &row, &desk->fixture->explanation),
                     STORE_DONE);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int journal_contract(const struct journal_backend *backend)
{
    const struct CMUnitTest tests[] = {
        TEST(an_empty_one_has_no_rows),
        TEST(rows_come_back_as_they_went),
        TEST(who_reads_ends_the_reading),
        TEST(a_tip_is_what_a_look_finds),
        TEST(another_history_is_not_gone_on_with),
        TEST(a_chain_tells_of_all_rows_before),
        TEST(a_damaged_row_is_found),
        TEST(what_is_left_is_still_judged),
        TEST(the_last_row_stays),
        TEST(pruning_by_itself_leaves_what_an_append_prunes),
        TEST(a_broken_one_writes_nothing_until_it_is_mended),
        TEST(a_pending_row_that_is_not_there_is_sent_again),
        TEST(a_pending_row_that_is_there_is_done),
        TEST(a_pending_row_in_whose_place_is_another_is_lost),
        TEST(a_pending_row_whose_predecessor_is_gone_is_lost),
        TEST(only_the_same_bytes_are_sent_again),
    };
    tested = backend;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
