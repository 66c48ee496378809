/* See problem.h. */
#include "api/problem.h"

#include "api/reply.h"
#include "api/round_plan.h"
#include "base/check.h"

#include <stdio.h>

/* Seconds until it is worth trying again: lines empty within one, machines recover a little later.
 */
static int64_t retry_seconds(enum refusal refusal)
{
    if (!refusal_schema(refusal)->retry_later)
        return 0;
    return refusal == REFUSAL_BUSY ? 1 : 5;
}

/* The members that every problem has. */
static struct json_writer *problem_begin(struct enquiry *enquiry, enum refusal refusal,
                                         const char *detail)
{
    const struct refusal_schema *schema = refusal_schema(refusal);
    char type[64];
    const int length = snprintf(type, sizeof type, "/problems/%s", schema->code);
    CHECK(length > 0 && (size_t)length < sizeof type);
    struct json_writer *writer = reply_begin(enquiry);
    enquiry->refusal = refusal;
    json_write_object_begin(writer);
    json_write_key(writer, "type");
    json_write_text(writer, type);
    json_write_key(writer, "title");
    json_write_text(writer, schema->title);
    json_write_key(writer, "status");
    json_write_integer(writer, schema->status);
    json_write_key(writer, "detail");
    json_write_text(writer, detail == NULL ? schema->meaning : detail);
    json_write_key(writer, "code");
    json_write_text(writer, schema->code);
    json_write_key(writer, "requestId");
    json_write_text(writer, enquiry->exchange.request_id);
    return writer;
}

static void problem_end(struct enquiry *enquiry, enum refusal refusal)
{
    json_write_object_end(&enquiry->writer);
    reply_problem(enquiry, refusal_schema(refusal)->status, retry_seconds(refusal));
}

void problem_answer(struct enquiry *enquiry, enum refusal refusal)
{
    (void)problem_begin(enquiry, refusal, NULL);
    problem_end(enquiry, refusal);
}

void problem_too_many(struct enquiry *enquiry, int64_t wait_us)
{
    const int64_t second_us = 1000000;
    (void)problem_begin(enquiry, REFUSAL_TOO_MANY_REQUESTS, NULL);
    json_write_object_end(&enquiry->writer);
    reply_problem(enquiry, refusal_schema(REFUSAL_TOO_MANY_REQUESTS)->status,
                  1 + (wait_us - 1) / second_us);
}

void problem_method(struct enquiry *enquiry, unsigned allowed)
{
    char allow[ALLOW_TEXT_BYTES];
    allow_format(allowed, allow);
    problem_answer(enquiry, REFUSAL_METHOD_NOT_ALLOWED);
    answer_header(&enquiry->exchange, "Allow", allow);
}

static void write_error(struct json_writer *writer, const char *field, const char *message)
{
    json_write_key(writer, "errors");
    json_write_array_begin(writer);
    json_write_object_begin(writer);
    json_write_key(writer, "field");
    json_write_text(writer, field);
    json_write_key(writer, "message");
    json_write_text(writer, message);
    json_write_object_end(writer);
    json_write_array_end(writer);
}

static void write_integer(struct json_writer *writer, const char *key, int64_t value)
{
    json_write_key(writer, key);
    json_write_integer(writer, value);
}

void problem_body(struct enquiry *enquiry, enum refusal refusal)
{
    const struct body *body = &enquiry->body;
    if (body->no_memory) {
        problem_answer(enquiry, REFUSAL_CAPACITY);
        return;
    }
    if (refusal == REFUSAL_MALFORMED_JSON) {
        char detail[160];
        if (body->line > 0)
            (void)snprintf(detail, sizeof detail,
                           "The body is not acceptable JSON: %s (line %d, column %d).",
                           body->malformed, body->line, body->column);
        else
            (void)snprintf(detail, sizeof detail, "The body is not acceptable JSON: %s.",
                           body->malformed);
        (void)problem_begin(enquiry, refusal, detail);
    } else {
        struct json_writer *writer = problem_begin(enquiry, refusal, NULL);
        json_write_key(writer, "errors");
        json_write_array_begin(writer);
        json_write_raw(writer, body->error_bytes.data, body->error_bytes.length);
        json_write_array_end(writer);
        if (body->error_count > BODY_ERRORS_MAX)
            write_integer(writer, "errorCount", (int64_t)body->error_count);
    }
    problem_end(enquiry, refusal);
}

