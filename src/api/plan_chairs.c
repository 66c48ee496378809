/* See plan_chairs.h. */
#include "api/plan_chairs.h"

#include "api/plan_row.h"

#include <stdio.h>

void same_chair_tell(struct same_chair *same, enum chair_sameness sameness, size_t earlier)
{
    const bool number = sameness == CHAIR_SAME_NUMBER;
    (void)snprintf(same->other, sizeof same->other, "/seats/%zu", earlier);
    (void)snprintf(same->words, sizeof same->words,
                   number ? "is the number of %s too" : "has the section, row and number of %s",
                   same->other);
    same->breach = (struct breach){.rule = number ? RULE_SAME_NUMBER : RULE_SAME_PLACE,
                                   .words = same->words,
                                   .other = same->other};
}

static bool tell_same_chair_of_rows(struct round_plan *plan, size_t later, size_t earlier)
{
    const size_t later_row = plan_row_of_seat(plan, later);
    const size_t earlier_row = plan_row_of_seat(plan, earlier);
    const struct body_path outer = {.key = "plan"}, array = {.parent = &outer, .key = "rows"};
    const struct body_path row = {.parent = &array, .index = later_row};
    char words[SAME_CHAIR_MESSAGE_BYTES], other[SAME_CHAIR_OTHER_BYTES];
    (void)snprintf(other, sizeof other, "/plan/rows/%zu", earlier_row);
    (void)snprintf(words, sizeof words, "has seat %zu, which is seat %zu of %s too",
                   later - plan->row_starts[later_row], earlier - plan->row_starts[earlier_row],
                   other);
    body_breach_at(plan->body, &row,
                   &(struct breach){.rule = RULE_SAME_PLACE, .words = words, .other = other});
    return true;
}

static bool tell_same_chair_of_lines(struct round_plan *plan, size_t later, size_t earlier)
{
    const struct body_path path = {.line = plan->lines[later]};
    char words[SAME_CHAIR_MESSAGE_BYTES], other[SAME_CHAIR_OTHER_BYTES];
    (void)snprintf(other, sizeof other, "line %lu", (unsigned long)plan->lines[earlier]);
    (void)snprintf(words, sizeof words, "is the seat of %s too", other);
    body_breach_at(plan->body, &path,
                   &(struct breach){.rule = RULE_SAME_PLACE, .words = words, .other = other});
    return true;
}

static bool tell_same_chair(void *owner, size_t later, size_t earlier, enum chair_sameness sameness)
{
    struct round_plan *plan = owner;
    if (plan->row_count > 0)
        return tell_same_chair_of_rows(plan, later, earlier);
    if (plan->lines != NULL)
        return tell_same_chair_of_lines(plan, later, earlier);
    const struct body_path array = {.key = "seats"};
    const struct body_path seat = {.parent = &array, .index = later};
    const struct body_path number = {.parent = &seat, .key = "seatNumber"};
    struct same_chair same;
    same_chair_tell(&same, sameness, earlier);
    body_breach_at(plan->body, sameness == CHAIR_SAME_NUMBER ? &number : &seat, &same.breach);
    return true;
}

bool plan_chairs_compare(struct round_plan *plan)
{
    return chairs_compare(plan->seats, plan->seat_count, tell_same_chair, plan) == RESULT_OK;
}
