/* Concerts, rounds and their seats, as the organizer makes and changes them. */
#include "office/catalogue.h"

#include "office/chair.h"
#include "office/door.h"
#include "office/room.h"
#include "office/state.h"
#include "office/texts.h"
#include "office/verb_function.h"

#include <stdlib.h>
#include <string.h>

/* ---- Concerts ---- */

/* Checks a concert's image, answers with it and puts it. `concert`, NULL: a new one. */
static enum refusal show_and_put_concert(struct office *office, struct live_concert *concert,
                                         struct call *call, struct record *record)
{
    const struct concert *row = &record->as.concert;
    if (row->reservation_close_at <= row->reservation_open_at)
        return REFUSAL_CLOSE_BEFORE_OPEN;
    if (!concert_reserve(office))
        return REFUSAL_CAPACITY;
    const enum refusal refusal = call_show_record(call, record);
    if (refusal != REFUSAL_NONE || !texts_own(record))
        return REFUSAL_CAPACITY;

    /* ---- nothing fails below this line ---- */
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
    size_t records = 0;
    for (size_t i = 0; i < office->rounds.taken; i++) {
        const struct live_round *round = office->round_order[i];
        if (round->concert != concert)
            continue;
        if (round->row.first_reserved_at != 0)
            return REFUSAL_HAS_RESERVATIONS;
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
                               struct call *call)
{
    if (concert == NULL)
        return REFUSAL_NOT_FOUND;
    const size_t count = call->in.round.seat_count;
    if (concert->round_count >= ROUNDS_PER_CONCERT_MAX || office->seats.taken + count > SEATS_MAX)
        return REFUSAL_CAPACITY;
    struct chair_check check = {.detail = &call->detail, .refusal = REFUSAL_NONE};
    if (chairs_compare(call->in.round.seats, count, refuse_chair, &check) != RESULT_OK)
        return REFUSAL_CAPACITY;
    return check.refusal;
}

static void fill_round(struct office *office, struct live_round *round, struct live_seat **seats,
                       char *states, const struct record *seat_records)
{
    round->seats = seats;
    round->states = states;
    for (int64_t i = 0; i < round->row.total_seat_cnt; i++)
        (void)put_seat(office, NULL, round, &seat_records[i].as.seat);
}

enum refusal round_create(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    struct live_concert *concert = concert_find(office, call->in.round.concert_id);
    const enum refusal refusal = check_plan(office, concert, call);
    if (refusal != REFUSAL_NONE)
        return refusal;
    const size_t count = call->in.round.seat_count;
    const struct record record = {.kind = RECORD_KIND_CONCERT_ROUND,
                                  .as.concert_round = {
                                      .id = new_id(office),
                                      .concert_id = call->in.round.concert_id,
                                      .start_time = call->in.round.start_time,
                                      .status = ROUND_STATUS_SCHEDULED,
                                      .total_seat_cnt = (int64_t)count,
                                  }};
    if (!round_reserve(office, count) || !batch_reserve_more(office, count, RECORD_BYTES_MAX) ||
        call_show_record(call, &record) != REFUSAL_NONE)
        return REFUSAL_CAPACITY;
    struct live_seat **seats = calloc(count, sizeof(struct live_seat *));
    char *states = calloc(count, sizeof *states);
    struct record *seat_records =
        prepare_seats(office, record.as.concert_round.id, call->in.round.seats, count);
    if (seats == NULL || states == NULL || seat_records == NULL) {
        for (size_t i = 0; seat_records != NULL && i < count; i++)
            texts_free(&seat_records[i]);
        free(seat_records);
        free(states);
        free(seats);
        return REFUSAL_CAPACITY;
    }

    /* ---- nothing fails below this line ---- */
    struct live_round *round = put_round(office, NULL, concert, &record.as.concert_round);
    fill_round(office, round, seats, states, seat_records);
    free(seat_records);
    call->created = true;
    return REFUSAL_NONE;
}

enum refusal round_change(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    struct live_round *round;
    const enum refusal refusal = untouched_round(office, call, &round);
    if (refusal != REFUSAL_NONE)
        return refusal;
    struct record record = {.kind = RECORD_KIND_CONCERT_ROUND, .as.concert_round = round->row};
    if (call->in.round.start_time != 0)
        record.as.concert_round.start_time = call->in.round.start_time;
    if (call_show_record(call, &record) != REFUSAL_NONE)
        return REFUSAL_CAPACITY;

    /* ---- nothing fails below this line ---- */
    (void)put_round(office, round, round->concert, &record.as.concert_round);
    return REFUSAL_NONE;
}

/* The status alone changes now; the tick releases and refunds, in slices. */
enum refusal round_cancel(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    struct live_round *round = round_find(office, call->in.round.round_id);
    if (round == NULL)
        return REFUSAL_NOT_FOUND;
    if (round_is_over(round) && round->row.status != ROUND_STATUS_CANCELLED)
        return REFUSAL_REFUND_CLOSED;
    struct record record = {.kind = RECORD_KIND_CONCERT_ROUND, .as.concert_round = round->row};
    record.as.concert_round.status = ROUND_STATUS_CANCELLED;
    if (call_show_record(call, &record) != REFUSAL_NONE)
        return REFUSAL_CAPACITY;

    /* ---- nothing fails below this line ---- */
    if (round->row.status != ROUND_STATUS_CANCELLED)
        (void)put_round(office, round, round->concert, &record.as.concert_round);
    return REFUSAL_NONE;
}

/* A round that is so already stays so, and nothing is written. */
static enum refusal set_paused(struct office *office, struct call *call, bool paused)
{
    struct live_round *round = round_find(office, call->in.round.round_id);
    if (round == NULL)
        return REFUSAL_NOT_FOUND;
    if (round->row.status == ROUND_STATUS_CANCELLED)
        return REFUSAL_ROUND_CANCELLED;
    struct record record = {.kind = RECORD_KIND_CONCERT_ROUND, .as.concert_round = round->row};
    record.as.concert_round.paused = paused;
    if (call_show_record(call, &record) != REFUSAL_NONE)
        return REFUSAL_CAPACITY;

