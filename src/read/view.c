/* See view.h. */
#include "read/view.h"

#include <stdlib.h>

bool reservation_was_moved(const struct seat_reservation *reservation,
                           const struct concert_round *round)
{
    return round->moved_at != 0 && reservation->reserved_at <= round->moved_at &&
           (reservation->ended_at == 0 || reservation->ended_at >= round->moved_at);
}

/* Whether the round's reason, which is of the last that became of it, is this reservation's too. */
static bool is_concerned(const struct seat_reservation *reservation,
                         const struct concert_round *round)
{
    if (round->status != ROUND_STATUS_CANCELLED)
        return reservation_was_moved(reservation, round);
    return reservation->ended_at == 0 ||
           reservation->cancel_reason == CANCEL_REASON_ROUND_CANCELLED;
}

bool reservation_tell_reason(const struct seat_reservation *reservation,
                             const struct concert_round *round, struct round_reason *reason)
{
    if (round->reason_ko == NULL || !is_concerned(reservation, round))
        return false;
    told_texts_set(&reason->texts, round->reason_ko, round->reason_en);
    return true;
}

void reservation_view_tell_round(struct reservation_view *view, const struct concert_round *round)
{
    const bool moved = reservation_was_moved(&view->reservation, round);
    view->concert_id = round->concert_id;
    view->moved_from = moved ? round->moved_from : 0;
    view->free_cancel_until = moved ? round->free_cancel_until : 0;
    view->has_reason = reservation_tell_reason(&view->reservation, round, &view->reason);
}

void reservation_view_begin(struct reservation_view *view,
                            const struct seat_reservation *reservation,
                            const struct concert_round *round)
{
    view->reservation = *reservation;
    view->seat_count = view->ticket_count = 0;
    reservation_view_tell_round(view, round);
}

void reservation_view_release(struct reservation_view *view)
{
    for (size_t i = 0; i < view->ticket_count; i++)
        free((void *)(uintptr_t)view->seats[i].holder_name);
    view->ticket_count = 0;
}
