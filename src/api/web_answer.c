/* See web_answer.h. Nothing here asks the engine, and no page holds anything of a caller's: a page
 * is the same for everybody, and its script asks the API. */
#include "api/web_answer.h"

#include "api/problem.h"
#include "api/service.h"
#include "base/check.h"
#include "http/answer.h"
#include "http/coding.h"

#include <stdlib.h>
#include <string.h>

const char web_page_policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'";

#define CACHE_PAGE "no-cache"
#define CACHE_ASSET "public, max-age=31536000, immutable"

static const enum coding coding_of[WEB_FORM_COUNT] = {
    [WEB_PLAIN] = CODING_IDENTITY,
    [WEB_GZIP] = CODING_GZIP,
    [WEB_BROTLI] = CODING_BROTLI,
};

/* NULL: no memory. */
static struct cached_answer *make_body(const struct web_file *file, enum web_form form)
{
    const struct web_bytes *bytes = &file->forms[form];
    struct cached_answer *body = cached_answer_copy(bytes->data, bytes->length, file->content_type);
    if (body == NULL)
        return NULL;
    body->policy = file->is_page ? web_page_policy : NULL;
    body->coding = coding_of[form];
    body->varies = true;
    return body;
}

enum result web_answers_init(struct web_answers *answers)
{
    size_t count;
    const struct web_file *files = web_files(&count);
    answers->bodies = NULL;
    if (count == 0)
        return RESULT_OK;
    answers->bodies = calloc(count, sizeof *answers->bodies);
    if (answers->bodies == NULL)
        return RESULT_NO_MEMORY;
    for (size_t i = 0; i < count; i++)
        for (enum web_form form = WEB_PLAIN; form < WEB_FORM_COUNT; form++) {
            if (files[i].forms[form].data == NULL)
                continue;
            answers->bodies[i][form] = make_body(&files[i], form);
            if (answers->bodies[i][form] == NULL)
                return RESULT_NO_MEMORY;
        }
    return RESULT_OK;
}

void web_answers_release(struct web_answers *answers)
{
    size_t count;
    (void)web_files(&count);
    for (size_t i = 0; i < count && answers->bodies != NULL; i++)
        for (enum web_form form = WEB_PLAIN; form < WEB_FORM_COUNT; form++)
            if (answers->bodies[i][form] != NULL)
                cached_answer_drop(answers->bodies[i][form]);
    free(answers->bodies);
}

static enum web_form choose_form(const struct enquiry *enquiry,
                                 struct cached_answer *const bodies[WEB_FORM_COUNT])
{
    unsigned offered = 0;
    for (enum web_form form = WEB_PLAIN; form < WEB_FORM_COUNT; form++)
        if (bodies[form] != NULL)
            offered |= 1u << coding_of[form];
    const enum coding chosen =
        coding_choose(enquiry->exchange.head->headers.accept_encoding, offered);
    for (enum web_form form = WEB_PLAIN; form < WEB_FORM_COUNT; form++)
        if (coding_of[form] == chosen)
            return form;
    UNREACHABLE("a coding of a file");
}

/* What a page's own address keeps to itself: no other origin's page reads it or holds on to its
 * window, and it uses none of the phone's parts. */
static void add_page_headers(struct exchange *exchange)
{
    answer_header(exchange, "Cross-Origin-Opener-Policy", "same-origin");
    answer_header(exchange, "Cross-Origin-Resource-Policy", "same-origin");
    answer_header(exchange, "Permissions-Policy",
                  "camera=(), microphone=(), geolocation=(), payment=()");
}

/* Whoever joins the line by opening its page asks for what was there before and what came of it:
 * the one would be taken for the other. */
static bool joins(const struct request_head *head)
{
    for (size_t i = 0; i < head->parameter_count; i++)
        if (strcmp(head->parameters[i].name, "join") == 0)
            return true;
    return false;
}

static void add_what_is_asked_first(struct exchange *exchange)
{
    char text[WEB_ASKS_BYTES];
    if (!joins(exchange->head) && web_asks(exchange->head->path, text))
        answer_header(exchange, "Link", text);
}

bool web_answer(struct enquiry *enquiry)
{
    const struct web_file *file = web_find(enquiry->exchange.head->path);
    if (file == NULL)
        return false;
    if (enquiry->exchange.head->method != METHOD_GET) {
        problem_method(enquiry, 1u << METHOD_GET);
        return true;
    }
    size_t count;
    const size_t place = (size_t)(file - web_files(&count));
    struct cached_answer **bodies = enquiry->api->web.bodies[place];
    struct cached_answer *body = bodies[choose_form(enquiry, bodies)];
    cached_answer_hold(body);
    answer_shared(&enquiry->exchange, body, file->is_page ? CACHE_PAGE : CACHE_ASSET);
    if (file->is_page) {
        add_page_headers(&enquiry->exchange);
        add_what_is_asked_first(&enquiry->exchange);
    }
    return true;
}
