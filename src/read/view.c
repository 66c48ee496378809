/* See view.h. */
#include "read/view.h"

bool reservation_was_moved(const struct seat_reservation *reservation,
                           const struct concert_round *round)
{
    return round->moved_at != 0 && reservation->reserved_at <= round->moved_at;
}

void reservation_view_tell_round(struct reservation_view *view, const struct concert_round *round)
{
    const bool moved = reservation_was_moved(&view->reservation, round);
    view->concert_id = round->concert_id;
    view->moved_from = moved ? round->moved_from : 0;
    view->free_cancel_until = moved ? round->free_cancel_until : 0;
    view->has_reason =
        round->reason_ko != NULL && (moved || round->status == ROUND_STATUS_CANCELLED);
    if (view->has_reason)
        told_texts_set(&view->reason.texts, round->reason_ko, round->reason_en);
}

void reservation_view_begin(struct reservation_view *view,
                            const struct seat_reservation *reservation,
                            const struct concert_round *round)
{
    view->reservation = *reservation;
    view->seat_count = 0;
    reservation_view_tell_round(view, round);
}
