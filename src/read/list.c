/* See list.h. */
#include "read/list.h"

#include "base/check.h"
#include "read/search.h"
#include "record/limit.h"

enum {
#define ENTITY(kind, name, prefix, since) kind_of_##name = RECORD_KIND_##kind,
#define FIELD(entity, column, type, detail, json, flags, since)
#define END_ENTITY(kind, name)
#include "record/schema.def"
    kind_of_none = RECORD_KIND_COUNT,
};

/* ---- The rows ---- */

enum filter_name {
#define FILTER(name, type, detail, parameter, meaning) FILTER_OF_##name,
#define LIST(kind, entity, scope, whose)
#define BY(entity, filter, column)
#define INSIDE(entity, filter, column)
#define END_LIST(kind, entity)
#include "read/list.def"
    FILTER_COUNT
};

/* What a filter's detail says; the entity of those that have none is none. */
#define DETAIL_ID(detail) .id_of = (enum record_kind)kind_of_##detail
#define DETAIL_ENUM(detail) DETAIL_ID(detail)
#define DETAIL_ROUND(detail) DETAIL_ID(detail)
#define DETAIL_CONCERT(detail) DETAIL_ID(detail)
#define DETAIL_AMONG(detail) DETAIL_ID(detail)
#define DETAIL_TEXT(detail) .id_of = RECORD_KIND_COUNT, .characters_max = detail
#define DETAIL_SEARCH(detail) DETAIL_TEXT(detail)
#define DETAIL_EMAIL(detail) DETAIL_ID(detail)
#define DETAIL_FROM(detail) DETAIL_ID(detail)
#define DETAIL_TO(detail) DETAIL_ID(detail)

static const struct filter_schema filters[FILTER_COUNT] = {
#define FILTER(name, filter_type, detail, name_in_query, text)                                     \
    [FILTER_OF_##name] = {.type = FILTER_##filter_type,                                            \
                          DETAIL_##filter_type(detail),                                            \
                          .offset = offsetof(struct record_query, name),                           \
                          .parameter = name_in_query,                                              \
                          .meaning = text},
#define LIST(kind, entity, scope, whose)
#define BY(entity, filter, column)
#define INSIDE(entity, filter, column)
#define END_LIST(kind, entity)
#include "read/list.def"
};

#define FILTER(name, type, detail, parameter, meaning)
#define LIST(kind, entity, scope, whose) static const struct list_filter entity##_filters[] = {
#define ROW(entity, name, held, sets)                                                              \
    {.filter = &filters[FILTER_OF_##name],                                                         \
     .column = &entity##_fields[FIELD_OF_##entity##_##held],                                       \
     .is_parameter = sets},
#define BY(entity, filter, column) ROW(entity, filter, column, true)
#define INSIDE(entity, filter, column) ROW(entity, filter, column, false)
#define END_LIST(kind, entity)                                                                     \
    }                                                                                              \
    ;
#include "read/list.def"

#define HAS_OWN_OWN true
#define HAS_OWN_NONE false

