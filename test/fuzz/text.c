/* Ids, times and UTF-8: what src/base accepts of any bytes is held against other readers of the
 * same forms, made here from their definitions, and against what src/base itself writes. */
#include "fuzz.h"

#include "base/id.h"
#include "base/timestamp.h"
#include "base/utf8.h"

#include <regex.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

/* Longer texts than any of these forms has, but for a time's fraction and UTF-8. */
#define TEXT_BYTES_MAX 128

/* A C string of the input; false: it is too long or contains NUL. */
static bool as_string(const uint8_t *data, size_t size, char text[static TEXT_BYTES_MAX])
{
    if (size >= TEXT_BYTES_MAX || memchr(data, '\0', size) != NULL)
        return false;
    memcpy(text, data, size);
    text[size] = '\0';
    return true;
}

/* ---- Ids ---- */

/* TypeID 0.3: the first of 26 characters carries three bits. */
static bool is_suffix(const char *text)
{
    static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
    const size_t length = strlen(text);
    return length == ID_SUFFIX_CHARACTERS && strspn(text, digits) == length && text[0] <= '7' &&
           strspn(text, "0") != length;
}

static void check_id_text(const uint8_t *data, size_t size)
{
    static const char *const prefixes[] = {"", "u", "user", "token", "reservation", "twelve_twelv"};
    static const struct id untouched = {{0xee}};
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        const size_t length = strlen(prefixes[i]);
        char text[TEXT_BYTES_MAX], written[ID_TEXT_BYTES];
        struct id id = untouched;
        const bool wanted = as_string(data, size, text) &&
                            strncmp(text, prefixes[i], length) == 0 && text[length] == '_' &&
                            is_suffix(text + length + 1);
        CHECK(id_parse(prefixes[i], (const char *)data, size, &id) == wanted);
        if (wanted) {
            CHECK(!id_is_none(id));
            CHECK(id_format(prefixes[i], id, written) == size);
            CHECK(strcmp(written, text) == 0);
        } else {
            CHECK(id_equal(id, untouched));
        }
    }
}

static int sign(int number)
{
    return (number > 0) - (number < 0);
}

/* Two ids of any bytes: their texts read back, and stand in the same order. */
static void check_id_bytes(struct fuzz_input input)
{
    struct id ids[2];
    char texts[2][ID_TEXT_BYTES];
    for (size_t i = 0; i < 2; i++) {
        struct id read = ID_NONE;
        fuzz_take(&input, ids[i].bytes, ID_BYTES);
        const size_t length = id_format("seat", ids[i], texts[i]);
        CHECK(length == strlen(texts[i]) && length == strlen("seat_") + ID_SUFFIX_CHARACTERS);
        CHECK(id_parse("seat", texts[i], length, &read) == !id_is_none(ids[i]));
        CHECK(id_equal(read, ids[i]));
        CHECK(id_time(ids[i]) >= 0 && id_time(ids[i]) < INT64_C(1) << 48);
        CHECK(id_compare(id_floor(id_time(ids[i])), ids[i]) <= 0);
        CHECK(id_time(id_floor(id_time(ids[i]))) == id_time(ids[i]));
    }
    CHECK(sign(id_compare(ids[0], ids[1])) == sign(strcmp(texts[0], texts[1])));
    CHECK(id_equal(ids[0], ids[1]) == (id_compare(ids[0], ids[1]) == 0));
    CHECK(!id_equal(ids[0], ids[1]) || id_hash(ids[0]) == id_hash(ids[1]));
}

/* Whatever the seed and the clock do, ids rise, are UUIDs of version 7 and never lie behind the
 * clock. */
static void check_id_source(struct fuzz_input input)
{
    uint64_t seed[4];
    struct id_source source;
    struct id last = ID_NONE;
    fuzz_take(&input, seed, sizeof seed);
    id_source_init(&source, seed);
    while (fuzz_left(&input) > 0) {
        const timestamp_ms now = TIMESTAMP_MIN_MS + (int64_t)(fuzz_number(&input) >> 26);
        const struct id id = id_next(&source, now);
        CHECK(id_compare(last, id) < 0);
        CHECK(id_time(id) >= now);
        CHECK(id.bytes[6] >> 4 == 7 && id.bytes[8] >> 6 == 2);
        last = id;
    }
}

/* ---- Times ---- */

static int number_at(const char *text, size_t length)
{
    int number = 0;
    for (size_t i = 0; i < length; i++)
        number = number * 10 + (text[i] - '0');
    return number;
}

/* The time of a text that has RFC 3339's form, by the C library's calendar; false: there is no such
 * time of day or date. */
