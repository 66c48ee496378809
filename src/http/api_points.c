/* A balance, and charging it. */
#include "http/answer.h"
#include "http/handlers.h"
#include "http/problem.h"
#include "http/query.h"
#include "http/show.h"

static void answer_points(struct exchange *exchange)
{
    if (problem_of_call(exchange))
        return;
    show_points(answer_begin(exchange), &exchange->request.call.out.points);
    answer_private(exchange, STATUS_OK);
}

void get_points(struct exchange *exchange)
{
    struct id user_id = ID_NONE;
    if (!query_id(exchange, "userId", record_schema(RECORD_KIND_USER)->prefix, &user_id))
        return;
    exchange_call(exchange, VERB_POINTS_GET)->in.user_get.user_id = user_id;
    exchange_submit(exchange, answer_points);
}

/* An entry has no URL of its own, so there is no Location. */
static void answer_charge(struct exchange *exchange)
{
    if (problem_of_call(exchange))
        return;
    const struct call *call = &exchange->request.call;
    show_entry(answer_begin(exchange), &call->record->as.point_entry);
    answer_private(exchange, call->created ? STATUS_CREATED : STATUS_OK);
}

void post_charges(struct exchange *exchange)
{
    int64_t amount = 0;
    struct id user_id = ID_NONE;
    const char *reference = NULL;
    struct body_object root;
    body_root(&exchange->body, &root);
    (void)body_integer(&root, "amount", BODY_REQUIRED, 1, CHARGE_MAX, &amount);
    (void)body_id(&root, "userId", BODY_OPTIONAL, record_schema(RECORD_KIND_USER)->prefix,
                  &user_id);
    (void)body_text(&root, "reference", BODY_OPTIONAL, TEXT_KEY, 1, REFERENCE_CHARACTERS_MAX,
                    &reference);
    body_close(&root);
    if (!body_good(&exchange->body)) {
        problem_body(exchange, REFUSAL_INVALID_FIELD);
        return;
    }
    struct call *call = exchange_call(exchange, VERB_POINTS_CHARGE);
    call->in.points_charge.user_id = user_id;
    call->in.points_charge.amount = amount;
    call->in.points_charge.reference = reference;
    exchange_submit(exchange, answer_charge);
}
