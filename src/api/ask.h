/* The work of most routes, by their row of routes.def: read the body into the call, ask the office,
 * and answer with an object of the call. */
#ifndef USHER_API_ASK_H
#define USHER_API_ASK_H

#include "api/enquiry.h"
#include "json/body.h"

/* Adds the errors of several fields together, after each was read. */
typedef void ask_check(struct body_object *root, const struct call *call);

/* The call that the route makes, with the path's id and the body in it. NULL: something is wrong
 * with the body, and the enquiry was answered. */
struct call *ask_call(struct enquiry *enquiry);
struct call *ask_call_checked(struct enquiry *enquiry, ask_check *check);

/* For handlers that read the body by themselves: reads the fields of the route's row into `target`
 * and leaves the rest of `root` to the caller, who ends it. False from the end: something is wrong
 * with the body, and the enquiry was answered. */
void ask_read(struct enquiry *enquiry, void *target, struct body_object *root);
bool ask_read_end(struct enquiry *enquiry, struct body_object *root);

/* Memory that lives as long as the enquiry, and is its `work`. NULL: there is none, and the enquiry
 * was answered. */
void *ask_work(struct enquiry *enquiry, size_t bytes);

/* Answers as the route's row says, or that the call was refused. */
void ask_answer(struct enquiry *enquiry);

#endif
