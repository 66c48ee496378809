/* POST /v1/selfcheck: the invariants, checked beside the sale. The office says who may ask; a
 * thread of the engine's asks the tables. */
#include "api/ask.h"
#include "api/handlers.h"
#include "api/problem.h"
#include "api/reply.h"
#include "api/service.h"

#include <stddef.h>

/* The handler's work. */
struct self_checking {
    struct enquiry *enquiry;
    struct selfcheck_job job;
};

static void answer_verdict(struct enquiry *enquiry)
{
    const struct selfcheck_job *job = &((struct self_checking *)enquiry->work)->job;
    if (job->result != RESULT_OK) {
        problem_answer(enquiry,
                       job->result == RESULT_NO_MEMORY ? REFUSAL_CAPACITY : REFUSAL_UNAVAILABLE);
        return;
    }
    const struct shown_verdict shown = {
        .ok = job->violation_count == 0,
        .checked = {.batch = job->seq,
                    .questions = job->questions,
                    .milliseconds = job->milliseconds},
        .violation_count = job->violation_count,
        .violations = job->violations,
        .told = job->told,
    };
    object_write(reply_begin(enquiry), OBJECT_verdict, &shown, NULL);
    reply_private(enquiry, STATUS_OK);
}

static void on_checked(struct selfcheck_job *job)
{
    struct self_checking *checking =
        (struct self_checking *)((char *)job - offsetof(struct self_checking, job));
    enquiry_resume(checking->enquiry);
}

static void check_for_caller(struct enquiry *enquiry)
{
    if (problem_of_call(enquiry))
        return;
    struct self_checking *checking = ask_work(enquiry, sizeof *checking);
    if (checking == NULL)
        return;
    checking->enquiry = enquiry;
    checking->job.complete = on_checked;
    if (!enquiry_suspend(enquiry, answer_verdict) ||
        engine_selfcheck(enquiry->api->engine, &checking->job) == RESULT_OK)
        return;
    enquiry->next_step = enquiry_answer_busy; /* with another check */
    enquiry_resume(enquiry);
}

void post_selfcheck(struct enquiry *enquiry)
{
    if (ask_call(enquiry) != NULL)
        enquiry_submit(enquiry, check_for_caller);
}
