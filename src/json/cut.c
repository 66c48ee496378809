/* See cut.h. A byte at a time, since that is what makes any split of them give the same; what
 * lies in one piece is not copied. */
#include "json/cut.h"

#include "base/check.h"
#include "json/body.h"

_Static_assert(BODY_DEPTH_MAX < 64, "the brackets of an element fit into 64 bits");

void json_cut_init(struct json_cut *cut, size_t values_max, json_cut_take *take, void *owner)
{
    *cut = (struct json_cut){
        .take = take,
        .owner = owner,
        .values = 1,
        .values_max = values_max,
        .place = {.line = 1},
        .frame_place = {.line = 1},
    };
    buffer_init(&cut->frame, JSON_CUT_BYTES_MAX);
    buffer_init(&cut->element, JSON_CUT_BYTES_MAX);
}

void json_cut_release(struct json_cut *cut)
{
    buffer_release(&cut->frame);
    buffer_release(&cut->element);
}

/* ---- Places ---- */

static void place_step(struct json_place *place, uint8_t byte)
{
    if (byte == '\n') {
        place->line++;
        place->column = 0;
    } else if ((byte & 0xc0) != 0x80) { /* not the rest of a character */
        place->column++;
    }
}

static struct json_place place_after(struct json_place before, struct json_place inner)
{
    return (struct json_place){
        .line = before.line + inner.line - 1,
        .column = inner.line == 1 ? before.column + inner.column : inner.column,
    };
}

struct json_place json_element_place(const struct json_element *element, struct json_place place)
{
    return place_after(element->before, place);
}

bool json_place_is_end(struct json_place place, const uint8_t *bytes, size_t length)
{
    struct json_place end = {.line = 1};
    for (size_t i = 0; i < length; i++)
        place_step(&end, bytes[i]);
    /* A character that is cut off is found wrong before it was counted. */
    return place.line == end.line && place.column + 1 >= end.column;
}

static bool stands_after(struct json_place place, struct json_place other)
{
    return place.line > other.line || (place.line == other.line && place.column > other.column);
}

struct json_place json_cut_place_of_frame(const struct json_cut *cut, struct json_place place)
{
    size_t passed = 0;
    while (passed < cut->gap_count && stands_after(place, cut->gaps[passed].in_frame))
        passed++;
    if (passed == 0)
        return place;
    const struct json_gap *gap = &cut->gaps[passed - 1];
    const struct json_place inner = {
        .line = place.line - gap->in_frame.line + 1,
        .column =
            place.line == gap->in_frame.line ? place.column - gap->in_frame.column : place.column,
    };
    return place_after(gap->in_whole, inner);
}

/* ---- What both parts have ---- */

/* Whether the byte belongs to a string, its quotes included. */
static bool string_step(struct json_cut *cut, uint8_t byte)
{
    if (!cut->in_string) {
        cut->in_string = byte == '"';
        return cut->in_string;
    }
    if (cut->escaped)
        cut->escaped = false;
    else if (byte == '\\')
        cut->escaped = true;
    else if (byte == '"')
        cut->in_string = false;
    return true;
}

static void count_value(struct json_cut *cut, uint8_t byte)
{
    cut->values += byte == ',' || byte == '[' || byte == '{' ? 1 : 0;
}

/* ---- The frame ---- */

static void frame_append(struct json_cut *cut, uint8_t byte)
{
    const enum result result = buffer_reserve(&cut->frame, 1);
    if (result != RESULT_OK) {
        cut->state = result == RESULT_FULL ? JSON_CUT_TOO_LONG : JSON_CUT_NO_MEMORY;
        return;
    }
    buffer_append_byte(&cut->frame, byte);
    place_step(&cut->frame_place, byte);
}

static void array_open(struct json_cut *cut)
{
    if (cut->gap_count == JSON_CUT_ARRAYS_MAX) {
        cut->state = JSON_CUT_TOO_MANY;
        return;
    }
    cut->where = CUT_BEFORE_ELEMENT;
    cut->array_depth = cut->depth;
    cut->after_comma = false;
    cut->current = (struct json_element){0};
}

/* `before`: the place of the byte before the bracket. */
static void array_close(struct json_cut *cut, struct json_place before)
{
    cut->gaps[cut->gap_count++] =
        (struct json_gap){.in_frame = cut->frame_place, .in_whole = before};
    cut->where = CUT_IN_FRAME;
    cut->depth = cut->array_depth;
    frame_append(cut, ']');
}

static bool may_be_cut(const struct json_cut *cut)
{
    return cut->depth >= 1 && cut->depth <= JSON_CUT_DEPTH;
}

/* The last string before an array's bracket is its key. */
static void note_string(struct json_cut *cut, bool begins)
{
    if (!may_be_cut(cut))
        return;
    const size_t level = cut->depth - 1;
    if (begins)
        cut->key_at[level] = cut->frame.length - 1;
    cut->key_length[level] = cut->frame.length - cut->key_at[level];
}

static void frame_step(struct json_cut *cut, uint8_t byte)
{
    const bool was_in_string = cut->in_string;
    frame_append(cut, byte);
    if (cut->state != JSON_CUT_GOOD)
        return;
    if (string_step(cut, byte)) {
        note_string(cut, !was_in_string);
        return;
    }
    count_value(cut, byte);
    if (cut->values > cut->values_max)
        cut->state = JSON_CUT_TOO_MANY;
    else if (byte == '[' && may_be_cut(cut))
        array_open(cut);
    else if (byte == '{' || byte == '[')
        cut->depth++;
    else if ((byte == '}' || byte == ']') && cut->depth > 0)
        cut->depth--;
}

/* ---- Elements ---- */

/* The bytes of the element that came with this piece. */
struct piece {
    const uint8_t *element, *end;
};

