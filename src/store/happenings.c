/* See happenings.h. */
#include "store/happenings.h"

#include <string.h>

enum result happenings_prepare(struct happenings *happenings, struct sql_connection *connection,
                               struct explanation *explanation)
{
    const enum result result =
        sql_prepare(connection,
                    "INSERT INTO \"happening\" VALUES (?1, ?2, ?3, ?4)"
                    " ON CONFLICT (\"minute\", \"why\", \"entity\") DO UPDATE SET \"rows\" = "
                    "\"happening\".\"rows\" + excluded.\"rows\"",
                    &happenings->add, explanation);
    return result != RESULT_OK
               ? result
               : sql_prepare(connection, "DELETE FROM \"happening\" WHERE \"minute\" < ?1",
                             &happenings->forget, explanation);
}

void happenings_drop(struct happenings *happenings)
{
    sql_drop(&happenings->add);
    sql_drop(&happenings->forget);
}

/* ---- Booking ---- */

static enum result add_rows(struct happenings *happenings, enum record_why why,
                            enum record_kind kind, uint32_t rows)
{
    struct sql_statement *add = happenings->add;
    const char *entity = record_schema(kind)->table;
    if (sql_bind_integer(add, 1, happenings->minute) != RESULT_OK ||
        sql_bind_text(add, 2, record_why_text(why)) != RESULT_OK ||
        sql_bind_text(add, 3, entity) != RESULT_OK || sql_bind_integer(add, 4, rows) != RESULT_OK)
        return RESULT_NO_MEMORY;
    return sql_step_done(add);
}

static enum result write_minute(struct happenings *happenings)
{
    enum result result = RESULT_OK;
    for (enum record_why why = WHY_UNTOLD + 1; why < WHY_COUNT; why++)
        for (enum record_kind kind = 0; kind < RECORD_KIND_COUNT; kind++)
            if (happenings->counts[why][kind] > 0 && result == RESULT_OK)
                result = add_rows(happenings, why, kind, happenings->counts[why][kind]);
    memset(happenings->counts, 0, sizeof happenings->counts);
    return result;
}

static enum result count_image(void *owner, const struct overlay_row *row, timestamp_ms at)
{
    struct happenings *happenings = owner;
    const timestamp_ms minute = at - at % MINUTE_MS;
    enum result result = RESULT_OK;
    if (row->why == WHY_UNTOLD || row->kind == RECORD_KIND_HOUSE)
        return RESULT_OK;
    if (minute != happenings->minute)
        result = write_minute(happenings);
    happenings->minute = minute;
    happenings->counts[row->why][row->kind]++;
    return result;
}

static enum result forget_old(struct happenings *happenings)
{
    if (sql_bind_integer(happenings->forget, 1, happenings->minute - HAPPENINGS_KEPT_MS) !=
        RESULT_OK)
        return RESULT_NO_MEMORY;
    return sql_step_done(happenings->forget);
}

enum result happenings_book(struct happenings *happenings, const struct generation *generation)
{
    happenings->minute = 0;
    memset(happenings->counts, 0, sizeof happenings->counts);
    enum result result = generation_tell(generation, count_image, happenings);
    if (result == RESULT_OK)
        result = write_minute(happenings);
    return result == RESULT_OK ? forget_old(happenings) : result;
}
