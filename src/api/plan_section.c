/* See plan_section.h. */
#include "api/plan_section.h"

#include "base/check.h"
#include "base/utf8.h"
#include "record/limit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *keep_number(struct round_plan *plan, int64_t number)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%lld", (long long)number);
    return round_plan_keep(plan, text, NULL);
}

static size_t digits(int64_t number)
{
    size_t count = 1;
    for (; number >= 10; number /= 10)
        count++;
    return count;
}

/* False: an error. */
static bool read_section(struct body_object *object, struct round_section *section)
{
    section->price = -1; /* not read yet */
    body_fill(object, body_schema(BODY_OF_section), BODY_WHOLE, section, NULL);
    body_close(object);
    const bool good = section->name != NULL && section->rows > 0 && section->seats_per_row > 0 &&
                      section->price >= 0;
    size_t characters = 0;
    if (good && utf8_count(section->name, strlen(section->name), &characters) &&
        characters + digits(section->rows) + digits(section->seats_per_row) + 2 >
            SEAT_TEXT_CHARACTERS_MAX) {
        body_error(object, "name", RULE_NAME_TOO_LONG);
        return false;
    }
    return good;
}

static bool same_name(const char *one, const char *other)
{
    char one_form[CHAIR_FORM_BYTES_MAX], other_form[CHAIR_FORM_BYTES_MAX];
    const size_t length = chair_form(one, one_form);
    return length == chair_form(other, other_form) && memcmp(one_form, other_form, length) == 0;
}

static bool named_before(const struct round_section *sections, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (sections[i].name != NULL && same_name(sections[i].name, name))
            return true;
    return false;
}

void plan_section_add(struct round_plan *plan, struct body_object *object, size_t index)
{
    struct round_section section = {0};
    if (index >= ROUND_SECTIONS_MAX)
        return;
    if (plan->sections == NULL)
        plan->sections = calloc(ROUND_SECTIONS_MAX, sizeof *plan->sections);
    if (plan->sections == NULL) {
        plan->refusal = REFUSAL_CAPACITY;
        return;
    }
    const bool good = read_section(object, &section);
    if (section.name != NULL && named_before(plan->sections, index, section.name))
        body_error(object, NULL, RULE_SECTION_TWICE);
    section.name = round_plan_keep(plan, section.name, NULL);
    section.grade = round_plan_keep(plan, section.grade, NULL);
    section.rows = good ? section.rows : 0;
    plan->sections[index] = section;
}

static void expand_section(struct round_plan *plan, const struct round_section *section)
{
    struct seat_plan *seats = plan->seats + plan->seat_count;
    for (int64_t row = 1; row <= section->rows; row++) {
        const char *row_text = keep_number(plan, row);
        for (int64_t number = 1; number <= section->seats_per_row; number++) {
            char seat_number[SEAT_NUMBER_BYTES_MAX + 1];
            const int length = snprintf(seat_number, sizeof seat_number, "%s-%lld-%lld",
                                        section->name, (long long)row, (long long)number);
            CHECK(length > 0 && (size_t)length < sizeof seat_number);
            *seats++ = (struct seat_plan){
                .seat_number = round_plan_keep(plan, seat_number, NULL),
                .section = section->name,
                .row = row_text,
                .number = keep_number(plan, number),
                .grade = section->grade,
                .price = section->price,
            };
            plan->seat_count++;
        }
    }
}

void plan_sections_expand(struct round_plan *plan, struct body_object *root)
{
    int64_t total = 0; /* at most 4 * 10^10 each */
    for (size_t i = 0; i < plan->elements[PLAN_SECTIONS]; i++)
        total += plan->sections[i].rows * plan->sections[i].seats_per_row;
    if (total > ROUND_SEATS_MAX) {
        body_error_says(root, "sections", RULE_SEATS_TOO_MANY,
                        "have more than 200000 seats together");
        return;
    }
    plan->seats = calloc((size_t)total, sizeof *plan->seats);
    if (plan->seats == NULL) {
        plan->refusal = REFUSAL_CAPACITY;
        return;
    }
    for (size_t i = 0; i < plan->elements[PLAN_SECTIONS]; i++)
        expand_section(plan, &plan->sections[i]);
}
