/* See events.h. */
#include "world/events.h"

#include "disk/chance.h"
#include "disk/own_memory.h"
#include "world/streams.h"

#define FIRST_CAPACITY 256

static const char *const names[EVENT_KIND_COUNT] = {
    [EVENT_WAKE] = "wake",   [EVENT_ARRIVE] = "arrive",   [EVENT_ANSWER] = "answer",
    [EVENT_TURN] = "turn",   [EVENT_LOOK_UP] = "look up", [EVENT_BOOK] = "book",
    [EVENT_START] = "start", [EVENT_FAULT] = "fault",     [EVENT_FAULT_END] = "fault ends",
    [EVENT_NIGHT] = "night",
};

const char *event_kind_name(enum event_kind kind)
{
    return names[kind];
}

void events_init(struct events *events, uint64_t seed)
{
    *events = (struct events){.capacity = FIRST_CAPACITY};
    events->heap = own_allocate(FIRST_CAPACITY * sizeof *events->heap);
    struct chance chance;
    chance_init(&chance, seed, STREAM_EVENTS);
    events->salt = chance_next(&chance);
}

void events_release(struct events *events)
{
    own_free(events->heap);
}

static bool before(const struct event *a, const struct event *b)
{
    return a->at != b->at ? a->at < b->at : a->tie_break < b->tie_break;
}

/* Scatters its bits (Stafford's variant 13 of MurmurHash3's finalizer). */
static uint64_t scatter(uint64_t number)
{
    number = (number ^ (number >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    number = (number ^ (number >> 27)) * UINT64_C(0x94d049bb133111eb);
    return number ^ (number >> 31);
}

void events_add(struct events *events, int64_t at, enum event_kind kind, uint32_t subject)
{
    if (events->count == events->capacity) {
        events->capacity *= 2;
        events->heap = own_resize(events->heap, events->capacity * sizeof *events->heap);
    }
    const struct event event = {
        .at = at,
        .tie_break = scatter(scatter((uint64_t)at ^ events->salt) ^ (uint64_t)kind << 32 ^ subject),
        .kind = kind,
        .subject = subject};
    size_t place = events->count++;
    while (place > 0 && before(&event, &events->heap[(place - 1) / 2])) {
        events->heap[place] = events->heap[(place - 1) / 2];
        place = (place - 1) / 2;
    }
    events->heap[place] = event;
}

bool events_next(struct events *events, struct event *event)
{
    if (events->count == 0)
        return false;
    struct event *heap = events->heap;
    *event = heap[0];
    const struct event last = heap[--events->count];
    size_t place = 0;
    for (size_t child = 1; child < events->count; child = 2 * place + 1) {
        if (child + 1 < events->count && before(&heap[child + 1], &heap[child]))
            child++;
        if (!before(&heap[child], &last))
            break;
        heap[place] = heap[child];
        place = child;
    }
    heap[place] = last;
    return true;
}
