/* A route's promises beside its row: its parameters, and every refusal that it can give. */
#ifndef USHER_API_CONTRACT_H
#define USHER_API_CONTRACT_H

#include "api/router.h"

enum parameter_type {
    PARAMETER_COUNT,
    PARAMETER_SECONDS,
    PARAMETER_SET,
    PARAMETER_VERSION,
    PARAMETER_CURSOR,
    PARAMETER_ID,
    PARAMETER_TIME,
    PARAMETER_ENUM,
    PARAMETER_TEXT,
    PARAMETER_NEEDED, /* a text that must be there */
    PARAMETER_EMAIL,
};

/* A row of parameters.def, or a filter of read/list.def. */
struct query_parameter {
    const char *name;  /* as routes.def has it */
    const char *query; /* as it stands in the query */
    enum parameter_type type;
    int64_t max;              /* of a COUNT and of SECONDS; of a TEXT, in characters */
    enum record_kind id_of;   /* of an ID */
    const char *const *texts; /* of an ENUM and of a SET; NULL means none */
    size_t text_count;
    const char *meaning;
};

/* A walk along a route's parameters: those that its row names, then its list's. */
struct parameter_walk {
    const char *names;
    const struct list_schema *list; /* or NULL */
    size_t filter;
};
struct parameter_walk route_parameters(const struct route *route);

/* False: there is none any more. */
bool parameter_next(struct parameter_walk *walk, struct query_parameter *parameter);

/* Everything that a request to the route may be refused with. */
refusal_set route_refusals(const struct route *route);

/* The same of a request whose path and method have no route. */
refusal_set route_refusals_anywhere(void);

/* Moves on to the set's next refusal, or from REFUSAL_NONE to its first; false: there is none. */
bool refusal_next(refusal_set refusals, enum refusal *refusal);

#endif
