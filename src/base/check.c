/* The end of a process that found a bug in itself. */
#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>

void check_failed(const char *file, int line, const char *what)
{
    fprintf(stderr, "usher: bug: %s:%d: %s\n", file, line, what);
    abort();
}
