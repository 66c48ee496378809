/* See chair.h. Two sets of what the seats are known by, each an open-addressing table of their
 * indexes, half empty. */
#include "office/chair.h"

#include "base/check.h"
#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

/* A seatNumber; or section, row and number with something between them. */
#define KEY_BYTES_MAX (3 * (CHAIR_FORM_BYTES_MAX + 1))

struct key {
    size_t length;
    char bytes[KEY_BYTES_MAX];
};

struct chair_set {
    const struct seat_plan *seats;
    enum chair_sameness sameness;
    size_t capacity; /* a power of two */
    uint32_t *slots; /* an index and one; 0: empty */
};

_Static_assert(ROUND_SEATS_MAX < UINT32_MAX, "an index and one fit a slot");

static bool is_space_or_tab(char character)
{
    return character == ' ' || character == '\t';
}

size_t chair_form(const char *text, char form[static CHAIR_FORM_BYTES_MAX])
{
    while (is_space_or_tab(*text))
        text++;
    size_t length = strlen(text);
    while (length > 0 && is_space_or_tab(text[length - 1]))
        length--;
    CHECK(length <= CHAIR_FORM_BYTES_MAX);
    memcpy(form, text, length);
    return length;
}

/* Adds a text and a NUL, which is in no text, so that no two keys run into each other. */
static void key_add(struct key *key, const char *text)
{
    CHECK(key->length + CHAIR_FORM_BYTES_MAX < KEY_BYTES_MAX);
    key->length += chair_form(text, key->bytes + key->length);
    key->bytes[key->length++] = '\0';
}

/* False: the seat is not known by this. */
static bool key_of(const struct seat_plan *seat, enum chair_sameness sameness, struct key *key)
{
    key->length = 0;
    switch (sameness) {
    case CHAIR_SAME_NUMBER:
        if (seat->seat_number == NULL)
            return false;
        key_add(key, seat->seat_number);
        return true;
    case CHAIR_SAME_PLACE:
        if (seat->row == NULL || seat->number == NULL)
            return false;
        key_add(key, seat->row);
        key_add(key, seat->number);
        if (seat->section != NULL)
            key_add(key, seat->section);
        return true;
    }
    UNREACHABLE("chair sameness");
}

static bool set_init(struct chair_set *set, const struct seat_plan *seats, size_t count,
                     enum chair_sameness sameness)
{
    *set = (struct chair_set){.seats = seats, .sameness = sameness, .capacity = 16};
    while (set->capacity < 2 * count)
        set->capacity *= 2;
    set->slots = calloc(set->capacity, sizeof *set->slots);
    return set->slots != NULL;
}

/* Where the key is, or would go. */
static uint32_t *set_find(const struct chair_set *set, const struct key *key)
{
    struct key other;
    size_t at = hash_bytes(key->bytes, key->length) & (set->capacity - 1);
    for (; set->slots[at] != 0; at = (at + 1) & (set->capacity - 1)) {
        const bool known = key_of(&set->seats[set->slots[at] - 1], set->sameness, &other);
        CHECK(known);
        if (other.length == key->length && memcmp(other.bytes, key->bytes, key->length) == 0)
            break;
    }
    return &set->slots[at];
}

/* True and the earlier seat; or the slot that is the seat's, NULL for one that has none. */
static bool set_has(const struct chair_set *set, size_t seat, size_t *earlier, uint32_t **slot)
{
    struct key key;
    *slot = NULL;
    if (!key_of(&set->seats[seat], set->sameness, &key))
        return false;
    *slot = set_find(set, &key);
    if (**slot == 0)
        return false;
    *earlier = **slot - 1;
    CHECK(*earlier < seat);
    return true;
}

static void compare(struct chair_set *numbers, struct chair_set *places, size_t count,
                    chair_found *found, void *owner)
{
    bool wanted = true;
    for (size_t i = 0; i < count && wanted; i++) {
        uint32_t *number, *place;
        size_t earlier;
        if (set_has(numbers, i, &earlier, &number)) {
            wanted = found(owner, i, earlier, CHAIR_SAME_NUMBER);
        } else if (set_has(places, i, &earlier, &place)) {
            wanted = found(owner, i, earlier, CHAIR_SAME_PLACE);
        } else {
            if (number != NULL)
                *number = (uint32_t)i + 1;
            if (place != NULL)
                *place = (uint32_t)i + 1;
        }
    }
}

enum result chairs_compare(const struct seat_plan *seats, size_t count, chair_found *found,
                           void *owner)
{
    struct chair_set numbers, places = {0};
    const bool good = set_init(&numbers, seats, count, CHAIR_SAME_NUMBER) &&
                      set_init(&places, seats, count, CHAIR_SAME_PLACE);
    if (good)
        compare(&numbers, &places, count, found, owner);
    free(places.slots);
    free(numbers.slots);
    return good ? RESULT_OK : RESULT_NO_MEMORY;
}
