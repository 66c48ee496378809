/* Rows about concerts, rounds and their seats. */
#include "row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Concerts ---- */

static void concert_facts(struct play *play, const char *name)
{
    if (play->call.refusal != REFUSAL_NONE || play->call.record == NULL)
        return;
    const struct concert *row = &play->call.record->as.concert;
    if (play->call.created)
        play_rename(play, NAME_CONCERT, name)->id = row->id;
    fact_text(play, "title", row->title);
    fact_text(play, "description", row->description);
    fact_time(play, "open", row->reservation_open_at);
    fact_time(play, "close", row->reservation_close_at);
    fact_text(play, "status", concert_status_texts[row->status]);
    fact_text(play, "place", row->place == NULL ? "none" : row->place);
    fact_text(play, "external", row->external_id == NULL ? "none" : row->external_id);
    fact_number(play, "per_reservation", row->max_seats_per_reservation);
    fact_number(play, "per_user", row->max_seats_per_user);
}

/* "none" is how a row says that there is to be none. */
static const char *option_or_none(const struct play *play, const char *name, bool *given)
{
    const char *text = row_option(play, name);
    *given = text != NULL;
    return text == NULL || strcmp(text, "none") == 0 ? NULL : text;
}

static void read_terms(struct play *play)
{
    struct concert_terms *terms = &play->call.in.concert.terms;
    const char *status = row_option(play, "status");
    terms->has_status = status != NULL;
    if (status != NULL && strcmp(status, "draft") == 0)
        terms->status = CONCERT_STATUS_DRAFT;
    terms->place = option_or_none(play, "place", &terms->has_place);
    terms->external_id = option_or_none(play, "external", &terms->has_external_id);
    terms->has_max_seats_per_reservation = row_option(play, "per_reservation") != NULL;
    terms->max_seats_per_reservation = row_number(play, "per_reservation", 0);
    terms->has_max_seats_per_user = row_option(play, "per_user") != NULL;
    terms->max_seats_per_user = row_number(play, "per_user", 0);
}

bool row_concert(struct play *play)
{
    if (!play_begin(play, VERB_CONCERT_CREATE))
        return false;
    const char *title = row_option(play, "title"), *description = row_option(play, "description");
    play->call.in.concert.title = title == NULL ? row_word(play, 2) : title;
    play->call.in.concert.description = description == NULL ? "" : description;
    play->call.in.concert.reservation_open_at = row_time(play, "open", STAGE_START);
    play->call.in.concert.reservation_close_at = row_time(play, "close", STAGE_START);
    read_terms(play);
    if (!play_call(play))
        return false;
    concert_facts(play, row_word(play, 2));
    return true;
}

bool row_concert_change(struct play *play)
{
    if (!play_begin(play, VERB_CONCERT_CHANGE))
        return false;
    play->call.in.concert.concert_id = play_id(play, NAME_CONCERT, row_word(play, 2));
    play->call.in.concert.title = row_option(play, "title");
    play->call.in.concert.description = row_option(play, "description");
    play->call.in.concert.reservation_open_at = row_time(play, "open", 0);
    play->call.in.concert.reservation_close_at = row_time(play, "close", 0);
    read_terms(play);
    if (!play_call(play))
        return false;
    concert_facts(play, row_word(play, 2));
    return true;
}

bool row_drafts(struct play *play)
{
    return play_begin(play, VERB_DRAFTS_SEE) && play_call(play);
}

bool row_concert_delete(struct play *play)
{
    if (!play_begin(play, VERB_CONCERT_DELETE))
        return false;
    play->call.in.concert.concert_id = play_id(play, NAME_CONCERT, row_word(play, 2));
    return play_call(play);
}

/* ---- Stored plans ---- */

#define SCRIPT_PIECES_MAX 8

/* The row's pieces are words of its option; they live as long as the row. */
static void read_pieces(struct play *play, const char **pieces, char *texts, size_t bytes)
{
    const char *option = row_option(play, "pieces");
    struct plan_text *text = &play->call.in.plan.text;
    (void)snprintf(texts, bytes, "%s", option == NULL ? "a" : option);
    text->piece_count = 0;
    for (char *at = texts; at != NULL && text->piece_count < SCRIPT_PIECES_MAX;) {
        pieces[text->piece_count++] = at;
        at = strchr(at, ',');
        if (at != NULL)
            *at++ = '\0';
    }
    text->pieces = pieces;
    text->seat_count = (size_t)row_number(play, "seats", 1);
}

