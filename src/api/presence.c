/* See presence.h. */
#include "api/presence.h"

#include "base/check.h"

#include <stdlib.h>

enum result presence_init(struct presence *presence)
{
    *presence = (struct presence){0};
    presence->reports = calloc(PRESENCE_REPORTS_MAX, sizeof *presence->reports);
    if (presence->reports == NULL)
        return RESULT_NO_MEMORY;
    for (size_t i = 0; i < PRESENCE_REPORTS_MAX; i++) {
        presence->reports[i].presence = presence;
        presence->reports[i].next_free = presence->free;
        presence->free = &presence->reports[i];
    }
    CHECK(pthread_mutex_init(&presence->lock, NULL) == 0);
    CHECK(pthread_cond_init(&presence->all_back, NULL) == 0);
    return RESULT_OK;
}

void presence_release(struct presence *presence)
{
    if (presence->reports == NULL)
        return;
    CHECK(pthread_mutex_lock(&presence->lock) == 0);
    while (presence->away > 0)
        CHECK(pthread_cond_wait(&presence->all_back, &presence->lock) == 0);
    CHECK(pthread_mutex_unlock(&presence->lock) == 0);
    CHECK(pthread_cond_destroy(&presence->all_back) == 0);
    CHECK(pthread_mutex_destroy(&presence->lock) == 0);
    free(presence->reports);
    presence->reports = NULL;
}

static struct presence_report *report_take(struct presence *presence)
{
    CHECK(pthread_mutex_lock(&presence->lock) == 0);
    struct presence_report *report = presence->free;
    if (report != NULL) {
        presence->free = report->next_free;
        presence->away++;
    }
    CHECK(pthread_mutex_unlock(&presence->lock) == 0);
    return report;
}

static void report_give(struct presence_report *report)
{
    struct presence *presence = report->presence;
    CHECK(pthread_mutex_lock(&presence->lock) == 0);
    report->next_free = presence->free;
    presence->free = report;
    if (--presence->away == 0)
        CHECK(pthread_cond_broadcast(&presence->all_back) == 0);
    CHECK(pthread_mutex_unlock(&presence->lock) == 0);
}

static void on_complete(struct request *request)
{
    struct presence_report *report = (struct presence_report *)request;
    call_release(&request->call);
    report_give(report);
}

void presence_report(struct presence *presence, struct engine *engine,
                     const struct credentials *credentials)
{
    struct presence_report *report = report_take(presence);
    if (report == NULL)
        return;
    report->request = (struct request){.complete = on_complete};
    report->request.call.verb = VERB_HEARD;
    report->request.call.credentials = *credentials;
    if (engine_submit(engine, &report->request) != RESULT_OK)
        report_give(report); /* nobody can be heard now */
}
