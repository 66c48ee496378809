/* See options.h. */
#include "world/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(FAULT_COUNT <= 32, "options.without has a bit a fault");

static const char *const fault_names[FAULT_COUNT] = {
#define FAULT(constant, name, weight) [FAULT_##constant] = name,
#include "world/faults.def"
};

const char *fault_name(enum fault fault)
{
    return fault_names[fault];
}

static bool refuse(const char *what, const char *value)
{
    (void)fprintf(stderr, "usher-sim: %s: %s\n", what, value);
    return false;
}

static bool read_number(const char *text, uint64_t *number)
{
    char *end;
    if (text[0] < '0' || text[0] > '9')
        return refuse("not a number", text);
    errno = 0;
    *number = strtoull(text, &end, 10);
    return errno == 0 && *end == '\0' ? true : refuse("not a number", text);
}

/* Names with commas between them. */
static bool read_faults(const char *text, uint32_t *faults)
{
    while (*text != '\0') {
        const size_t length = strcspn(text, ",");
        enum fault fault = 0;
        while (fault < FAULT_COUNT && (strlen(fault_names[fault]) != length ||
                                       strncmp(fault_names[fault], text, length) != 0))
            fault++;
        if (fault == FAULT_COUNT && (length != 3 || strncmp(text, "all", length) != 0))
            return refuse("no such fault", text);
        *faults |= fault == FAULT_COUNT ? (UINT32_C(1) << FAULT_COUNT) - 1 : UINT32_C(1) << fault;
        text += length;
        text += *text == ',';
    }
    return true;
}

static bool read_flag(struct options *options, const char *name)
{
    bool *flag = strcmp(name, "--minimise") == 0   ? &options->minimise
                 : strcmp(name, "--verbose") == 0  ? &options->verbose
                 : strcmp(name, "--coverage") == 0 ? &options->coverage
                 : strcmp(name, "--repeat") == 0   ? &options->repeat
                 : strcmp(name, "--small") == 0    ? &options->small
                                                   : NULL;
    if (flag != NULL)
        *flag = true;
    return flag != NULL;
}

static bool read_value(struct options *options, const char *name, const char *value)
{
    uint64_t jobs = 0;
    if (strcmp(name, "--seed") == 0)
        return read_number(value, &options->seed);
    if (strcmp(name, "--seeds") == 0)
        return read_number(value, &options->seeds);
    if (strcmp(name, "--first") == 0)
        return read_number(value, &options->first);
    if (strcmp(name, "--operations") == 0)
        return read_number(value, &options->operations);
    if (strcmp(name, "--clients") == 0)
        return read_number(value, &options->clients);
    if (strcmp(name, "--without") == 0)
        return read_faults(value, &options->without);
    if (strcmp(name, "--regressions") == 0) {
        options->regressions = value;
        return true;
    }
    if (strcmp(name, "--jobs") != 0)
        return refuse("no such option", name);
    if (!read_number(value, &jobs) || jobs < 1 || jobs > 256)
        return refuse("not a number of jobs", value);
    options->jobs = (unsigned)jobs;
    return true;
}

bool options_read(struct options *options, int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        if (read_flag(options, argv[i]))
            continue;
        if (i + 1 == argc)
            return refuse("no such option, or its value is missing", argv[i]);
        if (!read_value(options, argv[i], argv[i + 1]))
            return false;
        i++;
    }
    return true;
}

void options_help(void)
{
    (void)puts("usher-sim --seed S              one run; prints its trace hash\n"
               "usher-sim --seeds N [--first F]  the seeds F, F + 1, ... (F: 1)\n"
               "usher-sim --regressions FILE     a command line a line\n"
               "\n"
               "  --operations N   of clients, instead of as many as the seed draws\n"
               "  --clients N      likewise\n"
               "  --small          few people, for a short time: many seeds an hour\n"
               "  --without A,B    these faults do not happen; `all`: none does\n"
               "  --jobs N         processes that share the seeds\n"
               "  --repeat         runs each seed twice and compares the trace hashes\n"
               "  --coverage       what was never reached, too\n"
               "  --verbose        every event\n"
               "  --minimise       shrinks a failing run and prints the smallest\n"
               "\n"
               "The faults:");
    for (enum fault fault = 0; fault < FAULT_COUNT; fault++)
        (void)printf("  %s\n", fault_names[fault]);
}

void options_text(const struct options *options, char text[static OPTIONS_TEXT_BYTES])
{
    size_t length = (size_t)snprintf(text, OPTIONS_TEXT_BYTES, "--seed %llu",
                                     (unsigned long long)options->seed);
    if (options->small)
        length += (size_t)snprintf(text + length, OPTIONS_TEXT_BYTES - length, " --small");
    if (options->operations != 0)
        length += (size_t)snprintf(text + length, OPTIONS_TEXT_BYTES - length, " --operations %llu",
                                   (unsigned long long)options->operations);
    if (options->clients != 0)
        length += (size_t)snprintf(text + length, OPTIONS_TEXT_BYTES - length, " --clients %llu",
                                   (unsigned long long)options->clients);
    const char *separator = " --without ";
    for (enum fault fault = 0; fault < FAULT_COUNT; fault++)
        if (options->without & (UINT32_C(1) << fault)) {
            length += (size_t)snprintf(text + length, OPTIONS_TEXT_BYTES - length, "%s%s",
                                       separator, fault_names[fault]);
            separator = ",";
        }
}
