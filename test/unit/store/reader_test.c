/* Lists and look-ups: the tables merged with the rows that are not booked, at every place where the
 * border between the two can lie. */
#include "scene.h"

#include "chance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct store_reader *open_reader(struct fixture *fixture)
{
    struct store_reader *reader;
    if (store_reader_open(fixture->store, &reader, &fixture->explanation) != RESULT_OK)
        fail_msg("%s", fixture->explanation.text);
    return reader;
}

/* ---- History ---- */

static struct look_up look_up(struct fixture *fixture, struct look_up wanted)
{
    struct store_reader *reader = open_reader(fixture);
    wanted.state = LOOK_UP_WANTED;
    assert_int_equal(store_reader_look_up(reader, &wanted), RESULT_OK);
    assert_int_equal(wanted.as_of_seq, fixture->seq);
    store_reader_close(reader);
    return wanted;
}

static void check_purchase(struct fixture *fixture, const struct scene *scene,
                           const struct person *person, const struct seat_reservation *reservation,
                           const struct payment *payment)
{
    struct look_up found =
        look_up(fixture, (struct look_up){.kind = RECORD_KIND_QUEUE_TOKEN, .id = person->token.id});
    assert_int_equal(found.state, LOOK_UP_FOUND);
    assert_int_equal(found.record->as.queue_token.reason, TOKEN_REASON_FINISHED);
    look_up_release(&found);

    found = look_up(fixture,
                    (struct look_up){.kind = RECORD_KIND_SEAT_RESERVATION, .id = reservation->id});
    assert_int_equal(found.state, LOOK_UP_FOUND);
    assert_non_null(found.view);
    assert_true(id_equal(found.view->reservation.id, reservation->id));
    assert_int_equal(found.view->reservation.status, RESERVATION_STATUS_CONFIRMED);
    assert_true(id_equal(found.view->reservation.payment_id, payment->id));
    assert_int_equal(found.view->reservation.expires_at, reservation->expires_at);
    assert_true(id_equal(found.view->concert_id, scene->concert.id));
    assert_int_equal(found.view->seat_count, 1);
    assert_true(id_equal(found.view->seats[0].seat_id, scene->seats[2].id));
    assert_string_equal(found.view->seats[0].seat_number, "A-1-3");
    assert_int_equal(found.view->seats[0].price, SCENE_PRICE);
    look_up_release(&found);

    found = look_up(fixture, (struct look_up){.kind = RECORD_KIND_PAYMENT, .id = payment->id});
    assert_int_equal(found.state, LOOK_UP_FOUND);
    assert_int_equal(found.record->as.payment.amount, SCENE_PRICE);
    look_up_release(&found);

    found =
        look_up(fixture, (struct look_up){.kind = RECORD_KIND_PAYMENT, .id = fixture_id(fixture)});
    assert_int_equal(found.state, LOOK_UP_ABSENT);
    assert_null(found.record);
}

static void a_purchase_is_found_booked_or_not(void **state)
{
    struct fixture *fixture = *state;
    struct scene scene;
    struct person person;
    scene_open(&scene, fixture);
    book_all(fixture);
    scene_join(&scene, &person, "buyer");
    scene_admit(&scene, &person, NOW + 1);
    struct seat_reservation reservation = scene_hold(&scene, &person, 2, NOW + 2);
    const struct payment payment = scene_pay(&scene, &person, &reservation, 2, NOW + 3);
    scene_end_token(&scene, &person, TOKEN_REASON_FINISHED, NOW + 3);
    check_purchase(fixture, &scene, &person, &reservation, &payment);
    book_all(fixture);
    check_purchase(fixture, &scene, &person, &reservation, &payment);
}

static struct id charge(struct fixture *fixture, struct id user, struct id caller,
                        const char *reference)
{
    const struct id id = fixture_id(fixture);
    append_one(fixture, &(struct record){.kind = RECORD_KIND_POINT_ENTRY,
                                         .as.point_entry = {.id = id,
                                                            .user_id = user,
                                                            .amount = 1,
                                                            .balance = 1,
                                                            .reference = reference,
                                                            .caller_id = caller,
                                                            .created_at = NOW}});
    return id;
}

