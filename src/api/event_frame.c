/* See event_frame.h. */
#include "api/event_frame.h"

#include "base/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The lines around the data: an id of 20 digits, the longest name, and what goes with them. */
#define LINES_BYTES_MAX 128

#define NULLS_NEVER false
#define NULLS_MAYBE true

static const struct event_schema schemas[] = {
#define EVENT(event, data, otherwise, nulls, text)                                                 \
    {.name = #event,                                                                               \
     .meaning = text,                                                                              \
     .object = OBJECT_##data,                                                                      \
     .other = OBJECT_##otherwise,                                                                  \
     .nullable = NULLS_##nulls},
#include "api/events.def"
};

const struct event_schema *event_schema(enum event_name event)
{
    CHECK((unsigned)event < EVENT_COUNT);
    return &schemas[event];
}

static void put_line(struct buffer *out, const char *text)
{
    buffer_append(out, text, strlen(text)); /* LINES_BYTES_MAX are reserved */
}

/* False: the data is too long, or there is no memory. */
static bool put_data(struct buffer *out, const struct event_data *data)
{
    struct json_writer writer;
    const size_t before = out->length;
    json_write_init(&writer, out);
    if (data->source == NULL)
        json_write_null(&writer);
    else
        object_write(&writer, data->object, data->source, data->clock);
    return !writer.failed && out->length - before <= EVENT_DATA_BYTES_MAX;
}

struct event_frame event_frame_make(enum event_name event, const struct event_data *data,
                                    uint64_t id)
{
    struct buffer out;
    struct event_frame frame = {0};
    char line[LINES_BYTES_MAX];
    buffer_init(&out, LINES_BYTES_MAX + EVENT_DATA_BYTES_MAX);
    if (buffer_reserve(&out, LINES_BYTES_MAX) != RESULT_OK)
        return frame;
    const int length = snprintf(line, sizeof line, "id: %" PRIu64 "\n", id);
    CHECK(length > 0 && (size_t)length < sizeof line);
    put_line(&out, line);
    put_line(&out, "event: ");
    put_line(&out, event_schema(event)->name);
    put_line(&out, "\ndata: ");
    const bool fits = put_data(&out, data) && buffer_reserve(&out, 2) == RESULT_OK;
    if (fits) {
        put_line(&out, "\n\n");
        frame.text = stream_text_new(out.data, out.length);
        frame.id_length = (size_t)length;
    }
    buffer_release(&out);
    return fits || data->object == OBJECT_stale ? frame
                                                : event_frame_stale(event, data->version, id);
}

struct event_frame event_frame_stale(enum event_name event, uint64_t version, uint64_t id)
{
    const struct shown_stale stale = {.version = (int64_t)version, .stale = true};
    const struct event_data data = {.object = OBJECT_stale, .source = &stale};
    struct event_frame frame = event_frame_make(event, &data, id);
    frame.stale = true;
    return frame;
}

bool event_frame_send(const struct event_frame *frame, struct stream *stream, bool with_id)
{
    return frame->text == NULL || stream_share(stream, frame->text, with_id ? 0 : frame->id_length);
}

void event_frame_drop(struct event_frame *frame)
{
    stream_text_drop(frame->text);
    *frame = (struct event_frame){0};
}
