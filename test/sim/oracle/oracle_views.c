/* Answers held against rows: what a caller is shown. */
#include "oracle/oracle_model.h"

#include <string.h>

/* ---- One object ---- */

void view_record(struct oracle *oracle, const struct call *call, const struct row *row)
{
    const struct field_schema *field;
    if (call->refusal != REFUSAL_NONE || oracle->objected)
        return;
    if (call->record == NULL || call->record->kind != row->image.kind)
        object_to(oracle, 0, "%s does not answer with %s", verb_name(call->verb),
                  row_name(row).text);
    else if ((field = first_difference(call->record, &row->image)) != NULL)
        object_to(oracle, invariant_of_field(row->image.kind, field),
                  "%s answers %s with a wrong %s", verb_name(call->verb), row_name(row).text,
                  field->column);
}

#define POLL_LEAST_MS 1000
#define POLL_MOST_MS 60000
#define POLL_ACTIVE_MS 5000

/* A second near the front, at most a minute far back, and never over half of silentSeconds - but
 * for that second. */
static bool poll_is_right(const struct oracle *oracle, const struct token_view *view)
{
    const int64_t half_silent_ms = oracle->house->image.as.house.silent_seconds * SECOND_MS / 2;
    switch (view->token.status) {
    case TOKEN_STATUS_WAITING:
        if (view->ahead == 0)
            return view->poll_after_ms == POLL_LEAST_MS;
        return view->poll_after_ms >= POLL_LEAST_MS && view->poll_after_ms <= POLL_MOST_MS &&
               (view->poll_after_ms <= half_silent_ms || view->poll_after_ms == POLL_LEAST_MS);
    case TOKEN_STATUS_ACTIVE:
        return view->poll_after_ms == POLL_ACTIVE_MS;
    case TOKEN_STATUS_EXPIRED:
        break;
    }
    return view->poll_after_ms == 0;
}

#define MEASURED_MS MINUTE_MS

/* Unknown unless the door is open, seats that it could buy are left, and somebody was let in during
 * the last minute; a second more or less is the server's. What it estimates is its own to say, as a
 * range. */
static bool estimate_is_right(struct oracle *oracle, const struct token_view *view,
                              const struct row *token)
{
    const struct wait_estimate *estimate = &view->estimate;
    const int64_t since_ms = oracle->now.house - oracle->last_admission;
    const bool open = door_status(oracle) == QUEUE_STATUS_OPEN && is_on_sale(oracle, token) &&
                      !is_sold_out(oracle, token);
    if (view->token.status != TOKEN_STATUS_WAITING)
        return !estimate->known;
    if (estimate->known)
        return open && since_ms <= MEASURED_MS + SECOND_MS && estimate->low_seconds >= 0 &&
               estimate->low_seconds <= estimate->high_seconds;
    return !open || since_ms > MEASURED_MS - SECOND_MS;
}

/* Exact for one who is present. One who is silent is passed over at the turn and comes back when
 * heard, so that nobody can say how many will be before. */
static bool ahead_is_right(struct oracle *oracle, const struct token_view *view,
                           const struct row *token)
{
    if (view->token.status != TOKEN_STATUS_WAITING)
        return view->ahead == 0;
    if (!token->of.token.present)
        return view->ahead >= 0 && view->ahead < oracle->waiting_count;
    return view->ahead == count_ahead(oracle, token);
}

void view_token(struct oracle *oracle, const struct call *call, const struct row *token)
{
    const struct token_view *view = &call->out.token;
    const struct record told = {.kind = RECORD_KIND_QUEUE_TOKEN, .as.queue_token = view->token};
    if (call->refusal != REFUSAL_NONE || oracle->objected)
        return;
    const struct field_schema *field = first_difference(&told, &token->image);
    sales_count(oracle);
    if (field != NULL)
        object_to(oracle, invariant_of_field(RECORD_KIND_QUEUE_TOKEN, field),
                  "%s answers %s with a wrong %s", verb_name(call->verb), row_name(token).text,
                  field->column);
    else if (!ahead_is_right(oracle, view, token))
        object_to(oracle, 6, "%s is told that %lld are ahead, where it is %lld",
                  row_name(token).text, (long long)view->ahead,
                  (long long)count_ahead(oracle, token));
    else if (view->sold_out !=
             (view->token.status == TOKEN_STATUS_WAITING && is_sold_out(oracle, token)))
        object_to(oracle, 6, "%s is told that all is %s", row_name(token).text,
                  view->sold_out ? "sold, where something is left" : "not sold, where it is");
    else if (!poll_is_right(oracle, view))
        object_to(oracle, 0, "%s is told to ask again after %lld ms", row_name(token).text,
                  (long long)view->poll_after_ms);
    else if (!estimate_is_right(oracle, view, token))
        object_to(oracle, 0, "%s is told an estimate that %s", row_name(token).text,
                  view->estimate.known ? "cannot be known" : "should be known");
}

