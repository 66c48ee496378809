/* What streams tell their own people: the token and the reservations, as the office shows them. The
 * commits say whose changed, and then the office is asked, so that a stream shows what the routes
 * show, and only to a session that lives. See event_streams.h. */
#include "api/event_streams.h"

#include "api/list_page.h"
#include "base/check.h"

#include <string.h>

/* ---- Finding ---- */

static bool event_person_hash(const void *item, uint64_t *hash)
{
    const struct event_person *person = item;
    *hash = id_hash(person->user_id);
    return true;
}

static bool event_person_matches(const void *item, const void *key)
{
    const struct event_person *person = item;
    const struct id *user_id = key;
    return id_equal(person->user_id, *user_id);
}

static struct event_person *event_person_find(const struct event_streams *streams,
                                              struct id user_id)
{
    return index_find(&streams->person_by_user, id_hash(user_id), &user_id);
}

static bool own_events_hash(const void *item, uint64_t *hash)
{
    const struct own_events *own = item;
    *hash = id_hash(own->credentials.session_id);
    return own->stream != NULL;
}

static bool own_events_match(const void *item, const void *key)
{
    const struct own_events *own = item;
    const struct id *session_id = key;
    return id_equal(own->credentials.session_id, *session_id);
}

static struct own_events *own_of_session(const struct event_streams *streams, struct id session_id)
{
    return index_find(&streams->own_by_session, id_hash(session_id), &session_id);
}

/* ---- Life ---- */

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

void event_people_init(struct event_streams *streams)
{
    pool_init(&streams->people, sizeof(struct event_person), MEMORY_SMALL_PAGES);
    index_init(&streams->person_by_user, &streams->people, event_person_hash, event_person_matches);
    pool_init(&streams->owns, sizeof(struct own_events), MEMORY_SMALL_PAGES);
    index_init(&streams->own_by_session, &streams->owns, own_events_hash, own_events_match);
    for (size_t i = 0; i < EVENT_ASKS_MAX; i++) {
        streams->asks[i].streams = streams;
        streams->asks[i].next = streams->free_asks;
        streams->free_asks = &streams->asks[i];
    }
}

static void end_lingering(struct event_streams *streams, struct event_person *person)
{
    if (person->lingering_previous != NULL)
        person->lingering_previous->lingering_next = person->lingering_next;
    else
        streams->lingering_first = person->lingering_next;
    if (person->lingering_next != NULL)
        person->lingering_next->lingering_previous = person->lingering_previous;
    else
        streams->lingering_last = person->lingering_previous;
    person->lingering_previous = person->lingering_next = NULL;
    streams->lingering_count--;
}

static void forget_person(struct event_streams *streams, struct event_person *person)
{
    end_lingering(streams, person);
    index_remove(&streams->person_by_user, person);
    pool_give(&streams->people, person);
}

static void linger(struct event_streams *streams, struct event_person *person)
{
    person->left_us = streams->now_us;
    person->lingering_previous = streams->lingering_last;
    person->lingering_next = NULL;
    if (streams->lingering_last != NULL)
        streams->lingering_last->lingering_next = person;
    else
        streams->lingering_first = person;
    streams->lingering_last = person;
    if (++streams->lingering_count > EVENTS_LINGERING_MAX)
        forget_person(streams, streams->lingering_first);
}

/* ---- What is due ---- */

static bool own_is_due(const struct own_events *own)
{
    return own->token_due || own->pending_due || own->round_due || own->heard_due ||
           own->reservation_count > 0;
}

static void stand_in_line(struct event_streams *streams, struct own_events *own)
{
    if (own->in_line || own->asking || own->stream == NULL || !own_is_due(own))
        return;
    own->in_line = true;
    own->next_due = NULL;
    if (streams->due_last != NULL)
        streams->due_last->next_due = own;
    else
        streams->due_first = own;
    streams->due_last = own;
}

static void all_is_due(struct own_events *own)
{
    own->token_due = own->pending_due = true;
    own->token_id = ID_NONE;
    own->reservation_count = 0;
}

