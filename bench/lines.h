/* A file of lines in memory: who asks (a session token first on each line) and for what ("round
 * seat" on each line). */
#ifndef USHER_BENCH_LINES_H
#define USHER_BENCH_LINES_H

#include "request.h"

struct lines {
    char *text;
    struct span *lines;
    size_t count;
};

/* Ends the program when the file cannot be read. Empty lines do not count. */
void lines_read(struct lines *lines, const char *path);
void lines_release(struct lines *lines);

/* Brings the lines into an order that has nothing to do with theirs, and is the same each time. */
void lines_shuffle(struct lines *lines);

/* The first or second word of a line; empty when there is none. */
struct span line_first(struct span line);
struct span line_second(struct span line);

#endif
