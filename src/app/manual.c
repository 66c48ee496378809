/* `usher manual`: the man pages, made of what the commands' help is made of, as man(7) has them. */
#include "app/command.h"

#include <stdio.h>
#include <string.h>

#define BOLD "\\fB"
#define ITALIC "\\fI"
#define ROMAN "\\fR"

/* Writes a text as roff: a '-' that stays one when it is copied, no requests by chance at the start
 * of a line, and what stands between backticks in bold. */
static void put_prose(const char *text)
{
    bool bold = false, line_starts = true;
    for (; *text != '\0'; text++) {
        if (line_starts && (*text == '.' || *text == '\''))
            fputs("\\&", stdout);
        line_starts = *text == '\n';
        switch (*text) {
        case '-':
            fputs("\\-", stdout);
            break;
        case '\\':
            fputs("\\e", stdout);
            break;
        case '`':
            bold = !bold;
            fputs(bold ? BOLD : ROMAN, stdout);
            break;
        default:
            putchar(*text);
        }
    }
}

static void put_title(const char *name, const char *section, const char *kind)
{
    printf(".\\\" Made by usher manual; a change belongs into what `usher --help` says.\n"
           ".TH %s %s " USHER_RELEASED " \"usher " USHER_VERSION "\" \"%s\"\n",
           name, section, kind);
}

static void put_setting(const struct setting *setting, bool flag, bool live)
{
    char name[SETTING_NAME_MAX], note[SETTING_NOTE_BYTES];
    setting_name(setting, name);
    fputs(".TP\n" BOLD, stdout);
    put_prose(flag ? "--" : "");
    put_prose(name);
    fputs(ROMAN, stdout);
    if (setting->type != SETTING_TYPE_SWITCH) {
        fputs(flag ? " " ITALIC : " = " ITALIC, stdout);
        put_prose(setting->value_name);
        fputs(ROMAN, stdout);
    }
    putchar('\n');
    put_prose(setting->help);
    setting_note(setting, live, note);
    if (note[0] != '\0')
        putchar('\n');
    put_prose(note);
    putchar('\n');
}

static void put_command(const struct command *command)
{
    printf(".SS usher %s", command->words[0]);
    if (command->words[1] != NULL)
        printf(" %s", command->words[1]);
    if (command->operands[0] != '\0')
        printf(" %s", command->operands);
    putchar('\n');
    put_prose(command->description);
    if (command->options == NULL)
        return;
    size_t count;
    const struct setting *options = command->options(&count);
    for (size_t i = 0; i < count; i++)
        put_setting(&options[i], true, false);
}

static void put_commands_page(void)
{
    size_t count;
    const struct command *commands = command_table(&count);
    put_title("USHER", "1", "User commands");
    fputs(".SH NAME\n"
          "usher \\- sells numbered seats to a crowd: a waiting room, held seats, prepaid points\n"
          ".SH SYNOPSIS\n"
          ".B usher\n"
          ".I COMMAND\n"
          "[" BOLD "\\-\\-" ROMAN ITALIC "setting value" ROMAN " ...]\n"
          ".SH COMMANDS\n",
          stdout);
    for (size_t i = 0; i < count; i++)
        put_command(&commands[i]);
    fputs(".SH OPTIONS\n"
          "Every command but those that need no data directory takes every setting of\n"
          ".BR usher.conf (5)\n"
          "as a flag, and besides:\n"
          ".TP\n" BOLD "\\-\\-config" ROMAN " " ITALIC "FILE" ROMAN "\n"
          "A file of settings.\n"
          ".TP\n" BOLD "\\-\\-help" ROMAN "\n"
          "What usher, or one command, does and takes.\n"
          ".TP\n" BOLD "\\-\\-version" ROMAN "\n"
          "The version.\n"
          ".SH EXIT STATUS\n"
          ".TP\n.B 0\nIt did what it should.\n"
          ".TP\n.B 1\nIt could not, or found something wrong in what it was to judge.\n"
          ".TP\n.B 2\nThe command line, a setting or the file of settings is wrong.\n"
          ".SH ENVIRONMENT\n"
          "Each setting may stand in a variable, " BOLD "hold\\-seconds" ROMAN " in\n"
          ".BR USHER_HOLD_SECONDS .\n"
          ".B NOTIFY_SOCKET\n"
          "with\n"
          ".BR WATCHDOG_USEC ,\n"
          "and\n"
          ".B LISTEN_FDS\n"
          "are the service manager's: see\n"
          ".BR sd_notify (3)\n"
          "and\n"
          ".BR sd_listen_fds (3).\n"
          ".SH SEE ALSO\n"
          ".BR usher.conf (5),\n"
          ".BR systemctl (1)\n",
          stdout);
}

static void put_settings_page(void)
{
    put_title("USHER.CONF", "5", "File formats");
    fputs(".SH NAME\n"
          "usher.conf \\- the settings of usher\n"
          ".SH DESCRIPTION\n"
          "A setting a line,\n"
          ".IR name \" = \" value ;\n"
          "a\n"
          ".B #\n"
          "with a blank before it, or at the start of a line, begins a comment. A setting that is\n"
          "unknown or stands twice, a value that it cannot have, and what contradicts itself are\n"
          "told with the file and the line, and nothing is started.\n"
          ".PP\n"
          "A flag\n"
          ".RB ( \\-\\-hold\\-seconds \" 300)\"\n"
          "wins over the environment\n"
          ".RB ( USHER_HOLD_SECONDS =300),\n"
          "and that over the file.\n"
          ".PP\n"
          ".B usher config check\n"
          ".I FILE\n"
          "judges a file without starting anything. A server that is sent SIGHUP\n"
          ".RB ( \"systemctl reload usher\" )\n"
          "reads it anew; what it cannot take before its next start is told in its log.\n"
          ".SH SETTINGS\n",
          stdout);
    for (size_t i = 0; i < CONFIG_SETTING_COUNT; i++) {
        const enum config_setting setting = (enum config_setting)i;
        put_setting(&config_settings()[i], false, config_when_of(setting) == CONFIG_LIVE);
    }
    fputs(".SH FILES\n"
          ".TP\n.I /etc/usher/usher.conf\nThe settings of the server that systemd runs.\n"
          ".SH SEE ALSO\n"
          ".BR usher (1)\n",
          stdout);
}

enum command_status command_manual(int argument_count, char *const *arguments)
{
    static const struct {
        const char *name;
        void (*put)(void);
    } pages[] = {{"usher", put_commands_page}, {"usher.conf", put_settings_page}};
    struct config config;
    struct command_line line = {.operand_count = 1, .operand_name = "PAGE"};
    struct explanation explanation;
    const enum result result =
        config_read(&config, &line, NULL, 0, argument_count, arguments, &explanation);
    config_release(&config);
    for (size_t i = 0; i < sizeof pages / sizeof pages[0] && result == RESULT_OK; i++)
        if (strcmp(line.operands[0], pages[i].name) == 0) {
            pages[i].put();
            return COMMAND_DONE;
        }
    if (result == RESULT_OK)
        (void)explain(&explanation, RESULT_NOT_FOUND, "'%.80s' is neither usher nor usher.conf",
                      line.operands[0]);
    return command_misused(&explanation);
}
