/* Heads of requests: what good ones say, what is refused, the bounds, and that the pieces in which
 * they come change nothing. */
#include "http/request_head.h"

#include "head_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BYTES_MAX 2048
#define HOST "Host: a\r\n"
#define LINE "GET / HTTP/1.1\r\n"
#define ROOM ((size_t)128 << 10)

/* ---- Reading ---- */

/* What came of a text, and of how many bytes of it. NULL: it is no whole head. */
struct outcome {
    char *text;
    size_t taken, body_at;
};

/* Reads prefixes of the text that end at each of `ends`, in a copy that is as long. */
static struct outcome read_in_pieces(const char *bytes, size_t bytes_max, const size_t *ends,
                                     size_t count)
{
    struct request_head head;
    struct outcome outcome = {.text = NULL};
    char *copy = malloc(ends[count - 1]);
    assert_non_null(copy);
    request_head_init(&head);
    for (size_t i = 0, had = 0; i < count && outcome.text == NULL; had = ends[i++]) {
        memcpy(copy + had, bytes + had, ends[i] - had); /* what it wrote before stays */
        if (!request_head_read(&head, copy, ends[i], bytes_max))
            continue;
        const bool good = head.refusal == REFUSAL_NONE;
        outcome = (struct outcome){head_text(&head), ends[i], good ? head.line_at : 0};
    }
    free(copy);
    return outcome;
}

static struct outcome read_whole(const char *bytes, size_t length, size_t bytes_max)
{
    return read_in_pieces(bytes, bytes_max, &length, 1);
}

static void check_same(struct outcome found, const struct outcome *whole, const char *how,
                       size_t at)
{
    if (found.text == NULL || strcmp(found.text, whole->text) != 0 ||
        found.body_at != whole->body_at)
        fail_msg("%s %zu: %s, not %s", how, at, found.text == NULL ? "nothing" : found.text,
                 whole->text);
    free(found.text);
}

/* In two pieces, cut anywhere, and byte by byte it says what the whole says. */
static void check_splits(const char *bytes, size_t length, size_t bytes_max,
                         const struct outcome *whole)
{
    size_t *every = malloc(length * sizeof *every);
    assert_non_null(every);
    for (size_t i = 0; i < length; i++)
        every[i] = i + 1;
    check_same(read_in_pieces(bytes, bytes_max, every, length), whole, "each of", length);
    free(every);
    for (size_t cut = 1; cut < length; cut++) {
        const size_t ends[] = {cut, length};
        check_same(read_in_pieces(bytes, bytes_max, ends, 2), whole, "cut at", cut);
    }
}

static void check_text(const char *bytes, size_t length, const char *expected)
{
    const struct outcome whole = read_whole(bytes, length, BYTES_MAX);
    if (whole.text == NULL || strcmp(whole.text, expected) != 0)
        fail_msg("%s\nis %s\nnot %s", bytes, whole.text == NULL ? "nothing" : whole.text, expected);
    check_splits(bytes, length, BYTES_MAX, &whole);
    free(whole.text);
}

struct row {
    const char *bytes, *expected; /* as head_text has it */
};

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check_text(rows[i].bytes, strlen(rows[i].bytes), rows[i].expected);
}

#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof(rows)[0])

/* A target in a good request. "bad": it is refused. */
/* The target's own host counts where it has one (RFC 9112, 3.2.2). */
static void check_target(const char *method, const char *target, const char *expected)
{
    char bytes[1024], text[1024];
    const char *authority = strstr(target, "://");
    const char *host = authority == NULL ? "h" : authority + 3;
    const int host_length = (int)strcspn(host, "/?");
    const bool bad = strcmp(expected, "bad") == 0;
    (void)snprintf(bytes, sizeof bytes, "%s %s HTTP/1.1\r\nHost: h\r\n\r\n", method, target);
    if (bad)
        (void)snprintf(text, sizeof text, "BAD_REQUEST %s", method);
    else
        (void)snprintf(text, sizeof text, "%s %s\nHost: %.*s", method, expected, host_length, host);
    check_text(bytes, strlen(bytes), text);
}

