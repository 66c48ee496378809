/* See server_control.h. */
#include "app/server_control.h"

#include "app/account.h"
#include "app/settings_page.h"
#include "base/check.h"
#include "base/log.h"
#include "engine/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <semaphore.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void lock_subject(struct server_control *control)
{
    CHECK(pthread_mutex_lock(&control->lock) == 0);
}

static void unlock_subject(struct server_control *control)
{
    CHECK(pthread_mutex_unlock(&control->lock) == 0);
}

/* ---- How it is ---- */

static enum result tell_status(struct server_control *control, bool json, struct buffer *out,
                               struct explanation *explanation)
{
    lock_subject(control);
    const enum result result = status_report(&control->subject, json, out);
    unlock_subject(control);
    return result == RESULT_OK ? result
                               : explain(explanation, result, "no memory for the server's status");
}

static enum result tell_metrics(struct server_control *control, struct buffer *out,
                                struct explanation *explanation)
{
    lock_subject(control);
    struct api *api = control->subject.api;
    const enum result result = api == NULL ? RESULT_NOT_FOUND : api_write_metrics(api, out);
    unlock_subject(control);
    if (result == RESULT_NOT_FOUND)
        return explain(explanation, result, "nobody is answered now, so nothing is counted");
    return result == RESULT_OK ? result : explain(explanation, result, "no memory for metrics");
}

static enum result tell_settings(struct server_control *control, struct buffer *out,
                                 struct explanation *explanation)
{
    lock_subject(control);
    const enum result result = settings_page(&control->config, out);
    unlock_subject(control);
    return result == RESULT_OK ? result
                               : explain(explanation, result, "no memory for the settings");
}

/* The engine, where it takes requests. It stays until server_control_stop. */
static enum result find_engine(struct server_control *control, struct box_office *office,
                               struct explanation *explanation)
{
    lock_subject(control);
    const bool stopping = control->subject.stopping;
    *office = (struct box_office){.engine = control->subject.engine};
    unlock_subject(control);
    if (stopping)
        return explain(explanation, RESULT_BUSY, "the server is stopping");
    if (office->engine == NULL)
        return explain(explanation, RESULT_BUSY,
                       "the server is loading still: try again in a moment");
    return RESULT_OK;
}

/* ---- Whether the tables are right ---- */

struct asked_check {
    struct selfcheck_job job;
    sem_t answered;
};

static void check_answered(struct selfcheck_job *job)
{
    struct asked_check *asked =
        (struct asked_check *)((char *)job - offsetof(struct asked_check, job));
    CHECK(sem_post(&asked->answered) == 0);
}

static void wait_for_check(sem_t *answered)
{
    while (sem_wait(answered) != 0)
        CHECK(errno == EINTR);
}

/* A sentence, or what is wrong a line. */
static enum result tell_verdict(const struct selfcheck_job *job, struct buffer *out)
{
    char line[SELFCHECK_TEXT_BYTES + 64];
    (void)snprintf(line, sizeof line,
                   "%" PRId64 " violations up to batch %" PRId64 ", %" PRId64
                   " questions in %" PRId64 " ms\n",
                   job->violation_count, job->seq, job->questions, job->milliseconds);
    enum result result = RESULT_OK;
    for (size_t i = 0; i <= job->told && result == RESULT_OK; i++) {
        result = buffer_reserve(out, strlen(line));
        if (result != RESULT_OK)
            break;
        buffer_append(out, line, strlen(line));
        if (i < job->told)
            (void)snprintf(line, sizeof line, "invariant %" PRId64 ": %s\n",
                           job->violations[i].invariant, job->violations[i].text);
    }
    return result;
}

static enum result check_and_tell(struct server_control *control, struct buffer *out,
                                  struct explanation *explanation)
{
    struct box_office office;
    enum result result = find_engine(control, &office, explanation);
    if (result != RESULT_OK)
        return result;
    struct asked_check *asked = calloc(1, sizeof *asked);
    if (asked == NULL)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for a check");
    asked->job.complete = check_answered;
    CHECK(sem_init(&asked->answered, 0, 0) == 0);
    result = engine_selfcheck(office.engine, &asked->job);
    if (result == RESULT_OK)
        wait_for_check(&asked->answered);
    if (result != RESULT_OK)
        result = explain(explanation, RESULT_BUSY, "a check is under way already");
    else if (asked->job.result != RESULT_OK)
        result = explain(explanation, asked->job.result, "the tables could not be checked now");
    else
        result = tell_verdict(&asked->job, out);
    CHECK(sem_destroy(&asked->answered) == 0);
    free(asked);
    return result;
}

/* ---- Organizers ---- */

static enum result say_done(struct buffer *out, const char *address, const char *done)
{
    char line[EMAIL_BYTES_MAX + 96];
    const int length = snprintf(line, sizeof line, "%s %s\n", address, done);
    CHECK(length > 0 && (size_t)length < sizeof line);
    /* It is done, whether there is memory to say so or not. */
    if (buffer_reserve(out, (size_t)length) == RESULT_OK)
        buffer_append(out, line, (size_t)length);
    return RESULT_OK;
}

