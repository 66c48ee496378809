/* See round_plan.h. */
#include "api/round_plan.h"

#include "api/plan_chairs.h"
#include "api/plan_row.h"
#include "api/plan_section.h"
#include "base/array.h"
#include "base/check.h"
#include "record/limit.h"

#include <stdlib.h>
#include <string.h>

/* A seat is an object of at most twelve fields; a row of a plan that has one seat, of thirteen,
 * with an array of one element in nine of them. The sections' form needs far less. */
#define IMPORT_VALUES_MAX ((size_t)ROUND_SEATS_MAX * 32)

static const char too_long[] = "something in it is longer than 65536 bytes";
_Static_assert(JSON_CUT_BYTES_MAX == 65536, "as the message says");

/* Where each stands: in the body's object, or in a member of it. */
static const struct {
    const char *outer, *key;
} array_names[] = {
    [PLAN_SEATS] = {NULL, "seats"},
    [PLAN_SECTIONS] = {NULL, "sections"},
    [PLAN_ROWS] = {"plan", "rows"},
    [PLAN_PRICES] = {"plan", "prices"},
};

/* ---- Texts ---- */

const char *round_plan_keep(struct round_plan *plan, const char *text, const char *before)
{
    if (text == NULL || (before != NULL && strcmp(text, before) == 0))
        return text == NULL ? NULL : before;
    const size_t bytes = strlen(text) + 1;
    char *kept = arena_take(&plan->texts, bytes);
    if (kept == NULL) {
        plan->refusal = REFUSAL_CAPACITY;
        return NULL;
    }
    return memcpy(kept, text, bytes);
}

/* ---- The seats' form ---- */

static void read_seat(struct body_object *object, struct seat_plan *seat)
{
    body_fill(object, body_schema(BODY_OF_seat), BODY_WHOLE, seat, NULL);
    const bool has_x = body_has(object, "x"), has_y = body_has(object, "y");
    if (has_x != has_y)
        body_error_says(object, has_x ? "y" : "x", RULE_TOGETHER, "is missing: a place has both");
    seat->placed = has_x && has_y;
    body_close(object);
}

bool round_plan_reserve(struct round_plan *plan, size_t count)
{
    struct seat_plan *seats =
        array_reserve(plan->seats, &plan->seat_room, plan->seat_count + count, sizeof *plan->seats);
    if (seats == NULL)
        plan->refusal = REFUSAL_CAPACITY;
    else
        plan->seats = seats;
    return seats != NULL;
}

/* Keeps what of the seat is good; seats past the last are errors, and were counted. Most have the
 * section, row and grade of the one before them, and then share its text. */
static void add_seat(struct round_plan *plan, struct body_object *object, size_t index)
{
    if (index >= ROUND_SEATS_MAX || !round_plan_reserve(plan, 1))
        return;
    CHECK(index == plan->seat_count);
    static const struct seat_plan none = {0};
    const struct seat_plan *before = index == 0 ? &none : &plan->seats[index - 1];
    struct seat_plan seat = {0};
    if (object != NULL)
        read_seat(object, &seat);
    seat.seat_number = round_plan_keep(plan, seat.seat_number, NULL);
    seat.section = round_plan_keep(plan, seat.section, before->section);
    seat.row = round_plan_keep(plan, seat.row, before->row);
    seat.number = round_plan_keep(plan, seat.number, NULL);
    seat.grade = round_plan_keep(plan, seat.grade, before->grade);
    plan->seats[plan->seat_count++] = seat;
}

/* ---- Elements, as they come ---- */

