/* See bodies.h. */
#include "api/bodies.h"

#include "api/round_plan.h"
#include "base/check.h"
#include "office/office.h"

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

/* 0; a condition that does not hold does not compile. */
#define HOLDS(condition) (0 * sizeof(char[(condition) ? 1 : -1]))

/* In a case below `target` is the struct that the body is read into. Every row has a meaning, and
 * its member has the C type that the row says. */
#define IS_OF(member, c_type)                                                                      \
    HOLDS(__builtin_types_compatible_p(__typeof__(((target *)0)->member), c_type))
#define PLACE(member, c_type) .offset = offsetof(target, member) + IS_OF(member, c_type)
#define TOLD(member) .tells = true, .told_offset = offsetof(target, member) + IS_OF(member, bool)
#define ROW(json, field_type, field_presence, text)                                                \
    .name = json, .type = BODY_##field_type + (int)HOLDS(sizeof text > 1),                         \
    .presence = BODY_##field_presence, .meaning = text
#define RANGE(least, most) .min = (int64_t)(least), .max = (int64_t)(most)

static const struct body_schema *part(unsigned element)
{
    return body_schema((enum body_name)element);
}

const struct body_schema *body_schema(enum body_name name)
{
    switch (name) {
#define BODY(body_name, c_type, text)                                                              \
    case BODY_OF_##body_name: {                                                                    \
        typedef c_type target;                                                                     \
        static const char own_name[] = #body_name, meaning[] = text;                               \
        static const struct body_field rows[] = {
#define TEXT(json, member, presence, text_kind, least, most, text)                                 \
    {ROW(json, TEXT, presence, text), PLACE(member, const char *), RANGE(least, most),             \
     .kind = TEXT_##text_kind},
#define INTEGER(json, member, presence, least, most, text)                                         \
    {ROW(json, INTEGER, presence, text), PLACE(member, int64_t), RANGE(least, most)},
#define INTEGER_TOLD(json, member, told, presence, least, most, text)                              \
    {ROW(json, INTEGER, presence, text), PLACE(member, int64_t), RANGE(least, most), TOLD(told)},
#define REAL(json, member, presence, least, most, text)                                            \
    {ROW(json, REAL, presence, text), PLACE(member, double), RANGE(least, most)},
#define BOOLEAN(json, member, presence, text)                                                      \
    {ROW(json, BOOLEAN, presence, text), PLACE(member, bool)},
#define BOOLEAN_TOLD(json, member, told, presence, text)                                           \
    {ROW(json, BOOLEAN, presence, text), PLACE(member, bool), TOLD(told)},
#define TEXT_TOLD(json, member, told, presence, text_kind, least, most, text)                      \
    {ROW(json, TEXT, presence, text), PLACE(member, const char *), RANGE(least, most), TOLD(told), \
     .kind = TEXT_##text_kind},
#define CHOICE(json, member, told, presence, enumeration, text)                                    \
    {ROW(json, CHOICE, presence, text), PLACE(member, enum enumeration), TOLD(told),               \
     .texts = enumeration##_texts, .max = count_of_##enumeration},
#define TIME(json, member, presence, text)                                                         \
    {ROW(json, TIME, presence, text), PLACE(member, timestamp_ms)},
#define TIME_TOLD(json, member, told, presence, text)                                              \
    {ROW(json, TIME, presence, text), PLACE(member, timestamp_ms), TOLD(told)},
#define ID(json, member, presence, entity, text)                                                   \
    {ROW(json, ID, presence, text), PLACE(member, struct id),                                      \
     .id_of = (enum record_kind)kind_of_##entity},
#define IDS(json, member, count, presence, entity, least, most, text)                              \
    {ROW(json, IDS, presence, text), PLACE(member, const struct id *), RANGE(least, most),         \
     .count_offset = offsetof(target, count) + IS_OF(count, size_t),                               \
     .id_of = (enum record_kind)kind_of_##entity},
#define INTEGERS(json, member, count, presence, least, most, most_each, text)                      \
    {ROW(json, INTEGERS, presence, text), PLACE(member, const int64_t *), RANGE(least, most),      \
     .count_offset = offsetof(target, count) + IS_OF(count, size_t),                               \
     .each_max = (int64_t)(most_each)},
#define NUMBERS(json, member, count, presence, least, most, most_each, text)                       \
    {ROW(json, NUMBERS, presence, text), PLACE(member, const struct number_by_name *),             \
     RANGE(least, most), .count_offset = offsetof(target, count) + IS_OF(count, size_t),           \
     .each_max = (int64_t)(most_each)},
#define SET(json, member, presence, words, least, text)                                            \
    {ROW(json, SET, presence, text), PLACE(member, uint32_t), RANGE(least, 0), .texts = words,     \
     .text_count = sizeof words / sizeof words[0]},
#define EMAIL(json, member, presence, email_rule, text)                                            \
    {ROW(json, EMAIL, presence, text), PLACE(member, struct email), .rule = EMAIL_##email_rule},
#define EMAIL_TOLD(json, member, told, presence, email_rule, text)                                 \
    {ROW(json, EMAIL, presence, text), PLACE(member, struct email), TOLD(told),                    \
     .rule = EMAIL_##email_rule},
#define PASSWORD(json, member, presence, least, text)                                              \
    {ROW(json, PASSWORD, presence, text), PLACE(member, const char *),                             \
     RANGE(least, PASSWORD_CHARACTERS_MAX)},
#define OBJECT(json, member, c_type, body, presence, text)                                         \
    {ROW(json, OBJECT, presence, text), PLACE(member, c_type), .element = BODY_OF_##body},
#define OBJECTS(json, body, presence, least, most, text)                                           \
    {ROW(json, OBJECTS, presence, text), RANGE(least, most), .element = BODY_OF_##body},
#define STEPS(json, presence, least, most, most_each, text)                                        \
    {ROW(json, STEPS, presence, text), RANGE(least, most), .each_max = (int64_t)(most_each)},
#define LABELS(json, presence, least, most, most_each, text)                                       \
    {ROW(json, LABELS, presence, text), RANGE(least, most), .each_max = (int64_t)(most_each)},
#define END_BODY(body_name)                                                                        \
    }                                                                                              \
    ;                                                                                              \
    static const struct body_schema schema = {own_name, meaning, rows,                             \
                                              sizeof rows / sizeof rows[0], part};                 \
    return &schema;                                                                                \
    }
#include "api/bodies.def"
    case BODY_OF_COUNT:
        break;
    }
    UNREACHABLE("body");
}
