/* Pieces of the shapes (openapi_schema.h): each writes members of the schema that the caller has
 * begun. */
#ifndef USHER_API_SCHEMA_PIECE_H
#define USHER_API_SCHEMA_PIECE_H

#include "api/contract.h"
#include "json/write.h"

/* The schema of an object that has no other members than it says. */
void schema_begin(struct json_writer *writer, const char *meaning);

/* "type": "string", or with null. */
void schema_put_type(struct json_writer *writer, const char *type, bool nullable);

void schema_put_id_pattern(struct json_writer *writer, const char *prefix);
void schema_put_time(struct json_writer *writer);

/* Whether no text stands for one of the values. */
bool schema_has_null(const char *const *texts, size_t count);

/* `nullable`: null is one of the values, whether or not the texts have it. */
void schema_put_enum(struct json_writer *writer, const char *const *texts, size_t count,
                     bool nullable);

/* An array of words, of which none comes twice. */
void schema_put_words(struct json_writer *writer, const char *const *texts, size_t count,
                      bool nullable);

/* ---- schema_object.c ---- */

/* Each of the object's fields as a member of `properties`; and their names. */
void schema_put_fields(struct json_writer *writer, enum object_name object);
void schema_put_field_names(struct json_writer *writer, enum object_name object);

#endif
