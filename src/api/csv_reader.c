/* See csv_reader.h. */
#include "api/csv_reader.h"

#include "base/check.h"

#include <string.h>

static const uint8_t byte_order_mark[] = {0xef, 0xbb, 0xbf};

void csv_reader_init(struct csv_reader *reader, csv_cell_taker *take_cell, csv_row_taker *take_row,
                     void *owner)
{
    *reader = (struct csv_reader){
        .take_cell = take_cell, .take_row = take_row, .owner = owner, .line = 1};
}

/* ---- Cells ---- */

/* The first fault of a cell is the one that is told. */
static void set_fault(struct csv_reader *reader, enum csv_fault fault)
{
    if (reader->cell.fault == CSV_GOOD)
        reader->cell.fault = fault;
}

static void add_byte(struct csv_reader *reader, uint8_t byte)
{
    struct csv_cell *cell = &reader->cell;
    if (byte == '\0')
        set_fault(reader, CSV_NUL);
    else if (cell->length == CSV_CELL_BYTES_MAX)
        set_fault(reader, CSV_TOO_LONG);
    else
        reader->text[cell->length++] = (char)byte;
}

static void begin_csv_cell(struct csv_reader *reader)
{
    const size_t column = reader->row_begun ? reader->cell.column + 1 : 1;
    reader->cell = (struct csv_cell){.text = reader->text, .line = reader->line, .column = column};
}

static void end_csv_cell(struct csv_reader *reader)
{
    reader->text[reader->cell.length] = '\0';
    reader->take_cell(reader->owner, &reader->cell);
    reader->row_begun = true;
    reader->state = CSV_CELL;
}

static void end_csv_row(struct csv_reader *reader)
{
    end_csv_cell(reader);
    reader->take_row(reader->owner);
    reader->row_begun = false;
}

/* ---- Bytes ---- */

static bool ends_line(uint8_t byte)
{
    return byte == '\r' || byte == '\n';
}

/* Lines count wherever they end, also in quotes. */
static void count_line(struct csv_reader *reader, uint8_t byte)
{
    if (byte == '\r' || (byte == '\n' && !reader->return_seen))
        reader->line++;
    reader->return_seen = byte == '\r';
}

/* A comma or the end of a line; false: neither. The line is counted after the row. */
static bool ends_cell(struct csv_reader *reader, uint8_t byte)
{
    if (byte == ',')
        end_csv_cell(reader);
    else if (ends_line(byte))
        end_csv_row(reader);
    else
        return false;
    return true;
}

static void read_outside_quotes(struct csv_reader *reader, uint8_t byte)
{
    if (ends_cell(reader, byte))
        return;
    if (reader->state == CSV_QUOTE_SEEN) {
        set_fault(reader, CSV_BEHIND_QUOTES);
        return;
    }
    if (byte == '"')
        set_fault(reader, CSV_QUOTE_INSIDE);
    add_byte(reader, byte);
}

static void begin_cell_with(struct csv_reader *reader, uint8_t byte)
{
    begin_csv_cell(reader);
    reader->state = byte == '"' ? CSV_QUOTED : CSV_PLAIN;
    if (reader->state == CSV_PLAIN)
        read_outside_quotes(reader, byte);
}

static void read_byte(struct csv_reader *reader, uint8_t byte)
{
    /* The second half of a line's end. */
    if (byte == '\n' && reader->return_seen && reader->state == CSV_CELL && !reader->row_begun) {
        reader->return_seen = false;
        return;
    }
    switch (reader->state) {
    case CSV_MARK:
    case CSV_CELL:
        begin_cell_with(reader, byte);
        break;
    case CSV_PLAIN:
        read_outside_quotes(reader, byte);
        break;
    case CSV_QUOTED:
        if (byte == '"')
            reader->state = CSV_QUOTE_SEEN;
        else
            add_byte(reader, byte);
        break;
    case CSV_QUOTE_SEEN:
        if (byte == '"' && reader->cell.fault != CSV_BEHIND_QUOTES) {
            add_byte(reader, byte);
            reader->state = CSV_QUOTED;
        } else {
            read_outside_quotes(reader, byte);
        }
        break;
    }
    count_line(reader, byte);
}

/* Bytes that only began like the mark are text. */
static void end_mark(struct csv_reader *reader)
{
    reader->state = CSV_CELL;
    for (size_t i = 0; i < reader->mark && reader->mark < sizeof byte_order_mark; i++)
        read_byte(reader, byte_order_mark[i]);
}

static void read_mark(struct csv_reader *reader, uint8_t byte)
{
    CHECK(reader->mark < sizeof byte_order_mark);
    if (byte == byte_order_mark[reader->mark]) {
        if (++reader->mark == sizeof byte_order_mark)
            end_mark(reader);
        return;
    }
    end_mark(reader);
    read_byte(reader, byte);
}

void csv_reader_feed(struct csv_reader *reader, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (reader->state == CSV_MARK)
            read_mark(reader, bytes[i]);
        else
            read_byte(reader, bytes[i]);
}

void csv_reader_end(struct csv_reader *reader)
{
    if (reader->state == CSV_MARK)
        end_mark(reader);
    if (reader->state == CSV_CELL && !reader->row_begun)
        return;
    if (reader->state == CSV_CELL)
        begin_csv_cell(reader);
    if (reader->state == CSV_QUOTED)
        set_fault(reader, CSV_QUOTE_OPEN);
    end_csv_row(reader);
}
