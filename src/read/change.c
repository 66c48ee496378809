/* See change.h. */
#include "read/change.h"

#include "base/check.h"

#include <stdlib.h>

const char *const change_type_texts[CHANGE_COUNT] = {
#define CHANGE(name, text, kind, condition) [CHANGE_##name] = text,
#define UNTOLD(kind, condition)
#include "read/change.def"
};

/* ---- Which images are changes ---- */

enum condition {
    CONDITION_BECAUSE,
    CONDITION_BECOMES,
    CONDITION_GONE,
    CONDITION_ELSE,
};

/* A row of change.def. */
struct change_rule {
    enum record_kind kind;
    enum change_type type; /* CHANGE_NONE: of an UNTOLD */
    enum condition condition;
    enum record_why why;
    size_t offset; /* in the record's `as`, of the member that has the value */
    int value;
};

#define BECAUSE(reason) .condition = CONDITION_BECAUSE, .why = WHY_##reason
#define BECOMES(entity, column, wanted)                                                            \
    .condition = CONDITION_BECOMES, .offset = offsetof(struct entity, column), .value = wanted
#define GONE .condition = CONDITION_GONE
#define ELSE .condition = CONDITION_ELSE

static const struct change_rule rules[] = {
#define CHANGE(name, text, of_kind, when)                                                          \
    {.kind = RECORD_KIND_##of_kind, .type = CHANGE_##name, when},
#define UNTOLD(of_kind, when) {.kind = RECORD_KIND_##of_kind, .type = CHANGE_NONE, when},
#include "read/change.def"
};

#define RULE_COUNT (sizeof rules / sizeof rules[0])

static bool rule_holds(const struct change_rule *rule, const struct record *record)
{
    switch (rule->condition) {
    case CONDITION_BECAUSE:
        return record->why == rule->why;
    case CONDITION_BECOMES:
        return !record->deleted &&
               field_number((const uint8_t *)&record->as + rule->offset) == rule->value;
    case CONDITION_GONE:
        return record->deleted;
    case CONDITION_ELSE:
        return true;
    }
    UNREACHABLE("a condition");
}

bool change_is_followed(enum record_kind kind)
{
    for (size_t i = 0; i < RULE_COUNT; i++)
        if (rules[i].kind == kind)
            return true;
    return false;
}

bool change_is_followed_whole(enum record_kind kind)
{
    for (size_t i = 0; i < RULE_COUNT; i++)
        if (rules[i].kind == kind && rules[i].type == CHANGE_NONE)
            return false;
    return change_is_followed(kind);
}

enum change_type change_of(const struct record *record)
{
    for (size_t i = 0; i < RULE_COUNT; i++)
        if (rules[i].kind == record->kind && rule_holds(&rules[i], record))
            return rules[i].type;
    return CHANGE_NONE;
}

/* ---- Names, and ends ---- */

/* A UUID of version 7 (RFC 9562, section 5.7) whose random part is the number, which is unique
 * where a random one only probably is. */
struct id change_id(timestamp_ms at, uint64_t number)
{
    struct id id = id_floor(at);
    CHECK(number >> 62 == 0);
    id.bytes[6] = 0x70;
    for (size_t i = 0; i < 8; i++)
        id.bytes[8 + i] = (uint8_t)(number >> (56 - 8 * i));
    id.bytes[8] |= 0x80;
    return id;
}

void change_page_release(struct change_page *page)
{
    for (size_t i = 0; i < page->count; i++) {
        free(page->changes[i].record);
        if (page->changes[i].view != NULL)
            reservation_view_release(page->changes[i].view);
        free(page->changes[i].view);
    }
    free(page->changes);
    *page = (struct change_page){0};
}
