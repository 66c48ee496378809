/* Settings: where each value comes from, and what is said about a wrong one. */
#include "app/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define ARGUMENTS_MAX 6

struct own_options {
    int64_t count;
    bool quick;
};

static const struct setting own_options[] = {
    {"count", SETTING_TYPE_COUNT, offsetof(struct own_options, count), "7", 0, 9, "N", ""},
    {"be_quick", SETTING_TYPE_SWITCH, offsetof(struct own_options, quick), "", 0, 0, "", ""},
};

/* One run: a file's text (or NULL), one variable of the environment, the arguments. */
struct row {
    const char *file;
    const char *variable, *value;
    char *arguments[ARGUMENTS_MAX];
    const char *complaint; /* a part of what is said; NULL: it is accepted */
    int64_t hold_seconds;  /* then */
};

static char file_path[] = "/tmp/usher-config-XXXXXX";

static int make_file(void **state)
{
    (void)state;
    const int file = mkstemp(file_path);
    return file < 0 ? -1 : close(file);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(file_path);
}

static void write_file(const char *text)
{
    FILE *file = fopen(file_path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* Reads a row's configuration; the caller releases it. */
static enum result read_row(const struct row *row, struct config *config,
                            struct own_options *values, struct explanation *explanation)
{
    char flag[] = "--config";
    char *arguments[ARGUMENTS_MAX + 2];
    int count = 0;
    if (row->file != NULL) {
        write_file(row->file);
        arguments[count++] = flag;
        arguments[count++] = file_path;
    }
    for (size_t i = 0; i < ARGUMENTS_MAX && row->arguments[i] != NULL; i++)
        arguments[count++] = row->arguments[i];
    if (row->variable != NULL)
        assert_int_equal(setenv(row->variable, row->value, 1), 0);
    struct command_line line = {.options = own_options, .option_count = 2, .option_values = values};
    const enum result result = config_read(config, &line, NULL, 0, count, arguments, explanation);
    if (row->variable != NULL)
        assert_int_equal(unsetenv(row->variable), 0);
    return result;
}

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct config config;
        struct own_options values = {0};
        struct explanation explanation = {""};
        const enum result result = read_row(&rows[i], &config, &values, &explanation);
        if (rows[i].complaint == NULL) {
            if (result != RESULT_OK)
                fail_msg("row %zu: %s", i, explanation.text);
            assert_int_equal(config.hold_seconds, rows[i].hold_seconds);
        } else {
            assert_int_not_equal(result, RESULT_OK);
            if (strstr(explanation.text, rows[i].complaint) == NULL)
                fail_msg("row %zu: '%s' lacks '%s'", i, explanation.text, rows[i].complaint);
        }
        config_release(&config);
    }
}

#define VARIABLE "USHER_HOLD_SECONDS"
#define ROWS(rows) rows, sizeof(rows) / sizeof(rows)[0]

static void a_flag_wins_over_the_environment_and_that_over_the_file(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {NULL, NULL, NULL, {NULL}, NULL, 300},
        {"hold-seconds = 11\n", NULL, NULL, {NULL}, NULL, 11},
        {"hold-seconds = 11\n", VARIABLE, "12", {NULL}, NULL, 12},
        {"hold-seconds = 11\n", VARIABLE, "12", {"--hold-seconds", "13"}, NULL, 13},
        {NULL, VARIABLE, "12", {"--hold-seconds=13"}, NULL, 13},
        {NULL, NULL, NULL, {"--hold-seconds", "13", "--hold-seconds", "14"}, NULL, 14},
        /* What is overridden must be right as well. */
        {"hold-seconds = 0\n", NULL, NULL, {"--hold-seconds", "13"}, ":1: hold-seconds", 0},
        {NULL, VARIABLE, "x", {"--hold-seconds", "13"}, VARIABLE ": hold-seconds", 0},
    };
    check_rows(ROWS(rows));
}

