/* The queue's verbs: joining, looking, leaving, and the organizer's hand on the door. */
#include "office/admission.h"
#include "office/catalogue.h"
#include "office/door.h"
#include "office/reservation.h"
#include "office/state.h"
#include "office/token.h"
#include "office/user.h"
#include "office/verb_function.h"
#include "office/waiting_line.h"

#define POLL_ACTIVE_MS 5000
#define POLL_NEAR_MS 1000
#define POLL_FAR_MS 60000

/* A tenth of the shortest time in which everybody ahead could be admitted. */
static int64_t poll_after(const struct office *office, int64_t ahead)
{
    CHECK(ahead >= 0 && office->house.admit_per_second > 0);
    int64_t wait_ms = ahead * SECOND_MS / office->house.admit_per_second / 10;
    const int64_t half_silent_ms = office->house.silent_seconds * SECOND_MS / 2;
    const int64_t most = half_silent_ms < POLL_FAR_MS ? half_silent_ms : POLL_FAR_MS;
    if (wait_ms > most)
        wait_ms = most;
    return wait_ms < POLL_NEAR_MS ? POLL_NEAR_MS : wait_ms;
}

static void view_token(struct office *office, const struct live_token *token,
                       struct token_view *view)
{
    *view = (struct token_view){.token = token_row(office, token)};
    if (token->status == TOKEN_STATUS_WAITING) {
        const enum queue_status status = queue_status_at(office, office->now.wall);
        const struct live_lane *lane = token_lane(office, token);
        view->ahead = queue_ahead(office, token);
        view->sold_out = lane_state(office, lane) == LANE_SOLD_OUT;
        view->estimate = queue_estimate(office, status, lane, view->ahead);
        view->poll_after_ms = poll_after(office, view->ahead);
    } else if (token->status == TOKEN_STATUS_ACTIVE) {
        view->poll_after_ms = POLL_ACTIVE_MS;
    }
}

static int64_t next_number(struct office *office)
{
    struct house house = office->house;
    house.last_number++;
    put_house(office, &house);
    return house.last_number;
}

enum refusal queue_join(struct office *office, const struct caller *caller, struct call *call)
{
    const struct live_token *token = user_token(office, caller->user);
    if (token != NULL) {
        view_token(office, token, &call->out.token);
        return REFUSAL_NONE;
    }
    const struct id concert_id = call->in.queue_join.concert_id;
    const struct live_concert *concert = concert_find(office, concert_id);
    if (!id_is_none(concert_id) && (concert == NULL || concert_is_draft(concert)))
        return REFUSAL_NOT_FOUND;
    if (concert != NULL && office->now.wall >= concert->row.reservation_close_at)
        return REFUSAL_SALES_CLOSED;
    if (office->now.wall < office->house.join_opens_at)
        return REFUSAL_QUEUE_NOT_OPEN;
    struct live_lane *lane = token_reserve(office, concert_id);
    if (lane == NULL)
        return REFUSAL_CAPACITY;

    /* ---- nothing fails below this line ---- */
    const struct queue_token row = {
        .id = new_id(office),
        .user_id = caller->user->id,
        .status = TOKEN_STATUS_WAITING,
        .number = next_number(office),
        .issued_at = office->now.house,
        .concert_id = concert_id,
    };
    token = put_token(office, NULL, caller->user, lane, &row);
    CHECK(user_token(office, caller->user) == token);
    CHECK(token->present);
    view_token(office, token, &call->out.token);
    call->created = true;
    return REFUSAL_NONE;
}

void office_show_settled(struct office *office, struct call *call)
{
    if (call->verb != VERB_QUEUE_JOIN || call->refusal != REFUSAL_NONE)
        return;
    const struct live_token *token = token_find(office, call->out.token.token.id);
    if (token != NULL && token->status == TOKEN_STATUS_ACTIVE)
        view_token(office, token, &call->out.token);
}

enum refusal token_answer(struct office *office, const struct caller *caller, struct id id,
                          struct call *call)
{
    if (id_is_none(id) && caller->key != NULL)
        return REFUSAL_FORBIDDEN;
    const struct live_token *token =
        id_is_none(id) ? user_token(office, caller->user) : token_find(office, id);
    if (token != NULL) {
        if (!caller_may_see(caller, token_user(office, token)->id))
            return caller_refuse_to_show(caller, call);
        view_token(office, token, &call->out.token);
        return REFUSAL_NONE;
    }
    if (id_is_none(id) || !look_up_want(call, RECORD_KIND_QUEUE_TOKEN, id))
        return REFUSAL_NOT_FOUND;
    if (call->look_up.state == LOOK_UP_WANTED)
        return REFUSAL_NONE;
    const struct queue_token *row = &call->look_up.record->as.queue_token;
    if (!caller_may_see(caller, row->user_id))
        return caller_refuse_to_show(caller, call);
    call->out.token = (struct token_view){.token = *row};
    return REFUSAL_NONE;
}

enum refusal queue_token_get(struct office *office, const struct caller *caller, struct call *call)
{
    return token_answer(office, caller, call->in.token.token_id, call);
}

