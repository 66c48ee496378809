/* People who follow their token and a round, as pages do: each a stream of GET /v1/events. Usage:
 * streams PORT PEOPLE SEATS COUNT LOG. Says "open" when all of them were told everything, reads on
 * until standard input ends, and then says in one line of JSON how many reads and bytes that were.
 * The first stream of each round is listened to: LOG has, for each seat that it said is held, the
 * round, the seat's place and the time (CLOCK_MONOTONIC, in microseconds). */
#include "connection.h"
#include "lines.h"
#include "monotonic.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define STREAMS_MAX 16384
#define ROUNDS_MAX 256
#define EVENTS_MAX 256
#define READ_BYTES 65536
#define FRAME_BYTES_MAX 16384 /* the server cuts longer ones short */
#define OPEN_MS 60000
#define ADDRESSES 8 /* a server may bound the connections of one */

struct listener {
    size_t length;
    char line[FRAME_BYTES_MAX];
};

struct stream {
    int socket;
    bool answered, told; /* with 200; everything that there was */
    size_t round;
    struct listener *listener; /* or NULL */
};

struct crowd {
    struct stream streams[STREAMS_MAX];
    struct span rounds[ROUNDS_MAX];
    size_t count, round_count, told;
    uint64_t reads, bytes;
    int epoll;
    FILE *log;
};

/* ---- Opening ---- */

static bool span_equal(struct span one, struct span other)
{
    return one.length == other.length && memcmp(one.text, other.text, one.length) == 0;
}

/* Seats stand round after round. */
static void find_rounds(struct crowd *crowd, const struct lines *seats)
{
    for (size_t i = 0; i < seats->count; i++) {
        const struct span round = line_first(seats->lines[i]);
        if (crowd->round_count > 0 && span_equal(round, crowd->rounds[crowd->round_count - 1]))
            continue;
        if (crowd->round_count == ROUNDS_MAX)
            errx(2, "more than %d rounds", ROUNDS_MAX);
        crowd->rounds[crowd->round_count++] = round;
    }
    if (crowd->round_count == 0)
        errx(2, "no round");
}

/* What is listened to comes without chunks, as a client of HTTP/1.0 is told. */
static void ask(const struct crowd *crowd, const struct stream *stream, struct span token)
{
    struct request request = {0};
    request_add(&request, SPAN("GET /v1/events?token=current&roundId="));
    request_add(&request, crowd->rounds[stream->round]);
    request_add(&request, stream->listener != NULL ? SPAN(" HTTP/1.0\r\n") : SPAN(" HTTP/1.1\r\n"));
    request_add(&request, SPAN("Host: usher\r\nAuthorization: Bearer "));
    request_add(&request, token);
    request_add(&request, SPAN("\r\n\r\n"));
    if (send(stream->socket, request.text, request.length, MSG_NOSIGNAL) != (ssize_t)request.length)
        err(EXIT_FAILURE, "a stream cannot be asked for");
}

static void stream_open(struct crowd *crowd, size_t number, uint16_t port, struct span token)
{
    struct stream *stream = &crowd->streams[number];
    const struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct in_addr from = {htonl(INADDR_LOOPBACK + (uint32_t)(number % ADDRESSES))};
    *stream =
        (struct stream){.socket = connection_dial(&to, from), .round = number % crowd->round_count};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = stream};
    if (number < crowd->round_count &&
        (stream->listener = calloc(1, sizeof *stream->listener)) == NULL)
        err(EXIT_FAILURE, "a stream");
    if (epoll_ctl(crowd->epoll, EPOLL_CTL_ADD, stream->socket, &event) != 0)
        err(EXIT_FAILURE, "epoll");
    ask(crowd, stream, token);
}

/* ---- Listening ---- */

/* Of `"changes":[[3,"h"],[7,"s"]]` the held ones. */
static void note_changes(const struct crowd *crowd, const struct stream *stream, const char *line,
                         uint64_t now_us)
{
    const char *at = strstr(line, "\"changes\":[");
    if (at == NULL)
        return;
    for (at += strlen("\"changes\":["); *at == '['; at++) {
        char *end;
        const unsigned long place = strtoul(at + 1, &end, 10);
        if (strncmp(end, ",\"", 2) != 0 || end[2] == '\0')
            errx(EXIT_FAILURE, "a change that is none: %s", at);
        if (end[2] == 'h')
            (void)fprintf(crowd->log, "%.*s %lu %llu\n", (int)crowd->rounds[stream->round].length,
                          crowd->rounds[stream->round].text, place, (unsigned long long)now_us);
        at = end + strcspn(end, "]");
        if (at[0] != ']' || at[1] != ',')
            return;
        at++;
    }
}

