/* The line: waiting tokens by number. For the files of this layer only. */
#ifndef USHER_OFFICE_WAITING_LINE_H
#define USHER_OFFICE_WAITING_LINE_H

#include "base/fenwick.h"
#include "office/token.h"

/* Slots stand in the order of numbers; `cursor` is the first that was neither admitted nor passed
 * over. A present token before the cursor was passed over and heard again: it goes first. So the
 * number of present tokens before a position is exactly the number that would be admitted before
 * it. */
struct waiting_line {
    uint32_t *slots; /* pool numbers of tokens; 0: gone */
    size_t length, capacity;
    size_t cursor;
    size_t waiting, present_count;
    struct fenwick present;
};

bool waiting_line_reserve(struct office *office);
bool waiting_line_build(struct office *office); /* from the loaded tokens; false: no memory */
void waiting_line_append(struct office *office, struct live_token *token);
void waiting_line_remove(struct office *office, struct live_token *token);
void waiting_line_set_present(struct office *office, struct live_token *token, bool present);
int64_t waiting_line_ahead(const struct office *office, const struct live_token *token);

#endif
