/* The text of a statement, put together from the program's own words. */
#ifndef USHER_STORE_SQL_TEXT_H
#define USHER_STORE_SQL_TEXT_H

#include <stddef.h>

/* Every statement that is made fits: what is put into one is the names in schema.def, so nobody
 * outside the program can make it longer. */
#define SQL_TEXT_BYTES 8192

struct sql_text {
    size_t length;
    char bytes[SQL_TEXT_BYTES]; /* ends in NUL */
};

void sql_text_begin(struct sql_text *text);
__attribute__((format(printf, 2, 3))) void sql_text_add(struct sql_text *text, const char *format,
                                                        ...);

#endif
