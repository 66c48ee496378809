/* The frames of GET /v1/events (WHATWG HTML, 9.2.6): an event's name and its data, an object as
 * JSON, and before them the id by which a client that was cut off asks for the rest. The events are
 * events.def's. */
#ifndef USHER_API_EVENT_FRAME_H
#define USHER_API_EVENT_FRAME_H

#include "api/object.h"
#include "http/stream.h"

/* Data that is longer becomes `stale`: a page then asks the route that has all of it, which is
 * answered once for everybody, while a frame waits in each slow client's connection. */
#define EVENT_DATA_BYTES_MAX 4096

enum event_name {
#define EVENT(name, object, other, nulls, meaning) EVENT_##name,
#include "api/events.def"
    EVENT_COUNT,
};

/* A row of events.def. */
struct event_schema {
    const char *name, *meaning;
    enum object_name object;
    enum object_name other; /* OBJECT_NONE: there is none */
    bool nullable;
};

const struct event_schema *event_schema(enum event_name event);

/* What an event tells. */
struct event_data {
    enum object_name object;
    const void *source;              /* of the object; NULL: the data is null */
    const struct shown_clock *clock; /* as object_write takes it */
    uint64_t version;                /* that `stale` tells in its place */
};

/* The bytes are an id line, and behind it the rest: who shall not take up the id yet gets the rest
 * alone. */
struct event_frame {
    struct stream_text *text; /* NULL: no memory */
    size_t id_length;
    bool stale; /* who is told it asks a route for all */
};

/* `id`: everything up to this commit was told. */
struct event_frame event_frame_make(enum event_name event, const struct event_data *data,
                                    uint64_t id);

/* A frame that is `stale`, without writing what it would stand for. */
struct event_frame event_frame_stale(enum event_name event, uint64_t version, uint64_t id);

/* Writes the frame to the stream, and with it the id or not. False: the stream is over. */
bool event_frame_send(const struct event_frame *frame, struct stream *stream, bool with_id);

void event_frame_drop(struct event_frame *frame);

#endif
