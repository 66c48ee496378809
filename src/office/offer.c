/* See offer.h. */
#include "office/offer.h"

#include "office/catalogue.h"
#include "office/state.h"

static void count_offered(struct offer *offer, enum seat_status status, int64_t change)
{
    switch (status) {
    case SEAT_STATUS_AVAILABLE:
        offer->available += change;
        return;
    case SEAT_STATUS_HELD:
        offer->held += change;
        return;
    case SEAT_STATUS_SOLD:
    case SEAT_STATUS_BLOCKED:
        return;
    }
    UNREACHABLE("seat status");
}

void offer_count_seats(struct office *office, struct live_round *round, enum seat_status status,
                       int64_t change)
{
    round->counts[status] += change;
    CHECK(round->counts[status] >= 0);
    if (!round->selling)
        return;
    count_offered(&office->offer.all, status, change);
    count_offered(&round->concert->offer, status, change);
}

bool offer_is_sold_out(const struct offer *offer)
{
    return offer->rounds > 0 && offer->available + offer->held == 0;
}

/* ---- Made anew ---- */

static void narrow(struct offer_window *window, timestamp_ms boundary, timestamp_ms wall)
{
    if (boundary <= wall && boundary > window->from)
        window->from = boundary;
    if (boundary > wall && boundary < window->until)
        window->until = boundary;
}

static void begin_to_sell(struct offer *offer, const struct live_round *round)
{
    offer->rounds++;
    offer->available += round->counts[SEAT_STATUS_AVAILABLE];
    offer->held += round->counts[SEAT_STATUS_HELD];
}

static void look_at_round(struct offer_window *window, struct live_round *round, timestamp_ms wall)
{
    struct live_concert *concert = round->concert;
    const timestamp_ms opens = concert->row.reservation_open_at;
    const timestamp_ms ends = round_sale_end(round);
    const timestamp_ms leaves = round->row.start_time + ROUND_OVER_AFTER_MS;
    round->selling = false;
    narrow(window, leaves, wall);
    if (round->row.first_reserved_at != 0 && wall >= leaves)
        round->grown_old = true;
    if (round->row.status != ROUND_STATUS_SCHEDULED || concert_is_draft(concert) ||
        round->grown_old || round_is_over(round))
        return;
    /* Also of a sale that is over: the wall may be set back. */
    narrow(window, opens, wall);
    narrow(window, ends, wall);
    if (wall >= ends)
        return;
    if (window->upcoming_count < QUEUE_ROUNDS_MAX)
        window->upcoming[window->upcoming_count++] = round;
    if (round->row.paused)
        return;
    if (wall >= opens) {
        round->selling = true;
        begin_to_sell(&window->all, round);
        begin_to_sell(&concert->offer, round);
    } else if (opens < ends) {
        concert->opens_next = opens;
        if (opens < window->opens_next)
            window->opens_next = opens;
    }
}

void offer_refresh(struct office *office, timestamp_ms wall)
{
    struct offer_window *window = &office->offer;
    if (window->catalogue_version == office->catalogue_version && wall >= window->from &&
        wall < window->until)
        return;
    *window = (struct offer_window){.from = INT64_MIN,
                                    .until = INT64_MAX,
                                    .catalogue_version = office->catalogue_version,
                                    .opens_next = INT64_MAX};
    for (size_t i = 0; i < office->concerts.taken; i++) {
        office->concert_order[i]->offer = (struct offer){0};
        office->concert_order[i]->opens_next = INT64_MAX;
    }
    for (size_t i = 0; i < office->rounds.taken; i++)
        look_at_round(window, office->round_order[i], wall);
    CHECK(window->from <= wall && wall < window->until);
}
