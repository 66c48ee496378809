/* See method.h. */
#include "http/method.h"

#include <stddef.h>
#include <string.h>

enum http_method method_parse(const char *text)
{
    static const struct {
        const char *text;
        enum http_method method;
    } methods[] = {
        {"GET", METHOD_GET}, {"HEAD", METHOD_GET},    {"POST", METHOD_POST},
        {"PUT", METHOD_PUT}, {"PATCH", METHOD_PATCH}, {"DELETE", METHOD_DELETE},
    };
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if (strcmp(methods[i].text, text) == 0)
            return methods[i].method;
    return METHOD_OTHER;
}

const char *method_text(enum http_method method)
{
    switch (method) {
    case METHOD_GET:
        return "GET";
    case METHOD_POST:
        return "POST";
    case METHOD_PUT:
        return "PUT";
    case METHOD_PATCH:
        return "PATCH";
    case METHOD_DELETE:
        return "DELETE";
    case METHOD_OTHER:
        break;
    }
    return "other";
}

void allow_format(unsigned allowed, char text[static ALLOW_TEXT_BYTES])
{
    static const char *const names[] = {"GET, HEAD", "POST", "PUT", "PATCH", "DELETE"};
    size_t length = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if ((allowed >> i & 1) == 0)
            continue;
        const char *separator = length == 0 ? "" : ", ";
        const size_t separator_length = strlen(separator), name_length = strlen(names[i]);
        memcpy(text + length, separator, separator_length);
        memcpy(text + length + separator_length, names[i], name_length);
        length += separator_length + name_length;
    }
    text[length] = '\0';
}
