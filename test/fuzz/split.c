/* See split.h. */
#include "split.h"

#include "api/shown_plan.h"
#include "base/check.h"

#include <stdlib.h>
#include <string.h>

/* A step of SplitMix64. */
static uint64_t next_number(uint64_t *state)
{
    uint64_t value = *state += UINT64_C(0x9e3779b97f4a7c15);
    value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
    return value ^ value >> 31;
}

static void feed_piece(const uint8_t *data, size_t length, piece_taker *take, void *reader)
{
    uint8_t *piece = malloc(length);
    CHECK(piece != NULL);
    memcpy(piece, data, length);
    take(reader, piece, length);
    free(piece);
}

void feed_in_pieces(const uint8_t *data, size_t size, uint64_t seed, size_t piece_max,
                    piece_taker *take, void *reader)
{
    for (size_t at = 0, length; at < size; at += length) {
        length = piece_max == 0 ? size : 1 + next_number(&seed) % piece_max;
        length = length < size - at ? length : size - at;
        feed_piece(data + at, length, take, reader);
    }
}

void check_same_errors(const struct body *one, const struct body *other)
{
    const struct buffer *errors = &one->error_bytes, *same = &other->error_bytes;
    CHECK(one->error_count == other->error_count && errors->length == same->length);
    CHECK(errors->length == 0 || memcmp(errors->data, same->data, errors->length) == 0);
}

void check_same_seats(const struct round_plan *one, const struct round_plan *other)
{
    CHECK(one->start_time == other->start_time && one->seat_count == other->seat_count);
    for (size_t i = 0; i < one->seat_count; i++) {
        const struct seat_plan *seat = &one->seats[i], *same = &other->seats[i];
        CHECK(same_plan_text(seat->seat_number, same->seat_number));
        CHECK(same_plan_text(seat->section, same->section) && same_plan_text(seat->row, same->row));
        CHECK(same_plan_text(seat->number, same->number));
        CHECK(same_plan_text(seat->grade, same->grade));
        CHECK(seat->price == same->price && seat->placed == same->placed);
        CHECK(seat->x == same->x && seat->y == same->y && seat->accessible == same->accessible);
        CHECK(seat->companion == same->companion);
        CHECK(seat->restricted_view == same->restricted_view);
    }
}