static void listen_to(const struct crowd *crowd, const struct stream *stream, const char *bytes,
                      size_t length)
{
    struct listener *listener = stream->listener;
    const uint64_t now_us = monotonic_us();
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] != '\n') {
            if (listener->length == sizeof listener->line - 1)
                errx(EXIT_FAILURE, "a line of a stream is longer than %d bytes", FRAME_BYTES_MAX);
            listener->line[listener->length++] = bytes[i];
            continue;
        }
        listener->line[listener->length] = '\0';
        listener->length = 0;
        note_changes(crowd, stream, listener->line, now_us);
    }
}

/* ---- Reading ---- */

/* Who was told everything is told an id of a commit, where before it is told "id: 0" or none. */
static bool names_commit(const char *bytes, size_t length)
{
    static const char line[] = "id: ";
    const char *end = bytes + length, *at = bytes;
    while ((at = memmem(at, (size_t)(end - at), line, sizeof line - 1)) != NULL) {
        at += sizeof line - 1;
        if (at < end && *at >= '1' && *at <= '9')
            return true;
    }
    return false;
}

static void take(struct crowd *crowd, struct stream *stream)
{
    static char bytes[READ_BYTES];
    static const char good[] = "HTTP/1.1 200";
    const ssize_t got = recv(stream->socket, bytes, sizeof bytes, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0)
        errx(EXIT_FAILURE, "a stream ended after %llu bytes of all",
             (unsigned long long)crowd->bytes);
    if (!stream->answered &&
        ((size_t)got < sizeof good || memcmp(bytes, good, sizeof good - 1) != 0))
        errx(EXIT_FAILURE, "no stream: %.*s", (int)got, bytes);
    stream->answered = true;
    if (!stream->told && names_commit(bytes, (size_t)got)) {
        stream->told = true;
        crowd->told++;
    }
    crowd->reads++;
    crowd->bytes += (size_t)got;
    if (stream->listener != NULL)
        listen_to(crowd, stream, bytes, (size_t)got);
}

/* What has come within the time. */
static void take_all(struct crowd *crowd, int wait_ms)
{
    struct epoll_event events[EVENTS_MAX];
    const int count = epoll_wait(crowd->epoll, events, EVENTS_MAX, wait_ms);
    if (count < 0 && errno != EINTR)
        err(EXIT_FAILURE, "epoll");
    for (int i = 0; i < count; i++)
        take(crowd, events[i].data.ptr);
}

static bool input_has_ended(void)
{
    char byte;
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&input, 1, 0) > 0 && read(STDIN_FILENO, &byte, 1) == 0;
}

static void follow(struct crowd *crowd)
{
    const uint64_t deadline_us = monotonic_us() + OPEN_MS * UINT64_C(1000);
    while (crowd->told < crowd->count) {
        if (monotonic_us() > deadline_us)
            errx(EXIT_FAILURE, "%zu of %zu streams were not told everything",
                 crowd->count - crowd->told, crowd->count);
        take_all(crowd, 100);
    }
    puts("open");
    (void)fflush(stdout);
    while (!input_has_ended())
        take_all(crowd, 100);
}

int main(int argument_count, char **arguments)
{
    static struct crowd crowd;
    struct lines people, seats;
    if (argument_count != 6) {
        fprintf(stderr, "usage: streams PORT PEOPLE SEATS COUNT LOG\n");
        return 2;
    }
    lines_read(&people, arguments[2]);
    lines_read(&seats, arguments[3]);
    crowd.count = strtoul(arguments[4], NULL, 10);
    crowd.log = fopen(arguments[5], "we");
    crowd.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (crowd.count == 0 || crowd.count > STREAMS_MAX || crowd.count > people.count)
        errx(2, "%s streams of %zu people", arguments[4], people.count);
    if (crowd.log == NULL || crowd.epoll < 0)
        err(EXIT_FAILURE, "%s", arguments[5]);
    find_rounds(&crowd, &seats);
    for (size_t i = 0; i < crowd.count; i++)
        stream_open(&crowd, i, (uint16_t)strtoul(arguments[1], NULL, 10),
                    line_first(people.lines[i]));
    follow(&crowd);
    if (fclose(crowd.log) != 0)
        err(EXIT_FAILURE, "%s", arguments[5]);
    printf("{\"streams\":%zu,\"reads\":%llu,\"bytes\":%llu}\n", crowd.count,
           (unsigned long long)crowd.reads, (unsigned long long)crowd.bytes);
    return 0;
}
