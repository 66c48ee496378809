/* What all doors do, and the door of the house's row. */
#include "office/door.h"

#include "office/moves.h"
#include "office/state.h"

static void append_image(struct office *office, enum record_kind kind, const void *row,
                         bool removed)
{
    if (office->loading != NULL)
        return;
    CHECK(office->why != WHY_UNTOLD);
    CHECK(office->room > 0);
    office->room--;
    office->batch_count++;
    tally_row(&office->tally, kind, office->why, row);
    record_encode_row(kind, row, removed, office->why, &office->batch);
}

void door_append(struct office *office, enum record_kind kind, const void *row)
{
    append_image(office, kind, row, false);
}

void door_append_removed(struct office *office, enum record_kind kind, const void *row)
{
    append_image(office, kind, row, true);
}

void door_check_beginning(const struct office *office, enum record_kind kind, int state)
{
    CHECK(office->loading != NULL || beginning_is_legal(kind, state));
}

void door_check_move(const struct office *office, enum record_kind kind, int from, int to)
{
    CHECK(office->loading != NULL || move_is_legal(kind, from, to));
}

/* ---- The house ---- */

/* Numbers are given one by one and served once, serials a reservation at a time, its time never
 * goes back, and who is inside may be. */
static void check_house_goes_on(const struct house *old, const struct house *row)
{
    CHECK(row->last_number == old->last_number || row->last_number == old->last_number + 1);
    CHECK(row->serving >= old->serving);
    CHECK(row->last_serial >= old->last_serial);
    CHECK(row->last_serial <= old->last_serial + SEATS_PER_RESERVATION_MAX);
    CHECK(row->serving <= row->last_number);
    CHECK(row->heartbeat_at >= old->heartbeat_at);
    CHECK(row->active_ceiling >= row->max_active);
    CHECK(row->admit_per_second > 0);
}

void put_house(struct office *office, const struct house *row)
{
    if (office->loading == NULL)
        check_house_goes_on(&office->house, row);
    told_change(office, RECORD_KIND_HOUSE, &office->house, row);
    office->house = *row;
    office->house_owed = office->loading == NULL;
}

void put_house_settled(struct office *office)
{
    CHECK(office->house_owed);
    door_append(office, RECORD_KIND_HOUSE, &office->house);
    office->house_owed = false;
}