static const struct field_schema *reservation_difference(const struct reservation_view *view,
                                                         const struct row *reservation)
{
    const struct record told = {.kind = RECORD_KIND_SEAT_RESERVATION,
                                .as.seat_reservation = view->reservation};
    return first_difference(&told, &reservation->image);
}

bool view_seats_are(const struct reservation_view *view, const struct row *reservation)
{
    const struct reservation_part *part = reservation->of.reservation;
    if (view->seat_count != part->seat_count ||
        !id_equal(view->concert_id, part->round->image.as.concert_round.concert_id))
        return false;
    for (size_t i = 0; i < part->seat_count; i++)
        if (!id_equal(view->seats[i].seat_id, part->seats[i]->image.as.seat.id) ||
            view->seats[i].price != part->prices[i] ||
            strcmp(view->seats[i].seat_number, part->seats[i]->image.as.seat.seat_number) != 0)
            return false;
    return true;
}

/* Of a round that was moved when the reservation was there already, and still. */
static bool was_moved(const struct row *reservation)
{
    const struct concert_round *round = &reservation->of.reservation->round->image.as.concert_round;
    const struct seat_reservation *own = &reservation->image.as.seat_reservation;
    const bool was_over = own->ended_at != 0 && own->ended_at < round->moved_at;
    return round->moved_at != 0 && round->moved_at >= own->reserved_at && !was_over;
}

/* It ended, and not with its round. */
static bool left_before(const struct seat_reservation *reservation)
{
    return (reservation->status == RESERVATION_STATUS_CANCELLED &&
            reservation->cancel_reason != CANCEL_REASON_ROUND_CANCELLED) ||
           reservation->status == RESERVATION_STATUS_EXPIRED;
}

timestamp_ms free_cancel_until(const struct row *reservation)
{
    return was_moved(reservation)
               ? reservation->of.reservation->round->image.as.concert_round.free_cancel_until
               : 0;
}

static bool reason_is_told(const struct row *reservation)
{
    const struct concert_round *round = &reservation->of.reservation->round->image.as.concert_round;
    const bool concerns = round->status == ROUND_STATUS_CANCELLED
                              ? !left_before(&reservation->image.as.seat_reservation)
                              : was_moved(reservation);
    return round->reason_en != NULL && concerns;
}

bool view_move_is(const struct reservation_view *view, const struct row *reservation)
{
    const struct concert_round *round = &reservation->of.reservation->round->image.as.concert_round;
    const bool moved = was_moved(reservation);
    const bool told = reason_is_told(reservation);
    if (view->moved_from != (moved ? round->moved_from : 0) ||
        view->free_cancel_until != free_cancel_until(reservation) || view->has_reason != told)
        return false;
    return !told || (strcmp(view->reason.texts.ko, round->reason_ko) == 0 &&
                     strcmp(view->reason.texts.en, round->reason_en) == 0);
}

bool reservation_view_is(const struct reservation_view *view, const struct row *reservation)
{
    return reservation_difference(view, reservation) == NULL && view_seats_are(view, reservation) &&
           view_tickets_are(view, reservation) && view_move_is(view, reservation);
}