static const struct list_schema lists[RECORD_KIND_COUNT] = {
#define FILTER(name, type, detail, parameter, meaning)
#define LIST(kind, entity, scope, whose)                                                           \
    [RECORD_KIND_##kind] = {.filters = entity##_filters,                                           \
                            .filter_count = sizeof entity##_filters / sizeof entity##_filters[0],  \
                            .has_own = HAS_OWN_##whose},
#define BY(entity, filter, column)
#define INSIDE(entity, filter, column)
#define END_LIST(kind, entity)
#include "read/list.def"
};

const char *const expansion_texts[EXPANSION_COUNT] = {
    [EXPANSION_USER] = "user",
    [EXPANSION_SEATS] = "seats",
};

const struct list_schema *list_schema(enum record_kind kind)
{
    CHECK((unsigned)kind < RECORD_KIND_COUNT && lists[kind].filters != NULL);
    return &lists[kind];
}

/* ---- What a query sets ---- */

const void *filter_wanted(const struct filter_schema *filter, const struct record_query *query)
{
    return (const uint8_t *)query + filter->offset;
}

bool filter_is_set(const struct filter_schema *filter, const struct record_query *query)
{
    const void *wanted = filter_wanted(filter, query);
    switch (filter->type) {
    case FILTER_ID:
    case FILTER_ROUND:
    case FILTER_CONCERT:
        return !id_is_none(*(const struct id *)wanted);
    case FILTER_ENUM:
        return ((const struct wanted_value *)wanted)->given;
    case FILTER_AMONG:
        return *(const uint32_t *)wanted != 0;
    case FILTER_TEXT:
    case FILTER_EMAIL:
    case FILTER_SEARCH:
        return field_text(wanted) != NULL;
    case FILTER_FROM:
    case FILTER_TO:
        return field_integer(wanted) > 0;
    }
    UNREACHABLE("a filter's type");
}

static bool list_has(const struct list_schema *list, const struct filter_schema *filter)
{
    if (filter->type == FILTER_FROM || filter->type == FILTER_TO)
        return true;
    for (size_t i = 0; i < list->filter_count; i++)
        if (list->filters[i].filter == filter)
            return true;
    return false;
}

bool query_fits_list(const struct record_query *query)
{
    const struct list_schema *list = list_schema(query->kind);
    for (size_t i = 0; i < FILTER_COUNT; i++)
        if (filter_is_set(&filters[i], query) && !list_has(list, &filters[i]))
            return false;
    return true;
}

/* ---- The rows that it asks for ---- */

/* What is left of the range is the id, or nothing. */
static void narrow_to_id(struct id_range *range, struct id id)
{
    struct id next = id;
    for (size_t i = ID_BYTES; i > 0 && ++next.bytes[i - 1] == 0; i--)
        ;
    if (id_compare(id, range->low) > 0)
        range->low = id;
    if (id_compare(next, range->high) < 0)
        range->high = next;
}

struct id_range query_range(const struct record_query *query)
{
    struct id_range range = {.low = query->from > 0 ? id_floor(query->from) : ID_NONE};
    memset(range.high.bytes, 0xff, ID_BYTES); /* no id: its version bits differ */
    if (query->to > 0)
        range.high = id_floor(query->to);
    if (!id_is_none(query->before) && id_compare(query->before, range.high) < 0)
        range.high = query->before;
    struct id searched;
    if (query->search != NULL && search_is_id(query->search, query->kind, &searched))
        narrow_to_id(&range, searched);
    return range;
}

static bool same_text(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* `held`: what stands in the filter's column. The range of ids says the times, and what the row
 * names says the rest. */
static bool is_wanted(enum filter_type type, const void *wanted, const void *held)
{
    switch (type) {
    case FILTER_ID:
        return memcmp(held, wanted, ID_BYTES) == 0;
    case FILTER_ENUM:
        return field_number(held) == ((const struct wanted_value *)wanted)->value;
    case FILTER_AMONG:
        return (*(const uint32_t *)wanted >> field_number(held) & 1) != 0;
    case FILTER_TEXT:
    case FILTER_EMAIL:
        return same_text(field_text(held), field_text(wanted));
    case FILTER_ROUND:
    case FILTER_CONCERT:
    case FILTER_SEARCH:
    case FILTER_FROM:
    case FILTER_TO:
        return true;
    }
    UNREACHABLE("a filter's type");
}

bool query_wants(const struct record_query *query, const struct record *record)
{
    const struct list_schema *list = list_schema(query->kind);
    for (size_t i = 0; i < list->filter_count; i++) {
        const struct list_filter *row = &list->filters[i];
        if (filter_is_set(row->filter, query) &&
            !is_wanted(row->filter->type, filter_wanted(row->filter, query),
                       record_field(record, row->column)))
            return false;
    }
    return true;
}