static void check_reference(struct fixture *fixture, struct id caller, const char *reference,
                            struct id expected)
{
    struct look_up found = look_up(fixture, (struct look_up){.kind = RECORD_KIND_POINT_ENTRY,
                                                             .caller_id = caller,
                                                             .reference = reference});
    if (id_is_none(expected)) {
        assert_int_equal(found.state, LOOK_UP_ABSENT);
    } else {
        assert_int_equal(found.state, LOOK_UP_FOUND);
        assert_true(id_equal(found.record->as.point_entry.id, expected));
    }
    look_up_release(&found);
}

static void references_belong_to_their_callers(void **state)
{
    struct fixture *fixture = *state;
    struct record people[2];
    for (size_t i = 0; i < 2; i++) {
        people[i] = user_row(fixture_id(fixture), "somebody", NULL);
        append_one(fixture, &people[i]);
    }
    const struct id first = people[0].as.user.id, second = people[1].as.user.id;
    const struct id own = charge(fixture, first, first, "invoice-1");
    const struct id by_second = charge(fixture, first, second, "invoice-1");
    const struct id without = charge(fixture, first, first, NULL);
    assert_false(id_is_none(without));
    for (int booked = 0; booked < 2; booked++) {
        check_reference(fixture, first, "invoice-1", own);
        check_reference(fixture, second, "invoice-1", by_second);
        check_reference(fixture, first, "invoice-2", ID_NONE);
        check_reference(fixture, second, "", ID_NONE);
        book_all(fixture);
    }
}

/* ---- Lists against a model ---- */

#define MODEL_ROWS_MAX 600
#define MODEL_USERS 3
#define MODEL_ROUNDS 2

/* Every row that was ever written, as it is now. */
struct model {
    struct fixture *fixture;
    struct chance chance;
    struct record rows[MODEL_ROWS_MAX];
    size_t count;
    struct id users[MODEL_USERS], rounds[MODEL_ROUNDS], concerts[MODEL_ROUNDS], token;
    struct id seats[MODEL_ROUNDS];
    timestamp_ms now;
};

static struct id model_id(struct model *model)
{
    return id_next(&model->fixture->ids, model->now);
}

static void model_put(struct model *model, size_t index)
{
    batch_add(model->fixture, &model->rows[index]);
}

static void model_add(struct model *model, const struct record *record)
{
    assert_true(model->count < MODEL_ROWS_MAX);
    model->rows[model->count] = *record;
    model_put(model, model->count++);
}

static const char *some_email(struct model *model)
{
    static const char *const emails[] = {NULL, "a@example.com", "b@example.com"};
    return emails[chance_below(&model->chance, 3)];
}

static void model_open(struct model *model, struct fixture *fixture)
{
    *model = (struct model){.fixture = fixture, .chance = {.state = 21}, .now = NOW};
    for (size_t i = 0; i < MODEL_USERS; i++) {
        model->users[i] = model_id(model);
        const struct record user =
            user_row(model->users[i], i == 0 ? "Somebody" : "anybody", some_email(model));
        model_add(model, &user);
    }
    for (size_t i = 0; i < MODEL_ROUNDS; i++) {
        model->concerts[i] = model_id(model);
        batch_add(fixture,
                  &(struct record){
                      .kind = RECORD_KIND_CONCERT,
                      .as.concert = {.id = model->concerts[i], .title = "", .description = ""}});
        model->rounds[i] = model_id(model);
        batch_add(fixture,
                  &(struct record){.kind = RECORD_KIND_CONCERT_ROUND,
                                   .as.concert_round = {.id = model->rounds[i],
                                                        .concert_id = model->concerts[i]}});
        model->seats[i] = model_id(model);
        const struct record seat = {.kind = RECORD_KIND_SEAT,
                                    .as.seat = {.id = model->seats[i],
                                                .concert_round_id = model->rounds[i],
                                                .position = 1000,
                                                .seat_number = i == 0 ? "A-Last" : "last"}};
        model_add(model, &seat);
    }
    model->token = model_id(model);
    const struct record token = {
        .kind = RECORD_KIND_QUEUE_TOKEN,
        .as.queue_token = {.id = model->token, .user_id = model->users[0]}};
    model_add(model, &token);
    batch_append(fixture);
}

