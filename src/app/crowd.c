/* A crowd through the engine: several thousand people are on their way at any time, each from one
 * call to the next, so that every batch is full and one fsync serves thousands. */
#include "app/crowd.h"

#include "app/account.h"
#include "app/newcomer.h"
#include "base/check.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* People on their way at once: two full batches, so that one fills while the other is written. */
#define MEMBERS_MAX (2 * (size_t)ENGINE_BATCH_MAX)

/* The line to the disk may be full for a while (the bookkeeper lags), but not for ever. */
#define RETRY_MS 10
#define RETRIES_MAX (60000 / RETRY_MS)

struct member {
    struct request request;
    struct crowd *crowd;
    struct member *next; /* on the list of those who were answered */
    struct newcomer newcomer;
};

struct crowd {
    struct box_office *office;
    const struct crowd_options *options;
    struct secret token_key;
    struct newcomer_plan plan;
    FILE *tokens;
    struct member *members;
    size_t started; /* people given a place so far */
    size_t on_the_way;
    bool turned_away; /* somebody was, since the last rest */
    size_t retries;   /* rests since somebody last got on */

    pthread_mutex_t lock;
    pthread_cond_t news;
    struct member *answered; /* under the lock */
};

/* ---- Between the engine's thread and this one ---- */

static void member_answered(struct request *request)
{
    struct member *member = (struct member *)((char *)request - offsetof(struct member, request));
    struct crowd *crowd = member->crowd;
    CHECK(pthread_mutex_lock(&crowd->lock) == 0);
    member->next = crowd->answered;
    crowd->answered = member;
    if (member->next == NULL)
        CHECK(pthread_cond_signal(&crowd->news) == 0);
    CHECK(pthread_mutex_unlock(&crowd->lock) == 0);
}

/* Waits for answers and takes all there are. */
static struct member *take_answered(struct crowd *crowd)
{
    CHECK(pthread_mutex_lock(&crowd->lock) == 0);
    while (crowd->answered == NULL)
        CHECK(pthread_cond_wait(&crowd->news, &crowd->lock) == 0);
    struct member *answered = crowd->answered;
    crowd->answered = NULL;
    CHECK(pthread_mutex_unlock(&crowd->lock) == 0);
    return answered;
}

/* ---- One person's way ---- */

/* Makes the member the next person of the crowd. */
static enum result member_start(struct member *member, struct explanation *explanation)
{
    struct crowd *crowd = member->crowd;
    return newcomer_init(&member->newcomer, &crowd->plan, ++crowd->started, explanation);
}

static enum result member_submit(struct member *member, struct explanation *explanation)
{
    newcomer_fill_call(&member->newcomer, &member->crowd->plan, &member->request.call);
    /* At most MEMBERS_MAX are on their way, fewer than the inbox takes. */
    const enum result result = engine_submit(member->crowd->office->engine, &member->request);
    if (result != RESULT_OK)
        return explain(explanation, result, "the engine takes no more requests");
    member->crowd->on_the_way++;
    return RESULT_OK;
}

static enum result member_arrive(const struct member *member, struct explanation *explanation)
{
    char token[SESSION_TOKEN_CHARACTERS + 1], user_id[ID_TEXT_BYTES];
    session_token_format(&member->newcomer.token, &member->crowd->token_key, token);
    (void)id_format("user", member->newcomer.token.user_id, user_id);
    if (fprintf(member->crowd->tokens, "%s %s %s\n", token, user_id, member->newcomer.email) < 0)
        return explain(explanation, RESULT_IO, "%.200s: %s", member->crowd->options->tokens_file,
                       strerror(errno));
    return RESULT_OK;
}

/* After an arrival: the next person, if there is one. */
static enum result member_succeed(struct member *member, struct explanation *explanation)
{
    const struct crowd *crowd = member->crowd;
    enum result result = member_arrive(member, explanation);
    if (result != RESULT_OK || crowd->started == crowd->options->count)
        return result;
    result = member_start(member, explanation);
    return result == RESULT_OK ? member_submit(member, explanation) : result;
}

