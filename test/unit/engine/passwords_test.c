/* The password workers: hashes verify, wrong ones and missing ones do not and take as long, and the
 * line is bounded and given back at the end. */
#include "engine/passwords.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <semaphore.h>
#include <sodium.h>
#include <time.h>

#include <cmocka.h>

/* Between the workers and libsodium: how often it was asked for the long work of a verification. */
static atomic_int hashes;

int __real_crypto_pwhash(unsigned char *out, unsigned long long length, const char *password,
                         unsigned long long password_length, const unsigned char *salt,
                         unsigned long long operations, size_t memory_bytes, int algorithm);
int __wrap_crypto_pwhash(unsigned char *out, unsigned long long length, const char *password,
                         unsigned long long password_length, const unsigned char *salt,
                         unsigned long long operations, size_t memory_bytes, int algorithm);

int __wrap_crypto_pwhash(unsigned char *out, unsigned long long length, const char *password,
                         unsigned long long password_length, const unsigned char *salt,
                         unsigned long long operations, size_t memory_bytes, int algorithm)
{
    atomic_fetch_add(&hashes, 1);
    return __real_crypto_pwhash(out, length, password, password_length, salt, operations,
                                memory_bytes, algorithm);
}

struct asked {
    struct password_job job;
    sem_t answered;
};

static void answered(struct password_job *job)
{
    struct asked *asked = (struct asked *)job;
    (void)sem_post(&asked->answered);
}

static struct passwords passwords;

static int start(void **state)
{
    (void)state;
    struct explanation explanation;
    return passwords_start(&passwords, 2, &explanation) == RESULT_OK ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    passwords_stop(&passwords);
    return 0;
}

static void ask(struct asked *asked)
{
    asked->job.complete = answered;
    assert_int_equal(sem_init(&asked->answered, 0, 0), 0);
    assert_int_equal(passwords_ask(&passwords, &asked->job), RESULT_OK);
    while (sem_wait(&asked->answered) != 0)
        continue;
    assert_int_equal(sem_destroy(&asked->answered), 0);
    assert_false(asked->job.failed);
}

static bool verifies(const char *password, const char *hash)
{
    struct asked asked = {.job = {.work = PASSWORD_VERIFY, .password = password}};
    memcpy(asked.job.hash, hash, strlen(hash) + 1);
    ask(&asked);
    return asked.job.good;
}

static void only_the_password_that_was_hashed_verifies(void **state)
{
    (void)state;
    struct asked first = {.job = {.work = PASSWORD_HASH, .password = "correct horse"}};
    struct asked second = {.job = {.work = PASSWORD_HASH, .password = "correct horse"}};
    ask(&first);
    ask(&second);
    assert_true(first.job.good && second.job.good);
    assert_string_not_equal(first.job.hash, second.job.hash); /* salted */
    assert_memory_equal(first.job.hash, "$argon2id$", 10);
    assert_true(verifies("correct horse", first.job.hash));
    assert_true(verifies("correct horse", second.job.hash));
    assert_false(verifies("correct horsf", first.job.hash));
    assert_false(verifies("", first.job.hash));
}

static void no_hash_verifies_nothing_not_even_the_decoys_password(void **state)
{
    (void)state;
    assert_false(verifies("correct horse", ""));
    assert_false(verifies("decoy", ""));
}

/* A hash of just these bytes. */
static void hash_as_sent(const char *password, char hash[static PASSWORD_HASH_BYTES_MAX + 1])
{
    assert_int_equal(crypto_pwhash_str(hash, password, strlen(password),
                                       crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                       crypto_pwhash_MEMLIMIT_INTERACTIVE),
                     0);
}

#define APART "tre\u0300s secret"
#define TOGETHER "tr\u00e8s\u00a0secret"

static void what_is_hashed_is_the_normal_form(void **state)
{
    (void)state;
    struct asked asked = {.job = {.work = PASSWORD_HASH, .password = APART}};
    ask(&asked);
    assert_true(verifies(APART, asked.job.hash));
    assert_true(verifies(TOGETHER, asked.job.hash));
    assert_true(verifies("tr\u00e8s secret", asked.job.hash));
    assert_false(verifies("tres secret", asked.job.hash));
}

