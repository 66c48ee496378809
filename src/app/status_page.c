/* See status_page.h. */
#include "app/status_page.h"

#include "base/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Longer than any line; a title or a URL that is longer is cut. */
#define LINE_BYTES 512

static void put_text_line(struct status_page *page, const char *name, const char *value)
{
    char line[LINE_BYTES];
    const int wanted = snprintf(line, sizeof line - 1, "%s: %s", name, value);
    CHECK(wanted > 0);
    size_t length = strlen(line);
    line[length++] = '\n';
    if (buffer_reserve(page->writer.out, length) == RESULT_OK)
        buffer_append(page->writer.out, line, length);
    else
        page->writer.failed = true;
}

void status_begin(struct status_page *page, struct buffer *out, bool json)
{
    page->json = json;
    json_write_init(&page->writer, out);
    if (json)
        json_write_object_begin(&page->writer);
}

void status_end(struct status_page *page)
{
    if (!page->json)
        return;
    json_write_object_end(&page->writer);
    if (buffer_reserve(page->writer.out, 1) == RESULT_OK)
        buffer_append_byte(page->writer.out, '\n');
}

void status_put_line(struct status_page *page, const char *name, const char *format, ...)
{
    char value[LINE_BYTES];
    va_list arguments;
    if (page->json)
        return;
    va_start(arguments, format);
    const int wanted = vsnprintf(value, sizeof value, format, arguments);
    va_end(arguments);
    CHECK(wanted >= 0);
    put_text_line(page, name, value);
}

void status_put_text(struct status_page *page, const char *name, const char *key, const char *text)
{
    if (page->json)
        json_write_text_member(&page->writer, key, text);
    else
        put_text_line(page, name, text);
}

void status_put_count(struct status_page *page, const char *name, const char *key, int64_t count)
{
    status_put_line(page, name, "%lld", (long long)count);
    if (page->json)
        json_write_integer_member(&page->writer, key, count);
}

void status_put_seconds(struct status_page *page, const char *name, const char *key, double seconds,
                        int digits)
{
    status_put_line(page, name, "%.*f s", digits, seconds);
    if (page->json) {
        json_write_key(&page->writer, key);
        json_write_real(&page->writer, seconds);
    }
}

void status_put_bytes(struct status_page *page, const char *name, const char *key, uint64_t bytes)
{
    status_put_line(page, name, "%.1f MiB", (double)bytes / (double)(1u << 20));
    if (page->json)
        json_write_integer_member(&page->writer, key, (int64_t)bytes);
}

void status_put_time(struct status_page *page, const char *name, const char *key, timestamp_ms time)
{
    char moment[TIMESTAMP_TEXT_BYTES];
    timestamp_format(time, moment);
    status_put_text(page, name, key, moment);
}
