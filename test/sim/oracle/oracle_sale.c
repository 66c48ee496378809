/* Holding, paying, giving back: the reservations and payments as the judge keeps them. */
#include "oracle/oracle_model.h"

#include <string.h>

/* ---- The ends of a reservation ---- */

bool has_pending(const struct row *user)
{
    const struct row_list *held = &user->of.user.reservations;
    for (size_t i = 0; i < held->count; i++)
        if (held->items[i]->image.as.seat_reservation.status == RESERVATION_STATUS_PENDING)
            return true;
    return false;
}

static void seats_become(struct oracle *oracle, const struct row *reservation,
                         enum seat_status status)
{
    const struct reservation_part *part = reservation->of.reservation;
    for (size_t i = 0; i < part->seat_count; i++) {
        struct record image = row_image(part->seats[i]);
        image.as.seat.status = status;
        row_change(oracle, part->seats[i], &image);
    }
}

void move_points(struct oracle *oracle, struct row *user, const struct point_entry *entry)
{
    struct record account = row_image(user->of.user.account);
    account.as.point_account.balance += entry->amount;
    account.as.point_account.last_updated = oracle->now.house;
    row_change(oracle, user->of.user.account, &account);
    struct record image = {.kind = RECORD_KIND_POINT_ENTRY, .as.point_entry = *entry};
    image.as.point_entry.user_id = user->image.as.user.id;
    image.as.point_entry.balance = account.as.point_account.balance;
    image.as.point_entry.created_at = oracle->now.house;
    row_put(oracle, &image);
}

static void refund(struct oracle *oracle, const struct row *reservation)
{
    const struct reservation_part *part = reservation->of.reservation;
    struct record payment = row_image(part->payment);
    payment.as.payment.status = PAYMENT_STATUS_CANCELLED;
    payment.as.payment.cancelled_at = oracle->now.house;
    row_change(oracle, part->payment, &payment);
    move_points(oracle, part->user,
                &(struct point_entry){
                    .id = span_new_entry_of(oracle, payment.as.payment.id),
                    .kind = ENTRY_KIND_REFUND,
                    .amount = reservation->image.as.seat_reservation.amount,
                    .payment_id = payment.as.payment.id,
                    .caller_id = reservation->image.as.seat_reservation.user_id,
                });
}

void reservation_ends(struct oracle *oracle, struct row *reservation,
                      enum reservation_status status, enum cancel_reason reason)
{
    struct record image = row_image(reservation);
    const bool was_pending = image.as.seat_reservation.status == RESERVATION_STATUS_PENDING;
    if (!was_pending)
        refund(oracle, reservation);
    image.as.seat_reservation.status = status;
    image.as.seat_reservation.cancel_reason = reason;
    image.as.seat_reservation.ended_at = oracle->now.house;
    row_change(oracle, reservation, &image);
    seats_become(oracle, reservation, SEAT_STATUS_AVAILABLE);
    if (!was_pending)
        tickets_voided(oracle, reservation);
    struct row *token = reservation->of.reservation->token;
    if (was_pending && token->image.as.queue_token.status == TOKEN_STATUS_ACTIVE)
        token_reviewed(oracle, token);
}

/* ---- Holding ---- */

static enum refusal hold_token(struct oracle *oracle, const struct row *user)
{
    const struct row *token = user->of.user.token;
    oracle->state = STATE_NO_TOKEN;
    if (token == NULL)
        return REFUSAL_QUEUE_TOKEN_REQUIRED;
    oracle->state = STATE_WAITING;
    if (token->image.as.queue_token.status != TOKEN_STATUS_ACTIVE)
        return REFUSAL_QUEUE_TOKEN_NOT_ACTIVE;
    oracle->state = STATE_OVER_TIME;
    if (oracle->now.house >= token->image.as.queue_token.holds_until)
        return REFUSAL_QUEUE_TOKEN_NOT_ACTIVE;
    oracle->state = STATE_ACTIVE;
    return REFUSAL_NONE;
}

/* A round that may have left memory may be told as one whose sale is over, whatever the wall clock
 * says since. */
