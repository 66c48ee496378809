/* Starting threads. Signals stay with the threads of the program that ask for them. */
#ifndef USHER_BASE_THREAD_H
#define USHER_BASE_THREAD_H

#include "base/result.h"

#include <pthread.h>

/* `name`: at most 15 characters, as ps and gdb show it. RESULT_NO_MEMORY: no thread to be had. */
MUST_USE enum result thread_start(pthread_t *thread, const char *name, void *(*run)(void *),
                                  void *argument);

/* Whoever is waited for is idle no more: beside other work its end could take minutes. */
void thread_join(pthread_t thread);

/* How much the calling thread gives way to the others. Best effort: selling works without it. */
void thread_be_nice(void); /* nice 10: slow where all cores are wanted, never starved */
void thread_be_idle(void); /* SCHED_IDLE: runs when nobody else wants to */

/* A thread of this process that somebody waits for, by its number (gettid(2)), gives way no more.
 * Best effort: who is not root may need the right to (RLIMIT_NICE, getrlimit(2)). */
void thread_hurry(int number);

#endif
