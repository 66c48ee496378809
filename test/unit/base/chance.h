/* Chance for tests: a seeded stream of numbers, the same on every machine, so that a failure comes
 * back when the test runs again. */
#ifndef USHER_TEST_CHANCE_H
#define USHER_TEST_CHANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chance {
    uint64_t state;
};

/* SplitMix64: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators". */
static inline uint64_t chance_next(struct chance *chance)
{
    uint64_t value = chance->state += UINT64_C(0x9e3779b97f4a7c15);
    value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
    return value ^ value >> 31;
}

/* One of 0..count-1. */
static inline size_t chance_below(struct chance *chance, size_t count)
{
    return (size_t)(chance_next(chance) % count);
}

/* True `percent` times of a hundred. */
static inline bool chance_percent(struct chance *chance, unsigned percent)
{
    return chance_below(chance, 100) < percent;
}

#endif