static bool ask_about_plan(struct play *play, enum verb verb)
{
    const char *pieces[SCRIPT_PIECES_MAX];
    char texts[64];
    if (!play_begin(play, verb))
        return false;
    const char *name = row_option(play, "name");
    if (verb != VERB_PLAN_MAKE)
        play->call.in.plan.plan_id = play_id(play, NAME_PLAN, row_word(play, 2));
    play->call.in.plan.name = name == NULL ? row_word(play, 2) : name;
    play->call.in.plan.version = row_number(play, "version", 0);
    play->call.in.plan.any_version = row_option(play, "version") == NULL;
    read_pieces(play, pieces, texts, sizeof texts);
    if (!play_call(play))
        return false;
    const struct record *record = play->call.record;
    if (play->call.refusal != REFUSAL_NONE || record == NULL)
        return true;
    if (play->call.created)
        play_rename(play, NAME_PLAN, row_word(play, 2))->id = record->as.plan.id;
    fact_text(play, "name", record->as.plan.name);
    fact_number(play, "version", record->as.plan.version);
    fact_number(play, "seats", record->as.plan.seat_count);
    fact_number(play, "pieces", record->as.plan.piece_count);
    fact_time(play, "changed", record->as.plan.changed_at);
    return true;
}

bool row_plan_make(struct play *play)
{
    return ask_about_plan(play, VERB_PLAN_MAKE);
}

bool row_plan_change(struct play *play)
{
    return ask_about_plan(play, VERB_PLAN_CHANGE);
}

bool row_plan_remove(struct play *play)
{
    return ask_about_plan(play, VERB_PLAN_REMOVE);
}

/* ---- Rounds ---- */

#define SCRIPT_SEATS_MAX 4096 /* seats of one round of a script */

struct plans {
    struct seat_plan seats[SCRIPT_SEATS_MAX];
    char numbers[SCRIPT_SEATS_MAX][24];
    size_t count;
};

static void add_seats(struct play *play, struct plans *plans, const char *section, long first,
                      long last, int64_t price)
{
    for (long i = first; i <= last; i++) {
        if (plans->count == SCRIPT_SEATS_MAX) {
            (void)play_fail(play, "more seats than a script's round has");
            return;
        }
        char *number = plans->numbers[plans->count];
        (void)snprintf(number, sizeof plans->numbers[0], "%.12s-%ld", section, i);
        plans->seats[plans->count++] =
            (struct seat_plan){.seat_number = number, .section = "S", .price = price};
    }
}

/* "A-1..A-9,B-1": runs and single seats. */
static void read_plan(struct play *play, const char *text, int64_t price, struct plans *plans)
{
    while (*text != '\0') {
        char section[13] = "";
        const size_t length = strcspn(text, "-");
        if (length >= sizeof section || text[length] != '-') {
            (void)play_fail(play, "not seats: %s", text);
            return;
        }
        memcpy(section, text, length);
        char *end;
        const long first = strtol(text + length + 1, &end, 10);
        long last = first;
        if (strncmp(end, "..", 2) == 0) {
            const char *dash = strchr(end, '-');
            last = dash == NULL ? first : strtol(dash + 1, &end, 10);
        }
        add_seats(play, plans, section, first, last, price);
        text = *end == ',' ? end + 1 : end;
        if (end == text && *end != '\0') {
            (void)play_fail(play, "not seats: %s", text);
            return;
        }
    }
}

/* The next of the parts of a text, which is cut in place at `end`: without its underscores, which
 * stand for blanks; NULL for none. */
static char *next_part(char **text, char end)
{
    char *part = *text, *stop = strchr(part, end);
    *text = stop == NULL ? part + strlen(part) : stop + 1;
    if (stop != NULL)
        *stop = '\0';
    for (char *at = part; *at != '\0'; at++)
        if (*at == '_')
            *at = ' ';
    return *part == '\0' ? NULL : part;
}

