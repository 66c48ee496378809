/* Changes inputs made of journal records so that they stay records: libFuzzer's own mutations
 * mostly break one, and with it everything that follows. Part of the fuzzers only. */
#include "chance.h"
#include "fuzz.h"

#include "record/record.h"

#include <stdlib.h>

#define RECORDS_MAX 512

/* A record's texts point into the input's copy, or are literals. */
struct sheaf {
    struct record records[RECORDS_MAX];
    size_t count;
    struct chance chance;
};

static void take_records(struct sheaf *sheaf, const uint8_t *data, size_t size)
{
    size_t at = 0, used = 0;
    while (at < size && sheaf->count < RECORDS_MAX &&
           record_decode(data + at, size - at, &sheaf->records[sheaf->count], &used) == RESULT_OK) {
        sheaf->count++;
        at += used;
    }
}

/* Writes the records that fit; returns the bytes. */
static size_t put_records(const struct sheaf *sheaf, uint8_t *data, size_t size_max)
{
    size_t size = 0;
    for (size_t i = 0; i < sheaf->count; i++) {
        struct buffer buffer;
        const size_t most = record_encoded_max(&sheaf->records[i]);
        buffer_init(&buffer, most);
        CHECK(buffer_reserve(&buffer, most) == RESULT_OK);
        record_encode(&sheaf->records[i], sheaf->records[i].why, &buffer);
        if (buffer.length <= size_max - size) {
            memcpy(data + size, buffer.data, buffer.length);
            size += buffer.length;
        }
        buffer_release(&buffer);
    }
    return size;
}

/* ---- Fields ---- */

/* A field of this type somewhere in the sheaf, or NULL. Some are as good as all. */
static const void *another_field(struct sheaf *sheaf, enum field_type type)
{
    for (int tries = 0; tries < 20; tries++) {
        const struct record *record = &sheaf->records[chance_below(&sheaf->chance, sheaf->count)];
        const struct entity_schema *schema = record_schema(record->kind);
        const struct field_schema *field =
            &schema->fields[chance_below(&sheaf->chance, schema->field_count)];
        if (field->type == type)
            return record_field(record, field);
    }
    return NULL;
}

static size_t field_bytes(enum field_type type)
{
    static const size_t bytes[] = {
        [FIELD_ID] = ID_BYTES,         [FIELD_TEXT] = sizeof(char *),
        [FIELD_INT] = sizeof(int64_t), [FIELD_TIME] = sizeof(int64_t),
        [FIELD_ENUM] = sizeof(int),    [FIELD_BOOL] = sizeof(bool),
        [FIELD_REAL] = sizeof(double), [FIELD_SECRET] = SECRET_BYTES,
    };
    return bytes[type];
}

static int64_t another_number(struct sheaf *sheaf, int64_t number)
{
    static const int64_t edges[] = {
        0,         1,          -1,        2,         20,       1000,
        200000,    200001,     100000,    1000000,   86400000, 1000000000000,
        INT32_MAX, UINT32_MAX, INT64_MAX, INT64_MIN,
    };
    static const int64_t steps[] = {1, 2, 1000, 300000, 3600000, 86400000};
    const size_t edge = chance_below(&sheaf->chance, 2 * (sizeof edges / sizeof edges[0]));
    if (edge < sizeof edges / sizeof edges[0])
        return edges[edge];
    const int64_t step = steps[chance_below(&sheaf->chance, sizeof steps / sizeof steps[0])];
    const bool back = chance_percent(&sheaf->chance, 50);
    return (int64_t)((uint64_t)number + (uint64_t)(back ? -step : step));
}

static void change_value(struct sheaf *sheaf, const struct field_schema *field, uint8_t *value)
{
    static const char *const texts[] = {NULL, "", "t1", "a@b", "A-1-1"};
    int64_t number;
    switch (field->type) {
    case FIELD_INT:
    case FIELD_TIME:
        memcpy(&number, value, sizeof number);
        number = another_number(sheaf, number);
        memcpy(value, &number, sizeof number);
        return;
    case FIELD_ENUM:
        number = (int64_t)chance_below(&sheaf->chance, field->text_count);
        memcpy(value, &(int){(int)number}, sizeof(int));
        return;
    case FIELD_BOOL:
        *(bool *)value = !*(bool *)value;
        return;
    case FIELD_TEXT:
        number = (int64_t)chance_below(&sheaf->chance, sizeof texts / sizeof texts[0]);
        memcpy(value, &texts[number], sizeof texts[number]);
        return;
    case FIELD_ID:
    case FIELD_REAL:
    case FIELD_SECRET:
        value[chance_below(&sheaf->chance, field_bytes(field->type))] ^=
            (uint8_t)(1 + chance_below(&sheaf->chance, UINT8_MAX));
        return;
    }
}