static bool time_of(const char *text, timestamp_ms *time)
{
    struct tm read = {
        .tm_year = number_at(text, 4) - 1900,
        .tm_mon = number_at(text + 5, 2) - 1,
        .tm_mday = number_at(text + 8, 2),
        .tm_hour = number_at(text + 11, 2),
        .tm_min = number_at(text + 14, 2),
        .tm_sec = number_at(text + 17, 2),
    };
    const bool leap = read.tm_sec == 60;
    read.tm_sec -= leap ? 1 : 0;
    struct tm made = read;
    const time_t seconds = timegm(&made);
    if (made.tm_year != read.tm_year || made.tm_mon != read.tm_mon ||
        made.tm_mday != read.tm_mday || made.tm_hour != read.tm_hour ||
        made.tm_min != read.tm_min || made.tm_sec != read.tm_sec)
        return false;
    int milliseconds = 0;
    const char *rest = text + 19;
    if (*rest == '.') {
        const size_t length = strspn(++rest, "0123456789");
        for (size_t i = 0; i < 3; i++)
            milliseconds = milliseconds * 10 + (i < length ? rest[i] - '0' : 0);
        rest += length;
    }
    int64_t offset_minutes = 0;
    if (*rest == '+' || *rest == '-') {
        const int hours = number_at(rest + 1, 2), minutes = number_at(rest + 4, 2);
        if (hours > 23 || minutes > 59)
            return false;
        offset_minutes = (hours * 60 + minutes) * (*rest == '-' ? -1 : 1);
    }
    *time = (leap ? seconds + 1 : seconds) * SECOND_MS + (leap ? 0 : milliseconds) -
            offset_minutes * MINUTE_MS;
    return *time >= TIMESTAMP_MIN_MS && *time < TIMESTAMP_END_MS;
}

static bool has_time_form(const char *text)
{
    static regex_t form;
    static bool compiled;
    if (!compiled)
        CHECK(regcomp(&form,
                      "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?"
                      "([Zz]|[+-][0-9]{2}:[0-9]{2})$",
                      REG_EXTENDED | REG_NOSUB) == 0);
    compiled = true;
    return regexec(&form, text, 0, NULL, 0) == 0;
}

static void check_time_text(const uint8_t *data, size_t size)
{
    static const timestamp_ms untouched = -7;
    char text[TEXT_BYTES_MAX], written[TIMESTAMP_TEXT_BYTES];
    timestamp_ms time = untouched, wanted = untouched;
    const bool accepted = timestamp_parse((const char *)data, size, &time);
    if (accepted) {
        timestamp_ms again;
        CHECK(time >= TIMESTAMP_MIN_MS && time < TIMESTAMP_END_MS);
        timestamp_format(time, written);
        CHECK(timestamp_parse(written, strlen(written), &again) && again == time);
    } else {
        CHECK(time == untouched);
    }
    if (size < TEXT_BYTES_MAX) {
        const bool good =
            as_string(data, size, text) && has_time_form(text) && time_of(text, &wanted);
        CHECK(accepted == good);
        CHECK(!good || time == wanted);
    }
}

/* Any time that can be written reads back, if it is one that is accepted. */
static void check_time_number(struct fuzz_input input)
{
    const timestamp_ms year_10000 = INT64_C(253402300800000);
    const timestamp_ms time = (timestamp_ms)(fuzz_number(&input) % (uint64_t)year_10000);
    char text[TIMESTAMP_TEXT_BYTES];
    timestamp_ms read = 0;
    timestamp_format(time, text);
    const bool accepted = time >= TIMESTAMP_MIN_MS && time < TIMESTAMP_END_MS;
    CHECK(strlen(text) == TIMESTAMP_TEXT_BYTES - 1 && has_time_form(text));
    CHECK(timestamp_parse(text, strlen(text), &read) == accepted);
    CHECK(read == (accepted ? time : 0));
}

/* ---- UTF-8 ---- */

/* The code point at the front of a text and the bytes it should take, by arithmetic: whatever the
 * bytes are, the caller compares them with the point's one good encoding. */
static uint32_t code_point(const uint8_t *at, size_t rest, size_t *length)
{
    *length = at[0] < 0x80 ? 1 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
    uint32_t point = *length == 1 ? at[0] : at[0] & (0xffu >> (*length + 1));
    for (size_t i = 1; i < *length; i++)
        point = point << 6 | (i < rest ? at[i] & 0x3fu : 0);
    return point;
}

static size_t encode(uint32_t point, uint8_t bytes[static 4])
{
    const size_t length = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--) {
        bytes[i] = (uint8_t)(0x80 | (point & 0x3f));
        point >>= 6;
    }
    bytes[0] = (uint8_t)(length == 1 ? point : ((0xf00u >> length) & 0xffu) | point);
    return length;
}

static void check_utf8(const uint8_t *data, size_t size)
{
    size_t count = 0, wanted = 0, at = 0;
    bool good = true;
    while (good && at < size) {
        uint8_t bytes[4];
        size_t length;
        const uint32_t point = code_point(data + at, size - at, &length);
        good = point <= 0x10ffff && (point < 0xd800 || point > 0xdfff) && length <= size - at &&
               encode(point, bytes) == length && memcmp(bytes, data + at, length) == 0;
        at += length;
        wanted++;
    }
    CHECK(utf8_count((const char *)data, size, &count) == good);
    CHECK(!good || count == wanted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct fuzz_input input = {.at = data, .end = data + size};
    check_id_text(data, size);
    check_id_bytes(input);
    check_id_source(input);
    check_time_text(data, size);
    check_time_number(input);
    check_utf8(data, size);
    return 0;
}
