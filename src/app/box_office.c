/* Opening, closing and asking; see box_office.h. */
#include "app/box_office.h"

#include "base/check.h"

#include <errno.h>
#include <sched.h>
#include <semaphore.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#define READER_THREADS_MAX 16
#define PASSWORD_THREADS_MAX 16

size_t box_office_cores(void)
{
    cpu_set_t cores; /* a container makes them fewer than the machine has */
    const int count = sched_getaffinity(0, sizeof cores, &cores) == 0 ? CPU_COUNT(&cores) : 1;
    return count < 1 ? 1 : (size_t)count;
}

size_t box_office_threads(int64_t setting, size_t automatic, size_t most)
{
    if (setting != THREADS_AUTO)
        return (size_t)setting;
    if (automatic < 1)
        return 1;
    return automatic > most ? most : automatic;
}

struct office_settings box_office_settings(const struct config *config)
{
    return (struct office_settings){
        .hold_seconds = config->hold_seconds,
        .extend_seconds = config->extend_seconds,
        .max_seats_per_reservation = config->max_seats_per_reservation,
        .max_seats_per_user = config->max_seats_per_user,
        .refund_until_seconds = config->refund_until_seconds,
        .charging_open = config->charging,
        .registration_open = config->registration,
        .max_active = config->max_active,
        .admit_per_second = config->admit_per_second,
        .silent_seconds = config->silent_seconds,
        .active_seconds = config->active_seconds,
        .wait_seconds = config->wait_seconds,
        .given =
            {
                .has_max_active = config_is_set(config, CONFIG_max_active),
                .has_admit_per_second = config_is_set(config, CONFIG_admit_per_second),
                .has_silent_seconds = config_is_set(config, CONFIG_silent_seconds),
                .has_active_seconds = config_is_set(config, CONFIG_active_seconds),
                .has_wait_seconds = config_is_set(config, CONFIG_wait_seconds),
                .max_active = config->max_active,
                .admit_per_second = config->admit_per_second,
                .silent_seconds = config->silent_seconds,
                .active_seconds = config->active_seconds,
                .wait_seconds = config->wait_seconds,
            },
    };
}

enum result box_office_lock(struct box_office *office, const char *directory,
                            struct explanation *explanation)
{
    const struct store_options options = {.directory = directory};
    *office = (struct box_office){0};
    return store_lock(&office->store, &options, explanation);
}

enum result box_office_start(struct box_office *office, const struct config *config,
                             const struct store_upgrade_watch *watch,
                             struct explanation *explanation)
{
    const enum result result = store_begin(office->store, watch, explanation);
    if (result != RESULT_OK)
        return result;
    const struct engine_options options = {
        .settings = box_office_settings(config),
        .reader_threads =
            box_office_threads(config->reader_threads, box_office_cores() / 2, READER_THREADS_MAX),
        .password_threads = box_office_threads(config->password_threads, box_office_cores() / 2,
                                               PASSWORD_THREADS_MAX),
    };
    return engine_start(&office->engine, office->store, &options, explanation);
}

enum result box_office_open(struct box_office *office, const struct config *config,
                            const char *directory, struct explanation *explanation)
{
    enum result result = box_office_lock(office, directory, explanation);
    if (result != RESULT_OK)
        return result;
    result = box_office_start(office, config, NULL, explanation);
    if (result != RESULT_OK)
        store_close(office->store);
    return result;
}

void box_office_close(struct box_office *office, int64_t book_ms)
{
    engine_stop(office->engine, book_ms);
    store_close(office->store);
    *office = (struct box_office){0};
}

/* ---- Asking ---- */

/* How long a full line is given before it is tried again. */
#define FULL_LINE_WAIT_NS 1000000

/* A place in the line of passwords is free after some tenths of a second; where the line is closed,
 * as a stop does, none will be. Two seconds in all. */
#define HASH_TRIES_MAX 2000

static void wait_a_moment(void)
{
    const struct timespec moment = {.tv_nsec = FULL_LINE_WAIT_NS};
    (void)nanosleep(&moment, NULL); /* waking early only tries earlier */
}

static void wait_for_answer(sem_t *answered)
{
    while (sem_wait(answered) != 0)
        CHECK(errno == EINTR);
}

struct asked_request {
    struct request request;
    sem_t answered;
};

static void request_answered(struct request *request)
{
    struct asked_request *asked =
        (struct asked_request *)((char *)request - offsetof(struct asked_request, request));
    CHECK(sem_post(&asked->answered) == 0);
}

void box_office_ask(struct box_office *office, struct call *call)
{
    struct asked_request asked = {.request = {.call = *call, .complete = request_answered}};
    CHECK(sem_init(&asked.answered, 0, 0) == 0);
    enum result result = engine_submit(office->engine, &asked.request);
    while (result != RESULT_OK && engine_state(office->engine) != ENGINE_DRAINING) {
        wait_a_moment();
        result = engine_submit(office->engine, &asked.request);
    }
    if (result == RESULT_OK)
        wait_for_answer(&asked.answered);
    else
        asked.request.call.refusal = REFUSAL_UNAVAILABLE;
    *call = asked.request.call;
    CHECK(sem_destroy(&asked.answered) == 0);
}

struct asked_job {
    struct password_job job;
    sem_t answered;
};

static void job_answered(struct password_job *job)
{
    struct asked_job *asked = (struct asked_job *)((char *)job - offsetof(struct asked_job, job));
    CHECK(sem_post(&asked->answered) == 0);
}

enum result box_office_hash(struct box_office *office, const char *password,
                            char hash[static PASSWORD_HASH_BYTES_MAX + 1])
{
    struct asked_job asked = {
        .job = {.work = PASSWORD_HASH, .password = password, .complete = job_answered}};
    CHECK(sem_init(&asked.answered, 0, 0) == 0);
    enum result result = engine_password(office->engine, &asked.job);
    for (unsigned tries = 1; result != RESULT_OK && tries < HASH_TRIES_MAX; tries++) {
        wait_a_moment();
        result = engine_password(office->engine, &asked.job);
    }
    if (result == RESULT_OK)
        wait_for_answer(&asked.answered);
    CHECK(sem_destroy(&asked.answered) == 0);
    if (result != RESULT_OK)
        return result;
    if (!asked.job.good)
        return RESULT_NO_MEMORY;
    memcpy(hash, asked.job.hash, sizeof asked.job.hash);
    return RESULT_OK;
}