static enum result add_by_request(struct box_office *office, const struct control_request *request,
                                  const char *administrator, struct buffer *out,
                                  struct explanation *explanation)
{
    struct person person;
    const char *password = request->fields[CONTROL_FIELD_PASSWORD];
    const char *name = request->fields[CONTROL_FIELD_NAME];
    enum result result = person_read(&person, name[0] == '\0' ? NULL : name,
                                     request->fields[CONTROL_FIELD_EMAIL], explanation);
    if (result == RESULT_OK)
        result = account_check_password(password, &person, explanation);
    if (result == RESULT_OK)
        result = account_make_organizer(office, &person, password, administrator, explanation);
    return result == RESULT_OK ? say_done(out, person.email.address, ORGANIZER_MADE) : result;
}

static enum result change_by_request(struct box_office *office,
                                     const struct control_request *request,
                                     const char *administrator, struct buffer *out,
                                     struct explanation *explanation)
{
    struct email email;
    enum result result =
        account_read_address(request->fields[CONTROL_FIELD_EMAIL], &email, explanation);
    if (result == RESULT_OK)
        result = account_change_password(office, &email, request->fields[CONTROL_FIELD_PASSWORD],
                                         administrator, explanation);
    return result == RESULT_OK ? say_done(out, email.address, PASSWORD_CHANGED) : result;
}

typedef enum result organizer_deed(struct box_office *office, const struct control_request *request,
                                   const char *administrator, struct buffer *out,
                                   struct explanation *explanation);

static enum result do_for_administrator(struct server_control *control, organizer_deed *deed,
                                        const struct control_request *request,
                                        const struct administrator *administrator,
                                        struct buffer *out, struct explanation *explanation)
{
    struct box_office office;
    enum result result = find_engine(control, &office, explanation);
    if (result != RESULT_OK)
        return result;
    result = deed(&office, request, administrator->name, out, explanation);
    log_event(result == RESULT_OK ? LOG_INFO : LOG_WARNING, engine_now(office.engine).wall,
              "administrator asked=\"%s\" by=%s done=%s", control_words(request->verb),
              administrator->name, result == RESULT_OK ? "yes" : "no");
    return result;
}

/* ---- Life ---- */

static enum result answer_control(void *owner, const struct control_request *request,
                                  const struct administrator *administrator, struct buffer *out,
                                  struct explanation *explanation)
{
    struct server_control *control = owner;
    switch (request->verb) {
    case CONTROL_STATUS:
        return tell_status(control, false, out, explanation);
    case CONTROL_STATUS_JSON:
        return tell_status(control, true, out, explanation);
    case CONTROL_METRICS:
        return tell_metrics(control, out, explanation);
    case CONTROL_SETTINGS:
        return tell_settings(control, out, explanation);
    case CONTROL_CHECK:
        return check_and_tell(control, out, explanation);
    case CONTROL_ORGANIZER_ADD:
        return do_for_administrator(control, add_by_request, request, administrator, out,
                                    explanation);
    case CONTROL_ORGANIZER_PASSWORD:
        return do_for_administrator(control, change_by_request, request, administrator, out,
                                    explanation);
    case CONTROL_COUNT:
        break;
    }
    UNREACHABLE("what an administrator asks");
}

void server_control_start(struct server_control *control, const struct config *config,
                          const char *directory, timestamp_ms now)
{
    struct explanation explanation;
    control->config = *config;
    control->subject = (struct status_subject){.started_at = now};
    CHECK(pthread_mutex_init(&control->lock, NULL) == 0);
    if (control_socket_start(&control->socket, directory, answer_control, control, &explanation) !=
        RESULT_OK)
        log_event(LOG_WARNING, now, "control_unavailable reason=\"%s\"", explanation.text);
}

void server_control_stop(struct server_control *control)
{
    control_socket_stop(&control->socket);
    CHECK(pthread_mutex_destroy(&control->lock) == 0);
}

void server_control_show_settings(struct server_control *control, const struct config *config)
{
    lock_subject(control);
    control->config = *config;
    unlock_subject(control);
}

void server_control_show_upgrade(struct server_control *control,
                                 const struct store_upgrade *upgrade)
{
    lock_subject(control);
    control->subject.upgrade = *upgrade;
    unlock_subject(control);
}

void server_control_show_engine(struct server_control *control, struct engine *engine)
{
    lock_subject(control);
    control->subject.engine = engine;
    unlock_subject(control);
}

void server_control_show_api(struct server_control *control, struct api *api)
{
    lock_subject(control);
    control->subject.api = api;
    unlock_subject(control);
}

void server_control_show_stop(struct server_control *control)
{
    lock_subject(control);
    control->subject.api = NULL;
    control->subject.stopping = true;
    unlock_subject(control);
}