/* Whether the text ends in the mark, which is cut off. */
static bool cut_mark(char *text, char mark)
{
    const size_t length = strlen(text);
    if (length == 0 || text[length - 1] != mark)
        return false;
    text[length - 1] = '\0';
    return true;
}

/* "NUMBER:SECTION/ROW/NUMBER,...": seats and where they stand; a part may be left out. A seatNumber
 * that ends in * is accessible, in + for a companion. */
static void read_chairs(struct play *play, char *text, struct plans *plans)
{
    while (*text != '\0') {
        if (plans->count == SCRIPT_SEATS_MAX) {
            (void)play_fail(play, "more seats than a script's round has");
            return;
        }
        char *seat_number = next_part(&text, ':');
        const char *section = next_part(&text, '/');
        const char *row = next_part(&text, '/'), *number = next_part(&text, ',');
        if (seat_number == NULL) {
            (void)play_fail(play, "a seat without a number");
            return;
        }
        struct seat_plan *plan = &plans->seats[plans->count++];
        *plan = (struct seat_plan){.accessible = cut_mark(seat_number, '*'),
                                   .companion = cut_mark(seat_number, '+')};
        plan->seat_number = seat_number;
        plan->grade = row_option(play, "grade");
        plan->price = row_number(play, "price", 0);
        plan->section = section;
        plan->row = row;
        plan->number = number;
    }
}

static void round_facts(struct play *play, const char *name)
{
    if (play->call.refusal != REFUSAL_NONE || play->call.record == NULL)
        return;
    const struct concert_round *row = &play->call.record->as.concert_round;
    if (play->call.created)
        play_rename(play, NAME_ROUND, name)->id = row->id;
    fact_text(play, "status", round_status_texts[row->status]);
    fact_text(play, "paused", row->paused ? "yes" : "no");
    fact_time(play, "start", row->start_time);
    fact_number(play, "seats", row->total_seat_cnt);
    fact_time(play, "doors", row->doors_at);
    fact_time(play, "ends", row->ends_at);
    fact_time(play, "from", row->moved_from);
    fact_time(play, "free", row->free_cancel_until);
    fact_text(play, "reason", row->reason_en == NULL ? "none" : row->reason_en);
    fact_text(play, "ko", row->reason_ko == NULL ? "none" : row->reason_ko);
}

/* Makes a round; whose call it is and of which concert stands in play->call. */
static bool make_round(struct play *play, const char *name, const char *seats, int64_t price,
                       timestamp_ms start)
{
    const char *asked = row_option(play, "chairs");
    struct plans *plans = calloc(1, sizeof *plans);
    char *chairs = strdup(asked == NULL ? "" : asked);
    if (plans == NULL || chairs == NULL) {
        free(plans);
        free(chairs);
        return play_fail(play, "no memory for a plan");
    }
    if (asked == NULL && strcmp(seats, "none") != 0)
        read_plan(play, seats, price, plans);
    else if (asked != NULL)
        read_chairs(play, chairs, plans);
    play->call.in.round.start_time = start;
    play->call.in.round.seats = plans->seats;
    play->call.in.round.seat_count = plans->count;
    const bool good = play->trouble.text[0] == '\0' && play_call(play);
    if (good) {
        round_facts(play, name);
        fact_number(play, "index", (int64_t)play->call.detail.seat_index);
        fact_number(play, "earlier", (int64_t)play->call.detail.earlier_seat_index);
    }
    free(chairs);
    free(plans);
    return good;
}

bool row_round(struct play *play)
{
    if (!play_begin(play, VERB_ROUND_CREATE))
        return false;
    const char *seats = row_option(play, "seats");
    play->call.in.round.concert_id = play_id(play, NAME_CONCERT, row_option(play, "of"));
    play->call.in.round.doors_at = row_time(play, "doors", 0);
    play->call.in.round.ends_at = row_time(play, "ends", 0);
    return make_round(play, row_word(play, 2), seats == NULL ? "A-1" : seats,
                      row_number(play, "price", 1000), row_time(play, "start", 0));
}

/* Somebody has to make it: an organizer that no other row knows. */
#define SALE_ORGANIZER "the organizer of the sale"

