/* See deadline.h. */
#include "http/deadline.h"

#include "base/check.h"

#include <stddef.h>

void deadlines_init(struct deadlines *deadlines, const int64_t duration_us[static WAITS_KINDS])
{
    for (enum waits_for kind = WAITS_FOR_NOTHING; kind < WAITS_KINDS; kind++) {
        struct deadline *ring = &deadlines->lists[kind];
        *ring = (struct deadline){.previous = ring, .next = ring, .kind = kind};
        deadlines->duration_us[kind] = duration_us[kind];
    }
}

void deadline_set(struct deadlines *deadlines, struct deadline *deadline, enum waits_for kind,
                  int64_t now_us)
{
    if (deadline->kind != WAITS_FOR_NOTHING) {
        deadline->previous->next = deadline->next;
        deadline->next->previous = deadline->previous;
    }
    deadline->kind = kind;
    if (kind == WAITS_FOR_NOTHING)
        return;
    struct deadline *ring = &deadlines->lists[kind], *last = ring->previous;
    CHECK(last == ring || last->due_us <= now_us + deadlines->duration_us[kind]);
    deadline->due_us = now_us + deadlines->duration_us[kind];
    deadline->previous = last;
    deadline->next = ring;
    last->next = ring->previous = deadline;
}

struct deadline *deadline_first(struct deadlines *deadlines, enum waits_for kind)
{
    return deadline_next(deadlines, &deadlines->lists[kind]);
}

struct deadline *deadline_next(struct deadlines *deadlines, const struct deadline *deadline)
{
    struct deadline *next = deadline->next;
    return next == &deadlines->lists[deadline->kind] ? NULL : next;
}

struct deadline *deadline_due(struct deadlines *deadlines, int64_t now_us)
{
    for (enum waits_for kind = WAITS_FOR_NOTHING + 1; kind < WAITS_KINDS; kind++) {
        struct deadline *first = deadline_first(deadlines, kind);
        if (first != NULL && first->due_us <= now_us)
            return first;
    }
    return NULL;
}

int64_t deadlines_next_us(const struct deadlines *deadlines)
{
    int64_t next_us = INT64_MAX;
    for (enum waits_for kind = WAITS_FOR_NOTHING + 1; kind < WAITS_KINDS; kind++) {
        const struct deadline *ring = &deadlines->lists[kind], *first = ring->next;
        if (first != ring && first->due_us < next_us)
            next_us = first->due_us;
    }
    return next_us;
}
