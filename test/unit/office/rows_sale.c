/* Rows about reservations, payments and tickets. */
#include "row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Holding ---- */

static void append(char *text, size_t size, const char *piece)
{
    const size_t length = strlen(text);
    (void)snprintf(text + length, size - length, "%s%s", length == 0 ? "" : ",", piece);
}

static void view_facts(struct play *play)
{
    const struct reservation_view *view = &play->call.out.reservation;
    const struct seat_reservation *row = &view->reservation;
    char seats[256] = "", prices[256] = "", tickets[256] = "", holders[256] = "";
    for (size_t i = 0; i < view->seat_count; i++) {
        char price[32];
        (void)snprintf(price, sizeof price, "%lld", (long long)view->seats[i].price);
        append(seats, sizeof seats, view->seats[i].seat_number);
        append(prices, sizeof prices, price);
    }
    for (size_t i = 0; i < view->ticket_count; i++) {
        const char *name = view->seats[i].holder_name;
        append(tickets, sizeof tickets, ticket_status_texts[view->seats[i].ticket_status]);
        append(holders, sizeof holders, name == NULL ? "none" : name);
    }
    fact_text(play, "tickets", tickets);
    fact_text(play, "for", holders);
    fact_text(play, "status", reservation_status_texts[row->status]);
    fact_number(play, "amount", row->amount);
    fact_number(play, "used", row->used_points);
    fact_text(play, "seats", seats);
    fact_text(play, "prices", prices);
    fact_text(play, "paid", id_is_none(row->payment_id) ? "no" : "yes");
    fact_text(play, "reason", cancel_reason_texts[row->cancel_reason]);
    fact_time(play, "reserved", row->reserved_at);
    fact_time(play, "expires", row->expires_at);
    fact_time(play, "refundable", row->refundable_until);
    fact_time(play, "extended", row->extended_at);
    fact_time(play, "ended", row->ended_at);
    fact_time(play, "from", view->moved_from);
    fact_time(play, "free", view->free_cancel_until);
    fact_text(play, "told", view->has_reason ? view->reason.texts.en : "none");
    fact_text(play, "ko", view->has_reason ? view->reason.texts.ko : "none");
    bool found = false;
    for (size_t i = 0; i < play->name_count; i++)
        found = found || (play->names[i].kind == NAME_CONCERT &&
                          id_equal(play->names[i].id, view->concert_id));
    if (!found)
        (void)play_fail(play, "the reservation's concert is not one of the test's");
}

static void hold_refusal_facts(struct play *play, struct id round_id)
{
    const struct refusal_detail *detail = &play->call.detail;
    char conflicts[256] = "";
    const struct seat_conflicts *taken = &play->call.out.conflicts;
    for (size_t i = 0; play->call.refusal == REFUSAL_SEAT_UNAVAILABLE && i < taken->count; i++)
        append(conflicts, sizeof conflicts,
               id_equal(ledger_seat(&play->stage.ledger, round_id, taken->seats[i].seat_number),
                        taken->seats[i].seat_id)
                   ? taken->seats[i].seat_number
                   : "another");
    fact_text(play, "conflicts", conflicts);
    fact_number(play, "limit", detail->limit);
    fact_number(play, "held", detail->already_held);
    fact_number(play, "index", (int64_t)detail->seat_index);
}

static bool hold_and_tell(struct play *play, struct id round_id)
{
    if (!play_call(play))
        return false;
    if (play->call.refusal != REFUSAL_NONE) {
        hold_refusal_facts(play, round_id);
        return true;
    }
    view_facts(play);
    const char *as = row_option(play, "as");
    play_rename(play, NAME_RESERVATION, as == NULL ? row_word(play, 1) : as)->id =
        play->call.out.reservation.reservation.id;
    return true;
}

bool row_hold(struct play *play)
{
    if (!play_begin(play, VERB_RESERVATION_HOLD))
        return false;
    struct id seats[WORDS_MAX];
    size_t count = 0;
    const struct id round_id = play_id(play, NAME_ROUND, row_word(play, 2));
    for (size_t place = 3; place < play->row->word_count; place++) {
        seats[count] = ledger_seat(&play->stage.ledger, round_id, row_word(play, place));
        if (id_is_none(seats[count]))
            seats[count].bytes[0] = 0x0f; /* a seat that is nowhere */
        count++;
    }
    /* `other=ROUND`: the last seat is that round's. */
    const char *other = row_option(play, "other");
    if (other != NULL && count > 0)
        seats[count - 1] = ledger_seat(&play->stage.ledger, play_id(play, NAME_ROUND, other),
                                       row_word(play, play->row->word_count - 1));
    play->call.in.reservation_hold.round_id = round_id;
    play->call.in.reservation_hold.seat_ids = seats;
    play->call.in.reservation_hold.seat_count = count;
    return hold_and_tell(play, round_id);
}

