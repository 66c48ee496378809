/* See plan_text.h. */
#include "api/plan_text.h"

#include "api/object.h"
#include "base/check.h"

#include <stdlib.h>
#include <string.h>

/* The seats as a map has them; they share their texts. NULL: no memory. */
static struct seat *seats_of(const struct seat_plan *plans, size_t count)
{
    struct seat *seats = calloc(count, sizeof *seats);
    for (size_t i = 0; seats != NULL && i < count; i++)
        seats[i] = (struct seat){
            .seat_number = plans[i].seat_number,
            .section = plans[i].section,
            .row = plans[i].row,
            .number = plans[i].number,
            .grade = plans[i].grade,
            .price = plans[i].price,
            .placed = plans[i].placed,
            .x = plans[i].x,
            .y = plans[i].y,
            .accessible = plans[i].accessible,
            .companion = plans[i].companion,
            .restricted_view = plans[i].restricted_view,
        };
    return seats;
}

static enum result write_drawing(const struct seat_plan *plans, size_t count, struct buffer *text)
{
    struct seat_map map = {.seat_count = count, .seats = seats_of(plans, count)};
    struct shown_plan drawing;
    struct json_writer writer;
    const bool drawn = map.seats != NULL && shown_plan_init(&drawing, &map);
    json_write_init(&writer, text);
    if (drawn) {
        object_write(&writer, OBJECT_drawing, &drawing, NULL);
        shown_plan_release(&drawing);
    }
    free(map.seats);
    return drawn && !writer.failed ? RESULT_OK : RESULT_NO_MEMORY;
}

/* Where the piece that begins here ends: before a character of which not all bytes fit. */
static size_t piece_end(const struct buffer *text, size_t start)
{
    if (text->length - start <= PLAN_PIECE_BYTES_MAX)
        return text->length;
    size_t end = start + PLAN_PIECE_BYTES_MAX;
    while ((text->data[end] & 0xc0) == 0x80)
        end--;
    CHECK(end > start);
    return end;
}

static enum result cut(struct stored_text *stored, const struct buffer *text)
{
    stored->bytes = malloc(text->length + PLAN_PIECES_MAX);
    stored->pieces = calloc(PLAN_PIECES_MAX, sizeof *stored->pieces);
    if (stored->bytes == NULL || stored->pieces == NULL)
        return RESULT_NO_MEMORY;
    char *at = stored->bytes;
    size_t count = 0;
    for (size_t start = 0, end; start < text->length; start = end) {
        end = piece_end(text, start);
        CHECK(count < PLAN_PIECES_MAX);
        stored->pieces[count++] = memcpy(at, text->data + start, end - start);
        at += end - start;
        *at++ = '\0';
    }
    stored->text.pieces = stored->pieces;
    stored->text.piece_count = count;
    return RESULT_OK;
}

enum result stored_text_init(struct stored_text *stored, const struct seat_plan *seats,
                             size_t count)
{
    struct buffer text;
    *stored = (struct stored_text){.text.seat_count = count};
    /* What is written past the bound tells that it is too long, rather than that there is no
     * memory. */
    buffer_init(&text, 2 * PLAN_TEXT_BYTES_MAX);
    enum result result = write_drawing(seats, count, &text);
    if (text.length > PLAN_TEXT_BYTES_MAX)
        result = RESULT_FULL;
    if (result == RESULT_OK)
        result = cut(stored, &text);
    buffer_release(&text);
    return result;
}

void stored_text_release(struct stored_text *stored)
{
    free(stored->bytes);
    free(stored->pieces);
    *stored = (struct stored_text){.bytes = NULL};
}
