/* A stored plan, put together again from its pieces. */
#include "store/reader.h"

#include <stdlib.h>
#include <string.h>

static enum result add_pieces(struct store_reader *reader, const struct plan *row,
                              struct buffer *text)
{
    enum result result = RESULT_OK;
    for (int64_t i = 0; i < row->piece_count && result == RESULT_OK; i++) {
        const struct record wanted = {.kind = RECORD_KIND_PLAN_PIECE,
                                      .as.plan_piece = {.plan_id = row->id, .position = i}};
        struct record found;
        result = reader_find(reader, &wanted, &found);
        if (result != RESULT_OK)
            return result == RESULT_NOT_FOUND ? RESULT_CORRUPT : result;
        const size_t length = strlen(found.as.plan_piece.text);
        result = buffer_reserve(text, length);
        if (result == RESULT_OK)
            buffer_append(text, found.as.plan_piece.text, length);
    }
    return result;
}

/* What is read before a failure stays the plan's, to be released. */
static enum result plan_in_moment(struct store_reader *reader, struct id plan_id,
                                  struct drawn_plan *plan)
{
    const struct record wanted = {.kind = RECORD_KIND_PLAN, .as.plan.id = plan_id};
    struct record found;
    const enum result result = reader_find(reader, &wanted, &found);
    if (result != RESULT_OK)
        return result;
    plan->record = record_copy(&found);
    return plan->record == NULL ? RESULT_NO_MEMORY
                                : add_pieces(reader, &plan->record->as.plan, &plan->text);
}

enum result reader_plan(struct store_reader *reader, struct id plan_id, struct drawn_plan *plan)
{
    *plan = (struct drawn_plan){.record = NULL};
    buffer_init(&plan->text, PLAN_TEXT_BYTES_MAX);
    enum result result = reader_begin(reader);
    if (result == RESULT_OK) {
        result = plan_in_moment(reader, plan_id, plan);
        reader_end(reader);
    }
    return result;
}