static enum refusal hold_sale(struct oracle *oracle, const struct row *round,
                              const struct call *call)
{
    if (round == NULL)
        return REFUSAL_NOT_FOUND;
    if (round->of.round.concert->image.as.concert.status == CONCERT_STATUS_DRAFT) {
        oracle->state = STATE_DRAFT;
        return REFUSAL_NOT_FOUND;
    }
    if (round->image.as.concert_round.status == ROUND_STATUS_CANCELLED)
        return REFUSAL_ROUND_CANCELLED;
    if (oracle->now.wall < round->of.round.concert->image.as.concert.reservation_open_at)
        return REFUSAL_SALES_NOT_OPEN;
    if (oracle->now.wall >= sale_end(round) ||
        (round->of.round.maybe_over && call->refusal == REFUSAL_SALES_CLOSED))
        return REFUSAL_SALES_CLOSED;
    return REFUSAL_NONE;
}

/* The seats of a hold, in their order. */
struct claim {
    struct row *seats[SEATS_PER_RESERVATION_MAX];
    size_t count;
};

static void claim_add(struct claim *claim, struct row *seat)
{
    if (claim->count < SEATS_PER_RESERVATION_MAX)
        claim->seats[claim->count++] = seat;
}

static enum refusal hold_seats(struct oracle *oracle, const struct row *round,
                               const struct call *call, struct claim *claim)
{
    const int64_t *places = call->in.reservation_hold.places;
    if (places != NULL &&
        call->in.reservation_hold.plan_version != round->image.as.concert_round.plan_version)
        return REFUSAL_PLAN_CHANGED;
    for (size_t i = 0; i < call->in.reservation_hold.seat_count; i++) {
        struct row *seat =
            places == NULL
                ? row_find(oracle, RECORD_KIND_SEAT, call->in.reservation_hold.seat_ids[i])
            : (size_t)places[i] < round->of.round.seat_count ? round->of.round.seats[places[i]]
                                                             : NULL;
        if (seat != NULL && seat->of.seat.round == round) {
            claim_add(claim, seat);
            continue;
        }
        if (call->refusal == REFUSAL_SEAT_OF_OTHER_ROUND && call->detail.seat_index != i)
            object_to(oracle, 0, "seat %zu is the one of another round, not %zu", i,
                      call->detail.seat_index);
        return REFUSAL_SEAT_OF_OTHER_ROUND;
    }
    return REFUSAL_NONE;
}

/* ---- The best seats, by a plain walk ---- */

static bool same_label(const char *one, const char *other)
{
    return one == NULL || other == NULL ? one == other : strcmp(one, other) == 0;
}

static const struct seat *seat_in(const struct row *round, size_t place)
{
    return &round->of.round.seats[place]->image.as.seat;
}

static bool is_one_row(const struct row *round, size_t place)
{
    return place > 0 && place < round->of.round.seat_count &&
           same_label(seat_in(round, place - 1)->section, seat_in(round, place)->section) &&
           same_label(seat_in(round, place - 1)->row, seat_in(round, place)->row);
}

static bool is_wanted(const struct seat *seat, const struct best_wanted *wanted)
{
    return seat->status == SEAT_STATUS_AVAILABLE &&
           (wanted->section == NULL || same_label(seat->section, wanted->section)) &&
           (wanted->grade == NULL || same_label(seat->grade, wanted->grade));
}

/* Free seats in a row, from the place on in steps of one or of minus one, two at the most. */
static int free_beside(const struct row *round, size_t place, int step)
{
    int count = 0;
    size_t joint = step > 0 ? place : place + 1;
    while (count < 2 && is_one_row(round, joint) &&
           seat_in(round, place)->status == SEAT_STATUS_AVAILABLE) {
        count++;
        place += (size_t)step;
        joint += (size_t)step;
    }
    return count;
}

/* How good it is to give the seats from this place on; 0: they are not what is wanted. */
static int64_t worth_of(const struct row *round, size_t place, const struct best_wanted *wanted)
{
    const size_t end = place + (size_t)wanted->count;
    int64_t wheelchairs = 0, companions = 0;
    for (size_t i = place; i < end; i++) {
        if (i >= round->of.round.seat_count || (i > place && !is_one_row(round, i)) ||
            !is_wanted(seat_in(round, i), wanted))
            return 0;
        wheelchairs += seat_in(round, i)->accessible;
        companions += seat_in(round, i)->companion && !seat_in(round, i)->accessible;
    }
    if (wheelchairs != wanted->wheelchairs)
        return 0;
    const bool strands = free_beside(round, place - 1, -1) == 1 || free_beside(round, end, 1) == 1;
    return 1 + (wheelchairs > 0 ? 2 * companions : 0) + !strands;
}

