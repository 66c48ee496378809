/* What every fuzz target is: one function that takes any bytes, does with them what the program
 * would, holds what came of it against the properties that must always hold (CHECK), and leaves
 * nothing behind. libFuzzer calls it with inputs that it makes up; replay.c with those in corpus/.
 *
 * The functions' names are libFuzzer's. */
#ifndef USHER_TEST_FUZZ_H
#define USHER_TEST_FUZZ_H

#include "base/check.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Returns 0. `data` ends where its memory ends, so that reading past it is noticed. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Makes another input out of one, in place, and out of two: some targets know better than libFuzzer
 * how. The size is returned. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *first, size_t first_size, const uint8_t *second,
                                 size_t second_size, uint8_t *out, size_t out_max, unsigned seed);

/* libFuzzer's own mutations, for a mutator of ours. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t size_max);

/* Takes values off the front of an input; past its end everything is zero. */
struct fuzz_input {
    const uint8_t *at, *end;
};

static inline size_t fuzz_left(const struct fuzz_input *input)
{
    return (size_t)(input->end - input->at);
}

static inline void fuzz_take(struct fuzz_input *input, void *into, size_t length)
{
    const size_t there = length < fuzz_left(input) ? length : fuzz_left(input);
    memset(into, 0, length);
    if (there > 0)
        memcpy(into, input->at, there);
    input->at += there;
}

static inline uint8_t fuzz_byte(struct fuzz_input *input)
{
    uint8_t byte;
    fuzz_take(input, &byte, 1);
    return byte;
}

static inline uint64_t fuzz_number(struct fuzz_input *input)
{
    uint64_t number;
    fuzz_take(input, &number, sizeof number);
    return number;
}

#endif
