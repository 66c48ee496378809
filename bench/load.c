/* The load of `make bench`: errands of one kind against one server on loopback, as fast as it
 * answers (closed loop) or at a fixed rate (open loop). Writes one line of JSON, and ends with
 * status 1 when an answer was not what it should be. The same program drives usher and its peers.
 */
#include "monotonic.h"
#include "worker.h"

#include <arpa/inet.h>
#include <err.h>
#include <getopt.h>
#include <stdlib.h>
#include <unistd.h>

#define THREADS_MAX 16
#define CONNECTIONS_MAX 16384         /* usher's own default */
#define ADDRESSES_MAX 200             /* the last byte of 127.0.0.x */
#define ERRANDS_MAX ((size_t)1 << 40) /* no end but that of the time */
#define SECOND_US 1000000.0

/* An open loop that the server does not keep up with, and errands of many requests, last longer
 * than the time in which they begin; not for ever. */
#define GRACE_SECONDS 600.0

static const struct work *const works[] = {
    &work_fixed,          &work_polls, &work_joins,     &work_holds,
    &work_holds_with_key, &work_best,  &work_purchases, &work_rush};

#define WORK_COUNT (sizeof works / sizeof works[0])

struct options {
    const struct work *work;
    const char *people, *seats, *path, *log;
    bool again, broken, stay;
    double port, threads, connections, addresses, seconds, count, first, underway, rate;
    struct request headers;
};

/* ---- The command line ---- */

static _Noreturn void usage(void)
{
    fprintf(
        stderr,
        "usage: load WORK --port N [--threads N] [--connections N]\n"
        "            [--seconds S] [--count N] [--first N] [--rate PER-SECOND]\n"
        "            [--underway N] [--people FILE] [--seats FILE] [--path PATH]\n"
        "            [--header LINE] [--log FILE] [--again] [--addresses N] [--broken] [--stay]\n"
        "\n"
        "  --seconds   closed loop: errands begin for so long; with --rate, rate times that\n"
        "              many errands (5 when there is no --count)\n"
        "  --count     so many errands\n"
        "  --again     seats may be asked for again: the server is not usher\n"
        "  --rate      open loop: so many begin a second; latency counts from then\n"
        "  --underway  errands under way at once (as many as connections, 64)\n"
        "  --people    a session token first on each line\n"
        "  --seats     \"round seat\" on each line\n"
        "  --addresses the connections come from so many, 127.0.0.1 and those after it\n"
        "  --broken    connections that break and unexpected answers are counted, no failure\n"
        "  --stay      the connections stay open until standard input ends\n"
        "\n");
    for (size_t i = 0; i < WORK_COUNT; i++)
        fprintf(stderr, "  %-10s  %s\n", works[i]->name, works[i]->help);
    exit(2);
}

static const struct work *work_find(const char *name)
{
    for (size_t i = 0; i < WORK_COUNT; i++)
        if (strcmp(works[i]->name, name) == 0)
            return works[i];
    fprintf(stderr, "load: no work '%s'\n", name);
    usage();
}

static double number(const char *text, double least, double most)
{
    char *end;
    const double value = strtod(text, &end);
    if (end == text || *end != '\0' || !(value >= least && value <= most))
        errx(2, "'%s' is not a number from %g to %g", text, least, most);
    return value;
}

static void options_set(struct options *options, int option, const char *value)
{
    const double count_max = 1e9;
    switch (option) {
    case 'p':
        options->port = number(value, 1, 65535);
        break;
    case 't':
        options->threads = number(value, 1, THREADS_MAX);
        break;
    case 'c':
        options->connections = number(value, 1, CONNECTIONS_MAX);
        break;
    case 's':
        options->seconds = number(value, 0.1, 3600);
        break;
    case 'n':
        options->count = number(value, 1, count_max);
        break;
    case 'f':
        options->first = number(value, 0, count_max);
        break;
    case 'u':
        options->underway = number(value, 1, count_max);
        break;
    case 'r':
        options->rate = number(value, 1, count_max);
        break;
    case 'P':
        options->people = value;
        break;
    case 'S':
        options->seats = value;
        break;
    case 'g':
        options->path = value;
        break;
    case 'h':
        request_add(&options->headers, (struct span){value, strlen(value)});
        request_add(&options->headers, SPAN("\r\n"));
        break;
    case 'a':
        options->again = true;
        break;
    case 'A':
        options->addresses = number(value, 1, ADDRESSES_MAX);
        break;
    case 'b':
        options->broken = true;
        break;
    case 'y':
        options->stay = true;
        break;
    case 'l':
        options->log = value;
        break;
    default:
        usage();
    }
}