static enum refusal hold_best(const struct row *round, const struct call *call, struct claim *claim)
{
    const struct best_wanted *wanted = &call->in.reservation_hold.best;
    int64_t best = 0;
    size_t first = 0;
    for (size_t i = 0; i < round->of.round.seat_count; i++) {
        if (best > 0 && !is_one_row(round, i))
            break;
        const int64_t worth = worth_of(round, i, wanted);
        if (worth > best) {
            best = worth;
            first = i;
        }
    }
    if (best == 0)
        return REFUSAL_NO_ADJACENT_SEATS;
    for (int64_t i = 0; i < wanted->count; i++)
        claim_add(claim, round->of.round.seats[first + (size_t)i]);
    return REFUSAL_NONE;
}

/* ---- Limits ---- */

static int64_t seats_of(const struct row *user, const struct row *round)
{
    const struct row_list *held = &user->of.user.reservations;
    int64_t count = 0;
    for (size_t i = 0; i < held->count; i++)
        if (held->items[i]->of.reservation->round == round)
            count += (int64_t)held->items[i]->of.reservation->seat_count;
    return count;
}

static void limit_is(struct oracle *oracle, const struct call *call, enum refusal refusal,
                     int64_t limit, int64_t already_held)
{
    if (call->refusal != refusal)
        return; /* objected to by the caller */
    if (call->detail.limit != limit ||
        (refusal == REFUSAL_SEAT_LIMIT && call->detail.already_held != already_held))
        object_to(oracle, 8, "the limit is %lld and %lld are held; told were %lld and %lld",
                  (long long)limit, (long long)already_held, (long long)call->detail.limit,
                  (long long)call->detail.already_held);
}

/* A server may forget holds that ended before it was started, so between the two counts either
 * answer is right. */
static bool holds_are_used_up(const struct row *token, const struct call *call)
{
    if (token->of.token.holds_known >= HOLDS_PER_TOKEN_MAX)
        return true;
    return token->of.token.holds_ever >= HOLDS_PER_TOKEN_MAX && call->refusal == REFUSAL_HOLD_LIMIT;
}

/* A concert's own limit goes before the house's. */
static int64_t own_or(int64_t own, int64_t otherwise)
{
    return own > 0 ? own : otherwise;
}

static enum refusal hold_limits(struct oracle *oracle, const struct row *user,
                                const struct row *round, const struct call *call)
{
    const size_t named = call->in.reservation_hold.seat_count;
    const int64_t wanted = named > 0 ? (int64_t)named : call->in.reservation_hold.best.count;
    const int64_t held = seats_of(user, round);
    const struct concert *concert = &round->of.round.concert->image.as.concert;
    const int64_t at_once =
        own_or(concert->max_seats_per_reservation, oracle->settings.max_seats_per_reservation);
    const int64_t in_all = own_or(concert->max_seats_per_user, oracle->settings.max_seats_per_user);
    oracle->state = STATE_TOO_MANY_AT_ONCE;
    if (wanted > at_once) {
        limit_is(oracle, call, REFUSAL_SEAT_LIMIT, at_once, held);
        return REFUSAL_SEAT_LIMIT;
    }
    oracle->state = STATE_TOO_MANY_IN_ALL;
    if (held + wanted > in_all) {
        limit_is(oracle, call, REFUSAL_SEAT_LIMIT, in_all, held);
        return REFUSAL_SEAT_LIMIT;
    }
    oracle->state = STATE_ACTIVE;
    if (holds_are_used_up(user->of.user.token, call)) {
        limit_is(oracle, call, REFUSAL_HOLD_LIMIT, HOLDS_PER_TOKEN_MAX, 0);
        return REFUSAL_HOLD_LIMIT;
    }
    return REFUSAL_NONE;
}

