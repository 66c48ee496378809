/* Whose request it is, by the peer and by what trusted proxies say. Trusted: 10.0.0.0/8 and
 * 2001:db8:ffff::/48. */
#include "http/forwarded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define PEER "10.0.0.1"

static struct address_list trusted;

static int trust(void **state)
{
    (void)state;
    struct explanation why;
    return address_list_parse("10.0.0.0/8, 2001:db8:ffff::/48", &trusted, &why) == RESULT_OK ? 0
                                                                                             : -1;
}

static struct address address_of(const char *text)
{
    struct address address;
    assert_true(address_parse(text, strlen(text), &address));
    return address;
}

/* The lines of a header, between line feeds; NULL: it did not come. */
static struct header_lines lines_of(char *text)
{
    struct header_lines lines = {.count = 0};
    while (text != NULL) {
        char *end = strchr(text, '\n');
        if (end != NULL)
            *end++ = '\0';
        header_lines_add(&lines, text);
        text = end;
    }
    return lines;
}

struct row {
    const char *forwarded, *x_forwarded; /* NULL: not there */
    const char *origin;
};

static void check(const char *peer, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char forwarded[512], x_forwarded[512], text[ADDRESS_TEXT_BYTES];
        const struct row *row = &rows[i];
        const struct address from = address_of(peer), wanted = address_of(row->origin);
        (void)snprintf(forwarded, sizeof forwarded, "%s",
                       row->forwarded == NULL ? "" : row->forwarded);
        (void)snprintf(x_forwarded, sizeof x_forwarded, "%s",
                       row->x_forwarded == NULL ? "" : row->x_forwarded);
        const struct header_lines lines = lines_of(row->forwarded == NULL ? NULL : forwarded),
                                  x_lines = lines_of(row->x_forwarded == NULL ? NULL : x_forwarded);
        const struct address found = forwarded_origin(&from, &trusted, &lines, &x_lines);
        if (address_equal(&found, &wanted))
            continue;
        address_format(&found, text);
        fail_msg("row %zu: %s, not %s", i, text, row->origin);
    }
}

#define CHECK_ROWS(peer, rows) check(peer, rows, sizeof(rows) / sizeof(rows)[0])

static void test_peers(void **state)
{
    (void)state;
    static const struct row told[] = {
        {NULL, NULL, "192.0.2.9"},
        {"for=192.0.2.1", NULL, "192.0.2.9"},
        {NULL, "192.0.2.1", "192.0.2.9"},
        {"for=192.0.2.1", "192.0.2.1", "192.0.2.9"},
    };
    CHECK_ROWS("192.0.2.9", told); /* nobody whom we trust */
    static const struct row silent[] = {{NULL, NULL, PEER}, {"", NULL, PEER}, {NULL, "", PEER}};
    CHECK_ROWS(PEER, silent);
    static const struct row mapped[] = {{NULL, "192.0.2.1", "192.0.2.1"}};
    CHECK_ROWS("::ffff:10.0.0.1", mapped);
}

static void test_x_forwarded_for(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {NULL, "192.0.2.1", "192.0.2.1"},
        {NULL, " 192.0.2.1\t", "192.0.2.1"},
        {NULL, "192.0.2.1:4711", "192.0.2.1"},
        {NULL, "2001:db8::1", "2001:db8::1"},
        {NULL, "[2001:db8::1]", "2001:db8::1"},
        {NULL, "[2001:db8::1]:4711", "2001:db8::1"},
        /* What the client wrote stands left of what the proxy saw. */
        {NULL, "198.51.100.7, 192.0.2.1", "192.0.2.1"},
        {NULL, "10.9.9.9, 192.0.2.1", "192.0.2.1"},
        {NULL, "junk, \"x, 192.0.2.1", "192.0.2.1"},
        {NULL, "unknown,192.0.2.1", "192.0.2.1"},
        /* Trusted proxies on the way are passed over. */
        {NULL, "198.51.100.7, 192.0.2.1, 10.0.0.2", "192.0.2.1"},
        {NULL, "192.0.2.1, 2001:db8:ffff::5, 10.0.0.2", "192.0.2.1"},
        {NULL, ",, 192.0.2.1 ,, 10.0.0.2 ,", "192.0.2.1"},
        /* All are trusted: the farthest. */
        {NULL, "10.0.0.7, 10.0.0.2", "10.0.0.7"},
        /* Several lines are one. */
        {NULL, "198.51.100.7\n192.0.2.1", "192.0.2.1"},
        {NULL, "192.0.2.1\n10.0.0.2", "192.0.2.1"},
        {NULL, "192.0.2.1\n10.0.0.2\n", "192.0.2.1"},
        /* What is no address counts as the peer's. */
        {NULL, "unknown", PEER},
        {NULL, "192.0.2.1, unknown, 10.0.0.2", PEER},
        {NULL, "192.0.2.1, junk", PEER},
        {NULL, "192.0.2.1 10.0.0.2", PEER},
        {NULL, "192.0.2.1:", PEER},
        {NULL, "192.0.2.1:123456", PEER},
        {NULL, "192.0.2.1:8x", PEER},
        {NULL, "[192.0.2.1]", PEER},
        {NULL, "[2001:db8::1", PEER},
        {NULL, "[2001:db8::1]4711", PEER},
        {NULL, "192.0.2.999", PEER},
    };
    CHECK_ROWS(PEER, rows);
}

