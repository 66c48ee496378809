/* Whose streams there are, and what became due for them with a commit. See event_streams.h, and
 * own_events.h for the rest. */
#include "api/own_events.h"
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

void event_people_init(struct event_streams *streams)
{
    pool_init(&streams->people, sizeof(struct event_person), MEMORY_SMALL_PAGES);
    index_init(&streams->person_by_user, &streams->people, event_person_hash, event_person_matches);
    pool_init(&streams->owns, sizeof(struct own_events), MEMORY_SMALL_PAGES);
    index_init(&streams->own_by_session, &streams->owns, own_events_hash, own_events_match);
    event_asks_init(streams);
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
            own_events_reservation_due(own, person->changes[i].reservation_id);
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
    own_events_stand_in_line(streams, own);
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

void event_person_leave(struct event_streams *streams, struct event_stream *stream)
{
    struct own_events *own = stream->own;
    leave_person(streams, own);
    index_remove(&streams->own_by_session, own);
    stream->own = NULL;
    own->stream = NULL;
    own_events_release(streams, own);
}

/* ---- What was committed ---- */

void event_people_reset(struct event_streams *streams)
{
    for (struct event_person *person = pool_next(&streams->people, 0); person != NULL;
         person = pool_next(&streams->people, person->item.number)) {
        person->known_since = streams->seq;
        person->change_count = person->change_next = 0;
        for (struct own_events *own = person->first; own != NULL; own = own->person_next) {
            event_stream_reset(own->stream);
            own_events_all_due(own);
            own_events_stand_in_line(streams, own);
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
        own_events_stand_in_line(streams, own);
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
        own_events_reservation_due(own, reservation->id);
        own_events_stand_in_line(streams, own);
    }
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
            own_events_round_due(own, round->id);
            own_events_stand_in_line(streams, own);
        }
    }
}

void event_session_ended(struct event_streams *streams, struct id session_id)
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
        event_session_ended(streams, record->as.session.id);
}

/* ---- Time ---- */

void event_people_hear(struct event_streams *streams)
{
    for (struct own_events *own = pool_next(&streams->owns, 0); own != NULL;
         own = pool_next(&streams->owns, own->item.number)) {
        if (streams->now_us - own->heard_us < streams->heard_interval_us)
            continue;
        own->heard_due = true;
        own_events_stand_in_line(streams, own);
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
        own_events_release(streams, own_events_take_due(streams));
    while (streams->lingering_first != NULL)
        forget_person(streams, streams->lingering_first);
    CHECK(streams->people.taken == 0 && streams->owns.taken == 0);
    index_release(&streams->person_by_user);
    pool_release(&streams->people);
    index_release(&streams->own_by_session);
    pool_release(&streams->owns);
}
