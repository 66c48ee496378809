/* See sale.h. The office's batches, and its records, which tell what it did by itself. */
#include "rehearse/sale.h"

#include "base/check.h"
#include "engine/batch.h"
#include "rehearse/premises.h"

/* ---- Records ---- */

static void follow_token(struct sale *sale, const struct queue_token *row)
{
    const uint32_t buyer = premises_buyer(row->user_id);
    switch (row->status) {
    case TOKEN_STATUS_WAITING:
        return;
    case TOKEN_STATUS_ACTIVE:
        buyer_let_in(sale, buyer);
        return;
    case TOKEN_STATUS_EXPIRED:
        buyer_turn_ended(sale, buyer, row->reason);
        return;
    }
    UNREACHABLE("token status");
}

static void follow_record(struct sale *sale, const struct record *record)
{
    if (record->kind == RECORD_KIND_QUEUE_TOKEN)
        follow_token(sale, &record->as.queue_token);
    else if (record->kind == RECORD_KIND_SEAT)
        hall_note(&sale->hall, (uint32_t)record->as.seat.position, record->as.seat.status);
    else if (record->kind == RECORD_KIND_SEAT_RESERVATION &&
             record->as.seat_reservation.status == RESERVATION_STATUS_EXPIRED)
        buyer_hold_expired(sale, premises_buyer(record->as.seat_reservation.user_id));
}

/* What the batch has grown by. */
static void follow(struct sale *sale)
{
    size_t record_count, used;
    const struct buffer *records = office_batch(sale->office, &record_count);
    while (sale->followed < records->length) {
        struct record record;
        CHECK(record_decode(records->data + sale->followed, records->length - sale->followed,
                            &record, &used) == RESULT_OK);
        sale->followed += used;
        follow_record(sale, &record);
    }
}

/* ---- Batches ---- */

static unsigned percent_done(const struct sale *sale)
{
    const double buyers = (double)sale->plan->buyers, seats = (double)sale->plan->seats;
    double done = sale->hall.sold / seats, home = 0;
    for (enum buyer_state state = BUYER_BOUGHT; state < BUYER_STATE_COUNT; state++)
        home += sale->findings->people[state] / buyers;
    if (home > done)
        done = home;
    return PREMISES_PERCENT +
           (unsigned)((100 - PREMISES_PERCENT) * (sale->came / buyers + done) / 2);
}

/* The records are as good as written down, and what has ended leaves memory. */
void sale_close_batch(struct sale *sale)
{
    sale->settling = true;
    office_settle(sale->office, &sale->turn);
    follow(sale);
    sale->settling = false;
    office_batch_clear(sale->office);
    office_drop_finished(sale->office, sale->turn.seq);
    if (!sale->watch->tell(sale->watch->owner, percent_done(sale)) && sale->result == RESULT_OK)
        sale->result = explain(sale->explanation, RESULT_FULL, "it was broken off");
}

void sale_open_batch(struct sale *sale)
{
    const timestamp_ms now = OPENING_MS + (timestamp_ms)sale->beat * BEAT_MS;
    bool more;
    do { /* each time up to OFFICE_TICK_MAX of what is due by now */
        sale->turn.now = (struct moment){.house = now, .wall = now};
        sale->turn.seq++;
        sale->calls = sale->followed = 0;
        more = office_tick(sale->office, &sale->turn);
        follow(sale);
        if (more)
            sale_close_batch(sale);
    } while (more);
}

void sale_make_room(struct sale *sale)
{
    size_t record_count;
    if (sale->calls < ENGINE_BATCH_MAX &&
        office_batch(sale->office, &record_count)->length < BATCH_RECORDS_BYTES)
        return;
    sale_close_batch(sale);
    sale_open_batch(sale);
}

enum refusal sale_ask(struct sale *sale, uint32_t buyer, struct call *call)
{
    call->credentials = premises_credentials(buyer);
    office_call(sale->office, &sale->turn, call);
    sale->calls++;
    sale->buyers[buyer].heard = sale->beat;
    const bool expected =
        (call->refusal == REFUSAL_NONE && !call_wants_look_up(call)) ||
        (call->refusal == REFUSAL_SEAT_UNAVAILABLE && call->verb == VERB_RESERVATION_HOLD);
    if (!expected && sale->result == RESULT_OK)
        sale->result = explain(
            sale->explanation,
            call->refusal == REFUSAL_CAPACITY ? RESULT_NO_MEMORY : RESULT_CORRUPT,
            "buyer %u, %s: %s", buyer, verb_name(call->verb), refusal_schema(call->refusal)->name);
    call_release(call);
    return call->refusal;
}
