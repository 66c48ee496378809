/* The queue against a simple model of it: thousands of random joins, requests, silences, leaves and
 * admissions. The model is a plain list of people and looks at all of them each time. */
#include "chance.h"
#include "crowd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define PEOPLE 250
#define SILENT_MS (30 * SECOND_MS)
#define WAIT_MS (90 * SECOND_MS)
#define ACTIVE_MS (20 * SECOND_MS)

enum where {
    OUT,
    WAITING,
    ACTIVE,
};

struct guest {
    struct person person;
    struct id token_id;
    enum where where;
    int64_t number;
    bool passed;
    timestamp_ms heard_at, activated_at;
};

struct model {
    struct guest people[PEOPLE];
    struct person organizer;
    int64_t last_number, max_active, rate, credit;
    timestamp_ms now, credit_at;
    bool paused, was_paused;
};

struct game {
    struct stage stage;
    struct model model;
    struct chance chance;
    struct coverage coverage;
    unsigned admitted, passed, returned, abandoned; /* so that the test knows that it tested */
};

/* ---- The model ---- */

static bool is_present(const struct model *model, const struct guest *guest)
{
    return model->now < guest->heard_at + SILENT_MS;
}

static int64_t count_where(const struct model *model, enum where where)
{
    int64_t count = 0;
    for (size_t i = 0; i < PEOPLE; i++)
        count += model->people[i].where == where;
    return count;
}

/* Who is at the front: first the passed over that are there, else the lowest not passed over. */
static struct guest *front(struct model *model)
{
    struct guest *first = NULL;
    for (size_t i = 0; i < PEOPLE; i++) {
        struct guest *guest = &model->people[i];
        if (guest->where != WAITING || (guest->passed && !is_present(model, guest)))
            continue;
        if (first == NULL || (guest->passed && !first->passed) ||
            (guest->passed == first->passed && guest->number < first->number))
            first = guest;
    }
    return first;
}

static void model_admit(struct game *game)
{
    struct model *model = &game->model;
    int64_t elapsed = model->now - model->credit_at;
    elapsed = elapsed > SECOND_MS ? SECOND_MS : elapsed;
    model->credit += elapsed * model->rate;
    model->credit_at = model->now;
    if (model->credit > model->rate * SECOND_MS)
        model->credit = model->rate * SECOND_MS;
    if (model->paused || model->was_paused)
        model->credit = 0;
    model->was_paused = model->paused;
    while (!model->paused && model->credit >= 1000 &&
           count_where(model, ACTIVE) < model->max_active) {
        struct guest *guest = front(model);
        if (guest == NULL)
            return;
        if (!is_present(model, guest)) {
            guest->passed = true;
            game->passed++;
            continue;
        }
        game->returned += guest->passed;
        game->admitted++;
        guest->where = ACTIVE;
        guest->activated_at = model->now;
        model->credit -= 1000;
    }
}

static void model_tick(struct game *game)
{
    struct model *model = &game->model;
    for (size_t i = 0; i < PEOPLE; i++) {
        struct guest *guest = &model->people[i];
        if (guest->where == WAITING && model->now >= guest->heard_at + WAIT_MS) {
            guest->where = OUT;
            game->abandoned++;
        }
        if (guest->where == ACTIVE &&
            (model->now >= guest->activated_at + ACTIVE_MS || !is_present(model, guest)))
            guest->where = OUT;
    }
    model_admit(game);
}

/* Lets everybody who waits be admitted, on paper, and counts those who come before this one. */
static int64_t model_ahead(const struct model *model, const struct guest *guest)
{
    static struct model paper;
    paper = *model;
    struct guest *self = &paper.people[guest - model->people];
    self->heard_at = paper.now; /* who asks is there */
    int64_t ahead = 0;
    for (struct guest *next = front(&paper); next != self; next = front(&paper)) {
        if (next == NULL)
            fail_msg("the model lost somebody");
        if (is_present(&paper, next)) {
            next->where = OUT;
            ahead++;
        } else {
            next->passed = true;
        }
    }
    return ahead;
}

/* ---- The office beside it ---- */

static void pass_time(struct game *game, int64_t ms)
{
    game->model.now += ms;
    if (!stage_jump(&game->stage, ms))
        fail_msg("%s", game->stage.trouble.text);
    model_tick(game);
}

static void check_view(const struct game *game, const struct guest *guest,
                       const struct token_view *view)
{
    static const enum where where_of[] = {WAITING, ACTIVE, OUT};
    assert_int_equal(view->token.number, guest->number);
    assert_int_equal(where_of[view->token.status], guest->where);
    if (guest->where == WAITING && is_present(&game->model, guest))
        assert_int_equal(view->ahead, model_ahead(&game->model, guest));
}

static void join(struct game *game, struct guest *guest)
{
    struct call call = crowd_ask(&guest->person, VERB_QUEUE_JOIN);
    guest->heard_at = game->model.now;
    if (guest->where == OUT) {
        *guest = (struct guest){.person = guest->person,
                                .where = WAITING,
                                .number = ++game->model.last_number,
                                .heard_at = game->model.now};
    }
    crowd_call(&game->stage, &call);
    check_view(game, guest, &call.out.token);
    guest->token_id = call.out.token.token.id;
    call_release(&call);
    model_admit(game);
}

