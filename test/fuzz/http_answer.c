/* See http_answer.h. */
#include "http_answer.h"

#include "fuzz.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <zlib.h>

#define HEADERS_MAX 32
#define NAME_BYTES 64
#define VALUE_BYTES 1024

struct header {
    char name[NAME_BYTES], value[VALUE_BYTES];
};

struct answer {
    int status;
    struct header headers[HEADERS_MAX];
    size_t header_count;
    const uint8_t *body;
    size_t body_length;
};

/* ---- Taking it apart ---- */

/* One line without its CR LF; false: there is no whole line. */
static bool take_line(struct fuzz_input *input, const uint8_t **line, size_t *length)
{
    const uint8_t *end = memmem(input->at, fuzz_left(input), "\r\n", 2);
    if (end == NULL)
        return false;
    *line = input->at;
    *length = (size_t)(end - input->at);
    input->at = end + 2;
    return true;
}

static bool begins_with(const uint8_t *bytes, size_t length, const char *text)
{
    return length >= strlen(text) && memcmp(bytes, text, strlen(text)) == 0;
}

static bool take_status(struct fuzz_input *input, struct answer *answer)
{
    const uint8_t *line;
    size_t length;
    if (!take_line(input, &line, &length))
        return false;
    CHECK(begins_with(line, length, "HTTP/1.1 ") || begins_with(line, length, "HTTP/1.0 "));
    CHECK(length > strlen("HTTP/1.1 200 ") && line[12] == ' ');
    answer->status = 0;
    for (size_t i = 9; i < 12; i++) {
        CHECK(line[i] >= '0' && line[i] <= '9');
        answer->status = answer->status * 10 + (line[i] - '0');
    }
    return true;
}

/* A header line has a name, a colon, and a value without control characters. */
static void read_header(const uint8_t *line, size_t length, struct answer *answer)
{
    const uint8_t *colon = memchr(line, ':', length);
    CHECK(answer->header_count < HEADERS_MAX && colon != NULL && colon > line);
    struct header *header = &answer->headers[answer->header_count++];
    const size_t name_length = (size_t)(colon - line);
    const uint8_t *value = colon + 1;
    while (value < line + length && *value == ' ')
        value++;
    const size_t value_length = (size_t)(line + length - value);
    CHECK(name_length < NAME_BYTES && value_length < VALUE_BYTES);
    for (size_t i = 0; i < length; i++)
        CHECK(line[i] >= ' ' && line[i] < 0x7f);
    memcpy(header->name, line, name_length);
    header->name[name_length] = '\0';
    memcpy(header->value, value, value_length);
    header->value[value_length] = '\0';
}

static bool take_headers(struct fuzz_input *input, struct answer *answer)
{
    const uint8_t *line;
    size_t length;
    answer->header_count = 0;
    while (take_line(input, &line, &length)) {
        if (length == 0)
            return true;
        read_header(line, length, answer);
    }
    return false;
}

/* NULL: not there. No header that counts comes twice. */
static const char *header_of(const struct answer *answer, const char *name)
{
    const char *value = NULL;
    for (size_t i = 0; i < answer->header_count; i++) {
        if (strcasecmp(answer->headers[i].name, name) != 0)
            continue;
        CHECK(value == NULL);
        value = answer->headers[i].value;
    }
    return value;
}

/* The size of a chunk, in the one form that the server writes (RFC 9112, 7.1). */
static size_t chunk_size(const uint8_t *line, size_t length)
{
    char text[17];
    CHECK(length > 0 && length < sizeof text && (line[0] != '0' || length == 1));
    memcpy(text, line, length);
    text[length] = '\0';
    CHECK(strspn(text, "0123456789abcdef") == length);
    return strtoull(text, NULL, 16);
}

/* A stream's chunks: up to the last, or as far as they came until the client left. Of HTTP/1.0: the
 * rest. */
static void take_stream(struct fuzz_input *input, bool chunked)
{
    const uint8_t *line;
    size_t length;
    while (chunked && take_line(input, &line, &length)) {
        const size_t size = chunk_size(line, length);
        if (size + 2 > fuzz_left(input))
            break;
        CHECK(memcmp(input->at + size, "\r\n", 2) == 0);
        input->at += size + 2;
        if (size == 0)
            return;
    }
    input->at = input->end;
}

static bool is_stream(const struct answer *answer)
{
    const char *type = header_of(answer, "Content-Type");
    return answer->status == 200 && type != NULL &&
           (strcmp(type, "text/event-stream") == 0 || strcmp(type, "text/csv; charset=utf-8") == 0);
}

