/* See body_error.h. */
#include "json/body_error.h"

#include "base/check.h"

#include <stdio.h>
#include <string.h>

/* Appends one step of a pointer, escaped as RFC 6901 wants it; false when it does not fit. */
static bool append_step(char *pointer, size_t *length, const char *key)
{
    if (*length + 1 >= POINTER_BYTES_MAX)
        return false;
    pointer[(*length)++] = '/';
    for (; *key != '\0'; key++) {
        const bool escaped = *key == '~' || *key == '/';
        if (*length + 3 >= POINTER_BYTES_MAX)
            return false;
        pointer[(*length)++] = escaped ? '~' : *key;
        if (escaped)
            pointer[(*length)++] = *key == '~' ? '0' : '1';
    }
    return true;
}

/* The pointer to a path; a step that does not fit is left out with everything below it. */
static size_t pointer_format(const struct body_path *path, char pointer[static POINTER_BYTES_MAX])
{
    const struct body_path *steps[BODY_DEPTH_MAX];
    size_t count = 0, length = 0;
    for (; path != NULL && count < BODY_DEPTH_MAX; path = path->parent)
        steps[count++] = path;
    while (count-- > 0) {
        char number[24];
        const char *key = steps[count]->key;
        if (key == NULL) {
            (void)snprintf(number, sizeof number, "%zu", steps[count]->index);
            key = number;
        }
        const size_t before = length;
        if (!append_step(pointer, &length, key)) {
            length = before;
            break;
        }
    }
    return length;
}

void breach_write(struct json_writer *writer, const char *field, size_t length,
                  const struct breach *breach)
{
    const char *words = breach->words;
    json_write_object_begin(writer);
    json_write_key(writer, "field");
    json_write_text_n(writer, field, length);
    json_write_text_member(writer, "rule", rule_word(breach->rule));
    json_write_text_member(writer, "message", words == NULL ? rule_words(breach->rule) : words);
    if (breach->bounded) {
        json_write_integer_member(writer, "least", breach->least);
        json_write_integer_member(writer, "most", breach->most);
    }
    if (breach->other != NULL)
        json_write_text_member(writer, "other", breach->other);
    if (breach->line > 0)
        json_write_integer_member(writer, "line", breach->line);
    if (breach->column > 0)
        json_write_integer_member(writer, "column", breach->column);
    json_write_object_end(writer);
}

/* A cell is named by its column. */
static void write_breach_of_cell(struct body *body, const struct body_path *path,
                                 const struct breach *breach)
{
    struct breach placed = *breach;
    placed.line = (int64_t)path->line;
    placed.column = (int64_t)path->column;
    const char *name = path->key == NULL ? "" : path->key;
    breach_write(&body->errors, name, strlen(name), &placed);
}

void body_breach_at(struct body *body, const struct body_path *path, const struct breach *breach)
{
    if (body->error_count++ >= BODY_ERRORS_MAX)
        return;
    if (path != NULL && path->line > 0) {
        write_breach_of_cell(body, path, breach);
        return;
    }
    char pointer[POINTER_BYTES_MAX];
    const size_t length = pointer_format(path, pointer);
    breach_write(&body->errors, pointer, length, breach);
}

void body_error_at(struct body *body, const struct body_path *path, enum rule rule)
{
    body_breach_at(body, path, &(struct breach){.rule = rule});
}

void body_error_in_words(struct body *body, const struct body_path *path, enum rule rule,
                         const char *words)
{
    body_breach_at(body, path, &(struct breach){.rule = rule, .words = words});
}

void body_error_between(struct body *body, const struct body_path *path, enum rule rule,
                        int64_t least, int64_t most)
{
    char words[96];
    CHECK(rule == RULE_RANGE || rule == RULE_LENGTH || rule == RULE_ELEMENTS);
    (void)snprintf(words, sizeof words, "must %s %lld to %lld%s",
                   rule == RULE_RANGE ? "be from" : "have", (long long)least, (long long)most,
                   rule == RULE_LENGTH     ? " characters"
                   : rule == RULE_ELEMENTS ? " elements"
                                           : "");
    body_breach_at(
        body, path,
        &(struct breach){
            .rule = rule, .words = words, .bounded = true, .least = least, .most = most});
}
