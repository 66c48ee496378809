/* A route's promises beside its row: its parameters, and every refusal that it can give. */
#ifndef USHER_API_CONTRACT_H
#define USHER_API_CONTRACT_H

#include "api/router.h"

enum parameter_type {
    PARAMETER_COUNT,
    PARAMETER_VERSION,
    PARAMETER_CURSOR,
    PARAMETER_ID,
    PARAMETER_TIME,
    PARAMETER_ENUM,
    PARAMETER_EMAIL,
};

/* A row of parameters.def. */
struct query_parameter {
    const char *name;  /* as routes.def has it */
    const char *query; /* as it stands in the query */
    enum parameter_type type;
    int64_t max;              /* of a COUNT */
    enum record_kind id_of;   /* of an ID */
    const char *const *texts; /* of an ENUM; NULL means none */
    size_t text_count;
    const char *meaning;
};

/* The next parameter of a list of names with blanks between them; moves `*names` on. NULL: there is
 * none. */
const struct query_parameter *parameter_next(const char **names);

/* Everything that a request to the route may be refused with: a bit (1 << refusal) each. */
uint64_t route_refusals(const struct route *route);

/* The same of a request whose path and method have no route. */
uint64_t route_refusals_anywhere(void);

/* Moves on to the set's next refusal, or from REFUSAL_NONE to its first; false: there is none. */
bool refusal_next(uint64_t refusals, enum refusal *refusal);

#endif
