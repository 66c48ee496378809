/* Concerts and their rounds with seats, as the organizer makes them and takes them away. */
#include "office/catalogue.h"

#include "office/chair.h"
#include "office/door.h"
#include "office/room.h"
#include "office/state.h"
#include "office/texts.h"
#include "office/verb_function.h"

#include <stdlib.h>

/* ---- Concerts ---- */

bool concert_is_draft(const struct live_concert *concert)
{
    return concert->row.status == CONCERT_STATUS_DRAFT;
}

static void take_terms(struct concert *row, const struct concert_terms *terms)
{
    if (terms->has_status)
        row->status = terms->status;
    if (terms->has_place)
        row->place = terms->place == NULL || terms->place[0] == '\0' ? NULL : terms->place;
    if (terms->has_max_seats_per_reservation)
        row->max_seats_per_reservation = terms->max_seats_per_reservation;
    if (terms->has_max_seats_per_user)
        row->max_seats_per_user = terms->max_seats_per_user;
    if (terms->has_external_id)
        row->external_id = terms->external_id;
}

/* Whether something was ever reserved in one of its rounds. */
static bool was_reserved(const struct office *office, const struct live_concert *concert)
{
    for (size_t i = 0; i < office->rounds.taken; i++)
        if (office->round_order[i]->concert == concert &&
            office->round_order[i]->row.first_reserved_at != 0)
            return true;
    return false;
}

/* `concert`, NULL: a new one. */
static enum refusal check_concert(const struct office *office, const struct live_concert *concert,
                                  const struct concert *row)
{
    if (row->reservation_close_at <= row->reservation_open_at)
        return REFUSAL_CLOSE_BEFORE_OPEN;
    const struct live_concert *named =
        row->external_id == NULL ? NULL : concert_find_external(office, row->external_id);
    if (named != NULL && named != concert)
        return REFUSAL_EXTERNAL_ID_TAKEN;
    const bool withdrawn = concert != NULL && row->status == CONCERT_STATUS_DRAFT;
    return withdrawn && was_reserved(office, concert) ? REFUSAL_HAS_RESERVATIONS : REFUSAL_NONE;
}

/* What one person may have of a round, by the largest of all limits that ever were. */
static void raise_ceiling(struct office *office, int64_t seats_per_user)
{
    struct house house = office->house;
    if (seats_per_user <= house.seats_per_user_ceiling)
        return;
    house.seats_per_user_ceiling = seats_per_user;
    put_house(office, &house);
}

/* Checks a concert's image, answers with it and puts it. `concert`, NULL: a new one. */
static enum refusal show_and_put_concert(struct office *office, struct live_concert *concert,
                                         struct call *call, struct record *record)
{
    const struct concert *row = &record->as.concert;
    take_terms(&record->as.concert, &call->in.concert.terms);
    const enum refusal refusal = check_concert(office, concert, row);
    if (refusal != REFUSAL_NONE)
        return refusal;
    if (!concert_reserve(office) || call_show_record(call, record) != REFUSAL_NONE ||
        !texts_own(record))
        return REFUSAL_CAPACITY;

    /* ---- nothing fails below this line ---- */
    raise_ceiling(office, row->max_seats_per_user);
    (void)put_concert(office, concert, row);
    return REFUSAL_NONE;
}

enum refusal concert_create(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    if (office->concerts.taken >= CONCERTS_MAX)
        return REFUSAL_CAPACITY;
    struct record record = {.kind = RECORD_KIND_CONCERT,
                            .as.concert = {
                                .id = new_id(office),
                                .title = call->in.concert.title,
                                .description = call->in.concert.description,
                                .reservation_open_at = call->in.concert.reservation_open_at,
                                .reservation_close_at = call->in.concert.reservation_close_at,
                            }};
    call->created = true;
    return show_and_put_concert(office, NULL, call, &record);
}

enum refusal concert_change(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    struct live_concert *concert = concert_find(office, call->in.concert.concert_id);
    if (concert == NULL)
        return REFUSAL_NOT_FOUND;
    struct record record = {.kind = RECORD_KIND_CONCERT, .as.concert = concert->row};
    if (call->in.concert.title != NULL)
        record.as.concert.title = call->in.concert.title;
    if (call->in.concert.description != NULL)
        record.as.concert.description = call->in.concert.description;
    if (call->in.concert.reservation_open_at != 0)
        record.as.concert.reservation_open_at = call->in.concert.reservation_open_at;
    if (call->in.concert.reservation_close_at != 0)
        record.as.concert.reservation_close_at = call->in.concert.reservation_close_at;
    return show_and_put_concert(office, concert, call, &record);
}

