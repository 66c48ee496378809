/* See query.h. */
#include "http/query.h"

#include "http/problem.h"

#include <stdio.h>
#include <string.h>

bool query_limit(struct exchange *exchange, size_t max, size_t *limit)
{
    size_t length, value = 0;
    const char *text = exchange_parameter(exchange, "limit", &length);
    if (text == NULL)
        return true;
    bool good = length >= 1 && length <= 6; /* no limit is larger than 1000 */
    for (size_t i = 0; i < length && good; i++) {
        good = text[i] >= '0' && text[i] <= '9';
        value = value * 10 + (size_t)(text[i] - '0');
    }
    if (good && value >= 1 && value <= max) {
        *limit = value;
        return true;
    }
    char message[64];
    (void)snprintf(message, sizeof message, "must be a number from 1 to %zu", max);
    problem_parameter(exchange, "limit", message);
    return false;
}

bool query_id(struct exchange *exchange, const char *name, const char *prefix, struct id *id)
{
    size_t length;
    const char *text = exchange_parameter(exchange, name, &length);
    if (text == NULL || id_parse(prefix, text, length, id))
        return true;
    char message[80];
    (void)snprintf(message, sizeof message, "must be an id of the form %s_...", prefix);
    problem_parameter(exchange, name, message);
    return false;
}

bool query_time(struct exchange *exchange, const char *name, timestamp_ms *time)
{
    size_t length;
    const char *text = exchange_parameter(exchange, name, &length);
    if (text == NULL || timestamp_parse(text, length, time))
        return true;
    problem_parameter(exchange, name,
                      "must be an RFC 3339 time with an offset ('+' is written %2B)");
    return false;
}

bool query_enumeration(struct exchange *exchange, const char *name, const char *const *texts,
                       size_t count, int *value)
{
    size_t length;
    const char *text = exchange_parameter(exchange, name, &length);
    if (text == NULL || (strlen(text) == length && enumeration_parse(texts, count, text, value)))
        return true;
    problem_parameter(exchange, name, "is none of the values that this field has");
    return false;
}

bool query_email(struct exchange *exchange, const char *name, const struct email **email)
{
    size_t length;
    const char *text = exchange_parameter(exchange, name, &length);
    if (text == NULL)
        return true;
    struct email *read = exchange_allocate(exchange, sizeof *read);
    enum result result = RESULT_MALFORMED;
    if (read == NULL)
        result = RESULT_NO_MEMORY;
    else if (strlen(text) == length)
        result = email_read(text, EMAIL_KNOWN, read);
    *email = read;
    if (result == RESULT_NO_MEMORY)
        problem_answer(exchange, REFUSAL_CAPACITY);
    else if (result != RESULT_OK)
        problem_parameter(exchange, name, "must be an e-mail address ('+' is written %2B)");
    return result == RESULT_OK;
}

bool cursor_parse(const char *text, size_t length, struct cursor *cursor)
{
    uint8_t bytes[CURSOR_BYTES];
    if (!base64_decode(BASE64_URL, text, length, bytes, sizeof bytes))
        return false;
    cursor->number = 0;
    for (size_t i = 0; i < 8; i++)
        cursor->number = cursor->number << 8 | bytes[i];
    memcpy(cursor->id.bytes, bytes + 8, ID_BYTES);
    return true;
}

void cursor_format(const struct cursor *cursor, char text[static CURSOR_CHARACTERS + 1])
{
    uint8_t bytes[CURSOR_BYTES];
    for (size_t i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(cursor->number >> (56 - 8 * i));
    memcpy(bytes + 8, cursor->id.bytes, ID_BYTES);
    text[base64_encode(BASE64_URL, bytes, sizeof bytes, text)] = '\0';
}

bool query_cursor(struct exchange *exchange, struct cursor *cursor, bool *given)
{
    size_t length;
    const char *text = exchange_parameter(exchange, "cursor", &length);
    *given = text != NULL;
    if (text == NULL || cursor_parse(text, length, cursor))
        return true;
    problem_parameter(exchange, "cursor", "is no nextCursor of this list");
    return false;
}

void page_begin(struct json_writer *writer)
{
    json_write_object_begin(writer);
    json_write_key(writer, "items");
    json_write_array_begin(writer);
}

void page_end(struct json_writer *writer, const struct cursor *next)
{
    json_write_array_end(writer);
    json_write_key(writer, "nextCursor");
    if (next == NULL) {
        json_write_null(writer);
    } else {
        char text[CURSOR_CHARACTERS + 1];
        cursor_format(next, text);
        json_write_text(writer, text);
    }
    json_write_object_end(writer);
}