/* ---- Lines ---- */

static void test_request_lines(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {LINE HOST "\r\n", "GET /\nHost: a"},
        {"\r\n" LINE HOST "\r\n", "GET /\nHost: a"},
        {"POST /x HTTP/1.1\r\n" HOST "\r\n", "POST /x\nHost: a"},
        {"HEAD / HTTP/1.1\r\n" HOST "\r\n", "HEAD / bodiless\nHost: a"},
        {"get / HTTP/1.1\r\n" HOST "\r\n", "get /\nHost: a"},
        {"M-SEARCH!#$%&'*+.^_`|~ / HTTP/1.1\r\n" HOST "\r\n", "M-SEARCH!#$%&'*+.^_`|~ /\nHost: a"},
        {"GET / HTTP/1.9\r\n" HOST "\r\n", "GET /\nHost: a"},
        {"GET / HTTP/1.0\r\n\r\n", "GET / last"},
        {"GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n", "GET / last\nHost: a"},
        {"\r\n\r\n" LINE HOST "\r\n", "BAD_REQUEST -"},
        {" GET / HTTP/1.1\r\n" HOST "\r\n", "BAD_REQUEST -"},
        {"\n" LINE HOST "\r\n", "BAD_REQUEST -"},
        {"GET  / HTTP/1.1\r\n" HOST "\r\n", "BAD_REQUEST GET"},
        {"GET /  HTTP/1.1\r\n" HOST "\r\n", "BAD_REQUEST GET"},
        {"GET / HTTP/1.1 \r\n" HOST "\r\n", "BAD_REQUEST GET"},
        {"GET\t/ HTTP/1.1\r\n" HOST "\r\n", "BAD_REQUEST -"},
        {"GET /\tHTTP/1.1\r\n" HOST "\r\n", "BAD_REQUEST -"},
        {"GET / a HTTP/1.1\r\n" HOST "\r\n", "BAD_REQUEST GET"},
        {"GET /#a HTTP/1.1\r\n" HOST "\r\n", "BAD_REQUEST -"},
        {"GET /\xc3\xa9 HTTP/1.1\r\n" HOST "\r\n", "BAD_REQUEST -"},
        {"GET /\x7f HTTP/1.1\r\n" HOST "\r\n", "BAD_REQUEST -"},
        {"GET /\r\n\r\n", "BAD_REQUEST -"},
        {"GET\r\n\r\n", "BAD_REQUEST -"},
        {"GET \r\n\r\n", "BAD_REQUEST -"},
        {"GET  \r\n\r\n", "BAD_REQUEST GET"},
        {"GET / \r\n\r\n", "BAD_REQUEST GET"},
        {"G(T / HTTP/1.1\r\n" HOST "\r\n", "BAD_REQUEST -"},
        {"GET / http/1.1\r\n" HOST "\r\n", "BAD_REQUEST GET"},
        {"GET / HTTP/1,1\r\n" HOST "\r\n", "BAD_REQUEST GET"},
        {"GET / HTTP/11\r\n" HOST "\r\n", "BAD_REQUEST GET"},
        {"GET / HTTP/1.10\r\n" HOST "\r\n", "BAD_REQUEST GET"},
        {"GET / HTTP/1.x\r\n" HOST "\r\n", "BAD_REQUEST GET"},
        {"GET / HTTPS/1.1\r\n" HOST "\r\n", "BAD_REQUEST GET"},
        {"GET / HTTP/0.9\r\n" HOST "\r\n", "VERSION_NOT_SUPPORTED GET"},
        {"GET / HTTP/2.0\r\n" HOST "\r\n", "VERSION_NOT_SUPPORTED GET"},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "VERSION_NOT_SUPPORTED PRI"},
        {"\x16\x03\x01\x02\x01\x01", "BAD_REQUEST -"}, /* who speaks TLS sends no line */
    };
    CHECK_ROWS(rows);
    check_text("GET /\0 HTTP/1.1\r\n\r\n", 19, "BAD_REQUEST -");
    check_text("\0", 1, "BAD_REQUEST -");
}

