/* See web.h. */
#include "web/web.h"

#include "base/check.h"

#include <stdio.h>
#include <string.h>

static const struct web_page {
    const char *pattern, *document;
} pages[] = {
#define PAGE(page_pattern, name) {.pattern = page_pattern, .document = #name ".html"},
#define ASKS(page_pattern, path)
#include "web/web_page.def"
};

static const struct web_ask {
    const char *pattern, *asked;
} asks[] = {
#define PAGE(page_pattern, name)
#define ASKS(page_pattern, path) {.pattern = page_pattern, .asked = path},
#include "web/web_page.def"
};

/* An id, as the API writes it, is shorter. */
#define SEGMENT_CHARACTERS_MAX 40

static bool matches(const char *pattern, const char *path)
{
    while (*pattern != '\0') {
        if (*pattern != '{') {
            if (*pattern++ != *path++)
                return false;
            continue;
        }
        const char *end = strchrnul(path, '/');
        if (end == path)
            return false;
        pattern = strchrnul(pattern, '}') + 1;
        path = end;
    }
    return *path == '\0';
}

static const struct web_file *by_name(const char *name)
{
    size_t count;
    const struct web_file *files = web_files(&count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(files[i].name, name) == 0)
            return &files[i];
    return NULL;
}

const struct web_file *web_find(const char *path)
{
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
        if (matches(pages[i].pattern, path))
            return by_name(pages[i].document);
    return path[0] == '/' ? by_name(path) : NULL;
}

/* Goes into a header as it is. */
static bool is_plain(const char *segment)
{
    const size_t length = strspn(segment, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return segment[length] == '\0' && length <= SEGMENT_CHARACTERS_MAX;
}

/* As fetch() asks for it, so that what comes is its answer. */
static size_t write_link(char *text, size_t size, const char *asked, const char *segment)
{
    const char *brace = strchrnul(asked, '{');
    const char *rest = *brace == '{' ? strchrnul(brace, '}') + 1 : brace;
    const int length = snprintf(text, size, "<%.*s%s%s>; rel=preload; as=fetch; crossorigin",
                                (int)(brace - asked), asked, *brace == '{' ? segment : "", rest);
    CHECK(length > 0 && (size_t)length < size);
    return (size_t)length;
}

bool web_asks(const char *path, char text[WEB_ASKS_BYTES])
{
    const char *segment = strrchr(path, '/');
    size_t at = 0;
    if (segment == NULL || !is_plain(segment + 1))
        return false;
    for (size_t i = 0; i < sizeof asks / sizeof asks[0]; i++) {
        if (!matches(asks[i].pattern, path))
            continue;
        if (at > 0) {
            text[at++] = ',';
            text[at++] = ' ';
        }
        at += write_link(text + at, WEB_ASKS_BYTES - at, asks[i].asked, segment + 1);
    }
    return at > 0;
}
