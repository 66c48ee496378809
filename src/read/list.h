/* The lists as tables (list.def): what a query says, and which rows it asks for. */
#ifndef USHER_READ_LIST_H
#define USHER_READ_LIST_H

#include "record/record.h"

/* An enumerated value, or none. */
struct wanted_value {
    bool given;
    int value;
};

/* What reservations may be shown with, beside what they name it by. */
enum expansion {
    EXPANSION_USER,
    EXPANSION_SEATS,
    EXPANSION_COUNT,
};
#define EXPANSION_BIT(expansion) (UINT64_C(1) << (expansion))
extern const char *const expansion_texts[EXPANSION_COUNT];

#define WANTED_ID struct id
#define WANTED_ENUM struct wanted_value
#define WANTED_AMONG uint32_t
#define WANTED_ROUND struct id
#define WANTED_CONCERT struct id
#define WANTED_TEXT const char *
#define WANTED_SEARCH const char *
#define WANTED_EMAIL const char *
#define WANTED_FROM timestamp_ms
#define WANTED_TO timestamp_ms

/* A page of a list, newest first (by id). Zero does not narrow; of the filters, only those of the
 * kind's list are set, or `from` and `to`, which the ids of every list tell. Texts live as long as
 * the query. */
struct record_query {
    enum record_kind kind; /* of a list */
#define FILTER(name, type, detail, parameter, meaning) WANTED_##type name;
#define LIST(kind, entity, scope, whose)
#define BY(entity, filter, column)
#define INSIDE(entity, filter, column)
#define END_LIST(kind, entity)
#include "read/list.def"
    const char *mailbox; /* of `email`, for the office; NULL: the same text */
    uint64_t expand;     /* of reservations: an EXPANSION_BIT each */
    struct id before;    /* only ids below it: the cursor */
    size_t limit;        /* 1..LIST_LIMIT_MAX */
};

enum filter_type {
    FILTER_ID,
    FILTER_ENUM,
    FILTER_AMONG,
    FILTER_ROUND,
    FILTER_CONCERT,
    FILTER_TEXT,
    FILTER_EMAIL,
    FILTER_SEARCH,
    FILTER_FROM,
    FILTER_TO,
};

/* A FILTER of list.def. */
struct filter_schema {
    enum filter_type type;
    enum record_kind id_of; /* of an ID, ROUND or CONCERT */
    size_t characters_max;  /* of a TEXT or SEARCH */
    size_t offset;          /* of the member in struct record_query */
    const char *parameter, *meaning;
};

/* One of a list's filters. */
struct list_filter {
    const struct filter_schema *filter;
    const struct field_schema *column;
    bool is_parameter;
};

struct list_schema {
    const struct list_filter *filters;
    size_t filter_count;
    bool has_own; /* a caller without the scope lists the own rows */
};

/* The kind has a list. */
const struct list_schema *list_schema(enum record_kind kind);

/* The member of the query that the filter is about; and whether it narrows. */
const void *filter_wanted(const struct filter_schema *filter, const struct record_query *query);
bool filter_is_set(const struct filter_schema *filter, const struct record_query *query);

/* Whether the list has every filter that the query sets. */
bool query_fits_list(const struct record_query *query);

/* The ids that the query allows: from `low` up to, and without, `high`. */
struct id_range {
    struct id low, high;
};
struct id_range query_range(const struct record_query *query);

/* Whether the query asks for the record, of its kind and with an id in the range, as far as the
 * record itself says: a ROUND, a CONCERT and a SEARCH are for whoever can find what it names. */
bool query_wants(const struct record_query *query, const struct record *record);

#endif
