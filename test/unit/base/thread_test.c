/* A thread that gives way to all others gives way no more once somebody waits for its end. */
#include "base/thread.h"

#include <sched.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static sem_t idle;

/* Ends when it is idle no more. */
static void *run(void *argument)
{
    int *before = argument;
    thread_be_idle();
    *before = sched_getscheduler(0);
    (void)sem_post(&idle);
    while (sched_getscheduler(0) == SCHED_IDLE)
        (void)sched_yield();
    return NULL;
}

static void whoever_is_waited_for_is_idle_no_more(void **state)
{
    (void)state;
    pthread_t thread;
    int before = -1;
    assert_int_equal(sem_init(&idle, 0, 0), 0);
    assert_int_equal(thread_start(&thread, "idle", run, &before), RESULT_OK);
    while (sem_wait(&idle) != 0)
        continue;
    assert_int_equal(before, SCHED_IDLE);
    thread_join(thread);
    assert_int_equal(sem_destroy(&idle), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whoever_is_waited_for_is_idle_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
