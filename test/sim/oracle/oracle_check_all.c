/* Everything at once (oracle_check_all): the tables, row by row, with all of history; what a start
 * would load; and the live office. */
#include "disk/own_memory.h"
#include "oracle/oracle_model.h"

#include <string.h>

#define SLICES_MAX 1000000 /* far more than any world's rows */

/* ---- The tables' own audit ---- */

static void violation(void *owner, int invariant, const char *text)
{
    object_to(owner, invariant, "the tables: %s", text);
}

static void check_tables_by_query(struct oracle *oracle, struct store *store)
{
    struct explanation explanation;
    size_t violations = 0;
    if (store_audit(store, violation, oracle, &violations, &explanation) != RESULT_OK)
        object_to(oracle, 12, "the tables cannot be audited: %s", explanation.text);
    else if (violations > 0)
        object_to(oracle, 12, "the tables' audit counts %zu violations", violations);
}

/* ---- Rows that readers list ---- */

static bool page_item_is(const struct record_page *page, size_t index, const struct row *row)
{
    if (page->reservations != NULL)
        return reservation_view_is(&page->reservations[index], row);
    return first_difference(page->records[index], &row->image) == NULL;
}

static struct id id_of(const struct row *row)
{
    const struct record_key key = record_key(&row->image);
    struct id id;
    memcpy(id.bytes, key.bytes, ID_BYTES);
    return id;
}

/* The rows that are there before the first `*count` are used up, from the newest on. */
static const struct row *previous_row(const struct row_vector *rows, size_t *count)
{
    while (*count > 0)
        if (rows->items[--*count]->there)
            return rows->items[*count];
    return NULL;
}

/* One page from `query->before` on; false at the end. */
static bool check_page(struct oracle *oracle, struct store_reader *reader,
                       struct record_query *query, const struct row_vector *rows, size_t *left)
{
    struct record_page page = {0};
    bool more = false;
    if (store_reader_list(reader, query, &page) != RESULT_OK) {
        object_to(oracle, 12, "the table %s cannot be listed", record_schema(query->kind)->table);
        return false;
    }
    for (size_t i = 0; i < page.count && !oracle->objected; i++) {
        const struct row *row = previous_row(rows, left);
        if (row == NULL || !page_item_is(&page, i, row))
            object_to(oracle, 12, "the table %s does not have %s as it is",
                      record_schema(query->kind)->table,
                      row == NULL ? "its last row" : row_name(row).text);
        else
            query->before = id_of(row);
    }
    more = page.more && page.count > 0 && !oracle->objected;
    const struct row *missing = more ? NULL : previous_row(rows, left);
    if (missing != NULL)
        object_to(oracle, 12, "the table %s lacks %s", record_schema(query->kind)->table,
                  row_name(missing).text);
    record_page_release(&page);
    return more;
}

static void check_listed(struct oracle *oracle, struct store_reader *reader)
{
    static const enum record_kind kinds[] = {RECORD_KIND_USER,        RECORD_KIND_QUEUE_TOKEN,
                                             RECORD_KIND_PAYMENT,     RECORD_KIND_SEAT_RESERVATION,
                                             RECORD_KIND_POINT_ENTRY, RECORD_KIND_ACTION,
                                             RECORD_KIND_TICKET};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct record_query query = {.kind = kinds[i], .limit = LIST_LIMIT_MAX};
        const struct row_vector *rows = &oracle->of_kind[kinds[i]];
        size_t left = rows->count;
        while (!oracle->objected && check_page(oracle, reader, &query, rows, &left))
            ;
    }
}

static void check_seats(struct oracle *oracle, struct store_reader *reader, const struct row *round)
{
    const struct round_part *part = &round->of.round;
    for (size_t i = 0; i < part->seat_count && !oracle->objected; i++) {
        const struct row *seat = part->seats[i];
        struct look_up found = {
            .state = LOOK_UP_WANTED, .kind = RECORD_KIND_SEAT, .id = seat->image.as.seat.id};
        if (store_reader_look_up(reader, &found) != RESULT_OK || found.state != LOOK_UP_FOUND ||
            first_difference(found.record, &seat->image) != NULL)
            object_to(oracle, 12, "the table seat does not have %s as it is", row_name(seat).text);
        look_up_release(&found);
    }
}

