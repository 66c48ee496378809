/* `usher rehearse`: a sale before it takes place. */
#include "app/command.h"
#include "app/box_office.h"
#include "app/rehearse/drawing.h"
#include "app/rehearse/progress.h"
#include "app/rehearse/report.h"
#include "app/rehearse/round_seats.h"
#include "rehearse/rehearsal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

struct rehearse_options {
    struct rehearsal_plan plan;
    const char *round, *svg;
    struct id round_id;
    bool json;
};

#define OPTION(name, type, preset, least, most, value_name, help)                                  \
    {                                                                                              \
#name, SETTING_TYPE_##type, offsetof(struct rehearse_options, name), preset, least, most,  \
            value_name, help                                                                       \
    }

/* A preset as the settings have it. */
#define AS_TEXT(number) #number
#define PRESET(name) AS_TEXT(name)

#define PLAN_OPTION(name, type, preset, least, most, value_name, help)                             \
    {                                                                                              \
#name, SETTING_TYPE_##type, offsetof(struct rehearse_options, plan.name), preset, least,   \
            most, value_name, help                                                                 \
    }

static const struct setting options[] = {
    OPTION(round, TEXT, "", 1, ID_TEXT_BYTES, "ID",
           "A round of the data directory: all its seats that are not blocked are for sale, and "
           "queue settings that are not given are the directory's. No server may have it open."),
    PLAN_OPTION(seats, COUNT, "1000", 1, ROUND_SEATS_MAX, "N", "Seats, where no round is given."),
    PLAN_OPTION(buyers, COUNT, "10000", 1, BUYERS_MAX, "N",
                "People who come; a million take some 400 MB of memory."),
    PLAN_OPTION(arrive_seconds, COUNT, "0", 0, HABIT_SECONDS_MAX, "N",
                "They come within this time of the opening, evenly; 0: all at once."),
    PLAN_OPTION(rush, SWITCH, "", 0, 0, "", "Half of them come in the first tenth of that time."),
    PLAN_OPTION(patience_seconds, COUNT, PRESET(PATIENCE_SECONDS_PRESET), 0, HABIT_SECONDS_MAX, "N",
                "How long they wait in line before they give up; 0: for ever."),
    PLAN_OPTION(silent_percent, COUNT, PRESET(SILENT_PERCENT_PRESET), 0, 100, "N",
                "Of those who give up: they close the page and fall silent. The others leave."),
    PLAN_OPTION(seats_each, COUNT, PRESET(SEATS_EACH_PRESET), 1, SEATS_PER_RESERVATION_MAX, "N",
                "Seats that each wants; fewer when fewer are left."),
    PLAN_OPTION(choose_seconds, COUNT, PRESET(CHOOSE_SECONDS_PRESET), 0, HABIT_SECONDS_MAX, "N",
                "How long they choose seats."),
    PLAN_OPTION(look_seconds, COUNT, PRESET(LOOK_SECONDS_PRESET), 0, HABIT_SECONDS_MAX, "N",
                "How long they look for others where those are taken, before they leave."),
    PLAN_OPTION(pay_seconds, COUNT, PRESET(PAY_SECONDS_PRESET), 0, HABIT_SECONDS_MAX, "N",
                "How long they take to pay."),
    PLAN_OPTION(unpaid_percent, COUNT, PRESET(UNPAID_PERCENT_PRESET), 0, 100, "N",
                "Of those who hold seats: they go away, and the hold lapses."),
    PLAN_OPTION(spread_percent, COUNT, PRESET(SPREAD_PERCENT_PRESET), 0, 100, "N",
                "Each waits, chooses and pays for up to so much less or more, evenly."),
    PLAN_OPTION(seed, COUNT, PRESET(REHEARSAL_SEED_PRESET), 0, INT64_MAX, "N",
                "The same seed gives the same people, and the same result."),
    OPTION(svg, TEXT, "", 1, 4000, "FILE",
           "Draws people waiting and inside, and seats held and sold, over time."),
    OPTION(json, SWITCH, "", 0, 0, "", "Prints a JSON object."),
};

const struct setting *command_rehearse_options(size_t *count)
{
    *count = sizeof options / sizeof options[0];
    return options;
}

/* ---- The plan ---- */

