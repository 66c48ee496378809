/* What one person does in a sale: comes, waits, chooses, pays, or gives up on the way. Everything
 * that is asked of the office is asked by its verbs. The office's polls are the exception: it is
 * asked for a sign of life only where it could come to think that somebody is silent. */
#ifndef USHER_REHEARSE_BUYER_H
#define USHER_REHEARSE_BUYER_H

#include "base/id.h"
#include "record/record.h"

#include <stdbool.h>
#include <stdint.h>

enum buyer_state {
    BUYER_TO_COME,
    BUYER_WAITING,
    BUYER_CHOOSING, /* inside, without seats */
    BUYER_PAYING,   /* holds seats */
    /* The rest is over for the buyer. */
    BUYER_BOUGHT,
    BUYER_LEFT,        /* gave up in line, by leaving it */
    BUYER_SILENT,      /* gave up in line, by closing the page */
    BUYER_TURNED_AWAY, /* left, since there were no free seats */
    BUYER_LAPSED,      /* did not pay, or not in time */
    BUYER_TIMED_OUT,   /* was inside for as long as one may be */
    BUYER_ABANDONED,   /* was put out of the line, since the office heard too little of them */
    BUYER_STATE_COUNT
};

struct buyer {
    struct id reservation_id; /* of a buyer who pays */
    uint32_t joined;          /* the beat */
    uint32_t heard;           /* the last beat at which the office heard of them */
    uint32_t poll;            /* after so many beats, it said, ask again */
    uint32_t until;           /* the beat at which what they are at is over */
    uint32_t looks_until;     /* inside: then they leave, if there are no free seats */
    uint8_t state;            /* enum buyer_state */
    uint8_t seats;            /* held or bought */
    bool near;                /* among those in line who may be let in soon */
};

struct sale;

/* The next one comes, and joins the queue. */
void buyer_comes(struct sale *sale, uint32_t number);

/* It is time for what the buyer does next. */
void buyer_acts(struct sale *sale, uint32_t number);

/* The buyer, who waits, may be let in soon: from now on the office hears of them often enough. */
void buyer_gets_near(struct sale *sale, uint32_t number);

/* What the office's records say of a buyer. */
void buyer_let_in(struct sale *sale, uint32_t number);
void buyer_turn_ended(struct sale *sale, uint32_t number, enum token_reason reason);
void buyer_hold_expired(struct sale *sale, uint32_t number);

#endif
