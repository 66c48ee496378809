/* `usher id`: an id as the API shows it, as the literal that SQL compares with the tables' keys. */
#include "app/command.h"
#include "record/record.h"

#include <stdio.h>
#include <string.h>

/* Whether ids are made for the entity: others, as the house, have keys of another kind. */
static bool has_ids(enum record_kind kind)
{
    const struct entity_schema *schema = record_schema(kind);
    for (size_t i = 0; i < schema->field_count; i++)
        if (schema->fields[i].type == FIELD_ID && schema->fields[i].id_of == kind)
            return true;
    return false;
}

static enum result read_id(const char *text, struct id *id, struct explanation *explanation)
{
    char prefixes[RECORD_KIND_COUNT * (ID_PREFIX_MAX + 3)] = "";
    size_t length = 0;
    for (enum record_kind kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        if (!has_ids(kind))
            continue;
        const char *prefix = record_schema(kind)->prefix;
        if (id_parse(prefix, text, strlen(text), id))
            return RESULT_OK;
        length += (size_t)snprintf(prefixes + length, sizeof prefixes - length, "%s%s_",
                                   length == 0 ? "" : ", ", prefix);
    }
    return explain(explanation, RESULT_MALFORMED,
                   "'%.80s' is not an id: those are one of %s, then %d characters of " ID_ALPHABET,
                   text, prefixes, ID_SUFFIX_CHARACTERS);
}

static void print_literal(struct id id)
{
    fputs("x'", stdout);
    for (size_t i = 0; i < ID_BYTES; i++)
        printf("%02x", id.bytes[i]);
    puts("'");
}

enum command_status command_id(int argument_count, char *const *arguments)
{
    struct config config;
    struct command_line line = {.operand_count = 1, .operand_name = "the id's TEXT"};
    struct explanation explanation;
    struct id id;
    enum result result =
        config_read(&config, &line, NULL, 0, argument_count, arguments, &explanation);
    if (result == RESULT_OK)
        result = read_id(line.operands[0], &id, &explanation);
    config_release(&config);
    if (result != RESULT_OK)
        return command_misused(&explanation);
    print_literal(id);
    return COMMAND_DONE;
}
