/* Seats that are blocked, or put back, by their ids or by what they have. A section may have
 * 200,000 seats: they go to the office a thousand at a time, each a commit of its own, so that
 * others are served between. Broken off, what was done stays, and asked again it goes on. */
#include "api/ask.h"
#include "api/handlers.h"
#include "api/idempotency.h"
#include "api/problem.h"
#include "api/reply.h"
#include "api/service.h"
#include "api/shown_plan.h"
#include "base/check.h"

#include <string.h>

/* What is asked for, and how far it is. */
struct seat_selection {
    struct block_wanted wanted;
    bool found;  /* the round was there, and is not over */
    size_t next; /* place in seat order from which seats were not looked at; SIZE_MAX: none */
    struct seat_changes changes;
    struct seat_refusal refused[BLOCK_SEAT_IDS_MAX]; /* the first of them */
    struct id slice[BLOCK_SEAT_IDS_MAX];
    size_t slice_count;
};

static bool is_selected(const struct block_wanted *wanted, const struct seat *seat)
{
    return (wanted->section == NULL || same_plan_text(wanted->section, seat->section)) &&
           (wanted->row == NULL || same_plan_text(wanted->row, seat->row)) &&
           (wanted->grade == NULL || same_plan_text(wanted->grade, seat->grade));
}

/* A round's seats stay in their places, whichever snapshot they are read from. */
static void take_slice(struct enquiry *enquiry, struct seat_selection *selection)
{
    const struct round_snapshot *round = engine_round(enquiry->api->engine, enquiry->path.id);
    selection->slice_count = 0;
    selection->found = round != NULL;
    if (round == NULL)
        return;
    const struct seat_map *map = round->map;
    size_t at = selection->next;
    for (; at < map->seat_count && selection->slice_count < BLOCK_SEAT_IDS_MAX; at++)
        if (is_selected(&selection->wanted, &map->seats[at]))
            selection->slice[selection->slice_count++] = map->seats[at].id;
    selection->next = at < map->seat_count ? at : SIZE_MAX;
    engine_round_release(round);
}

/* Seats past those that are named are counted. */
static void add_changes(struct seat_selection *selection, const struct seat_changes *changes)
{
    struct seat_changes *all = &selection->changes;
    all->changed += changes->changed;
    all->refused_seats += changes->refused_seats;
    for (size_t i = 0; i < changes->refused_count && all->refused_count < BLOCK_SEAT_IDS_MAX; i++)
        selection->refused[all->refused_count++] = changes->refused[i];
}

static void move_slice(struct enquiry *enquiry);

static void answer_selected(struct enquiry *enquiry)
{
    struct seat_selection *selection = enquiry->work;
    if (problem_of_call(enquiry))
        return;
    if (!selection->found) {
        problem_answer(enquiry, REFUSAL_NOT_FOUND);
        return;
    }
    add_changes(selection, &enquiry->request.call.out.seats_block);
    if (selection->next != SIZE_MAX) {
        move_slice(enquiry);
        return;
    }
    selection->changes.refused = selection->refused;
    object_write(reply_begin(enquiry), OBJECT_seat_changes, &selection->changes, NULL);
    reply_private(enquiry, STATUS_OK);
}

/* Asks for seats of the slice, which may be none: the office says who may, and whether there is
 * such a round. */
static void move_slice(struct enquiry *enquiry)
{
    struct seat_selection *selection = enquiry->work;
    take_slice(enquiry, selection);
    struct call *call = enquiry_call(enquiry, enquiry->route->verb);
    call->in.seats_block.round_id = enquiry->path.id;
    call->in.seats_block.seat_ids = selection->slice;
    call->in.seats_block.seat_count = selection->slice_count;
    enquiry_submit(enquiry, answer_selected);
}

static void move_named(struct enquiry *enquiry, const struct block_wanted *wanted)
{
    struct call *call = enquiry_call(enquiry, enquiry->route->verb);
    call->in.seats_block.round_id = enquiry->path.id;
    call->in.seats_block.seat_ids = wanted->ids;
    call->in.seats_block.seat_count = wanted->id_count;
    enquiry_submit(enquiry, ask_answer);
}

void ask_for_seats(struct enquiry *enquiry)
{
    struct seat_selection *selection = ask_work(enquiry, sizeof *selection);
    struct body_object root;
    if (selection == NULL)
        return;
    struct block_wanted *wanted = &selection->wanted;
    ask_read(enquiry, wanted, &root);
    const bool named = wanted->id_count > 0;
    const bool told = wanted->section != NULL || wanted->row != NULL || wanted->grade != NULL;
    if (body_good(&enquiry->body) && named == told)
        body_error_says(&root, NULL, RULE_ONE_OF,
                        "must have either seatIds, or some of section, row and grade");
    if (!ask_read_end(enquiry, &root))
        return;
    if (named) {
        move_named(enquiry, wanted);
        return;
    }
    idempotency_forget(enquiry);
    move_slice(enquiry);
}