void view_reservation(struct oracle *oracle, const struct call *call, const struct row *reservation)
{
    if (call->refusal != REFUSAL_NONE || oracle->objected)
        return;
    const struct field_schema *field = reservation_difference(&call->out.reservation, reservation);
    if (field != NULL)
        object_to(oracle, invariant_of_field(RECORD_KIND_SEAT_RESERVATION, field),
                  "%s answers %s with a wrong %s", verb_name(call->verb),
                  row_name(reservation).text, field->column);
    else if (!view_seats_are(&call->out.reservation, reservation))
        object_to(oracle, 1, "%s answers %s with wrong seats", verb_name(call->verb),
                  row_name(reservation).text);
    else if (!view_tickets_are(&call->out.reservation, reservation))
        object_to(oracle, 16, "%s answers %s with wrong tickets", verb_name(call->verb),
                  row_name(reservation).text);
    else if (!view_move_is(&call->out.reservation, reservation))
        object_to(oracle, 0, "%s answers %s with another move of its round, or reason",
                  verb_name(call->verb), row_name(reservation).text);
}

void view_payment(struct oracle *oracle, const struct call *call, const struct row *payment)
{
    const struct record told = {.kind = RECORD_KIND_PAYMENT, .as.payment = call->out.payment};
    if (call->refusal != REFUSAL_NONE || oracle->objected)
        return;
    const struct field_schema *field = first_difference(&told, &payment->image);
    if (field != NULL)
        object_to(oracle, 4, "%s answers %s with a wrong %s", verb_name(call->verb),
                  row_name(payment).text, field->column);
}

/* ---- What happened ---- */

/* A step that must be told, if there is a time for it, and then comes next. */
static bool step_is(const struct reservation_history *told, size_t *next, enum history_event event,
                    timestamp_ms at, struct id payment_id, int64_t amount)
{
    if (at == 0)
        return true;
    for (size_t i = 0; i < told->count; i++) {
        const struct history_step *step = &told->steps[i];
        if (step->event != event)
            continue;
        ++*next;
        return step->at == at && id_equal(step->payment_id, payment_id) && step->amount == amount;
    }
    return false;
}

static bool payments_are(const struct oracle *oracle, const struct row *reservation,
                         const struct reservation_history *told, size_t *count)
{
    const struct row_vector *rows = &oracle->of_kind[RECORD_KIND_PAYMENT];
    for (size_t i = 0; i < rows->count; i++) {
        const struct payment *payment = &rows->items[i]->image.as.payment;
        const bool failed = payment->status == PAYMENT_STATUS_FAILED;
        if (!rows->items[i]->there ||
            !id_equal(payment->reservation_id, reservation->image.as.seat_reservation.id))
            continue;
        if (!step_is(told, count, failed ? HISTORY_TRIED : HISTORY_PAID,
                     failed ? payment->created_at : payment->paid_at, payment->id,
                     payment->amount) ||
            !step_is(told, count, HISTORY_REFUNDED, payment->cancelled_at, payment->id,
                     payment->amount))
            return false;
    }
    return true;
}

/* What became of its round, as far as that concerns it. */
static bool round_steps_are(const struct row *reservation, const struct reservation_history *told,
                            size_t *count)
{
    const struct concert_round *round = &reservation->of.reservation->round->image.as.concert_round;
    if (told->has_reason != reason_is_told(reservation) ||
        (told->has_reason && (strcmp(told->reason.texts.ko, round->reason_ko) != 0 ||
                              strcmp(told->reason.texts.en, round->reason_en) != 0)))
        return false;
    for (size_t i = 0; i < told->count; i++)
        if (told->steps[i].event == HISTORY_MOVED &&
            (told->steps[i].moved_from != round->moved_from ||
             told->steps[i].free_cancel_until != round->free_cancel_until))
            return false;
    return !was_moved(reservation) ||
           step_is(told, count, HISTORY_MOVED, round->moved_at, ID_NONE, 0);
}

static bool history_is(const struct oracle *oracle, const struct row *reservation,
                       const struct reservation_history *told)
{
    const struct seat_reservation *row = &reservation->image.as.seat_reservation;
    const struct queue_token *token = &reservation->of.reservation->token->image.as.queue_token;
    const bool expired = row->status == RESERVATION_STATUS_EXPIRED;
    size_t count = 0;
    for (size_t i = 1; i < told->count; i++)
        if (told->steps[i - 1].at > told->steps[i].at)
            return false;
    return step_is(told, &count, HISTORY_JOINED, token->issued_at, ID_NONE, 0) &&
           step_is(told, &count, HISTORY_ADMITTED, token->activate_at, ID_NONE, 0) &&
           step_is(told, &count, HISTORY_HELD, row->reserved_at, ID_NONE, row->amount) &&
           step_is(told, &count, HISTORY_EXTENDED, row->extended_at, ID_NONE, 0) &&
           step_is(told, &count, expired ? HISTORY_EXPIRED : HISTORY_CANCELLED, row->ended_at,
                   ID_NONE, 0) &&
           round_steps_are(reservation, told, &count) &&
           payments_are(oracle, reservation, told, &count) && count == told->count;
}

