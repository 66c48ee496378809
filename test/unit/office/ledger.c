/* See ledger.h. */
#include "ledger.h"

#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

void ledger_init(struct ledger *ledger, struct coverage *coverage)
{
    *ledger = (struct ledger){.slot_count = 1024};
    ledger->slots = calloc(ledger->slot_count, sizeof *ledger->slots);
    assert_non_null(ledger->slots);
    judge_init(&ledger->judge, coverage);
}

void ledger_release(struct ledger *ledger)
{
    for (size_t i = 0; i < ledger->entry_count; i++)
        free(ledger->entries[i].record);
    free(ledger->entries);
    free(ledger->rows);
    free(ledger->slots);
    judge_release(&ledger->judge);
}

/* ---- Rows ---- */

static uint32_t *slot_of(const struct ledger *ledger, enum record_kind kind,
                         const struct record_key *key)
{
    size_t slot = record_key_hash(kind, key) & (ledger->slot_count - 1);
    for (; ledger->slots[slot] != 0; slot = (slot + 1) & (ledger->slot_count - 1)) {
        const struct ledger_row *row = &ledger->rows[ledger->slots[slot] - 1];
        if (row->kind == kind && memcmp(&row->key, key, sizeof *key) == 0)
            break;
    }
    return &ledger->slots[slot];
}

static void grow_slots(struct ledger *ledger)
{
    free(ledger->slots);
    ledger->slot_count *= 2;
    ledger->slots = calloc(ledger->slot_count, sizeof *ledger->slots);
    assert_non_null(ledger->slots);
    for (size_t i = 0; i < ledger->row_count; i++)
        *slot_of(ledger, ledger->rows[i].kind, &ledger->rows[i].key) = (uint32_t)i + 1;
}

static size_t row_of(struct ledger *ledger, const struct record *record)
{
    if (ledger->slot_count < 2 * (ledger->row_count + 1))
        grow_slots(ledger);
    const struct record_key key = record_key(record);
    uint32_t *slot = slot_of(ledger, record->kind, &key);
    if (*slot != 0)
        return *slot - 1;
    if (ledger->row_count == ledger->row_capacity) {
        ledger->row_capacity = ledger->row_capacity == 0 ? 256 : ledger->row_capacity * 2;
        ledger->rows = realloc(ledger->rows, ledger->row_capacity * sizeof *ledger->rows);
        assert_non_null(ledger->rows);
    }
    ledger->rows[ledger->row_count] = (struct ledger_row){.kind = record->kind, .key = key};
    *slot = (uint32_t)++ledger->row_count;
    return *slot - 1;
}

const struct record *ledger_find(const struct ledger *ledger, enum record_kind kind,
                                 const struct record_key *key)
{
    const uint32_t slot = *slot_of(ledger, kind, key);
    if (slot == 0 || ledger->rows[slot - 1].image->deleted)
        return NULL;
    return ledger->rows[slot - 1].image;
}

const struct record *ledger_find_id(const struct ledger *ledger, enum record_kind kind,
                                    struct id id)
{
    const struct record_key key = record_key_of_id(id);
    return ledger_find(ledger, kind, &key);
}

struct id ledger_seat(const struct ledger *ledger, struct id round_id, const char *seat_number)
{
    for (size_t i = 0; i < ledger->row_count; i++) {
        const struct ledger_row *row = &ledger->rows[i];
        if (row->kind == RECORD_KIND_SEAT && !row->image->deleted &&
            id_equal(row->image->as.seat.concert_round_id, round_id) &&
            strcmp(row->image->as.seat.seat_number, seat_number) == 0)
            return row->image->as.seat.id;
    }
    return ID_NONE;
}

/* ---- Appending ---- */

static void keep(struct ledger *ledger, const struct record *record)
{
    if (ledger->entry_count == ledger->entry_capacity) {
        ledger->entry_capacity = ledger->entry_capacity == 0 ? 1024 : ledger->entry_capacity * 2;
        ledger->entries =
            realloc(ledger->entries, ledger->entry_capacity * sizeof *ledger->entries);
        assert_non_null(ledger->entries);
    }
    struct ledger_entry *entry = &ledger->entries[ledger->entry_count++];
    *entry = (struct ledger_entry){.seq = ledger->seq, .row = row_of(ledger, record)};
    entry->record = record_copy(record);
    assert_non_null(entry->record);
    ledger->rows[entry->row].image = entry->record;
    ledger->rows[entry->row].seq = ledger->seq;
}

