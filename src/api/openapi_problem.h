/* Refusals in the API's description: the answers with a problem (RFC 9457). */
#ifndef USHER_API_OPENAPI_PROBLEM_H
#define USHER_API_OPENAPI_PROBLEM_H

#include "api/router.h"
#include "json/write.h"

/* Members of a route's `responses`, one a status. */
void openapi_problems(struct json_writer *writer, const struct route *route);

/* `responses` of the components: each answer that several routes have stands there once. */
void openapi_shared_problems(struct json_writer *writer, const struct route *routes, size_t count);

/* `x-any-path`: how a request to any path may be refused, also to one that no route has. OpenAPI
 * has no place of its own for that. */
void openapi_any_path(struct json_writer *writer);

/* Of a set of refusals (a bit each) the first of each code: those with one code are told in one
 * shape. */
refusal_set openapi_one_a_code(refusal_set refusals);

#endif
