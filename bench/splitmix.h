/* Numbers that look random and are the same each time, for shuffles that every contestant shares.
 * Not for secrets. */
#ifndef USHER_BENCH_SPLITMIX_H
#define USHER_BENCH_SPLITMIX_H

#include <stdint.h>

/* Splitmix64 (G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators").
 */
static inline uint64_t splitmix_next(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t value = *state;
    value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
    return value ^ value >> 31;
}

#endif
