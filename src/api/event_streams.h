/* The streams of GET /v1/events, and the one thread that writes them.
 *
 * Requests' threads hand it streams that begin, and streams' loops those that are over; it alone
 * touches what it knows of them. While there are streams it looks every 20 ms at what was
 * committed, asks the snapshots what is otherwise than it told last, and gives each stream its
 * frames. What many follow is written once a round, and its bytes are shared.
 *
 * Nobody waits for it: handing over takes a lock for a few moves, and it looks by itself, so that a
 * commit wakes nobody. */
#ifndef USHER_API_EVENT_STREAMS_H
#define USHER_API_EVENT_STREAMS_H

#include "api/event_frame.h"
#include "base/index.h"
#include "base/pool.h"
#include "engine/engine.h"
#include "engine/feed.h"
#include "http/rate_limit.h"
#include "http/stream.h"

#include <pthread.h>
#include <stdatomic.h>

/* How often it looks: a change is told some 10 ms after it happened, and an engine that commits a
 * thousand times a second is asked fifty times. */
#define EVENTS_LOOK_US 20000

/* A round's seats are told at most so often, its counts and the queue at most so often. */
#define EVENTS_SEATS_US 250000
#define EVENTS_SEATS_STALE_US 1000000 /* after a frame upon which each who follows asks for all */
#define EVENTS_ROUND_US 1000000
#define EVENTS_QUEUE_US 2000000

/* A silent stream has a comment at least so often, so that what stands between does not take it for
 * dead, and a client that is gone is noticed. */
#define EVENTS_COMMENT_US 15000000

/* Frames that wait for a client: one that lets so many stand, a second's at the least, does not
 * keep up, and is cut off. It comes back and asks for what it missed. */
#define EVENTS_PENDING_BYTES_MAX ((size_t)16 << 10)

/* How long a signed-in client's presence is left untold, where the queue's settings allow so much.
 */
#define EVENTS_HEARD_US 15000000

/* Streams of one account: as many pages as anybody has open. */
#define EVENTS_PER_ACCOUNT_MAX 16

/* Questions to the engine that are under way at once: enough for a crowd that comes back after a
 * restart, and a small part of a batch. */
#define EVENT_ASKS_MAX 64

/* Reservations of one person that are to be told, or of which it is known that they changed. More
 * than a person changes while a page comes back. */
#define EVENT_CHANGES_MAX 16

/* What changes for a person is noted for so long after the last stream left, for so many people. */
#define EVENTS_LINGER_US 60000000
#define EVENTS_LINGERING_MAX 16384

/* What a client asked for. */
struct event_wishes {
    struct id round_id;   /* ID_NONE: no round */
    bool own;             /* its own token and reservations */
    bool desk;            /* what happens in the house */
    bool signed_in;       /* then the next three are set */
    uint64_t account_key; /* in the table of accounts */
    struct id user_id;
    struct credentials credentials;
    bool resumes;   /* it had a stream before, */
    uint64_t since; /* and was told everything up to this commit; 0: it does not say */
};

/* What a stream tells is for its own session alone. */
static inline bool event_wishes_need_session(const struct event_wishes *wishes)
{
    return wishes->own || wishes->desk;
}

struct event_stream {
    struct event_streams *streams;
    struct stream *stream; /* a reference */
    struct event_wishes wishes;
    struct event_stream *next_handed; /* in the list of those that begin, */
    struct event_stream *next_left;   /* and of those that are over */

    /* The thread's own. */
    struct event_stream *previous, *next; /* of all */
    struct followed_round *round;         /* or NULL */
    struct event_stream *round_previous, *round_next;
    struct own_events *own; /* of a signed-in client, or NULL */
    int64_t written_us;     /* when it was last given anything */
};

/* What one stream is to be told of the person who opened it. The engine is asked for it, one
 * question after the other, by which it also hears of the person and sees whether the session
 * lives.
 */
struct own_events {
    struct pool_item item;
    struct event_stream *stream; /* NULL: it is over, and this waits for an answer */
    struct event_person *person; /* NULL: only the session counts */
    struct own_events *person_previous, *person_next;
    struct own_events *next_due; /* in the line of those that are to ask */
    struct credentials credentials;
    bool in_line, asking;
    bool token_due, pending_due, round_due, heard_due;
    struct id token_id; /* that changed; ID_NONE: the one that lives */
    struct id round_id; /* that was moved or cancelled; ID_NONE: several were */
    size_t reservation_count;
    struct id reservations[EVENT_CHANGES_MAX]; /* that are due */
    int64_t heard_us;
};

/* A reservation that changed with a commit. */
struct event_change {
    uint64_t seq;
    struct id reservation_id;
};

/* A person whose own things are told, or were a moment ago. */
struct event_person {
    struct pool_item item;
    struct id user_id;
    struct own_events *first;
    uint64_t known_since; /* what changed after this commit is among the next */
    size_t change_count, change_next;
    struct event_change changes[EVENT_CHANGES_MAX]; /* a ring */
    struct event_person *lingering_previous, *lingering_next;
    int64_t left_us;
};

/* A question under way. */
struct event_ask {
    struct request request; /* first: it is completed as this */
    struct event_streams *streams;
    struct own_events *own;
    struct event_ask *next;
};