/* What nobody set is as the organizer left it. */
static void take_queue_settings(struct office_settings *settings, const struct house *house)
{
    const struct queue_change *given = &settings->given;
    if (!given->has_max_active)
        settings->max_active = house->max_active;
    if (!given->has_admit_per_second)
        settings->admit_per_second = house->admit_per_second;
    if (!given->has_silent_seconds)
        settings->silent_seconds = house->silent_seconds;
    if (!given->has_active_seconds)
        settings->active_seconds = house->active_seconds;
    if (!given->has_wait_seconds)
        settings->wait_seconds = house->wait_seconds;
}

static enum result take_round(struct rehearse_options *rehearse, const char *directory,
                              struct explanation *explanation)
{
    struct house house = {.id = 0};
    const enum result result =
        round_seats_read(directory, rehearse->round_id, &rehearse->plan.seats, &house, explanation);
    if (result == RESULT_OK && house.id != 0)
        take_queue_settings(&rehearse->plan.settings, &house);
    return result;
}

static enum result check_options(struct rehearse_options *rehearse, struct explanation *explanation)
{
    const struct rehearsal_plan *plan = &rehearse->plan;
    const struct office_settings *settings = &plan->settings;
    if (rehearse->round != NULL &&
        !id_parse("round", rehearse->round, strlen(rehearse->round), &rehearse->round_id))
        return explain(explanation, RESULT_MALFORMED, "--round '%.80s': must be a round's id",
                       rehearse->round);
    if (plan->seats_each > settings->max_seats_per_reservation ||
        plan->seats_each > settings->max_seats_per_user)
        return explain(explanation, RESULT_MALFORMED,
                       "--seats-each %lld: more than max-seats-per-reservation (%lld) or "
                       "max-seats-per-user (%lld)",
                       (long long)plan->seats_each, (long long)settings->max_seats_per_reservation,
                       (long long)settings->max_seats_per_user);
    return RESULT_OK;
}

static enum result make_plan(struct rehearse_options *rehearse, struct config *config,
                             int argument_count, char *const *arguments,
                             struct explanation *explanation)
{
    struct command_line line = {
        .options = options,
        .option_count = sizeof options / sizeof options[0],
        .option_values = rehearse,
    };
    const enum result result =
        config_read(config, &line, NULL, 0, argument_count, arguments, explanation);
    if (result != RESULT_OK)
        return result;
    rehearse->plan.settings = box_office_settings(config);
    return check_options(rehearse, explanation);
}

/* ---- Running it ---- */

static double seconds_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* of a clock that there is */
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* On standard error, since the result is the same each time and this is not. */
static void tell_cost(double began)
{
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage); /* of this process */
    fprintf(stderr, "usher: rehearsed in %.1f s, with %ld MB of memory at the most\n",
            seconds_now() - began, usage.ru_maxrss / 1024);
}

static enum result tell_findings(const struct rehearse_options *rehearse,
                                 const struct findings *findings, struct explanation *explanation)
{
    enum result result = RESULT_OK;
    if (rehearse->json)
        result = findings_print_json(findings, &rehearse->plan, explanation);
    else
        findings_print(findings, &rehearse->plan);
    if (result == RESULT_OK && rehearse->svg != NULL)
        result = drawing_write(rehearse->svg, findings, &rehearse->plan, explanation);
    if (result == RESULT_OK && !findings_are_sound(findings))
        result = explain(explanation, RESULT_CORRUPT, "the house was oversold");
    return result;
}

static enum result rehearse(const struct rehearse_options *chosen, struct explanation *explanation)
{
    struct progress progress;
    const struct rehearsal_watch watch = {.owner = &progress, .tell = progress_tell};
    struct findings *findings = malloc(sizeof *findings);
    if (findings == NULL)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for the findings");
    const double began = seconds_now();
    progress_begin(&progress);
    enum result result = rehearsal_run(&chosen->plan, &watch, findings, explanation);
    progress_end(&progress);
    if (result == RESULT_OK) {
        tell_cost(began);
        result = tell_findings(chosen, findings, explanation);
    }
    free(findings);
    return result;
}

enum command_status command_rehearse(int argument_count, char *const *arguments)
{
    struct rehearse_options chosen = {.plan = {0}};
    struct config config;
    struct explanation explanation;
    enum command_status status = COMMAND_DONE;
    if (make_plan(&chosen, &config, argument_count, arguments, &explanation) != RESULT_OK)
        status = command_misused(&explanation);
    else if ((chosen.round != NULL &&
              take_round(&chosen, config.data, &explanation) != RESULT_OK) ||
             rehearse(&chosen, &explanation) != RESULT_OK)
        status = command_failed(&explanation);
    config_release(&config);
    return status;
}
