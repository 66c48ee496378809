/* `usher organizer add`, the account that everything an organizer does begins with, and `usher
 * organizer password`: by the server that has the data directory open, or on one that nobody
 * serves. */
#include "app/account.h"
#include "app/command.h"
#include "app/control_client.h"
#include "app/control_socket.h"
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

/* What an organizer is to have, and how that is done on a directory that nobody serves. */
struct organizer_deed {
    struct control_request request; /* the same, asked of a server */
    struct person person;           /* of `password`: the e-mail alone */
    enum result (*do_offline)(struct box_office *office, const struct organizer_deed *deed,
                              const char *administrator, struct explanation *explanation);
    const char *done; /* what is said then, behind the address */
};

static enum result add_offline(struct box_office *office, const struct organizer_deed *deed,
                               const char *administrator, struct explanation *explanation)
{
    return account_make_organizer(office, &deed->person,
                                  deed->request.fields[CONTROL_FIELD_PASSWORD], administrator,
                                  explanation);
}

static enum result change_offline(struct box_office *office, const struct organizer_deed *deed,
                                  const char *administrator, struct explanation *explanation)
{
    return account_change_password(office, &deed->person.email,
                                   deed->request.fields[CONTROL_FIELD_PASSWORD], administrator,
                                   explanation);
}

static enum result open_and_do(const struct config *config, const struct organizer_deed *deed,
                               struct explanation *explanation)
{
    struct box_office office;
    struct administrator administrator;
    enum result result = box_office_open(&office, config, config->data, explanation);
    if (result != RESULT_OK)
        return result;
    administrator_name(&administrator, geteuid());
    result = deed->do_offline(&office, deed, administrator.name, explanation);
    box_office_close(&office, BOOK_MS);
    return result;
}

/* By the server that has the directory open, or else here. */
static enum command_status do_deed(const struct config *config, const struct organizer_deed *deed)
{
    struct explanation explanation;
    struct buffer said;
    buffer_init(&said, CONTROL_ANSWER_BYTES_MAX);
    enum result result = control_ask(config->data, &deed->request, &said, &explanation);
    if (result == RESULT_OK) {
        printf("usher: %.*s", (int)said.length, (const char *)said.data);
    } else if (result == RESULT_NOT_FOUND) {
        result = open_and_do(config, deed, &explanation);
        if (result == RESULT_OK)
            printf("usher: %s %s\n", deed->person.email.address, deed->done);
    }
    buffer_release(&said);
    return result == RESULT_OK ? COMMAND_DONE : command_failed(&explanation);
}

/* Asks for the password, once the rest is known to be good: nobody types one in vain. */
static enum command_status do_with_password(const struct config *config,
                                            struct organizer_deed *deed,
                                            const struct person *checked_for)
{
    struct explanation explanation;
    char password[PASSWORD_BYTES_MAX + 2];
    enum result result = obtain_password(password, &explanation);
    if (result == RESULT_OK)
        result = account_check_password(password, checked_for, &explanation);
    deed->request.fields[CONTROL_FIELD_PASSWORD] = password;
    const enum command_status status =
        result == RESULT_OK ? do_deed(config, deed) : command_failed(&explanation);
    deed->request.fields[CONTROL_FIELD_PASSWORD] = NULL;
    explicit_bzero(password, sizeof password);
    return status;
}

static enum command_status add_organizer(const struct config *config,
                                         const struct command_line *line)
{
    const struct organizer_options *values = line->option_values;
    const char *given = line->operands[0];
    struct explanation explanation;
    struct organizer_deed deed = {.request = {.verb = CONTROL_ORGANIZER_ADD},
                                  .do_offline = add_offline,
                                  .done = ORGANIZER_MADE};
    if (person_read(&deed.person, values->name, given, &explanation) != RESULT_OK)
        return command_misused(&explanation);
    deed.request.fields[CONTROL_FIELD_NAME] = deed.person.name;
    deed.request.fields[CONTROL_FIELD_EMAIL] = given;
    return do_with_password(config, &deed, &deed.person);
}

static enum command_status change_organizer(const struct config *config,
                                            const struct command_line *line)
{
    const char *given = line->operands[0];
    struct explanation explanation;
    struct organizer_deed deed = {.request = {.verb = CONTROL_ORGANIZER_PASSWORD},
                                  .do_offline = change_offline,
                                  .done = PASSWORD_CHANGED};
    if (account_read_address(given, &deed.person.email, &explanation) != RESULT_OK)
        return command_misused(&explanation);
    deed.request.fields[CONTROL_FIELD_EMAIL] = given;
    return do_with_password(config, &deed, NULL);
}

/* ---- The commands ---- */

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
    return command_perform(&line, argument_count, arguments, add_organizer);
}

enum command_status command_organizer_password(int argument_count, char *const *arguments)
{
    struct command_line line = {.operand_count = 1, .operand_name = "the organizer's EMAIL"};
    return command_perform(&line, argument_count, arguments, change_organizer);
}
