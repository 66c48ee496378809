/* The deadlines of connections, a kind for each thing to wait for. All that wait for the same thing
 * wait equally long, so a list for each kind is in the order of its deadlines: arming, disarming
 * and finding the next are a few pointers. One thread's. */
#ifndef USHER_HTTP_DEADLINE_H
#define USHER_HTTP_DEADLINE_H

#include <stdint.h>

enum waits_for {
    WAITS_FOR_NOTHING, /* of its own: another thread has its exchange */
    WAITS_FOR_HEAD,    /* the first bytes of a connection, or the rest of a head */
    WAITS_FOR_REQUEST, /* the next one: it is idle */
    WAITS_FOR_BODY,    /* more of it, at its rate */
    WAITS_FOR_ROOM,    /* the client takes its answer, at a rate */
    WAITS_FOR_END,     /* the client closes, after the last answer */
    WAITS_KINDS,
};

/* A connection's place in a list; the connection owns it and does not move. */
struct deadline {
    struct deadline *previous, *next;
    int64_t due_us;
    enum waits_for kind;
};

struct deadlines {
    struct deadline lists[WAITS_KINDS]; /* rings */
    int64_t duration_us[WAITS_KINDS];
};

void deadlines_init(struct deadlines *deadlines, const int64_t duration_us[static WAITS_KINDS]);

/* Waits for this from now on, and for nothing else. */
void deadline_set(struct deadlines *deadlines, struct deadline *deadline, enum waits_for kind,
                  int64_t now_us);

/* The one that has waited longest for this; NULL: none. */
struct deadline *deadline_first(struct deadlines *deadlines, enum waits_for kind);

/* The one after it in its list; NULL: it was the last. */
struct deadline *deadline_next(struct deadlines *deadlines, const struct deadline *deadline);

/* One that is due, of any kind; NULL: none. */
struct deadline *deadline_due(struct deadlines *deadlines, int64_t now_us);

/* When the next will be due; INT64_MAX: none waits. */
int64_t deadlines_next_us(const struct deadlines *deadlines);

#endif
