/* See best_available.h. Windows of `count` seats are found by shifting words against themselves:
 * bit i of a word that was read from the place p on is the window that begins at p + i. */
#include "office/best_available.h"

#include "base/check.h"
#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

#define WORD_BITS 64u

/* Before a set of bits stands a word, and after it two, of seats that are not there: a window's
 * neighbours are read without asking whether there are any. */
#define WORDS_BEFORE 1u
#define WORDS_AFTER 2u
#define WORDS_AROUND (WORDS_BEFORE + WORDS_AFTER)

/* free, joined, accessible, companion, eligible. */
#define SETS 5u

/* ---- Bits ---- */

static uint64_t bit_of(size_t place)
{
    return UINT64_C(1) << (place % WORD_BITS);
}

static void set_bit(uint64_t *set, size_t place)
{
    set[place / WORD_BITS] |= bit_of(place);
}

/* The bits from a place on, which may be two before the first. */
static uint64_t read_at(const uint64_t *set, ptrdiff_t place)
{
    const size_t bit = (size_t)(place + (ptrdiff_t)(WORDS_BEFORE * WORD_BITS));
    const uint64_t *word = set - WORDS_BEFORE + bit / WORD_BITS;
    const unsigned shift = bit % WORD_BITS;
    return shift == 0 ? word[0] : word[0] >> shift | word[1] << (WORD_BITS - shift);
}

/* Bit i: the bits from i on, `length` of them, are all set. */
static uint64_t runs_of(uint64_t bits, unsigned length)
{
    for (unsigned had = 1; had < length;) {
        const unsigned more = had < length - had ? had : length - had;
        bits &= bits >> more;
        had += more;
    }
    return bits;
}

/* ---- Labels ---- */

enum label_kind {
    LABEL_SECTION,
    LABEL_GRADE,
};

static const char *label_of(const struct seat *seat, enum label_kind kind)
{
    return kind == LABEL_SECTION ? seat->section : seat->grade;
}

static bool same_label(const char *one, const char *other)
{
    return one == other || (one != NULL && other != NULL && strcmp(one, other) == 0);
}

/* What the labels are read from. */
struct seat_source {
    size_t seat_count;
    seat_at *at;
    const void *owner;
};

static const char *label_at(const struct seat_source *source, enum label_kind kind, size_t place)
{
    return label_of(source->at(source->owner, place), kind);
}

/* Where the text's label stands, or would. */
static uint32_t *label_slot(const struct label_set *set, const struct seat_source *source,
                            enum label_kind kind, const char *text)
{
    const size_t mask = set->slot_count - 1;
    size_t slot = hash_bytes(text, strlen(text)) & mask;
    while (set->slots[slot] != 0 &&
           strcmp(label_at(source, kind, set->labels[set->slots[slot] - 1].seat), text) != 0)
        slot = (slot + 1) & mask;
    return &set->slots[slot];
}

/* Seats of one label mostly follow each other: how often it changes bounds how many there are. */
static size_t count_changes(const struct seat_source *source, enum label_kind kind)
{
    const char *before = NULL;
    size_t changes = 0;
    for (size_t i = 0; i < source->seat_count; i++) {
        const char *text = label_at(source, kind, i);
        changes += text != NULL && !same_label(text, before);
        before = text;
    }
    return changes;
}

/* The label of the seat, made when it is the first; `before` is that of the seat before it. */
static struct label_words *label_find(struct label_set *set, const struct seat_source *source,
                                      enum label_kind kind, size_t place,
                                      struct label_words *before)
{
    const char *text = label_at(source, kind, place);
    if (text == NULL)
        return NULL;
    if (before != NULL && same_label(label_at(source, kind, before->seat), text))
        return before;
    uint32_t *slot = label_slot(set, source, kind, text);
    if (*slot == 0) {
        set->labels[set->label_count++] = (struct label_words){.seat = (uint32_t)place};
        *slot = (uint32_t)set->label_count;
    }
    return &set->labels[*slot - 1];
}

/* Counts each label's words. */
static void count_words(struct label_set *set, const struct seat_source *source,
                        enum label_kind kind)
{
    struct label_words *label = NULL;
    for (size_t i = 0; i < source->seat_count; i++) {
        const uint32_t word = (uint32_t)(i / WORD_BITS);
        label = label_find(set, source, kind, i, label);
        if (label != NULL && label->newest != word + 1) {
            label->newest = word + 1;
            label->count++;
        }
    }
}