static int64_t number_or_none(const char *text)
{
    return text == NULL ? 0 : strtoll(text, NULL, 10);
}

bool row_places(struct play *play)
{
    if (!play_begin(play, VERB_RESERVATION_HOLD))
        return false;
    int64_t places[WORDS_MAX];
    size_t count = 0;
    const struct id round_id = play_id(play, NAME_ROUND, row_word(play, 2));
    for (size_t word = 3; word < play->row->word_count; word++)
        places[count++] = number_or_none(row_word(play, word));
    play->call.in.reservation_hold.round_id = round_id;
    play->call.in.reservation_hold.places = places;
    play->call.in.reservation_hold.seat_count = count;
    play->call.in.reservation_hold.plan_version = row_number(play, "plan", 1);
    return hold_and_tell(play, round_id);
}

bool row_best(struct play *play)
{
    if (!play_begin(play, VERB_RESERVATION_HOLD))
        return false;
    const struct id round_id = play_id(play, NAME_ROUND, row_word(play, 2));
    play->call.in.reservation_hold.round_id = round_id;
    play->call.in.reservation_hold.best = (struct best_wanted){
        .count = number_or_none(row_word(play, 3)),
        .wheelchairs = number_or_none(row_option(play, "wheelchairs")),
        .section = row_option(play, "section"),
        .grade = row_option(play, "grade"),
    };
    return hold_and_tell(play, round_id);
}

bool row_churn(struct play *play)
{
    const struct row *row = play->row;
    const char *count = row_word(play, 4);
    const struct row hold = {
        .words = {"hold", row_word(play, 1), row_word(play, 2), row_word(play, 3)},
        .word_count = 4,
        .options = {{"as", "churned"}},
        .option_count = 1};
    const struct row cancel = {.words = {"cancel", row_word(play, 1), "churned"}, .word_count = 3};
    bool good = true;
    for (long i = count == NULL ? 0 : strtol(count, NULL, 10); good && i > 0; i--) {
        play->row = &hold;
        good = row_hold(play) && play->call.refusal == REFUSAL_NONE;
        call_release(&play->call);
        play->fact_count = 0;
        play->row = &cancel;
        good = good && row_cancel(play) && play->call.refusal == REFUSAL_NONE;
        call_release(&play->call);
        play->fact_count = 0;
    }
    play->row = row;
    return good || play_fail(play, "the hold or its end was refused");
}

/* The reservation that the row names: its second word, or the one called like the caller. */
static struct id reservation_of(struct play *play)
{
    const char *name = row_word(play, 2);
    return play_id(play, NAME_RESERVATION, name == NULL ? row_word(play, 1) : name);
}

static bool about_reservation(struct play *play, enum verb verb)
{
    if (!play_begin(play, verb))
        return false;
    play->call.in.reservation.reservation_id = reservation_of(play);
    if (!play_call(play))
        return false;
    if (play->call.refusal == REFUSAL_NONE)
        view_facts(play);
    return true;
}

bool row_reservation(struct play *play)
{
    return about_reservation(play, VERB_RESERVATION_GET);
}

bool row_calendar(struct play *play)
{
    return about_reservation(play, VERB_RESERVATION_CALENDAR);
}

bool row_cancel(struct play *play)
{
    return about_reservation(play, VERB_RESERVATION_CANCEL);
}

/* A reader fills it when it was not refused, and only then. */
bool row_history(struct play *play)
{
    if (!play_begin(play, VERB_RESERVATION_HISTORY))
        return false;
    play->call.in.reservation.reservation_id = reservation_of(play);
    if (!play_call(play))
        return false;
    return call_wants_list(&play->call) == (play->call.refusal == REFUSAL_NONE) ||
           play_fail(play, "a history is wanted though refused, or the other way round");
}

/* ---- Those that wait for their payment ---- */

