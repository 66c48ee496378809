/* A batch whose outcome is pending: its office is held, with all that it alone remembers, while one
 * that was loaded answers reads. Once the batch is durable it must go on as if nothing had been. */
#include "disk/own_memory.h"
#include "oracle/oracle_model.h"

#include "base/check.h"

static void remember_tokens(struct oracle *oracle)
{
    struct held *held = &oracle->held;
    held->token_count = 0;
    for (size_t i = 0; i < oracle->live_tokens.count; i++) {
        struct row *row = oracle->live_tokens.items[i];
        held->tokens =
            grown(held->tokens, held->token_count, &held->token_capacity, sizeof *held->tokens);
        held->tokens[held->token_count++] = (struct held_token){
            .row = row,
            .heard_at = row->of.token.heard_at,
            .present = row->of.token.present,
            .holds_known = row->of.token.holds_known,
        };
    }
}

static void remember_rounds(struct oracle *oracle)
{
    struct held *held = &oracle->held;
    const struct row_vector *rounds = &oracle->of_kind[RECORD_KIND_CONCERT_ROUND];
    held->round_count = 0;
    for (size_t i = 0; i < rounds->count; i++) {
        if (!rounds->items[i]->of.round.maybe_over)
            continue;
        held->old_rounds =
            grown(held->old_rounds, held->round_count, &held->round_capacity, sizeof(struct row *));
        held->old_rounds[held->round_count++] = rounds->items[i];
    }
}

void held_begin(struct oracle *oracle)
{
    struct held *held = &oracle->held;
    CHECK(!held->is);
    held->is = true;
    held->house_recorded = oracle->house_recorded;
    held->holds_due = oracle->holds_due;
    held->tokens_due = oracle->tokens_due;
    held->sessions_due = oracle->sessions_due;
    held->credit_least = oracle->credit_least;
    held->credit_most = oracle->credit_most;
    held->credit_at = oracle->credit_at;
    held->last_admission = oracle->last_admission;
    held->door_was_open = oracle->door_was_open;
    held->first_batch = oracle->first_batch;
    remember_tokens(oracle);
    remember_rounds(oracle);
}

static void recall_tokens(struct oracle *oracle)
{
    const struct held *held = &oracle->held;
    for (size_t i = 0; i < held->token_count; i++) {
        const struct held_token *token = &held->tokens[i];
        if (token->row->image.as.queue_token.status == TOKEN_STATUS_WAITING)
            set_present(oracle, token->row, token->present);
        token->row->of.token.heard_at = token->heard_at;
        token->row->of.token.holds_known = token->holds_known;
    }
}

static void recall_rounds(struct oracle *oracle)
{
    const struct row_vector *rounds = &oracle->of_kind[RECORD_KIND_CONCERT_ROUND];
    for (size_t i = 0; i < rounds->count; i++)
        rounds->items[i]->of.round.maybe_over = false;
    for (size_t i = 0; i < oracle->held.round_count; i++)
        oracle->held.old_rounds[i]->of.round.maybe_over = true;
}

void held_come_back(struct oracle *oracle)
{
    struct held *held = &oracle->held;
    CHECK(held->is);
    held->is = false;
    log_undo(oracle);
    attempt_apply(oracle, oracle->attempts.count - 1);
    tell_unknown(oracle, oracle->attempts.items[oracle->attempts.count - 1].seq);
    oracle->house_recorded = held->house_recorded;
    oracle->holds_due = held->holds_due;
    oracle->tokens_due = held->tokens_due;
    oracle->sessions_due = held->sessions_due;
    oracle->credit_least = held->credit_least;
    oracle->credit_most = held->credit_most;
    oracle->credit_at = held->credit_at;
    oracle->last_admission = held->last_admission;
    oracle->door_was_open = held->door_was_open;
    oracle->first_batch = held->first_batch;
    oracle->just_loaded = false;
    recall_tokens(oracle);
    recall_rounds(oracle);
}

void held_release(struct oracle *oracle)
{
    own_free(oracle->held.tokens);
    own_free(oracle->held.old_rounds);
}
