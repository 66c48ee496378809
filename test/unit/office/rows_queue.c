/* Rows about the queue. */
#include "row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void token_facts(struct play *play, struct name *person)
{
    if (play->call.refusal != REFUSAL_NONE)
        return;
    const struct token_view *view = &play->call.out.token;
    const struct queue_token *token = &view->token;
    if (person != NULL && id_equal(person->user_id, token->user_id))
        person->token_id = token->id;
    fact_number(play, "number", token->number);
    fact_text(play, "status", token_status_texts[token->status]);
    fact_text(play, "reason", token_reason_texts[token->reason]);
    fact_text(play, "concert", play_name_of(play, NAME_CONCERT, token->concert_id));
    fact_text(play, "sold_out", view->sold_out ? "yes" : "no");
    fact_number(play, "ahead", view->ahead);
    fact_number(play, "poll", view->poll_after_ms);
    fact_text(play, "estimate", view->estimate.known ? "known" : "unknown");
    fact_number(play, "low", view->estimate.low_seconds);
    fact_number(play, "high", view->estimate.high_seconds);
    fact_time(play, "issued", token->issued_at);
    fact_time(play, "activated", token->activate_at);
    fact_time(play, "expires", token->expires_at);
    fact_time(play, "passed", token->passed_at);
    fact_time(play, "ended", token->ended_at);
}

static bool join(struct play *play, struct name *person)
{
    if (!play_call(play))
        return false;
    token_facts(play, person);
    return true;
}

bool row_join(struct play *play)
{
    if (!play_begin(play, VERB_QUEUE_JOIN))
        return false;
    const char *concert = row_option(play, "concert");
    if (concert != NULL)
        play->call.in.queue_join.concert_id = play_id(play, NAME_CONCERT, concert);
    return join(play, play_name(play, NAME_PERSON, row_word(play, 1)));
}

#define ENTER_MS 2000 /* a queue that lets nobody in so long is not one to enter */

static bool enter(struct play *play, struct name *person)
{
    struct stage *stage = &play->stage;
    for (int64_t waited = 0; waited <= ENTER_MS; waited++) {
        play->call = (struct call){.verb = VERB_QUEUE_JOIN,
                                   .credentials = {.present = true,
                                                   .session_id = person->id,
                                                   .secret_hash = person->secret}};
        if (!join(play, person))
            return false;
        const bool active = play->call.refusal == REFUSAL_NONE &&
                            play->call.out.token.token.status == TOKEN_STATUS_ACTIVE;
        play->fact_count = 0;
        call_release(&play->call);
        if (active)
            return true;
        if (!stage_wait(stage, 1))
            return play_fail(play, "%s", stage->trouble.text);
    }
    return play_fail(play, "%s was not let in", person->text);
}

bool row_enter(struct play *play)
{
    for (size_t i = 1; i < play->row->word_count; i++) {
        struct name *person = play_person(play, i);
        if (person == NULL || !enter(play, person))
            return false;
    }
    return true;
}

/* The token that `of=` names by its owner, or none for the caller's live one. */
static struct id token_of(struct play *play)
{
    const char *of = row_option(play, "of");
    const struct name *person = play_name(play, NAME_PERSON, of);
    if (of == NULL)
        return ID_NONE;
    return person == NULL ? (struct id){{0x0f}} : person->token_id;
}

bool row_token(struct play *play)
{
    if (!play_begin(play, VERB_QUEUE_TOKEN_GET))
        return false;
    play->call.in.token.token_id = token_of(play);
    return join(play, play_name(play, NAME_PERSON, row_word(play, 1)));
}

bool row_leave(struct play *play)
{
    if (!play_begin(play, VERB_QUEUE_LEAVE))
        return false;
    play->call.in.token.token_id = token_of(play);
    return play_call(play);
}

bool row_forecast(struct play *play)
{
    if (!play_begin(play, VERB_QUEUE_FORECAST))
        return false;
    play->call.in.forecast.admit_per_second = row_number(play, "rate", 1);
    play->call.in.forecast.max_active = row_number(play, "max", 1);
    if (!play_call(play))
        return false;
    const struct queue_forecast *forecast = &play->call.out.forecast;
    if (play->call.refusal != REFUSAL_NONE)
        return true;
    fact_number(play, "waiting", forecast->waiting);
    fact_number(play, "active", forecast->active);
    fact_number(play, "low", forecast->bounds.low_seconds);
    fact_number(play, "high", forecast->bounds.high_seconds);
    if (!forecast->measured) {
        fact_text(play, "seconds", "unknown");
        return true;
    }
    fact_number(play, "seconds", forecast->expected_seconds);
    fact_number(play, "inside", forecast->expected_active);
    return true;
}

