/* The configuration: a file, arguments and the environment, all in one text. Whatever they say,
 * every setting that is accepted is one that config.def allows, comes from where it should, and can
 * be written down and read back; what is refused is refused with a sentence.
 *
 * The file's text comes first. After a line "---" every line is an argument, or a variable of the
 * environment when it has the name of one and '='. "$file" in an argument names the file. */
#include "fuzz.h"

#include "app/config.h"
#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define ARGUMENTS_MAX 64
#define ARGUMENT_BYTES_MAX 8192

struct own_options {
    int64_t count;
    bool quick;
};

static const struct setting own_options[] = {
    {"count", SETTING_TYPE_COUNT, offsetof(struct own_options, count), "7", 0, 9, "N", ""},
    {"be_quick", SETTING_TYPE_SWITCH, offsetof(struct own_options, quick), "", 0, 0, "", ""},
};

/* What one input says. */
struct words {
    char *arguments[ARGUMENTS_MAX];
    int count;
};

/* ---- The file ---- */

static char file_path[64];

/* Makes the file hold these bytes. It lives in memory and is opened by its path, as any other. */
static void write_file(const void *bytes, size_t length)
{
    static int file = -1;
    if (file < 0) {
        file = memfd_create("config", MFD_CLOEXEC);
        CHECK(file >= 0);
        CHECK(snprintf(file_path, sizeof file_path, "/proc/self/fd/%d", file) > 0);
    }
    CHECK(ftruncate(file, 0) == 0);
    CHECK(pwrite(file, bytes, length, 0) == (ssize_t)length);
}

/* ---- Arguments and environment ---- */

static const struct setting *setting_of_variable(const char *text)
{
    for (size_t i = 0; i < CONFIG_SETTING_COUNT; i++) {
        char variable[SETTING_VARIABLE_MAX];
        setting_variable(&config_settings()[i], variable);
        const size_t length = strlen(variable);
        if (strncmp(text, variable, length) == 0 && text[length] == '=')
            return &config_settings()[i];
    }
    return NULL;
}

static void clear_environment(void)
{
    for (size_t i = 0; i < CONFIG_SETTING_COUNT; i++) {
        char variable[SETTING_VARIABLE_MAX];
        setting_variable(&config_settings()[i], variable);
        CHECK(unsetenv(variable) == 0);
    }
}

/* One line: a variable, which is set, or an argument, which is kept. */
static void take_word(struct words *words, const char *line)
{
    static const char place[] = "$file";
    const struct setting *setting = setting_of_variable(line);
    if (setting != NULL) {
        char variable[SETTING_VARIABLE_MAX];
        setting_variable(setting, variable);
        CHECK(setenv(variable, line + strlen(variable) + 1, 1) == 0);
        return;
    }
    if (words->count == ARGUMENTS_MAX)
        return;
    const char *found = strstr(line, place);
    char **argument = &words->arguments[words->count++];
    if (found == NULL)
        CHECK((*argument = strdup(line)) != NULL);
    else
        CHECK(asprintf(argument, "%.*s%s%s", (int)(found - line), line, file_path,
                       found + sizeof place - 1) >= 0);
}

static void take_words(struct words *words, struct fuzz_input input)
{
    char line[ARGUMENT_BYTES_MAX];
    size_t length = 0;
    while (fuzz_left(&input) > 0) {
        const char character = (char)fuzz_byte(&input);
        const bool ends = character == '\n' || character == '\0' || length + 1 == sizeof line;
        if (!ends)
            line[length++] = character;
        if (!ends && fuzz_left(&input) > 0)
            continue;
        line[length] = '\0';
        take_word(words, line);
        length = 0;
    }
}

static void words_release(struct words *words)
{
    for (int i = 0; i < words->count; i++)
        free(words->arguments[i]);
    clear_environment();
}

/* ---- What must hold of a configuration that was accepted ---- */

static const void *value_of(const struct config *config, const struct setting *setting)
{
    return (const char *)config + setting->offset;
}

static const char *text_of(const struct config *config, const struct setting *setting)
{
    const char *text;
    memcpy(&text, value_of(config, setting), sizeof text);
    return text;
}

static int64_t count_of(const struct config *config, const struct setting *setting)
{
    int64_t count;
    memcpy(&count, value_of(config, setting), sizeof count);
    return count;
}

