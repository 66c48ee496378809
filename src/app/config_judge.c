/* `usher config check`: a file of settings judged without starting anything. */
#include "app/command.h"

#include <inttypes.h>
#include <stdio.h>

enum command_status command_config_check(int argument_count, char *const *arguments)
{
    struct config own, config;
    struct command_line line = {.operand_count = 1, .operand_name = "FILE"};
    struct explanation explanation;
    enum command_status status = COMMAND_DONE;
    if (config_read(&own, &line, NULL, 0, argument_count, arguments, &explanation) != RESULT_OK) {
        status = command_misused(&explanation);
    } else {
        if (config_judge(&config, line.operands[0], command_complain) > 0)
            status = COMMAND_FAILED;
        config_release(&config);
    }
    config_release(&own);
    return status;
}