static void options_read(struct options *options, int argument_count, char **arguments)
{
    static const struct option table[] = {
        {"port", required_argument, NULL, 'p'},
        {"threads", required_argument, NULL, 't'},
        {"connections", required_argument, NULL, 'c'},
        {"seconds", required_argument, NULL, 's'},
        {"count", required_argument, NULL, 'n'},
        {"underway", required_argument, NULL, 'u'},
        {"first", required_argument, NULL, 'f'},
        {"rate", required_argument, NULL, 'r'},
        {"people", required_argument, NULL, 'P'},
        {"seats", required_argument, NULL, 'S'},
        {"path", required_argument, NULL, 'g'},
        {"header", required_argument, NULL, 'h'},
        {"log", required_argument, NULL, 'l'},
        {"again", no_argument, NULL, 'a'},
        {"addresses", required_argument, NULL, 'A'},
        {"broken", no_argument, NULL, 'b'},
        {"stay", no_argument, NULL, 'y'},
        {NULL, 0, NULL, 0},
    };
    int option;
    while ((option = getopt_long(argument_count, arguments, "", table, NULL)) != -1)
        options_set(options, option, optarg);
    if (optind != argument_count - 1 || options->port == 0)
        usage();
    options->work = work_find(arguments[optind]);
    if ((options->work->needs_people && options->people == NULL) ||
        (options->work->needs_seats && options->seats == NULL))
        errx(2, "%s needs --people%s", options->work->name,
             options->work->needs_seats ? " and --seats" : "");
    if (options->seconds == 0 && options->count == 0)
        options->seconds = 5;
}

/* ---- Props and plan ---- */

static void props_init(struct props *props, const struct options *options)
{
    *props = (struct props){0};
    if (options->people != NULL)
        lines_read(&props->people, options->people);
    if (options->seats != NULL)
        lines_read(&props->seats, options->seats);
    /* A sale's buyers and seats do not come in the order of their keys, which would make the tables
     * and their indexes look cheaper than they are. */
    if (options->work->uses_up_seats) {
        lines_shuffle(&props->people);
        lines_shuffle(&props->seats);
    }
    if ((options->work->needs_people && props->people.count == 0) ||
        (options->work->needs_seats && props->seats.count == 0))
        errx(2, "nobody asks, or for nothing: an empty file");
    request_add(&props->fixed, SPAN("GET "));
    request_add(&props->fixed, (struct span){options->path, strlen(options->path)});
    request_add(&props->fixed, SPAN(" HTTP/1.1\r\nHost: usher\r\n"));
    request_add(&props->fixed, (struct span){options->headers.text, options->headers.length});
    request_end(&props->fixed);
    if (options->log != NULL && (props->log = fopen(options->log, "we")) == NULL)
        err(EXIT_FAILURE, "%s", options->log);
}

static void props_release(struct props *props)
{
    if (props->log != NULL && fclose(props->log) != 0)
        err(EXIT_FAILURE, "the log");
    lines_release(&props->people);
    lines_release(&props->seats);
}

/* Every errand needs a seat of its own. */
static void plan_fit_seats(struct plan *plan, const struct options *options)
{
    const size_t seats = plan->props->seats.count;
    const size_t left = seats > plan->errand_first ? seats - plan->errand_first : 0;
    if (plan->errand_count <= left)
        return;
    if (options->count > 0 || options->rate > 0 || left == 0)
        errx(2, "%s: %zu seats are fewer than the errands", plan->work->name, left);
    plan->errand_count = left;
}

static void plan_init(struct plan *plan, const struct options *options, const struct props *props)
{
    const size_t threads = (size_t)options->threads, connections = (size_t)options->connections;
    const double underway = options->underway > 0 ? options->underway : options->connections;
    *plan = (struct plan){
        .work = options->work,
        .props = props,
        .server = {.sin_family = AF_INET,
                   .sin_port = htons((uint16_t)options->port),
                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)},
        .threads = threads,
        .connections = (connections + threads - 1) / threads,
        .addresses = (size_t)options->addresses,
        .counts_broken = options->broken,
        .underway_max = ((size_t)underway + threads - 1) / threads,
        .errand_first = (size_t)options->first,
        .errand_count = options->count > 0 ? (size_t)options->count : ERRANDS_MAX,
        .per_second = options->rate,
    };
    const double planned = options->rate * options->seconds;
    if (planned > 0 && planned < (double)plan->errand_count)
        plan->errand_count = (size_t)planned;
    if (options->work->uses_up_seats && !options->again)
        plan_fit_seats(plan, options);
}

/* Just before the threads start. */
static void plan_begin(struct plan *plan, const struct options *options)
{
    const double planned_seconds =
        plan->per_second > 0 ? (double)plan->errand_count / plan->per_second : options->seconds;
    plan->begin_us = monotonic_us();
    plan->last_us = options->seconds > 0 && plan->per_second == 0
                        ? plan->begin_us + (uint64_t)(options->seconds * SECOND_US)
                        : UINT64_MAX;
    plan->deadline_us =
        plan->begin_us + (uint64_t)((2 * planned_seconds + GRACE_SECONDS) * SECOND_US);
}

/* ---- What came of it ---- */

