/* See stage.h. */
#include "stage.h"

#include "compare.h"

#include <string.h>

struct office_settings stage_settings(void)
{
    return (struct office_settings){
        .hold_seconds = 300,
        .extend_seconds = 180,
        .max_seats_per_reservation = 4,
        .max_seats_per_user = 4,
        .refund_until_seconds = 86400,
        .charging_open = true,
        .registration_open = true,
        .max_active = 1000,
        .admit_per_second = 100,
        .silent_seconds = 120,
        .active_seconds = 600,
        .wait_seconds = 3600,
    };
}

static bool fail(struct stage *stage, const char *what)
{
    (void)explain(&stage->trouble, RESULT_CORRUPT, "%s", what);
    return false;
}

static struct turn turn_of(struct stage *stage)
{
    return (struct turn){.now = stage->now, .seq = stage->ledger.seq + 1, .ids = &stage->ids};
}

/* ---- Opening ---- */

static const struct house_keys keys = {.token_key = {{1, 2, 3}}, .ticket_seed = {{4, 5, 6}}};

static bool load(struct stage *stage, uint64_t booked_seq)
{
    struct ledger *ledger = &stage->ledger;
    stage->office = office_new(&stage->settings);
    if (stage->office == NULL)
        return fail(stage, "no memory for an office");
    return ledger_load(ledger, stage->office, booked_seq, stage->now.wall, &stage->trouble) ==
               RESULT_OK &&
           office_open(stage->office, stage->now, ledger->seq, &keys, &stage->trouble) ==
               RESULT_OK &&
           stage_check(stage);
}

bool stage_open(struct stage *stage, const struct office_settings *settings, enum recovery recovery,
                struct coverage *coverage)
{
    static const uint64_t seed[4] = {1, 2, 3, 4};
    *stage = (struct stage){.settings = *settings,
                            .now = {.house = STAGE_START, .wall = STAGE_START},
                            .recovery = recovery,
                            .audit_every = 1,
                            .compare_every = 1};
    ledger_init(&stage->ledger, coverage);
    id_source_init(&stage->ids, seed);
    return load(stage, 0) && stage_batch_begin(stage) && stage_batch_end(stage);
}

void stage_close(struct stage *stage)
{
    office_free(stage->office);
    stage->office = NULL;
    ledger_release(&stage->ledger);
}

static uint64_t booked_at_restart(const struct stage *stage)
{
    switch (stage->recovery) {
    case RECOVER_FROM_TABLES:
        return stage->ledger.seq;
    case RECOVER_FROM_BOTH:
        return (stage->booked_seq + stage->ledger.seq) / 2;
    case RECOVER_FROM_JOURNAL:
    case RECOVERY_COUNT:
        break;
    }
    return 0;
}

bool stage_restart(struct stage *stage, int64_t ms)
{
    office_free(stage->office);
    stage->now.house += ms;
    stage->now.wall += ms;
    return load(stage, booked_at_restart(stage)) && stage_batch_begin(stage) &&
           stage_batch_end(stage);
}

/* ---- Batches ---- */

bool stage_check(struct stage *stage)
{
    return office_audit(stage->office, &stage->trouble) &&
           compare_with_ledger(stage->office, &stage->ledger, &stage->trouble);
}

static bool tells_change(const struct changed_seat *told, const struct seat *seat, uint64_t seq)
{
    static const char letters[] = {'a', 'h', 's', 'b'};
    return id_equal(told->round_id, seat->concert_round_id) && told->version == seq &&
           told->position == seat->position && told->state == letters[seat->status];
}

/* The office's list of changed seats is that of the batch's seats, but for those that are new or
 * gone: publishing goes by it. Rows are numbered as they come, so a new one has the next number. */