/* 4: a confirmed reservation has a succeeded payment of its amount, a pending one none. */
static bool is_paid_as_it_says(const struct ledger *ledger, const struct seat_reservation *row)
{
    if (id_is_none(row->payment_id))
        return row->status != RESERVATION_STATUS_CONFIRMED && row->used_points == 0;
    const struct record *record = ledger_find_id(ledger, RECORD_KIND_PAYMENT, row->payment_id);
    const enum payment_status expected = row->status == RESERVATION_STATUS_CONFIRMED
                                             ? PAYMENT_STATUS_SUCCEEDED
                                             : PAYMENT_STATUS_CANCELLED;
    return record != NULL && record->as.payment.status == expected &&
           record->as.payment.amount == row->amount && row->used_points == row->amount &&
           id_equal(record->as.payment.reservation_id, row->id);
}

bool ledger_append(struct ledger *ledger, const struct buffer *records, size_t count,
                   struct explanation *why)
{
    size_t at = 0, used = 0;
    ledger->seq++;
    ledger->last_batch = ledger->entry_count;
    for (size_t i = 0; i < count; i++, at += used) {
        struct record record;
        if (record_decode(records->data + at, records->length - at, &record, &used) != RESULT_OK) {
            (void)explain(why, RESULT_CORRUPT, "record %zu of the batch does not decode", i);
            return false;
        }
        const size_t row = row_of(ledger, &record);
        if (!judge_record(&ledger->judge, &record, ledger->rows[row].image, why))
            return false;
        keep(ledger, &record);
    }
    if (at != records->length) {
        (void)explain(why, RESULT_CORRUPT, "the batch has more bytes than records");
        return false;
    }
    for (size_t i = ledger->last_batch; i < ledger->entry_count; i++) {
        const struct ledger_row *row = &ledger->rows[ledger->entries[i].row];
        if (row->kind == RECORD_KIND_SEAT_RESERVATION &&
            !is_paid_as_it_says(ledger, &row->image->as.seat_reservation)) {
            (void)explain(why, RESULT_CORRUPT, "invariant 4: a reservation is not paid as it says");
            return false;
        }
    }
    return judge_commit(&ledger->judge, why);
}

/* ---- Loading ---- */

/* The tables at one moment: an image a row, NULL where there was none. */
struct tables {
    const struct ledger *ledger;
    const struct record **images;
    bool *live_rounds; /* by row: a round whose seats are loaded */
    timestamp_ms wall;
};

static size_t row_index(const struct ledger *ledger, enum record_kind kind, struct id id)
{
    const struct record_key key = record_key_of_id(id);
    const uint32_t slot = *slot_of(ledger, kind, &key);
    assert_int_not_equal(slot, 0);
    return slot - 1;
}

static bool is_live_reservation(const struct record *image)
{
    return image->as.seat_reservation.status == RESERVATION_STATUS_PENDING ||
           image->as.seat_reservation.status == RESERVATION_STATUS_CONFIRMED;
}

/* Whether a round's seats are loaded: see store_load. */
static void mark_live_rounds(struct tables *tables, uint64_t booked_seq)
{
    const struct ledger *ledger = tables->ledger;
    for (size_t i = 0; i < ledger->row_count; i++) {
        const struct record *image = tables->images[i];
        if (image == NULL || image->deleted)
            continue;
        if (image->kind == RECORD_KIND_CONCERT_ROUND)
            tables->live_rounds[i] =
                tables->live_rounds[i] || image->as.concert_round.first_reserved_at == 0 ||
                image->as.concert_round.start_time > tables->wall - ROUND_OVER_AFTER_MS;
        if (image->kind == RECORD_KIND_SEAT_RESERVATION && is_live_reservation(image)) {
            const size_t round =
                row_index(ledger, RECORD_KIND_CONCERT_ROUND, image->as.seat_reservation.round_id);
            if (image->as.seat_reservation.status == RESERVATION_STATUS_PENDING ||
                tables->images[round]->as.concert_round.status == ROUND_STATUS_CANCELLED)
                tables->live_rounds[round] = true;
        }
    }
    for (size_t i = 0; i < ledger->entry_count; i++) {
        const struct record *record = ledger->entries[i].record;
        if (ledger->entries[i].seq <= booked_seq || record->deleted)
            continue;
        struct id round_id = ID_NONE;
        if (record->kind == RECORD_KIND_CONCERT_ROUND)
            round_id = record->as.concert_round.id;
        else if (record->kind == RECORD_KIND_SEAT)
            round_id = record->as.seat.concert_round_id;
        else if (record->kind == RECORD_KIND_SEAT_RESERVATION)
            round_id = record->as.seat_reservation.round_id;
        if (!id_is_none(round_id))
            tables->live_rounds[row_index(ledger, RECORD_KIND_CONCERT_ROUND, round_id)] = true;
    }
}

