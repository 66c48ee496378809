/* `usher completion`: what bash completes, made of what the commands' help is made of. */
#include "app/command.h"

#include "base/check.h"

#include <stdio.h>
#include <string.h>

/* What may stand behind a flag, as compgen(1) of bash is told; NULL: it cannot know. */
static const char *value_words(const struct setting *setting)
{
    switch (setting->type) {
    case SETTING_TYPE_DOOR:
        return "-W 'open closed'";
    case SETTING_TYPE_TOGGLE:
        return "-W 'on off'";
    case SETTING_TYPE_THREADS:
        return "-W auto";
    case SETTING_TYPE_TEXT:
        if (strcmp(setting->value_name, "DIR") == 0)
            return "-d";
        return strcmp(setting->value_name, "FILE") == 0 ? "-f" : NULL;
    case SETTING_TYPE_ADDRESS:
    case SETTING_TYPE_ADDRESSES:
    case SETTING_TYPE_ORIGINS:
    case SETTING_TYPE_ORIGIN:
    case SETTING_TYPE_ZONE:
    case SETTING_TYPE_CURRENCY:
    case SETTING_TYPE_TOP_UP:
    case SETTING_TYPE_COUNT:
    case SETTING_TYPE_SWITCH:
        return NULL;
    }
    UNREACHABLE("setting type");
}

/* The arm of a `case` over the word before. */
static void put_values(const struct setting *setting)
{
    char name[SETTING_NAME_MAX];
    const char *words = value_words(setting);
    if (setting->type == SETTING_TYPE_SWITCH)
        return;
    setting_name(setting, name);
    printf("    --%s) words=(%s) ;;\n", name, words == NULL ? "-W ''" : words);
}

static void put_flags(const struct setting *settings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char name[SETTING_NAME_MAX];
        setting_name(&settings[i], name);
        printf(" --%s", name);
    }
}

/* The arm of a `case` over the command. */
static void put_command_flags(const struct command *command)
{
    printf("    '%s%s%s') words=(-W '--help", command->words[0],
           command->words[1] == NULL ? "" : " ",
           command->words[1] == NULL ? "" : command->words[1]);
    if (command->options != NULL) {
        size_t count;
        const struct setting *options = command->options(&count);
        put_flags(options, count);
    }
    if (command->reads != 0)
        fputs(" --config", stdout);
    for (size_t i = 0; i < CONFIG_SETTING_COUNT; i++)
        if ((config_part_of((enum config_setting)i) & command->reads) != 0)
            put_flags(&config_settings()[i], 1);
    fputs("') ;;\n", stdout);
}

/* The second words of the commands that begin with that of `first`, once. */
static void put_second_words(const struct command *commands, size_t count, size_t first)
{
    for (size_t i = 0; i < first; i++)
        if (strcmp(commands[i].words[0], commands[first].words[0]) == 0)
            return;
    printf("    '%s') words=(-W '", commands[first].words[0]);
    for (size_t i = first; i < count; i++)
        if (strcmp(commands[i].words[0], commands[first].words[0]) == 0)
            printf("%s ", commands[i].words[1]);
    fputs("') ;;\n", stdout);
}

static void put_bash(void)
{
    size_t count;
    const struct command *commands = command_table(&count);
    fputs("# Completion of usher for bash, made by usher completion.\n"
          "_usher()\n{\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
          "    local command=${COMP_WORDS[1]} words=()\n"
          "    COMPREPLY=()\n"
          "    if [ \"$COMP_CWORD\" = 1 ]; then\n"
          "        COMPREPLY=($(compgen -W '--help --version",
          stdout);
    for (size_t i = 0; i < count; i++)
        printf(" %s", commands[i].words[0]);
    fputs("' -- \"$word\"))\n"
          "        return\n"
          "    fi\n"
          "    case $command in\n",
          stdout);
    for (size_t i = 0; i < count; i++)
        if (commands[i].words[1] != NULL)
            put_second_words(commands, count, i);
    fputs("    esac\n"
          "    if [ ${#words[@]} -gt 0 ] && [ \"$COMP_CWORD\" = 2 ]; then\n"
          "        COMPREPLY=($(compgen \"${words[@]}\" -- \"$word\"))\n"
          "        return\n"
          "    fi\n"
          "    [ ${#words[@]} = 0 ] || command=\"$command ${COMP_WORDS[2]}\"\n"
          "    words=()\n"
          "    case $before in\n"
          "    --config) words=(-f) ;;\n",
          stdout);
    for (size_t i = 0; i < CONFIG_SETTING_COUNT; i++)
        put_values(&config_settings()[i]);
    for (size_t i = 0; i < count; i++) {
        size_t options_count = 0;
        const struct setting *options =
            commands[i].options == NULL ? NULL : commands[i].options(&options_count);
        for (size_t j = 0; j < options_count; j++)
            put_values(&options[j]);
    }
    fputs("    esac\n"
          "    case ${words[0]} in\n"
          "    -d | -f) compopt -o filenames ;;\n"
          "    '')\n"
          "        case $command in\n",
          stdout);
    for (size_t i = 0; i < count; i++) {
        fputs("    ", stdout);
        put_command_flags(&commands[i]);
    }
    fputs("        esac\n"
          "        ;;\n"
          "    esac\n"
          "    [ ${#words[@]} = 0 ] || COMPREPLY=($(compgen \"${words[@]}\" -- \"$word\"))\n"
          "}\n"
          "complete -F _usher usher\n",
          stdout);
}

enum command_status command_completion(int argument_count, char *const *arguments)
{
    struct config config;
    struct command_line line = {0};
    struct explanation explanation;
    const enum result result =
        config_read(&config, &line, NULL, 0, argument_count, arguments, &explanation);
    config_release(&config);
    if (result != RESULT_OK)
        return command_misused(&explanation);
    put_bash();
    return COMMAND_DONE;
}
