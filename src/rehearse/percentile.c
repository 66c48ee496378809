/* See percentile.h. */
#include "rehearse/percentile.h"

#include "base/check.h"

uint32_t percentile(const uint32_t *counts, size_t value_count, uint64_t total, unsigned percent)
{
    CHECK(total > 0 && percent >= 1 && percent <= 100);
    const uint64_t rank = (total * percent + 99) / 100;
    uint64_t passed = 0;
    for (size_t value = 0; value < value_count; value++) {
        passed += counts[value];
        if (passed >= rank)
            return (uint32_t)value;
    }
    UNREACHABLE("the counts are fewer than their total");
}
