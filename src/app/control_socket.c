/* See control_socket.h. */
#include "app/control_socket.h"

#include "base/check.h"
#include "base/log.h"
#include "base/thread.h"
#include "engine/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#define SOCKET_MODE 0600

/* Clients that may wait to be let in; each takes a millisecond. */
#define CLIENTS_WAITING_MAX 8

/* How long a client whose buffer is full is waited for. */
#define SEND_SECONDS 2

/* After a failure that another try would meet again, such as no descriptor being free. */
#define ACCEPT_PAUSE_MS 1000

/* What the system may want for the entry of a user. */
#define USER_ENTRY_BYTES 4096

/* ---- Where it is, and who is there ---- */

struct sockaddr_un control_address(int directory)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const int length = snprintf(address.sun_path, sizeof address.sun_path,
                                "/proc/self/fd/%d/" CONTROL_FILE, directory);
    CHECK(length > 0 && (size_t)length < sizeof address.sun_path);
    return address;
}

int control_open_directory(const char *path)
{
    return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

bool control_set_patience(int connection, time_t seconds)
{
    const struct timeval patience = {.tv_sec = seconds};
    return setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0 &&
           setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0;
}

static void close_descriptor(int *descriptor)
{
    if (*descriptor >= 0)
        (void)close(*descriptor); /* nothing is kept there that could be lost */
    *descriptor = -1;
}

void administrator_name(struct administrator *administrator, uid_t user)
{
    char bytes[USER_ENTRY_BYTES];
    struct passwd entry, *found = NULL;
    const bool named = getpwuid_r(user, &entry, bytes, sizeof bytes, &found) == 0 &&
                       found != NULL && found->pw_name[0] != '\0' &&
                       strlen(found->pw_name) <= ADMINISTRATOR_BYTES_MAX;
    if (named)
        (void)snprintf(administrator->name, sizeof administrator->name, "%s", found->pw_name);
    else
        (void)snprintf(administrator->name, sizeof administrator->name, "%ju", (uintmax_t)user);
}

/* ---- Answering ---- */

/* A client that has left, or does not read, gets no more. */
static void send_to_client(int connection, const void *bytes, size_t length)
{
    size_t sent = 0;
    while (sent < length) { /* each turn sends something, or ends it */
        const ssize_t count =
            send(connection, (const char *)bytes + sent, length - sent, MSG_NOSIGNAL);
        if (count <= 0)
            return;
        sent += (size_t)count;
    }
}

static void tell_client(int connection, const char *word, const void *bytes, size_t length)
{
    char head[32];
    const int head_length = snprintf(head, sizeof head, "%s %zu\n", word, length);
    CHECK(head_length > 0 && (size_t)head_length < sizeof head);
    if (!control_set_patience(connection, SEND_SECONDS))
        return;
    send_to_client(connection, head, (size_t)head_length);
    send_to_client(connection, bytes, length);
}

static void refuse_client(int connection, const struct explanation *explanation)
{
    tell_client(connection, "refused", explanation->text, strlen(explanation->text));
}

static void answer_request(struct control_socket *control, int connection,
                           const struct control_request *request, uid_t user)
{
    struct explanation explanation;
    struct administrator administrator;
    struct buffer out;
    buffer_init(&out, CONTROL_ANSWER_BYTES_MAX);
    administrator_name(&administrator, user);
    if (control->answer(control->owner, request, &administrator, &out, &explanation) == RESULT_OK)
        tell_client(connection, "ok", out.data, out.length);
    else
        refuse_client(connection, &explanation);
    buffer_release(&out);
}

/* ---- The thread that may wait ---- */

/* A client with its request, which may be a password. */
static void forget_client(struct control_client *client)
{
    close_descriptor(&client->connection);
    explicit_bzero(client->bytes, client->length);
    client->length = 0;
}

static void do_later(void *owner, size_t thread, void *job)
{
    struct control_socket *control = owner;
    struct control_client *client = job;
    struct control_request request;
    struct explanation explanation;
    (void)thread;
    /* It was read before, from the same bytes. */
    if (control_request_read(&request, client->bytes, client->length, &explanation) == RESULT_OK)
        answer_request(control, client->connection, &request, client->user);
    else
        refuse_client(client->connection, &explanation);
    forget_client(client);
    free(client);
}

/* Hands over the client with its connection. */
static void ask_later(struct control_socket *control, struct control_client *client)
{
    struct explanation explanation;
    struct control_client *job = malloc(sizeof *job);
    if (job != NULL)
        *job = *client;
    if (job != NULL && workers_ask(&control->workers, job) == RESULT_OK) {
        client->connection = -1;
        return;
    }
    if (job != NULL)
        explicit_bzero(job->bytes, job->length);
    free(job);
    (void)explain(&explanation, RESULT_BUSY,
                  "the server has too much of this kind to do: try again in a moment");
    refuse_client(client->connection, &explanation);
}

/* ---- The thread that listens ---- */

static void take_request(struct control_socket *control, struct control_client *client)
{
    struct control_request request;
    struct explanation explanation;
    char read_from[CONTROL_REQUEST_BYTES_MAX];
    memcpy(read_from, client->bytes, client->length);
    if (control_request_read(&request, read_from, client->length, &explanation) != RESULT_OK)
        refuse_client(client->connection, &explanation);
    else if (control_waits(request.verb))
        ask_later(control, client);
    else
        answer_request(control, client->connection, &request, client->user);
    explicit_bzero(read_from, client->length);
    forget_client(client);
}

/* The client has sent something, or has left. */
static void hear_client(struct control_socket *control, struct control_client *client)
{
    const size_t room = sizeof client->bytes - client->length;
    const ssize_t count =
        recv(client->connection, client->bytes + client->length, room, MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (count <= 0) {
        forget_client(client);
        return;
    }
    client->length += (size_t)count;
    if (control_request_is_whole(client->bytes, client->length) ||
        client->length == sizeof client->bytes)
        take_request(control, client);
}

static struct control_client *free_place(struct control_socket *control)
{
    struct control_client *first = &control->clients[0];
    for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        struct control_client *client = &control->clients[i];
        if (client->connection < 0)
            return client;
        if (client->number < first->number)
            first = client;
    }
    forget_client(first);
    return first;
}

bool control_may_ask(uid_t user, uid_t own)
{
    return user == 0 || user == own;
}

/* Whether the system says that the client is one who may ask. */
static bool is_administrator(int connection, uid_t *user)
{
    struct ucred peer;
    socklen_t bytes = sizeof peer;
    if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &bytes) != 0)
        return false;
    *user = peer.uid;
    if (control_may_ask(peer.uid, geteuid()))
        return true;
    log_event(LOG_WARNING, wall_now(), "control_refused user=%ju pid=%jd", (uintmax_t)peer.uid,
              (intmax_t)peer.pid);
    return false;
}

