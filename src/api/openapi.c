/* See openapi.h. The document from its first member to its last; the shapes in it are
 * openapi_schema.c's. */
#include "api/openapi.h"

#include "api/credentials.h"
#include "api/examples.h"
#include "api/openapi_schema.h"
#include "api/problem.h"
#include "api/session_cookie.h"
#include "base/check.h"
#include "http/status_code.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define NAME_BYTES 256

/* What the document is made with. */
struct document {
    struct json_writer writer;
    const struct route *routes;
    size_t route_count;
};

static void put_reference(struct json_writer *writer, const char *kind, const char *name)
{
    char pointer[NAME_BYTES + 32];
    const int length = snprintf(pointer, sizeof pointer, "#/components/%s/%s", kind, name);
    CHECK(length > 0 && (size_t)length < sizeof pointer);
    json_write_object_begin(writer);
    json_write_text_member(writer, "$ref", pointer);
    json_write_object_end(writer);
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

/* ---- Headers ---- */

static const struct {
    const char *name, *header, *meaning, *pattern;
} headers[] = {
    {"requestId", "X-Request-Id", "The request's own, or one of the server's.",
     "^[A-Za-z0-9._-]{1,64}$"},
    {"private", "Cache-Control", "Nobody keeps the answer.", "^no-store$"},
    {"public", "Cache-Control", "How long caches may keep the answer.", "^public, max-age=[0-9]+$"},
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

static void put_header(struct json_writer *writer, const char *name)
{
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        if (strcmp(headers[i].name, name) != 0)
            continue;
        json_write_key(writer, headers[i].header);
        put_reference(writer, "headers", name);
        return;
    }
    UNREACHABLE("a header that is not described");
}

static bool is_optional(const char *header)
{
    return strcmp(header, "Idempotency-Replayed") == 0;
}

static void put_headers(struct json_writer *writer)
{
    json_write_key(writer, "headers");
    json_write_object_begin(writer);
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        json_write_key(writer, headers[i].name);
        json_write_object_begin(writer);
        json_write_text_member(writer, "description", headers[i].meaning);
        json_write_key(writer, "required");
        json_write_boolean(writer, !is_optional(headers[i].header));
        json_write_key(writer, "schema");
        json_write_object_begin(writer);
        json_write_text_member(writer, "type", "string");
        json_write_text_member(writer, "pattern", headers[i].pattern);
        json_write_object_end(writer);
        json_write_object_end(writer);
    }
    json_write_object_end(writer);
}

/* ---- Examples ---- */

static const struct example *example_find(const struct route *route, int status, const char *code)
{
    size_t count;
    const struct example *table = examples(&count);
    for (size_t i = 0; i < count; i++)
        if (table[i].status == status && strcmp(table[i].code, code) == 0 &&
            (route == NULL || strcmp(table[i].route, route->name) == 0))
            return &table[i];
    return NULL;
}

static void put_example(struct json_writer *writer, const char *name, const char *json)
{
    json_write_key(writer, name);
    json_write_object_begin(writer);
    json_write_key(writer, "value");
    json_write_raw(writer, json, strlen(json));
    json_write_object_end(writer);
}

/* ---- Refusals ---- */

/* The first refusal of each code: those that share one are told in the same shape. */
static uint64_t one_a_code(uint64_t refusals)
{
    uint64_t kept = 0;
    for (int i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++) {
        bool known = (refusals >> i & 1) == 0;
        for (int before = REFUSAL_NONE + 1; before < i && !known; before++)
            known = (kept >> before & 1) != 0 && strcmp(refusal_schema((enum refusal)before)->code,
                                                        refusal_schema((enum refusal)i)->code) == 0;
        if (!known)
            kept |= UINT64_C(1) << i;
    }
    return kept;
}

static uint64_t of_status(uint64_t refusals, int status)
{
    uint64_t kept = 0;
    for (int i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++)
        if ((refusals >> i & 1) != 0 && refusal_schema((enum refusal)i)->status == status)
            kept |= UINT64_C(1) << i;
    return one_a_code(kept);
}

/* What follows from a status, for every problem. */
static void put_problem_headers(struct json_writer *writer, int status, bool retry)
{
    json_write_key(writer, "headers");
    json_write_object_begin(writer);
    put_header(writer, "requestId");
    put_header(writer, "private");
    if (status == STATUS_UNAUTHORIZED)
        put_header(writer, "authenticate");
    if (status == STATUS_METHOD_NOT_ALLOWED)
        put_header(writer, "allow");
    if (retry)
        put_header(writer, "retry");
    json_write_object_end(writer);
}

