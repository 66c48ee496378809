/* The waiting room as the judge keeps it: who is there, whose turn it is, when a token ends, and
 * the queue's verbs. Admission is judged by bounds, see admissions_judge. */
#include "oracle/oracle_model.h"

#define ADMISSION_COST 1000 /* credit counts thousandths: a millisecond earns whole ones */
#define PASSES_LEAST 1024   /* that a tick makes, or a settling, before it may put off the others */

/* ---- The door ---- */

static const struct house *house(const struct oracle *oracle)
{
    return &oracle->house->image.as.house;
}

/* When the sale that is open now opened first; INT64_MAX: nothing is on sale. */
static timestamp_ms on_sale_since(const struct oracle *oracle)
{
    const struct row_vector *rounds = &oracle->of_kind[RECORD_KIND_CONCERT_ROUND];
    timestamp_ms since = INT64_MAX;
    for (size_t i = 0; i < rounds->count; i++) {
        const struct row *round = rounds->items[i];
        if (!round->there || round->image.as.concert_round.status != ROUND_STATUS_SCHEDULED ||
            round->image.as.concert_round.paused || round->of.round.maybe_over ||
            round->of.round.concert->image.as.concert.status != CONCERT_STATUS_PUBLISHED)
            continue;
        const timestamp_ms opens = round->of.round.concert->image.as.concert.reservation_open_at;
        if (opens <= oracle->now.wall && oracle->now.wall < sale_end(round) && opens < since)
            since = opens;
    }
    return since;
}

enum queue_status door_status(const struct oracle *oracle)
{
    if (house(oracle)->paused)
        return QUEUE_STATUS_PAUSED;
    if (oracle->now.wall < house(oracle)->open_at)
        return QUEUE_STATUS_SCHEDULED;
    return on_sale_since(oracle) == INT64_MAX ? QUEUE_STATUS_CLOSED : QUEUE_STATUS_OPEN;
}

/* ---- Presence ---- */

timestamp_ms silent_at(const struct oracle *oracle, const struct row *token)
{
    return token->of.token.heard_at + house(oracle)->silent_seconds * SECOND_MS;
}

static timestamp_ms abandoned_at(const struct oracle *oracle, const struct row *token)
{
    return token->of.token.heard_at + house(oracle)->wait_seconds * SECOND_MS;
}

static timestamp_ms earlier(timestamp_ms a, timestamp_ms b)
{
    return a < b ? a : b;
}

/* Being heard only moves deadlines away, so what is noted may be too early, never too late. */
void token_due_follows(struct oracle *oracle, const struct row *token)
{
    timestamp_ms due = INT64_MAX;
    if (token->image.as.queue_token.status == TOKEN_STATUS_WAITING) {
        due = abandoned_at(oracle, token);
        if (token->of.token.present)
            due = earlier(due, silent_at(oracle, token));
    } else if (token->image.as.queue_token.status == TOKEN_STATUS_ACTIVE) {
        due = earlier(token->image.as.queue_token.holds_until, silent_at(oracle, token));
    }
    oracle->tokens_due = earlier(oracle->tokens_due, due);
}

void set_present(struct oracle *oracle, struct row *token, bool present)
{
    token->of.token.present = present;
    bit_set(&oracle->present, token->image.as.queue_token.number, present);
    token_due_follows(oracle, token);
}

/* Only a tick finds somebody silent, and only being heard ends it. */
void token_heard(struct oracle *oracle, struct row *token)
{
    token->of.token.heard_at = oracle->now.house;
    if (token->image.as.queue_token.status == TOKEN_STATUS_WAITING && !token->of.token.present) {
        set_present(oracle, token, true);
        cover(oracle, COVERAGE_TICK, STATE_HEARD_AGAIN, REFUSAL_NONE);
    }
}

/* ---- A token's life ---- */

