/* See running.h. */
#include "running.h"

#include "base/check.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sched.h>
#include <semaphore.h>

#include <cmocka.h>

struct asked {
    struct request request;
    sem_t answered;
};

static void answered(struct request *request)
{
    struct asked *asked = (struct asked *)request;
    CHECK(sem_post(&asked->answered) == 0);
}

void running_ask(struct running *running, struct call *call)
{
    struct asked asked = {.request = {.call = *call, .complete = answered}};
    CHECK(sem_init(&asked.answered, 0, 0) == 0);
    while (engine_submit(running->engine, &asked.request) != RESULT_OK)
        (void)sched_yield();
    while (sem_wait(&asked.answered) != 0)
        continue;
    CHECK(sem_destroy(&asked.answered) == 0);
    *call = asked.request.call;
}

static void ask(void *owner, struct call *call)
{
    running_ask(owner, call);
}

void running_start(struct running *running)
{
    struct explanation explanation;
    const struct store_options store_options = {.directory = running->directory};
    const struct engine_options options = {
        .settings = running->settings, .reader_threads = 2, .password_threads = 1};
    if (store_open(&running->store, &store_options, &explanation) != RESULT_OK)
        fail_msg("store_open: %s", explanation.text);
    if (engine_start(&running->engine, running->store, &options, &explanation) != RESULT_OK)
        fail_msg("engine_start: %s", explanation.text);
}

void running_stop(struct running *running, int64_t book_ms)
{
    engine_stop(running->engine, book_ms);
    store_close(running->store);
    running->engine = NULL;
    running->store = NULL;
}

void running_open(struct running *running, const struct office_settings *settings)
{
    *running = (struct running){.directory = "/tmp/usher-engine-test-XXXXXX",
                                .settings = *settings,
                                .asker = {.owner = running, .ask = ask}};
    assert_non_null(mkdtemp(running->directory));
    running_start(running);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)kind;
    (void)place;
    return remove(path);
}

void running_close(struct running *running)
{
    if (running->engine != NULL)
        running_stop(running, 0);
    assert_int_equal(nftw(running->directory, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

void running_let_in(struct running *running, const struct person *person)
{
    enum token_status status = TOKEN_STATUS_WAITING;
    while (status == TOKEN_STATUS_WAITING) {
        struct call asking = people_call(person, VERB_QUEUE_TOKEN_GET);
        running_ask(running, &asking);
        assert_int_equal(asking.refusal, REFUSAL_NONE);
        status = asking.out.token.token.status;
        call_release(&asking);
    }
    assert_int_equal(status, TOKEN_STATUS_ACTIVE);
}

struct id running_seat(struct running *running, struct id round_id, size_t position)
{
    const struct round_snapshot *round = engine_round(running->engine, round_id);
    assert_non_null(round);
    const struct id seat_id = round->map->seats[position].id;
    engine_round_release(round);
    return seat_id;
}
