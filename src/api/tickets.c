/* Tickets: what is shown of one, and the code of one's own as a picture. A code is computed here,
 * on the I/O thread, whenever it is shown, and kept nowhere. */
#include "api/ask.h"
#include "api/handlers.h"
#include "api/problem.h"
#include "api/reply.h"
#include "api/service.h"
#include "api/ticket_qr.h"

static void answer_ticket(struct enquiry *enquiry)
{
    char code[TICKET_CODE_CHARACTERS_MAX + 1];
    if (problem_of_call(enquiry))
        return;
    const struct call *call = &enquiry->request.call;
    const struct ticket *ticket = &call->record->as.ticket;
    struct shown_ticket shown = {.ticket = *ticket};
    if (ticket->status == TICKET_STATUS_VALID && id_equal(ticket->user_id, call->caller_id)) {
        (void)ticket_code_format(&enquiry->api->ticket_signer, ticket->serial, ticket->generation,
                                 code);
        shown.code = code;
    }
    object_write(reply_begin(enquiry), OBJECT_ticket, &shown, &enquiry->request.shown_clock);
    reply_private(enquiry, STATUS_OK);
}

void ask_for_ticket(struct enquiry *enquiry)
{
    if (ask_call(enquiry) != NULL)
        enquiry_submit(enquiry, answer_ticket);
}

static void answer_qr(struct enquiry *enquiry)
{
    char code[TICKET_CODE_CHARACTERS_MAX + 1];
    if (problem_of_call(enquiry))
        return;
    const struct ticket *ticket = &enquiry->request.call.record->as.ticket;
    struct json_writer *writer = reply_begin(enquiry);
    const size_t length =
        ticket_code_format(&enquiry->api->ticket_signer, ticket->serial, ticket->generation, code);
    if (!ticket_qr_write(code, length, writer->out))
        writer->failed = true;
    reply_text(enquiry, STATUS_OK, enquiry->route->content_type, CACHE_NEVER);
}

void get_ticket_qr(struct enquiry *enquiry)
{
    if (ask_call(enquiry) != NULL)
        enquiry_submit(enquiry, answer_qr);
}
