/* The pages for people and their files, as the build made them from web/ and the program carries
 * them. `-Dweb=disabled` builds a program without any. */
#ifndef USHER_WEB_WEB_H
#define USHER_WEB_WEB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The same file in different codings of its bytes. */
enum web_form { WEB_PLAIN, WEB_GZIP, WEB_BROTLI, WEB_FORM_COUNT };

struct web_bytes {
    const uint8_t *data; /* NULL: this form would not be smaller */
    size_t length;
};

struct web_file {
    const char *name; /* "shop.html", or "/a/shop-7f3a9c2e.js", which is its path too */
    const char *content_type;
    bool is_page; /* other files have a hash of their bytes in their names, and never change */
    struct web_bytes forms[WEB_FORM_COUNT];
};

/* All of them, and how many. */
const struct web_file *web_files(size_t *count);

/* The file at the path, by web_page.def or by its name. NULL: there is none. */
const struct web_file *web_find(const char *path);

/* Room for what web_asks writes. */
#define WEB_ASKS_BYTES 512

/* What the page at the path asks for first, by web_page.def, as the value of a header Link (RFC
 * 8288) that has the browser ask at once. False: nothing. */
bool web_asks(const char *path, char text[WEB_ASKS_BYTES]);

#endif
