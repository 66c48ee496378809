/* Concerts, rounds and seats as the judge keeps them. */
#include "disk/own_memory.h"
#include "oracle/oracle_model.h"

#include "base/hash.h"

#include <string.h>

timestamp_ms sale_end(const struct row *round)
{
    const timestamp_ms closes = round->of.round.concert->image.as.concert.reservation_close_at;
    const timestamp_ms starts = round->image.as.concert_round.start_time;
    return closes < starts ? closes : starts;
}

/* A day after its start, what a round sold may leave the server's memory at any time, and the
 * round's seats with it; until the next load nobody outside can tell. */
void rounds_grow_old(struct oracle *oracle)
{
    const struct row_vector *rounds = &oracle->of_kind[RECORD_KIND_CONCERT_ROUND];
    for (size_t i = 0; i < rounds->count; i++) {
        struct row *round = rounds->items[i];
        if (round->there && round->image.as.concert_round.first_reserved_at != 0 &&
            oracle->now.wall >= round->image.as.concert_round.start_time + ROUND_OVER_AFTER_MS)
            round->of.round.maybe_over = true;
    }
}

static size_t count_there(const struct oracle *oracle, enum record_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < oracle->of_kind[kind].count; i++)
        count += oracle->of_kind[kind].items[i]->there;
    return count;
}

/* ---- Concerts ---- */

static void take_terms(struct record *image, const struct call *call)
{
    const struct concert_terms *terms = &call->in.concert.terms;
    struct concert *concert = &image->as.concert;
    if (terms->has_status)
        concert->status = terms->status;
    if (terms->has_place)
        concert->place = terms->place != NULL && terms->place[0] != '\0' ? terms->place : NULL;
    if (terms->has_external_id)
        concert->external_id = terms->external_id;
    if (terms->has_max_seats_per_reservation)
        concert->max_seats_per_reservation = terms->max_seats_per_reservation;
    if (terms->has_max_seats_per_user)
        concert->max_seats_per_user = terms->max_seats_per_user;
}

/* Another concert than this one (NULL: than a new one) goes by the name. */
static bool name_is_taken(const struct oracle *oracle, const struct row *concert, const char *name)
{
    const struct row_vector *concerts = &oracle->of_kind[RECORD_KIND_CONCERT];
    for (size_t i = 0; name != NULL && i < concerts->count; i++) {
        const struct row *other = concerts->items[i];
        if (other->there && other != concert && other->image.as.concert.external_id != NULL &&
            strcmp(other->image.as.concert.external_id, name) == 0)
            return true;
    }
    return false;
}

static bool was_reserved(const struct row *concert)
{
    const struct row_list *rounds = &concert->of.concert.rounds;
    for (size_t i = 0; i < rounds->count; i++)
        if (rounds->items[i]->image.as.concert_round.first_reserved_at != 0)
            return true;
    return false;
}

/* `concert`, NULL: a new one. */
static enum refusal judge_image(struct oracle *oracle, const struct row *concert,
                                const struct record *image)
{
    const struct concert *row = &image->as.concert;
    if (row->reservation_close_at <= row->reservation_open_at)
        return REFUSAL_CLOSE_BEFORE_OPEN;
    if (name_is_taken(oracle, concert, row->external_id))
        return REFUSAL_EXTERNAL_ID_TAKEN;
    if (concert == NULL || row->status != CONCERT_STATUS_DRAFT || !was_reserved(concert))
        return REFUSAL_NONE;
    oracle->state = STATE_RESERVED;
    return REFUSAL_HAS_RESERVATIONS;
}

/* Invariant 8 is held against the largest limit that there ever was. */
static void ceiling_follows(struct oracle *oracle, const struct record *concert)
{
    struct record image = row_image(oracle->house);
    if (concert->as.concert.max_seats_per_user <= image.as.house.seats_per_user_ceiling)
        return;
    image.as.house.seats_per_user_ceiling = concert->as.concert.max_seats_per_user;
    row_change(oracle, oracle->house, &image);
}

static struct record concert_image(const struct call *call)
{
    struct record image = {.kind = RECORD_KIND_CONCERT,
                           .as.concert = {
                               .title = call->in.concert.title,
                               .description = call->in.concert.description,
                               .reservation_open_at = call->in.concert.reservation_open_at,
                               .reservation_close_at = call->in.concert.reservation_close_at,
                           }};
    take_terms(&image, call);
    return image;
}