static void a_file_has_a_setting_a_line(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"", NULL, NULL, {NULL}, NULL, 300},
        {"# hold-seconds = 1\n\n \t\r\n", NULL, NULL, {NULL}, NULL, 300},
        {"  hold-seconds=5", NULL, NULL, {NULL}, NULL, 5},
        {"hold-seconds 5\r\ncharging = open # for now\r\n", NULL, NULL, {NULL}, NULL, 5},
        {"\nhold-seconds =\n", NULL, NULL, {NULL}, ":2: hold-seconds = ''", 0},
        {"hold-seconds\n", NULL, NULL, {NULL}, ":1: hold-seconds = ''", 0},
        {"hold-seconds = 5 6\n", NULL, NULL, {NULL}, ":1: hold-seconds = '5 6'", 0},
        {"hold-seconds = 5\nhold-seconds = 5\n", NULL, NULL, {NULL}, "line 1 already", 0},
        {"hold-secnods = 5\n", NULL, NULL, {NULL}, "hold-secnods is not a setting", 0},
        {"hold_seconds = 5\n", NULL, NULL, {NULL}, "hold_seconds is not a setting", 0},
        {"config = other\n", NULL, NULL, {NULL}, "config is not a setting", 0},
        {NULL, NULL, NULL, {"--config", "/nowhere.conf"}, "/nowhere.conf: No such file", 0},
        {NULL, NULL, NULL, {"--config", "/"}, "/: Is a directory", 0},
        {NULL, NULL, NULL, {"--config"}, "--config needs a value", 0},
    };
    check_rows(ROWS(rows));
}

static void a_number_is_plain_and_in_its_range(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "", "0", "-5", "+5", "1.5", "5 ", " 5", "0x10", "05", "86401", "99999999999999999999", "5s",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        const struct row row = {
            NULL, VARIABLE, wrong[i], {NULL}, "must be a number from 1 to 86400", 0};
        check_rows(&row, 1);
    }
    static const struct row edges[] = {
        {NULL, VARIABLE, "1", {NULL}, NULL, 1},
        {NULL, VARIABLE, "86400", {NULL}, NULL, 86400},
    };
    check_rows(ROWS(edges));
}

static void other_values_have_their_forms(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {NULL, "USHER_CHARGING", "yes", {NULL}, "charging = 'yes': must be open or closed", 0},
        {NULL, "USHER_LISTEN", "127.0.0.1", {NULL}, "listen", 0},
        {NULL, "USHER_LISTEN", "127.0.0.1:65536", {NULL}, "listen", 0},
        {NULL, "USHER_LISTEN", "256.0.0.1:0", {NULL}, "listen", 0},
        {NULL, "USHER_LISTEN", "::1:80", {NULL}, "listen", 0},
        {NULL, "USHER_LISTEN", "[::1:80", {NULL}, "listen", 0},
        {NULL, "USHER_LISTEN", "[::1]:80", {NULL}, NULL, 300},
        {NULL, "USHER_LISTEN", "0.0.0.0:0", {NULL}, NULL, 300},
        {NULL, "USHER_METRICS_LISTEN", "9090", {NULL}, "metrics-listen", 0},
        {NULL, "USHER_METRICS_LISTEN", "[::1]:9090", {NULL}, NULL, 300},
        {NULL, "USHER_PUBLIC_URL", "tickets.example", {NULL}, "must be http:// or https://", 0},
        {NULL, "USHER_PUBLIC_URL", "https://tickets.example/shop", {NULL}, "public-url", 0},
        {NULL, "USHER_PUBLIC_URL", "https://tickets.example/", {NULL}, NULL, 300},
        {NULL, "USHER_PUBLIC_URL", "http://[::1]:8080", {NULL}, NULL, 300},
        {NULL, "USHER_TRUSTED_PROXIES", "proxy.example", {NULL}, "trusted-proxies", 0},
        {NULL, "USHER_TRUSTED_PROXIES", "10.0.0.1/8", {NULL}, "no bit set past the prefix", 0},
        {NULL, "USHER_TRUSTED_PROXIES", "10.0.0.0/8, ::1", {NULL}, NULL, 300},
        {NULL, "USHER_CORS_ORIGINS", "shop.example", {NULL}, "must be origins", 0},
        {NULL, "USHER_CORS_ORIGINS", "*", {NULL}, "cors-origins", 0},
        {NULL, "USHER_CORS_ORIGINS", "null", {NULL}, "cors-origins", 0},
        {NULL, "USHER_CORS_ORIGINS", "https://shop.example,", {NULL}, "cors-origins", 0},
        {NULL, "USHER_CORS_ORIGINS", "https://shop.example, http://[::1]:3000", {NULL}, NULL, 300},
        {NULL, "USHER_LOG_REQUESTS", "yes", {NULL}, "must be on or off", 0},
        {NULL, "USHER_LOG_REQUESTS", "on", {NULL}, NULL, 300},
        {NULL, "USHER_TIME_ZONE", "Mars/Olympus", {NULL}, "time-zone", 0},
        {NULL, "USHER_TIME_ZONE", "../../../etc/passwd", {NULL}, "time-zone", 0},
        {NULL, "USHER_TIME_ZONE", "/etc/passwd", {NULL}, "time-zone", 0},
        {NULL, "USHER_TIME_ZONE", "", {NULL}, "time-zone", 0},
        {NULL, "USHER_CURRENCY", "krw", {NULL}, "currency", 0},
        {NULL, "USHER_CURRENCY", "EUX", {NULL}, "currency", 0},
        {NULL, "USHER_TOP_UP_URL", "ftp://shop.example/", {NULL}, "top-up-url", 0},
        {NULL, "USHER_TOP_UP_URL", "https://shop.example/{name}", {NULL}, "top-up-url", 0},
        {NULL, "USHER_TOP_UP_URL", "https://shop.example/{user", {NULL}, "top-up-url", 0},
        {NULL, "USHER_TOP_UP_URL", "https://shop.example/a b", {NULL}, "top-up-url", 0},
        {NULL, "USHER_TOP_UP_URL", "https://shop.example/\"", {NULL}, "top-up-url", 0},
        {NULL, "USHER_TIME_ZONE", "UTC", {NULL}, NULL, 300},
        {NULL, "USHER_IO_THREADS", "0", {NULL}, "auto or a number from 1 to 64", 0},
        {NULL, "USHER_IO_THREADS", "auto", {NULL}, NULL, 300},
        {NULL, "USHER_DATA", "", {NULL}, "data = ''", 0},
        {NULL,
         "USHER_TLS_CERT",
         "/nowhere.pem",
         {NULL},
         "USHER_TLS_CERT: tls-cert and tls-key go together",
         0},
        {"tls-cert /dev/null\ntls-key /nowhere.pem\n", NULL, NULL, {NULL}, "tls-key /nowhere", 0},
        /* Not refused: some platforms put names of their own there. */
        {NULL, "USHER_SERVICE_HOST", "10.0.0.1", {NULL}, NULL, 300},
    };
    check_rows(ROWS(rows));
}

