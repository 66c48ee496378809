/* See seat_sheet.h. Cells become values of JSON, and are read as a body's are. */
#include "api/seat_sheet.h"

#include "api/csv.h"
#include "api/plan_chairs.h"
#include "base/array.h"
#include "base/check.h"
#include "base/utf8.h"
#include "record/limit.h"
#include "record/text.h"

#include <string.h>
#include <strings.h>

enum cell_type {
    CELL_TEXT,
    CELL_PRICE,
    CELL_POSITION,
    CELL_FLAG,
};

const char *const seat_column_texts[SEAT_COLUMN_COUNT] = {
#define COLUMN(name, text, type, member) [SEAT_COLUMN_##name] = text,
    SEAT_COLUMNS(COLUMN)
#undef COLUMN
};

static const struct {
    enum cell_type type;
    size_t offset; /* in struct seat_plan */
} seat_columns[SEAT_COLUMN_COUNT] = {
#define COLUMN(name, text, column_type, member)                                                    \
    [SEAT_COLUMN_##name] = {CELL_##column_type, offsetof(struct seat_plan, member)},
    SEAT_COLUMNS(COLUMN)
#undef COLUMN
};

/* ---- Errors ---- */

static void tell_at(struct seat_sheet *sheet, const struct body_path *path, enum rule rule,
                    const char *words)
{
    body_error_in_words(sheet->plan->body, path, rule, words);
}

/* Of the line that is being read. */
static void tell_line(struct seat_sheet *sheet, enum rule rule, const char *words)
{
    tell_at(sheet, &(struct body_path){.line = sheet->line}, rule, words);
}

static const char *fault_message(enum csv_fault fault)
{
    switch (fault) {
    case CSV_GOOD:
        break;
    case CSV_TOO_LONG:
        return "must have at most 1024 bytes";
    case CSV_NUL:
        return "must not contain U+0000";
    case CSV_QUOTE_INSIDE:
        return "has a quote, and does not stand in quotes";
    case CSV_BEHIND_QUOTES:
        return "has something behind its closing quote";
    case CSV_QUOTE_OPEN:
        return "has no closing quote";
    }
    UNREACHABLE("fault of CSV");
}
_Static_assert(CSV_CELL_BYTES_MAX == 1024, "as the message says");

/* ---- The names of the columns ---- */

static bool find_column(const char *text, enum seat_column *column)
{
    int found;
    const bool known = enumeration_parse(seat_column_texts, SEAT_COLUMN_COUNT, text, &found);
    if (known)
        *column = (enum seat_column)found;
    return known;
}

static bool has_column(const struct seat_sheet *sheet, enum seat_column column)
{
    for (size_t i = 0; i < sheet->column_count; i++)
        if (sheet->columns[i] == column)
            return true;
    return false;
}

static void take_name(struct seat_sheet *sheet, const struct csv_cell *cell)
{
    const struct body_path path = {.line = cell->line, .column = cell->column};
    enum seat_column column;
    if (cell->fault != CSV_GOOD)
        tell_at(sheet, &path, RULE_CELL, fault_message(cell->fault));
    else if (!find_column(cell->text, &column))
        tell_at(sheet, &path, RULE_UNKNOWN, "is no column that seats have");
    else if (has_column(sheet, column))
        tell_at(sheet, &path, RULE_TWICE, NULL);
    else
        sheet->columns[sheet->column_count++] = column;
}

static void end_names(struct seat_sheet *sheet)
{
    const struct body_path price = {.key = seat_column_texts[SEAT_COLUMN_PRICE],
                                    .line = sheet->line};
    sheet->headed = true;
    if (body_good(sheet->plan->body) && !has_column(sheet, SEAT_COLUMN_PRICE))
        tell_at(sheet, &price, RULE_MISSING, "is missing among the columns");
    /* Nobody knows then what the cells are. */
    if (!body_good(sheet->plan->body))
        sheet->plan->refusal = REFUSAL_INVALID_FIELD;
}

/* ---- Cells ---- */

/* Of what is no number, a text, which is then told to be none. NULL: no memory. */
static json_t *json_of_cell(const char *text, size_t length, enum cell_type type)
{
    json_t *number = NULL;
    if (type != CELL_TEXT)
        number = json_loadb(text, length, JSON_DECODE_ANY, NULL);
    if (number != NULL && json_is_number(number))
        return number;
    json_decref(number);
    return json_stringn_nocheck(text, length);
}

static bool read_flag(struct seat_sheet *sheet, const char *text, size_t length,
                      const struct body_path *path, bool *flag)
{
    *flag = (length == 4 && strncasecmp(text, "true", 4) == 0) || (length == 1 && *text == '1');
    if (*flag || (length == 5 && strncasecmp(text, "false", 5) == 0) ||
        (length == 1 && *text == '0'))
        return true;
    tell_at(sheet, path, RULE_TYPE, "must be true or false");
    return false;
}

/* The seat before it, whose texts serve again where they are the same. */
static const struct seat_plan *seat_before(const struct seat_sheet *sheet)
{
    static const struct seat_plan none = {0};
    const struct round_plan *plan = sheet->plan;
    return plan->seat_count == 0 ? &none : &plan->seats[plan->seat_count - 1];
}

static bool read_cell_text(struct seat_sheet *sheet, const json_t *json,
                           const struct body_path *path, size_t offset)
{
    const char *text = NULL, *before;
    memcpy(&before, (const uint8_t *)seat_before(sheet) + offset, sizeof before);
    if (!body_member_text(sheet->plan->body, json, path, TEXT_LABEL, 1, SEAT_TEXT_CHARACTERS_MAX,
                          &text))
        return false;
    text = round_plan_keep(sheet->plan, text, before);
    memcpy((uint8_t *)&sheet->seat + offset, &text, sizeof text);
    return true;
}

/* A good cell with something in it. */
static bool read_cell(struct seat_sheet *sheet, enum seat_column column, const char *text,
                      size_t length, const struct body_path *path)
{
    const enum cell_type type = seat_columns[column].type;
    uint8_t *member = (uint8_t *)&sheet->seat + seat_columns[column].offset;
    if (type == CELL_FLAG)
        return read_flag(sheet, text, length, path, (bool *)member);
    struct body *body = sheet->plan->body;
    const json_t *json = body->root = json_of_cell(text, length, type);
    bool good = false;
    if (json == NULL)
        sheet->plan->refusal = REFUSAL_CAPACITY;
    else if (type == CELL_TEXT)
        good = read_cell_text(sheet, json, path, seat_columns[column].offset);
    else if (type == CELL_PRICE)
        good = body_member_integer(body, json, path, 0, PRICE_MAX, (int64_t *)member);
    else
        good =
            body_member_real(body, json, path, -COORDINATE_MAX, COORDINATE_MAX, (double *)member);
    body_forget(body);
    return good;
}

/* A text that began like a formula had a ' put before it; blanks around anything are nothing. */
static const char *bare_text(const struct csv_cell *cell, enum seat_column column, size_t *length)
{
    size_t characters;
    const char *text = cell->text;
    *length = cell->length;
    if (!utf8_count(text, cell->length, &characters)) /* which is told when it is read */
        return text;
    if (seat_columns[column].type == CELL_TEXT)
        text = csv_unguarded(text);
    return text_trim(text, length);
}

static void take_seat_cell(struct seat_sheet *sheet, const struct csv_cell *cell)
{
    const bool empty = cell->length == 0 && cell->fault == CSV_GOOD;
    if (cell->column > sheet->column_count) {
        if (!empty && sheet->excess == 0)
            sheet->excess = cell->column;
        return;
    }
    const enum seat_column column = sheet->columns[cell->column - 1];
    const struct body_path path = {
        .key = seat_column_texts[column], .line = cell->line, .column = cell->column};
    size_t length;
    const char *text = bare_text(cell, column, &length);
    sheet->said[column] = length > 0 || cell->fault != CSV_GOOD;
    if (!sheet->said[column] || sheet->seats >= ROUND_SEATS_MAX)
        return;
    bool good = false;
    if (cell->fault != CSV_GOOD)
        tell_at(sheet, &path, RULE_CELL, fault_message(cell->fault));
    else
        good = read_cell(sheet, column, text, length, &path);
    sheet->misnamed = sheet->misnamed || (!good && seat_columns[column].type == CELL_TEXT);
}

/* ---- Seats ---- */

static size_t place_of_column(const struct seat_sheet *sheet, enum seat_column column)
{
    for (size_t i = 0; i < sheet->column_count; i++)
        if (sheet->columns[i] == column)
            return i + 1;
    return 0;
}

static void tell_column(struct seat_sheet *sheet, enum seat_column column, enum rule rule,
                        const char *words)
{
    const struct body_path path = {.key = seat_column_texts[column],
                                   .line = sheet->line,
                                   .column = place_of_column(sheet, column)};
    tell_at(sheet, &path, rule, words);
}

/* Where nobody gives a seatNumber, it is made of the others. */
static void name_sheet_seat(struct seat_sheet *sheet)
{
    struct seat_plan *seat = &sheet->seat;
    char name[SEAT_NAME_BYTES];
    const bool fits =
        seat_name_next(&sheet->plan->naming, seat->section, seat->row, seat->number, name);
    if (sheet->said[SEAT_COLUMN_SEAT_NUMBER])
        return;
    if (fits)
        seat->seat_number = round_plan_keep(sheet->plan, name, NULL);
    else
        tell_line(sheet, RULE_NAME_TOO_LONG,
                  "has section, row and number of more than 64 characters with what is between");
}

/* Room for a seat and its line; false: no memory. */
static bool reserve_seat(struct round_plan *plan)
{
    uint32_t *lines =
        array_reserve(plan->lines, &plan->line_room, plan->seat_count + 1, sizeof *plan->lines);
    if (lines == NULL)
        plan->refusal = REFUSAL_CAPACITY;
    else
        plan->lines = lines;
    return lines != NULL && round_plan_reserve(plan, 1);
}

/* A seat with a faulty text is not compared with others, and not kept. */
static void add_sheet_seat(struct seat_sheet *sheet)
{
    struct round_plan *plan = sheet->plan;
    const bool *said = sheet->said;
    if (!said[SEAT_COLUMN_PRICE])
        tell_column(sheet, SEAT_COLUMN_PRICE, RULE_MISSING, NULL);
    if (said[SEAT_COLUMN_X] != said[SEAT_COLUMN_Y])
        tell_column(sheet, said[SEAT_COLUMN_X] ? SEAT_COLUMN_Y : SEAT_COLUMN_X, RULE_TOGETHER,
                    "is missing: a place has both");
    if (sheet->excess > 0)
        tell_at(sheet, &(struct body_path){.line = sheet->line, .column = sheet->excess},
                RULE_UNKNOWN, "is past the last column");
    if (sheet->misnamed)
        return;
    name_sheet_seat(sheet);
    if (!reserve_seat(plan))
        return;
    sheet->seat.placed = said[SEAT_COLUMN_X] && said[SEAT_COLUMN_Y];
    plan->lines[plan->seat_count] = (uint32_t)sheet->line;
    plan->seats[plan->seat_count++] = sheet->seat;
}

static bool is_blank_row(const struct seat_sheet *sheet)
{
    for (enum seat_column column = 0; column < SEAT_COLUMN_COUNT; column++)
        if (sheet->said[column])
            return false;
    return sheet->excess == 0;
}

/* Rows in which nothing stands, as spreadsheets leave them, are passed over. Those past the last
 * are told once. */
static void end_seat(struct seat_sheet *sheet)
{
    if (is_blank_row(sheet))
        return;
    if (sheet->seats < ROUND_SEATS_MAX)
        add_sheet_seat(sheet);
    else if (sheet->seats == ROUND_SEATS_MAX)
        tell_line(sheet, RULE_SEATS_TOO_MANY, "is past the 200000 seats that a round may have");
    sheet->seats++;
}
_Static_assert(ROUND_SEATS_MAX == 200000, "as the message says");

/* ---- All ---- */

static void begin_row(struct seat_sheet *sheet, size_t line)
{
    sheet->line = line;
    sheet->seat = (struct seat_plan){.seat_number = NULL};
    memset(sheet->said, 0, sizeof sheet->said);
    sheet->excess = 0;
    sheet->misnamed = false;
}

static void take_csv_cell(void *owner, const struct csv_cell *cell)
{
    struct seat_sheet *sheet = owner;
    if (sheet->plan->refusal != REFUSAL_NONE)
        return;
    if (cell->column == 1)
        begin_row(sheet, cell->line);
    if (sheet->headed)
        take_seat_cell(sheet, cell);
    else
        take_name(sheet, cell);
}

static void take_csv_row(void *owner)
{
    struct seat_sheet *sheet = owner;
    if (sheet->plan->refusal != REFUSAL_NONE)
        return;
    if (sheet->headed)
        end_seat(sheet);
    else
        end_names(sheet);
}

void seat_sheet_init(struct seat_sheet *sheet, struct round_plan *plan)
{
    *sheet = (struct seat_sheet){.plan = plan};
    csv_reader_init(&sheet->reader, take_csv_cell, take_csv_row, sheet);
}

void seat_sheet_feed(struct seat_sheet *sheet, const uint8_t *bytes, size_t length)
{
    if (sheet->plan->refusal == REFUSAL_NONE)
        csv_reader_feed(&sheet->reader, bytes, length);
}

void seat_sheet_end(struct seat_sheet *sheet)
{
    struct round_plan *plan = sheet->plan;
    if (plan->refusal != REFUSAL_NONE)
        return;
    csv_reader_end(&sheet->reader);
    if (plan->refusal != REFUSAL_NONE)
        return;
    if (!sheet->headed)
        tell_at(sheet, &(struct body_path){.line = 1}, RULE_MISSING,
                "must have the names of the columns");
    else if (sheet->seats == 0)
        tell_line(sheet, RULE_MISSING, "must be followed by at least one seat");
    if (!plan_chairs_compare(plan))
        plan->refusal = REFUSAL_CAPACITY;
    else if (!body_good(plan->body))
        plan->refusal = REFUSAL_INVALID_FIELD;
}
