/* The shapes of the API's objects, bodies, parameters and refusals as JSON Schema (2020-12), as
 * OpenAPI 3.1 takes it. Each function writes one value. */
#ifndef USHER_API_OPENAPI_SCHEMA_H
#define USHER_API_OPENAPI_SCHEMA_H

#include "api/contract.h"
#include "record/refusal.h"
#include "json/write.h"

/* Where each stands among the document's schemas. */
#define SCHEMA_NAME_BYTES 96
void schema_name_object(enum object_name object, char name[static SCHEMA_NAME_BYTES]);
void schema_name_page(enum object_name object, char name[static SCHEMA_NAME_BYTES]);
void schema_name_body(enum body_name body, enum body_extent extent,
                      char name[static SCHEMA_NAME_BYTES]);
void schema_name_problem(enum refusal refusal, char name[static SCHEMA_NAME_BYTES]);

/* {"$ref": ...} to one of those. */
void schema_reference(struct json_writer *writer, const char *name);

void schema_object(struct json_writer *writer, enum object_name object);
void schema_page(struct json_writer *writer, enum object_name object);
void schema_body(struct json_writer *writer, enum body_name body, enum body_extent extent);
void schema_export(struct json_writer *writer, enum object_name name);

/* Of a round's seats as CSV. */
void schema_sheet(struct json_writer *writer);
void schema_events(struct json_writer *writer);
void schema_parameter(struct json_writer *writer, const struct query_parameter *parameter);

/* An id with this prefix. */
void schema_id(struct json_writer *writer, const char *prefix);

/* Of every refusal with the code that this one has. */
void schema_problem(struct json_writer *writer, enum refusal refusal);

#endif
