/* See openapi_operation.h. */
#include "api/openapi_operation.h"

#include "api/contract.h"
#include "api/examples.h"
#include "api/openapi_piece.h"
#include "api/openapi_problem.h"
#include "api/openapi_schema.h"
#include "base/check.h"
#include "http/status_code.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* ---- What was asked for ---- */

/* A plan is changed by who knows what it is. */
static bool route_shows_version(const struct route *route)
{
    return (route->object == OBJECT_stored_plan || route->object == OBJECT_whole_plan) &&
           route->answers != ROUTE_ANSWERS_PAGE;
}

static void put_answer_headers(struct json_writer *writer, const struct route *route, int status)
{
    json_write_object_member_begin(writer, "headers");
    openapi_header(writer, "requestId");
    openapi_header(writer, "build");
    openapi_header(writer, route->is_public ? "public" : "private");
    if (route->is_public || route_shows_version(route))
        openapi_header(writer, "tag");
    if ((status == STATUS_CREATED || status == STATUS_ACCEPTED) && route->location != NULL)
        openapi_header(writer, "location");
    if (route->object == OBJECT_session)
        openapi_header(writer, "cookie");
    if (route_takes_key(route))
        openapi_header(writer, "replayed");
    json_write_object_end(writer);
}

static void name_answer(const struct route *route, enum object_name object,
                        char name[static SCHEMA_NAME_BYTES])
{
    if (route->answers == ROUTE_ANSWERS_PAGE)
        schema_name_page(object, name);
    else
        schema_name_object(object, name);
}

static void put_reference(struct json_writer *writer, const struct route *route,
                          enum object_name object)
{
    char name[SCHEMA_NAME_BYTES];
    name_answer(route, object, name);
    schema_reference(writer, name);
}

/* An empty page is one of either. */
static void put_either(struct json_writer *writer, const struct route *route)
{
    json_write_object_begin(writer);
    json_write_array_member_begin(writer, route->answers == ROUTE_ANSWERS_PAGE ? "anyOf" : "oneOf");
    put_reference(writer, route, route->object);
    put_reference(writer, route, route->other);
    json_write_array_end(writer);
    json_write_object_end(writer);
}

static void put_answer_schema(struct json_writer *writer, const struct route *route,
                              const char *type)
{
    json_write_key(writer, "schema");
    if (route->answers == ROUTE_ANSWERS_EXPORT) {
        schema_export(writer, route->object);
        return;
    }
    if (route->answers == ROUTE_ANSWERS_STREAM) {
        schema_events(writer);
        return;
    }
    if (route->object == OBJECT_NONE) {
        json_write_object_begin(writer);
        if (strcmp(type, "application/json") != 0)
            json_write_text_member(writer, "type", "string");
        json_write_object_end(writer);
        return;
    }
    if (route->has_other) {
        put_either(writer, route);
        return;
    }
    put_reference(writer, route, route->object);
}

/* Of what was asked for, recorded; where there are two answers each has its own. */
static void put_answer_examples(struct json_writer *writer, const struct route *route, int status)
{
    char other[SCHEMA_NAME_BYTES] = "";
    if (route->has_other)
        name_answer(route, route->other, other);
    const struct example *example = example_find(route, status, "");
    const struct example *of_other = route->has_other ? example_find(route, status, other) : NULL;
    if (example == NULL && of_other == NULL)
        return;
    json_write_object_member_begin(writer, "examples");
    if (example != NULL)
        openapi_example(writer, "recorded", example->answer);
    if (of_other != NULL)
        openapi_example(writer, other, of_other->answer);
    json_write_object_end(writer);
}

static void put_answer(struct json_writer *writer, const struct route *route, int status)
{
    const char *type = route->content_type == NULL ? "application/json" : route->content_type;
    char key[8];
    (void)snprintf(key, sizeof key, "%d", status);
    json_write_object_member_begin(writer, key);
    json_write_text_member(writer, "description", route->summary);
    put_answer_headers(writer, route, status);
    if (status != STATUS_NO_CONTENT && status != STATUS_NOT_MODIFIED) {
        json_write_object_member_begin(writer, "content");
        json_write_object_member_begin(writer, type);
        put_answer_schema(writer, route, type);
        put_answer_examples(writer, route, status);
        json_write_object_end(writer);
        json_write_object_end(writer);
    }
    json_write_object_end(writer);
}

