/* See csv.h. */
#include "api/csv.h"

#include "base/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A row that is being written. Once the buffer refuses more, the rest is dropped. */
struct row_writer {
    struct buffer *out;
    bool begun; /* a cell stands before the next one */
    bool failed;
};

static void csv_put_bytes(struct row_writer *row, const void *bytes, size_t length)
{
    if (row->failed || buffer_reserve(row->out, length) != RESULT_OK)
        row->failed = true;
    else
        buffer_append(row->out, bytes, length);
}

static void begin_cell(struct row_writer *row)
{
    if (row->begun)
        csv_put_bytes(row, ",", 1);
    row->begun = true;
}

static void end_row(struct row_writer *row)
{
    csv_put_bytes(row, "\r\n", 2);
}

/* ---- Texts ---- */

static bool begins_formula(const char *text)
{
    static const char *const beginnings[] = {
        "=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20", /* full width */
    };
    for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++)
        if (strncmp(text, beginnings[i], strlen(beginnings[i])) == 0)
            return true;
    return false;
}

/* Inside quotes a quote is doubled. */
static void csv_put_doubled(struct row_writer *row, const char *text)
{
    for (;;) { /* ends with the text */
        const size_t length = strcspn(text, "\"");
        csv_put_bytes(row, text, length);
        if (text[length] == '\0')
            return;
        csv_put_bytes(row, "\"\"", 2);
        text += length + 1;
    }
}

/* Also of a text that only looks as if it had a ' put before it, so that it comes back as it was.
 */
static bool needs_guard(const char *text)
{
    return begins_formula(text + strspn(text, "'"));
}

const char *csv_unguarded(const char *text)
{
    return *text == '\'' && needs_guard(text + 1) ? text + 1 : text;
}

static void csv_put_guard(struct row_writer *row, const char *text)
{
    if (needs_guard(text))
        csv_put_bytes(row, "'", 1);
}

/* NULL: none. */
static void csv_put_text(struct row_writer *row, const char *text)
{
    if (text == NULL)
        return;
    const bool quoted = strpbrk(text, ",\"\r\n") != NULL;
    if (quoted)
        csv_put_bytes(row, "\"", 1);
    csv_put_guard(row, text);
    csv_put_doubled(row, text);
    if (quoted)
        csv_put_bytes(row, "\"", 1);
}

/* ---- Values ---- */

static void csv_put_id(struct row_writer *row, const struct field_schema *field, struct id id)
{
    char text[ID_TEXT_BYTES];
    if (!id_is_none(id))
        csv_put_bytes(row, text, id_format(record_schema(field->id_of)->prefix, id, text));
}

static void csv_put_integer(struct row_writer *row, const struct field_schema *field, int64_t value)
{
    char text[24];
    if (value == 0 && (field->flags & FIELD_FLAG_OPTIONAL) != 0)
        return;
    const int length = snprintf(text, sizeof text, "%" PRId64, value);
    csv_put_bytes(row, text, (size_t)length);
}

static void csv_put_real(struct row_writer *row, double value)
{
    char text[REAL_TEXT_BYTES];
    const size_t length = json_real_format(value, text);
    csv_put_bytes(row, text, length);
}

static void csv_put_time(struct row_writer *row, const struct field_schema *field,
                         timestamp_ms time, const struct shown_clock *clock)
{
    char text[TIMESTAMP_TEXT_BYTES];
    if (time == 0)
        return;
    timestamp_format(field->time == TIME_DEADLINE ? shown_deadline(clock, time) : time, text);
    csv_put_bytes(row, text, strlen(text));
}

static void csv_put_value(struct row_writer *row, const struct field_schema *field,
                          const void *value, const struct shown_clock *clock)
{
    switch (field->type) {
    case FIELD_ID:
        csv_put_id(row, field, *(const struct id *)value);
        return;
    case FIELD_TEXT:
        csv_put_text(row, field_text(value));
        return;
    case FIELD_INT:
        csv_put_integer(row, field, field_integer(value));
        return;
    case FIELD_TIME:
        csv_put_time(row, field, field_integer(value), clock);
        return;
    case FIELD_ENUM:
        csv_put_text(row, field->texts[field_number(value)]);
        return;
    case FIELD_BOOL:
        csv_put_text(row, *(const bool *)value ? "true" : "false");
        return;
    case FIELD_REAL:
        csv_put_real(row, *(const double *)value);
        return;
    case FIELD_SECRET:
        break;
    }
    UNREACHABLE("a field that no row has");
}

