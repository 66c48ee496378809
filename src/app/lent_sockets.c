/* See lent_sockets.h. */
#include "app/lent_sockets.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The first of them (SD_LISTEN_FDS_START); usher takes two, and says so of more. */
#define FIRST_DESCRIPTOR 3
#define LENT_MAX 16

static const char metrics_name[] = "metrics";

/* Whether a variable has exactly this number. */
static bool variable_is(const char *variable, long number)
{
    char text[24];
    const char *value = getenv(variable);
    (void)snprintf(text, sizeof text, "%ld", number);
    return value != NULL && strcmp(value, text) == 0;
}

/* How many there are for this process; -1: no such number. */
static int count_lent(void)
{
    if (!variable_is("LISTEN_PID", getpid()))
        return 0;
    for (int count = 1; count <= LENT_MAX; count++)
        if (variable_is("LISTEN_FDS", count))
            return count;
    return -1;
}

/* Cuts the next name off a list with ':' between them. */
static bool next_is_metrics(const char **names)
{
    const size_t length = strcspn(*names, ":");
    const bool is = length == sizeof metrics_name - 1 && memcmp(*names, metrics_name, length) == 0;
    *names += length;
    *names += **names == ':' ? 1 : 0;
    return is;
}

enum result lent_sockets_find(struct lent_sockets *lent, struct explanation *explanation)
{
    *lent = (struct lent_sockets){0};
    const int count = count_lent();
    if (count < 0)
        return explain(explanation, RESULT_MALFORMED, "LISTEN_FDS is no number from 1 to %d",
                       LENT_MAX);
    const char *names = getenv("LISTEN_FDNAMES");
    if (names == NULL)
        names = "";
    for (int i = 0; i < count; i++) {
        const int descriptor = FIRST_DESCRIPTOR + i;
        int *place = next_is_metrics(&names) ? &lent->machines : &lent->people;
        if (*place != 0)
            return explain(explanation, RESULT_MALFORMED,
                           "%d sockets were lent; usher takes one, and one named %s", count,
                           metrics_name);
        *place = descriptor;
        (void)fcntl(descriptor, F_SETFD, FD_CLOEXEC); /* as sd_listen_fds does */
    }
    return RESULT_OK;
}