static enum refusal hold_available(struct oracle *oracle, const struct call *call,
                                   const struct claim *claim)
{
    size_t conflicts = 0;
    const bool told = call->refusal == REFUSAL_SEAT_UNAVAILABLE;
    const struct seat_conflicts *shown = &call->out.conflicts;
    for (size_t i = 0; i < claim->count; i++) {
        const struct row *seat = claim->seats[i];
        if (seat->image.as.seat.status == SEAT_STATUS_AVAILABLE)
            continue;
        oracle->state = seat->image.as.seat.status == SEAT_STATUS_HELD   ? STATE_SEAT_HELD
                        : seat->image.as.seat.status == SEAT_STATUS_SOLD ? STATE_SEAT_SOLD
                                                                         : STATE_SEAT_BLOCKED;
        if (told &&
            (conflicts >= shown->count ||
             !id_equal(shown->seats[conflicts].seat_id, seat->image.as.seat.id) ||
             shown->seats[conflicts].place != seat->image.as.seat.position ||
             strcmp(shown->seats[conflicts].seat_number, seat->image.as.seat.seat_number) != 0))
            object_to(oracle, 1, "the conflicts that were told are not those there are");
        conflicts++;
    }
    if (told && conflicts != shown->count)
        object_to(oracle, 1, "%zu seats are taken, %zu were told", conflicts, shown->count);
    return conflicts > 0 ? REFUSAL_SEAT_UNAVAILABLE : REFUSAL_NONE;
}

static enum refusal hold_refusal(struct oracle *oracle, const struct row *user,
                                 const struct row *round, const struct call *call,
                                 struct claim *claim)
{
    enum refusal refusal = hold_token(oracle, user);
    if (refusal == REFUSAL_NONE)
        refusal = hold_sale(oracle, round, call);
    if (refusal == REFUSAL_NONE)
        refusal = hold_seats(oracle, round, call, claim);
    if (refusal == REFUSAL_NONE && round->image.as.concert_round.paused)
        refusal = REFUSAL_ROUND_PAUSED;
    if (refusal == REFUSAL_NONE)
        refusal = hold_limits(oracle, user, round, call);
    if (refusal == REFUSAL_NONE && call->in.reservation_hold.seat_count == 0)
        refusal = hold_best(round, call, claim);
    if (refusal == REFUSAL_NONE)
        refusal = hold_available(oracle, call, claim);
    return refusal;
}

static struct row *put_hold(struct oracle *oracle, const struct row *user, const struct row *round,
                            const struct claim *claim)
{
    struct record image = {
        .kind = RECORD_KIND_SEAT_RESERVATION,
        .as.seat_reservation = {
            .id = span_new_id(oracle, RECORD_KIND_SEAT_RESERVATION),
            .user_id = user->image.as.user.id,
            .round_id = round->image.as.concert_round.id,
            .token_id = user->of.user.token->image.as.queue_token.id,
            .status = RESERVATION_STATUS_PENDING,
            .reserved_at = oracle->now.house,
            .expires_at = oracle->now.house + oracle->settings.hold_seconds * SECOND_MS,
            .refundable_until = round->image.as.concert_round.start_time -
                                oracle->settings.refund_until_seconds * SECOND_MS,
        }};
    for (size_t i = 0; i < claim->count; i++)
        image.as.seat_reservation.amount += claim->seats[i]->image.as.seat.price;
    struct row *reservation = row_put(oracle, &image);
    for (size_t i = 0; i < claim->count; i++) {
        const struct record seat = {.kind = RECORD_KIND_RESERVATION_SEAT,
                                    .as.reservation_seat = {
                                        .reservation_id = image.as.seat_reservation.id,
                                        .position = (int64_t)i,
                                        .seat_id = claim->seats[i]->image.as.seat.id,
                                        .price = claim->seats[i]->image.as.seat.price,
                                    }};
        row_put(oracle, &seat);
    }
    seats_become(oracle, reservation, SEAT_STATUS_HELD);
    return reservation;
}

enum refusal judge_reservation_hold(struct oracle *oracle, struct row *user,
                                    const struct call *call)
{
    struct row *round =
        row_find(oracle, RECORD_KIND_CONCERT_ROUND, call->in.reservation_hold.round_id);
    struct claim claim = {0};
    const enum refusal refusal = hold_refusal(oracle, user, round, call, &claim);
    if (refusal != REFUSAL_NONE || call->refusal != REFUSAL_NONE)
        return refusal;
    expect_created(oracle, call, true);
    if (round->image.as.concert_round.first_reserved_at == 0) {
        struct record image = row_image(round);
        image.as.concert_round.first_reserved_at = oracle->now.house;
        row_change(oracle, round, &image);
    }
    const struct row *reservation = put_hold(oracle, user, round, &claim);
    token_follows_holds(oracle, user->of.user.token);
    view_reservation(oracle, call, reservation);
    return REFUSAL_NONE;
}

