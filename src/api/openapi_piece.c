/* See openapi_piece.h. */
#include "api/openapi_piece.h"

#include "base/check.h"

#include <stdio.h>
#include <string.h>

/* Bytes for the path of a component: no name of one is longer than 256. */
#define POINTER_BYTES 288

void openapi_reference(struct json_writer *writer, const char *kind, const char *name)
{
    char pointer[POINTER_BYTES];
    const int length = snprintf(pointer, sizeof pointer, "#/components/%s/%s", kind, name);
    CHECK(length > 0 && (size_t)length < sizeof pointer);
    json_write_object_begin(writer);
    json_write_text_member(writer, "$ref", pointer);
    json_write_object_end(writer);
}

/* ---- Headers ---- */

static const struct {
    const char *name, *header, *meaning, *pattern;
} headers[] = {
    {"requestId", "X-Request-Id", "The request's own, or one of the server's.",
     "^[A-Za-z0-9._-]{1,64}$"},
    {"build", "X-Usher-Build", "Which build answered: a page that sees another than before is old.",
     "^[!-~]{1,64}$"},
    {"private", "Cache-Control", "Nobody keeps the answer.", "^no-store$"},
    {"public", "Cache-Control",
     "How long caches may keep the answer; nobody keeps what only organizers see.",
     "^(public, max-age=[0-9]+(, immutable)?|no-store)$"},
    {"tag", "ETag", "What If-None-Match takes.", "^\"[^\"]+\"$"},
    {"location", "Location", "Where the thing that was made is found.", "^/"},
    {"cookie", "Set-Cookie", "The session for browsers; or that there is none any more.",
     "usher_session="},
    {"replayed", "Idempotency-Replayed",
     "The request was done before, under the same Idempotency-Key.", "^true$"},
    {"retry", "Retry-After", "Seconds after which it is worth trying again.", "^[1-9][0-9]*$"},
    {"authenticate", "WWW-Authenticate", "How to sign in.", "^Bearer"},
    {"allow", "Allow", "The methods that the path has.", "^[A-Z]+(, [A-Z]+)*$"},
};

void openapi_header(struct json_writer *writer, const char *name)
{
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        if (strcmp(headers[i].name, name) != 0)
            continue;
        json_write_key(writer, headers[i].header);
        openapi_reference(writer, "headers", name);
        return;
    }
    UNREACHABLE("a header that is not described");
}

/* A session that is made for somebody else comes without a cookie. */
static bool is_optional(const char *header)
{
    return strcmp(header, "Idempotency-Replayed") == 0 || strcmp(header, "Set-Cookie") == 0;
}

void openapi_headers(struct json_writer *writer)
{
    json_write_object_member_begin(writer, "headers");
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        json_write_object_member_begin(writer, headers[i].name);
        json_write_text_member(writer, "description", headers[i].meaning);
        json_write_boolean_member(writer, "required", !is_optional(headers[i].header));
        json_write_object_member_begin(writer, "schema");
        json_write_text_member(writer, "type", "string");
        json_write_text_member(writer, "pattern", headers[i].pattern);
        json_write_object_end(writer);
        json_write_object_end(writer);
    }
    json_write_object_end(writer);
}

/* ---- Examples ---- */

void openapi_example(struct json_writer *writer, const char *name, const char *json)
{
    json_write_object_member_begin(writer, name);
    json_write_key(writer, "value");
    json_write_raw(writer, json, strlen(json));
    json_write_object_end(writer);
}
