/* What `usher-sim` was asked for. */
#ifndef USHER_TEST_SIM_WORLD_OPTIONS_H
#define USHER_TEST_SIM_WORLD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fault {
#define FAULT(constant, name, weight) FAULT_##constant,
#include "world/faults.def"
    FAULT_COUNT
};

const char *fault_name(enum fault fault);

struct options {
    /* What one run depends on, and nothing else. */
    uint64_t seed;
    uint64_t operations; /* 0: as many as the seed draws */
    uint64_t clients;    /* 0: as many as the seed draws */
    bool small;          /* few people, a short time */
    uint32_t without;    /* a bit a fault that does not happen */

    /* Many runs: the seeds first, first + 1, ... */
    uint64_t seeds, first;
    unsigned jobs;
    const char *regressions; /* a file of command lines to run, or NULL */

    bool minimise, verbose, coverage, repeat;
};

/* False: says on standard error what is wrong with the command line. */
bool options_read(struct options *options, int argc, char **argv);

void options_help(void);

/* What reproduces one run, for instance "--seed 7 --clients 3". */
#define OPTIONS_TEXT_BYTES 512
void options_text(const struct options *options, char text[static OPTIONS_TEXT_BYTES]);

#endif
