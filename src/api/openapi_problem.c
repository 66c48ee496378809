/* See openapi_problem.h. */
#include "api/openapi_problem.h"

#include "api/contract.h"
#include "api/examples.h"
#include "api/openapi_piece.h"
#include "api/openapi_schema.h"
#include "base/check.h"
#include "http/status_code.h"

#include <stdio.h>
#include <string.h>

/* Bytes for the name of a problem that routes share: its status and its codes. */
#define NAME_BYTES 256

static bool has_code(refusal_set refusals, const char *code)
{
    for (enum refusal refusal = REFUSAL_NONE; refusal_next(refusals, &refusal);)
        if (strcmp(refusal_schema(refusal)->code, code) == 0)
            return true;
    return false;
}

refusal_set openapi_one_a_code(refusal_set refusals)
{
    refusal_set kept = 0;
    for (enum refusal refusal = REFUSAL_NONE; refusal_next(refusals, &refusal);)
        if (!has_code(kept, refusal_schema(refusal)->code))
            kept |= REFUSAL_MASK(refusal);
    return kept;
}

static refusal_set of_status(refusal_set refusals, int status)
{
    refusal_set kept = 0;
    for (enum refusal refusal = REFUSAL_NONE; refusal_next(refusals, &refusal);)
        if (refusal_schema(refusal)->status == status)
            kept |= REFUSAL_MASK(refusal);
    return openapi_one_a_code(kept);
}

/* The headers that follow from a status, for every problem. */
static void put_problem_headers(struct json_writer *writer, int status, bool retry)
{
    json_write_object_member_begin(writer, "headers");
    openapi_header(writer, "requestId");
    openapi_header(writer, "build");
    openapi_header(writer, "private");
    if (status == STATUS_UNAUTHORIZED)
        openapi_header(writer, "authenticate");
    if (status == STATUS_METHOD_NOT_ALLOWED)
        openapi_header(writer, "allow");
    if (retry)
        openapi_header(writer, "retry");
    json_write_object_end(writer);
}

static void put_problem_schemas(struct json_writer *writer, refusal_set refusals)
{
    char name[SCHEMA_NAME_BYTES];
    json_write_object_member_begin(writer, "schema");
    json_write_array_member_begin(writer, "oneOf");
    for (enum refusal refusal = REFUSAL_NONE; refusal_next(refusals, &refusal);) {
        schema_name_problem(refusal, name);
        schema_reference(writer, name);
    }
    json_write_array_end(writer);
    json_write_object_end(writer);
}

/* `route` NULL: the examples may be any route's. */
static void put_problem_examples(struct json_writer *writer, const struct route *route, int status,
                                 refusal_set refusals)
{
    json_write_object_member_begin(writer, "examples");
    for (enum refusal refusal = REFUSAL_NONE; refusal_next(refusals, &refusal);) {
        const char *code = refusal_schema(refusal)->code;
        const struct example *example = example_find(route, status, code);
        if (example == NULL)
            example = example_find(NULL, status, code);
        if (example != NULL)
            openapi_example(writer, code, example->answer);
    }
    json_write_object_end(writer);
}

/* "Not found", or "Forbidden; Cross-site". */
static void put_titles(struct json_writer *writer, refusal_set refusals)
{
    char titles[NAME_BYTES * 4];
    size_t length = 0;
    for (enum refusal refusal = REFUSAL_NONE; refusal_next(refusals, &refusal);) {
        const int added = snprintf(titles + length, sizeof titles - length, "%s%s",
                                   length == 0 ? "" : "; ", refusal_schema(refusal)->title);
        CHECK(added > 0 && (size_t)added < sizeof titles - length);
        length += (size_t)added;
    }
    json_write_text_member(writer, "description", titles);
}

static void put_problem(struct json_writer *writer, const struct route *route, int status,
                        refusal_set refusals)
{
    bool retry = false;
    for (enum refusal refusal = REFUSAL_NONE; refusal_next(refusals, &refusal);)
        retry |= refusal_schema(refusal)->retry_later;
    json_write_object_begin(writer);
    put_titles(writer, refusals);
    put_problem_headers(writer, status, retry);
    json_write_object_member_begin(writer, "content");
    json_write_object_member_begin(writer, "application/problem+json");
    put_problem_schemas(writer, refusals);
    put_problem_examples(writer, route, status, refusals);
    json_write_object_end(writer);
    json_write_object_end(writer);
    json_write_object_end(writer);
}

/* "400-bad_request-malformed_json": where routes share an answer, it stands once. */
static void problem_set_name(int status, refusal_set refusals, char name[static NAME_BYTES])
{
    int length = snprintf(name, NAME_BYTES, "%d", status);
    for (enum refusal refusal = REFUSAL_NONE; refusal_next(refusals, &refusal);) {
        length += snprintf(name + length, NAME_BYTES - (size_t)length, "-%s",
                           refusal_schema(refusal)->code);
        CHECK(length < NAME_BYTES);
    }
}

/* Whether no refusal of the status is the route's own. */
static bool is_shared(const struct route *route, int status)
{
    return of_status(route->refusals, status) == 0;
}

static const int problem_statuses[] = {
#define STATUS(code, name, reason) code,
#include "http/status_code.def"
};
#define STATUS_COUNT (sizeof problem_statuses / sizeof problem_statuses[0])

void openapi_problems(struct json_writer *writer, const struct route *route)
{
    const refusal_set refusals = route_refusals(route);
    for (size_t i = 0; i < STATUS_COUNT; i++) {
        const int status = problem_statuses[i];
        const refusal_set here = of_status(refusals, status);
        char key[8], name[NAME_BYTES];
        if (here == 0)
            continue;
        (void)snprintf(key, sizeof key, "%d", status);
        json_write_key(writer, key);
        problem_set_name(status, here, name);
        if (is_shared(route, status))
            openapi_reference(writer, "responses", name);
        else
            put_problem(writer, route, status, here);
    }
}

/* Whether an earlier route has the same shared answer. */
static bool was_put(const struct route *routes, size_t before, int status, refusal_set refusals)
{
    for (size_t i = 0; i < before; i++)
        if (is_shared(&routes[i], status) &&
            of_status(route_refusals(&routes[i]), status) == refusals)
            return true;
    return false;
}

void openapi_any_path(struct json_writer *writer)
{
    const refusal_set refusals = route_refusals_anywhere();
    json_write_object_member_begin(writer, "x-any-path");
    json_write_object_member_begin(writer, "responses");
    for (size_t i = 0; i < STATUS_COUNT; i++) {
        const refusal_set here = of_status(refusals, problem_statuses[i]);
        char key[8];
        if (here == 0)
            continue;
        (void)snprintf(key, sizeof key, "%d", problem_statuses[i]);
        json_write_key(writer, key);
        put_problem(writer, NULL, problem_statuses[i], here);
    }
    json_write_object_end(writer);
    json_write_object_end(writer);
}

void openapi_shared_problems(struct json_writer *writer, const struct route *routes, size_t count)
{
    json_write_object_member_begin(writer, "responses");
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < STATUS_COUNT; k++) {
            const int status = problem_statuses[k];
            const refusal_set here = of_status(route_refusals(&routes[i]), status);
            char name[NAME_BYTES];
            if (here == 0 || !is_shared(&routes[i], status) || was_put(routes, i, status, here))
                continue;
            problem_set_name(status, here, name);
            json_write_key(writer, name);
            put_problem(writer, NULL, status, here);
        }
    }
    json_write_object_end(writer);
}
