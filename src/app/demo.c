/* `usher demo`: a server with something to sell, people to sell it to, and the lines to do it. */
#include "app/account.h"
#include "app/command.h"
#include "app/demo_crowd.h"
#include "app/demo_hall.h"
#include "app/serve.h"
#include "app/stage.h"

#include <errno.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define PASSWORD_GROUPS 3
#define PASSWORD_GROUP_CHARACTERS 4
#define PASSWORD_BYTES (PASSWORD_GROUPS * (PASSWORD_GROUP_CHARACTERS + 1))

struct demo_account {
    enum user_role role;
    const char *name, *email;
    char password[PASSWORD_BYTES];
};

#define DEMO_ACCOUNTS 3

struct demo_options {
    int64_t crowd;
};

static const struct setting options[] = {
    {"crowd", SETTING_TYPE_COUNT, offsetof(struct demo_options, crowd), "0", 0, DEMO_CROWD_MAX, "N",
     "So many people come, line up and buy meanwhile; where max-active is not set, half of them "
     "may be inside at once. They leave the last tenth of the seats to you."},
};

const struct setting *command_demo_options(size_t *count)
{
    *count = sizeof options / sizeof options[0];
    return options;
}

struct demo {
    const struct config *config;
    struct demo_options options;
    struct demo_crowd *crowd; /* or NULL */
    char crowd_hash[PASSWORD_HASH_BYTES_MAX + 1];
    const char *directory;
    bool temporary;
    struct demo_account accounts[DEMO_ACCOUNTS];
    char concert_id[ID_TEXT_BYTES];
};

/* ---- Data ---- */

/* Three groups of four characters: 60 bits, and easy to type. */
static enum result make_password(char password[static PASSWORD_BYTES],
                                 struct explanation *explanation)
{
    static const char characters[] = "abcdefghijkmnopqrstuvwxyz2345679";
    _Static_assert(sizeof characters - 1 == 32, "five bits a character");
    uint8_t random[PASSWORD_BYTES];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return explain(explanation, RESULT_IO, "no random bytes: %s", strerror(errno));
    for (size_t i = 0; i < PASSWORD_BYTES; i++)
        password[i] =
            (i + 1) % (PASSWORD_GROUP_CHARACTERS + 1) == 0 ? '-' : characters[random[i] & 31];
    password[PASSWORD_BYTES - 1] = '\0';
    return RESULT_OK;
}

/* A round that can be bought from now. */
static bool is_on_sale(const struct concert *concert, const struct concert_round *round,
                       timestamp_ms now)
{
    return id_equal(round->concert_id, concert->id) && round->status == ROUND_STATUS_SCHEDULED &&
           concert->reservation_open_at <= now && now < concert->reservation_close_at &&
           now < round->start_time;
}

/* A directory that was given may have a sale already. */
static bool find_concert_on_sale(const struct box_office *office, struct id *concert_id)
{
    const timestamp_ms now = engine_now(office->engine).wall;
    const struct catalogue_snapshot *catalogue = engine_catalogue(office->engine);
    bool found = false;
    for (size_t i = 0; i < catalogue->concert_count && !found; i++)
        for (size_t j = 0; j < catalogue->round_count && !found; j++)
            if (is_on_sale(&catalogue->concerts[i], &catalogue->rounds[j].round, now)) {
                *concert_id = catalogue->concerts[i].id;
                found = true;
            }
    engine_catalogue_release(catalogue);
    return found;
}

static enum result make_rounds(struct box_office *office, const struct credentials *organizer,
                               struct id concert_id, const struct demo_hall *hall,
                               struct explanation *explanation)
{
    static const int64_t days[] = {30, 31};
    const timestamp_ms now = engine_now(office->engine).wall;
    enum result result = RESULT_OK;
    for (size_t i = 0; result == RESULT_OK && i < sizeof days / sizeof days[0]; i++) {
        struct id round_id;
        result = stage_seats(office, organizer, concert_id, now + days[i] * DAY_MS, hall->seats,
                             hall->seat_count, &round_id, explanation);
    }
    return result;
}

static enum result make_concert(struct box_office *office, const struct credentials *organizer,
                                struct id *concert_id, struct explanation *explanation)
{
    const timestamp_ms now = engine_now(office->engine).wall;
    struct demo_hall hall;
    enum result result = demo_hall_make(&hall);
    if (result != RESULT_OK)
        return explain(explanation, result, "no memory for a hall");
    result = stage_concert(office, organizer, "Winter Songs", "One voice, one piano, two evenings.",
                           now - HOUR_MS, now + 30 * DAY_MS, concert_id, explanation);
    if (result == RESULT_OK)
        result = make_rounds(office, organizer, *concert_id, &hall, explanation);
    demo_hall_release(&hall);
    return result;
}

