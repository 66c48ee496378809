/* One route in the API's description: what it takes and what it answers. */
#ifndef USHER_API_OPENAPI_OPERATION_H
#define USHER_API_OPENAPI_OPERATION_H

#include "api/router.h"
#include "json/write.h"

/* A member of the object of the route's path. */
void openapi_operation(struct json_writer *writer, const struct route *route);

#endif
