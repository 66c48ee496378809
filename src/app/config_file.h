/* The form of a file of settings: lines of `name = value`; the '=' may be left out; '#' starts a
 * comment. Which names and values there are is config.c's. */
#ifndef USHER_APP_CONFIG_FILE_H
#define USHER_APP_CONFIG_FILE_H

#include "base/result.h"

#include <stdbool.h>
#include <stddef.h>

/* The file's text, NUL-terminated. `*text` is malloc'd, also after a failure, or NULL. RESULT_IO,
 * RESULT_FULL (too long), RESULT_MALFORMED (no text) or RESULT_NO_MEMORY with an explanation. */
MUST_USE enum result config_file_read(const char *path, char **text,
                                      struct explanation *explanation);

/* Splits a line, in place, into a name and a value; false: the line is empty. */
bool config_file_split(char *line, char **name, size_t *name_length, char **value);

#endif