enum refusal judge_concert_create(struct oracle *oracle, struct row *user, const struct call *call)
{
    (void)user;
    oracle->state = STATE_FULL;
    if (count_there(oracle, RECORD_KIND_CONCERT) >= CONCERTS_MAX)
        return REFUSAL_CAPACITY;
    oracle->state = STATE_ANY;
    struct record image = concert_image(call);
    const enum refusal refusal = judge_image(oracle, NULL, &image);
    if (refusal != REFUSAL_NONE || call->refusal != REFUSAL_NONE)
        return refusal; /* one that is not expected is objected to by the caller */
    expect_created(oracle, call, true);
    image.as.concert.id = span_new_id(oracle, RECORD_KIND_CONCERT);
    ceiling_follows(oracle, &image);
    view_record(oracle, call, row_put(oracle, &image));
    return REFUSAL_NONE;
}

static struct row *concert_named(struct oracle *oracle, const struct call *call)
{
    struct row *concert = row_find(oracle, RECORD_KIND_CONCERT, call->in.concert.concert_id);
    oracle->state = concert == NULL ? STATE_UNKNOWN : STATE_KNOWN;
    return concert;
}

enum refusal judge_concert_change(struct oracle *oracle, struct row *user, const struct call *call)
{
    (void)user;
    struct row *concert = concert_named(oracle, call);
    if (concert == NULL)
        return REFUSAL_NOT_FOUND;
    struct record image = row_image(concert);
    if (call->in.concert.title != NULL)
        image.as.concert.title = call->in.concert.title;
    if (call->in.concert.description != NULL)
        image.as.concert.description = call->in.concert.description;
    if (call->in.concert.reservation_open_at != 0)
        image.as.concert.reservation_open_at = call->in.concert.reservation_open_at;
    if (call->in.concert.reservation_close_at != 0)
        image.as.concert.reservation_close_at = call->in.concert.reservation_close_at;
    take_terms(&image, call);
    const enum refusal refusal = judge_image(oracle, concert, &image);
    if (refusal != REFUSAL_NONE || call->refusal != REFUSAL_NONE)
        return refusal; /* one that is not expected is objected to by the caller */
    ceiling_follows(oracle, &image);
    row_change(oracle, concert, &image);
    view_record(oracle, call, concert);
    return REFUSAL_NONE;
}

static void delete_round(struct oracle *oracle, struct row *round)
{
    for (size_t i = 0; i < round->of.round.seat_count; i++)
        if (round->of.round.seats[i] != NULL)
            row_delete(oracle, round->of.round.seats[i]);
    row_delete(oracle, round);
}

enum refusal judge_concert_delete(struct oracle *oracle, struct row *user, const struct call *call)
{
    (void)user;
    struct row *concert = concert_named(oracle, call);
    if (concert == NULL)
        return REFUSAL_NOT_FOUND;
    const struct row_list *rounds = &concert->of.concert.rounds;
    if (was_reserved(concert)) {
        oracle->state = STATE_RESERVED;
        return REFUSAL_HAS_RESERVATIONS;
    }
    if (call->refusal != REFUSAL_NONE)
        return REFUSAL_NONE; /* objected to by the caller */
    while (rounds->count > 0)
        delete_round(oracle, rounds->items[rounds->count - 1]);
    row_delete(oracle, concert);
    return REFUSAL_NONE;
}

enum refusal judge_drafts_see(struct oracle *oracle, struct row *user, const struct call *call)
{
    (void)user;
    (void)call;
    oracle->state = STATE_ANY;
    return REFUSAL_NONE;
}

/* ---- Rounds ---- */

/* Where a text begins and ends when the blanks around it are left out. */
static const char *without_blanks(const char *text, size_t *length)
{
    while (*text == ' ' || *text == '\t')
        text++;
    for (*length = strlen(text); *length > 0; (*length)--)
        if (text[*length - 1] != ' ' && text[*length - 1] != '\t')
            break;
    return text;
}

static uint64_t hash_of(const char *text)
{
    size_t length;
    if (text == NULL)
        return 0;
    text = without_blanks(text, &length);
    return hash_bytes(text, length);
}