static void check_value(const struct config *config, const struct setting *setting)
{
    switch (setting->type) {
    case SETTING_TYPE_TEXT:
    case SETTING_TYPE_ADDRESS:
    case SETTING_TYPE_ADDRESSES:
    case SETTING_TYPE_ORIGINS:
    case SETTING_TYPE_ORIGIN:
    case SETTING_TYPE_ZONE:
    case SETTING_TYPE_CURRENCY:
    case SETTING_TYPE_TOP_UP: {
        const char *text = text_of(config, setting);
        CHECK(text != NULL || setting->preset[0] == '\0');
        CHECK(text == NULL ||
              ((int64_t)strlen(text) >= setting->least && (int64_t)strlen(text) <= setting->most));
        return;
    }
    case SETTING_TYPE_COUNT:
    case SETTING_TYPE_THREADS: {
        const int64_t count = count_of(config, setting);
        const bool is_auto = setting->type == SETTING_TYPE_THREADS && count == THREADS_AUTO;
        CHECK(is_auto || (count >= setting->least && count <= setting->most));
        return;
    }
    case SETTING_TYPE_TOGGLE:
    case SETTING_TYPE_DOOR: {
        uint8_t open;
        memcpy(&open, value_of(config, setting), sizeof open);
        CHECK(open <= 1);
        return;
    }
    case SETTING_TYPE_SWITCH:
        CHECK(false); /* no setting is one */
    }
}

/* The value as a user would write it; NULL: it is not set. `number` is for digits. */
static const char *value_text(const struct config *config, const struct setting *setting,
                              char number[static 24])
{
    bool open;
    const enum setting_type type = setting->type;
    if (type == SETTING_TYPE_COUNT || type == SETTING_TYPE_THREADS) {
        if (setting->type == SETTING_TYPE_THREADS && count_of(config, setting) == THREADS_AUTO)
            return "auto";
        CHECK(snprintf(number, 24, "%lld", (long long)count_of(config, setting)) > 0);
        return number;
    }
    if (type == SETTING_TYPE_DOOR) {
        memcpy(&open, value_of(config, setting), sizeof open);
        return open ? "open" : "closed";
    }
    if (type == SETTING_TYPE_TOGGLE) {
        memcpy(&open, value_of(config, setting), sizeof open);
        return open ? "on" : "off";
    }
    return text_of(config, setting);
}

/* The value of the last flag "--name VALUE" or "--name=VALUE", or NULL. What begins with two dashes
 * is never the value of the flag before it. */
static const char *flag_value(const struct words *words, const char *name)
{
    const char *value = NULL;
    const size_t length = strlen(name);
    for (int i = 0; i < words->count; i++) {
        const char *text = words->arguments[i];
        if (strncmp(text, "--", 2) != 0 || strncmp(text + 2, name, length) != 0)
            continue;
        if (text[2 + length] == '=')
            value = text + 3 + length;
        else if (text[2 + length] == '\0')
            value = words->arguments[i + 1]; /* it was accepted, so there is one */
    }
    return value;
}

/* A flag wins over the environment, that over the file, and that over the default. */
static void check_origin(const struct config *config, const struct setting *setting,
                         const struct words *words)
{
    char name[SETTING_NAME_MAX], variable[SETTING_VARIABLE_MAX], number[24];
    setting_name(setting, name);
    setting_variable(setting, variable);
    const struct config_origin *origin = &config->origins[setting - config_settings()];
    const char *flag = flag_value(words, name), *given = getenv(variable);
    const char *text = flag != NULL ? flag : given;
    CHECK((flag != NULL) == (origin->kind == CONFIG_FROM_FLAG));
    CHECK((flag == NULL && given != NULL) == (origin->kind == CONFIG_FROM_ENVIRONMENT));
    CHECK(text == NULL || strcmp(text, value_text(config, setting, number)) == 0);
    CHECK((origin->kind == CONFIG_FROM_FILE) == (origin->line > 0));
    CHECK(origin->kind != CONFIG_FROM_FILE || config->file_text != NULL);
}

/* ---- Writing it down and reading it back ---- */

static void check_same(const struct config *a, const struct config *b)
{
    for (size_t i = 0; i < CONFIG_SETTING_COUNT; i++) {
        char numbers[2][24];
        const char *left = value_text(a, &config_settings()[i], numbers[0]);
        const char *right = value_text(b, &config_settings()[i], numbers[1]);
        CHECK(left == NULL || right == NULL ? left == right : strcmp(left, right) == 0);
    }
}

static enum result read_words(struct config *config, struct own_options *options,
                              struct words *words, struct explanation *explanation)
{
    struct command_line line = {.options = own_options,
                                .option_count = sizeof own_options / sizeof own_options[0],
                                .option_values = options,
                                .operand_count = 1,
                                .operand_name = "EMAIL"};
    *options = (struct own_options){0};
    return config_read(config, &line, NULL, 0, words->count, words->arguments, explanation);
}

