/* A new round's seats from text that comes in any pieces: what they make is held against what the
 * whole makes. */
#ifndef USHER_TEST_SPLIT_H
#define USHER_TEST_SPLIT_H

#include "api/round_plan.h"

typedef void piece_taker(void *reader, const uint8_t *piece, size_t length);

/* Hands the text over in pieces of 1 to `piece_max` bytes, which the seed chooses; 0: as a whole.
 * Each piece lies in memory of its own, so that reading past it, or later, is noticed. */
void feed_in_pieces(const uint8_t *data, size_t size, uint64_t seed, size_t piece_max,
                    piece_taker *take, void *reader);

void check_same_errors(const struct body *one, const struct body *other);
void check_same_seats(const struct round_plan *one, const struct round_plan *other);

#endif
