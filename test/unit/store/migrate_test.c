/* The tables of an invented schema, made at one version and brought to the next with rows in them;
 * and what holds for the tables of the program's own. */
#include "store/migrate.h"

#include "store/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const colours[] = {"red", "green"};

/* Version 1: authors and books. Version 2: authors got a birthday, books an editor (another
 * author), a colour, a price and a secret, and there are shops. */
static const struct field_schema author_fields[] = {
    {.column = "id", .type = FIELD_ID, .flags = FIELD_FLAG_KEY, .id_of = 0, .since = 1},
    {.column = "name", .type = FIELD_TEXT, .flags = FIELD_FLAG_INDEXED, .since = 1},
    {.column = "born_at", .type = FIELD_TIME, .flags = FIELD_FLAG_OPTIONAL, .since = 2},
};
static const struct field_schema book_fields[] = {
    {.column = "id", .type = FIELD_ID, .flags = FIELD_FLAG_KEY, .id_of = 1, .since = 1},
    {.column = "author_id",
     .type = FIELD_ID,
     .flags = FIELD_FLAG_REFERENCE | FIELD_FLAG_INDEXED,
     .id_of = 0,
     .since = 1},
    {.column = "editor_id",
     .type = FIELD_ID,
     .flags = FIELD_FLAG_REFERENCE | FIELD_FLAG_INDEXED,
     .id_of = 0,
     .since = 2},
    {.column = "order", .type = FIELD_INT, .since = 2}, /* a word of SQL's */
    {.column = "colour", .type = FIELD_ENUM, .texts = colours, .text_count = 2, .since = 2},
    {.column = "title", .type = FIELD_TEXT, .since = 2},
    {.column = "weight", .type = FIELD_REAL, .since = 2},
    {.column = "key", .type = FIELD_SECRET, .since = 2},
};
static const struct field_schema shop_fields[] = {
    {.column = "id", .type = FIELD_INT, .flags = FIELD_FLAG_KEY, .since = 2},
    {.column = "open", .type = FIELD_BOOL, .since = 2},
};

static void schema_at(struct schema *schema, unsigned version)
{
    memset(schema, 0, sizeof *schema);
    schema->version = version;
    schema->entity_count = version == 1 ? 2 : 3;
    schema->entities[0] = (struct entity_schema){.table = "author",
                                                 .fields = author_fields,
                                                 .field_count = version == 1 ? 2 : 3,
                                                 .since = 1};
    schema->entities[1] = (struct entity_schema){
        .table = "book", .fields = book_fields, .field_count = version == 1 ? 2 : 8, .since = 1};
    schema->entities[2] = (struct entity_schema){
        .table = "shop", .fields = shop_fields, .field_count = 2, .since = 2};
}

static int open_memory(void **state)
{
    sqlite3 *db;
    if (sqlite3_open(":memory:", &db) != SQLITE_OK ||
        sqlite3_exec(db, "PRAGMA foreign_keys = ON", NULL, NULL, NULL) != SQLITE_OK)
        return -1;
    *state = db;
    return 0;
}

static int close_memory(void **state)
{
    return sqlite3_close(*state) == SQLITE_OK ? 0 : -1;
}

static void run(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
}

static char *text(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    const char *answer = (const char *)sqlite3_column_text(statement, 0);
    char *copy = strdup(answer == NULL ? "(null)" : answer);
    assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
    return copy;
}

static void check_text(sqlite3 *db, const char *sql, const char *expected)
{
    char *found = text(db, sql);
    assert_string_equal(found, expected);
    free(found);
}

static void migrate_to(sqlite3 *db, unsigned from, unsigned to)
{
    static struct schema schema;
    struct explanation explanation;
    schema_at(&schema, to);
    if (migrate(db, &schema, from, &explanation) != RESULT_OK)
        fail_msg("%s", explanation.text);
}

