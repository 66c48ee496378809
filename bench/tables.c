/* What purchases cost when each step updates its rows in SQLite: prepared statements, so many steps
 * (join, hold, pay) a transaction, one sync a transaction, and no HTTP. Buyers and seats come in no
 * order of their keys.
 *
 * Usage: tables FILE SECONDS STEPS-A-TRANSACTION; FILE is made by sqlite/schema.sql, and is
 * changed. Prints a line of JSON. */
#include "splitmix.h"

#include <err.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define DAY_MS INT64_C(86400000)
#define BATCH_MAX 4096 /* usher's own largest batch */
#define SEATS_PER_USER 1000

enum statement {
    BEGIN,
    COMMIT,
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
 * planner off an index of all reservations of a round. A purchase's number is the key of its rows.
 */
static const char *const texts[STATEMENTS] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [JOIN] = "INSERT INTO queue_token (id, user_id, status, issued_at, expires_at) "
             "VALUES (?1, ?2, 'active', ?3, ?4)",
    [INSIDE] = "SELECT 1 FROM queue_token WHERE id = ?1 AND status = 'active' AND expires_at > ?2 "
               "AND (SELECT count(*) FROM seat_reservation WHERE user_id = ?3 AND +round_id = ?4 "
               "AND status IN ('pending', 'confirmed')) < ?5",
    [HOLD] = "UPDATE seat SET status = 'held' WHERE id = ?1 AND status = 'available'",
    [RESERVE] = "INSERT INTO seat_reservation (id, user_id, round_id, token_id, status, amount, "
                "reserved_at, expires_at) VALUES (?1, ?2, ?3, ?1, 'pending', ?4, ?5, ?6)",
    [NAME] = "INSERT INTO reservation_seat (reservation_id, seat_id, price) VALUES (?1, ?2, ?3)",
    [DEBIT] = "UPDATE point_account SET balance = balance - ?2, last_updated = ?3 "
              "WHERE user_id = ?1 AND balance >= ?2",
    [PAY] = "INSERT INTO payment (id, user_id, reservation_id, amount, status, paid_at) "
            "VALUES (?1, ?2, ?1, ?3, 'succeeded', ?4)",
    [ENTER] =
        "INSERT INTO point_entry (id, user_id, kind, amount, balance, payment_id, created_at) "
        "SELECT ?1, ?2, 'payment', -?3, balance, ?1, ?4 FROM point_account WHERE user_id = ?2",
    [CONFIRM] = "UPDATE seat_reservation SET status = 'confirmed', payment_id = ?1 "
                "WHERE id = ?1 AND status = 'pending' AND expires_at > ?2",
    [SELL] = "UPDATE seat SET status = 'sold' WHERE id = ?1 AND status = 'held'",
    [FINISH] = "UPDATE queue_token SET status = 'expired', reason = 'finished', ended_at = ?2 "
               "WHERE id = ?1 AND status = 'active'",
};

struct seat {
    int64_t id, round_id, price;
};

struct shop {
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENTS];
    int64_t *users;
    struct seat *seats;
    size_t user_count, seat_count;
};

/* One purchase. */
struct purchase {
    int64_t number, user_id;
    const struct seat *seat;
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

/* Values and their count: two arguments. */
#define VALUES(...)                                                                                \
    (const int64_t[]){__VA_ARGS__}, (int)(sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t))

/* Runs one that changes (or finds) exactly one row, with a value for each of its parameters; ends
 * the program when it does not. */
