/* One HTTP/1.1 request as bytes, put together by copying: the generator shares its cores with the
 * server that it measures, so it spends as little as it can. */
#ifndef USHER_BENCH_REQUEST_H
#define USHER_BENCH_REQUEST_H

#include <stddef.h>
#include <string.h>

/* Part of somebody else's text. */
struct span {
    const char *text;
    size_t length;
};

#define SPAN(literal) ((struct span){literal, sizeof literal - 1})

/* Longer than any request below, and shorter than what an idle socket takes at once. */
#define REQUEST_BYTES_MAX 2048

struct request {
    size_t length;
    char text[REQUEST_BYTES_MAX];
};

/* Ends the program when the request would be longer than REQUEST_BYTES_MAX. */
void request_add(struct request *request, struct span part);

void request_add_number(struct request *request, size_t number);

/* The request line, Host, and the caller's Authorization unless `token` is empty. `line`: method
 * and path. */
void request_begin(struct request *request, struct span line, struct span token);

/* A request without a body ends here... */
void request_end(struct request *request);

/* ... and one with a JSON body here. */
void request_end_with(struct request *request, const struct request *body);

#endif
