/* See api.h. */
#include "api/api.h"

#include "api/docs.h"
#include "api/enquiry.h"
#include "api/openapi.h"
#include "api/service.h"
#include "engine/clock.h"
#include "web/web.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static timestamp_ms wall(void *owner)
{
    const struct api *api = owner;
    return api->engine == NULL ? wall_now() : engine_now(api->engine).wall;
}

static enum result limits_init(struct limits *limits)
{
    struct {
        struct limit_table *table;
        size_t entries;
    } tables[] = {
        {&limits->accounts, LIMIT_ENTRIES},
        {&limits->addresses, LIMIT_ENTRIES},
        {&limits->password_lines, PASSWORD_LINE_ENTRIES},
        {&limits->streams, STREAM_ENTRIES},
        {&limits->long_polls, LONG_POLL_ENTRIES},
        {&limits->polls, LIMIT_ENTRIES},
        {&limits->heard, LIMIT_ENTRIES},
    };
    enum result result = sign_in_limit_init(&limits->sign_ins);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0] && result == RESULT_OK; i++)
        result = limit_table_init(tables[i].table, tables[i].entries);
    return result;
}

/* Each stands for itself, so a request may meet some as they were and some as they are. */
static void change_limits(struct api *api, const struct api_options *options)
{
    struct limits *limits = &api->limits;
    atomic_store(&limits->account_per_second, options->account_requests_per_second);
    atomic_store(&limits->key_per_second, options->key_requests_per_second);
    atomic_store(&limits->address_per_second, options->address_requests_per_second);
    sign_in_limit_change(&limits->sign_ins, options->account_sign_ins_per_minute,
                         options->address_sign_ins_per_minute);
    atomic_store(&api->streams_max, options->streams_max);
}

static void limits_release(struct limits *limits)
{
    limit_table_release(&limits->accounts);
    limit_table_release(&limits->addresses);
    limit_table_release(&limits->password_lines);
    sign_in_limit_release(&limits->sign_ins);
    limit_table_release(&limits->streams);
    limit_table_release(&limits->long_polls);
    limit_table_release(&limits->polls);
    limit_table_release(&limits->heard);
}

/* Frees what an API holds, whether it ever answered or not. */
static void api_free(struct api *api)
{
    event_streams_stop(&api->event_streams);
    series_stop(&api->series);
    rehearsals_stop(&api->rehearsals);
    importer_stop(&api->importer);
    presence_release(&api->presence);
    answer_cache_release(&api->answer_cache);
    struct cached_answer *pages[] = {api->openapi, api->docs, api->docs_style};
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
        if (pages[i] != NULL)
            cached_answer_drop(pages[i]);
    web_answers_release(&api->web);
    limits_release(&api->limits);
    free(api->time_zone);
    free(api->currency);
    free(api->top_up_url);
    free(api);
}

/* What the buffer has as a body that many share. NULL: no memory. */
static struct cached_answer *share(struct buffer *bytes, const char *content_type)
{
    struct cached_answer *body = cached_answer_new(bytes);
    if (body != NULL)
        body->content_type = content_type;
    return body;
}

/* The description of the API, for programs and for people. */
static enum result describe(struct api *api)
{
    struct buffer document, page;
    buffer_init(&document, OPENAPI_BYTES_MAX);
    buffer_init(&page, DOCS_BYTES_MAX);
    enum result result = openapi_write(&document);
    if (result == RESULT_OK)
        result = docs_write(&document, &page);
    if (result == RESULT_OK) {
        api->openapi = share(&document, "application/json");
        api->docs = share(&page, "text/html; charset=utf-8");
        api->docs_style =
            cached_answer_copy(docs_style, strlen(docs_style), "text/css; charset=utf-8");
    }
    buffer_release(&page);
    buffer_release(&document);
    return api->openapi != NULL && api->docs != NULL && api->docs_style != NULL ? RESULT_OK
                                                                                : RESULT_NO_MEMORY;
}

static enum result api_texts_copy(struct api *api, const struct api_options *options)
{
    api->time_zone = strdup(options->time_zone);
    api->currency = strdup(options->currency);
    if (options->top_up_url != NULL)
        api->top_up_url = strdup(options->top_up_url);
    return api->time_zone == NULL || api->currency == NULL ||
                   (options->top_up_url != NULL && api->top_up_url == NULL)
               ? RESULT_NO_MEMORY
               : RESULT_OK;
}

