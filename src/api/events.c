/* GET /v1/events: who may follow what, and the beginning of a stream. What it says then is
 * event_streams.h's business. */
#include "api/ask.h"
#include "api/event_streams.h"
#include "api/handlers.h"
#include "api/last_event_id.h"
#include "api/problem.h"
#include "api/query.h"
#include "api/service.h"
#include "http/answer.h"

#include <stdlib.h>

/* Who has as many streams as an account may have is told to come back after this. */
#define RETRY_US 3000000

/* ---- What is asked for ---- */

const char *const followed_token_texts[] = {"current"};
const char *const followed_desk_texts[] = {"1"};

/* An id that no stream of ours gave names no commit: who sends one begins anew, as does who comes
 * back too late. EventSource would never come back from a refusal. */
static void read_last_event_id(const struct enquiry *enquiry, struct event_wishes *wishes)
{
    const char *text = enquiry->exchange.head->headers.last_event_id;
    wishes->resumes = text != NULL && text[0] != '\0';
    wishes->since = wishes->resumes ? last_event_id_parse(text) : 0;
}

/* False: the query asks for something that is not there, and the enquiry was answered. */
static bool read_wishes(struct enquiry *enquiry, struct event_wishes *wishes)
{
    struct wanted_value token, desk;
    if (!query_id(enquiry, "roundId", record_schema(RECORD_KIND_CONCERT_ROUND)->prefix,
                  &wishes->round_id) ||
        !query_choice(enquiry, "token", followed_token_texts, 1, &token) ||
        !query_choice(enquiry, "desk", followed_desk_texts, 1, &desk))
        return false;
    wishes->own = token.given;
    wishes->desk = desk.given;
    read_last_event_id(enquiry, wishes);
    wishes->signed_in = enquiry->signed_in;
    if (enquiry->signed_in) {
        wishes->account_key = enquiry->account_key;
        wishes->user_id = enquiry->token.user_id;
        enquiry_credentials(enquiry, &wishes->credentials);
    }
    if (id_is_none(wishes->round_id) ||
        engine_round_version(enquiry->api->engine, wishes->round_id) != 0)
        return true;
    problem_answer(enquiry, REFUSAL_NOT_FOUND);
    return false;
}

/* ---- The stream ---- */

/* NULL: no memory. */
static struct event_stream *event_stream_new(struct enquiry *enquiry,
                                             const struct event_wishes *wishes)
{
    struct event_stream *stream = calloc(1, sizeof *stream);
    if (stream == NULL)
        return NULL;
    stream->streams = &enquiry->api->event_streams;
    stream->wishes = *wishes;
    return stream;
}

/* With a place among the streams. False: there is no stream, and the enquiry was answered. */
static bool begin_event_stream(struct enquiry *enquiry, const struct event_wishes *wishes)
{
    struct event_stream *stream = event_stream_new(enquiry, wishes);
    const struct stream_plan plan = {.content_type = "text/event-stream",
                                     .owner = stream,
                                     .gone = event_stream_gone,
                                     .pending_bytes_max = EVENTS_PENDING_BYTES_MAX};
    if (stream == NULL) {
        problem_answer(enquiry, REFUSAL_CAPACITY);
        return false;
    }
    stream->stream = stream_begin(&enquiry->exchange, &plan);
    if (stream->stream == NULL) {
        free(stream);
        return false;
    }
    /* A proxy that gathers what it passes on would keep the news. */
    answer_header(&enquiry->exchange, "X-Accel-Buffering", "no");
    event_streams_hand(stream);
    return true;
}

static void answer_with_events(struct enquiry *enquiry, const struct event_wishes *wishes)
{
    struct event_streams *streams = &enquiry->api->event_streams;
    const enum refusal refusal = event_streams_enter(streams, wishes);
    if (refusal == REFUSAL_TOO_MANY_REQUESTS)
        problem_too_many(enquiry, RETRY_US);
    else if (refusal != REFUSAL_NONE)
        problem_answer(enquiry, refusal);
    else if (!begin_event_stream(enquiry, wishes))
        event_streams_leave(streams, wishes);
}

/* The session lives, and may. */
static void answer_known_caller(struct enquiry *enquiry)
{
    if (!problem_of_call(enquiry))
        answer_with_events(enquiry, enquiry->work);
}

/* What is one's own is told to a session that lives, and the desk's to who may see it: the office
 * knows both. */
static void ask_who_it_is(struct enquiry *enquiry, const struct event_wishes *wishes)
{
    if (!enquiry->signed_in) {
        problem_answer(enquiry, REFUSAL_UNAUTHENTICATED);
        return;
    }
    struct event_wishes *kept = ask_work(enquiry, sizeof *kept);
    if (kept == NULL)
        return;
    *kept = *wishes;
    (void)enquiry_call(enquiry, wishes->desk ? VERB_DESK_SEE : VERB_HEARD);
    enquiry_submit(enquiry, answer_known_caller);
}

void get_events(struct enquiry *enquiry)
{
    struct event_wishes wishes = {0};
    if (!read_wishes(enquiry, &wishes))
        return;
    if (event_wishes_need_session(&wishes))
        ask_who_it_is(enquiry, &wishes);
    else
        answer_with_events(enquiry, &wishes);
}