static const struct row *reservation_asked(const struct oracle *oracle, const struct call *call)
{
    return row_find(oracle, RECORD_KIND_SEAT_RESERVATION, call->in.reservation.reservation_id);
}

void view_history(struct oracle *oracle, const struct call *call)
{
    const struct row *reservation = reservation_asked(oracle, call);
    if (reservation == NULL || !history_is(oracle, reservation, &call->out.history))
        object_to(oracle, 12, "the history of %s is another",
                  reservation == NULL ? "what is not there" : row_name(reservation).text);
}

void view_no_history(struct oracle *oracle, const struct call *call)
{
    const struct row *reservation = reservation_asked(oracle, call);
    if (reservation != NULL && !oracle->in_limbo)
        object_to(oracle, 12, "%s is said to have no history", row_name(reservation).text);
    cover(oracle, (enum coverage_verb)VERB_RESERVATION_HISTORY, STATE_UNKNOWN, REFUSAL_NOT_FOUND);
}

/* ---- What a round has sold, in parts ---- */

static bool same_text(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

#define NOT_IN_TIME (-1)

/* By the clocks of UTC, as the simulated people ask. NOT_IN_TIME: the parts are of grades or
 * sections. */
static timestamp_ms start_of(enum sales_by by, timestamp_ms at)
{
    if (by == SALES_BY_DAY)
        return at - at % DAY_MS;
    return by == SALES_BY_HOUR ? at - at % HOUR_MS : NOT_IN_TIME;
}

static bool is_in_part(const struct sales_breakdown *told, const struct sales_part *part,
                       const struct row *seat, timestamp_ms at)
{
    const struct seat *image = &seat->image.as.seat;
    const char *name = told->by == SALES_BY_GRADE ? image->grade : image->section;
    const timestamp_ms start = start_of(told->by, at);
    if (part == NULL)
        return true; /* of all */
    if (start != NOT_IN_TIME)
        return part->start == start;
    return (name == NULL && part->name == NULL) || same_text(name, part->name);
}

/* Counted anew from all payments. `part` NULL: all parts together. */
static struct sales_part count_part(const struct oracle *oracle, const struct sales_breakdown *told,
                                    const struct sales_part *part)
{
    const struct row_vector *payments = &oracle->of_kind[RECORD_KIND_PAYMENT];
    struct sales_part sum = {.sold = 0};
    for (size_t i = 0; i < payments->count; i++) {
        const struct payment *payment = &payments->items[i]->image.as.payment;
        if (!payments->items[i]->there || payment->status == PAYMENT_STATUS_FAILED)
            continue;
        const struct row *row = payments->items[i]->of.payment.reservation;
        const struct reservation_part *paid = row->of.reservation;
        for (size_t k = 0; k < paid->seat_count; k++) {
            if (!id_equal(row->image.as.seat_reservation.round_id, told->round_id))
                break;
            if (is_in_part(told, part, paid->seats[k], payment->paid_at)) {
                sum.sold++;
                sum.gross += paid->prices[k];
            }
            if (payment->status == PAYMENT_STATUS_CANCELLED &&
                is_in_part(told, part, paid->seats[k], payment->cancelled_at)) {
                sum.sold--;
                sum.refunded += paid->prices[k];
            }
        }
    }
    return sum;
}

void view_breakdown(struct oracle *oracle, const struct call *call)
{
    const struct sales_breakdown *told = &call->out.breakdown;
    struct sales_part all = count_part(oracle, told, NULL);
    for (size_t i = 0; i < told->count && !oracle->objected; i++) {
        const struct sales_part *part = &told->parts[i];
        const struct sales_part sum = count_part(oracle, told, part);
        if (part->sold != sum.sold || part->gross != sum.gross || part->refunded != sum.refunded ||
            part->net != sum.gross - sum.refunded)
            object_to(oracle, 4, "part %zu of what was sold by %s is another", i,
                      sales_by_texts[told->by]);
        all.sold -= sum.sold;
        all.gross -= sum.gross;
        all.refunded -= sum.refunded;
    }
    if (all.sold != 0 || all.gross != 0 || all.refunded != 0)
        object_to(oracle, 4, "the parts of what was sold by %s are not all",
                  sales_by_texts[told->by]);
}

void view_no_breakdown(struct oracle *oracle, const struct call *call)
{
    const struct row *round =
        row_find(oracle, RECORD_KIND_CONCERT_ROUND, call->in.sales_break_down.round_id);
    if (round != NULL && round->there && !oracle->in_limbo)
        object_to(oracle, 12, "%s is said to have sold nothing", row_name(round).text);
    cover(oracle, (enum coverage_verb)VERB_SALES_BREAK_DOWN, STATE_UNKNOWN, REFUSAL_NOT_FOUND);
}

/* ---- Deadlines ---- */

/* A deadline as far from the wall as from the house, give or take a second: so whoever counts by
 * the wall has the time that the house gives. What a reader answered may be from before a jump. */
void view_deadlines(struct oracle *oracle, const struct request *request)
{
    const struct call *call = &request->call;
    if (call->refusal != REFUSAL_NONE || oracle->objected || call_wants_list(call) ||
        call->look_up.state != LOOK_UP_NOT_ASKED)
        return;
    const int64_t left_ms = oracle->settings.hold_seconds * SECOND_MS;
    const timestamp_ms shown = shown_deadline(&request->shown_clock, oracle->now.house + left_ms);
    const int64_t wrong_ms = shown - oracle->now.wall - left_ms;
    if (wrong_ms < -SECOND_MS || wrong_ms > SECOND_MS)
        object_to(oracle, 0, "%s shows deadlines %lld ms from what the wall says",
                  verb_name(call->verb), (long long)wrong_ms);
}

/* ---- Pages ---- */

/* Rows that are looked at for one page; past it only what the page shows is judged, so that a
 * filter that hardly anything passes costs no more. */
#define PAGE_LOOKED_AT_MAX 4096

static int status_of(const struct record *image)
{
    const enum record_kind kind = image->kind;
    if (kind == RECORD_KIND_QUEUE_TOKEN)
        return (int)image->as.queue_token.status;
    if (kind == RECORD_KIND_PAYMENT)
        return (int)image->as.payment.status;
    if (kind == RECORD_KIND_SEAT_RESERVATION)
        return (int)image->as.seat_reservation.status;
    if (kind == RECORD_KIND_TICKET)
        return (int)image->as.ticket.status;
    if (kind == RECORD_KIND_SEAT)
        return (int)image->as.seat.status;
    return -1;
}

static struct id row_id(const struct row *row)
{
    const struct record_key key = record_key(&row->image);
    struct id id;
    memcpy(id.bytes, key.bytes, ID_BYTES);
    return id;
}

static bool is_of_user(const struct row *row, struct id user_id)
{
    return id_equal(row->image.kind == RECORD_KIND_USER ? row->image.as.user.id
                                                        : record_owner(&row->image),
                    user_id);
}

/* What the simulated people search for is in small letters. */
static bool has_part(const char *text, const char *part)
{
    const size_t length = strlen(part);
    for (; text != NULL && *text != '\0'; text++)
        if (strncasecmp(text, part, length) == 0)
            return true;
    return false;
}

static bool user_has_part(const struct row *user, const char *part)
{
    return has_part(user->image.as.user.name, part) || has_part(user->image.as.user.email, part);
}

static bool is_found(const struct row *row, const char *search)
{
    if (search == NULL)
        return true;
    if (row->image.kind == RECORD_KIND_USER)
        return user_has_part(row, search);
    const struct reservation_part *part = row->of.reservation;
    bool found = user_has_part(part->user, search);
    for (size_t i = 0; i < part->seat_count && !found; i++)
        found = has_part(part->seats[i]->image.as.seat.seat_number, search);
    return found;
}

static bool is_asked_for(const struct row *row, const struct record_query *query)
{
    const struct id id = row_id(row);
    if (!row->there || (!id_is_none(query->user_id) && !is_of_user(row, query->user_id)) ||
        (query->status.given && status_of(&row->image) != query->status.value))
        return false;
    if (query->kind == RECORD_KIND_SEAT_RESERVATION && !id_is_none(query->round_id) &&
        !id_equal(row->image.as.seat_reservation.round_id, query->round_id))
        return false;
    if (query->kind == RECORD_KIND_SEAT_RESERVATION && !id_is_none(query->concert_id) &&
        !id_equal(row->of.reservation->round->image.as.concert_round.concert_id, query->concert_id))
        return false;
    if (query->kind == RECORD_KIND_TICKET &&
        ((!id_is_none(query->round_id) &&
          !id_equal(row->image.as.ticket.round_id, query->round_id)) ||
         (!id_is_none(query->reservation_id) &&
          !id_equal(row->image.as.ticket.reservation_id, query->reservation_id))))
        return false;
    if (!is_found(row, query->search))
        return false;
    if (query->kind == RECORD_KIND_USER &&
        ((query->email != NULL && !same_text(row->image.as.user.email, query->email)) ||
         (query->external_id != NULL &&
          !same_text(row->image.as.user.external_id, query->external_id))))
        return false;
    if (query->kind == RECORD_KIND_USER && query->roles != 0 &&
        (query->roles >> row->image.as.user.role & 1) == 0)
        return false;
    if (query->kind == RECORD_KIND_PAYMENT && !id_is_none(query->of_round) &&
        !id_equal(row->of.payment.reservation->image.as.seat_reservation.round_id, query->of_round))
        return false;
    if (query->kind == RECORD_KIND_POINT_ENTRY &&
        ((query->entry_kind.given &&
          (int)row->image.as.point_entry.kind != query->entry_kind.value) ||
         (query->reference != NULL &&
          !same_text(row->image.as.point_entry.reference, query->reference))))
        return false;
    if (query->kind == RECORD_KIND_ACTION &&
        ((!id_is_none(query->actor_id) &&
          !id_equal(row->image.as.action.actor_id, query->actor_id)) ||
         (!id_is_none(query->subject_id) &&
          !id_equal(row->image.as.action.subject_id, query->subject_id)) ||
         (query->object != NULL && !same_text(row->image.as.action.object, query->object))))
        return false;
    return (query->from == 0 || id_time(id) >= query->from) &&
           (query->to == 0 || id_time(id) < query->to) &&
           (id_is_none(query->before) || id_compare(id, query->before) < 0);
}

static bool item_is(const struct record_page *page, size_t index, const struct row *row)
{
    if (page->reservations != NULL)
        return row->image.kind == RECORD_KIND_SEAT_RESERVATION &&
               reservation_view_is(&page->reservations[index], row);
    return page->records[index]->kind == row->image.kind && !page->records[index]->deleted &&
           first_difference(page->records[index], &row->image) == NULL;
}

/* Newest first, from the end of what was ever made. */
void view_page(struct oracle *oracle, const struct call *call)
{
    const struct record_query *query = &call->in.list;
    const struct record_page *page = &call->out.page;
    const struct row_vector *rows = &oracle->of_kind[query->kind];
    size_t shown = 0, looked_at = 0, i = rows->count;
    for (; i > 0 && looked_at < PAGE_LOOKED_AT_MAX && shown < query->limit; i--, looked_at++) {
        if (!is_asked_for(rows->items[i - 1], query))
            continue;
        if (shown >= page->count || !item_is(page, shown, rows->items[i - 1])) {
            object_to(oracle, 12, "item %zu of a page of %s should be %s", shown,
                      record_schema(query->kind)->table, row_name(rows->items[i - 1]).text);
            return;
        }
        shown++;
    }
    if (looked_at == PAGE_LOOKED_AT_MAX)
        return;
    bool more = false;
    for (; i > 0 && !more && looked_at < PAGE_LOOKED_AT_MAX; i--, looked_at++)
        more = is_asked_for(rows->items[i - 1], query);
    if (shown != page->count)
        object_to(oracle, 12, "a page of %s has %zu items, and should have %zu",
                  record_schema(query->kind)->table, page->count, shown);
    else if (looked_at < PAGE_LOOKED_AT_MAX && more != page->more &&
             !(page->more && query->search != NULL)) /* a search has more rows to look at */
        object_to(oracle, 12, "a page of %s says %s", record_schema(query->kind)->table,
                  page->more ? "there is more" : "there is no more");
}
