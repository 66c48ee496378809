/* Finding every setting's value among flags, environment, file and defaults. setting.c says what a
 * value may be. */
#include "app/config.h"

#include "app/config_file.h"
#include "base/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SETTING(name, type, of, when, preset, least, most, value_name, help)                       \
    {#name, SETTING_TYPE_##type, offsetof(struct config, name), preset, least, most, value_name,   \
     help},
static const struct setting settings[] = {
#include "app/config.def"
};

_Static_assert(sizeof settings / sizeof settings[0] == CONFIG_SETTING_COUNT, "one each");

const struct setting *config_settings(void)
{
    return settings;
}

enum config_part config_part_of(enum config_setting setting)
{
    static const enum config_part parts[] = {
#define SETTING(name, type, of, when, preset, least, most, value_name, help) CONFIG_OF_##of,
#include "app/config.def"
    };
    return parts[setting];
}

enum config_when config_when_of(enum config_setting setting)
{
    static const enum config_when whens[] = {
#define SETTING(name, type, of, when, preset, least, most, value_name, help) CONFIG_##when,
#include "app/config.def"
    };
    return whens[setting];
}

bool config_is_set(const struct config *config, enum config_setting setting)
{
    return config->origins[setting].kind != CONFIG_FROM_DEFAULT;
}

void config_release(struct config *config)
{
    free(config->file_text);
    config->file_text = NULL;
}

/* Sets one setting. `source` says where the text stands. */
static enum result set(struct config *config, const struct setting *setting, const char *text,
                       struct config_origin origin, const char *source,
                       struct explanation *explanation)
{
    struct explanation why;
    const enum result result = setting_read(setting, text, config, &why);
    if (result != RESULT_OK) {
        char name[SETTING_NAME_MAX];
        setting_name(setting, name);
        return explain(explanation, result, "%s: %s = '%.80s': %s", source, name, text, why.text);
    }
    config->origins[setting - settings] = origin;
    return RESULT_OK;
}

static enum result set_defaults(struct config *config, const struct config_preset *presets,
                                size_t preset_count, struct explanation *explanation)
{
    for (size_t i = 0; i < CONFIG_SETTING_COUNT; i++) {
        const char *text = settings[i].preset;
        for (size_t j = 0; j < preset_count; j++)
            if (presets[j].setting == i)
                text = presets[j].text;
        if (*text == '\0')
            continue;
        const enum result result =
            set(config, &settings[i], text, (struct config_origin){0}, "default", explanation);
        if (result != RESULT_OK)
            return result;
    }
    return RESULT_OK;
}

/* ---- The file ---- */

static enum result set_from_line(struct config *config, const char *path, int number, char *line,
                                 struct explanation *explanation)
{
    char *name, *value;
    size_t name_length;
    if (!config_file_split(line, &name, &name_length, &value))
        return RESULT_OK;
    const struct setting *setting = setting_find(settings, CONFIG_SETTING_COUNT, name, name_length);
    if (setting == NULL)
        return explain(explanation, RESULT_MALFORMED, "%s:%d: %.*s is not a setting", path, number,
                       name_length > 80 ? 80 : (int)name_length, name);
    const struct config_origin *origin = &config->origins[setting - settings];
    if (origin->kind == CONFIG_FROM_FILE)
        return explain(explanation, RESULT_MALFORMED, "%s:%d: %.*s was set in line %d already",
                       path, number, (int)name_length, name, origin->line);
    char source[256];
    (void)snprintf(source, sizeof source, "%.200s:%d", path, number);
    return set(config, setting, value, (struct config_origin){CONFIG_FROM_FILE, number}, source,
               explanation);
}

/* Whom to tell of every line that is wrong, so that reading goes on behind it; NULL: nobody, and it
 * ends there. */
typedef void complain_function(const struct explanation *explanation);

