/* What the desk of the house is told each second: what happened in it, and how full it is. See
 * event_streams.h. */
#include "api/event_streams.h"

static bool desk_is_followed(const struct event_streams *streams)
{
    for (const struct event_stream *stream = streams->first; stream != NULL; stream = stream->next)
        if (stream->wishes.desk)
            return true;
    return false;
}

static struct event_frame make_desk_frame(struct event_streams *streams, const struct reading *now)
{
    struct queue_view view;
    (void)engine_queue(streams->engine, &view);
    const struct shown_desk desk = {.at = engine_now(streams->engine).wall,
                                    .waiting = view.waiting,
                                    .active = view.active,
                                    .sales = view.sales,
                                    .happened = reading_since(&streams->desk_before, now)};
    const struct event_data data = {
        .object = OBJECT_desk, .source = &desk, .version = streams->seq};
    return event_frame_make(EVENT_desk, &data, streams->seq);
}

/* Counting begins with the first second that somebody follows. */
void event_desk_tell(struct event_streams *streams)
{
    struct reading now;
    const bool followed = desk_is_followed(streams);
    if (followed)
        reading_take(&now, streams->engine);
    if (followed && streams->desk_counts) {
        struct event_frame frame = make_desk_frame(streams, &now);
        for (struct event_stream *stream = streams->first; stream != NULL; stream = stream->next)
            if (stream->wishes.desk)
                event_stream_tell(stream, &frame, false);
        event_frame_drop(&frame);
    }
    if (followed)
        streams->desk_before = now;
    streams->desk_counts = followed;
}