/* The key as a string; NULL: it is none. */
static json_t *key_as_json(const uint8_t *key, size_t length)
{
    return json_loadb((const char *)key, length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
}

/* The elements of another array begin. An array that came before keeps its own: its key is twice in
 * the frame, which is refused. */
static void array_begin(struct round_plan *plan, const struct json_element *element)
{
    json_decref(plan->array_key);
    json_decref(plan->outer_key);
    plan->array_number = element->array + 1;
    plan->array_key = key_as_json(element->key, element->key_length);
    plan->outer_key = element->outer_key == NULL
                          ? NULL
                          : key_as_json(element->outer_key, element->outer_key_length);
    plan->array = PLAN_NO_ARRAY;
    const char *key = json_string_value(plan->array_key);
    const char *outer = json_string_value(plan->outer_key);
    for (enum plan_array array = 0; key != NULL && array < PLAN_NO_ARRAY; array++)
        if (strcmp(key, array_names[array].key) == 0 &&
            same_plan_text(outer, array_names[array].outer) &&
            (outer != NULL) == (element->outer_key != NULL) && !plan->arrays_seen[array])
            plan->array = array;
    if (plan->array != PLAN_NO_ARRAY)
        plan->arrays_seen[plan->array] = true;
}

/* Past the last that all seats can name they are errors, and were counted. */
static void add_price(struct round_plan *plan, struct body_object *object)
{
    struct plan_price price = {.grade = NULL};
    if (plan->plan_price_count >= ROUND_SEATS_MAX)
        return;
    struct plan_price *prices = array_reserve(plan->plan_prices, &plan->plan_price_room,
                                              plan->plan_price_count + 1, sizeof *prices);
    if (prices == NULL) {
        plan->refusal = REFUSAL_CAPACITY;
        return;
    }
    plan->plan_prices = prices;
    if (object != NULL) {
        body_fill(object, body_schema(BODY_OF_drawing_price), BODY_WHOLE, &price, NULL);
        body_close(object);
    }
    price.grade = round_plan_keep(plan, price.grade, NULL);
    prices[plan->plan_price_count++] = price;
}

/* Takes an element, which is JSON if `parsed`; `path` is its own. */
static void add_element(struct round_plan *plan, enum plan_array array, bool parsed,
                        const struct body_path *path)
{
    struct body_object object;
    const bool good = parsed && body_object(plan->body, plan->body->root, path, &object);
    if (array == PLAN_SEATS)
        add_seat(plan, good ? &object : NULL, path->index);
    else if (array == PLAN_ROWS)
        plan_row_add(plan, good ? &object : NULL);
    else if (array == PLAN_PRICES)
        add_price(plan, good ? &object : NULL);
    else if (good)
        plan_section_add(plan, &object, path->index);
}

/* An element is no JSON: turns its line and column into those of the whole. An element that is too
 * long may turn out so before its end. */
static bool element_malformed(struct round_plan *plan, const struct json_element *element)
{
    struct body *body = plan->body;
    const struct json_place inner = {body->line, body->column};
    plan->refusal = REFUSAL_MALFORMED_JSON;
    if (element->too_long &&
        (body->malformed == NULL || json_place_is_end(inner, element->bytes, element->length))) {
        (void)body_malformed(body, too_long, element->before.line, element->before.column);
    } else if (body->line > 0) {
        const struct json_place place = json_element_place(element, inner);
        (void)body_malformed(body, body->malformed, place.line, place.column);
    }
    return false;
}

static bool take_element(void *owner, const struct json_element *element)
{
    struct round_plan *plan = owner;
    struct body *body = plan->body;
    if (plan->array_number != element->array + 1)
        array_begin(plan, element);
    const enum plan_array array = plan->array;
    const struct body_path outer = {.key = json_string_value(plan->outer_key)};
    const struct body_path above = {.parent = plan->outer_key == NULL ? NULL : &outer,
                                    .key = json_string_value(plan->array_key)};
    const struct body_path path = {.parent = &above, .index = element->index};
    /* It stands in an array, and that in one object or two. */
    const size_t depth = element->outer_key == NULL ? 2 : 3;
    const enum refusal refusal =
        body_parse_value(body, element->bytes, element->length, depth, &path);
    if (refusal == REFUSAL_MALFORMED_JSON || element->too_long)
        return element_malformed(plan, element);
    if (refusal == REFUSAL_CAPACITY) {
        plan->refusal = refusal;
        return false;
    }
    if (array != PLAN_NO_ARRAY) {
        plan->elements[array] = element->index + 1;
        add_element(plan, array, refusal == REFUSAL_NONE, &path);
    }
    body_forget(body);
    return plan->refusal != REFUSAL_CAPACITY;
}

/* ---- The frame ---- */

/* Makes line and column, where something is wrong with the frame, those of the whole. */
static enum refusal frame_malformed(struct round_plan *plan)
{
    struct body *body = plan->body;
    const struct json_place place =
        json_cut_place_of_frame(&plan->cut, (struct json_place){body->line, body->column});
    if (body->line > 0)
        (void)body_malformed(body, body->malformed, place.line, place.column);
    return REFUSAL_MALFORMED_JSON;
}

/* Whether the frame may be broken only because no more of it is there. Of a NUL, too, jansson says
 * that something ends too early, but not at the end. */
static bool is_by_end(const struct round_plan *plan)
{
    const struct body *body = plan->body;
    const struct json_cut *cut = &plan->cut;
    const struct json_place place = {body->line, body->column};
    if (cut->state == JSON_CUT_TOO_LONG)
        return json_place_is_end(place, cut->frame.data, cut->frame.length);
    return body->malformed == body_ends_too_early && place.line == cut->frame_place.line &&
           place.column == cut->frame_place.column;
}

/* The body is no JSON, for the reason that is given; but if its frame was broken before, that is
 * the reason. */
static void refuse_malformed(struct round_plan *plan, const char *why, int line, int column)
{
    struct body *body = plan->body;
    const struct buffer *frame = &plan->cut.frame;
    body_forget(body);
    plan->refusal = REFUSAL_MALFORMED_JSON;
    const bool broken =
        body_parse(body, frame->data, frame->length, BODY_VALUES_MAX) == REFUSAL_MALFORMED_JSON;
    if (broken && !is_by_end(plan))
        (void)frame_malformed(plan);
    else
        (void)body_malformed(body, why, line, column);
}

static void stop_reading(struct round_plan *plan)
{
    struct body *body = plan->body;
    const struct json_place place = plan->cut.place;
    switch (plan->cut.state) {
    case JSON_CUT_GOOD:
        return;
    case JSON_CUT_REFUSED:
        if (plan->refusal == REFUSAL_MALFORMED_JSON)
            refuse_malformed(plan, body->malformed, body->line, body->column);
        return;
    case JSON_CUT_SYNTAX:
        refuse_malformed(plan, body_syntax_error, place.line, place.column);
        return;
    case JSON_CUT_EARLY_END:
        refuse_malformed(plan, body_ends_too_early, place.line, place.column);
        return;
    case JSON_CUT_TOO_LONG:
        refuse_malformed(plan, too_long, place.line, place.column);
        return;
    case JSON_CUT_TOO_MANY:
        refuse_malformed(plan, body_too_many_values, 0, 0);
        return;
    case JSON_CUT_NO_MEMORY:
        plan->refusal = REFUSAL_CAPACITY;
        return;
    }
    UNREACHABLE("state of a cut");
}

/* Whether the body has the array; if so, its elements are of a good number. */
static bool read_array(struct round_plan *plan, struct body_object *root, enum plan_array array,
                       size_t max)
{
    const char *key = array_names[array].key;
    const json_t *empty;
    struct body_path path;
    return body_array(root, key, BODY_OPTIONAL, 0, SIZE_MAX, &empty, &path) &&
           body_count(root, key, plan->elements[array], 1, max);
}

/* Those of its plan, whose own frame was read; one that is no array was told. */
static void count_plan_arrays(struct round_plan *plan)
{
    const struct body_path path = {.key = "plan"};
    struct body_object object = {.body = plan->body, .path = &path};
    const json_t *rows = json_object_get(json_object_get(plan->body->root, "plan"), "rows");
    if (json_is_array(rows))
        (void)body_count(&object, "rows", plan->elements[PLAN_ROWS], 1, ROUND_SEATS_MAX);
    (void)body_count(&object, "prices", plan->elements[PLAN_PRICES], 0, ROUND_SEATS_MAX);
    if (plan->frame.format != NULL && strcmp(plan->frame.format, PLAN_FORMAT) != 0)
        body_error_says(&object, "format", RULE_FORMAT, "must be " PLAN_FORMAT);
}

/* A round has its seats in one way. */
static void check_sources(const struct round_plan *plan, struct body_object *root, size_t sources)
{
    if (sources != 1)
        body_error_says(root, NULL, RULE_ONE_OF,
                        "must have one of sections, seats, plan and planId");
    else if (plan->price_count > 0 && !body_has(root, "plan") && !body_has(root, "planId"))
        body_error_says(root, "prices", RULE_ALONE, "go with a plan alone");
}

static void *take_from_texts(void *owner, size_t bytes)
{
    struct round_plan *plan = owner;
    return arena_take(&plan->texts, bytes);
}

/* What is wanted after the frame is forgotten. */
static void keep_frame(struct round_plan *plan)
{
    struct number_by_name *prices = (struct number_by_name *)(uintptr_t)plan->prices;
    for (size_t i = 0; i < plan->price_count; i++)
        prices[i].name = round_plan_keep(plan, prices[i].name, NULL);
    plan->name = round_plan_keep(plan, plan->name, NULL);
}

static void read_frame(struct round_plan *plan)
{
    struct body *body = plan->body;
    const struct body_memory memory = {.owner = plan, .take = take_from_texts};
    struct body_object root;
    body_root(body, &root);
    const size_t errors = body->error_count;
    body_fill(&root, body_schema(plan->form), BODY_WHOLE, plan, &memory);
    size_t sources = 0;
    bool sections = false;
    if (plan->form == BODY_OF_round) {
        sections = read_array(plan, &root, PLAN_SECTIONS, ROUND_SECTIONS_MAX);
        sources = (size_t)sections + (size_t)read_array(plan, &root, PLAN_SEATS, ROUND_SEATS_MAX) +
                  (size_t)body_has(&root, "plan") + (size_t)body_has(&root, "planId");
    }
    body_close(&root);
    count_plan_arrays(plan);
    if (body->error_count == errors && plan->form == BODY_OF_round)
        check_sources(plan, &root, sources);
    if (body_good(body) && sections)
        plan_sections_expand(plan, &root);
    keep_frame(plan);
}

/* ---- All ---- */

void round_plan_init(struct round_plan *plan, struct body *body, enum body_name form)
{
    *plan = (struct round_plan){.body = body, .form = form, .frame.scale = 1};
    arena_init(&plan->texts);
    json_cut_init(&plan->cut, IMPORT_VALUES_MAX, take_element, plan);
}

void round_plan_release(struct round_plan *plan)
{
    json_cut_release(&plan->cut);
    json_decref(plan->array_key);
    json_decref(plan->outer_key);
    arena_release(&plan->texts);
    free(plan->row_starts);
    free(plan->lines);
    free(plan->plan_prices);
    free(plan->sections);
    free(plan->seats);
    plan->sections = NULL;
    plan->row_starts = NULL;
    plan->lines = NULL;
    plan->plan_prices = NULL;
    plan->seats = NULL;
}

void round_plan_feed(struct round_plan *plan, const uint8_t *bytes, size_t length)
{
    if (plan->refusal != REFUSAL_NONE)
        return;
    (void)json_cut_feed(&plan->cut, bytes, length);
    stop_reading(plan);
}

void round_plan_end(struct round_plan *plan)
{
    struct body *body = plan->body;
    if (plan->refusal != REFUSAL_NONE)
        return;
    (void)json_cut_end(&plan->cut);
    stop_reading(plan);
    if (plan->refusal == REFUSAL_NONE)
        plan->refusal =
            body_parse(body, plan->cut.frame.data, plan->cut.frame.length, BODY_VALUES_MAX);
    if (plan->refusal == REFUSAL_MALFORMED_JSON && plan->cut.state == JSON_CUT_GOOD)
        plan->refusal = frame_malformed(plan);
    if (plan->refusal != REFUSAL_NONE)
        return;
    read_frame(plan);
    if (plan->row_count > 0)
        plan_rows_end(plan);
    const bool compared = plan->form == BODY_OF_plan_check ||
                          (plan->elements[PLAN_SEATS] == 0 && plan->row_count == 0) ||
                          plan_chairs_compare(plan);
    if (plan->form == BODY_OF_round && plan->row_count > 0 && body_good(body))
        round_plan_take_prices(plan, plan);
    if (plan->form == BODY_OF_plan_check && body_good(body))
        round_plan_try_prices(plan, plan);
    body_forget(body);
    if (!compared)
        plan->refusal = REFUSAL_CAPACITY;
    else if (plan->refusal == REFUSAL_NONE && !body_good(body))
        plan->refusal = REFUSAL_INVALID_FIELD;
}
