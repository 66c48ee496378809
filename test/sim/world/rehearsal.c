/* See rehearsal.h. Asserts that what it asks for is granted. */
#include "world/rehearsal.h"

#include "engine/machine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* A Tuesday afternoon. */
#define WALL_START INT64_C(1800000000000)

/* What one call takes of the clock. */
#define CALL_MS 10

const struct office_settings rehearsal_settings = {
    .hold_seconds = 3600,
    .max_seats_per_reservation = 4,
    .max_seats_per_user = REHEARSAL_SEATS,
    .refund_until_seconds = 60,
    .charging_open = true,
    .registration_open = true,
    .max_active = 100,
    .admit_per_second = 1000,
    .silent_seconds = 7200,
    .active_seconds = 7200,
    .wait_seconds = 7200,
};

/* ---- The observer ---- */

static void tell(struct rehearsal *rehearsal, char what)
{
    if (rehearsal->told_count == TOLD_MAX)
        return;
    rehearsal->told[rehearsal->told_count++] = what;
    rehearsal->told[rehearsal->told_count] = '\0';
}

/* FNV-1a (draft-eastlake-fnv). */
static void mix(struct rehearsal *rehearsal, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        rehearsal->hash = (rehearsal->hash ^ bytes[i]) * UINT64_C(0x100000001b3);
}

/* Every span holds whole records, as many as it says. */
static void take(struct rehearsal *rehearsal, char what, struct record_span records)
{
    size_t at = 0;
    for (size_t i = 0; i < records.count; i++) {
        struct record record;
        size_t used;
        assert_int_equal(record_decode(records.data + at, records.length - at, &record, &used),
                         RESULT_OK);
        at += used;
    }
    assert_int_equal(at, records.length);
    tell(rehearsal, what);
    mix(rehearsal, records.data, records.length);
}

static void opened(void *owner, enum batch_mode mode, const struct turn *turn,
                   struct record_span records)
{
    (void)mode;
    assert_true(turn->seq > 0);
    take(owner, 'o', records);
}

static void decided(void *owner, const struct request *request, struct record_span records)
{
    assert_true(request->call.verb < VERB_COUNT);
    take(owner, 'd', records);
}

static void closed(void *owner, struct record_span records)
{
    take(owner, 'c', records);
}

static void appended(void *owner, uint64_t seq, enum store_outcome outcome)
{
    mix(owner, (const uint8_t *)&seq, sizeof seq);
    tell(owner, outcome == STORE_DONE ? 'a' : 'x');
}

static void committed(void *owner)
{
    tell(owner, 'k');
}

static void loaded(void *owner, uint64_t seq)
{
    struct rehearsal *rehearsal = owner;
    rehearsal->loaded_seq = seq;
    assert_non_null(server_office(rehearsal->server));
    tell(rehearsal, 'l');
}

/* ---- Calls ---- */

/* A request in flight, and its way back to the test. */
struct errand_request {
    struct request request;
    struct rehearsal *rehearsal;
    bool completed;
};

static void completed(struct request *request)
{
    struct errand_request *errand = (struct errand_request *)request;
    assert_false(errand->completed);
    errand->completed = true;
    errand->rehearsal->completed++;
}

bool rehearsal_try(struct rehearsal *rehearsal, struct call *call)
{
    struct errand_request errand = {.request = {.call = *call, .complete = completed},
                                    .rehearsal = rehearsal};
    assert_true(server_submit(rehearsal->server, &errand.request));
    do {
        clock_advance(CALL_MS);
        server_turn(rehearsal->server);
    } while (!errand.completed && server_look_up(rehearsal->server));
    *call = errand.request.call;
    if (!errand.completed)
        call_release(call);
    return errand.completed;
}

static void ask(void *owner, struct call *call)
{
    assert_true(rehearsal_try(owner, call));
}

enum refusal rehearsal_hold(struct rehearsal *rehearsal, size_t index, bool *answered)
{
    struct call call = people_call(&rehearsal->buyer, VERB_RESERVATION_HOLD);
    call.in.reservation_hold.round_id = rehearsal->round_id;
    call.in.reservation_hold.seat_ids = &rehearsal->seat_ids[index];
    call.in.reservation_hold.seat_count = 1;
    *answered = rehearsal_try(rehearsal, &call);
    if (!*answered)
        return REFUSAL_UNAVAILABLE;
    call_release(&call);
    return call.refusal;
}