static bool same_text(const char *one, const char *other)
{
    size_t one_length, other_length;
    if (one == NULL || other == NULL)
        return one == other;
    one = without_blanks(one, &one_length);
    other = without_blanks(other, &other_length);
    return one_length == other_length && memcmp(one, other, one_length) == 0;
}

static bool has_place(const struct seat_plan *seat)
{
    return seat->row != NULL && seat->number != NULL;
}

static uint64_t hash_of_seat(const struct seat_plan *seat, bool by_place)
{
    return by_place ? hash_of(seat->section) * 3 + hash_of(seat->row) * 5 + hash_of(seat->number)
                    : hash_of(seat->seat_number);
}

static bool same_seat(const struct seat_plan *one, const struct seat_plan *other, bool by_place)
{
    return by_place ? same_text(one->section, other->section) && same_text(one->row, other->row) &&
                          same_text(one->number, other->number)
                    : same_text(one->seat_number, other->seat_number);
}

/* Two seats of a round that are one: the first that an earlier one is. */
struct twins {
    size_t later, earlier;
};

/* The first by the number alone, or by the place alone; `later` is `count` when there is none. */
static struct twins first_twins(const struct seat_plan *seats, size_t count, bool by_place)
{
    size_t capacity = 16;
    struct twins found = {.later = count};
    while (capacity < 2 * count)
        capacity *= 2;
    size_t *table = own_allocate(capacity * sizeof *table);
    for (size_t i = 0; i < count && found.later == count; i++) {
        if (by_place && !has_place(&seats[i]))
            continue;
        size_t at = hash_of_seat(&seats[i], by_place) & (capacity - 1);
        for (; table[at] != 0; at = (at + 1) & (capacity - 1))
            if (same_seat(&seats[table[at] - 1], &seats[i], by_place))
                found = (struct twins){.later = i, .earlier = table[at] - 1};
        table[at] = i + 1;
    }
    own_free(table);
    return found;
}

static enum refusal judge_seats(struct oracle *oracle, const struct call *call)
{
    const size_t count = call->in.round.seat_count;
    const struct twins number = first_twins(call->in.round.seats, count, false);
    const struct twins place = first_twins(call->in.round.seats, count, true);
    const bool by_number = number.later <= place.later;
    const struct twins first = by_number ? number : place;
    if (first.later == count)
        return REFUSAL_NONE;
    const enum refusal refusal =
        by_number ? REFUSAL_DUPLICATE_SEAT_NUMBER : REFUSAL_DUPLICATE_SEAT_PLACE;
    const struct refusal_detail *detail = &call->detail;
    if (call->refusal == refusal &&
        (detail->seat_index != first.later || detail->earlier_seat_index != first.earlier))
        object_to(oracle, 0, "seat %zu is seat %zu again, not %zu seat %zu", first.later,
                  first.earlier, detail->seat_index, detail->earlier_seat_index);
    return refusal;
}

static void put_seats(struct oracle *oracle, struct id round_id, const struct call *call)
{
    for (size_t i = 0; i < call->in.round.seat_count && !oracle->objected; i++) {
        const struct seat_plan *plan = &call->in.round.seats[i];
        const struct record image = {.kind = RECORD_KIND_SEAT,
                                     .as.seat = {
                                         .id = span_new_seat(oracle, (int64_t)i),
                                         .concert_round_id = round_id,
                                         .position = (int64_t)i,
                                         .seat_number = plan->seat_number,
                                         .section = plan->section,
                                         .row = plan->row,
                                         .number = plan->number,
                                         .grade = plan->grade,
                                         .price = plan->price,
                                         .status = SEAT_STATUS_AVAILABLE,
                                         .placed = plan->placed,
                                         .x = plan->x,
                                         .y = plan->y,
                                         .accessible = plan->accessible,
                                         .companion = plan->companion,
                                         .restricted_view = plan->restricted_view,
                                     }};
        row_put(oracle, &image);
    }
}

/* Of the seats those in memory count, and some rounds may have left it. */
static bool is_full(const struct oracle *oracle, const struct row *concert, const struct call *call)
{
    if (concert->of.concert.rounds.count >= ROUNDS_PER_CONCERT_MAX)
        return true;
    return call->refusal == REFUSAL_CAPACITY &&
           count_there(oracle, RECORD_KIND_SEAT) + call->in.round.seat_count > SEATS_MAX;
}

