/* The routes of rehearsals. The office says who may ask and whether there is such a round; the rest
 * is between the caller and the rehearsals (rehearsals.h). */
#include "api/ask.h"
#include "api/concerts.h"
#include "api/handlers.h"
#include "api/problem.h"
#include "api/reply.h"
#include "api/service.h"
#include "api/shown_rehearsal.h"

/* ---- Beginning one ---- */

/* What nobody says is as the command has it. How people are let in stays 0, and is not known yet.
 */
static void preset(const struct api *api, struct rehearsal_wanted *wanted)
{
    *wanted = (struct rehearsal_wanted){.plan = {
                                            .seed = REHEARSAL_SEED_PRESET,
                                            .patience_seconds = PATIENCE_SECONDS_PRESET,
                                            .silent_percent = SILENT_PERCENT_PRESET,
                                            .seats_each = SEATS_EACH_PRESET,
                                            .choose_seconds = CHOOSE_SECONDS_PRESET,
                                            .look_seconds = LOOK_SECONDS_PRESET,
                                            .pay_seconds = PAY_SECONDS_PRESET,
                                            .unpaid_percent = UNPAID_PERCENT_PRESET,
                                            .spread_percent = SPREAD_PERCENT_PRESET,
                                            .settings = api->settings,
                                        }};
    struct office_settings *settings = &wanted->plan.settings;
    settings->max_active = settings->admit_per_second = 0;
    settings->silent_seconds = settings->active_seconds = settings->wait_seconds = 0;
    settings->given = (struct queue_change){0}; /* it would go before what is asked for */
}

static void set_if_none(int64_t *setting, int64_t of_house)
{
    if (*setting == 0)
        *setting = of_house;
}

/* Whatever is not said of how people are let in is as the house has it now. */
static void take_queue(const struct engine *engine, struct office_settings *settings)
{
    struct queue_view queue;
    (void)engine_queue(engine, &queue);
    set_if_none(&settings->max_active, queue.max_active);
    set_if_none(&settings->admit_per_second, queue.admit_per_second);
    set_if_none(&settings->silent_seconds, queue.silent_seconds);
    set_if_none(&settings->active_seconds, queue.active_seconds);
    set_if_none(&settings->wait_seconds, queue.wait_seconds);
}

static void check_together(struct body_object *root, const struct rehearsal_wanted *wanted)
{
    const struct office_settings *settings = &wanted->plan.settings;
    if (id_is_none(wanted->round_id) == (wanted->plan.seats == 0))
        body_error_says(root, NULL, RULE_ONE_OF, "must have one of roundId and seats");
    if (wanted->plan.seats_each > settings->max_seats_per_reservation ||
        wanted->plan.seats_each > settings->max_seats_per_user)
        body_error(root, "seatsEach", RULE_MORE_THAN_ONE_MAY);
}

static void refuse_large_round(struct enquiry *enquiry)
{
    static const struct body_path path = {.key = "roundId"};
    body_error_in_words(&enquiry->body, &path, RULE_SEATS_TOO_MANY,
                        "has more than 100000 seats to sell, as many as can be rehearsed here");
    problem_body(enquiry, REFUSAL_INVALID_FIELD);
}
_Static_assert(REHEARSAL_SEATS_MAX == 100000, "as the message says");

/* Of a round: all its seats that are not blocked. False: it was answered why there is no sale. */
static bool take_wanted_round(struct enquiry *enquiry, struct rehearsal_wanted *wanted)
{
    const struct round_sales *sales = &enquiry->request.call.out.sales;
    struct shown_round round;
    if (!concerts_show_round(enquiry->api->engine, wanted->round_id, &round)) {
        problem_answer(enquiry, REFUSAL_NOT_FOUND);
        return false;
    }
    if (round.round.status == ROUND_STATUS_CANCELLED) {
        problem_answer(enquiry, REFUSAL_ROUND_CANCELLED);
        return false;
    }
    wanted->plan.seats = sales->total_seat_cnt - sales->blocked;
    if (wanted->plan.seats == 0)
        problem_answer(enquiry, REFUSAL_NOTHING_TO_SELL);
    else if (wanted->plan.seats > REHEARSAL_SEATS_MAX)
        refuse_large_round(enquiry);
    return wanted->plan.seats > 0 && wanted->plan.seats <= REHEARSAL_SEATS_MAX;
}