/* None of our bodies begins as an answer does, so that a body that is missing after a HEAD is told
 * from one that is there. */
static bool take_body(struct fuzz_input *input, struct answer *answer, bool headless)
{
    const char *announced = header_of(answer, "Content-Length");
    const char *coding = header_of(answer, "Transfer-Encoding");
    CHECK(coding == NULL || (strcmp(coding, "chunked") == 0 && is_stream(answer)));
    char *end = NULL;
    size_t length = announced == NULL ? 0 : strtoull(announced, &end, 10);
    CHECK(announced == NULL || (end != announced && *end == '\0'));
    const bool empty = fuzz_left(input) == 0 || begins_with(input->at, fuzz_left(input), "HTTP/1.");
    if (is_stream(answer)) {
        CHECK(announced == NULL);
        answer->body_length = 0;
        if (!(empty && headless))
            take_stream(input, coding != NULL);
        return true;
    }
    if (answer->status < 200 || answer->status == 204 || answer->status == 304 ||
        (empty && headless))
        length = 0;
    else
        CHECK(announced != NULL);
    if (length > fuzz_left(input))
        return false;
    answer->body = input->at;
    answer->body_length = length;
    input->at += length;
    return true;
}

/* ---- What must hold ---- */

static void check_header_names(const struct answer *answer)
{
    static const char *const known[] = {
        "Access-Control-Allow-Headers",
        "Access-Control-Allow-Methods",
        "Access-Control-Allow-Origin",
        "Access-Control-Expose-Headers",
        "Access-Control-Max-Age",
        "Allow",
        "Cache-Control",
        "Connection",
        "Content-Encoding",
        "Content-Length",
        "Content-Security-Policy",
        "Content-Type",
        "Cross-Origin-Opener-Policy",
        "Cross-Origin-Resource-Policy",
        "Date",
        "ETag",
        "Idempotency-Replayed",
        "Link",
        "Location",
        "Permissions-Policy",
        "Referrer-Policy",
        "Retry-After",
        "Set-Cookie",
        "Strict-Transport-Security",
        "Transfer-Encoding",
        "Vary",
        "WWW-Authenticate",
        "X-Accel-Buffering",
        "X-Content-Type-Options",
        "X-Request-Id",
        "X-Usher-Build",
    };
    for (size_t i = 0; i < answer->header_count; i++) {
        size_t at = 0;
        while (at < sizeof known / sizeof known[0] &&
               strcasecmp(known[at], answer->headers[i].name) != 0)
            at++;
        CHECK(at < sizeof known / sizeof known[0]);
    }
}

static const char *text_at(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    CHECK(text != NULL && text[0] != '\0');
    return text;
}

static void check_problem(const struct answer *answer, const json_t *problem)
{
    const int status = answer->status;
    const char *code = text_at(problem, "code");
    CHECK(json_integer_value(json_object_get(problem, "status")) == status);
    CHECK(strcmp(text_at(problem, "requestId"), header_of(answer, "X-Request-Id")) == 0);
    CHECK(strncmp(text_at(problem, "type"), "/problems/", 10) == 0);
    CHECK(strcmp(text_at(problem, "type") + 10, code) == 0);
    (void)text_at(problem, "title");
    (void)text_at(problem, "detail");
    /* The only errors of the machine that a sound one has. */
    CHECK(status < 500 || status == 501 || status == 505 ||
          (status == 503 && (strcmp(code, "busy") == 0 || strcmp(code, "capacity") == 0)));
}

/* The most that a body is when it is no longer coded: the world is small. */
#define DECODED_BYTES_MAX ((size_t)4 << 20)

static json_t *load_coded(const struct answer *answer)
{
    static uint8_t decoded[DECODED_BYTES_MAX];
    json_error_t error;
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)answer->body,
                       .avail_in = (uInt)answer->body_length,
                       .next_out = decoded,
                       .avail_out = DECODED_BYTES_MAX};
    CHECK(inflateInit2(&stream, 15 + 16) == Z_OK);
    CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_in == 0);
    const size_t length = stream.total_out;
    CHECK(inflateEnd(&stream) == Z_OK && length > answer->body_length);
    return json_loadb((const char *)decoded, length, JSON_REJECT_DUPLICATES, &error);
}