/* ---- Looking and giving back ---- */

static enum coverage_state state_of(const struct row *reservation)
{
    switch (reservation->image.as.seat_reservation.status) {
    case RESERVATION_STATUS_PENDING:
        return STATE_PENDING;
    case RESERVATION_STATUS_CONFIRMED:
        return STATE_CONFIRMED;
    case RESERVATION_STATUS_CANCELLED:
        return STATE_CANCELLED;
    case RESERVATION_STATUS_EXPIRED:
        break;
    }
    return STATE_EXPIRED;
}

static struct row *named(struct oracle *oracle, const struct call *call)
{
    oracle->state = STATE_UNKNOWN;
    return row_find(oracle, RECORD_KIND_SEAT_RESERVATION, call->in.reservation.reservation_id);
}

enum refusal judge_reservation_get(struct oracle *oracle, struct row *user, const struct call *call)
{
    const struct row *reservation = named(oracle, call);
    if (reservation == NULL)
        return REFUSAL_NOT_FOUND;
    oracle->state = STATE_OTHERS;
    if (!may_see(oracle, user, reservation->image.as.seat_reservation.user_id))
        return refuse_to_show(oracle, user, call);
    oracle->state = state_of(reservation);
    view_reservation(oracle, call, reservation);
    return REFUSAL_NONE;
}

enum refusal judge_reservation_calendar(struct oracle *oracle, struct row *user,
                                        const struct call *call)
{
    const struct row *reservation = named(oracle, call);
    (void)user; /* nobody */
    if (reservation == NULL)
        return REFUSAL_NOT_FOUND;
    oracle->state = state_of(reservation);
    view_reservation(oracle, call, reservation);
    return REFUSAL_NONE;
}

enum refusal judge_reservation_history(struct oracle *oracle, struct row *user,
                                       const struct call *call)
{
    (void)user;
    if (named(oracle, call) == NULL)
        return REFUSAL_NOT_FOUND;
    oracle->state = STATE_ANY;
    return REFUSAL_NONE;
}

/* Ended, so its row may be the tables' alone; or confirmed for a round that is over. */
bool reservation_may_have_left(const struct row *reservation)
{
    switch (reservation->image.as.seat_reservation.status) {
    case RESERVATION_STATUS_PENDING:
        return false;
    case RESERVATION_STATUS_CONFIRMED:
        return reservation->of.reservation->round->of.round.maybe_over;
    case RESERVATION_STATUS_CANCELLED:
    case RESERVATION_STATUS_EXPIRED:
        break;
    }
    return true;
}

static bool refund_is_closed(const struct oracle *oracle, const struct row *reservation,
                             const struct call *call)
{
    const struct row *round = reservation->of.reservation->round;
    const timestamp_ms now = oracle->now.wall;
    if (reservation->image.as.seat_reservation.status != RESERVATION_STATUS_CONFIRMED)
        return false;
    const bool is_late = now >= round->image.as.concert_round.start_time ||
                         (now >= reservation->image.as.seat_reservation.refundable_until &&
                          now >= free_cancel_until(reservation));
    if (is_late && !may(oracle) && round->image.as.concert_round.status != ROUND_STATUS_CANCELLED)
        return true;
    return round->of.round.maybe_over && call->refusal == REFUSAL_REFUND_CLOSED;
}