static void leave(struct game *game, struct guest *guest)
{
    struct call call = crowd_ask(&guest->person, VERB_QUEUE_LEAVE);
    crowd_call(&game->stage, &call);
    assert_int_equal(call.refusal, guest->where == OUT ? REFUSAL_NOT_FOUND : REFUSAL_NONE);
    call_release(&call);
    guest->where = OUT;
    model_admit(game);
}

static void hear(struct game *game, struct guest *guest)
{
    struct call call = crowd_ask(&guest->person, VERB_HEARD);
    crowd_call(&game->stage, &call);
    call_release(&call);
    guest->heard_at = game->model.now;
    model_admit(game);
}

static void change_door(struct game *game)
{
    struct model *model = &game->model;
    struct call call = crowd_ask(&model->organizer, VERB_QUEUE_CHANGE);
    struct queue_change *change = &call.in.queue_change;
    if (chance_percent(&game->chance, 30)) {
        change->has_paused = true;
        change->paused = model->paused = !model->paused;
    }
    if (chance_percent(&game->chance, 50)) {
        change->has_max_active = true;
        change->max_active = model->max_active = 1 + (int64_t)chance_below(&game->chance, 30);
    }
    if (chance_percent(&game->chance, 50)) {
        change->has_admit_per_second = true;
        change->admit_per_second = model->rate = 1 + (int64_t)chance_below(&game->chance, 9);
    }
    crowd_call(&game->stage, &call);
    model_admit(game);
}

/* Everybody's token as an organizer sees it, which is not being heard. */
static void check_all(struct game *game)
{
    const struct model *model = &game->model;
    struct queue_view queue;
    office_queue_view(game->stage.office, game->stage.now, &queue);
    assert_int_equal(queue.waiting, count_where(model, WAITING));
    assert_int_equal(queue.active, count_where(model, ACTIVE));
    assert_int_equal(queue.last_number, model->last_number);
    for (size_t i = 0; i < PEOPLE; i++) {
        const struct guest *guest = &model->people[i];
        if (guest->number == 0)
            continue;
        struct call call = crowd_ask(&model->organizer, VERB_QUEUE_TOKEN_GET);
        call.in.token.token_id = guest->token_id;
        crowd_call(&game->stage, &call);
        check_view(game, guest, &call.out.token);
        call_release(&call);
    }
}

static void restart(struct game *game)
{
    game->stage.recovery = (enum recovery)chance_below(&game->chance, RECOVERY_COUNT);
    if (!stage_drop(&game->stage, 0) || !stage_restart(&game->stage, 0))
        fail_msg("%s", game->stage.trouble.text);
    for (size_t i = 0; i < PEOPLE; i++)
        game->model.people[i].heard_at = game->model.now;
    game->model.credit = 0;
    model_tick(game);
}

/* ---- Setting it up ---- */

static void begin(struct game *game, uint64_t seed)
{
    struct office_settings settings = stage_settings();
    settings.silent_seconds = SILENT_MS / SECOND_MS;
    settings.wait_seconds = WAIT_MS / SECOND_MS;
    settings.active_seconds = ACTIVE_MS / SECOND_MS;
    settings.max_active = 10;
    settings.admit_per_second = 3;
    game->chance = (struct chance){seed};
    if (!stage_open(&game->stage, &settings, RECOVER_FROM_TABLES, &game->coverage))
        fail_msg("%s", game->stage.trouble.text);
    game->stage.compare_every = 200;
    game->model = (struct model){.max_active = 10, .rate = 3, .now = STAGE_START};
    game->model.organizer = crowd_sign_up(&game->stage, VERB_ORGANIZER_ADD);
    for (size_t i = 0; i < PEOPLE; i++)
        game->model.people[i].person = crowd_sign_up(&game->stage, VERB_USER_REGISTER);
    const timestamp_ms end = STAGE_START + 99 * DAY_MS;
    (void)crowd_round(&game->stage, &game->model.organizer,
                      crowd_concert(&game->stage, &game->model.organizer, end), end, 1, 10);
    game->model.credit_at = STAGE_START;
}

static void move(struct game *game)
{
    /* Some are heard all the time, some hardly ever. */
    struct guest *guest =
        &game->model.people[chance_below(&game->chance, 1 + chance_below(&game->chance, PEOPLE))];
    const size_t kind = chance_below(&game->chance, 1000);
    if (kind < 250)
        join(game, guest);
    else if (kind < 700)
        hear(game, guest);
    else if (kind < 740)
        leave(game, guest);
    else if (kind < 745)
        change_door(game);
    else if (kind < 747)
        restart(game);
    else
        pass_time(game, (int64_t)chance_below(&game->chance, kind < 780 ? 4000 : 400));
}

static void the_line_is_the_models_after_every_move(void **state)
{
    (void)state;
    struct game *game = calloc(1, sizeof *game);
    assert_non_null(game);
    begin(game, 40);
    for (size_t i = 0; i < 12000; i++) {
        move(game);
        if (i % 100 == 0)
            check_all(game);
    }
    check_all(game);
    assert_true(game->admitted > 300 && game->passed > 200 && game->returned > 50 &&
                game->abandoned > 50);
    stage_close(&game->stage);
    free(game);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_line_is_the_models_after_every_move),
    };
    return cmocka_run_group_tests_name("queue against its model", tests, NULL, NULL);
}
