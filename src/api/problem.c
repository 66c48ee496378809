/* See problem.h. */
#include "api/problem.h"

#include "api/plan_chairs.h"
#include "api/reply.h"
#include "base/check.h"
#include "json/body_error.h"

#include <stdio.h>
#include <string.h>

/* Seconds until it is worth trying again: lines empty within one, machines recover a little later.
 */
static int64_t retry_seconds(enum refusal refusal)
{
    if (!refusal_schema(refusal)->retry_later)
        return 0;
    return refusal == REFUSAL_BUSY ? 1 : 5;
}

void problem_type(const struct refusal_schema *schema, char type[static PROBLEM_TYPE_BYTES])
{
    const int length = snprintf(type, PROBLEM_TYPE_BYTES, "/problems/%s", schema->code);
    CHECK(length > 0 && length < PROBLEM_TYPE_BYTES);
}

/* The members that every problem has. */
static struct json_writer *problem_begin(struct enquiry *enquiry, enum refusal refusal,
                                         const char *detail)
{
    const struct refusal_schema *schema = refusal_schema(refusal);
    char type[PROBLEM_TYPE_BYTES];
    problem_type(schema, type);
    struct json_writer *writer = reply_begin(enquiry);
    enquiry->refusal = refusal;
    json_write_object_begin(writer);
    json_write_text_member(writer, "type", type);
    json_write_text_member(writer, "title", schema->title);
    json_write_integer_member(writer, "status", schema->status);
    json_write_text_member(writer, "detail", detail == NULL ? schema->meaning : detail);
    json_write_text_member(writer, "code", schema->code);
    json_write_text_member(writer, "requestId", enquiry->exchange.request_id);
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

void problem_busy(struct enquiry *enquiry)
{
    problem_answer(enquiry, REFUSAL_BUSY);
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

static void write_error(struct json_writer *writer, const char *field, const struct breach *breach)
{
    json_write_array_member_begin(writer, "errors");
    breach_write(writer, field, strlen(field), breach);
    json_write_array_end(writer);
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
        json_write_array_member_begin(writer, "errors");
        json_write_raw(writer, body->error_bytes.data, body->error_bytes.length);
        json_write_array_end(writer);
        if (body->error_count > BODY_ERRORS_MAX)
            json_write_integer_member(writer, "errorCount", (int64_t)body->error_count);
    }
    problem_end(enquiry, refusal);
}

void problem_parameter(struct enquiry *enquiry, const char *name, const struct breach *breach)
{
    write_error(problem_begin(enquiry, REFUSAL_INVALID_FIELD, NULL), name, breach);
    problem_end(enquiry, REFUSAL_INVALID_FIELD);
}

static void write_indexed_error(struct json_writer *writer, const char *array, size_t index,
                                const char *field, const struct breach *breach)
{
    char pointer[64];
    (void)snprintf(pointer, sizeof pointer, "/%s/%zu%s", array, index, field);
    write_error(writer, pointer, breach);
}

static void tell_other_round(struct json_writer *writer, const struct refusal_detail *detail)
{
    write_indexed_error(writer, detail->by_place ? "seats" : "seatIds", detail->seat_index, "",
                        &(struct breach){.rule = RULE_OTHER_ROUND});
}

static void write_same_chair(struct json_writer *writer, const struct refusal_detail *detail,
                             enum chair_sameness sameness)
{
    struct same_chair same;
    same_chair_tell(&same, sameness, detail->earlier_seat_index);
    write_indexed_error(writer, "seats", detail->seat_index,
                        sameness == CHAIR_SAME_NUMBER ? "/seatNumber" : "", &same.breach);
}

static void tell_same_number(struct json_writer *writer, const struct refusal_detail *detail)
{
    write_same_chair(writer, detail, CHAIR_SAME_NUMBER);
}

static void tell_same_place(struct json_writer *writer, const struct refusal_detail *detail)
{
    write_same_chair(writer, detail, CHAIR_SAME_PLACE);
}

/* The members that a refusal of the office adds to its name: an object's fields, or an error of a
 * field, which is always the same or told by its detail. */
struct telling {
    enum refusal refusal;
    enum object_name object;
    void (*tell)(struct json_writer *writer, const struct refusal_detail *detail);
    const char *field;
    enum rule rule;
};

static const struct telling *telling_of(enum refusal refusal)
{
    static const struct telling rows[] = {
        {.refusal = REFUSAL_SCOPE_REQUIRED, .object = OBJECT_scope_required},
        {.refusal = REFUSAL_SEAT_LIMIT, .object = OBJECT_seat_limit},
        {.refusal = REFUSAL_HOLD_LIMIT, .object = OBJECT_hold_limit},
        {.refusal = REFUSAL_SEAT_UNAVAILABLE, .object = OBJECT_seat_unavailable},
        {.refusal = REFUSAL_INSUFFICIENT_POINTS, .object = OBJECT_insufficient_points},
        {.refusal = REFUSAL_BALANCE_TOO_SMALL, .object = OBJECT_balance},
        {.refusal = REFUSAL_HAS_POINTS, .object = OBJECT_balance},
        {.refusal = REFUSAL_RESERVATION_NOT_PENDING, .object = OBJECT_reservation_not_pending},
        {.refusal = REFUSAL_SEAT_OF_OTHER_ROUND, .object = OBJECT_NONE, .tell = tell_other_round},
        {.refusal = REFUSAL_DUPLICATE_SEAT_NUMBER, .object = OBJECT_NONE, .tell = tell_same_number},
        {.refusal = REFUSAL_DUPLICATE_SEAT_PLACE, .object = OBJECT_NONE, .tell = tell_same_place},
        {.refusal = REFUSAL_CLOSE_BEFORE_OPEN,
         .object = OBJECT_NONE,
         .field = "/reservationCloseAt",
         .rule = RULE_BEFORE_OPENING},
        {.refusal = REFUSAL_UNKNOWN_GRADE,
         .object = OBJECT_NONE,
         .field = "/prices",
         .rule = RULE_GRADE_UNKNOWN},
        {.refusal = REFUSAL_EXPIRES_BEFORE_NOW,
         .object = OBJECT_NONE,
         .field = "/expiresAt",
         .rule = RULE_BEFORE_NOW},
        {.refusal = REFUSAL_UNTIL_BEFORE_NOW,
         .object = OBJECT_NONE,
         .field = "/until",
         .rule = RULE_BEFORE_NOW},
        {.refusal = REFUSAL_STARTS_BEFORE_NOW,
         .object = OBJECT_NONE,
         .field = "/startTime",
         .rule = RULE_BEFORE_NOW},
        {.refusal = REFUSAL_STARTS_THEN_ALREADY,
         .object = OBJECT_NONE,
         .field = "/startTime",
         .rule = RULE_AS_BEFORE},
        {.refusal = REFUSAL_DOORS_AFTER_START,
         .object = OBJECT_NONE,
         .field = "/doorsAt",
         .rule = RULE_AFTER_START},
        {.refusal = REFUSAL_ENDS_BEFORE_START,
         .object = OBJECT_NONE,
         .field = "/endsAt",
         .rule = RULE_BEFORE_START},
        {.refusal = REFUSAL_FREE_CANCEL_OUT_OF_PLACE,
         .object = OBJECT_NONE,
         .field = "/freeCancelUntil",
         .rule = RULE_NOW_TO_START},
        {.refusal = REFUSAL_WRONG_PASSWORD,
         .object = OBJECT_NONE,
         .field = "/currentPassword",
         .rule = RULE_PASSWORD_WRONG},
        {.refusal = REFUSAL_ADJUSTS_NOTHING,
         .object = OBJECT_NONE,
         .field = "/amount",
         .rule = RULE_ZERO},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].refusal == refusal)
            return &rows[i];
    return NULL;
}

enum object_name problem_object(enum refusal refusal)
{
    const struct telling *telling = telling_of(refusal);
    return telling == NULL ? OBJECT_NONE : telling->object;
}

bool problem_of_call(struct enquiry *enquiry)
{
    const struct call *call = &enquiry->request.call;
    if (call->refusal == REFUSAL_NONE)
        return false;
    struct json_writer *writer = problem_begin(enquiry, call->refusal, NULL);
    const struct telling *telling = telling_of(call->refusal);
    if (telling != NULL && telling->tell != NULL)
        telling->tell(writer, &call->detail);
    else if (telling != NULL && telling->field != NULL)
        write_error(writer, telling->field, &(struct breach){.rule = telling->rule});
    else if (telling != NULL)
        object_write_fields(writer, telling->object,
                            call->refusal == REFUSAL_SEAT_UNAVAILABLE
                                ? (const void *)&call->out.conflicts
                                : &call->detail,
                            NULL);
    problem_end(enquiry, call->refusal);
    return true;
}
