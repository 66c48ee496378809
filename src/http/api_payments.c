/* Paying for a reservation, and looking at a payment. */
#include "http/answer.h"
#include "http/handlers.h"
#include "http/problem.h"
#include "http/show.h"

static void answer_payment(struct exchange *exchange)
{
    if (problem_of_call(exchange))
        return;
    show_payment(answer_begin(exchange), &exchange->request.call.out.payment);
    answer_private(exchange, STATUS_OK);
}

static void answer_paid(struct exchange *exchange)
{
    if (problem_of_call(exchange))
        return;
    const struct payment *payment = &exchange->request.call.out.payment;
    show_payment(answer_begin(exchange), payment);
    answer_created(exchange, "/v1/payments", record_schema(RECORD_KIND_PAYMENT)->prefix,
                   payment->id);
}

void post_payments(struct exchange *exchange)
{
    struct id reservation_id;
    struct body_object root;
    body_root(&exchange->body, &root);
    (void)body_id(&root, "reservationId", BODY_REQUIRED,
                  record_schema(RECORD_KIND_SEAT_RESERVATION)->prefix, &reservation_id);
    body_close(&root);
    if (!body_good(&exchange->body)) {
        problem_body(exchange, REFUSAL_INVALID_FIELD);
        return;
    }
    exchange_call(exchange, VERB_PAYMENT_MAKE)->in.reservation.reservation_id = reservation_id;
    exchange_submit(exchange, answer_paid);
}

void get_payment(struct exchange *exchange)
{
    exchange_call(exchange, VERB_PAYMENT_GET)->in.payment_get.payment_id = exchange->path.id;
    exchange_submit(exchange, answer_payment);
}
