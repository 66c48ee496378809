/* See demo_crowd.h. Each beat of a rehearsal's clock, whoever has something to ask asks it, all at
 * once; when everybody was answered, each knows what to do next and when. Their habits are those of
 * a rehearsal's buyers. */
#include "app/demo_crowd.h"

#include "app/newcomer.h"
#include "base/check.h"
#include "base/thread.h"
#include "rehearse/habit.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

/* The first ones come within this time. */
#define ARRIVE_BEATS (60 * SECOND_BEATS)

/* Somebody inside is heard this often, and looks again where there were no seats. */
#define LOOK_BEATS (5 * SECOND_BEATS)

/* After an answer that says to ask again later. */
#define RETRY_BEATS SECOND_BEATS

/* One in so many seats is left to the others. */
#define SEATS_LEFT_SHARE 10

/* Nobody of the crowd holds more at once, also where the house lets them. */
#define SEATS_EACH_MAX 4

/* Enough for the dearest seats. */
#define POINTS_EACH INT64_C(1000000)
_Static_assert(POINTS_EACH <= CHARGE_MAX, "one charge");

enum demo_doing {
    DEMO_RESTS, /* at home */
    DEMO_ARRIVES,
    DEMO_WAITS,
    DEMO_CHOOSES, /* inside, without seats */
    DEMO_PAYS,    /* holds seats */
    DEMO_LEAVES,
    DEMO_SIGNS_OUT,
};

struct demo_person {
    struct request request;
    struct demo_crowd *crowd;
    enum demo_doing doing;
    bool asked;      /* in this beat */
    uint32_t number; /* whose habits they have; another one each time that they come */
    uint32_t due;    /* the beat at which they ask next */
    uint32_t until;  /* the beat at which what they are at is over */
    uint32_t looks_until;
    struct newcomer newcomer;
    struct id reservation_id; /* of one who pays */
    char section[SEAT_NUMBER_BYTES_MAX + 1];
};

struct demo_crowd {
    struct engine *engine;
    struct newcomer_plan newcomers;
    struct rehearsal_plan habits;
    struct demo_person *people;
    size_t count;
    uint32_t came; /* so far */
    uint32_t beat;
    struct queue_view queue; /* as it was at the beat's beginning */

    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t news;
    size_t unanswered; /* under the lock, as is the next */
    bool stops;
};

/* ---- From one thing to the next ---- */

static void person_does(struct demo_person *person, enum demo_doing doing, uint32_t due)
{
    person->doing = doing;
    person->due = due;
}

/* For a while, which differs as that of looking does: then somebody else comes instead. */
static void person_goes_home(struct demo_person *person)
{
    const struct demo_crowd *crowd = person->crowd;
    person_does(person, DEMO_RESTS, crowd->beat + habit_look(&crowd->habits, person->number));
}

/* Asks again at that beat, or when what they are at is over. */
static void person_looks_at(struct demo_person *person, uint32_t beat)
{
    person->due = beat < person->until ? beat : person->until;
}

static void person_begins(struct demo_person *person, enum demo_doing doing, uint32_t beats)
{
    person->until = person->crowd->beat + beats;
    person_does(person, doing, person->until);
}

/* ---- What there is to buy ---- */

static bool seats_are_scarce(const struct queue_view *queue)
{
    int64_t left = 0;
    for (size_t i = 0; i < queue->round_count; i++)
        left += queue->rounds[i].seats_left;
    return left * SEATS_LEFT_SHARE <= queue->sales.total_seat_cnt;
}

/* One of those that have seats, from another one on for each person; NULL: none has. */
static const struct queue_round *pick_round(const struct queue_view *queue, uint32_t number)
{
    for (size_t i = 0; i < queue->round_count; i++) {
        const struct queue_round *round = &queue->rounds[(number + i) % queue->round_count];
        if (round->seats_left > 0)
            return round;
    }
    return NULL;
}

/* The section of a seat that the person would look at first, or any. */
static void pick_section(struct demo_person *person, const struct queue_round *round)
{
    const struct demo_crowd *crowd = person->crowd;
    const struct round_snapshot *snapshot = engine_round(crowd->engine, round->round_id);
    person->section[0] = '\0';
    if (snapshot == NULL)
        return;
    const uint32_t place = habit_first_seat(&crowd->habits, person->number, crowd->beat);
    const char *section = snapshot->map->seats[place % snapshot->map->seat_count].section;
    if (section != NULL)
        (void)snprintf(person->section, sizeof person->section, "%s", section);
    engine_round_release(snapshot);
}

/* ---- Asking ---- */

