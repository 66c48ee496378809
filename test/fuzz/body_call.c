/* See body_call.h. */
#include "body_call.h"

#include "fuzz.h"
#include "record/email.h"
#include "record/text.h"

/* ---- Bounds ---- */

/* One line of `min`..`max` characters. */
static void check_text(const char *text, size_t min, size_t max)
{
    size_t count;
    CHECK(text != NULL && utf8_count(text, strlen(text), &count));
    CHECK(count >= min && count <= max);
    struct text_problem problem;
    size_t trimmed;
    CHECK(text_is_line(text, &problem) && text_trim(text, &trimmed) == text);
    CHECK(trimmed == strlen(text));
    for (; *text != '\0'; text++)
        CHECK((unsigned char)*text >= ' ' && *text != 0x7f);
}

/* Several lines. */
static void check_prose(const char *text, size_t max)
{
    size_t count;
    CHECK(text != NULL && utf8_count(text, strlen(text), &count) && count <= max);
    for (; *text != '\0'; text++)
        CHECK(((unsigned char)*text >= ' ' && *text != 0x7f) || *text == '\n' || *text == '\t');
}

/* One that is kept, or, for an account that is there already, was kept by the old rule. */
static void check_email(const char *email, const char *mailbox)
{
    CHECK(email != NULL && strlen(email) <= 254 && mailbox != NULL && strlen(mailbox) <= 254);
    const char *at = strchr(email, '@');
    CHECK(at != NULL && at > email && at[1] != '\0' && strchr(at + 1, '@') == NULL);
    for (; *email != '\0'; email++)
        CHECK((unsigned char)*email > ' ' && (*email < 'A' || *email > 'Z'));
}

static void check_new_email(const char *email, const char *mailbox)
{
    struct email again;
    check_email(email, mailbox);
    CHECK(email_read(email, EMAIL_NEW, &again) == RESULT_OK);
    CHECK(strcmp(again.address, email) == 0 && strcmp(again.mailbox, mailbox) == 0);
}

static void check_time(timestamp_ms time)
{
    CHECK(time >= TIMESTAMP_MIN_MS && time < TIMESTAMP_END_MS);
}

static void check_number(int64_t number, int64_t min, int64_t max)
{
    CHECK(number >= min && number <= max);
}

static void check_queue_change(const struct queue_change *change)
{
    if (change->has_open_at)
        check_time(change->open_at);
    if (change->has_join_opens_at && change->join_opens_at != 0)
        check_time(change->join_opens_at);
    if (change->has_max_active)
        check_number(change->max_active, 1, 1000000);
    if (change->has_admit_per_second)
        check_number(change->admit_per_second, 1, 1000000);
    if (change->has_silent_seconds)
        check_number(change->silent_seconds, 10, 86400);
    if (change->has_active_seconds)
        check_number(change->active_seconds, 10, 86400);
    if (change->has_wait_seconds)
        check_number(change->wait_seconds, 10, 86400);
}

static void check_concert(const struct call *call)
{
    const bool whole = call->verb == VERB_CONCERT_CREATE;
    if (whole || call->in.concert.title != NULL)
        check_text(call->in.concert.title, 1, 200);
    if (whole || call->in.concert.description != NULL)
        check_prose(call->in.concert.description, 10000);
    if (whole || call->in.concert.reservation_open_at != 0)
        check_time(call->in.concert.reservation_open_at);
    if (whole || call->in.concert.reservation_close_at != 0)
        check_time(call->in.concert.reservation_close_at);
}

static void check_seat_ids(const struct id *ids, size_t count)
{
    CHECK(count >= 1);
    for (size_t i = 0; i < count; i++) {
        CHECK(!id_is_none(ids[i]));
        for (size_t k = 0; k < i; k++)
            CHECK(!id_equal(ids[i], ids[k]));
    }
}

static void check_places(const struct call *call)
{
    CHECK(call->in.reservation_hold.seat_ids == NULL);
    check_number(call->in.reservation_hold.plan_version, 0, INT64_C(1) << 53);
    for (size_t i = 0; i < call->in.reservation_hold.seat_count; i++) {
        check_number(call->in.reservation_hold.places[i], 0, 199999);
        for (size_t k = 0; k < i; k++)
            CHECK(call->in.reservation_hold.places[i] != call->in.reservation_hold.places[k]);
    }
}

static void check_told(const struct texts_to_tell *texts)
{
    check_text(texts->ko, 1, 160);
    check_text(texts->en, 1, 160);
}

static void check_best(const struct best_wanted *best)
{
    check_number(best->count, 1, 100);
    check_number(best->wheelchairs, 0, best->count);
    if (best->section != NULL)
        check_text(best->section, 1, SEAT_TEXT_CHARACTERS_MAX);
    if (best->grade != NULL)
        check_text(best->grade, 1, SEAT_TEXT_CHARACTERS_MAX);
}

