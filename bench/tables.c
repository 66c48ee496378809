/* What purchases cost when each step updates its rows in SQLite: usher's own tables, prepared
 * statements, so many steps (join, hold, pay) a transaction, one sync a transaction, and no HTTP.
 *
 * Usage: tables FILE SECONDS STEPS-A-TRANSACTION; FILE is a usher.db with people, points and free
 * seats, and is changed. Prints a line of JSON. */
#include <err.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ID_BYTES 16
#define DAY_MS INT64_C(86400000)
#define BATCH_MAX 4096 /* usher's own largest batch */
#define SEATS_PER_USER 4

enum statement {
    BEGIN,
    COMMIT,
    NUMBER,
    JOIN,
    INSIDE,
    HOLD,
    RESERVE,
    NAME,
    DEBIT,
    PAY,
    ENTER,
    CONFIRM,
    SELL,
    FINISH,
    STATEMENTS,
};

/* A careful service checks and changes in one: what may not be changes no row. The + keeps the
 * planner off the index of all reservations of a round. */
static const char *const texts[STATEMENTS] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [NUMBER] = "UPDATE house SET last_number = ?1, serving = ?1 WHERE id = 1",
    [JOIN] = "INSERT INTO queue_token (id, user_id, status, number, issued_at, activate_at, "
             "expires_at, holds_until) VALUES (?1, ?2, 'active', ?3, ?4, ?4, ?5, ?5)",
    [INSIDE] = "SELECT 1 FROM queue_token WHERE id = ?1 AND status = 'active' AND expires_at > ?2 "
               "AND (SELECT count(*) FROM seat_reservation WHERE user_id = ?3 AND +round_id = ?4 "
               "AND status IN ('pending', 'confirmed')) < ?5",
    [HOLD] = "UPDATE seat SET status = 'held' WHERE id = ?1 AND status = 'available'",
    [RESERVE] = "INSERT INTO seat_reservation (id, user_id, round_id, token_id, status, amount, "
                "used_points, reserved_at, expires_at, refundable_until) "
                "VALUES (?1, ?2, ?3, ?4, 'pending', ?5, 0, ?6, ?7, ?7)",
    [NAME] = "INSERT INTO reservation_seat (reservation_id, position, seat_id, price) "
             "VALUES (?1, 0, ?2, ?3)",
    [DEBIT] = "UPDATE point_account SET balance = balance - ?2, last_updated = ?3 "
              "WHERE user_id = ?1 AND balance >= ?2",
    [PAY] = "INSERT INTO payment (id, user_id, reservation_id, amount, status, created_at, "
            "paid_at) VALUES (?1, ?2, ?3, ?4, 'succeeded', ?5, ?5)",
    [ENTER] = "INSERT INTO point_entry (id, user_id, kind, amount, balance, payment_id, caller_id, "
              "created_at) SELECT ?1, ?2, 'payment', -?3, balance, ?4, ?2, ?5 "
              "FROM point_account WHERE user_id = ?2",
    [CONFIRM] = "UPDATE seat_reservation SET status = 'confirmed', used_points = ?2, "
                "payment_id = ?3 WHERE id = ?1 AND status = 'pending' AND expires_at > ?4",
    [SELL] = "UPDATE seat SET status = 'sold' WHERE id = ?1 AND status = 'held'",
    [FINISH] = "UPDATE queue_token SET status = 'expired', reason = 'finished', ended_at = ?2 "
               "WHERE id = ?1 AND status = 'active'",
};

struct id {
    uint8_t bytes[ID_BYTES];
};

struct seat {
    struct id seat_id, round_id;
    int64_t price;
};

struct shop {
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENTS];
    struct id *users;
    struct seat *seats;
    size_t user_count, seat_count;
};

/* One purchase's rows. */
struct purchase {
    size_t number;
    const struct id *user_id;
    const struct seat *seat;
    struct id token_id, reservation_id, payment_id, entry_id;
};

static _Noreturn void failed(const struct shop *shop, const char *what)
{
    errx(EXIT_FAILURE, "%s: %s", what, sqlite3_errmsg(shop->db));
}

static int64_t now_ms(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now); /* cannot fail for these clocks */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- Statements ---- */

/* What a parameter is bound to. */
struct value {
    const struct id *id; /* NULL: the integer */
    int64_t integer;
};

static struct value id(const struct id *value)
{
    return (struct value){.id = value};
}

static struct value integer(int64_t value)
{
    return (struct value){.integer = value};
}

/* Values and their count: two arguments. */
#define VALUES(...)                                                                                \
    (const struct value[]){__VA_ARGS__},                                                           \
        (int)(sizeof((const struct value[]){__VA_ARGS__}) / sizeof(struct value))

/* Runs one that changes (or finds) exactly one row, with a value for each of its parameters; ends
 * the program when it does not. */
