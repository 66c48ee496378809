/* What clients of the tests sent and were answered, as tools/examples wrote it down. */
#ifndef USHER_API_EXAMPLES_H
#define USHER_API_EXAMPLES_H

#include <stddef.h>

struct example {
    const char *route; /* its name */
    int status;
    const char *code;    /* of a refusal; "" */
    const char *request; /* JSON; "": the request had no body */
    const char *answer;  /* JSON */
};

const struct example *examples(size_t *count);

#endif
