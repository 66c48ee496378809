/* The answers that say no: problem details (RFC 9457) from refusal.def. */
#ifndef USHER_API_PROBLEM_H
#define USHER_API_PROBLEM_H

#include "api/enquiry.h"
#include "api/object.h"

void problem_answer(struct enquiry *enquiry, enum refusal refusal);

/* 503: a line is full. A step of an enquiry. */
void problem_busy(struct enquiry *enquiry);

/* 429 with how long to wait. */
void problem_too_many(struct enquiry *enquiry, int64_t wait_us);

/* 405 with the methods that the path has (route_find's bits). */
void problem_method(struct enquiry *enquiry, unsigned allowed);

/* The body's own errors: what body_parse answered, or REFUSAL_INVALID_FIELD. */
void problem_body(struct enquiry *enquiry, enum refusal refusal);

/* 422 for one parameter of the query string. */
void problem_parameter(struct enquiry *enquiry, const char *name, const struct breach *breach);

/* True, and the enquiry is answered, when the engine refused the call. */
bool problem_of_call(struct enquiry *enquiry);

/* "/problems/CODE": what every problem names as its type. */
void problem_type(const struct refusal_schema *schema, char type[static PROBLEM_TYPE_BYTES]);

/* The object whose fields the refusal tells beside those of every problem; or OBJECT_NONE. */
enum object_name problem_object(enum refusal refusal);

#endif