static enum result make_data(struct demo *demo, struct box_office *office,
                             const struct credentials *organizer, struct explanation *explanation)
{
    struct id concert_id;
    if (!find_concert_on_sale(office, &concert_id)) {
        const enum result result = make_concert(office, organizer, &concert_id, explanation);
        if (result != RESULT_OK)
            return result;
    }
    (void)id_format("concert", concert_id, demo->concert_id);
    return RESULT_OK;
}

/* Lets half of the crowd in at once, so that there is a line. */
static enum result make_line(struct box_office *office, const struct credentials *organizer,
                             int64_t people, struct explanation *explanation)
{
    struct call call = {
        .verb = VERB_QUEUE_CHANGE,
        .credentials = *organizer,
        .in.queue_change = {.has_max_active = true, .max_active = (people + 1) / 2},
    };
    box_office_ask(office, &call);
    const enum refusal refusal = call.refusal;
    call_release(&call);
    return refusal == REFUSAL_NONE ? RESULT_OK : account_refused("a line", refusal, explanation);
}

/* Nobody knows the crowd's password. */
static enum result send_crowd(struct demo *demo, struct box_office *office,
                              const struct credentials *organizer, struct explanation *explanation)
{
    const int64_t people = demo->options.crowd;
    if (people == 0)
        return RESULT_OK;
    char password[PASSWORD_BYTES];
    enum result result = make_password(password, explanation);
    if (result == RESULT_OK && box_office_hash(office, password, demo->crowd_hash) != RESULT_OK)
        result = explain(explanation, RESULT_NO_MEMORY, "no memory for the crowd's password");
    if (result == RESULT_OK && !config_is_set(demo->config, CONFIG_max_active))
        result = make_line(office, organizer, people, explanation);
    if (result != RESULT_OK)
        return result;
    const struct demo_crowd_options crowd = {
        .people = (size_t)people,
        .seats_each_max = demo->config->max_seats_per_reservation,
        .password_hash = demo->crowd_hash,
    };
    return demo_crowd_start(&demo->crowd, office, &crowd, explanation);
}

static enum result prepare_demo(void *owner, struct box_office *office,
                                struct explanation *explanation)
{
    struct demo *demo = owner;
    struct credentials credentials[DEMO_ACCOUNTS];
    enum result result = RESULT_OK;
    size_t opened = 0;
    while (result == RESULT_OK && opened < DEMO_ACCOUNTS) {
        struct demo_account *account = &demo->accounts[opened];
        result = make_password(account->password, explanation);
        if (result == RESULT_OK)
            result = account_open(office, account->role, account->name, account->email,
                                  account->password, &credentials[opened], explanation);
        if (result == RESULT_OK)
            opened++;
    }
    if (result == RESULT_OK)
        result = make_data(demo, office, &credentials[0], explanation);
    if (result == RESULT_OK)
        result = send_crowd(demo, office, &credentials[0], explanation);
    while (opened > 0)
        account_close(office, &credentials[--opened]);
    return result;
}

static void finish_demo(void *owner)
{
    struct demo *demo = owner;
    demo_crowd_stop(demo->crowd);
    demo->crowd = NULL;
}

/* ---- What is printed ---- */

static void print_accounts(const struct demo *demo)
{
    printf("\nThe data is in %s%s. Ctrl-C stops the demo.\n\n", demo->directory,
           demo->temporary ? " and is removed when the demo stops" : "");
    if (demo->options.crowd > 0)
        printf("%" PRId64 " people come, line up and buy meanwhile.\n\n", demo->options.crowd);
    for (size_t i = 0; i < DEMO_ACCOUNTS; i++)
        printf("  %-10s %-24s %s\n", user_role_texts[demo->accounts[i].role],
               demo->accounts[i].email, demo->accounts[i].password);
}

