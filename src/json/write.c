/* See write.h. */
#include "json/write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void json_write_init(struct json_writer *writer, struct buffer *out)
{
    *writer = (struct json_writer){.out = out};
}

static bool reserve_bytes(struct json_writer *writer, size_t bytes)
{
    const struct buffer *out = writer->out;
    if (bytes <= out->capacity - out->length)
        return !writer->failed;
    if (!writer->failed && buffer_reserve(writer->out, bytes) != RESULT_OK)
        writer->failed = true;
    return !writer->failed;
}

static void append(struct json_writer *writer, const void *bytes, size_t length)
{
    if (reserve_bytes(writer, length))
        buffer_append(writer->out, bytes, length);
}

/* The place of a value of so many bytes, which the caller fills; the comma before it is written,
 * and the next one noted. NULL: there is no room. */
static char *place_value(struct json_writer *writer, size_t bytes)
{
    if (!reserve_bytes(writer, bytes + (writer->comma ? 1 : 0)))
        return NULL;
    struct buffer *out = writer->out;
    if (writer->comma)
        out->data[out->length++] = ',';
    writer->comma = true;
    char *place = (char *)out->data + out->length;
    out->length += bytes;
    return place;
}

static void write_value(struct json_writer *writer, const char *value, size_t length)
{
    char *place = place_value(writer, length);
    if (place != NULL)
        memcpy(place, value, length);
}

static void write_opening(struct json_writer *writer, char bracket)
{
    write_value(writer, &bracket, 1);
    writer->comma = false;
}

static void write_closing(struct json_writer *writer, char bracket)
{
    append(writer, &bracket, 1);
    writer->comma = true;
}

void json_write_object_begin(struct json_writer *writer)
{
    write_opening(writer, '{');
}

void json_write_object_end(struct json_writer *writer)
{
    write_closing(writer, '}');
}

void json_write_array_begin(struct json_writer *writer)
{
    write_opening(writer, '[');
}

void json_write_array_end(struct json_writer *writer)
{
    write_closing(writer, ']');
}

void json_write_key(struct json_writer *writer, const char *key)
{
    const size_t length = strlen(key);
    char *place = place_value(writer, length + 3);
    if (place == NULL)
        return;
    place[0] = '"';
    memcpy(place + 1, key, length);
    memcpy(place + 1 + length, "\":", 2);
    writer->comma = false;
}

/* Appends one character that JSON does not take as it is; six bytes are reserved. */
static void append_escaped(struct buffer *out, unsigned char character)
{
    static const char digits[] = "0123456789abcdef";
    const char *const shorts = "\bb\tt\nn\ff\rr\"\"\\\\";
    buffer_append_byte(out, '\\');
    for (const char *pair = shorts; *pair != '\0'; pair += 2) {
        if ((unsigned char)pair[0] == character) {
            buffer_append_byte(out, (uint8_t)pair[1]);
            return;
        }
    }
    buffer_append(out, "u00", 3);
    buffer_append_byte(out, (uint8_t)digits[character >> 4]);
    buffer_append_byte(out, (uint8_t)digits[character & 15]);
}

static bool needs_escape(unsigned char character)
{
    return character < 0x20 || character == '"' || character == '\\' || character == 0x7f;
}

/* How many characters at the beginning of a text may stand as they are. */
static size_t plain_length(const char *text, size_t length)
{
    size_t plain = 0;
    while (plain < length && !needs_escape((unsigned char)text[plain]))
        plain++;
    return plain;
}

void json_write_text_n(struct json_writer *writer, const char *text, size_t length)
{
    write_value(writer, "\"", 1);
    while (length > 0) {
        const size_t plain = plain_length(text, length);
        append(writer, text, plain);
        if (plain == length)
            break;
        if (reserve_bytes(writer, 6))
            append_escaped(writer->out, (unsigned char)text[plain]);
        text += plain + 1;
        length -= plain + 1;
    }
    append(writer, "\"", 1);
}

void json_write_text(struct json_writer *writer, const char *text)
{
    if (text == NULL)
        json_write_null(writer);
    else
        json_write_text_n(writer, text, strlen(text));
}

void json_write_integer(struct json_writer *writer, int64_t value)
{
    char digits[20]; /* of 2^63, and the sign */
    size_t at = sizeof digits;
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0)
        digits[--at] = '-';
    write_value(writer, digits + at, sizeof digits - at);
}

void json_write_boolean(struct json_writer *writer, bool value)
{
    if (value)
        write_value(writer, "true", 4);
    else
        write_value(writer, "false", 5);
}

void json_write_null(struct json_writer *writer)
{
    write_value(writer, "null", 4);
}

size_t json_real_format(double value, char text[static REAL_TEXT_BYTES])
{
    const double exact_max = 9007199254740992.0; /* 2^53 */
    if (value >= -exact_max && value <= exact_max && value == (double)(int64_t)value)
        return (size_t)snprintf(text, REAL_TEXT_BYTES, "%lld", (long long)value);
    int length = 0;
    for (int precision = 15; precision <= 17; precision++) {
        length = snprintf(text, REAL_TEXT_BYTES, "%.*g", precision, value);
        if (strtod(text, NULL) == value)
            break;
    }
    return (size_t)length;
}

void json_write_real(struct json_writer *writer, double value)
{
    char text[REAL_TEXT_BYTES];
    const size_t length = json_real_format(value, text);
    write_value(writer, text, length);
}

void json_write_id(struct json_writer *writer, const char *prefix, struct id id)
{
    if (id_is_none(id)) {
        json_write_null(writer);
        return;
    }
    char text[ID_TEXT_BYTES + 2];
    text[0] = '"';
    const size_t length = id_format(prefix, id, text + 1);
    text[length + 1] = '"';
    write_value(writer, text, length + 2);
}

void json_write_time(struct json_writer *writer, timestamp_ms time)
{
    if (time == 0) {
        json_write_null(writer);
        return;
    }
    char text[1 + TIMESTAMP_TEXT_BYTES];
    text[0] = '"';
    timestamp_format(time, text + 1);
    text[TIMESTAMP_TEXT_BYTES] = '"'; /* instead of its NUL */
    write_value(writer, text, sizeof text);
}

void json_write_raw(struct json_writer *writer, const void *bytes, size_t length)
{
    if (length == 0)
        return;
    write_value(writer, bytes, length);
}

void json_write_text_member(struct json_writer *writer, const char *key, const char *text)
{
    json_write_key(writer, key);
    json_write_text(writer, text);
}

void json_write_boolean_member(struct json_writer *writer, const char *key, bool value)
{
    json_write_key(writer, key);
    json_write_boolean(writer, value);
}

void json_write_object_member_begin(struct json_writer *writer, const char *key)
{
    json_write_key(writer, key);
    json_write_object_begin(writer);
}

void json_write_array_member_begin(struct json_writer *writer, const char *key)
{
    json_write_key(writer, key);
    json_write_array_begin(writer);
}

void json_write_integer_member(struct json_writer *writer, const char *key, int64_t value)
{
    json_write_key(writer, key);
    json_write_integer(writer, value);
}
