/* The queue against a simple model of it: thousands of random joins, requests, silences, leaves and
 * admissions, for sales that pause, go on, are sold out and have seats again. The model is a plain
 * list of people and looks at all of them each time. */
#include "chance.h"
#include "crowd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define PEOPLE 250
#define SALES 3
#define SEATS_MOST 20
#define ANY SALES /* what somebody waits for who names no concert */
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
    size_t wants; /* a sale, or ANY */
    bool passed;
    timestamp_ms heard_at, activated_at;
};

struct sale {
    struct id concert_id, round_id;
    int64_t seats;
    bool paused, blocked; /* all its seats: it is sold out, as far as anybody can see */
};

struct model {
    struct guest people[PEOPLE]; /* in no order */
    struct sale sales[SALES];
    struct person organizer;
    int64_t last_number, max_active, rate, credit;
    timestamp_ms now, credit_at;
    bool paused, was_shut;
};

struct game {
    struct stage stage;
    struct model model;
    struct chance chance;
    struct coverage coverage;
    /* So that the test knows that it tested. */
    unsigned admitted, passed, passed_shut, returned, abandoned, sold_out;
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

static int64_t looking(const struct model *model, size_t wants)
{
    int64_t count = 0;
    for (size_t i = 0; i < PEOPLE; i++)
        count += model->people[i].where == ACTIVE && model->people[i].wants == wants;
    return count;
}

static int64_t available(const struct model *model, size_t wants)
{
    int64_t seats = 0;
    for (size_t i = 0; i < SALES; i++)
        if ((wants == i || wants == ANY) && !model->sales[i].paused && !model->sales[i].blocked)
            seats += model->sales[i].seats;
    return seats;
}

static bool is_on_sale(const struct model *model, size_t wants)
{
    bool on_sale = false;
    for (size_t i = 0; i < SALES; i++)
        on_sale = on_sale || ((wants == i || wants == ANY) && !model->sales[i].paused);
    return on_sale;
}

static bool is_sold_out(const struct model *model, size_t wants)
{
    return is_on_sale(model, wants) && available(model, wants) == 0;
}

/* Seats that nobody who is inside may be looking for. */
static int64_t seats_left_over(const struct model *model)
{
    int64_t seats = -looking(model, ANY);
    for (size_t i = 0; i < SALES; i++)
        if (available(model, i) > looking(model, i))
            seats += available(model, i) - looking(model, i);
    return seats;
}

static bool has_seat(const struct model *model, const struct guest *guest)
{
    return guest->wants == ANY ? available(model, ANY) > 0
                               : available(model, guest->wants) > looking(model, guest->wants);
}

/* Whether something is done with this one when its number comes up: it is let in, or passed over.
 */
static bool has_turn(const struct model *model, const struct guest *guest)
{
    if (guest->where != WAITING)
        return false;
    if (has_seat(model, guest))
        return is_present(model, guest) || !guest->passed;
    return !is_on_sale(model, guest->wants) && !guest->passed;
}

/* Whose turn it is: the lowest number with which something is done. */
static struct guest *front(struct model *model)
{
    struct guest *first = NULL;
    if (seats_left_over(model) <= 0)
        return NULL;
    for (size_t i = 0; i < PEOPLE; i++) {
        struct guest *guest = &model->people[i];
        if (has_turn(model, guest) && (first == NULL || guest->number < first->number))
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
    const bool shut = model->paused || !is_on_sale(model, ANY);
    if (shut || model->was_shut)
        model->credit = 0;
    model->was_shut = shut;
    while (!shut && model->credit >= 1000 && count_where(model, ACTIVE) < model->max_active) {
        struct guest *guest = front(model);
        if (guest == NULL)
            return;
        if (!is_present(model, guest) || !has_seat(model, guest)) {
            game->passed_shut += is_present(model, guest);
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

/* Whether those who want this go in with the first who go in at all: it has seats, or nothing has
 * and it may be the next. */
static bool comes_with_the_first(const struct model *model, size_t wants)
{
    return wants == ANY || available(model, wants) > 0 ||
           (available(model, ANY) == 0 && is_on_sale(model, wants));
}

static int64_t model_ahead(const struct model *model, const struct guest *self)
{
    int64_t ahead = 0;
    for (size_t i = 0; i < PEOPLE; i++) {
        const struct guest *guest = &model->people[i];
        ahead += guest->where == WAITING && guest->number < self->number &&
                 is_present(model, guest) &&
                 (guest->wants == self->wants || comes_with_the_first(model, guest->wants));
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

static void check_view(struct game *game, const struct guest *guest, const struct token_view *view)
{
    static const enum where where_of[] = {WAITING, ACTIVE, OUT};
    assert_int_equal(view->token.number, guest->number);
    assert_int_equal(where_of[view->token.status], guest->where);
    const bool sold_out = guest->where == WAITING && is_sold_out(&game->model, guest->wants);
    assert_int_equal(view->sold_out, sold_out);
    game->sold_out += sold_out;
    if (guest->where == WAITING)
        assert_int_equal(view->ahead, model_ahead(&game->model, guest));
}

static void join(struct game *game, struct guest *guest)
{
    struct call call = crowd_ask(&guest->person, VERB_QUEUE_JOIN);
    guest->heard_at = game->model.now;
    const size_t wants = chance_below(&game->chance, SALES + 1);
    if (wants != ANY)
        call.in.queue_join.concert_id = game->model.sales[wants].concert_id;
    if (guest->where == OUT) {
        *guest = (struct guest){.person = guest->person,
                                .where = WAITING,
                                .wants = wants,
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

static void change_pause(struct game *game, struct sale *sale)
{
    struct call call =
        crowd_ask(&game->model.organizer, sale->paused ? VERB_ROUND_RESUME : VERB_ROUND_PAUSE);
    call.in.round.round_id = sale->round_id;
    sale->paused = !sale->paused;
    crowd_call(&game->stage, &call);
    call_release(&call);
}

static void change_seats(struct game *game, struct sale *sale)
{
    struct id seat_ids[SEATS_MOST];
    struct call call =
        crowd_ask(&game->model.organizer, sale->blocked ? VERB_SEATS_UNBLOCK : VERB_SEATS_BLOCK);
    for (size_t i = 0; i < (size_t)sale->seats; i++)
        seat_ids[i] = office_round_seat(game->stage.office, sale->round_id, i)->id;
    call.in.seats_block.round_id = sale->round_id;
    call.in.seats_block.seat_ids = seat_ids;
    call.in.seats_block.seat_count = (size_t)sale->seats;
    sale->blocked = !sale->blocked;
    crowd_call(&game->stage, &call);
    call_release(&call);
}

static void change_sale(struct game *game)
{
    struct sale *sale = &game->model.sales[chance_below(&game->chance, SALES)];
    if (chance_percent(&game->chance, 50))
        change_pause(game, sale);
    else
        change_seats(game, sale);
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
    for (size_t i = 0; i < SALES; i++) {
        struct sale *sale = &game->model.sales[i];
        sale->seats = i == 0 ? 3 : SEATS_MOST; /* of one there are fewer than people inside */
        sale->concert_id = crowd_concert(&game->stage, &game->model.organizer, end);
        sale->round_id = crowd_round(&game->stage, &game->model.organizer, sale->concert_id, end,
                                     (size_t)sale->seats, 10);
    }
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
    else if (kind < 755)
        change_sale(game);
    else if (kind < 757)
        restart(game);
    else
        pass_time(game, (int64_t)chance_below(&game->chance, kind < 790 ? 4000 : 400));
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
    assert_true(game->admitted > 300 && game->passed > 200 && game->passed_shut > 50 &&
                game->returned > 50 && game->abandoned > 50 && game->sold_out > 50);
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