/* Only sh, curl and sed are needed. No comments among the lines: zsh takes none when pasted. */
static void print_lines(const struct demo *demo, const char *url)
{
    const struct demo_account *buyer = &demo->accounts[1];
    printf("\nOpen %s/ in a browser and sign in as a buyer, or %s/desk as the organizer.\n", url,
           url);
    printf(
        "\nOr paste these lines into another shell to buy a ticket: sign in, join the queue, wait\n"
        "to be let in, find a round and a free seat, hold it, charge points, pay, look.\n\n");
    printf("usher=%s\n", url);
    printf("json='Content-Type: application/json'\n");
    printf("session=$(curl -s $usher/v1/sessions -H \"$json\" -d "
           "'{\"email\":\"%s\",\"password\":\"%s\"}' | "
           "sed 's/.*\"token\": *\"\\([^\"]*\\)\".*/\\1/')\n",
           buyer->email, buyer->password);
    printf("me=\"Authorization: Bearer $session\"\n"
           "curl -sw '\\n' -X POST $usher/v1/queue/tokens -H \"$me\"\n"
           "until curl -s $usher/v1/queue/tokens/current -H \"$me\" | "
           "grep '\"status\": *\"active\"'; do sleep 1; done\n");
    printf("round=$(curl -s $usher/v1/concerts/%s/rounds | tr '{' '\\n' | "
           "sed -n 's/.*\"id\": *\"\\(round_[a-z0-9]*\\)\".*/\\1/p' | head -n 1)\n",
           demo->concert_id);
    printf("seat=$(curl -s \"$usher/v1/rounds/$round/seats?limit=1000\" | tr '{' '\\n' | "
           "sed -n '/\"status\": *\"available\"/s/.*\"id\": *\"\\(seat_[a-z0-9]*\\)\".*/\\1/p' | "
           "head -n 1)\n"
           "reservation=$(curl -s $usher/v1/reservations -H \"$me\" -H \"$json\" -d "
           "\"{\\\"roundId\\\":\\\"$round\\\",\\\"seatIds\\\":[\\\"$seat\\\"]}\" | "
           "sed 's/.*\"id\": *\"\\(reservation_[a-z0-9]*\\)\".*/\\1/')\n");
    printf("curl -sw '\\n' $usher/v1/points/charges -H \"$me\" -H \"$json\" -d "
           "'{\"amount\":%d}'\n"
           "curl -sw '\\n' $usher/v1/payments -H \"$me\" -H \"$json\" -d "
           "\"{\\\"reservationId\\\":\\\"$reservation\\\"}\"\n"
           "curl -sw '\\n' $usher/v1/reservations/$reservation -H \"$me\"\n",
           DEMO_HALL_PRICE_MAX);
}

static void greet(void *owner, const char *url)
{
    const struct demo *demo = owner;
    print_accounts(demo);
    print_lines(demo, url);
}

/* ---- The directory ---- */

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

static enum result make_demo_directory(char *path, size_t size, struct explanation *explanation)
{
    const char *parent = getenv("TMPDIR");
    if (parent == NULL || parent[0] == '\0')
        parent = "/tmp";
    const int length = snprintf(path, size, "%s/usher-demo-XXXXXX", parent);
    if (length < 0 || (size_t)length >= size || mkdtemp(path) == NULL)
        return explain(explanation, RESULT_IO, "no temporary directory in %.200s: %s", parent,
                       strerror(errno));
    return RESULT_OK;
}

#define REMOVE_DESCRIPTORS 8

static enum result run_demo(struct demo *demo, const struct config *config,
                            struct explanation *explanation)
{
    char path[4096];
    demo->config = config;
    demo->directory = config->data;
    demo->temporary = !config_is_set(config, CONFIG_data);
    if (demo->temporary) {
        const enum result made = make_demo_directory(path, sizeof path, explanation);
        if (made != RESULT_OK)
            return made;
        demo->directory = path;
    }
    const struct serve_hooks hooks = {.owner = demo,
                                      .prepare = prepare_demo,
                                      .finish = finish_demo,
                                      .ready = greet,
                                      .ends_with_terminal = true,
                                      .is_temporary = demo->temporary};
    const enum result result = serve_run(config, demo->directory, &hooks, explanation);
    if (demo->temporary && nftw(path, remove_entry, REMOVE_DESCRIPTORS, FTW_DEPTH | FTW_PHYS) != 0)
        fprintf(stderr, "usher: %s could not be removed\n", path);
    return result;
}

enum command_status command_demo(int argument_count, char *const *arguments)
{
    static const struct config_preset presets[] = {{CONFIG_charging, "open"}};
    struct demo demo = {
        .accounts =
            {
                {.role = USER_ROLE_ORGANIZER, .name = "Olga", .email = "organizer@example.com"},
                {.role = USER_ROLE_BUYER, .name = "Ann", .email = "ann@example.com"},
                {.role = USER_ROLE_BUYER, .name = "Bob", .email = "bob@example.com"},
            },
    };
    struct command_line line = {
        .options = options,
        .option_count = sizeof options / sizeof options[0],
        .option_values = &demo.options,
    };
    struct config config;
    struct explanation explanation;
    enum command_status status = COMMAND_DONE;
    enum result result =
        config_read(&config, &line, presets, 1, argument_count, arguments, &explanation);
    if (result == RESULT_OK && (!config.charging || !config.registration))
        result = explain(&explanation, RESULT_MALFORMED,
                         "the demo needs charging and registration to be open");
    if (result != RESULT_OK) {
        status = command_misused(&explanation);
    } else {
        serve_block_signals();
        if (run_demo(&demo, &config, &explanation) != RESULT_OK)
            status = command_failed(&explanation);
    }
    config_release(&config);
    return status;
}