static void rows_survive_a_migration(void **state)
{
    sqlite3 *db = *state;
    migrate_to(db, 0, 1);
    run(db, "INSERT INTO author VALUES ('a', 'Han'), ('b', 'Park');"
            "INSERT INTO book VALUES ('x', 'a');"
            "UPDATE bookkeeping SET booked_seq = 7;");
    migrate_to(db, 1, 2);
    check_text(db, "PRAGMA user_version", "2");
    check_text(db, "SELECT booked_seq FROM bookkeeping", "7");
    check_text(db, "SELECT group_concat(id || name || ifnull(born_at, '-')) FROM author",
               "aHan-,bPark-");
    check_text(
        db,
        "SELECT author_id || ifnull(editor_id, '-') || \"order\" || colour || title || weight"
        " || ifnull(key, '-') FROM book",
        "a-0red0.0-");
    run(db, "INSERT INTO shop VALUES (1, 0);"
            "UPDATE author SET born_at = 1000 WHERE id = 'a';"
            "UPDATE book SET editor_id = 'b'");
    check_text(db, "SELECT born_at FROM author_readable WHERE id = 'a'",
               "1970-01-01T00:00:01.000Z");
    assert_int_equal(sqlite3_exec(db, "UPDATE book SET editor_id = 'nobody'", NULL, NULL, NULL),
                     SQLITE_CONSTRAINT);
}

/* However a version was reached, the tables are the same. */
static void the_way_to_a_version_does_not_matter(void **state)
{
    sqlite3 *db = *state;
    sqlite3 *fresh;
    assert_int_equal(sqlite3_open(":memory:", &fresh), SQLITE_OK);
    migrate_to(db, 0, 1);
    migrate_to(db, 1, 2);
    migrate_to(fresh, 0, 2);
    static const char *const questions[] = {
        "SELECT group_concat(t.name || c.name || c.type || c.\"notnull\" || ifnull(c.dflt_value, "
        "'-')"
        " || c.pk, ';') FROM sqlite_schema t, pragma_table_info(t.name) c"
        " WHERE t.type = 'table' ORDER BY t.name",
        "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema"
        " WHERE type IN ('index', 'view') AND sql IS NOT NULL ORDER BY name)",
        "SELECT group_concat(t.name || k.\"from\" || k.\"table\" || k.\"to\", ';')"
        " FROM sqlite_schema t, pragma_foreign_key_list(t.name) k WHERE t.type = 'table'",
    };
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
        char *expected = text(fresh, questions[i]);
        check_text(db, questions[i], expected);
        free(expected);
    }
    assert_int_equal(sqlite3_close(fresh), SQLITE_OK);
}

static void the_same_version_is_left_alone(void **state)
{
    sqlite3 *db = *state;
    migrate_to(db, 0, 2);
    char *before = text(db, "PRAGMA schema_version");
    migrate_to(db, 2, 2);
    check_text(db, "PRAGMA schema_version", before);
    free(before);
}

static void a_failed_migration_changes_nothing(void **state)
{
    sqlite3 *db = *state;
    static struct schema schema;
    struct explanation explanation;
    migrate_to(db, 0, 1);
    run(db, "CREATE TABLE shop (theirs)");
    schema_at(&schema, 2);
    assert_int_not_equal(migrate(db, &schema, 1, &explanation), RESULT_OK);
    assert_non_null(strstr(explanation.text, "shop"));
    check_text(db, "PRAGMA user_version", "1");
    check_text(db, "SELECT count(*) FROM pragma_table_info('author')", "2");
    check_text(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'author_readable'", "1");
}

/* ---- The program's own ---- */

static void make_own(sqlite3 *db)
{
    static struct schema schema;
    struct explanation explanation;
    schema_current(&schema);
    if (migrate(db, &schema, 0, &explanation) != RESULT_OK)
        fail_msg("%s", explanation.text);
}

static void every_reference_has_an_index(void **state)
{
    make_own(*state);
    check_text(*state,
               "SELECT count(*) FROM sqlite_schema t, pragma_foreign_key_list(t.name) k"
               " WHERE t.type = 'table' AND NOT EXISTS (SELECT 1"
               " FROM pragma_index_list(t.name) i, pragma_index_info(i.name) c"
               " WHERE c.seqno = 0 AND c.name = k.\"from\")",
               "0");
    check_text(*state,
               "SELECT count(*) > 10 FROM sqlite_schema t, pragma_foreign_key_list(t.name) k"
               " WHERE t.type = 'table'",
               "1");
}

/* Parents first: a table names only itself or tables before it. */
static void no_reference_points_forward(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        const struct entity_schema *entity = record_schema((enum record_kind)kind);
        for (size_t i = 0; i < entity->field_count; i++)
            if (entity->fields[i].flags & FIELD_FLAG_REFERENCE)
                assert_true((size_t)entity->fields[i].id_of < kind);
    }
}

