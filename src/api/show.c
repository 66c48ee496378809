/* See show.h. Fields that a row has in common with its object are written from schema.def; a field
 * appended there stays unseen until it is named here. */
#include "api/show.h"

#include "base/check.h"

#include <string.h>

static void show_time(struct json_writer *writer, const struct field_schema *field,
                      timestamp_ms time, const struct shown_clock *clock)
{
    CHECK(field->time != TIME_DEADLINE || clock != NULL);
    json_write_time(writer, field->time == TIME_DEADLINE ? shown_deadline(clock, time) : time);
}

/* `clock` may be NULL where there is no deadline. */
static void show_field(struct json_writer *writer, const struct field_schema *field,
                       const void *value, const struct shown_clock *clock)
{
    struct id id;
    double real;
    json_write_key(writer, field->json);
    switch (field->type) {
    case FIELD_ID:
        memcpy(&id, value, sizeof id);
        json_write_id(writer, record_schema(field->id_of)->prefix, id);
        return;
    case FIELD_TEXT:
        json_write_text(writer, field_text(value));
        return;
    case FIELD_INT:
        json_write_integer(writer, field_integer(value));
        return;
    case FIELD_TIME:
        show_time(writer, field, field_integer(value), clock);
        return;
    case FIELD_ENUM:
        json_write_text(writer, field->texts[field_number(value)]);
        return;
    case FIELD_BOOL:
        json_write_boolean(writer, *(const bool *)value);
        return;
    case FIELD_REAL:
        memcpy(&real, value, sizeof real);
        json_write_real(writer, real);
        return;
    case FIELD_SECRET:
        break;
    }
    UNREACHABLE("a field that is never shown");
}

/* Writes the named fields of an entity's struct; `names` ends with NULL and is in schema order. */
static void show_fields(struct json_writer *writer, enum record_kind kind, const void *entity,
                        const char *const *names, const struct shown_clock *clock)
{
    const struct entity_schema *schema = record_schema(kind);
    for (size_t i = 0; i < schema->field_count && *names != NULL; i++) {
        const struct field_schema *field = &schema->fields[i];
        if (strcmp(field->json, *names) != 0)
            continue;
        show_field(writer, field, (const uint8_t *)entity + field->offset, clock);
        names++;
    }
    CHECK(*names == NULL);
}

static void show_object(struct json_writer *writer, enum record_kind kind, const void *entity,
                        const char *const *names)
{
    json_write_object_begin(writer);
    show_fields(writer, kind, entity, names, NULL);
    json_write_object_end(writer);
}

void show_user(struct json_writer *writer, const struct user *user)
{
    static const char *const names[] = {"id",         "name",      "email", "role",
                                        "externalId", "createdAt", NULL};
    show_object(writer, RECORD_KIND_USER, user, names);
}

void show_points(struct json_writer *writer, const struct point_account *account)
{
    static const char *const names[] = {"userId", "balance", "lastUpdated", NULL};
    show_object(writer, RECORD_KIND_POINT_ACCOUNT, account, names);
}

void show_entry(struct json_writer *writer, const struct point_entry *entry)
{
    static const char *const names[] = {"id",        "userId",    "kind",      "amount", "balance",
                                        "reference", "paymentId", "createdAt", NULL};
    show_object(writer, RECORD_KIND_POINT_ENTRY, entry, names);
}

void show_concert(struct json_writer *writer, const struct concert *concert)
{
    static const char *const names[] = {
        "id", "title", "description", "reservationOpenAt", "reservationCloseAt", NULL};
    show_object(writer, RECORD_KIND_CONCERT, concert, names);
}

void show_round(struct json_writer *writer, const struct concert_round *round, int64_t available)
{
    static const char *const names[] = {"id",     "concertId",    "startTime",
                                        "status", "totalSeatCnt", NULL};
    json_write_object_begin(writer);
    show_fields(writer, RECORD_KIND_CONCERT_ROUND, round, names, NULL);
    json_write_key(writer, "availableSeatCnt");
    json_write_integer(writer, available);
    json_write_object_end(writer);
}

static void show_coordinate(struct json_writer *writer, const char *key, const struct seat *seat,
                            double value)
{
    json_write_key(writer, key);
    if (seat->placed)
        json_write_real(writer, value);
    else
        json_write_null(writer);
}

