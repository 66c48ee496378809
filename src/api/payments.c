/* Paying for a reservation, and looking at a payment. */
#include "api/handlers.h"
#include "api/problem.h"
#include "api/reply.h"

static void answer_payment(struct enquiry *enquiry)
{
    if (problem_of_call(enquiry))
        return;
    object_write(reply_begin(enquiry), OBJECT_payment, &enquiry->request.call.out.payment, NULL);
    reply_private(enquiry, STATUS_OK);
}

static void answer_paid(struct enquiry *enquiry)
{
    if (problem_of_call(enquiry))
        return;
    const struct payment *payment = &enquiry->request.call.out.payment;
    object_write(reply_begin(enquiry), OBJECT_payment, payment, NULL);
    reply_created(enquiry, "/v1/payments", record_schema(RECORD_KIND_PAYMENT)->prefix, payment->id);
}

void post_payments(struct enquiry *enquiry)
{
    struct id reservation_id;
    struct body_object root;
    body_root(&enquiry->body, &root);
    (void)body_id(&root, "reservationId", BODY_REQUIRED,
                  record_schema(RECORD_KIND_SEAT_RESERVATION)->prefix, &reservation_id);
    body_close(&root);
    if (!body_good(&enquiry->body)) {
        problem_body(enquiry, REFUSAL_INVALID_FIELD);
        return;
    }
    enquiry_call(enquiry, VERB_PAYMENT_MAKE)->in.reservation.reservation_id = reservation_id;
    enquiry_submit(enquiry, answer_paid);
}

void get_payment(struct enquiry *enquiry)
{
    enquiry_call(enquiry, VERB_PAYMENT_GET)->in.payment_get.payment_id = enquiry->path.id;
    enquiry_submit(enquiry, answer_payment);
}