static void fill_words(struct label_set *set, const struct seat_source *source,
                       enum label_kind kind)
{
    struct label_words *label = NULL;
    for (size_t i = 0; i < source->seat_count; i++) {
        const uint32_t word = (uint32_t)(i / WORD_BITS);
        label = label_find(set, source, kind, i, label);
        if (label == NULL)
            continue;
        if (label->count == 0 || set->words[label->first + label->count - 1] != word)
            set->words[label->first + label->count++] = word;
        set->bits[label->first + label->count - 1] |= bit_of(i);
    }
}

/* Gives each label its part of the set's words, none of which is filled. Returns their number. */
static size_t place_words(struct label_set *set)
{
    uint32_t first = 0;
    for (size_t i = 0; i < set->label_count; i++) {
        set->labels[i].first = first;
        first += set->labels[i].count;
        set->labels[i].count = 0;
    }
    return first;
}

/* False: no memory. */
static bool label_set_init(struct label_set *set, const struct seat_source *source,
                           enum label_kind kind)
{
    const size_t changes = count_changes(source, kind);
    set->slot_count = 2;
    while (set->slot_count < 2 * (changes + 1))
        set->slot_count *= 2;
    set->slots = calloc(set->slot_count, sizeof *set->slots);
    set->labels = calloc(changes + 1, sizeof *set->labels);
    if (set->slots == NULL || set->labels == NULL)
        return false;
    count_words(set, source, kind);
    const size_t words = place_words(set);
    set->words = calloc(words + 1, sizeof *set->words);
    set->bits = calloc(words + 1, sizeof *set->bits);
    if (set->words == NULL || set->bits == NULL)
        return false;
    fill_words(set, source, kind);
    return true;
}

static void label_set_release(struct label_set *set)
{
    free(set->slots);
    free(set->labels);
    free(set->words);
    free(set->bits);
}

/* Leaves only seats of the label, of which there may be none. */
static void keep_label(struct seat_bits *bits, const struct label_set *set,
                       const struct label_words *label)
{
    const uint32_t count = label == NULL ? 0 : label->count;
    uint32_t next = 0;
    for (size_t word = 0; word < bits->word_count; word++) {
        const bool has = next < count && set->words[label->first + next] == word;
        bits->eligible[word] &= has ? set->bits[label->first + next] : 0;
        next += has;
    }
}

/* ---- A round's seats ---- */

static void fill_bits(struct seat_bits *bits, const struct seat_source *source)
{
    const struct seat *before = NULL;
    for (size_t i = 0; i < source->seat_count; i++) {
        const struct seat *seat = source->at(source->owner, i);
        if (before != NULL && same_label(seat->section, before->section) &&
            same_label(seat->row, before->row))
            set_bit(bits->joined, i);
        if (seat->status == SEAT_STATUS_AVAILABLE)
            set_bit(bits->free, i);
        if (seat->accessible)
            set_bit(bits->accessible, i);
        else if (seat->companion)
            set_bit(bits->companion, i);
        before = seat;
    }
}

struct seat_bits *seat_bits_new(size_t seat_count, seat_at *at, const void *owner)
{
    const struct seat_source source = {.seat_count = seat_count, .at = at, .owner = owner};
    struct seat_bits *bits = calloc(1, sizeof *bits);
    if (bits == NULL)
        return NULL;
    bits->seat_count = seat_count;
    bits->word_count = (seat_count + WORD_BITS - 1) / WORD_BITS;
    const size_t set_words = bits->word_count + WORDS_AROUND;
    bits->memory = calloc(SETS * set_words, sizeof *bits->memory);
    if (bits->memory == NULL || !label_set_init(&bits->sections, &source, LABEL_SECTION) ||
        !label_set_init(&bits->grades, &source, LABEL_GRADE)) {
        seat_bits_free(bits);
        return NULL;
    }
    uint64_t **const sets[SETS] = {&bits->free, &bits->joined, &bits->accessible, &bits->companion,
                                   &bits->eligible};
    for (size_t i = 0; i < SETS; i++)
        *sets[i] = bits->memory + i * set_words + WORDS_BEFORE;
    fill_bits(bits, &source);
    return bits;
}

