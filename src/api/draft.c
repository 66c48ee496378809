/* See draft.h. */
#include "api/draft.h"

#include "api/problem.h"

static void see_drafts(struct enquiry *enquiry)
{
    enquiry->sees_drafts = true;
    enquiry->route->handler(enquiry);
}

static void show_draft(struct enquiry *enquiry)
{
    const enum refusal refusal = enquiry->request.call.refusal;
    if (refusal == REFUSAL_UNAUTHENTICATED || refusal_is_of_right(refusal))
        problem_answer(enquiry, REFUSAL_NOT_FOUND);
    else if (!problem_of_call(enquiry))
        see_drafts(enquiry);
}

static void list_drafts(struct enquiry *enquiry)
{
    if (!problem_of_call(enquiry))
        see_drafts(enquiry);
}

static void ask_for_drafts(struct enquiry *enquiry, enquiry_step *next)
{
    (void)enquiry_call(enquiry, VERB_DRAFTS_SEE);
    enquiry_submit(enquiry, next);
}

bool draft_is_shown(struct enquiry *enquiry)
{
    if (enquiry->sees_drafts)
        return true;
    if (enquiry->signed_in)
        ask_for_drafts(enquiry, show_draft);
    else
        problem_answer(enquiry, REFUSAL_NOT_FOUND);
    return false;
}

bool drafts_are_listed(struct enquiry *enquiry)
{
    if (enquiry->sees_drafts)
        return true;
    if (enquiry->signed_in)
        ask_for_drafts(enquiry, list_drafts);
    else
        problem_answer(enquiry, REFUSAL_UNAUTHENTICATED);
    return false;
}
