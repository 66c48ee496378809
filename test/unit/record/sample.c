/* See sample.h. */
#include "sample.h"

#include <string.h>

/* One to four bytes of UTF-8 a character. */
static void fill_text(char text[static SAMPLE_TEXT_BYTES], struct chance *chance)
{
    static const char *const characters[] = {"a", "\xc3\xa9", "\xed\x95\x9c", "\xf0\x9f\x8e\xab"};
    size_t length = 0;
    for (size_t i = chance_below(chance, 12); i > 0; i--) {
        const char *character = characters[chance_below(chance, 4)];
        memcpy(text + length, character, strlen(character));
        length += strlen(character);
    }
    text[length] = '\0';
}

static int64_t some_integer(struct chance *chance)
{
    static const int64_t edges[] = {1,   -1,  63,        64,        -64,       -65,      127,
                                    128, 255, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN};
    if (chance_percent(chance, 50))
        return edges[chance_below(chance, sizeof edges / sizeof edges[0])];
    return (int64_t)(chance_next(chance) >> chance_below(chance, 63) | 1);
}

static void fill_bytes(uint8_t *bytes, size_t count, struct chance *chance)
{
    for (size_t i = 0; i < count; i++)
        bytes[i] = (uint8_t)chance_next(chance);
    bytes[0] |= 1; /* not all zero */
}

static void fill_field(struct sample *sample, size_t index, struct chance *chance)
{
    const struct field_schema *field = &record_schema(sample->record.kind)->fields[index];
    void *at = record_field_mutable(&sample->record, field);
    const char *text = sample->texts[index];
    int number;
    int64_t integer;
    double real;
    switch (field->type) {
    case FIELD_ID:
        fill_bytes(at, ID_BYTES, chance);
        return;
    case FIELD_TEXT:
        fill_text(sample->texts[index], chance);
        memcpy(at, &text, sizeof text);
        return;
    case FIELD_INT:
    case FIELD_TIME:
        integer = some_integer(chance);
        memcpy(at, &integer, sizeof integer);
        return;
    case FIELD_ENUM: /* a field of one value only can't be anything but zero */
        number = field->text_count < 2 ? 0 : 1 + (int)chance_below(chance, field->text_count - 1);
        memcpy(at, &number, sizeof number);
        return;
    case FIELD_BOOL:
        *(bool *)at = true;
        return;
    case FIELD_REAL:
        real = chance_percent(chance, 10) ? -0.0 : (double)some_integer(chance) / 1024.0;
        memcpy(at, &real, sizeof real);
        return;
    case FIELD_SECRET:
        fill_bytes(at, SECRET_BYTES, chance);
        return;
    }
}

void sample_fill(struct sample *sample, enum record_kind kind, unsigned percent,
                 struct chance *chance)
{
    memset(sample, 0, sizeof *sample);
    sample->record.kind = kind;
    sample->record.why = (enum record_why)chance_below(chance, WHY_COUNT);
    for (size_t i = 0; i < record_schema(kind)->field_count; i++)
        if (chance_percent(chance, percent))
            fill_field(sample, i, chance);
}

static size_t field_bytes(enum field_type type)
{
    switch (type) {
    case FIELD_ID:
        return ID_BYTES;
    case FIELD_TEXT:
        return sizeof(const char *);
    case FIELD_INT:
    case FIELD_TIME:
        return sizeof(int64_t);
    case FIELD_ENUM:
        return sizeof(int);
    case FIELD_BOOL:
        return sizeof(bool);
    case FIELD_REAL:
        return sizeof(double);
    case FIELD_SECRET:
        return SECRET_BYTES;
    }
    return 0;
}

bool sample_field_is_zero(const struct record *record, const struct field_schema *field)
{
    static const uint8_t zero[SECRET_BYTES] = {0};
    return memcmp(record_field(record, field), zero, field_bytes(field->type)) == 0;
}

static bool same_field(const struct record *a, const struct record *b,
                       const struct field_schema *field)
{
    if (field->type != FIELD_TEXT)
        return memcmp(record_field(a, field), record_field(b, field), field_bytes(field->type)) ==
               0;
    const char *left, *right;
    memcpy(&left, record_field(a, field), sizeof left);
    memcpy(&right, record_field(b, field), sizeof right);
    return left == NULL || right == NULL ? left == right : strcmp(left, right) == 0;
}

bool sample_equal(const struct record *a, const struct record *b)
{
    if (a->kind != b->kind || a->deleted != b->deleted)
        return false;
    const struct entity_schema *schema = record_schema(a->kind);
    for (size_t i = 0; i < schema->field_count; i++) {
        if (a->deleted && !(schema->fields[i].flags & FIELD_FLAG_KEY))
            continue;
        if (!same_field(a, b, &schema->fields[i]))
            return false;
    }
    return true;
}
