/* Exports: lists as CSV, and all that is one's own as JSON, as long as they are, in bounded memory.
 *
 * An export asks for a page, writes what fits in one piece, waits until the connection has taken
 * that, and asks for the page after the last row written. So it holds a piece and a page, however
 * slow its client is, no transaction of the tables lasts longer than a page, and each page is asked
 * of the office, which sees that the caller still may. Rows come newest first; those made after the
 * first page was read are not among them, each other one is there once, as it was when its page was
 * read.
 *
 * What is one's own is several lists, one after the other. An export that cannot go on (the session
 * ended, the server stops or is too busy) is cut: a client of HTTP/1.1 never sees its last chunk.
 */
#ifndef USHER_API_EXPORT_H
#define USHER_API_EXPORT_H

#include <stdatomic.h>
#include <stdbool.h>

/* Exports at once. Each takes a page and some pieces, two megabytes at most, and most of a reader's
 * time where its client is fast; another is answered 503. */
#define EXPORTS_MAX 4
/* The same of what is one's own: buyers take no place from the house. */
#define OWN_EXPORTS_MAX 4

/* How many there are. */
struct exports {
    atomic_uint running;
};

/* Takes one of `most` places, which is given back once; false: all are taken. */
bool exports_enter(struct exports *exports, unsigned most);
void exports_leave(struct exports *exports);

#endif
