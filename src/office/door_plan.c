/* The doors of stored plans and of their pieces. */
#include "office/door.h"
#include "office/state.h"
#include "office/stored_plan.h"
#include "office/texts.h"

static struct live_plan *new_plan(struct office *office, const struct plan *row)
{
    struct live_plan *plan = pool_take(&office->plans);
    plan->row.id = row->id;
    index_insert(&office->plan_by_id, plan);
    return plan;
}

struct live_plan *put_plan(struct office *office, struct live_plan *plan, const struct plan *row)
{
    door_append(office, RECORD_KIND_PLAN, row);
    CHECK(office->loading != NULL || row->version == (plan == NULL ? 1 : plan->row.version + 1));
    if (plan == NULL)
        plan = new_plan(office, row);
    CHECK(id_equal(plan->row.id, row->id));
    if (plan->row.name != row->name)
        texts_free_block(plan->row.name);
    plan->row = *row;
    return plan;
}

void remove_plan(struct office *office, struct live_plan *plan)
{
    const struct plan row = {.id = plan->row.id};
    door_append_removed(office, RECORD_KIND_PLAN, &row);
    index_remove(&office->plan_by_id, plan);
    texts_free_block(plan->row.name);
    pool_give(&office->plans, plan);
}

/* The tables' to keep. */
void put_plan_piece(struct office *office, const struct live_plan *plan,
                    const struct plan_piece *row)
{
    CHECK(id_equal(plan->row.id, row->plan_id));
    CHECK(row->position >= 0 && row->position < plan->row.piece_count);
    door_append(office, RECORD_KIND_PLAN_PIECE, row);
}

void remove_plan_piece(struct office *office, const struct live_plan *plan, int64_t position)
{
    const struct plan_piece row = {.plan_id = plan->row.id, .position = position};
    door_append_removed(office, RECORD_KIND_PLAN_PIECE, &row);
}
