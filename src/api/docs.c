/* See docs.h. The page from its first line to its last. */
#include "api/docs.h"

#include "api/docs_schema.h"

#include <string.h>

struct page {
    struct html html;
    json_t *document;
};

const char docs_style[] =
    ":root{color-scheme:light dark}\n"
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:0 1rem}\n"
    "h2{margin-top:3rem}\n"
    "article{margin:2rem 0;border-top:2px solid}\n"
    "h3,code,td,a{overflow-wrap:anywhere}\n"
    "code,pre{font:.9em/1.4 ui-monospace,monospace}\n"
    "pre{overflow-x:auto;padding:.5rem;border:1px solid}\n"
    "table{width:100%;border-collapse:collapse}\n"
    "th,td{text-align:left;vertical-align:top;padding:.25rem .5rem .25rem 0;border-top:1px solid}\n"
    "summary{cursor:pointer;padding:.5rem 0}\n"
    "nav li{padding:.25rem 0}\n"
    "@media(max-width:40rem){thead{display:none}tr{display:block;border-top:1px solid}\n"
    "td{display:block;border:0;padding:.1rem 0}}\n";

/* ---- An operation ---- */

static void tell_name(struct html *html, const char *method, const char *path)
{
    html_raw(html, "<code>");
    for (; *method != '\0'; method++)
        html_text_n(html, &(char){(char)(*method - 'a' + 'A')}, 1);
    html_raw(html, " ");
    html_text(html, path);
    html_raw(html, "</code>");
}

/* An alternative that asks for nothing stands first. */
static const char *session_of(json_t *operation)
{
    json_t *security = json_object_get(operation, "security");
    if (json_array_size(security) == 0)
        return "Session: not looked at.";
    return json_object_size(json_array_get(security, 0)) == 0 ? "Session: none is needed."
                                                              : "Session: needed.";
}

static void tell_parameters(struct html *html, json_t *operation)
{
    json_t *parameters = json_object_get(operation, "parameters");
    size_t index;
    json_t *parameter;
    if (json_array_size(parameters) == 0)
        return;
    html_raw(html, "<h4>Parameters</h4>\n"
                   "<table><thead><tr><th>Parameter<th>Value<th>Meaning</thead><tbody>\n");
    json_array_foreach(parameters, index, parameter)
    {
        html_raw(html, "<tr><td><code>");
        html_text(html, docs_member(parameter, "name"));
        html_raw(html, "</code> (");
        html_text(html, docs_member(parameter, "in"));
        html_raw(html, ")<td>");
        docs_value(html, json_object_get(parameter, "schema"));
        html_raw(html, "<td>");
        html_text(html, docs_member(parameter, "description"));
        html_raw(html, "\n");
    }
    html_raw(html, "</tbody></table>\n");
}

static void tell_headers(struct html *html, json_t *headers)
{
    const char *name;
    json_t *header;
    html_raw(html, "<p>Headers:");
    json_object_foreach(headers, name, header)
    {
        html_raw(html, " ");
        docs_link(html, docs_reference(header), name);
    }
    html_raw(html, "</p>\n");
}

static void tell_response(struct html *html, json_t *answer)
{
    html_raw(html, "<p>");
    html_text(html, docs_member(answer, "description"));
    html_raw(html, "</p>\n");
    tell_headers(html, json_object_get(answer, "headers"));
    docs_content(html, json_object_get(answer, "content"));
}

static json_t *components(const struct page *page, const char *kind)
{
    return json_object_get(json_object_get(page->document, "components"), kind);
}

/* What many routes may answer stands once, further down. */
static void tell_answers(struct page *page, json_t *answers)
{
    struct html *html = &page->html;
    const char *status;
    json_t *answer;
    html_raw(html, "<table><thead><tr><th>Status<th>Answer</thead><tbody>\n");
    json_object_foreach(answers, status, answer)
    {
        const char *shared = docs_reference(answer);
        html_raw(html, "<tr><td>");
        html_text(html, status);
        html_raw(html, "<td>");
        if (shared == NULL) {
            tell_response(html, answer);
            continue;
        }
        json_t *told = json_object_get(components(page, "responses"), strchr(shared, '/') + 1);
        docs_link(html, shared, docs_member(told, "description"));
        html_raw(html, "\n");
    }
    html_raw(html, "</tbody></table>\n");
}

static void tell_operation(struct page *page, const char *path, const char *method,
                           json_t *operation)
{
    struct html *html = &page->html;
    html_raw(html, "<article id=\"");
    html_text(html, docs_member(operation, "operationId"));
    html_raw(html, "\"><h3>");
    tell_name(html, method, path);
    html_raw(html, "</h3>\n<p>");
    html_text(html, docs_member(operation, "summary"));
    html_raw(html, ".</p>\n<p>");
    html_raw(html, session_of(operation));
    html_raw(html, "</p>\n");
    tell_parameters(html, operation);
    json_t *body = json_object_get(operation, "requestBody");
    if (body != NULL) {
        html_raw(html, "<h4>Body</h4>\n");
        docs_content(html, json_object_get(body, "content"));
    }
    html_raw(html, "<h4>Answers</h4>\n");
    tell_answers(page, json_object_get(operation, "responses"));
    html_raw(html, "</article>\n");
}

/* ---- The parts of the page ---- */

