/* GET /docs: the description of the API for people, a page made of what /openapi.json says and of
 * nothing else. It has no script, and names no other address. */
#ifndef USHER_API_DOCS_H
#define USHER_API_DOCS_H

#include "base/buffer.h"
#include "base/result.h"

/* The page has some 400 KB. */
#define DOCS_BYTES_MAX ((size_t)8 << 20)

/* Appends the page to `out`, whose bound is DOCS_BYTES_MAX. `document` is what openapi_write wrote.
 * RESULT_NO_MEMORY. */
MUST_USE enum result docs_write(const struct buffer *document, struct buffer *out);

/* The page's style sheet. */
extern const char docs_style[];

#endif
