/* See reader.h. What the reservations of a page name, for who wants it beside them: whose they are,
 * and what their seats are like. */
#include "store/reader.h"

#include "base/check.h"

#include <stdlib.h>

static bool query_expands(const struct record_query *query, enum expansion expansion)
{
    return (query->expand & EXPANSION_BIT(expansion)) != 0;
}

enum result reader_expand_room(const struct record_query *query, struct record_page *page)
{
    if (query_expands(query, EXPANSION_USER)) {
        page->users = calloc(query->limit, sizeof *page->users);
        if (page->users == NULL)
            return RESULT_NO_MEMORY;
    }
    if (query_expands(query, EXPANSION_SEATS)) {
        page->seats = calloc(query->limit * SEATS_PER_RESERVATION_MAX, sizeof *page->seats);
        if (page->seats == NULL)
            return RESULT_NO_MEMORY;
    }
    return RESULT_OK;
}

/* A row that a reservation names is there; a store without it contradicts itself. */
static enum result copy_named(struct store_reader *reader, const struct record *wanted,
                              struct record **copy)
{
    struct record found;
    const enum result result = reader_find(reader, wanted, &found);
    if (result != RESULT_OK)
        return result == RESULT_NOT_FOUND ? RESULT_CORRUPT : result;
    *copy = record_copy(&found);
    return *copy == NULL ? RESULT_NO_MEMORY : RESULT_OK;
}

enum result reader_expand(struct store_reader *reader, struct record_page *page, size_t index)
{
    CHECK(index < page->count);
    const struct reservation_view *view = &page->reservations[index];
    enum result result = RESULT_OK;
    if (page->users != NULL) {
        const struct record user = {.kind = RECORD_KIND_USER,
                                    .as.user.id = view->reservation.user_id};
        result = copy_named(reader, &user, &page->users[index]);
    }
    for (size_t i = 0; page->seats != NULL && i < view->seat_count && result == RESULT_OK; i++) {
        const struct record seat = {.kind = RECORD_KIND_SEAT, .as.seat.id = view->seats[i].seat_id};
        result = copy_named(reader, &seat, &page->seats[index * SEATS_PER_RESERVATION_MAX + i]);
    }
    return result;
}
