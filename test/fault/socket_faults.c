/* See socket_faults.h. */
#include "socket_faults.h"

#include "base/check.h"
#include "chance.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define SOCKETS_MAX 1024 /* a test has some dozens of descriptors */
#define PIECES_MAX 2     /* that a connection writes with one call */

/* In a hundred calls. Resets end a connection, so that more of them would leave little to see. */
#define SHORT_PERCENT 40
#define BLOCKED_PERCENT 15
#define INTERRUPTED_PERCENT 10
#define RESET_PERCENT 1
#define EPOLL_PERCENT 2
#define ACCEPT_PERCENT 20
#define MEMORY_PERCENT 20

struct known_socket {
    struct socket_fate *_Atomic fate;
    int epoll; /* that watches it */
    struct epoll_event event;
};

static struct known_socket known[SOCKETS_MAX];
static struct socket_fate nobodys;
static atomic_bool failing, memory_failing;
static atomic_uint_fast64_t count, memory_count;
static struct chance chance; /* the one I/O thread's */

/* The I/O thread is the one that works on sockets; memory is refused to no other. */
static _Thread_local bool works_on_sockets;

ssize_t __real_recv(int socket, void *bytes, size_t length, int flags);
ssize_t __wrap_recv(int socket, void *bytes, size_t length, int flags);
ssize_t __real_sendmsg(int socket, const struct msghdr *message, int flags);
ssize_t __wrap_sendmsg(int socket, const struct msghdr *message, int flags);
ssize_t __wrap_send(int socket, const void *bytes, size_t length, int flags);
int __real_accept4(int socket, struct sockaddr *peer, socklen_t *length, int flags);
int __wrap_accept4(int socket, struct sockaddr *peer, socklen_t *length, int flags);
int __real_epoll_ctl(int epoll, int operation, int socket, struct epoll_event *event);
int __wrap_epoll_ctl(int epoll, int operation, int socket, struct epoll_event *event);

void *__real_malloc(size_t bytes);
void *__wrap_malloc(size_t bytes);
void *__real_calloc(size_t items, size_t bytes);
void *__wrap_calloc(size_t items, size_t bytes);
void *__real_realloc(void *memory, size_t bytes);
void *__wrap_realloc(void *memory, size_t bytes);

static struct known_socket *know(int socket)
{
    CHECK(socket >= 0 && socket < SOCKETS_MAX);
    return &known[socket];
}

static struct socket_fate *fate_of(int socket)
{
    return atomic_load(&know(socket)->fate);
}

void socket_faults_begin(uint64_t seed, bool memory)
{
    chance = (struct chance){.state = seed};
    atomic_store(&count, 0);
    atomic_store(&memory_count, 0);
    atomic_store(&memory_failing, memory);
    atomic_store(&failing, true);
}

void socket_faults_end(void)
{
    atomic_store(&memory_failing, false);
    atomic_store(&failing, false);
}

void socket_faults_follow(int socket, struct socket_fate *fate)
{
    atomic_store(&know(socket)->fate, fate);
}

uint64_t socket_faults_count(void)
{
    return atomic_load(&count);
}

uint64_t socket_faults_memory_count(void)
{
    return atomic_load(&memory_count);
}

static bool hits(unsigned percent)
{
    works_on_sockets |= atomic_load(&failing);
    if (!atomic_load(&failing) || !chance_percent(&chance, percent))
        return false;
    atomic_fetch_add(&count, 1);
    return true;
}

static int fail(int error)
{
    errno = error;
    return -1;
}

/* An event is told once, when a socket becomes ready. Whoever was told that one is not, or moved
 * less than it has, waits for the next event, which the kernel owes only to those whom it told so
 * itself. So the socket is looked at anew: epoll tells again at once if it is ready (epoll_ctl(2),
 * EPOLL_CTL_MOD). */
static void tell_again(int socket)
{
    struct known_socket *one = know(socket);
    CHECK(__real_epoll_ctl(one->epoll, EPOLL_CTL_MOD, socket, &one->event) == 0);
}