static void a_hash_of_what_was_sent_still_verifies(void **state)
{
    (void)state;
    char hash[PASSWORD_HASH_BYTES_MAX + 1];
    hash_as_sent(APART, hash);
    assert_true(verifies(APART, hash));
    assert_false(verifies("tr\u00e8s secret", hash)); /* nobody ever chose that one */
    hash_as_sent("no UTF-8: \xff", hash);
    assert_true(verifies("no UTF-8: \xff", hash));
    assert_false(verifies("no UTF-8: \xfe", hash));
}

static uint64_t processor_nanoseconds(void)
{
    struct timespec taken;
    assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &taken), 0);
    return (uint64_t)taken.tv_sec * 1000000000 + (uint64_t)taken.tv_nsec;
}

/* Of the processor, which other programs do not change; nothing else of this one works meanwhile.
 */
static uint64_t time_of_a_wrong_password(const char *hash)
{
    const uint64_t before = processor_nanoseconds();
    assert_false(verifies("wrong", hash));
    return processor_nanoseconds() - before;
}

static void an_unknown_e_mail_takes_as_long_as_a_wrong_password(void **state)
{
    (void)state;
    struct asked hashed = {.job = {.work = PASSWORD_HASH, .password = "correct horse"}};
    ask(&hashed);
    const uint64_t known = time_of_a_wrong_password(hashed.job.hash);
    const uint64_t unknown = time_of_a_wrong_password("");
    /* The same work; skipping it would be a thousand times faster. */
    assert_true(unknown > known / 4);
    assert_true(known > unknown / 4);
}

/* How many hashes it takes to find that a password is wrong. */
static int tries_of(const char *password, const char *hash)
{
    const int before = atomic_load(&hashes);
    assert_false(verifies(password, hash));
    return atomic_load(&hashes) - before;
}

static void two_forms_take_twice_as_long_whoever_is_asked_for(void **state)
{
    (void)state;
    struct asked hashed = {.job = {.work = PASSWORD_HASH, .password = "correct horse"}};
    ask(&hashed);
    assert_int_equal(tries_of("wrong", hashed.job.hash), 1);
    assert_int_equal(tries_of("wrong", ""), 1);
    assert_int_equal(tries_of(APART, hashed.job.hash), 2);
    assert_int_equal(tries_of(APART, ""), 2);
}

struct counted {
    struct password_job job;
    atomic_int *answered, *failed;
};

static void counted(struct password_job *job)
{
    struct counted *one = (struct counted *)job;
    if (job->failed)
        atomic_fetch_add(one->failed, 1);
    atomic_fetch_add(one->answered, 1);
}

static void the_line_is_bounded_and_every_job_is_answered_once(void **state)
{
    (void)state;
    static struct counted jobs[PASSWORD_LINE_MAX + 10];
    atomic_int answers = 0, failures = 0;
    int taken = 0;
    for (size_t i = 0; i < sizeof jobs / sizeof jobs[0]; i++) {
        jobs[i] = (struct counted){
            .job = {.work = PASSWORD_VERIFY, .password = "wrong", .complete = counted},
            .answered = &answers,
            .failed = &failures};
        if (passwords_ask(&passwords, &jobs[i].job) == RESULT_OK)
            taken++;
    }
    /* The two workers may have taken one each while the rest came. */
    assert_in_range(taken, PASSWORD_LINE_MAX, PASSWORD_LINE_MAX + 4);
    passwords_stop(&passwords);
    assert_int_equal(atomic_load(&answers), taken);
    assert_in_range(atomic_load(&failures), taken - 10, taken);
    passwords = (struct passwords){0};
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_password_that_was_hashed_verifies),
        cmocka_unit_test(no_hash_verifies_nothing_not_even_the_decoys_password),
        cmocka_unit_test(what_is_hashed_is_the_normal_form),
        cmocka_unit_test(a_hash_of_what_was_sent_still_verifies),
        cmocka_unit_test(an_unknown_e_mail_takes_as_long_as_a_wrong_password),
        cmocka_unit_test(two_forms_take_twice_as_long_whoever_is_asked_for),
        cmocka_unit_test(the_line_is_bounded_and_every_job_is_answered_once),
    };
    return cmocka_run_group_tests_name("passwords", tests, start, stop);
}
