/* See thread.h. */
#include "base/thread.h"

#include "base/check.h"

#include <linux/ioprio.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum result thread_start(pthread_t *thread, const char *name, void *(*run)(void *), void *argument)
{
    sigset_t all, before;
    CHECK(sigfillset(&all) == 0);
    CHECK(pthread_sigmask(SIG_SETMASK, &all, &before) == 0);
    const int failure = pthread_create(thread, NULL, run, argument);
    CHECK(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
    if (failure != 0)
        return RESULT_NO_MEMORY;
    const int unnamed = pthread_setname_np(*thread, name); /* fails when it has ended already */
    (void)unnamed;
    return RESULT_OK;
}

void thread_join(pthread_t thread)
{
    const struct sched_param none = {0};
    const int ended = pthread_setschedparam(thread, SCHED_OTHER, &none);
    (void)ended;
    CHECK(pthread_join(thread, NULL) == 0);
}

void thread_be_nice(void)
{
    /* On Linux a nice value is a thread's own. 10 leaves a tenth of a core where both are wanted
     * (sched_prio_to_weight in the kernel: 110 to 1,024); 19 left a seventieth, at which a password
     * took longer than a client waits. */
    const int refused = setpriority(PRIO_PROCESS, (id_t)gettid(), 10);
    (void)refused;
}

void thread_be_idle(void)
{
    const struct sched_param none = {0};
    int refused = sched_setscheduler(0, SCHED_IDLE, &none);
    refused |= (int)syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0,
                            IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0));
    (void)refused;
}

void thread_hurry(int number)
{
    const struct sched_param none = {0};
    int refused = setpriority(PRIO_PROCESS, (id_t)number, 0);
    refused |= sched_setscheduler(number, SCHED_OTHER, &none);
    (void)refused;
}
