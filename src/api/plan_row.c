/* See plan_row.h. */
#include "api/plan_row.h"

#include "base/array.h"
#include "record/limit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The arrays of a row; NULL: it has none, or an empty one. */
struct row_arrays {
    const json_t *numbers, *seat_numbers, *x, *y;
    struct body_path numbers_path, seat_numbers_path, x_path, y_path;
};

/* An array that has an element for each seat, or none. */
static const json_t *ask_array(struct body_object *object, const char *key, int64_t count,
                               struct body_path *path)
{
    const json_t *array;
    if (!body_array(object, key, BODY_OPTIONAL, 0, SIZE_MAX, &array, path) ||
        json_array_size(array) == 0)
        return NULL;
    if (json_array_size(array) == (size_t)count)
        return array;
    body_error_says(object, key, RULE_ROW_LENGTH, "must have one element for each seat, or none");
    return NULL;
}

/* ---- What the seats are called ---- */

/* NULL: there is none, or a faulty one, which was told. */
static const char *read_label(struct round_plan *plan, const json_t *array,
                              const struct body_path *path)
{
    const char *text = NULL;
    if (array != NULL && !json_is_null(json_array_get(array, path->index)))
        (void)body_element_text(plan->body, array, path, TEXT_LABEL, 1, SEAT_TEXT_CHARACTERS_MAX,
                                &text);
    return text;
}

static const char *number_of(struct round_plan *plan, const struct row_head *head,
                             const struct row_arrays *arrays, size_t index)
{
    const struct body_path path = {.parent = &arrays->numbers_path, .index = index};
    const char *text = NULL;
    char counted[24];
    if (head->first_number > 0) {
        (void)snprintf(counted, sizeof counted, "%lld",
                       (long long)head->first_number + (long long)index);
        text = counted;
    } else {
        text = read_label(plan, arrays->numbers, &path);
    }
    return round_plan_keep(plan, text, NULL);
}

/* As the row has it, or made of what stands beside it. False: that is too long. */
static bool name_seat(struct round_plan *plan, const struct row_arrays *arrays, size_t index,
                      struct seat_plan *seat)
{
    const struct body_path path = {.parent = &arrays->seat_numbers_path, .index = index};
    const char *given = read_label(plan, arrays->seat_numbers, &path);
    char made[SEAT_NAME_BYTES];
    const bool fits = seat_name_next(&plan->naming, seat->section, seat->row, seat->number, made);
    if (given != NULL || fits)
        seat->seat_number = round_plan_keep(plan, given == NULL ? made : given, NULL);
    return given != NULL || fits;
}

/* ---- Where they stand ---- */

/* The sum of the steps so far. */
static double step_from(struct round_plan *plan, const json_t *array, const struct body_path *above,
                        size_t index, double before)
{
    const struct body_path path = {.parent = above, .index = index};
    int64_t value = 0;
    (void)body_element_integer(plan->body, array, &path, -PLAN_STEP_MAX, PLAN_STEP_MAX, &value);
    return before + (double)value;
}

/* ---- What they cost ---- */

/* Gives the next seats of the row, from `done` on, this price of the plan's. */
static bool add_run(struct round_plan *plan, struct seat_plan *seats, int64_t left,
                    const struct plan_run *run)
{
    if (run->count > left)
        return false;
    for (int64_t i = 0; i < run->count; i++)
        seats[i].price = run->price;
    if (run->price >= plan->reach.end)
        plan->reach = (struct price_reach){.end = run->price + 1, .last_row = plan->row_count};
    return true;
}

static void read_runs(struct round_plan *plan, struct body_object *object,
                      const struct row_head *head, struct seat_plan *seats)
{
    const json_t *array;
    struct body_path path;
    int64_t done = 0;
    if (!body_array(object, "prices", BODY_OPTIONAL, 0, SIZE_MAX, &array, &path) ||
        json_array_size(array) == 0)
        return;
    for (size_t i = 0; i < json_array_size(array); i++) {
        const struct body_path element = {.parent = &path, .index = i};
        struct body_object inner;
        struct plan_run run = {.price = 0};
        if (!body_object(object->body, json_array_get(array, i), &element, &inner))
            return;
        body_fill(&inner, body_schema(BODY_OF_plan_run), BODY_WHOLE, &run, NULL);
        body_close(&inner);
        if (run.count == 0)
            return;
        if (!add_run(plan, seats + done, head->count - done, &run)) {
            done = 0;
            break;
        }
        done += run.count;
    }
    if (done != head->count)
        body_error(object, "prices", RULE_ROW_LENGTH);
}

/* ---- Flags ---- */

/* `flag` is the place of a bool in struct seat_plan. */
static void read_flags(struct body_object *object, const char *key, const struct row_head *head,
                       struct seat_plan *seats, size_t flag)
{
    const json_t *array;
    struct body_path path;
    if (!body_array(object, key, BODY_OPTIONAL, 0, SIZE_MAX, &array, &path))
        return;
    for (size_t i = 0; i < json_array_size(array); i++) {
        const struct body_path element = {.parent = &path, .index = i};
        int64_t seat;
        if (body_element_integer(object->body, array, &element, 0, head->count - 1, &seat))
            *(bool *)((uint8_t *)&seats[seat] + flag) = true;
    }
}

/* ---- Rows ---- */

