/* See compare.h. Looks into the office's own state, as its audit does. */
#include "compare.h"

#include "office/catalogue.h"
#include "office/reservation.h"
#include "office/state.h"
#include "office/stored_plan.h"
#include "office/token.h"
#include "office/user.h"

#include <string.h>

static bool same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* One by one: structs have gaps and texts lie elsewhere. */
bool compare_rows(const struct record *a, const struct record *b)
{
    const struct entity_schema *schema = record_schema(a->kind);
    static const size_t bytes[] = {
        [FIELD_ID] = ID_BYTES,         [FIELD_TEXT] = 0,
        [FIELD_INT] = sizeof(int64_t), [FIELD_TIME] = sizeof(int64_t),
        [FIELD_ENUM] = sizeof(int),    [FIELD_BOOL] = sizeof(bool),
        [FIELD_REAL] = sizeof(double), [FIELD_SECRET] = SECRET_BYTES,
    };
    for (size_t i = 0; i < schema->field_count; i++) {
        const struct field_schema *field = &schema->fields[i];
        const void *left = record_field(a, field), *right = record_field(b, field);
        if (field->type == FIELD_TEXT) {
            const char *texts[2];
            memcpy(&texts[0], left, sizeof texts[0]);
            memcpy(&texts[1], right, sizeof texts[1]);
            if (!same_text(texts[0], texts[1]))
                return false;
        } else if (memcmp(left, right, bytes[field->type]) != 0) {
            return false;
        }
    }
    return true;
}

/* What memory must hold of a row that was journalled. */
enum expected {
    EXPECT_ABSENT,
    EXPECT_EITHER, /* it has ended or its round is over: the office may have forgotten it */
    EXPECT_PRESENT,
};

static bool round_has_left(const struct office *office, struct id round_id)
{
    const struct live_round *round = round_find(office, round_id);
    return round != NULL && (round->seats == NULL || round->leaving);
}

static enum expected expected_reservation(const struct office *office,
                                          const struct seat_reservation *row)
{
    if (row->status == RESERVATION_STATUS_PENDING)
        return EXPECT_PRESENT;
    return row->status == RESERVATION_STATUS_CONFIRMED && !round_has_left(office, row->round_id)
               ? EXPECT_PRESENT
               : EXPECT_EITHER;
}

static enum expected expectation(const struct office *office, const struct ledger *ledger,
                                 const struct record *image)
{
    if (image->deleted)
        return EXPECT_ABSENT;
    const struct record *reservation;
    const enum record_kind kind = image->kind;
    if (kind == RECORD_KIND_SEAT)
        return round_has_left(office, image->as.seat.concert_round_id) ? EXPECT_EITHER
                                                                       : EXPECT_PRESENT;
    if (kind == RECORD_KIND_QUEUE_TOKEN)
        return image->as.queue_token.status == TOKEN_STATUS_EXPIRED ? EXPECT_EITHER
                                                                    : EXPECT_PRESENT;
    if (kind == RECORD_KIND_PAYMENT) {
        reservation =
            ledger_find_id(ledger, RECORD_KIND_SEAT_RESERVATION, image->as.payment.reservation_id);
        return expected_reservation(office, &reservation->as.seat_reservation);
    }
    if (kind == RECORD_KIND_TICKET) {
        reservation =
            ledger_find_id(ledger, RECORD_KIND_SEAT_RESERVATION, image->as.ticket.reservation_id);
        return expected_reservation(office, &reservation->as.seat_reservation);
    }
    if (kind == RECORD_KIND_SEAT_RESERVATION)
        return expected_reservation(office, &image->as.seat_reservation);
    if (kind == RECORD_KIND_INCIDENT || kind == RECORD_KIND_ACTION ||
        kind == RECORD_KIND_PLAN_PIECE)
        return EXPECT_ABSENT;
    if (kind == RECORD_KIND_POINT_ENTRY || kind == RECORD_KIND_RESERVATION_SEAT)
        return EXPECT_EITHER;
    return EXPECT_PRESENT;
}

/* The live row with an image's key; `live` is made from it. False: it is not in memory. */
#define COPY_ROW(name, finder, member, row)                                                        \
    {                                                                                              \
        const struct live_##name *found = finder(office, image->as.member.id);                     \
        if (found != NULL)                                                                         \
            live->as.member = row;                                                                 \
        return found != NULL;                                                                      \
    }

static bool find_key(const struct office *office, const struct record *image, struct record *live)
{
    const struct idempotency_key *row = &image->as.idempotency_key;
    const struct live_key *key = user_key(office, user_find(office, row->user_id), row->key_hash);
    if (key != NULL)
        live->as.idempotency_key = key->row;
    return key != NULL;
}

static bool find_reset(const struct office *office, const struct record *image, struct record *live)
{
    const struct live_reset *reset = reset_find(office, image->as.password_reset.user_id);
    if (reset != NULL)
        live->as.password_reset = reset->row;
    return reset != NULL;
}

static bool find_entry(const struct office *office, const struct record *image, struct record *live)
{
    const struct point_entry *row = &image->as.point_entry;
    const struct live_reference *reference =
        row->reference == NULL ? NULL : reference_find(office, row->caller_id, row->reference);
    if (reference != NULL)
        live->as.point_entry = reference->row;
    return reference != NULL;
}

static bool find_held_seat(const struct office *office, const struct record *image,
                           struct record *live)
{
    const struct reservation_seat *row = &image->as.reservation_seat;
    const struct live_reservation *reservation = reservation_find(office, row->reservation_id);
    if (reservation == NULL)
        return false;
    const struct held_seat *held = reservation_seats(office, reservation);
    for (int64_t i = 0; i < row->position && held != NULL; i++)
        held = held_seat_next(office, held);
    if (held != NULL)
        live->as.reservation_seat = held_seat_row(reservation, row->position, held);
    return held != NULL;
}

