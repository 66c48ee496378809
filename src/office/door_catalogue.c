/* The doors of concerts, rounds and seats. */
#include "office/catalogue.h"
#include "office/door.h"
#include "office/reservation.h"
#include "office/state.h"
#include "office/texts.h"
#include "office/waiting_line.h"
#include "record/seat_state.h"

#include <string.h>

/* ---- Concerts and rounds in their order ---- */

static int compare_concerts(const struct live_concert *a, const struct live_concert *b)
{
    if (a->row.reservation_open_at != b->row.reservation_open_at)
        return a->row.reservation_open_at < b->row.reservation_open_at ? -1 : 1;
    return id_compare(a->row.id, b->row.id);
}

static int compare_rounds(const struct live_round *a, const struct live_round *b)
{
    if (a->row.start_time != b->row.start_time)
        return a->row.start_time < b->row.start_time ? -1 : 1;
    return id_compare(a->row.id, b->row.id);
}

/* Keeps a sorted array of pointers: out at its old place, in at its new one. */
#define DEFINE_ORDER(insert, remove_from, compare, type, array)                                    \
    static void remove_from(struct office *office, const struct type *item, size_t count)          \
    {                                                                                              \
        size_t i = 0;                                                                              \
        while (i < count && office->array[i] != item)                                              \
            i++;                                                                                   \
        CHECK(i < count);                                                                          \
        memmove(&office->array[i], &office->array[i + 1],                                          \
                (count - i - 1) * sizeof office->array[0]);                                        \
    }                                                                                              \
    static void insert(struct office *office, struct type *item, size_t count)                     \
    {                                                                                              \
        size_t i = count;                                                                          \
        while (i > 0 && compare(item, office->array[i - 1]) < 0) {                                 \
            office->array[i] = office->array[i - 1];                                               \
            i--;                                                                                   \
        }                                                                                          \
        office->array[i] = item;                                                                   \
    }

DEFINE_ORDER(concert_order_insert, concert_order_remove, compare_concerts, live_concert,
             concert_order)
DEFINE_ORDER(round_order_insert, round_order_remove, compare_rounds, live_round, round_order)

/* ---- Concerts ---- */

static struct live_concert *new_concert(struct office *office, const struct concert *row)
{
    struct live_concert *concert = pool_take(&office->concerts);
    concert->row.id = row->id;
    index_insert(&office->concert_by_id, concert);
    return concert;
}

struct live_concert *put_concert(struct office *office, struct live_concert *concert,
                                 const struct concert *row)
{
    door_append(office, RECORD_KIND_CONCERT, row);
    office->catalogue_version++;
    if (concert == NULL) {
        concert = new_concert(office, row);
    } else {
        told_change(office, RECORD_KIND_CONCERT, &concert->row, row);
        concert_order_remove(office, concert, office->concerts.taken);
    }
    CHECK(id_equal(concert->row.id, row->id));
    if (concert->row.external_id != NULL)
        index_remove(&office->concert_by_external_id, concert);
    if (concert->row.title != row->title)
        texts_free_block(concert->row.title);
    concert->row = *row;
    if (row->external_id != NULL)
        index_insert(&office->concert_by_external_id, concert);
    concert_order_insert(office, concert, office->concerts.taken - 1);
    return concert;
}

void remove_concert(struct office *office, struct live_concert *concert)
{
    const struct concert row = {.id = concert->row.id};
    CHECK(concert->round_count == 0);
    door_append_removed(office, RECORD_KIND_CONCERT, &row);
    office->catalogue_version++;
    struct live_lane *lane = lane_find(office, row.id);
    if (lane != NULL)
        lane->concert = NULL;
    concert_order_remove(office, concert, office->concerts.taken);
    index_remove(&office->concert_by_id, concert);
    if (concert->row.external_id != NULL)
        index_remove(&office->concert_by_external_id, concert);
    concert_let_go(office, concert);
    pool_give(&office->concerts, concert);
}

/* ---- Rounds ---- */

static struct live_round *new_round(struct office *office, struct live_concert *concert,
                                    const struct concert_round *row)
{
    struct live_round *round = pool_take(&office->rounds);
    round->row.id = row->id;
    round->concert = concert;
    heap_init(&round->returns, &office->reservations, offsetof(struct live_reservation, returns));
    concert->round_count++;
    index_insert(&office->round_by_id, round);
    return round;
}

/* The seats of all statuses together. */
static int64_t seats_counted(const struct live_round *round)
{
    int64_t seats = 0;
    for (size_t i = 0; i < sizeof round->counts / sizeof round->counts[0]; i++)
        seats += round->counts[i];
    return seats;
}

/* A round keeps its seats, and that something was reserved in it. */
static void check_known_round(const struct live_round *round, const struct concert_round *row)
{
    const timestamp_ms reserved_at = round->row.first_reserved_at;
    CHECK(row->total_seat_cnt == round->row.total_seat_cnt);
    CHECK(reserved_at == 0 || row->first_reserved_at == reserved_at);
}