bool row_queue_set(struct play *play)
{
    if (!play_begin(play, VERB_QUEUE_CHANGE))
        return false;
    const char *paused = row_option(play, "paused"), *joins = row_option(play, "joins");
    play->call.in.queue_change = (struct queue_change){
        .has_open_at = row_option(play, "open_at") != NULL,
        .has_join_opens_at = joins != NULL,
        .has_paused = paused != NULL,
        .has_max_active = row_option(play, "max_active") != NULL,
        .has_admit_per_second = row_option(play, "rate") != NULL,
        .has_silent_seconds = row_option(play, "silent") != NULL,
        .has_active_seconds = row_option(play, "active") != NULL,
        .has_wait_seconds = row_option(play, "wait") != NULL,
        .open_at = row_time(play, "open_at", 0),
        .join_opens_at =
            joins == NULL || strcmp(joins, "any") == 0 ? 0 : row_time(play, "joins", 0),
        .paused = paused != NULL && strcmp(paused, "yes") == 0,
        .max_active = row_number(play, "max_active", 0),
        .admit_per_second = row_number(play, "rate", 0),
        .silent_seconds = row_duration(play, "silent", 0) / SECOND_MS,
        .active_seconds = row_duration(play, "active", 0) / SECOND_MS,
        .wait_seconds = row_duration(play, "wait", 0) / SECOND_MS,
    };
    return play_call(play);
}

/* "night:4+1,late:0+0": seats that are left and that are held. */
static void round_facts(struct play *play, const struct queue_view *view)
{
    char text[256] = "";
    size_t length = 0;
    for (size_t i = 0; i < view->round_count && length < sizeof text; i++) {
        const struct queue_round *round = &view->rounds[i];
        length += (size_t)snprintf(
            text + length, sizeof text - length, "%s%s:%lld+%lld%s", i == 0 ? "" : ",",
            play_name_of(play, NAME_ROUND, round->round_id), (long long)round->seats_left,
            (long long)round->seats_held, round->sold_out ? "!" : "");
    }
    fact_text(play, "rounds", length == 0 ? "none" : text);
}

static void notice_facts(struct play *play, const struct queue_view *view)
{
    fact_text(play, "notice", view->has_notice ? view->notice.texts.en : "none");
    if (!view->has_notice)
        return;
    fact_text(play, "ko", view->notice.texts.ko);
    fact_text(play, "level", notice_level_texts[view->notice.level]);
    fact_time(play, "until", view->notice.until);
}

bool row_queue(struct play *play)
{
    static const char *const statuses[] = {"scheduled", "open", "paused", "closed"};
    struct queue_view view;
    office_queue_view(play->stage.office, play->stage.now, &view);
    fact_text(play, "status", statuses[view.status]);
    fact_time(play, "open_at", view.open_at);
    fact_time(play, "joins", view.join_opens_at);
    fact_number(play, "serving", view.serving);
    fact_number(play, "last", view.last_number);
    fact_number(play, "waiting", view.waiting);
    fact_number(play, "active", view.active);
    fact_number(play, "max_active", view.max_active);
    fact_number(play, "rate", view.admit_per_second);
    fact_number(play, "silent", view.silent_seconds);
    fact_number(play, "active_seconds", view.active_seconds);
    fact_number(play, "wait", view.wait_seconds);
    fact_text(play, "estimate", view.estimate.known ? "known" : "unknown");
    fact_number(play, "low", view.estimate.low_seconds);
    fact_number(play, "high", view.estimate.high_seconds);
    round_facts(play, &view);
    notice_facts(play, &view);
    return true;
}

bool row_incident(struct play *play)
{
    if (!play_begin(play, VERB_INCIDENT_MAKE))
        return false;
    play->call.in.incident.add_seconds = row_ms(play, row_word(play, 2)) / SECOND_MS;
    play->call.in.incident.note = "the payment page stood still";
    if (!play_call(play))
        return false;
    if (play->call.refusal != REFUSAL_NONE || play->call.record == NULL)
        return true;
    const struct incident *row = &play->call.record->as.incident;
    fact_number(play, "seconds", row->add_seconds);
    fact_number(play, "holds", row->holds);
    fact_number(play, "turns", row->turns);
    return true;
}

bool row_notice(struct play *play)
{
    if (!play_begin(play, VERB_NOTICE_SET))
        return false;
    const char *ko = row_option(play, "ko"), *level = row_option(play, "level");
    const char *text = row_word(play, 2);
    play->call.in.notice.texts = (struct texts_to_tell){.ko = ko == NULL ? text : ko, .en = text};
    if (level != NULL && strcmp(level, "warning") == 0)
        play->call.in.notice.level = NOTICE_LEVEL_WARNING;
    play->call.in.notice.has_until = row_option(play, "until") != NULL;
    play->call.in.notice.until = row_time(play, "until", 0);
    return play_call(play);
}

bool row_notice_remove(struct play *play)
{
    return play_begin(play, VERB_NOTICE_REMOVE) && play_call(play);
}
