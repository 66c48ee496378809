/* Records made up from the schema alone, so that a field that is added is tested as it is. */
#ifndef USHER_TEST_RECORD_SAMPLE_H
#define USHER_TEST_RECORD_SAMPLE_H

#include "chance.h"
#include "record/record.h"

/* Texts of a sample live here; one sample at a time. */
#define SAMPLE_TEXT_BYTES 64
struct sample {
    struct record record;
    char texts[RECORD_FIELDS_MAX][SAMPLE_TEXT_BYTES];
};

/* A row of `kind` in which each field is set `percent` times of a hundred; the others are zero. */
void sample_fill(struct sample *sample, enum record_kind kind, unsigned percent,
                 struct chance *chance);

/* Whether two records of one kind say the same in every field; of deleted ones, in every key. */
bool sample_equal(const struct record *a, const struct record *b);

/* Whether the field holds what the encoding leaves out. */
bool sample_field_is_zero(const struct record *record, const struct field_schema *field);

#endif