static void views_leave_secrets_out(void **state)
{
    make_own(*state);
    check_text(*state,
               "SELECT count(*) FROM sqlite_schema t, pragma_table_info(t.name) c"
               " WHERE t.type = 'view' AND c.name IN ('password_hash', 'secret_hash', 'token_key')",
               "0");
    check_text(*state, "SELECT count(*) FROM sqlite_schema WHERE type = 'view'", "13");
    assert_int_equal(RECORD_KIND_COUNT, 13);
}

/* Each look-up that must stay fast however long the history grows, with the index that it uses. */
static void look_ups_use_their_indexes(void **state)
{
    static const struct {
        const char *sql, *uses;
    } rows[] = {
        {"SELECT * FROM point_entry WHERE user_id = 'u' AND id < 'x' ORDER BY id DESC",
         "INDEX point_entry_user_id (user_id=? AND id<?)"},
        {"SELECT id FROM point_entry WHERE caller_id = 'u' AND reference = 'r' LIMIT 1",
         "INDEX point_entry_caller_reference (caller_id=? AND reference=?)"},
        {"SELECT * FROM seat WHERE concert_round_id = 'r' ORDER BY position, id",
         "INDEX seat_round_position (concert_round_id=?)"},
        {"SELECT * FROM queue_token WHERE status IN ('waiting', 'active') ORDER BY id",
         "INDEX queue_token_live"},
        {"SELECT * FROM seat_reservation WHERE round_id = 'r'"
         " AND status IN ('pending', 'confirmed') ORDER BY id",
         "INDEX seat_reservation_live (round_id=?)"},
        {"SELECT * FROM seat_reservation WHERE id >= 'a' AND id < 'x' AND status = 'pending'"
         " ORDER BY id DESC",
         "INDEX seat_reservation_pending"},
        {"SELECT * FROM payment WHERE reservation_id = 'r'",
         "INDEX payment_reservation_id (reservation_id=?)"},
        {"SELECT * FROM user WHERE id >= 'a' AND email = 'e' ORDER BY id DESC",
         "INDEX user_email (email=?"},
    };
    sqlite3 *db = *state;
    make_own(db);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        sqlite3_stmt *statement;
        char *sql = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", rows[i].sql);
        assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
        const char *plan = (const char *)sqlite3_column_text(statement, 3);
        if (strstr(plan, rows[i].uses) == NULL)
            fail_msg("%s: %s", rows[i].sql, plan);
        assert_int_equal(sqlite3_step(statement), SQLITE_DONE); /* and nothing is sorted */
        assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
        sqlite3_free(sql);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, open_memory, close_memory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rows_survive_a_migration),       TEST(the_way_to_a_version_does_not_matter),
        TEST(the_same_version_is_left_alone), TEST(a_failed_migration_changes_nothing),
        TEST(every_reference_has_an_index),   TEST(no_reference_points_forward),
        TEST(views_leave_secrets_out),        TEST(look_ups_use_their_indexes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