static void not_pending_facts(struct play *play)
{
    const struct refusal_detail *detail = &play->call.detail;
    if (play->call.refusal != REFUSAL_RESERVATION_NOT_PENDING)
        return;
    fact_text(play, "status", reservation_status_texts[detail->reservation_status]);
    fact_text(play, "paid", id_is_none(detail->payment_id) ? "no" : "yes");
}

bool row_extend(struct play *play)
{
    if (!about_reservation(play, VERB_RESERVATION_EXTEND))
        return false;
    not_pending_facts(play);
    return true;
}

static void payment_facts(struct play *play, const struct payment *row)
{
    fact_text(play, "status", payment_status_texts[row->status]);
    fact_number(play, "amount", row->amount);
    fact_time(play, "made", row->created_at);
    fact_time(play, "paid", row->paid_at);
    fact_time(play, "cancelled", row->cancelled_at);
}

static void pay_refusal_facts(struct play *play, const char *as)
{
    const struct refusal_detail *detail = &play->call.detail;
    if (play->call.refusal == REFUSAL_INSUFFICIENT_POINTS) {
        struct name *name = play_name(play, NAME_PAYMENT, as);
        const bool same = name != NULL && id_equal(name->id, detail->payment_id);
        fact_number(play, "balance", detail->balance);
        fact_number(play, "required", detail->required);
        fact_text(play, "try", same ? "same" : "first");
        play_rename(play, NAME_PAYMENT, as)->id = detail->payment_id;
    }
    not_pending_facts(play);
}

bool row_pay(struct play *play)
{
    if (!play_begin(play, VERB_PAYMENT_MAKE))
        return false;
    const char *as = row_option(play, "as");
    if (as == NULL)
        as = row_word(play, 1);
    play->call.in.reservation.reservation_id = reservation_of(play);
    play->call.in.reservation.start_time = row_time(play, "start", 0);
    if (!play_call(play))
        return false;
    if (play->call.refusal != REFUSAL_NONE) {
        pay_refusal_facts(play, as);
        return true;
    }
    payment_facts(play, &play->call.out.payment);
    play_rename(play, NAME_PAYMENT, as)->id = play->call.out.payment.id;
    return true;
}

bool row_payment(struct play *play)
{
    if (!play_begin(play, VERB_PAYMENT_GET))
        return false;
    const char *name = row_word(play, 2);
    play->call.in.payment_get.payment_id =
        play_id(play, NAME_PAYMENT, name == NULL ? row_word(play, 1) : name);
    if (!play_call(play))
        return false;
    if (play->call.refusal == REFUSAL_NONE)
        payment_facts(play, &play->call.out.payment);
    return true;
}

/* ---- Tickets ---- */

static bool about_ticket(struct play *play, enum verb verb)
{
    if (!play_begin(play, verb))
        return false;
    const char *seat = row_word(play, 3), *name = row_word(play, 4);
    play->call.in.ticket.ticket_id =
        ledger_ticket(&play->stage.ledger, reservation_of(play), seat == NULL ? "" : seat);
    if (id_is_none(play->call.in.ticket.ticket_id))
        play->call.in.ticket.ticket_id.bytes[0] = 0x0f; /* a ticket that is nowhere */
    play->call.in.ticket.has_holder_name = name != NULL;
    play->call.in.ticket.holder_name = name == NULL || strcmp(name, "none") == 0 ? NULL : name;
    if (!play_call(play))
        return false;
    if (play->call.refusal != REFUSAL_NONE)
        return true;
    const struct ticket *row = &play->call.record->as.ticket;
    fact_text(play, "status", ticket_status_texts[row->status]);
    fact_number(play, "serial", row->serial);
    fact_number(play, "generation", row->generation);
    fact_text(play, "name", row->holder_name == NULL ? "none" : row->holder_name);
    fact_text(play, "seat", row->seat_number);
    fact_time(play, "issued", row->issued_at);
    fact_time(play, "voided", row->voided_at);
    return true;
}

bool row_ticket(struct play *play)
{
    return about_ticket(play, VERB_TICKET_GET);
}

bool row_ticket_code(struct play *play)
{
    return about_ticket(play, VERB_TICKET_CODE_GET);
}

bool row_reissue(struct play *play)
{
    return about_ticket(play, VERB_TICKET_REISSUE);
}

bool row_ticket_for(struct play *play)
{
    return about_ticket(play, VERB_TICKET_CHANGE);
}
