/* Streams of random numbers from one seed: each part of a run draws from its own, so that drawing
 * once more in one does not change what the others draw (xoshiro256**, Blackman and Vigna 2018,
 * seeded by splitmix64). */
#ifndef USHER_TEST_SIM_DISK_CHANCE_H
#define USHER_TEST_SIM_DISK_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

struct chance {
    uint64_t state[4];
};

/* The stream number `stream` of a seed. */
void chance_init(struct chance *chance, uint64_t seed, uint64_t stream);

uint64_t chance_next(struct chance *chance);

/* 0..bound-1; bound is at least 1. */
uint64_t chance_below(struct chance *chance, uint64_t bound);

/* lowest..highest, both possible. */
int64_t chance_between(struct chance *chance, int64_t lowest, int64_t highest);

/* True `in` times of `of`. */
bool chance_hits(struct chance *chance, uint64_t in, uint64_t of);

#endif
