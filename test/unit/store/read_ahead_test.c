/* Reading ahead: order, texts, and who has the last word when one of the two fails. */
#include "store/read_ahead.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* More than the ring holds. */
#define MANY 10000
/* More than a batch has room for. */
#define LONG_TEXT_BYTES 1000000

/* Hands over `count` users, each under its number's name, and a concert in their midst. */
struct reader {
    int64_t count;
    int64_t concert_after; /* 0: without it */
    enum result answer;    /* in the end */
};

static enum result hand_over_concert(const struct store_loader *loader)
{
    char *description = malloc(LONG_TEXT_BYTES + 1);
    if (description == NULL)
        return RESULT_NO_MEMORY;
    memset(description, 'd', LONG_TEXT_BYTES);
    description[LONG_TEXT_BYTES] = '\0';
    const struct record concert = {.kind = RECORD_KIND_CONCERT,
                                   .as.concert = {.title = "title", .description = description}};
    const enum result result = loader->row(loader->owner, &concert);
    free(description);
    return result;
}

static enum result read_rows(void *owner, const struct store_loader *loader,
                             struct explanation *explanation)
{
    const struct reader *reader = owner;
    enum result result = RESULT_OK;
    for (int64_t i = 1; i <= reader->count && result == RESULT_OK; i++) {
        char name[32]; /* is gone when the next row comes */
        (void)snprintf(name, sizeof name, "user %lld", (long long)i);
        const struct record user = {.kind = RECORD_KIND_USER,
                                    .as.user = {.name = name, .created_at = i}};
        result = loader->row(loader->owner, &user);
        if (result == RESULT_OK && i == reader->concert_after)
            result = hand_over_concert(loader);
    }
    if (result == RESULT_OK && reader->answer != RESULT_OK)
        return explain(explanation, reader->answer, "the reader's end");
    return result;
}

/* Takes users until the one that it refuses. */
struct taker {
    int64_t taken, concerts;
    int64_t refused; /* 0: none */
    struct explanation *explanation;
};

static enum result take_row(void *owner, const struct record *record)
{
    struct taker *taker = owner;
    char name[32];
    if (record->kind == RECORD_KIND_CONCERT) {
        taker->concerts++;
        assert_string_equal(record->as.concert.title, "title");
        assert_int_equal(strlen(record->as.concert.description), LONG_TEXT_BYTES);
        return RESULT_OK;
    }
    taker->taken++;
    assert_int_equal(record->kind, RECORD_KIND_USER);
    assert_int_equal(record->as.user.created_at, taker->taken);
    assert_null(record->as.user.email);
    (void)snprintf(name, sizeof name, "user %lld", (long long)taker->taken);
    assert_string_equal(record->as.user.name, name);
    if (taker->taken == taker->refused)
        return explain(taker->explanation, RESULT_CORRUPT, "refused %s", name);
    return RESULT_OK;
}

static enum result run(struct reader reader, struct taker *taker, struct explanation *explanation)
{
    const struct store_loader loader = {.owner = taker, .row = take_row};
    taker->explanation = explanation;
    *explanation = (struct explanation){{0}};
    return read_ahead_run(read_rows, &reader, &loader, explanation);
}

static void rows_are_taken_in_the_order_in_which_they_are_read(void **state)
{
    (void)state;
    static const int64_t counts[] = {0, 1, 2047, 2048, 2049, 4096, MANY};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct explanation explanation;
        struct taker taker = {0};
        const struct reader reader = {.count = counts[i]};
        assert_int_equal(run(reader, &taker, &explanation), RESULT_OK);
        assert_int_equal(taker.taken, counts[i]);
    }
}

static void a_text_may_be_longer_than_a_batch(void **state)
{
    (void)state;
    static const int64_t places[] = {1, 2048, 5000, MANY};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct explanation explanation;
        struct taker taker = {0};
        const struct reader reader = {.count = MANY, .concert_after = places[i]};
        assert_int_equal(run(reader, &taker, &explanation), RESULT_OK);
        assert_int_equal(taker.taken, MANY);
        assert_int_equal(taker.concerts, 1);
    }
}

static void what_is_refused_ends_the_reading(void **state)
{
    (void)state;
    static const int64_t refused[] = {1, 2048, 2049, 5000};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct explanation explanation;
        char text[64];
        struct taker taker = {.refused = refused[i]};
        const struct reader endless = {.count = INT64_MAX};
        assert_int_equal(run(endless, &taker, &explanation), RESULT_CORRUPT);
        assert_int_equal(taker.taken, refused[i]);
        (void)snprintf(text, sizeof text, "refused user %lld", (long long)refused[i]);
        assert_string_equal(explanation.text, text);
    }
}

static void what_was_read_before_a_failure_is_taken(void **state)
{
    (void)state;
    struct explanation explanation;
    struct taker taker = {0};
    const struct reader fails = {.count = 5000, .answer = RESULT_IO};
    assert_int_equal(run(fails, &taker, &explanation), RESULT_IO);
    assert_int_equal(taker.taken, 5000);
    assert_string_equal(explanation.text, "the reader's end");
}

/* It came first. */
static void a_refusal_is_told_rather_than_the_readers_failure(void **state)
{
    (void)state;
    struct explanation explanation;
    struct taker taker = {.refused = 100};
    const struct reader fails = {.count = 100, .answer = RESULT_IO};
    assert_int_equal(run(fails, &taker, &explanation), RESULT_CORRUPT);
    assert_string_equal(explanation.text, "refused user 100");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_taken_in_the_order_in_which_they_are_read),
        cmocka_unit_test(a_text_may_be_longer_than_a_batch),
        cmocka_unit_test(what_is_refused_ends_the_reading),
        cmocka_unit_test(what_was_read_before_a_failure_is_taken),
        cmocka_unit_test(a_refusal_is_told_rather_than_the_readers_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