void seat_bits_free(struct seat_bits *bits)
{
    if (bits == NULL)
        return;
    label_set_release(&bits->sections);
    label_set_release(&bits->grades);
    free(bits->memory);
    free(bits);
}

void seat_bits_set_free(struct seat_bits *bits, size_t place, bool is_free)
{
    CHECK(place < bits->seat_count);
    if (is_free)
        bits->free[place / WORD_BITS] |= bit_of(place);
    else
        bits->free[place / WORD_BITS] &= ~bit_of(place);
}

bool seat_bits_is_free(const struct seat_bits *bits, size_t place)
{
    CHECK(place < bits->seat_count);
    return (bits->free[place / WORD_BITS] & bit_of(place)) != 0;
}

/* ---- How many of a window's seats are of a kind ---- */

#define PLANES 5u
_Static_assert(SEATS_PER_RESERVATION_MAX < 1 << PLANES, "a plane a binary digit of such a number");

/* A number for each window: bit i of plane p is the digit p of window i's. */
struct planes {
    uint64_t digits[PLANES];
};

/* Adds the numbers of the windows that begin `shift` places further on. Unrolled, so that the
 * digits are in registers: it takes most of the time of a choice with wheelchairs. */
static inline struct planes planes_sum(struct planes one, struct planes other, unsigned shift)
{
    struct planes sum;
    uint64_t carry = 0;
#pragma GCC unroll 5
    for (unsigned plane = 0; plane < PLANES; plane++) {
        const uint64_t digit = one.digits[plane], more = other.digits[plane] >> shift;
        sum.digits[plane] = digit ^ more ^ carry;
        carry = (digit & more) | ((digit ^ more) & carry);
    }
    return sum;
}

/* From windows of one seat to those of two, of four, and so on; the sum is made of these. */
static struct planes count_in_windows(uint64_t seats, unsigned count)
{
    struct planes sum = {{0}}, doubled = {{seats}};
    unsigned counted = 0;
#pragma GCC unroll 5
    for (unsigned digit = 0; digit < PLANES; digit++) {
        const unsigned size = 1u << digit;
        if ((count & size) != 0) {
            sum = planes_sum(sum, doubled, counted);
            counted += size;
        }
        if (count < 2 * size)
            break;
        doubled = planes_sum(doubled, doubled, size);
    }
    return sum;
}

static uint64_t windows_with(const struct planes *planes, uint64_t number)
{
    uint64_t windows = UINT64_MAX;
#pragma GCC unroll 5
    for (unsigned plane = 0; plane < PLANES; plane++)
        windows &= (number >> plane & 1) != 0 ? planes->digits[plane] : ~planes->digits[plane];
    return windows;
}

/* ---- Choosing ---- */

struct choice {
    const struct seat_bits *bits;
    unsigned count, wheelchairs;
    size_t end; /* no window begins here or later */
    bool found;
    unsigned value; /* of the best so far: twice its companion places, and one where no single
                       seat is left */
    size_t first;
};

/* The free seats that may be chosen. */
static void choose_eligible(struct seat_bits *bits, const struct seat_source *source,
                            const struct best_wanted *wanted)
{
    for (size_t word = 0; word < bits->word_count; word++)
        bits->eligible[word] =
            bits->free[word] & (wanted->wheelchairs == 0 ? ~bits->accessible[word] : UINT64_MAX);
    const char *const texts[] = {wanted->section, wanted->grade};
    const struct label_set *const sets[] = {&bits->sections, &bits->grades};
    const enum label_kind kinds[] = {LABEL_SECTION, LABEL_GRADE};
    for (size_t i = 0; i < 2; i++) {
        if (texts[i] == NULL)
            continue;
        const uint32_t slot = *label_slot(sets[i], source, kinds[i], texts[i]);
        keep_label(bits, sets[i], slot == 0 ? NULL : &sets[i]->labels[slot - 1]);
    }
}

/* The windows from `at` on whose seats may all be chosen and stand side by side. */
static uint64_t windows_that_fit(const struct choice *choice, size_t at)
{
    const ptrdiff_t place = (ptrdiff_t)at;
    const uint64_t eligible = read_at(choice->bits->eligible, place);
    if (choice->count == 1 || eligible == 0)
        return eligible;
    const uint64_t goes_on = eligible & read_at(choice->bits->joined, place);
    return eligible & runs_of(goes_on, choice->count - 1) >> 1;
}

/* Those that leave no single free seat: beside a window there is none that can be had, or there
 * are two. */