static bool sale_organizer(struct play *play)
{
    if (play_name(play, NAME_PERSON, SALE_ORGANIZER) != NULL)
        return true;
    const struct row organizer = {.words = {"organizer", SALE_ORGANIZER}, .word_count = 2};
    const struct row *row = play->row;
    play->row = &organizer;
    const bool good = row_organizer(play);
    play->row = row;
    return good;
}

bool row_sale(struct play *play)
{
    const char *name = row_word(play, 1), *count = row_word(play, 2);
    if (name == NULL || count == NULL || !sale_organizer(play))
        return play_fail(play, "a sale has a name and seats");
    const struct row concert = {.words = {"concert", SALE_ORGANIZER, name},
                                .word_count = 3,
                                .options = {{"open", "-1d"}, {"close", "30d"}},
                                .option_count = 2};
    char seats[48];
    (void)snprintf(seats, sizeof seats, "A-1..A-%.20s", count);
    const struct row round = {.words = {"round", SALE_ORGANIZER, name},
                              .word_count = 3,
                              .options = {{"of", name}, {"start", "30d"}, {"seats", seats}},
                              .option_count = 3};
    const struct row *row = play->row;
    play->row = &concert;
    bool good = row_concert(play);
    call_release(&play->call);
    play->row = &round;
    good = good && row_round(play);
    play->row = row;
    return good;
}

static timestamp_ms time_or_none(struct play *play, const char *name)
{
    const char *text = row_option(play, name);
    return text != NULL && strcmp(text, "none") == 0 ? 0 : row_time(play, name, 0);
}

static bool about_round(struct play *play, enum verb verb)
{
    if (!play_begin(play, verb))
        return false;
    play->call.in.round.round_id = play_id(play, NAME_ROUND, row_word(play, 2));
    play->call.in.round.start_time = row_time(play, "start", 0);
    play->call.in.round.has_doors_at = row_option(play, "doors") != NULL;
    play->call.in.round.doors_at = time_or_none(play, "doors");
    play->call.in.round.has_ends_at = row_option(play, "ends") != NULL;
    play->call.in.round.ends_at = time_or_none(play, "ends");
    play->call.in.round.free_cancel_until = row_time(play, "free", 0);
    const char *en = row_option(play, "reason"), *ko = row_option(play, "ko");
    play->call.in.round.reason.texts = (struct texts_to_tell){.ko = ko == NULL ? en : ko, .en = en};
    if (!play_call(play))
        return false;
    round_facts(play, row_word(play, 2));
    return true;
}

bool row_round_change(struct play *play)
{
    return about_round(play, VERB_ROUND_CHANGE);
}

/* "GRADE:PRICE", cut in place. */
static bool read_price(char *text, struct number_by_name *price)
{
    char *colon = strchr(text, ':');
    if (colon == NULL)
        return false;
    *colon = '\0';
    *price = (struct number_by_name){.name = text, .number = strtoll(colon + 1, NULL, 10)};
    return true;
}

bool row_prices(struct play *play)
{
    struct number_by_name prices[WORDS_MAX];
    char texts[WORDS_MAX][40];
    size_t count = 0;
    if (!play_begin(play, VERB_ROUND_CHANGE))
        return false;
    for (size_t word = 3; word < play->row->word_count; word++) {
        (void)snprintf(texts[count], sizeof texts[count], "%s", row_word(play, word));
        if (!read_price(texts[count], &prices[count]))
            return play_fail(play, "not a grade and its price: %s", row_word(play, word));
        count++;
    }
    play->call.in.round.round_id = play_id(play, NAME_ROUND, row_word(play, 2));
    play->call.in.round.start_time = row_time(play, "start", 0);
    play->call.in.round.prices = prices;
    play->call.in.round.price_count = count;
    if (!play_call(play))
        return false;
    round_facts(play, row_word(play, 2));
    if (play->call.refusal == REFUSAL_NONE)
        fact_number(play, "plan", play->call.record->as.concert_round.plan_version);
    return true;
}

bool row_round_delete(struct play *play)
{
    return about_round(play, VERB_ROUND_DELETE);
}

bool row_move(struct play *play)
{
    return about_round(play, VERB_ROUND_MOVE);
}

bool row_round_cancel(struct play *play)
{
    return about_round(play, VERB_ROUND_CANCEL);
}

