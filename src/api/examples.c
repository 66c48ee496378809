/* See examples.h. */
#include "api/examples.h"

#include <string.h>

static const struct example table[] = {
#define EXAMPLE(route, status, code, request, answer) {route, status, code, request, answer},
#include "api/examples.def"
};

const struct example *example_find(const struct route *route, int status, const char *code)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].status == status && strcmp(table[i].code, code) == 0 &&
            (route == NULL || strcmp(table[i].route, route->name) == 0))
            return &table[i];
    return NULL;
}
