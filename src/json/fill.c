/* See fill.h. */
#include "json/fill.h"

#include "base/check.h"
#include "record/password.h"

#include <string.h>

static bool contains(const struct id *ids, size_t count, struct id id)
{
    for (size_t i = 0; i < count; i++)
        if (id_equal(ids[i], id))
            return true;
    return false;
}

static void read_ids(struct body *body, const json_t *array, const struct body_path *path,
                     const char *prefix, struct id *ids)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        const struct body_path element = {.parent = path, .index = i};
        if (body_element_id(body, array, &element, prefix, &ids[i]) && contains(ids, i, ids[i]))
            body_error_at(body, &element, "stands there twice");
    }
}

static bool fill_ids(struct body_object *object, const struct body_field *field,
                     enum body_presence presence, uint8_t *target, const struct body_memory *memory)
{
    const json_t *array;
    struct body_path path;
    if (!body_array(object, field->name, presence, (size_t)field->min, (size_t)field->max, &array,
                    &path))
        return false;
    const size_t count = json_array_size(array);
    struct id *ids = memory->take(memory->owner, count * sizeof *ids);
    if (ids == NULL) {
        object->body->no_memory = true;
        return false;
    }
    read_ids(object->body, array, &path, record_schema(field->id_of)->prefix, ids);
    memcpy(target + field->offset, &ids, sizeof ids);
    memcpy(target + field->count_offset, &count, sizeof count);
    return true;
}

static bool fill_password(struct body_object *object, const struct body_field *field,
                          enum body_presence presence, const char **password)
{
    char form[PASSWORD_FORM_BYTES];
    const char *problem = NULL;
    if (!body_password(object, field->name, presence, (size_t)field->min, password))
        return false;
    if (field->min == 0)
        return true;
    enum result result = password_form(*password, form);
    if (result == RESULT_OK)
        result = password_judge(form, NULL, NULL, &problem);
    object->body->no_memory |= result == RESULT_NO_MEMORY;
    if (problem != NULL)
        body_error(object, field->name, problem);
    return true;
}

/* True: the value was there and good. */
static bool fill_field(struct body_object *object, const struct body_field *field,
                       enum body_presence presence, uint8_t *target,
                       const struct body_memory *memory)
{
    void *place = target + field->offset;
    const char *name = field->name;
    switch (field->type) {
    case BODY_TEXT:
        return body_text(object, name, presence, field->kind, (size_t)field->min,
                         (size_t)field->max, place);
    case BODY_INTEGER:
        return body_integer(object, name, presence, field->min, field->max, place);
    case BODY_REAL:
        return body_real(object, name, presence, (double)field->min, (double)field->max, place);
    case BODY_BOOLEAN:
        return body_boolean(object, name, presence, place);
    case BODY_TIME:
        return body_time(object, name, presence, place);
    case BODY_ID:
        return body_id(object, name, presence, record_schema(field->id_of)->prefix, place);
    case BODY_IDS:
        return fill_ids(object, field, presence, target, memory);
    case BODY_EMAIL:
        return body_email(object, name, presence, field->rule, place);
    case BODY_PASSWORD:
        return fill_password(object, field, presence, place);
    case BODY_OBJECTS:
        break;
    }
    UNREACHABLE("type of a field");
}

void body_fill(struct body_object *object, const struct body_schema *schema,
               enum body_extent extent, void *target, const struct body_memory *memory)
{
    for (size_t i = 0; i < schema->field_count; i++) {
        const struct body_field *field = &schema->fields[i];
        const bool eased = extent == BODY_PART && field->presence == BODY_REQUIRED;
        if (field->type == BODY_OBJECTS)
            continue;
        const bool there =
            fill_field(object, field, eased ? BODY_OPTIONAL : field->presence, target, memory);
        if (field->tells)
            *((bool *)target + field->told_offset) = there;
    }
}