static void check_tables_by_row(struct oracle *oracle, struct store *store)
{
    struct explanation explanation;
    struct store_reader *reader;
    if (store_reader_open(store, &reader, &explanation) != RESULT_OK) {
        object_to(oracle, 12, "no reader opens: %s", explanation.text);
        return;
    }
    const struct row_vector *rounds = &oracle->of_kind[RECORD_KIND_CONCERT_ROUND];
    check_listed(oracle, reader);
    for (size_t i = 0; i < rounds->count && !oracle->objected; i++)
        if (rounds->items[i]->there)
            check_seats(oracle, reader, rounds->items[i]);
    if (!oracle->objected)
        changes_check(oracle, reader);
    store_reader_close(reader);
}

/* ---- What a start would load ---- */

static enum result take_row(void *owner, const struct record *record)
{
    load_row(owner, record);
    return RESULT_OK;
}

static void check_tables_by_load(struct oracle *oracle, struct store *store)
{
    struct explanation explanation;
    struct store_position position;
    const struct store_loader loader = {.owner = oracle, .row = take_row};
    const bool listened = oracle->load.listened;
    load_began(oracle);
    oracle->load.listened = listened;
    if (store_load(store, clock_wall(), &loader, &position, &explanation) != RESULT_OK)
        object_to(oracle, 12, "what is there cannot be loaded: %s", explanation.text);
    else if (position.seq != oracle->seq)
        object_to(oracle, 10, "batch %llu is the last, and %llu would be loaded",
                  (unsigned long long)oracle->seq, (unsigned long long)position.seq);
    else
        load_check(oracle, 12);
}

/* ---- The live office ---- */

static bool is_told_of(const struct oracle *oracle, const struct row *round)
{
    return round->there && round->image.as.concert_round.status == ROUND_STATUS_SCHEDULED &&
           round->of.round.concert->image.as.concert.status != CONCERT_STATUS_DRAFT &&
           !round->of.round.maybe_over && oracle->now.wall < sale_end(round);
}

static bool comes_before(const struct row *a, const struct row *b)
{
    const struct concert_round *left = &a->image.as.concert_round;
    const struct concert_round *right = &b->image.as.concert_round;
    return left->start_time < right->start_time ||
           (left->start_time == right->start_time && id_compare(left->id, right->id) < 0);
}

static bool round_is_told_right(const struct oracle *oracle, const struct queue_round *told,
                                const struct row *row)
{
    return row != NULL && is_told_of(oracle, row) &&
           id_equal(told->concert_id, row->image.as.concert_round.concert_id) &&
           told->seats_left == row->of.round.counts[SEAT_STATUS_AVAILABLE] &&
           told->seats_held == row->of.round.counts[SEAT_STATUS_HELD] &&
           told->sold_out == (told->seats_left == 0 && told->seats_held == 0);
}

static void add_sales(struct queue_sales *sales, const struct row *round)
{
    const struct round_part *part = &round->of.round;
    sales->total_seat_cnt += (int64_t)part->seat_count;
    sales->held += part->counts[SEAT_STATUS_HELD];
    sales->sold += part->counts[SEAT_STATUS_SOLD];
    for (size_t i = 0; i < part->reservations.count; i++) {
        const struct seat_reservation *reservation =
            &part->reservations.items[i]->image.as.seat_reservation;
        if (reservation->status == RESERVATION_STATUS_CONFIRMED)
            sales->revenue += reservation->amount;
    }
}

/* As many as there are, each as it is, and each once, since they come in their order. */
static void check_queue_rounds(struct oracle *oracle, const struct queue_view *view)
{
    const struct row_vector *rounds = &oracle->of_kind[RECORD_KIND_CONCERT_ROUND];
    const struct row *before = NULL;
    struct queue_sales sales = {0};
    size_t expected = 0;
    for (size_t i = 0; i < rounds->count; i++)
        expected += is_told_of(oracle, rounds->items[i]);
    if (view->round_count != (expected < QUEUE_ROUNDS_MAX ? expected : QUEUE_ROUNDS_MAX))
        object_to(oracle, 5, "the queue tells of %zu rounds, where %zu are on sale or will be",
                  view->round_count, expected);
    for (size_t i = 0; i < view->round_count && !oracle->objected; i++) {
        const struct row *row =
            row_find(oracle, RECORD_KIND_CONCERT_ROUND, view->rounds[i].round_id);
        if (!round_is_told_right(oracle, &view->rounds[i], row) ||
            (before != NULL && !comes_before(before, row)))
            object_to(oracle, 5, "the queue tells of round %zu otherwise than it is", i);
        else
            add_sales(&sales, row);
        before = row;
    }
    if (!oracle->objected &&
        (view->sales.total_seat_cnt != sales.total_seat_cnt || view->sales.held != sales.held ||
         view->sales.sold != sales.sold || view->sales.revenue != sales.revenue))
        object_to(
            oracle, 4,
            "of %lld seats %lld are held and %lld sold for %lld; told were %lld, %lld, %lld, %lld",
            (long long)sales.total_seat_cnt, (long long)sales.held, (long long)sales.sold,
            (long long)sales.revenue, (long long)view->sales.total_seat_cnt,
            (long long)view->sales.held, (long long)view->sales.sold,
            (long long)view->sales.revenue);
}

