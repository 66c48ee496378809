/* Reads the values of a body's fields: of the type and range that is asked for, texts in the form
 * in which they are kept. */
#ifndef USHER_JSON_VALUE_H
#define USHER_JSON_VALUE_H

#include "base/id.h"
#include "base/timestamp.h"
#include "record/email.h"
#include "json/body.h"

/* Each answers true and sets the value when the field is there and good; false when it is absent,
 * or bad (then an error was added, also for a required field that is absent). */

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
/* One of `count` texts, by its number. */
bool body_choice(struct body_object *object, const char *key, enum body_presence presence,
                 const char *const *texts, size_t count, int *choice);
bool body_time(struct body_object *object, const char *key, enum body_presence presence,
               timestamp_ms *time);
bool body_id(struct body_object *object, const char *key, enum body_presence presence,
             const char *prefix, struct id *id);

/* A password of `min` characters or more, counted in its normal form (record/password.h). One that
 * is only compared (`min` 0) may also be as long as it was sent: there are hashes of such. */
bool body_password(struct body_object *object, const char *key, enum body_presence presence,
                   size_t min, const char **password);

bool body_email(struct body_object *object, const char *key, enum body_presence presence,
                enum email_rule rule, struct email *email);

/* An array of `min`..`max` elements. `path` is the array's, for the elements' paths. */
bool body_array(struct body_object *object, const char *key, enum body_presence presence,
                size_t min, size_t max, const json_t **array, struct body_path *path);

/* False with an error, as body_array has it, when a number of elements is out of range. */
bool body_count(struct body_object *object, const char *key, size_t count, size_t min, size_t max);

/* The value of a member whose name the request chose, or of a cell. */
bool body_member_integer(struct body *body, const json_t *value, const struct body_path *path,
                         int64_t min, int64_t max, int64_t *integer);
bool body_member_real(struct body *body, const json_t *value, const struct body_path *path,
                      double min, double max, double *real);
bool body_member_text(struct body *body, const json_t *value, const struct body_path *path,
                      enum text_kind kind, size_t min, size_t max, const char **text);

/* Elements of an array. `path` must stay in place while the element is read. */
bool body_element_integer(struct body *body, const json_t *array, const struct body_path *path,
                          int64_t min, int64_t max, int64_t *value);
bool body_element_text(struct body *body, const json_t *array, const struct body_path *path,
                       enum text_kind kind, size_t min, size_t max, const char **text);
bool body_element_id(struct body *body, const json_t *array, const struct body_path *path,
                     const char *prefix, struct id *id);
bool body_element_word(struct body *body, const json_t *array, const struct body_path *path,
                       const char *const *texts, size_t count, int *value);

#endif
