/* The schema as data: keys, copies, owners and refusals are what the tables rely on. */
#include "record/refusal.h"
#include "record/seat_state.h"
#include "sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void every_entity_has_a_key_that_comes_first(void **state)
{
    (void)state;
    for (enum record_kind kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        const struct entity_schema *schema = record_schema(kind);
        assert_true(schema->field_count > 0 && schema->field_count <= RECORD_FIELDS_MAX);
        assert_true(schema->key_count >= 1);
        for (size_t i = 0; i < schema->field_count; i++)
            assert_int_equal((schema->fields[i].flags & FIELD_FLAG_KEY) != 0,
                             i < schema->key_count);
        assert_true(schema->since >= 1 && schema->since <= SCHEMA_VERSION);
        assert_true(strlen(schema->prefix) <= ID_PREFIX_MAX);
    }
}

/* Parents stand first: a foreign key names a table that was made before, and none is circular. */
static void foreign_keys_name_earlier_entities(void **state)
{
    (void)state;
    for (enum record_kind kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        const struct entity_schema *schema = record_schema(kind);
        for (size_t i = 0; i < schema->field_count; i++)
            if (schema->fields[i].flags & FIELD_FLAG_REFERENCE) {
                assert_int_equal(schema->fields[i].type, FIELD_ID);
                assert_true(schema->fields[i].id_of < kind);
            }
    }
}

static void field_names_are_distinct_and_enumerations_have_texts(void **state)
{
    (void)state;
    for (enum record_kind kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        const struct entity_schema *schema = record_schema(kind);
        for (size_t i = 0; i < schema->field_count; i++) {
            const struct field_schema *field = &schema->fields[i];
            for (size_t other = 0; other < i; other++) {
                assert_string_not_equal(field->column, schema->fields[other].column);
                assert_string_not_equal(field->json, schema->fields[other].json);
            }
            assert_int_equal(field->type == FIELD_ENUM, field->text_count > 0);
            for (size_t value = 0; value < field->text_count; value++) {
                int parsed = -1;
                assert_true(enumeration_parse(field->texts, field->text_count, field->texts[value],
                                              &parsed));
                assert_int_equal(parsed, value);
            }
        }
    }
    int parsed = -1;
    assert_false(enumeration_parse(token_status_texts, 3, "paused", &parsed));
    assert_false(enumeration_parse(token_status_texts, 3, NULL, &parsed));
    assert_int_equal(parsed, -1);
}

static void a_copy_says_the_same_and_owns_its_texts(void **state)
{
    (void)state;
    struct chance chance = {30};
    for (enum record_kind kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        for (unsigned percent = 0; percent <= 100; percent += 25) {
            struct sample sample, kept;
            sample_fill(&sample, kind, percent, &chance);
            kept = sample;
            for (size_t i = 0; i < record_schema(kind)->field_count; i++) {
                const struct field_schema *field = &record_schema(kind)->fields[i];
                const char *text = kept.texts[i];
                if (field->type == FIELD_TEXT && !sample_field_is_zero(&kept.record, field))
                    memcpy(record_field_mutable(&kept.record, field), &text, sizeof text);
            }
            struct record *copy = record_copy(&sample.record);
            memset(sample.texts, 0xff, sizeof sample.texts);
            assert_true(sample_equal(copy, &kept.record));
            free(copy);
        }
    }
}

static void keys_tell_rows_apart_and_nothing_else_does(void **state)
{
    (void)state;
    struct chance chance = {31};
    for (enum record_kind kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        struct sample one, other;
        sample_fill(&one, kind, 100, &chance);
        sample_fill(&other, kind, 100, &chance);
        const struct record_key key = record_key(&one.record);
        const struct entity_schema *schema = record_schema(kind);
        for (size_t i = 0; i < schema->field_count; i++) {
            const struct field_schema *field = &schema->fields[i];
            const size_t bytes = field->type == FIELD_ID ? ID_BYTES : 1;
            struct record changed = one.record;
            uint8_t *at = record_field_mutable(&changed, field);
            at[bytes - 1] ^= 1;
            const struct record_key again = record_key(&changed);
            assert_int_equal(memcmp(&key, &again, sizeof key) != 0,
                             (field->flags & FIELD_FLAG_KEY) != 0);
        }
        assert_true(record_key_hash(kind, &key) !=
                    record_key_hash((kind + 1) % RECORD_KIND_COUNT, &key));
    }
}

static void keys_made_by_hand_are_those_of_the_rows(void **state)
{
    (void)state;
    struct chance chance = {32};
    struct sample sample;
    sample_fill(&sample, RECORD_KIND_PAYMENT, 100, &chance);
    struct record_key key = record_key(&sample.record);
    struct record_key by_hand = record_key_of_id(sample.record.as.payment.id);
    assert_memory_equal(&key, &by_hand, sizeof key);

    sample_fill(&sample, RECORD_KIND_RESERVATION_SEAT, 100, &chance);
    key = record_key(&sample.record);
    by_hand = record_key_of_reservation_seat(sample.record.as.reservation_seat.reservation_id,
                                             sample.record.as.reservation_seat.position);
    assert_memory_equal(&key, &by_hand, sizeof key);
}

static void the_owner_is_the_user_whose_row_it_is(void **state)
{
    (void)state;
    struct chance chance = {33};
    struct sample sample;
    sample_fill(&sample, RECORD_KIND_PAYMENT, 100, &chance);
    assert_true(id_equal(record_owner(&sample.record), sample.record.as.payment.user_id));
    sample_fill(&sample, RECORD_KIND_POINT_ENTRY, 100, &chance);
    assert_true(id_equal(record_owner(&sample.record), sample.record.as.point_entry.user_id));
    sample_fill(&sample, RECORD_KIND_SEAT, 100, &chance);
    assert_true(id_is_none(record_owner(&sample.record)));
}

static void every_refusal_is_complete(void **state)
{
    (void)state;
    for (enum refusal refusal = REFUSAL_NONE + 1; refusal < REFUSAL_COUNT; refusal++) {
        const struct refusal_schema *schema = refusal_schema(refusal);
        assert_true(schema->status >= 400 && schema->status < 600);
        assert_true(strlen(schema->code) > 0 && strlen(schema->title) > 0);
        assert_true(strlen(schema->meaning) > 0);
        /* Whoever may come back is told when: those are the answers with Retry-After. */
        assert_int_equal(schema->retry_later, schema->status == 429 || schema->status == 503);
    }
}

static void seats_are_shown_by_a_letter_each(void **state)
{
    (void)state;
    static const char letters[] = "ahsb"; /* as the API promises */
    for (enum seat_status status = SEAT_STATUS_AVAILABLE; status <= SEAT_STATUS_BLOCKED; status++) {
        assert_int_equal(seat_state(status), letters[status]);
        assert_int_equal(seat_state_status(letters[status]), status);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_entity_has_a_key_that_comes_first),
        cmocka_unit_test(foreign_keys_name_earlier_entities),
        cmocka_unit_test(field_names_are_distinct_and_enumerations_have_texts),
        cmocka_unit_test(a_copy_says_the_same_and_owns_its_texts),
        cmocka_unit_test(keys_tell_rows_apart_and_nothing_else_does),
        cmocka_unit_test(keys_made_by_hand_are_those_of_the_rows),
        cmocka_unit_test(the_owner_is_the_user_whose_row_it_is),
        cmocka_unit_test(seats_are_shown_by_a_letter_each),
        cmocka_unit_test(every_refusal_is_complete),
    };
    return cmocka_run_group_tests_name("record schema", tests, NULL, NULL);
}