static void put_route_answers(struct json_writer *writer, const struct route *route)
{
    switch (route->answers) {
    case ROUTE_ANSWERS_OBJECT:
    case ROUTE_ANSWERS_PAGE:
    case ROUTE_ANSWERS_TEXT:
    case ROUTE_ANSWERS_EXPORT:
    case ROUTE_ANSWERS_STREAM:
        put_answer(writer, route, STATUS_OK);
        if (route->is_public)
            put_answer(writer, route, STATUS_NOT_MODIFIED);
        return;
    case ROUTE_ANSWERS_CREATED:
        put_answer(writer, route, STATUS_CREATED);
        return;
    case ROUTE_ANSWERS_BEGUN:
        put_answer(writer, route, STATUS_ACCEPTED);
        return;
    case ROUTE_ANSWERS_EITHER:
        put_answer(writer, route, STATUS_OK);
        put_answer(writer, route, STATUS_CREATED);
        return;
    case ROUTE_ANSWERS_NOTHING:
        put_answer(writer, route, STATUS_NO_CONTENT);
        return;
    }
    UNREACHABLE("what a route answers");
}

/* ---- What is asked ---- */

static void put_sheet(struct json_writer *writer)
{
    json_write_object_member_begin(writer, "text/csv");
    json_write_key(writer, "schema");
    schema_sheet(writer);
    json_write_object_end(writer);
}

static void put_body(struct json_writer *writer, const struct route *route)
{
    char name[SCHEMA_NAME_BYTES];
    const struct example *example = NULL;
    if (route->body == BODY_OF_NOTHING)
        return;
    for (int status = STATUS_OK; status <= STATUS_NO_CONTENT && example == NULL; status++)
        example = example_find(route, status, "");
    json_write_object_member_begin(writer, "requestBody");
    json_write_boolean_member(writer, "required", !route->may_be_empty);
    json_write_object_member_begin(writer, "content");
    json_write_object_member_begin(writer, "application/json");
    json_write_key(writer, "schema");
    schema_name_body(route->body, route->extent, name);
    schema_reference(writer, name);
    if (example != NULL && example->request[0] != '\0') {
        json_write_object_member_begin(writer, "examples");
        openapi_example(writer, "recorded", example->request);
        json_write_object_end(writer);
    }
    json_write_object_end(writer);
    if (route->may_be_sheet)
        put_sheet(writer);
    json_write_object_end(writer);
    json_write_object_end(writer);
}

static void begin_parameter(struct json_writer *writer, const char *name, const char *place,
                            const char *meaning, bool required)
{
    json_write_object_begin(writer);
    json_write_text_member(writer, "name", name);
    json_write_text_member(writer, "in", place);
    json_write_text_member(writer, "description", meaning);
    json_write_boolean_member(writer, "required", required);
    json_write_key(writer, "schema");
}

static void put_path_parameter(struct json_writer *writer, const char *pattern)
{
    const char *brace = strchr(pattern, '{');
    char name[ID_PREFIX_MAX + 1];
    if (brace == NULL)
        return;
    const size_t length = strcspn(brace + 1, "}");
    CHECK(length < sizeof name);
    memcpy(name, brace + 1, length);
    name[length] = '\0';
    begin_parameter(writer, name, "path", "Which one.", true);
    if (strcmp(name, "code") == 0) {
        json_write_object_begin(writer);
        json_write_text_member(writer, "type", "string");
        json_write_object_end(writer);
    } else {
        schema_id(writer, name);
    }
    json_write_object_end(writer);
}

static void put_header_parameter(struct json_writer *writer, const char *name, const char *meaning)
{
    begin_parameter(writer, name, "header", meaning, false);
    json_write_object_begin(writer);
    json_write_text_member(writer, "type", "string");
    json_write_object_end(writer);
    json_write_object_end(writer);
}