void token_ends(struct oracle *oracle, struct row *token, enum token_reason reason)
{
    struct record image = row_image(token);
    image.as.queue_token.status = TOKEN_STATUS_EXPIRED;
    image.as.queue_token.reason = reason;
    image.as.queue_token.ended_at = oracle->now.house;
    row_change(oracle, token, &image);
}

/* The deadline that is shown: its own, or that of the last live hold if that is later. */
void token_follows_holds(struct oracle *oracle, struct row *token)
{
    const struct row_list *held = &token->of.token.user->of.user.reservations;
    timestamp_ms expires_at = token->image.as.queue_token.holds_until;
    for (size_t i = 0; i < held->count; i++) {
        const struct seat_reservation *hold = &held->items[i]->image.as.seat_reservation;
        if (hold->status == RESERVATION_STATUS_PENDING && hold->expires_at > expires_at)
            expires_at = hold->expires_at;
    }
    if (expires_at != token->image.as.queue_token.expires_at) {
        struct record image = row_image(token);
        image.as.queue_token.expires_at = expires_at;
        row_change(oracle, token, &image);
    }
    token_due_follows(oracle, token);
}

/* Both times may have come together: then either reason is right. */
static enum token_reason reason_of_end(const struct oracle *oracle, const struct row *token)
{
    const bool timed_out = oracle->now.house >= token->image.as.queue_token.holds_until;
    const bool silent = oracle->now.house >= silent_at(oracle, token);
    const struct record *seen = span_seen(oracle, token);
    if (timed_out && silent && seen != NULL && seen->as.queue_token.reason == TOKEN_REASON_SILENT)
        return TOKEN_REASON_SILENT;
    if (timed_out)
        return TOKEN_REASON_TIMED_OUT;
    return silent ? TOKEN_REASON_SILENT : TOKEN_REASON_NONE;
}

static void review_waiting(struct oracle *oracle, struct row *token)
{
    if (oracle->now.house >= abandoned_at(oracle, token)) {
        token_ends(oracle, token, TOKEN_REASON_ABANDONED);
        cover(oracle, COVERAGE_TICK, STATE_TOKEN_ABANDONED, REFUSAL_NONE);
        return;
    }
    if (token->of.token.present && oracle->now.house >= silent_at(oracle, token)) {
        cover(oracle, COVERAGE_TICK, STATE_FOUND_SILENT, REFUSAL_NONE);
        set_present(oracle, token, false);
    }
}

void token_reviewed(struct oracle *oracle, struct row *token)
{
    if (token->image.as.queue_token.status == TOKEN_STATUS_WAITING) {
        review_waiting(oracle, token);
    } else if (has_pending(token->of.token.user)) {
        token_follows_holds(oracle, token);
    } else {
        const enum token_reason reason = reason_of_end(oracle, token);
        if (reason == TOKEN_REASON_NONE) {
            token_follows_holds(oracle, token);
            return;
        }
        token_ends(oracle, token, reason);
        cover(oracle, COVERAGE_TICK,
              reason == TOKEN_REASON_SILENT ? STATE_TOKEN_SILENT : STATE_TOKEN_TIMED_OUT,
              REFUSAL_NONE);
    }
}

static bool is_due(const struct oracle *oracle, const struct row *token)
{
    const timestamp_ms now = oracle->now.house;
    if (token->image.as.queue_token.status == TOKEN_STATUS_WAITING)
        return now >= abandoned_at(oracle, token) ||
               (token->of.token.present && now >= silent_at(oracle, token));
    return !has_pending(token->of.token.user) &&
           (now >= token->image.as.queue_token.holds_until || now >= silent_at(oracle, token));
}

