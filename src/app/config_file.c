/* See config_file.h. */
#include "app/config_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONFIG_FILE_BYTES_MAX 65536 /* a thousand times what the settings need */

#define BLANKS " \t\r"

/* Fills `bytes`, of CONFIG_FILE_BYTES_MAX + 1, and terminates it; the last byte stays free for that
 * unless the file is too long. */
static enum result read_text_file(int file, const char *path, char *bytes,
                                  struct explanation *explanation)
{
    size_t length = 0;
    ssize_t got;
    do { /* ends with the file, or when the bytes are full */
        got = read(file, bytes + length, CONFIG_FILE_BYTES_MAX + 1 - length);
        length += got > 0 ? (size_t)got : 0;
    } while (got > 0 && length <= CONFIG_FILE_BYTES_MAX);
    if (got < 0)
        return explain(explanation, RESULT_IO, "%.200s: %s", path, strerror(errno));
    if (length > CONFIG_FILE_BYTES_MAX)
        return explain(explanation, RESULT_FULL, "%.200s: over %d bytes", path,
                       CONFIG_FILE_BYTES_MAX);
    if (memchr(bytes, '\0', length) != NULL)
        return explain(explanation, RESULT_MALFORMED, "%.200s: not a text file", path);
    bytes[length] = '\0';
    return RESULT_OK;
}

enum result config_file_read(const char *path, char **text, struct explanation *explanation)
{
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return explain(explanation, RESULT_IO, "%.200s: %s", path, strerror(errno));
    *text = malloc(CONFIG_FILE_BYTES_MAX + 1);
    const enum result result =
        *text == NULL ? explain(explanation, RESULT_NO_MEMORY, "%.200s: no memory", path)
                      : read_text_file(file, path, *text, explanation);
    close(file);
    return result;
}

/* Cuts blanks off the end of a text. */
static void trim_end(char *text)
{
    size_t length = strlen(text);
    while (length > 0 && strchr(BLANKS, text[length - 1]) != NULL)
        text[--length] = '\0';
}

bool config_file_split(char *line, char **name, size_t *name_length, char **value)
{
    char *text = line + strspn(line, BLANKS);
    if (*text == '\0' || *text == '#')
        return false;
    /* A '#' inside a value is part of it unless a blank stands before: a path may have one. */
    for (char *mark = strchr(text, '#'); mark != NULL; mark = strchr(mark + 1, '#'))
        if (strchr(BLANKS, mark[-1]) != NULL) {
            *mark = '\0';
            break;
        }
    trim_end(text);
    *name = text;
    *name_length = strcspn(text, BLANKS "=");
    text += *name_length;
    text += strspn(text, BLANKS);
    if (*text == '=')
        text++;
    *value = text + strspn(text, BLANKS);
    return true;
}