static void change(const struct shop *shop, enum statement which, const int64_t *values, int count)
{
    sqlite3_stmt *statement = shop->statements[which];
    if (count != sqlite3_bind_parameter_count(statement))
        errx(EXIT_FAILURE, "%d values for: %s", count, texts[which]);
    for (int i = 0; i < count; i++)
        sqlite3_bind_int64(statement, i + 1, values[i]);
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

static void join(const struct shop *shop, const struct purchase *purchase, int64_t now)
{
    change(shop, JOIN, VALUES(purchase->number, purchase->user_id, now, now + DAY_MS));
}

static void hold(const struct shop *shop, const struct purchase *purchase, int64_t now)
{
    const struct seat *seat = purchase->seat;
    change(shop, INSIDE,
           VALUES(purchase->number, now, purchase->user_id, seat->round_id, SEATS_PER_USER));
    change(shop, HOLD, VALUES(seat->id));
    change(shop, RESERVE,
           VALUES(purchase->number, purchase->user_id, seat->round_id, seat->price, now,
                  now + DAY_MS));
    change(shop, NAME, VALUES(purchase->number, seat->id, seat->price));
}

static void pay(const struct shop *shop, const struct purchase *purchase, int64_t now)
{
    const struct seat *seat = purchase->seat;
    change(shop, DEBIT, VALUES(purchase->user_id, seat->price, now));
    change(shop, PAY, VALUES(purchase->number, purchase->user_id, seat->price, now));
    change(shop, ENTER, VALUES(purchase->number, purchase->user_id, seat->price, now));
    change(shop, CONFIRM, VALUES(purchase->number, now));
    change(shop, SELL, VALUES(seat->id));
    change(shop, FINISH, VALUES(purchase->number, now));
}

static void purchase_begin(const struct shop *shop, struct purchase *purchase, size_t number)
{
    if (number >= shop->seat_count)
        errx(EXIT_FAILURE, "the seats were used up before the time");
    purchase->number = (int64_t)number + 1;
    purchase->user_id = shop->users[number % shop->user_count];
    purchase->seat = &shop->seats[number];
}

/* The next step of all: steps follow each other as if people stood in a row. */
static void step(const struct shop *shop, struct purchase *purchase, size_t number)
{
    static void (*const steps[])(const struct shop *, const struct purchase *,
                                 int64_t) = {join, hold, pay};
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

/* Rows of so many integers, in an order that has nothing to do with their keys (R.
 * Durstenfeld's shuffle). */
static void load(const struct shop *shop, const char *sql, int64_t *rows, size_t count, int columns)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(shop->db, sql, -1, &statement, NULL) != SQLITE_OK)
        failed(shop, sql);
    const size_t width = (size_t)columns;
    uint64_t state = count;
    for (size_t row = 0; row < count && sqlite3_step(statement) == SQLITE_ROW; row++) {
        const size_t other = splitmix_next(&state) % (row + 1);
        for (size_t i = 0; i < width; i++) {
            rows[row * width + i] = rows[other * width + i];
            rows[other * width + i] = sqlite3_column_int64(statement, (int)i);
        }
    }
    sqlite3_finalize(statement);
}

static void load_users(struct shop *shop)
{
    shop->user_count = count_rows(shop, "SELECT count(*) FROM point_account");
    shop->users = calloc(shop->user_count, sizeof *shop->users);
    if (shop->users == NULL)
        err(EXIT_FAILURE, "the users");
    load(shop, "SELECT user_id FROM point_account", shop->users, shop->user_count, 1);
}

static void load_seats(struct shop *shop)
{
    _Static_assert(sizeof(struct seat) == 3 * sizeof(int64_t), "a seat is a row of three integers");
    shop->seat_count = count_rows(shop, "SELECT count(*) FROM seat WHERE status = 'available'");
    shop->seats = calloc(shop->seat_count, sizeof *shop->seats);
    if (shop->seats == NULL)
        err(EXIT_FAILURE, "the seats");
    load(shop, "SELECT id, round_id, price FROM seat WHERE status = 'available'", &shop->seats->id,
         shop->seat_count, 3);
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
    const size_t found = count_rows(&shop, "SELECT count(*) FROM seat WHERE status = 'sold'");
    if (found != purchases)
        errx(EXIT_FAILURE, "%zu purchases, but %zu in the tables", purchases, found);
    printf("{\"purchases\":%zu,\"seconds\":%.3f,\"perSecond\":%.1f}\n", purchases, lasted,
           (double)purchases / lasted);
    close_shop(&shop);
    return 0;
}
