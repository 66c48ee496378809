/* The line in front of threads: every job that is taken is done or given back, once; the line is
 * bounded; nobody joins after its end. */
#include "base/thread.h"
#include "base/worker.h"

#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#define JOBS 1000
#define BOUND 64

struct job {
    atomic_uint done, given_back;
};

/* What the jobs share: a gate that lets one job pass for each post, where it is shut. */
struct scene {
    struct workers workers;
    struct job jobs[JOBS];
    bool gated;
    sem_t arrived, gate;
    atomic_size_t threads_seen; /* bits */
    atomic_uint begun;
    size_t order[JOBS], count; /* with one thread: which job was done when */
};

static struct scene scene;

static void wait_for(sem_t *semaphore)
{
    while (sem_wait(semaphore) != 0)
        continue;
}

static void do_job(void *owner, size_t thread, void *job)
{
    struct scene *of = owner;
    (void)atomic_fetch_or(&of->threads_seen, (size_t)1 << thread);
    if (of->gated) {
        (void)sem_post(&of->arrived);
        wait_for(&of->gate);
    }
    if (of->workers.plan.threads == 1)
        of->order[of->count++] = (size_t)((struct job *)job - of->jobs);
    atomic_fetch_add(&((struct job *)job)->done, 1);
}

static void give_back(void *owner, void *job)
{
    assert_ptr_equal(owner, &scene);
    atomic_fetch_add(&((struct job *)job)->given_back, 1);
}

static void begin(void)
{
    atomic_fetch_add(&scene.begun, 1);
}

static void start(size_t threads, bool gated)
{
    memset(&scene, 0, sizeof scene);
    scene.gated = gated;
    assert_int_equal(sem_init(&scene.arrived, 0, 0), 0);
    assert_int_equal(sem_init(&scene.gate, 0, 0), 0);
    const struct worker_plan plan = {.name = "test-worker",
                                     .threads = threads,
                                     .bound = BOUND,
                                     .begin = begin,
                                     .work = do_job,
                                     .owner = &scene};
    assert_int_equal(workers_start(&scene.workers, &plan), RESULT_OK);
}

/* Jobs from `first` on until the line is full; how many went in. */
static size_t fill(size_t first)
{
    size_t taken = 0;
    while (workers_ask(&scene.workers, &scene.jobs[first + taken]) == RESULT_OK)
        taken++;
    return taken;
}

static void what_is_in_line_is_done_before_the_end_in_its_order(void **state)
{
    (void)state;
    start(1, true);
    assert_int_equal(workers_ask(&scene.workers, &scene.jobs[0]), RESULT_OK);
    wait_for(&scene.arrived); /* it has left the line */
    assert_int_equal(fill(1), BOUND);
    assert_int_equal(workers_waiting(&scene.workers), BOUND);
    for (size_t i = 0; i <= BOUND; i++)
        (void)sem_post(&scene.gate);
    workers_stop(&scene.workers);
    assert_int_equal(scene.count, BOUND + 1);
    for (size_t i = 0; i <= BOUND; i++)
        assert_int_equal(scene.order[i], i);
}

static void what_is_in_line_is_given_back_by_a_drain(void **state)
{
    (void)state;
    start(2, true);
    assert_int_equal(workers_ask(&scene.workers, &scene.jobs[0]), RESULT_OK);
    assert_int_equal(workers_ask(&scene.workers, &scene.jobs[1]), RESULT_OK);
    wait_for(&scene.arrived);
    wait_for(&scene.arrived);
    assert_int_equal(fill(2), BOUND);
    workers_drain(&scene.workers, give_back);
    assert_int_equal(workers_waiting(&scene.workers), 0);
    assert_int_equal(workers_ask(&scene.workers, &scene.jobs[2]), RESULT_FULL);
    (void)sem_post(&scene.gate);
    (void)sem_post(&scene.gate);
    workers_stop(&scene.workers);
    for (size_t i = 0; i < BOUND + 2; i++) {
        assert_int_equal(scene.jobs[i].done, i < 2 ? 1 : 0);
        assert_int_equal(scene.jobs[i].given_back, i < 2 ? 0 : 1);
    }
}

static void *ask_for_a_quarter(void *argument)
{
    struct job *jobs = argument;
    for (size_t i = 0; i < JOBS / 4; i++)
        while (workers_ask(&scene.workers, &jobs[i]) == RESULT_FULL)
            continue;
    return NULL;
}

static void each_job_of_many_threads_is_done_once(void **state)
{
    (void)state;
    pthread_t threads[4];
    start(3, false);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, ask_for_a_quarter, &scene.jobs[i * (JOBS / 4)]), 0);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    workers_stop(&scene.workers);
    for (size_t i = 0; i < JOBS; i++)
        assert_int_equal(scene.jobs[i].done, 1);
}

static void each_thread_has_a_number_of_its_own_and_begins_once(void **state)
{
    (void)state;
    start(WORKERS_MAX, true);
    for (size_t i = 0; i < WORKERS_MAX; i++)
        assert_int_equal(workers_ask(&scene.workers, &scene.jobs[i]), RESULT_OK);
    for (size_t i = 0; i < WORKERS_MAX; i++)
        wait_for(&scene.arrived);
    assert_int_equal(scene.threads_seen, ((size_t)1 << WORKERS_MAX) - 1);
    assert_int_equal(scene.begun, WORKERS_MAX);
    for (size_t i = 0; i < WORKERS_MAX; i++)
        (void)sem_post(&scene.gate);
    workers_stop(&scene.workers);
}

static int niceness; /* of the thread, when its job ended */

static void do_nice_job(void *owner, size_t thread, void *job)
{
    do_job(owner, thread, job);
    niceness = getpriority(PRIO_PROCESS, 0);
}

/* Whoever may not raise a priority leaves it as it is. */
static void a_thread_that_a_drain_waits_for_gives_way_no_more(void **state)
{
    (void)state;
    start(1, true);
    workers_stop(&scene.workers);
    const struct worker_plan plan = {.name = "test-worker",
                                     .threads = 1,
                                     .bound = BOUND,
                                     .begin = thread_be_nice,
                                     .work = do_nice_job,
                                     .owner = &scene};
    assert_int_equal(workers_start(&scene.workers, &plan), RESULT_OK);
    assert_int_equal(workers_ask(&scene.workers, &scene.jobs[0]), RESULT_OK);
    wait_for(&scene.arrived);
    workers_drain(&scene.workers, give_back);
    (void)sem_post(&scene.gate);
    workers_stop(&scene.workers);
    assert_int_equal(niceness, geteuid() == 0 ? 0 : 10);
}

static void zeroed_workers_stop(void **state)
{
    (void)state;
    struct workers none = {0};
    workers_stop(&none);
    assert_null(none.places);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_in_line_is_done_before_the_end_in_its_order),
        cmocka_unit_test(what_is_in_line_is_given_back_by_a_drain),
        cmocka_unit_test(each_job_of_many_threads_is_done_once),
        cmocka_unit_test(each_thread_has_a_number_of_its_own_and_begins_once),
        cmocka_unit_test(a_thread_that_a_drain_waits_for_gives_way_no_more),
        cmocka_unit_test(zeroed_workers_stop),
    };
    return cmocka_run_group_tests_name("workers", tests, NULL, NULL);
}
