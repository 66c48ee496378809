/* See journal.h. */
#include "store/journal.h"

#include "base/check.h"
#include "record/record.h"

#include <sodium.h>
#include <string.h>

/* ---- The chain ---- */

static void put_integer(uint8_t bytes[static 8], uint64_t value)
{
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
}

/* The chain of a row that follows `previous`. */
static struct journal_chain chain_row(const struct journal_chain *previous,
                                      const struct journal_row *row, int64_t schema_version)
{
    struct journal_chain chain;
    uint8_t head[32];
    put_integer(head, row->seq);
    put_integer(head + 8, (uint64_t)schema_version);
    put_integer(head + 16, (uint64_t)row->house_time);
    put_integer(head + 24, row->record_count);
    crypto_generichash_state state;
    /* These fail only for lengths that BLAKE2b does not have. */
    CHECK(crypto_generichash_init(&state, NULL, 0, sizeof chain.bytes) == 0);
    CHECK(crypto_generichash_update(&state, previous->bytes, sizeof previous->bytes) == 0);
    CHECK(crypto_generichash_update(&state, head, sizeof head) == 0);
    CHECK(crypto_generichash_update(&state, row->body, row->body_length) == 0);
    CHECK(crypto_generichash_final(&state, chain.bytes, sizeof chain.bytes) == 0);
    return chain;
}

static bool same_chain(const struct journal_chain *one, const struct journal_chain *other)
{
    return memcmp(one->bytes, other->bytes, sizeof one->bytes) == 0;
}

static bool is_chained(const struct journal_chain *chain)
{
    static const struct journal_chain none;
    return !same_chain(chain, &none);
}

/* ---- Writing ---- */

/* What the tip will be. A row that is pending is sent as it was, or not at all: else there could be
 * two that were told to be one. */
static struct journal_tip tip_after(const struct journal *journal, const struct journal_tip *tip,
                                    const struct journal_row *row)
{
    CHECK(row->seq == tip->seq + 1 && row->record_count > 0);
    const struct journal_tip next = {.seq = row->seq,
                                     .chain = chain_row(&tip->chain, row, SCHEMA_VERSION)};
    CHECK(journal->pending.seq == 0 ||
          (journal->pending.seq == next.seq && same_chain(&journal->pending.chain, &next.chain)));
    return next;
}

static void note_outcome(struct journal *journal, enum store_outcome outcome,
                         const struct journal_tip *next)
{
    if (outcome != STORE_DONE)
        journal->broken = true;
    journal->pending = outcome == STORE_PENDING ? *next : (struct journal_tip){0};
}

enum store_outcome journal_append(struct journal *journal, struct journal_tip *tip,
                                  const struct journal_row *row, uint64_t prune_to,
                                  uint64_t *pruned)
{
    *pruned = 0;
    CHECK(prune_to < row->seq); /* the last row always stays: it says where the journal is */
    const struct journal_tip next = tip_after(journal, tip, row);
    const struct journal_stored stored = {
        .row = *row, .schema_version = SCHEMA_VERSION, .chain = &next.chain};
    const enum store_outcome outcome =
        journal->broken ? STORE_PENDING
                        : journal->methods->append(journal, tip, &stored, prune_to, pruned);
    note_outcome(journal, outcome, &next);
    if (outcome == STORE_DONE)
        *tip = next;
    return outcome;
}

/* What stands in the row's place, if anything does. */
static enum store_outcome look_at_place(struct journal *journal, const struct journal_tip *next,
                                        bool *vacant, struct explanation *explanation)
{
    struct journal_chain found;
    const enum result result = journal_look(journal, next->seq, &found, explanation);
    *vacant = result == RESULT_NOT_FOUND;
    if (result != RESULT_OK)
        return STORE_PENDING;
    if (same_chain(&found, &next->chain))
        return STORE_DONE;
    (void)explain(explanation, RESULT_CORRUPT, "%s: row %llu is of somebody else",
                  journal_name(journal), (unsigned long long)next->seq);
    return STORE_LOST;
}

enum store_outcome journal_settle(struct journal *journal, struct journal_tip *tip,
                                  const struct journal_row *row, struct explanation *explanation)
{
    bool vacant;
    uint64_t pruned;
    const struct journal_tip next = tip_after(journal, tip, row);
    if (journal_mend(journal, explanation) != RESULT_OK)
        return STORE_PENDING;
    const enum store_outcome outcome = look_at_place(journal, &next, &vacant, explanation);
    if (vacant) {
        (void)explain(explanation, RESULT_IO, "%s takes no rows", journal_name(journal));
        return journal_append(journal, tip, row, 0, &pruned);
    }
    note_outcome(journal, outcome, &next);
    if (outcome == STORE_DONE)
        *tip = next;
    return outcome;
}