static void arguments_are_flags_with_values_and_no_more_words_than_asked_for(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {NULL, NULL, NULL, {"--colour", "red"}, "--colour is not a setting", 0},
        {NULL, NULL, NULL, {"--hold_seconds", "5"}, "--hold_seconds is not a setting", 0},
        {NULL, NULL, NULL, {"--hold-seconds"}, "--hold-seconds needs a value", 0},
        {NULL, NULL, NULL, {"--hold-seconds", "--data", "x"}, "--hold-seconds needs a value", 0},
        {NULL, NULL, NULL, {"--"}, "-- is not a setting", 0},
        {NULL, NULL, NULL, {"now"}, "'now' is one word too many", 0},
        {NULL, NULL, NULL, {"--be-quick", "now"}, "'now' is one word too many", 0},
        {NULL, NULL, NULL, {"--be-quick=yes"}, "--be-quick takes no value", 0},
        {NULL, NULL, NULL, {"--count", "10"}, "--count '10': must be a number from 0 to 9", 0},
        {NULL, NULL, NULL, {"--be-quick", "--hold-seconds", "5"}, NULL, 5},
        /* The environment has settings, not a command's own options. */
        {NULL, "USHER_COUNT", "10", {NULL}, NULL, 300},
    };
    check_rows(ROWS(rows));
}

static void a_commands_own_options_and_operands_come_through(void **state)
{
    (void)state;
    struct config config;
    struct own_options values = {0};
    struct explanation explanation;
    char *arguments[] = {"first", "--be-quick", "--count", "3", "second"};
    struct command_line line = {.options = own_options,
                                .option_count = 2,
                                .option_values = &values,
                                .operand_count = 2,
                                .operand_name = "a word"};
    const struct config_preset preset = {CONFIG_charging, "open"};
    assert_int_equal(config_read(&config, &line, &preset, 1, 5, arguments, &explanation),
                     RESULT_OK);
    assert_string_equal(line.operands[0], "first");
    assert_string_equal(line.operands[1], "second");
    assert_int_equal(values.count, 3);
    assert_true(values.quick);
    assert_true(config.charging);
    assert_false(config_is_set(&config, CONFIG_charging));
    config_release(&config);

    assert_int_equal(config_read(&config, &line, NULL, 0, 1, arguments, &explanation),
                     RESULT_MALFORMED);
    assert_string_equal(explanation.text, "a word is missing");
    config_release(&config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flag_wins_over_the_environment_and_that_over_the_file),
        cmocka_unit_test(a_file_has_a_setting_a_line),
        cmocka_unit_test(a_number_is_plain_and_in_its_range),
        cmocka_unit_test(other_values_have_their_forms),
        cmocka_unit_test(arguments_are_flags_with_values_and_no_more_words_than_asked_for),
        cmocka_unit_test(a_commands_own_options_and_operands_come_through),
    };
    return cmocka_run_group_tests_name("config", tests, make_file, remove_file);
}