static void begin_for_caller(struct enquiry *enquiry)
{
    struct rehearsal_wanted *wanted = enquiry->work;
    struct shown_rehearsal shown;
    if (problem_of_call(enquiry) ||
        (!id_is_none(wanted->round_id) && !take_wanted_round(enquiry, wanted)))
        return;
    take_queue(enquiry->api->engine, &wanted->plan.settings);
    if (rehearsals_begin(&enquiry->api->rehearsals, wanted, &shown) != RESULT_OK) {
        problem_answer(enquiry, REFUSAL_REHEARSAL_RUNNING);
        return;
    }
    object_write(reply_begin(enquiry), OBJECT_rehearsal, &shown, NULL);
    reply_begun(enquiry, enquiry->route->location, shown.id);
}

void post_rehearsals(struct enquiry *enquiry)
{
    struct rehearsal_wanted *wanted = ask_work(enquiry, sizeof *wanted);
    struct body_object root;
    if (wanted == NULL)
        return;
    preset(enquiry->api, wanted);
    ask_read(enquiry, wanted, &root);
    if (body_good(&enquiry->body)) /* else what is bad would look absent */
        check_together(&root, wanted);
    if (!ask_read_end(enquiry, &root))
        return;
    if (id_is_none(wanted->round_id))
        (void)enquiry_call(enquiry, enquiry->route->verb);
    else
        enquiry_call(enquiry, VERB_ROUND_SALES)->in.round.round_id = wanted->round_id;
    enquiry_submit(enquiry, begin_for_caller);
}

/* ---- Looking at them ---- */

typedef bool rehearsal_look(struct rehearsals *rehearsals, struct id id,
                            struct shown_rehearsal *shown, struct course_numbers *numbers);

static void answer_one(struct enquiry *enquiry, rehearsal_look *look)
{
    struct shown_rehearsal shown;
    if (problem_of_call(enquiry))
        return;
    struct course_numbers *numbers = ask_work(enquiry, sizeof *numbers);
    if (numbers == NULL)
        return;
    if (!look(&enquiry->api->rehearsals, enquiry->path.id, &shown, numbers)) {
        problem_answer(enquiry, REFUSAL_NOT_FOUND);
        return;
    }
    object_write(reply_begin(enquiry), OBJECT_rehearsal, &shown, NULL);
    reply_private(enquiry, STATUS_OK);
}

static void answer_rehearsal(struct enquiry *enquiry)
{
    answer_one(enquiry, rehearsals_show);
}

static void answer_cancelled(struct enquiry *enquiry)
{
    answer_one(enquiry, rehearsals_cancel);
}

static void answer_rehearsals(struct enquiry *enquiry)
{
    struct shown_rehearsals shown;
    if (problem_of_call(enquiry))
        return;
    shown.count = rehearsals_show_all(&enquiry->api->rehearsals, shown.items);
    object_write(reply_begin(enquiry), OBJECT_rehearsals, &shown, NULL);
    reply_private(enquiry, STATUS_OK);
}

void get_rehearsals(struct enquiry *enquiry)
{
    if (ask_call(enquiry) != NULL)
        enquiry_submit(enquiry, answer_rehearsals);
}

void get_rehearsal(struct enquiry *enquiry)
{
    if (ask_call(enquiry) != NULL)
        enquiry_submit(enquiry, answer_rehearsal);
}

void post_rehearsal_cancel(struct enquiry *enquiry)
{
    if (ask_call(enquiry) != NULL)
        enquiry_submit(enquiry, answer_cancelled);
}
