/* UUIDv7 and TypeID; see id.h. */
#include "base/id.h"

#include "base/check.h"

#include <endian.h>
#include <string.h>

static const char alphabet[] = ID_ALPHABET;

static uint64_t load_big_endian(const uint8_t *bytes)
{
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    return be64toh(value);
}

static void store_big_endian(uint8_t *bytes, uint64_t value)
{
    value = htobe64(value);
    memcpy(bytes, &value, sizeof value);
}

bool id_is_none(struct id id)
{
    return id_equal(id, ID_NONE);
}

bool id_equal(struct id a, struct id b)
{
    return memcmp(a.bytes, b.bytes, ID_BYTES) == 0;
}

int id_compare(struct id a, struct id b)
{
    return memcmp(a.bytes, b.bytes, ID_BYTES);
}

uint64_t id_hash(struct id id)
{
    uint64_t high, low;
    memcpy(&high, id.bytes, 8);
    memcpy(&low, id.bytes + 8, 8);
    /* The finalizer of MurmurHash3 over both halves: ids of one burst differ in few bits. */
    uint64_t hash = high ^ (low * UINT64_C(0x9e3779b97f4a7c15));
    hash ^= hash >> 33;
    hash *= UINT64_C(0xff51afd7ed558ccd);
    hash ^= hash >> 33;
    hash *= UINT64_C(0xc4ceb9fe1a85ec53);
    return hash ^ hash >> 33;
}

timestamp_ms id_time(struct id id)
{
    return (timestamp_ms)(load_big_endian(id.bytes) >> 16);
}

struct id id_floor(timestamp_ms time)
{
    struct id id = ID_NONE;
    store_big_endian(id.bytes, (uint64_t)time << 16);
    return id;
}

/* The last 5 * `count` of the bits. */
static void put_base32(char *text, uint64_t bits, int count)
{
    for (int i = count; i-- > 0; bits >>= 5)
        text[i] = alphabet[bits & 31];
}

size_t id_format(const char *prefix, struct id id, char text[static ID_TEXT_BYTES])
{
    const size_t prefix_length = strlen(prefix);
    CHECK(prefix_length <= ID_PREFIX_MAX);
    memcpy(text, prefix, prefix_length);
    text[prefix_length] = '_';
    char *suffix = text + prefix_length + 1;
    const uint64_t high = load_big_endian(id.bytes), low = load_big_endian(id.bytes + 8);
    put_base32(suffix, high >> 56, 2);
    put_base32(suffix + 2, high << 4 | low >> 60, 12);
    put_base32(suffix + 14, low, 12);
    suffix[ID_SUFFIX_CHARACTERS] = '\0';
    return prefix_length + 1 + ID_SUFFIX_CHARACTERS;
}

/* Set in the value of a character that is a digit of base32. */
#define IS_DIGIT 32

static const uint8_t values[UINT8_MAX + 1] = {
    ['0'] = 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, /* to 9 */
    ['a'] = 42, 43, 44, 45, 46, 47, 48, 49,         /* to h */
    ['j'] = 50, 51,                                 /* and k */
    ['m'] = 52, 53,                                 /* and n */
    ['p'] = 54, 55, 56, 57, 58,                     /* to t */
    ['v'] = 59, 60, 61, 62, 63,                     /* to z */
};

#define SUFFIX_HALF (ID_SUFFIX_CHARACTERS / 2)

bool id_parse(const char *prefix, const char *text, size_t length, struct id *id)
{
    const size_t prefix_length = strlen(prefix);
    if (length != prefix_length + 1 + ID_SUFFIX_CHARACTERS ||
        memcmp(text, prefix, prefix_length) != 0 || text[prefix_length] != '_')
        return false;
    const uint8_t *const suffix = (const uint8_t *)text + prefix_length + 1;
    if (suffix[0] > '7')
        return false;
    /* Both halves at once, and what is no digit is found out at the end: a start reads millions. */
    uint64_t high = 0, low = 0;
    unsigned seen = IS_DIGIT;
    for (size_t i = 0; i < SUFFIX_HALF; i++) {
        const unsigned upper = values[suffix[i]], lower = values[suffix[SUFFIX_HALF + i]];
        seen &= upper & lower;
        high = high << 5 | (upper & 31);
        low = low << 5 | (lower & 31);
    }
    /* 13 digits have 65 bits: the lower half's first one belongs to the upper. */
    high = high << 1 | (values[suffix[SUFFIX_HALF]] >> 4 & 1);
    if (seen != IS_DIGIT || (high == 0 && low == 0))
        return false;
    store_big_endian(id->bytes, high);
    store_big_endian(id->bytes + 8, low);
    return true;
}

static uint64_t rotate_left(uint64_t value, int bits)
{
    return value << bits | value >> (64 - bits);
}

/* xoshiro256**, D. Blackman and S. Vigna, "Scrambled Linear Pseudorandom Number Generators". */
static uint64_t random_next(uint64_t state[static 4])
{
    const uint64_t answer = rotate_left(state[1] * 5, 7) * 9;
    const uint64_t shifted = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate_left(state[3], 45);
    return answer;
}

void id_source_init(struct id_source *source, const uint64_t seed[static 4])
{
    memcpy(source->state, seed, sizeof source->state);
    if ((seed[0] | seed[1] | seed[2] | seed[3]) == 0)
        source->state[0] = 1; /* the generator's one forbidden state */
    source->last = ID_NONE;
}

#define RANDOM_LOW_MASK (UINT64_MAX >> 2) /* 62 bits after the variant */
#define VARIANT (UINT64_C(2) << 62)

struct id id_next(struct id_source *source, timestamp_ms now)
{
    CHECK(now > 0);
    timestamp_ms time = id_time(source->last);
    uint64_t high = load_big_endian(source->last.bytes);
    uint64_t low = load_big_endian(source->last.bytes + 8) & RANDOM_LOW_MASK;
    bool fresh = now > time;
    if (fresh) {
        time = now;
    } else {
        low += 1 + (random_next(source->state) >> 32);
        if (low > RANDOM_LOW_MASK) { /* carry into the twelve random bits above the variant */
            low &= RANDOM_LOW_MASK;
            high++;
            fresh = (high & 0x0fff) == 0; /* they overflowed too: borrow the next millisecond */
            time += fresh ? 1 : 0;
        }
    }
    if (fresh) {
        high = (uint64_t)time << 16 | 0x7000 | (random_next(source->state) & 0x0fff);
        low = random_next(source->state) & RANDOM_LOW_MASK;
    }
    struct id id;
    store_big_endian(id.bytes, high);
    store_big_endian(id.bytes + 8, VARIANT | low);
    source->last = id;
    return id;
}
