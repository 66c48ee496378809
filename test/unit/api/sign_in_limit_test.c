/* How often somebody may be wrong about a password: two failures a minute from one address, twenty
 * from strangers, six an address. The clock is wound by hand. */
#include "api/sign_in_limit.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define PER_ACCOUNT 2
#define PER_ADDRESS 6
#define STRANGERS (PER_ACCOUNT * SIGN_IN_STRANGERS_FACTOR)
#define MINUTE_US INT64_C(60000000)

static struct sign_in_limit limit;
static int64_t now_us;

static int make_limit(void **state)
{
    (void)state;
    now_us = 10 * MINUTE_US;
    if (sign_in_limit_init(&limit) != RESULT_OK)
        return -1;
    sign_in_limit_change(&limit, PER_ACCOUNT, PER_ADDRESS);
    return 0;
}

static int release_limit(void **state)
{
    (void)state;
    sign_in_limit_release(&limit);
    return 0;
}

static struct sign_in_account account_of(const char *email)
{
    return (struct sign_in_account){.bytes = email, .length = strlen(email)};
}

static struct address address_of(const char *text)
{
    struct address address;
    assert_true(address_parse(text, strlen(text), &address));
    return address;
}

/* The n-th of many addresses. */
static const char *address_text(int n)
{
    static char text[ADDRESS_TEXT_BYTES];
    (void)snprintf(text, sizeof text, "198.51.%d.%d", n / 250, n % 250);
    return text;
}

static bool begin(const char *email, const char *from, struct sign_in_try *try)
{
    const struct sign_in_account account = account_of(email);
    const struct address address = address_of(from);
    int64_t wait_us = 0;
    const bool good = sign_in_limit_begin(&limit, &account, &address, now_us, try, &wait_us);
    assert_true(good == (wait_us == 0));
    assert_true(wait_us <= MINUTE_US);
    return good;
}

/* Whether the password was looked at. */
static bool attempt(const char *email, const char *from, enum sign_in_outcome outcome)
{
    struct sign_in_try try;
    if (!begin(email, from, &try))
        return false;
    sign_in_limit_end(&limit, &try, outcome, now_us);
    return true;
}

static int failures(const char *email, const char *from, int count)
{
    int passed = 0;
    for (int i = 0; i < count; i++)
        passed += attempt(email, from, SIGN_IN_WRONG);
    return passed;
}

static void test_an_address_is_slowed_at_an_account(void **state)
{
    (void)state;
    assert_int_equal(failures("ann", "192.0.2.1", 10), PER_ACCOUNT);
    assert_false(attempt("ann", "192.0.2.1", SIGN_IN_RIGHT));
    assert_true(attempt("ann", "192.0.2.2", SIGN_IN_RIGHT)); /* she, elsewhere */
    assert_true(attempt("bob", "192.0.2.1", SIGN_IN_RIGHT)); /* another, there */
    now_us += MINUTE_US / PER_ACCOUNT;
    assert_int_equal(failures("ann", "192.0.2.1", 10), 1);
    now_us += 10 * MINUTE_US; /* rest gives no more than the burst */
    assert_int_equal(failures("ann", "192.0.2.1", 10), PER_ACCOUNT);
}

static void test_what_is_no_failure_does_not_count(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++)
        assert_true(attempt("ann", "192.0.2.1", i % 2 == 0 ? SIGN_IN_RIGHT : SIGN_IN_UNDECIDED));
    for (int i = 0; i < 100; i++)
        assert_true(attempt("bob", address_text(i), SIGN_IN_UNDECIDED));
    assert_int_equal(failures("ann", "192.0.2.1", 10), PER_ACCOUNT);
    assert_int_equal(failures("bob", "192.0.2.1", 10), PER_ACCOUNT);
}

static void test_all_at_once_are_no_more(void **state)
{
    (void)state;
    struct sign_in_try tries[10];
    int begun = 0;
    for (int i = 0; i < 10; i++)
        begun += begin("ann", "192.0.2.1", &tries[begun]);
    assert_int_equal(begun, PER_ACCOUNT);
    sign_in_limit_end(&limit, &tries[0], SIGN_IN_WRONG, now_us);
    sign_in_limit_end(&limit, &tries[1], SIGN_IN_RIGHT, now_us);
    assert_int_equal(failures("ann", "192.0.2.1", 10), 1);
}