/* More than there is room for: the client begins anew. */
static void reservation_is_due(struct own_events *own, struct id id)
{
    for (size_t i = 0; i < own->reservation_count; i++)
        if (id_equal(own->reservations[i], id))
            return;
    if (own->reservation_count < EVENT_CHANGES_MAX) {
        own->reservations[own->reservation_count++] = id;
        return;
    }
    event_stream_reset(own->stream);
    all_is_due(own);
}

bool event_stream_is_settled(const struct event_stream *stream)
{
    const struct own_events *own = stream->own;
    return own == NULL || own->person == NULL ||
           (!own->asking && !own->token_due && !own->pending_due && !own->round_due &&
            own->reservation_count == 0);
}

/* ---- Joining and leaving ---- */

bool event_person_resumes(const struct event_streams *streams, const struct event_wishes *wishes)
{
    const struct event_person *person = event_person_find(streams, wishes->user_id);
    return person != NULL && wishes->since >= person->known_since && wishes->since <= streams->seq;
}

/* NULL: no memory. */
static struct event_person *event_person_of(struct event_streams *streams, struct id user_id)
{
    struct event_person *person = event_person_find(streams, user_id);
    if (person != NULL) {
        if (person->first == NULL)
            end_lingering(streams, person);
        return person;
    }
    if (pool_reserve(&streams->people, 1) != RESULT_OK ||
        index_reserve(&streams->person_by_user, 1) != RESULT_OK)
        return NULL;
    person = pool_take(&streams->people);
    person->user_id = user_id;
    person->known_since = streams->seq;
    index_insert(&streams->person_by_user, person);
    return person;
}

/* False: no memory. */
static bool join_person(struct event_streams *streams, struct own_events *own, bool resumes)
{
    const struct event_wishes *wishes = &own->stream->wishes;
    struct event_person *person = event_person_of(streams, wishes->user_id);
    if (person == NULL)
        return false;
    own->person = person;
    own->person_next = person->first;
    if (own->person_next != NULL)
        own->person_next->person_previous = own;
    person->first = own;
    own->token_due = true;
    own->pending_due = !resumes;
    for (size_t i = 0; resumes && i < person->change_count; i++)
        if (person->changes[i].seq > wishes->since)
            reservation_is_due(own, person->changes[i].reservation_id);
    return true;
}

bool event_person_join(struct event_streams *streams, struct event_stream *stream, bool resumes)
{
    if (pool_reserve(&streams->owns, 1) != RESULT_OK ||
        index_reserve(&streams->own_by_session, 1) != RESULT_OK)
        return false;
    struct own_events *own = pool_take(&streams->owns);
    own->stream = stream;
    own->credentials = stream->wishes.credentials;
    own->heard_us = streams->now_us;
    index_insert(&streams->own_by_session, own);
    stream->own = own;
    if (stream->wishes.own && !join_person(streams, own, resumes))
        return false;
    stand_in_line(streams, own);
    return true;
}

static void leave_person(struct event_streams *streams, struct own_events *own)
{
    struct event_person *person = own->person;
    if (person == NULL)
        return;
    if (own->person_previous != NULL)
        own->person_previous->person_next = own->person_next;
    else
        person->first = own->person_next;
    if (own->person_next != NULL)
        own->person_next->person_previous = own->person_previous;
    own->person = NULL;
    if (person->first == NULL)
        linger(streams, person);
}

static void release_if_idle(struct event_streams *streams, struct own_events *own)
{
    if (own->stream == NULL && !own->in_line && !own->asking)
        pool_give(&streams->owns, own);
}

void event_person_leave(struct event_streams *streams, struct event_stream *stream)
{
    struct own_events *own = stream->own;
    leave_person(streams, own);
    index_remove(&streams->own_by_session, own);
    stream->own = NULL;
    own->stream = NULL;
    release_if_idle(streams, own);
}

/* ---- What was committed ---- */

