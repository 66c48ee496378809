/* See round_seats.h. */
#include "app/rehearse/round_seats.h"

#include "engine/clock.h"
#include "record/limit.h"
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

/* Of a seat, by position. */
enum seat_found {
    NOT_THERE,
    BLOCKED,
    FOR_SALE,
};

struct search {
    struct id round_id;
    struct concert_round round; /* without an id until it is found */
    struct house *house;
    uint8_t *found; /* enum seat_found */
};

/* Rows come parents first, and the newest image of each comes last. */
static void found_round(struct search *search, const struct record *record)
{
    const struct concert_round *row = &record->as.concert_round;
    if (id_equal(row->id, search->round_id))
        search->round = record->deleted ? (struct concert_round){.id = ID_NONE} : *row;
}

static void found_seat(struct search *search, const struct record *record)
{
    const struct seat *row = &record->as.seat;
    if (!id_equal(row->concert_round_id, search->round_id) || row->position < 0 ||
        row->position >= ROUND_SEATS_MAX)
        return;
    search->found[row->position] = row->status == SEAT_STATUS_BLOCKED ? BLOCKED : FOR_SALE;
}

static enum result found_row(void *owner, const struct record *record)
{
    struct search *search = owner;
    if (record->kind == RECORD_KIND_HOUSE)
        *search->house = record->as.house;
    else if (record->kind == RECORD_KIND_CONCERT_ROUND)
        found_round(search, record);
    else if (record->kind == RECORD_KIND_SEAT && !record->deleted)
        found_seat(search, record);
    return RESULT_OK;
}

static enum result read_rows(const char *directory, struct search *search,
                             struct explanation *explanation)
{
    const struct store_options options = {.directory = directory, .must_exist = true};
    const struct store_loader loader = {.owner = search, .row = found_row};
    struct store *store;
    struct store_position position;
    enum result result = store_open(&store, &options, explanation);
    if (result != RESULT_OK)
        return result;
    result = store_load(store, wall_now(), &loader, &position, explanation);
    store_close(store);
    return result;
}

static int64_t count_for_sale(const struct search *search)
{
    int64_t count = 0;
    for (int64_t i = 0; i < search->round.total_seat_cnt; i++)
        count += search->found[i] == FOR_SALE;
    return count;
}

static enum result judge(const struct search *search, int64_t *seats,
                         struct explanation *explanation)
{
    if (id_is_none(search->round.id))
        return explain(explanation, RESULT_NOT_FOUND, "--round: there is no such round");
    if (search->round.status == ROUND_STATUS_CANCELLED)
        return explain(explanation, RESULT_NOT_FOUND, "--round: it is cancelled");
    *seats = count_for_sale(search);
    if (*seats == 0)
        return explain(explanation, RESULT_NOT_FOUND,
                       "--round: it is over, or all its seats are blocked");
    return RESULT_OK;
}

enum result round_seats_read(const char *directory, struct id round_id, int64_t *seats,
                             struct house *house, struct explanation *explanation)
{
    struct search search = {.round_id = round_id, .house = house};
    search.found = calloc(ROUND_SEATS_MAX, sizeof *search.found);
    if (search.found == NULL)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for a round's seats");
    enum result result = read_rows(directory, &search, explanation);
    if (result == RESULT_OK)
        result = judge(&search, seats, explanation);
    free(search.found);
    return result;
}