static void test_line_ends(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"GET / HTTP/1.1\nHost: a\n\n", "BAD_REQUEST -"},
        {LINE "Host: a\n\r\n", "BAD_REQUEST GET"},
        {LINE HOST "\n", "BAD_REQUEST GET\nHost: a"},
        {LINE "Host: a\r\r\n\r\n", "BAD_REQUEST GET"},
        {LINE "Host: a\rb\r\n\r\n", "BAD_REQUEST GET"},
        {"GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", "BAD_REQUEST GET"},
    };
    CHECK_ROWS(rows);
}

/* ---- Targets ---- */

static void test_paths(void **state)
{
    (void)state;
    static const struct {
        const char *target, *expected;
    } rows[] = {
        {"/", "/"},
        {"//", "//"},
        {"/a/b", "/a/b"},
        {"/a/../b", "/a/../b"},
        {"/%41%62", "/Ab"},
        {"/%c3%A9", "/\xc3\xa9"},
        {"/a%2Fb%2fc", "/a%2Fb%2fc"},
        {"/a%252Fb", "/a%2Fb"},
        {"/a+b", "/a+b"},
        {"/%20", "/ "},
        {"/%0d%0a", "/\r\n"},
        {"/%3Fa", "/?a"},
        {"/!\"$&'()*+,-.:;<=>@[\\]^_`{|}~", "/!\"$&'()*+,-.:;<=>@[\\]^_`{|}~"},
        {"/%", "bad"},
        {"/%4", "bad"},
        {"/%4g", "bad"},
        {"/%g4", "bad"},
        {"/%%41", "bad"},
        {"/%00", "bad"},
        {"/a%", "bad"},
        {"/%2", "bad"},
        {"a", "bad"},
        {"?a", "bad"},
        {"*", "bad"},
        {"a:80", "bad"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check_target("GET", rows[i].target, rows[i].expected);
    check_target("OPTIONS", "*", "*");
    check_target("OPTIONS", "**", "bad");
    check_target("CONNECT", "a:80", "bad");
}

static void test_queries(void **state)
{
    (void)state;
    static const struct {
        const char *target, *expected;
    } rows[] = {
        {"/?", "/"},
        {"/?&&", "/"},
        {"/?a", "/\n?a="},
        {"/?a=", "/\n?a="},
        {"/?=a", "/\n?=a"},
        {"/?=", "/\n?="},
        {"/?a=b=c", "/\n?a=b=c"},
        {"/?a=1&b=2&a=3", "/\n?a=1\n?b=2\n?a=3"},
        {"/?a=1&&b=2&", "/\n?a=1\n?b=2"},
        {"/?a+b=c+d", "/\n?a b=c d"},
        {"/?%61=%62", "/\n?a=b"},
        {"/?a=%2F%2f/", "/\n?a=///"},
        {"/?a%3Db=c%26d", "/\n?a=b=c&d"},
        {"/?a%2Bb", "/\n?a+b="},
        {"/?a=/?b", "/\n?a=/?b"},
        {"/%41?%41=%41", "/A\n?A=A"},
        {"/?a=%", "bad"},
        {"/?a=%4", "bad"},
        {"/?%=a", "bad"},
        {"/?%4=1", "bad"},
        {"/?a=%00", "bad"},
        {"/?%00", "bad"},
        {"/?a=%4&b=1", "bad"}, /* the escape ends with its value */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check_target("GET", rows[i].target, rows[i].expected);
}

static void test_absolute_forms(void **state)
{
    (void)state;
    static const struct {
        const char *target, *expected;
    } rows[] = {
        {"http://b", "/"},           {"http://b/", "/"},
        {"HTTP://b/c", "/c"},        {"https://b:8443/c%41?d=%2f", "/cA\n?d=/"},
        {"http://b?c=d", "/\n?c=d"}, {"http://b?", "/"},
        {"http://b/%2F", "/%2F"},    {"http://[::1]:80/c", "/c"},
        {"http://", "bad"},          {"http:///", "bad"},
        {"http://?a", "bad"},        {"http://a@b/", "bad"},
        {"http://b:/", "/"},         {"http://b:x/", "bad"},
        {"http://b:65536/", "bad"},  {"http://b\\c/", "bad"},
        {"http:/b", "bad"},          {"ftp://b/", "bad"},
        {"http://b/%", "bad"},       {"http://b?%", "bad"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check_target("GET", rows[i].target, rows[i].expected);
}

static void check_parameters(unsigned count, bool left_out)
{
    char bytes[1024] = "GET /?";
    struct request_head head;
    for (unsigned i = 0; i < count; i++)
        (void)snprintf(bytes + strlen(bytes), 16, "%sp=%u", i == 0 ? "" : "&", i);
    (void)snprintf(bytes + strlen(bytes), 64, " HTTP/1.1\r\n" HOST "\r\n");
    request_head_init(&head);
    assert_true(request_head_read(&head, bytes, strlen(bytes), sizeof bytes));
    assert_int_equal(head.refusal, REFUSAL_NONE);
    assert_int_equal(head.parameters_left_out, left_out);
    assert_int_equal(head.parameter_count, left_out ? PARAMETERS_MAX : count);
    assert_string_equal(head.parameters[PARAMETERS_MAX - 1].value, "31");
}

static void test_as_many_parameters_as_there_is_room_for(void **state)
{
    (void)state;
    check_parameters(PARAMETERS_MAX, false);
    check_parameters(PARAMETERS_MAX + 1, true);
    check_parameters(PARAMETERS_MAX + 50, true);
}

/* ---- Headers ---- */

static void test_headers(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {LINE "Host:a\r\n\r\n", "GET /\nHost: a"},
        {LINE "hOST: \t a \t \r\n\r\n", "GET /\nHost: a"},
        {LINE HOST "X: \xc3\xa9\r\nY:\r\nZ: \t\r\n\r\n", "GET /\nHost: a"},
        {LINE HOST "Cookie: a b\tc\r\n\r\n", "GET /\nCookie: a b\tc\nHost: a"},
        {LINE HOST "Cookie: first\r\ncookie: second\r\n\r\n", "GET /\nCookie: first\nHost: a"},
        {LINE HOST "Authorization:\r\n\r\n", "GET /\nAuthorization: \nHost: a"},
        {LINE HOST "Forwarded: for=a\r\nForwarded: for=b\r\n\r\n",
         "GET /\nForwarded: for=a\nForwarded: for=b\nHost: a"},
        {LINE HOST "Connection: close\r\n\r\n", "GET / last\nHost: a"},
        {LINE HOST "Connection: keep-alive , CLOSE\r\n\r\n", "GET / last\nHost: a"},
        {LINE HOST "Connection: a\r\nConnection: ,,close,\r\n\r\n", "GET / last\nHost: a"},
        {LINE HOST "Connection: closed, enclose\r\n\r\n", "GET /\nHost: a"},
        {LINE HOST "Connection:\r\n\r\n", "GET /\nHost: a"},
        {LINE HOST "Hosts: b\r\nHos: c\r\n\r\n", "GET /\nHost: a"},
        {LINE HOST HOST "\r\n", "BAD_REQUEST GET\nHost: a"},
        {LINE HOST "Authorization: a\r\nAuthorization: a\r\n\r\n",
         "BAD_REQUEST GET\nAuthorization: a\nHost: a"},
        {LINE HOST "X : a\r\n\r\n", "BAD_REQUEST GET\nHost: a"},
        {LINE HOST " X: a\r\n\r\n", "BAD_REQUEST GET\nHost: a"},
        {LINE HOST "X: a\r\n b\r\n\r\n", "BAD_REQUEST GET\nHost: a"},
        {LINE HOST "X: a\r\n\tb\r\n\r\n", "BAD_REQUEST GET\nHost: a"},
        {LINE " Host: a\r\n\r\n", "BAD_REQUEST GET"},
        {LINE HOST ": a\r\n\r\n", "BAD_REQUEST GET\nHost: a"},
        {LINE HOST "X\r\n\r\n", "BAD_REQUEST GET\nHost: a"},
        {LINE HOST "X(y): a\r\n\r\n", "BAD_REQUEST GET\nHost: a"},
        {LINE HOST "X\xc3\xa9: a\r\n\r\n", "BAD_REQUEST GET\nHost: a"},
        {LINE HOST "X: \x01\r\n\r\n", "BAD_REQUEST GET\nHost: a"},
        {LINE HOST "X: \x7f\r\n\r\n", "BAD_REQUEST GET\nHost: a"},
    };
    CHECK_ROWS(rows);
    static const char nul[] = LINE HOST "X: a\0b\r\n\r\n";
    check_text(nul, sizeof nul - 1, "BAD_REQUEST GET\nHost: a");
}

static void test_hosts(void **state)
{
    (void)state;
    static const char *const good[] = {
        "a",           "a.example", "A-1_2~3",          "a:80",      "a:",
        "a:0",         "a:00080",   "a:65535",          "127.0.0.1", "[::1]",
        "[::1]:80",    "[::1]:",    "[::ffff:1.2.3.4]", "%41",       "a%2f",
        "!$&'()*+,;=",
    };
    static const char *const bad[] = {
        "",     ":",      ":80",      "a:b",  "a:80:80", "a:65536", "a:000080", "a b",
        "a/b",  "a@b",    "a?b",      "a#b",  "[",       "[]",      "[:",       "[g::1]",
        "[::1", "[::1]a", "::1",      "a[",   "%",       "%4",      "%4g",      "a,b c",
        "a\\b", "a\"b",   "\xc3\xa9", "a:-1", "a:+80",   "[1.2]:x",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (!host_well_formed(good[i], strlen(good[i])))
            fail_msg("%s is refused", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (host_well_formed(bad[i], strlen(bad[i])))
            fail_msg("%s is taken", bad[i]);
    assert_false(host_well_formed("a\0b", 3));
    static const struct row rows[] = {
        {LINE "\r\n", "BAD_REQUEST GET"},
        {LINE "Host:\r\n\r\n", "BAD_REQUEST GET\nHost: "},
        {LINE "Host: a b\r\n\r\n", "BAD_REQUEST GET\nHost: a b"},
        {"GET / HTTP/1.0\r\nHost: a/b\r\n\r\n", "BAD_REQUEST GET\nHost: a/b"},
        {"GET http://b/ HTTP/1.1\r\n\r\n", "BAD_REQUEST GET"},
    };
    CHECK_ROWS(rows);
}

static void test_framing(void **state)
{
    (void)state;
#define SIZED(length) LINE HOST "Content-Length: " length "\r\n\r\n"
#define CODED(codings) LINE HOST "Transfer-Encoding: " codings "\r\n\r\n"
#define OF_SIZED(length) "BAD_REQUEST GET\nContent-Length: " length "\nHost: a"
    static const struct row rows[] = {
        {SIZED("0"), "GET /\nContent-Length: 0\nHost: a"},
        {SIZED("000"), "GET /\nContent-Length: 000\nHost: a"},
        {SIZED("5"), "GET / sized 5\nContent-Length: 5\nHost: a"},
        {SIZED("0000000000000000005"),
         "GET / sized 5\nContent-Length: 0000000000000000005\nHost: a"},
        {SIZED("9223372036854775807"),
         "GET / sized 9223372036854775807\nContent-Length: 9223372036854775807\nHost: a"},
        {SIZED("9223372036854775808"), OF_SIZED("9223372036854775808")},
        {SIZED("9999999999999999999"), OF_SIZED("9999999999999999999")},
        {SIZED("00000000000000000005"), OF_SIZED("00000000000000000005")},
        {SIZED("18446744073709551621"), OF_SIZED("18446744073709551621")},
        {SIZED(""), OF_SIZED("")},
        {SIZED("-1"), OF_SIZED("-1")},
        {SIZED("+5"), OF_SIZED("+5")},
        {SIZED("0x5"), OF_SIZED("0x5")},
        {SIZED("5,5"), OF_SIZED("5,5")},
        {SIZED("5 5"), OF_SIZED("5 5")},
        {SIZED("5.0"), OF_SIZED("5.0")},
        {LINE HOST "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", OF_SIZED("5")},
        {CODED("chunked"), "GET / chunked\nHost: a\nTransfer-Encoding: chunked"},
        {CODED("CHUNKED"), "GET / chunked\nHost: a\nTransfer-Encoding: CHUNKED"},
        {CODED("gzip, chunked"), "NOT_IMPLEMENTED GET\nHost: a\nTransfer-Encoding: gzip, chunked"},
        {CODED("gzip,\tChunked"),
         "NOT_IMPLEMENTED GET\nHost: a\nTransfer-Encoding: gzip,\tChunked"},
        {CODED("gzip"), "BAD_REQUEST GET\nHost: a\nTransfer-Encoding: gzip"},
        {CODED("identity"), "BAD_REQUEST GET\nHost: a\nTransfer-Encoding: identity"},
        {CODED("chunked, gzip"), "BAD_REQUEST GET\nHost: a\nTransfer-Encoding: chunked, gzip"},
        {CODED("xchunked"), "BAD_REQUEST GET\nHost: a\nTransfer-Encoding: xchunked"},
        {CODED("chunked;a=b"), "BAD_REQUEST GET\nHost: a\nTransfer-Encoding: chunked;a=b"},
        {CODED(""), "BAD_REQUEST GET\nHost: a\nTransfer-Encoding: "},
        {LINE HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
         "BAD_REQUEST GET\nHost: a\nTransfer-Encoding: chunked"},
        {LINE HOST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
         "BAD_REQUEST GET\nContent-Length: 5\nHost: a\nTransfer-Encoding: chunked"},
        {"GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
         "BAD_REQUEST GET\nTransfer-Encoding: chunked"},
        {"GET / HTTP/1.0\r\nContent-Length: 5\r\n\r\n", "GET / sized 5 last\nContent-Length: 5"},
    };
    CHECK_ROWS(rows);
}

static void test_expectations(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {LINE "Expect: 100-continue\r\n" HOST "Content-Length: 1\r\n\r\n",
         "GET / sized 1 continue\nContent-Length: 1\nExpect: 100-continue\nHost: a"},
        {LINE "Expect: 100-CONTINUE\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n",
         "GET / chunked continue\nExpect: 100-CONTINUE\nHost: a\nTransfer-Encoding: chunked"},
        {LINE "Expect: 100-continue\r\n" HOST "\r\n", "GET /\nExpect: 100-continue\nHost: a"},
        {LINE "Expect: more\r\n" HOST "\r\n", "EXPECTATION_FAILED GET\nExpect: more\nHost: a"},
        {"GET / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n",
         "GET / sized 1 last\nContent-Length: 1\nExpect: 100-continue"},
        {"GET / HTTP/1.0\r\nExpect: more\r\n\r\n", "GET / last\nExpect: more"},
    };
    CHECK_ROWS(rows);
}

/* ---- Bounds ---- */

/* Builds a head of exactly so many bytes: `front`, a run of 'a', `back`. */
static char *stretched(const char *front, const char *back, size_t length)
{
    const size_t run = length - strlen(front) - strlen(back);
    char *bytes = malloc(length + 1);
    assert_non_null(bytes);
    (void)snprintf(bytes, length + 1, "%s%*s%s", front, (int)run, "", back);
    memset(bytes + strlen(front), 'a', run);
    return bytes;
}

static void check_stretched(const char *front, const char *back, size_t length, size_t bytes_max,
                            const char *expected)
{
    char *bytes = stretched(front, back, length);
    const struct outcome whole = read_whole(bytes, length, bytes_max);
    assert_non_null(whole.text);
    assert_int_equal(strncmp(whole.text, expected, strlen(expected)), 0);
    check_splits(bytes, length, bytes_max, &whole);
    free(whole.text);
    free(bytes);
}

static void test_the_most_bytes(void **state)
{
    (void)state;
    static const char header[] = LINE HOST "X: ", target[] = "GET /", rest[] = " HTTP/1.1\r\n";
    for (size_t max = 64; max <= 512; max *= 8) {
        check_stretched(header, "\r\n\r\n", max, max, "GET /");
        check_stretched(header, "\r\n\r\n", max + 1, max, "HEADERS_TOO_LARGE GET");
        check_stretched(header, "\r\n\r\n", max + 2, max, "HEADERS_TOO_LARGE GET");
        check_stretched(header, "\r\n\r\n", max + 3, max, "HEADERS_TOO_LARGE GET");
        check_stretched(target, " HTTP/1.1\r\n" HOST "\r\n", max, max, "GET /aaa");
        check_stretched(target, rest, max, max, "HEADERS_TOO_LARGE GET");
        check_stretched(target, rest, max + 1, max, "URI_TOO_LONG -");
        check_stretched("", "", max, max, "URI_TOO_LONG -");
        /* What is wrong in time is told for what it is. */
        check_stretched(LINE "X : ", "", max, max, "HEADERS_TOO_LARGE GET");
        check_stretched(LINE "X : \r\n", "", max, max, "BAD_REQUEST GET");
    }
    /* One byte short of the bound there may be more to come. */
    char *bytes = stretched(header, "", 511);
    assert_null(read_whole(bytes, 511, 512).text);
    free(bytes);
}

static void check_lines(unsigned lines, const char *expected)
{
    char *bytes = malloc(ROOM);
    assert_non_null(bytes);
    (void)snprintf(bytes, ROOM, LINE HOST);
    for (unsigned i = 1; i < lines; i++)
        (void)snprintf(bytes + strlen(bytes), 16, "X: %u\r\n", i);
    (void)snprintf(bytes + strlen(bytes), 16, "\r\n");
    struct outcome whole = read_whole(bytes, strlen(bytes), ROOM);
    assert_non_null(whole.text);
    assert_string_equal(whole.text, expected);
    free(whole.text);
    free(bytes);
}

static void test_the_most_lines(void **state)
{
    (void)state;
    check_lines(HEADER_LINES_MAX, "GET /\nHost: a");
    check_lines(HEADER_LINES_MAX + 1, "HEADERS_TOO_LARGE GET\nHost: a");
}

/* ---- What follows, and what is missing ---- */

static void test_what_follows_is_not_looked_at(void **state)
{
    (void)state;
    static const char head[] = LINE HOST "\r\n", follows[] = "GET \0 junk\n\n";
    char bytes[sizeof head + sizeof follows];
    memcpy(bytes, head, sizeof head - 1);
    memcpy(bytes + sizeof head - 1, follows, sizeof follows);
    struct outcome whole = read_whole(bytes, sizeof head - 1 + sizeof follows, BYTES_MAX);
    assert_string_equal(whole.text, "GET /\nHost: a");
    assert_int_equal(whole.body_at, sizeof head - 1);
    free(whole.text);
}

static void test_no_part_of_a_good_head_is_enough(void **state)
{
    (void)state;
    static const char head[] =
        "\r\nGET /%41?b=%43 HTTP/1.1\r\n" HOST "Content-Length: 5\r\nX: \xff\r\n\r\n";
    for (size_t length = 1; length < sizeof head - 1; length++)
        assert_null(read_whole(head, length, BYTES_MAX).text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request_lines),
        cmocka_unit_test(test_line_ends),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_queries),
        cmocka_unit_test(test_absolute_forms),
        cmocka_unit_test(test_as_many_parameters_as_there_is_room_for),
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_framing),
        cmocka_unit_test(test_expectations),
        cmocka_unit_test(test_the_most_bytes),
        cmocka_unit_test(test_the_most_lines),
        cmocka_unit_test(test_what_follows_is_not_looked_at),
        cmocka_unit_test(test_no_part_of_a_good_head_is_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
