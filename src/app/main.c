/* The program `usher`: finds the command and its help. */
#include "app/command.h"

#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define READS_DIRECTORY CONFIG_OF_DIRECTORY
#define READS_RULES (CONFIG_OF_DIRECTORY | CONFIG_OF_RULES)
#define READS_OFFICE (READS_RULES | CONFIG_OF_OFFICE)
#define READS_ALL (READS_OFFICE | CONFIG_OF_SERVER)

static const struct command commands[] = {
    {{"serve", NULL},
     "",
     "answer HTTP on a data directory",
     "Opens the data directory, prints the address on standard output when it is ready, and logs\n"
     "to standard error. SIGTERM and SIGINT stop it: what is in flight is answered. SIGHUP makes "
     "it\n"
     "read the settings again, and the files of tls-cert and tls-key: the log says what holds "
     "from\n"
     "then on and what waits for the next start; when something is wrong it says why and keeps "
     "what\n"
     "it has. Under systemd it tells how it is (sd_notify), and takes the sockets that are lent "
     "to\n"
     "it in the place of listen and, named \"metrics\", of metrics-listen (sd_listen_fds).\n",
     command_serve,
     NULL,
     READS_ALL},
    {{"demo", NULL},
     "",
     "serve with a concert on sale, accounts, and lines to paste",
     "Like serve, with charging open, a concert with two rounds on sale, an organizer and two\n"
     "buyers. Prints their passwords and curl lines that buy a ticket. Without --data it works in\n"
     "a temporary directory, which it removes when it stops: by SIGTERM, Ctrl-C or the closing of\n"
     "its terminal (SIGHUP). With --crowd there are others who buy meanwhile.\n",
     command_demo,
     command_demo_options,
     READS_ALL},
    {{"organizer", "add"},
     "EMAIL",
     "make an organizer's account",
     "Reads the password from standard input, or asks for it on a terminal. Where a server has "
     "the\n"
     "data directory open, it is the server that does it: then it wants the server's own user, or\n"
     "root. GET /v1/actions tells who did it.\n",
     command_organizer_add,
     command_organizer_options,
     READS_OFFICE},
    {{"organizer", "password"},
     "EMAIL",
     "give an organizer another password",
     "Reads the password from standard input, or asks for it on a terminal, and ends all sessions\n"
     "of that organizer. With a server and without one, as `usher organizer add`.\n",
     command_organizer_password,
     NULL,
     READS_OFFICE},
    {{"status", NULL},
     "",
     "how the server of a data directory is",
     "Asks the server that has the data directory open and prints a line `name: value` for each\n"
     "thing it tells: its state and since when, what is wrong, its clock, people, seats, the last\n"
     "minute, the journal, memory. The exit status is 1 when nobody serves the directory. Only "
     "the\n"
     "user whom the server runs as, and root, may ask.\n",
     command_status,
     command_status_options,
     READS_DIRECTORY},
    {{"support", NULL},
     "FILE",
     "a file for whoever is asked for help, without secrets",
     "Writes a new file (or to standard output, where it is -) with the version, the status, the\n"
     "settings, what a check of the tables finds, the sizes of the files, and the metrics. No\n"
     "names, addresses, passwords or keys are in it.\n",
     command_support,
     NULL,
     READS_ALL},
    {{"check", NULL},
     "",
     "check the invariants on a data directory",
     "Brings the tables up to the journal and checks them. Prints a line for each violation; the\n"
     "exit status is then 1. No server may have the data directory open.\n",
     command_check,
     NULL,
     READS_DIRECTORY},
    {{"config", "check"},
     "FILE",
     "judge a file of settings without starting anything",
     "Reads the file as `usher serve --config FILE` would, and prints every line that is wrong,\n"
     "and what contradicts itself, with the file and the line; the exit status is then 1. What\n"
     "the environment and flags say is left out.\n",
     command_config_check,
     NULL,
     0},
    {{"manual", NULL},
     "PAGE",
     "print a man page: usher or usher.conf",
     "Prints the man page usher(1) or usher.conf(5), as man(7) has it: `usher manual usher | man "
     "-l -`.\n",
     command_manual,
     NULL,
     0},
    {{"completion", NULL},
     "",
     "print what bash completes",
     "Prints a script that has bash complete commands, settings and values:\n"
     "`source <(usher completion)`.\n",
     command_completion,
     NULL,
     0},
    {{"id", NULL},
     "TEXT",
     "an id as sqlite3 finds it in the tables",
     "Prints the bytes of an id, which the API and the views show as text, as a literal of SQL:\n"
     "the tables' keys are these bytes. Needs no data directory.\n",
     command_id,
     NULL,
     0},
    {{"seed", NULL},
     "",
     "fill a data directory for load tests",
     "Makes buyers with points and a session each, and concerts on sale. Writes a line for each\n"
     "buyer to the tokens file: session token, user id, e-mail. No server may have the data\n"
     "directory open.\n",
     command_seed,
     command_seed_options,
     READS_OFFICE},
    {{"rehearse", NULL},
     "",
     "a sale with a simulated crowd: how long, how full, what bounds it",
     "Plays a sale on the real office, under a simulated clock and with people who come, wait, "
     "are\n"
     "let in, choose, pay or give up, and tells when it sold out, how long people waited and what\n"
     "kept it from going faster. The house's settings are those that `usher serve` would have.\n"
     "Of the sale nothing is kept but the drawing. The exit status is 1 when the house was "
     "oversold.\n",
     command_rehearse,
     command_rehearse_options,
     READS_RULES},
};

