/* The notice: what an organizer tells everybody in line, until a time or until it is taken back. */
#include "office/door.h"
#include "office/state.h"
#include "office/texts.h"
#include "office/verb_function.h"

enum refusal notice_set(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    const timestamp_ms until = call->in.notice.has_until ? call->in.notice.until : 0;
    if (call->in.notice.has_until && until <= office->now.wall)
        return REFUSAL_UNTIL_BEFORE_NOW;
    const bool is_new = id_is_none(office->notice.id);
    struct record record = {.kind = RECORD_KIND_NOTICE,
                            .as.notice = {
                                .id = is_new ? new_id(office) : office->notice.id,
                                .text_ko = call->in.notice.texts.ko,
                                .text_en = call->in.notice.texts.en,
                                .level = call->in.notice.level,
                                .until = until,
                            }};
    if (!texts_own(&record))
        return REFUSAL_CAPACITY;

    /* ---- nothing fails below this line ---- */
    put_notice(office, &record.as.notice);
    return REFUSAL_NONE;
}

enum refusal notice_remove(struct office *office, const struct caller *caller, struct call *call)
{
    (void)caller;
    (void)call;
    if (!id_is_none(office->notice.id))
        remove_notice(office);
    return REFUSAL_NONE;
}

static bool notice_is_told(const struct notice *notice, timestamp_ms wall)
{
    return !id_is_none(notice->id) && (notice->until == 0 || wall < notice->until);
}

bool notice_view(const struct office *office, timestamp_ms wall, struct queue_notice *view)
{
    const struct notice *notice = &office->notice;
    if (!notice_is_told(notice, wall))
        return false;
    view->level = notice->level;
    view->until = notice->until;
    told_texts_set(&view->texts, notice->text_ko, notice->text_en);
    return true;
}

timestamp_ms notice_ends(const struct office *office, struct moment now)
{
    const struct notice *notice = &office->notice;
    return notice_is_told(notice, now.wall) && notice->until != 0
               ? now.house + (notice->until - now.wall)
               : INT64_MAX;
}
