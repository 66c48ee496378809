/* See trace.h. */
#include "world/trace.h"

#include <string.h>

void trace_bytes(struct trace *trace, const void *bytes, size_t length)
{
    const uint8_t *at = bytes;
    uint64_t word = 0;
    for (; length >= sizeof word; at += sizeof word, length -= sizeof word) {
        memcpy(&word, at, sizeof word);
        trace_number(trace, word);
    }
    word = length;
    for (; length > 0; at++, length--)
        word = word << 8 | *at;
    trace_number(trace, word);
}

void trace_event(struct trace *trace, const struct event *event)
{
    trace_number(trace, (uint64_t)event->at);
    trace_number(trace, (uint64_t)event->kind << 32 | event->subject);
}

static void trace_id(struct trace *trace, struct id id)
{
    trace_bytes(trace, &id, sizeof id);
}

static void trace_list(struct trace *trace, const struct record_page *page)
{
    trace_number(trace, page->count);
    trace_number(trace, page->more);
    for (size_t i = 0; i < page->count; i++) {
        if (page->reservations != NULL) {
            trace_id(trace, page->reservations[i].reservation.id);
        } else {
            const struct record_key key = record_key(page->records[i]);
            trace_bytes(trace, &key, sizeof key);
        }
    }
}

static void trace_token(struct trace *trace, const struct token_view *view)
{
    trace_id(trace, view->token.id);
    trace_number(trace, (uint64_t)view->token.status);
    trace_number(trace, (uint64_t)view->token.number);
    trace_number(trace, (uint64_t)view->ahead);
    trace_number(trace, (uint64_t)view->estimate.low_seconds);
    trace_number(trace, (uint64_t)view->poll_after_ms);
}

static void trace_done(struct trace *trace, const struct call *call)
{
    const enum verb verb = call->verb;
    if (verb == VERB_QUEUE_JOIN || verb == VERB_QUEUE_TOKEN_GET)
        trace_token(trace, &call->out.token);
    else if (verb == VERB_RESERVATION_HOLD || verb == VERB_RESERVATION_GET ||
             verb == VERB_RESERVATION_CALENDAR || verb == VERB_RESERVATION_EXTEND ||
             verb == VERB_RESERVATION_CANCEL) {
        trace_id(trace, call->out.reservation.reservation.id);
        trace_number(trace, (uint64_t)call->out.reservation.reservation.status);
        trace_number(trace, (uint64_t)call->out.reservation.reservation.amount);
        trace_number(trace, (uint64_t)call->out.reservation.reservation.expires_at);
    } else if (verb == VERB_PAYMENT_MAKE || verb == VERB_PAYMENT_GET) {
        trace_id(trace, call->out.payment.id);
        trace_number(trace, (uint64_t)call->out.payment.status);
    } else if (verb == VERB_TICKET_REISSUE || verb == VERB_TICKET_CHANGE)
        trace_number(trace, (uint64_t)call->record->as.ticket.generation);
    else if (verb == VERB_POINTS_GET)
        trace_number(trace, (uint64_t)call->out.points.balance);
    else if (verb == VERB_SESSION_OPEN || verb == VERB_SESSION_GRANT ||
             verb == VERB_HANDOVER_MAKE || verb == VERB_HANDOVER_REDEEM)
        trace_id(trace, call->out.session.id);
    else if (verb == VERB_SESSION_LIST)
        trace_number(trace, call->out.sessions.count);
    else if (verb == VERB_SEATS_BLOCK || verb == VERB_SEATS_UNBLOCK) {
        trace_number(trace, (uint64_t)call->out.seats_block.changed);
        trace_number(trace, call->out.seats_block.refused_count);
    } else if (verb == VERB_ROUND_SALES) {
        trace_number(trace, (uint64_t)call->out.sales.sold);
        trace_number(trace, (uint64_t)call->out.sales.revenue);
        trace_number(trace, (uint64_t)call->out.sales.refunds_pending);
    } else if (verb == VERB_LIST || verb == VERB_STAFF_LIST)
        trace_list(trace, &call->out.page);
    else if (verb == VERB_RESERVATION_HISTORY)
        trace_number(trace, call->out.history.count);
    else if (verb == VERB_PLAN_GET)
        trace_bytes(trace, call->out.drawn_plan.text.data, call->out.drawn_plan.text.length);
    else if (verb == VERB_SALES_BREAK_DOWN)
        trace_number(trace, call->out.breakdown.count);
    else if (verb == VERB_QUEUE_FORECAST)
        trace_number(trace, (uint64_t)call->out.forecast.bounds.high_seconds);
    else if (verb == VERB_CHANGES) {
        trace_number(trace, call->out.changes.count);
        trace_number(trace, call->out.changes.last);
    } else {
        if (call->record != NULL) {
            const struct record_key key = record_key(call->record);
            trace_bytes(trace, &key, sizeof key);
        }
    }
}

void trace_answer(struct trace *trace, const struct call *call)
{
    trace_number(trace, (uint64_t)call->verb);
    trace_number(trace, (uint64_t)call->refusal);
    trace_number(trace, (uint64_t)call->created << 1 | (uint64_t)call->replayed);
    if (call->refusal == REFUSAL_NONE)
        trace_done(trace, call);
}
