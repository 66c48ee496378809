/* Cuts one JSON object that comes in pieces into what fits into memory: the elements of the arrays
 * that are its members, or members of an object that is its member, each by itself, and its frame,
 * the object with these arrays empty. It finds where a value ends, and no more: the parser of a
 * value finds its errors, and asks here where they stand in the whole. */
#ifndef USHER_JSON_CUT_H
#define USHER_JSON_CUT_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As long as the largest body of other routes; a seat takes a few hundred bytes. */
#define JSON_CUT_BYTES_MAX ((size_t)64 << 10) /* of the frame, and of an element */
#define JSON_CUT_DEPTH 2                      /* of objects, in which an array is cut */
#define JSON_CUT_ARRAYS_MAX 64                /* a round has one, and the rest are errors */

/* Where a byte stands, as jansson counts: lines from 1, and the characters of the line up to it. */
struct json_place {
    int line, column;
};

/* An element; its bytes live until the call is over. */
struct json_element {
    size_t array;       /* how many arrays were there before its own */
    const uint8_t *key; /* its array's, as it stands there, with its quotes */
    size_t key_length;
    const uint8_t *outer_key; /* of the member that has the array in it, the same; NULL: none has */
    size_t outer_key_length;
    size_t index;
    const uint8_t *bytes;
    size_t length;
    bool too_long;            /* these are the first JSON_CUT_BYTES_MAX; no others will come */
    struct json_place before; /* of the byte before the first */
};

/* False: no more elements are wanted. */
typedef bool json_cut_take(void *owner, const struct json_element *element);

enum json_cut_state {
    JSON_CUT_GOOD,
    JSON_CUT_REFUSED,   /* an element was not wanted */
    JSON_CUT_SYNTAX,    /* something is wrong at `place` */
    JSON_CUT_EARLY_END, /* in an array */
    JSON_CUT_TOO_LONG,  /* the frame, or an element that is wanted nevertheless */
    JSON_CUT_TOO_MANY,  /* values, or arrays */
    JSON_CUT_NO_MEMORY,
};

/* The frame lacks an array's elements, so the bytes behind the array have one place in the frame
 * and another in the whole. */
struct json_gap {
    struct json_place in_frame, in_whole; /* of the byte before the closing bracket */
};

struct json_cut {
    json_cut_take *take;
    void *owner;
    size_t values, values_max;
    enum json_cut_state state;
    struct json_place place, frame_place; /* of the last byte of the whole, and of the frame */
    struct buffer frame, element;         /* `element`: what came of it in earlier pieces */
    struct json_element current;
    enum { CUT_IN_FRAME, CUT_BEFORE_ELEMENT, CUT_IN_ELEMENT } where;
    bool in_string, escaped, after_comma;
    size_t depth;      /* of the frame, or within the element */
    uint64_t brackets; /* of the element, the innermost lowest: 1 for '[' */
    size_t key_at[JSON_CUT_DEPTH],
        key_length[JSON_CUT_DEPTH]; /* of the last string at each depth */
    size_t array_depth;             /* at which the array stands */
    struct json_gap gaps[JSON_CUT_ARRAYS_MAX];
    size_t gap_count;
};

/* `values_max`: of the whole. */
void json_cut_init(struct json_cut *cut, size_t values_max, json_cut_take *take, void *owner);
void json_cut_release(struct json_cut *cut);

/* The next bytes. Once the state is not JSON_CUT_GOOD it stays so. */
enum json_cut_state json_cut_feed(struct json_cut *cut, const uint8_t *bytes, size_t length);

/* There are no more. */
enum json_cut_state json_cut_end(struct json_cut *cut);

/* Whether something that was found at a place of bytes which were cut off stands at their very end,
 * where it may be the cutting alone that made it wrong. */
bool json_place_is_end(struct json_place place, const uint8_t *bytes, size_t length);

/* The place in the whole of something that stands at this place of the frame. */
struct json_place json_cut_place_of_frame(const struct json_cut *cut, struct json_place place);

/* The place in the whole of something that stands at this place of an element. */
struct json_place json_element_place(const struct json_element *element, struct json_place place);

#endif