/* Each setting as a flag of its own. */
static void check_flags_read_back(const struct config *config)
{
    struct words words = {.arguments = {strdup("operand")}, .count = 1};
    struct own_options options;
    struct config again;
    struct explanation explanation;
    for (size_t i = 0; i < CONFIG_SETTING_COUNT; i++) {
        char name[SETTING_NAME_MAX], number[24];
        const char *text = value_text(config, &config_settings()[i], number);
        setting_name(&config_settings()[i], name);
        if (text != NULL)
            CHECK(asprintf(&words.arguments[words.count++], "--%s=%s", name, text) > 0);
    }
    CHECK(read_words(&again, &options, &words, &explanation) == RESULT_OK);
    check_same(config, &again);
    config_release(&again);
    words_release(&words);
}

/* The file's lines can't say every text: blanks around it, a line's end, " #". */
static bool fits_a_line(const char *text)
{
    return strpbrk(text, " \t\r\n#") == NULL && text[0] != '=' && text[0] != '\0';
}

static void check_file_reads_back(const struct config *config)
{
    char *bytes = NULL;
    size_t length = 0;
    struct words words = {.arguments = {strdup("--config"), strdup(file_path), strdup("operand")},
                          .count = 3};
    struct own_options options;
    struct config again;
    struct explanation explanation;
    bool all = true;
    FILE *file = open_memstream(&bytes, &length);
    CHECK(file != NULL);
    for (size_t i = 0; i < CONFIG_SETTING_COUNT; i++) {
        char name[SETTING_NAME_MAX], number[24];
        const char *text = value_text(config, &config_settings()[i], number);
        setting_name(&config_settings()[i], name);
        all = all && (text == NULL || fits_a_line(text));
        if (text != NULL)
            CHECK(fprintf(file, "%s = %s\n", name, text) > 0);
    }
    CHECK(fclose(file) == 0);
    write_file(bytes, length);
    free(bytes);
    if (all) {
        CHECK(read_words(&again, &options, &words, &explanation) == RESULT_OK);
        check_same(config, &again);
        config_release(&again);
    }
    words_release(&words);
}

/* ---- Judged alone ---- */

static size_t complaint_count;

static void count_complaint(const struct explanation *explanation)
{
    CHECK(explanation->text[0] != '\0');
    complaint_count++;
}

/* `usher config check` has something to say exactly where a start with that file has. */
static void check_judged(void)
{
    struct words words = {.arguments = {strdup("--config"), strdup(file_path), strdup("operand")},
                          .count = 3};
    struct own_options options;
    struct config read, judged;
    struct explanation explanation;
    const enum result result = read_words(&read, &options, &words, &explanation);
    complaint_count = 0;
    const size_t wrong = config_judge(&judged, file_path, count_complaint);
    CHECK(wrong == complaint_count);
    CHECK((wrong == 0) == (result == RESULT_OK));
    if (wrong == 0)
        check_same(&read, &judged);
    config_release(&read);
    config_release(&judged);
    words_release(&words);
}

/* ---- One input ---- */

static void check_accepted(const struct config *config, const struct own_options *options,
                           const struct words *words)
{
    CHECK(options->count >= 0 && options->count <= 9);
    CHECK((config->tls_cert == NULL) == (config->tls_key == NULL));
    for (size_t i = 0; i < CONFIG_SETTING_COUNT; i++) {
        check_value(config, &config_settings()[i]);
        check_origin(config, &config_settings()[i], words);
    }
    clear_environment();
    check_flags_read_back(config);
    check_file_reads_back(config);
}

static void check_refused(enum result result, const struct explanation *explanation)
{
    CHECK(result == RESULT_MALFORMED || result == RESULT_FULL || result == RESULT_IO);
    CHECK(memchr(explanation->text, '\0', sizeof explanation->text) != NULL);
    CHECK(explanation->text[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char separator[] = "\n---\n";
    /* A terminal or a pipe as --config would wait for somebody to write. */
    if (memmem(data, size, "dev", 3) != NULL)
        return 0;
    const uint8_t *found = memmem(data, size, separator, sizeof separator - 1);
    const uint8_t *end = data + size, *rest = found == NULL ? end : found + sizeof separator - 1;
    struct words words = {.count = 0};
    struct own_options options;
    struct config config;
    struct explanation explanation;
    clear_environment();
    write_file(data, (size_t)((found == NULL ? end : found + 1) - data));
    check_judged();
    take_words(&words, (struct fuzz_input){.at = rest, .end = end});
    const enum result result = read_words(&config, &options, &words, &explanation);
    if (result == RESULT_OK)
        check_accepted(&config, &options, &words);
    else
        check_refused(result, &explanation);
    config_release(&config);
    words_release(&words);
    return 0;
}