void event_stream_reset(struct event_stream *stream)
{
    const struct shown_events_reset shown = {.version = (int64_t)stream->streams->seq};
    const struct event_data data = {.object = OBJECT_events_reset, .source = &shown};
    /* Its id names no commit: what follows may be cut off before it is whole. */
    struct event_frame frame = event_frame_make(EVENT_reset, &data, 0);
    event_stream_tell(stream, &frame, true);
    event_frame_drop(&frame);
}

void event_people_reset(struct event_streams *streams)
{
    for (struct event_person *person = pool_next(&streams->people, 0); person != NULL;
         person = pool_next(&streams->people, person->item.number)) {
        person->known_since = streams->seq;
        person->change_count = person->change_next = 0;
        for (struct own_events *own = person->first; own != NULL; own = own->person_next) {
            event_stream_reset(own->stream);
            all_is_due(own);
            stand_in_line(streams, own);
        }
    }
}

static void see_token(struct event_streams *streams, const struct queue_token *token)
{
    const struct event_person *person = event_person_find(streams, token->user_id);
    if (person == NULL)
        return;
    for (struct own_events *own = person->first; own != NULL; own = own->person_next) {
        own->token_due = true;
        own->token_id = token->id;
        stand_in_line(streams, own);
    }
}

static void note_change(struct event_person *person, uint64_t seq, struct id reservation_id)
{
    struct event_change *place = &person->changes[person->change_next];
    if (person->change_count == EVENT_CHANGES_MAX)
        person->known_since = place->seq;
    else
        person->change_count++;
    *place = (struct event_change){.seq = seq, .reservation_id = reservation_id};
    person->change_next = (person->change_next + 1) % EVENT_CHANGES_MAX;
}

static void see_reservation(struct event_streams *streams,
                            const struct seat_reservation *reservation)
{
    struct event_person *person = event_person_find(streams, reservation->user_id);
    if (person == NULL)
        return;
    note_change(person, streams->seq, reservation->id);
    for (struct own_events *own = person->first; own != NULL; own = own->person_next) {
        reservation_is_due(own, reservation->id);
        stand_in_line(streams, own);
    }
}

static void round_is_due(struct own_events *own, struct id round_id)
{
    own->round_id = own->round_due && !id_equal(own->round_id, round_id) ? ID_NONE : round_id;
    own->round_due = true;
}

/* What a reservation shows of its round changes with it, and nobody here knows who has one. Who
 * comes back with an id from before begins anew. */
static void see_round(struct event_streams *streams, const struct concert_round *round)
{
    if (round->status != ROUND_STATUS_CANCELLED && round->moved_at == 0)
        return;
    for (struct event_person *person = pool_next(&streams->people, 0); person != NULL;
         person = pool_next(&streams->people, person->item.number)) {
        person->known_since = streams->seq;
        for (struct own_events *own = person->first; own != NULL; own = own->person_next) {
            round_is_due(own, round->id);
            stand_in_line(streams, own);
        }
    }
}

/* A stream that is for its session alone ends with it; another goes on, and nobody is heard. */
static void see_session_end(struct event_streams *streams, struct id session_id)
{
    struct own_events *own;
    while ((own = own_of_session(streams, session_id)) != NULL) {
        struct event_stream *stream = own->stream;
        const bool ends = event_wishes_need_session(&stream->wishes);
        event_person_leave(streams, stream);
        if (ends)
            event_stream_end(stream);
    }
}

void event_people_see(struct event_streams *streams, const struct record *record)
{
    if (record->kind == RECORD_KIND_QUEUE_TOKEN && !record->deleted)
        see_token(streams, &record->as.queue_token);
    else if (record->kind == RECORD_KIND_SEAT_RESERVATION && !record->deleted)
        see_reservation(streams, &record->as.seat_reservation);
    else if (record->kind == RECORD_KIND_CONCERT_ROUND && !record->deleted)
        see_round(streams, &record->as.concert_round);
    else if (record->kind == RECORD_KIND_SESSION && record->deleted)
        see_session_end(streams, record->as.session.id);
}

