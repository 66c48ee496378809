/* A row with the rows around it, as readers are shown it, and how rows are asked for. Shared by the
 * office, which shows live rows, and the store, which shows history. */
#ifndef USHER_RECORD_VIEW_H
#define USHER_RECORD_VIEW_H

#include "record/limit.h"
#include "record/record.h"

struct reserved_seat_view {
    struct id seat_id;
    int64_t price;
    char seat_number[SEAT_NUMBER_BYTES_MAX + 1];
};

struct reservation_view {
    struct seat_reservation reservation;
    struct id concert_id;
    size_t seat_count;
    struct reserved_seat_view seats[SEATS_PER_RESERVATION_MAX];
};

/* A page of rows, newest first (by id), except seats, which come by position. Zero or NULL fields
 * do not restrict. Texts live as long as the query. */
struct record_query {
    enum record_kind kind; /* USER, QUEUE_TOKEN, PAYMENT, SEAT_RESERVATION, POINT_ENTRY or SEAT */
    struct id user_id;
    struct id round_id;    /* reservations and seats */
    int status;            /* an enumerated value, or -1 */
    timestamp_ms from, to; /* half-open, over the time that the id carries */
    const char *email;   /* as it is kept; the office finds it for one that is spelled otherwise */
    const char *mailbox; /* of the e-mail, for the office; NULL: the same text */
    const char *external_id;
    struct id before; /* only ids below it: the cursor */
    size_t limit;     /* 1..LIST_LIMIT_MAX; seats: 1..ROUND_SEATS_MAX */
};

/* The answer: at most `limit` rows, and whether there are more. Reservations come as views, all
 * other kinds as copied records. */
struct record_page {
    size_t count;
    bool more;
    struct record **records;               /* each and the array malloc'd; or NULL */
    struct reservation_view *reservations; /* or NULL */
};

void record_page_release(struct record_page *page);

/* A row that left memory, or may never have existed, looked up outside the engine. */
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
