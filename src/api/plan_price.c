/* What seats of a plan cost in a round: what the round says of their grade, or else the plan. */
#include "api/round_plan.h"
#include "base/check.h"
#include "record/grade_price.h"
#include "record/limit.h"

#include <stdio.h>

/* Grades without a price, as far as they are told. */
struct unpriced {
    const char *grades[BODY_ERRORS_MAX];
    size_t count;
};

static void tell_unpriced(struct body *body, struct unpriced *unpriced, const char *grade)
{
    static const struct body_path path = {.key = "prices"};
    char message[SEAT_NUMBER_BYTES_MAX + 64];
    for (size_t i = 0; i < unpriced->count; i++)
        if (same_plan_text(unpriced->grades[i], grade))
            return;
    if (unpriced->count == BODY_ERRORS_MAX)
        return;
    unpriced->grades[unpriced->count++] = grade;
    if (grade == NULL)
        (void)snprintf(message, sizeof message,
                       "give none to seats of no grade, nor does the plan");
    else
        (void)snprintf(message, sizeof message, "lack the one of %s, and so does the plan", grade);
    body_error_in_words(body, &path, RULE_PRICE_MISSING, message);
}

void round_plan_try_prices(struct round_plan *plan, const struct round_plan *asked)
{
    static const struct body_path path = {.key = "prices"};
    bool known[GRADE_PRICES_MAX] = {false};
    CHECK(asked->price_count <= GRADE_PRICES_MAX);
    for (size_t i = 0; i < plan->seat_count; i++) {
        struct seat_plan *seat = &plan->seats[i];
        const struct number_by_name *price =
            grade_price(asked->prices, asked->price_count, seat->grade);
        if (price == NULL)
            continue;
        known[price - asked->prices] = true;
        seat->price = price->number;
    }
    for (size_t i = 0; i < asked->price_count; i++) {
        const struct body_path member = {.parent = &path, .key = asked->prices[i].name};
        if (!known[i])
            body_error_in_words(asked->body, &member, RULE_GRADE_UNKNOWN,
                                "is no grade of the plan");
    }
    if (!body_good(asked->body))
        plan->refusal = REFUSAL_INVALID_FIELD;
}

void round_plan_take_prices(struct round_plan *plan, const struct round_plan *asked)
{
    struct unpriced unpriced = {.count = 0};
    round_plan_try_prices(plan, asked);
    for (size_t i = 0; i < plan->seat_count; i++)
        if (plan->seats[i].price == PRICE_NONE)
            tell_unpriced(asked->body, &unpriced, plan->seats[i].grade);
    if (!body_good(asked->body))
        plan->refusal = REFUSAL_INVALID_FIELD;
}