enum refusal judge_reservation_cancel(struct oracle *oracle, struct row *user,
                                      const struct call *call)
{
    struct row *reservation = named(oracle, call);
    if (reservation == NULL)
        return REFUSAL_NOT_FOUND;
    oracle->state = STATE_OTHERS;
    if (!may_see(oracle, user, reservation->image.as.seat_reservation.user_id))
        return refuse_to_show(oracle, user, call);
    oracle->state = state_of(reservation);
    if (oracle->state == STATE_EXPIRED)
        return REFUSAL_RESERVATION_EXPIRED;
    if (refund_is_closed(oracle, reservation, call))
        return REFUSAL_REFUND_CLOSED;
    if (oracle->state != STATE_CANCELLED && call->refusal == REFUSAL_NONE)
        reservation_ends(oracle, reservation, RESERVATION_STATUS_CANCELLED,
                         reservation->of.reservation->user == user ? CANCEL_REASON_BUYER
                                                                   : CANCEL_REASON_ORGANIZER);
    view_reservation(oracle, call, reservation);
    return REFUSAL_NONE;
}

/* ---- Paying, and more time for it ---- */

static enum refusal pending_refusal(struct oracle *oracle, const struct row *user,
                                    const struct row *reservation, const struct call *call)
{
    if (reservation == NULL)
        return REFUSAL_NOT_FOUND;
    oracle->state = STATE_OTHERS;
    if (reservation->of.reservation->user != user)
        return REFUSAL_NOT_FOUND;
    const struct seat_reservation *row = &reservation->image.as.seat_reservation;
    oracle->state = state_of(reservation);
    if (row->status == RESERVATION_STATUS_EXPIRED)
        return REFUSAL_HOLD_EXPIRED;
    if (reservation->of.reservation->round->image.as.concert_round.status == ROUND_STATUS_CANCELLED)
        return REFUSAL_ROUND_CANCELLED;
    if (row->status == RESERVATION_STATUS_PENDING)
        return oracle->now.wall <
                       reservation->of.reservation->round->image.as.concert_round.start_time
                   ? REFUSAL_NONE
                   : REFUSAL_SALES_CLOSED;
    if (call->refusal == REFUSAL_RESERVATION_NOT_PENDING &&
        (call->detail.reservation_status != row->status ||
         !id_equal(call->detail.payment_id, row->payment_id)))
        object_to(oracle, 4, "%s is %s, and something else was told", row_name(reservation).text,
                  reservation_status_texts[row->status]);
    return REFUSAL_RESERVATION_NOT_PENDING;
}

/* The deadline moves by as much as the house gives, from where it was; the turn goes as far. */
enum refusal judge_reservation_extend(struct oracle *oracle, struct row *user,
                                      const struct call *call)
{
    const int64_t more_ms = oracle->settings.extend_seconds * SECOND_MS;
    oracle->state = STATE_CLOSED;
    if (more_ms == 0)
        return REFUSAL_EXTENDING_CLOSED;
    struct row *reservation = named(oracle, call);
    const enum refusal refusal = pending_refusal(oracle, user, reservation, call);
    if (refusal != REFUSAL_NONE)
        return refusal;
    struct record image = row_image(reservation);
    oracle->state = STATE_EXTENDED;
    if (image.as.seat_reservation.extended_at != 0)
        return REFUSAL_EXTENDED_ALREADY;
    struct row *token = user->of.user.token;
    oracle->state = oracle->now.house < token->image.as.queue_token.holds_until ? STATE_PENDING
                                                                                : STATE_OVER_TIME;
    if (call->refusal != REFUSAL_NONE)
        return REFUSAL_NONE; /* objected to by the caller */
    expect_created(oracle, call, false);
    image.as.seat_reservation.expires_at += more_ms;
    image.as.seat_reservation.extended_at = oracle->now.house;
    row_change(oracle, reservation, &image);
    token_follows_holds(oracle, token);
    view_reservation(oracle, call, reservation);
    return REFUSAL_NONE;
}

static struct record payment_image(const struct oracle *oracle, const struct row *reservation,
                                   struct id id, enum payment_status status)
{
    const struct seat_reservation *row = &reservation->image.as.seat_reservation;
    return (struct record){.kind = RECORD_KIND_PAYMENT,
                           .as.payment = {
                               .id = id,
                               .user_id = row->user_id,
                               .reservation_id = row->id,
                               .amount = row->amount,
                               .status = status,
                               .created_at = oracle->now.house,
                           }};
}

