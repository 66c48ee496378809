/* A row that left memory, or may never have existed, looked up outside the engine. */
#ifndef USHER_READ_LOOK_UP_H
#define USHER_READ_LOOK_UP_H

#include "read/view.h"

enum look_up_state {
    LOOK_UP_NOT_ASKED = 0,
    LOOK_UP_WANTED, /* the office cannot answer without it */
    LOOK_UP_FOUND,
    LOOK_UP_ABSENT,
};

struct look_up {
    enum look_up_state state;
    /* The row that is wanted: by its id, or (POINT_ENTRY) by its caller and reference. */
    enum record_kind kind;
    struct id id;
    struct id caller_id;
    const char *reference;
    /* The row that was found. */
    uint64_t as_of_seq;    /* the last journal sequence number that the look-up saw */
    struct record *record; /* malloc'd; with its view when it is a reservation */
    struct reservation_view *view;
};

void look_up_release(struct look_up *look_up);

#endif
