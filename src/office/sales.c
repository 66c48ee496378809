/* What a round has sold, as an organizer asks for it. The door keeps the sums (door_sale.c): no
 * reservation is looked at. */
#include "office/catalogue.h"
#include "office/state.h"
#include "office/verb_function.h"

enum refusal round_sales(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    const struct live_round *round = round_find(office, call->in.round.round_id);
    if (round == NULL || round_is_over(round))
        return REFUSAL_NOT_FOUND;
    CHECK(round->confirmed <= round->counts[SEAT_STATUS_SOLD]);
    call->out.sales = (struct round_sales){
        .round_id = round->row.id,
        .total_seat_cnt = round->row.total_seat_cnt,
        .available = round->counts[SEAT_STATUS_AVAILABLE],
        .held = round->counts[SEAT_STATUS_HELD],
        .sold = round->counts[SEAT_STATUS_SOLD],
        .blocked = round->counts[SEAT_STATUS_BLOCKED],
        .revenue = round->revenue,
        .refunds_pending = round->row.status == ROUND_STATUS_CANCELLED ? round->confirmed : 0,
    };
    return REFUSAL_NONE;
}
