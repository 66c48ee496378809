/* A page of named values, as lines "name: value" for people or as an object of JSON for programs:
 * what is said is the same. */
#ifndef USHER_APP_STATUS_PAGE_H
#define USHER_APP_STATUS_PAGE_H

#include "json/write.h"

struct status_page {
    bool json;
    struct json_writer writer;
};

/* `name` is what a line begins with, `key` the member of the object. */

void status_begin(struct status_page *page, struct buffer *out, bool json);
void status_end(struct status_page *page);

void status_put_text(struct status_page *page, const char *name, const char *key, const char *text);
void status_put_count(struct status_page *page, const char *name, const char *key, int64_t count);

/* With as many digits behind the point. */
void status_put_seconds(struct status_page *page, const char *name, const char *key, double seconds,
                        int digits);

void status_put_bytes(struct status_page *page, const char *name, const char *key, uint64_t bytes);
void status_put_time(struct status_page *page, const char *name, const char *key,
                     timestamp_ms time);

/* Only for people; only for programs, who write with page->writer. */
void status_put_line(struct status_page *page, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
