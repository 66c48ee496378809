/* Rows about the house itself: its settings, its clocks, its end and beginning, what was written.
 */
#include "row.h"

#include <stdio.h>
#include <string.h>

static bool done(struct play *play, bool good)
{
    return good || play_fail(play, "%s", play->stage.trouble.text);
}

static bool is_open(const struct play *play, const char *name, bool otherwise)
{
    const char *text = row_option(play, name);
    return text == NULL ? otherwise : strcmp(text, "open") == 0;
}

static void read_settings(struct play *play, struct office_settings *settings)
{
    settings->hold_seconds =
        row_duration(play, "hold", settings->hold_seconds * SECOND_MS) / SECOND_MS;
    settings->extend_seconds =
        row_duration(play, "extend", settings->extend_seconds * SECOND_MS) / SECOND_MS;
    settings->silent_seconds =
        row_duration(play, "silent", settings->silent_seconds * SECOND_MS) / SECOND_MS;
    settings->active_seconds =
        row_duration(play, "active", settings->active_seconds * SECOND_MS) / SECOND_MS;
    settings->wait_seconds =
        row_duration(play, "wait", settings->wait_seconds * SECOND_MS) / SECOND_MS;
    settings->refund_until_seconds =
        row_duration(play, "refund_until", settings->refund_until_seconds * SECOND_MS) / SECOND_MS;
    settings->max_seats_per_reservation =
        row_number(play, "per_reservation", settings->max_seats_per_reservation);
    settings->max_seats_per_user = row_number(play, "per_user", settings->max_seats_per_user);
    settings->max_active = row_number(play, "max_active", settings->max_active);
    settings->admit_per_second = row_number(play, "rate", settings->admit_per_second);
    settings->given = (struct queue_change){
        .has_max_active = row_option(play, "set_max_active") != NULL,
        .has_admit_per_second = row_option(play, "set_rate") != NULL,
        .has_silent_seconds = row_option(play, "set_silent") != NULL,
        .has_active_seconds = row_option(play, "set_active") != NULL,
        .has_wait_seconds = row_option(play, "set_wait") != NULL,
        .max_active = row_number(play, "set_max_active", 0),
        .admit_per_second = row_number(play, "set_rate", 0),
        .silent_seconds = row_duration(play, "set_silent", 0) / SECOND_MS,
        .active_seconds = row_duration(play, "set_active", 0) / SECOND_MS,
        .wait_seconds = row_duration(play, "set_wait", 0) / SECOND_MS,
    };
    settings->charging_open = is_open(play, "charging", settings->charging_open);
    settings->registration_open = is_open(play, "registration", settings->registration_open);
}

bool row_house(struct play *play)
{
    struct stage *stage = &play->stage;
    const enum recovery recovery = stage->recovery;
    const bool drop_at_once = stage->drop_at_once;
    struct office_settings settings = stage->settings;
    if (play->name_count > 0)
        return play_fail(play, "a house is opened before anybody is in it");
    read_settings(play, &settings);
    stage_close(stage);
    if (!done(play, stage_open(stage, &settings, recovery, &play->seen->coverage)))
        return false;
    stage->drop_at_once = drop_at_once;
    return true;
}

bool row_wait(struct play *play)
{
    const int64_t ms = row_ms(play, row_word(play, 1));
    return done(play, stage_wait(&play->stage, ms));
}

bool row_jump(struct play *play)
{
    const int64_t ms = row_ms(play, row_word(play, 1));
    return done(play, stage_jump(&play->stage, ms));
}

/* From now to the time that the row names. */
static int64_t ms_until(struct play *play)
{
    const int64_t ms = row_ms(play, row_word(play, 1)) + STAGE_START - play->stage.now.house;
    if (ms < 0)
        (void)play_fail(play, "that time is over");
    return ms < 0 ? 0 : ms;
}

bool row_until(struct play *play)
{
    const int64_t ms = ms_until(play);
    return done(play, stage_wait(&play->stage, ms));
}

bool row_jump_to(struct play *play)
{
    const int64_t ms = ms_until(play);
    return done(play, stage_jump(&play->stage, ms));
}

bool row_wall(struct play *play)
{
    play->stage.now.wall += row_ms(play, row_word(play, 1));
    return done(play, stage_batch_begin(&play->stage) && stage_batch_end(&play->stage));
}

