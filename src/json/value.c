/* See value.h. */
#include "json/value.h"

#include "base/check.h"
#include "base/unicode.h"
#include "base/utf8.h"
#include "record/limit.h"
#include "record/password.h"
#include "record/record.h"
#include "record/text.h"

#include <stdio.h>
#include <string.h>

/* A label of more bytes has more characters than any field takes. */
#define LABEL_BYTES_MAX (SEAT_NUMBER_BYTES_MAX * 3)

/* A text without U+0000, or NULL with an error added. */
static const char *plain_text(struct body *body, const struct body_path *path, const json_t *value)
{
    if (!json_is_string(value)) {
        body_error_in_words(body, path, RULE_TYPE, "must be a string");
        return NULL;
    }
    const char *text = json_string_value(value);
    if (strlen(text) != json_string_length(value)) {
        body_error_in_words(body, path, RULE_CHARACTERS, "must not contain U+0000");
        return NULL;
    }
    return text;
}

/* The text without the blanks around it. NULL: no memory. */
static const char *trimmed(struct body *body, const json_t *value, const char *text)
{
    size_t length;
    const char *first = text_trim(text, &length);
    return length == strlen(text) ? text : body_replace(body, value, first, length);
}

/* The text in NFC; as it is where that is longer than any label. NULL: no memory. */
static const char *composed(struct body *body, const json_t *value, const char *text)
{
    char form[LABEL_BYTES_MAX + 1];
    const enum result result = unicode_compose(text, form, sizeof form);
    body->no_memory |= result == RESULT_NO_MEMORY;
    if (result == RESULT_NO_MEMORY)
        return NULL;
    if (result != RESULT_OK || strcmp(form, text) == 0)
        return text;
    return body_replace(body, value, form, strlen(form));
}

/* As the kind is kept. NULL: no memory. */
static const char *kept_as(enum text_kind kind, struct body *body, const json_t *value,
                           const char *text)
{
    if (kind == TEXT_LINE || kind == TEXT_LABEL)
        text = trimmed(body, value, text);
    return kind == TEXT_LABEL && text != NULL ? composed(body, value, text) : text;
}

/* Whether a text may stand in a field of this kind. */
static bool text_fits(const char *text, enum text_kind kind, struct text_problem *problem)
{
    switch (kind) {
    case TEXT_LINE:
    case TEXT_LABEL:
        return text_is_line(text, problem);
    case TEXT_KEY: {
        size_t length;
        (void)text_trim(text, &length);
        if (length == strlen(text))
            return text_is_line(text, problem);
        *problem = (struct text_problem){.rule = RULE_BLANK_AT_END};
        (void)snprintf(problem->words, sizeof problem->words, "%s", rule_words(problem->rule));
        return false;
    }
    case TEXT_LINES:
        return text_is_prose(text, problem);
    case TEXT_ANY:
        return true;
    }
    UNREACHABLE("text kind");
}

static bool text_of_kind(struct body *body, const json_t *value, const struct body_path *path,
                         enum text_kind kind, size_t min, size_t max, const char **text)
{
    const char *read = plain_text(body, path, value);
    if (read == NULL)
        return false;
    size_t count = 0;
    struct text_problem problem;
    if (!utf8_count(read, strlen(read), &count)) {
        body_error_in_words(body, path, RULE_CHARACTERS, "must be well-formed UTF-8");
        return false;
    }
    read = kept_as(kind, body, value, read);
    if (read == NULL)
        return false;
    CHECK(utf8_count(read, strlen(read), &count));
    if (count < min || count > max) {
        body_error_between(body, path, RULE_LENGTH, (int64_t)min, (int64_t)max);
        return false;
    }
    if (count > 0 && !text_fits(read, kind, &problem)) {
        body_error_in_words(body, path, problem.rule, problem.words);
        return false;
    }
    *text = read;
    return true;
}

bool body_text(struct body_object *object, const char *key, enum body_presence presence,
               enum text_kind kind, size_t min, size_t max, const char **text)
{
    const json_t *value = body_ask(object, key, presence);
    const struct body_path path = {.parent = object->path, .key = key};
    return value != NULL && text_of_kind(object->body, value, &path, kind, min, max, text);
}

