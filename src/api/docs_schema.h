/* Pieces of the page at /docs: what a schema says of a value, and examples of one. The document is
 * usher's own, so its schemas nest no deeper than objects.def and bodies.def do; what they refer to
 * is a link. */
#ifndef USHER_API_DOCS_SCHEMA_H
#define USHER_API_DOCS_SCHEMA_H

#include "api/html.h"

#include "json/body.h" /* json_t, what a document is made of */

/* The text of a member, "" where there is none. */
const char *docs_member(json_t *object, const char *key);

/* The component that the value refers to, "kind/name", which is also its place on the page; NULL:
 * the value is no reference. */
const char *docs_reference(json_t *value);

/* A link to it. */
void docs_link(struct html *html, const char *reference, const char *text);

/* What the value may be, in a line. */
void docs_value(struct html *html, json_t *schema);

/* A table of an object's members, of those of a list's objects, or of a stream's events; nothing
 * for other values. */
void docs_members(struct html *html, json_t *schema);

/* Each member of `content`: its type, all that its schema says, and its examples folded up. */
void docs_content(struct html *html, json_t *content);

#endif
