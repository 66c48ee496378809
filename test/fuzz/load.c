/* Journals that no usher wrote, with good chains: records in any order and with any values go
 * into an office on its way up. It refuses them as corrupt or opens; what it opened passes the
 * audit and can be worked with: time passes, deadlines fall, those who are signed in ask for
 * things, and it passes the audit still. */
#include "fuzz.h"

#include "office/office.h"

#include <stdio.h>

/* More records than any input here has. */
#define RECORDS_MAX 512

/* When the office opens: a minute after the first moment of the tests' stage, whose journals are
 * the corpus. */
#define OPENED INT64_C(1795341660000)

struct workplace {
    struct office *office;
    struct turn turn;
    struct id_source ids;
};

/* ---- Loading ---- */

static size_t decode(const uint8_t *data, size_t size, struct record records[static RECORDS_MAX])
{
    size_t count = 0, at = 0, used = 0;
    while (at < size && count < RECORDS_MAX &&
           record_decode(data + at, size - at, &records[count], &used) == RESULT_OK) {
        at += used;
        count++;
    }
    return count;
}

/* False: it was refused. */
static bool load(struct office *office, const struct record *records, size_t count)
{
    static const struct house_keys keys = {.token_key = {{1, 2, 3}}, .ticket_seed = {{4}}};
    const struct moment now = {.house = OPENED, .wall = OPENED};
    struct explanation why;
    for (size_t i = 0; i < count; i++) {
        const enum result result = office_load(office, &records[i], &why);
        CHECK(result == RESULT_OK || result == RESULT_CORRUPT);
        if (result != RESULT_OK)
            return false;
    }
    const enum result result = office_open(office, now, count, &keys, &why);
    CHECK(result == RESULT_OK || result == RESULT_CORRUPT);
    return result == RESULT_OK;
}

/* ---- Working ---- */

static void check_audit(const struct workplace *place)
{
    struct explanation why;
    if (!office_audit(place->office, &why)) {
        fprintf(stderr, "audit: %s\n", why.text);
        CHECK(false);
    }
}

/* What a batch would append can be read back. */
static void write_down(struct workplace *place)
{
    size_t count, at = 0, used = 0;
    const struct buffer *batch = office_batch(place->office, &count);
    for (; count > 0; count--) {
        struct record record;
        CHECK(record_decode(batch->data + at, batch->length - at, &record, &used) == RESULT_OK);
        at += used;
    }
    CHECK(at == batch->length);
    office_batch_clear(place->office);
    place->turn.seq++;
}

static void begin(struct workplace *place)
{
    /* An input's deadlines are fewer than one tick takes. */
    CHECK(!office_tick(place->office, &place->turn));
}

static void end(struct workplace *place)
{
    office_settle(place->office, &place->turn);
    write_down(place);
    check_audit(place);
}

static void wait(struct workplace *place, int64_t ms)
{
    place->turn.now.house += ms;
    place->turn.now.wall += ms;
    begin(place);
    end(place);
}

static void ask(struct workplace *place, const struct session *session, struct call call)
{
    call.credentials = (struct credentials){
        .present = true, .session_id = session->id, .secret_hash = session->secret_hash};
    office_call(place->office, &place->turn, &call);
    CHECK(call.refusal < REFUSAL_COUNT);
    call_release(&call);
}

/* What the owner of a session does with a row of the input. */
static void ask_about(struct workplace *place, const struct session *session,
                      const struct record *record)
{
    const enum record_kind kind = record->kind;
    if (kind == RECORD_KIND_SEAT) {
        ask(place, session,
            (struct call){.verb = VERB_RESERVATION_HOLD,
                          .in.reservation_hold = {.round_id = record->as.seat.concert_round_id,
                                                  .seat_ids = &record->as.seat.id,
                                                  .seat_count = 1}});
    } else if (kind == RECORD_KIND_SEAT_RESERVATION) {
        ask(place, session,
            (struct call){.verb = VERB_PAYMENT_MAKE,
                          .in.reservation = {record->as.seat_reservation.id}});
        ask(place, session,
            (struct call){.verb = VERB_RESERVATION_CANCEL,
                          .in.reservation = {record->as.seat_reservation.id}});
    } else if (kind == RECORD_KIND_CONCERT_ROUND) {
        ask(place, session,
            (struct call){.verb = VERB_ROUND_CANCEL,
                          .in.round.round_id = record->as.concert_round.id});
    } else if (kind == RECORD_KIND_CONCERT) {
        ask(place, session,
            (struct call){.verb = VERB_CONCERT_DELETE,
                          .in.concert.concert_id = record->as.concert.id});
    }
}

static void ask_around(struct workplace *place, const struct record *records, size_t count)
{
    begin(place);
    for (size_t i = 0; i < count; i++) {
        if (records[i].kind != RECORD_KIND_SESSION || records[i].deleted)
            continue;
        const struct session *session = &records[i].as.session;
        ask(place, session, (struct call){.verb = VERB_QUEUE_JOIN});
        for (size_t k = 0; k < count; k++)
            ask_about(place, session, &records[k]);
    }
    end(place);
}

static void work(struct workplace *place, const struct record *records, size_t count)
{
    check_audit(place);
    wait(place, 0);
    ask_around(place, records, count);
    wait(place, SECOND_MS);
    office_drop_finished(place->office, place->turn.seq);
    check_audit(place);
    ask_around(place, records, count);
    wait(place, HOUR_MS);
    wait(place, 2 * DAY_MS);
    office_drop_finished(place->office, place->turn.seq);
    check_audit(place);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint64_t seed[4] = {1, 2, 3, 4};
    static const struct office_settings settings = {
        .hold_seconds = 300,
        .max_seats_per_reservation = 4,
        .max_seats_per_user = 4,
        .refund_until_seconds = 3600,
        .charging_open = true,
        .registration_open = true,
        .max_active = 10,
        .admit_per_second = 100,
        .silent_seconds = 120,
        .active_seconds = 600,
        .wait_seconds = 3600,
    };
    static struct record records[RECORDS_MAX];
    const size_t count = decode(data, size, records);
    struct workplace place = {.office = office_new(&settings)};
    CHECK(place.office != NULL);
    place.turn = (struct turn){
        .now = {.house = OPENED, .wall = OPENED}, .seq = count + 1, .ids = &place.ids};
    id_source_init(&place.ids, seed);
    if (load(place.office, records, count))
        work(&place, records, count);
    office_free(place.office);
    return 0;
}
