/* The tables of an invented schema, made at one version and brought to the next with rows in them;
 * and what holds for the tables of the program's own. */
#include "store/migrate.h"

#include "store/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
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
                                                 .prefix = "author",
                                                 .fields = author_fields,
                                                 .field_count = version == 1 ? 2 : 3,
                                                 .since = 1};
    schema->entities[1] = (struct entity_schema){.table = "book",
                                                 .prefix = "book",
                                                 .fields = book_fields,
                                                 .field_count = version == 1 ? 2 : 8,
                                                 .since = 1};
    schema->entities[2] = (struct entity_schema){
        .table = "shop", .prefix = "shop", .fields = shop_fields, .field_count = 2, .since = 2};
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
    run(db, "INSERT INTO author VALUES (x'61', 'Han'), (x'62', 'Park');"
            "INSERT INTO book VALUES (x'78', x'61');"
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
            "UPDATE author SET born_at = 1000 WHERE name = 'Han';"
            "UPDATE book SET editor_id = x'62'");
    check_text(db, "SELECT born_at FROM author_readable WHERE name = 'Han'",
               "1970-01-01T00:00:01.000Z");
    assert_int_equal(sqlite3_exec(db, "UPDATE book SET editor_id = x'63'", NULL, NULL, NULL),
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

/* Rows of these are deleted, and then SQLite looks for rows that name them; of others it never
 * does.
 */
static void references_to_what_is_deleted_have_an_index(void **state)
{
    static const char deleted[] = "('concert', 'concert_round', 'seat', 'session')";
    char sql[512];
    make_own(*state);
    (void)snprintf(sql, sizeof sql,
                   "SELECT group_concat(t.name || '.' || k.\"from\") FROM sqlite_schema t,"
                   " pragma_foreign_key_list(t.name) k WHERE t.type = 'table'"
                   " AND k.\"table\" IN %s AND NOT EXISTS (SELECT 1"
                   " FROM pragma_index_list(t.name) i, pragma_index_info(i.name) c"
                   " WHERE NOT i.partial AND c.seqno = 0 AND c.name = k.\"from\")",
                   deleted);
    check_text(*state, sql, "(null)");
    (void)snprintf(sql, sizeof sql,
                   "SELECT count(*) FROM sqlite_schema t, pragma_foreign_key_list(t.name) k"
                   " WHERE t.type = 'table' AND k.\"table\" IN %s",
                   deleted);
    check_text(*state, sql, "5");
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
    char views[8];
    (void)snprintf(views, sizeof views, "%d", RECORD_KIND_COUNT);
    check_text(*state, "SELECT count(*) FROM sqlite_schema WHERE type = 'view'", views);
}

static void check_readable_id(sqlite3 *db, const struct id *id)
{
    char text[ID_TEXT_BYTES], sql[256];
    id_format("user", *id, text);
    sqlite3_stmt *statement;
    run(db, "DELETE FROM user");
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "INSERT INTO user (id, name, role, created_at)"
                                        " VALUES (?1, 'Han', 'buyer', 0)",
                                        -1, &statement, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_bind_blob(statement, 1, id->bytes, ID_BYTES, SQLITE_STATIC),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_DONE);
    assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
    (void)snprintf(sql, sizeof sql, "SELECT id FROM user_readable");
    check_text(db, sql, text);
}

/* As id_format does, in plain SQL: each bit alone, all of them, and what chance makes of them. */
static void views_show_ids_as_text(void **state)
{
    static const uint64_t seed[4] = {1, 2, 3, 4};
    struct id_source source;
    struct id id;
    make_own(*state);
    id_source_init(&source, seed);
    for (size_t bit = 0; bit < 8 * (size_t)ID_BYTES; bit++) {
        id = ID_NONE;
        id.bytes[bit / 8] = (uint8_t)(0x80 >> bit % 8);
        check_readable_id(*state, &id);
    }
    memset(id.bytes, 0xff, ID_BYTES);
    check_readable_id(*state, &id);
    for (size_t i = 0; i < 200; i++) {
        id = id_next(&source, 1 + (timestamp_ms)(i * INT64_C(987654321)));
        check_readable_id(*state, &id);
    }
    check_text(*state, "SELECT count(payment_id) || count(id) FROM point_entry_readable", "00");
}