static void element_take(struct json_cut *cut, const uint8_t *bytes, size_t length)
{
    struct json_element *current = &cut->current;
    current->array = cut->gap_count;
    const size_t level = cut->array_depth - 1;
    current->key = cut->frame.data + cut->key_at[level];
    current->key_length = cut->key_length[level];
    if (level > 0) {
        current->outer_key = cut->frame.data + cut->key_at[0];
        current->outer_key_length = cut->key_length[0];
    }
    current->bytes = bytes;
    current->length = length;
    if (!cut->take(cut->owner, current))
        cut->state = JSON_CUT_REFUSED;
    else if (current->too_long)
        cut->state = JSON_CUT_TOO_LONG;
}

/* Keeps the piece's part; false: the element is too long, and what fits was handed over, or there
 * is no memory. */
static bool element_keep(struct json_cut *cut, const struct piece *piece)
{
    const size_t length = (size_t)(piece->end - piece->element);
    const size_t room = JSON_CUT_BYTES_MAX - cut->element.length;
    const size_t kept = length < room ? length : room;
    if (buffer_reserve(&cut->element, kept) != RESULT_OK) {
        cut->state = JSON_CUT_NO_MEMORY;
        return false;
    }
    buffer_append(&cut->element, piece->element, kept);
    if (kept == length)
        return true;
    cut->current.too_long = true;
    element_take(cut, cut->element.data, cut->element.length);
    return false;
}

/* Hands over the element that ends at the piece's end. */
static void element_finish(struct json_cut *cut, const struct piece *piece)
{
    const size_t length = (size_t)(piece->end - piece->element);
    const bool in_one_piece = cut->element.length == 0 && length <= JSON_CUT_BYTES_MAX;
    if (!in_one_piece && !element_keep(cut, piece))
        return;
    if (cut->values > cut->values_max)
        cut->state = JSON_CUT_TOO_MANY;
    else if (in_one_piece)
        element_take(cut, piece->element, length);
    else
        element_take(cut, cut->element.data, cut->element.length);
    buffer_clear(&cut->element);
    cut->current.index++;
    cut->where = CUT_BEFORE_ELEMENT;
}

/* The element cannot be good; its parser says why. */
static void element_break(struct json_cut *cut, const struct piece *piece)
{
    element_finish(cut, piece);
    if (cut->state == JSON_CUT_GOOD)
        cut->state = JSON_CUT_SYNTAX;
}

/* A byte that ends the element, and with it perhaps the array. */
static void element_end(struct json_cut *cut, const struct piece *piece, uint8_t byte,
                        struct json_place before)
{
    element_finish(cut, piece);
    if (cut->state != JSON_CUT_GOOD)
        return;
    cut->after_comma = byte == ',';
    if (byte == ']')
        array_close(cut, before);
    else if (byte == '}')
        cut->state = JSON_CUT_SYNTAX;
}

/* `piece` ends before the byte. */
static void element_step(struct json_cut *cut, struct piece piece, uint8_t byte,
                         struct json_place before)
{
    const struct piece with = {.element = piece.element, .end = piece.end + 1};
    const bool opens = byte == '{' || byte == '[', closes = byte == '}' || byte == ']';
    if (string_step(cut, byte))
        return;
    if (cut->depth == 0 && (closes || byte == ',')) {
        count_value(cut, byte);
        element_end(cut, &piece, byte, before);
        return;
    }
    count_value(cut, byte);
    if (opens) {
        cut->brackets = cut->brackets << 1 | (byte == '[' ? 1 : 0);
        if (++cut->depth > BODY_DEPTH_MAX)
            element_break(cut, &with);
    } else if (closes) {
        const bool fits = (cut->brackets & 1) == (byte == ']' ? 1 : 0);
        cut->brackets >>= 1;
        cut->depth--;
        if (!fits)
            element_break(cut, &with);
    }
}

/* Between two elements, or before the first; true when one begins. */
static bool between_step(struct json_cut *cut, uint8_t byte, struct json_place before)
{
    if (byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r')
        return false;
    if (byte == ']' && !cut->after_comma) {
        array_close(cut, before);
        return false;
    }
    if (byte == ',' || byte == ']' || byte == '}') {
        cut->state = JSON_CUT_SYNTAX;
        return false;
    }
    cut->where = CUT_IN_ELEMENT;
    cut->current.before = before;
    cut->depth = 0;
    cut->brackets = 0;
    return true;
}

/* ---- All ---- */

enum json_cut_state json_cut_feed(struct json_cut *cut, const uint8_t *bytes, size_t length)
{
    struct piece piece = {.element = bytes, .end = bytes};
    for (; piece.end < bytes + length && cut->state == JSON_CUT_GOOD; piece.end++) {
        const uint8_t byte = *piece.end;
        const struct json_place before = cut->place;
        place_step(&cut->place, byte);
        if (cut->where == CUT_IN_FRAME) {
            frame_step(cut, byte);
            continue;
        }
        if (cut->where == CUT_BEFORE_ELEMENT) {
            if (!between_step(cut, byte, before))
                continue;
            piece.element = piece.end;
        }
        element_step(cut, piece, byte, before);
    }
    if (cut->state == JSON_CUT_GOOD && cut->where == CUT_IN_ELEMENT)
        (void)element_keep(cut, &piece);
    return cut->state;
}

enum json_cut_state json_cut_end(struct json_cut *cut)
{
    if (cut->state != JSON_CUT_GOOD || cut->where == CUT_IN_FRAME)
        return cut->state;
    const struct piece nothing = {0};
    if (cut->where == CUT_IN_ELEMENT)
        element_finish(cut, &nothing);
    if (cut->state == JSON_CUT_GOOD)
        cut->state = JSON_CUT_EARLY_END;
    return cut->state;
}