/* Lets one client in. False: none could be taken. */
static bool accept_client(struct control_socket *control)
{
    struct explanation explanation;
    uid_t user = 0;
    int connection = accept4(control->listener, NULL, NULL, SOCK_CLOEXEC);
    if (connection < 0)
        return errno == EAGAIN || errno == EINTR || errno == ECONNABORTED;
    if (!is_administrator(connection, &user)) {
        (void)explain(&explanation, RESULT_BUSY,
                      "only root and the user whom the server runs as may ask it");
        refuse_client(connection, &explanation);
        close_descriptor(&connection);
        return true;
    }
    struct control_client *client = free_place(control);
    client->connection = connection;
    client->user = user;
    client->number = control->client_count++;
    client->length = 0;
    return true;
}

#define FIRST_CLIENT 2 /* behind what wakes the thread, and the listener */

static void *control_run(void *argument)
{
    struct control_socket *control = argument;
    struct pollfd ready[FIRST_CLIENT + CONTROL_CLIENTS_MAX];
    bool pause = false;
    for (;;) {
        ready[0] = (struct pollfd){.fd = control->wake, .events = POLLIN};
        /* poll(2) passes over what is below zero. */
        ready[1] = (struct pollfd){.fd = pause ? -1 : control->listener, .events = POLLIN};
        for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++)
            ready[FIRST_CLIENT + i] =
                (struct pollfd){.fd = control->clients[i].connection, .events = POLLIN};
        const int count =
            poll(ready, FIRST_CLIENT + CONTROL_CLIENTS_MAX, pause ? ACCEPT_PAUSE_MS : -1);
        CHECK(count >= 0 || errno == EINTR);
        if (count > 0 && ready[0].revents != 0)
            return NULL;
        for (size_t i = 0; i < CONTROL_CLIENTS_MAX && count > 0; i++)
            if (ready[FIRST_CLIENT + i].revents != 0)
                hear_client(control, &control->clients[i]);
        pause = count > 0 && ready[1].revents != 0 && !accept_client(control);
    }
}

