/* See http_world.h. Everything in it is made by the calls that requests would make. */
#include "http_world.h"

#include "base/log.h"
#include "fuzz.h"
#include "http/server.h"

#include <errno.h>
#include <ftw.h>
#include <netinet/in.h>
#include <sched.h>
#include <semaphore.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Passwords are looked at as ever, but hashing them takes no time here. */
int __wrap_crypto_pwhash_str(char *text, const char *password, unsigned long long length,
                             unsigned long long operations, size_t memory);
int __wrap_crypto_pwhash(unsigned char *key, unsigned long long key_length, const char *password,
                         unsigned long long length, const unsigned char *salt,
                         unsigned long long operations, size_t memory, int algorithm);
void __wrap_log_event(enum log_level level, timestamp_ms now, const char *format, ...);

int __wrap_crypto_pwhash(unsigned char *key, unsigned long long key_length, const char *password,
                         unsigned long long length, const unsigned char *salt,
                         unsigned long long operations, size_t memory, int algorithm)
{
    (void)salt;
    (void)operations;
    (void)memory;
    (void)algorithm;
    CHECK(crypto_generichash(key, (size_t)key_length, (const uint8_t *)password, length, NULL, 0) ==
          0);
    return 0;
}

int __wrap_crypto_pwhash_str(char *text, const char *password, unsigned long long length,
                             unsigned long long operations, size_t memory)
{
    uint8_t key[32];
    char encoded[64];
    (void)operations;
    (void)memory;
    CHECK(__wrap_crypto_pwhash(key, sizeof key, password, length, NULL, 0, 0, 0) == 0);
    CHECK(sodium_bin2base64(encoded, sizeof encoded, key, sizeof key,
                            sodium_base64_VARIANT_ORIGINAL_NO_PADDING) != NULL);
    CHECK(snprintf(text, crypto_pwhash_STRBYTES,
                   "$argon2id$v=19$m=65536,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$%s",
                   encoded) < (int)crypto_pwhash_STRBYTES);
    return 0;
}

/* What is logged would bury what the fuzzer says. */
void __wrap_log_event(enum log_level level, timestamp_ms now, const char *format, ...)
{
    (void)level;
    (void)now;
    (void)format;
}

/* ---- Asking the engine ---- */

struct asked {
    struct request request;
    sem_t answered;
};

static void on_answer(struct request *request)
{
    CHECK(sem_post(&((struct asked *)request)->answered) == 0);
}

/* Has a call granted; the caller releases it. */
static void grant(struct http_world *world, struct call *call)
{
    struct asked asked = {.request = {.call = *call, .complete = on_answer}};
    CHECK(sem_init(&asked.answered, 0, 0) == 0);
    CHECK(engine_submit(world->engine, &asked.request) == RESULT_OK);
    while (sem_wait(&asked.answered) != 0)
        CHECK(errno == EINTR);
    CHECK(sem_destroy(&asked.answered) == 0);
    *call = asked.request.call;
    if (call->refusal != REFUSAL_NONE)
        fprintf(stderr, "%s: %s\n", verb_name(call->verb), refusal_schema(call->refusal)->name);
    CHECK(call->refusal == REFUSAL_NONE);
}

static struct call call_of(const struct http_person *person, enum verb verb)
{
    return (struct call){.verb = verb, .credentials = person->credentials};
}

/* ---- The people and things ---- */

static void sign_up(struct http_world *world, struct http_person *person, enum verb verb,
                    const char *email)
{
    const struct secret key = engine_keys(world->engine).token_key;
    struct session_token token = {.secret = {1, 2, 3}};
    char hash[crypto_pwhash_STRBYTES];
    CHECK(__wrap_crypto_pwhash_str(hash, "password", strlen("password"), 0, 0) == 0);
    struct call user = {.verb = verb};
    user.in.user_register.name = user.in.user_register.email = email;
    user.in.user_register.password_hash = hash;
    grant(world, &user);
    person->user_id = user.record->as.user.id;
    call_release(&user);

    struct call session = {.verb = VERB_SESSION_OPEN};
    session.in.session_open.user_id = person->user_id;
    session.in.session_open.verified_hash = hash;
    session.in.session_open.secret_hash = token_secret_hash(token.secret);
    grant(world, &session);
    person->credentials = (struct credentials){.present = true,
                                               .session_id = session.out.session.id,
                                               .secret_hash = token_secret_hash(token.secret)};
    token.session_id = session.out.session.id;
    token.user_id = person->user_id;
    session_token_format(&token, &key, person->token);
    call_release(&session);
}