/* `*wrong`: how many lines were told of. */
static enum result set_from_text(struct config *config, char *text, complain_function *complain,
                                 size_t *wrong, struct explanation *explanation)
{
    char *line = text;
    for (int number = 1; line != NULL; number++) {
        char *end = strchr(line, '\n');
        if (end != NULL)
            *end = '\0';
        const enum result result =
            set_from_line(config, config->file_path, number, line, explanation);
        if (result != RESULT_OK && complain == NULL)
            return result;
        if (result != RESULT_OK) {
            complain(explanation);
            ++*wrong;
        }
        line = end == NULL ? NULL : end + 1;
    }
    return RESULT_OK;
}

static enum result set_from_file(struct config *config, struct explanation *explanation)
{
    size_t wrong = 0;
    const enum result result = config_file_read(config->file_path, &config->file_text, explanation);
    return result != RESULT_OK
               ? result
               : set_from_text(config, config->file_text, NULL, &wrong, explanation);
}

/* ---- The environment ---- */

static enum result set_from_environment(struct config *config, struct explanation *explanation)
{
    for (size_t i = 0; i < CONFIG_SETTING_COUNT; i++) {
        char variable[SETTING_VARIABLE_MAX];
        setting_variable(&settings[i], variable);
        const char *text = getenv(variable);
        if (text == NULL)
            continue;
        const enum result result =
            set(config, &settings[i], text, (struct config_origin){CONFIG_FROM_ENVIRONMENT, 0},
                variable, explanation);
        if (result != RESULT_OK)
            return result;
    }
    return RESULT_OK;
}

/* Names that no setting has are told and not refused: some platforms put names of their own, made
 * from a service's name, into the environment (USHER_SERVICE_HOST). */
static void warn_of_unknown_variables(void)
{
    for (char *const *entry = environ; *entry != NULL; entry++) {
        if (strncmp(*entry, "USHER_", 6) != 0)
            continue;
        const size_t length = strcspn(*entry, "=");
        bool known = false;
        for (size_t i = 0; i < CONFIG_SETTING_COUNT && !known; i++) {
            char variable[SETTING_VARIABLE_MAX];
            setting_variable(&settings[i], variable);
            known = strlen(variable) == length && memcmp(variable, *entry, length) == 0;
        }
        if (!known)
            fprintf(stderr, "usher: warning: %.*s in the environment is not a setting; ignored\n",
                    (int)length, *entry);
    }
}

/* ---- The arguments ---- */

/* Walks the arguments; one step yields a flag with its value, or an operand. */
struct argument {
    const char *name; /* after the dashes; NULL: an operand */
    size_t name_length;
    const char *value; /* or NULL: none is there */
    bool attached;     /* the value came with '=' */
};

static struct argument argument_at(int count, char *const *arguments, int index)
{
    const char *text = arguments[index];
    if (strncmp(text, "--", 2) != 0)
        return (struct argument){.value = text};
    text += 2;
    const size_t length = strcspn(text, "=");
    struct argument argument = {.name = text, .name_length = length};
    if (text[length] == '=') {
        argument.value = text + length + 1;
        argument.attached = true;
    } else if (index + 1 < count && strncmp(arguments[index + 1], "--", 2) != 0) {
        argument.value = arguments[index + 1];
    }
    return argument;
}

static bool argument_is(const struct argument *argument, const char *name)
{
    return argument->name != NULL && strlen(name) == argument->name_length &&
           memcmp(argument->name, name, argument->name_length) == 0;
}

static enum result set_own_option(const struct command_line *line, const struct setting *option,
                                  const struct argument *argument, struct explanation *explanation)
{
    struct explanation why;
    const char *text = option->type == SETTING_TYPE_SWITCH ? "" : argument->value;
    const enum result result = setting_read(option, text, line->option_values, &why);
    if (result != RESULT_OK)
        return explain(explanation, result, "--%.*s '%.80s': %s", (int)argument->name_length,
                       argument->name, text, why.text);
    return result;
}