static void put_problem_schemas(struct json_writer *writer, uint64_t refusals)
{
    char name[SCHEMA_NAME_BYTES];
    json_write_key(writer, "schema");
    json_write_object_begin(writer);
    json_write_key(writer, "oneOf");
    json_write_array_begin(writer);
    for (int i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++) {
        if ((refusals >> i & 1) == 0)
            continue;
        schema_name_problem((enum refusal)i, name);
        schema_reference(writer, name);
    }
    json_write_array_end(writer);
    json_write_object_end(writer);
}

/* `route` NULL: the examples may be any route's. */
static void put_problem_examples(struct json_writer *writer, const struct route *route, int status,
                                 uint64_t refusals)
{
    json_write_key(writer, "examples");
    json_write_object_begin(writer);
    for (int i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++) {
        if ((refusals >> i & 1) == 0)
            continue;
        const char *code = refusal_schema((enum refusal)i)->code;
        const struct example *example = example_find(route, status, code);
        if (example == NULL)
            example = example_find(NULL, status, code);
        if (example != NULL)
            put_example(writer, code, example->answer);
    }
    json_write_object_end(writer);
}

/* "Not found", or "Forbidden; Cross-site". */
static void put_titles(struct json_writer *writer, uint64_t refusals)
{
    char titles[NAME_BYTES * 4];
    size_t length = 0;
    for (int i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++) {
        if ((refusals >> i & 1) == 0)
            continue;
        const int added = snprintf(titles + length, sizeof titles - length, "%s%s",
                                   length == 0 ? "" : "; ", refusal_schema((enum refusal)i)->title);
        CHECK(added > 0 && (size_t)added < sizeof titles - length);
        length += (size_t)added;
    }
    json_write_text_member(writer, "description", titles);
}

static void put_problem(struct json_writer *writer, const struct route *route, int status,
                        uint64_t refusals)
{
    bool retry = false;
    for (int i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++)
        retry |= (refusals >> i & 1) != 0 && refusal_schema((enum refusal)i)->retry_later;
    json_write_object_begin(writer);
    put_titles(writer, refusals);
    put_problem_headers(writer, status, retry);
    json_write_key(writer, "content");
    json_write_object_begin(writer);
    json_write_key(writer, "application/problem+json");
    json_write_object_begin(writer);
    put_problem_schemas(writer, refusals);
    put_problem_examples(writer, route, status, refusals);
    json_write_object_end(writer);
    json_write_object_end(writer);
    json_write_object_end(writer);
}