static void change(const struct shop *shop, enum statement which, const struct value *values,
                   int count)
{
    sqlite3_stmt *statement = shop->statements[which];
    if (count != sqlite3_bind_parameter_count(statement))
        errx(EXIT_FAILURE, "%d values for: %s", count, texts[which]);
    for (int i = 0; i < count; i++)
        if (values[i].id != NULL)
            sqlite3_bind_blob(statement, i + 1, values[i].id->bytes, ID_BYTES, SQLITE_STATIC);
        else
            sqlite3_bind_int64(statement, i + 1, values[i].integer);
    const int found = sqlite3_step(statement);
    const bool one =
        sqlite3_stmt_readonly(statement) ? found == SQLITE_ROW : sqlite3_changes(shop->db) == 1;
    if (sqlite3_reset(statement) != SQLITE_OK || !one)
        failed(shop, texts[which]);
}

static void run(const struct shop *shop, enum statement which)
{
    (void)sqlite3_step(shop->statements[which]); /* its reset tells of a failure */
    if (sqlite3_reset(shop->statements[which]) != SQLITE_OK)
        failed(shop, texts[which]);
}

/* ---- The steps ---- */

static void join(const struct shop *shop, struct purchase *purchase, int64_t now)
{
    change(shop, JOIN,
           VALUES(id(&purchase->token_id), id(purchase->user_id),
                  integer((int64_t)purchase->number), integer(now), integer(now + DAY_MS)));
}

static void hold(const struct shop *shop, struct purchase *purchase, int64_t now)
{
    const struct seat *seat = purchase->seat;
    change(shop, INSIDE,
           VALUES(id(&purchase->token_id), integer(now), id(purchase->user_id), id(&seat->round_id),
                  integer(SEATS_PER_USER)));
    change(shop, HOLD, VALUES(id(&seat->seat_id)));
    change(shop, RESERVE,
           VALUES(id(&purchase->reservation_id), id(purchase->user_id), id(&seat->round_id),
                  id(&purchase->token_id), integer(seat->price), integer(now),
                  integer(now + DAY_MS)));
    change(shop, NAME,
           VALUES(id(&purchase->reservation_id), id(&seat->seat_id), integer(seat->price)));
}

static void pay(const struct shop *shop, struct purchase *purchase, int64_t now)
{
    const struct seat *seat = purchase->seat;
    change(shop, DEBIT, VALUES(id(purchase->user_id), integer(seat->price), integer(now)));
    change(shop, PAY,
           VALUES(id(&purchase->payment_id), id(purchase->user_id), id(&purchase->reservation_id),
                  integer(seat->price), integer(now)));
    change(shop, ENTER,
           VALUES(id(&purchase->entry_id), id(purchase->user_id), integer(seat->price),
                  id(&purchase->payment_id), integer(now)));
    change(shop, CONFIRM,
           VALUES(id(&purchase->reservation_id), integer(seat->price), id(&purchase->payment_id),
                  integer(now)));
    change(shop, SELL, VALUES(id(&seat->seat_id)));
    change(shop, FINISH, VALUES(id(&purchase->token_id), integer(now)));
}

/* Ids grow, as usher's do; those of one table are distinct. */
static struct id id_of_number(uint64_t number)
{
    struct id made = {{0}};
    for (size_t i = ID_BYTES; i-- > 0; number >>= 8)
        made.bytes[i] = (uint8_t)number;
    return made;
}

static void purchase_begin(const struct shop *shop, struct purchase *purchase, size_t number)
{
    if (number >= shop->seat_count)
        errx(EXIT_FAILURE, "the seats were used up before the time");
    purchase->number = number + 1;
    purchase->user_id = &shop->users[number % shop->user_count];
    purchase->seat = &shop->seats[number];
    purchase->token_id = purchase->reservation_id = purchase->payment_id = purchase->entry_id =
        id_of_number(number);
}

/* The next step of all: steps follow each other as if people stood in a row. */
static void step(const struct shop *shop, struct purchase *purchase, size_t number)
{
    static void (*const steps[])(const struct shop *, struct purchase *, int64_t) = {join, hold,
                                                                                     pay};
    const size_t count = sizeof steps / sizeof steps[0];
    if (number % count == 0)
        purchase_begin(shop, purchase, number / count);
    steps[number % count](shop, purchase, now_ms(CLOCK_REALTIME));
}

/* Answers how many steps were done. */
static size_t work(const struct shop *shop, int64_t duration_ms, size_t batch)
{
    struct purchase purchase;
    size_t done = 0;
    const int64_t end = now_ms(CLOCK_MONOTONIC) + duration_ms;
    while (now_ms(CLOCK_MONOTONIC) < end) {
        run(shop, BEGIN);
        for (size_t i = 0; i < batch; i++)
            step(shop, &purchase, done++);
        change(shop, NUMBER, VALUES(integer((int64_t)purchase.number)));
        run(shop, COMMIT);
    }
    return done;
}