static void check_json(const struct answer *answer, const char *type)
{
    json_error_t error;
    const char *coding = header_of(answer, "Content-Encoding");
    CHECK(coding == NULL || (strcmp(coding, "gzip") == 0 && answer->status < 400));
    json_t *json = coding != NULL ? load_coded(answer)
                                  : json_loadb((const char *)answer->body, answer->body_length,
                                               JSON_REJECT_DUPLICATES, &error);
    CHECK(json_is_object(json));
    if (answer->status >= 400) {
        CHECK(strcmp(type, "application/problem+json") == 0);
        check_problem(answer, json);
    } else {
        CHECK(strcmp(type, "application/json") == 0);
    }
    json_decref(json);
}

static void check_body(const struct answer *answer)
{
    const char *type = header_of(answer, "Content-Type");
    if (answer->status == 204 || answer->status == 304) {
        CHECK(type == NULL);
        return;
    }
    CHECK(type != NULL);
    CHECK((strstr(type, "json") == NULL) == (header_of(answer, "Content-Security-Policy") != NULL));
    if (strstr(type, "json") == NULL)
        CHECK(answer->status == 200); /* metrics, a problem's page */
    else if (answer->body_length > 0)
        check_json(answer, type);
}

static void check_own(const struct answer *answer)
{
    const int status = answer->status;
    const char *id = header_of(answer, "X-Request-Id");
    CHECK(id != NULL && header_of(answer, "Date") != NULL);
    CHECK(strlen(id) >= 1 && strlen(id) <= 64 && strpbrk(id, " \"<>/") == NULL);
    CHECK(header_of(answer, "Cache-Control") != NULL);
    CHECK(strcmp(header_of(answer, "X-Content-Type-Options"), "nosniff") == 0);
    CHECK((status == 401) == (header_of(answer, "WWW-Authenticate") != NULL));
    CHECK((status == 405) == (header_of(answer, "Allow") != NULL));
    CHECK((status == 429 || status == 503) == (header_of(answer, "Retry-After") != NULL));
    CHECK(header_of(answer, "Location") == NULL || status == 201);
    CHECK(status != 304 || header_of(answer, "ETag") != NULL);
    check_body(answer);
}

static void check_answer(const struct answer *answer)
{
    CHECK(answer->status == 100 || (answer->status >= 200 && answer->status < 600));
    if (answer->status == 100)
        return;
    check_header_names(answer);
    check_own(answer);
}

static bool says_close(const struct answer *answer)
{
    const char *connection = header_of(answer, "Connection");
    return connection != NULL && strcasecmp(connection, "close") == 0;
}

/* ---- Summing up ---- */

/* The code of a problem; empty: it is none, or its body was not sent. */
static void find_code(const struct answer *answer, char code[static NAME_BYTES])
{
    static const char key[] = "\"code\":\"";
    const uint8_t *found = memmem(answer->body, answer->body_length, key, sizeof key - 1);
    size_t length = 0;
    if (answer->status >= 400 && found != NULL)
        for (found += sizeof key - 1; length + 1 < NAME_BYTES && *found != '"'; found++)
            code[length++] = (char)*found;
    code[length] = '\0';
}

static void sum_up(struct answer_summary *summary, const struct answer *answer)
{
    char line[NAME_BYTES + VALUE_BYTES + 64], code[NAME_BYTES];
    const char *type = header_of(answer, "Content-Type"), *allow = header_of(answer, "Allow");
    find_code(answer, code);
    const int written =
        snprintf(line, sizeof line, "%d %s %s%s%s %s\n", answer->status, type == NULL ? "-" : type,
                 says_close(answer) ? "close " : "", allow == NULL ? "" : allow,
                 answer->body_length == 0 ? " empty" : "", code);
    CHECK(written > 0 && (size_t)written < sizeof line);
    if ((size_t)written > sizeof summary->text - summary->length)
        return;
    memcpy(summary->text + summary->length, line, (size_t)written);
    summary->length += (size_t)written;
}

size_t check_answers(const uint8_t *bytes, size_t length, bool headless, bool torn,
                     struct answer_summary *summary)
{
    summary->length = 0;
    struct fuzz_input input = {.at = bytes, .end = bytes + length};
    size_t count = 0;
    bool closed = false;
    while (fuzz_left(&input) > 0) {
        struct answer answer;
        CHECK(!closed); /* nothing follows an answer that says so */
        if (!take_status(&input, &answer) || !take_headers(&input, &answer) ||
            !take_body(&input, &answer, headless)) {
            CHECK(torn);
            return count;
        }
        check_answer(&answer);
        closed = says_close(&answer);
        if (answer.status < 200)
            continue;
        sum_up(summary, &answer);
        count++;
    }
    return count;
}
