/* See input.h. */
#include "http/input.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

/* A head begins within the first window, and a window is left behind its end. */
static size_t input_capacity(size_t head_bytes)
{
    return head_bytes + 2 * INPUT_WINDOW_BYTES;
}

struct input *input_take(struct input_spares *spares)
{
    struct input *input = spares->first;
    if (input != NULL) {
        spares->first = input->next;
        spares->count--;
    } else {
        const size_t capacity = input_capacity(spares->head_bytes);
        input = malloc(sizeof *input + capacity);
        if (input == NULL)
            return NULL;
        input->capacity = capacity;
    }
    input->start = input->end = 0;
    input_next(input);
    return input;
}

void input_give_back(struct input_spares *spares, struct input *input)
{
    if (spares->count == INPUT_SPARES_MAX) {
        free(input);
        return;
    }
    input->next = spares->first;
    spares->first = input;
    spares->count++;
}

void input_spares_release(struct input_spares *spares)
{
    while (spares->first != NULL) {
        struct input *next = spares->first->next;
        free(spares->first);
        spares->first = next;
    }
    spares->count = 0;
}

void input_next(struct input *input)
{
    if (input->start > INPUT_WINDOW_BYTES) {
        memmove(input->bytes, input->bytes + input->start, input->end - input->start);
        input->end -= input->start;
        input->start = 0;
    }
    input->body_at = 0;
    request_head_init(&input->head);
}

void input_head_done(struct input *input)
{
    input->start += input->head.line_at;
    CHECK(input->start <= input->end);
    input->body_at = input->start;
}

char *input_room(struct input *input, size_t *bytes)
{
    if (input->start == input->end && input->body_at > 0)
        input->start = input->end = input->body_at;
    *bytes = input->capacity - input->end;
    CHECK(*bytes > 0);
    return input->bytes + input->end;
}
