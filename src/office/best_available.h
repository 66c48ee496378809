/* The best seats side by side: which free seats are given to somebody who names none. A round's
 * seats are kept as bits in seat order, so that a choice reads some forty-five seats at a time and
 * costs the same however few are left. Pure: knows no round.
 *
 * Seats that follow each other in seat order, and have the same section and the same row (or both
 * none), are one row, and two neighbours in it are side by side. */
#ifndef USHER_OFFICE_BEST_AVAILABLE_H
#define USHER_OFFICE_BEST_AVAILABLE_H

#include "office/call.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The words of a set of bits that have one of a label's seats, in their order. */
struct label_words {
    uint32_t seat;  /* one that has the label */
    uint32_t first; /* of the set's words */
    uint32_t count;
    uint32_t newest; /* while the set is made: the last word that has one, and one */
};

/* What the seats' sections are, or their grades. All labels together have at most a word a seat. */
struct label_set {
    struct label_words *labels;
    uint32_t *slots;                /* a label's index and one, by the hash of its text; 0: empty */
    size_t slot_count, label_count; /* slots: a power of two, at least twice the labels */
    uint32_t *words;                /* which word of a set of bits, */
    uint64_t *bits;                 /* and what of it is the label's */
};

struct seat_bits {
    size_t seat_count;
    size_t word_count; /* of each set below, without what stands around it */
    uint64_t *memory;  /* all sets */
    uint64_t *free;    /* seats that can be had */
    uint64_t *joined;  /* seats that stand beside the one before them */
    uint64_t *accessible;
    uint64_t *companion; /* and not accessible */
    uint64_t *eligible;  /* while a choice is made */
    struct label_set sections, grades;
};

/* A round's seats, by their place. */
typedef const struct seat *seat_at(const void *owner, size_t place);

/* NULL: no memory. Which seats are free follows from their status. */
struct seat_bits *seat_bits_new(size_t seat_count, seat_at *at, const void *owner);
void seat_bits_free(struct seat_bits *bits); /* NULL is nothing */

void seat_bits_set_free(struct seat_bits *bits, size_t place, bool is_free);
bool seat_bits_is_free(const struct seat_bits *bits, size_t place);

/* `wanted->count` is at most SEATS_PER_RESERVATION_MAX.
 * True and the first of `count` free seats side by side, of which `wheelchairs` are accessible and
 * the others are not, all of the section and the grade where these are given. They are in the first
 * row that has such seats. Of several choices in it that with more companion places goes first,
 * then one that leaves no single free seat beside it, then the first in seat order. */
bool best_available(struct seat_bits *bits, seat_at *at, const void *owner,
                    const struct best_wanted *wanted, size_t *first);

#endif
