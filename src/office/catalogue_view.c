/* The catalogue as snapshots copy it for the public. */
#include "office/catalogue.h"
#include "office/state.h"

uint64_t office_catalogue_version(const struct office *office)
{
    return office->catalogue_version;
}

size_t office_concert_count(const struct office *office)
{
    return office->concerts.taken;
}

const struct concert *office_concert_at(const struct office *office, size_t index)
{
    CHECK(index < office->concerts.taken);
    return &office->concert_order[index]->row;
}

size_t office_round_count(const struct office *office)
{
    return office->rounds.taken;
}

const struct concert_round *office_round_at(const struct office *office, size_t index)
{
    CHECK(index < office->rounds.taken);
    return &office->round_order[index]->row;
}

bool office_round_is_draft(const struct office *office, size_t index)
{
    CHECK(index < office->rounds.taken);
    return concert_is_draft(office->round_order[index]->concert);
}

bool office_round_state(const struct office *office, struct id round_id, struct round_state *state)
{
    const struct live_round *round = round_find(office, round_id);
    if (round == NULL || round_is_over(round))
        return false;
    *state = (struct round_state){
        .version = round->version,
        .available = round->counts[SEAT_STATUS_AVAILABLE],
        .held = round->counts[SEAT_STATUS_HELD],
        .sold = round->counts[SEAT_STATUS_SOLD],
        .blocked = round->counts[SEAT_STATUS_BLOCKED],
        .draft = concert_is_draft(round->concert),
        .states = round->states,
    };
    return true;
}

timestamp_ms office_round_next_return(const struct office *office, struct id round_id)
{
    const struct live_round *round = round_find(office, round_id);
    timestamp_ms at;
    return round == NULL || heap_first(&round->returns, &at) == NULL ? 0 : at;
}

const struct seat *office_round_seat(const struct office *office, struct id round_id,
                                     size_t position)
{
    const struct live_round *round = round_find(office, round_id);
    CHECK(round != NULL && round->seats != NULL && position < (size_t)round->row.total_seat_cnt);
    return &round->seats[position]->row;
}

size_t office_changed_seats(const struct office *office, const struct changed_seat **seats)
{
    *seats = office->changed_seats;
    return office->changed_count;
}

void office_changed_seats_clear(struct office *office)
{
    office->changed_count = 0;
}