static enum refusal times_refusal(const struct concert_round *image)
{
    if (image->doors_at != 0 && image->start_time < image->doors_at)
        return REFUSAL_DOORS_AFTER_START;
    if (image->ends_at != 0 && image->start_time >= image->ends_at)
        return REFUSAL_ENDS_BEFORE_START;
    return REFUSAL_NONE;
}

enum refusal judge_round_create(struct oracle *oracle, struct row *user, const struct call *call)
{
    (void)user;
    const struct row *concert = row_find(oracle, RECORD_KIND_CONCERT, call->in.round.concert_id);
    oracle->state = STATE_UNKNOWN;
    if (concert == NULL)
        return REFUSAL_NOT_FOUND;
    oracle->state = STATE_FULL;
    if (is_full(oracle, concert, call))
        return REFUSAL_CAPACITY;
    oracle->state = STATE_KNOWN;
    const struct concert_round times = {.start_time = call->in.round.start_time,
                                        .doors_at = call->in.round.doors_at,
                                        .ends_at = call->in.round.ends_at};
    if (times.start_time <= oracle->now.wall)
        return REFUSAL_STARTS_BEFORE_NOW;
    enum refusal refusal = times_refusal(&times);
    if (refusal == REFUSAL_NONE)
        refusal = judge_seats(oracle, call);
    if (refusal != REFUSAL_NONE)
        return refusal;
    if (call->refusal != REFUSAL_NONE)
        return REFUSAL_NONE; /* objected to by the caller */
    expect_created(oracle, call, true);
    const struct record image = {.kind = RECORD_KIND_CONCERT_ROUND,
                                 .as.concert_round = {
                                     .id = span_new_id(oracle, RECORD_KIND_CONCERT_ROUND),
                                     .concert_id = call->in.round.concert_id,
                                     .start_time = times.start_time,
                                     .doors_at = times.doors_at,
                                     .ends_at = times.ends_at,
                                     .status = ROUND_STATUS_SCHEDULED,
                                     .total_seat_cnt = (int64_t)call->in.round.seat_count,
                                     .plan_version = 1,
                                 }};
    const struct row *round = row_put(oracle, &image);
    put_seats(oracle, image.as.concert_round.id, call);
    view_record(oracle, call, round);
    return REFUSAL_NONE;
}

static struct row *round_named(struct oracle *oracle, struct id id)
{
    struct row *round = row_find(oracle, RECORD_KIND_CONCERT_ROUND, id);
    oracle->state = round == NULL ? STATE_UNKNOWN
                    : round->image.as.concert_round.status == ROUND_STATUS_CANCELLED
                        ? STATE_CANCELLED
                        : STATE_SCHEDULED;
    return round;
}

static bool is_of_grade(const struct row *seat, const char *grade)
{
    const char *own = seat->image.as.seat.grade;
    return strcmp(own == NULL ? "" : own, grade) == 0;
}

static bool has_grade(const struct row *round, const char *grade)
{
    for (size_t i = 0; i < round->of.round.seat_count; i++)
        if (is_of_grade(round->of.round.seats[i], grade))
            return true;
    return false;
}

/* Gives the price to the seats that may take it. True: one has it that had another. */
static bool price_seats(struct oracle *oracle, const struct row *round,
                        const struct number_by_name *price)
{
    bool changed = false;
    for (size_t i = 0; i < round->of.round.seat_count; i++) {
        struct row *seat = round->of.round.seats[i];
        struct record image = row_image(seat);
        const enum seat_status status = image.as.seat.status;
        if (!is_of_grade(seat, price->name) || image.as.seat.price == price->number ||
            status == SEAT_STATUS_HELD || status == SEAT_STATUS_SOLD)
            continue;
        image.as.seat.price = price->number;
        row_change(oracle, seat, &image);
        changed = true;
    }
    return changed;
}

/* Somebody holds or bought a seat; of a round that may have left memory, whatever is told. */
static bool is_lived_in(const struct row *round, const struct call *call)
{
    const struct round_part *part = &round->of.round;
    if (part->maybe_over && call->refusal == REFUSAL_HAS_RESERVATIONS)
        return true;
    return part->counts[SEAT_STATUS_HELD] + part->counts[SEAT_STATUS_SOLD] > 0;
}