typedef void each_operation(struct page *page, const char *path, const char *method,
                            json_t *operation);

static void for_each_operation(struct page *page, each_operation *put)
{
    const char *path, *method;
    json_t *operations, *operation;
    json_object_foreach(json_object_get(page->document, "paths"), path, operations)
        json_object_foreach(operations, method, operation) put(page, path, method, operation);
}

static void tell_link(struct page *page, const char *path, const char *method, json_t *operation)
{
    struct html *html = &page->html;
    html_raw(html, "<li><a href=\"#");
    html_text(html, docs_member(operation, "operationId"));
    html_raw(html, "\">");
    tell_name(html, method, path);
    html_raw(html, "</a> ");
    html_text(html, docs_member(operation, "summary"));
    html_raw(html, "\n");
}

static void tell_routes(struct page *page)
{
    struct html *html = &page->html;
    html_raw(html, "<nav><h2>Contents</h2><ul>\n"
                   "<li><a href=\"#routes\">Routes</a>\n"
                   "<li><a href=\"#anywhere\">Answers that many routes share</a>\n"
                   "<li><a href=\"#objects\">Objects</a>\n"
                   "<li><a href=\"#headers\">Headers</a>\n"
                   "<li><a href=\"#sessions\">Sessions</a>\n"
                   "</ul><h2>All routes</h2><ul>\n");
    for_each_operation(page, tell_link);
    html_raw(html, "</ul></nav>\n<main>\n<h2 id=\"routes\">Routes</h2>\n");
    for_each_operation(page, tell_operation);
}

static void begin_component(struct html *html, const char *kind, const char *name)
{
    html_raw(html, "<article id=\"");
    html_raw(html, kind);
    html_raw(html, "/");
    html_text(html, name);
    html_raw(html, "\"><h3>");
    html_text(html, name);
    html_raw(html, "</h3>\n");
}

/* With what its description says. */
static void begin_described(struct html *html, const char *kind, const char *name,
                            json_t *described)
{
    begin_component(html, kind, name);
    html_raw(html, "<p>");
    html_text(html, docs_member(described, "description"));
    html_raw(html, "</p>\n");
}

static void tell_value(struct html *html, json_t *schema)
{
    html_raw(html, "<p>");
    docs_value(html, schema);
    html_raw(html, "</p>\n");
}

static void tell_shared_answers(struct page *page)
{
    struct html *html = &page->html;
    const char *name;
    json_t *answer;
    html_raw(html, "<h2 id=\"anywhere\">Answers that many routes share</h2>\n");
    json_object_foreach(components(page, "responses"), name, answer)
    {
        begin_component(html, "responses", name);
        tell_response(html, answer);
        html_raw(html, "</article>\n");
    }
    html_raw(html, "<article id=\"any-path\"><h3>A path or method that is none of these</h3>\n");
    tell_answers(page, json_object_get(json_object_get(page->document, "x-any-path"), "responses"));
    html_raw(html, "</article>\n");
}

static void tell_objects(struct page *page)
{
    struct html *html = &page->html;
    const char *name;
    json_t *schema;
    html_raw(html, "<h2 id=\"objects\">Objects</h2>\n");
    json_object_foreach(components(page, "schemas"), name, schema)
    {
        begin_described(html, "schemas", name, schema);
        tell_value(html, schema);
        docs_members(html, schema);
        html_raw(html, "</article>\n");
    }
}

static void tell_described(struct page *page, const char *kind)
{
    struct html *html = &page->html;
    const char *name;
    json_t *described;
    json_object_foreach(components(page, kind), name, described)
    {
        begin_described(html, kind, name, described);
        if (json_object_get(described, "schema") != NULL)
            tell_value(html, json_object_get(described, "schema"));
        html_raw(html, "</article>\n");
    }
}

static void tell_page(struct page *page)
{
    struct html *html = &page->html;
    json_t *info = json_object_get(page->document, "info");
    html_raw(html, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                   "<title>The API of ");
    html_text(html, docs_member(info, "title"));
    html_raw(html, "</title>\n<link rel=\"stylesheet\" href=\"/docs.css\"></head>\n"
                   "<body><header><h1>The API of ");
    html_text(html, docs_member(info, "title"));
    html_raw(html, "</h1>\n<p>");
    html_text(html, docs_member(info, "description"));
    html_raw(html, "</p>\n<p>For programs: <a href=\"/openapi.json\">/openapi.json</a>.</p>"
                   "</header>\n");
    tell_routes(page);
    tell_shared_answers(page);
    tell_objects(page);
    html_raw(html, "<h2 id=\"headers\">Headers</h2>\n");
    tell_described(page, "headers");
    html_raw(html, "<h2 id=\"sessions\">Sessions</h2>\n");
    tell_described(page, "securitySchemes");
    html_raw(html, "</main></body></html>\n");
}

enum result docs_write(const struct buffer *document, struct buffer *out)
{
    json_error_t error;
    struct page page = {
        .html = {.out = out},
        .document = json_loadb((const char *)document->data, document->length, 0, &error),
    };
    if (page.document == NULL)
        return RESULT_NO_MEMORY; /* it was written well */
    tell_page(&page);
    json_decref(page.document);
    return page.html.failed ? RESULT_NO_MEMORY : RESULT_OK;
}