#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

const struct command *command_table(size_t *count)
{
    *count = COMMAND_COUNT;
    return commands;
}

void command_complain(const struct explanation *explanation)
{
    fprintf(stderr, "usher: %s\n", explanation->text);
}

enum command_status command_misused(const struct explanation *explanation)
{
    command_complain(explanation);
    fputs("usher: `usher --help` tells the commands and settings\n", stderr);
    return COMMAND_MISUSED;
}

enum command_status command_failed(const struct explanation *explanation)
{
    command_complain(explanation);
    return COMMAND_FAILED;
}

/* ---- Help ---- */

/* Those that have to do with these parts. */
static void print_settings(unsigned parts)
{
    fputs(
        "\nSettings: as a flag, as an environment variable (hold-seconds is USHER_HOLD_SECONDS),\n"
        "or as a line `hold-seconds = 300` of the file given with --config; a flag wins over the\n"
        "environment, and that over the file.\n\n"
        "  --config FILE\n"
        "          A file of settings, one a line; '#' starts a comment.\n",
        stdout);
    const struct setting *settings = config_settings();
    for (size_t i = 0; i < CONFIG_SETTING_COUNT; i++)
        if ((config_part_of((enum config_setting)i) & parts) != 0)
            setting_print_help(&settings[i], config_when_of((enum config_setting)i) == CONFIG_LIVE,
                               stdout);
}

static size_t name_of(const struct command *command, char *name, size_t size)
{
    return (size_t)snprintf(name, size, "%s%s%s%s%s", command->words[0],
                            command->words[1] == NULL ? "" : " ",
                            command->words[1] == NULL ? "" : command->words[1],
                            command->operands[0] == '\0' ? "" : " ", command->operands);
}

static void print_help(void)
{
    fputs("usher sells numbered seats to a crowd: a waiting room, held seats, prepaid points.\n\n"
          "usage: usher COMMAND [--setting value ...]\n\n",
          stdout);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        char name[64];
        (void)name_of(&commands[i], name, sizeof name);
        printf("  usher %-22s %s\n", name, commands[i].summary);
    }
    fputs("  usher COMMAND --help         what one command does and takes\n"
          "  usher --version\n",
          stdout);
    print_settings(READS_ALL);
}

static void print_command_help(const struct command *command)
{
    char name[64];
    (void)name_of(command, name, sizeof name);
    printf("usage: usher %s%s\n\n%s", name, command->reads == 0 ? "" : " [--setting value ...]",
           command->description);
    if (command->options != NULL) {
        size_t count;
        const struct setting *options = command->options(&count);
        fputs("\nIts own flags:\n\n", stdout);
        for (size_t i = 0; i < count; i++)
            setting_print_help(&options[i], false, stdout);
    }
    if (command->reads != 0)
        print_settings(command->reads);
}

enum command_status command_perform(struct command_line *line, int argument_count,
                                    char *const *arguments, command_action *action)
{
    struct config config;
    struct explanation explanation;
    enum command_status status;
    if (config_read(&config, line, NULL, 0, argument_count, arguments, &explanation) != RESULT_OK)
        status = command_misused(&explanation);
    else
        status = action(&config, line);
    config_release(&config);
    return status;
}

static bool wants_help(int argument_count, char *const *arguments)
{
    for (int i = 0; i < argument_count; i++)
        if (strcmp(arguments[i], "--help") == 0)
            return true;
    return false;
}

/* ---- Finding the command ---- */

static const struct command *find_command(int count, char *const *words, int *used)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const struct command *command = &commands[i];
        const int length = command->words[1] == NULL ? 1 : 2;
        if (count >= length && strcmp(words[0], command->words[0]) == 0 &&
            (length == 1 || strcmp(words[1], command->words[1]) == 0)) {
            *used = length;
            return command;
        }
    }
    return NULL;
}

/* A full disk or a closed pipe behind standard output is a failure as well. */
static int end_program(enum command_status status)
{
    if (fflush(stdout) != 0 && status == COMMAND_DONE) {
        perror("usher: standard output");
        return COMMAND_FAILED;
    }
    return (int)status;
}

/* Keeps the memory of a burst, which malloc would give back after each request and ask for again:
 * on a virtual machine a page costs more than the answer that is written to it. */
static void keep_memory(void)
{
    const int kept = 16 << 20, large = 4 << 20, step = 1 << 20;
    (void)mallopt(M_TRIM_THRESHOLD, kept);
    (void)mallopt(M_MMAP_THRESHOLD, large);
    (void)mallopt(M_TOP_PAD, step);
}

int main(int argc, char **argv)
{
    struct explanation explanation;
    keep_memory();
    if (argc < 2) {
        (void)explain(&explanation, RESULT_MALFORMED, "a command is missing");
        return (int)command_misused(&explanation);
    }
    if (strcmp(argv[1], "--help") == 0) {
        print_help();
        return end_program(COMMAND_DONE);
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("usher " USHER_VERSION);
        return end_program(COMMAND_DONE);
    }
    int used = 0;
    const struct command *command = find_command(argc - 1, argv + 1, &used);
    if (command == NULL) {
        (void)explain(&explanation, RESULT_MALFORMED, "'%.80s' is not a command", argv[1]);
        return (int)command_misused(&explanation);
    }
    const int count = argc - 1 - used;
    char *const *arguments = argv + 1 + used;
    if (wants_help(count, arguments)) {
        print_command_help(command);
        return end_program(COMMAND_DONE);
    }
    return end_program(command->run(count, arguments));
}
