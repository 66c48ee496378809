/* Makes the answers: their line and headers, and whose bytes the body is. */
#ifndef USHER_HTTP_ANSWER_H
#define USHER_HTTP_ANSWER_H

#include "http/answer_cache.h"
#include "http/exchange.h"
#include "http/status_code.h"

/* The most bytes of one answer: a map of ROUND_SEATS_MAX seats with the longest texts stays below.
 */
#define ANSWER_BYTES_MAX ((size_t)256 << 20)

/* Answers with what stands in the exchange's `out`. */
void answer_text(struct exchange *exchange, int status, const char *content_type,
                 const char *cache_control);

void answer_no_content(struct exchange *exchange);

/* Answers with a body that many share, or 304 when the client has it. Takes over one reference.
 * NULL: no memory, which is answered. */
void answer_shared(struct exchange *exchange, struct cached_answer *body,
                   const char *cache_control);

/* Codes the body of the answer made last in gzip, where who reads it takes that. Only of what is
 * read: what a request makes may be a secret, whose length shall tell nothing. */
void answer_code(struct exchange *exchange);

/* Answers 200 with a stream (NULL: with its head alone, to HEAD), of which it takes over a
 * reference. stream_begin makes one. No other answer can take its place. */
void answer_stream(struct exchange *exchange, const char *content_type, struct stream *stream);

/* One more header of the answer made last. */
void answer_header(struct exchange *exchange, const char *name, const char *value);

/* ---- For the connection ---- */

/* Ends the answer's head: its framing, and whether the connection ends with it. */
void answer_close_head(struct exchange *exchange);

/* The answer's body, also where it is not sent. */
const uint8_t *answer_body(const struct exchange *exchange, size_t *length);

#endif
