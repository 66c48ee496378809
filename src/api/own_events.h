/* What streams tell their own people: the token and the reservations, as the office shows them. The
 * commits say whose changed (event_people.c), and then the office is asked (event_asks.c), so that
 * a stream shows what the routes show, and only to a session that lives. Here is what is due for
 * one stream, and the line of those that are to ask. On the streams' thread. */
#ifndef USHER_API_OWN_EVENTS_H
#define USHER_API_OWN_EVENTS_H

#include "api/event_streams.h"

bool own_events_are_due(const struct own_events *own);

/* At the end of the line, if anything is due that is not asked for already. */
void own_events_stand_in_line(struct event_streams *streams, struct own_events *own);

/* The first in line, which is not empty, leaves it. */
struct own_events *own_events_take_due(struct event_streams *streams);

void own_events_all_due(struct own_events *own);

/* More reservations than there is room for: the client begins anew. */
void own_events_reservation_due(struct own_events *own, struct id id);

void own_events_round_due(struct own_events *own, struct id round_id);

/* Gives it back once its stream is over and nothing waits for it. */
void own_events_release(struct event_streams *streams, struct own_events *own);

/* ---- event_people.c ---- */

/* A stream that is for its session alone ends with it; another goes on, and nobody is heard. */
void event_session_ended(struct event_streams *streams, struct id session_id);

/* ---- event_asks.c ---- */

void event_asks_init(struct event_streams *streams);

#endif
