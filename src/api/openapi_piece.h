/* Pieces that recur all over the API's description. Each function writes one value, or one member
 * of the object that the caller has begun. */
#ifndef USHER_API_OPENAPI_PIECE_H
#define USHER_API_OPENAPI_PIECE_H

#include "json/write.h"

/* {"$ref": ...} to a component: `kind` is "schemas", "responses" or "headers". */
void openapi_reference(struct json_writer *writer, const char *kind, const char *name);

/* A member of an answer's `headers`; `name` is one of the components' headers. */
void openapi_header(struct json_writer *writer, const char *name);

/* `headers` of the components. */
void openapi_headers(struct json_writer *writer);

/* A member of an answer's or a body's `examples`. */
void openapi_example(struct json_writer *writer, const char *name, const char *json);

#endif