static void put_on_sale(struct http_world *world)
{
    const timestamp_ms now = engine_now(world->engine).wall;
    struct call concert = call_of(&world->boss, VERB_CONCERT_CREATE);
    concert.in.concert.title = "A concert";
    concert.in.concert.description = "With words\nabout it";
    concert.in.concert.reservation_open_at = now - DAY_MS;
    concert.in.concert.reservation_close_at = now + DAY_MS;
    grant(world, &concert);
    world->concert_id = concert.record->as.concert.id;
    call_release(&concert);

    static const struct seat_plan seats[] = {
        {.seat_number = "A-1-1", .section = "A", .row = "1", .number = "1", .price = 100},
        {.seat_number = "A-1-2", .section = "A", .row = "1", .number = "2", .price = 100},
        {.seat_number = "A-1-3", .section = "A", .grade = "S", .price = 0, .accessible = true},
        {.seat_number = "ein \"Platz\"", .placed = true, .x = -1.5, .y = 1e6, .price = 100},
    };
    struct call round = call_of(&world->boss, VERB_ROUND_CREATE);
    round.in.round.concert_id = world->concert_id;
    round.in.round.start_time = now + 2 * DAY_MS;
    round.in.round.seats = seats;
    round.in.round.seat_count = sizeof seats / sizeof seats[0];
    grant(world, &round);
    world->round_id = round.record->as.concert_round.id;
    call_release(&round);

    const struct round_snapshot *made = engine_round(world->engine, world->round_id);
    CHECK(made != NULL);
    for (size_t i = 0; i < sizeof world->seat_ids / sizeof world->seat_ids[0]; i++)
        world->seat_ids[i] = made->map->seats[i].id;
    engine_round_release(made);
}

static void enter(struct http_world *world)
{
    bool active = false;
    while (!active) { /* the door opens at the next tick */
        struct call joining = call_of(&world->buyer, VERB_QUEUE_JOIN);
        grant(world, &joining);
        world->token_id = joining.out.token.token.id;
        active = joining.out.token.token.status == TOKEN_STATUS_ACTIVE;
        call_release(&joining);
        if (!active)
            (void)sched_yield();
    }
}

static struct id hold(struct http_world *world, const struct id *seat_id)
{
    struct call holding = call_of(&world->buyer, VERB_RESERVATION_HOLD);
    holding.in.reservation_hold.round_id = world->round_id;
    holding.in.reservation_hold.seat_ids = seat_id;
    holding.in.reservation_hold.seat_count = 1;
    grant(world, &holding);
    const struct id id = holding.out.reservation.reservation.id;
    call_release(&holding);
    return id;
}

/* One reservation is paid for, one is held; paying first would end the token. */
static void buy(struct http_world *world)
{
    struct call charging = call_of(&world->buyer, VERB_POINTS_CHARGE);
    charging.in.points_charge.amount = 1000;
    grant(world, &charging);
    call_release(&charging);
    enter(world);
    world->paid_id = hold(world, &world->seat_ids[2]);
    world->reservation_id = hold(world, &world->seat_ids[1]);
    struct call paying = call_of(&world->buyer, VERB_PAYMENT_MAKE);
    paying.in.reservation.reservation_id = world->paid_id;
    grant(world, &paying);
    world->payment_id = paying.out.payment.id;
    call_release(&paying);
}

/* ---- The server ---- */

static const struct office_settings office_settings = {
    .hold_seconds = 86400,
    .max_seats_per_reservation = 4,
    .max_seats_per_user = 20,
    .refund_until_seconds = 3600,
    .charging_open = true,
    .registration_open = true,
    .max_active = 1000,
    .admit_per_second = 1000000,
    .silent_seconds = 86400,
    .active_seconds = 86400,
    .wait_seconds = 86400,
};

static void start_server(struct http_world *world)
{
    const struct api_options options = {
        .http = {.listen = "127.0.0.1:0",
                 .public_url = "https://tickets.example",
                 .trusted_proxies = "0.0.0.0/0",
                 .cors_origins = "https://shop.example, http://[::1]:3000",
                 .log_requests = true,
                 .io_threads = 1,
                 .connections_max = 64,
                 .connections_per_address = 64,
                 .head_bytes_max = 16384,
                 .head_seconds = 10,
                 .body_bytes_per_second = 1024,
                 .idle_seconds = 75},
        .version = "0",
        .time_zone = "UTC",
        .currency = "KRW",
        .settings = office_settings,
        .streams_max = 64,
        .account_requests_per_second = 1000000,
        .key_requests_per_second = 1000000,
        .address_requests_per_second = 10000000,
        .account_sign_ins_per_minute = 1000000,
        .address_sign_ins_per_minute = 10000000,
    };
    struct explanation why;
    if (api_open(&world->api, &options, &why) != RESULT_OK ||
        api_start(world->api, world->engine, &why) != RESULT_OK) {
        fprintf(stderr, "%s\n", why.text);
        CHECK(false);
    }
    world->server = api_server(world->api);
}

void http_world_connect(struct http_world *world, int connection)
{
    const union socket_address peer = {.ipv4 = {.sin_family = AF_INET}};
    acceptor_admit(world->server, connection, &peer, false);
}

/* Where TMPDIR says; otherwise in memory where the system has a place for that. */
static void make_directory(struct http_world *world)
{
    const char *parent = getenv("TMPDIR");
    if (parent == NULL)
        parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    const size_t bytes = sizeof world->directory;
    const int length = snprintf(world->directory, bytes, "%s/usher-fuzz-XXXXXX", parent);
    CHECK(length > 0 && (size_t)length < bytes);
    CHECK(mkdtemp(world->directory) != NULL);
}