/* "400-bad_request-malformed_json": where routes share an answer, it stands once. */
static void problem_set_name(int status, uint64_t refusals, char name[static NAME_BYTES])
{
    int length = snprintf(name, NAME_BYTES, "%d", status);
    for (int i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++) {
        if ((refusals >> i & 1) == 0)
            continue;
        length += snprintf(name + length, NAME_BYTES - (size_t)length, "-%s",
                           refusal_schema((enum refusal)i)->code);
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

static void put_problems(struct json_writer *writer, const struct route *route)
{
    const uint64_t refusals = route_refusals(route);
    for (size_t i = 0; i < STATUS_COUNT; i++) {
        const int status = problem_statuses[i];
        const uint64_t here = of_status(refusals, status);
        char key[8], name[NAME_BYTES];
        if (here == 0)
            continue;
        (void)snprintf(key, sizeof key, "%d", status);
        json_write_key(writer, key);
        problem_set_name(status, here, name);
        if (is_shared(route, status))
            put_reference(writer, "responses", name);
        else
            put_problem(writer, route, status, here);
    }
}

/* Whether an earlier route has the same shared answer. */
static bool was_put(const struct document *document, size_t before, int status, uint64_t refusals)
{
    for (size_t i = 0; i < before; i++)
        if (is_shared(&document->routes[i], status) &&
            of_status(route_refusals(&document->routes[i]), status) == refusals)
            return true;
    return false;
}

/* What a request to any path may be answered, also to one that no route has. OpenAPI has no place
 * of its own for that. */
static void put_any_path(struct json_writer *writer)
{
    const uint64_t refusals = route_refusals_anywhere();
    json_write_key(writer, "x-any-path");
    json_write_object_begin(writer);
    json_write_key(writer, "responses");
    json_write_object_begin(writer);
    for (size_t i = 0; i < STATUS_COUNT; i++) {
        const uint64_t here = of_status(refusals, problem_statuses[i]);
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

static void put_shared_problems(struct document *document)
{
    struct json_writer *writer = &document->writer;
    json_write_key(writer, "responses");
    json_write_object_begin(writer);
    for (size_t i = 0; i < document->route_count; i++) {
        for (size_t k = 0; k < STATUS_COUNT; k++) {
            const int status = problem_statuses[k];
            const uint64_t here = of_status(route_refusals(&document->routes[i]), status);
            char name[NAME_BYTES];
            if (here == 0 || !is_shared(&document->routes[i], status) ||
                was_put(document, i, status, here))
                continue;
            problem_set_name(status, here, name);
            json_write_key(writer, name);
            put_problem(writer, NULL, status, here);
        }
    }
    json_write_object_end(writer);
}

/* ---- What was asked for ---- */

static void put_answer_headers(struct json_writer *writer, const struct route *route, int status)
{
    json_write_key(writer, "headers");
    json_write_object_begin(writer);
    put_header(writer, "requestId");
    put_header(writer, route->is_public ? "public" : "private");
    if (route->is_public)
        put_header(writer, "tag");
    if (status == STATUS_CREATED && route->location != NULL)
        put_header(writer, "location");
    if (route->object == OBJECT_session)
        put_header(writer, "cookie");
    if (route->method == METHOD_POST && route->access == ACCESS_SIGNED_IN)
        put_header(writer, "replayed");
    json_write_object_end(writer);
}

static void put_answer_schema(struct json_writer *writer, const struct route *route)
{
    char name[SCHEMA_NAME_BYTES];
    json_write_key(writer, "schema");
    if (route->object == OBJECT_NONE) {
        json_write_object_begin(writer);
        if (strcmp(route->content_type, "application/json") != 0)
            json_write_text_member(writer, "type", "string");
        json_write_object_end(writer);
        return;
    }
    if (route->answers == ROUTE_ANSWERS_PAGE)
        schema_name_page(route->object, name);
    else
        schema_name_object(route->object, name);
    schema_reference(writer, name);
}

static void put_answer(struct json_writer *writer, const struct route *route, int status)
{
    const struct example *example = example_find(route, status, "");
    char key[8];
    (void)snprintf(key, sizeof key, "%d", status);
    json_write_key(writer, key);
    json_write_object_begin(writer);
    json_write_text_member(writer, "description", route->summary);
    put_answer_headers(writer, route, status);
    if (status != STATUS_NO_CONTENT && status != STATUS_NOT_MODIFIED) {
        json_write_key(writer, "content");
        json_write_object_begin(writer);
        json_write_key(writer,
                       route->content_type == NULL ? "application/json" : route->content_type);
        json_write_object_begin(writer);
        put_answer_schema(writer, route);
        if (example != NULL) {
            json_write_key(writer, "examples");
            json_write_object_begin(writer);
            put_example(writer, "recorded", example->answer);
            json_write_object_end(writer);
        }
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
        put_answer(writer, route, STATUS_OK);
        if (route->is_public)
            put_answer(writer, route, STATUS_NOT_MODIFIED);
        return;
    case ROUTE_ANSWERS_CREATED:
        put_answer(writer, route, STATUS_CREATED);
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

static void put_body(struct json_writer *writer, const struct route *route)
{
    char name[SCHEMA_NAME_BYTES];
    const struct example *example = NULL;
    if (route->body == BODY_OF_NOTHING)
        return;
    for (int status = STATUS_OK; status <= STATUS_NO_CONTENT && example == NULL; status++)
        example = example_find(route, status, "");
    json_write_key(writer, "requestBody");
    json_write_object_begin(writer);
    json_write_key(writer, "required");
    json_write_boolean(writer, true);
    json_write_key(writer, "content");
    json_write_object_begin(writer);
    json_write_key(writer, "application/json");
    json_write_object_begin(writer);
    json_write_key(writer, "schema");
    schema_name_body(route->body, route->extent, name);
    schema_reference(writer, name);
    if (example != NULL && example->request[0] != '\0') {
        json_write_key(writer, "examples");
        json_write_object_begin(writer);
        put_example(writer, "recorded", example->request);
        json_write_object_end(writer);
    }
    json_write_object_end(writer);
    json_write_object_end(writer);
    json_write_object_end(writer);
}

static void begin_parameter(struct json_writer *writer, const char *name, const char *place,
                            const char *meaning)
{
    json_write_object_begin(writer);
    json_write_text_member(writer, "name", name);
    json_write_text_member(writer, "in", place);
    json_write_text_member(writer, "description", meaning);
    json_write_key(writer, "required");
    json_write_boolean(writer, strcmp(place, "path") == 0);
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
    begin_parameter(writer, name, "path", "Which one.");
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
    begin_parameter(writer, name, "header", meaning);
    json_write_object_begin(writer);
    json_write_text_member(writer, "type", "string");
    json_write_object_end(writer);
    json_write_object_end(writer);
}

static void put_parameters(struct json_writer *writer, const struct route *route)
{
    const char *names = route->parameters;
    const struct query_parameter *parameter;
    json_write_key(writer, "parameters");
    json_write_array_begin(writer);
    put_path_parameter(writer, route->pattern);
    while ((parameter = parameter_next(&names)) != NULL) {
        begin_parameter(writer, parameter->query, "query", parameter->meaning);
        schema_parameter(writer, parameter);
        json_write_object_end(writer);
    }
    if (route->method == METHOD_POST && route->access == ACCESS_SIGNED_IN)
        put_header_parameter(writer, "Idempotency-Key",
                             "Names the request, so that sent again it has no second effect: 1 to "
                             "255 characters of ASCII.");
    if (route->is_public)
        put_header_parameter(writer, "If-None-Match", "The ETag of the answer that one has.");
    json_write_array_end(writer);
}

static void put_scheme(struct json_writer *writer, const char *name)
{
    json_write_object_begin(writer);
    if (name != NULL) {
        json_write_key(writer, name);
        json_write_array_begin(writer);
        json_write_array_end(writer);
    }
    json_write_object_end(writer);
}

static void put_security(struct json_writer *writer, const struct route *route)
{
    json_write_key(writer, "security");
    json_write_array_begin(writer);
    switch (route->access) {
    case ACCESS_PUBLIC:
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

static void put_operation(struct json_writer *writer, const struct route *route)
{
    static const char *const keys[] = {
        [METHOD_GET] = "get",
        [METHOD_POST] = "post",
        [METHOD_PATCH] = "patch",
        [METHOD_DELETE] = "delete",
    };
    json_write_key(writer, keys[route->method]);
    json_write_object_begin(writer);
    put_operation_id(writer, route->name);
    json_write_text_member(writer, "summary", route->summary);
    put_security(writer, route);
    put_parameters(writer, route);
    put_body(writer, route);
    json_write_key(writer, "responses");
    json_write_object_begin(writer);
    put_route_answers(writer, route);
    put_problems(writer, route);
    json_write_object_end(writer);
    json_write_object_end(writer);
}

/* ---- The whole ---- */

static bool has_path_before(const struct document *document, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(document->routes[i].pattern, document->routes[index].pattern) == 0)
            return true;
    return false;
}

static void put_paths(struct document *document)
{
    struct json_writer *writer = &document->writer;
    json_write_key(writer, "paths");
    json_write_object_begin(writer);
    for (size_t i = 0; i < document->route_count; i++) {
        if (has_path_before(document, i))
            continue;
        json_write_key(writer, document->routes[i].pattern);
        json_write_object_begin(writer);
        for (size_t k = i; k < document->route_count; k++)
            if (strcmp(document->routes[k].pattern, document->routes[i].pattern) == 0)
                put_operation(writer, &document->routes[k]);
        json_write_object_end(writer);
    }
    json_write_object_end(writer);
}

static bool is_paged(const struct document *document, enum object_name object)
{
    for (size_t i = 0; i < document->route_count; i++)
        if (document->routes[i].answers == ROUTE_ANSWERS_PAGE &&
            document->routes[i].object == object)
            return true;
    return false;
}

/* Objects that only say what a refusal tells stand in the shapes of the problems. */
static bool is_told(enum object_name object)
{
    for (int i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++)
        if (problem_object((enum refusal)i) == object)
            return true;
    return false;
}

static void put_objects(struct document *document)
{
    struct json_writer *writer = &document->writer;
    char name[SCHEMA_NAME_BYTES];
    for (enum object_name object = 0; object < OBJECT_COUNT; object++) {
        if (is_told(object))
            continue;
        schema_name_object(object, name);
        json_write_key(writer, name);
        schema_object(writer, object);
        if (!is_paged(document, object))
            continue;
        schema_name_page(object, name);
        json_write_key(writer, name);
        schema_page(writer, object);
    }
}

static bool is_taken(const struct document *document, enum body_name body, enum body_extent extent)
{
    for (size_t i = 0; i < document->route_count; i++)
        if (document->routes[i].body == body && document->routes[i].extent == extent)
            return true;
    return false;
}

/* Whether it is an element of another body. */
static bool is_element(enum body_name body)
{
    for (enum body_name other = 0; other < BODY_OF_COUNT; other++)
        for (size_t i = 0; i < body_schema(other)->field_count; i++)
            if (body_schema(other)->fields[i].type == BODY_OBJECTS &&
                body_schema(other)->fields[i].element == (unsigned)body)
                return true;
    return false;
}

static void put_bodies(struct document *document)
{
    struct json_writer *writer = &document->writer;
    char name[SCHEMA_NAME_BYTES];
    for (enum body_name body = 0; body < BODY_OF_COUNT; body++) {
        for (enum body_extent extent = BODY_WHOLE; extent <= BODY_PART; extent++) {
            if (!is_taken(document, body, extent) && (extent == BODY_PART || !is_element(body)))
                continue;
            schema_name_body(body, extent, name);
            json_write_key(writer, name);
            schema_body(writer, body, extent);
        }
    }
}

static void put_problem_shapes(struct document *document)
{
    struct json_writer *writer = &document->writer;
    uint64_t all = route_refusals_anywhere();
    char name[SCHEMA_NAME_BYTES];
    for (size_t i = 0; i < document->route_count; i++)
        all |= route_refusals(&document->routes[i]);
    all = one_a_code(all);
    for (int i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++) {
        if ((all >> i & 1) == 0)
            continue;
        schema_name_problem((enum refusal)i, name);
        json_write_key(writer, name);
        schema_problem(writer, (enum refusal)i);
    }
}

static void put_schemes(struct json_writer *writer)
{
    json_write_key(writer, "securitySchemes");
    json_write_object_begin(writer);
    json_write_key(writer, "bearer");
    json_write_object_begin(writer);
    json_write_text_member(writer, "type", "http");
    json_write_text_member(writer, "scheme", "bearer");
    json_write_text_member(writer, "description", "The token of a session.");
    json_write_object_end(writer);
    json_write_key(writer, "cookie");
    json_write_object_begin(writer);
    json_write_text_member(writer, "type", "apiKey");
    json_write_text_member(writer, "in", "cookie");
    json_write_text_member(writer, "name", SESSION_COOKIE);
    json_write_text_member(writer, "description",
                           "The same for browsers; over https its name is " SESSION_COOKIE_SECURE
                           ".");
    json_write_object_end(writer);
    json_write_object_end(writer);
}

static void put_components(struct document *document)
{
    struct json_writer *writer = &document->writer;
    json_write_key(writer, "components");
    json_write_object_begin(writer);
    json_write_key(writer, "schemas");
    json_write_object_begin(writer);
    put_objects(document);
    put_bodies(document);
    put_problem_shapes(document);
    json_write_object_end(writer);
    put_shared_problems(document);
    put_headers(writer);
    put_schemes(writer);
    json_write_object_end(writer);
}

static void put_info(struct json_writer *writer)
{
    json_write_key(writer, "info");
    json_write_object_begin(writer);
    json_write_text_member(writer, "title", "usher");
    json_write_text_member(writer, "version", "1");
    json_write_text_member(
        writer, "description",
        "Sells numbered seats to a crowd. Bodies are JSON, read strictly; times are RFC 3339; "
        "every error is application/problem+json (RFC 9457), and /problems/{code} says what it "
        "means. HEAD works where GET does. Examples were recorded while the tests ran.");
    json_write_object_end(writer);
    json_write_key(writer, "servers");
    json_write_raw(writer, "[{\"url\":\"/\"}]", 13);
}

enum result openapi_write(struct buffer *out)
{
    struct document document = {0};
    struct json_writer *writer = &document.writer;
    document.routes = routes(&document.route_count);
    json_write_init(writer, out);
    json_write_object_begin(writer);
    json_write_text_member(writer, "openapi", "3.1.0");
    put_info(writer);
    put_paths(&document);
    put_components(&document);
    put_any_path(writer);
    json_write_object_end(writer);
    return writer->failed ? RESULT_NO_MEMORY : RESULT_OK;
}