bool body_member_text(struct body *body, const json_t *value, const struct body_path *path,
                      enum text_kind kind, size_t min, size_t max, const char **text)
{
    return text_of_kind(body, value, path, kind, min, max, text);
}

bool body_element_text(struct body *body, const json_t *array, const struct body_path *path,
                       enum text_kind kind, size_t min, size_t max, const char **text)
{
    return text_of_kind(body, json_array_get(array, path->index), path, kind, min, max, text);
}

/* True and the number when the value is an integer, or was one before it was read as a real; those
 * with a point or an exponent were spelled as integers before (json/number.h). */
static bool integer_of(const struct body *body, const json_t *value, int64_t *integer)
{
    if (json_is_integer(value)) {
        *integer = json_integer_value(value);
        return true;
    }
    if (!json_is_real(value))
        return false;
    const double real = json_real_value(value);
    /* Past 2^53 a real names no single integer; no field here goes that far. */
    const double exact_max = 9007199254740992.0;
    if (real > exact_max || real < -exact_max) {
        *integer = real > 0 ? INT64_MAX : INT64_MIN;
        return true;
    }
    *integer = (int64_t)real;
    return body->integers_as_reals && (double)*integer == real;
}

static bool read_integer(struct body *body, const json_t *json, const struct body_path *path,
                         int64_t min, int64_t max, int64_t *value)
{
    int64_t integer;
    if (!integer_of(body, json, &integer)) {
        body_error_in_words(body, path, RULE_TYPE, "must be an integer");
        return false;
    }
    if (integer < min || integer > max) {
        body_error_between(body, path, RULE_RANGE, min, max);
        return false;
    }
    *value = integer;
    return true;
}

bool body_integer(struct body_object *object, const char *key, enum body_presence presence,
                  int64_t min, int64_t max, int64_t *value)
{
    const struct body_path path = {.parent = object->path, .key = key};
    const json_t *json = body_ask(object, key, presence);
    return json != NULL && read_integer(object->body, json, &path, min, max, value);
}

bool body_member_integer(struct body *body, const json_t *value, const struct body_path *path,
                         int64_t min, int64_t max, int64_t *integer)
{
    return read_integer(body, value, path, min, max, integer);
}

bool body_element_integer(struct body *body, const json_t *array, const struct body_path *path,
                          int64_t min, int64_t max, int64_t *value)
{
    return read_integer(body, json_array_get(array, path->index), path, min, max, value);
}

bool body_member_real(struct body *body, const json_t *value, const struct body_path *path,
                      double min, double max, double *real)
{
    if (!json_is_number(value)) {
        body_error_in_words(body, path, RULE_TYPE, "must be a number");
        return false;
    }
    const double number = json_number_value(value);
    if (!(number >= min && number <= max)) {
        body_error_between(body, path, RULE_RANGE, (int64_t)min, (int64_t)max);
        return false;
    }
    *real = number;
    return true;
}

bool body_real(struct body_object *object, const char *key, enum body_presence presence, double min,
               double max, double *value)
{
    const struct body_path path = {.parent = object->path, .key = key};
    const json_t *json = body_ask(object, key, presence);
    return json != NULL && body_member_real(object->body, json, &path, min, max, value);
}

bool body_boolean(struct body_object *object, const char *key, enum body_presence presence,
                  bool *value)
{
    const json_t *json = body_ask(object, key, presence);
    if (json == NULL)
        return false;
    if (!json_is_boolean(json)) {
        body_error_says(object, key, RULE_TYPE, "must be true or false");
        return false;
    }
    *value = json_is_true(json);
    return true;
}

bool body_choice(struct body_object *object, const char *key, enum body_presence presence,
                 const char *const *texts, size_t count, int *choice)
{
    const json_t *json = body_ask(object, key, presence);
    if (json == NULL)
        return false;
    const struct body_path path = {.parent = object->path, .key = key};
    const char *text = plain_text(object->body, &path, json);
    if (text == NULL)
        return false;
    if (!enumeration_parse(texts, count, text, choice)) {
        body_error(object, key, RULE_CHOICE);
        return false;
    }
    return true;
}

