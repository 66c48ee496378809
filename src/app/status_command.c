/* `usher status`: asks the server of a data directory how it is. */
#include "app/command.h"
#include "app/control_client.h"
#include "app/control_socket.h"

#include <stdio.h>

struct status_options {
    bool json;
};

static const struct setting options[] = {
    {"json", SETTING_TYPE_SWITCH, offsetof(struct status_options, json), "", 0, 0, "",
     "An object of JSON in the place of lines."},
};

const struct setting *command_status_options(size_t *count)
{
    *count = sizeof options / sizeof options[0];
    return options;
}

static enum command_status print_status(const struct config *config,
                                        const struct command_line *line)
{
    const struct status_options *values = line->option_values;
    const struct control_request request = {.verb = values->json ? CONTROL_STATUS_JSON
                                                                 : CONTROL_STATUS};
    struct explanation explanation;
    struct buffer page;
    enum command_status status = COMMAND_DONE;
    buffer_init(&page, CONTROL_ANSWER_BYTES_MAX);
    if (control_ask(config->data, &request, &page, &explanation) == RESULT_OK)
        (void)fwrite(page.data, 1, page.length, stdout); /* the program's end looks for a failure */
    else
        status = command_failed(&explanation);
    buffer_release(&page);
    return status;
}

enum command_status command_status(int argument_count, char *const *arguments)
{
    struct status_options values = {0};
    struct command_line line = {.options = options,
                                .option_count = sizeof options / sizeof options[0],
                                .option_values = &values};
    return command_perform(&line, argument_count, arguments, print_status);
}
