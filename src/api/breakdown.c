/* What a round has sold: as a whole, from memory; in parts, as JSON or CSV, from the tables. */
#include "api/csv.h"
#include "api/handlers.h"
#include "api/problem.h"
#include "api/query.h"
#include "api/reply.h"
#include "engine/calendar.h"

static void answer_sales(struct enquiry *enquiry)
{
    if (problem_of_call(enquiry))
        return;
    object_write(reply_begin(enquiry), OBJECT_sales, &enquiry->request.call.out.sales, NULL);
    reply_private(enquiry, STATUS_OK);
}

static void answer_breakdown(struct enquiry *enquiry)
{
    if (problem_of_call(enquiry))
        return;
    object_write(reply_begin(enquiry), OBJECT_sales_breakdown, &enquiry->request.call.out.breakdown,
                 NULL);
    reply_private(enquiry, STATUS_OK);
}

void get_sales(struct enquiry *enquiry)
{
    struct wanted_value by;
    if (!query_choice(enquiry, "by", sales_by_texts, SALES_BY_COUNT, &by))
        return;
    if (!by.given) {
        enquiry_call(enquiry, VERB_ROUND_SALES)->in.round.round_id = enquiry->path.id;
        enquiry_submit(enquiry, answer_sales);
        return;
    }
    struct call *call = enquiry_call(enquiry, VERB_SALES_BREAK_DOWN);
    call->in.sales_break_down = (struct sales_query){
        .round_id = enquiry->path.id, .by = (enum sales_by)by.value, .start_of = calendar_start};
    enquiry_submit(enquiry, answer_breakdown);
}

/* It is short enough to be written at once (SALES_PARTS_MAX). */
static void answer_export(struct enquiry *enquiry)
{
    if (problem_of_call(enquiry))
        return;
    const struct sales_breakdown *breakdown = &enquiry->request.call.out.breakdown;
    struct buffer *out = reply_begin(enquiry)->out;
    bool written = csv_header(out, OBJECT_sales_part);
    for (size_t i = 0; i < breakdown->count && written; i++)
        written = csv_row(out, OBJECT_sales_part, &breakdown->parts[i], NULL);
    if (written)
        reply_text(enquiry, STATUS_OK, "text/csv; charset=utf-8", CACHE_NEVER);
    else
        problem_answer(enquiry, REFUSAL_CAPACITY);
}

void get_sales_export(struct enquiry *enquiry)
{
    struct sales_query query = {.by = SALES_BY_DAY, .start_of = calendar_start};
    struct wanted_value by;
    if (!query_id(enquiry, "roundId", record_schema(RECORD_KIND_CONCERT_ROUND)->prefix,
                  &query.round_id) ||
        !query_choice(enquiry, "by", sales_by_texts, SALES_BY_COUNT, &by))
        return;
    if (id_is_none(query.round_id)) {
        problem_parameter(enquiry, "roundId", &(struct breach){.rule = RULE_MISSING});
        return;
    }
    if (by.given)
        query.by = (enum sales_by)by.value;
    enquiry_call(enquiry, VERB_SALES_BREAK_DOWN)->in.sales_break_down = query;
    enquiry_submit(enquiry, answer_export);
}
