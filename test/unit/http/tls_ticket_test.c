/* The keys of session tickets: how long each is used, and how long it is known. */
#include "http/tls_ticket.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static bool same(const struct ticket_key *a, const struct ticket_key *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static void test_keys_are_renewed(void **state)
{
    (void)state;
    struct tls_tickets *tickets = tls_tickets_new();
    assert_non_null(tickets);
    int64_t now = 5;
    const struct ticket_key first = tls_tickets_current(tickets, now);
    now += TICKET_SECONDS - 1;
    struct ticket_key key = tls_tickets_current(tickets, now);
    assert_true(same(&key, &first));
    assert_int_equal(tls_tickets_find(tickets, first.name, now, &key), TICKET_CURRENT);

    now += 1;
    const struct ticket_key second = tls_tickets_current(tickets, now);
    assert_memory_not_equal(second.name, first.name, sizeof first.name);
    assert_memory_not_equal(second.cipher_key, first.cipher_key, sizeof first.cipher_key);
    assert_memory_not_equal(second.mac_key, first.mac_key, sizeof first.mac_key);

    /* The first's last ticket is good until the end of this time. */
    now += TICKET_SECONDS - 1;
    assert_int_equal(tls_tickets_find(tickets, first.name, now, &key), TICKET_PREVIOUS);
    assert_true(same(&key, &first));
    assert_int_equal(tls_tickets_find(tickets, second.name, now, &key), TICKET_CURRENT);
    now += 1;
    assert_int_equal(tls_tickets_find(tickets, first.name, now, &key), TICKET_UNKNOWN);
    assert_int_equal(tls_tickets_find(tickets, second.name, now, &key), TICKET_PREVIOUS);
    assert_true(same(&key, &second));
    tls_tickets_drop(tickets);
}

/* Nobody came for long: the keys do not outlast their time by that. */
static void test_quiet_times(void **state)
{
    (void)state;
    struct tls_tickets *tickets = tls_tickets_new();
    assert_non_null(tickets);
    struct ticket_key key, old = tls_tickets_current(tickets, 0);
    assert_int_equal(tls_tickets_find(tickets, old.name, 2 * TICKET_SECONDS, &key), TICKET_UNKNOWN);
    assert_int_equal(tls_tickets_find(tickets, old.name, 2 * TICKET_SECONDS, &key), TICKET_UNKNOWN);
    tls_tickets_drop(tickets);
}

/* Before the first ticket there is no name to guess. */
static void test_no_key_without_chance(void **state)
{
    (void)state;
    static const uint8_t zeros[TICKET_NAME_BYTES];
    struct tls_tickets *tickets = tls_tickets_new();
    assert_non_null(tickets);
    struct ticket_key key;
    assert_int_equal(tls_tickets_find(tickets, zeros, 0, &key), TICKET_UNKNOWN);
    tls_tickets_drop(tickets);
}

static void test_shared_keys(void **state)
{
    (void)state;
    struct tls_tickets *tickets = tls_tickets_new();
    assert_non_null(tickets);
    const struct ticket_key key = tls_tickets_current(tickets, 0);
    struct tls_tickets *again = tls_tickets_hold(tickets);
    tls_tickets_drop(tickets);
    const struct ticket_key after = tls_tickets_current(again, 0);
    assert_true(same(&key, &after));
    tls_tickets_drop(again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_are_renewed),
        cmocka_unit_test(test_quiet_times),
        cmocka_unit_test(test_no_key_without_chance),
        cmocka_unit_test(test_shared_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
