/* Counts the room that a verb or a tick asks for in the batch, and what it then puts there: whoever
 * puts more than was asked for is found out, though there may have been bytes enough. Linked with
 * --wrap=batch_reserve and --wrap=office_put. */
#include "office/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

bool __real_batch_reserve(struct office *office, size_t plain_records, size_t seat_records,
                          size_t more_bytes);
bool __wrap_batch_reserve(struct office *office, size_t plain_records, size_t seat_records,
                          size_t more_bytes);
void __real_office_put(struct office *office, const struct record *record);
void __wrap_office_put(struct office *office, const struct record *record);

/* What is left of the last reservation. */
static struct {
    size_t plain_records, seat_records, bytes, spare;
} room;

bool __wrap_batch_reserve(struct office *office, size_t plain_records, size_t seat_records,
                          size_t more_bytes)
{
    const bool reserved = __real_batch_reserve(office, plain_records, seat_records, more_bytes);
    if (reserved) {
        room.plain_records = plain_records;
        room.seat_records = seat_records;
        room.bytes = more_bytes;
        room.spare = BATCH_RECORDS_SPARE - 1; /* one is the house's, when it settles */
    }
    return reserved;
}

static void spend(size_t *left, size_t amount, const struct record *record)
{
    if (*left < amount)
        fail_msg("no room was asked for this %s", record_schema(record->kind)->table);
    *left -= amount;
}

void __wrap_office_put(struct office *office, const struct record *record)
{
    const enum record_kind kind = record->kind;
    if (!office->loading) {
        if (kind == RECORD_KIND_IDEMPOTENCY_KEY && room.spare > 0)
            spend(&room.spare, 1, record);
        else if (record->deleted)
            spend(&room.plain_records, 1, record);
        else if (kind == RECORD_KIND_USER || kind == RECORD_KIND_CONCERT)
            spend(&room.bytes, record_encoded_max(record), record);
        else if (kind == RECORD_KIND_SEAT)
            spend(&room.seat_records, 1, record);
        else
            spend(&room.plain_records, 1, record);
        if (kind == RECORD_KIND_POINT_ENTRY && record->as.point_entry.reference != NULL)
            spend(&room.bytes, strlen(record->as.point_entry.reference), record);
    }
    __real_office_put(office, record);
}
