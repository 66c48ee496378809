/* The work of most routes, by their row of routes.def: read the body into the call, ask the office,
 * and answer with an object of the call. */
#ifndef USHER_API_ASK_H
#define USHER_API_ASK_H

#include "api/enquiry.h"

/* The call that the route makes, with the path's id and the body in it. NULL: something is wrong
 * with the body, and the enquiry was answered. */
struct call *ask_call(struct enquiry *enquiry);

/* Answers as the route's row says, or that the call was refused. */
void ask_answer(struct enquiry *enquiry);

#endif