/* From the end of the list: whatever leaves it or is moved to its end was looked at. */
void tick_tokens(struct oracle *oracle)
{
    if (oracle->now.house < oracle->tokens_due)
        return;
    oracle->tokens_due = INT64_MAX;
    for (size_t i = oracle->live_tokens.count; i > 0; i--) {
        struct row *token = oracle->live_tokens.items[i - 1];
        const bool due = is_due(oracle, token);
        if (due && oracle->may_stop && span_seen(oracle, token) == NULL &&
            (token->image.as.queue_token.status == TOKEN_STATUS_ACTIVE ||
             oracle->now.house >= abandoned_at(oracle, token)))
            oracle->behind = true;
        else if (due)
            token_reviewed(oracle, token);
        if (token->image.as.queue_token.status != TOKEN_STATUS_EXPIRED)
            token_due_follows(oracle, token);
    }
}

static void lengthen(struct oracle *oracle, struct row *token, int64_t gap_ms)
{
    struct record image = row_image(token);
    image.as.queue_token.holds_until += gap_ms;
    image.as.queue_token.expires_at += gap_ms;
    row_change(oracle, token, &image);
}

/* After a downtime the active get the time back, and everybody counts as heard: nobody could be. */
void shift_tokens(struct oracle *oracle, int64_t gap_ms)
{
    for (size_t i = oracle->live_tokens.count; i > 0; i--) {
        struct row *token = oracle->live_tokens.items[i - 1];
        token->of.token.heard_at = oracle->now.house;
        if (token->image.as.queue_token.status == TOKEN_STATUS_WAITING) {
            set_present(oracle, token, true);
            continue;
        }
        lengthen(oracle, token, gap_ms);
    }
}

void shift_turns(struct oracle *oracle, int64_t gap_ms)
{
    for (size_t i = oracle->live_tokens.count; i > 0; i--) {
        struct row *token = oracle->live_tokens.items[i - 1];
        if (token->image.as.queue_token.status == TOKEN_STATUS_ACTIVE)
            lengthen(oracle, token, gap_ms);
    }
}

/* ---- Admission ---- */

static int64_t at_most(int64_t value, int64_t most)
{
    return value < most ? value : most;
}

/* What a token bucket of one second's burst that starts empty may and must have earned. The two
 * differ when the door was found shut at the last look: the time since it really opened may count,
 * and none must. */
static void earn_credit(struct oracle *oracle, bool open)
{
    const int64_t rate = house(oracle)->admit_per_second; /* thousandths a millisecond */
    const int64_t most = rate * SECOND_MS;
    const int64_t elapsed_ms =
        oracle->first_batch ? 0 : at_most(oracle->now.house - oracle->credit_at, SECOND_MS);
    oracle->credit_at = oracle->now.house;
    if (!open) {
        oracle->credit_least = oracle->credit_most = 0;
    } else if (oracle->door_was_open) {
        oracle->credit_least = at_most(oracle->credit_least + elapsed_ms * rate, most);
        oracle->credit_most = at_most(oracle->credit_most + elapsed_ms * rate, most);
    } else {
        timestamp_ms opened_at = on_sale_since(oracle);
        if (house(oracle)->open_at > opened_at)
            opened_at = house(oracle)->open_at;
        oracle->credit_least = 0;
        oracle->credit_most = at_most(oracle->now.wall - opened_at, elapsed_ms) * rate;
    }
    oracle->door_was_open = open;
}

/* Whether something is done with the token when its number comes up: it is let in, or passed over
 * once. One for whom all is sold, or who would be one more than there are seats for, stays. */
static bool has_turn(struct oracle *oracle, const struct row *token)
{
    const bool unpassed = token->image.as.queue_token.passed_at == 0;
    if (has_seat(oracle, token))
        return token->of.token.present || unpassed;
    return !is_on_sale(oracle, token) && unpassed;
}

/* The lowest number that has a turn, or 0. */
static int64_t next_turn(struct oracle *oracle)
{
    sales_count(oracle);
    int64_t number = anybody_has_seat(oracle) ? bits_next(oracle, &oracle->waiting, 0) : 0;
    while (number != 0 && !has_turn(oracle, oracle->token_by_number[number]))
        number = bits_next(oracle, &oracle->waiting, number + 1);
    return number;
}