/* ---- Taking away what was never reserved ---- */

static size_t seats_in_memory(const struct live_round *round)
{
    return round->seats == NULL ? 0 : (size_t)round->row.total_seat_cnt;
}

static void remove_round_and_seats(struct office *office, struct live_round *round)
{
    for (size_t i = 0; i < seats_in_memory(round); i++)
        remove_seat(office, round->seats[i]);
    remove_round(office, round);
}

enum refusal concert_delete(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    struct live_concert *concert = concert_find(office, call->in.concert.concert_id);
    if (concert == NULL)
        return REFUSAL_NOT_FOUND;
    if (was_reserved(office, concert))
        return REFUSAL_HAS_RESERVATIONS;
    size_t records = 0;
    for (size_t i = 0; i < office->rounds.taken; i++) {
        const struct live_round *round = office->round_order[i];
        if (round->concert != concert)
            continue;
        records += 1 + seats_in_memory(round);
    }
    if (!batch_reserve_more(office, records, REMOVED_RECORD_BYTES_MAX))
        return REFUSAL_CAPACITY;

    /* ---- nothing fails below this line ---- */
    for (size_t i = office->rounds.taken; i > 0; i--)
        if (office->round_order[i - 1]->concert == concert)
            remove_round_and_seats(office, office->round_order[i - 1]);
    remove_concert(office, concert);
    return REFUSAL_NONE;
}

/* The round of the call, if nothing was ever reserved in it. */
static enum refusal untouched_round(const struct office *office, const struct call *call,
                                    struct live_round **round)
{
    *round = round_find(office, call->in.round.round_id);
    if (*round == NULL)
        return REFUSAL_NOT_FOUND;
    return (*round)->row.first_reserved_at != 0 ? REFUSAL_HAS_RESERVATIONS : REFUSAL_NONE;
}

enum refusal round_delete(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    struct live_round *round;
    const enum refusal refusal = untouched_round(office, call, &round);
    if (refusal != REFUSAL_NONE)
        return refusal;
    if (!batch_reserve_more(office, seats_in_memory(round), REMOVED_RECORD_BYTES_MAX))
        return REFUSAL_CAPACITY;

    /* ---- nothing fails below this line ---- */
    remove_round_and_seats(office, round);
    return REFUSAL_NONE;
}

/* ---- Rounds ---- */

struct chair_check {
    struct refusal_detail *detail;
    enum refusal refusal;
};

/* The first that is told of is the one that the refusal names. */
static bool refuse_chair(void *owner, size_t later, size_t earlier, enum chair_sameness sameness)
{
    struct chair_check *check = owner;
    check->detail->seat_index = later;
    check->detail->earlier_seat_index = earlier;
    check->refusal = sameness == CHAIR_SAME_NUMBER ? REFUSAL_DUPLICATE_SEAT_NUMBER
                                                   : REFUSAL_DUPLICATE_SEAT_PLACE;
    return false;
}

