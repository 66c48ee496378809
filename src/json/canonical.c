/* See canonical.h. A value is a letter for its type and, where the type has several values,
 * what tells them apart: eight bytes of a number or a count, or a length and so many bytes of text.
 * So no value's bytes begin another's. */
#include "json/canonical.h"

#include "base/check.h"
#include "json/body.h"

#include <stdlib.h>
#include <string.h>

static void add_tagged(const struct canonical_sink *sink, char type, uint64_t number)
{
    uint8_t bytes[1 + sizeof number];
    bytes[0] = (uint8_t)type;
    memcpy(bytes + 1, &number, sizeof number); /* stays on this machine */
    sink->add(sink->owner, bytes, sizeof bytes);
}

static void add_text(const struct canonical_sink *sink, const char *text, size_t length)
{
    add_tagged(sink, 's', length);
    sink->add(sink->owner, text, length);
}

/* A real that is a whole number is the same as an integer of that value: 1e2, 100.0 and 100. */
static void add_real(const struct canonical_sink *sink, double real)
{
    const double bound = 9223372036854775808.0; /* 2^63 */
    uint64_t bits;
    if (real >= -bound && real < bound && real == (double)(int64_t)real) {
        add_tagged(sink, 'i', (uint64_t)(int64_t)real);
        return;
    }
    memcpy(&bits, &real, sizeof bits);
    add_tagged(sink, 'r', bits);
}

static int compare_keys(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_object(const struct canonical_sink *sink, const json_t *object)
{
    const char *keys[BODY_FIELDS_MAX];
    size_t count = 0;
    CHECK(json_object_size(object) <= BODY_FIELDS_MAX);
    /* jansson's iterators take a mutable object, but only json_object_iter_set changes it. */
    json_t *json = (json_t *)(uintptr_t)object;
    for (void *at = json_object_iter(json); at != NULL; at = json_object_iter_next(json, at))
        keys[count++] = json_object_iter_key(at);
    qsort(keys, count, sizeof keys[0], compare_keys);
    add_tagged(sink, 'o', count);
    for (size_t i = 0; i < count; i++) {
        add_text(sink, keys[i], strlen(keys[i]));
        json_canonical(json_object_get(object, keys[i]), sink);
    }
}

static void add_array(const struct canonical_sink *sink, const json_t *array)
{
    add_tagged(sink, 'a', json_array_size(array));
    for (size_t i = 0; i < json_array_size(array); i++)
        json_canonical(json_array_get(array, i), sink);
}

void json_canonical(const json_t *value, const struct canonical_sink *sink)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        add_object(sink, value);
        return;
    case JSON_ARRAY:
        add_array(sink, value);
        return;
    case JSON_STRING:
        add_text(sink, json_string_value(value), json_string_length(value));
        return;
    case JSON_INTEGER:
        add_tagged(sink, 'i', (uint64_t)json_integer_value(value));
        return;
    case JSON_REAL:
        add_real(sink, json_real_value(value));
        return;
    case JSON_TRUE:
    case JSON_FALSE:
        add_tagged(sink, 'b', json_is_true(value));
        return;
    case JSON_NULL:
        add_tagged(sink, 'z', 0);
        return;
    }
    UNREACHABLE("JSON type");
}
