/* The refusals of refusal.def as data. */
#include "record/refusal.h"

#include "base/check.h"

#define RETRY_NEVER false
#define RETRY_LATER true

static const struct refusal_schema schemas[REFUSAL_COUNT] = {
#define REFUSAL(constant, by_layer, http_status, problem_code, short_title, long_meaning, retry)   \
    [REFUSAL_##constant] = {                                                                       \
        .name = #constant,                                                                         \
        .by = REFUSAL_BY_##by_layer,                                                               \
        .status = http_status,                                                                     \
        .code = problem_code,                                                                      \
        .title = short_title,                                                                      \
        .meaning = long_meaning,                                                                   \
        .retry_later = retry,                                                                      \
    },
#include "record/refusal.def"
};

const struct refusal_schema *refusal_schema(enum refusal refusal)
{
    CHECK(refusal > REFUSAL_NONE && refusal < REFUSAL_COUNT);
    return &schemas[refusal];
}

bool refusal_is_of_right(enum refusal refusal)
{
    return refusal == REFUSAL_FORBIDDEN || refusal == REFUSAL_SCOPE_REQUIRED;
}