/* Deals with one answer, which is released. */
static enum result member_go_on(struct member *member, struct explanation *explanation)
{
    struct crowd *crowd = member->crowd;
    const enum refusal refusal = member->request.call.refusal;
    if (refusal == REFUSAL_NONE) {
        newcomer_advance(&member->newcomer, &crowd->plan, &member->request.call);
        crowd->retries = 0;
    }
    call_release(&member->request.call);
    if (refusal != REFUSAL_NONE) {
        if (!refusal_schema(refusal)->retry_later || crowd->retries >= RETRIES_MAX)
            return account_refused(member->newcomer.email, refusal, explanation);
        crowd->turned_away = true;
    }
    if (member->newcomer.step == NEWCOMER_ARRIVED)
        return member_succeed(member, explanation);
    return member_submit(member, explanation);
}

/* ---- The crowd ---- */

/* Gives the line to the disk a moment if it was full. */
static void crowd_rest(struct crowd *crowd)
{
    if (!crowd->turned_away)
        return;
    const struct timespec rest = {.tv_nsec = RETRY_MS * 1000000};
    (void)nanosleep(&rest, NULL); /* waking early only tries earlier */
    crowd->turned_away = false;
    crowd->retries++;
}

/* Sends everybody on their way and stays until all have arrived or, after a failure, until all
 * requests out there have come back. */
static enum result crowd_run(struct crowd *crowd, size_t member_count,
                             struct explanation *explanation)
{
    enum result result = RESULT_OK;
    for (size_t i = 0; result == RESULT_OK && i < member_count; i++) {
        struct member *member = &crowd->members[i];
        member->crowd = crowd;
        member->request.complete = member_answered;
        result = member_start(member, explanation);
        if (result == RESULT_OK)
            result = member_submit(member, explanation);
    }
    while (crowd->on_the_way > 0) {
        struct member *next;
        for (struct member *member = take_answered(crowd); member != NULL; member = next) {
            next = member->next;
            crowd->on_the_way--;
            if (result == RESULT_OK)
                result = member_go_on(member, explanation);
            else
                call_release(&member->request.call);
        }
        crowd_rest(crowd);
    }
    return result;
}

static enum result open_tokens(struct crowd *crowd, struct explanation *explanation)
{
    const char *path = crowd->options->tokens_file;
    const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
    crowd->tokens = file < 0 ? NULL : fdopen(file, "w");
    if (crowd->tokens != NULL)
        return RESULT_OK;
    const enum result result = explain(explanation, RESULT_IO, "%.200s: %s", path, strerror(errno));
    if (file >= 0)
        close(file);
    return result;
}

/* All mailboxes of a crowd differ from that of the first by their numbers. */
static enum result read_prefix(struct crowd *crowd, struct explanation *explanation)
{
    char first[EMAIL_BYTES_MAX + 1];
    struct person person;
    (void)snprintf(first, sizeof first, "%s-1" NEWCOMER_EMAIL_END, crowd->options->prefix);
    const enum result result = person_read(&person, "Buyer", first, explanation);
    if (result != RESULT_OK)
        return result;
    const size_t length = strlen(person.email.mailbox) - strlen("-1" NEWCOMER_EMAIL_END);
    if (length >= sizeof crowd->plan.prefix)
        return explain(explanation, RESULT_MALFORMED, "the addresses' prefix is too long");
    memcpy(crowd->plan.prefix, person.email.mailbox, length);
    crowd->plan.prefix[length] = '\0';
    return RESULT_OK;
}

enum result crowd_make(struct box_office *office, const struct crowd_options *options,
                       struct explanation *explanation)
{
    const size_t member_count = options->count < MEMBERS_MAX ? options->count : MEMBERS_MAX;
    struct crowd crowd = {
        .office = office,
        .options = options,
        .token_key = engine_keys(office->engine).token_key,
        .plan = {.password_hash = options->password_hash,
                 .points = options->points,
                 .join = options->join},
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .news = PTHREAD_COND_INITIALIZER,
    };
    enum result result = read_prefix(&crowd, explanation);
    if (result == RESULT_OK)
        result = open_tokens(&crowd, explanation);
    if (result != RESULT_OK)
        return result;
    crowd.members = calloc(member_count, sizeof *crowd.members);
    if (crowd.members == NULL)
        result = explain(explanation, RESULT_NO_MEMORY, "no memory for %zu requests", member_count);
    else
        result = crowd_run(&crowd, member_count, explanation);
    free(crowd.members);
    if (fclose(crowd.tokens) != 0 && result == RESULT_OK)
        result =
            explain(explanation, RESULT_IO, "%.200s: %s", options->tokens_file, strerror(errno));
    return result;
}