void show_seat(struct json_writer *writer, const struct seat *seat, enum seat_status status)
{
    static const char *const names[] = {"id",     "concertRoundId", "seatNumber", "section", "row",
                                        "number", "grade",          "price",      NULL};
    json_write_object_begin(writer);
    show_fields(writer, RECORD_KIND_SEAT, seat, names, NULL);
    json_write_key(writer, "status");
    json_write_text(writer, seat_status_texts[status]);
    show_coordinate(writer, "x", seat, seat->x);
    show_coordinate(writer, "y", seat, seat->y);
    json_write_key(writer, "accessible");
    json_write_boolean(writer, seat->accessible);
    json_write_object_end(writer);
}

static void show_estimate(struct json_writer *writer, const struct wait_estimate *estimate)
{
    json_write_key(writer, "estimatedWaitSeconds");
    if (!estimate->known) {
        json_write_null(writer);
        return;
    }
    json_write_object_begin(writer);
    json_write_key(writer, "low");
    json_write_integer(writer, estimate->low_seconds);
    json_write_key(writer, "high");
    json_write_integer(writer, estimate->high_seconds);
    json_write_object_end(writer);
}

void show_token(struct json_writer *writer, const struct token_view *view,
                const struct shown_clock *clock)
{
    static const char *const names[] = {"id",       "userId",     "status",    "number", "reason",
                                        "issuedAt", "activateAt", "expiresAt", NULL};
    json_write_object_begin(writer);
    show_fields(writer, RECORD_KIND_QUEUE_TOKEN, &view->token, names, clock);
    json_write_key(writer, "ahead");
    json_write_integer(writer, view->ahead);
    show_estimate(writer, &view->estimate);
    json_write_key(writer, "pollAfterMs");
    if (view->poll_after_ms == 0)
        json_write_null(writer);
    else
        json_write_integer(writer, view->poll_after_ms);
    json_write_object_end(writer);
}

void show_reservation(struct json_writer *writer, const struct reservation_view *view,
                      const struct shown_clock *clock)
{
    static const char *const names[] = {
        "id",        "userId",     "roundId",   "status",          "amount",       "usedPoints",
        "paymentId", "reservedAt", "expiresAt", "refundableUntil", "cancelReason", NULL};
    const struct seat_reservation *reservation = &view->reservation;
    const char *seat_prefix = record_schema(RECORD_KIND_SEAT)->prefix;
    json_write_object_begin(writer);
    show_fields(writer, RECORD_KIND_SEAT_RESERVATION, reservation, names, clock);
    json_write_key(writer, "concertId");
    json_write_id(writer, record_schema(RECORD_KIND_CONCERT)->prefix, view->concert_id);
    json_write_key(writer, "cancelledAt");
    json_write_time(
        writer, reservation->status == RESERVATION_STATUS_CANCELLED ? reservation->ended_at : 0);
    json_write_key(writer, "seats");
    json_write_array_begin(writer);
    for (size_t i = 0; i < view->seat_count; i++) {
        json_write_object_begin(writer);
        json_write_key(writer, "seatId");
        json_write_id(writer, seat_prefix, view->seats[i].seat_id);
        json_write_key(writer, "seatNumber");
        json_write_text(writer, view->seats[i].seat_number);
        json_write_key(writer, "price");
        json_write_integer(writer, view->seats[i].price);
        json_write_object_end(writer);
    }
    json_write_array_end(writer);
    json_write_object_end(writer);
}

void show_payment(struct json_writer *writer, const struct payment *payment)
{
    static const char *const names[] = {"id",     "userId", "reservationId", "amount",
                                        "status", "paidAt", "cancelledAt",   NULL};
    show_object(writer, RECORD_KIND_PAYMENT, payment, names);
}

void show_queue(struct json_writer *writer, const struct queue_view *view)
{
    static const char *const statuses[] = {
        [QUEUE_STATUS_SCHEDULED] = "scheduled",
        [QUEUE_STATUS_OPEN] = "open",
        [QUEUE_STATUS_PAUSED] = "paused",
        [QUEUE_STATUS_CLOSED] = "closed",
    };
    const struct {
        const char *key;
        int64_t value;
    } numbers[] = {
        {"serving", view->serving},
        {"lastNumber", view->last_number},
        {"waiting", view->waiting},
        {"active", view->active},
        {"maxActive", view->max_active},
        {"admitPerSecond", view->admit_per_second},
        {"silentSeconds", view->silent_seconds},
        {"activeSeconds", view->active_seconds},
        {"waitSeconds", view->wait_seconds},
    };
    json_write_object_begin(writer);
    json_write_key(writer, "status");
    json_write_text(writer, statuses[view->status]);
    json_write_key(writer, "openAt");
    json_write_time(writer, view->open_at);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        json_write_key(writer, numbers[i].key);
        json_write_integer(writer, numbers[i].value);
    }
    show_estimate(writer, &view->estimate);
    json_write_object_end(writer);
}
