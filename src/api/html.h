/* Writes HTML at the end of a buffer. */
#ifndef USHER_API_HTML_H
#define USHER_API_HTML_H

#include "base/buffer.h"

#include <stdbool.h>

/* Once the buffer refuses more, everything later is dropped and `failed` stays set: the caller
 * looks once, at the end. */
struct html {
    struct buffer *out;
    bool failed;
};

/* A literal of the program: written as it is. */
void html_raw(struct html *html, const char *literal);

/* A text or the value of an attribute in double quotes, whatever stands in it. */
void html_text(struct html *html, const char *text);
void html_text_n(struct html *html, const char *text, size_t length);

#endif