/* Gives a field the value of another one, which is how rows come to name each other, or one of its
 * own. */
static void change_field(struct sheaf *sheaf)
{
    struct record *record = &sheaf->records[chance_below(&sheaf->chance, sheaf->count)];
    const struct entity_schema *schema = record_schema(record->kind);
    const struct field_schema *field =
        &schema->fields[chance_below(&sheaf->chance, schema->field_count)];
    const void *other = another_field(sheaf, field->type);
    if (field->type != FIELD_ENUM && other != NULL && chance_percent(&sheaf->chance, 60))
        memmove(record_field_mutable(record, field), other, field_bytes(field->type));
    else
        change_value(sheaf, field, record_field_mutable(record, field));
}

/* ---- Whole records ---- */

static void move_record(struct sheaf *sheaf)
{
    struct record *from = &sheaf->records[chance_below(&sheaf->chance, sheaf->count)];
    struct record *to = &sheaf->records[chance_below(&sheaf->chance, sheaf->count)];
    const struct record record = *from;
    if (from < to)
        memmove(from, from + 1, (size_t)(to - from) * sizeof *from);
    else
        memmove(to + 1, to, (size_t)(from - to) * sizeof *to);
    *to = record;
}

static void copy_record(struct sheaf *sheaf)
{
    if (sheaf->count == RECORDS_MAX)
        return;
    const size_t from = chance_below(&sheaf->chance, sheaf->count);
    sheaf->records[sheaf->count++] = sheaf->records[from];
}

static void drop_record(struct sheaf *sheaf)
{
    if (sheaf->count < 2)
        return;
    const size_t at = chance_below(&sheaf->chance, sheaf->count--);
    memmove(&sheaf->records[at], &sheaf->records[at + 1],
            (sheaf->count - at) * sizeof sheaf->records[0]);
}

static void change(struct sheaf *sheaf)
{
    struct record *record;
    switch (chance_below(&sheaf->chance, 10)) {
    case 0:
        move_record(sheaf);
        return;
    case 1:
        copy_record(sheaf);
        return;
    case 2:
        drop_record(sheaf);
        return;
    case 3:
        record = &sheaf->records[chance_below(&sheaf->chance, sheaf->count)];
        record->deleted = !record->deleted;
        return;
    default:
        change_field(sheaf);
        return;
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed)
{
    struct sheaf *sheaf = calloc(1, sizeof *sheaf);
    uint8_t *copy = malloc(size + 1);
    CHECK(sheaf != NULL && copy != NULL);
    memcpy(copy, data, size);
    sheaf->chance = (struct chance){seed};
    take_records(sheaf, copy, size);
    if (sheaf->count == 0 || chance_percent(&sheaf->chance, 20)) {
        size = LLVMFuzzerMutate(data, size, size_max);
    } else {
        for (size_t changes = 1 + chance_below(&sheaf->chance, 3); changes > 0; changes--)
            change(sheaf);
        size = put_records(sheaf, data, size_max);
    }
    free(copy);
    free(sheaf);
    return size;
}

/* The first records of one input, then the last of another. */
size_t LLVMFuzzerCustomCrossOver(const uint8_t *first, size_t first_size, const uint8_t *second,
                                 size_t second_size, uint8_t *out, size_t out_max, unsigned seed)
{
    struct sheaf *heads = calloc(1, sizeof *heads), *tails = calloc(1, sizeof *tails);
    CHECK(heads != NULL && tails != NULL);
    heads->chance = (struct chance){seed};
    take_records(heads, first, first_size);
    take_records(tails, second, second_size);
    heads->count = chance_below(&heads->chance, heads->count + 1);
    const size_t from = chance_below(&heads->chance, tails->count + 1);
    tails->count -= from;
    memmove(tails->records, tails->records + from, tails->count * sizeof tails->records[0]);
    size_t size = put_records(heads, out, out_max);
    size += put_records(tails, out + size, out_max - size);
    free(heads);
    free(tails);
    return size;
}
