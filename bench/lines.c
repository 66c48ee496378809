/* See lines.h. */
#include "lines.h"

#include "splitmix.h"

#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The file's bytes and a newline more. */
static char *read_whole(const char *path, size_t *length)
{
    struct stat status;
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || fstat(file, &status) != 0)
        err(EXIT_FAILURE, "%s", path);
    char *text = malloc((size_t)status.st_size + 1);
    if (text == NULL)
        err(EXIT_FAILURE, "%s", path);
    *length = 0;
    ssize_t got;
    while ((got = read(file, text + *length, (size_t)status.st_size - *length)) > 0)
        *length += (size_t)got;
    if (got < 0)
        err(EXIT_FAILURE, "%s", path);
    close(file);
    text[(*length)++] = '\n';
    return text;
}

static size_t count_newlines(const char *text, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += text[i] == '\n';
    return count;
}

void lines_read(struct lines *lines, const char *path)
{
    size_t length;
    lines->text = read_whole(path, &length);
    lines->count = 0;
    lines->lines = calloc(count_newlines(lines->text, length), sizeof *lines->lines);
    if (lines->lines == NULL)
        err(EXIT_FAILURE, "%s", path);
    const char *end = lines->text + length, *next;
    for (const char *at = lines->text; at < end; at = next + 1) {
        next = memchr(at, '\n', (size_t)(end - at)); /* the text ends in one */
        if (next > at)
            lines->lines[lines->count++] = (struct span){at, (size_t)(next - at)};
    }
}

void lines_release(struct lines *lines)
{
    free(lines->lines);
    free(lines->text);
}

/* R. Durstenfeld's shuffle. */
void lines_shuffle(struct lines *lines)
{
    uint64_t state = lines->count;
    for (size_t left = lines->count; left > 1; left--) {
        const size_t other = splitmix_next(&state) % left;
        const struct span line = lines->lines[left - 1];
        lines->lines[left - 1] = lines->lines[other];
        lines->lines[other] = line;
    }
}

struct span line_first(struct span line)
{
    const char *blank = memchr(line.text, ' ', line.length);
    return (struct span){line.text, blank == NULL ? line.length : (size_t)(blank - line.text)};
}

struct span line_second(struct span line)
{
    const size_t first = line_first(line).length;
    if (first == line.length)
        return (struct span){line.text, 0};
    return line_first((struct span){line.text + first + 1, line.length - first - 1});
}
