/* See chance.h. */
#include "disk/chance.h"

#include "base/check.h"

static uint64_t splitmix(uint64_t *state)
{
    uint64_t mixed = *state += UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

void chance_init(struct chance *chance, uint64_t seed, uint64_t stream)
{
    uint64_t state = seed;
    state = splitmix(&state) ^ stream;
    for (int i = 0; i < 4; i++)
        chance->state[i] = splitmix(&state);
}

static uint64_t rotate_left(uint64_t value, int bits)
{
    return (value << bits) | (value >> (64 - bits));
}

uint64_t chance_next(struct chance *chance)
{
    uint64_t *state = chance->state;
    const uint64_t drawn = rotate_left(state[1] * 5, 7) * 9;
    const uint64_t shifted = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate_left(state[3], 45);
    return drawn;
}

uint64_t chance_below(struct chance *chance, uint64_t bound)
{
    CHECK(bound > 0);
    /* The bias is below bound / 2^64: nothing for a simulation. */
    return chance_next(chance) % bound;
}

int64_t chance_between(struct chance *chance, int64_t lowest, int64_t highest)
{
    CHECK(lowest <= highest);
    return lowest + (int64_t)chance_below(chance, (uint64_t)(highest - lowest) + 1);
}

bool chance_hits(struct chance *chance, uint64_t in, uint64_t of)
{
    return chance_below(chance, of) < in;
}
