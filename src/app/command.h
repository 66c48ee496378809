/* The commands. Each gets the arguments after its name and answers with an exit status. */
#ifndef USHER_APP_COMMAND_H
#define USHER_APP_COMMAND_H

#include "app/config.h"

#include <stddef.h>

enum command_status {
    COMMAND_DONE = 0,
    COMMAND_FAILED = 1,  /* it could not do its work, or `check` found a violation */
    COMMAND_MISUSED = 2, /* the command line, a setting or the config file is wrong */
};

/* One of them, as the command line, --help, the man page and bash's completion have it. */
struct command {
    const char *words[2]; /* its name; the second may be NULL */
    const char *operands;
    const char *summary;
    const char *description;
    enum command_status (*run)(int argument_count, char *const *arguments);
    const struct setting *(*options)(size_t *count); /* its own flags, or NULL */
    unsigned reads;                                  /* enum config_part */
};

/* All of them. */
const struct command *command_table(size_t *count);

enum command_status command_serve(int argument_count, char *const *arguments);
enum command_status command_demo(int argument_count, char *const *arguments);
enum command_status command_organizer_add(int argument_count, char *const *arguments);
enum command_status command_organizer_password(int argument_count, char *const *arguments);
enum command_status command_support(int argument_count, char *const *arguments);
enum command_status command_check(int argument_count, char *const *arguments);
enum command_status command_status(int argument_count, char *const *arguments);
enum command_status command_config_check(int argument_count, char *const *arguments);
enum command_status command_manual(int argument_count, char *const *arguments);
enum command_status command_completion(int argument_count, char *const *arguments);
enum command_status command_id(int argument_count, char *const *arguments);
enum command_status command_seed(int argument_count, char *const *arguments);
enum command_status command_rehearse(int argument_count, char *const *arguments);

/* The own flags of a command, for its help. */
const struct setting *command_demo_options(size_t *count);
const struct setting *command_organizer_options(size_t *count);
const struct setting *command_status_options(size_t *count);
const struct setting *command_seed_options(size_t *count);
const struct setting *command_rehearse_options(size_t *count);

/* What a command does once its line was read. */
typedef enum command_status command_action(const struct config *config,
                                           const struct command_line *line);

/* Reads the settings and the line, and does `action` with them; or says what is wrong with them. */
enum command_status command_perform(struct command_line *line, int argument_count,
                                    char *const *arguments, command_action *action);

/* Says "usher: ..." on standard error. */
void command_complain(const struct explanation *explanation);

/* Complains about a wrong command line, and where help is. */
enum command_status command_misused(const struct explanation *explanation);

/* Complains about work that failed. */
enum command_status command_failed(const struct explanation *explanation);

#endif