/* The first try that falls short is kept; the hold stays. */
static enum refusal falls_short(struct oracle *oracle, const struct row *reservation,
                                const struct call *call)
{
    const struct reservation_part *part = reservation->of.reservation;
    oracle->state = part->failed == NULL ? STATE_POOR : STATE_POOR_AGAIN;
    if (call->refusal != REFUSAL_INSUFFICIENT_POINTS)
        return REFUSAL_INSUFFICIENT_POINTS;
    if (part->failed == NULL) {
        const struct record image = payment_image(
            oracle, reservation, span_new_id(oracle, RECORD_KIND_PAYMENT), PAYMENT_STATUS_FAILED);
        row_put(oracle, &image);
    }
    if (call->detail.balance != part->user->of.user.account->image.as.point_account.balance ||
        call->detail.required != reservation->image.as.seat_reservation.amount ||
        part->failed == NULL ||
        !id_equal(call->detail.payment_id, part->failed->image.as.payment.id))
        object_to(oracle, 3, "balance, price or failed payment were told wrongly");
    return REFUSAL_INSUFFICIENT_POINTS;
}

static struct row *pay(struct oracle *oracle, struct row *user, struct row *reservation)
{
    struct record payment = payment_image(
        oracle, reservation, span_new_id(oracle, RECORD_KIND_PAYMENT), PAYMENT_STATUS_SUCCEEDED);
    payment.as.payment.paid_at = oracle->now.house;
    struct row *paid = row_put(oracle, &payment);
    move_points(oracle, user,
                &(struct point_entry){
                    .id = span_new_id(oracle, RECORD_KIND_POINT_ENTRY),
                    .kind = ENTRY_KIND_PAYMENT,
                    .amount = -payment.as.payment.amount,
                    .payment_id = payment.as.payment.id,
                    .caller_id = user->image.as.user.id,
                });
    struct record image = row_image(reservation);
    image.as.seat_reservation.status = RESERVATION_STATUS_CONFIRMED;
    image.as.seat_reservation.used_points = image.as.seat_reservation.amount;
    image.as.seat_reservation.payment_id = payment.as.payment.id;
    row_change(oracle, reservation, &image);
    seats_become(oracle, reservation, SEAT_STATUS_SOLD);
    tickets_issued(oracle, reservation);
    return paid;
}

enum refusal judge_payment_make(struct oracle *oracle, struct row *user, const struct call *call)
{
    struct row *reservation = named(oracle, call);
    const enum refusal refusal = pending_refusal(oracle, user, reservation, call);
    if (refusal != REFUSAL_NONE)
        return refusal;
    if (call->in.reservation.start_time != 0 &&
        call->in.reservation.start_time !=
            reservation->of.reservation->round->image.as.concert_round.start_time)
        return REFUSAL_ROUND_MOVED;
    if (user->of.user.account->image.as.point_account.balance <
        reservation->image.as.seat_reservation.amount)
        return falls_short(oracle, reservation, call);
    oracle->state = oracle->now.wall >= sale_end(reservation->of.reservation->round)
                        ? STATE_SALE_CLOSED
                        : STATE_PENDING;
    if (call->refusal != REFUSAL_NONE)
        return REFUSAL_NONE; /* objected to by the caller */
    expect_created(oracle, call, true);
    const struct row *paid = pay(oracle, user, reservation);
    struct row *token = user->of.user.token;
    if (token != NULL && has_pending(user))
        token_follows_holds(oracle, token);
    else if (token != NULL)
        token_ends(oracle, token, TOKEN_REASON_FINISHED);
    view_payment(oracle, call, paid);
    return REFUSAL_NONE;
}

enum refusal judge_payment_get(struct oracle *oracle, struct row *user, const struct call *call)
{
    const struct row *payment =
        row_find(oracle, RECORD_KIND_PAYMENT, call->in.payment_get.payment_id);
    oracle->state = STATE_UNKNOWN;
    if (payment == NULL)
        return REFUSAL_NOT_FOUND;
    oracle->state = STATE_OTHERS;
    if (!may_see(oracle, user, payment->image.as.payment.user_id))
        return refuse_to_show(oracle, user, call);
    oracle->state = payment->image.as.payment.status == PAYMENT_STATUS_SUCCEEDED ? STATE_SUCCEEDED
                    : payment->image.as.payment.status == PAYMENT_STATUS_FAILED  ? STATE_FAILED
                                                                                 : STATE_CANCELLED;
    view_payment(oracle, call, payment);
    return REFUSAL_NONE;
}