/* ---- Fields ---- */

/* The text that an object of a list has in the struct itself. */
static const struct object_field *text_of_element(enum object_name element)
{
    const struct object_schema *schema = object_schema(element);
    for (size_t i = 0; i < schema->field_count; i++)
        if (schema->fields[i].kind == OBJECT_INLINE)
            return &schema->fields[i];
    UNREACHABLE("a list whose objects have no text");
}

static void csv_put_list(struct row_writer *row, const struct object_field *field,
                         const uint8_t *source)
{
    const struct object_field *text = text_of_element(field->object);
    const size_t count = object_field_count(field, source);
    const char *element = (const char *)object_field_elements(field, source) + text->base;
    csv_put_bytes(row, "\"", 1);
    if (count > 0)
        csv_put_guard(row, element);
    for (size_t i = 0; i < count; i++, element += field->stride) {
        if (i > 0)
            csv_put_bytes(row, ", ", 2);
        csv_put_doubled(row, element);
    }
    csv_put_bytes(row, "\"", 1);
}

/* Those of an object and of the objects in it, which have nothing else; `told`: how many stand in
 * the cell. */
static void csv_put_texts(struct row_writer *row, enum object_name object, const uint8_t *source,
                          size_t *told)
{
    const struct object_schema *schema = object_schema(object);
    for (size_t i = 0; i < schema->field_count; i++) {
        const struct object_field *field = &schema->fields[i];
        const char *text = (const char *)source + field->base;
        if (field->kind == OBJECT_PART) {
            csv_put_texts(row, field->object, source + field->base, told);
            continue;
        }
        CHECK(field->kind == OBJECT_INLINE);
        if ((*told)++ == 0)
            csv_put_guard(row, text);
        else
            csv_put_bytes(row, " / ", 3);
        csv_put_doubled(row, text);
    }
}

static void csv_put_part(struct row_writer *row, const struct object_field *field,
                         const uint8_t *source)
{
    size_t told = 0;
    csv_put_bytes(row, "\"", 1);
    csv_put_texts(row, field->object, source + field->base, &told);
    csv_put_bytes(row, "\"", 1);
}

static void csv_put_field(struct row_writer *row, const struct object_field *field,
                          const uint8_t *source, const struct shown_clock *clock)
{
    const struct field_schema *schema = object_field_schema(field);
    begin_cell(row);
    if (!object_field_is_there(field, source))
        return;
    switch (field->kind) {
    case OBJECT_VALUE:
        csv_put_value(row, schema, source + field->base + schema->offset, clock);
        return;
    case OBJECT_WORDS:
        csv_put_text(row, field_text(source + field->base));
        return;
    case OBJECT_LIST:
        csv_put_list(row, field, source);
        return;
    case OBJECT_PART:
        csv_put_part(row, field, source);
        return;
    case OBJECT_CHOICE:
    case OBJECT_IDS:
    case OBJECT_NUMBERS:
    case OBJECT_TEXTS:
    case OBJECT_COLUMN:
    case OBJECT_INLINE:
    case OBJECT_RUN:
    case OBJECT_RAW:
    case OBJECT_CHANGES:
        break;
    }
    UNREACHABLE("a field that no row has");
}

bool csv_header(struct buffer *out, enum object_name name)
{
    static const char mark[] = "\xef\xbb\xbf";
    const struct object_schema *schema = object_schema(name);
    struct row_writer row = {.out = out};
    csv_put_bytes(&row, mark, sizeof mark - 1);
    for (size_t i = 0; i < schema->field_count; i++) {
        begin_cell(&row);
        csv_put_text(&row, object_field_schema(&schema->fields[i])->json);
    }
    end_row(&row);
    return !row.failed;
}

bool csv_row(struct buffer *out, enum object_name name, const void *source,
             const struct shown_clock *clock)
{
    const struct object_schema *schema = object_schema(name);
    const size_t length_before = out->length;
    struct row_writer row = {.out = out};
    for (size_t i = 0; i < schema->field_count; i++)
        csv_put_field(&row, &schema->fields[i], source, clock);
    end_row(&row);
    if (row.failed)
        out->length = length_before;
    return !row.failed;
}