void problem_parameter(struct enquiry *enquiry, const char *name, const char *message)
{
    write_error(problem_begin(enquiry, REFUSAL_INVALID_FIELD, NULL), name, message);
    problem_end(enquiry, REFUSAL_INVALID_FIELD);
}

static void write_payment_id(struct json_writer *writer, struct id id)
{
    json_write_key(writer, "paymentId");
    json_write_id(writer, record_schema(RECORD_KIND_PAYMENT)->prefix, id);
}

static void write_indexed_error(struct json_writer *writer, const char *array, size_t index,
                                const char *field, const char *message)
{
    char pointer[64];
    (void)snprintf(pointer, sizeof pointer, "/%s/%zu%s", array, index, field);
    write_error(writer, pointer, message);
}

static void write_same_chair(struct json_writer *writer, const struct refusal_detail *detail,
                             enum chair_sameness sameness)
{
    char message[SAME_CHAIR_MESSAGE_BYTES];
    same_chair_message(sameness, detail->earlier_seat_index, message);
    write_indexed_error(writer, "seats", detail->seat_index,
                        sameness == CHAIR_SAME_NUMBER ? "/seatNumber" : "", message);
}

/* What the refusal tells beside its name. */
static void write_detail(struct json_writer *writer, const struct call *call)
{
    const struct refusal_detail *detail = &call->detail;
    switch (call->refusal) {
    case REFUSAL_SEAT_LIMIT:
        write_integer(writer, "limit", detail->limit);
        write_integer(writer, "alreadyHeld", detail->already_held);
        return;
    case REFUSAL_HOLD_LIMIT:
        write_integer(writer, "limit", detail->limit);
        return;
    case REFUSAL_SEAT_UNAVAILABLE:
        json_write_key(writer, "conflicts");
        json_write_array_begin(writer);
        for (size_t i = 0; i < detail->conflict_count; i++)
            json_write_id(writer, record_schema(RECORD_KIND_SEAT)->prefix, detail->conflicts[i]);
        json_write_array_end(writer);
        return;
    case REFUSAL_INSUFFICIENT_POINTS:
        write_integer(writer, "balance", detail->balance);
        write_integer(writer, "required", detail->required);
        write_payment_id(writer, detail->payment_id);
        return;
    case REFUSAL_RESERVATION_NOT_PENDING:
        json_write_key(writer, "reservationStatus");
        json_write_text(writer, reservation_status_texts[detail->reservation_status]);
        write_payment_id(writer, detail->payment_id);
        return;
    case REFUSAL_SEAT_OF_OTHER_ROUND:
        write_indexed_error(writer, "seatIds", detail->seat_index, "", "is no seat of this round");
        return;
    case REFUSAL_DUPLICATE_SEAT_NUMBER:
        write_same_chair(writer, detail, CHAIR_SAME_NUMBER);
        return;
    case REFUSAL_DUPLICATE_SEAT_PLACE:
        write_same_chair(writer, detail, CHAIR_SAME_PLACE);
        return;
    case REFUSAL_CLOSE_BEFORE_OPEN:
        write_error(writer, "/reservationCloseAt", "must be later than reservationOpenAt");
        return;
    case REFUSAL_WRONG_PASSWORD:
        write_error(writer, "/currentPassword", "is not the account's password");
        return;
    default:
        return;
    }
}

bool problem_of_call(struct enquiry *enquiry)
{
    const struct call *call = &enquiry->request.call;
    if (call->refusal == REFUSAL_NONE)
        return false;
    write_detail(problem_begin(enquiry, call->refusal, NULL), call);
    problem_end(enquiry, call->refusal);
    return true;
}