static void add_some_reservation(struct model *model, struct id user)
{
    const size_t round = chance_below(&model->chance, MODEL_ROUNDS);
    const struct record reservation = {
        .kind = RECORD_KIND_SEAT_RESERVATION,
        .as.seat_reservation = {.id = model_id(model),
                                .user_id = user,
                                .round_id = model->rounds[round],
                                .token_id = model->token,
                                .status =
                                    (enum reservation_status)chance_below(&model->chance, 4)}};
    model_add(model, &reservation);
    batch_add(model->fixture,
              &(struct record){
                  .kind = RECORD_KIND_RESERVATION_SEAT,
                  .as.reservation_seat = {.reservation_id = reservation.as.seat_reservation.id,
                                          .seat_id = model->seats[round]}});
}

/* One that failed, or one that its reservation names from the same batch on. */
static void add_some_payment(struct model *model)
{
    size_t at = chance_below(&model->chance, model->count);
    while (at < model->count && (model->rows[at].kind != RECORD_KIND_SEAT_RESERVATION ||
                                 !id_is_none(model->rows[at].as.seat_reservation.payment_id)))
        at++;
    if (at == model->count)
        return; /* none that is not paid */
    struct seat_reservation *paid = &model->rows[at].as.seat_reservation;
    const bool failed = chance_percent(&model->chance, 30);
    const struct record payment = {
        .kind = RECORD_KIND_PAYMENT,
        .as.payment = {.id = model_id(model),
                       .user_id = paid->user_id,
                       .reservation_id = paid->id,
                       .status = failed ? PAYMENT_STATUS_FAILED : PAYMENT_STATUS_SUCCEEDED}};
    model_add(model, &payment);
    if (failed)
        return;
    paid->payment_id = payment.as.payment.id;
    model_put(model, at);
}

static void add_something(struct model *model)
{
    static const char *const references[] = {NULL, "order 1", "order 2"};
    const struct id user = model->users[chance_below(&model->chance, MODEL_USERS)];
    struct record record = {.kind = RECORD_KIND_PAYMENT};
    switch (chance_below(&model->chance, 5)) {
    case 0:
        add_some_payment(model);
        return;
    case 1:
        record.kind = RECORD_KIND_QUEUE_TOKEN;
        record.as.queue_token = (struct queue_token){.id = model_id(model), .user_id = user};
        break;
    case 2:
        record.kind = RECORD_KIND_POINT_ENTRY;
        record.as.point_entry =
            (struct point_entry){.id = model_id(model),
                                 .user_id = user,
                                 .caller_id = user,
                                 .kind = (enum entry_kind)chance_below(&model->chance, 4),
                                 .reference = references[chance_below(&model->chance, 3)]};
        break;
    case 3:
        record.kind = RECORD_KIND_SEAT;
        record.as.seat = (struct seat){
            .id = model_id(model),
            .concert_round_id = model->rounds[chance_below(&model->chance, MODEL_ROUNDS)],
            .position = (int64_t)chance_below(&model->chance, 20),
            .seat_number = "any"};
        break;
    default:
        add_some_reservation(model, user);
        return;
    }
    model_add(model, &record);
}

static void change_something(struct model *model)
{
    const size_t index = chance_below(&model->chance, model->count);
    struct record *record = &model->rows[index];
    if (record->deleted)
        return;
    const enum record_kind kind = record->kind;
    if (kind == RECORD_KIND_USER) {
        record->as.user.email = some_email(model);
        record->as.user.external_id = chance_percent(&model->chance, 50) ? "shop 1" : NULL;
    } else if (kind == RECORD_KIND_SEAT)
        record->as.seat.status = (enum seat_status)chance_below(&model->chance, 4);
    else if (kind == RECORD_KIND_SEAT_RESERVATION)
        record->as.seat_reservation.status =
            (enum reservation_status)chance_below(&model->chance, 4);
    else if (kind == RECORD_KIND_QUEUE_TOKEN)
        record->as.queue_token.status = (enum token_status)chance_below(&model->chance, 3);
    else if (kind == RECORD_KIND_PAYMENT && record->as.payment.status == PAYMENT_STATUS_SUCCEEDED)
        record->as.payment.status = PAYMENT_STATUS_CANCELLED;
    else if (kind == RECORD_KIND_PAYMENT)
        return; /* it is at its end */
    else if (kind == RECORD_KIND_POINT_ENTRY)
        record->deleted = true;
    else
        fail();
    model_put(model, index);
}