/* A round that somebody follows. */
struct followed_round {
    struct pool_item item;
    struct id id;
    struct event_stream *first;
    uint64_t version;                        /* of its seats, as its streams were told them */
    uint64_t told_seq;                       /* everything of them up to this commit was told */
    int64_t seats_next_us;                   /* its seats are not told before, */
    int64_t shown_us;                        /* and it was told then */
    uint64_t shown_catalogue, shown_version; /* that the last `round` was made from */
    struct event_frame shown;
};

struct event_streams {
    struct engine *engine;
    struct secret calendar_key; /* by which calendars.h tells where one is */
    struct limit_table *accounts;
    const atomic_uint *streams_max;
    pthread_t thread;
    bool started;
    atomic_uint open; /* streams, and those that are about to be */

    pthread_mutex_t lock; /* of the next five */
    pthread_cond_t news;
    struct event_stream *handed; /* the latest first */
    struct event_stream *left;
    struct event_ask *answered;
    bool stop;

    /* The thread's own. */
    struct event_stream *first;
    struct follower follower;
    bool follows;
    uint64_t seq; /* everything up to this commit was looked at */
    int64_t now_us, second_us;
    struct pool rounds; /* struct followed_round */
    struct index round_by_id;
    struct event_frame queue;
    uint64_t queue_version; /* of `queue` */
    uint64_t queue_told;    /* that all were told */
    int64_t queue_us;
    int64_t heard_interval_us;
    bool desk_counts;           /* somebody followed in all of this second */
    struct reading desk_before; /* as the second began */

    struct pool people; /* struct event_person */
    struct index person_by_user;
    struct event_person *lingering_first, *lingering_last;
    size_t lingering_count;
    struct pool owns; /* struct own_events */
    struct index own_by_session;
    struct own_events *due_first, *due_last;
    struct event_ask asks[EVENT_ASKS_MAX];
    struct event_ask *free_asks;
    size_t asks_away;
};

/* Starts the thread. `streams_max`: how many there may be at once, which may change; `accounts`:
 * how many each account has. */
MUST_USE enum result event_streams_start(struct event_streams *streams, struct engine *engine,
                                         struct limit_table *accounts,
                                         const atomic_uint *streams_max);

/* Every stream is over. Waits for what was asked of the engine. Fine for zeroed ones. */
void event_streams_stop(struct event_streams *streams);

/* ---- Requests' threads ---- */

/* Takes a place for one more stream. REFUSAL_TOO_MANY_REQUESTS, REFUSAL_BUSY: the account has as
 * many as it may, or there are as many as there may be. */
enum refusal event_streams_enter(struct event_streams *streams, const struct event_wishes *wishes);
void event_streams_leave(struct event_streams *streams, const struct event_wishes *wishes);

/* Takes over a place and the stream's reference. `stream` is the stream's owner. */
void event_streams_hand(struct event_stream *stream);

/* As struct stream_plan has it: gives the place back. */
void event_stream_gone(void *owner);

/* ---- For the files that write the frames, on the thread ---- */

/* Ends it: its client comes back, and begins anew. It stays in the lists until it is over. */
void event_stream_end(struct event_stream *stream);

/* A frame that there was no memory for ends the stream: what it would have told is not known. */
void event_stream_tell(struct event_stream *stream, const struct event_frame *frame, bool with_id);

/* ---- event_rounds.c ---- */

void followed_rounds_init(struct event_streams *streams);
void followed_rounds_release(struct event_streams *streams);

/* Whether it is known what changed of the round since the commit that the client names. */
bool followed_round_resumes(const struct event_streams *streams, const struct event_wishes *wishes);

/* The stream's first frames of its round: all, or what changed since. False: there is no such
 * round, or no memory. */
bool followed_round_join(struct event_streams *streams, struct event_stream *stream, bool resumes);
void followed_round_leave(struct event_streams *streams, struct event_stream *stream);

/* Tells what is otherwise since it was told, where that is due. */
void followed_rounds_tell(struct event_streams *streams);

/* ---- event_people.c ---- */

void event_people_init(struct event_streams *streams);
void event_people_release(struct event_streams *streams);

/* Whether it is known what changed for the person since the commit that the client names. */
bool event_person_resumes(const struct event_streams *streams, const struct event_wishes *wishes);

/* What is to be told first becomes due. False: no memory. */
bool event_person_join(struct event_streams *streams, struct event_stream *stream, bool resumes);
void event_person_leave(struct event_streams *streams, struct event_stream *stream);

/* Commits were missed: everybody is told anew. */
void event_people_reset(struct event_streams *streams);

/* A row of a commit. */
void event_people_see(struct event_streams *streams, const struct record *record);

/* Each second: who is to be heard, and whose changes need not be noted any more. */
void event_people_hear(struct event_streams *streams);

/* ---- event_asks.c ---- */

/* The thread's turn: takes answers, asks what is due. */
void event_asks_take(struct event_streams *streams, struct event_ask *answered);
void event_asks_send(struct event_streams *streams);

/* ---- event_desk.c ---- */

/* Each second. */
void event_desk_tell(struct event_streams *streams);

/* ---- One stream ---- */

/* Nothing of its own is on its way to the stream. */
bool event_stream_is_settled(const struct event_stream *stream);

/* All of its own was told: says up to which commit it was told everything. */
void event_stream_settle(struct event_stream *stream);

/* Tells a client to forget what it has. */
void event_stream_reset(struct event_stream *stream);

#endif
