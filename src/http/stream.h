/* A stream: an answer without an end that is known, to which any thread adds bytes while its
 * connection sends them; in chunks (RFC 9112, 7.1), or to a client of HTTP/1.0 until the connection
 * closes. It goes one way: the client's bytes wait meanwhile, and a client that closes its side has
 * left, unless it takes a whole text. What the bytes mean is the owner's business.
 *
 * An owner of news writes when there are some, and a client that does not keep up is cut off. An
 * owner of a long text writes a piece, awaits that it is taken up, and then writes the next.
 *
 * A stream is counted by references. Its owner has one from stream_begin, and each thread that
 * writes while another may drop it takes its own; with a reference every call is allowed at any
 * time, and does nothing once the stream is over. A stream is over in one of two ways, and in one
 * only: stream_end or stream_cut returns true, or `gone` is called. */
#ifndef USHER_HTTP_STREAM_H
#define USHER_HTTP_STREAM_H

#include "base/buffer.h"
#include "http/exchange.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/uio.h>

/* Bytes that were written and wait for the connection, which may hold as many again. A client that
 * is this far behind does not keep up. */
#define STREAM_PENDING_BYTES_MAX ((size_t)256 << 10)

/* A chunk's line, a text that streams share, the stream's own bytes, and what ends the chunk. */
#define STREAM_PIECES_MAX 4

/* The size of a chunk in hexadecimal, CR LF and NUL. */
#define STREAM_LINE_BYTES (2 * sizeof(size_t) + 3)

/* Bytes that go to many streams, made once. They never change. */
struct stream_text {
    atomic_uint references;
    size_t length;
    uint8_t bytes[];
};

/* The client left, or fell too far behind, or the server stops; never after stream_end or
 * stream_cut returned true. Called once, on the thread of the stream's loop, without any lock held.
 */
typedef void stream_gone(void *owner);

/* The connection has every byte that was written, and there is room for as many again. Called once
 * for each stream_await, on the same thread, without any lock held; never once the stream is over.
 */
typedef void stream_room(void *owner);

struct stream_plan {
    const char *content_type;
    void *owner;
    stream_gone *gone;
    stream_room *room;        /* NULL: nothing is awaited */
    bool is_whole;            /* a part is worth nothing: a server that stops cuts it */
    size_t pending_bytes_max; /* 0: STREAM_PENDING_BYTES_MAX */
};

enum stream_state {
    STREAM_OPEN,
    STREAM_BEHIND, /* the client fell behind: the connection is to be closed, and `gone` called */
    STREAM_CUT,    /* the connection is to be closed before the end */
    STREAM_ENDED,  /* what was written goes out, and then its end */
    STREAM_OVER,   /* the connection has left it */
};

struct stream {
    pthread_mutex_t lock; /* of what follows */
    enum stream_state state;
    bool told;    /* stands in the loop's list, which has a reference */
    bool awaited; /* `room` is to be called */
    struct stream *next;
    struct stream_text *shared; /* goes out before `pending`; or NULL */
    size_t shared_from;         /* its bytes before this one do not go out */
    struct buffer pending;

    /* Set once. */
    atomic_size_t references;
    struct io_loop *loop; /* lives until the stream is over */
    struct stream_plan plan;
    bool chunked;

    /* The loop's thread's: the bytes that are being sent. */
    struct connection *connection; /* NULL: it has left */
    struct stream_text *going_shared;
    size_t going_from;
    struct buffer going;
    char line[STREAM_LINE_BYTES];
    const char *tail;
    size_t sent; /* of the pieces */
    bool closed; /* the last chunk is among them, or was */
};

/* A text with one reference, the caller's. NULL: no memory. */
struct stream_text *stream_text_new(const void *bytes, size_t length);
void stream_text_drop(struct stream_text *text); /* NULL: nothing */

/* In a step of an exchange whose request is there as a whole: answers 200 with a stream, and
 * returns the caller's reference. NULL: there is none, and the exchange was answered, since HEAD
 * asks for the head alone, the server stops (503) or memory is short. */
struct stream *stream_begin(struct exchange *exchange, const struct stream_plan *plan);

/* ---- Any thread, with a reference ---- */

/* Copies the bytes, which go out soon and in the order of the calls. False: the stream is over, or
 * there is no room for them, which ends it. */
bool stream_write(struct stream *stream, const void *bytes, size_t length);

/* Writes the text's bytes from `from` on. A stream of which nothing is pending takes a reference to
 * the text; one whose client is slow takes a copy, for which it must have room. */
bool stream_share(struct stream *stream, struct stream_text *text, size_t from);

/* The written bytes still go out; then the connection takes the next request, or closes. False: the
 * stream was over before, and `gone` was called or is about to be. */
bool stream_end(struct stream *stream);

/* Nothing more goes out, and the connection closes without the stream's end: the client can tell
 * that it has a part. False: as stream_end's. */
bool stream_cut(struct stream *stream);

/* Has `room` called once, when nothing that was written is pending. */
void stream_await(struct stream *stream);

void stream_hold(struct stream *stream);
void stream_drop(struct stream *stream);

/* ---- For the connection, on the loop's thread ---- */

enum stream_next {
    STREAM_SENDS, /* there are pieces to send */
    STREAM_QUIET, /* nothing was written since */
    STREAM_SENT,  /* everything is sent, its end too */
    STREAM_LOST,  /* the client fell behind */
    STREAM_TORN,  /* it was cut */
};

/* Prepares the next bytes, unless some that were prepared are still to be sent, and answers what to
 * do. */
enum stream_next stream_prepare(struct stream *stream);

/* The rest of what was prepared. Returns how many pieces that are. */
size_t stream_pieces(const struct stream *stream, struct iovec pieces[static STREAM_PIECES_MAX]);

/* So much of it was sent. */
void stream_sent(struct stream *stream, size_t length);

bool stream_is_open(struct stream *stream);

/* The server stops: ends or cuts it as its owner would, and tells the owner. */
void stream_stop(struct stream *stream);

/* The connection, which gives up its reference, has sent everything, or will send nothing more. */
void stream_leave(struct stream *stream);

/* ---- For the loop ---- */

/* It was taken from the list. Returns its connection, or NULL: it has none any more. */
struct connection *stream_heard(struct stream *stream);

#endif
