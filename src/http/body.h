/* Reads the fields of a request's JSON strictly: no unknown keys, every value of the type and range
 * asked for. Knows neither HTTP nor usher's verbs. */
#ifndef USHER_HTTP_BODY_H
#define USHER_HTTP_BODY_H

#include "base/id.h"
#include "base/timestamp.h"
#include "http/body_error.h"
#include "record/email.h"

#define BODY_FIELDS_MAX 16 /* fields that one object may have; the largest here has ten */

struct body_object {
    struct body *body;
    const json_t *json;
    const struct body_path *path; /* NULL: the root */
    const char *asked[BODY_FIELDS_MAX];
    size_t asked_count;
};

enum body_presence {
    BODY_OPTIONAL,
    BODY_NULLABLE, /* optional, and null is as if it were absent */
    BODY_REQUIRED,
};

/* Adds an error at a field of the object (key NULL: the object itself). */
void body_error(const struct body_object *object, const char *key, const char *message);

void body_root(struct body *body, struct body_object *object);

/* A value as an object; false with an error when it is none. `path` must stay in place while the
 * object is read. */
bool body_object(struct body *body, const json_t *json, const struct body_path *path,
                 struct body_object *object);

/* After all fields were asked for: every other key is an error. */
void body_close(struct body_object *object);

/* Whether the field is there, good or bad, and not null. */
bool body_has(const struct body_object *object, const char *key);

/* The readers below answer true and set the value when the field is there and good; false when it
 * is absent, or bad (then an error was added, also for a required field that is absent). */

enum text_kind {
    TEXT_LINE, /* text_is_line; blanks around it are taken off: a phone's keyboard puts one there */
    TEXT_LABEL, /* a TEXT_LINE in NFC: what stands on a chair, which machines spell in several ways
                 */
    TEXT_KEY, /* text_is_line, and none around it: what a program compares is kept as it is sent */
    TEXT_LINES, /* text_is_prose */
    TEXT_ANY,   /* anything but NUL: a password */
};

/* `min`..`max` code points, of a TEXT_LINE or TEXT_LABEL as it is kept. */
bool body_text(struct body_object *object, const char *key, enum body_presence presence,
               enum text_kind kind, size_t min, size_t max, const char **text);

bool body_integer(struct body_object *object, const char *key, enum body_presence presence,
                  int64_t min, int64_t max, int64_t *value);
bool body_real(struct body_object *object, const char *key, enum body_presence presence, double min,
               double max, double *value);
bool body_boolean(struct body_object *object, const char *key, enum body_presence presence,
                  bool *value);
bool body_time(struct body_object *object, const char *key, enum body_presence presence,
               timestamp_ms *time);
bool body_id(struct body_object *object, const char *key, enum body_presence presence,
             const char *prefix, struct id *id);

bool body_email(struct body_object *object, const char *key, enum body_presence presence,
                enum email_rule rule, struct email *email);

/* An array of `min`..`max` elements. `path` is the array's, for the elements' paths. */
bool body_array(struct body_object *object, const char *key, enum body_presence presence,
                size_t min, size_t max, const json_t **array, struct body_path *path);

/* False with an error, as body_array has it, when a number of elements is out of range. */
bool body_count(struct body_object *object, const char *key, size_t count, size_t min, size_t max);

/* Elements of an array. `path` must stay in place while the element is read. */
bool body_element_id(struct body *body, const json_t *array, const struct body_path *path,
                     const char *prefix, struct id *id);

#endif