static void read_seats(struct round_plan *plan, struct body_object *object,
                       const struct row_head *head, struct seat_plan *seats)
{
    struct row_arrays arrays;
    arrays.numbers = ask_array(object, "numbers", head->count, &arrays.numbers_path);
    arrays.seat_numbers = ask_array(object, "seatNumbers", head->count, &arrays.seat_numbers_path);
    arrays.x = ask_array(object, "x", head->count, &arrays.x_path);
    arrays.y = ask_array(object, "y", head->count, &arrays.y_path);
    if ((arrays.x == NULL) != (arrays.y == NULL))
        body_error(object, arrays.x == NULL ? "x" : "y", RULE_TOGETHER);
    if (head->first_number > 0 && arrays.numbers != NULL)
        body_error_says(object, "numbers", RULE_ALONE, "must not stand beside firstNumber");
    double x = 0, y = 0;
    bool fits = true;
    for (size_t i = 0; i < (size_t)head->count; i++) {
        struct seat_plan *seat = &seats[i];
        seat->placed = arrays.x != NULL && arrays.y != NULL;
        seat->x = x = arrays.x == NULL ? 0 : step_from(plan, arrays.x, &arrays.x_path, i, x);
        seat->y = y = arrays.y == NULL ? 0 : step_from(plan, arrays.y, &arrays.y_path, i, y);
        const size_t errors = plan->body->error_count;
        seat->number = number_of(plan, head, &arrays, i);
        if (plan->body->error_count == errors) /* a faulty number makes no name */
            fits = name_seat(plan, &arrays, i, seat) && fits;
    }
    if (!fits)
        body_error_says(
            object, NULL, RULE_NAME_TOO_LONG,
            "has section, row and number of more than 64 characters with what is between");
}

/* Room for a row and its seats; false: no memory. */
static bool reserve_row(struct round_plan *plan, int64_t seats)
{
    uint32_t *starts = array_reserve(plan->row_starts, &plan->row_room, plan->row_count + 1,
                                     sizeof *plan->row_starts);
    if (starts == NULL)
        plan->refusal = REFUSAL_CAPACITY;
    else
        plan->row_starts = starts;
    return starts != NULL && (seats == 0 || round_plan_reserve(plan, (size_t)seats));
}

/* The seats with what all of them have. */
static struct seat_plan *add_seats(struct round_plan *plan, const struct row_head *head)
{
    static const struct seat_plan none = {0};
    const struct seat_plan *before =
        plan->seat_count == 0 ? &none : &plan->seats[plan->seat_count - 1];
    const struct seat_plan seat = {
        .section = round_plan_keep(plan, head->section, before->section),
        .row = round_plan_keep(plan, head->row, before->row),
        .price = PRICE_NONE,
    };
    struct seat_plan *seats = &plan->seats[plan->seat_count];
    for (int64_t i = 0; i < head->count; i++)
        seats[i] = seat;
    plan->seat_count += (size_t)head->count;
    return seats;
}

void plan_row_add(struct round_plan *plan, struct body_object *object)
{
    struct row_head head = {.count = 0};
    if (object != NULL)
        body_fill(object, body_schema(BODY_OF_plan_row), BODY_WHOLE, &head, NULL);
    if (plan->seat_count + (size_t)head.count > ROUND_SEATS_MAX) {
        body_error_says(object, "count", RULE_SEATS_TOO_MANY,
                        "makes more than 200000 seats with the rows before");
        head.count = 0;
    }
    if (plan->row_count >= ROUND_SEATS_MAX || !reserve_row(plan, head.count))
        return;
    plan->row_starts[plan->row_count] = (uint32_t)plan->seat_count;
    if (head.count > 0) {
        struct seat_plan *seats = add_seats(plan, &head);
        read_seats(plan, object, &head, seats);
        read_runs(plan, object, &head, seats);
        read_flags(object, "accessible", &head, seats, offsetof(struct seat_plan, accessible));
        read_flags(object, "companion", &head, seats, offsetof(struct seat_plan, companion));
        read_flags(object, "restrictedView", &head, seats,
                   offsetof(struct seat_plan, restricted_view));
        body_close(object);
    }
    plan->row_count++;
}

size_t plan_row_of_seat(const struct round_plan *plan, size_t seat)
{
    size_t low = 0, high = plan->row_count;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (plan->row_starts[middle] <= seat)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* ---- The end ---- */

static void row_error(struct round_plan *plan, size_t row, const char *key, enum rule rule)
{
    const struct body_path outer = {.key = "plan"}, array = {.parent = &outer, .key = "rows"};
    const struct body_path path = {.parent = &array, .index = row};
    const struct body_path member = {.parent = &path, .key = key};
    body_error_at(plan->body, &member, rule);
}

/* False: it stands further out than any seat may. */
static bool set_position(struct seat_plan *seat, double scale)
{
    seat->x /= scale;
    seat->y /= scale;
    return fabs(seat->x) <= COORDINATE_MAX && fabs(seat->y) <= COORDINATE_MAX;
}

static void set_positions(struct round_plan *plan)
{
    const double scale = (double)plan->frame.scale;
    size_t told = SIZE_MAX;
    for (size_t i = 0; i < plan->seat_count; i++) {
        if (set_position(&plan->seats[i], scale) || plan_row_of_seat(plan, i) == told)
            continue;
        told = plan_row_of_seat(plan, i);
        row_error(plan, told, fabs(plan->seats[i].x) > COORDINATE_MAX ? "x" : "y", RULE_TOO_FAR);
    }
}

static void set_price(const struct round_plan *plan, struct seat_plan *seat)
{
    if (seat->price == PRICE_NONE)
        return;
    const struct plan_price *price = &plan->plan_prices[seat->price];
    seat->grade = price->grade;
    seat->price = price->priced ? price->price : PRICE_NONE;
}

void plan_rows_end(struct round_plan *plan)
{
    set_positions(plan);
    if (plan->reach.end > (int64_t)plan->plan_price_count) {
        row_error(plan, plan->reach.last_row, "prices", RULE_PRICE_UNKNOWN);
        return;
    }
    for (size_t i = 0; i < plan->seat_count; i++)
        set_price(plan, &plan->seats[i]);
}
