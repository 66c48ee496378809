/* Deadlines that move because nobody could keep them: what a downtime moves, and the verb by which
 * an organizer gives the same back for a time that the house cannot see. */
#include "office/incident.h"

#include "office/door.h"
#include "office/reservation.h"
#include "office/room.h"
#include "office/state.h"
#include "office/token.h"
#include "office/user.h"
#include "office/verb_function.h"

/* Within this a second one is most likely the same one again, sent without its key. */
#define INCIDENT_APART_MS MINUTE_MS

static bool deadlines_reserve(struct office *office)
{
    return batch_reserve_more(office, office->hold_deadlines.count + office->active_count,
                              DEADLINE_RECORD_BYTES_MAX);
}

/* A call has reserved it all; a tick, which has nobody to refuse to, goes on row by row. */
static void room_for_step(struct office *office)
{
    if (office->room == 0)
        step_reserve(office);
}

static int64_t shift_holds(struct office *office, int64_t gap_ms)
{
    int64_t count = 0;
    for (struct live_reservation *reservation = pool_next(&office->reservations, 0);
         reservation != NULL;
         reservation = pool_next(&office->reservations, reservation->item.number)) {
        if (reservation->row.status != RESERVATION_STATUS_PENDING)
            continue;
        room_for_step(office);
        struct seat_reservation row = reservation->row;
        row.expires_at += gap_ms;
        (void)put_reservation(office, reservation, reservation->user, reservation->round, &row);
        count++;
    }
    return count;
}

static int64_t shift_turns(struct office *office, int64_t gap_ms)
{
    int64_t count = 0;
    for (struct live_token *token = pool_next(&office->tokens, 0); token != NULL;
         token = pool_next(&office->tokens, token->item.number)) {
        if (token->status != TOKEN_STATUS_ACTIVE)
            continue;
        room_for_step(office);
        struct queue_token row = token_row(office, token);
        row.holds_until += gap_ms;
        row.expires_at += gap_ms;
        (void)put_token(office, token, token_user(office, token), token_lane(office, token), &row);
        count++;
    }
    return count;
}

struct shifted deadlines_shift(struct office *office, int64_t gap_ms)
{
    CHECK(gap_ms > 0);
    const int64_t holds = shift_holds(office, gap_ms);
    return (struct shifted){.holds = holds, .turns = shift_turns(office, gap_ms)};
}

static void remember_incident(struct office *office)
{
    struct house house = office->house;
    house.incident_at = office->now.house;
    put_house(office, &house);
}

enum refusal incident_make(struct office *office, const struct caller *caller, struct call *call)
{
    const timestamp_ms last = office->house.incident_at;
    if (last != 0 && office->now.house - last < INCIDENT_APART_MS)
        return REFUSAL_INCIDENT_RECENT;
    const struct record record = {.kind = RECORD_KIND_INCIDENT,
                                  .as.incident = {
                                      .id = new_id(office),
                                      .caller_id = caller->user->id,
                                      .add_seconds = call->in.incident.add_seconds,
                                      .note = call->in.incident.note,
                                      .holds = (int64_t)office->hold_deadlines.count,
                                      .turns = (int64_t)office->active_count,
                                      .created_at = office->now.house,
                                  }};
    if (!deadlines_reserve(office) || call_show_record(call, &record) != REFUSAL_NONE)
        return REFUSAL_CAPACITY;

    /* ---- nothing fails below this line ---- */
    put_incident(office, &record.as.incident);
    const struct shifted shifted =
        deadlines_shift(office, record.as.incident.add_seconds * SECOND_MS);
    CHECK(shifted.holds == record.as.incident.holds && shifted.turns == record.as.incident.turns);
    remember_incident(office);
    call->created = true;
    return REFUSAL_NONE;
}