static void fill_hold(struct demo_person *person, struct call *call)
{
    const struct demo_crowd *crowd = person->crowd;
    const struct queue_round *round = pick_round(&crowd->queue, person->number);
    if (round == NULL) {
        call->verb = VERB_QUEUE_LEAVE;
        return;
    }
    pick_section(person, round);
    call->verb = VERB_RESERVATION_HOLD;
    call->in.reservation_hold.round_id = round->round_id;
    call->in.reservation_hold.best.count = 1 + person->number % crowd->habits.seats_each;
    call->in.reservation_hold.best.section = person->section[0] == '\0' ? NULL : person->section;
}

static void fill_payment(const struct demo_person *person, struct call *call)
{
    if (seats_are_scarce(&person->crowd->queue)) {
        call->verb = VERB_QUEUE_LEAVE; /* and with it what they hold */
        return;
    }
    call->verb = VERB_PAYMENT_MAKE;
    call->in.reservation.reservation_id = person->reservation_id;
}

/* False: there is nothing to ask. */
static bool person_fills_call(struct demo_person *person)
{
    const struct demo_crowd *crowd = person->crowd;
    struct call *call = &person->request.call;
    const bool is_over = crowd->beat >= person->until;
    *call =
        (struct call){.verb = VERB_QUEUE_TOKEN_GET, .credentials = person->newcomer.credentials};
    switch (person->doing) {
    case DEMO_RESTS:
        return false;
    case DEMO_ARRIVES:
        newcomer_fill_call(&person->newcomer, &crowd->newcomers, call);
        return true;
    case DEMO_WAITS:
        if (is_over)
            call->verb = VERB_QUEUE_LEAVE;
        return true;
    case DEMO_CHOOSES:
        if (is_over)
            fill_hold(person, call);
        return true;
    case DEMO_PAYS:
        fill_payment(person, call);
        return true;
    case DEMO_LEAVES:
        call->verb = VERB_QUEUE_LEAVE;
        return true;
    case DEMO_SIGNS_OUT:
        call->verb = VERB_SESSION_CLOSE;
        return true;
    }
    UNREACHABLE("what somebody of the crowd does");
}

/* Somebody else comes, unless there is too little to come for. */
static void person_comes(struct demo_person *person)
{
    struct demo_crowd *crowd = person->crowd;
    struct explanation explanation;
    const bool is_worth_it =
        crowd->queue.status != QUEUE_STATUS_CLOSED && pick_round(&crowd->queue, 0) != NULL;
    if (!is_worth_it || newcomer_init(&person->newcomer, &crowd->newcomers,
                                      crowd->came + UINT64_C(1), &explanation) != RESULT_OK) {
        person_goes_home(person);
        return;
    }
    person->number = crowd->came++;
    person_does(person, DEMO_ARRIVES, crowd->beat);
}

/* ---- Answers ---- */

static void person_learns_of_turn(struct demo_person *person, const struct token_view *view)
{
    const struct demo_crowd *crowd = person->crowd;
    const uint32_t again = crowd->beat + (uint32_t)(view->poll_after_ms / BEAT_MS);
    switch (view->token.status) {
    case TOKEN_STATUS_WAITING:
        if (view->sold_out)
            person_does(person, DEMO_LEAVES, crowd->beat + SECOND_BEATS);
        else
            person_looks_at(person, again);
        return;
    case TOKEN_STATUS_ACTIVE:
        if (person->doing == DEMO_WAITS) {
            person_begins(person, DEMO_CHOOSES, habit_choose(&crowd->habits, person->number));
            person->looks_until = person->until + habit_look(&crowd->habits, person->number);
        }
        person_looks_at(person, crowd->beat + LOOK_BEATS);
        return;
    case TOKEN_STATUS_EXPIRED:
        person_does(person, DEMO_SIGNS_OUT, crowd->beat);
        return;
    }
    UNREACHABLE("token status");
}

/* Most pay. The others close the page, and their hold runs out. */
static void person_holds(struct demo_person *person, const struct call *call)
{
    const struct rehearsal_plan *habits = &person->crowd->habits;
    person->reservation_id = call->out.reservation.reservation.id;
    if (habit_pays(habits, person->number))
        person_begins(person, DEMO_PAYS, habit_pay(habits, person->number));
    else
        person_goes_home(person);
}

static void person_arrives(struct demo_person *person, const struct call *call)
{
    const struct demo_crowd *crowd = person->crowd;
    newcomer_advance(&person->newcomer, &crowd->newcomers, call);
    if (person->newcomer.step != NEWCOMER_ARRIVED)
        return;
    person_begins(person, DEMO_WAITS, habit_patience(&crowd->habits, person->number));
    person_looks_at(person, crowd->beat + SECOND_BEATS);
}

