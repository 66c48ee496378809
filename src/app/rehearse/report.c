/* See report.h. */
#include "app/rehearse/report.h"

#include "json/write.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static double in_seconds(uint32_t beats)
{
    return (double)beats / SECOND_BEATS;
}

static const char *const bound_settings[BOUND_COUNT] = {
    [BOUND_ADMISSION] = "admit-per-second",
    [BOUND_MAX_ACTIVE] = "max-active",
    [BOUND_SEATS] = "seats",
    [BOUND_BUYERS] = "buyers",
};

/* ---- For people ---- */

static void print_end(const struct findings *findings, const struct rehearsal_plan *plan)
{
    if (findings->sold_out)
        printf("sold out: after %.1f s\n", in_seconds(findings->beats));
    else
        printf("sold out: no; over after %.1f s\n", in_seconds(findings->beats));
    if (findings->course.was_full)
        printf("no seat was free: first after %.1f s\n", in_seconds(findings->course.first_full));
    printf("seats sold: %" PRIu32 " of %" PRId64 "\n", findings->sold, plan->seats);
}

static void print_waits(const struct wait_findings *waits)
{
    printf("people let in: %" PRIu64 "\n", waits->people);
    if (waits->people == 0)
        return;
    printf("half of them waited: up to %.1f s\n", in_seconds(waits->p50));
    printf("90 %% of them waited: up to %.1f s\n", in_seconds(waits->p90));
    printf("99 %% of them waited: up to %.1f s\n", in_seconds(waits->p99));
    printf("the longest wait: %.1f s\n", in_seconds(waits->most));
}

