/* Texts of concerts, rounds, seats, references, plans and the notice: each row's in one block of
 * its own, which its live object then has. Users' are in user_texts.c. */
#include "office/texts.h"

#include <stdlib.h>
#include <string.h>

/* Where the block of a record's texts starts: at its first text, without which there are none.
 * NULL: a kind whose texts the office does not keep. */
static const char **first_text(struct record *record)
{
    if (record->kind == RECORD_KIND_CONCERT)
        return &record->as.concert.title;
    if (record->kind == RECORD_KIND_CONCERT_ROUND)
        return &record->as.concert_round.reason_ko;
    if (record->kind == RECORD_KIND_API_KEY)
        return &record->as.api_key.name;
    if (record->kind == RECORD_KIND_PLAN)
        return &record->as.plan.name;
    if (record->kind == RECORD_KIND_SEAT)
        return &record->as.seat.seat_number;
    if (record->kind == RECORD_KIND_NOTICE)
        return &record->as.notice.text_ko;
    return record->kind == RECORD_KIND_POINT_ENTRY ? &record->as.point_entry.reference : NULL;
}

bool texts_own(struct record *record)
{
    const char **first = first_text(record);
    if (first == NULL || *first == NULL)
        return true;
    char *const block = malloc(record_text_bytes(record));
    if (block == NULL)
        return false;
    record_move_texts(record, block);
    *first = block; /* where it points already: the record owns the block from here */
    return true;
}

void texts_free_block(const char *text)
{
    free((void *)(uintptr_t)text);
}

void texts_free(struct record *record)
{
    const char **first = first_text(record);
    if (first != NULL)
        texts_free_block(*first);
}

const char *text_copy(const char *text)
{
    const size_t bytes = text == NULL ? 0 : strlen(text) + 1;
    char *copy = bytes == 0 ? NULL : malloc(bytes);
    if (copy != NULL)
        memcpy(copy, text, bytes);
    return copy;
}