static void person_was_granted(struct demo_person *person, const struct call *call)
{
    const struct demo_crowd *crowd = person->crowd;
    switch (person->doing) {
    case DEMO_ARRIVES:
        person_arrives(person, call);
        return;
    case DEMO_WAITS:
    case DEMO_CHOOSES:
        if (call->verb == VERB_QUEUE_TOKEN_GET)
            person_learns_of_turn(person, &call->out.token);
        else if (call->verb == VERB_RESERVATION_HOLD)
            person_holds(person, call);
        else
            person_does(person, DEMO_SIGNS_OUT, crowd->beat);
        return;
    case DEMO_PAYS:
    case DEMO_LEAVES:
        person_does(person, DEMO_SIGNS_OUT, crowd->beat);
        return;
    case DEMO_RESTS:
    case DEMO_SIGNS_OUT:
        person_goes_home(person);
        return;
    }
    UNREACHABLE("what somebody of the crowd does");
}

/* Somebody was faster: a while later they look elsewhere. */
static void person_was_too_late(struct demo_person *person)
{
    const uint32_t beat = person->crowd->beat;
    if (beat >= person->looks_until)
        person_does(person, DEMO_LEAVES, beat);
    else
        person_begins(person, DEMO_CHOOSES, LOOK_BEATS);
}

static void person_was_refused(struct demo_person *person, enum refusal refusal)
{
    const uint32_t beat = person->crowd->beat;
    if (refusal_schema(refusal)->retry_later)
        person->due = beat + RETRY_BEATS;
    else if (refusal == REFUSAL_SEAT_UNAVAILABLE || refusal == REFUSAL_NO_ADJACENT_SEATS)
        person_was_too_late(person);
    else if (person->doing == DEMO_CHOOSES || person->doing == DEMO_PAYS)
        person_does(person, DEMO_LEAVES, beat);
    else
        person_goes_home(person);
}

static void person_was_answered(struct demo_person *person)
{
    struct call *call = &person->request.call;
    person->asked = false;
    if (call->refusal == REFUSAL_NONE)
        person_was_granted(person, call);
    else
        person_was_refused(person, call->refusal);
    call_release(call);
}

/* ---- A beat ---- */

/* On the engine's thread. */
static void crowd_hears_answer(struct request *request)
{
    struct demo_person *person =
        (struct demo_person *)((char *)request - offsetof(struct demo_person, request));
    struct demo_crowd *crowd = person->crowd;
    CHECK(pthread_mutex_lock(&crowd->lock) == 0);
    if (--crowd->unanswered == 0)
        CHECK(pthread_cond_signal(&crowd->news) == 0);
    CHECK(pthread_mutex_unlock(&crowd->lock) == 0);
}

static void crowd_counts_unanswered(struct demo_crowd *crowd, size_t more, size_t fewer)
{
    CHECK(pthread_mutex_lock(&crowd->lock) == 0);
    crowd->unanswered += more;
    crowd->unanswered -= fewer;
    CHECK(pthread_mutex_unlock(&crowd->lock) == 0);
}

static void person_asks(struct demo_person *person)
{
    struct demo_crowd *crowd = person->crowd;
    if (person->doing == DEMO_RESTS)
        person_comes(person);
    if (!person_fills_call(person))
        return;
    crowd_counts_unanswered(crowd, 1, 0);
    person->asked = engine_submit(crowd->engine, &person->request) == RESULT_OK;
    if (!person->asked) {
        crowd_counts_unanswered(crowd, 0, 1);
        person->due = crowd->beat + RETRY_BEATS;
    }
}

static void crowd_waits_for_answers(struct demo_crowd *crowd)
{
    CHECK(pthread_mutex_lock(&crowd->lock) == 0);
    while (crowd->unanswered > 0)
        CHECK(pthread_cond_wait(&crowd->news, &crowd->lock) == 0);
    CHECK(pthread_mutex_unlock(&crowd->lock) == 0);
}

static void crowd_plays_beat(struct demo_crowd *crowd)
{
    (void)engine_queue(crowd->engine, &crowd->queue);
    for (size_t i = 0; i < crowd->count; i++)
        if (crowd->people[i].due <= crowd->beat)
            person_asks(&crowd->people[i]);
    crowd_waits_for_answers(crowd);
    for (size_t i = 0; i < crowd->count; i++)
        if (crowd->people[i].asked)
            person_was_answered(&crowd->people[i]);
    crowd->beat++;
}