static void put_parameters(struct json_writer *writer, const struct route *route)
{
    struct parameter_walk walk = route_parameters(route);
    struct query_parameter parameter;
    json_write_array_member_begin(writer, "parameters");
    put_path_parameter(writer, route->pattern);
    while (parameter_next(&walk, &parameter)) {
        begin_parameter(writer, parameter.query, "query", parameter.meaning,
                        parameter.type == PARAMETER_NEEDED);
        schema_parameter(writer, &parameter);
        if (parameter.type == PARAMETER_SET) /* with commas between its items */
            json_write_boolean_member(writer, "explode", false);
        json_write_object_end(writer);
    }
    if (route_takes_key(route))
        put_header_parameter(writer, "Idempotency-Key",
                             "Names the request, so that sent again it has no second effect: 1 to "
                             "255 characters of ASCII.");
    if (route->answers == ROUTE_ANSWERS_STREAM)
        put_header_parameter(
            writer, "Last-Event-ID",
            "The last id that one was told: what changed since is told, or `reset`.");
    if ((route->refusals & REFUSAL_MASK(REFUSAL_PRECONDITION_REQUIRED)) != 0)
        put_header_parameter(writer, "If-Match",
                             "The ETag of what one read, or * for whatever is there: required.");
    if (route->is_public)
        put_header_parameter(writer, "If-None-Match", "The ETag of the answer that one has.");
    json_write_array_end(writer);
}

static void put_scheme(struct json_writer *writer, const char *name)
{
    json_write_object_begin(writer);
    if (name != NULL) {
        json_write_array_member_begin(writer, name);
        json_write_array_end(writer);
    }
    json_write_object_end(writer);
}

static void put_security(struct json_writer *writer, const struct route *route)
{
    json_write_array_member_begin(writer, "security");
    switch (route->access) {
    case ACCESS_PUBLIC:
    case ACCESS_EITHER:
    case ACCESS_METRICS:
        put_scheme(writer, NULL);
        put_scheme(writer, "bearer");
        put_scheme(writer, "cookie");
        break;
    case ACCESS_SIGNED_IN:
        put_scheme(writer, "bearer");
        put_scheme(writer, "cookie");
        break;
    case ACCESS_ANYBODY:
    case ACCESS_PROBE:
        break;
    }
    json_write_array_end(writer);
}

/* Which scope staff and API keys need, and whether anybody has the same of what is the own, or less
 * of it without the scope. */
static void put_scope(struct json_writer *writer, const struct route *route)
{
    const struct verb_need need = route_need(route);
    const enum scope scope = need.anybody ? route_scope_beyond(route) : need.scope;
    if (scope == SCOPE_NONE)
        return;
    json_write_text_member(writer, "x-scope", scope_texts[scope]);
    json_write_boolean_member(writer, "x-own", need.own);
    json_write_boolean_member(writer, "x-open", need.anybody);
}

/* "get_own_user" as clients' generators like it: "getOwnUser". */
static void put_operation_id(struct json_writer *writer, const char *name)
{
    char id[64];
    size_t length = 0;
    for (; *name != '\0'; name++) {
        CHECK(length + 1 < sizeof id);
        if (*name == '_')
            name++;
        id[length] = *name;
        if (length > 0 && name[-1] == '_')
            id[length] = (char)toupper((unsigned char)*name);
        length++;
    }
    id[length] = '\0';
    json_write_text_member(writer, "operationId", id);
}

void openapi_operation(struct json_writer *writer, const struct route *route)
{
    static const char *const keys[] = {
        [METHOD_GET] = "get",     [METHOD_POST] = "post",     [METHOD_PUT] = "put",
        [METHOD_PATCH] = "patch", [METHOD_DELETE] = "delete",
    };
    json_write_object_member_begin(writer, keys[route->method]);
    put_operation_id(writer, route->name);
    json_write_text_member(writer, "summary", route->summary);
    put_security(writer, route);
    put_scope(writer, route);
    put_parameters(writer, route);
    put_body(writer, route);
    json_write_object_member_begin(writer, "responses");
    put_route_answers(writer, route);
    openapi_problems(writer, route);
    json_write_object_end(writer);
    json_write_object_end(writer);
}
