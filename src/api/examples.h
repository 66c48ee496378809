/* Requests of the tests' clients and their answers, as tools/examples wrote them down. */
#ifndef USHER_API_EXAMPLES_H
#define USHER_API_EXAMPLES_H

#include "api/router.h"

struct example {
    const char *route; /* its name */
    int status;
    const char *code;    /* of a refusal; of a route's other answer its object; "" */
    const char *request; /* JSON; "": the request had no body */
    const char *answer;  /* JSON */
};

/* The first for this status and code; of any route where `route` is NULL. NULL: there is none. */
const struct example *example_find(const struct route *route, int status, const char *code);

#endif
