/* A stack of requests whose consumer takes all of it at once and turns it around (R. Treiber,
 * "Systems programming: coping with parallelism", 1986; taking everything has no ABA problem), and
 * a futex to sleep on. */
#include "engine/inbox.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define CLOSED (1U << 31)

enum inbox_sleep {
    AWAKE,
    SLEEPING,
    POKED, /* the next inbox_wait returns at once */
};

void inbox_init(struct inbox *inbox, unsigned bound)
{
    atomic_init(&inbox->newest, NULL);
    atomic_init(&inbox->length, 0);
    atomic_init(&inbox->sleep, AWAKE);
    inbox->oldest = NULL;
    inbox->bound = bound;
}

static void futex_wait(atomic_uint *word, unsigned expected, int64_t wait_ms)
{
    const struct timespec timeout = {
        .tv_sec = wait_ms / SECOND_MS,
        .tv_nsec = wait_ms % SECOND_MS * 1000000,
    };
    /* Woken, timed out, interrupted or the word changed: the caller looks again in every case. */
    const long woken = syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, &timeout, NULL, 0);
    (void)woken;
}

static void futex_wake(atomic_uint *word)
{
    const long woken = syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    (void)woken;
}

void inbox_wake(struct inbox *inbox)
{
    if (atomic_exchange(&inbox->sleep, POKED) == SLEEPING)
        futex_wake(&inbox->sleep);
}

static void push(struct inbox *inbox, struct request *request)
{
    struct request *newest = atomic_load_explicit(&inbox->newest, memory_order_relaxed);
    do
        request->next = newest;
    while (!atomic_compare_exchange_weak(&inbox->newest, &newest, request));
    /* Only the first of a stack needs to look: the engine checks for an empty one after it has
     * announced its sleep, and both sides are sequentially consistent. */
    if (newest == NULL && atomic_load(&inbox->sleep) == SLEEPING)
        inbox_wake(inbox);
}

enum result inbox_put(struct inbox *inbox, struct request *request)
{
    unsigned length = atomic_load_explicit(&inbox->length, memory_order_relaxed);
    do {
        if (length >= inbox->bound) /* CLOSED is above every bound */
            return RESULT_FULL;
    } while (!atomic_compare_exchange_weak(&inbox->length, &length, length + 1));
    push(inbox, request);
    return RESULT_OK;
}

void inbox_close(struct inbox *inbox)
{
    atomic_fetch_or(&inbox->length, CLOSED);
}

bool inbox_closed(const struct inbox *inbox)
{
    return (atomic_load(&inbox->length) & CLOSED) != 0;
}

bool inbox_finished(const struct inbox *inbox)
{
    return atomic_load(&inbox->length) == CLOSED;
}

size_t inbox_length(const struct inbox *inbox)
{
    return atomic_load(&inbox->length) & ~CLOSED;
}

struct request *inbox_next(struct inbox *inbox)
{
    if (inbox->oldest == NULL) {
        struct request *taken = atomic_exchange(&inbox->newest, NULL);
        while (taken != NULL) {
            struct request *older = taken->next;
            taken->next = inbox->oldest;
            inbox->oldest = taken;
            taken = older;
        }
    }
    struct request *request = inbox->oldest;
    if (request == NULL)
        return NULL;
    inbox->oldest = request->next;
    request->next = NULL;
    atomic_fetch_sub(&inbox->length, 1);
    return request;
}

void inbox_wait(struct inbox *inbox, int64_t wait_ms)
{
    unsigned awake = AWAKE;
    if (inbox->oldest != NULL || wait_ms <= 0)
        return;
    if (atomic_compare_exchange_strong(&inbox->sleep, &awake, SLEEPING) &&
        atomic_load(&inbox->newest) == NULL)
        futex_wait(&inbox->sleep, SLEEPING, wait_ms);
    atomic_store(&inbox->sleep, AWAKE);
}

void inbox_lend(struct inbox *inbox)
{
    atomic_fetch_add(&inbox->length, 1);
}

void inbox_return(struct inbox *inbox, struct request *request)
{
    push(inbox, request);
}

void inbox_forgo(struct inbox *inbox)
{
    /* The engine may be waiting for just this one before it ends. */
    if (atomic_fetch_sub(&inbox->length, 1) == CLOSED + 1)
        inbox_wake(inbox);
}