static bool round_is_live(const struct tables *tables, struct id round_id)
{
    return tables->live_rounds[row_index(tables->ledger, RECORD_KIND_CONCERT_ROUND, round_id)];
}

static bool reservation_is_loaded(const struct tables *tables, struct id reservation_id)
{
    const struct record_key key = record_key_of_id(reservation_id);
    const uint32_t slot = *slot_of(tables->ledger, RECORD_KIND_SEAT_RESERVATION, &key);
    const struct record *image = slot == 0 ? NULL : tables->images[slot - 1];
    return image != NULL && is_live_reservation(image) &&
           round_is_live(tables, image->as.seat_reservation.round_id);
}

static bool is_loaded(const struct tables *tables, const struct record *image)
{
    if (image == NULL || image->deleted)
        return false;
    const enum record_kind kind = image->kind;
    if (kind == RECORD_KIND_SEAT)
        return round_is_live(tables, image->as.seat.concert_round_id);
    if (kind == RECORD_KIND_QUEUE_TOKEN)
        return image->as.queue_token.status != TOKEN_STATUS_EXPIRED;
    if (kind == RECORD_KIND_PAYMENT)
        return reservation_is_loaded(tables, image->as.payment.reservation_id);
    if (kind == RECORD_KIND_SEAT_RESERVATION)
        return reservation_is_loaded(tables, image->as.seat_reservation.id);
    if (kind == RECORD_KIND_TICKET)
        return reservation_is_loaded(tables, image->as.ticket.reservation_id);
    if (kind == RECORD_KIND_RESERVATION_SEAT)
        return reservation_is_loaded(tables, image->as.reservation_seat.reservation_id);
    if (kind == RECORD_KIND_POINT_ENTRY || kind == RECORD_KIND_INCIDENT ||
        kind == RECORD_KIND_ACTION || kind == RECORD_KIND_PLAN_PIECE)
        return false;
    return true;
}

/* Texts live until a row's loading returns, and no longer: the copy is spoiled after it. */
static enum result load_row(struct office *office, const struct record *record,
                            struct explanation *why)
{
    struct record *copy = record_copy(record);
    assert_non_null(copy);
    const enum result result = office_load(office, copy, why);
    free(copy);
    return result;
}

enum result ledger_load(const struct ledger *ledger, struct office *office, uint64_t booked_seq,
                        timestamp_ms wall, struct explanation *why)
{
    struct tables tables = {.ledger = ledger, .wall = wall};
    tables.images = calloc(ledger->row_count + 1, sizeof *tables.images);
    tables.live_rounds = calloc(ledger->row_count + 1, sizeof *tables.live_rounds);
    assert_true(tables.images != NULL && tables.live_rounds != NULL);
    for (size_t i = 0; i < ledger->entry_count && ledger->entries[i].seq <= booked_seq; i++)
        tables.images[ledger->entries[i].row] = ledger->entries[i].record;
    mark_live_rounds(&tables, booked_seq);

    enum result result = RESULT_OK;
    for (enum record_kind kind = 0; kind < RECORD_KIND_COUNT; kind++)
        for (size_t i = 0; result == RESULT_OK && i < ledger->row_count; i++)
            if (ledger->rows[i].kind == kind && is_loaded(&tables, tables.images[i]))
                result = load_row(office, tables.images[i], why);
    for (size_t i = 0; result == RESULT_OK && i < ledger->entry_count; i++)
        if (ledger->entries[i].seq > booked_seq)
            result = load_row(office, ledger->entries[i].record, why);
    free(tables.images);
    free(tables.live_rounds);
    return result;
}

