/* The notice: set, taken back, and told to everybody until its time. */
#include "oracle/oracle_model.h"

#include <string.h>

/* NULL: there is none. */
static struct row *notice_of(const struct oracle *oracle)
{
    const struct row_vector *notices = &oracle->of_kind[RECORD_KIND_NOTICE];
    for (size_t i = notices->count; i > 0; i--)
        if (notices->items[i - 1]->there)
            return notices->items[i - 1];
    return NULL;
}

enum refusal judge_notice_set(struct oracle *oracle, struct row *user, const struct call *call)
{
    struct row *notice = notice_of(oracle);
    const timestamp_ms until = call->in.notice.until;
    (void)user;
    oracle->state = STATE_OVER_TIME;
    if (call->in.notice.has_until && until <= oracle->now.wall)
        return REFUSAL_UNTIL_BEFORE_NOW;
    oracle->state = notice == NULL ? STATE_UNKNOWN : STATE_KNOWN;
    if (call->refusal != REFUSAL_NONE)
        return REFUSAL_NONE; /* objected to by the caller */
    const struct record image = {.kind = RECORD_KIND_NOTICE,
                                 .as.notice = {
                                     .id = notice == NULL ? span_new_id(oracle, RECORD_KIND_NOTICE)
                                                          : notice->image.as.notice.id,
                                     .text_ko = call->in.notice.texts.ko,
                                     .text_en = call->in.notice.texts.en,
                                     .level = call->in.notice.level,
                                     .until = call->in.notice.has_until ? until : 0,
                                 }};
    if (notice == NULL)
        row_put(oracle, &image);
    else
        row_change(oracle, notice, &image);
    return REFUSAL_NONE;
}

enum refusal judge_notice_remove(struct oracle *oracle, struct row *user, const struct call *call)
{
    struct row *notice = notice_of(oracle);
    (void)user;
    oracle->state = notice == NULL ? STATE_UNKNOWN : STATE_KNOWN;
    if (notice != NULL && call->refusal == REFUSAL_NONE)
        row_delete(oracle, notice);
    return REFUSAL_NONE;
}

void check_notice(struct oracle *oracle, const struct queue_view *view)
{
    const struct row *row = notice_of(oracle);
    const struct notice *notice = row == NULL ? NULL : &row->image.as.notice;
    const bool over = row == NULL || (notice->until != 0 && oracle->now.wall >= notice->until);
    if (view->has_notice == over)
        object_to(oracle, 12, "a notice is told %s",
                  over ? "that there is not, or whose time is over" : "to nobody");
    else if (!over && (strcmp(view->notice.texts.ko, notice->text_ko) != 0 ||
                       strcmp(view->notice.texts.en, notice->text_en) != 0 ||
                       view->notice.level != notice->level || view->notice.until != notice->until))
        object_to(oracle, 12, "another notice is told than there is");
}
