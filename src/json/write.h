/* Writes JSON (RFC 8259) at the end of a buffer. Knows no objects of the API; api/object.h writes
 * those. */
#ifndef USHER_JSON_WRITE_H
#define USHER_JSON_WRITE_H

#include "base/buffer.h"
#include "base/id.h"
#include "base/timestamp.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Commas come by themselves. Once the buffer refuses more, everything later is dropped and `failed`
 * stays set: the caller looks once, at the end. */
struct json_writer {
    struct buffer *out;
    bool comma; /* a value stands before the next one */
    bool failed;
};

void json_write_init(struct json_writer *writer, struct buffer *out);

void json_write_object_begin(struct json_writer *writer);
void json_write_object_end(struct json_writer *writer);
void json_write_array_begin(struct json_writer *writer);
void json_write_array_end(struct json_writer *writer);

/* A literal of the program: written as it is. */
void json_write_key(struct json_writer *writer, const char *key);

/* Well-formed UTF-8; NULL is written as null. */
void json_write_text(struct json_writer *writer, const char *text);
void json_write_text_n(struct json_writer *writer, const char *text, size_t length);
void json_write_integer(struct json_writer *writer, int64_t value);
void json_write_boolean(struct json_writer *writer, bool value);
void json_write_null(struct json_writer *writer);

/* A key and its value. */
void json_write_text_member(struct json_writer *writer, const char *key, const char *text);
void json_write_boolean_member(struct json_writer *writer, const char *key, bool value);
void json_write_integer_member(struct json_writer *writer, const char *key, int64_t value);

/* A key and the beginning of its value. */
void json_write_object_member_begin(struct json_writer *writer, const char *key);
void json_write_array_member_begin(struct json_writer *writer, const char *key);

/* The fewest digits that read back as the same number. `value` is finite. */
/* As it is written, which is read as the same number; returns its length. */
#define REAL_TEXT_BYTES 32 /* 17 digits, a sign, a point and an exponent */
size_t json_real_format(double value, char text[static REAL_TEXT_BYTES]);

void json_write_real(struct json_writer *writer, double value);

/* ID_NONE is written as null. */
void json_write_id(struct json_writer *writer, const char *prefix, struct id id);

/* 0 is written as null. */
void json_write_time(struct json_writer *writer, timestamp_ms time);

/* Whole values that were written before, with commas between them where there are several. */
void json_write_raw(struct json_writer *writer, const void *bytes, size_t length);

#endif
