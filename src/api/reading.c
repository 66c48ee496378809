/* See reading.h. */
#include "api/reading.h"

#include "base/check.h"

void reading_take(struct reading *reading, const struct engine *engine)
{
    struct engine_counts counts;
    engine_counts(engine, &counts);
    *reading = (struct reading){.tally = counts.tally,
                                .requests = (int64_t)counts.requests,
                                .appends = (int64_t)counts.batches,
                                .append_us = (int64_t)counts.append_us};
    for (int refusal = REFUSAL_NONE + 1; refusal < REFUSAL_COUNT; refusal++)
        reading->refusals += (int64_t)counts.refusals[refusal];
}

struct reading reading_since(const struct reading *before, const struct reading *now)
{
    struct reading since = {.requests = now->requests - before->requests,
                            .refusals = now->refusals - before->refusals,
                            .appends = now->appends - before->appends,
                            .append_us = now->append_us - before->append_us};
    CHECK(since.requests >= 0 && since.refusals >= 0 && since.appends >= 0 && since.append_us >= 0);
    for (size_t i = 0; i < TALLY_COUNT; i++) {
        since.tally.counts[i] = now->tally.counts[i] - before->tally.counts[i];
        CHECK(since.tally.counts[i] >= 0);
    }
    return since;
}