static void check_user_change(const struct user_change *change)
{
    if (change->name != NULL)
        check_text(change->name, 1, 100);
    if (change->email != NULL)
        check_new_email(change->email, change->mailbox);
    CHECK(change->password_hash == NULL || change->verified_hash != NULL);
    CHECK(change->email == NULL || change->verified_hash != NULL);
}

void check_call(const struct call *call)
{
    const enum verb verb = call->verb;
    if (verb == VERB_SIGN_IN_FIND)
        check_email(call->in.sign_in_find.email, call->in.sign_in_find.mailbox);
    else if (verb == VERB_USER_REGISTER) {
        check_text(call->in.user_register.name, 1, 100);
        check_new_email(call->in.user_register.email, call->in.user_register.mailbox);
        CHECK(strcmp(call->in.user_register.password_hash, GIVEN_HASH) == 0);
    } else if (verb == VERB_USER_ENSURE) {
        check_text(call->in.user_register.name, 1, 100);
        check_text(call->in.user_register.external_id, 1, 100);
        CHECK(call->in.user_register.password_hash == NULL);
        if (call->in.user_register.email != NULL)
            check_new_email(call->in.user_register.email, call->in.user_register.mailbox);
    } else if (verb == VERB_SESSION_GRANT || verb == VERB_HANDOVER_MAKE)
        CHECK(!id_is_none(call->in.session_open.user_id));
    else if (verb == VERB_USER_CHANGE)
        check_user_change(&call->in.user_change);
    else if (verb == VERB_BUYER_CHANGE) {
        if (call->in.buyer_change.name != NULL)
            check_text(call->in.buyer_change.name, 1, 100);
        if (call->in.buyer_change.email != NULL)
            check_new_email(call->in.buyer_change.email, call->in.buyer_change.mailbox);
    } else if (verb == VERB_USER_ERASE)
        CHECK(call->in.user_erase.verified_hash != NULL);
    else if (verb == VERB_POINTS_CHARGE) {
        check_number(call->in.points_charge.amount, 1, 10000000);
        if (call->in.points_charge.reference != NULL)
            check_text(call->in.points_charge.reference, 1, 100);
    } else if (verb == VERB_POINTS_ADJUST) {
        check_number(call->in.points_charge.amount, -10000000, 10000000);
        CHECK(!id_is_none(call->in.points_charge.user_id));
        check_text(call->in.points_charge.reference, 1, 100);
        check_text(call->in.points_charge.reason, 1, 200);
    } else if (verb == VERB_CONCERT_CREATE || verb == VERB_CONCERT_CHANGE)
        check_concert(call);
    else if (verb == VERB_ROUND_CHANGE) {
        if (call->in.round.start_time != 0)
            check_time(call->in.round.start_time);
        for (size_t i = 0; i < call->in.round.price_count; i++)
            check_number(call->in.round.prices[i].number, 0, 100000000);
    } else if (verb == VERB_ROUND_MOVE) {
        check_time(call->in.round.start_time);
        check_time(call->in.round.free_cancel_until);
        check_told(&call->in.round.reason.texts);
    } else if (verb == VERB_ROUND_CANCEL) {
        if (call->in.round.reason.texts.ko != NULL)
            check_told(&call->in.round.reason.texts);
    } else if (verb == VERB_SEATS_BLOCK || verb == VERB_SEATS_UNBLOCK)
        check_seat_ids(call->in.seats_block.seat_ids, call->in.seats_block.seat_count);
    else if (verb == VERB_INCIDENT_MAKE) {
        check_number(call->in.incident.add_seconds, 30, 3600);
        check_text(call->in.incident.note, 1, 200);
    } else if (verb == VERB_NOTICE_SET) {
        check_told(&call->in.notice.texts);
        CHECK(call->in.notice.has_level);
        if (call->in.notice.has_until)
            check_time(call->in.notice.until);
    } else if (verb == VERB_QUEUE_CHANGE)
        check_queue_change(&call->in.queue_change);
    else if (verb == VERB_RESERVATION_HOLD) {
        CHECK(!id_is_none(call->in.reservation_hold.round_id));
        if (call->in.reservation_hold.seat_count == 0)
            check_best(&call->in.reservation_hold.best);
        else if (call->in.reservation_hold.places != NULL)
            check_places(call);
        else
            check_seat_ids(call->in.reservation_hold.seat_ids,
                           call->in.reservation_hold.seat_count);
    } else if (verb == VERB_PAYMENT_MAKE)
        CHECK(!id_is_none(call->in.reservation.reservation_id));
}

static void check_seat_text(const char *text)
{
    if (text != NULL)
        check_text(text, 1, SEAT_TEXT_CHARACTERS_MAX);
}

