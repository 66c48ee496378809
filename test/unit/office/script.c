/* Reading scripts: lines into rows, rows into tests. See row.h for the form. */
#include "row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCRIPT_BYTES_MAX (1U << 20)

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return NULL;
    char *text = malloc(SCRIPT_BYTES_MAX);
    size_t length = 0;
    if (text != NULL) {
        length = fread(text, 1, SCRIPT_BYTES_MAX - 1, file);
        text[length] = '\0';
    }
    (void)fclose(file);
    return text;
}

/* Cuts the next word off a line, in place: up to a blank, or what stands in quotes. NULL: no more.
 */
static char *next_word(char **line)
{
    char *at = *line + strspn(*line, " \t");
    if (*at == '\0' || *at == '#')
        return NULL;
    char *word = at, *into = at;
    bool quoted = false;
    for (; *at != '\0' && (quoted || (*at != ' ' && *at != '\t')); at++) {
        if (*at == '"')
            quoted = !quoted;
        else
            *into++ = *at;
    }
    *line = *at == '\0' ? at : at + 1;
    *into = '\0';
    return word;
}

static bool add_word(struct row *row, char *word)
{
    if (strcmp(word, "->") == 0) {
        row->has_answer = true;
        return true;
    }
    char *equals = strchr(word, '=');
    size_t *count = row->has_answer ? &row->answer_count : &row->word_count;
    const char **words = row->has_answer ? row->answer : row->words;
    struct option *options = row->has_answer ? row->facts : row->options;
    if (equals != NULL) {
        count = row->has_answer ? &row->fact_count : &row->option_count;
        if (*count == WORDS_MAX)
            return false;
        *equals = '\0';
        options[(*count)++] = (struct option){.name = word, .value = equals + 1};
        return true;
    }
    if (*count == WORDS_MAX)
        return false;
    words[(*count)++] = word;
    return true;
}

static bool grow(void **items, size_t count, size_t *capacity, size_t bytes)
{
    if (count < *capacity)
        return true;
    *capacity = *capacity == 0 ? 16 : *capacity * 2;
    void *grown = realloc(*items, *capacity * bytes);
    if (grown != NULL)
        *items = grown;
    return grown != NULL;
}

static bool add_row(struct script *script, const struct row *row)
{
    void *items;
    if (strcmp(row->words[0], "test") == 0) {
        items = script->tests;
        if (row->word_count != 2 ||
            !grow(&items, script->test_count, &script->test_capacity, sizeof *script->tests))
            return false;
        script->tests = items;
        script->tests[script->test_count++] = (struct script_test){.name = (char *)row->words[1]};
        return true;
    }
    if (script->test_count == 0)
        return false;
    struct script_test *test = &script->tests[script->test_count - 1];
    items = test->rows;
    if (!grow(&items, test->row_count, &test->row_capacity, sizeof *test->rows))
        return false;
    test->rows = items;
    test->rows[test->row_count++] = *row;
    return true;
}

static bool read_line(struct script *script, char *line, int number)
{
    struct row row = {.line = number};
    for (char *word = next_word(&line); word != NULL; word = next_word(&line))
        if (!add_word(&row, word))
            return false;
    if (row.word_count == 0)
        return !row.has_answer && row.option_count == 0;
    return add_row(script, &row);
}

bool script_read(struct script *script, const char *path, struct explanation *why)
{
    *script = (struct script){.path = path, .text = read_file(path)};
    if (script->text == NULL) {
        (void)explain(why, RESULT_IO, "%s cannot be read", path);
        return false;
    }
    int number = 1;
    for (char *line = script->text, *end; line != NULL; line = end, number++) {
        end = strchr(line, '\n');
        if (end != NULL)
            *end++ = '\0';
        if (!read_line(script, line, number)) {
            (void)explain(why, RESULT_MALFORMED, "%s:%d: not a row", path, number);
            return false;
        }
    }
    return true;
}

void script_release(struct script *script)
{
    for (size_t i = 0; i < script->test_count; i++)
        free(script->tests[i].rows);
    free(script->tests);
    free(script->text);
}
