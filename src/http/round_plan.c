/* See round_plan.h. */
#include "http/round_plan.h"

#include "base/check.h"
#include "base/utf8.h"
#include "record/limit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A seat is an object of at most ten fields; the sections' form needs far less. */
#define IMPORT_VALUES_MAX ((size_t)ROUND_SEATS_MAX * 12)
#define SECTIONS_MAX 1000

struct section {
    const char *name, *grade;
    int64_t rows, seats_per_row, price;
};

/* ---- The sections' form ---- */

static size_t digits(int64_t number)
{
    size_t count = 1;
    for (; number >= 10; number /= 10)
        count++;
    return count;
}

static bool read_section(struct body *body, const json_t *array, const struct body_path *path,
                         struct section *section)
{
    struct body_object object;
    if (!body_element_object(body, array, path, &object))
        return false;
    *section = (struct section){0};
    bool good = body_text(&object, "name", BODY_REQUIRED, TEXT_LINE, 1, SEAT_TEXT_CHARACTERS_MAX,
                          &section->name);
    good &= body_integer(&object, "rows", BODY_REQUIRED, 1, ROUND_SEATS_MAX, &section->rows);
    good &= body_integer(&object, "seatsPerRow", BODY_REQUIRED, 1, ROUND_SEATS_MAX,
                         &section->seats_per_row);
    good &= body_integer(&object, "price", BODY_REQUIRED, 0, PRICE_MAX, &section->price);
    (void)body_text(&object, "grade", BODY_OPTIONAL, TEXT_LINE, 1, SEAT_TEXT_CHARACTERS_MAX,
                    &section->grade);
    body_close(&object);
    size_t characters = 0;
    if (good && utf8_count(section->name, strlen(section->name), &characters) &&
        characters + digits(section->rows) + digits(section->seats_per_row) + 2 >
            SEAT_TEXT_CHARACTERS_MAX) {
        body_error(&object, "name", "is too long to stand before a row and a number");
        good = false;
    }
    return good;
}

static bool named_before(const struct section *sections, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (sections[i].name != NULL && strcmp(sections[i].name, name) == 0)
            return true;
    return false;
}

/* Reads all sections and counts their seats and the bytes of their texts; false: an error. */
static bool read_sections(struct body *body, const json_t *array, const struct body_path *path,
                          struct section *sections, size_t *seats, size_t *bytes)
{
    int64_t total = 0;
    for (size_t i = 0; i < json_array_size(array); i++) {
        const struct body_path element = {.parent = path, .index = i};
        struct section *section = &sections[i];
        if (!read_section(body, array, &element, section))
            continue;
        if (named_before(sections, i, section->name))
            body_error_at(body, &element, "has the name of another section");
        total += section->rows * section->seats_per_row; /* at most 4 * 10^10 each */
        const size_t number_bytes = digits(ROUND_SEATS_MAX) + 1;
        const size_t name_bytes = strlen(section->name) + 1;
        const size_t grade_bytes = section->grade == NULL ? 0 : strlen(section->grade) + 1;
        *bytes += name_bytes + grade_bytes;
        if (total <= ROUND_SEATS_MAX)
            *bytes +=
                (size_t)section->rows * number_bytes +
                (size_t)(section->rows * section->seats_per_row) * (name_bytes + 3 * number_bytes);
    }
    if (total > ROUND_SEATS_MAX)
        body_error_at(body, path, "have more than 200000 seats together");
    *seats = (size_t)total;
    return body_good(body);
}

/* Where the next text goes; the room was counted before. */
struct text_room {
    char *at;
    size_t left;
};

static const char *keep(struct text_room *room, const char *text)
{
    if (text == NULL)
        return NULL;
    const size_t bytes = strlen(text) + 1;
    CHECK(bytes <= room->left);
    char *kept = memcpy(room->at, text, bytes);
    room->at += bytes;
    room->left -= bytes;
    return kept;
}

static const char *keep_number(struct text_room *room, int64_t number)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%lld", (long long)number);
    return keep(room, text);
}

static void expand_section(const struct section *section, struct text_room *room,
                           struct seat_plan *seats)
{
    const char *name = keep(room, section->name), *grade = keep(room, section->grade);
    for (int64_t row = 1; row <= section->rows; row++) {
        const char *row_text = keep_number(room, row);
        for (int64_t number = 1; number <= section->seats_per_row; number++) {
            char seat_number[SEAT_NUMBER_BYTES_MAX + 1];
            const int length = snprintf(seat_number, sizeof seat_number, "%s-%lld-%lld", name,
                                        (long long)row, (long long)number);
            CHECK(length > 0 && (size_t)length < sizeof seat_number);
            *seats++ = (struct seat_plan){
                .seat_number = keep(room, seat_number),
                .section = name,
                .row = row_text,
                .number = keep_number(room, number),
                .grade = grade,
                .price = section->price,
            };
        }
    }
}

/* Makes room for seats and texts. */
static enum refusal make_room(struct import *import, size_t seats, size_t bytes,
                              struct text_room *room)
{
    import->seats = calloc(seats, sizeof *import->seats);
    import->texts = malloc(bytes);
    if (import->seats == NULL || import->texts == NULL)
        return REFUSAL_CAPACITY;
    import->seat_count = seats;
    *room = (struct text_room){.at = import->texts, .left = bytes};
    return REFUSAL_NONE;
}

