/* Failures with a sentence for people. */
#include "base/result.h"

#include <stdarg.h>
#include <stdio.h>

enum result explain(struct explanation *explanation, enum result result, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(explanation->text, sizeof explanation->text, format, arguments);
    va_end(arguments);
    return result;
}
