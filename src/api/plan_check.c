/* See plan_check.h. */
#include "api/plan_check.h"

#include "api/plan_overlap.h"
#include "api/round_plan.h"
#include "base/check.h"

#include <stdlib.h>

const char *const plan_flaw_texts[PLAN_FLAW_COUNT] = {
    [PLAN_FLAW_DUPLICATE] = "duplicate",
    [PLAN_FLAW_UNPRICED] = "unpriced",
    [PLAN_FLAW_OVERLAPPING] = "overlapping",
    [PLAN_FLAW_NO_ACCESSIBLE] = "noAccessibleSeat",
};

#define FINDINGS_MAX ((size_t)PLAN_FLAW_COUNT * PLAN_FLAWS_NAMED_MAX)

/* What is looked through, and how many findings of the flaw were named. */
struct flaw_search {
    struct plan_check *check;
    const struct seat_plan *seats;
    size_t count;
    size_t named;
};

static struct checked_seat checked_seat(const struct flaw_search *search, size_t place)
{
    const struct seat_plan *seat = &search->seats[place];
    return (struct checked_seat){
        .place = (int64_t)place,
        .seat_number = seat->seat_number,
        .section = seat->section,
        .row = seat->row,
        .number = seat->number,
    };
}

/* Another finding; NULL: enough were named. */
static struct plan_finding *add_finding(struct flaw_search *search, enum plan_flaw flaw)
{
    struct plan_check *check = search->check;
    if (search->named == PLAN_FLAWS_NAMED_MAX)
        return NULL;
    search->named++;
    CHECK(check->finding_count < FINDINGS_MAX);
    struct plan_finding *finding = &check->findings[check->finding_count++];
    *finding = (struct plan_finding){.flaw = flaw};
    return finding;
}

static void add_pair(struct flaw_search *search, enum plan_flaw flaw, size_t later, size_t earlier)
{
    search->check->counts[flaw]++;
    struct plan_finding *finding = add_finding(search, flaw);
    if (finding == NULL)
        return;
    finding->seats = 1;
    finding->has_seat = finding->has_earlier = true;
    finding->seat = checked_seat(search, later);
    finding->earlier = checked_seat(search, earlier);
}

static bool add_same_chair(void *owner, size_t later, size_t earlier, enum chair_sameness sameness)
{
    (void)sameness;
    add_pair(owner, PLAN_FLAW_DUPLICATE, later, earlier);
    return true;
}

static void add_overlap(void *owner, size_t later, size_t earlier)
{
    add_pair(owner, PLAN_FLAW_OVERLAPPING, later, earlier);
}

/* Where the run of unpriced seats of one grade that begins here ends. */
static size_t unpriced_end(const struct flaw_search *search, size_t first)
{
    const struct seat_plan *seats = search->seats;
    size_t end = first + 1;
    while (end < search->count && seats[end].price == PRICE_NONE &&
           same_plan_text(seats[end].grade, seats[first].grade))
        end++;
    return end;
}

static void find_unpriced(struct flaw_search *search)
{
    for (size_t i = 0; i < search->count;) {
        if (search->seats[i].price != PRICE_NONE) {
            i++;
            continue;
        }
        const size_t end = unpriced_end(search, i);
        search->check->counts[PLAN_FLAW_UNPRICED] += (int64_t)(end - i);
        struct plan_finding *finding = add_finding(search, PLAN_FLAW_UNPRICED);
        if (finding != NULL) {
            finding->has_seat = true;
            finding->seat = checked_seat(search, i);
            finding->grade = search->seats[i].grade;
            finding->seats = (int64_t)(end - i);
        }
        i = end;
    }
}

static void find_accessible(struct flaw_search *search)
{
    for (size_t i = 0; i < search->count; i++)
        if (search->seats[i].accessible)
            return;
    search->check->counts[PLAN_FLAW_NO_ACCESSIBLE]++;
    (void)add_finding(search, PLAN_FLAW_NO_ACCESSIBLE);
}

static enum result find_flaw(struct flaw_search *search, enum plan_flaw flaw)
{
    search->named = 0;
    switch (flaw) {
    case PLAN_FLAW_DUPLICATE:
        return chairs_compare(search->seats, search->count, add_same_chair, search);
    case PLAN_FLAW_UNPRICED:
        find_unpriced(search);
        return RESULT_OK;
    case PLAN_FLAW_OVERLAPPING:
        return overlaps_find(search->seats, search->count, add_overlap, search);
    case PLAN_FLAW_NO_ACCESSIBLE:
        find_accessible(search);
        return RESULT_OK;
    case PLAN_FLAW_COUNT:
        break;
    }
    UNREACHABLE("a plan's flaw");
}

enum result plan_check_init(struct plan_check *check, const struct round_plan *plan)
{
    struct flaw_search search = {.check = check, .seats = plan->seats, .count = plan->seat_count};
    *check = (struct plan_check){
        .seat_count = (int64_t)plan->seat_count,
        .findings = calloc(FINDINGS_MAX, sizeof *check->findings),
    };
    enum result result = check->findings == NULL ? RESULT_NO_MEMORY : RESULT_OK;
    for (enum plan_flaw flaw = 0; flaw < PLAN_FLAW_COUNT && result == RESULT_OK; flaw++)
        result = find_flaw(&search, flaw);
    return result;
}

void plan_check_release(struct plan_check *check)
{
    free(check->findings);
    *check = (struct plan_check){.findings = NULL};
}