static void print_people(const struct findings *findings)
{
    static const struct {
        enum buyer_state state;
        const char *text;
    } lines[] = {
        {BUYER_BOUGHT, "bought"},
        {BUYER_LEFT, "left the line"},
        {BUYER_SILENT, "fell silent in line"},
        {BUYER_ABANDONED, "put out of the line, not heard for wait-seconds"},
        {BUYER_TURNED_AWAY, "left, having found no free seats"},
        {BUYER_LAPSED, "let their hold lapse"},
        {BUYER_TIMED_OUT, "had no more time inside"},
        {BUYER_CHOOSING, "inside without seats at the end"},
        {BUYER_PAYING, "holding seats at the end"},
        {BUYER_WAITING, "in line at the end"},
        {BUYER_TO_COME, "had not come by the end"},
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        printf("%s: %" PRIu32 "\n", lines[i].text, findings->people[lines[i].state]);
}

static void print_bounds(const struct findings *findings)
{
    printf("bounded by: %s\n", bound_settings[course_bound(&findings->course)]);
    for (enum bound i = BOUND_ADMISSION; i < BOUND_COUNT; i++)
        printf("bounded by %s: %.1f %% of the time\n", bound_settings[i],
               findings_bound_percent(findings, i));
}

void findings_print(const struct findings *findings, const struct rehearsal_plan *plan)
{
    print_end(findings, plan);
    print_waits(&findings->waits);
    printf("inside: %.1f on average, %" PRIu32 " at the most, %" PRId64 " allowed\n",
           findings_mean_active(findings), findings->course.most_active, plan->settings.max_active);
    print_people(findings);
    printf("holds: %" PRIu32 ", of which %" PRIu32 " lapsed\n", findings->holds,
           findings->lapsed_holds);
    printf("seats taken by somebody faster: %" PRIu32 " times\n", findings->lost_races);
    print_bounds(findings);
    printf("sold twice: %" PRIu32 " seats\n", findings->oversold);
    printf("told to buyers: %" PRIu32 " seats\n", findings->bought);
    printf("audit: %s\n", findings->audit_passed ? "passed" : findings->audit.text);
}

/* ---- For programs ---- */

/* The whole object has some thousand bytes. */
#define JSON_BYTES_MAX 8192

static void write_real_member(struct json_writer *writer, const char *key, double value)
{
    json_write_key(writer, key);
    json_write_real(writer, value);
}

/* With one decimal, as it is printed. */
static double rounded(double value)
{
    return (double)(int64_t)(value * 10 + 0.5) / 10;
}

static void write_waits(struct json_writer *writer, const struct wait_findings *waits)
{
    json_write_key(writer, "waitSeconds");
    if (waits->people == 0) {
        json_write_null(writer);
        return;
    }
    json_write_object_begin(writer);
    write_real_member(writer, "p50", in_seconds(waits->p50));
    write_real_member(writer, "p90", in_seconds(waits->p90));
    write_real_member(writer, "p99", in_seconds(waits->p99));
    write_real_member(writer, "most", in_seconds(waits->most));
    json_write_object_end(writer);
}

static void write_people(struct json_writer *writer, const struct findings *findings)
{
    static const char *const keys[BUYER_STATE_COUNT] = {
        [BUYER_TO_COME] = "notCome",       [BUYER_WAITING] = "waiting",
        [BUYER_CHOOSING] = "choosing",     [BUYER_PAYING] = "paying",
        [BUYER_BOUGHT] = "bought",         [BUYER_LEFT] = "left",
        [BUYER_SILENT] = "silent",         [BUYER_LAPSED] = "lapsed",
        [BUYER_TIMED_OUT] = "timedOut",    [BUYER_ABANDONED] = "abandoned",
        [BUYER_TURNED_AWAY] = "turnedAway"};
    json_write_object_member_begin(writer, "people");
    for (size_t i = 0; i < BUYER_STATE_COUNT; i++)
        json_write_integer_member(writer, keys[i], findings->people[i]);
    json_write_object_end(writer);
}

static void write_inside(struct json_writer *writer, const struct findings *findings,
                         const struct rehearsal_plan *plan)
{
    json_write_object_member_begin(writer, "inside");
    write_real_member(writer, "mean", rounded(findings_mean_active(findings)));
    json_write_integer_member(writer, "most", findings->course.most_active);
    json_write_integer_member(writer, "allowed", plan->settings.max_active);
    json_write_object_end(writer);
}

static void write_bounds(struct json_writer *writer, const struct findings *findings)
{
    json_write_text_member(writer, "boundedBy", bound_settings[course_bound(&findings->course)]);
    json_write_object_member_begin(writer, "boundedPercent");
    for (enum bound i = BOUND_ADMISSION; i < BOUND_COUNT; i++)
        write_real_member(writer, bound_settings[i], rounded(findings_bound_percent(findings, i)));
    json_write_object_end(writer);
}

static void write_soundness(struct json_writer *writer, const struct findings *findings)
{
    json_write_integer_member(writer, "oversold", findings->oversold);
    json_write_integer_member(writer, "toldSold", findings->bought);
    json_write_text_member(writer, "violation",
                           findings->audit_passed ? NULL : findings->audit.text);
}

static void write_findings(struct json_writer *writer, const struct findings *findings,
                           const struct rehearsal_plan *plan)
{
    json_write_object_begin(writer);
    json_write_integer_member(writer, "seats", plan->seats);
    json_write_integer_member(writer, "buyers", plan->buyers);
    json_write_integer_member(writer, "seed", plan->seed);
    json_write_boolean_member(writer, "soldOut", findings->sold_out);
    write_real_member(writer, "seconds", in_seconds(findings->beats));
    json_write_key(writer, "firstFullSeconds");
    if (findings->course.was_full)
        json_write_real(writer, in_seconds(findings->course.first_full));
    else
        json_write_null(writer);
    json_write_integer_member(writer, "sold", findings->sold);
    json_write_integer_member(writer, "letIn", (int64_t)findings->waits.people);
    write_waits(writer, &findings->waits);
    write_inside(writer, findings, plan);
    write_people(writer, findings);
    json_write_integer_member(writer, "holds", findings->holds);
    json_write_integer_member(writer, "lapsedHolds", findings->lapsed_holds);
    json_write_integer_member(writer, "lostRaces", findings->lost_races);
    write_bounds(writer, findings);
    write_soundness(writer, findings);
    json_write_object_end(writer);
}

enum result findings_print_json(const struct findings *findings, const struct rehearsal_plan *plan,
                                struct explanation *explanation)
{
    struct buffer out;
    struct json_writer writer;
    buffer_init(&out, JSON_BYTES_MAX);
    json_write_init(&writer, &out);
    write_findings(&writer, findings, plan);
    enum result result = RESULT_OK;
    if (writer.failed)
        result = explain(explanation, RESULT_NO_MEMORY, "no memory for the findings");
    else if (printf("%.*s\n", (int)out.length, (const char *)out.data) < 0)
        result = explain(explanation, RESULT_IO, "standard output: %s", strerror(errno));
    buffer_release(&out);
    return result;
}