/* What recv, send and sendmsg have in common. True: the call fails with `errno`. */
static bool fails(int socket)
{
    if (hits(INTERRUPTED_PERCENT)) {
        errno = EINTR;
        return true;
    }
    if (hits(BLOCKED_PERCENT)) {
        tell_again(socket);
        errno = EAGAIN;
        return true;
    }
    if (hits(RESET_PERCENT)) {
        atomic_store(&fate_of(socket)->reset, true);
        errno = ECONNRESET;
        return true;
    }
    return false;
}

ssize_t __wrap_recv(int socket, void *bytes, size_t length, int flags)
{
    if (fails(socket))
        return -1;
    if (!hits(SHORT_PERCENT))
        return __real_recv(socket, bytes, length, flags);
    const size_t most = length < 64 || chance_percent(&chance, 30) ? length : 64;
    const ssize_t got = __real_recv(socket, bytes, 1 + chance_below(&chance, most), flags);
    tell_again(socket);
    return got;
}

/* The first `length` bytes of the message. */
static ssize_t send_front(int socket, const struct msghdr *message, size_t length, int flags)
{
    struct iovec pieces[PIECES_MAX];
    struct msghdr front = {.msg_iov = pieces};
    for (size_t i = 0; i < message->msg_iovlen && length > 0; i++) {
        struct iovec *piece = &pieces[front.msg_iovlen++];
        *piece = message->msg_iov[i];
        piece->iov_len = piece->iov_len < length ? piece->iov_len : length;
        length -= piece->iov_len;
    }
    return __real_sendmsg(socket, &front, flags);
}

ssize_t __wrap_sendmsg(int socket, const struct msghdr *message, int flags)
{
    size_t length = 0;
    CHECK(message->msg_iovlen > 0 && message->msg_iovlen <= PIECES_MAX);
    for (size_t i = 0; i < message->msg_iovlen; i++)
        length += message->msg_iov[i].iov_len;
    if (fails(socket)) {
        if (errno == EAGAIN)
            atomic_store(&fate_of(socket)->held_up, true);
        return -1;
    }
    if (!hits(SHORT_PERCENT))
        return __real_sendmsg(socket, message, flags);
    atomic_store(&fate_of(socket)->held_up, true);
    return send_front(socket, message, 1 + chance_below(&chance, length), flags);
}

ssize_t __wrap_send(int socket, const void *bytes, size_t length, int flags)
{
    struct iovec piece = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = length};
    return __wrap_sendmsg(socket, &(struct msghdr){.msg_iov = &piece, .msg_iovlen = 1}, flags);
}

/* A listener is told of as long as somebody waits, so nobody is forgotten. */
int __wrap_accept4(int socket, struct sockaddr *peer, socklen_t *length, int flags)
{
    static const int errors[] = {EAGAIN, EAGAIN, EAGAIN, EINTR, ECONNABORTED, ECONNABORTED, EMFILE};
    if (hits(ACCEPT_PERCENT))
        return fail(errors[chance_below(&chance, sizeof errors / sizeof errors[0])]);
    const int accepted = __real_accept4(socket, peer, length, flags);
    if (accepted >= 0)
        socket_faults_follow(accepted, &nobodys);
    return accepted;
}

int __wrap_epoll_ctl(int epoll, int operation, int socket, struct epoll_event *event)
{
    const bool connection = event != NULL && (event->events & EPOLLRDHUP) != 0;
    if (connection && hits(EPOLL_PERCENT)) {
        atomic_store(&fate_of(socket)->reset, true);
        return fail(ENOMEM);
    }
    if (connection) {
        know(socket)->epoll = epoll;
        know(socket)->event = *event;
    }
    return __real_epoll_ctl(epoll, operation, socket, event);
}

static bool refuses_memory(void)
{
    if (!works_on_sockets || !atomic_load(&memory_failing) || !hits(MEMORY_PERCENT))
        return false;
    atomic_fetch_add(&memory_count, 1);
    errno = ENOMEM;
    return true;
}

void *__wrap_malloc(size_t bytes)
{
    return refuses_memory() ? NULL : __real_malloc(bytes);
}

void *__wrap_calloc(size_t items, size_t bytes)
{
    return refuses_memory() ? NULL : __real_calloc(items, bytes);
}

void *__wrap_realloc(void *memory, size_t bytes)
{
    return refuses_memory() ? NULL : __real_realloc(memory, bytes);
}
