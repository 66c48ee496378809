/* See told.h. */
#include "office/told.h"

#include "base/check.h"
#include "office/state.h"
#include "record/grade_price.h"

#include <string.h>

static const struct told_field {
    enum record_kind kind;
    const struct field_schema *field;
} fields[] = {
#define TOLD(kind, entity, column)                                                                 \
    {RECORD_KIND_##kind, &entity##_fields[FIELD_OF_##entity##_##column]},
#include "office/told.def"
};

void told_begin(struct told *told, bool wanted)
{
    told->wanted = wanted;
    told->any = false;
    told_line_begin(&told->old_values, '\0');
    told_line_begin(&told->new_values, '\0');
}

static bool same_told_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool same_value(const struct field_schema *field, const void *a, const void *b)
{
    switch (field->type) {
    case FIELD_TEXT:
        return same_told_text(field_text(a), field_text(b));
    case FIELD_INT:
    case FIELD_TIME:
        return field_integer(a) == field_integer(b);
    case FIELD_ENUM:
        return field_number(a) == field_number(b);
    case FIELD_BOOL:
        return *(const bool *)a == *(const bool *)b;
    case FIELD_ID:
    case FIELD_REAL:
    case FIELD_SECRET:
        break; /* none is told */
    }
    UNREACHABLE("a field that is told");
}

static void tell_values(struct told *told, const struct field_schema *field, const char *name,
                        const void *before, const void *after)
{
    told->any = true;
    told_line_name(&told->old_values, name);
    told_line_value(&told->old_values, field, before);
    told_line_name(&told->new_values, name);
    told_line_value(&told->new_values, field, after);
}

void told_change(struct office *office, enum record_kind kind, const void *before,
                 const void *after)
{
    if (!office->told.wanted)
        return;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        const struct field_schema *field = fields[i].field;
        const void *old_value = (const uint8_t *)before + field->offset;
        const void *new_value = (const uint8_t *)after + field->offset;
        if (fields[i].kind == kind && !same_value(field, old_value, new_value))
            tell_values(&office->told, field, field->json, old_value, new_value);
    }
}

void told_price(struct office *office, const struct seat *before, int64_t price)
{
    char name[sizeof "prices." + SEAT_TEXT_CHARACTERS_MAX * UTF8_BYTES_MAX];
    const char *grade = grade_name(before->grade);
    const size_t length = strlen(grade);
    if (!office->told.wanted)
        return;
    CHECK(length <= SEAT_TEXT_CHARACTERS_MAX * UTF8_BYTES_MAX);
    memcpy(name, "prices.", sizeof "prices." - 1);
    memcpy(name + sizeof "prices." - 1, grade, length + 1);
    tell_values(&office->told, &seat_fields[FIELD_OF_seat_price], name, &before->price, &price);
}
