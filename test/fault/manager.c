/* A service manager for tests, by the protocols of sd_notify(3) and sd_listen_fds(3), that does
 * what systemd does with a service: `manager WATCHDOG_MS PROGRAM [ARGUMENTS]`. It listens on a port
 * of 127.0.0.1, lends the socket to the program, hears what the program tells, and kills it with
 * SIGABRT when it has told of no progress for so long. On standard output, a line each:
 *
 *   socket 127.0.0.1:PORT
 *   started PID
 *   told NAME=VALUE         for each line that the program told
 *   ended STATUS            its exit status, or 128 and the signal
 *
 * SIGUSR1 has it start the program again, once the last has ended. SIGTERM ends the program, and
 * then the manager, which keeps the socket until then. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LENT_DESCRIPTOR 3 /* SD_LISTEN_FDS_START */
#define WAITING_MAX 128   /* more than a test has connections */
#define TOLD_BYTES_MAX 4096

static void require(bool good, const char *what)
{
    if (good)
        return;
    perror(what);
    exit(1);
}

struct manager {
    char *const *command;
    int64_t watchdog_ms, heard_ms; /* when the program last told of progress */
    int lent, notify, signals;
    struct sockaddr_un address; /* where it is told */
    socklen_t address_length;
    pid_t program; /* 0: none runs */
    bool ready, ending;
};

static int64_t now_ms(void)
{
    struct timespec now;
    require(clock_gettime(CLOCK_MONOTONIC, &now) == 0, "clock_gettime");
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void open_lent(struct manager *manager)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    manager->lent = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    require(manager->lent >= 0 &&
                bind(manager->lent, (struct sockaddr *)&address, sizeof address) == 0 &&
                listen(manager->lent, WAITING_MAX) == 0 &&
                getsockname(manager->lent, (struct sockaddr *)&address, &length) == 0,
            "a socket to lend");
    printf("socket 127.0.0.1:%d\n", ntohs(address.sin_port));
}

/* The kernel picks a name in the abstract namespace. */
static void open_notify(struct manager *manager)
{
    manager->address = (struct sockaddr_un){.sun_family = AF_UNIX};
    manager->address_length = sizeof manager->address;
    manager->notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    require(manager->notify >= 0 &&
                bind(manager->notify, (struct sockaddr *)&manager->address, sizeof(sa_family_t)) ==
                    0 &&
                getsockname(manager->notify, (struct sockaddr *)&manager->address,
                            &manager->address_length) == 0,
            "a socket to be told by");
}

static void set_number(const char *name, long long number)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%lld", number);
    require(setenv(name, text, 1) == 0, name);
}

static void become_program(const struct manager *manager)
{
    char name[sizeof manager->address.sun_path + 1] = "@";
    const size_t length =
        manager->address_length - (socklen_t)offsetof(struct sockaddr_un, sun_path);
    memcpy(name + 1, manager->address.sun_path + 1, length - 1);
    name[length] = '\0';
    sigset_t none;
    sigemptyset(&none);
    require(sigprocmask(SIG_SETMASK, &none, NULL) == 0, "sigprocmask");
    require(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0, "prctl");
    require(dup2(manager->lent, LENT_DESCRIPTOR) == LENT_DESCRIPTOR, "dup2");
    set_number("LISTEN_PID", getpid());
    set_number("LISTEN_FDS", 1);
    set_number("WATCHDOG_PID", getpid());
    set_number("WATCHDOG_USEC", manager->watchdog_ms * 1000);
    require(setenv("NOTIFY_SOCKET", name, 1) == 0, "NOTIFY_SOCKET");
    execv(manager->command[0], manager->command);
    require(false, manager->command[0]);
}

static void start_program(struct manager *manager)
{
    manager->ready = false;
    manager->program = fork();
    require(manager->program >= 0, "fork");
    if (manager->program == 0)
        become_program(manager);
    printf("started %d\n", manager->program);
}

static void hear(struct manager *manager)
{
    char told[TOLD_BYTES_MAX + 1];
    const ssize_t length = recv(manager->notify, told, TOLD_BYTES_MAX, 0);
    require(length >= 0, "recv");
    told[length] = '\0';
    char *rest = told;
    for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
        printf("told %s\n", line);
        if (strcmp(line, "READY=1") == 0)
            manager->ready = true;
        if (strcmp(line, "READY=1") == 0 || strcmp(line, "WATCHDOG=1") == 0)
            manager->heard_ms = now_ms();
    }
}

static void program_ended(struct manager *manager)
{
    int status;
    require(waitpid(manager->program, &status, 0) == manager->program, "waitpid");
    manager->program = 0;
    printf("ended %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

static void take_signal(struct manager *manager)
{
    struct signalfd_siginfo signal;
    require(read(manager->signals, &signal, sizeof signal) == sizeof signal, "signalfd");
    switch (signal.ssi_signo) {
    case SIGUSR1:
        if (manager->program == 0)
            start_program(manager);
        return;
    case SIGCHLD:
        if (manager->program != 0)
            program_ended(manager);
        return;
    default:
        manager->ending = true;
        if (manager->program != 0)
            require(kill(manager->program, SIGTERM) == 0, "kill");
    }
}

/* How long the program may still be silent; -1: for ever, since it is not ready or not there. */
static int64_t patience_ms(const struct manager *manager)
{
    if (manager->program == 0 || !manager->ready || manager->ending)
        return -1;
    const int64_t left = manager->heard_ms + manager->watchdog_ms - now_ms();
    return left > 0 ? left : 0;
}

static void run(struct manager *manager)
{
    struct pollfd sources[] = {{.fd = manager->notify, .events = POLLIN},
                               {.fd = manager->signals, .events = POLLIN}};
    while (!manager->ending || manager->program != 0) {
        const int count = poll(sources, 2, (int)patience_ms(manager));
        require(count >= 0 || errno == EINTR, "poll");
        if (count > 0 && sources[0].revents != 0)
            hear(manager);
        if (count > 0 && sources[1].revents != 0)
            take_signal(manager);
        if (patience_ms(manager) == 0) {
            manager->ready = false;
            require(kill(manager->program, SIGABRT) == 0, "kill");
        }
    }
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: manager WATCHDOG_MS PROGRAM [ARGUMENTS]\n", stderr);
        return 2;
    }
    struct manager manager = {.watchdog_ms = strtoll(argv[1], NULL, 10), .command = argv + 2};
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR1);
    sigaddset(&signals, SIGCHLD);
    sigaddset(&signals, SIGTERM);
    require(sigprocmask(SIG_BLOCK, &signals, NULL) == 0, "sigprocmask");
    manager.signals = signalfd(-1, &signals, SFD_CLOEXEC);
    require(manager.signals >= 0, "signalfd");
    require(setvbuf(stdout, NULL, _IOLBF, 0) == 0, "setvbuf");
    open_lent(&manager);
    open_notify(&manager);
    start_program(&manager);
    run(&manager);
    return 0;
}
