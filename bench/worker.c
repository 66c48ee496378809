/* See worker.h. An errand begins when the plan says so: in a closed loop as soon as another has
 * ended; in an open loop at its place on the time line, whether or not the server has kept up. Its
 * latency counts from that place, also while it waited here for a free connection: else a server
 * that stalls would hide from the measurement what it did to those who came meanwhile (G. Tene,
 * "How NOT to Measure Latency": coordinated omission). */
#include "worker.h"

#include "monotonic.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#define EVENTS_MAX 256 /* answers taken between two looks at who is due */
#define SECOND_US UINT64_C(1000000)

/* ---- Who is where ---- */

static void make_ready(struct worker *worker, struct errand *errand)
{
    errand->next = NULL;
    *worker->ready_end = errand;
    worker->ready_end = &errand->next;
}

static struct errand *take_ready(struct worker *worker)
{
    struct errand *errand = worker->ready;
    worker->ready = errand->next;
    if (worker->ready == NULL)
        worker->ready_end = &worker->ready;
    return errand;
}

/* All connections take turns, as many clients do of whom each asks now and then. */
static void make_idle(struct worker *worker, struct connection *connection)
{
    connection->errand = NULL;
    connection->next = NULL;
    *worker->idle_end = connection;
    worker->idle_end = &connection->next;
}

static struct connection *take_idle(struct worker *worker)
{
    struct connection *connection = worker->idle;
    worker->idle = connection->next;
    if (worker->idle == NULL)
        worker->idle_end = &worker->idle;
    return connection;
}

/* Times are kept in whole milliseconds there. */
static void make_wait(struct worker *worker, struct errand *errand, uint64_t now_us)
{
    const timestamp_ms due = (timestamp_ms)(now_us / 1000) + 1 + errand->wait_ms;
    errand->due_us = (uint64_t)due * 1000;
    heap_set(&worker->waiting, errand, due);
}

static void wake_waiting(struct worker *worker, uint64_t now_us)
{
    timestamp_ms due;
    struct errand *first;
    while ((first = heap_first(&worker->waiting, &due)) != NULL &&
           due <= (timestamp_ms)(now_us / 1000)) {
        heap_remove(&worker->waiting, first);
        make_ready(worker, first);
    }
}

/* ---- Beginning and ending ---- */

/* How many errands of the whole load stand before this worker's next; the workers take turns. */
static size_t next_place(const struct worker *worker)
{
    return worker->begun * worker->plan->threads + worker->index;
}

/* When the next errand should begin; UINT64_MAX when none should. */
static uint64_t next_begin_us(const struct worker *worker, uint64_t now_us)
{
    const struct plan *plan = worker->plan;
    const size_t place = next_place(worker);
    if (place >= plan->errand_count)
        return UINT64_MAX;
    if (plan->per_second > 0)
        return plan->begin_us + (uint64_t)((double)place * (double)SECOND_US / plan->per_second);
    return now_us < plan->last_us ? now_us : UINT64_MAX;
}

static bool may_begin(const struct worker *worker)
{
    return worker->errands.taken < worker->plan->underway_max;
}

static void begin_due(struct worker *worker, uint64_t now_us)
{
    uint64_t begin_us;
    while (may_begin(worker) && (begin_us = next_begin_us(worker, now_us)) <= now_us) {
        struct errand *errand = pool_take(&worker->errands);
        errand->number = worker->plan->errand_first + next_place(worker);
        errand->intended_us = errand->due_us = begin_us;
        worker->begun++;
        make_ready(worker, errand);
    }
}

static void end_errand(struct worker *worker, struct errand *errand, uint64_t now_us)
{
    histogram_add(&worker->tally.errands, now_us - errand->intended_us);
    worker->tally.ended_us = now_us;
    pool_give(&worker->errands, errand);
}

/* ---- Connections ---- */

static void open_connection(struct worker *worker, struct connection *connection)
{
    const struct plan *plan = worker->plan;
    const size_t place =
        worker->index * plan->connections + (size_t)(connection - worker->connections);
    connection_open(connection, &plan->server,
                    (struct in_addr){htonl(INADDR_LOOPBACK + (uint32_t)(place % plan->addresses))});
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    if (epoll_ctl(worker->epoll, EPOLL_CTL_ADD, connection->socket, &event) != 0)
        err(EXIT_FAILURE, "epoll");
}

/* Its errand, if a request was out, ends; the connection stays on the idle list, if none was. */
static void replace_broken(struct worker *worker, struct connection *connection)
{
    struct errand *errand = connection->errand;
    struct connection *next = connection->next;
    if (!worker->plan->counts_broken)
        errx(EXIT_FAILURE, "%s: a connection broke %s", worker->plan->work->name,
             errand == NULL ? "between requests" : "before its answer");
    worker->tally.broken++;
    connection_close(connection);
    open_connection(worker, connection);
    connection->next = next;
    if (errand == NULL)
        return;
    end_errand(worker, errand, monotonic_us());
    make_idle(worker, connection);
}

/* ---- Requests and answers ---- */

static void send_ready(struct worker *worker)
{
    const struct plan *plan = worker->plan;
    struct request request;
    while (worker->ready != NULL && worker->idle != NULL) {
        struct errand *errand = take_ready(worker);
        struct connection *connection = take_idle(worker);
        connection->errand = errand;
        plan->work->ask(plan->props, errand, &request);
        worker->tally.requests++;
        if (!connection_send(connection, &request))
            replace_broken(worker, connection);
    }
}

