/* The seats of a new round, from the JSON of POST /v1/concerts/{id}/rounds. */
#ifndef USHER_HTTP_ROUND_PLAN_H
#define USHER_HTTP_ROUND_PLAN_H

#include "base/buffer.h"
#include "http/body.h"
#include "http/import.h"
#include "office/chair.h"

/* Sets the import's start time and seats, or its refusal with the errors in `body`. The body's JSON
 * and the received bytes are given back; the seats' texts are the import's own. */
void round_plan_read(struct import *import, struct body *body, struct buffer *received);

#define SAME_CHAIR_MESSAGE_BYTES 80

/* Says of which seat a later one is the same; the seats count as they do in JSON pointers. */
void same_chair_message(enum chair_sameness sameness, size_t earlier,
                        char message[static SAME_CHAIR_MESSAGE_BYTES]);

#endif
