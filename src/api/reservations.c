/* Holding seats, looking at a reservation, cancelling it. */
#include "api/handlers.h"
#include "api/problem.h"
#include "api/reply.h"

/* More ids than any reservation may have seats, so that the office's own limit is what refuses. */
#define SEAT_IDS_MAX 100

_Static_assert(SEAT_IDS_MAX > SEATS_PER_RESERVATION_MAX, "the office says seat_limit");

static const char *prefix_of(enum record_kind kind)
{
    return record_schema(kind)->prefix;
}

static void answer_reservation(struct enquiry *enquiry)
{
    if (problem_of_call(enquiry))
        return;
    object_write(reply_begin(enquiry), OBJECT_reservation, &enquiry->request.call.out.reservation,
                 &enquiry->request.shown_clock);
    reply_private(enquiry, STATUS_OK);
}

static void answer_held(struct enquiry *enquiry)
{
    if (problem_of_call(enquiry))
        return;
    const struct reservation_view *view = &enquiry->request.call.out.reservation;
    object_write(reply_begin(enquiry), OBJECT_reservation, view, &enquiry->request.shown_clock);
    reply_created(enquiry, "/v1/reservations", prefix_of(RECORD_KIND_SEAT_RESERVATION),
                  view->reservation.id);
}

static bool contains(const struct id *ids, size_t count, struct id id)
{
    for (size_t i = 0; i < count; i++)
        if (id_equal(ids[i], id))
            return true;
    return false;
}

/* Reads distinct seat ids; false: an error was added, or there is no memory (answered). */
static bool read_seat_ids(struct enquiry *enquiry, struct body_object *root,
                          const struct id **seat_ids, size_t *seat_count)
{
    const json_t *array;
    struct body_path path;
    if (!body_array(root, "seatIds", BODY_REQUIRED, 1, SEAT_IDS_MAX, &array, &path))
        return false;
    const size_t count = json_array_size(array);
    struct id *ids = exchange_allocate(&enquiry->exchange, count * sizeof *ids);
    if (ids == NULL) {
        problem_answer(enquiry, REFUSAL_CAPACITY);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const struct body_path element = {.parent = &path, .index = i};
        if (body_element_id(root->body, array, &element, prefix_of(RECORD_KIND_SEAT), &ids[i]) &&
            contains(ids, i, ids[i]))
            body_error_at(root->body, &element, "stands there twice");
    }
    *seat_ids = ids;
    *seat_count = count;
    return true;
}

void post_reservations(struct enquiry *enquiry)
{
    struct id round_id;
    const struct id *seat_ids = NULL;
    size_t seat_count = 0;
    struct body_object root;
    body_root(&enquiry->body, &root);
    (void)body_id(&root, "roundId", BODY_REQUIRED, prefix_of(RECORD_KIND_CONCERT_ROUND), &round_id);
    (void)read_seat_ids(enquiry, &root, &seat_ids, &seat_count);
    body_close(&root);
    if (enquiry_answered(enquiry))
        return;
    if (!body_good(&enquiry->body)) {
        problem_body(enquiry, REFUSAL_INVALID_FIELD);
        return;
    }
    struct call *call = enquiry_call(enquiry, VERB_RESERVATION_HOLD);
    call->in.reservation_hold.round_id = round_id;
    call->in.reservation_hold.seat_ids = seat_ids;
    call->in.reservation_hold.seat_count = seat_count;
    enquiry_submit(enquiry, answer_held);
}

void get_reservation(struct enquiry *enquiry)
{
    enquiry_call(enquiry, VERB_RESERVATION_GET)->in.reservation.reservation_id = enquiry->path.id;
    enquiry_submit(enquiry, answer_reservation);
}

void post_reservation_cancel(struct enquiry *enquiry)
{
    enquiry_call(enquiry, VERB_RESERVATION_CANCEL)->in.reservation.reservation_id =
        enquiry->path.id;
    enquiry_submit(enquiry, answer_reservation);
}