/* False: it is to stop. A beat that took too long is followed by the next at once. */
static bool crowd_waits_for_beat(struct demo_crowd *crowd, struct timespec *next)
{
    const int64_t second_ns = 1000000000;
    const int64_t ns = next->tv_nsec + BEAT_MS * 1000000;
    next->tv_sec += ns / second_ns;
    next->tv_nsec = ns % second_ns;
    CHECK(pthread_mutex_lock(&crowd->lock) == 0);
    int error = 0;
    while (!crowd->stops && error != ETIMEDOUT)
        error = pthread_cond_clockwait(&crowd->news, &crowd->lock, CLOCK_MONOTONIC, next);
    const bool goes_on = !crowd->stops;
    CHECK(pthread_mutex_unlock(&crowd->lock) == 0);
    return goes_on;
}

static void *crowd_thread(void *argument)
{
    struct demo_crowd *crowd = argument;
    struct timespec next;
    thread_be_nice(); /* whoever looks at the demo goes first */
    do {
        (void)clock_gettime(CLOCK_MONOTONIC, &next);
        crowd_plays_beat(crowd);
    } while (crowd_waits_for_beat(crowd, &next));
    return NULL;
}

/* ---- The crowd ---- */

/* With room inside for half of the crowd a quarter to a third of it waits, for some thirty seconds.
 */
static void crowd_set_habits(struct demo_crowd *crowd, const struct demo_crowd_options *options,
                             uint32_t seed)
{
    crowd->habits = (struct rehearsal_plan){
        .seats = ROUND_SEATS_MAX,
        .buyers = (int64_t)options->people,
        .seed = seed,
        .seats_each =
            options->seats_each_max < SEATS_EACH_MAX ? options->seats_each_max : SEATS_EACH_MAX,
        .patience_seconds = 75,
        .choose_seconds = 25,
        .look_seconds = 30,
        .pay_seconds = 20,
        .spread_percent = 80,
        .unpaid_percent = 8,
    };
}

/* Addresses that no other crowd of the same directory has. */
static enum result crowd_draws(struct demo_crowd *crowd, const struct demo_crowd_options *options,
                               struct explanation *explanation)
{
    uint32_t seed;
    if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed)
        return explain(explanation, RESULT_IO, "no random bytes: %s", strerror(errno));
    crowd_set_habits(crowd, options, seed);
    (void)snprintf(crowd->newcomers.prefix, sizeof crowd->newcomers.prefix, "crowd-%08x", seed);
    crowd->newcomers.password_hash = options->password_hash;
    crowd->newcomers.points = POINTS_EACH;
    crowd->newcomers.join = true;
    return RESULT_OK;
}

static enum result crowd_begins(struct demo_crowd *crowd, const struct demo_crowd_options *options,
                                struct explanation *explanation)
{
    crowd->people = calloc(options->people, sizeof *crowd->people);
    if (crowd->people == NULL)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for a crowd");
    crowd->count = options->people;
    for (size_t i = 0; i < crowd->count; i++) {
        struct demo_person *person = &crowd->people[i];
        person->crowd = crowd;
        person->request.complete = crowd_hears_answer;
        person_does(person, DEMO_RESTS, (uint32_t)(ARRIVE_BEATS * i / crowd->count));
    }
    const enum result result = crowd_draws(crowd, options, explanation);
    if (result != RESULT_OK)
        return result;
    if (thread_start(&crowd->thread, "usher-crowd", crowd_thread, crowd) != RESULT_OK)
        return explain(explanation, RESULT_NO_MEMORY, "no thread for a crowd");
    return RESULT_OK;
}

static void crowd_free(struct demo_crowd *crowd)
{
    CHECK(pthread_cond_destroy(&crowd->news) == 0);
    CHECK(pthread_mutex_destroy(&crowd->lock) == 0);
    free(crowd->people);
    free(crowd);
}

enum result demo_crowd_start(struct demo_crowd **crowd, struct box_office *office,
                             const struct demo_crowd_options *options,
                             struct explanation *explanation)
{
    CHECK(options->people >= 1 && options->people <= DEMO_CROWD_MAX);
    *crowd = calloc(1, sizeof **crowd);
    if (*crowd == NULL)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for a crowd");
    (*crowd)->engine = office->engine;
    CHECK(pthread_mutex_init(&(*crowd)->lock, NULL) == 0);
    CHECK(pthread_cond_init(&(*crowd)->news, NULL) == 0);
    const enum result result = crowd_begins(*crowd, options, explanation);
    if (result != RESULT_OK) {
        crowd_free(*crowd);
        *crowd = NULL;
    }
    return result;
}

void demo_crowd_stop(struct demo_crowd *crowd)
{
    if (crowd == NULL)
        return;
    CHECK(pthread_mutex_lock(&crowd->lock) == 0);
    crowd->stops = true;
    CHECK(pthread_cond_signal(&crowd->news) == 0);
    CHECK(pthread_mutex_unlock(&crowd->lock) == 0);
    thread_join(crowd->thread);
    crowd_free(crowd);
}
