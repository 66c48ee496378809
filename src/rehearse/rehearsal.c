/* See rehearsal.h. */
#include "rehearse/rehearsal.h"

#include "base/memory.h"
#include "rehearse/habit.h"
#include "rehearse/percentile.h"
#include "rehearse/premises.h"
#include "rehearse/sale.h"

#include <stdlib.h>

/* ---- A beat ---- */

static void agenda_is_done(struct sale *sale)
{
    uint32_t buyer;
    for (;;) { /* nobody is put into this beat any more */
        sale_make_room(sale);
        if (sale->result != RESULT_OK || !agenda_take(&sale->agenda, sale->beat, &buyer))
            return;
        buyer_acts(sale, buyer);
    }
}

static void crowd_comes(struct sale *sale)
{
    const struct rehearsal_plan *plan = sale->plan;
    while (sale->result == RESULT_OK && sale->came < plan->buyers &&
           habit_arrival(plan, sale->came) <= sale->beat) {
        sale_make_room(sale);
        buyer_comes(sale, sale->came++);
    }
}

/* As many as could be let in before this is done again, at a beat's end: what the office may let in
 * now, and as much a beat later. Each time it is a second's admissions at the most, and no more
 * than there are places inside. */
static int64_t near_wanted(const struct office_settings *settings)
{
    return 2 * (settings->admit_per_second < settings->max_active ? settings->admit_per_second
                                                                  : settings->max_active);
}

static void line_moves_up(struct sale *sale)
{
    const int64_t wanted = near_wanted(&sale->plan->settings);
    while (sale->result == RESULT_OK && sale->near_count < wanted && sale->near_end < sale->came) {
        sale_make_room(sale);
        const uint32_t next = sale->near_end++;
        if (sale_state(sale, next) == BUYER_WAITING)
            buyer_gets_near(sale, next);
    }
}

static enum bound bound_now(const struct sale *sale, const struct queue_view *queue)
{
    if (sale->hall.available == 0)
        return BOUND_SEATS;
    if (sale->findings->people[BUYER_WAITING] == 0)
        return BOUND_BUYERS;
    if (queue->active >= queue->max_active)
        return BOUND_MAX_ACTIVE;
    /* Nobody more is let in than there are free seats for. */
    const int64_t looking = queue->active - sale->findings->people[BUYER_PAYING];
    return looking >= sale->hall.available ? BOUND_SEATS : BOUND_ADMISSION;
}

static void note_beat(struct sale *sale)
{
    struct queue_view queue;
    office_queue_view(sale->office, sale->turn.now, &queue);
    const struct course_point point = {.beat = sale->beat,
                                       .waiting = (uint32_t)queue.waiting,
                                       .active = (uint32_t)queue.active,
                                       .held = sale->hall.held,
                                       .sold = sale->hall.sold,
                                       .full = sale->hall.available == 0};
    course_note(&sale->findings->course, &point, bound_now(sale, &queue));
}

static void play_beat(struct sale *sale)
{
    sale_open_batch(sale);
    agenda_is_done(sale);
    crowd_comes(sale);
    line_moves_up(sale);
    sale_close_batch(sale);
    note_beat(sale);
}

/* ---- The sale ---- */

static bool everybody_went_home(const struct sale *sale)
{
    const uint32_t *people = sale->findings->people;
    return people[BUYER_TO_COME] + people[BUYER_WAITING] + people[BUYER_CHOOSING] +
               people[BUYER_PAYING] ==
           0;
}

static enum result play(struct sale *sale)
{
    struct findings *findings = sale->findings;
    bool over = false;
    for (sale->beat = 0; !over && sale->beat < SALE_BEATS; sale->beat++) {
        play_beat(sale);
        findings->beats = sale->beat;
        findings->sold_out = sale->hall.sold == sale->hall.count;
        over = findings->sold_out || everybody_went_home(sale) || sale->result != RESULT_OK;
    }
    return sale->result;
}

static void find_waits(const uint32_t *waits, struct wait_findings *found)
{
    for (size_t i = 0; i < SALE_BEATS; i++)
        found->people += waits[i];
    if (found->people == 0)
        return;
    found->p50 = percentile(waits, SALE_BEATS, found->people, 50);
    found->p90 = percentile(waits, SALE_BEATS, found->people, 90);
    found->p99 = percentile(waits, SALE_BEATS, found->people, 99);
    found->most = percentile(waits, SALE_BEATS, found->people, 100);
}

static void find_rest(struct sale *sale)
{
    struct findings *findings = sale->findings;
    findings->sold = sale->hall.sold;
    findings->oversold = sale->hall.oversold;
    find_waits(sale->waits, &findings->waits);
    findings->audit_passed = office_audit(sale->office, &findings->audit);
}

double findings_mean_active(const struct findings *findings)
{
    return (double)findings->course.active_beats / findings->course.beats;
}

double findings_bound_percent(const struct findings *findings, enum bound bound)
{
    return 100.0 * findings->course.bound_beats[bound] / findings->course.beats;
}

bool findings_are_sound(const struct findings *findings)
{
    return findings->audit_passed && findings->oversold == 0 && findings->bought == findings->sold;
}

/* ---- Memory ---- */

static enum result set_up(struct sale *sale)
{
    const struct rehearsal_plan *plan = sale->plan;
    const size_t buyers = (size_t)plan->buyers;
    const enum result result = premises_open(&sale->office, plan, sale->watch, sale->explanation);
    if (result != RESULT_OK)
        return result;
    sale->buyers = memory_allocate(buyers * sizeof *sale->buyers, MEMORY_HUGE_PAGES);
    sale->waits = memory_allocate(SALE_BEATS * sizeof *sale->waits, MEMORY_SMALL_PAGES);
    if (sale->buyers == NULL || sale->waits == NULL ||
        agenda_init(&sale->agenda, SALE_BEATS, (uint32_t)buyers) != RESULT_OK ||
        hall_init(&sale->hall, (uint32_t)plan->seats) != RESULT_OK)
        return explain(sale->explanation, RESULT_NO_MEMORY, "no memory for %zu buyers", buyers);
    return RESULT_OK;
}

static void release(struct sale *sale)
{
    memory_free(sale->buyers, (size_t)sale->plan->buyers * sizeof *sale->buyers);
    memory_free(sale->waits, SALE_BEATS * sizeof *sale->waits);
    agenda_release(&sale->agenda);
    hall_release(&sale->hall);
    office_free(sale->office);
}

enum result rehearsal_run(const struct rehearsal_plan *plan, const struct rehearsal_watch *watch,
                          struct findings *findings, struct explanation *explanation)
{
    struct sale sale = {.plan = plan,
                        .watch = watch,
                        .findings = findings,
                        .result = RESULT_OK,
                        .explanation = explanation};
    const uint64_t seed[4] = {(uint64_t)plan->seed, 1, 2, 3};
    *findings = (struct findings){0};
    findings->people[BUYER_TO_COME] = (uint32_t)plan->buyers;
    course_init(&findings->course);
    id_source_init(&sale.ids, seed);
    sale.turn.ids = &sale.ids;
    enum result result = set_up(&sale);
    if (result == RESULT_OK)
        result = play(&sale);
    if (result == RESULT_OK)
        find_rest(&sale);
    release(&sale);
    return result;
}