static bool check_changed_seats(struct stage *stage, size_t first_entry, size_t first_row)
{
    const struct ledger *ledger = &stage->ledger;
    const struct changed_seat *told;
    const size_t count = office_changed_seats(stage->office, &told);
    size_t matched = 0, next_row = first_row;
    for (size_t k = first_entry; k < ledger->entry_count; k++) {
        const struct record *record = ledger->entries[k].record;
        const bool is_new = ledger->entries[k].row == next_row;
        next_row += is_new;
        if (record->kind != RECORD_KIND_SEAT || record->deleted || is_new)
            continue;
        if (matched == count || !tells_change(&told[matched], &record->as.seat, ledger->seq))
            return fail(stage, "a seat changed and is not told");
        matched++;
    }
    office_changed_seats_clear(stage->office);
    return matched == count || fail(stage, "a seat is told that did not change");
}

static void add_tally(struct tally *all, const struct tally *batch)
{
    for (size_t i = 0; i < TALLY_COUNT; i++)
        all->counts[i] += batch->counts[i];
}

/* That somebody was passed over no row keeps: it is counted from what was journalled. */
static int64_t passed_over(const struct ledger *ledger, size_t first_entry)
{
    int64_t often = 0;
    for (size_t k = first_entry; k < ledger->entry_count; k++)
        often += ledger->entries[k].record->kind == RECORD_KIND_QUEUE_TOKEN &&
                 ledger->entries[k].record->why == WHY_PASSED_OVER;
    return often;
}

/* What the rows as they are say of how often what happened. */
static void tally_image(struct tally *tally, const struct record *record)
{
    if (record->kind == RECORD_KIND_QUEUE_TOKEN) {
        tally->counts[TALLY_JOINED]++;
        tally->counts[TALLY_ADMITTED] += record->as.queue_token.activate_at != 0;
    } else if (record->kind == RECORD_KIND_SEAT_RESERVATION) {
        tally->counts[TALLY_HOLDS]++;
        tally->counts[TALLY_EXPIRED] +=
            record->as.seat_reservation.status == RESERVATION_STATUS_EXPIRED;
    } else if (record->kind == RECORD_KIND_SEAT) {
        tally->counts[TALLY_SOLD] += record->as.seat.status == SEAT_STATUS_SOLD;
    } else if (record->kind == RECORD_KIND_PAYMENT) {
        const struct payment *payment = &record->as.payment;
        if (payment->status != PAYMENT_STATUS_FAILED)
            tally->counts[TALLY_PAID] += payment->amount;
        if (payment->status == PAYMENT_STATUS_CANCELLED)
            tally->counts[TALLY_REFUNDED] += payment->amount;
    }
}

/* The batches' tallies add up to what the rows say. A seat that is sold now was sold once more
 * often than it came back. */
static bool check_tally(struct stage *stage)
{
    struct tally seen = {0}, told = stage->tally;
    for (size_t i = 0; i < stage->ledger.row_count; i++)
        tally_image(&seen, stage->ledger.rows[i].image);
    told.counts[TALLY_SOLD] -= told.counts[TALLY_RETURNED];
    told.counts[TALLY_RETURNED] = 0;
    seen.counts[TALLY_PASSED_OVER] = stage->passed_over;
    return memcmp(&seen, &told, sizeof seen) == 0 || fail(stage, "the tallies are of other rows");
}

static bool is_turn(const struct stage *stage, unsigned every)
{
    return every != 0 && stage->batches % every == 0;
}

static bool write_batch(struct stage *stage)
{
    size_t count;
    const struct buffer *records = office_batch(stage->office, &count);
    const size_t first_entry = stage->ledger.entry_count, first_row = stage->ledger.row_count;
    const bool good = count == 0 || ledger_append(&stage->ledger, records, count, &stage->trouble);
    add_tally(&stage->tally, office_tally(stage->office));
    stage->passed_over += passed_over(&stage->ledger, first_entry);
    office_batch_clear(stage->office);
    if (!good || !check_changed_seats(stage, first_entry, first_row) ||
        (stage->drop_at_once && !stage_drop(stage, 0)))
        return false;
    stage->batches++;
    if (is_turn(stage, stage->audit_every) && !office_audit(stage->office, &stage->trouble))
        return false;
    return !is_turn(stage, stage->compare_every) ||
           (check_tally(stage) &&
            compare_with_ledger(stage->office, &stage->ledger, &stage->trouble));
}

