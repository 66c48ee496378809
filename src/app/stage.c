/* Making concerts and rounds; see stage.h. */
#include "app/stage.h"

#include "app/account.h"
#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>

enum result stage_concert(struct box_office *office, const struct credentials *organizer,
                          const char *title, const char *description, timestamp_ms open_at,
                          timestamp_ms close_at, struct id *concert_id,
                          struct explanation *explanation)
{
    struct call call = {
        .verb = VERB_CONCERT_CREATE,
        .credentials = *organizer,
        .in.concert = {.title = title,
                       .description = description,
                       .reservation_open_at = open_at,
                       .reservation_close_at = close_at},
    };
    box_office_ask(office, &call);
    enum result result = RESULT_OK;
    if (call.refusal == REFUSAL_NONE)
        *concert_id = call.record->as.concert.id;
    else
        result = account_refused(title, call.refusal, explanation);
    call_release(&call);
    return result;
}

/* The texts of one seat. */
struct seat_text {
    char seat_number[SEAT_TEXT_CHARACTERS_MAX + 1];
    char row[12], number[12];
};

static void plan_seat(const struct stage_section *section, size_t index, struct seat_text *text,
                      struct seat_plan *seat)
{
    const unsigned row = (unsigned)(index / section->seats_per_row + 1);
    const unsigned number = (unsigned)(index % section->seats_per_row + 1);
    (void)snprintf(text->row, sizeof text->row, "%u", row);
    (void)snprintf(text->number, sizeof text->number, "%u", number);
    const int length = snprintf(text->seat_number, sizeof text->seat_number, "%s-%u-%u",
                                section->name, row, number);
    CHECK(length > 0 && (size_t)length < sizeof text->seat_number); /* names are short, and ours */
    *seat = (struct seat_plan){
        .seat_number = text->seat_number,
        .section = section->name,
        .row = text->row,
        .number = text->number,
        .grade = section->grade,
        .price = section->price,
    };
}

enum result stage_seats(struct box_office *office, const struct credentials *organizer,
                        struct id concert_id, timestamp_ms start_time,
                        const struct seat_plan *seats, size_t seat_count, struct id *round_id,
                        struct explanation *explanation)
{
    CHECK(seat_count >= 1 && seat_count <= ROUND_SEATS_MAX);
    struct call call = {
        .verb = VERB_ROUND_CREATE,
        .credentials = *organizer,
        .in.round = {.concert_id = concert_id,
                     .start_time = start_time,
                     .seats = seats,
                     .seat_count = seat_count},
    };
    box_office_ask(office, &call);
    enum result result = RESULT_OK;
    if (call.refusal == REFUSAL_NONE)
        *round_id = call.record->as.concert_round.id;
    else
        result = account_refused("a round", call.refusal, explanation);
    call_release(&call);
    return result;
}

enum result stage_round(struct box_office *office, const struct credentials *organizer,
                        struct id concert_id, timestamp_ms start_time,
                        const struct stage_section *sections, size_t section_count,
                        struct id *round_id, struct explanation *explanation)
{
    size_t total = 0;
    for (size_t i = 0; i < section_count; i++)
        total += sections[i].seats;
    CHECK(total >= 1 && total <= ROUND_SEATS_MAX);
    struct seat_plan *seats = calloc(total, sizeof *seats);
    struct seat_text *texts = calloc(total, sizeof *texts);
    enum result result = RESULT_OK;
    if (seats == NULL || texts == NULL) {
        result = explain(explanation, RESULT_NO_MEMORY, "no memory for %zu seats", total);
    } else {
        size_t planned = 0;
        for (size_t i = 0; i < section_count; i++)
            for (size_t j = 0; j < sections[i].seats; j++, planned++)
                plan_seat(&sections[i], j, &texts[planned], &seats[planned]);
        result = stage_seats(office, organizer, concert_id, start_time, seats, total, round_id,
                             explanation);
    }
    free(texts);
    free(seats);
    return result;
}
