/* GET /openapi.json: the API described (OpenAPI 3.1), from the rows of routes.def, bodies.def,
 * objects.def, parameters.def and refusal.def. Its examples are what tests were answered
 * (examples.def). */
#ifndef USHER_API_OPENAPI_H
#define USHER_API_OPENAPI_H

#include "base/buffer.h"
#include "base/result.h"

/* The document has some 300 KB. */
#define OPENAPI_BYTES_MAX ((size_t)4 << 20)

/* Appends the document; RESULT_NO_MEMORY otherwise. The buffer's bound is OPENAPI_BYTES_MAX. */
MUST_USE enum result openapi_write(struct buffer *out);

#endif
