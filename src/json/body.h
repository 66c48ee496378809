/* The objects of a request's JSON, read strictly: no unknown keys, and errors are told field by
 * field. value.h reads values, fill.h whole objects by their rows. Knows neither HTTP nor usher's
 * verbs. */
#ifndef USHER_JSON_BODY_H
#define USHER_JSON_BODY_H

#include "json/body_error.h"

#define BODY_FIELDS_MAX 16 /* fields that one object may have; the largest here has twelve */

struct body_object {
    struct body *body;
    const json_t *json;
    const struct body_path *path; /* NULL: the root */
    const char *asked[BODY_FIELDS_MAX];
    size_t asked_count;
};

enum body_presence {
    BODY_OPTIONAL,
    BODY_NULLABLE,  /* optional, and null is as if it were absent */
    BODY_CLEARABLE, /* optional, and null is a value: none */
    BODY_REQUIRED,
};

/* Adds an error at a field of the object (key NULL: the object itself); with words of its own. */
void body_error(const struct body_object *object, const char *key, enum rule rule);
void body_error_says(const struct body_object *object, const char *key, enum rule rule,
                     const char *words);

void body_root(struct body *body, struct body_object *object);

/* A value as an object; false with an error when it is none. `path` must stay in place while the
 * object is read. */
bool body_object(struct body *body, const json_t *json, const struct body_path *path,
                 struct body_object *object);

/* After all fields were asked for: every other key is an error. */
void body_close(struct body_object *object);

/* Whether the field is there, good or bad; whether it is null; and whether it is there and is not.
 */
bool body_has_key(const struct body_object *object, const char *key);
bool body_has_null(const struct body_object *object, const char *key);
bool body_has(const struct body_object *object, const char *key);

/* The field's value, or NULL; notes that the key is known. An error where one is required. */
const json_t *body_ask(struct body_object *object, const char *key, enum body_presence presence);

#endif
