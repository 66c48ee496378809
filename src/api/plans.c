/* Seating plans that the house keeps: what they draw comes in pieces (import.h) and goes out as it
 * is kept. */
#include "api/ask.h"
#include "api/handlers.h"
#include "api/import.h"
#include "api/plan_text.h"
#include "api/problem.h"
#include "api/reply.h"
#include "api/round_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAG_BYTES 24 /* a number in quotes */

static void version_tag(int64_t version, char tag[static TAG_BYTES])
{
    (void)snprintf(tag, TAG_BYTES, "\"%lld\"", (long long)version);
}

static void show_version(struct enquiry *enquiry, const struct plan *plan)
{
    char tag[TAG_BYTES];
    version_tag(plan->version, tag);
    answer_header(&enquiry->exchange, "ETag", tag);
}

static void answer_stored(struct enquiry *enquiry)
{
    ask_answer(enquiry);
    if (enquiry->request.call.refusal == REFUSAL_NONE)
        show_version(enquiry, &enquiry->request.call.record->as.plan);
}

/* The call of the route, with the plan of the body. */
static struct call *ask_to_store(struct enquiry *enquiry)
{
    struct call *call = ask_call(enquiry);
    call->in.plan.name = import_plan(enquiry)->name;
    call->in.plan.text = import_text(enquiry)->text;
    return call;
}

void post_plans(struct enquiry *enquiry)
{
    (void)ask_to_store(enquiry);
    enquiry_submit(enquiry, answer_stored);
}

static void answer_checked(struct enquiry *enquiry)
{
    if (problem_of_call(enquiry))
        return;
    const struct shown_plan_check shown = {.check = *import_check(enquiry)};
    object_write(reply_begin(enquiry), OBJECT_plan_check, &shown, NULL);
    reply_private(enquiry, STATUS_OK);
}

/* It was checked as it was read; whether who sent it may ask is the office's to say. */
void post_plan_check(struct enquiry *enquiry)
{
    (void)ask_call(enquiry);
    enquiry_submit(enquiry, answer_checked);
}

#define NO_VERSION (-1)

/* What If-Match asks for: `*`, or a version as it is told. Anything else is no version's tag. */
static void read_match(const char *match, struct call *call)
{
    char tag[TAG_BYTES];
    const int64_t version = *match == '"' ? strtoll(match + 1, NULL, 10) : 0;
    version_tag(version, tag);
    call->in.plan.any_version = strcmp(match, "*") == 0;
    call->in.plan.version = version > 0 && strcmp(match, tag) == 0 ? version : NO_VERSION;
}

void put_stored_plan(struct enquiry *enquiry)
{
    const char *match = enquiry->exchange.head->headers.if_match;
    struct call *call = ask_to_store(enquiry);
    if (match != NULL)
        read_match(match, call);
    enquiry_submit(enquiry, answer_stored);
}

static void answer_drawn(struct enquiry *enquiry)
{
    if (problem_of_call(enquiry))
        return;
    const struct drawn_plan *drawn = &enquiry->request.call.out.drawn_plan;
    const struct shown_whole_plan shown = {.plan = drawn->record->as.plan, .text = &drawn->text};
    object_write(reply_begin(enquiry), OBJECT_whole_plan, &shown, NULL);
    reply_private(enquiry, STATUS_OK);
    show_version(enquiry, &shown.plan);
}

void get_stored_plan(struct enquiry *enquiry)
{
    if (ask_call(enquiry) != NULL)
        enquiry_submit(enquiry, answer_drawn);
}
