/* See service_manager.h. */
#include "app/service_manager.h"

#include "base/check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A sentence; longer ones are cut. */
#define STATE_BYTES_MAX 256

/* A path, or a name in the abstract namespace with '@' for the byte 0 (sd_notify(3)). False: none
 * of the two, or too long. */
static bool take_address(struct service_manager *manager, const char *name)
{
    const size_t length = strlen(name);
    struct sockaddr_un *address = &manager->address;
    if ((name[0] != '/' && name[0] != '@') || length < 2 || length >= sizeof address->sun_path)
        return false;
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(address->sun_path, name, length);
    if (name[0] == '@')
        address->sun_path[0] = '\0';
    const size_t end = name[0] == '@' ? length : length + 1;
    manager->address_length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + end);
    return true;
}

/* The number that a variable has; 0: none, or no number. */
static int64_t number_of_variable(const char *variable)
{
    const char *text = getenv(variable);
    if (text == NULL || *text < '0' || *text > '9')
        return 0;
    char *end;
    errno = 0;
    const int64_t number = strtoll(text, &end, 10);
    return errno == 0 && *end == '\0' ? number : 0;
}

/* What is wanted of another process is not wanted of this one. */
static int64_t watchdog_here(void)
{
    const bool ours =
        getenv("WATCHDOG_PID") == NULL || number_of_variable("WATCHDOG_PID") == (int64_t)getpid();
    return ours ? number_of_variable("WATCHDOG_USEC") : 0;
}

void service_manager_meet(struct service_manager *manager)
{
    *manager = (struct service_manager){.socket = -1};
    const char *name = getenv("NOTIFY_SOCKET");
    if (name == NULL || !take_address(manager, name))
        return;
    manager->socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (manager->socket >= 0)
        manager->watchdog_us = watchdog_here();
}

void service_manager_leave(struct service_manager *manager)
{
    if (manager->socket >= 0)
        (void)close(manager->socket); /* nothing is kept there that could be lost */
    manager->socket = -1;
}

void service_manager_tell(const struct service_manager *manager, const char *state)
{
    if (manager->socket < 0)
        return;
    const ssize_t sent =
        sendto(manager->socket, state, strlen(state), MSG_DONTWAIT | MSG_NOSIGNAL,
               (const struct sockaddr *)&manager->address, manager->address_length);
    (void)sent; /* selling does not depend on it */
}

void service_manager_tell_reload(const struct service_manager *manager)
{
    struct timespec now;
    char state[STATE_BYTES_MAX];
    CHECK(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    (void)snprintf(state, sizeof state, "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
                   (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000);
    service_manager_tell(manager, state);
}

void service_manager_tell_status(const struct service_manager *manager, const char *format, ...)
{
    char state[STATE_BYTES_MAX] = "STATUS=";
    const size_t length = strlen(state);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(state + length, sizeof state - length, format, arguments);
    va_end(arguments);
    service_manager_tell(manager, state);
}
