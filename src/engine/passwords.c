/* See passwords.h. */
#include "engine/passwords.h"

#include "base/thread.h"
#include "record/password.h"
#include "record/password_hash.h"

#include <sodium.h>
#include <string.h>

_Static_assert(crypto_pwhash_STRBYTES == PASSWORD_HASH_BYTES_MAX + 1, "a hash and its NUL");
_Static_assert(crypto_pwhash_SALTBYTES == PASSWORD_SALT_BYTES, "a salt is of one length");

#define KIBIBYTE 1024

/* The password in its normal form; itself where it has none, as one that is too long has not. NULL:
 * no memory. */
static const char *form_of(const char *password, char form[static PASSWORD_FORM_BYTES])
{
    const enum result result = password_form(password, form);
    if (result == RESULT_NO_MEMORY)
        return NULL;
    return result == RESULT_OK ? form : password;
}

static void hash(struct password_job *job)
{
    char room[PASSWORD_FORM_BYTES];
    const char *form = form_of(job->password, room);
    job->good = form != NULL &&
                crypto_pwhash_str(job->hash, form, strlen(form), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                  crypto_pwhash_MEMLIMIT_INTERACTIVE) == 0;
    job->failed = !job->good;
    explicit_bzero(room, sizeof room);
}

/* crypto_pwhash_str_verify will not do: it takes a want of memory for a wrong password. libsodium
 * knows only hashes of one lane. */
static void compare_password(struct password_job *job, const char *password)
{
    const bool hashed = job->hash[0] != '\0';
    /* The decoy's: as much work as any other, and nothing is compared with its key. */
    struct password_hash stored = {.passes = crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                   .kibibytes = crypto_pwhash_MEMLIMIT_INTERACTIVE / KIBIBYTE};
    uint8_t key[PASSWORD_KEY_BYTES];
    const bool known = !hashed || (password_hash_parse(job->hash, &stored) && stored.lanes == 1);
    job->failed = known && crypto_pwhash(key, sizeof key, password, strlen(password), stored.salt,
                                         stored.passes, (size_t)stored.kibibytes * KIBIBYTE,
                                         crypto_pwhash_ALG_ARGON2ID13) != 0;
    job->good = known && !job->failed && hashed && sodium_memcmp(key, stored.key, sizeof key) == 0;
}

/* Tries the password as it was sent, since there are hashes of that, and then its normal form where
 * that is another text. The sent text alone decides which of both are tried, so that an account
 * that is not there takes as long. */
static void verify(struct password_job *job)
{
    char room[PASSWORD_FORM_BYTES];
    const char *form = form_of(job->password, room);
    job->good = false;
    job->failed = form == NULL;
    if (form != NULL)
        compare_password(job, job->password);
    if (form != NULL && !job->good && !job->failed && strcmp(form, job->password) != 0)
        compare_password(job, form);
    explicit_bzero(room, sizeof room);
}

static void do_job(void *owner, size_t thread, void *asked)
{
    (void)owner;
    (void)thread;
    struct password_job *job = asked;
    if (job->work == PASSWORD_HASH)
        hash(job);
    else
        verify(job);
    job->complete(job);
}

enum result passwords_ask(struct passwords *passwords, struct password_job *job)
{
    return workers_ask(&passwords->workers, job);
}

enum result passwords_start(struct passwords *passwords, size_t count,
                            struct explanation *explanation)
{
    const struct worker_plan plan = {
        .name = "usher-password",
        .threads = count,
        .bound = PASSWORD_LINE_MAX,
        .begin = thread_be_nice,
        .work = do_job,
        .owner = passwords,
    };
    const enum result result = workers_start(&passwords->workers, &plan);
    if (result != RESULT_OK)
        return explain(explanation, result, "no memory or no thread to hash passwords");
    return RESULT_OK;
}

static void abandon_job(void *owner, void *asked)
{
    (void)owner;
    struct password_job *job = asked;
    job->good = false;
    job->failed = true;
    job->complete(job);
}

void passwords_drain(struct passwords *passwords)
{
    workers_drain(&passwords->workers, abandon_job);
}

void passwords_stop(struct passwords *passwords)
{
    if (passwords->workers.places == NULL)
        return;
    passwords_drain(passwords);
    workers_stop(&passwords->workers);
}
