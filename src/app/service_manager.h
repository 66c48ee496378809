/* What the service manager (systemd) that started this process wants to know, told by the protocol
 * of sd_notify(3): a datagram of lines `NAME=value` to the socket that NOTIFY_SOCKET names. Where
 * nobody asks, nothing is told. The protocol is five words and promised to stay, so it stands here
 * and not in a library with all that systemd's brings along. */
#ifndef USHER_APP_SERVICE_MANAGER_H
#define USHER_APP_SERVICE_MANAGER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

struct service_manager {
    int socket; /* -1: nobody wants to be told */
    struct sockaddr_un address;
    socklen_t address_length;
    int64_t watchdog_us; /* it ends us when it hears of no progress for this long; 0: it does not */
};

/* Takes who asks, and how often, from the environment (NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID).
 * Before other threads start. */
void service_manager_meet(struct service_manager *manager);
void service_manager_leave(struct service_manager *manager);

/* Tells one state: a literal such as "READY=1", several separated by line ends. A manager that does
 * not listen is not waited for. */
void service_manager_tell(const struct service_manager *manager, const char *state);

/* It is about to read its settings anew; "READY=1" ends it. */
void service_manager_tell_reload(const struct service_manager *manager);

/* A sentence for `systemctl status`. */
void service_manager_tell_status(const struct service_manager *manager, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
