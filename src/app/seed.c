/* `usher seed`: many people and seats in a data directory, for load tests. Everything goes through
 * the engine, thousands of calls at a time, so the data is what a server would have made. */
#include "app/account.h"
#include "app/command.h"
#include "app/crowd.h"
#include "app/stage.h"

#include <stdio.h>

struct seed_options {
    int64_t users, points, concerts, rounds, seats, price;
    const char *tokens_file, *prefix, *password;
    bool join;
};

#define OPTION(name, type, preset, least, most, value_name, help)                                  \
    {                                                                                              \
#name, SETTING_TYPE_##type, offsetof(struct seed_options, name), preset, least, most,      \
            value_name, help                                                                       \
    }

static const struct setting options[] = {
    OPTION(users, COUNT, "1000", 0, 10000000, "N", "Buyers, each with a session."),
    OPTION(tokens_file, TEXT, "", 1, 4000, "FILE",
           "Where their session tokens go; made anew, readable by its owner only."),
    OPTION(points, COUNT, "1000000", 0, CHARGE_MAX, "N", "Points on each account."),
    OPTION(prefix, TEXT, "user", 1, 32, "WORD", "E-mail addresses are WORD-1@example.com and on."),
    OPTION(password, TEXT, "seeded password", PASSWORD_CHARACTERS_MIN, PASSWORD_CHARACTERS_MAX,
           "WORD", "Everybody's password, hashed once; also of organizer@example.com."),
    OPTION(join, SWITCH, "", 0, 0, "", "Puts everybody in the queue."),
    OPTION(concerts, COUNT, "1", 0, CONCERTS_MAX, "N", "Concerts, on sale for 30 days from now."),
    OPTION(rounds, COUNT, "1", 0, ROUNDS_PER_CONCERT_MAX, "N", "Rounds of each concert."),
    OPTION(seats, COUNT, "1000", 1, ROUND_SEATS_MAX, "N", "Seats of each round."),
    OPTION(price, COUNT, "100", 0, PRICE_MAX, "N", "Price of a seat."),
};

const struct setting *command_seed_options(size_t *count)
{
    *count = sizeof options / sizeof options[0];
    return options;
}

#define SEATS_PER_ROW 100
#define SALE_DAYS 30

static enum result seed_concert(struct box_office *office, const struct credentials *organizer,
                                const struct seed_options *seed, int64_t number,
                                struct explanation *explanation)
{
    const struct stage_section section = {.name = "A",
                                          .seats = (size_t)seed->seats,
                                          .seats_per_row = SEATS_PER_ROW,
                                          .price = seed->price};
    const timestamp_ms now = engine_now(office->engine).wall;
    char title[32];
    (void)snprintf(title, sizeof title, "Concert %lld", (long long)number);
    struct id concert_id, round_id;
    enum result result =
        stage_concert(office, organizer, title, "Made by usher seed.", now - HOUR_MS,
                      now + SALE_DAYS * DAY_MS, &concert_id, explanation);
    for (int64_t i = 0; result == RESULT_OK && i < seed->rounds; i++)
        result = stage_round(office, organizer, concert_id, now + SALE_DAYS * DAY_MS + i * HOUR_MS,
                             &section, 1, &round_id, explanation);
    return result;
}

static enum result seed_concerts(struct box_office *office, const struct seed_options *seed,
                                 struct explanation *explanation)
{
    struct credentials organizer;
    if (seed->concerts == 0)
        return RESULT_OK;
    enum result result =
        account_open(office, USER_ROLE_ORGANIZER, "Organizer", "organizer@example.com",
                     seed->password, &organizer, explanation);
    if (result != RESULT_OK)
        return result;
    for (int64_t i = 1; result == RESULT_OK && i <= seed->concerts; i++)
        result = seed_concert(office, &organizer, seed, i, explanation);
    account_close(office, &organizer);
    return result;
}

static enum result seed_users(struct box_office *office, const struct seed_options *seed,
                              struct explanation *explanation)
{
    if (seed->users == 0)
        return RESULT_OK;
    char hash[PASSWORD_HASH_BYTES_MAX + 1];
    const enum result result = box_office_hash(office, seed->password, hash);
    if (result != RESULT_OK)
        return explain(explanation, result, "the password can't be hashed: no memory");
    const struct crowd_options crowd = {
        .count = (size_t)seed->users,
        .prefix = seed->prefix,
        .password_hash = hash,
        .points = seed->points,
        .join = seed->join,
        .tokens_file = seed->tokens_file,
    };
    return crowd_make(office, &crowd, explanation);
}

/* The tables are brought up to the journal before it ends, so that a server starts at once. */
#define BOOK_MS (10 * MINUTE_MS)

static enum result seed_all(const struct config *config, const struct seed_options *seed,
                            struct explanation *explanation)
{
    struct box_office office;
    enum result result = account_check_password(seed->password, NULL, explanation);
    if (result == RESULT_OK)
        result = box_office_open(&office, config, config->data, explanation);
    if (result != RESULT_OK)
        return result;
    result = seed_concerts(&office, seed, explanation);
    if (result == RESULT_OK)
        result = seed_users(&office, seed, explanation);
    box_office_close(&office, BOOK_MS);
    if (result == RESULT_OK)
        printf("usher: %s: %lld users, %lld concerts of %lld rounds of %lld seats; password: %s\n",
               config->data, (long long)seed->users, (long long)seed->concerts,
               (long long)seed->rounds, (long long)seed->seats, seed->password);
    return result;
}

enum command_status command_seed(int argument_count, char *const *arguments)
{
    struct seed_options seed = {0};
    struct command_line line = {
        .options = options,
        .option_count = sizeof options / sizeof options[0],
        .option_values = &seed,
    };
    /* Seeded people charge their accounts and sign up like everybody else. */
    static const struct config_preset presets[] = {{CONFIG_charging, "open"},
                                                   {CONFIG_registration, "open"}};
    struct config config;
    struct explanation explanation;
    enum command_status status = COMMAND_DONE;
    enum result result =
        config_read(&config, &line, presets, 2, argument_count, arguments, &explanation);
    if (result == RESULT_OK && seed.users > 0 && seed.tokens_file == NULL)
        result = explain(&explanation, RESULT_MALFORMED, "--tokens-file is missing");
    if (result != RESULT_OK)
        status = command_misused(&explanation);
    else if (seed_all(&config, &seed, &explanation) != RESULT_OK)
        status = command_failed(&explanation);
    config_release(&config);
    return status;
}