static enum refusal plan_sections(struct import *import, struct body *body, const json_t *array,
                                  const struct body_path *path)
{
    const size_t count = json_array_size(array);
    struct section *sections = calloc(count, sizeof *sections);
    if (sections == NULL)
        return REFUSAL_CAPACITY;
    size_t seats = 0, bytes = 0;
    struct text_room room;
    enum refusal refusal = REFUSAL_INVALID_FIELD;
    if (read_sections(body, array, path, sections, &seats, &bytes))
        refusal = make_room(import, seats, bytes, &room);
    struct seat_plan *at = import->seats;
    for (size_t i = 0; i < count && refusal == REFUSAL_NONE; i++) {
        expand_section(&sections[i], &room, at);
        at += sections[i].rows * sections[i].seats_per_row;
    }
    free(sections);
    return refusal;
}

/* ---- The seats' form ---- */

static void read_seat_text(struct body_object *object, const char *key, enum body_presence presence,
                           const char **text)
{
    (void)body_text(object, key, presence, TEXT_LINE, 1, SEAT_TEXT_CHARACTERS_MAX, text);
}

static void read_seat(struct body *body, const json_t *array, const struct body_path *path,
                      struct seat_plan *seat)
{
    struct body_object object;
    if (!body_element_object(body, array, path, &object))
        return;
    read_seat_text(&object, "seatNumber", BODY_REQUIRED, &seat->seat_number);
    read_seat_text(&object, "section", BODY_OPTIONAL, &seat->section);
    read_seat_text(&object, "row", BODY_OPTIONAL, &seat->row);
    read_seat_text(&object, "number", BODY_OPTIONAL, &seat->number);
    read_seat_text(&object, "grade", BODY_OPTIONAL, &seat->grade);
    (void)body_integer(&object, "price", BODY_REQUIRED, 0, PRICE_MAX, &seat->price);
    (void)body_boolean(&object, "accessible", BODY_OPTIONAL, &seat->accessible);
    const bool has_x =
        body_real(&object, "x", BODY_OPTIONAL, -COORDINATE_MAX, COORDINATE_MAX, &seat->x);
    const bool has_y =
        body_real(&object, "y", BODY_OPTIONAL, -COORDINATE_MAX, COORDINATE_MAX, &seat->y);
    if (has_x != has_y)
        body_error(&object, has_x ? "y" : "x", "is missing: a place has both");
    seat->placed = has_x && has_y;
    body_close(&object);
}

void same_chair_message(enum chair_sameness sameness, size_t earlier,
                        char message[static SAME_CHAIR_MESSAGE_BYTES])
{
    (void)snprintf(message, SAME_CHAIR_MESSAGE_BYTES,
                   sameness == CHAIR_SAME_NUMBER ? "is the number of /seats/%zu too"
                                                 : "has the section, row and number of /seats/%zu",
                   earlier);
}

static size_t text_bytes(const char *text)
{
    return text == NULL ? 0 : strlen(text) + 1;
}

static enum refusal plan_seats(struct import *import, struct body *body, const json_t *array,
                               const struct body_path *path)
{
    const size_t count = json_array_size(array);
    import->seats = calloc(count, sizeof *import->seats);
    if (import->seats == NULL)
        return REFUSAL_CAPACITY;
    import->seat_count = count;
    size_t bytes = 0;
    for (size_t i = 0; i < count && body->error_count < BODY_ERRORS_MAX; i++) {
        const struct body_path element = {.parent = path, .index = i};
        struct seat_plan *seat = &import->seats[i];
        read_seat(body, array, &element, seat);
        bytes += text_bytes(seat->seat_number) + text_bytes(seat->section) + text_bytes(seat->row) +
                 text_bytes(seat->number) + text_bytes(seat->grade);
    }
    if (!body_good(body))
        return REFUSAL_INVALID_FIELD;
    import->texts = malloc(bytes);
    if (import->texts == NULL)
        return REFUSAL_CAPACITY;
    struct text_room room = {.at = import->texts, .left = bytes};
    for (size_t i = 0; i < count; i++) {
        struct seat_plan *seat = &import->seats[i];
        seat->seat_number = keep(&room, seat->seat_number);
        seat->section = keep(&room, seat->section);
        seat->row = keep(&room, seat->row);
        seat->number = keep(&room, seat->number);
        seat->grade = keep(&room, seat->grade);
    }
    return REFUSAL_NONE;
}

static enum refusal plan_read(struct import *import, struct body *body,
                              const struct buffer *received)
{
    const enum refusal refusal =
        body_parse(body, received->data, received->length, IMPORT_VALUES_MAX);
    if (refusal != REFUSAL_NONE)
        return refusal;
    const json_t *sections = NULL, *seats = NULL;
    struct body_path sections_path, seats_path;
    struct body_object root;
    body_root(body, &root);
    (void)body_time(&root, "startTime", BODY_REQUIRED, &import->start_time);
    (void)body_array(&root, "sections", BODY_OPTIONAL, 1, SECTIONS_MAX, &sections, &sections_path);
    (void)body_array(&root, "seats", BODY_OPTIONAL, 1, ROUND_SEATS_MAX, &seats, &seats_path);
    body_close(&root);
    if (body_good(body) && (sections == NULL) == (seats == NULL))
        body_error(&root, NULL, "must have either sections or seats");
    if (!body_good(body))
        return REFUSAL_INVALID_FIELD;
    return sections != NULL ? plan_sections(import, body, sections, &sections_path)
                            : plan_seats(import, body, seats, &seats_path);
}

void round_plan_read(struct import *import, struct body *body, struct buffer *received)
{
    import->refusal = plan_read(import, body, received);
    body_forget(body);
    buffer_release(received);
}