static struct record seat_record(const struct seat_plan *plan, struct id round_id, size_t position,
                                 struct id id)
{
    return (struct record){.kind = RECORD_KIND_SEAT,
                           .as.seat = {
                               .id = id,
                               .concert_round_id = round_id,
                               .position = (int64_t)position,
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
}

/* The seats' records with texts of their own; NULL: no memory. */
static struct record *prepare_seats(struct office *office, struct id round_id,
                                    const struct seat_plan *plans, size_t count)
{
    struct record *records = calloc(count, sizeof *records);
    if (records == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        const struct id id = new_id(office);
        records[i] = seat_record(&plans[i], round_id, i, id);
        if (!texts_own(&records[i])) {
            while (i > 0)
                texts_free(&records[--i]);
            free(records);
            return NULL;
        }
    }
    return records;
}

static enum refusal check_plan(const struct office *office, const struct live_concert *concert,
                               const struct concert_round *row, struct call *call)
{
    if (concert == NULL)
        return REFUSAL_NOT_FOUND;
    const size_t count = call->in.round.seat_count;
    CHECK(count <= ROUND_SEATS_MAX);
    if (count == 0) /* it was to be made of a plan that is not there */
        return REFUSAL_NOT_FOUND;
    if (concert->round_count >= ROUNDS_PER_CONCERT_MAX || office->seats.taken + count > SEATS_MAX)
        return REFUSAL_CAPACITY;
    if (row->start_time <= office->now.wall)
        return REFUSAL_STARTS_BEFORE_NOW;
    const enum refusal refusal = round_check_times(row);
    if (refusal != REFUSAL_NONE)
        return refusal;
    struct chair_check check = {.detail = &call->detail, .refusal = REFUSAL_NONE};
    if (chairs_compare(call->in.round.seats, count, refuse_chair, &check) != RESULT_OK)
        return REFUSAL_CAPACITY;
    return check.refusal;
}

/* What a round has beside its row. */
struct seating {
    struct live_seat **seats;
    char *states;
    struct seat_bits *bits;
    struct record *records; /* the seats' */
};

static const struct seat *record_seat(const void *owner, size_t place)
{
    const struct record *records = owner;
    return &records[place].as.seat;
}

static void seating_release(struct seating *seating, size_t count)
{
    for (size_t i = 0; seating->records != NULL && i < count; i++)
        texts_free(&seating->records[i]);
    free(seating->records);
    seat_bits_free(seating->bits);
    free(seating->states);
    free(seating->seats);
}

/* False: no memory. */
static bool seating_init(struct seating *seating, struct office *office, struct id round_id,
                         const struct call *call)
{
    const size_t count = call->in.round.seat_count;
    *seating = (struct seating){
        .seats = calloc(count, sizeof(struct live_seat *)),
        .states = calloc(count, sizeof(char)),
        .records = prepare_seats(office, round_id, call->in.round.seats, count),
    };
    if (seating->records != NULL)
        seating->bits = seat_bits_new(count, record_seat, seating->records);
    if (seating->seats != NULL && seating->states != NULL && seating->bits != NULL)
        return true;
    seating_release(seating, count);
    return false;
}

static void fill_round(struct office *office, struct live_round *round,
                       const struct seating *seating)
{
    round->seats = seating->seats;
    round->states = seating->states;
    round->bits = seating->bits;
    for (int64_t i = 0; i < round->row.total_seat_cnt; i++)
        (void)put_seat(office, NULL, round, &seating->records[i].as.seat);
    CHECK(round->counts[SEAT_STATUS_AVAILABLE] == round->row.total_seat_cnt);
}

enum refusal round_create(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    struct live_concert *concert = concert_find(office, call->in.round.concert_id);
    const size_t count = call->in.round.seat_count;
    struct record record = {.kind = RECORD_KIND_CONCERT_ROUND,
                            .as.concert_round = {
                                .concert_id = call->in.round.concert_id,
                                .start_time = call->in.round.start_time,
                                .doors_at = call->in.round.doors_at,
                                .ends_at = call->in.round.ends_at,
                                .status = ROUND_STATUS_SCHEDULED,
                                .total_seat_cnt = (int64_t)count,
                                .plan_version = 1,
                            }};
    const enum refusal refusal = check_plan(office, concert, &record.as.concert_round, call);
    if (refusal != REFUSAL_NONE)
        return refusal;
    record.as.concert_round.id = new_id(office);
    if (!round_reserve(office, count) || !batch_reserve_more(office, count, RECORD_BYTES_MAX) ||
        call_show_record(call, &record) != REFUSAL_NONE)
        return REFUSAL_CAPACITY;
    struct seating seating;
    if (!seating_init(&seating, office, record.as.concert_round.id, call))
        return REFUSAL_CAPACITY;

    /* ---- nothing fails below this line ---- */
    struct live_round *round = put_round(office, NULL, concert, &record.as.concert_round);
    fill_round(office, round, &seating);
    free(seating.records);
    call->created = true;
    return REFUSAL_NONE;
}

bool round_is_over(const struct live_round *round)
{
    return round->seats == NULL || round->leaving;
}

timestamp_ms round_sale_end(const struct live_round *round)
{
    const timestamp_ms closes = round->concert->row.reservation_close_at;
    return closes < round->row.start_time ? closes : round->row.start_time;
}

bool round_has_begun(const struct office *office, const struct concert_round *row)
{
    return office->now.wall >= row->start_time;
}

/* ---- Seats ---- */

void seat_set_status(struct office *office, struct live_seat *seat, enum seat_status status)
{
    struct seat row = seat->row;
    row.status = status;
    (void)put_seat(office, seat, seat->round, &row);
}

static const struct seat *live_seat_at(const void *owner, size_t place)
{
    const struct live_round *round = owner;
    return &round->seats[place]->row;
}

bool round_make_bits(struct live_round *round)
{
    round->bits = seat_bits_new((size_t)round->row.total_seat_cnt, live_seat_at, round);
    return round->bits != NULL;
}

struct live_seat *round_best_available(const struct live_round *round,
                                       const struct best_wanted *wanted)
{
    size_t first;
    const bool found = best_available(round->bits, live_seat_at, round, wanted, &first);
    return found ? round->seats[first] : NULL;
}
