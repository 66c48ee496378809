/* See sql_text.h. */
#include "store/sql_text.h"

#include "base/check.h"

#include <stdarg.h>
#include <stdio.h>

void sql_text_begin(struct sql_text *text)
{
    text->length = 0;
    text->bytes[0] = '\0';
}

void sql_text_add(struct sql_text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length =
        vsnprintf(text->bytes + text->length, sizeof text->bytes - text->length, format, arguments);
    va_end(arguments);
    CHECK(length >= 0 && (size_t)length < sizeof text->bytes - text->length);
    text->length += (size_t)length;
}