/* ---- Asking ---- */

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
        round_is_due(own, call->in.list.round_id);
    } else if (call->verb == VERB_RESERVATION_GET) {
        reservation_is_due(own, call->in.reservation.reservation_id);
    } else {
        own->heard_due = true;
    }
}

static struct own_events *leave_due_line(struct event_streams *streams)
{
    struct own_events *own = streams->due_first;
    streams->due_first = own->next_due;
    if (streams->due_first == NULL)
        streams->due_last = NULL;
    own->in_line = false;
    return own;
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
    stand_in_line(streams, own);
    free_ask(streams, ask);
    return false;
}

void event_people_ask(struct event_streams *streams)
{
    while (streams->due_first != NULL && streams->free_asks != NULL) {
        struct own_events *own = leave_due_line(streams);
        struct event_ask *ask = streams->free_asks;
        if (own->stream == NULL || !own_is_due(own)) {
            release_if_idle(streams, own);
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

/* The oldest first. */
static void tell_reservations(struct event_stream *stream, const struct record_page *page,
                              const struct shown_clock *clock)
{
    for (size_t i = page->count; i > 0; i--)
        tell_own(stream, EVENT_reservation, OBJECT_reservation, list_page_item(page, i - 1), clock);
}

static void tell_answer(struct event_stream *stream, const struct request *request)
{
    const struct call *call = &request->call;
    if (call->verb == VERB_QUEUE_TOKEN_GET)
        tell_own(stream, EVENT_token, OBJECT_token,
                 call->refusal == REFUSAL_NONE ? &call->out.token : NULL, &request->shown_clock);
    else if (call->verb == VERB_LIST && call->refusal == REFUSAL_NONE)
        tell_reservations(stream, &call->out.page, &request->shown_clock);
    else if (call->verb == VERB_RESERVATION_GET && call->refusal == REFUSAL_NONE)
        tell_own(stream, EVENT_reservation, OBJECT_reservation, &call->out.reservation,
                 &request->shown_clock);
}

static void take_answer(struct event_streams *streams, struct event_ask *ask)
{
    struct own_events *own = ask->own;
    struct event_stream *stream = own->stream;
    const enum refusal refusal = ask->request.call.refusal;
    own->asking = false;
    if (stream == NULL) {
        release_if_idle(streams, own);
        return;
    }
    if (refusal == REFUSAL_UNAUTHENTICATED) {
        see_session_end(streams, own->credentials.session_id);
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
    stand_in_line(streams, own);
}

void event_people_take(struct event_streams *streams, struct event_ask *answered)
{
    while (answered != NULL) {
        struct event_ask *ask = answered;
        answered = ask->next;
        take_answer(streams, ask);
        call_release(&ask->request.call);
        free_ask(streams, ask);
    }
}

/* ---- Time ---- */

void event_people_hear(struct event_streams *streams)
{
    for (struct own_events *own = pool_next(&streams->owns, 0); own != NULL;
         own = pool_next(&streams->owns, own->item.number)) {
        if (streams->now_us - own->heard_us < streams->heard_interval_us)
            continue;
        own->heard_due = true;
        stand_in_line(streams, own);
    }
    while (streams->lingering_first != NULL &&
           streams->now_us - streams->lingering_first->left_us > EVENTS_LINGER_US)
        forget_person(streams, streams->lingering_first);
}

/* ---- The end ---- */

void event_people_release(struct event_streams *streams)
{
    CHECK(streams->asks_away == 0);
    while (streams->due_first != NULL)
        release_if_idle(streams, leave_due_line(streams));
    while (streams->lingering_first != NULL)
        forget_person(streams, streams->lingering_first);
    CHECK(streams->people.taken == 0 && streams->owns.taken == 0);
    index_release(&streams->person_by_user);
    pool_release(&streams->people);
    index_release(&streams->own_by_session);
    pool_release(&streams->owns);
}