static void tally_merge(struct tally *into, const struct tally *from)
{
    into->requests += from->requests;
    into->done += from->done;
    into->in_vain += from->in_vain;
    if (into->unexpected == 0)
        memcpy(into->sample, from->sample, sizeof into->sample);
    into->unexpected += from->unexpected;
    into->broken += from->broken;
    for (size_t i = 0; i < STATUS_MAX; i++)
        into->statuses[i] += from->statuses[i];
    if (from->ended_us > into->ended_us)
        into->ended_us = from->ended_us;
    histogram_merge(&into->errands, &from->errands);
    for (size_t i = 0; i < STEPS_MAX; i++)
        histogram_merge(&into->steps[i], &from->steps[i]);
}

static void print_latency(const char *name, const struct histogram *histogram)
{
    static const struct {
        const char *name;
        double share;
    } percentiles[] = {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p999", 0.999}};
    printf("\"%s\":{\"count\":%llu", name, (unsigned long long)histogram->count);
    for (size_t i = 0; i < sizeof percentiles / sizeof percentiles[0]; i++)
        printf(",\"%s\":%.3f", percentiles[i].name,
               (double)histogram_percentile_us(histogram, percentiles[i].share) / 1000);
    printf(",\"max\":%.3f}", (double)histogram->max_us / 1000);
}

static void print_statuses(const struct tally *tally)
{
    const char *separator = "";
    printf("\"status\":{");
    for (size_t i = 0; i < STATUS_MAX; i++) {
        if (tally->statuses[i] == 0)
            continue;
        printf("%s\"%zu\":%llu", separator, i, (unsigned long long)tally->statuses[i]);
        separator = ",";
    }
    printf("}");
}

static void print_tally(const struct plan *plan, const struct tally *tally)
{
    const double seconds = tally->ended_us > plan->begin_us
                               ? (double)(tally->ended_us - plan->begin_us) / SECOND_US
                               : 0;
    printf("{\"work\":\"%s\",\"seconds\":%.3f,\"requests\":%llu,\"done\":%llu,\"inVain\":%llu,"
           "\"unexpected\":%llu,\"broken\":%llu,\"perSecond\":%.1f,",
           plan->work->name, seconds, (unsigned long long)tally->requests,
           (unsigned long long)tally->done, (unsigned long long)tally->in_vain,
           (unsigned long long)tally->unexpected, (unsigned long long)tally->broken,
           seconds > 0 ? (double)tally->done / seconds : 0);
    print_statuses(tally);
    printf(",");
    print_latency("latencyMs", &tally->errands);
    printf(",\"steps\":{");
    for (size_t i = 0; i < plan->work->step_count; i++) {
        printf("%s", i == 0 ? "" : ",");
        print_latency(plan->work->steps[i], &tally->steps[i]);
    }
    printf("}}\n");
}

/* Whether everything was as it should be; says what was not. */
static bool judge(const struct plan *plan, const struct options *options, const struct tally *tally)
{
    const size_t begun = tally->done + tally->in_vain + tally->unexpected;
    if (tally->unexpected > 0)
        warnx("%s: %llu unexpected answers; the first: %s", plan->work->name,
              (unsigned long long)tally->unexpected, tally->sample);
    const bool used_up =
        plan->work->uses_up_seats && options->count == 0 && begun == plan->props->seats.count;
    if (used_up)
        warnx("%s: the seats were used up before the time", plan->work->name);
    return (tally->unexpected == 0 || options->broken) && !used_up;
}

/* ---- The load ---- */

/* Of standard input. */
static void wait_for_end(void)
{
    char byte;
    (void)fflush(stdout);
    while (read(STDIN_FILENO, &byte, 1) > 0)
        continue;
}

static void run(struct plan *plan, const struct options *options, struct tally *tally)
{
    struct worker *workers = calloc(plan->threads, sizeof *workers);
    if (workers == NULL)
        err(EXIT_FAILURE, "the threads");
    for (size_t i = 0; i < plan->threads; i++)
        worker_init(&workers[i], plan, i);
    plan_begin(plan, options);
    for (size_t i = 0; i < plan->threads; i++)
        if (pthread_create(&workers[i].thread, NULL, worker_run, &workers[i]) != 0)
            errx(EXIT_FAILURE, "a thread cannot be started");
    for (size_t i = 0; i < plan->threads; i++) {
        if (pthread_join(workers[i].thread, NULL) != 0)
            errx(EXIT_FAILURE, "a thread cannot be joined");
        tally_merge(tally, &workers[i].tally);
    }
    print_tally(plan, tally);
    if (options->stay)
        wait_for_end();
    for (size_t i = 0; i < plan->threads; i++)
        worker_release(&workers[i]);
    free(workers);
}

int main(int argument_count, char **arguments)
{
    static struct options options = {
        .work = &work_fixed, .threads = 1, .connections = 64, .addresses = 1, .path = "/"};
    static struct props props;
    static struct tally tally;
    struct plan plan;
    options_read(&options, argument_count, arguments);
    props_init(&props, &options);
    plan_init(&plan, &options, &props);
    run(&plan, &options, &tally);
    const bool good = judge(&plan, &options, &tally);
    props_release(&props);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