static void test_forwarded(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"for=192.0.2.1", NULL, "192.0.2.1"},
        {"For=\"192.0.2.1\"", NULL, "192.0.2.1"},
        {"for=\"192.0.2.1:4711\"", NULL, "192.0.2.1"},
        {"for=192.0.2.1:4711", NULL, "192.0.2.1"},
        {"for=\"[2001:db8::1]\"", NULL, "2001:db8::1"},
        {"for=\"[2001:db8::1]:4711\"", NULL, "2001:db8::1"},
        {"for=\"[2001:db8::1]:_port\"", NULL, "2001:db8::1"},
        {"for=\"192.0.2.\\1\"", NULL, "192.0.2.1"},
        {"proto=https;for=192.0.2.1;by=10.0.0.1", NULL, "192.0.2.1"},
        {"proto=https ; FOR=192.0.2.1 ;", NULL, "192.0.2.1"},
        {"for=198.51.100.7, for=192.0.2.1;host=\"a,b;for=6.6.6.6\", for=10.0.0.2", NULL,
         "192.0.2.1"},
        {"for=junk;x=\"\\\"\", for=192.0.2.1", NULL, "192.0.2.1"},
        {"for=_hidden, for=192.0.2.1", NULL, "192.0.2.1"},
        {"for=10.0.0.7, for=10.0.0.2", NULL, "10.0.0.7"},
        {"for=198.51.100.7\nfor=192.0.2.1", NULL, "192.0.2.1"},
        /* A quote that a client left open ends with its own line. */
        {"for=\"\nfor=192.0.2.1", NULL, "192.0.2.1"},
        {"for=\", for=192.0.2.1", NULL, PEER},
        {"for=unknown", NULL, PEER},
        {"for=_gazonk", NULL, PEER},
        {"for=\"_gazonk:80\"", NULL, PEER},
        {"for=192.0.2.1, for=_hidden, for=10.0.0.2", NULL, PEER},
        {"for=192.0.2.1, by=10.0.0.1", NULL, PEER},
        {"for=\"2001:db8::1\"", NULL, PEER}, /* brackets are a must */
        {"for=192.0.2.1;for=192.0.2.1", NULL, PEER},
        {"for=", NULL, PEER},
        {"for", NULL, PEER},
        {"for = 192.0.2.1", NULL, PEER},
        {"for=192.0.2.1 for=192.0.2.2", NULL, PEER},
        {"for=\"192.0.2.1\"x", NULL, PEER},
        {"for=\"192.0.2.1\\", NULL, PEER},
        {"=192.0.2.1", NULL, PEER},
    };
    CHECK_ROWS(PEER, rows);
    struct row longest = {NULL, NULL, PEER};
    char text[200] = "for=\"192.0.2.1";
    memset(text + strlen(text), ' ', 100);
    text[strlen(text)] = '"';
    longest.forwarded = text;
    check(PEER, &longest, 1);
}

static void test_both(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"for=192.0.2.1", "192.0.2.1", "192.0.2.1"},
        {"for=\"[2001:db8::1]:80\"", "2001:db8::1", "2001:db8::1"},
        {"for=198.51.100.7", "198.51.100.7, 192.0.2.1", PEER},
        {"for=198.51.100.7, for=192.0.2.1", "198.51.100.7", PEER},
        {"for=unknown", "192.0.2.1", PEER},
        {"for=192.0.2.1", "unknown", PEER},
    };
    CHECK_ROWS(PEER, rows);
}

static void test_many_lines(void **state)
{
    (void)state;
    struct header_lines lines = {.count = 0}, none = {.count = 0};
    header_lines_add(&lines, "198.51.100.7");
    for (size_t i = 0; i < FORWARDED_LINES_MAX; i++)
        header_lines_add(&lines, i == 0 ? "192.0.2.1" : "10.0.0.2");
    assert_int_equal(lines.count, FORWARDED_LINES_MAX);
    const struct address peer = address_of(PEER), wanted = address_of("192.0.2.1");
    const struct address found = forwarded_origin(&peer, &trusted, &none, &lines);
    assert_true(address_equal(&found, &wanted));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_peers),      cmocka_unit_test(test_x_forwarded_for),
        cmocka_unit_test(test_forwarded),  cmocka_unit_test(test_both),
        cmocka_unit_test(test_many_lines),
    };
    return cmocka_run_group_tests(tests, trust, NULL);
}