static struct id id_of(const struct record *record)
{
    struct id id;
    memcpy(id.bytes, record_field(record, &record_schema(record->kind)->fields[0]), ID_BYTES);
    return id;
}

static int status_of(const struct record *record)
{
    const enum record_kind kind = record->kind;
    if (kind == RECORD_KIND_SEAT_RESERVATION)
        return (int)record->as.seat_reservation.status;
    if (kind == RECORD_KIND_QUEUE_TOKEN)
        return (int)record->as.queue_token.status;
    if (kind == RECORD_KIND_PAYMENT)
        return (int)record->as.payment.status;
    return -1;
}

static struct id round_of(const struct record *record)
{
    return record->kind == RECORD_KIND_SEAT_RESERVATION ? record->as.seat_reservation.round_id
                                                        : ID_NONE;
}

/* The round of a payment's reservation. */
static bool is_paid_in(const struct model *model, const struct record *payment, struct id round_id)
{
    for (size_t i = 0; i < model->count; i++)
        if (model->rows[i].kind == RECORD_KIND_SEAT_RESERVATION &&
            id_equal(model->rows[i].as.seat_reservation.id, payment->as.payment.reservation_id))
            return id_equal(model->rows[i].as.seat_reservation.round_id, round_id);
    return false;
}

static size_t round_at(const struct model *model, const struct record *reservation)
{
    return id_equal(reservation->as.seat_reservation.round_id, model->rounds[0]) ? 0 : 1;
}

/* The first user alone is somebody, and the first round's seat alone is in row A. */
static bool is_found(const struct model *model, const struct record *record, const char *search)
{
    if (search == NULL)
        return true;
    if (strcmp(search, "a-la") == 0)
        return record->kind == RECORD_KIND_SEAT_RESERVATION && round_at(model, record) == 0;
    assert_string_equal(search, "some");
    return id_equal(record->kind == RECORD_KIND_USER ? id_of(record) : record_owner(record),
                    model->users[0]);
}

static bool has_text(const char *held, const char *text)
{
    return text == NULL || (held != NULL && strcmp(held, text) == 0);
}

static bool wanted(const struct model *model, const struct record_query *query,
                   const struct record *record)
{
    const struct id id = id_of(record);
    const struct id owner = record->kind == RECORD_KIND_USER ? id : record_owner(record);
    if (record->deleted || record->kind != query->kind)
        return false;
    if (!id_is_none(query->user_id) && !id_equal(query->user_id, owner))
        return false;
    if (!id_is_none(query->round_id) && !id_equal(query->round_id, round_of(record)))
        return false;
    if (!id_is_none(query->concert_id) &&
        !id_equal(query->concert_id, model->concerts[round_at(model, record)]))
        return false;
    if (!is_found(model, record, query->search))
        return false;
    if (query->status.given && query->status.value != status_of(record))
        return false;
    if (record->kind == RECORD_KIND_USER &&
        (!has_text(record->as.user.email, query->email) ||
         !has_text(record->as.user.external_id, query->external_id)))
        return false;
    if (!id_is_none(query->of_round) && !is_paid_in(model, record, query->of_round))
        return false;
    if (query->entry_kind.given && query->entry_kind.value != (int)record->as.point_entry.kind)
        return false;
    if (record->kind == RECORD_KIND_POINT_ENTRY &&
        !has_text(record->as.point_entry.reference, query->reference))
        return false;
    return id_time(id) >= query->from && (query->to == 0 || id_time(id) < query->to) &&
           (id_is_none(query->before) || id_compare(id, query->before) < 0);
}

