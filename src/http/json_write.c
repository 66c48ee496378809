/* See json_write.h. */
#include "http/json_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void json_write_init(struct json_writer *writer, struct buffer *out)
{
    *writer = (struct json_writer){.out = out};
}

static bool reserve(struct json_writer *writer, size_t bytes)
{
    if (!writer->failed && buffer_reserve(writer->out, bytes) != RESULT_OK)
        writer->failed = true;
    return !writer->failed;
}

static void append(struct json_writer *writer, const void *bytes, size_t length)
{
    if (reserve(writer, length))
        buffer_append(writer->out, bytes, length);
}

static void append_byte(struct json_writer *writer, char byte)
{
    if (reserve(writer, 1))
        buffer_append_byte(writer->out, (uint8_t)byte);
}

/* What stands before a value, and what is true after it. */
static void value_begins(struct json_writer *writer)
{
    if (writer->comma)
        append_byte(writer, ',');
    writer->comma = true;
}

void json_write_object_begin(struct json_writer *writer)
{
    value_begins(writer);
    append_byte(writer, '{');
    writer->comma = false;
}

void json_write_object_end(struct json_writer *writer)
{
    append_byte(writer, '}');
    writer->comma = true;
}

void json_write_array_begin(struct json_writer *writer)
{
    value_begins(writer);
    append_byte(writer, '[');
    writer->comma = false;
}

void json_write_array_end(struct json_writer *writer)
{
    append_byte(writer, ']');
    writer->comma = true;
}

void json_write_key(struct json_writer *writer, const char *key)
{
    const size_t length = strlen(key);
    value_begins(writer);
    if (!reserve(writer, length + 3))
        return;
    buffer_append_byte(writer->out, '"');
    buffer_append(writer->out, key, length);
    buffer_append(writer->out, "\":", 2);
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

void json_write_text_n(struct json_writer *writer, const char *text, size_t length)
{
    value_begins(writer);
    append_byte(writer, '"');
    size_t plain = 0; /* where the run of characters that need no escape began */
    for (size_t i = 0; i < length; i++) {
        const unsigned char character = (unsigned char)text[i];
        if (character >= 0x20 && character != '"' && character != '\\' && character != 0x7f)
            continue;
        append(writer, text + plain, i - plain);
        if (reserve(writer, 6))
            append_escaped(writer->out, character);
        plain = i + 1;
    }
    append(writer, text + plain, length - plain);
    append_byte(writer, '"');
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
    value_begins(writer);
    append(writer, digits + at, sizeof digits - at);
}

void json_write_boolean(struct json_writer *writer, bool value)
{
    value_begins(writer);
    if (value)
        append(writer, "true", 4);
    else
        append(writer, "false", 5);
}

void json_write_null(struct json_writer *writer)
{
    value_begins(writer);
    append(writer, "null", 4);
}

void json_write_real(struct json_writer *writer, double value)
{
    const double exact_max = 9007199254740992.0; /* 2^53 */
    if (value >= -exact_max && value <= exact_max && value == (double)(int64_t)value) {
        json_write_integer(writer, (int64_t)value);
        return;
    }
    char text[32]; /* 17 digits, a sign, a point and an exponent */
    int length = 0;
    for (int precision = 15; precision <= 17; precision++) {
        length = snprintf(text, sizeof text, "%.*g", precision, value);
        if (strtod(text, NULL) == value)
            break;
    }
    value_begins(writer);
    append(writer, text, (size_t)length);
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
    value_begins(writer);
    append(writer, text, length + 2);
}

void json_write_time(struct json_writer *writer, timestamp_ms time)
{
    if (time == 0) {
        json_write_null(writer);
        return;
    }
    char text[TIMESTAMP_TEXT_BYTES];
    timestamp_format(time, text);
    json_write_text_n(writer, text, TIMESTAMP_TEXT_BYTES - 1);
}

void json_write_raw(struct json_writer *writer, const void *bytes, size_t length)
{
    if (length == 0)
        return;
    value_begins(writer);
    append(writer, bytes, length);
}
