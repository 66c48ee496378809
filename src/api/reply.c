/* See reply.h. */
#include "api/reply.h"

#include "api/service.h"
#include "base/check.h"

#include <stdio.h>

struct json_writer *reply_begin(struct enquiry *enquiry)
{
    buffer_clear(&enquiry->exchange.out);
    json_write_init(&enquiry->writer, &enquiry->exchange.out);
    return &enquiry->writer;
}

void reply_text(struct enquiry *enquiry, int status, const char *content_type,
                const char *cache_control)
{
    answer_text(&enquiry->exchange, status, content_type, cache_control);
    enquiry->exchange.answer.failed = enquiry->writer.failed;
}

void reply_private(struct enquiry *enquiry, int status)
{
    reply_text(enquiry, status, "application/json", CACHE_NEVER);
    if (!enquiry->writer.failed)
        answer_code(&enquiry->exchange);
}

static void reply_with_location(struct enquiry *enquiry, int status, const char *path,
                                const char *id_text)
{
    char location[64 + ID_TEXT_BYTES];
    const int length = snprintf(location, sizeof location, "%s/%s", path, id_text);
    CHECK(length > 0 && (size_t)length < sizeof location);
    reply_private(enquiry, status);
    answer_header(&enquiry->exchange, "Location", location);
}

void reply_created(struct enquiry *enquiry, const char *path, const char *prefix, struct id id)
{
    char text[ID_TEXT_BYTES];
    (void)id_format(prefix, id, text);
    reply_with_location(enquiry, STATUS_CREATED, path, text);
}

void reply_begun(struct enquiry *enquiry, const char *path, const char *id_text)
{
    reply_with_location(enquiry, STATUS_ACCEPTED, path, id_text);
}

void reply_problem(struct enquiry *enquiry, int status, int64_t retry_seconds)
{
    reply_text(enquiry, status, "application/problem+json", CACHE_NEVER);
    if (retry_seconds > 0) {
        char text[24];
        (void)snprintf(text, sizeof text, "%lld", (long long)retry_seconds);
        answer_header(&enquiry->exchange, "Retry-After", text);
    }
    if (status == STATUS_UNAUTHORIZED)
        answer_header(&enquiry->exchange, "WWW-Authenticate", "Bearer");
}

struct cached_answer *reply_share(struct enquiry *enquiry, const struct cached_answer_key *key,
                                  uint64_t version)
{
    struct cached_answer *body =
        enquiry->writer.failed ? NULL : cached_answer_new(&enquiry->exchange.out);
    if (body != NULL && key != NULL)
        answer_cache_keep(&enquiry->api->answer_cache, key, version, body);
    return body;
}

void reply_published(struct enquiry *enquiry, struct cached_answer *body, const char *cache_control)
{
    answer_shared(&enquiry->exchange, body, enquiry->sees_drafts ? CACHE_NEVER : cache_control);
}