static int compare_rows(const void *left, const void *right)
{
    const struct record *const *a = left, *const *b = right;
    return id_compare(id_of(*b), id_of(*a));
}

static void check_row(const struct model *model, const struct record_page *page, size_t index,
                      const struct record *expected)
{
    if (page->reservations == NULL) {
        assert_true(id_equal(id_of(page->records[index]), id_of(expected)));
        assert_int_equal(status_of(page->records[index]), status_of(expected));
        return;
    }
    const struct reservation_view *view = &page->reservations[index];
    assert_true(id_equal(view->reservation.id, id_of(expected)));
    assert_int_equal(view->reservation.status, status_of(expected));
    const size_t round = round_at(model, expected);
    assert_true(id_equal(view->concert_id, model->concerts[round]));
    assert_int_equal(view->seat_count, 1);
    assert_string_equal(view->seats[0].seat_number, round == 0 ? "A-Last" : "last");
}

static void check_list(struct model *model, struct store_reader *reader,
                       const struct record_query *query)
{
    static const struct record *expected[MODEL_ROWS_MAX];
    size_t count = 0;
    struct record_page page;
    for (size_t i = 0; i < model->count; i++)
        if (wanted(model, query, &model->rows[i]))
            expected[count++] = &model->rows[i];
    qsort(expected, count, sizeof expected[0], compare_rows);
    assert_int_equal(store_reader_list(reader, query, &page), RESULT_OK);
    assert_int_equal(page.count, count < query->limit ? count : query->limit);
    if (query->search == NULL || count > query->limit)
        assert_int_equal(page.more, count > query->limit);
    if (page.more)
        assert_true(id_equal(page.last, id_of(expected[query->limit - 1])));
    for (size_t i = 0; i < page.count; i++)
        check_row(model, &page, i, expected[i]);
    record_page_release(&page);
}

static void ask_something(struct model *model, struct store_reader *reader)
{
    static const enum record_kind kinds[] = {RECORD_KIND_USER, RECORD_KIND_QUEUE_TOKEN,
                                             RECORD_KIND_SEAT_RESERVATION, RECORD_KIND_PAYMENT,
                                             RECORD_KIND_POINT_ENTRY};
    struct chance *chance = &model->chance;
    struct record_query query = {.kind =
                                     kinds[chance_below(chance, sizeof kinds / sizeof kinds[0])],
                                 .limit = 1 + chance_below(chance, 30)};
    if (query.kind == RECORD_KIND_SEAT_RESERVATION && chance_percent(chance, 50))
        query.round_id = model->rounds[chance_below(chance, MODEL_ROUNDS)];
    if (query.kind == RECORD_KIND_SEAT_RESERVATION && chance_percent(chance, 30))
        query.concert_id = model->concerts[chance_below(chance, MODEL_ROUNDS)];
    if ((query.kind == RECORD_KIND_SEAT_RESERVATION || query.kind == RECORD_KIND_USER) &&
        chance_percent(chance, 30))
        query.search = chance_percent(chance, 50) ? "a-la" : "some";
    if (chance_percent(chance, 50))
        query.user_id = model->users[chance_below(chance, MODEL_USERS)];
    if (query.kind == RECORD_KIND_QUEUE_TOKEN || query.kind == RECORD_KIND_SEAT_RESERVATION)
        query.status = (struct wanted_value){.given = chance_percent(chance, 75),
                                             .value = (int)chance_below(chance, 3)};
    if (query.kind == RECORD_KIND_USER && chance_percent(chance, 50))
        query.email = "a@example.com";
    if (query.kind == RECORD_KIND_USER && chance_percent(chance, 30))
        query.external_id = "shop 1";
    if (query.kind == RECORD_KIND_PAYMENT && chance_percent(chance, 50))
        query.of_round = model->rounds[chance_below(chance, MODEL_ROUNDS)];
    if (query.kind == RECORD_KIND_POINT_ENTRY && chance_percent(chance, 50))
        query.entry_kind = (struct wanted_value){
            .given = true, .value = (int)chance_below(chance, ENTRY_KIND_ADJUSTMENT + 1)};
    if (query.kind == RECORD_KIND_POINT_ENTRY && chance_percent(chance, 30))
        query.reference = "order 1";
    if (chance_percent(chance, 30))
        query.from = NOW + (timestamp_ms)chance_below(chance, 100);
    if (chance_percent(chance, 30))
        query.to = NOW + (timestamp_ms)chance_below(chance, 100);
    if (chance_percent(chance, 30))
        query.before = id_of(&model->rows[chance_below(chance, model->count)]);
    check_list(model, reader, &query);
}

