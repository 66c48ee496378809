/* What clients are told while a server drains: those whose passwords wait in line, probes, and in
 * the end those whose requests are not whole. The order of a stop is serve.c's; here each of its
 * steps lasts until the test goes on. */
#include "base/check.h"
#include "http/server.h"
#include "http_world.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/* Nothing here takes a second; a busy machine with a sanitizer may. */
#define PATIENCE_MS 60000

#define WAITING 8 /* below an address's share of the line */
#define ANSWER_BYTES_MAX 4096

#define PROBE "GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n"

static struct http_world world;

/* ---- The one thread that looks at passwords ---- */

/* Is done with its password only when the world ends. */
static struct held_thread {
    struct password_job job;
    sem_t holds, go_on;
} held;

static void wait_for(sem_t *semaphore)
{
    while (sem_wait(semaphore) != 0)
        CHECK(errno == EINTR);
}

static void hold_on(struct password_job *job)
{
    (void)job;
    CHECK(sem_post(&held.holds) == 0);
    wait_for(&held.go_on);
}

static void hold_thread(void)
{
    held.job = (struct password_job){.work = PASSWORD_HASH, .password = "any", .complete = hold_on};
    assert_int_equal(engine_password(world.engine, &held.job), RESULT_OK);
    wait_for(&held.holds);
}

static void wait_for_line(size_t length)
{
    struct engine_counts counts;
    do {
        (void)sched_yield();
        engine_counts(world.engine, &counts);
    } while (counts.password_line < length);
}

/* ---- Clients ---- */

static int connect_client(void)
{
    int ends[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == 0);
    http_world_connect(&world, ends[1]);
    return ends[0];
}

static void ask(int client, const char *text)
{
    const size_t length = strlen(text);
    assert_int_equal(send(client, text, length, MSG_NOSIGNAL), length);
}

static void sign_up(int client, unsigned number)
{
    char body[128], text[512];
    const int bytes = snprintf(body, sizeof body,
                               "{\"name\":\"Ann\",\"email\":\"ann%u@example.com\","
                               "\"password\":\"a long password\"}",
                               number);
    const int length = snprintf(text, sizeof text,
                                "POST /v1/users HTTP/1.1\r\nHost: a\r\n"
                                "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
                                bytes, body);
    CHECK(length > 0 && (size_t)length < sizeof text);
    ask(client, text);
}

/* Reads until the text comes; NULL: until the server closes. */
static void take(int client, char answer[static ANSWER_BYTES_MAX], const char *text)
{
    size_t length = 0;
    answer[0] = '\0';
    while (text == NULL || strstr(answer, text) == NULL) {
        struct pollfd ready = {.fd = client, .events = POLLIN};
        assert_int_equal(poll(&ready, 1, PATIENCE_MS), 1);
        const ssize_t got = recv(client, answer + length, ANSWER_BYTES_MAX - 1 - length, 0);
        assert_true(got >= 0);
        if (got == 0) {
            assert_null(text);
            return;
        }
        length += (size_t)got;
        answer[length] = '\0';
    }
}

static void assert_sent_away(int client)
{
    char answer[ANSWER_BYTES_MAX];
    take(client, answer, NULL);
    assert_int_equal(strncmp(answer, "HTTP/1.1 503 ", 13), 0);
    assert_non_null(strstr(answer, "\r\nConnection: close\r\n"));
    assert_non_null(strstr(answer, "\"code\":\"unavailable\""));
}

/* ---- Tests ---- */

static int open_world(void **state)
{
    (void)state;
    CHECK(sem_init(&held.holds, 0, 0) == 0 && sem_init(&held.go_on, 0, 0) == 0);
    http_world_open(&world);
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    CHECK(sem_post(&held.go_on) == 0);
    if (world.server != NULL)
        http_world_close(&world);
    CHECK(sem_destroy(&held.holds) == 0 && sem_destroy(&held.go_on) == 0);
    return 0;
}

static void test_passwords_in_line_are_given_back(void **state)
{
    int clients[WAITING];
    (void)state;
    hold_thread();
    for (unsigned i = 0; i < WAITING; i++) {
        clients[i] = connect_client();
        sign_up(clients[i], i);
    }
    wait_for_line(WAITING);
    http_quiesce(world.server);
    engine_drain_passwords(world.engine);
    for (unsigned i = 0; i < WAITING; i++) {
        assert_sent_away(clients[i]);
        assert_int_equal(close(clients[i]), 0);
    }
}

static void test_a_probe_hears_of_the_drain(void **state)
{
    char answer[ANSWER_BYTES_MAX];
    const int client = connect_client();
    (void)state;
    ask(client, PROBE);
    take(client, answer, "\"ready\"}");
    assert_int_equal(strncmp(answer, "HTTP/1.1 200 ", 13), 0);
    http_quiesce(world.server);
    ask(client, PROBE);
    assert_sent_away(client);
    assert_int_equal(close(client), 0);
}

/* What follows a whole request in one piece was read with it. */
static void test_half_a_request_hears_of_the_stop(void **state)
{
    static const char *const halves[] = {
        "GET /v1/qu",
        "POST /v1/users HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
        "Content-Type: application/json\r\n\r\n1",
        "POST /v1/users HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n"
        "Content-Type: application/json\r\n\r\n{",
    };
    enum { COUNT = sizeof halves / sizeof halves[0] };
    int clients[COUNT], idle = connect_client();
    char text[512], answer[ANSWER_BYTES_MAX];
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        const int length = snprintf(text, sizeof text, PROBE "%s", halves[i]);
        CHECK(length > 0 && (size_t)length < sizeof text);
        clients[i] = connect_client();
        ask(clients[i], text);
        take(clients[i], answer, "\"ready\"}");
    }
    ask(idle, PROBE);
    take(idle, answer, "\"ready\"}");
    http_world_close(&world);
    world.server = NULL;
    for (size_t i = 0; i < COUNT; i++) {
        assert_sent_away(clients[i]);
        assert_int_equal(close(clients[i]), 0);
    }
    take(idle, answer, NULL);
    assert_string_equal(answer, "");
    assert_int_equal(close(idle), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_passwords_in_line_are_given_back),
        TEST(test_a_probe_hears_of_the_drain),
        TEST(test_half_a_request_hears_of_the_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
