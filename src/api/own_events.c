/* See own_events.h. */
#include "api/own_events.h"

void event_stream_reset(struct event_stream *stream)
{
    const struct shown_events_reset shown = {.version = (int64_t)stream->streams->seq};
    const struct event_data data = {.object = OBJECT_events_reset, .source = &shown};
    /* Its id names no commit: what follows may be cut off before it is whole. */
    struct event_frame frame = event_frame_make(EVENT_reset, &data, 0);
    event_stream_tell(stream, &frame, true);
    event_frame_drop(&frame);
}

bool own_events_are_due(const struct own_events *own)
{
    return own->token_due || own->pending_due || own->round_due || own->heard_due ||
           own->reservation_count > 0;
}

void own_events_stand_in_line(struct event_streams *streams, struct own_events *own)
{
    if (own->in_line || own->asking || own->stream == NULL || !own_events_are_due(own))
        return;
    own->in_line = true;
    own->next_due = NULL;
    if (streams->due_last != NULL)
        streams->due_last->next_due = own;
    else
        streams->due_first = own;
    streams->due_last = own;
}

void own_events_all_due(struct own_events *own)
{
    own->token_due = own->pending_due = true;
    own->token_id = ID_NONE;
    own->reservation_count = 0;
}

void own_events_reservation_due(struct own_events *own, struct id id)
{
    for (size_t i = 0; i < own->reservation_count; i++)
        if (id_equal(own->reservations[i], id))
            return;
    if (own->reservation_count < EVENT_CHANGES_MAX) {
        own->reservations[own->reservation_count++] = id;
        return;
    }
    event_stream_reset(own->stream);
    own_events_all_due(own);
}

bool event_stream_is_settled(const struct event_stream *stream)
{
    const struct own_events *own = stream->own;
    return own == NULL || own->person == NULL ||
           (!own->asking && !own->token_due && !own->pending_due && !own->round_due &&
            own->reservation_count == 0);
}

void own_events_round_due(struct own_events *own, struct id round_id)
{
    own->round_id = own->round_due && !id_equal(own->round_id, round_id) ? ID_NONE : round_id;
    own->round_due = true;
}

struct own_events *own_events_take_due(struct event_streams *streams)
{
    struct own_events *own = streams->due_first;
    streams->due_first = own->next_due;
    if (streams->due_first == NULL)
        streams->due_last = NULL;
    own->in_line = false;
    return own;
}

void own_events_release(struct event_streams *streams, struct own_events *own)
{
    if (own->stream == NULL && !own->in_line && !own->asking)
        pool_give(&streams->owns, own);
}