static uint64_t windows_that_strand_none(const struct choice *choice, size_t at)
{
    const uint64_t *free = choice->bits->free, *joined = choice->bits->joined;
    const ptrdiff_t left = (ptrdiff_t)at - 1;
    const ptrdiff_t right = (ptrdiff_t)(at + choice->count);
    const uint64_t one_left = read_at(free, left) & read_at(joined, left + 1);
    const uint64_t two_left = read_at(free, left - 1) & read_at(joined, left);
    const uint64_t one_right = read_at(free, right) & read_at(joined, right);
    const uint64_t two_right = read_at(free, right + 1) & read_at(joined, right + 1);
    return ~((one_left & ~two_left) | (one_right & ~two_right));
}

static size_t first_bit(uint64_t bits)
{
    return (size_t)__builtin_ctzll(bits);
}

/* Where the row ends that has the seat. */
static size_t row_end(const struct seat_bits *bits, size_t place)
{
    for (size_t at = place + 1; at < bits->seat_count; at += WORD_BITS) {
        const uint64_t begins = ~read_at(bits->joined, (ptrdiff_t)at);
        if (begins != 0 && at + first_bit(begins) < bits->seat_count)
            return at + first_bit(begins);
    }
    return bits->seat_count;
}

/* The best of the windows, of which there is one, and its value. */
static uint64_t best_windows(const struct choice *choice, size_t at, uint64_t windows,
                             unsigned *value)
{
    *value = 0;
    if (choice->wheelchairs > 0) {
        const struct planes companions =
            count_in_windows(read_at(choice->bits->companion, (ptrdiff_t)at), choice->count);
        for (unsigned plane = PLANES; plane-- > 0;) {
            const uint64_t with = windows & companions.digits[plane];
            *value = 2 * *value + (with != 0 ? 2 : 0);
            windows = with != 0 ? with : windows;
        }
    }
    const uint64_t clean = windows & windows_that_strand_none(choice, at);
    *value += clean != 0;
    return clean != 0 ? clean : windows;
}

/* Looks at the windows that begin from `at` on, as many as one word tells. */
static void look_at_windows(struct choice *choice, size_t at, uint64_t windows)
{
    const struct seat_bits *bits = choice->bits;
    if (choice->wheelchairs > 0) {
        const uint64_t accessible = read_at(bits->accessible, (ptrdiff_t)at);
        const struct planes chairs = count_in_windows(accessible, choice->count);
        windows &= accessible == 0 ? 0 : windows_with(&chairs, choice->wheelchairs);
    }
    if (windows == 0)
        return;
    if (!choice->found)
        choice->end = row_end(bits, at + first_bit(windows));
    if (choice->end - at < WORD_BITS)
        windows &= bit_of(choice->end - at) - 1;
    unsigned value;
    if (windows == 0)
        return;
    windows = best_windows(choice, at, windows, &value);
    if (choice->found && value <= choice->value)
        return;
    choice->found = true;
    choice->value = value;
    choice->first = at + first_bit(windows);
}

bool best_available(struct seat_bits *bits, seat_at *at, const void *owner,
                    const struct best_wanted *wanted, size_t *first)
{
    CHECK(wanted->count >= 1 && wanted->count <= SEATS_PER_RESERVATION_MAX);
    CHECK(wanted->wheelchairs >= 0 && wanted->wheelchairs <= wanted->count);
    const struct seat_source source = {.seat_count = bits->seat_count, .at = at, .owner = owner};
    struct choice choice = {.bits = bits,
                            .count = (unsigned)wanted->count,
                            .wheelchairs = (unsigned)wanted->wheelchairs,
                            .end = bits->seat_count};
    const unsigned told = WORD_BITS + 1 - choice.count; /* windows that lie in one word */
    const uint64_t told_bits = UINT64_MAX >> (choice.count - 1);
    const unsigned value_max =
        2 * (choice.wheelchairs == 0 ? 0 : choice.count - choice.wheelchairs) + 1;
    choose_eligible(bits, &source, wanted);
    for (size_t place = 0; place < choice.end && !(choice.found && choice.value == value_max);
         place += told) {
        const uint64_t windows = windows_that_fit(&choice, place) & told_bits;
        if (windows != 0)
            look_at_windows(&choice, place, windows);
    }
    *first = choice.first;
    return choice.found;
}