/* `*used`: how many arguments the flag took. */
static enum result set_from_flag(struct config *config, const struct command_line *line,
                                 const struct argument *argument, int *used,
                                 struct explanation *explanation)
{
    const struct setting *option =
        setting_find(line->options, line->option_count, argument->name, argument->name_length);
    const struct setting *setting =
        setting_find(settings, CONFIG_SETTING_COUNT, argument->name, argument->name_length);
    const bool is_config = argument_is(argument, "config");
    const bool is_switch = option != NULL && option->type == SETTING_TYPE_SWITCH;
    const int shown = argument->name_length > 80 ? 80 : (int)argument->name_length;
    if (option == NULL && setting == NULL && !is_config)
        return explain(explanation, RESULT_MALFORMED, "--%.*s is not a setting", shown,
                       argument->name);
    if (is_switch && argument->attached)
        return explain(explanation, RESULT_MALFORMED, "--%.*s takes no value", shown,
                       argument->name);
    if (!is_switch && argument->value == NULL)
        return explain(explanation, RESULT_MALFORMED, "--%.*s needs a value", shown,
                       argument->name);
    *used = is_switch || argument->attached ? 1 : 2;
    if (is_config)
        return RESULT_OK; /* read before, being of lower precedence */
    if (option != NULL)
        return set_own_option(line, option, argument, explanation);
    return set(config, setting, argument->value, (struct config_origin){CONFIG_FROM_FLAG, 0},
               "command line", explanation);
}

static enum result set_from_arguments(struct config *config, struct command_line *line, int count,
                                      char *const *arguments, struct explanation *explanation)
{
    size_t operands = 0;
    for (int i = 0; i < count;) {
        const struct argument argument = argument_at(count, arguments, i);
        int used = 1;
        if (argument.name == NULL) {
            if (operands == line->operand_count)
                return explain(explanation, RESULT_MALFORMED, "'%.80s' is one word too many",
                               argument.value);
            line->operands[operands++] = argument.value;
        } else {
            const enum result result = set_from_flag(config, line, &argument, &used, explanation);
            if (result != RESULT_OK)
                return result;
        }
        i += used;
    }
    if (operands < line->operand_count)
        return explain(explanation, RESULT_MALFORMED, "%s is missing", line->operand_name);
    return RESULT_OK;
}

/* The value of the last --config, or NULL. */
static const char *find_config_file(const struct command_line *line, int count,
                                    char *const *arguments)
{
    const char *path = NULL;
    for (int i = 0; i < count; i++) {
        const struct argument argument = argument_at(count, arguments, i);
        if (argument_is(&argument, "config"))
            path = argument.value;
        const struct setting *option = argument.name == NULL
                                           ? NULL
                                           : setting_find(line->options, line->option_count,
                                                          argument.name, argument.name_length);
        const bool is_switch = option != NULL && option->type == SETTING_TYPE_SWITCH;
        if (argument.name != NULL && argument.value != NULL && !argument.attached && !is_switch)
            i++;
    }
    return path;
}

/* ---- What settings have to do with each other ---- */

#define PLACE_BYTES_MAX 256

/* Where a setting was set, as people find it. */
static const char *source_of(const struct config *config, enum config_setting setting,
                             char place[static PLACE_BYTES_MAX])
{
    char variable[SETTING_VARIABLE_MAX];
    const struct config_origin *origin = &config->origins[setting];
    switch (origin->kind) {
    case CONFIG_FROM_DEFAULT:
        return "default";
    case CONFIG_FROM_FILE:
        (void)snprintf(place, PLACE_BYTES_MAX, "%.200s:%d", config->file_path, origin->line);
        return place;
    case CONFIG_FROM_ENVIRONMENT:
        setting_variable(&settings[setting], variable);
        (void)snprintf(place, PLACE_BYTES_MAX, "%s", variable);
        return place;
    case CONFIG_FROM_FLAG:
        return "command line";
    }
    UNREACHABLE("origin of a setting");
}

static enum result certificate_has_key(const struct config *config, struct explanation *explanation)
{
    char place[PLACE_BYTES_MAX];
    if ((config->tls_cert == NULL) == (config->tls_key == NULL))
        return RESULT_OK;
    return explain(
        explanation, RESULT_MALFORMED, "%s: tls-cert and tls-key go together",
        source_of(config, config->tls_cert != NULL ? CONFIG_tls_cert : CONFIG_tls_key, place));
}

