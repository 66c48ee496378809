/* See by_hand.h. */
#include "by_hand.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

void by_hand_batch(struct by_hand *hand, struct request *requests, size_t count)
{
    assert_false(batch_open(&hand->batch, hand->mode, hand->now, hand->seq + 1, &hand->ids));
    for (size_t i = 0; i < count; i++)
        batch_decide(&hand->batch, &requests[i]);
    const struct buffer *records = batch_close(&hand->batch, &hand->record_count);
    assert_int_equal(records != NULL, hand->record_count > 0);
    if (records != NULL)
        hand->seq++;
    batch_commit(&hand->batch);
}

static void ask(void *owner, struct call *call)
{
    struct request request = {.call = *call};
    by_hand_batch(owner, &request, 1);
    *call = request.call;
}

void by_hand_open(struct by_hand *hand)
{
    static const uint64_t seed[4] = {1, 2, 3, 4};
    static const struct house_keys keys = {.token_key = {{7}}, .ticket_seed = {{8}}};
    *hand = (struct by_hand){
        .now = {.house = INT64_C(1800000000000), .wall = INT64_C(1800000000000)},
        .mode = BATCH_SELLING,
        .asker = {.owner = hand, .ask = ask},
    };
    id_source_init(&hand->ids, seed);
    hand->batch.office = office_new(&people_settings);
    assert_non_null(hand->batch.office);
    struct explanation why;
    assert_int_equal(office_open(hand->batch.office, hand->now, 0, &keys, &why), RESULT_OK);
    by_hand_batch(hand, NULL, 0);
}

void by_hand_close(struct by_hand *hand)
{
    office_free(hand->batch.office);
    hand->batch.office = NULL;
}
