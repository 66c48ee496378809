/* Reads the query string: page limits, cursors and filters. */
#ifndef USHER_API_QUERY_H
#define USHER_API_QUERY_H

#include "api/enquiry.h"

#define SEATS_LIMIT_MAX 1000 /* of a page of seats, which are small and many */

/* Whether the query has nothing but the route's parameters, and each once; if not, the enquiry is
 * answered. A parameter without a name is unknown. */
bool query_names(struct enquiry *enquiry);

/* The parameter `reason` of routes that have one: enquiry->reason is it, or NULL. If it is bad, or
 * missing where it is needed, the enquiry is answered. */
bool query_reason(struct enquiry *enquiry);

/* Below the minute after which proxies give up. */
#define CHANGES_WAIT_SECONDS_MAX 25

/* Each answers false, and the enquiry is answered with 422, when the parameter is there and bad;
 * true, and the value untouched, when it is absent. */
bool query_limit(struct enquiry *enquiry, size_t max, size_t *limit);
bool query_id(struct enquiry *enquiry, const char *name, const char *prefix, struct id *id);
bool query_time(struct enquiry *enquiry, const char *name, timestamp_ms *time);

/* Whether `from` is no later than `to`, as they were read from these parameters or left as they
 * were. */
bool query_in_order(struct enquiry *enquiry, timestamp_ms from, timestamp_ms to);
bool query_seconds(struct enquiry *enquiry, const char *name, int64_t max, int64_t *seconds);
/* `*given` says whether there was one. */
bool query_version(struct enquiry *enquiry, const char *name, uint64_t *version, bool *given);
bool query_choice(struct enquiry *enquiry, const char *name, const char *const *texts, size_t count,
                  struct wanted_value *wanted);
bool query_enumeration(struct enquiry *enquiry, const char *name, const struct field_schema *field,
                       struct wanted_value *wanted);
/* Some of at most 64 texts, with commas between them, as a set with a bit for each; all where there
 * is no parameter. */
bool query_set(struct enquiry *enquiry, const char *name, const char *const *texts, size_t count,
               uint64_t *set);
/* What each item is to be expanded with (read/list.h); nothing where there is no parameter. */
bool query_expand(struct enquiry *enquiry, uint64_t *expand);
/* A text of 1 to so many characters, which lives as long as the enquiry. */
bool query_text(struct enquiry *enquiry, const char *name, size_t characters_max,
                const char **text);
/* The same, as it is searched for (read/search.h). */
bool query_search(struct enquiry *enquiry, const char *name, size_t characters_max,
                  const char **folded);
/* The address as the old rule keeps it, and its mailbox (record/email.h). Both live as long as the
 * enquiry. */
bool query_email(struct enquiry *enquiry, const char *name, const char **spelled,
                 const char **mailbox);

/* A cursor says where the next page begins: a number (a time or a place) and an id. Clients are not
 * to look into it. */
struct cursor {
    uint64_t number;
    struct id id;
};

#define CURSOR_BYTES (8 + ID_BYTES)
#define CURSOR_CHARACTERS BASE64_CHARACTERS(CURSOR_BYTES)

/* `*given` says whether there was one. */
bool query_cursor(struct enquiry *enquiry, struct cursor *cursor, bool *given);

bool cursor_parse(const char *text, size_t length, struct cursor *cursor);
void cursor_format(const struct cursor *cursor, char text[static CURSOR_CHARACTERS + 1]);

/* Around the items of a page: {"items":[ ... ],"nextCursor":...}. NULL: the last page. */
void page_begin(struct json_writer *writer);
void page_end(struct json_writer *writer, const struct cursor *next);

#endif