bool body_time(struct body_object *object, const char *key, enum body_presence presence,
               timestamp_ms *time)
{
    const json_t *json = body_ask(object, key, presence);
    if (json == NULL)
        return false;
    if (!json_is_string(json) ||
        !timestamp_parse(json_string_value(json), json_string_length(json), time)) {
        body_error(object, key, RULE_TIME);
        return false;
    }
    return true;
}

static bool id_of(const json_t *json, const char *prefix, struct id *id)
{
    return json_is_string(json) &&
           id_parse(prefix, json_string_value(json), json_string_length(json), id);
}

static void id_message(const char *prefix, char message[static 80])
{
    (void)snprintf(message, 80, "must be an id of the form %s_...", prefix);
}

bool body_id(struct body_object *object, const char *key, enum body_presence presence,
             const char *prefix, struct id *id)
{
    const json_t *json = body_ask(object, key, presence);
    if (json == NULL)
        return false;
    if (!id_of(json, prefix, id)) {
        char message[80];
        id_message(prefix, message);
        body_error_says(object, key, RULE_ID, message);
        return false;
    }
    return true;
}

bool body_email(struct body_object *object, const char *key, enum body_presence presence,
                enum email_rule rule, struct email *email)
{
    const json_t *value = body_ask(object, key, presence);
    const struct body_path path = {.parent = object->path, .key = key};
    const char *read = value == NULL ? NULL : plain_text(object->body, &path, value);
    if (read == NULL)
        return false;
    const enum result result = email_read(read, rule, email);
    object->body->no_memory |= result == RESULT_NO_MEMORY;
    if (result == RESULT_MALFORMED)
        body_error(object, key, RULE_EMAIL);
    return result == RESULT_OK;
}

bool body_count(struct body_object *object, const char *key, size_t count, size_t min, size_t max)
{
    if (count >= min && count <= max)
        return true;
    const struct body_path path = {.parent = object->path, .key = key};
    body_error_between(object->body, &path, RULE_ELEMENTS, (int64_t)min, (int64_t)max);
    return false;
}

bool body_array(struct body_object *object, const char *key, enum body_presence presence,
                size_t min, size_t max, const json_t **array, struct body_path *path)
{
    const json_t *json = body_ask(object, key, presence);
    if (json == NULL)
        return false;
    if (!json_is_array(json)) {
        body_error_says(object, key, RULE_TYPE, "must be an array");
        return false;
    }
    if (!body_count(object, key, json_array_size(json), min, max))
        return false;
    *array = json;
    *path = (struct body_path){.parent = object->path, .key = key};
    return true;
}

bool body_element_id(struct body *body, const json_t *array, const struct body_path *path,
                     const char *prefix, struct id *id)
{
    if (id_of(json_array_get(array, path->index), prefix, id))
        return true;
    char message[80];
    id_message(prefix, message);
    body_error_in_words(body, path, RULE_ID, message);
    return false;
}

bool body_element_word(struct body *body, const json_t *array, const struct body_path *path,
                       const char *const *texts, size_t count, int *value)
{
    const char *text = json_string_value(json_array_get(array, path->index));
    if (text != NULL && enumeration_parse(texts, count, text, value))
        return true;
    body_error_in_words(body, path, RULE_CHOICE, "is none of the words that may stand there");
    return false;
}

static bool is_password_length(size_t count, size_t min)
{
    return count >= min && count <= PASSWORD_CHARACTERS_MAX;
}

bool body_password(struct body_object *object, const char *key, enum body_presence presence,
                   size_t min, const char **password)
{
    char form[PASSWORD_FORM_BYTES];
    size_t sent = 0, count = 0;
    const char *read;
    if (!body_text(object, key, presence, TEXT_ANY, 0, SIZE_MAX, &read))
        return false;
    const enum result result = password_form(read, form);
    if (result == RESULT_NO_MEMORY) {
        object->body->no_memory = true;
        return false;
    }
    const bool formed = result == RESULT_OK && utf8_count(form, strlen(form), &count) &&
                        is_password_length(count, min);
    const bool compared = min == 0 && utf8_count(read, strlen(read), &sent);
    if (!formed && !(compared && is_password_length(sent, min))) {
        const struct body_path path = {.parent = object->path, .key = key};
        body_error_between(object->body, &path, RULE_LENGTH, (int64_t)min, PASSWORD_CHARACTERS_MAX);
        return false;
    }
    *password = read;
    return true;
}