struct live_round *put_round(struct office *office, struct live_round *round,
                             struct live_concert *concert, const struct concert_round *row)
{
    CHECK(id_equal(concert->row.id, row->concert_id));
    door_append(office, RECORD_KIND_CONCERT_ROUND, row);
    office->catalogue_version++;
    if (round == NULL) {
        door_check_beginning(office, RECORD_KIND_CONCERT_ROUND, (int)row->status);
        round = new_round(office, concert, row);
    } else {
        door_check_move(office, RECORD_KIND_CONCERT_ROUND, (int)round->row.status,
                        (int)row->status);
        check_known_round(round, row);
        told_change(office, RECORD_KIND_CONCERT_ROUND, &round->row, row);
        round_order_remove(office, round, office->rounds.taken);
    }
    CHECK(round->concert == concert);
    CHECK(id_equal(round->row.id, row->id));
    if (round->row.reason_ko != row->reason_ko)
        texts_free_block(round->row.reason_ko);
    if (round->row.start_time != row->start_time)
        round->grown_old = false; /* its seats are all there: it may sell again */
    round->row = *row;
    round->last_seq = office->seq;
    if (row->status == ROUND_STATUS_CANCELLED)
        office->refunds_pending = true;
    round_order_insert(office, round, office->rounds.taken - 1);
    return round;
}

void remove_round(struct office *office, struct live_round *round)
{
    const struct concert_round row = {.id = round->row.id};
    CHECK(round->row.first_reserved_at == 0); /* so no reservation points at it */
    CHECK(seats_counted(round) == 0);
    CHECK(round->concert->round_count > 0);
    door_append_removed(office, RECORD_KIND_CONCERT_ROUND, &row);
    office->catalogue_version++;
    round_order_remove(office, round, office->rounds.taken);
    round->concert->round_count--;
    index_remove(&office->round_by_id, round);
    round_let_go(office, round);
    pool_give(&office->rounds, round);
}

/* ---- Seats ---- */

/* Of a seat that was there before: a new one is shown with its round. */
static void tell_seat_change(struct office *office, const struct live_seat *seat)
{
    if (office->loading != NULL)
        return;
    CHECK(office->changed_count < office->changed_capacity);
    office->changed_seats[office->changed_count++] = (struct changed_seat){
        .round_id = seat->round->row.id,
        .version = office->seq,
        .position = (uint32_t)seat->row.position,
        .state = seat_state(seat->row.status),
    };
}

static struct live_seat *new_seat(struct office *office, struct live_round *round,
                                  const struct seat *row)
{
    CHECK(round->seats != NULL);
    CHECK(row->position >= 0 && row->position < round->row.total_seat_cnt);
    CHECK(round->seats[row->position] == NULL);
    struct live_seat *seat = pool_take(&office->seats);
    seat->round = round;
    seat->row.id = row->id;
    round->seats[row->position] = seat;
    index_insert(&office->seat_by_id, seat);
    return seat;
}

struct live_seat *put_seat(struct office *office, struct live_seat *seat, struct live_round *round,
                           const struct seat *row)
{
    const bool is_new = seat == NULL;
    CHECK(id_equal(round->row.id, row->concert_round_id));
    door_append(office, RECORD_KIND_SEAT, row);
    if (is_new) {
        door_check_beginning(office, RECORD_KIND_SEAT, (int)row->status);
        seat = new_seat(office, round, row);
    } else {
        CHECK(seat->round == round);
        CHECK(!round->leaving);
        CHECK(seat->row.position == row->position);
        door_check_move(office, RECORD_KIND_SEAT, (int)seat->row.status, (int)row->status);
        CHECK(round->counts[seat->row.status] > 0);
        offer_count_seats(office, round, seat->row.status, -1);
        if (office->loading == NULL)
            tally_seat(&office->tally, seat->row.status, row->status);
    }
    CHECK(id_equal(seat->row.id, row->id));
    if (seat->row.seat_number != row->seat_number)
        texts_free_block(seat->row.seat_number);
    seat->row = *row;
    offer_count_seats(office, round, row->status, 1);
    /* All of a round's seats are made together; from then on they stay as many. */
    CHECK(is_new || office->loading != NULL || seats_counted(round) == round->row.total_seat_cnt);
    round->states[row->position] = seat_state(row->status);
    if (round->bits != NULL)
        seat_bits_set_free(round->bits, (size_t)row->position,
                           row->status == SEAT_STATUS_AVAILABLE);
    round->version = round->last_seq = office->seq;
    if (!is_new)
        tell_seat_change(office, seat);
    return seat;
}

void seat_forget(struct office *office, struct live_seat *seat)
{
    struct live_round *round = seat->round;
    CHECK(round->seats[seat->row.position] == seat);
    CHECK(round->counts[seat->row.status] > 0);
    offer_count_seats(office, round, seat->row.status, -1);
    round->seats[seat->row.position] = NULL;
    index_remove(&office->seat_by_id, seat);
    seat_let_go(office, seat);
    pool_give(&office->seats, seat);
}

void remove_seat(struct office *office, struct live_seat *seat)
{
    const struct seat row = {.id = seat->row.id};
    CHECK(seat->round->row.first_reserved_at == 0);
    CHECK(office->loading != NULL || seat->row.status == SEAT_STATUS_AVAILABLE ||
          seat->row.status == SEAT_STATUS_BLOCKED);
    door_append_removed(office, RECORD_KIND_SEAT, &row);
    seat_forget(office, seat);
}