/* One whose start was set anew is in memory with all its seats, and not over. */
static void put_times(struct oracle *oracle, struct row *round, const struct record *image)
{
    if (image->as.concert_round.start_time != round->image.as.concert_round.start_time)
        round->of.round.maybe_over = false;
    row_change(oracle, round, image);
}

enum refusal judge_round_change(struct oracle *oracle, struct row *user, const struct call *call)
{
    (void)user;
    struct row *round = round_named(oracle, call->in.round.round_id);
    if (round == NULL)
        return REFUSAL_NOT_FOUND;
    if (oracle->state == STATE_CANCELLED)
        return REFUSAL_ROUND_CANCELLED;
    struct record image = row_image(round);
    struct concert_round *times = &image.as.concert_round;
    if (call->in.round.start_time != 0)
        times->start_time = call->in.round.start_time;
    if (call->in.round.has_doors_at)
        times->doors_at = call->in.round.doors_at;
    if (call->in.round.has_ends_at)
        times->ends_at = call->in.round.ends_at;
    if (times->start_time != round->image.as.concert_round.start_time && is_lived_in(round, call))
        return REFUSAL_HAS_RESERVATIONS;
    if (times->start_time != round->image.as.concert_round.start_time &&
        times->start_time <= oracle->now.wall)
        return REFUSAL_STARTS_BEFORE_NOW;
    const enum refusal refusal = times_refusal(times);
    if (refusal != REFUSAL_NONE)
        return refusal;
    const bool prices = call->in.round.price_count > 0;
    if (prices && round->of.round.maybe_over && call->refusal == REFUSAL_SALES_CLOSED)
        return REFUSAL_SALES_CLOSED;
    for (size_t i = 0; i < call->in.round.price_count; i++)
        if (!has_grade(round, call->in.round.prices[i].name))
            return REFUSAL_UNKNOWN_GRADE;
    if (call->refusal != REFUSAL_NONE)
        return REFUSAL_NONE; /* objected to by the caller */
    bool dearer = false;
    for (size_t i = 0; i < call->in.round.price_count; i++)
        dearer = price_seats(oracle, round, &call->in.round.prices[i]) || dearer;
    times->plan_version += dearer;
    put_times(oracle, round, &image);
    view_record(oracle, call, round);
    return REFUSAL_NONE;
}

enum refusal judge_round_move(struct oracle *oracle, struct row *user, const struct call *call)
{
    (void)user;
    struct row *round = round_named(oracle, call->in.round.round_id);
    const timestamp_ms start = call->in.round.start_time, free = call->in.round.free_cancel_until;
    if (round == NULL)
        return REFUSAL_NOT_FOUND;
    if (oracle->state == STATE_CANCELLED)
        return REFUSAL_ROUND_CANCELLED;
    if (round->of.round.maybe_over && call->refusal == REFUSAL_SALES_CLOSED)
        return REFUSAL_SALES_CLOSED;
    if (start <= oracle->now.wall)
        return REFUSAL_STARTS_BEFORE_NOW;
    if (start == round->image.as.concert_round.start_time)
        return REFUSAL_STARTS_THEN_ALREADY;
    if (free <= oracle->now.wall || free > start)
        return REFUSAL_FREE_CANCEL_OUT_OF_PLACE;
    struct record image = row_image(round);
    struct concert_round *moved = &image.as.concert_round;
    moved->moved_from = moved->start_time;
    moved->moved_at = oracle->now.house;
    moved->move_count++;
    moved->start_time = start;
    moved->doors_at = call->in.round.doors_at;
    moved->ends_at = call->in.round.ends_at;
    if (free > moved->free_cancel_until)
        moved->free_cancel_until = free;
    if (moved->free_cancel_until > start)
        moved->free_cancel_until = start;
    moved->reason_ko = call->in.round.reason.texts.ko;
    moved->reason_en = call->in.round.reason.texts.en;
    const enum refusal refusal = times_refusal(moved);
    if (refusal != REFUSAL_NONE || call->refusal != REFUSAL_NONE)
        return refusal;
    if (round->of.round.counts[SEAT_STATUS_SOLD] > 0)
        oracle->state = STATE_SEAT_SOLD;
    put_times(oracle, round, &image);
    view_record(oracle, call, round);
    return REFUSAL_NONE;
}

