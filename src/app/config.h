/* The configuration of one run: every setting of config.def from, by rising precedence, its
 * default, the file given with --config, the environment and the flags. */
#ifndef USHER_APP_CONFIG_H
#define USHER_APP_CONFIG_H

#include "app/setting.h"
#include "base/result.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum config_setting {
#define SETTING(name, type, of, when, preset, least, most, value_name, help) CONFIG_##name,
#include "app/config.def"
    CONFIG_SETTING_COUNT
};

/* What has to do with a setting; bits, since a command has to do with several. */
enum config_part {
    CONFIG_OF_DIRECTORY = 1 << 0,
    CONFIG_OF_RULES = 1 << 1,
    CONFIG_OF_OFFICE = 1 << 2,
    CONFIG_OF_SERVER = 1 << 3,
};

/* From when on a change of a setting holds. */
enum config_when { CONFIG_START, CONFIG_LIVE };

/* Where a value came from. */
struct config_origin {
    enum {
        CONFIG_FROM_DEFAULT,
        CONFIG_FROM_FILE,
        CONFIG_FROM_ENVIRONMENT,
        CONFIG_FROM_FLAG,
    } kind;
    int line; /* of the file */
};

/* Texts point into the arguments, the environment or `file_text`; those that are not set are NULL.
 */
struct config {
#define SETTING(name, type, of, when, preset, least, most, value_name, help) SETTING_C_##type name;
#include "app/config.def"
    struct config_origin origins[CONFIG_SETTING_COUNT];
    int argument_count; /* what it was read from, */
    char *const *arguments;
    const char *file_path; /* and the file of --config, or NULL */
    char *file_text;
};

#define OPERANDS_MAX 4

/* A command's own flags and operands. */
struct command_line {
    const struct setting *options; /* the command's own flags, or NULL */
    size_t option_count;
    void *option_values;                /* the struct that they go to */
    size_t operand_count;               /* in: how many it takes; less or more is refused */
    const char *operand_name;           /* for the message; NULL when it takes none */
    const char *operands[OPERANDS_MAX]; /* out */
};

/* A default of one command that differs from config.def's. */
struct config_preset {
    enum config_setting setting;
    const char *text;
};

/* Reads everything. `arguments` are those after the command's name. Anything but RESULT_OK:
 * `explanation` names the setting, where it was set and what it may be. Release in any case. */
MUST_USE enum result config_read(struct config *config, struct command_line *line,
                                 const struct config_preset *presets, size_t preset_count,
                                 int argument_count, char *const *arguments,
                                 struct explanation *explanation);
void config_release(struct config *config);

/* Reads a file alone, over the defaults, as a start would, and tells everything that is wrong with
 * it, not only the first. Answers how much that was. Release in any case. */
MUST_USE size_t config_judge(struct config *config, const char *path,
                             void (*complain)(const struct explanation *explanation));

/* Whether anybody set it, rather than its default. */
bool config_is_set(const struct config *config, enum config_setting setting);

/* All settings, in the order of config.def. */
const struct setting *config_settings(void);
enum config_part config_part_of(enum config_setting setting);
enum config_when config_when_of(enum config_setting setting);

#endif