bool row_restart(struct play *play)
{
    const int64_t ms = row_word(play, 1) == NULL ? 0 : row_ms(play, row_word(play, 1));
    read_settings(play, &play->stage.settings);
    return done(play, stage_restart(&play->stage, ms));
}

bool row_drop(struct play *play)
{
    const int64_t unbooked = row_number(play, "but", 0);
    return done(play, stage_drop(&play->stage, (uint64_t)unbooked));
}

bool row_recovery(struct play *play)
{
    const char *from = row_word(play, 1);
    play->stage.recovery =
        from != NULL && strcmp(from, "tables") == 0 ? RECOVER_FROM_TABLES : RECOVER_FROM_JOURNAL;
    return true;
}

bool row_late(struct play *play)
{
    play->stage.drop_at_once = false;
    return true;
}

bool row_freeze(struct play *play)
{
    office_freeze(play->stage.office, true);
    return true;
}

bool row_thaw(struct play *play)
{
    office_freeze(play->stage.office, false);
    return true;
}

bool row_due(struct play *play)
{
    fact_time(play, "at", office_next_due(play->stage.office, play->stage.now));
    return true;
}

/* The answer's bare words are the tables of the last batch's records. */
bool row_journal(struct play *play)
{
    const struct ledger *ledger = &play->stage.ledger;
    const size_t count = ledger->entry_count - ledger->last_batch;
    for (size_t i = 0; i < count || i < play->row->answer_count; i++) {
        const char *expected = i < play->row->answer_count ? play->row->answer[i] : "nothing";
        const char *written =
            i < count ? record_schema(ledger->entries[ledger->last_batch + i].record->kind)->table
                      : "nothing";
        if (strcmp(expected, written) != 0)
            return play_fail(play, "record %zu is %s, not %s", i + 1, written, expected);
    }
    return true;
}

/* The table that has the object; ids are in no script. */
static const char *table_of(const char *object)
{
    for (enum record_kind kind = 0; object != NULL && kind < RECORD_KIND_COUNT; kind++) {
        const struct entity_schema *schema = record_schema(kind);
        const size_t length = strlen(schema->prefix);
        if (strncmp(object, schema->prefix, length) == 0 && object[length] == '_')
            return schema->table;
    }
    return NULL;
}

static const char *user_named(const struct play *play, struct id user_id)
{
    for (size_t i = 0; i < play->name_count; i++)
        if (play->names[i].kind == NAME_PERSON && id_equal(play->names[i].user_id, user_id))
            return play->names[i].text;
    return NULL;
}

bool row_action(struct play *play)
{
    const struct ledger *ledger = &play->stage.ledger;
    const struct action *found = NULL;
    for (size_t i = ledger->last_batch; i < ledger->entry_count; i++)
        if (ledger->entries[i].record->kind == RECORD_KIND_ACTION) {
            if (found != NULL)
                return play_fail(play, "the batch has two actions");
            found = &ledger->entries[i].record->as.action;
        }
    fact_text(play, "what", found == NULL ? NULL : found->what);
    if (found == NULL)
        return true;
    fact_text(play, "object", table_of(found->object));
    fact_text(play, "subject", user_named(play, found->subject_id));
    fact_text(play, "actor", user_named(play, found->actor_id));
    fact_text(play, "key", id_is_none(found->key_id) ? "no" : "yes");
    return true;
}

bool row_counts(struct play *play)
{
    struct office_counts counts;
    office_counts(play->stage.office, &counts);
    fact_number(play, "users", (int64_t)counts.users);
    fact_number(play, "sessions", (int64_t)counts.sessions);
    fact_number(play, "api_keys", (int64_t)counts.api_keys);
    fact_number(play, "resets", (int64_t)counts.resets);
    fact_number(play, "tokens", (int64_t)counts.tokens);
    fact_number(play, "concerts", (int64_t)counts.concerts);
    fact_number(play, "rounds", (int64_t)counts.rounds);
    fact_number(play, "seats", (int64_t)counts.seats);
    fact_number(play, "reservations", (int64_t)counts.reservations);
    fact_number(play, "payments", (int64_t)counts.payments);
    fact_number(play, "finished", (int64_t)counts.finished_waiting);
    return true;
}