static void views_show_no_id_where_there_is_none(void **state)
{
    make_own(*state);
    run(*state,
        "INSERT INTO user (id, name, role, created_at) VALUES (zeroblob(16), 'Han', 'buyer', 0);"
        "INSERT INTO point_entry (id, user_id, kind, amount, balance, caller_id, created_at)"
        " VALUES (x'01020304050607080910111213141516', zeroblob(16), 'charge', 1, 1, zeroblob(16),"
        " 0)");
    check_text(*state,
               "SELECT id || ' ' || user_id || ' ' || ifnull(payment_id, 'none')"
               " FROM point_entry_readable",
               "entry_01081g81860w40j40h289h858p user_00000000000000000000000000 none");
}

/* Each look-up that must stay fast however long the history grows, with the index that it uses. */
static void look_ups_use_their_indexes(void **state)
{
    static const struct {
        const char *sql, *uses;
    } rows[] = {
        {"SELECT * FROM point_entry WHERE user_id = x'01' AND id < x'02' ORDER BY id DESC",
         "INDEX point_entry_user_id (user_id=? AND id<?)"},
        {"SELECT * FROM seat_reservation WHERE id >= x'01' AND id < x'02' AND user_id = x'03'"
         " AND +round_id = x'04' AND status = 'pending' ORDER BY id DESC",
         "INDEX seat_reservation_user_id (user_id=? AND id>? AND id<?)"},
        {"SELECT * FROM seat_reservation WHERE id >= x'01' AND id < x'02' AND round_id = x'04'"
         " ORDER BY id DESC",
         "INDEX seat_reservation_round_id (round_id=? AND id>? AND id<?)"},
        {"SELECT id FROM point_entry WHERE caller_id = x'01' AND reference = ?1 LIMIT 1",
         "INDEX point_entry_reference (reference=? AND caller_id=?)"},
        {"SELECT * FROM point_entry WHERE id >= x'01' AND id < x'02' AND kind = 'adjustment'"
         " ORDER BY id DESC",
         "INDEX point_entry_adjustment"},
        {"SELECT * FROM point_entry WHERE id >= x'01' AND id < x'02' AND kind = 'refund'"
         " ORDER BY id DESC",
         "INDEX point_entry_refund"},
        {"SELECT * FROM user WHERE id >= x'01' AND external_id = 'e'",
         "INDEX user_external_id (external_id=?"},
        {"SELECT * FROM seat WHERE concert_round_id = x'01' ORDER BY position",
         "INDEX seat_round_position (concert_round_id=?)"},
        {"SELECT * FROM queue_token WHERE status IN ('waiting', 'active') ORDER BY id",
         "INDEX queue_token_live"},
        {"SELECT * FROM seat_reservation WHERE round_id = x'01'"
         " AND status IN ('pending', 'confirmed') ORDER BY id",
         "INDEX seat_reservation_round_id (round_id=?)"},
        {"SELECT * FROM seat_reservation WHERE id >= x'01' AND id < x'02' AND status = 'pending'"
         " ORDER BY id DESC",
         "INDEX seat_reservation_pending"},
        {"SELECT * FROM payment WHERE reservation_id = x'01' AND status = 'failed'",
         "INDEX payment_failed (reservation_id=?)"},
        {"SELECT * FROM user WHERE id >= x'01' AND email = 'e'", "INDEX user_email (email=?"},
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
        TEST(rows_survive_a_migration),
        TEST(the_way_to_a_version_does_not_matter),
        TEST(the_same_version_is_left_alone),
        TEST(a_failed_migration_changes_nothing),
        TEST(references_to_what_is_deleted_have_an_index),
        TEST(no_reference_points_forward),
        TEST(views_leave_secrets_out),
        TEST(views_show_ids_as_text),
        TEST(views_show_no_id_where_there_is_none),
        TEST(look_ups_use_their_indexes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