/* ---- Opening ---- */

static size_t count_rows(const struct shop *shop, const char *sql)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(shop->db, sql, -1, &statement, NULL) != SQLITE_OK ||
        sqlite3_step(statement) != SQLITE_ROW)
        failed(shop, sql);
    const int64_t count = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    if (count <= 0)
        errx(EXIT_FAILURE, "no rows: %s", sql);
    return (size_t)count;
}

static struct id column_id(const struct shop *shop, sqlite3_stmt *statement, int column)
{
    struct id found;
    if (sqlite3_column_bytes(statement, column) != ID_BYTES)
        failed(shop, "an id");
    memcpy(found.bytes, sqlite3_column_blob(statement, column), ID_BYTES);
    return found;
}

static void load_users(struct shop *shop)
{
    static const char sql[] = "SELECT user_id FROM point_account WHERE balance > 0";
    sqlite3_stmt *statement;
    const size_t count = count_rows(shop, "SELECT count(*) FROM point_account WHERE balance > 0");
    shop->users = calloc(count, sizeof *shop->users);
    if (shop->users == NULL || sqlite3_prepare_v2(shop->db, sql, -1, &statement, NULL) != SQLITE_OK)
        failed(shop, sql);
    while (shop->user_count < count && sqlite3_step(statement) == SQLITE_ROW)
        shop->users[shop->user_count++] = column_id(shop, statement, 0);
    sqlite3_finalize(statement);
}

static void load_seats(struct shop *shop)
{
    static const char sql[] =
        "SELECT id, concert_round_id, price FROM seat WHERE status = 'available' ORDER BY id";
    sqlite3_stmt *statement;
    const size_t count = count_rows(shop, "SELECT count(*) FROM seat WHERE status = 'available'");
    shop->seats = calloc(count, sizeof *shop->seats);
    if (shop->seats == NULL || sqlite3_prepare_v2(shop->db, sql, -1, &statement, NULL) != SQLITE_OK)
        failed(shop, sql);
    while (shop->seat_count < count && sqlite3_step(statement) == SQLITE_ROW) {
        struct seat *seat = &shop->seats[shop->seat_count++];
        seat->seat_id = column_id(shop, statement, 0);
        seat->round_id = column_id(shop, statement, 1);
        seat->price = sqlite3_column_int64(statement, 2);
    }
    sqlite3_finalize(statement);
}

/* As usher's bookkeeper opens them, but with the larger cache that a program would give itself for
 * which they are all there is. */
static void open_shop(struct shop *shop, const char *path)
{
    static const char pragmas[] =
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA locking_mode = EXCLUSIVE; "
        "PRAGMA foreign_keys = ON; PRAGMA cache_size = -524288; PRAGMA temp_store = MEMORY";
    if (sqlite3_open_v2(path, &shop->db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
        sqlite3_exec(shop->db, pragmas, NULL, NULL, NULL) != SQLITE_OK)
        failed(shop, path);
    for (int i = 0; i < STATEMENTS; i++)
        if (sqlite3_prepare_v3(shop->db, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &shop->statements[i], NULL) != SQLITE_OK)
            failed(shop, texts[i]);
    load_users(shop);
    load_seats(shop);
}

static void close_shop(struct shop *shop)
{
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(shop->statements[i]);
    if (sqlite3_close(shop->db) != SQLITE_OK)
        failed(shop, "closing");
    free(shop->users);
    free(shop->seats);
}

int main(int argument_count, char **arguments)
{
    struct shop shop = {0};
    const double seconds = argument_count == 4 ? strtod(arguments[2], NULL) : 0;
    const unsigned long batch = argument_count == 4 ? strtoul(arguments[3], NULL, 10) : 0;
    if (!(seconds > 0) || batch < 1 || batch > BATCH_MAX) {
        fprintf(stderr, "usage: tables FILE SECONDS STEPS-A-TRANSACTION\n");
        return 2;
    }
    open_shop(&shop, arguments[1]);
    const int64_t begun = now_ms(CLOCK_MONOTONIC);
    const size_t purchases = work(&shop, (int64_t)(seconds * 1000), batch) / 3;
    const double lasted = (double)(now_ms(CLOCK_MONOTONIC) - begun) / 1000;
    const size_t found =
        count_rows(&shop, "SELECT count(*) FROM seat_reservation WHERE status = 'confirmed'");
    if (found != purchases)
        errx(EXIT_FAILURE, "%zu purchases, but %zu in the tables", purchases, found);
    printf("{\"purchases\":%zu,\"seconds\":%.3f,\"perSecond\":%.1f}\n", purchases, lasted,
           (double)purchases / lasted);
    close_shop(&shop);
    return 0;
}