bool rehearsal_is_held(struct rehearsal *rehearsal, size_t index)
{
    struct round_state state;
    assert_true(office_round_state(server_office(rehearsal->server), rehearsal->round_id, &state));
    return state.states[index] == 'h';
}

/* ---- Life ---- */

void rehearsal_start(struct rehearsal *rehearsal)
{
    struct explanation explanation = {.text = ""};
    if (server_start(rehearsal->server, &explanation) != RESULT_OK)
        fail_msg("%s", explanation.text);
    assert_true(server_is_up(rehearsal->server));
}

void rehearsal_stop(struct rehearsal *rehearsal)
{
    server_stop(rehearsal->server, 1000);
    assert_false(server_is_up(rehearsal->server));
}

void rehearsal_power_cut(struct rehearsal *rehearsal)
{
    disk_die(rehearsal->disk);
    server_kill(rehearsal->server);
    disk_revive_after_power_cut(rehearsal->disk);
}

void rehearsal_crash(struct rehearsal *rehearsal)
{
    disk_die(rehearsal->disk);
    server_kill(rehearsal->server);
    disk_revive_after_crash(rehearsal->disk);
}

static void bring_up(struct rehearsal *rehearsal, uint64_t seed, const struct disk_image *image)
{
    const struct server_options options = {.settings = rehearsal_settings, .seed = seed};
    const struct server_observer observer = {
        .owner = rehearsal,
        .batch_opened = opened,
        .call_decided = decided,
        .batch_closed = closed,
        .append_returned = appended,
        .batch_committed = committed,
        .loaded = loaded,
    };
    rehearsal->asker = (struct asker){.owner = rehearsal, .ask = ask};
    rehearsal->told_count = 0;
    rehearsal->hash = UINT64_C(0xcbf29ce484222325);
    chance_init(&rehearsal->chance, seed, 0);
    rehearsal->disk = disk_new(&rehearsal->chance);
    if (image != NULL)
        disk_load(rehearsal->disk, image);
    rehearsal->server = server_new(&options, &observer);
    rehearsal_start(rehearsal);
}

void rehearsal_open(struct rehearsal *rehearsal, uint64_t seed)
{
    *rehearsal = (struct rehearsal){0};
    clock_set(SECOND_MS, WALL_START);
    bring_up(rehearsal, seed, NULL);
    rehearsal->organizer = people_organizer(&rehearsal->asker, 1);
    rehearsal->buyer = people_buyer(&rehearsal->asker, 1);
    rehearsal->round_id =
        people_round(&rehearsal->asker, &rehearsal->organizer, clock_wall(), REHEARSAL_SEATS);
    for (size_t i = 0; i < REHEARSAL_SEATS; i++)
        rehearsal->seat_ids[i] =
            office_round_seat(server_office(rehearsal->server), rehearsal->round_id, i)->id;
    people_join(&rehearsal->asker, &rehearsal->buyer, 100000);
    clock_advance(SECOND_MS);
    server_turn(rehearsal->server); /* which lets the buyer in */
}

void rehearsal_open_again(struct rehearsal *rehearsal, const struct rehearsal *saved,
                          const struct disk_image *image, uint64_t seed)
{
    *rehearsal = *saved;
    clock_set(HOUR_MS, WALL_START + HOUR_MS);
    bring_up(rehearsal, seed, image);
}

void rehearsal_close(struct rehearsal *rehearsal)
{
    if (server_is_up(rehearsal->server))
        server_stop(rehearsal->server, 0);
    server_free(rehearsal->server);
    disk_free(rehearsal->disk);
}

static void fail_at_violation(void *owner, int invariant, const char *text)
{
    (void)owner;
    fail_msg("invariant %d: %s", invariant, text);
}

void rehearsal_audit(struct rehearsal *rehearsal)
{
    struct explanation explanation = {.text = ""};
    size_t rows = 1, violations = 0;
    while (rows > 0)
        assert_int_equal(server_book(rehearsal->server, &rows), RESULT_OK);
    if (store_audit(server_store(rehearsal->server), fail_at_violation, NULL, &violations,
                    &explanation) != RESULT_OK)
        fail_msg("%s", explanation.text);
    assert_int_equal(violations, 0);
    assert_true(office_audit(server_office(rehearsal->server), &explanation));
}
