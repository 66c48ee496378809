/* See passwords.h. */
#include "engine/passwords.h"

#include "base/check.h"
#include "engine/thread.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

_Static_assert(crypto_pwhash_STRBYTES == PASSWORD_HASH_BYTES_MAX + 1, "a hash and its NUL");

static bool hash(const char *password, char text[static PASSWORD_HASH_BYTES_MAX + 1])
{
    return crypto_pwhash_str(text, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                             crypto_pwhash_MEMLIMIT_INTERACTIVE) == 0;
}

static void verify(const struct passwords *passwords, struct password_job *job)
{
    const bool hashed = job->hash[0] != '\0';
    errno = 0;
    const bool matches = crypto_pwhash_str_verify(hashed ? job->hash : passwords->decoy,
                                                  job->password, strlen(job->password)) == 0;
    job->failed = !matches && errno == ENOMEM;
    job->good = matches && hashed;
}

static void *password_run(void *argument)
{
    struct passwords *passwords = argument;
    thread_be_nice();
    struct password_job *job;
    while ((job = line_next(&passwords->line)) != NULL) {
        if (job->work == PASSWORD_HASH) {
            job->good = hash(job->password, job->hash);
            job->failed = !job->good;
        } else {
            verify(passwords, job);
        }
        job->complete(job);
    }
    return NULL;
}

enum result passwords_ask(struct passwords *passwords, struct password_job *job)
{
    return line_join(&passwords->line, job);
}

enum result passwords_start(struct passwords *passwords, size_t count,
                            struct explanation *explanation)
{
    CHECK(count >= 1 && count <= PASSWORD_THREADS_MAX);
    *passwords = (struct passwords){0};
    if (line_init(&passwords->line, PASSWORD_LINE_MAX) != RESULT_OK)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for the passwords' line");
    if (!hash("decoy", passwords->decoy))
        return explain(explanation, RESULT_NO_MEMORY, "no memory to hash passwords");
    for (size_t i = 0; i < count; i++) {
        const enum result result =
            thread_start(&passwords->threads[i], "usher-password", password_run, passwords);
        if (result != RESULT_OK)
            return explain(explanation, result, "no thread to hash passwords");
        passwords->started++;
    }
    return RESULT_OK;
}

static void give_back(struct passwords *passwords)
{
    struct password_job *job;
    while ((job = line_next_now(&passwords->line)) != NULL) {
        job->good = false;
        job->failed = true;
        job->complete(job);
    }
}

void passwords_drain(struct passwords *passwords)
{
    line_close(&passwords->line);
    give_back(passwords);
}

void passwords_stop(struct passwords *passwords)
{
    if (passwords->line.places == NULL)
        return;
    passwords_drain(passwords);
    for (size_t i = 0; i < passwords->started; i++)
        thread_join(passwords->threads[i]);
    line_release(&passwords->line);
}
