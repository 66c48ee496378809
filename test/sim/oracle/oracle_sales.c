/* What is on sale as the judge counts it, all of it anew each time: which rounds sell, how many of
 * their seats may be had, and who inside looks for one. */
#include "oracle/oracle_model.h"

static bool is_selling(const struct oracle *oracle, const struct row *round)
{
    const struct concert_round *row = &round->image.as.concert_round;
    return round->there && row->status == ROUND_STATUS_SCHEDULED && !row->paused &&
           round->of.round.concert->image.as.concert.status != CONCERT_STATUS_DRAFT &&
           !round->of.round.maybe_over && oracle->now.wall < sale_end(round);
}

static void add_round(const struct oracle *oracle, struct sale *sale, const struct row *round)
{
    const timestamp_ms opens = round->of.round.concert->image.as.concert.reservation_open_at;
    if (!is_selling(oracle, round))
        return;
    if (oracle->now.wall < opens) {
        if (opens < sale->opens_next && opens < sale_end(round))
            sale->opens_next = opens;
        return;
    }
    sale->open = true;
    sale->available += round->of.round.counts[SEAT_STATUS_AVAILABLE];
    sale->held += round->of.round.counts[SEAT_STATUS_HELD];
}

static struct sale *sale_of(struct oracle *oracle, const struct row *token)
{
    struct row *concert = token->of.token.concert;
    if (id_is_none(token->image.as.queue_token.concert_id))
        return &oracle->any;
    return concert == NULL || !concert->there ? NULL : &concert->of.concert.sale;
}

void sales_count(struct oracle *oracle)
{
    const struct row_vector *concerts = &oracle->of_kind[RECORD_KIND_CONCERT];
    const struct row_vector *rounds = &oracle->of_kind[RECORD_KIND_CONCERT_ROUND];
    const struct sale none = {.opens_next = INT64_MAX};
    oracle->any = none;
    for (size_t i = 0; i < concerts->count; i++)
        if (concerts->items[i]->there)
            concerts->items[i]->of.concert.sale = none;
    for (size_t i = 0; i < rounds->count; i++) {
        if (!rounds->items[i]->there)
            continue;
        add_round(oracle, &oracle->any, rounds->items[i]);
        add_round(oracle, &rounds->items[i]->of.round.concert->of.concert.sale, rounds->items[i]);
    }
    for (uint32_t i = 0; i < oracle->live_tokens.count; i++) {
        const struct row *token = oracle->live_tokens.items[i];
        struct sale *sale = sale_of(oracle, token);
        if (sale != NULL && token->image.as.queue_token.status == TOKEN_STATUS_ACTIVE &&
            !has_pending(token->of.token.user))
            sale->looking++;
    }
}

static bool has_any_left(const struct sale *sale)
{
    return sale->available + sale->held > 0;
}

bool is_on_sale(struct oracle *oracle, const struct row *token)
{
    const struct sale *sale = sale_of(oracle, token);
    return sale != NULL && sale->open;
}

bool is_sold_out(struct oracle *oracle, const struct row *token)
{
    return is_on_sale(oracle, token) && !has_any_left(sale_of(oracle, token));
}

bool has_seat(struct oracle *oracle, const struct row *token)
{
    const struct sale *sale = sale_of(oracle, token);
    return is_on_sale(oracle, token) &&
           (sale == &oracle->any ? sale->available > 0 : sale->available > sale->looking);
}

bool anybody_has_seat(const struct oracle *oracle)
{
    const struct row_vector *concerts = &oracle->of_kind[RECORD_KIND_CONCERT];
    int64_t seats = -oracle->any.looking;
    for (size_t i = 0; i < concerts->count; i++) {
        const struct sale *sale = &concerts->items[i]->of.concert.sale;
        if (concerts->items[i]->there && sale->available > sale->looking)
            seats += sale->available - sale->looking;
    }
    return seats > 0;
}

/* Whether who wants this goes in as soon as anybody does. */
static bool goes_first(struct oracle *oracle, const struct row *token)
{
    const struct sale *sale = sale_of(oracle, token);
    if (sale == NULL || sale == &oracle->any)
        return sale != NULL;
    if (has_any_left(&oracle->any))
        return has_any_left(sale);
    if (oracle->any.open)
        return sale->open;
    return sale->opens_next != INT64_MAX && sale->opens_next == oracle->any.opens_next;
}

int64_t count_ahead(struct oracle *oracle, const struct row *token)
{
    const struct queue_token *self = &token->image.as.queue_token;
    int64_t ahead = 0;
    for (int64_t number = bits_next(oracle, &oracle->present, 0);
         number != 0 && number < self->number;
         number = bits_next(oracle, &oracle->present, number + 1)) {
        const struct row *other = oracle->token_by_number[number];
        ahead += id_equal(other->image.as.queue_token.concert_id, self->concert_id) ||
                 goes_first(oracle, other);
    }
    return ahead;
}