static enum result file_is_readable(const struct config *config, enum config_setting setting,
                                    const char *path, struct explanation *explanation)
{
    char place[PLACE_BYTES_MAX], name[SETTING_NAME_MAX];
    if (path == NULL || access(path, R_OK) == 0)
        return RESULT_OK;
    const int error = errno;
    setting_name(&settings[setting], name);
    return explain(explanation, RESULT_MALFORMED, "%s: %s %.100s: %s",
                   source_of(config, setting, place), name, path, strerror(error));
}

static enum result certificate_is_readable(const struct config *config,
                                           struct explanation *explanation)
{
    return file_is_readable(config, CONFIG_tls_cert, config->tls_cert, explanation);
}

static enum result key_is_readable(const struct config *config, struct explanation *explanation)
{
    return file_is_readable(config, CONFIG_tls_key, config->tls_key, explanation);
}

static enum result addresses_differ(const struct config *config, struct explanation *explanation)
{
    char place[PLACE_BYTES_MAX];
    const char *listen = config->listen, *metrics = config->metrics_listen;
    const char *port = strrchr(listen, ':');
    if (metrics == NULL || strcmp(listen, metrics) != 0 || strcmp(port, ":0") == 0)
        return RESULT_OK;
    return explain(explanation, RESULT_MALFORMED, "%s: metrics-listen = '%s' is where listen is",
                   source_of(config, CONFIG_metrics_listen, place), metrics);
}

static enum result (*const relations[])(const struct config *config,
                                        struct explanation *explanation) = {
    certificate_has_key,
    certificate_is_readable,
    key_is_readable,
    addresses_differ,
};

#define RELATION_COUNT (sizeof relations / sizeof relations[0])

static enum result check_relations(const struct config *config, struct explanation *explanation)
{
    for (size_t i = 0; i < RELATION_COUNT; i++) {
        const enum result result = relations[i](config, explanation);
        if (result != RESULT_OK)
            return result;
    }
    return RESULT_OK;
}

size_t config_judge(struct config *config, const char *path,
                    void (*complain)(const struct explanation *explanation))
{
    struct explanation explanation;
    size_t wrong = 0;
    *config = (struct config){.file_path = path};
    enum result result = set_defaults(config, NULL, 0, &explanation);
    if (result == RESULT_OK)
        result = config_file_read(path, &config->file_text, &explanation);
    if (result == RESULT_OK)
        result = set_from_text(config, config->file_text, complain, &wrong, &explanation);
    if (result != RESULT_OK) {
        complain(&explanation);
        return wrong + 1;
    }
    if (wrong > 0)
        return wrong; /* what these lines should have said is missing */
    for (size_t i = 0; i < RELATION_COUNT; i++)
        if (relations[i](config, &explanation) != RESULT_OK) {
            complain(&explanation);
            wrong++;
        }
    return wrong;
}

/* ---- All together ---- */

static enum result set_option_defaults(const struct command_line *line,
                                       struct explanation *explanation)
{
    for (size_t i = 0; i < line->option_count; i++) {
        const struct setting *option = &line->options[i];
        if (option->preset[0] == '\0')
            continue;
        const enum result result =
            setting_read(option, option->preset, line->option_values, explanation);
        if (result != RESULT_OK)
            return result;
    }
    return RESULT_OK;
}

enum result config_read(struct config *config, struct command_line *line,
                        const struct config_preset *presets, size_t preset_count,
                        int argument_count, char *const *arguments, struct explanation *explanation)
{
    CHECK(line->operand_count <= OPERANDS_MAX);
    *config = (struct config){
        .file_path = find_config_file(line, argument_count, arguments),
        .argument_count = argument_count,
        .arguments = arguments,
    };
    enum result result = set_defaults(config, presets, preset_count, explanation);
    if (result == RESULT_OK)
        result = set_option_defaults(line, explanation);
    if (result == RESULT_OK && config->file_path != NULL)
        result = set_from_file(config, explanation);
    if (result == RESULT_OK)
        result = set_from_environment(config, explanation);
    if (result == RESULT_OK)
        result = set_from_arguments(config, line, argument_count, arguments, explanation);
    if (result == RESULT_OK)
        result = check_relations(config, explanation);
    if (result == RESULT_OK)
        warn_of_unknown_variables();
    return result;
}
