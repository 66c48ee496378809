/* What is due is asked of the engine, and its answers are told. See own_events.h. */
#include "api/calendars.h"
#include "api/own_events.h"
#include "base/check.h"

#include <string.h>

/* ---- Asking ---- */

static void on_answer(struct request *request)
{
    struct event_ask *ask = (struct event_ask *)request;
    struct event_streams *streams = ask->streams;
    CHECK(pthread_mutex_lock(&streams->lock) == 0);
    ask->next = streams->answered;
    streams->answered = ask;
    if (streams->stop)
        CHECK(pthread_cond_signal(&streams->news) == 0);
    CHECK(pthread_mutex_unlock(&streams->lock) == 0);
}

void event_asks_init(struct event_streams *streams)
{
    for (size_t i = 0; i < EVENT_ASKS_MAX; i++) {
        streams->asks[i].streams = streams;
        streams->asks[i].next = streams->free_asks;
        streams->free_asks = &streams->asks[i];
    }
}

/* The next question of the stream, which is due no more. */
static void ask_next(struct own_events *own, struct call *call)
{
    *call = (struct call){.credentials = own->credentials};
    own->heard_due = false; /* by any of them */
    if (own->token_due) {
        call->verb = VERB_QUEUE_TOKEN_GET;
        call->in.token.token_id = own->token_id;
        own->token_due = false;
    } else if (own->pending_due) {
        call->verb = VERB_LIST;
        call->in.list = (struct record_query){
            .kind = RECORD_KIND_SEAT_RESERVATION,
            .limit = LIST_LIMIT_MAX,
            .user_id = own->person->user_id,
            .status = {.given = true, .value = RESERVATION_STATUS_PENDING},
        };
        own->pending_due = false;
    } else if (own->round_due) {
        call->verb = VERB_LIST;
        call->in.list = (struct record_query){.kind = RECORD_KIND_SEAT_RESERVATION,
                                              .limit = LIST_LIMIT_MAX,
                                              .user_id = own->person->user_id,
                                              .round_id = own->round_id};
        own->round_due = false;
    } else if (own->reservation_count > 0) {
        call->verb = VERB_RESERVATION_GET;
        call->in.reservation.reservation_id = own->reservations[0];
        own->reservation_count--;
        memmove(&own->reservations[0], &own->reservations[1],
                own->reservation_count * sizeof own->reservations[0]);
    } else {
        call->verb = own->stream->wishes.desk ? VERB_DESK_SEE : VERB_HEARD;
    }
}

/* The question was not answered for a reason that passes: it is due again. */
static void ask_again(struct own_events *own, const struct call *call)
{
    if (call->verb == VERB_QUEUE_TOKEN_GET) {
        if (!own->token_due)
            own->token_id = call->in.token.token_id;
        own->token_due = true;
    } else if (call->verb == VERB_LIST && call->in.list.status.given) {
        own->pending_due = true;
    } else if (call->verb == VERB_LIST) {
        own_events_round_due(own, call->in.list.round_id);
    } else if (call->verb == VERB_RESERVATION_GET) {
        own_events_reservation_due(own, call->in.reservation.reservation_id);
    } else {
        own->heard_due = true;
    }
}

static void free_ask(struct event_streams *streams, struct event_ask *ask)
{
    ask->next = streams->free_asks;
    streams->free_asks = ask;
    streams->asks_away--;
}

/* From the moment that it is handed in the question may be answered, so nothing of it is looked at
 * after that. False: the engine does not take it, and it is due again. */
static bool submit_ask(struct event_streams *streams, struct event_ask *ask, struct own_events *own)
{
    ask->request = (struct request){.complete = on_answer};
    ask_next(own, &ask->request.call);
    ask->own = own;
    own->heard_us = streams->now_us;
    own->asking = true;
    if (engine_submit(streams->engine, &ask->request) == RESULT_OK)
        return true;
    own->asking = false;
    ask_again(own, &ask->request.call);
    own_events_stand_in_line(streams, own);
    free_ask(streams, ask);
    return false;
}

void event_asks_send(struct event_streams *streams)
{
    while (streams->due_first != NULL && streams->free_asks != NULL) {
        struct own_events *own = own_events_take_due(streams);
        struct event_ask *ask = streams->free_asks;
        if (own->stream == NULL || !own_events_are_due(own)) {
            own_events_release(streams, own);
            continue;
        }
        streams->free_asks = ask->next;
        streams->asks_away++;
        if (!submit_ask(streams, ask, own))
            return; /* the engine has more to do than it takes */
    }
}

/* ---- Telling ---- */

static void tell_own(struct event_stream *stream, enum event_name event, enum object_name object,
                     const void *source, const struct shown_clock *clock)
{
    const uint64_t seq = stream->streams->seq;
    const struct event_data data = {
        .object = object, .source = source, .clock = clock, .version = seq};
    struct event_frame frame = event_frame_make(event, &data, seq);
    event_stream_tell(stream, &frame, false);
    event_frame_drop(&frame);
}

static void tell_reservation(struct event_stream *stream, struct reservation_view *view,
                             const struct shown_clock *clock)
{
    char calendar[CALENDAR_ADDRESS_BYTES];
    calendar_tell(view, &stream->streams->calendar_key, calendar);
    tell_own(stream, EVENT_reservation, OBJECT_reservation, view, clock);
}

/* The oldest first. */
static void tell_reservations(struct event_stream *stream, struct record_page *page,
                              const struct shown_clock *clock)
{
    for (size_t i = page->count; i > 0; i--)
        tell_reservation(stream, &page->reservations[i - 1], clock);
}

static void tell_answer(struct event_stream *stream, struct request *request)
{
    struct call *call = &request->call;
    if (call->verb == VERB_QUEUE_TOKEN_GET)
        tell_own(stream, EVENT_token, OBJECT_token,
                 call->refusal == REFUSAL_NONE ? &call->out.token : NULL, &request->shown_clock);
    else if (call->verb == VERB_LIST && call->refusal == REFUSAL_NONE)
        tell_reservations(stream, &call->out.page, &request->shown_clock);
    else if (call->verb == VERB_RESERVATION_GET && call->refusal == REFUSAL_NONE)
        tell_reservation(stream, &call->out.reservation, &request->shown_clock);
}

static void take_answer(struct event_streams *streams, struct event_ask *ask)
{
    struct own_events *own = ask->own;
    struct event_stream *stream = own->stream;
    const enum refusal refusal = ask->request.call.refusal;
    own->asking = false;
    if (stream == NULL) {
        own_events_release(streams, own);
        return;
    }
    if (refusal == REFUSAL_UNAUTHENTICATED) {
        event_session_ended(streams, own->credentials.session_id);
        return;
    }
    if (ask->request.call.verb == VERB_DESK_SEE && refusal_is_of_right(refusal)) {
        event_stream_end(stream);
        return;
    }
    if (refusal == REFUSAL_NONE || refusal == REFUSAL_NOT_FOUND)
        tell_answer(stream, &ask->request);
    else
        ask_again(own, &ask->request.call);
    if (own->person != NULL && event_stream_is_settled(stream))
        event_stream_settle(stream);
    own_events_stand_in_line(streams, own);
}

void event_asks_take(struct event_streams *streams, struct event_ask *answered)
{
    while (answered != NULL) {
        struct event_ask *ask = answered;
        answered = ask->next;
        take_answer(streams, ask);
        call_release(&ask->request.call);
        free_ask(streams, ask);
    }
}
