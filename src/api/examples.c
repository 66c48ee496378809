/* See examples.h. */
#include "api/examples.h"

static const struct example table[] = {
#define EXAMPLE(route, status, code, request, answer) {route, status, code, request, answer},
#include "api/examples.def"
};

const struct example *examples(size_t *count)
{
    *count = sizeof table / sizeof table[0];
    return table;
}