enum refusal judge_round_delete(struct oracle *oracle, struct row *user, const struct call *call)
{
    (void)user;
    struct row *round = round_named(oracle, call->in.round.round_id);
    if (round == NULL)
        return REFUSAL_NOT_FOUND;
    if (round->image.as.concert_round.first_reserved_at != 0)
        return REFUSAL_HAS_RESERVATIONS;
    if (call->refusal == REFUSAL_NONE)
        delete_round(oracle, round);
    return REFUSAL_NONE;
}

enum refusal judge_round_cancel(struct oracle *oracle, struct row *user, const struct call *call)
{
    (void)user;
    struct row *round = round_named(oracle, call->in.round.round_id);
    if (round == NULL)
        return REFUSAL_NOT_FOUND;
    if (oracle->state == STATE_SCHEDULED && round->of.round.maybe_over &&
        call->refusal == REFUSAL_REFUND_CLOSED)
        return REFUSAL_REFUND_CLOSED;
    if (call->refusal != REFUSAL_NONE)
        return REFUSAL_NONE; /* objected to by the caller */
    if (oracle->state == STATE_SCHEDULED) {
        struct record image = row_image(round);
        image.as.concert_round.status = ROUND_STATUS_CANCELLED;
        image.as.concert_round.reason_ko = call->in.round.reason.texts.ko;
        image.as.concert_round.reason_en = call->in.round.reason.texts.en;
        row_change(oracle, round, &image);
    }
    view_record(oracle, call, round);
    return REFUSAL_NONE;
}

static enum refusal judge_pausing(struct oracle *oracle, const struct call *call, bool paused)
{
    struct row *round = round_named(oracle, call->in.round.round_id);
    if (round == NULL)
        return REFUSAL_NOT_FOUND;
    if (oracle->state == STATE_CANCELLED)
        return REFUSAL_ROUND_CANCELLED;
    if (call->refusal != REFUSAL_NONE)
        return REFUSAL_NONE; /* objected to by the caller */
    if (round->image.as.concert_round.paused != paused) {
        struct record image = row_image(round);
        image.as.concert_round.paused = paused;
        row_change(oracle, round, &image);
    }
    view_record(oracle, call, round);
    return REFUSAL_NONE;
}

enum refusal judge_round_pause(struct oracle *oracle, struct row *user, const struct call *call)
{
    (void)user;
    return judge_pausing(oracle, call, true);
}

enum refusal judge_round_resume(struct oracle *oracle, struct row *user, const struct call *call)
{
    (void)user;
    return judge_pausing(oracle, call, false);
}

/* Counted anew from the round's seats and reservations. */
static struct round_sales count_sales(const struct row *round)
{
    const struct round_part *part = &round->of.round;
    struct round_sales sales = {.round_id = round->image.as.concert_round.id,
                                .total_seat_cnt = (int64_t)part->seat_count};
    int64_t *const counts[] = {&sales.available, &sales.held, &sales.sold, &sales.blocked};
    for (size_t i = 0; i < part->seat_count; i++)
        if (part->seats[i] != NULL)
            ++*counts[part->seats[i]->image.as.seat.status];
    for (size_t i = 0; i < part->reservations.count; i++) {
        const struct seat_reservation *reservation =
            &part->reservations.items[i]->image.as.seat_reservation;
        if (reservation->status != RESERVATION_STATUS_CONFIRMED)
            continue;
        sales.revenue += reservation->amount;
        sales.refunds_pending +=
            round->image.as.concert_round.status == ROUND_STATUS_CANCELLED ? 1 : 0;
    }
    return sales;
}

