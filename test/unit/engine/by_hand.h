/* An office driven batch by batch with a clock wound by hand; what would be appended only counts.
 */
#ifndef USHER_TEST_ENGINE_BY_HAND_H
#define USHER_TEST_ENGINE_BY_HAND_H

#include "engine/batch.h"
#include "people.h"

struct by_hand {
    struct batch batch;
    struct id_source ids;
    struct moment now;
    uint64_t seq; /* of the last batch that had records */
    enum batch_mode mode;
    size_t record_count; /* of the last batch */
    struct asker asker;  /* each call a batch of its own */
};

void by_hand_open(struct by_hand *hand);
void by_hand_close(struct by_hand *hand);

/* Opens a batch; decides and closes as many requests as there are; commits. */
void by_hand_batch(struct by_hand *hand, struct request *requests, size_t count);

#endif