/* ---- Life ---- */

/* Removes the socket that a killed server left. */
static void remove_socket(int directory)
{
    struct stat found;
    if (fstatat(directory, CONTROL_FILE, &found, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISSOCK(found.st_mode))
        (void)unlinkat(directory, CONTROL_FILE, 0); /* bind complains of a file that stays */
}

static bool bind_listener(const struct control_socket *control)
{
    const struct sockaddr_un address = control_address(control->directory);
    remove_socket(control->directory);
    /* The mode of a socket's file is the socket's own, so nobody gets in before it is set. */
    return fchmod(control->listener, SOCKET_MODE) == 0 &&
           bind(control->listener, (const struct sockaddr *)&address, sizeof address) == 0;
}

static enum result listen_in(struct control_socket *control, const char *directory,
                             struct explanation *explanation)
{
    const struct worker_plan plan = {.name = "usher-control-w",
                                     .threads = CONTROL_WAITERS,
                                     .bound = CONTROL_LINE_MAX,
                                     .work = do_later,
                                     .owner = control};
    control->directory = control_open_directory(directory);
    control->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    control->wake = eventfd(0, EFD_CLOEXEC);
    if (control->directory < 0 || control->listener < 0 || control->wake < 0 ||
        !bind_listener(control))
        return explain(explanation, RESULT_IO, "%s/" CONTROL_FILE ": %m", directory);
    if (listen(control->listener, CLIENTS_WAITING_MAX) != 0 ||
        workers_start(&control->workers, &plan) != RESULT_OK ||
        thread_start(&control->thread, "usher-control", control_run, control) != RESULT_OK) {
        remove_socket(control->directory);
        return explain(explanation, RESULT_IO, "nobody can listen to %s/" CONTROL_FILE, directory);
    }
    control->started = true;
    return RESULT_OK;
}

static void release_all(struct control_socket *control)
{
    workers_stop(&control->workers);
    for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++)
        forget_client(&control->clients[i]);
    close_descriptor(&control->wake);
    close_descriptor(&control->listener);
    close_descriptor(&control->directory);
}

enum result control_socket_start(struct control_socket *control, const char *directory,
                                 control_answer *answer, void *owner,
                                 struct explanation *explanation)
{
    *control = (struct control_socket){
        .answer = answer, .owner = owner, .directory = -1, .listener = -1, .wake = -1};
    for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++)
        control->clients[i].connection = -1;
    const enum result result = listen_in(control, directory, explanation);
    if (result != RESULT_OK)
        release_all(control);
    return result;
}

void control_socket_stop(struct control_socket *control)
{
    if (!control->started)
        return;
    CHECK(eventfd_write(control->wake, 1) == 0);
    thread_join(control->thread);
    remove_socket(control->directory);
    release_all(control);
    control->started = false;
}