static void serve(struct oracle *oracle, int64_t number)
{
    struct record image = row_image(oracle->house);
    if (number <= image.as.house.serving)
        return;
    image.as.house.serving = number;
    row_change(oracle, oracle->house, &image);
}

static void admit(struct oracle *oracle, struct row *token)
{
    struct record image = row_image(token);
    struct queue_token *row = &image.as.queue_token;
    cover(oracle, COVERAGE_TICK, row->passed_at != 0 ? STATE_RETURNED_ADMITTED : STATE_ADMITTED,
          REFUSAL_NONE);
    row->status = TOKEN_STATUS_ACTIVE;
    row->activate_at = oracle->now.house;
    row->holds_until = oracle->now.house + house(oracle)->active_seconds * SECOND_MS;
    row->expires_at = row->holds_until;
    row_change(oracle, token, &image);
    serve(oracle, row->number);
    oracle->credit_most -= ADMISSION_COST;
    oracle->credit_least -= at_most(oracle->credit_least, ADMISSION_COST);
    oracle->last_admission = oracle->now.house;
}

static void pass_over(struct oracle *oracle, struct row *token)
{
    struct record image = row_image(token);
    image.as.queue_token.passed_at = oracle->now.house;
    row_change(oracle, token, &image);
    serve(oracle, image.as.queue_token.number);
    cover(oracle, COVERAGE_TICK,
          token->of.token.present ? STATE_PASSED_OVER_SHUT : STATE_PASSED_OVER, REFUSAL_NONE);
}

/* One turn: false when the server went no further. */
static bool take_turn(struct oracle *oracle, struct row *token, unsigned *passes)
{
    const struct record *seen = span_seen(oracle, token);
    const bool must = oracle->credit_least >= ADMISSION_COST && !oracle->may_stop;
    const long long number = (long long)token->image.as.queue_token.number;
    if (token->of.token.present && has_seat(oracle, token)) {
        if (seen != NULL && seen->as.queue_token.status == TOKEN_STATUS_ACTIVE) {
            admit(oracle, token);
            return true;
        }
        if (must)
            object_to(oracle, 0, "number %lld was not let in: there is a place, and it is its turn",
                      number);
        return false;
    }
    if (seen != NULL && seen->as.queue_token.passed_at != 0) {
        pass_over(oracle, token);
        ++*passes;
        return true;
    }
    if (must && *passes < PASSES_LEAST)
        object_to(oracle, 0, "number %lld cannot go in and was not passed over", number);
    return false;
}

/* Who is let in, and in which order, is exact. How many is judged between two bounds: never more
 * than the bucket can have earned, and everybody for whom it must have earned enough. */
void admissions_judge(struct oracle *oracle)
{
    const bool open = door_status(oracle) == QUEUE_STATUS_OPEN;
    unsigned passes = 0;
    earn_credit(oracle, open);
    while (open && oracle->waiting_count > 0 && !oracle->objected &&
           oracle->active_count < house(oracle)->max_active &&
           oracle->credit_most >= ADMISSION_COST) {
        const int64_t number = next_turn(oracle);
        if (number == 0 || !take_turn(oracle, oracle->token_by_number[number], &passes))
            return;
    }
}

/* ---- Verbs ---- */

