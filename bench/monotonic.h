/* The clock by which loads and those who listen to streams note when something was. */
#ifndef USHER_BENCH_MONOTONIC_H
#define USHER_BENCH_MONOTONIC_H

#include <stdint.h>

/* CLOCK_MONOTONIC, which is the same for all processes. */
uint64_t monotonic_us(void);

#endif
