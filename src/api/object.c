/* See object.h. */
#include "api/object.h"

#include "base/check.h"

#include <string.h>

/* ---- The rows ---- */

enum {
#define ENTITY(kind, name, prefix, since) kind_of_##name = RECORD_KIND_##kind,
#define FIELD(entity, column, type, detail, json, flags, since)
#define END_ENTITY(kind, name)
#include "record/schema.def"
};

/* How many values each enumeration has. */
enum {
#define ENUMERATION(name) count_of_##name = 0
#define VALUE(constant, text) +1
#define END_ENUMERATION(name) ,
#include "record/enumeration.def"
};

const char *const language_texts[] = {"en", "ko"};

const char *const sale_state_texts[SALE_STATE_COUNT] = {
    [SALE_STATE_UPCOMING] = "upcoming",
    [SALE_STATE_ON_SALE] = "onSale",
    [SALE_STATE_OVER] = "over",
    [SALE_STATE_DRAFT] = "draft",
};

static const char *const queue_status_texts[] = {
    [QUEUE_STATUS_SCHEDULED] = "scheduled",
    [QUEUE_STATUS_OPEN] = "open",
    [QUEUE_STATUS_PAUSED] = "paused",
    [QUEUE_STATUS_CLOSED] = "closed",
};
static const char *const open_closed_texts[] = {
    [SHOWN_CLOSED] = "closed",
    [SHOWN_OPEN] = "open",
};
static const char *const history_event_texts[HISTORY_EVENT_COUNT] = {
    [HISTORY_JOINED] = "joined",       [HISTORY_ADMITTED] = "admitted",
    [HISTORY_HELD] = "held",           [HISTORY_EXTENDED] = "extended",
    [HISTORY_TRIED] = "tried",         [HISTORY_PAID] = "paid",
    [HISTORY_MOVED] = "moved",         [HISTORY_EXPIRED] = "expired",
    [HISTORY_CANCELLED] = "cancelled", [HISTORY_REFUNDED] = "refunded",
};
_Static_assert(OBJECT_COUNT <= 128, "a set of objects has a bit for each");
enum {
    count_of_queue_status = sizeof queue_status_texts / sizeof queue_status_texts[0],
    count_of_scope = SCOPE_COUNT,
    count_of_open_closed = sizeof open_closed_texts / sizeof open_closed_texts[0],
    count_of_change_type = CHANGE_COUNT,
    count_of_history_event = HISTORY_EVENT_COUNT,
    count_of_series_step = SERIES_STEP_COUNT,
    count_of_sales_by = SALES_BY_COUNT,
    count_of_rehearsal_status = REHEARSAL_STATUS_COUNT,
    count_of_rehearsal_failure = REHEARSAL_FAILURE_COUNT,
    count_of_bound = BOUND_COUNT,
    count_of_plan_flaw = PLAN_FLAW_COUNT,
    OPTIONAL = FIELD_FLAG_OPTIONAL,
};

/* 0; a condition that does not hold does not compile. */
#define HOLDS(condition) (0 * sizeof(char[(condition) ? 1 : -1]))
#define IS(value, type) HOLDS(__builtin_types_compatible_p(__typeof__(value), type))

/* In a case below `source` is the struct of the object's values. */
#define OF(member) (((source *)0)->member)

#define TYPE_ID(detail) .type = FIELD_ID, .id_of = (enum record_kind)kind_of_##detail
#define TYPE_TEXT(detail) .type = FIELD_TEXT
#define TYPE_INT(detail) .type = FIELD_INT
#define TYPE_TIME(detail) .type = FIELD_TIME, .time = TIME_##detail
#define TYPE_ENUM(detail)                                                                          \
    .type = FIELD_ENUM, .texts = detail##_texts, .text_count = count_of_##detail
#define TYPE_BOOL(detail) .type = FIELD_BOOL
#define TYPE_REAL(detail) .type = FIELD_REAL
#define TYPE_NAME(detail) TYPE_ENUM(detail)
#define RECORD_NAME(detail) enum detail

/* The parts of rows. A row without a meaning does not compile. */
#define STORED(entity, column) .stored = &entity##_fields[FIELD_OF_##entity##_##column]
#define GIVEN(...) .given = {__VA_ARGS__}
#define PLACE(member, text)                                                                        \
    .base = offsetof(source, member) + HOLDS(sizeof text > 1), .meaning = text
#define PLACE_OF(member, c_type, text)                                                             \
    .base = offsetof(source, member) + IS(OF(member), c_type) + HOLDS(sizeof text > 1),            \
    .meaning = text
#define WHEN(owner, member, wanted)                                                                \
    .when = {                                                                                      \
        .offset = offsetof(owner, member), .bytes = sizeof(((owner *)0)->member), .value = wanted}