enum refusal judge_queue_join(struct oracle *oracle, struct row *user, const struct call *call)
{
    struct row *token = user->of.user.token;
    oracle->state = token == NULL                                                ? STATE_NO_TOKEN
                    : token->image.as.queue_token.status == TOKEN_STATUS_WAITING ? STATE_WAITING
                                                                                 : STATE_ACTIVE;
    const struct id concert_id = call->in.queue_join.concert_id;
    const struct row *concert = row_find(oracle, RECORD_KIND_CONCERT, concert_id);
    if (token == NULL && !id_is_none(concert_id) &&
        (concert == NULL || concert->image.as.concert.status == CONCERT_STATUS_DRAFT)) {
        oracle->state = STATE_UNKNOWN;
        return REFUSAL_NOT_FOUND;
    }
    if (token == NULL && concert != NULL &&
        oracle->now.wall >= concert->image.as.concert.reservation_close_at)
        return REFUSAL_SALES_CLOSED;
    if (token == NULL && oracle->now.wall < house(oracle)->join_opens_at)
        return REFUSAL_QUEUE_NOT_OPEN;
    if (call->refusal != REFUSAL_NONE)
        return REFUSAL_NONE; /* objected to by the caller */
    expect_created(oracle, call, token == NULL);
    if (token == NULL) {
        struct record home = row_image(oracle->house);
        const struct record image = {.kind = RECORD_KIND_QUEUE_TOKEN,
                                     .as.queue_token = {
                                         .id = span_new_id(oracle, RECORD_KIND_QUEUE_TOKEN),
                                         .user_id = user->image.as.user.id,
                                         .status = TOKEN_STATUS_WAITING,
                                         .number = ++home.as.house.last_number,
                                         .issued_at = oracle->now.house,
                                         .concert_id = concert_id,
                                     }};
        token = row_put(oracle, &image);
        token_heard(oracle, token);
        row_change(oracle, oracle->house, &home);
    }
    view_token(oracle, call, token);
    return REFUSAL_NONE;
}

static enum coverage_state state_of(const struct row *token)
{
    switch (token->image.as.queue_token.status) {
    case TOKEN_STATUS_WAITING:
        return STATE_WAITING;
    case TOKEN_STATUS_ACTIVE:
        return has_pending(token->of.token.user) ? STATE_ACTIVE_WITH_HOLDS : STATE_ACTIVE;
    case TOKEN_STATUS_EXPIRED:
        break;
    }
    return STATE_ENDED;
}

static struct row *named(const struct oracle *oracle, const struct row *user,
                         const struct call *call)
{
    return id_is_none(call->in.token.token_id)
               ? user->of.user.token
               : row_find(oracle, RECORD_KIND_QUEUE_TOKEN, call->in.token.token_id);
}

enum refusal judge_queue_token_get(struct oracle *oracle, struct row *user, const struct call *call)
{
    const struct row *token = named(oracle, user, call);
    oracle->state = id_is_none(call->in.token.token_id) ? STATE_NO_TOKEN : STATE_UNKNOWN;
    if (id_is_none(call->in.token.token_id) && oracle->caller_is_key)
        return REFUSAL_FORBIDDEN;
    if (token == NULL)
        return REFUSAL_NOT_FOUND;
    oracle->state = STATE_OTHERS;
    if (!may_see(oracle, user, token->image.as.queue_token.user_id))
        return refuse_to_show(oracle, user, call);
    oracle->state = state_of(token);
    view_token(oracle, call, token);
    return REFUSAL_NONE;
}

/* The holds first: once the token is gone they have no more to say about it. */
static void leave(struct oracle *oracle, struct row *token)
{
    const struct row_list *held = &token->of.token.user->of.user.reservations;
    token_ends(oracle, token, TOKEN_REASON_LEFT);
    for (size_t i = held->count; i > 0; i--)
        if (held->items[i - 1]->image.as.seat_reservation.status == RESERVATION_STATUS_PENDING)
            reservation_ends(oracle, held->items[i - 1], RESERVATION_STATUS_CANCELLED,
                             CANCEL_REASON_LEFT);
}

enum refusal judge_queue_leave(struct oracle *oracle, struct row *user, const struct call *call)
{
    struct row *token = named(oracle, user, call);
    oracle->state = id_is_none(call->in.token.token_id) ? STATE_NO_TOKEN : STATE_UNKNOWN;
    if (token == NULL)
        return REFUSAL_NOT_FOUND;
    oracle->state = STATE_OTHERS;
    if (token->of.token.user != user)
        return REFUSAL_NOT_FOUND;
    oracle->state = state_of(token);
    if (token->image.as.queue_token.status != TOKEN_STATUS_EXPIRED)
        leave(oracle, token);
    return REFUSAL_NONE;
}