static void leave(struct office *office, struct live_token *token)
{
    /* First the token: the end of its last hold would end it for another reason. */
    token_end(office, token, TOKEN_REASON_LEFT);
    CHECK(user_token(office, token_user(office, token)) == NULL);
    struct live_reservation *next;
    for (struct live_reservation *reservation =
             user_reservations(office, token_user(office, token));
         reservation != NULL; reservation = next) {
        next = reservation->of_user.next;
        if (reservation->row.status == RESERVATION_STATUS_PENDING)
            reservation_end(office, reservation, RESERVATION_STATUS_CANCELLED, CANCEL_REASON_LEFT);
    }
}

enum refusal queue_leave(struct office *office, const struct caller *caller, struct call *call)
{
    const struct id id = call->in.token.token_id;
    struct live_token *token =
        id_is_none(id) ? user_token(office, caller->user) : token_find(office, id);
    if (token == NULL) {
        if (id_is_none(id) || !look_up_want(call, RECORD_KIND_QUEUE_TOKEN, id))
            return REFUSAL_NOT_FOUND;
        if (call->look_up.state == LOOK_UP_WANTED)
            return REFUSAL_NONE;
        return id_equal(call->look_up.record->as.queue_token.user_id, caller->user->id)
                   ? REFUSAL_NONE
                   : REFUSAL_NOT_FOUND;
    }
    if (token_user(office, token) != caller->user)
        return REFUSAL_NOT_FOUND;
    if (token->status == TOKEN_STATUS_EXPIRED)
        return REFUSAL_NONE;
    if (!visit_reserve(office))
        return REFUSAL_CAPACITY;

    /* ---- nothing fails below this line ---- */
    leave(office, token);
    return REFUSAL_NONE;
}

static void rearm_all(struct office *office)
{
    for (struct live_token *token = pool_next(&office->tokens, 0); token != NULL;
         token = pool_next(&office->tokens, token->item.number))
        if (token->status != TOKEN_STATUS_EXPIRED)
            token_arm(office, token);
}

static bool settings_differ(const struct house *a, const struct house *b)
{
    return a->open_at != b->open_at || a->join_opens_at != b->join_opens_at ||
           a->paused != b->paused || a->max_active != b->max_active ||
           a->admit_per_second != b->admit_per_second || a->silent_seconds != b->silent_seconds ||
           a->active_seconds != b->active_seconds || a->wait_seconds != b->wait_seconds;
}

void queue_apply(struct office *office, const struct queue_change *change)
{
    const struct house before = office->house;
    struct house house = before;
    if (change->has_open_at)
        house.open_at = change->open_at;
    if (change->has_join_opens_at)
        house.join_opens_at = change->join_opens_at;
    if (change->has_paused)
        house.paused = change->paused;
    if (change->has_max_active) {
        /* Lowering it throws nobody out; the ceiling says how many that leaves. */
        const int64_t active = (int64_t)office->active_count;
        house.max_active = change->max_active;
        house.active_ceiling = change->max_active > active ? change->max_active : active;
    }
    if (change->has_admit_per_second)
        house.admit_per_second = change->admit_per_second;
    if (change->has_silent_seconds)
        house.silent_seconds = change->silent_seconds;
    if (change->has_active_seconds)
        house.active_seconds = change->active_seconds;
    if (change->has_wait_seconds)
        house.wait_seconds = change->wait_seconds;
    put_house(office, &house);
    office->queue_changed |= settings_differ(&before, &house);
    if (change->has_silent_seconds || change->has_wait_seconds)
        rearm_all(office);
}

enum refusal queue_change(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    queue_apply(office, &call->in.queue_change);
    return REFUSAL_NONE;
}

/* Each round is there: where one was deleted, the batch ended with a look at the offer. */
static void view_rounds(const struct office *office, struct queue_view *view)
{
    const struct offer_window *offer = &office->offer;
    for (size_t i = 0; i < offer->upcoming_count; i++) {
        const struct live_round *round = offer->upcoming[i];
        const int64_t left = round->counts[SEAT_STATUS_AVAILABLE];
        const int64_t held = round->counts[SEAT_STATUS_HELD];
        view->rounds[view->round_count++] =
            (struct queue_round){.round_id = round->row.id,
                                 .concert_id = round->concert->row.id,
                                 .seats_left = left,
                                 .seats_held = held,
                                 .sold_out = left + held == 0};
        view->sales.total_seat_cnt += round->row.total_seat_cnt;
        view->sales.held += held;
        view->sales.sold += round->counts[SEAT_STATUS_SOLD];
        view->sales.revenue += round->revenue;
    }
}

void office_queue_view(const struct office *office, struct moment now, struct queue_view *view)
{
    const struct house *house = &office->house;
    const struct offer_window *offer = &office->offer;
    const bool on_sale =
        offer->all.rounds > 0 && now.wall >= offer->from && now.wall < offer->until;
    *view = (struct queue_view){
        .status = queue_status_given(house, now.wall, on_sale),
        .open_at = house->open_at,
        .join_opens_at = house->join_opens_at,
        .serving = house->serving,
        .last_number = house->last_number,
        .waiting = (int64_t)office->line.waiting,
        .active = (int64_t)office->active_count,
        .max_active = house->max_active,
        .admit_per_second = house->admit_per_second,
        .silent_seconds = house->silent_seconds,
        .active_seconds = house->active_seconds,
        .wait_seconds = house->wait_seconds,
    };
    view->estimate = queue_newcomer_estimate(office, view->status);
    view_rounds(office, view);
    view->has_notice = notice_view(office, now.wall, &view->notice);
}