static void check_queue_view(struct oracle *oracle, const struct queue_view *view)
{
    const struct house *house = &oracle->house->image.as.house;
    if (view->waiting != oracle->waiting_count || view->active != oracle->active_count ||
        view->serving != house->serving || view->last_number != house->last_number)
        object_to(oracle, 12,
                  "%lld are said to wait, %lld to be active, %lld of %lld to be served; that is "
                  "%lld, %lld, %lld of %lld",
                  (long long)view->waiting, (long long)view->active, (long long)view->serving,
                  (long long)view->last_number, (long long)oracle->waiting_count,
                  (long long)oracle->active_count, (long long)house->serving,
                  (long long)house->last_number);
    else if (view->status != door_status(oracle) || view->open_at != house->open_at ||
             view->join_opens_at != house->join_opens_at || view->max_active != house->max_active ||
             view->admit_per_second != house->admit_per_second ||
             view->silent_seconds != house->silent_seconds ||
             view->active_seconds != house->active_seconds ||
             view->wait_seconds != house->wait_seconds)
        object_to(oracle, 12, "the door is not said to be as the organizer set it");
    else
        check_queue_rounds(oracle, view);
    if (!oracle->objected)
        check_notice(oracle, view);
}

void check_seat_states(struct oracle *oracle, const struct row *round, const char *states)
{
    static const char letters[] = {'a', 'h', 's', 'b'};
    const struct round_part *part = &round->of.round;
    for (size_t i = 0; i < part->seat_count && !oracle->objected; i++)
        if (states[i] != letters[part->seats[i]->image.as.seat.status])
            object_to(oracle, 1, "%s is shown as '%c'", row_name(part->seats[i]).text, states[i]);
}

static void check_seat_counts(struct oracle *oracle, const struct row *round,
                              const int64_t counts[static 4])
{
    for (size_t status = 0; status < 4; status++)
        if (counts[status] != round->of.round.counts[status])
            object_to(oracle, 5, "%s is said to have %lld seats %s, where it has %lld",
                      row_name(round).text, (long long)counts[status], seat_status_texts[status],
                      (long long)round->of.round.counts[status]);
}

static void check_round_state(struct oracle *oracle, const struct office *office,
                              const struct row *round)
{
    struct round_state state;
    if (!office_round_state(office, round->image.as.concert_round.id, &state)) {
        if (!round->of.round.maybe_over)
            object_to(oracle, 12, "%s is not in memory", row_name(round).text);
        return;
    }
    const int64_t counts[4] = {state.available, state.held, state.sold, state.blocked};
    check_seat_counts(oracle, round, counts);
    check_seat_states(oracle, round, state.states);
}

static void check_office(struct oracle *oracle, const struct office *office)
{
    struct explanation explanation;
    struct office_counts counts;
    if (!office_audit(office, &explanation)) {
        object_to(oracle, 12, "the office: %s", explanation.text);
        return;
    }
    struct queue_view view;
    office_queue_view(office, oracle->now, &view);
    check_queue_view(oracle, &view);
    const struct row_vector *rounds = &oracle->of_kind[RECORD_KIND_CONCERT_ROUND];
    for (size_t i = 0; i < rounds->count && !oracle->objected; i++)
        if (rounds->items[i]->there)
            check_round_state(oracle, office, rounds->items[i]);
    office_counts(office, &counts);
    if (counts.api_keys != oracle->api_keys.count)
        object_to(oracle, 12, "the office has %zu API keys, not %u", counts.api_keys,
                  oracle->api_keys.count);
    if (counts.resets != oracle->resets.count)
        object_to(oracle, 12, "the office has %zu password resets, not %u", counts.resets,
                  oracle->resets.count);
    if (counts.tokens != oracle->live_tokens.count || counts.sessions != oracle->sessions.count)
        object_to(oracle, 12, "the office has %zu live tokens and %zu sessions, not %u and %u",
                  counts.tokens, counts.sessions, oracle->live_tokens.count,
                  oracle->sessions.count);
}

/* ---- What the public sees ---- */

