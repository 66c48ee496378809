/* See ordeal.h. Asserts that what it asks for is granted. */
#include "server/ordeal.h"

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

const struct office_settings ordeal_settings = {
    .hold_seconds = 3600,
    .max_seats_per_reservation = 4,
    .max_seats_per_user = ORDEAL_SEATS,
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

static void tell(struct ordeal *ordeal, char what)
{
    if (ordeal->told_count == TOLD_MAX)
        return;
    ordeal->told[ordeal->told_count++] = what;
    ordeal->told[ordeal->told_count] = '\0';
}

/* FNV-1a (draft-eastlake-fnv). */
static void mix(struct ordeal *ordeal, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        ordeal->hash = (ordeal->hash ^ bytes[i]) * UINT64_C(0x100000001b3);
}

/* Every span holds whole records, as many as it says. */
static void take(struct ordeal *ordeal, char what, struct record_span records)
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
    tell(ordeal, what);
    mix(ordeal, records.data, records.length);
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

static void settled(void *owner, uint64_t seq, enum store_outcome outcome)
{
    mix(owner, (const uint8_t *)&seq, sizeof seq);
    tell(owner, outcome == STORE_DONE ? 's' : 'p');
}

static void committed(void *owner)
{
    tell(owner, 'k');
}

static void loaded(void *owner, uint64_t seq)
{
    struct ordeal *ordeal = owner;
    ordeal->loaded_seq = seq;
    assert_non_null(server_office(ordeal->server));
    tell(ordeal, 'l');
}

/* ---- Calls ---- */

/* A request in flight, and its way back to the test. */
struct errand_request {
    struct request request;
    struct ordeal *ordeal;
    bool completed;
};

static void completed(struct request *request)
{
    struct errand_request *errand = (struct errand_request *)request;
    assert_false(errand->completed);
    errand->completed = true;
    errand->ordeal->completed++;
}

bool ordeal_try(struct ordeal *ordeal, struct call *call)
{
    struct errand_request errand = {.request = {.call = *call, .complete = completed},
                                    .ordeal = ordeal};
    assert_true(server_submit(ordeal->server, &errand.request));
    do {
        clock_advance(CALL_MS);
        server_turn(ordeal->server);
    } while (!errand.completed && server_look_up(ordeal->server));
    *call = errand.request.call;
    if (!errand.completed)
        call_release(call);
    return errand.completed;
}

static void ask(void *owner, struct call *call)
{
    assert_true(ordeal_try(owner, call));
}

enum refusal ordeal_hold(struct ordeal *ordeal, size_t index, bool *answered)
{
    struct call call = people_call(&ordeal->buyer, VERB_RESERVATION_HOLD);
    call.in.reservation_hold.round_id = ordeal->round_id;
    call.in.reservation_hold.seat_ids = &ordeal->seat_ids[index];
    call.in.reservation_hold.seat_count = 1;
    *answered = ordeal_try(ordeal, &call);
    if (!*answered)
        return REFUSAL_UNAVAILABLE;
    call_release(&call);
    return call.refusal;
}

bool ordeal_is_held(struct ordeal *ordeal, size_t index)
{
    struct round_state state;
    assert_true(office_round_state(server_office(ordeal->server), ordeal->round_id, &state));
    return state.states[index] == 'h';
}

/* ---- Life ---- */

void ordeal_start(struct ordeal *ordeal)
{
    struct explanation explanation = {.text = ""};
    if (server_start(ordeal->server, &explanation) != RESULT_OK)
        fail_msg("%s", explanation.text);
    assert_true(server_is_up(ordeal->server));
}

void ordeal_stop(struct ordeal *ordeal)
{
    server_stop(ordeal->server, 1000);
    assert_false(server_is_up(ordeal->server));
}

void ordeal_power_cut(struct ordeal *ordeal)
{
    disk_die(ordeal->disk);
    server_kill(ordeal->server);
    disk_revive_after_power_cut(ordeal->disk);
}

void ordeal_crash(struct ordeal *ordeal)
{
    disk_die(ordeal->disk);
    server_kill(ordeal->server);
    disk_revive_after_crash(ordeal->disk);
}

static void bring_up(struct ordeal *ordeal, uint64_t seed, const struct disk_image *image)
{
    const struct server_options options = {.settings = ordeal_settings, .seed = seed};
    const struct server_observer observer = {
        .owner = ordeal,
        .batch_opened = opened,
        .call_decided = decided,
        .batch_closed = closed,
        .append_returned = appended,
        .settle_returned = settled,
        .batch_committed = committed,
        .loaded = loaded,
    };
    ordeal->asker = (struct asker){.owner = ordeal, .ask = ask};
    ordeal->told_count = 0;
    ordeal->hash = UINT64_C(0xcbf29ce484222325);
    chance_init(&ordeal->chance, seed, 0);
    ordeal->disk = disk_new(&ordeal->chance);
    if (image != NULL)
        disk_load(ordeal->disk, image);
    ordeal->server = server_new(&options, &observer);
    ordeal_start(ordeal);
}

void ordeal_open(struct ordeal *ordeal, uint64_t seed)
{
    *ordeal = (struct ordeal){0};
    clock_set(SECOND_MS, WALL_START);
    bring_up(ordeal, seed, NULL);
    ordeal->organizer = people_organizer(&ordeal->asker, 1);
    ordeal->buyer = people_buyer(&ordeal->asker, 1);
    ordeal->round_id = people_round(&ordeal->asker, &ordeal->organizer, clock_wall(), ORDEAL_SEATS);
    for (size_t i = 0; i < ORDEAL_SEATS; i++)
        ordeal->seat_ids[i] =
            office_round_seat(server_office(ordeal->server), ordeal->round_id, i)->id;
    people_join(&ordeal->asker, &ordeal->buyer, 100000);
    clock_advance(SECOND_MS);
    server_turn(ordeal->server); /* which lets the buyer in */
}

void ordeal_open_again(struct ordeal *ordeal, const struct ordeal *saved,
                       const struct disk_image *image, uint64_t seed)
{
    *ordeal = *saved;
    clock_set(HOUR_MS, WALL_START + HOUR_MS);
    bring_up(ordeal, seed, image);
}

void ordeal_close(struct ordeal *ordeal)
{
    if (server_is_up(ordeal->server))
        server_stop(ordeal->server, 0);
    server_free(ordeal->server);
    disk_free(ordeal->disk);
}

static void fail_at_violation(void *owner, int invariant, const char *text)
{
    (void)owner;
    fail_msg("invariant %d: %s", invariant, text);
}

void ordeal_audit(struct ordeal *ordeal)
{
    struct explanation explanation = {.text = ""};
    size_t rows = 1, violations = 0;
    while (rows > 0)
        assert_int_equal(server_book(ordeal->server, &rows), RESULT_OK);
    if (store_audit(server_store(ordeal->server), fail_at_violation, NULL, &violations,
                    &explanation) != RESULT_OK)
        fail_msg("%s", explanation.text);
    assert_int_equal(violations, 0);
    assert_true(office_audit(server_office(ordeal->server), &explanation));
}