/* Whether the member is a pointer to its elements, and no array of them. */
#define POINTS(member)                                                                             \
    __builtin_types_compatible_p(__typeof__(OF(member)), __typeof__(&OF(member)[0]))

#define ARRAY(member, count, element)                                                              \
    .apart = POINTS(member), .count_offset = offsetof(source, count) + IS(OF(count), size_t),      \
    .stride = sizeof(element)

const struct object_schema *object_schema(enum object_name name)
{
    switch (name) {
#define OBJECT(object_name, type, text)                                                            \
    case OBJECT_##object_name: {                                                                   \
        typedef type source;                                                                       \
        static const char own_name[] = #object_name, meaning[] = text;                             \
        static const struct object_field rows[] = {
#define OWN(entity, column, text)                                                                  \
    {STORED(entity, column), .base = IS(*(source *)0, struct entity) + HOLDS(sizeof text > 1),     \
     .meaning = text},
#define SIGNED(entity, column, text)                                                               \
    {STORED(entity, column), .base = IS(*(source *)0, struct entity) + HOLDS(sizeof text > 1),     \
     .is_signed = true, .meaning = text},
#define IN(member, entity, column, text)                                                           \
    {STORED(entity, column), PLACE_OF(member, struct entity, text)},
#define IN_WHEN(member, entity, column, condition, wanted, text)                                   \
    {STORED(entity, column), PLACE_OF(member, struct entity, text),                                \
     WHEN(source, condition, wanted)},
#define VALUE(json_name, type, detail, member, field_flags, text)                                  \
    {GIVEN(.json = json_name, .flags = field_flags, TYPE_##type(detail)),                          \
     PLACE_OF(member, RECORD_##type(detail), text)},
#define SIGNED_VALUE(json_name, member, text)                                                      \
    {GIVEN(.json = json_name, TYPE_INT()), PLACE_OF(member, int64_t, text), .is_signed = true},
#define VALUE_WHEN(json_name, type, detail, member, field_flags, condition, wanted, text)          \
    {GIVEN(.json = json_name, .flags = field_flags, TYPE_##type(detail)),                          \
     PLACE_OF(member, RECORD_##type(detail), text), WHEN(source, condition, wanted)},
#define PART(json_name, part, member, text)                                                        \
    {.kind = OBJECT_PART, GIVEN(.json = json_name), PLACE(member, text), .object = OBJECT_##part},
#define PART_IF(json_name, part, member, condition, text)                                          \
    {.kind = OBJECT_PART,                                                                          \
     GIVEN(.json = json_name),                                                                     \
     PLACE(member, text),                                                                          \
     .object = OBJECT_##part,                                                                      \
     WHEN(source, condition, true)},
#define O(object_name) (object_set)1 << OBJECT_##object_name
#define CHOICE(json_name, of_objects, which, member, text)                                         \
    {.kind = OBJECT_CHOICE,                                                                        \
     GIVEN(.json = json_name),                                                                     \
     PLACE_OF(member, const void *, text),                                                         \
     .objects = of_objects,                                                                        \
     .object_offset = offsetof(source, which) + IS(OF(which), int)},
#define LIST(json_name, element, member, count, text)                                              \
    {.kind = OBJECT_LIST,                                                                          \
     GIVEN(.json = json_name),                                                                     \
     PLACE(member, text),                                                                          \
     .object = OBJECT_##element,                                                                   \
     ARRAY(member, count, OF(member)[0])},
#define IDS(json_name, entity, member, count, text)                                                \
    {.kind = OBJECT_IDS,                                                                           \
     GIVEN(.json = json_name, TYPE_ID(entity)),                                                    \
     PLACE(member, text),                                                                          \
     ARRAY(member, count, OF(member)[0])},
#define NUMBERS(json_name, member, count, text)                                                    \
    {.kind = OBJECT_NUMBERS,                                                                       \
     GIVEN(.json = json_name, TYPE_INT()),                                                         \
     PLACE_OF(member, const int64_t *, text),                                                      \
     .is_signed = true,                                                                            \
     ARRAY(member, count, int64_t)},
#define TEXTS(json_name, member, count, text)                                                      \
    {.kind = OBJECT_TEXTS,                                                                         \
     GIVEN(.json = json_name, TYPE_TEXT()),                                                        \
     PLACE_OF(member, const char **, text),                                                        \
     ARRAY(member, count, const char *)},
#define COLUMN(entity, column, member, count, text)                                                \
    {.kind = OBJECT_COLUMN,                                                                        \
     STORED(entity, column),                                                                       \
     PLACE_OF(member, struct entity *, text),                                                      \
     ARRAY(member, count, struct entity)},
#define COLUMN_WHEN(entity, column, member, count, condition, wanted, text)                        \
    {.kind = OBJECT_COLUMN,                                                                        \
     STORED(entity, column),                                                                       \
     PLACE_OF(member, struct entity *, text),                                                      \
     ARRAY(member, count, struct entity),                                                          \
     WHEN(struct entity, condition, wanted)},
#define WORDS(json_name, words, member, text)                                                      \
    {.kind = OBJECT_WORDS,                                                                         \
     GIVEN(.json = json_name, .type = FIELD_TEXT, .texts = words,                                  \
           .text_count = sizeof words / sizeof words[0]),                                          \
     PLACE_OF(member, const char *, text)},
#define INLINE(json_name, member, text)                                                            \
    {.kind = OBJECT_INLINE, GIVEN(.json = json_name, TYPE_TEXT()), PLACE(member, text)},
#define RUN(json_name, run_letters, member, count, text)                                           \
    {.kind = OBJECT_RUN,                                                                           \
     GIVEN(.json = json_name, TYPE_TEXT()),                                                        \
     PLACE_OF(member, const char *, text),                                                         \
     ARRAY(member, count, char),                                                                   \
     .letters = run_letters},
#define RAW(json_name, part, member, text)                                                         \
    {.kind = OBJECT_RAW,                                                                           \
     GIVEN(.json = json_name),                                                                     \
     PLACE_OF(member, const struct buffer *, text),                                                \
     .object = OBJECT_##part},
#define CHANGES(json_name, change_letters, member, count, text)                                    \
    {.kind = OBJECT_CHANGES,                                                                       \
     GIVEN(.json = json_name),                                                                     \
     PLACE_OF(member, const struct seat_change *, text),                                           \
     ARRAY(member, count, struct seat_change),                                                     \
     .letters = change_letters},
#define END_OBJECT(object_name)                                                                    \
    }                                                                                              \
    ;                                                                                              \
    static const struct object_schema schema = {own_name, meaning, rows,                           \
                                                sizeof rows / sizeof rows[0]};                     \
    return &schema;                                                                                \
    }
#include "api/objects.def"
    case OBJECT_COUNT:
        break;
    }
    UNREACHABLE("object");
}

bool object_field_is_nullable(const struct object_field *field)
{
    const unsigned flags = object_field_schema(field)->flags;
    return field->when.bytes != 0 || (flags & FIELD_FLAG_OPTIONAL) != 0 ||
           field->kind == OBJECT_CHOICE;
}

/* ---- Writing ---- */

static bool condition_holds(const struct object_condition *condition, const uint8_t *owner)
{
    if (condition->bytes == 0)
        return true;
    const uint8_t *member = owner + condition->offset;
    return (condition->bytes == 1 ? *member : field_number(member)) == condition->value;
}

/* The condition of a column is about each of its structs. */
bool object_field_is_there(const struct object_field *field, const void *source)
{
    return field->kind == OBJECT_COLUMN || condition_holds(&field->when, source);
}

size_t object_field_count(const struct object_field *field, const void *source)
{
    size_t count;
    memcpy(&count, (const uint8_t *)source + field->count_offset, sizeof count);
    return count;
}

const void *object_field_elements(const struct object_field *field, const void *source)
{
    const void *elements = (const uint8_t *)source + field->base;
    if (field->apart)
        memcpy(&elements, elements, sizeof elements);
    return elements;
}

static void write_time(struct json_writer *writer, const struct field_schema *field,
                       timestamp_ms time, const struct shown_clock *clock)
{
    CHECK(field->time != TIME_DEADLINE || clock != NULL);
    json_write_time(writer, field->time == TIME_DEADLINE ? shown_deadline(clock, time) : time);
}

static void write_integer(struct json_writer *writer, const struct field_schema *field,
                          int64_t value)
{
    if (value == 0 && (field->flags & FIELD_FLAG_OPTIONAL) != 0)
        json_write_null(writer);
    else
        json_write_integer(writer, value);
}

static void write_field_value(struct json_writer *writer, const struct field_schema *field,
                              const void *value, const struct shown_clock *clock)
{
    struct id id;
    double real;
    switch (field->type) {
    case FIELD_ID:
        memcpy(&id, value, sizeof id);
        json_write_id(writer, record_schema(field->id_of)->prefix, id);
        return;
    case FIELD_TEXT:
        json_write_text(writer, field_text(value));
        return;
    case FIELD_INT:
        write_integer(writer, field, field_integer(value));
        return;
    case FIELD_TIME:
        write_time(writer, field, field_integer(value), clock);
        return;
    case FIELD_ENUM:
        json_write_text(writer, field->texts[field_number(value)]);
        return;
    case FIELD_BOOL:
        json_write_boolean(writer, *(const bool *)value);
        return;
    case FIELD_REAL:
        memcpy(&real, value, sizeof real);
        json_write_real(writer, real);
        return;
    case FIELD_SECRET:
        break;
    }
    UNREACHABLE("a field that is never shown");
}

static void write_choice(struct json_writer *writer, const struct object_field *field,
                         const uint8_t *source, const struct shown_clock *clock)
{
    const int object = field_number(source + field->object_offset);
    const void *chosen;
    if (object == OBJECT_NONE) {
        json_write_null(writer);
        return;
    }
    CHECK((field->objects >> object & 1) != 0);
    memcpy(&chosen, source + field->base, sizeof chosen);
    object_write(writer, (enum object_name)object, chosen, clock);
}

static void write_list(struct json_writer *writer, const struct object_field *field,
                       const uint8_t *source, const struct shown_clock *clock)
{
    const size_t count = object_field_count(field, source);
    const uint8_t *element = object_field_elements(field, source);
    json_write_array_begin(writer);
    for (size_t i = 0; i < count; i++, element += field->stride)
        object_write(writer, field->object, element, clock);
    json_write_array_end(writer);
}

/* Ids, numbers, or texts. */
static void write_values(struct json_writer *writer, const struct object_field *field,
                         const uint8_t *source)
{
    const size_t count = object_field_count(field, source);
    const uint8_t *element = object_field_elements(field, source);
    json_write_array_begin(writer);
    for (size_t i = 0; i < count; i++, element += field->stride)
        write_field_value(writer, &field->given, element, NULL);
    json_write_array_end(writer);
}

static void write_column(struct json_writer *writer, const struct object_field *field,
                         const uint8_t *source)
{
    const size_t count = object_field_count(field, source);
    const uint8_t *record = object_field_elements(field, source);
    json_write_array_begin(writer);
    for (size_t i = 0; i < count; i++, record += field->stride) {
        if (condition_holds(&field->when, record))
            write_field_value(writer, field->stored, record + field->stored->offset, NULL);
        else
            json_write_null(writer);
    }
    json_write_array_end(writer);
}

/* NULL: none. */
static void write_words(struct json_writer *writer, const char *text)
{
    json_write_array_begin(writer);
    for (size_t length; text != NULL && *text != '\0'; text += length + (text[length] == ' ')) {
        length = strcspn(text, " ");
        json_write_text_n(writer, text, length);
    }
    json_write_array_end(writer);
}

static void write_changes(struct json_writer *writer, const struct object_field *field,
                          const uint8_t *source)
{
    const size_t count = object_field_count(field, source);
    const struct seat_change *changes = object_field_elements(field, source);
    json_write_array_begin(writer);
    for (size_t i = 0; i < count; i++) {
        json_write_array_begin(writer);
        json_write_integer(writer, changes[i].position);
        json_write_text_n(writer, &changes[i].state, 1);
        json_write_array_end(writer);
    }
    json_write_array_end(writer);
}

static void write_field(struct json_writer *writer, const struct object_field *field,
                        const uint8_t *source, const struct shown_clock *clock)
{
    const struct field_schema *schema = object_field_schema(field);
    const uint8_t *place = source + field->base;
    json_write_key(writer, schema->json);
    if (!object_field_is_there(field, source)) {
        json_write_null(writer);
        return;
    }
    switch (field->kind) {
    case OBJECT_VALUE:
        write_field_value(writer, schema, place + schema->offset, clock);
        return;
    case OBJECT_PART:
        object_write(writer, field->object, place, clock);
        return;
    case OBJECT_CHOICE:
        write_choice(writer, field, source, clock);
        return;
    case OBJECT_LIST:
        write_list(writer, field, source, clock);
        return;
    case OBJECT_IDS:
    case OBJECT_NUMBERS:
    case OBJECT_TEXTS:
        write_values(writer, field, source);
        return;
    case OBJECT_COLUMN:
        write_column(writer, field, source);
        return;
    case OBJECT_WORDS:
        write_words(writer, field_text(place));
        return;
    case OBJECT_INLINE:
        json_write_text(writer, (const char *)place);
        return;
    case OBJECT_RUN:
        json_write_text_n(writer, field_text(place), object_field_count(field, source));
        return;
    case OBJECT_RAW: {
        const struct buffer *json;
        memcpy(&json, place, sizeof json);
        json_write_raw(writer, json->data, json->length);
        return;
    }
    case OBJECT_CHANGES:
        write_changes(writer, field, source);
        return;
    }
    UNREACHABLE("kind of field");
}

void object_write_fields(struct json_writer *writer, enum object_name name, const void *source,
                         const struct shown_clock *clock)
{
    const struct object_schema *schema = object_schema(name);
    for (size_t i = 0; i < schema->field_count; i++)
        write_field(writer, &schema->fields[i], source, clock);
}

void object_write(struct json_writer *writer, enum object_name name, const void *source,
                  const struct shown_clock *clock)
{
    json_write_object_begin(writer);
    object_write_fields(writer, name, source, clock);
    json_write_object_end(writer);
}
