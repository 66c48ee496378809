/* The waiting line: who is before whom, and how many, exactly. */
#include "office/waiting_line.h"

#include "office/state.h"
#include "office/token.h"

#include <stdlib.h>
#include <string.h>

/* Lays the slots out anew without the gaps. Positions change, order does not. */
static bool waiting_line_compact(struct office *office, size_t capacity)
{
    struct waiting_line *line = &office->line;
    uint32_t *slots = calloc(capacity, sizeof *slots);
    if (slots == NULL)
        return false;
    if (fenwick_reset(&line->present, capacity) != RESULT_OK) {
        free(slots);
        return false;
    }
    size_t length = 0, cursor = 0;
    for (size_t i = 0; i < line->length; i++) {
        if (i == line->cursor)
            cursor = length;
        if (line->slots[i] == 0)
            continue;
        struct live_token *token = pool_at(&office->tokens, line->slots[i]);
        token->position = (uint32_t)length;
        if (token->present)
            fenwick_add(&line->present, length, 1);
        slots[length++] = token->item.number;
    }
    if (line->cursor == line->length)
        cursor = length;
    free(line->slots);
    line->slots = slots;
    line->capacity = capacity;
    line->length = length;
    line->cursor = cursor;
    return true;
}

bool waiting_line_reserve(struct office *office)
{
    const struct waiting_line *line = &office->line;
    if (line->length < line->capacity)
        return true;
    /* At least half of the new slots are free, so the work is spread over as many joins. */
    size_t capacity = 16;
    while (capacity < 2 * (line->waiting + 1))
        capacity *= 2;
    return waiting_line_compact(office, capacity);
}

void waiting_line_append(struct office *office, struct live_token *token)
{
    struct waiting_line *line = &office->line;
    CHECK(line->length < line->capacity);
    token->position = (uint32_t)line->length;
    line->slots[line->length++] = token->item.number;
    line->waiting++;
    waiting_line_set_present(office, token, true);
}

void waiting_line_set_present(struct office *office, struct live_token *token, bool present)
{
    struct waiting_line *line = &office->line;
    if (token->present == present)
        return;
    token->present = present;
    fenwick_add(&line->present, token->position, present ? 1 : -1);
    if (present)
        line->present_count++;
    else
        line->present_count--;
}

void waiting_line_remove(struct office *office, struct live_token *token)
{
    struct waiting_line *line = &office->line;
    waiting_line_set_present(office, token, false);
    line->slots[token->position] = 0;
    line->waiting--;
}

int64_t waiting_line_ahead(const struct office *office, const struct live_token *token)
{
    return fenwick_sum_below(&office->line.present, token->position);
}

static int compare_numbers(const void *a, const void *b)
{
    const struct live_token *const *left = a, *const *right = b;
    return ((*left)->number > (*right)->number) - ((*left)->number < (*right)->number);
}

/* As they are when they were loaded from the tables, whose ids rise with the numbers. */
static bool in_order(struct live_token *const *tokens, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (tokens[i]->number < tokens[i - 1]->number)
            return false;
    return true;
}

bool waiting_line_build(struct office *office)
{
    struct waiting_line *line = &office->line;
    size_t count = 0;
    struct live_token **waiting = calloc(office->tokens.taken + 1, sizeof(struct live_token *));
    if (waiting == NULL)
        return false;
    for (struct live_token *token = pool_next(&office->tokens, 0); token != NULL;
         token = pool_next(&office->tokens, token->item.number))
        if (token->status == TOKEN_STATUS_WAITING)
            waiting[count++] = token;
    if (!in_order(waiting, count))
        qsort(waiting, count, sizeof(struct live_token *), compare_numbers);

    line->waiting = count; /* what waiting_line_reserve sizes by */
    const bool good = waiting_line_reserve(office);
    line->waiting = 0;
    for (size_t i = 0; good && i < count; i++) {
        waiting_line_append(office, waiting[i]);
        if (waiting[i]->number <= office->house.serving)
            line->cursor = line->length;
    }
    free(waiting);
    return good;
}