/* A tick that leaves work behind is a batch of its own; more than this many would never end. */
#define TICKS_MAX 1000

bool stage_batch_begin(struct stage *stage)
{
    for (size_t i = 0; i < TICKS_MAX; i++) {
        const struct turn turn = turn_of(stage);
        if (!office_tick(stage->office, &turn))
            return true;
        office_settle(stage->office, &turn);
        if (!write_batch(stage))
            return false;
    }
    return fail(stage, "the tick never comes to its end");
}

/* A refused call changes nothing but presence, and what the caller has may have been renewed: the
 * session, the use of a key; a payment that falls short is written down. */
static bool changed_nothing(struct stage *stage, size_t from)
{
    size_t count, used = 0;
    const struct buffer *records = office_batch(stage->office, &count);
    for (size_t at = from; at < records->length; at += used) {
        struct record record;
        if (record_decode(records->data + at, records->length - at, &record, &used) != RESULT_OK ||
            (record.kind != RECORD_KIND_SESSION && record.kind != RECORD_KIND_API_KEY) ||
            record.deleted)
            return fail(stage, "a refused call changed something");
    }
    return true;
}

bool stage_batch_call(struct stage *stage, struct call *call)
{
    const struct turn turn = turn_of(stage);
    size_t count;
    /* Asking again is for a look-up that became stale meanwhile; here none does. */
    for (size_t i = 0; i < 2; i++) {
        const size_t before = office_batch(stage->office, &count)->length;
        if (stage->watch != NULL)
            stage->watch(stage, true);
        office_call(stage->office, &turn, call);
        if (stage->watch != NULL)
            stage->watch(stage, false);
        const bool wants = call_wants_look_up(call);
        if ((wants ||
             (call->refusal != REFUSAL_NONE && call->refusal != REFUSAL_INSUFFICIENT_POINTS)) &&
            !changed_nothing(stage, before))
            return false;
        if (!wants)
            return true;
        ledger_answer(&stage->ledger, &call->look_up);
    }
    return fail(stage, "the office asks for the same history again");
}

bool stage_batch_end(struct stage *stage)
{
    const struct turn turn = turn_of(stage);
    office_settle(stage->office, &turn);
    return write_batch(stage);
}

bool stage_call(struct stage *stage, struct call *call)
{
    return stage_batch_begin(stage) && stage_batch_call(stage, call) && stage_batch_end(stage);
}

bool stage_drop(struct stage *stage, uint64_t unbooked)
{
    const uint64_t seq = stage->ledger.seq;
    const uint64_t booked_seq = seq > unbooked ? seq - unbooked : 0;
    if (booked_seq > stage->booked_seq)
        stage->booked_seq = booked_seq;
    office_drop_finished(stage->office, stage->booked_seq);
    return office_audit(stage->office, &stage->trouble);
}

/* ---- Time ---- */

static bool advance(struct stage *stage, int64_t ms)
{
    stage->now.house += ms;
    stage->now.wall += ms;
    return stage_batch_begin(stage) && stage_batch_end(stage);
}

bool stage_wait(struct stage *stage, int64_t ms)
{
    const timestamp_ms until = stage->now.house + ms;
    size_t idle = 0; /* batches since time last moved */
    while (stage->now.house < until || idle == 0) {
        const timestamp_ms due = office_next_due(stage->office, stage->now);
        const timestamp_ms next = due < until ? due : until;
        const int64_t step = next > stage->now.house ? next - stage->now.house : 0;
        idle = step > 0 ? 1 : idle + 1;
        if (idle > TICKS_MAX)
            return fail(stage, "something is always due and never done");
        if (!advance(stage, step))
            return false;
    }
    return true;
}

bool stage_jump(struct stage *stage, int64_t ms)
{
    return advance(stage, ms);
}
