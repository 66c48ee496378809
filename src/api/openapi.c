/* See openapi.h. The document from its first member to its last. */
#include "api/openapi.h"

#include "api/contract.h"
#include "api/openapi_operation.h"
#include "api/openapi_piece.h"
#include "api/openapi_problem.h"
#include "api/openapi_schema.h"
#include "api/problem.h"
#include "api/session_cookie.h"

#include <string.h>

/* The document while it is written. */
struct document {
    struct json_writer writer;
    const struct route *routes;
    size_t route_count;
};

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
    json_write_object_member_begin(writer, "paths");
    for (size_t i = 0; i < document->route_count; i++) {
        if (has_path_before(document, i))
            continue;
        json_write_object_member_begin(writer, document->routes[i].pattern);
        for (size_t k = i; k < document->route_count; k++)
            if (strcmp(document->routes[k].pattern, document->routes[i].pattern) == 0)
                openapi_operation(writer, &document->routes[k]);
        json_write_object_end(writer);
    }
    json_write_object_end(writer);
}

static bool is_paged(const struct document *document, enum object_name object)
{
    for (size_t i = 0; i < document->route_count; i++)
        if (document->routes[i].answers == ROUTE_ANSWERS_PAGE &&
            (document->routes[i].object == object ||
             (document->routes[i].has_other && document->routes[i].other == object)))
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

/* Whether it is a part of another body. */
static bool is_part(enum body_name body)
{
    for (enum body_name other = 0; other < BODY_OF_COUNT; other++)
        for (size_t i = 0; i < body_schema(other)->field_count; i++) {
            const struct body_field *field = &body_schema(other)->fields[i];
            if ((field->type == BODY_OBJECT || field->type == BODY_OBJECTS) &&
                field->element == (unsigned)body)
                return true;
        }
    return false;
}

static void put_bodies(struct document *document)
{
    struct json_writer *writer = &document->writer;
    char name[SCHEMA_NAME_BYTES];
    for (enum body_name body = 0; body < BODY_OF_COUNT; body++) {
        for (enum body_extent extent = BODY_WHOLE; extent <= BODY_PART; extent++) {
            if (!is_taken(document, body, extent) && (extent == BODY_PART || !is_part(body)))
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
    refusal_set all = route_refusals_anywhere();
    char name[SCHEMA_NAME_BYTES];
    for (size_t i = 0; i < document->route_count; i++)
        all |= route_refusals(&document->routes[i]);
    all = openapi_one_a_code(all);
    for (enum refusal refusal = REFUSAL_NONE; refusal_next(all, &refusal);) {
        schema_name_problem(refusal, name);
        json_write_key(writer, name);
        schema_problem(writer, refusal);
    }
}

static void put_schemes(struct json_writer *writer)
{
    json_write_object_member_begin(writer, "securitySchemes");
    json_write_object_member_begin(writer, "bearer");
    json_write_text_member(writer, "type", "http");
    json_write_text_member(writer, "scheme", "bearer");
    json_write_text_member(writer, "description", "The token of a session, or an API key.");
    json_write_object_end(writer);
    json_write_object_member_begin(writer, "cookie");
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
    json_write_object_member_begin(writer, "components");
    json_write_object_member_begin(writer, "schemas");
    put_objects(document);
    put_bodies(document);
    put_problem_shapes(document);
    json_write_object_end(writer);
    openapi_shared_problems(writer, document->routes, document->route_count);
    openapi_headers(writer);
    put_schemes(writer);
    json_write_object_end(writer);
}

static void put_info(struct json_writer *writer)
{
    json_write_object_member_begin(writer, "info");
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
    openapi_any_path(writer);
    json_write_object_end(writer);
    return writer->failed ? RESULT_NO_MEMORY : RESULT_OK;
}