static void lists_agree_with_a_model(void **state)
{
    static struct model model;
    model_open(&model, *state);
    for (size_t step = 0; step < 150; step++) {
        model.now = NOW + (timestamp_ms)step;
        for (size_t i = chance_below(&model.chance, 5); i > 0; i--)
            add_something(&model);
        for (size_t i = chance_below(&model.chance, 4); i > 0; i--)
            change_something(&model);
        if (model.fixture->batch_count > 0)
            batch_append(model.fixture);
        if (chance_percent(&model.chance, 20))
            book_all(model.fixture);
        struct store_reader *reader = open_reader(model.fixture);
        for (size_t i = 0; i < 20; i++)
            ask_something(&model, reader);
        store_reader_close(reader);
    }
}

/* Following the cursor shows every row once, whichever side of the border it is on. */
static void pages_follow_each_other(void **state)
{
    struct fixture *fixture = *state;
    const struct record user = user_row(fixture_id(fixture), "somebody", NULL);
    append_one(fixture, &user);
    for (int i = 0; i < 25; i++) {
        append_one(fixture, &(struct record){.kind = RECORD_KIND_PAYMENT,
                                             .as.payment = {.id = fixture_id(fixture),
                                                            .user_id = user.as.user.id,
                                                            .reservation_id = user.as.user.id,
                                                            .amount = i}});
        if (i == 11)
            book_all(fixture);
    }
    struct record_query query = {
        .kind = RECORD_KIND_PAYMENT, .user_id = user.as.user.id, .limit = 4};
    struct store_reader *reader = open_reader(fixture);
    int64_t next = 24;
    bool more = true;
    while (more) {
        struct record_page page;
        assert_int_equal(store_reader_list(reader, &query, &page), RESULT_OK);
        for (size_t i = 0; i < page.count; i++)
            assert_int_equal(page.records[i]->as.payment.amount, next--);
        query.before = page.records[page.count - 1]->as.payment.id;
        more = page.more;
        record_page_release(&page);
    }
    assert_int_equal(next, -1);
    store_reader_close(reader);
}

/* A list that shows few of many waiting rows. */
static void the_newest_of_many_waiting_rows(void **state)
{
    struct fixture *fixture = *state;
    struct record_page page;
    const struct record_query query = {.kind = RECORD_KIND_USER, .limit = 3};
    char name[16];
    for (int i = 0; i < 500; i++) {
        assert_true(snprintf(name, sizeof name, "%d", i) > 0);
        const struct record user = user_row(fixture_id(fixture), name, NULL);
        batch_add(fixture, &user);
    }
    batch_append(fixture);
    struct store_reader *reader = open_reader(fixture);
    assert_int_equal(store_reader_list(reader, &query, &page), RESULT_OK);
    assert_int_equal(page.count, 3);
    assert_true(page.more);
    assert_string_equal(page.records[0]->as.user.name, "499");
    assert_string_equal(page.records[2]->as.user.name, "497");
    record_page_release(&page);
    store_reader_close(reader);
}

/* A search ends at its bound, and goes on from there: half of the rows are booked. */
static void a_search_looks_at_so_many_rows(void **state)
{
    struct fixture *fixture = *state;
    const struct record first = user_row(fixture_id(fixture), "Somebody", NULL);
    batch_add(fixture, &first);
    for (int i = 0; i <= SEARCH_ROWS_MAX; i++) {
        const struct record user = user_row(fixture_id(fixture), "anybody", NULL);
        batch_add(fixture, &user);
        if (i % 1000 == 0)
            batch_append(fixture);
        if (i == SEARCH_ROWS_MAX / 2)
            book_all(fixture);
    }
    struct record_query query = {.kind = RECORD_KIND_USER, .search = "some", .limit = 3};
    struct store_reader *reader = open_reader(fixture);
    struct record_page page;
    assert_int_equal(store_reader_list(reader, &query, &page), RESULT_OK);
    assert_int_equal(page.count, 0);
    assert_true(page.more);
    query.before = page.last;
    record_page_release(&page);
    assert_int_equal(store_reader_list(reader, &query, &page), RESULT_OK);
    assert_int_equal(page.count, 1);
    assert_false(page.more);
    assert_true(id_equal(page.records[0]->as.user.id, first.as.user.id));
    record_page_release(&page);
    store_reader_close(reader);
}

