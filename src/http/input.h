/* Room to receive a request. The loop lends it to a connection for as long as something of a
 * request is there, so a quiet connection has none. */
#ifndef USHER_HTTP_INPUT_H
#define USHER_HTTP_INPUT_H

#include "http/payload.h"
#include "http/request_head.h"

#include <stddef.h>

/* A body, and what follows a request, come in pieces of at least this size. */
#define INPUT_WINDOW_BYTES ((size_t)16 << 10)

/* Kept by a loop for its next requests: as many as are at work at once in a crowd. */
#define INPUT_SPARES_MAX 256

struct input {
    struct input *next; /* the spares' */
    struct request_head head;
    struct payload payload;
    size_t start, end; /* what came and was not read yet */
    size_t body_at;    /* bytes before it belong to the head */
    size_t capacity;
    char bytes[];
};

struct input_spares {
    struct input *first;
    size_t count;
    size_t head_bytes; /* the most that a head takes */
};

/* NULL: no memory. */
struct input *input_take(struct input_spares *spares);
void input_give_back(struct input_spares *spares, struct input *input);
void input_spares_release(struct input_spares *spares);

/* Makes ready for the next request, of which some may be there. */
void input_next(struct input *input);

/* The head is whole: what follows is the body. */
void input_head_done(struct input *input);

/* Where to receive, and how much; at least INPUT_WINDOW_BYTES once what came of a body was read, or
 * as much as a head may still take. */
char *input_room(struct input *input, size_t *bytes);

#endif
