/* Stored seating plans as the judge keeps them: each row with all of its pieces, and no others. */
#include "oracle/oracle_model.h"

#include <string.h>

static size_t plans_there(const struct oracle *oracle)
{
    const struct row_vector *plans = &oracle->of_kind[RECORD_KIND_PLAN];
    size_t count = 0;
    for (size_t i = 0; i < plans->count; i++)
        count += plans->items[i]->there;
    return count;
}

static struct record piece_image(struct id plan_id, size_t position, const char *text)
{
    return (struct record){
        .kind = RECORD_KIND_PLAN_PIECE,
        .as.plan_piece = {.plan_id = plan_id, .position = (int64_t)position, .text = text}};
}

/* NULL: it is not there, and may have been. */
static struct row *piece_at(const struct oracle *oracle, struct id plan_id, size_t position)
{
    const struct record wanted = piece_image(plan_id, position, NULL);
    const struct record_key key = record_key(&wanted);
    struct row *piece = row_find_any(oracle, RECORD_KIND_PLAN_PIECE, &key);
    return piece != NULL && piece->there ? piece : NULL;
}

static void put_pieces(struct oracle *oracle, struct id plan_id, const struct plan_text *text,
                       size_t pieces_before)
{
    for (size_t i = 0; i < text->piece_count && !oracle->objected; i++) {
        const struct record image = piece_image(plan_id, i, text->pieces[i]);
        struct row *before = piece_at(oracle, plan_id, i);
        if (before == NULL)
            row_put(oracle, &image);
        else
            row_change(oracle, before, &image);
    }
    for (size_t i = text->piece_count; i < pieces_before && !oracle->objected; i++)
        row_delete(oracle, piece_at(oracle, plan_id, i));
}

static void take_body(const struct call *call, timestamp_ms now, struct record *image)
{
    image->as.plan.name = call->in.plan.name;
    image->as.plan.seat_count = (int64_t)call->in.plan.text.seat_count;
    image->as.plan.piece_count = (int64_t)call->in.plan.text.piece_count;
    image->as.plan.changed_at = now;
}

enum refusal judge_plan_make(struct oracle *oracle, struct row *user, const struct call *call)
{
    (void)user;
    oracle->state = STATE_FULL;
    if (plans_there(oracle) >= PLANS_MAX)
        return REFUSAL_CAPACITY;
    oracle->state = STATE_ANY;
    if (call->refusal != REFUSAL_NONE)
        return REFUSAL_NONE; /* objected to by the caller */
    expect_created(oracle, call, true);
    struct record image = {.kind = RECORD_KIND_PLAN,
                           .as.plan = {.id = span_new_id(oracle, RECORD_KIND_PLAN), .version = 1}};
    image.as.plan.created_at = oracle->now.house;
    take_body(call, oracle->now.house, &image);
    struct row *plan = row_put(oracle, &image);
    put_pieces(oracle, image.as.plan.id, &call->in.plan.text, 0);
    view_record(oracle, call, plan);
    return REFUSAL_NONE;
}

enum refusal judge_plan_change(struct oracle *oracle, struct row *user, const struct call *call)
{
    struct row *plan = row_find(oracle, RECORD_KIND_PLAN, call->in.plan.plan_id);
    (void)user;
    oracle->state = plan == NULL ? STATE_UNKNOWN : STATE_KNOWN;
    if (plan == NULL)
        return REFUSAL_NOT_FOUND;
    struct record image = row_image(plan);
    if (!call->in.plan.any_version && call->in.plan.version == 0)
        return REFUSAL_PRECONDITION_REQUIRED;
    if (!call->in.plan.any_version && call->in.plan.version != image.as.plan.version)
        return REFUSAL_PRECONDITION_FAILED;
    if (call->refusal != REFUSAL_NONE)
        return REFUSAL_NONE; /* objected to by the caller */
    const size_t before = (size_t)image.as.plan.piece_count;
    image.as.plan.version++;
    take_body(call, oracle->now.house, &image);
    row_change(oracle, plan, &image);
    put_pieces(oracle, image.as.plan.id, &call->in.plan.text, before);
    view_record(oracle, call, plan);
    return REFUSAL_NONE;
}

enum refusal judge_plan_remove(struct oracle *oracle, struct row *user, const struct call *call)
{
    struct row *plan = row_find(oracle, RECORD_KIND_PLAN, call->in.plan.plan_id);
    (void)user;
    oracle->state = plan == NULL ? STATE_UNKNOWN : STATE_KNOWN;
    if (plan == NULL)
        return REFUSAL_NOT_FOUND;
    if (call->refusal != REFUSAL_NONE)
        return REFUSAL_NONE; /* objected to by the caller */
    const size_t pieces = (size_t)plan->image.as.plan.piece_count;
    for (size_t i = 0; i < pieces && !oracle->objected; i++)
        row_delete(oracle, piece_at(oracle, call->in.plan.plan_id, i));
    row_delete(oracle, plan);
    return REFUSAL_NONE;
}

/* ---- What a reader answers ---- */

static bool drawing_is(const struct oracle *oracle, const struct row *plan,
                       const struct buffer *told)
{
    size_t at = 0;
    for (size_t i = 0; i < (size_t)plan->image.as.plan.piece_count; i++) {
        const struct row *piece = piece_at(oracle, plan->image.as.plan.id, i);
        const char *text = piece == NULL ? "" : piece->image.as.plan_piece.text;
        const size_t length = strlen(text);
        if (piece == NULL || length > told->length - at ||
            memcmp(told->data + at, text, length) != 0)
            return false;
        at += length;
    }
    return at == told->length;
}

void view_plan(struct oracle *oracle, const struct call *call)
{
    const struct row *plan = row_find(oracle, RECORD_KIND_PLAN, call->in.plan.plan_id);
    const struct drawn_plan *told = &call->out.drawn_plan;
    if (plan == NULL || told->record->as.plan.version != plan->image.as.plan.version ||
        strcmp(told->record->as.plan.name, plan->image.as.plan.name) != 0 ||
        !drawing_is(oracle, plan, &told->text))
        object_to(oracle, 12, "a plan is told that there is not, or another than there is");
}

void view_no_plan(struct oracle *oracle, const struct call *call)
{
    const struct row *plan = row_find(oracle, RECORD_KIND_PLAN, call->in.plan.plan_id);
    if (plan != NULL && !oracle->in_limbo)
        object_to(oracle, 12, "%s is said not to be there", row_name(plan).text);
    cover(oracle, (enum coverage_verb)VERB_PLAN_GET, STATE_UNKNOWN, REFUSAL_NOT_FOUND);
}
