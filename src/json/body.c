/* See body.h. */
#include "json/body.h"

#include "base/check.h"

#include <string.h>

void body_error_says(const struct body_object *object, const char *key, enum rule rule,
                     const char *words)
{
    const struct body_path path = {.parent = object->path, .key = key};
    body_error_in_words(object->body, key == NULL ? object->path : &path, rule, words);
}

void body_error(const struct body_object *object, const char *key, enum rule rule)
{
    body_error_says(object, key, rule, NULL);
}

void body_root(struct body *body, struct body_object *object)
{
    *object = (struct body_object){.body = body, .json = body->root};
}

bool body_object(struct body *body, const json_t *json, const struct body_path *path,
                 struct body_object *object)
{
    if (!json_is_object(json)) {
        body_error_in_words(body, path, RULE_TYPE, "must be an object");
        return false;
    }
    *object = (struct body_object){.body = body, .json = json, .path = path};
    return true;
}

static bool was_asked(const struct body_object *object, const char *key)
{
    for (size_t i = 0; i < object->asked_count; i++)
        if (strcmp(object->asked[i], key) == 0)
            return true;
    return false;
}

void body_close(struct body_object *object)
{
    /* jansson's iterators take a mutable object, but only json_object_iter_set changes it. */
    json_t *json = (json_t *)(uintptr_t)object->json;
    for (void *at = json_object_iter(json); at != NULL; at = json_object_iter_next(json, at)) {
        const char *key = json_object_iter_key(at);
        if (!was_asked(object, key))
            body_error(object, key, RULE_UNKNOWN);
    }
}

const json_t *body_ask(struct body_object *object, const char *key, enum body_presence presence)
{
    CHECK(object->asked_count < BODY_FIELDS_MAX);
    object->asked[object->asked_count++] = key;
    const json_t *value = json_object_get(object->json, key);
    if (value == NULL && presence == BODY_REQUIRED)
        body_error(object, key, RULE_MISSING);
    const bool may_be_null = presence == BODY_NULLABLE || presence == BODY_CLEARABLE;
    return may_be_null && json_is_null(value) ? NULL : value;
}

bool body_has_key(const struct body_object *object, const char *key)
{
    return json_object_get(object->json, key) != NULL;
}

bool body_has_null(const struct body_object *object, const char *key)
{
    return json_is_null(json_object_get(object->json, key));
}

bool body_has(const struct body_object *object, const char *key)
{
    const json_t *value = json_object_get(object->json, key);
    return value != NULL && !json_is_null(value);
}