    /* ---- nothing fails below this line ---- */
    if (round->row.paused != paused)
        (void)put_round(office, round, round->concert, &record.as.concert_round);
    return REFUSAL_NONE;
}

enum refusal round_pause(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    return set_paused(office, call, true);
}

enum refusal round_resume(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    return set_paused(office, call, false);
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

/* ---- Seats ---- */

void seat_set_status(struct office *office, struct live_seat *seat, enum seat_status status)
{
    struct seat row = seat->row;
    row.status = status;
    (void)put_seat(office, seat, seat->round, &row);
}

static enum refusal move_seats(struct office *office, struct call *call, enum seat_status from,
                               enum seat_status to)
{
    const struct live_round *round = round_find(office, call->in.seats_block.round_id);
    if (round == NULL)
        return REFUSAL_NOT_FOUND;
    const size_t count = call->in.seats_block.seat_count;
    for (size_t i = 0; i < count; i++) {
        const struct live_seat *seat = seat_find(office, call->in.seats_block.seat_ids[i]);
        if (seat == NULL || seat->round != round || round_is_over(round)) {
            call->detail.seat_index = i;
            return REFUSAL_SEAT_OF_OTHER_ROUND;
        }
    }
    struct seat_refusal *refused = calloc(count + 1, sizeof *refused);
    if (refused == NULL || !batch_reserve_more(office, count, RECORD_BYTES_MAX)) {
        free(refused);
        return REFUSAL_CAPACITY;
    }

    /* ---- nothing fails below this line ---- */
    call->out.seats_block.refused = refused;
    for (size_t i = 0; i < count; i++) {
        struct live_seat *seat = seat_find(office, call->in.seats_block.seat_ids[i]);
        if (seat->row.status == from) {
            seat_set_status(office, seat, to);
            call->out.seats_block.changed++;
        } else if (seat->row.status != to) {
            refused[call->out.seats_block.refused_count++] =
                (struct seat_refusal){.seat_id = seat->row.id, .status = seat->row.status};
        }
    }
    return REFUSAL_NONE;
}

enum refusal seats_block(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    return move_seats(office, call, SEAT_STATUS_AVAILABLE, SEAT_STATUS_BLOCKED);
}

enum refusal seats_unblock(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    return move_seats(office, call, SEAT_STATUS_BLOCKED, SEAT_STATUS_AVAILABLE);
}

static bool seat_is_taken(enum seat_status status)
{
    return status == SEAT_STATUS_HELD || status == SEAT_STATUS_SOLD;
}

enum refusal seats_answer(const struct office *office, int64_t changed, struct call *call)
{
    const size_t count = call->in.seats_block.seat_count;
    struct seat_refusal *refused = calloc(count + 1, sizeof *refused);
    if (refused == NULL)
        return REFUSAL_CAPACITY;
    call->out.seats_block.refused = refused;
    call->out.seats_block.changed = changed;
    for (size_t i = 0; i < count; i++) {
        const struct live_seat *seat = seat_find(office, call->in.seats_block.seat_ids[i]);
        if (seat != NULL && seat_is_taken(seat->row.status))
            refused[call->out.seats_block.refused_count++] =
                (struct seat_refusal){.seat_id = seat->row.id, .status = seat->row.status};
    }
    return REFUSAL_NONE;
}

/* ---- What the public sees ---- */

uint64_t office_catalogue_version(const struct office *office)
{
    return office->catalogue_version;
}

size_t office_concert_count(const struct office *office)
{
    return office->concerts.taken;
}

const struct concert *office_concert_at(const struct office *office, size_t index)
{
    CHECK(index < office->concerts.taken);
    return &office->concert_order[index]->row;
}

size_t office_round_count(const struct office *office)
{
    return office->rounds.taken;
}

const struct concert_round *office_round_at(const struct office *office, size_t index)
{
    CHECK(index < office->rounds.taken);
    return &office->round_order[index]->row;
}

bool office_round_state(const struct office *office, struct id round_id, struct round_state *state)
{
    const struct live_round *round = round_find(office, round_id);
    if (round == NULL || round_is_over(round))
        return false;
    *state = (struct round_state){
        .version = round->version,
        .available = round->counts[SEAT_STATUS_AVAILABLE],
        .held = round->counts[SEAT_STATUS_HELD],
        .sold = round->counts[SEAT_STATUS_SOLD],
        .blocked = round->counts[SEAT_STATUS_BLOCKED],
        .states = round->states,
    };
    return true;
}

const struct seat *office_round_seat(const struct office *office, struct id round_id,
                                     size_t position)
{
    const struct live_round *round = round_find(office, round_id);
    CHECK(round != NULL && round->seats != NULL && position < (size_t)round->row.total_seat_cnt);
    return &round->seats[position]->row;
}

size_t office_changed_seats(const struct office *office, const struct changed_seat **seats)
{
    *seats = office->changed_seats;
    return office->changed_count;
}

void office_changed_seats_clear(struct office *office)
{
    office->changed_count = 0;
}