void check_plan(const struct round_plan *plan)
{
    check_time(plan->start_time);
    CHECK(plan->seat_count >= 1 && plan->seat_count <= 200000);
    for (size_t i = 0; i < plan->seat_count; i++) {
        const struct seat_plan *seat = &plan->seats[i];
        check_text(seat->seat_number, 1, SEAT_TEXT_CHARACTERS_MAX);
        check_seat_text(seat->section);
        check_seat_text(seat->row);
        check_seat_text(seat->number);
        check_seat_text(seat->grade);
        check_number(seat->price, 0, 100000000);
        CHECK(!seat->placed ||
              (seat->x >= -1e6 && seat->x <= 1e6 && seat->y >= -1e6 && seat->y <= 1e6));
    }
}

/* ---- Answers ---- */

#define NOW INT64_C(1795341600000)
static const struct id some_id = {{1, 2, 3}};

static void give_record(struct call *call, const struct record *record)
{
    call->record = record_copy(record);
    CHECK(call->record != NULL);
}

static void give_user(struct call *call, const char *name, const char *email)
{
    const struct record record = {
        .kind = RECORD_KIND_USER,
        .as.user = {.id = some_id,
                    .name = name == NULL ? "a name" : name,
                    .email = email,
                    .password_hash = GIVEN_HASH,
                    .created_at = NOW},
    };
    give_record(call, &record);
}

static void give_concert(struct call *call)
{
    const char *title = call->in.concert.title, *description = call->in.concert.description;
    const struct record record = {
        .kind = RECORD_KIND_CONCERT,
        .as.concert = {.id = some_id,
                       .title = title == NULL ? "a title" : title,
                       .description = description == NULL ? "" : description,
                       .reservation_open_at = call->in.concert.reservation_open_at,
                       .reservation_close_at = call->in.concert.reservation_close_at},
    };
    give_record(call, &record);
}

static void give_entry(struct call *call)
{
    const struct record record = {
        .kind = RECORD_KIND_POINT_ENTRY,
        .as.point_entry = {.id = some_id,
                           .user_id = call->in.points_charge.user_id,
                           .amount = call->in.points_charge.amount,
                           .reference = call->in.points_charge.reference,
                           .reason = call->in.points_charge.reason,
                           .created_at = NOW},
    };
    give_record(call, &record);
}

static void give_incident(struct call *call)
{
    const struct record record = {
        .kind = RECORD_KIND_INCIDENT,
        .as.incident = {.id = some_id,
                        .caller_id = some_id,
                        .add_seconds = call->in.incident.add_seconds,
                        .note = call->in.incident.note,
                        .created_at = NOW},
    };
    give_record(call, &record);
}

static void grant(struct call *call)
{
    const enum verb verb = call->verb;
    if (verb == VERB_USER_REGISTER || verb == VERB_USER_ENSURE)
        give_user(call, call->in.user_register.name, call->in.user_register.email);
    else if (verb == VERB_USER_CHANGE)
        give_user(call, call->in.user_change.name, call->in.user_change.email);
    else if (verb == VERB_BUYER_CHANGE)
        give_user(call, call->in.buyer_change.name, call->in.buyer_change.email);
    else if (verb == VERB_SIGN_IN_FIND || verb == VERB_USER_PASSWORD_GET)
        give_user(call, NULL, NULL);
    else if (verb == VERB_SESSION_OPEN || verb == VERB_SESSION_GRANT ||
             verb == VERB_HANDOVER_MAKE || verb == VERB_HANDOVER_REDEEM) {
        give_user(call, NULL, NULL);
        call->out.session = (struct session){.id = some_id, .expires_at = NOW + 5000};
    } else if (verb == VERB_POINTS_CHARGE || verb == VERB_POINTS_ADJUST)
        give_entry(call);
    else if (verb == VERB_CONCERT_CREATE || verb == VERB_CONCERT_CHANGE)
        give_concert(call);
    else if (verb == VERB_INCIDENT_MAKE)
        give_incident(call);
    else if (verb == VERB_PAYMENT_MAKE) {
        call->out.payment =
            (struct payment){.id = some_id, .reservation_id = call->in.reservation.reservation_id};
    } else
        return; /* nothing, or zeroes that can be shown */
}

/* A refusal with everything that any refusal may tell. */
static void refuse(struct call *call, enum refusal refusal)
{
    call->refusal = refusal;
    call->detail = (struct refusal_detail){
        .limit = 4,
        .already_held = 3,
        .seat_index = 1,
        .balance = 5,
        .required = INT64_MAX,
        .payment_id = some_id,
        .reservation_status = RESERVATION_STATUS_EXPIRED,
    };
    if (refusal == REFUSAL_SEAT_UNAVAILABLE)
        call->out.conflicts = (struct seat_conflicts){
            .count = 2, .seats = {{some_id, 0, "A-1"}, {some_id, 199999, "A-2"}}};
}

void answer_call(struct call *call, uint8_t choice)
{
    const unsigned granted = 128; /* half of the choices */
    call->created = true;
    const enum refusal refusal = (enum refusal)(1 + choice % (REFUSAL_COUNT - 1));
    if (choice < granted || refusal_schema(refusal)->by == REFUSAL_BY_HTTP)
        grant(call);
    else
        refuse(call, refusal);
}
