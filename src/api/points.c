/* A balance, and charging it. */
#include "api/handlers.h"
#include "api/problem.h"
#include "api/query.h"
#include "api/reply.h"

static void answer_points(struct enquiry *enquiry)
{
    if (problem_of_call(enquiry))
        return;
    object_write(reply_begin(enquiry), OBJECT_points, &enquiry->request.call.out.points, NULL);
    reply_private(enquiry, STATUS_OK);
}

void get_points(struct enquiry *enquiry)
{
    struct id user_id = ID_NONE;
    if (!query_id(enquiry, "userId", record_schema(RECORD_KIND_USER)->prefix, &user_id))
        return;
    enquiry_call(enquiry, VERB_POINTS_GET)->in.user_get.user_id = user_id;
    enquiry_submit(enquiry, answer_points);
}

/* An entry has no URL of its own, so there is no Location. */
static void answer_charge(struct enquiry *enquiry)
{
    if (problem_of_call(enquiry))
        return;
    const struct call *call = &enquiry->request.call;
    object_write(reply_begin(enquiry), OBJECT_entry, &call->record->as.point_entry, NULL);
    reply_private(enquiry, call->created ? STATUS_CREATED : STATUS_OK);
}

void post_charges(struct enquiry *enquiry)
{
    int64_t amount = 0;
    struct id user_id = ID_NONE;
    const char *reference = NULL;
    struct body_object root;
    body_root(&enquiry->body, &root);
    (void)body_integer(&root, "amount", BODY_REQUIRED, 1, CHARGE_MAX, &amount);
    (void)body_id(&root, "userId", BODY_OPTIONAL, record_schema(RECORD_KIND_USER)->prefix,
                  &user_id);
    (void)body_text(&root, "reference", BODY_OPTIONAL, TEXT_KEY, 1, REFERENCE_CHARACTERS_MAX,
                    &reference);
    body_close(&root);
    if (!body_good(&enquiry->body)) {
        problem_body(enquiry, REFUSAL_INVALID_FIELD);
        return;
    }
    struct call *call = enquiry_call(enquiry, VERB_POINTS_CHARGE);
    call->in.points_charge.user_id = user_id;
    call->in.points_charge.amount = amount;
    call->in.points_charge.reference = reference;
    enquiry_submit(enquiry, answer_charge);
}