static bool find_ticket(const struct office *office, const struct record *image,
                        struct record *live)
{
    const struct live_reservation *reservation =
        reservation_find(office, image->as.ticket.reservation_id);
    const struct held_seat *held =
        reservation == NULL ? NULL : reservation_seats(office, reservation);
    for (; held != NULL; held = held_seat_next(office, held)) {
        const struct live_ticket *ticket = held_seat_ticket(office, held);
        if (ticket == NULL || !id_equal(ticket->id, image->as.ticket.id))
            continue;
        live->as.ticket = ticket_row(office, reservation, held);
        return true;
    }
    return false;
}

bool compare_find(const struct office *office, const struct record *image, struct record *live,
                  struct hash_text *hash)
{
    switch (image->kind) {
    case RECORD_KIND_HOUSE:
        live->as.house = office->house;
        return true;
    case RECORD_KIND_USER:
        COPY_ROW(user, user_find, user, user_row(found, hash))
    case RECORD_KIND_SESSION:
        COPY_ROW(session, session_find, session, session_row(office, found))
    case RECORD_KIND_POINT_ACCOUNT:
        live->as.point_account = account_row(user_find(office, image->as.point_account.user_id));
        return true;
    case RECORD_KIND_CONCERT:
        COPY_ROW(concert, concert_find, concert, found->row)
    case RECORD_KIND_CONCERT_ROUND:
        COPY_ROW(round, round_find, concert_round, found->row)
    case RECORD_KIND_SEAT:
        COPY_ROW(seat, seat_find, seat, found->row)
    case RECORD_KIND_QUEUE_TOKEN:
        COPY_ROW(token, token_find, queue_token, token_row(office, found))
    case RECORD_KIND_PAYMENT:
        COPY_ROW(payment, payment_find, payment, found->row)
    case RECORD_KIND_SEAT_RESERVATION:
        COPY_ROW(reservation, reservation_find, seat_reservation, found->row)
    case RECORD_KIND_IDEMPOTENCY_KEY:
        return find_key(office, image, live);
    case RECORD_KIND_API_KEY:
        COPY_ROW(api_key, api_key_find, api_key, found->row)
    case RECORD_KIND_PASSWORD_RESET:
        return find_reset(office, image, live);
    case RECORD_KIND_RESERVATION_SEAT:
        return find_held_seat(office, image, live);
    case RECORD_KIND_TICKET:
        return find_ticket(office, image, live);
    case RECORD_KIND_POINT_ENTRY:
        return find_entry(office, image, live);
    case RECORD_KIND_PLAN:
        COPY_ROW(plan, plan_find, plan, found->row)
    case RECORD_KIND_NOTICE:
        live->as.notice = office->notice;
        return id_equal(office->notice.id, image->as.notice.id);
    case RECORD_KIND_INCIDENT: /* never */
    case RECORD_KIND_ACTION:
    case RECORD_KIND_PLAN_PIECE:
    case RECORD_KIND_COUNT:
        break;
    }
    return false;
}

/* The seats of a reservation in memory are those that were journalled with it. */
static bool same_seats(const struct office *office, const struct ledger *ledger,
                       const struct live_reservation *reservation)
{
    const struct held_seat *held = reservation_seats(office, reservation);
    for (size_t i = 0; i <= SEATS_PER_RESERVATION_MAX; i++) {
        const struct record_key key =
            record_key_of_reservation_seat(reservation->row.id, (int64_t)i);
        const struct record *link = ledger_find(ledger, RECORD_KIND_RESERVATION_SEAT, &key);
        if (link == NULL)
            return reservation->seat_count == i && held == NULL;
        if (held == NULL || held->price != link->as.reservation_seat.price ||
            held->seat != seat_find(office, link->as.reservation_seat.seat_id))
            return false;
        held = held_seat_next(office, held);
    }
    return false;
}

bool compare_with_ledger(const struct office *office, const struct ledger *ledger,
                         struct explanation *why)
{
    size_t users = 0, sessions = 0;
    for (size_t i = 0; i < ledger->row_count; i++) {
        const struct record *image = ledger->rows[i].image;
        struct record live = {.kind = image->kind};
        const enum expected expected = expectation(office, ledger, image);
        /* The house row is journalled when its batch settles; before, memory is ahead of it. */
        if (image->kind == RECORD_KIND_HOUSE && office->house_owed)
            continue;
        struct hash_text hash;
        const bool found = compare_find(office, image, &live, &hash);
        const char *table = record_schema(image->kind)->table;
        users += image->kind == RECORD_KIND_USER;
        sessions += image->kind == RECORD_KIND_SESSION && !image->deleted;
        if (found ? expected == EXPECT_ABSENT : expected == EXPECT_PRESENT) {
            (void)explain(why, RESULT_CORRUPT, "a %s is %s memory", table,
                          found ? "still in" : "not in");
            return false;
        }
        if (found && !compare_rows(image, &live)) {
            (void)explain(why, RESULT_CORRUPT, "a %s in memory is not what was written", table);
            return false;
        }
        if (found && image->kind == RECORD_KIND_SEAT_RESERVATION &&
            !same_seats(office, ledger, reservation_find(office, image->as.seat_reservation.id))) {
            (void)explain(why, RESULT_CORRUPT, "a reservation in memory has other seats");
            return false;
        }
    }
    if (users == office->users.taken && sessions == office->sessions.taken)
        return true;
    (void)explain(why, RESULT_CORRUPT, "memory has rows that were never written");
    return false;
}
