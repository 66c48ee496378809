/* A round's seats as CSV, in the columns that a new round takes (seat_sheet.h): from the snapshot
 * that was there when it was asked for, a piece at a time as the client takes it. */
#include "api/ask.h"
#include "api/csv.h"
#include "api/export.h"
#include "api/handlers.h"
#include "api/problem.h"
#include "api/query.h"
#include "api/service.h"
#include "base/check.h"
#include "http/stream.h"

#include <stdlib.h>

/* A piece is written when it is as long as this: a quarter of a millisecond's work, after which the
 * loop serves its other connections. */
#define SEATS_PIECE_BYTES ((size_t)64 << 10)

_Static_assert(SEATS_PIECE_BYTES + CSV_ROW_BYTES_MAX <= STREAM_PENDING_BYTES_MAX,
               "a stream that has nothing pending takes a piece");

/* One that is under way. All that happens to it happens on its stream's loop. */
struct seat_export {
    struct exports *exports;
    const struct round_snapshot *round;
    size_t next; /* seat */
    struct stream *stream;
};

static void seat_export_free(struct seat_export *export)
{
    if (export->stream != NULL)
        stream_drop(export->stream);
    engine_round_release(export->round);
    exports_leave(export->exports);
    free(export);
}

static void seat_export_gone(void *owner)
{
    seat_export_free(owner);
}

/* False: no memory. */
static bool put_sheet_seats(struct seat_export *export, struct buffer *piece)
{
    const struct seat_map *map = export->round->map;
    bool good = export->next > 0 || csv_header(piece, OBJECT_sheet_seat);
    while (good && export->next < map->seat_count && piece->length < SEATS_PIECE_BYTES) {
        const struct shown_seat seat = {.seat = map->seats[export->next]};
        good = csv_row(piece, OBJECT_sheet_seat, &seat, NULL);
        export->next += good;
    }
    return good;
}

/* The next piece, and then the end or the wait for room. A stream that is over by itself tells so
 * (seat_export_gone). */
static void write_seats_on(struct seat_export *export)
{
    struct buffer piece;
    buffer_init(&piece, STREAM_PENDING_BYTES_MAX);
    const bool good = put_sheet_seats(export, &piece);
    if (good)
        (void)stream_write(export->stream, piece.data, piece.length);
    buffer_release(&piece);
    const bool last = export->next == export->round->map->seat_count;
    if (!good ? stream_cut(export->stream) : last && stream_end(export->stream))
        seat_export_free(export);
    else if (good && !last)
        stream_await(export->stream);
}

static void seat_export_room(void *owner)
{
    write_seats_on(owner);
}

/* NULL: no memory; then the place and the snapshot are given back. */
static struct seat_export *seat_export_new(struct exports *exports,
                                           const struct round_snapshot *round)
{
    struct seat_export *export = calloc(1, sizeof *export);
    if (export == NULL) {
        engine_round_release(round);
        exports_leave(exports);
        return NULL;
    }
    *export = (struct seat_export){.exports = exports, .round = round};
    return export;
}

static void begin_seats(struct enquiry *enquiry, struct seat_export *export)
{
    const struct stream_plan plan = {.content_type = "text/csv; charset=utf-8",
                                     .owner = export,
                                     .gone = seat_export_gone,
                                     .room = seat_export_room,
                                     .is_whole = true};
    export->stream = stream_begin(&enquiry->exchange, &plan);
    if (export->stream == NULL)
        seat_export_free(export);
    else
        write_seats_on(export);
}

/* Who makes rounds may ask, of drafts too. */
static void answer_seats_export(struct enquiry *enquiry)
{
    struct exports *exports = &enquiry->api->exports;
    const struct id *round_id = enquiry->work;
    if (problem_of_call(enquiry))
        return;
    if (!exports_enter(exports, EXPORTS_MAX)) {
        problem_answer(enquiry, REFUSAL_BUSY);
        return;
    }
    const struct round_snapshot *round = engine_round(enquiry->api->engine, *round_id);
    if (round == NULL) {
        exports_leave(exports);
        problem_answer(enquiry, REFUSAL_NOT_FOUND);
        return;
    }
    struct seat_export *export = seat_export_new(exports, round);
    if (export == NULL)
        problem_answer(enquiry, REFUSAL_CAPACITY);
    else
        begin_seats(enquiry, export);
}

void get_seats_export(struct enquiry *enquiry)
{
    struct id round_id = ID_NONE;
    if (!query_id(enquiry, "roundId", record_schema(RECORD_KIND_CONCERT_ROUND)->prefix, &round_id))
        return;
    if (id_is_none(round_id)) {
        problem_parameter(enquiry, "roundId", &(struct breach){.rule = RULE_MISSING});
        return;
    }
    struct id *asked = ask_work(enquiry, sizeof *asked);
    if (asked == NULL)
        return;
    *asked = round_id;
    (void)enquiry_call(enquiry, VERB_ROUND_IMPORT);
    enquiry_submit(enquiry, answer_seats_export);
}