bool row_pause(struct play *play)
{
    return about_round(play, VERB_ROUND_PAUSE);
}

bool row_resume(struct play *play)
{
    return about_round(play, VERB_ROUND_RESUME);
}

bool row_sales(struct play *play)
{
    if (!play_begin(play, VERB_ROUND_SALES))
        return false;
    play->call.in.round.round_id = play_id(play, NAME_ROUND, row_word(play, 2));
    if (!play_call(play))
        return false;
    const struct round_sales *sales = &play->call.out.sales;
    if (play->call.refusal != REFUSAL_NONE)
        return true;
    fact_number(play, "total", sales->total_seat_cnt);
    fact_number(play, "available", sales->available);
    fact_number(play, "held", sales->held);
    fact_number(play, "sold", sales->sold);
    fact_number(play, "blocked", sales->blocked);
    fact_number(play, "revenue", sales->revenue);
    fact_number(play, "refunds", sales->refunds_pending);
    return true;
}

/* ---- Seats ---- */

static bool move_seats(struct play *play, enum verb verb)
{
    if (!play_begin(play, verb))
        return false;
    struct id seats[WORDS_MAX];
    size_t count = 0;
    const struct id round_id = play_id(play, NAME_ROUND, row_word(play, 2));
    for (size_t place = 3; place < play->row->word_count; place++)
        seats[count++] = ledger_seat(&play->stage.ledger, round_id, row_word(play, place));
    play->call.in.seats_block.round_id = round_id;
    play->call.in.seats_block.seat_ids = seats;
    play->call.in.seats_block.seat_count = count;
    if (!play_call(play))
        return false;
    fact_number(play, "index", (int64_t)play->call.detail.seat_index);
    if (play->call.refusal != REFUSAL_NONE)
        return true;
    char statuses[64] = "";
    const size_t refused = play->call.out.seats_block.refused_count;
    for (size_t i = 0; i < refused && i < sizeof statuses - 1; i++)
        statuses[i] = "ahsb"[play->call.out.seats_block.refused[i].status];
    fact_number(play, "changed", play->call.out.seats_block.changed);
    fact_number(play, "refused", (int64_t)refused);
    fact_text(play, "statuses", statuses);
    return true;
}

bool row_block(struct play *play)
{
    return move_seats(play, VERB_SEATS_BLOCK);
}

bool row_unblock(struct play *play)
{
    return move_seats(play, VERB_SEATS_UNBLOCK);
}

bool row_seats(struct play *play)
{
    struct round_state state;
    char states[256];
    const struct id round_id = play_id(play, NAME_ROUND, row_word(play, 1));
    if (!office_round_state(play->stage.office, round_id, &state)) {
        fact_text(play, "states", "gone");
        return true;
    }
    const int64_t total = state.available + state.held + state.sold + state.blocked;
    (void)snprintf(states, sizeof states, "%.*s", (int)total, state.states);
    fact_text(play, "states", states);
    fact_number(play, "available", state.available);
    fact_number(play, "held", state.held);
    fact_number(play, "sold", state.sold);
    fact_number(play, "blocked", state.blocked);
    return true;
}

bool row_version(struct play *play)
{
    const uint64_t version = office_catalogue_version(play->stage.office);
    fact_text(play, "grown", version > play->version ? "yes" : "no");
    play->version = version;
    return true;
}

bool row_catalogue(struct play *play)
{
    const struct office *office = play->stage.office;
    char concerts[256] = "", rounds[256] = "";
    size_t length = 0;
    for (size_t i = 0; i < office_concert_count(office) && length < sizeof concerts; i++)
        length +=
            (size_t)snprintf(concerts + length, sizeof concerts - length, "%s%s", i == 0 ? "" : ",",
                             play_name_of(play, NAME_CONCERT, office_concert_at(office, i)->id));
    length = 0;
    for (size_t i = 0; i < office_round_count(office) && length < sizeof rounds; i++)
        length +=
            (size_t)snprintf(rounds + length, sizeof rounds - length, "%s%s", i == 0 ? "" : ",",
                             play_name_of(play, NAME_ROUND, office_round_at(office, i)->id));
    fact_text(play, "concerts", concerts);
    fact_text(play, "rounds", rounds);
    return true;
}
