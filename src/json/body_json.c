/* See body_json.h. The form of the text (depth, number of values) is checked in one pass before
 * jansson sees it, because jansson recurses and allocates by it. */
#include "json/body_json.h"

#include "base/check.h"
#include "json/body_error.h"
#include "json/number.h"

#include <stdlib.h>
#include <string.h>

void body_init(struct body *body)
{
    memset(body, 0, offsetof(struct body, room.bytes));
    buffer_init(&body->error_bytes, BODY_ERROR_BYTES_MAX);
    json_write_init(&body->errors, &body->error_bytes);
}

const char body_too_many_values[] = "more values than any request has";
const char body_syntax_error[] = "a syntax error";
const char body_ends_too_early[] = "it ends too early";

/* Strings are stepped over; brackets need not match here, jansson sees to that. `depth`: how deep
 * the bytes stand in objects and arrays. */
static const char *shape_problem(const uint8_t *bytes, size_t length, size_t values_max,
                                 size_t depth)
{
    if (length > 0 && memchr(bytes, '\0', length) != NULL)
        return "it contains a NUL byte"; /* jansson drops one that follows a number */
    const size_t outer_depth = depth;
    size_t values = 1;
    bool in_string = false;
    for (size_t i = 0; i < length; i++) {
        const uint8_t byte = bytes[i];
        if (in_string) {
            if (byte == '\\')
                i++;
            else if (byte == '"')
                in_string = false;
            continue;
        }
        if (byte == '"')
            in_string = true;
        else if (byte == '{' || byte == '[') {
            values++;
            if (++depth > BODY_DEPTH_MAX)
                return "nested deeper than 32";
        } else if (byte == '}' || byte == ']')
            depth -= depth > outer_depth ? 1 : 0;
        else if (byte == ',')
            values++;
    }
    return values > values_max ? body_too_many_values : NULL;
}

enum refusal body_malformed(struct body *body, const char *why, int line, int column)
{
    body->malformed = why;
    body->line = line;
    body->column = column;
    return REFUSAL_MALFORMED_JSON;
}

static enum refusal malformed_at(struct body *body, const char *why, const json_error_t *error)
{
    return body_malformed(body, why, error->line, error->column);
}

static enum refusal explain_json_error(struct body *body, const json_error_t *error,
                                       const struct body_path *path)
{
    switch ((int)json_error_code(error)) { /* jansson's codes, of which a newer one has more */
    case json_error_duplicate_key:
        return malformed_at(body, "a key is repeated in one object", error);
    case json_error_invalid_utf8:
        return malformed_at(body, "not well-formed UTF-8", error);
    case json_error_null_byte_in_key:
        return malformed_at(body, "a key contains U+0000", error);
    case json_error_premature_end_of_input:
        return malformed_at(body, body_ends_too_early, error);
    case json_error_end_of_input_expected:
        return malformed_at(body, path == NULL ? "something follows the object" : body_syntax_error,
                            error);
    default:
        return malformed_at(body, body_syntax_error, error);
    }
}

/* ---- jansson's memory ---- */

/* The room of the body that the thread is reading or releasing. */
static _Thread_local struct body_room *room;

/* jansson takes a want of memory for a syntax error here and drops a character there, so each
 * thread notes whether any was refused since it last began to read. */
static _Thread_local bool memory_refused;

