/* See tally.h. */
#include "office/tally.h"

#include "base/check.h"

static void tally_token(struct tally *tally, enum record_why why)
{
    tally->counts[TALLY_JOINED] += why == WHY_JOINED;
    tally->counts[TALLY_ADMITTED] += why == WHY_ADMITTED;
    tally->counts[TALLY_PASSED_OVER] += why == WHY_PASSED_OVER;
}

static void tally_reservation(struct tally *tally, enum record_why why)
{
    tally->counts[TALLY_HOLDS] += why == WHY_HELD;
    tally->counts[TALLY_EXPIRED] += why == WHY_HOLD_EXPIRED;
}

/* A payment takes points away, and a refund gives them back. */
static void tally_entry(struct tally *tally, const struct point_entry *entry)
{
    if (entry->kind == ENTRY_KIND_PAYMENT) {
        CHECK(entry->amount <= 0);
        tally->counts[TALLY_PAID] -= entry->amount;
    } else if (entry->kind == ENTRY_KIND_REFUND) {
        CHECK(entry->amount >= 0);
        tally->counts[TALLY_REFUNDED] += entry->amount;
    }
}

void tally_row(struct tally *tally, enum record_kind kind, enum record_why why, const void *row)
{
    CHECK(why != WHY_UNTOLD);
    if (kind == RECORD_KIND_QUEUE_TOKEN)
        tally_token(tally, why);
    else if (kind == RECORD_KIND_SEAT_RESERVATION)
        tally_reservation(tally, why);
    else if (kind == RECORD_KIND_POINT_ENTRY)
        tally_entry(tally, row);
}

void tally_seat(struct tally *tally, enum seat_status from, enum seat_status to)
{
    CHECK(from != SEAT_STATUS_SOLD || to != SEAT_STATUS_SOLD);
    tally->counts[TALLY_SOLD] += to == SEAT_STATUS_SOLD;
    tally->counts[TALLY_RETURNED] += from == SEAT_STATUS_SOLD;
}