/* ---- What was sold ---- */

static timestamp_ms start_in_utc(enum calendar_unit unit, timestamp_ms at)
{
    return at - at % (unit == CALENDAR_DAY ? DAY_MS : HOUR_MS);
}

struct expected_part {
    int64_t sold, gross, refunded;
};

static void check_sales(struct fixture *fixture, const struct scene *scene, enum sales_by by,
                        size_t count, const struct expected_part *expected)
{
    struct store_reader *reader = open_reader(fixture);
    const struct sales_query query = {
        .round_id = scene->round.id, .by = by, .start_of = start_in_utc};
    struct sales_breakdown breakdown;
    assert_int_equal(store_reader_sales(reader, &query, &breakdown), RESULT_OK);
    assert_int_equal(breakdown.count, count);
    for (size_t i = 0; i < count; i++) {
        const struct sales_part *part = &breakdown.parts[i];
        assert_int_equal(part->sold, expected[i].sold);
        assert_int_equal(part->gross, expected[i].gross);
        assert_int_equal(part->refunded, expected[i].refunded);
        assert_int_equal(part->net, part->gross - part->refunded);
    }
    sales_breakdown_release(&breakdown);
    store_reader_close(reader);
}

/* The first hour brings two seats; in the second one of them comes back. */
static void what_was_sold_is_told_booked_or_not(void **state)
{
    static const struct expected_part whole = {1, 2 * SCENE_PRICE, SCENE_PRICE};
    static const struct expected_part hours[] = {{2, 2 * SCENE_PRICE, 0}, {-1, 0, SCENE_PRICE}};
    static const struct expected_part first = {2, 2 * SCENE_PRICE, 0};
    struct fixture *fixture = *state;
    struct scene scene;
    struct person people[2];
    scene_open(&scene, fixture);
    check_sales(fixture, &scene, SALES_BY_GRADE, 0, NULL);
    struct seat_reservation reservations[2];
    struct payment payments[2];
    for (size_t i = 0; i < 2; i++) {
        scene_join(&scene, &people[i], i == 0 ? "ann" : "bob");
        scene_admit(&scene, &people[i], NOW + 1);
        reservations[i] = scene_hold(&scene, &people[i], i, NOW + 2);
        payments[i] = scene_pay(&scene, &people[i], &reservations[i], i, NOW + 3);
        if (i == 0)
            book_all(fixture);
    }
    check_sales(fixture, &scene, SALES_BY_SECTION, 1, &first);
    scene_refund(&scene, &people[0], &reservations[0], &payments[0], 0, NOW + HOUR_MS);
    for (int booked = 0; booked < 2; booked++) {
        check_sales(fixture, &scene, SALES_BY_SECTION, 1, &whole);
        check_sales(fixture, &scene, SALES_BY_HOUR, 2, hours);
        book_all(fixture);
    }
    struct store_reader *reader = open_reader(fixture);
    const struct sales_query unknown = {.round_id = scene.concert.id};
    struct sales_breakdown breakdown;
    assert_int_equal(store_reader_sales(reader, &unknown, &breakdown), RESULT_NOT_FOUND);
    store_reader_close(reader);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_purchase_is_found_booked_or_not),
        TEST(references_belong_to_their_callers),
        TEST(lists_agree_with_a_model),
        TEST(pages_follow_each_other),
        TEST(the_newest_of_many_waiting_rows),
        TEST(a_search_looks_at_so_many_rows),
        TEST(what_was_sold_is_told_booked_or_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