static void test_many_addresses_are_slowed_at_an_account(void **state)
{
    (void)state;
    assert_true(attempt("ann", "192.0.2.1", SIGN_IN_RIGHT));
    int passed = 0;
    for (int i = 0; i < 10 * STRANGERS; i++)
        passed += failures("ann", address_text(i), 1);
    assert_int_equal(passed, STRANGERS);
    assert_false(attempt("ann", "203.0.113.9", SIGN_IN_RIGHT)); /* a stranger waits */
    assert_true(attempt("ann", "192.0.2.1", SIGN_IN_RIGHT));    /* where she was before: never */
    assert_int_equal(failures("ann", "192.0.2.1", 10), PER_ACCOUNT);
    assert_true(attempt("bob", "203.0.113.9", SIGN_IN_RIGHT));
    now_us += MINUTE_US / STRANGERS;
    assert_true(attempt("ann", "203.0.113.9", SIGN_IN_RIGHT));
}

static void test_what_fails_at_home_slows_no_stranger(void **state)
{
    (void)state;
    for (int i = 0; i < STRANGERS; i++)
        assert_true(attempt("ann", address_text(i), SIGN_IN_RIGHT));
    for (int i = 0; i < STRANGERS; i++)
        assert_int_equal(failures("ann", address_text(i), PER_ACCOUNT), PER_ACCOUNT);
    assert_true(attempt("ann", "203.0.113.9", SIGN_IN_WRONG));
}

static void test_an_address_is_slowed_whatever_the_account(void **state)
{
    (void)state;
    char email[16];
    int passed = 0;
    assert_true(attempt("ann", "192.0.2.1", SIGN_IN_RIGHT));
    for (int i = 0; i < 10 * PER_ADDRESS; i++) {
        (void)snprintf(email, sizeof email, "guess%d", i);
        passed += attempt(email, "192.0.2.1", SIGN_IN_WRONG);
    }
    assert_int_equal(passed, PER_ADDRESS);
    const struct address address = address_of("192.0.2.1");
    int64_t wait_us = 0;
    assert_false(sign_in_limit_sign_up(&limit, &address, now_us, &wait_us));
    assert_true(wait_us > 0);
    assert_false(attempt("bob", "192.0.2.1", SIGN_IN_RIGHT));
    assert_true(attempt("ann", "192.0.2.1", SIGN_IN_RIGHT)); /* no stranger there */
    assert_true(attempt("bob", "192.0.2.2", SIGN_IN_RIGHT));
}

static void test_new_accounts_count_and_are_known(void **state)
{
    (void)state;
    const struct sign_in_account ann = account_of("ann");
    const struct address address = address_of("192.0.2.1");
    int64_t wait_us;
    int made = 0;
    for (int i = 0; i < 10 * PER_ADDRESS; i++)
        made += sign_in_limit_sign_up(&limit, &address, now_us, &wait_us);
    assert_int_equal(made, PER_ADDRESS);
    assert_false(attempt("ann", "192.0.2.1", SIGN_IN_RIGHT));
    sign_in_limit_remember(&limit, &ann, &address, now_us);
    assert_true(attempt("ann", "192.0.2.1", SIGN_IN_RIGHT));
}

static void test_what_is_refused_counts_nowhere(void **state)
{
    (void)state;
    /* One address at its own end takes nothing from the account's strangers, nor an account at its
     * end from the address. */
    char email[16];
    assert_int_equal(failures("ann", "192.0.2.1", 10 * STRANGERS), PER_ACCOUNT);
    for (int i = 0; i < STRANGERS - PER_ACCOUNT; i++)
        assert_true(attempt("ann", address_text(i), SIGN_IN_WRONG));
    for (int i = 0; i < 10 * PER_ADDRESS; i++)
        assert_false(attempt("ann", "203.0.113.9", SIGN_IN_WRONG));
    for (int i = 0; i < PER_ADDRESS; i++) {
        (void)snprintf(email, sizeof email, "guess%d", i);
        assert_true(attempt(email, "203.0.113.9", SIGN_IN_WRONG));
    }
    /* And an account refused for the address's sake keeps what it has. */
    for (int i = 0; i < 10; i++)
        assert_false(attempt("bob", "203.0.113.9", SIGN_IN_WRONG));
    now_us += 10 * MINUTE_US;
    assert_int_equal(failures("bob", "203.0.113.9", 10), PER_ACCOUNT);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_limit, release_limit)
    const struct CMUnitTest tests[] = {
        TEST(test_an_address_is_slowed_at_an_account),
        TEST(test_what_is_no_failure_does_not_count),
        TEST(test_all_at_once_are_no_more),
        TEST(test_many_addresses_are_slowed_at_an_account),
        TEST(test_what_fails_at_home_slows_no_stranger),
        TEST(test_an_address_is_slowed_whatever_the_account),
        TEST(test_new_accounts_count_and_are_known),
        TEST(test_what_is_refused_counts_nowhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