/* ---- History ---- */

/* The valid or void ticket of a seat; NULL: there is none. */
static const struct ticket *ticket_of(const struct ledger *ledger, struct id reservation_id,
                                      struct id seat_id)
{
    for (size_t i = 0; i < ledger->row_count; i++) {
        const struct record *image = ledger->rows[i].image;
        if (image->kind == RECORD_KIND_TICKET &&
            id_equal(image->as.ticket.reservation_id, reservation_id) &&
            id_equal(image->as.ticket.seat_id, seat_id))
            return &image->as.ticket;
    }
    return NULL;
}

/* As a reader does it. */
static void view_tickets(const struct ledger *ledger, struct reservation_view *view)
{
    for (size_t i = 0; i < view->seat_count; i++) {
        struct reserved_seat_view *seat = &view->seats[i];
        const struct ticket *ticket = ticket_of(ledger, view->reservation.id, seat->seat_id);
        if (ticket == NULL)
            continue;
        seat->ticket_id = ticket->id;
        seat->ticket_status = ticket->status;
        if (ticket->holder_name != NULL) {
            seat->holder_name = strdup(ticket->holder_name);
            assert_non_null(seat->holder_name);
        }
        view->ticket_count++;
    }
}

static struct reservation_view *view_of(const struct ledger *ledger, const struct record *record)
{
    struct reservation_view *view = calloc(1, sizeof *view);
    assert_non_null(view);
    const struct seat_reservation *row = &record->as.seat_reservation;
    const struct record *round = ledger_find_id(ledger, RECORD_KIND_CONCERT_ROUND, row->round_id);
    reservation_view_begin(view, row, &round->as.concert_round);
    for (; view->seat_count < SEATS_PER_RESERVATION_MAX; view->seat_count++) {
        const struct record_key key =
            record_key_of_reservation_seat(view->reservation.id, (int64_t)view->seat_count);
        const struct record *link = ledger_find(ledger, RECORD_KIND_RESERVATION_SEAT, &key);
        if (link == NULL)
            break;
        struct reserved_seat_view *seat = &view->seats[view->seat_count];
        const struct record *found =
            ledger_find_id(ledger, RECORD_KIND_SEAT, link->as.reservation_seat.seat_id);
        seat->seat_id = link->as.reservation_seat.seat_id;
        seat->price = link->as.reservation_seat.price;
        memcpy(seat->seat_number, found->as.seat.seat_number,
               strlen(found->as.seat.seat_number) + 1);
    }
    view_tickets(ledger, view);
    return view;
}

struct id ledger_ticket(const struct ledger *ledger, struct id reservation_id,
                        const char *seat_number)
{
    for (size_t i = 0; i < ledger->row_count; i++) {
        const struct record *image = ledger->rows[i].image;
        if (image->kind == RECORD_KIND_TICKET &&
            id_equal(image->as.ticket.reservation_id, reservation_id) &&
            strcmp(image->as.ticket.seat_number, seat_number) == 0)
            return image->as.ticket.id;
    }
    return ID_NONE;
}

static const struct record *find_reference(const struct ledger *ledger,
                                           const struct look_up *look_up)
{
    for (size_t i = 0; i < ledger->row_count; i++) {
        const struct record *image = ledger->rows[i].image;
        if (image->kind == RECORD_KIND_POINT_ENTRY && image->as.point_entry.reference != NULL &&
            id_equal(image->as.point_entry.caller_id, look_up->caller_id) &&
            strcmp(image->as.point_entry.reference, look_up->reference) == 0)
            return image;
    }
    return NULL;
}

void ledger_answer(const struct ledger *ledger, struct look_up *look_up)
{
    assert_int_equal(look_up->state, LOOK_UP_WANTED);
    const struct record *found = look_up->reference != NULL
                                     ? find_reference(ledger, look_up)
                                     : ledger_find_id(ledger, look_up->kind, look_up->id);
    look_up->as_of_seq = ledger->seq;
    look_up->state = found == NULL ? LOOK_UP_ABSENT : LOOK_UP_FOUND;
    if (found == NULL)
        return;
    look_up->record = record_copy(found);
    assert_non_null(look_up->record);
    if (look_up->kind == RECORD_KIND_SEAT_RESERVATION)
        look_up->view = view_of(ledger, found);
}
