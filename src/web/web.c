/* See web.h. */
#include "web/web.h"

#include <string.h>

static const struct web_page {
    const char *pattern, *document;
} pages[] = {
#define PAGE(page_pattern, name) {.pattern = page_pattern, .document = #name ".html"},
#include "web/web_page.def"
};

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
