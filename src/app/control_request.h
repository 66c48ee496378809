/* A request as it comes in by the control socket, and what is before each answer.
 *
 * A request is lines: "usher 1 WORDS", then "FIELD VALUE" for each field of control.def, then an
 * empty one. The answer is "ok N" or "refused N", the end of a line, and N bytes: what was asked
 * for, or a sentence. The number after "usher" grows when older programs would misread what is
 * said. */
#ifndef USHER_APP_CONTROL_REQUEST_H
#define USHER_APP_CONTROL_REQUEST_H

#include "base/buffer.h"
#include "base/result.h"

#include <stdbool.h>
#include <stddef.h>

enum control_verb {
#define CONTROL(name, words, reply, fields) CONTROL_##name,
#include "app/control.def"
    CONTROL_COUNT,
};

enum control_field {
    CONTROL_FIELD_NAME,
    CONTROL_FIELD_EMAIL,
    CONTROL_FIELD_PASSWORD,
    CONTROL_FIELD_COUNT,
};

struct control_request {
    enum control_verb verb;
    const char *fields[CONTROL_FIELD_COUNT]; /* NULL: the verb has no such field */
};

/* Longer than any: a name, an e-mail address and a password as long as they may be. */
#define CONTROL_REQUEST_BYTES_MAX 8192

/* Of what a client sends first, by which one knows that all of it is there. */
bool control_request_is_whole(const char *bytes, size_t length);

/* Reads a whole one. The fields are in `bytes`, in which the ends of lines become NUL. Otherwise
 * RESULT_NEWER (the client's words are not known here) or RESULT_MALFORMED, with a sentence. */
MUST_USE enum result control_request_read(struct control_request *request, char *bytes,
                                          size_t length, struct explanation *explanation);

/* Writes one; RESULT_FULL: a field has an end of a line in it, or it is too long. */
MUST_USE enum result control_request_write(const struct control_request *request,
                                           struct buffer *out);

const char *control_words(enum control_verb verb);

/* Whether it is answered by a thread that may wait. */
bool control_waits(enum control_verb verb);

#endif
