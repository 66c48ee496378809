/* See calendars.h. Programs that keep a calendar sign in nowhere: who knows the address may read
 * the file. */
#include "api/calendars.h"

#include "api/ask.h"
#include "api/calendar_file.h"
#include "api/handlers.h"
#include "api/problem.h"
#include "api/query.h"
#include "api/reply.h"
#include "api/service.h"
#include "base/check.h"

#include <stdio.h>
#include <string.h>

void calendar_tell(struct reservation_view *view, const struct secret *key,
                   char text[static CALENDAR_ADDRESS_BYTES])
{
    char id[ID_TEXT_BYTES], proof[CALENDAR_KEY_CHARACTERS + 1];
    if (id_is_none(view->reservation.payment_id))
        return;
    (void)id_format("reservation", view->reservation.id, id);
    calendar_key_format(view->reservation.id, key, proof);
    const int length = snprintf(text, CALENDAR_ADDRESS_BYTES,
                                "/v1/reservations/%s/calendar.ics?key=%s", id, proof);
    CHECK(length > 0 && (size_t)length < CALENDAR_ADDRESS_BYTES);
    view->calendar_url = text;
}

/* ---- The file ---- */

/* Its round and its concert, as they are now; NULL: the catalogue has them no more. */
static const struct concert_round *find_round(const struct catalogue_snapshot *catalogue,
                                              struct id id)
{
    for (size_t i = 0; i < catalogue->round_count; i++)
        if (id_equal(catalogue->rounds[i].round.id, id))
            return &catalogue->rounds[i].round;
    return NULL;
}

static const struct concert *find_concert(const struct catalogue_snapshot *catalogue, struct id id)
{
    for (size_t i = 0; i < catalogue->concert_count; i++)
        if (id_equal(catalogue->concerts[i].id, id))
            return &catalogue->concerts[i];
    return NULL;
}

/* The seats, as they stand on the tickets. */
#define SEATS_TEXT_BYTES (SEATS_PER_RESERVATION_MAX * (SEAT_NUMBER_BYTES_MAX + sizeof ", "))

static void name_seats(const struct reservation_view *view, char text[static SEATS_TEXT_BYTES])
{
    size_t at = 0;
    text[0] = '\0';
    for (size_t i = 0; i < view->seat_count; i++)
        at += (size_t)snprintf(text + at, SEATS_TEXT_BYTES - at, "%s%s", i == 0 ? "" : ", ",
                               view->seats[i].seat_number);
}

static timestamp_ms last_of(timestamp_ms a, timestamp_ms b)
{
    return a > b ? a : b;
}

static void write_calendar(struct enquiry *enquiry, const struct concert *concert,
                           const struct concert_round *round)
{
    const struct reservation_view *view = &enquiry->request.call.out.reservation;
    const struct seat_reservation *reservation = &view->reservation;
    char uid[ID_TEXT_BYTES], seats[SEATS_TEXT_BYTES];
    (void)id_format("reservation", reservation->id, uid);
    name_seats(view, seats);
    const struct calendar_event event = {
        .uid = uid,
        .title = concert->title,
        .place = concert->place,
        .about = seats,
        /* Moves of before they were counted were told by no calendar. */
        .sequence = round->move_count,
        .changed_at =
            last_of(last_of(reservation->reserved_at, reservation->ended_at), round->moved_at),
        .starts_at = round->start_time,
        .ends_at = round->ends_at,
        .cancelled = reservation->status != RESERVATION_STATUS_CONFIRMED ||
                     round->status == ROUND_STATUS_CANCELLED,
    };
    struct json_writer *writer = reply_begin(enquiry);
    if (!calendar_file_write(&event, writer->out))
        writer->failed = true;
    reply_text(enquiry, STATUS_OK, enquiry->route->content_type, CACHE_NEVER);
}

static void answer_calendar(struct enquiry *enquiry)
{
    if (problem_of_call(enquiry))
        return;
    const struct reservation_view *view = &enquiry->request.call.out.reservation;
    const struct catalogue_snapshot *catalogue = engine_catalogue(enquiry->api->engine);
    const struct concert_round *round = find_round(catalogue, view->reservation.round_id);
    const struct concert *concert = find_concert(catalogue, view->concert_id);
    if (id_is_none(view->reservation.payment_id) || round == NULL || concert == NULL)
        problem_answer(enquiry, REFUSAL_NOT_FOUND);
    else
        write_calendar(enquiry, concert, round);
    engine_catalogue_release(catalogue);
}

void get_reservation_calendar(struct enquiry *enquiry)
{
    const char *given = NULL;
    if (!query_text(enquiry, "key", CALENDAR_KEY_CHARACTERS, &given))
        return;
    if (given == NULL || !calendar_key_is(given, enquiry->path.id, &enquiry->api->token_key))
        problem_answer(enquiry, REFUSAL_NOT_FOUND);
    else if (ask_call(enquiry) != NULL)
        enquiry_submit(enquiry, answer_calendar);
}