static void check_round_snapshot(struct oracle *oracle, const struct engine *engine,
                                 const struct row *round)
{
    const struct round_snapshot *shown = engine_round(engine, round->image.as.concert_round.id);
    if (shown == NULL) {
        if (!round->of.round.maybe_over)
            object_to(oracle, 12, "%s is not shown", row_name(round).text);
        return;
    }
    const int64_t counts[4] = {shown->available, shown->held, shown->sold, shown->blocked};
    check_seat_counts(oracle, round, counts);
    check_seat_states(oracle, round, shown->states);
    engine_round_release(shown);
}

/* Every concert and round that there is, as it is; and no others, since there are as many. */
static void check_catalogue(struct oracle *oracle, const struct catalogue_snapshot *shown)
{
    size_t concerts = 0, rounds = 0;
    for (size_t i = 0; i < oracle->of_kind[RECORD_KIND_CONCERT].count; i++)
        concerts += oracle->of_kind[RECORD_KIND_CONCERT].items[i]->there;
    for (size_t i = 0; i < oracle->of_kind[RECORD_KIND_CONCERT_ROUND].count; i++)
        rounds += oracle->of_kind[RECORD_KIND_CONCERT_ROUND].items[i]->there;
    if (shown->concert_count != concerts || shown->round_count != rounds)
        object_to(oracle, 12, "%zu concerts and %zu rounds are shown, of %zu and %zu",
                  shown->concert_count, shown->round_count, concerts, rounds);
    for (size_t i = 0; i < shown->concert_count && !oracle->objected; i++) {
        const struct record record = {.kind = RECORD_KIND_CONCERT,
                                      .as.concert = shown->concerts[i]};
        const struct row *row = row_find(oracle, RECORD_KIND_CONCERT, record.as.concert.id);
        if (row == NULL || first_difference(&record, &row->image) != NULL)
            object_to(oracle, 12, "%s is shown otherwise than it is", record_name(&record).text);
    }
    for (size_t i = 0; i < shown->round_count && !oracle->objected; i++) {
        const struct record record = {.kind = RECORD_KIND_CONCERT_ROUND,
                                      .as.concert_round = shown->rounds[i].round};
        const struct row *row =
            row_find(oracle, RECORD_KIND_CONCERT_ROUND, record.as.concert_round.id);
        if (row == NULL || first_difference(&record, &row->image) != NULL)
            object_to(oracle, 12, "%s is shown otherwise than it is", record_name(&record).text);
    }
}

static void check_public(struct oracle *oracle, const struct engine *engine)
{
    const struct row_vector *rounds = &oracle->of_kind[RECORD_KIND_CONCERT_ROUND];
    const struct catalogue_snapshot *catalogue = engine_catalogue(engine);
    struct queue_view view;
    check_catalogue(oracle, catalogue);
    engine_catalogue_release(catalogue);
    for (size_t i = 0; i < rounds->count && !oracle->objected; i++)
        if (rounds->items[i]->there)
            check_round_snapshot(oracle, engine, rounds->items[i]);
    (void)engine_queue(engine, &view);
    if (!oracle->objected)
        check_queue_view(oracle, &view);
}

/* ---- All of it ---- */

void check_everything(struct oracle *oracle, struct server *server, bool by_query)
{
    struct store *store = server_store(server);
    const struct office *office = server_office(server);
    size_t rows = 1;
    for (size_t i = 0; i < SLICES_MAX && rows > 0; i++)
        if (server_book(server, &rows) != RESULT_OK) {
            object_to(oracle, 12, "what was acknowledged cannot be booked");
            return;
        }
    if (store == NULL || office == NULL) {
        object_to(oracle, 0, "the server is not up");
        return;
    }
    check_commit(oracle);
    if (!oracle->objected)
        check_office(oracle, office);
    if (!oracle->objected)
        check_public(oracle, server_engine(server));
    if (!oracle->objected)
        check_tables_by_row(oracle, store);
    if (!oracle->objected)
        check_tables_by_load(oracle, store);
    if (by_query && !oracle->objected)
        check_tables_by_query(oracle, store);
}

void check_settled(struct oracle *oracle, struct server *server)
{
    const struct office *office = server_office(server);
    if (oracle->in_limbo) /* the next batch is pending already, and nothing can be loaded */
        return;
    if (office == NULL) {
        object_to(oracle, 10, "a batch was settled, and there is no office");
        return;
    }
    check_commit(oracle);
    if (!oracle->objected)
        check_office(oracle, office);
    if (!oracle->objected)
        check_tables_by_load(oracle, server_store(server));
}
