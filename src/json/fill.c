/* See fill.h. */
#include "json/fill.h"

#include "base/check.h"
#include "record/number_by_name.h"
#include "record/password.h"
#include "json/body_error.h"

#include <string.h>

/* ---- Arrays of ids and of integers ---- */

/* Neither has padding, so equal ones are equal bytes. */
static bool stands_before(const uint8_t *items, size_t index, size_t bytes)
{
    for (size_t i = 0; i < index; i++)
        if (memcmp(items + i * bytes, items + index * bytes, bytes) == 0)
            return true;
    return false;
}

static bool read_element(struct body *body, const json_t *array, const struct body_path *element,
                         const struct body_field *field, void *item)
{
    if (field->type == BODY_IDS)
        return body_element_id(body, array, element, record_schema(field->id_of)->prefix, item);
    return body_element_integer(body, array, element, 0, field->each_max, item);
}

static bool fill_array(struct body_object *object, const struct body_field *field,
                       enum body_presence presence, uint8_t *target,
                       const struct body_memory *memory)
{
    const size_t bytes = field->type == BODY_IDS ? sizeof(struct id) : sizeof(int64_t);
    const json_t *array;
    struct body_path path;
    if (!body_array(object, field->name, presence, (size_t)field->min, (size_t)field->max, &array,
                    &path))
        return false;
    const size_t count = json_array_size(array);
    uint8_t *items = memory->take(memory->owner, count * bytes);
    if (items == NULL) {
        object->body->no_memory = true;
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const struct body_path element = {.parent = &path, .index = i};
        if (read_element(object->body, array, &element, field, items + i * bytes) &&
            stands_before(items, i, bytes))
            body_error_at(object->body, &element, RULE_TWICE);
    }
    memcpy(target + field->offset, &items, sizeof items);
    memcpy(target + field->count_offset, &count, sizeof count);
    return true;
}

static bool fill_numbers(struct body_object *object, const struct body_field *field,
                         enum body_presence presence, uint8_t *target,
                         const struct body_memory *memory)
{
    const struct body_path path = {.parent = object->path, .key = field->name};
    /* jansson's iterators take a mutable object, and change nothing. */
    json_t *json = (json_t *)(uintptr_t)body_ask(object, field->name, presence);
    struct body_object inner;
    size_t count = 0;
    if (json == NULL || !body_object(object->body, json, &path, &inner) ||
        !body_count(object, field->name, json_object_size(json), (size_t)field->min,
                    (size_t)field->max))
        return false;
    struct number_by_name *numbers =
        memory->take(memory->owner, json_object_size(json) * sizeof *numbers);
    if (numbers == NULL) {
        object->body->no_memory = true;
        return false;
    }
    for (void *at = json_object_iter(json); at != NULL; at = json_object_iter_next(json, at)) {
        struct number_by_name *number = &numbers[count++];
        const struct body_path member = {.parent = &path, .key = json_object_iter_key(at)};
        number->name = member.key;
        (void)body_member_integer(object->body, json_object_iter_value(at), &member, 0,
                                  field->each_max, &number->number);
    }
    memcpy(target + field->offset, &numbers, sizeof numbers);
    memcpy(target + field->count_offset, &count, sizeof count);
    return true;
}

static bool fill_set(struct body_object *object, const struct body_field *field,
                     enum body_presence presence, uint32_t *set)
{
    const json_t *array;
    struct body_path path;
    uint32_t read = 0;
    if (!body_array(object, field->name, presence, (size_t)field->min, field->text_count, &array,
                    &path))
        return false;
    for (size_t i = 0; i < json_array_size(array); i++) {
        const struct body_path element = {.parent = &path, .index = i};
        int value;
        if (!body_element_word(object->body, array, &element, field->texts, field->text_count,
                               &value))
            continue;
        if ((read >> value & 1) != 0)
            body_error_at(object->body, &element, RULE_TWICE);
        read |= UINT32_C(1) << value;
    }
    *set = read;
    return true;
}

static bool fill_password(struct body_object *object, const struct body_field *field,
                          enum body_presence presence, const char **password)
{
    char form[PASSWORD_FORM_BYTES];
    enum rule broken = RULE_NONE;
    if (!body_password(object, field->name, presence, (size_t)field->min, password))
        return false;
    if (field->min == 0)
        return true;
    enum result result = password_form(*password, form);
    if (result == RESULT_OK)
        result = password_judge(form, NULL, NULL, &broken);
    object->body->no_memory |= result == RESULT_NO_MEMORY;
    if (broken != RULE_NONE)
        body_error(object, field->name, broken);
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
    case BODY_CHOICE:
        return body_choice(object, name, presence, field->texts, (size_t)field->max, place);
    case BODY_TIME:
        return body_time(object, name, presence, place);
    case BODY_ID:
        return body_id(object, name, presence, record_schema(field->id_of)->prefix, place);
    case BODY_IDS:
    case BODY_INTEGERS:
        return fill_array(object, field, presence, target, memory);
    case BODY_NUMBERS:
        return fill_numbers(object, field, presence, target, memory);
    case BODY_SET:
        return fill_set(object, field, presence, place);
    case BODY_EMAIL:
        return body_email(object, name, presence, field->rule, place);
    case BODY_PASSWORD:
        return fill_password(object, field, presence, place);
    case BODY_OBJECT:
    case BODY_STEPS:
    case BODY_LABELS:
    case BODY_OBJECTS:
        break;
    }
    UNREACHABLE("type of a field");
}

static bool is_read_by_owner(const struct body_field *field)
{
    return field->type == BODY_OBJECTS || field->type == BODY_STEPS || field->type == BODY_LABELS;
}

/* The owner counts their elements as they come. */
static void ask_arrays(struct body_object *object, const struct body_schema *schema)
{
    for (size_t i = 0; i < schema->field_count; i++) {
        const json_t *array;
        struct body_path path;
        if (is_read_by_owner(&schema->fields[i]))
            (void)body_array(object, schema->fields[i].name, schema->fields[i].presence, 0,
                             SIZE_MAX, &array, &path);
    }
}

/* True: the object was there, good or bad in itself. */
static bool fill_part(struct body_object *object, const struct body_field *field,
                      enum body_presence presence, const struct body_schema *part, uint8_t *target,
                      const struct body_memory *memory)
{
    const struct body_path path = {.parent = object->path, .key = field->name};
    const json_t *json = body_ask(object, field->name, presence);
    struct body_object inner;
    if (json == NULL || !body_object(object->body, json, &path, &inner))
        return false;
    body_fill(&inner, part, BODY_WHOLE, target + field->offset, memory);
    ask_arrays(&inner, part);
    body_close(&inner);
    return true;
}

void body_fill(struct body_object *object, const struct body_schema *schema,
               enum body_extent extent, void *target, const struct body_memory *memory)
{
    for (size_t i = 0; i < schema->field_count; i++) {
        const struct body_field *field = &schema->fields[i];
        const bool eased = extent == BODY_PART && field->presence == BODY_REQUIRED;
        if (is_read_by_owner(field))
            continue;
        const enum body_presence presence = eased ? BODY_OPTIONAL : field->presence;
        const bool there =
            field->type == BODY_OBJECT
                ? fill_part(object, field, presence, schema->part(field->element), target, memory)
                : fill_field(object, field, presence, target, memory);
        if (field->tells)
            *((bool *)target + field->told_offset) =
                there || (field->presence == BODY_CLEARABLE && body_has_null(object, field->name));
    }
}