enum refusal judge_round_sales(struct oracle *oracle, struct row *user, const struct call *call)
{
    (void)user;
    const struct row *round = round_named(oracle, call->in.round.round_id);
    if (round == NULL)
        return REFUSAL_NOT_FOUND;
    if (round->of.round.maybe_over && call->refusal == REFUSAL_NOT_FOUND) {
        oracle->state = STATE_UNKNOWN;
        return REFUSAL_NOT_FOUND;
    }
    if (call->refusal != REFUSAL_NONE)
        return REFUSAL_NONE; /* objected to by the caller */
    const struct round_sales *told = &call->out.sales, sales = count_sales(round);
    if (!id_equal(told->round_id, sales.round_id) || told->available != sales.available ||
        told->held != sales.held || told->sold != sales.sold || told->blocked != sales.blocked ||
        told->total_seat_cnt != sales.total_seat_cnt)
        object_to(oracle, 5, "%s is told to have other seats", row_name(round).text);
    if (told->revenue != sales.revenue || told->refunds_pending != sales.refunds_pending)
        object_to(oracle, 4, "%s has brought %lld and owes %lld refunds; told were %lld and %lld",
                  row_name(round).text, (long long)sales.revenue, (long long)sales.refunds_pending,
                  (long long)told->revenue, (long long)told->refunds_pending);
    return REFUSAL_NONE;
}

/* ---- Seats ---- */

/* The refused are named in the order of the request. */
static void view_refused(struct oracle *oracle, const struct call *call, size_t index,
                         const struct row *seat)
{
    const struct seat_refusal *refused = &call->out.seats_block.refused[index];
    if (index >= call->out.seats_block.refused_count ||
        !id_equal(refused->seat_id, seat->image.as.seat.id) ||
        refused->status != seat->image.as.seat.status)
        object_to(oracle, 1, "%s is %s, and was not told as refused", row_name(seat).text,
                  seat_status_texts[seat->image.as.seat.status]);
}

static enum refusal move_seats(struct oracle *oracle, const struct call *call,
                               enum seat_status from, enum seat_status to)
{
    int64_t changed = 0;
    size_t refused = 0;
    for (size_t i = 0; i < call->in.seats_block.seat_count; i++) {
        struct row *seat = row_find(oracle, RECORD_KIND_SEAT, call->in.seats_block.seat_ids[i]);
        if (seat->image.as.seat.status == from) {
            struct record image = row_image(seat);
            image.as.seat.status = to;
            row_change(oracle, seat, &image);
            changed++;
        } else if (seat->image.as.seat.status != to) {
            view_refused(oracle, call, refused++, seat);
        }
    }
    if (call->out.seats_block.changed != changed || call->out.seats_block.refused_count != refused)
        object_to(oracle, 1,
                  "%lld seats were to change and %zu to be refused; told were %lld and %zu",
                  (long long)changed, refused, (long long)call->out.seats_block.changed,
                  call->out.seats_block.refused_count);
    return REFUSAL_NONE;
}

static enum refusal seats_refusal(struct oracle *oracle, const struct row *round,
                                  const struct call *call)
{
    const bool told = call->refusal == REFUSAL_SEAT_OF_OTHER_ROUND;
    for (size_t i = 0; i < call->in.seats_block.seat_count; i++) {
        const struct row *seat =
            row_find(oracle, RECORD_KIND_SEAT, call->in.seats_block.seat_ids[i]);
        if (seat != NULL && seat->of.seat.round == round &&
            !(told && round->of.round.maybe_over && call->detail.seat_index == i))
            continue;
        if (told && call->detail.seat_index != i)
            object_to(oracle, 0, "seat %zu is the one of another round, not %zu", i,
                      call->detail.seat_index);
        return REFUSAL_SEAT_OF_OTHER_ROUND;
    }
    return REFUSAL_NONE;
}

static enum refusal block(struct oracle *oracle, const struct call *call, enum seat_status from,
                          enum seat_status to)
{
    const struct row *round = round_named(oracle, call->in.seats_block.round_id);
    if (round == NULL)
        return REFUSAL_NOT_FOUND;
    const enum refusal refusal = seats_refusal(oracle, round, call);
    if (refusal != REFUSAL_NONE || call->refusal != REFUSAL_NONE)
        return refusal;
    return move_seats(oracle, call, from, to);
}

enum refusal judge_seats_block(struct oracle *oracle, struct row *user, const struct call *call)
{
    (void)user;
    return block(oracle, call, SEAT_STATUS_AVAILABLE, SEAT_STATUS_BLOCKED);
}

enum refusal judge_seats_unblock(struct oracle *oracle, struct row *user, const struct call *call)
{
    (void)user;
    return block(oracle, call, SEAT_STATUS_BLOCKED, SEAT_STATUS_AVAILABLE);
}