static void *json_allocate(size_t bytes)
{
    const size_t rounded = (bytes + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    if (room != NULL && rounded >= bytes && rounded <= sizeof room->bytes - room->used) {
        void *place = room->bytes + room->used;
        room->used += rounded;
        return place;
    }
    void *memory = malloc(bytes);
    if (memory == NULL)
        memory_refused = true;
    return memory;
}

/* A piece of the room goes with the room. */
static void json_free(void *memory)
{
    const uintptr_t place = (uintptr_t)memory, first = (uintptr_t)room;
    if (room == NULL || place < first || place >= first + sizeof *room)
        free(memory);
}

void body_start(void)
{
    json_set_alloc_funcs(json_allocate, json_free);
    json_object_seed(0); /* at random */
}

static json_t *load_json(struct body *body, const char *text, size_t length, size_t flags,
                         json_error_t *error)
{
    room = &body->room;
    json_t *root = json_loadb(text, length, flags, error);
    room = NULL;
    return root;
}

void body_forget(struct body *body)
{
    room = &body->room;
    json_decref(body->root);
    room = NULL;
    body->root = NULL;
    body->room.used = 0;
    body->integers_as_reals = false;
}

void body_release(struct body *body)
{
    body_forget(body);
    buffer_release(&body->error_bytes);
}

/* ---- Reading ---- */

/* A number past a double is good JSON, so it is refused where its field is read, and only if the
 * rest is good JSON too: all is read again with such numbers at the end of the range. */
static void load_limited(struct body *body, const uint8_t *bytes, size_t length, size_t flags,
                         json_error_t *error)
{
    char *text = malloc(length + 1);
    if (text == NULL) {
        memory_refused = true;
        return;
    }
    memcpy(text, bytes, length);
    text[length] = '\0';
    json_numbers_limit(text, length);
    body->integers_as_reals = true;
    body->root = load_json(body, text, length, flags | JSON_DECODE_INT_AS_REAL, error);
    free(text);
}

/* What is wrong is told of the text as it came, so that is read again where this is no JSON. */
static bool load_spelled(struct body *body, const char *text, size_t length, size_t flags,
                         json_error_t *error)
{
    if (!json_integers_hide(text, length))
        return false;
    size_t spelled_length;
    char *spelled = json_integers_spell(text, length, &spelled_length);
    if (spelled == NULL)
        memory_refused = true;
    else
        body->root = load_json(body, spelled, spelled_length, flags, error);
    free(spelled);
    return body->root != NULL || memory_refused;
}

/* `path` NULL: the whole body. */
static enum refusal read_json(struct body *body, const uint8_t *bytes, size_t length,
                              const struct body_path *path)
{
    const size_t flags = JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_ANY;
    const char *text = length == 0 ? "" : (const char *)bytes; /* jansson takes no NULL */
    json_error_t error;
    memory_refused = false;
    if (!load_spelled(body, text, length, flags, &error))
        body->root = load_json(body, text, length, flags, &error);
    if (body->root == NULL && !memory_refused &&
        json_error_code(&error) == json_error_numeric_overflow)
        load_limited(body, bytes, length, flags, &error);
    if (memory_refused)
        return REFUSAL_CAPACITY;
    return body->root == NULL ? explain_json_error(body, &error, path) : REFUSAL_NONE;
}

enum refusal body_parse(struct body *body, const uint8_t *bytes, size_t length, size_t values_max)
{
    const char *problem = shape_problem(bytes, length, values_max, 0);
    if (problem != NULL)
        return body_malformed(body, problem, 0, 0);
    const enum refusal refusal = read_json(body, bytes, length, NULL);
    if (refusal != REFUSAL_NONE)
        return refusal;
    return json_is_object(body->root) ? REFUSAL_NONE : body_malformed(body, "not an object", 0, 0);
}

enum refusal body_parse_value(struct body *body, const uint8_t *bytes, size_t length, size_t depth,
                              const struct body_path *path)
{
    CHECK(body->root == NULL);
    const char *problem = shape_problem(bytes, length, BODY_VALUES_MAX, depth);
    if (problem != NULL)
        return body_malformed(body, problem, 0, 0);
    return read_json(body, bytes, length, path);
}

bool body_good(const struct body *body)
{
    return body->error_count == 0 && !body->no_memory;
}

/* ---- What was read ---- */

const char *body_replace(struct body *body, const json_t *value, const char *text, size_t length)
{
    /* jansson frees what it replaces, which may lie in the body's room. */
    room = &body->room;
    const int failed = json_string_setn((json_t *)(uintptr_t)value, text, length);
    room = NULL;
    body->no_memory |= failed != 0;
    return failed != 0 ? NULL : json_string_value(value);
}
