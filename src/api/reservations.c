/* Holding seats: those that the body names, or the best. */
#include "api/ask.h"
#include "api/handlers.h"
#include "json/body.h"

/* That of a body whose fields are good each. */
static void check_wanted(struct body_object *root, const struct call *call)
{
    const struct best_wanted *best = &call->in.reservation_hold.best;
    const bool by_place = body_has_key(root, "seats");
    if (body_has_key(root, "seatIds") + by_place + body_has_key(root, "bestAvailable") != 1)
        body_error(root, NULL, "must have one of seatIds, seats and bestAvailable");
    if (by_place != body_has_key(root, "planVersion"))
        body_error(root, "planVersion",
                   by_place ? "is missing: seats are places of a plan" : "goes with seats alone");
    if (best->count > 0 && best->wheelchairs > best->count) {
        const struct body_path part = {.parent = root->path, .key = "bestAvailable"};
        const struct body_path path = {.parent = &part, .key = "wheelchairs"};
        body_error_at(root->body, &path, "must not be more than count");
    }
}

void post_reservations(struct enquiry *enquiry)
{
    if (ask_call_checked(enquiry, check_wanted) != NULL)
        enquiry_submit(enquiry, ask_answer);
}