enum refusal judge_queue_change(struct oracle *oracle, struct row *user, const struct call *call)
{
    (void)user;
    oracle->state = STATE_ANY;
    queue_change_apply(oracle, &call->in.queue_change);
    return REFUSAL_NONE;
}

/* One after the other: each place that is free, or becomes free when a turn and its last hold are
 * over, takes one more, and the door lets so many through a second. */
static int64_t slowest_end(const struct oracle *oracle, int64_t waiting, int64_t rate, int64_t most)
{
    const int64_t turn_seconds =
        oracle->house->image.as.house.active_seconds + oracle->settings.hold_seconds;
    const int64_t last_wave = waiting < most ? waiting : most;
    int64_t waves = 0;
    int64_t left = most > oracle->active_count ? waiting - (most - oracle->active_count) : waiting;
    for (; left > 0; left -= most)
        waves++;
    return waves * turn_seconds + (last_wave + rate - 1) / rate;
}

enum refusal judge_queue_forecast(struct oracle *oracle, struct row *user, const struct call *call)
{
    const struct queue_forecast *told = &call->out.forecast;
    const int64_t rate = call->in.forecast.admit_per_second, most = call->in.forecast.max_active;
    const int64_t numbers = oracle->house->image.as.house.last_number;
    const int64_t waiting = bits_below(oracle, &oracle->present, numbers + 1);
    const int64_t since_ms = oracle->now.house - oracle->last_admission;
    (void)user;
    oracle->state = STATE_ANY;
    if (call->refusal != REFUSAL_NONE)
        return REFUSAL_NONE;
    const int64_t fastest = (waiting + rate - 1) / rate;
    const int64_t slowest = slowest_end(oracle, waiting, rate, most);
    if (told->waiting != waiting || told->active != oracle->active_count)
        object_to(oracle, 0, "a forecast begins with %lld who wait and %lld inside",
                  (long long)told->waiting, (long long)told->active);
    else if (told->bounds.low_seconds != fastest ||
             told->bounds.high_seconds != (slowest > fastest ? slowest : fastest))
        object_to(oracle, 0, "a forecast says %lld to %lld seconds",
                  (long long)told->bounds.low_seconds, (long long)told->bounds.high_seconds);
    else if (told->measured ? since_ms > MINUTE_MS + SECOND_MS || oracle->active_count == 0
                            : since_ms < MINUTE_MS - SECOND_MS && oracle->active_count > 0)
        object_to(oracle, 0, "a forecast expects what %s",
                  told->measured ? "nobody can know" : "was measured, and says nothing");
    else if (told->measured && (told->expected_seconds < fastest || told->expected_active > most))
        object_to(oracle, 0, "a forecast expects %lld seconds and %lld inside",
                  (long long)told->expected_seconds, (long long)told->expected_active);
    return REFUSAL_NONE;
}

/* Lowering maxActive throws nobody out; the ceiling says how many that leaves (invariant 7). */
void queue_change_apply(struct oracle *oracle, const struct queue_change *change)
{
    struct record image = row_image(oracle->house);
    struct house *row = &image.as.house;
    if (change->has_open_at)
        row->open_at = change->open_at;
    if (change->has_join_opens_at)
        row->join_opens_at = change->join_opens_at;
    if (change->has_paused)
        row->paused = change->paused;
    if (change->has_max_active) {
        row->max_active = change->max_active;
        row->active_ceiling =
            change->max_active > oracle->active_count ? change->max_active : oracle->active_count;
    }
    if (change->has_admit_per_second)
        row->admit_per_second = change->admit_per_second;
    if (change->has_silent_seconds)
        row->silent_seconds = change->silent_seconds;
    if (change->has_active_seconds)
        row->active_seconds = change->active_seconds;
    if (change->has_wait_seconds)
        row->wait_seconds = change->wait_seconds;
    row_change(oracle, oracle->house, &image);
    oracle->tokens_due = 0; /* shorter times count for those who are there */
}