void http_world_open(struct http_world *world)
{
    *world = (struct http_world){0};
    struct explanation why;
    make_directory(world);
    const struct store_options store_options = {.directory = world->directory};
    const struct engine_options engine_options = {
        .settings = office_settings, .reader_threads = 1, .password_threads = 1};
    CHECK(store_open(&world->store, &store_options, &why) == RESULT_OK);
    CHECK(engine_start(&world->engine, world->store, &engine_options, &why) == RESULT_OK);
    sign_up(world, &world->boss, VERB_ORGANIZER_ADD, "boss@example.com");
    sign_up(world, &world->buyer, VERB_USER_REGISTER, "buyer@example.com");
    put_on_sale(world);
    buy(world);
    start_server(world);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)kind;
    (void)place;
    return remove(path);
}

static void print_violation(void *owner, int invariant, const char *text)
{
    (void)owner;
    fprintf(stderr, "invariant %d: %s\n", invariant, text);
}

/* The design's invariants hold of everything that was ever written. */
static void check_books(struct http_world *world)
{
    struct explanation why;
    size_t rows, violations = 0;
    do
        CHECK(store_book(world->store, &rows, &why) == RESULT_OK);
    while (rows > 0);
    CHECK(store_audit(world->store, print_violation, NULL, &violations, &why) == RESULT_OK);
    CHECK(violations == 0);
}

void http_world_close(struct http_world *world)
{
    const int64_t wait_ms = 10000;
    api_stop(world->api, wait_ms);
    engine_stop(world->engine, 0);
    check_books(world);
    store_close(world->store);
    CHECK(nftw(world->directory, remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0);
}

/* ---- Names ---- */

struct output {
    uint8_t *bytes;
    size_t length, max;
};

static void put(struct output *output, const void *bytes, size_t length)
{
    const size_t room = output->max - output->length;
    const size_t written = length < room ? length : room;
    memcpy(output->bytes + output->length, bytes, written);
    output->length += written;
}

/* The text of the name at the front of the input, or NULL. `text` is room for it. */
static const char *text_of(const struct http_world *world, struct fuzz_input *input,
                           char text[static ID_TEXT_BYTES])
{
    const struct {
        const char *name, *token, *prefix;
        struct id id;
    } things[] = {
        {"$boss", world->boss.token, NULL, ID_NONE},
        {"$buyer", world->buyer.token, NULL, ID_NONE},
        {"$user", NULL, "user", world->buyer.user_id},
        {"$concert", NULL, "concert", world->concert_id},
        {"$round", NULL, "round", world->round_id},
        {"$seat", NULL, "seat", world->seat_ids[0]},
        {"$other", NULL, "seat", world->seat_ids[1]},
        {"$token", NULL, "token", world->token_id},
        {"$reservation", NULL, "reservation", world->reservation_id},
        {"$paid", NULL, "reservation", world->paid_id},
        {"$payment", NULL, "payment", world->payment_id},
    };
    for (size_t i = 0; i < sizeof things / sizeof things[0]; i++) {
        const size_t length = strlen(things[i].name);
        if (length > fuzz_left(input) || memcmp(input->at, things[i].name, length) != 0)
            continue;
        input->at += length;
        if (things[i].token == NULL)
            (void)id_format(things[i].prefix, things[i].id, text);
        return things[i].token == NULL ? text : things[i].token;
    }
    return NULL;
}

/* Puts the number of bytes after the first empty line where $length stands before it. */
static void put_length(struct output *output)
{
    static const char name[] = "$length", blank[] = "\r\n\r\n";
    const size_t name_length = sizeof name - 1, blank_length = sizeof blank - 1;
    uint8_t *found = memmem(output->bytes, output->length, name, name_length);
    const uint8_t *end = memmem(output->bytes, output->length, blank, blank_length);
    if (found == NULL || end == NULL || found > end)
        return;
    const uint8_t *after = output->bytes + output->length;
    char text[24];
    const int length = snprintf(text, sizeof text, "%zu", (size_t)(after - end) - blank_length);
    CHECK(length > 0 && (size_t)length <= name_length);
    memcpy(found, text, (size_t)length);
    memmove(found + length, found + name_length, (size_t)(after - found) - name_length);
    output->length -= name_length - (size_t)length;
}

size_t http_world_expand(const struct http_world *world, const uint8_t *data, size_t size,
                         uint8_t *bytes, size_t bytes_max)
{
    struct fuzz_input input = {.at = data, .end = data + size};
    struct output output = {.bytes = bytes, .max = bytes_max};
    while (fuzz_left(&input) > 0) {
        char room[ID_TEXT_BYTES];
        const char *text = *input.at == '$' ? text_of(world, &input, room) : NULL;
        if (text != NULL)
            put(&output, text, strlen(text));
        else
            put(&output, input.at++, 1);
    }
    put_length(&output);
    return output.length;
}
