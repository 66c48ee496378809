/* See api.h. */
#include "api/api.h"

#include "api/enquiry.h"
#include "api/openapi.h"
#include "api/service.h"
#include "engine/clock.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static timestamp_ms wall(void *owner)
{
    const struct api *api = owner;
    return api->engine == NULL ? wall_now() : engine_now(api->engine).wall;
}

static struct limit_rate rate_of(unsigned per_second)
{
    return (struct limit_rate){.interval_us = 1000000 / per_second,
                               .burst = 2 * (int64_t)per_second};
}

static enum result limits_init(struct limits *limits, const struct api_options *options)
{
    limits->account_rate = rate_of(options->account_requests_per_second);
    limits->address_rate = rate_of(options->address_requests_per_second);
    struct {
        struct limit_table *table;
        size_t entries;
    } tables[] = {
        {&limits->accounts, LIMIT_ENTRIES},
        {&limits->addresses, LIMIT_ENTRIES},
        {&limits->password_lines, PASSWORD_LINE_ENTRIES},
        {&limits->polls, LIMIT_ENTRIES},
        {&limits->heard, LIMIT_ENTRIES},
    };
    enum result result = sign_in_limit_init(&limits->sign_ins, options->account_sign_ins_per_minute,
                                            options->address_sign_ins_per_minute);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0] && result == RESULT_OK; i++)
        result = limit_table_init(tables[i].table, tables[i].entries);
    return result;
}

static void limits_release(struct limits *limits)
{
    limit_table_release(&limits->accounts);
    limit_table_release(&limits->addresses);
    limit_table_release(&limits->password_lines);
    sign_in_limit_release(&limits->sign_ins);
    limit_table_release(&limits->polls);
    limit_table_release(&limits->heard);
}

/* Frees what an API holds, whether it ever answered or not. */
static void api_free(struct api *api)
{
    importer_stop(&api->importer);
    presence_release(&api->presence);
    answer_cache_release(&api->answer_cache);
    if (api->openapi != NULL)
        cached_answer_drop(api->openapi);
    limits_release(&api->limits);
    free(api->time_zone);
    free(api);
}

/* NULL: no memory. */
static struct cached_answer *describe(void)
{
    struct buffer document;
    buffer_init(&document, OPENAPI_BYTES_MAX);
    struct cached_answer *body =
        openapi_write(&document) == RESULT_OK ? cached_answer_new(&document) : NULL;
    buffer_release(&document);
    return body;
}

/* Everything but the server. */
static enum result prepare_api(struct api *api, const struct api_options *options)
{
    api->time_zone = strdup(options->time_zone);
    api->openapi = describe();
    if (api->time_zone == NULL || api->openapi == NULL)
        return RESULT_NO_MEMORY;
    enum result result = limits_init(&api->limits, options);
    if (result == RESULT_OK)
        result = presence_init(&api->presence);
    if (result == RESULT_OK)
        result = importer_start(&api->importer);
    return result;
}

enum result api_open(struct api **api, const struct api_options *options,
                     struct explanation *explanation)
{
    if (sodium_init() < 0)
        return explain(explanation, RESULT_IO, "the system gives no random numbers");
    struct api *made = calloc(1, sizeof *made);
    if (made == NULL)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for the API");
    made->settings = options->settings;
    answer_cache_init(&made->answer_cache);
    body_start();
    struct http_service service = {.owner = made, .wall = wall};
    enquiry_serve(&service);
    enum result result = prepare_api(made, options);
    if (result != RESULT_OK)
        (void)explain(explanation, result, "no memory for the API");
    else
        result = http_open(&made->server, &service, &options->http, explanation);
    if (result == RESULT_OK)
        *api = made;
    else
        api_free(made);
    return result;
}

enum result api_start(struct api *api, struct engine *engine, struct explanation *explanation)
{
    api->engine = engine;
    api->token_key = engine_token_key(engine);
    return http_start(api->server, explanation);
}

void api_close(struct api *api)
{
    http_close(api->server);
    api_free(api);
}

struct http_server *api_server(const struct api *api)
{
    return api->server;
}

void api_stop(struct api *api, int64_t wait_ms)
{
    if (http_stop(api->server, wait_ms))
        api_free(api);
}
