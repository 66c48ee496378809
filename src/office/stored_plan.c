/* Stored seating plans: made, replaced, removed. What a plan draws is read by nobody here: it goes
 * to the tables in pieces, and the readers have it from there. */
#include "office/stored_plan.h"

#include "office/door.h"
#include "office/room.h"
#include "office/state.h"
#include "office/texts.h"
#include "office/verb_function.h"

/* The row, with a name of the office's own, and room for as many pieces and answers; a refusal
 * leaves nothing. */
static enum refusal prepare_plan(struct office *office, struct record *record, size_t pieces,
                                 struct call *call)
{
    if (!batch_reserve_more(office, pieces, RECORD_BYTES_MAX) ||
        call_show_record(call, record) != REFUSAL_NONE || !texts_own(record))
        return REFUSAL_CAPACITY;
    return REFUSAL_NONE;
}

static void put_pieces(struct office *office, const struct live_plan *plan,
                       const struct plan_text *text)
{
    for (size_t i = 0; i < text->piece_count; i++) {
        const struct plan_piece row = {
            .plan_id = plan->row.id, .position = (int64_t)i, .text = text->pieces[i]};
        put_plan_piece(office, plan, &row);
    }
}

static void remove_pieces(struct office *office, const struct live_plan *plan, int64_t from,
                          int64_t to)
{
    for (int64_t i = from; i < to; i++)
        remove_plan_piece(office, plan, i);
}

static void check_text(const struct plan_text *text)
{
    CHECK(text->piece_count >= 1 && text->piece_count <= PLAN_PIECES_MAX);
    CHECK(text->seat_count >= 1 && text->seat_count <= ROUND_SEATS_MAX);
}

enum refusal plan_make(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    const struct plan_text *text = &call->in.plan.text;
    check_text(text);
    struct record record = {.kind = RECORD_KIND_PLAN,
                            .as.plan = {
                                .id = new_id(office),
                                .name = call->in.plan.name,
                                .version = 1,
                                .seat_count = (int64_t)text->seat_count,
                                .piece_count = (int64_t)text->piece_count,
                                .created_at = office->now.house,
                                .changed_at = office->now.house,
                            }};
    if (office->plans.taken >= PLANS_MAX || !plan_reserve(office))
        return REFUSAL_CAPACITY;
    const enum refusal refusal = prepare_plan(office, &record, text->piece_count, call);
    if (refusal != REFUSAL_NONE)
        return refusal;

    /* ---- nothing fails below this line ---- */
    put_pieces(office, put_plan(office, NULL, &record.as.plan), text);
    call->created = true;
    return REFUSAL_NONE;
}

/* The plan of the call, as the caller knows it. */
static enum refusal find_known(const struct office *office, const struct call *call,
                               struct live_plan **plan)
{
    *plan = plan_find(office, call->in.plan.plan_id);
    if (*plan == NULL)
        return REFUSAL_NOT_FOUND;
    if (call->in.plan.any_version)
        return REFUSAL_NONE;
    if (call->in.plan.version == 0)
        return REFUSAL_PRECONDITION_REQUIRED;
    return call->in.plan.version == (*plan)->row.version ? REFUSAL_NONE
                                                         : REFUSAL_PRECONDITION_FAILED;
}

enum refusal plan_change(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    const struct plan_text *text = &call->in.plan.text;
    struct live_plan *plan;
    check_text(text);
    enum refusal refusal = find_known(office, call, &plan);
    if (refusal != REFUSAL_NONE)
        return refusal;
    const int64_t pieces_before = plan->row.piece_count;
    struct record record = {.kind = RECORD_KIND_PLAN, .as.plan = plan->row};
    record.as.plan.name = call->in.plan.name;
    record.as.plan.version++;
    record.as.plan.seat_count = (int64_t)text->seat_count;
    record.as.plan.piece_count = (int64_t)text->piece_count;
    record.as.plan.changed_at = office->now.house;
    refusal = prepare_plan(office, &record, text->piece_count + (size_t)pieces_before, call);
    if (refusal != REFUSAL_NONE)
        return refusal;

    /* ---- nothing fails below this line ---- */
    put_pieces(office, put_plan(office, plan, &record.as.plan), text);
    remove_pieces(office, plan, plan->row.piece_count, pieces_before);
    return REFUSAL_NONE;
}

enum refusal plan_remove(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    struct live_plan *plan = plan_find(office, call->in.plan.plan_id);
    if (plan == NULL)
        return REFUSAL_NOT_FOUND;
    if (!batch_reserve_more(office, (size_t)plan->row.piece_count, REMOVED_RECORD_BYTES_MAX))
        return REFUSAL_CAPACITY;

    /* ---- nothing fails below this line ---- */
    remove_pieces(office, plan, 0, plan->row.piece_count);
    remove_plan(office, plan);
    return REFUSAL_NONE;
}