/* Everything but the server. */
static enum result prepare_api(struct api *api, const struct api_options *options)
{
    enum result result = api_texts_copy(api, options);
    if (result == RESULT_OK)
        result = describe(api);
    if (result == RESULT_OK)
        result = limits_init(&api->limits);
    if (result == RESULT_OK)
        change_limits(api, options);
    if (result == RESULT_OK)
        result = presence_init(&api->presence);
    if (result == RESULT_OK)
        result = web_answers_init(&api->web);
    if (result == RESULT_OK)
        result = importer_start(&api->importer);
    return result;
}

#define BUILD_HASH_BYTES 8 /* it tells some thousand builds apart, and keeps no secret */

/* The program's version and a hash of its pages: other pages make another build. */
static void write_build(const char *version, char build[static BUILD_CHARACTERS_MAX + 1])
{
    crypto_generichash_state state;
    uint8_t hash[crypto_generichash_BYTES];
    char hex[2 * BUILD_HASH_BYTES + 1];
    size_t count;
    const struct web_file *files = web_files(&count);
    (void)crypto_generichash_init(&state, NULL, 0, crypto_generichash_BYTES);
    for (size_t i = 0; i < count; i++) {
        const struct web_bytes *bytes = &files[i].forms[WEB_PLAIN];
        (void)crypto_generichash_update(&state, bytes->data, bytes->length);
    }
    (void)crypto_generichash_final(&state, hash, sizeof hash);
    sodium_bin2hex(hex, sizeof hex, hash, BUILD_HASH_BYTES);
    (void)snprintf(build, BUILD_CHARACTERS_MAX + 1, "%s-%s", version, hex);
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
    made->version = options->version;
    answer_cache_init(&made->answer_cache);
    body_start();
    struct http_service service = {.owner = made, .wall = wall};
    enquiry_serve(&service);
    enum result result = prepare_api(made, options);
    if (result != RESULT_OK)
        (void)explain(explanation, result, "no memory for the API");
    if (result == RESULT_OK && options->return_origins != NULL)
        result = origin_list_parse(options->return_origins, &made->return_origins, explanation);
    char build[BUILD_CHARACTERS_MAX + 1];
    struct http_options http = options->http;
    write_build(options->version, build);
    http.build = build;
    if (result == RESULT_OK)
        result = http_open(&made->server, &service, &http, explanation);
    if (result == RESULT_OK)
        *api = made;
    else
        api_free(made);
    return result;
}

enum result api_start(struct api *api, struct engine *engine, struct explanation *explanation)
{
    api->engine = engine;
    const struct house_keys keys = engine_keys(engine);
    api->token_key = keys.token_key;
    ticket_signer_make(&api->ticket_signer, &keys.ticket_seed);
    if (event_streams_start(&api->event_streams, engine, &api->limits.streams, &api->streams_max) !=
        RESULT_OK)
        return explain(explanation, RESULT_NO_MEMORY, "no thread for live events");
    const enum result result = series_start(&api->series, engine, &api->metrics, explanation);
    if (result != RESULT_OK)
        return result;
    if (rehearsals_start(&api->rehearsals, engine) != RESULT_OK)
        return explain(explanation, RESULT_NO_MEMORY, "no thread for rehearsals");
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

void api_figures(struct api *api, struct api_figures *figures)
{
    struct series_rates rates;
    series_rates(&api->series, &rates);
    const struct reading *minute = &rates.last_minute;
    *figures = (struct api_figures){
        .joined = minute->tally.counts[TALLY_JOINED],
        .admitted = minute->tally.counts[TALLY_ADMITTED],
        .held = minute->tally.counts[TALLY_HOLDS],
        .sold = minute->tally.counts[TALLY_SOLD],
        .requests = minute->requests,
        .refusals = minute->refusals,
        .answers = latency_sum(rates.answers),
        .p50_us = latency_percentile(rates.answers, 50),
        .p99_us = latency_percentile(rates.answers, 99),
        .appends = minute->appends,
        .append_us = minute->append_us,
        .streams = atomic_load(&api->event_streams.open),
        .streams_max = atomic_load(&api->streams_max),
    };
}

void api_change(struct api *api, const struct api_options *options)
{
    change_limits(api, options);
    http_change(api->server, &options->http);
}

void api_stop(struct api *api, int64_t wait_ms)
{
    if (http_stop(api->server, wait_ms))
        api_free(api);
}
