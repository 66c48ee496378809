/* Every entity, as schema.def has it, through the journal and through the tables and back. */
#include "fixture.h"

#include "../record/sample.h"
#include "base/check.h"
#include "store/reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* One row of each kind, each naming the rows before it. */
struct rows {
    struct sample of_kind[RECORD_KIND_COUNT];
};

static void set_id(struct record *record, const struct field_schema *field, struct id id)
{
    memcpy(record_field_mutable(record, field), id.bytes, ID_BYTES);
}

static struct id key_of(const struct record *record)
{
    struct id id;
    memcpy(id.bytes, record_field(record, &record_schema(record->kind)->fields[0]), ID_BYTES);
    return id;
}

/* Ids that name something name the rows of `rows`; everything else is as chance has it, but for
 * what SQLite does not keep: it knows no negative zero. */
static void fit(struct fixture *fixture, struct rows *rows, enum record_kind kind)
{
    struct record *record = &rows->of_kind[kind].record;
    const struct entity_schema *schema = record_schema(kind);
    for (size_t i = 0; i < schema->field_count; i++) {
        const struct field_schema *field = &schema->fields[i];
        const bool names = (field->flags & FIELD_FLAG_REFERENCE) != 0;
        double real;
        if (field->type == FIELD_ID && names && !sample_field_is_zero(record, field))
            set_id(record, field, key_of(&rows->of_kind[field->id_of].record));
        else if (field->type == FIELD_ID && !names && !sample_field_is_zero(record, field))
            set_id(record, field, fixture_id(fixture));
        if (field->type == FIELD_REAL) {
            memcpy(&real, record_field(record, field), sizeof real);
            real += 0.0;
            memcpy(record_field_mutable(record, field), &real, sizeof real);
        }
    }
}

static void clear_optional(struct record *record)
{
    const struct entity_schema *schema = record_schema(record->kind);
    static const uint8_t zero[SECRET_BYTES];
    for (size_t i = 0; i < schema->field_count; i++)
        if (schema->fields[i].flags & FIELD_FLAG_OPTIONAL)
            memcpy(record_field_mutable(record, &schema->fields[i]), zero,
                   schema->fields[i].type == FIELD_ID     ? ID_BYTES
                   : schema->fields[i].type == FIELD_ENUM ? sizeof(int)
                                                          : sizeof(int64_t));
}

static void make_rows(struct fixture *fixture, struct rows *rows, struct chance *chance, bool full)
{
    for (size_t kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        sample_fill(&rows->of_kind[kind], (enum record_kind)kind, 100, chance);
        if (!full)
            clear_optional(&rows->of_kind[kind].record);
        fit(fixture, rows, (enum record_kind)kind);
        batch_add(fixture, &rows->of_kind[kind].record);
    }
    batch_append(fixture);
}

static void check_found(struct fixture *fixture, const struct rows *rows)
{
    struct store_reader *reader;
    assert_int_equal(store_reader_open(fixture->store, &reader, &fixture->explanation), RESULT_OK);
    assert_int_equal(reader_begin(reader), RESULT_OK);
    for (size_t kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        struct record found;
        assert_int_equal(reader_find(reader, &rows->of_kind[kind].record, &found), RESULT_OK);
        assert_true(sample_equal(&rows->of_kind[kind].record, &found));
    }
    reader_end(reader);
    store_reader_close(reader);
}

static void check_loaded(struct fixture *fixture, const struct rows *rows)
{
    struct loaded loaded;
    assert_int_equal(load(fixture, &loaded), RESULT_OK);
    assert_int_equal(loaded.count, RECORD_KIND_COUNT);
    assert_int_equal(loaded.position.seq, fixture->seq);
    assert_int_equal(loaded.position.house_time, NOW + (timestamp_ms)fixture->seq - 1);
    for (size_t kind = 0; kind < RECORD_KIND_COUNT; kind++)
        assert_true(sample_equal(&rows->of_kind[kind].record, loaded.records[kind]));
    loaded_release(&loaded);
}

static void through(struct fixture *fixture, bool full)
{
    static struct rows rows;
    struct chance chance = {.state = full ? 11 : 12};
    make_rows(fixture, &rows, &chance, full);
    check_found(fixture, &rows);
    check_loaded(fixture, &rows);
    fixture_close(fixture);
    assert_int_equal(fixture_open(fixture), RESULT_OK);
    check_loaded(fixture, &rows);
    check_found(fixture, &rows);
    book_all(fixture);
    check_found(fixture, &rows);
    fixture_reopen(fixture);
    assert_int_equal(store_unbooked(fixture->store), 0);
    check_found(fixture, &rows);
}

static void every_field(void **state)
{
    through(*state, true);
}

static void without_optional_fields(void **state)
{
    through(*state, false);
}

/* Changes every row in every field but its key. */
static void change(struct fixture *fixture, struct rows *rows, struct chance *chance)
{
    for (size_t kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        struct sample *sample = &rows->of_kind[kind];
        const struct record old = sample->record;
        sample_fill(sample, (enum record_kind)kind, 100, chance);
        fit(fixture, rows, (enum record_kind)kind);
        const struct entity_schema *schema = record_schema((enum record_kind)kind);
        for (size_t i = 0; i < schema->field_count; i++)
            if (schema->fields[i].flags & FIELD_FLAG_KEY)
                memcpy(record_field_mutable(&sample->record, &schema->fields[i]),
                       record_field(&old, &schema->fields[i]),
                       schema->fields[i].type == FIELD_ID ? ID_BYTES : sizeof(int64_t));
        batch_add(fixture, &sample->record);
    }
    batch_append(fixture);
}

/* Booked over an older image. */
static void every_field_changes(void **state)
{
    struct fixture *fixture = *state;
    static struct rows rows;
    struct chance chance = {.state = 13};
    make_rows(fixture, &rows, &chance, true);
    book_all(fixture);
    change(fixture, &rows, &chance);
    check_found(fixture, &rows);
    book_all(fixture);
    check_found(fixture, &rows);
}

/* Of every kind a row that is new, one that stays and one that changes, booked at once. */
static void rows_new_and_old(void **state)
{
    struct fixture *fixture = *state;
    static struct rows same, changing, fresh;
    struct chance chance = {.state = 14};
    make_rows(fixture, &same, &chance, true);
    make_rows(fixture, &changing, &chance, true);
    book_all(fixture);
    for (size_t kind = 0; kind < RECORD_KIND_COUNT; kind++)
        batch_add(fixture, &same.of_kind[kind].record);
    batch_append(fixture);
    change(fixture, &changing, &chance);
    make_rows(fixture, &fresh, &chance, true);
    book_all(fixture);
    check_found(fixture, &same);
    check_found(fixture, &changing);
    check_found(fixture, &fresh);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_field, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(without_optional_fields, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(every_field_changes, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(rows_new_and_old, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