enum result journal_mend(struct journal *journal, struct explanation *explanation)
{
    journal->broken = true;
    const enum result result = journal->methods->mend(journal, explanation);
    journal->broken = result != RESULT_OK;
    return result;
}

enum result journal_prune(struct journal *journal, uint64_t prune_to)
{
    if (journal->broken)
        return RESULT_IO;
    const enum result result = journal->methods->prune(journal, prune_to);
    journal->broken = result != RESULT_OK;
    return result;
}

enum result journal_give_back(struct journal *journal, struct explanation *explanation)
{
    if (journal->broken)
        return explain(explanation, RESULT_IO, "%s failed before", journal_name(journal));
    const enum result result = journal->methods->give_back(journal, explanation);
    journal->broken = result != RESULT_OK;
    return result;
}

void journal_close(struct journal **journal)
{
    if (*journal != NULL)
        (*journal)->methods->close(*journal);
    *journal = NULL;
}

/* ---- Reading ---- */

struct journal_reading {
    struct journal *journal;
    uint64_t expected_seq;
    struct journal_chain previous;
    bool previous_missing;
    journal_visit *visit;
    void *owner;
};

/* What older versions wrote is not chained, and comes before all that is. */
static bool follows_chain(const struct journal_reading *reading,
                          const struct journal_stored *stored)
{
    if (stored->chain == NULL)
        return !is_chained(&reading->previous);
    const struct journal_chain chain =
        chain_row(&reading->previous, &stored->row, stored->schema_version);
    return !reading->previous_missing && same_chain(stored->chain, &chain);
}

static enum result take_stored(void *owner, const struct journal_stored *stored,
                               struct explanation *explanation)
{
    static const struct journal_chain none;
    struct journal_reading *reading = owner;
    const struct journal_row *row = &stored->row;
    const char *name = journal_name(reading->journal);
    if (row->seq != reading->expected_seq)
        return explain(explanation, RESULT_CORRUPT, "%s: row %llu is missing, the next one is %llu",
                       name, (unsigned long long)reading->expected_seq,
                       (unsigned long long)row->seq);
    if (stored->schema_version > SCHEMA_VERSION)
        return explain(explanation, RESULT_NEWER, "%s: row %llu was written by a newer usher", name,
                       (unsigned long long)row->seq);
    if (!follows_chain(reading, stored))
        return explain(explanation, RESULT_CORRUPT,
                       "%s: row %llu is damaged, or does not follow the row before it", name,
                       (unsigned long long)row->seq);
    reading->expected_seq++;
    reading->previous = stored->chain == NULL ? none : *stored->chain;
    reading->previous_missing = false;
    return reading->visit(reading->owner, row, explanation);
}

enum result journal_read(struct journal *journal, uint64_t after_seq, uint64_t last_seq,
                         journal_visit *visit, void *owner, struct explanation *explanation)
{
    struct journal_reading reading = {
        .journal = journal, .expected_seq = after_seq + 1, .visit = visit, .owner = owner};
    enum result result = RESULT_OK;
    if (after_seq > 0)
        result = journal_look(journal, after_seq, &reading.previous, explanation);
    reading.previous_missing = result == RESULT_NOT_FOUND;
    if (result != RESULT_OK && result != RESULT_NOT_FOUND)
        return result;
    return journal->methods->read(journal, after_seq, last_seq, take_stored, &reading, explanation);
}

enum result journal_look(struct journal *journal, uint64_t seq, struct journal_chain *chain,
                         struct explanation *explanation)
{
    return journal->methods->look(journal, seq, chain, explanation);
}

enum result journal_extent(struct journal *journal, struct journal_extent *extent,
                           struct explanation *explanation)
{
    *extent = (struct journal_extent){0};
    return journal->methods->extent(journal, extent, explanation);
}

enum result journal_inspect(struct journal *journal, journal_fault *fault, void *owner,
                            struct explanation *explanation)
{
    return journal->methods->inspect(journal, fault, owner, explanation);
}

uint64_t journal_bytes(const struct journal *journal)
{
    return journal->methods->bytes(journal);
}

const char *journal_name(const struct journal *journal)
{
    return journal->methods->name(journal);
}
