/* See control_request.h. */
#include "app/control_request.h"

#include "base/check.h"

#include <string.h>

#define FIELD_BIT(name) (1u << CONTROL_FIELD_##name)

enum reply {
    AT_ONCE,
    LATER,
};

static const struct control_schema {
    const char *words;
    enum reply reply;
    unsigned fields;
} controls[CONTROL_COUNT] = {
#define CONTROL(name, its_words, its_reply, its_fields)                                            \
    [CONTROL_##name] = {.words = its_words, .reply = its_reply, .fields = its_fields},
#include "app/control.def"
};

static const char *const field_names[CONTROL_FIELD_COUNT] = {
    [CONTROL_FIELD_NAME] = "name",
    [CONTROL_FIELD_EMAIL] = "email",
    [CONTROL_FIELD_PASSWORD] = "password",
};

static const char first_words[] = "usher 1 ";

const char *control_words(enum control_verb verb)
{
    CHECK((unsigned)verb < CONTROL_COUNT);
    return controls[verb].words;
}

bool control_waits(enum control_verb verb)
{
    CHECK((unsigned)verb < CONTROL_COUNT);
    return controls[verb].reply == LATER;
}

bool control_request_is_whole(const char *bytes, size_t length)
{
    return memmem(bytes, length, "\n\n", 2) != NULL;
}

/* ---- Reading ---- */

/* Cuts the next line off; NULL: there is none. `end` is behind the last byte. */
static char *next_line(char **rest, const char *end)
{
    char *line = *rest;
    char *stop = memchr(line, '\n', (size_t)(end - line));
    if (stop == NULL)
        return NULL;
    *stop = '\0';
    *rest = stop + 1;
    return line;
}

static enum result read_words(struct control_request *request, const char *line,
                              struct explanation *explanation)
{
    const size_t before = sizeof first_words - 1;
    if (strncmp(line, first_words, before) != 0)
        return explain(explanation, RESULT_NEWER,
                       "the server does not know this program's way of asking");
    for (int verb = 0; verb < CONTROL_COUNT; verb++)
        if (strcmp(line + before, controls[verb].words) == 0) {
            request->verb = (enum control_verb)verb;
            return RESULT_OK;
        }
    return explain(explanation, RESULT_NEWER, "the server does not know '%.40s'", line + before);
}

static enum result read_control_field(struct control_request *request, const char *line,
                                      struct explanation *explanation)
{
    for (size_t i = 0; i < CONTROL_FIELD_COUNT; i++) {
        const size_t length = strlen(field_names[i]);
        const bool wanted = (controls[request->verb].fields >> i & 1) != 0;
        if (!wanted || request->fields[i] != NULL || strncmp(line, field_names[i], length) != 0 ||
            line[length] != ' ')
            continue;
        request->fields[i] = line + length + 1;
        return RESULT_OK;
    }
    return explain(explanation, RESULT_MALFORMED, "'%s' was given a field too many",
                   control_words(request->verb));
}

enum result control_request_read(struct control_request *request, char *bytes, size_t length,
                                 struct explanation *explanation)
{
    char *rest = bytes, *line;
    *request = (struct control_request){.verb = CONTROL_STATUS};
    if (memchr(bytes, '\0', length) != NULL || (line = next_line(&rest, bytes + length)) == NULL)
        return explain(explanation, RESULT_MALFORMED, "this is no request");
    enum result result = read_words(request, line, explanation);
    /* Each turn takes a line, and more fields than there are end it. */
    while (result == RESULT_OK && (line = next_line(&rest, bytes + length)) != NULL &&
           line[0] != '\0')
        result = read_control_field(request, line, explanation);
    if (result != RESULT_OK)
        return result;
    for (size_t i = 0; i < CONTROL_FIELD_COUNT; i++)
        if ((controls[request->verb].fields >> i & 1) != 0 && request->fields[i] == NULL)
            return explain(explanation, RESULT_MALFORMED, "'%s' wants a %s",
                           control_words(request->verb), field_names[i]);
    return line != NULL && rest == bytes + length
               ? RESULT_OK
               : explain(explanation, RESULT_MALFORMED, "a request ends in an empty line");
}

/* ---- Writing ---- */

static enum result write_control_line(struct buffer *out, const char *before, const char *blank,
                                      const char *text)
{
    const size_t lengths[] = {strlen(before), strlen(blank), strlen(text)};
    if (strchr(text, '\n') != NULL)
        return RESULT_FULL;
    const enum result result = buffer_reserve(out, lengths[0] + lengths[1] + lengths[2] + 1);
    if (result != RESULT_OK)
        return result;
    buffer_append(out, before, lengths[0]);
    buffer_append(out, blank, lengths[1]);
    buffer_append(out, text, lengths[2]);
    buffer_append_byte(out, '\n');
    return RESULT_OK;
}

enum result control_request_write(const struct control_request *request, struct buffer *out)
{
    enum result result = write_control_line(out, first_words, "", control_words(request->verb));
    for (size_t i = 0; i < CONTROL_FIELD_COUNT && result == RESULT_OK; i++)
        if ((controls[request->verb].fields >> i & 1) != 0)
            result = write_control_line(out, field_names[i], " ", request->fields[i]);
    return result == RESULT_OK ? write_control_line(out, "", "", "") : result;
}
