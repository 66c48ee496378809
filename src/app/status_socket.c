/* See status_socket.h. */
#include "app/status_socket.h"

#include "base/check.h"
#include "base/thread.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET_FILE "usher.sock"
#define SOCKET_MODE 0600

/* Clients that may wait while another is told; each takes a millisecond. */
#define CLIENTS_WAITING_MAX 8

/* How long the server waits for a client whose buffer is full, and a client for a server that has
 * stopped. */
#define SEND_SECONDS 2
#define ASK_SECONDS 10

/* After a failure that another try would meet again, such as no descriptor being free. */
#define ACCEPT_PAUSE_MS 1000

/* ---- Where it is ---- */

/* A socket's name has 108 bytes, a directory's 4096: it is named by way of the open directory. */
static struct sockaddr_un address_in(int directory)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const int length = snprintf(address.sun_path, sizeof address.sun_path,
                                "/proc/self/fd/%d/" SOCKET_FILE, directory);
    CHECK(length > 0 && (size_t)length < sizeof address.sun_path);
    return address;
}

static int open_directory(const char *path)
{
    return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static void close_descriptor(int *descriptor)
{
    if (*descriptor >= 0)
        (void)close(*descriptor); /* nothing is kept there that could be lost */
    *descriptor = -1;
}

static bool set_patience(int connection, time_t seconds)
{
    const struct timeval patience = {.tv_sec = seconds};
    return setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0 &&
           setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0;
}

/* ---- The server's side ---- */

/* A client that has left, or does not read, gets no more. */
static void send_all(int connection, const char *text, size_t length)
{
    size_t sent = 0;
    while (sent < length) { /* each turn sends something, or ends it */
        const ssize_t count = send(connection, text + sent, length - sent, MSG_NOSIGNAL);
        if (count <= 0)
            return;
        sent += (size_t)count;
    }
}

/* Tells one client. False: none could be taken. */
static bool serve_one(struct status_socket *status)
{
    struct status_text text;
    int connection = accept4(status->listener, NULL, NULL, SOCK_CLOEXEC);
    if (connection < 0)
        return errno == EAGAIN || errno == EINTR || errno == ECONNABORTED;
    text.length = 0;
    status->tell(status->owner, &text);
    if (set_patience(connection, SEND_SECONDS))
        send_all(connection, text.bytes, text.length);
    close_descriptor(&connection);
    return true;
}

static void *status_run(void *argument)
{
    struct status_socket *status = argument;
    struct pollfd ready[] = {
        {.fd = status->wake, .events = POLLIN},
        {.fd = status->listener, .events = POLLIN},
    };
    bool pause = false;
    for (;;) {
        const int count = poll(ready, pause ? 1 : 2, pause ? ACCEPT_PAUSE_MS : -1);
        CHECK(count >= 0 || errno == EINTR);
        if (count > 0 && ready[0].revents != 0)
            return NULL;
        pause = !pause && count > 0 && !serve_one(status);
    }
}

/* Removes the socket that a killed server left. */
static void remove_socket(int directory)
{
    struct stat found;
    if (fstatat(directory, SOCKET_FILE, &found, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISSOCK(found.st_mode))
        (void)unlinkat(directory, SOCKET_FILE, 0); /* bind complains of a file that stays */
}

static bool bind_listener(struct status_socket *status)
{
    const struct sockaddr_un address = address_in(status->directory);
    remove_socket(status->directory);
    /* The mode of a socket's file is the socket's own, so nobody gets in before it is set. */
    return fchmod(status->listener, SOCKET_MODE) == 0 &&
           bind(status->listener, (const struct sockaddr *)&address, sizeof address) == 0;
}

static enum result start(struct status_socket *status, const char *directory,
                         struct explanation *explanation)
{
    status->directory = open_directory(directory);
    status->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    status->wake = eventfd(0, EFD_CLOEXEC);
    if (status->directory < 0 || status->listener < 0 || status->wake < 0 || !bind_listener(status))
        return explain(explanation, RESULT_IO, "%s/" SOCKET_FILE ": %m", directory);
    if (listen(status->listener, CLIENTS_WAITING_MAX) != 0 ||
        thread_start(&status->thread, "usher-status", status_run, status) != RESULT_OK) {
        remove_socket(status->directory);
        return explain(explanation, RESULT_IO, "nobody can listen to %s/" SOCKET_FILE, directory);
    }
    status->started = true;
    return RESULT_OK;
}

static void close_all(struct status_socket *status)
{
    close_descriptor(&status->wake);
    close_descriptor(&status->listener);
    close_descriptor(&status->directory);
}

enum result status_socket_start(struct status_socket *status, const char *directory,
                                status_teller *tell, void *owner, struct explanation *explanation)
{
    *status = (struct status_socket){
        .tell = tell, .owner = owner, .directory = -1, .listener = -1, .wake = -1};
    const enum result result = start(status, directory, explanation);
    if (result != RESULT_OK)
        close_all(status);
    return result;
}

void status_socket_stop(struct status_socket *status)
{
    if (!status->started)
        return;
    CHECK(eventfd_write(status->wake, 1) == 0);
    thread_join(status->thread);
    remove_socket(status->directory);
    close_all(status);
    status->started = false;
}

/* ---- The client's side ---- */

static enum result copy_all(int connection, FILE *out, const char *directory,
                            struct explanation *explanation)
{
    char part[STATUS_BYTES_MAX];
    ssize_t count;
    size_t copied = 0;
    /* A server writes no more than STATUS_BYTES_MAX. */
    while ((count = recv(connection, part, sizeof part, 0)) > 0 && copied <= STATUS_BYTES_MAX)
        copied += fwrite(part, 1, (size_t)count, out);
    if (count < 0)
        return explain(explanation, RESULT_IO, "the server of %s does not answer: %m", directory);
    return RESULT_OK;
}

static enum result ask_server(int descriptor, int connection, const char *directory, FILE *out,
                              struct explanation *explanation)
{
    const struct sockaddr_un address = address_in(descriptor);
    if (connection >= 0 && set_patience(connection, ASK_SECONDS) &&
        connect(connection, (const struct sockaddr *)&address, sizeof address) == 0)
        return copy_all(connection, out, directory, explanation);
    if (errno == ENOENT || errno == ECONNREFUSED)
        return explain(explanation, RESULT_NOT_FOUND, "nobody serves %s", directory);
    return explain(explanation, RESULT_IO, "the server of %s cannot be asked: %m", directory);
}

enum result status_socket_ask(const char *directory, FILE *out, struct explanation *explanation)
{
    int descriptor = open_directory(directory);
    if (descriptor < 0)
        return explain(explanation, errno == ENOENT ? RESULT_NOT_FOUND : RESULT_IO,
                       "the data directory %s: %m", directory);
    int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const enum result result = ask_server(descriptor, connection, directory, out, explanation);
    close_descriptor(&connection);
    close_descriptor(&descriptor);
    return result;
}
