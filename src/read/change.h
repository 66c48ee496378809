/* Changes, as those are told who follow the house from outside (change.def): numbered from 1 in the
 * order of the commits, without gaps. */
#ifndef USHER_READ_CHANGE_H
#define USHER_READ_CHANGE_H

#include "read/view.h"

enum change_type {
#define CHANGE(name, text, kind, condition) CHANGE_##name,
#define UNTOLD(kind, condition)
#include "read/change.def"
    CHANGE_COUNT,
    CHANGE_NONE = CHANGE_COUNT, /* the image is no change */
};
_Static_assert(CHANGE_COUNT <= 64, "a set of types has a bit for each");

extern const char *const change_type_texts[CHANGE_COUNT];

/* Whether changes of the entity are told. */
bool change_is_followed(enum record_kind kind);

/* Whether each image of the entity is a change. */
bool change_is_followed_whole(enum record_kind kind);

/* What the image is, with its reason; CHANGE_NONE when nobody is told of it. */
enum change_type change_of(const struct record *record);

struct change {
    uint64_t number;
    timestamp_ms at;
    enum change_type type;
    struct record *record;         /* the row as it then was; malloc'd */
    struct reservation_view *view; /* of a reservation; malloc'd */
    struct id round_id, user_id;   /* that it concerns, or ID_NONE */
};

/* The id by which a change is known: it carries the time, and then the number. */
struct id change_id(timestamp_ms at, uint64_t number);

/* Which changes are asked for. */
struct change_query {
    bool from_oldest; /* from the oldest that is kept; else the first after: */
    uint64_t after;   /* 0: before the first one ever */
    uint64_t types;   /* a bit (1 << type) for each that is wanted */
    size_t limit;     /* 1..LIST_LIMIT_MAX */
};

/* Those of a query, in order. */
struct change_page {
    size_t count;
    struct change *changes; /* malloc'd */
    uint64_t last;          /* up to it all that are wanted are there: where to go on */
    bool more;              /* there may be others behind it already */
    bool gone; /* some after `after` are kept no more, or it is no change of this house */
};

void change_page_release(struct change_page *page);

#endif