static void note_unexpected(struct tally *tally, const char *step, const struct answer *answer)
{
    if (tally->unexpected++ == 0)
        (void)snprintf(tally->sample, sizeof tally->sample, "%d to %s: %s", answer->status, step,
                       answer->body);
}

static void take_answer(struct worker *worker, struct connection *connection,
                        const struct answer *answer)
{
    const struct plan *plan = worker->plan;
    struct errand *errand = connection->errand;
    const uint64_t now_us = monotonic_us();
    histogram_add(&worker->tally.steps[errand->step], now_us - errand->due_us);
    worker->tally
        .statuses[answer->status >= 0 && answer->status < STATUS_MAX ? answer->status : 0]++;
    const char *step = plan->work->steps[errand->step];
    switch (plan->work->learn(plan->props, errand, answer)) {
    case VERDICT_ON:
        errand->due_us = now_us;
        make_ready(worker, errand);
        break;
    case VERDICT_WAIT:
        make_wait(worker, errand, now_us);
        break;
    case VERDICT_DONE:
        worker->tally.done++;
        end_errand(worker, errand, now_us);
        break;
    case VERDICT_IN_VAIN:
        worker->tally.in_vain++;
        end_errand(worker, errand, now_us);
        break;
    case VERDICT_UNEXPECTED:
        note_unexpected(&worker->tally, step, answer);
        end_errand(worker, errand, now_us);
        break;
    }
    make_idle(worker, connection);
}

static void receive(struct worker *worker, struct connection *connection)
{
    struct answer answer;
    switch (connection_receive(connection, &answer)) {
    case RECEIPT_PARTIAL:
        return;
    case RECEIPT_WHOLE:
        if (connection->errand == NULL)
            errx(EXIT_FAILURE, "%s: an answer that nobody asked for", worker->plan->work->name);
        take_answer(worker, connection, &answer);
        return;
    case RECEIPT_BROKEN:
        replace_broken(worker, connection);
    }
}

/* ---- The loop ---- */

/* Until something must be done that no answer calls for. */
static struct timespec time_to_wait(const struct worker *worker, uint64_t now_us)
{
    uint64_t until_us = worker->plan->deadline_us;
    timestamp_ms due;
    if (heap_first(&worker->waiting, &due) != NULL && (uint64_t)due * 1000 < until_us)
        until_us = (uint64_t)due * 1000;
    const uint64_t begin_us = next_begin_us(worker, now_us);
    if (may_begin(worker) && begin_us < until_us)
        until_us = begin_us;
    const uint64_t wait_us = until_us > now_us ? until_us - now_us : 0;
    return (struct timespec){
        .tv_sec = (time_t)(wait_us / SECOND_US),
        .tv_nsec = (long)(wait_us % SECOND_US * 1000),
    };
}

static bool is_over(const struct worker *worker, uint64_t now_us)
{
    if (now_us >= worker->plan->deadline_us)
        errx(EXIT_FAILURE, "%s: not over at its deadline: %zu under way, %zu begun",
             worker->plan->work->name, worker->errands.taken, worker->begun);
    return worker->errands.taken == 0 && next_begin_us(worker, now_us) == UINT64_MAX;
}

void *worker_run(void *owner)
{
    struct worker *worker = owner;
    struct epoll_event events[EVENTS_MAX];
    for (uint64_t now_us = monotonic_us(); !is_over(worker, now_us); now_us = monotonic_us()) {
        wake_waiting(worker, now_us);
        begin_due(worker, now_us);
        send_ready(worker);
        const struct timespec wait = time_to_wait(worker, now_us);
        const int count = epoll_pwait2(worker->epoll, events, EVENTS_MAX, &wait, NULL);
        if (count < 0 && errno != EINTR)
            err(EXIT_FAILURE, "epoll");
        for (int i = 0; i < count; i++)
            receive(worker, events[i].data.ptr);
    }
    return NULL;
}

/* ---- Setting up ---- */

void worker_init(struct worker *worker, const struct plan *plan, size_t index)
{
    *worker = (struct worker){
        .plan = plan,
        .index = index,
        .epoll = epoll_create1(EPOLL_CLOEXEC),
        .connections = calloc(plan->connections, sizeof *worker->connections),
    };
    worker->ready_end = &worker->ready;
    worker->idle_end = &worker->idle;
    pool_init(&worker->errands, sizeof(struct errand), MEMORY_HUGE_PAGES);
    heap_init(&worker->waiting, &worker->errands, offsetof(struct errand, timer));
    if (worker->epoll < 0 || worker->connections == NULL ||
        pool_reserve(&worker->errands, plan->underway_max) != RESULT_OK ||
        heap_reserve(&worker->waiting, plan->underway_max) != RESULT_OK)
        err(EXIT_FAILURE, "a thread cannot be set up");
    for (size_t i = 0; i < plan->connections; i++) {
        open_connection(worker, &worker->connections[i]);
        make_idle(worker, &worker->connections[i]);
    }
}

void worker_release(struct worker *worker)
{
    for (size_t i = 0; i < worker->plan->connections; i++)
        connection_close(&worker->connections[i]);
    close(worker->epoll);
    heap_release(&worker->waiting);
    free(worker->connections);
    pool_release(&worker->errands);
}
