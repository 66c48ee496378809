/* `usher organizer add`: the account that everything an organizer does begins with. */
#include "app/account.h"
#include "app/command.h"
#include "record/password.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define PASSWORD_BYTES_MAX PASSWORD_GIVEN_BYTES_MAX
#define BOOK_MS 2000

struct organizer_options {
    const char *name;
};

static const struct setting options[] = {
    {"name", SETTING_TYPE_TEXT, offsetof(struct organizer_options, name), "", 1,
     USER_NAME_CHARACTERS_MAX *UTF8_BYTES_MAX, "NAME",
     "The organizer's name; without it, the e-mail address."},
};

const struct setting *command_organizer_options(size_t *count)
{
    *count = sizeof options / sizeof options[0];
    return options;
}

/* ---- The password ---- */

/* One line without its end. A longer one is cut to a length that the check refuses. */
static enum result read_password_line(char line[static PASSWORD_BYTES_MAX + 2],
                                      struct explanation *explanation)
{
    size_t length = 0;
    char byte;
    ssize_t got;
    while ((got = read(STDIN_FILENO, &byte, 1)) == 1 && byte != '\n') {
        if (byte == '\0')
            return explain(explanation, RESULT_MALFORMED, "a password has no NUL byte");
        if (length <= PASSWORD_BYTES_MAX)
            line[length++] = byte;
    }
    if (got < 0)
        return explain(explanation, RESULT_IO, "standard input: %s", strerror(errno));
    if (length > 0 && line[length - 1] == '\r')
        length--;
    line[length] = '\0';
    return RESULT_OK;
}

/* Asks on the terminal, without showing what is typed. Ctrl-C ends nothing meanwhile, so that the
 * terminal is never left hiding. */
static enum result ask_hidden(const char *question, char line[static PASSWORD_BYTES_MAX + 2],
                              struct explanation *explanation)
{
    struct termios shown;
    if (tcgetattr(STDIN_FILENO, &shown) != 0)
        return explain(explanation, RESULT_IO, "terminal: %s", strerror(errno));
    struct termios hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
    hidden.c_lflag |= ECHONL;
    fputs(question, stderr);
    if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) != 0)
        return explain(explanation, RESULT_IO, "terminal: %s", strerror(errno));
    const enum result result = read_password_line(line, explanation);
    if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown) != 0)
        return explain(explanation, RESULT_IO, "terminal: %s", strerror(errno));
    return result;
}

static enum result obtain_password(char password[static PASSWORD_BYTES_MAX + 2],
                                   struct explanation *explanation)
{
    if (isatty(STDIN_FILENO) == 0)
        return read_password_line(password, explanation);
    char again[PASSWORD_BYTES_MAX + 2];
    enum result result = ask_hidden("Password: ", password, explanation);
    if (result == RESULT_OK)
        result = ask_hidden("The same again: ", again, explanation);
    if (result == RESULT_OK && strcmp(password, again) != 0)
        result = explain(explanation, RESULT_MALFORMED, "the two passwords differ");
    explicit_bzero(again, sizeof again);
    return result;
}

/* ---- The account ---- */

static enum result add(const struct config *config, const struct person *person,
                       const char *password, struct explanation *explanation)
{
    struct box_office office;
    enum result result = box_office_open(&office, config, config->data, explanation);
    if (result != RESULT_OK)
        return result;
    result = account_make(&office, USER_ROLE_ORGANIZER, person, password, explanation);
    box_office_close(&office, BOOK_MS);
    return result;
}

static enum command_status add_organizer(const struct config *config, const char *name,
                                         const char *given)
{
    struct explanation explanation;
    char password[PASSWORD_BYTES_MAX + 2];
    struct person person;
    /* Before anybody types a password in vain. */
    enum result result = person_read(&person, name, given, &explanation);
    if (result != RESULT_OK)
        return command_misused(&explanation);
    result = obtain_password(password, &explanation);
    if (result == RESULT_OK)
        result = account_check_password(password, &person, &explanation);
    if (result == RESULT_OK)
        result = add(config, &person, password, &explanation);
    explicit_bzero(password, sizeof password);
    if (result != RESULT_OK)
        return command_failed(&explanation);
    printf("usher: %s is an organizer now\n", person.email.address);
    return COMMAND_DONE;
}

enum command_status command_organizer_add(int argument_count, char *const *arguments)
{
    struct organizer_options values = {0};
    struct command_line line = {
        .options = options,
        .option_count = sizeof options / sizeof options[0],
        .option_values = &values,
        .operand_count = 1,
        .operand_name = "the organizer's EMAIL",
    };
    struct config config;
    struct explanation explanation;
    enum command_status status;
    if (config_read(&config, &line, NULL, 0, argument_count, arguments, &explanation) != RESULT_OK)
        status = command_misused(&explanation);
    else
        status = add_organizer(&config, values.name, line.operands[0]);
    config_release(&config);
    return status;
}
