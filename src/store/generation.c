/* See generation.h. Rows stand one after the other in blocks that never move, and are numbered in
 * the order in which they came; the table of chains holds such numbers, uses open addressing with
 * linear probing and only ever grows. */
#include "store/generation.h"

#include "base/array.h"
#include "base/check.h"
#include "base/hash.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* When a generation is full: large enough that a row which changes often is booked once for many
 * changes, small enough that a booking and its transaction stay under a second or so. */
#define GENERATION_ROWS_MAX 100000
#define GENERATION_BYTES_MAX (UINT32_C(64) << 20)

#define BLOCK_BYTES (UINT32_C(256) << 10)
/* A table that grew step by step would be filled anew at each, for milliseconds in which everybody
 * waits; a large one costs no more than the pages of it that are touched. The usual one has room
 * for the rows of a full generation. */
#define SLOTS_FIRST 1024
#define SLOTS_USUAL (UINT32_C(1) << 18)
#define ROWS_FIRST 512
#define ROWS_USUAL (UINT32_C(1) << 18)
/* Slots that one row can take: for its key, its owner and its reference. */
#define SLOTS_PER_ROW 3

struct chain_slot {
    uint32_t hash;
    uint32_t row; /* the number of the newest, from 1; 0: the slot is empty */
};

/* ---- Life ---- */

struct generation *generation_new(void)
{
    struct generation *generation = calloc(1, sizeof *generation);
    if (generation == NULL)
        return NULL;
    generation->references = 1;
    return generation;
}

struct generation *generation_unrefer(struct generation *generation)
{
    struct generation *first = generation, *last = NULL;
    while (generation != NULL && --generation->references == 0) {
        last = generation;
        generation = generation->newer;
    }
    if (last == NULL)
        return NULL;
    last->newer = NULL;
    return first;
}

static void free_blocks(struct block *block)
{
    while (block != NULL) {
        struct block *before = block->before;
        free(block);
        block = before;
    }
}

static void *room_new(size_t places, size_t place_bytes)
{
    return memory_allocate(places * place_bytes, MEMORY_SMALL_PAGES);
}

static void slots_free(struct generation *generation)
{
    memory_free(generation->slots, generation->slot_capacity * sizeof *generation->slots);
    generation->slots = NULL;
    generation->slot_capacity = 0;
}

static void rows_free(struct generation *generation)
{
    memory_free(generation->rows, generation->row_capacity * sizeof *generation->rows);
    generation->rows = NULL;
    generation->row_capacity = 0;
}

void generation_free(struct generation *generation)
{
    free(generation->times);
    free_blocks(generation->blocks);
    free_blocks(generation->spare_blocks);
    slots_free(generation);
    rows_free(generation);
    free(generation);
}

/* Those that were of use are kept, but none of a size of its own. */
static void spare_blocks(struct generation *generation)
{
    free_blocks(generation->spare_blocks);
    generation->spare_blocks = NULL;
    struct block *next = generation->blocks;
    generation->blocks = NULL;
    while (next != NULL) {
        struct block *block = next;
        next = block->before;
        if (block->capacity > BLOCK_BYTES) {
            free(block);
            continue;
        }
        block->before = generation->spare_blocks;
        generation->spare_blocks = block;
    }
}

void generation_renew(struct generation *generation)
{
    CHECK(generation->references == 0);
    spare_blocks(generation);
    if (generation->slot_capacity > SLOTS_USUAL)
        slots_free(generation);
    if (generation->row_capacity > ROWS_USUAL)
        rows_free(generation);
    if (generation->slots != NULL)
        memset(generation->slots, 0, generation->slot_capacity * sizeof *generation->slots);
    *generation = (struct generation){
        .references = 1,
        .spare_blocks = generation->spare_blocks,
        .times = generation->times,
        .time_capacity = generation->time_capacity,
        .slots = generation->slots,
        .slot_capacity = generation->slot_capacity,
        .rows = generation->rows,
        .row_capacity = generation->row_capacity,
    };
}

/* ---- The table of chains ---- */

/* Chains of different links share the table: the two lowest bits keep them apart, whatever a buyer
 * may choose as a reference. Keys of one link whose hashes meet share a chain, which its walkers
 * expect. */
static uint32_t hash_for(enum overlay_link link, uint64_t hash)
{
    _Static_assert((int)OVERLAY_LINK_COUNT <= 4, "two bits tell the links apart");
    return (uint32_t)hash << 2 | (uint32_t)link;
}

static uint32_t key_hash(enum record_kind kind, const struct record_key *key)
{
    return hash_for(OVERLAY_BY_KEY, record_key_hash(kind, key));
}

uint32_t generation_owner_hash(enum record_kind kind, struct id owner)
{
    const uint64_t hash = (id_hash(owner) ^ ((uint64_t)kind + 1)) * UINT64_C(0x9e3779b97f4a7c15);
    return hash_for(OVERLAY_BY_OWNER, hash ^ hash >> 32);
}

uint32_t generation_reference_hash(struct id caller, const char *reference)
{
    return hash_for(OVERLAY_BY_REFERENCE,
                    id_hash(caller) ^ hash_bytes(reference, strlen(reference)));
}

static struct chain_slot *chain_slot_of(struct chain_slot *slots, size_t capacity, uint32_t hash)
{
    size_t i = (hash >> 2) & (capacity - 1);
    while (slots[i].row != 0 && slots[i].hash != hash)
        i = (i + 1) & (capacity - 1);
    return &slots[i];
}

/* The fewest slots of which `count` are at most three quarters. */
static size_t slots_for(size_t count)
{
    return count + (count + 2) / 3;
}

/* The least that serves, of a first, a usual and then ever double size. */
static size_t capacity_for(size_t needed, size_t first, size_t usual)
{
    size_t capacity = needed <= first ? first : usual;
    while (capacity < needed)
        capacity *= 2;
    return capacity;
}

static enum result grow_slots(struct generation *generation, size_t capacity)
{
    struct chain_slot *slots = room_new(capacity, sizeof *slots);
    if (slots == NULL)
        return RESULT_NO_MEMORY;
    for (size_t i = 0; i < generation->slot_capacity; i++)
        if (generation->slots[i].row != 0)
            *chain_slot_of(slots, capacity, generation->slots[i].hash) = generation->slots[i];
    slots_free(generation);
    generation->slots = slots;
    generation->slot_capacity = capacity;
    return RESULT_OK;
}

static enum result reserve_slots(struct generation *generation, size_t count)
{
    const size_t needed = slots_for(generation->slot_count + count);
    if (needed <= generation->slot_capacity)
        return RESULT_OK;
    return grow_slots(generation, capacity_for(needed, SLOTS_FIRST, SLOTS_USUAL));
}

static enum result grow_rows(struct generation *generation, size_t capacity)
{
    const struct overlay_row **rows = room_new(capacity, sizeof *rows);
    if (rows == NULL)
        return RESULT_NO_MEMORY;
    if (generation->row_count > 0)
        memcpy(rows, generation->rows, generation->row_count * sizeof *rows);
    rows_free(generation);
    generation->rows = rows;
    generation->row_capacity = capacity;
    return RESULT_OK;
}

static enum result reserve_rows(struct generation *generation, size_t count)
{
    const size_t needed = generation->row_count + count;
    if (needed <= generation->row_capacity)
        return RESULT_OK;
    if (needed > UINT32_MAX - 1)
        return RESULT_NO_MEMORY;
    return grow_rows(generation, capacity_for(needed, ROWS_FIRST, ROWS_USUAL));
}

const struct overlay_row *generation_head(const struct generation *generation, uint32_t hash)
{
    if (generation->slot_count == 0)
        return NULL;
    const uint32_t row = chain_slot_of(generation->slots, generation->slot_capacity, hash)->row;
    return row == 0 ? NULL : generation->rows[row - 1];
}

void generation_make_ready(struct generation *generation)
{
    CHECK(generation->row_count == 0);
    if (generation->slot_capacity < SLOTS_USUAL && grow_slots(generation, SLOTS_USUAL) == RESULT_OK)
        memset(generation->slots, 0, SLOTS_USUAL * sizeof *generation->slots);
}

/* ---- Appending ---- */

static size_t row_bytes(size_t length)
{
    const size_t alignment = _Alignof(struct overlay_row);
    return (sizeof(struct overlay_row) + length + alignment - 1) / alignment * alignment;
}

static bool open_block(struct generation *generation, size_t capacity)
{
    struct block *block = generation->spare_blocks;
    if (block != NULL && capacity == block->capacity) {
        generation->spare_blocks = block->before;
    } else {
        block = malloc(sizeof *block + capacity);
        if (block == NULL)
            return false;
    }
    *block = (struct block){.before = generation->blocks, .capacity = capacity};
    generation->blocks = block;
    return true;
}

static size_t commit_count(const struct generation *generation)
{
    return generation->row_count == 0 ? 0
                                      : (size_t)(generation->last_seq - generation->first_seq) + 1;
}

/* For one more commit. A full generation has as many as rows at the most. */
static bool reserve_time(struct generation *generation)
{
    timestamp_ms *times = array_reserve(generation->times, &generation->time_capacity,
                                        commit_count(generation) + 1, sizeof *generation->times);
    if (times != NULL)
        generation->times = times;
    return times != NULL;
}

enum result generation_reserve(struct generation *generation, size_t record_count, size_t bytes)
{
    const size_t needed =
        bytes + record_count * row_bytes(0) + record_count * _Alignof(struct overlay_row);
    const struct block *block = generation->blocks;
    if ((block == NULL || block->capacity - block->used < needed) &&
        !open_block(generation, needed > BLOCK_BYTES ? needed : BLOCK_BYTES))
        return RESULT_NO_MEMORY;
    if (!reserve_time(generation))
        return RESULT_NO_MEMORY;
    const enum result result = reserve_rows(generation, record_count);
    return result == RESULT_OK ? reserve_slots(generation, record_count * SLOTS_PER_ROW) : result;
}

static void ask_for(const struct generation *generation, uint32_t hash)
{
    __builtin_prefetch(&generation->slots[(hash >> 2) & (generation->slot_capacity - 1)], 1);
}

/* A row that stands in its block but in no chain yet. */
struct unlinked {
    struct overlay_row *row;
    uint32_t number;
    uint32_t key_hash, owner_hash, reference_hash; /* the last two: 0 when it has none */
};

static void link_hashed(struct generation *generation, const struct unlinked *unlinked,
                        enum overlay_link link, uint32_t hash)
{
    struct chain_slot *slot = chain_slot_of(generation->slots, generation->slot_capacity, hash);
    if (slot->row == 0)
        generation->slot_count++;
    else
        unlinked->row->older[link] = generation->rows[slot->row - 1];
    *slot = (struct chain_slot){.hash = hash, .row = unlinked->number};
}

/* Linking waits for memory, not for the processor: the slots of some rows are asked for before the
 * first of them is needed. */
#define AHEAD 16

static struct unlinked to_link(const struct generation *generation, struct overlay_row *row,
                               const struct record *record)
{
    struct unlinked unlinked = {.row = row,
                                .number = (uint32_t)generation->row_count,
                                .key_hash = key_hash(record->kind, &row->key)};
    ask_for(generation, unlinked.key_hash);
    if (record->deleted)
        return unlinked; /* only its key is known */
    const struct id owner = record_owner(record);
    if (!id_is_none(owner)) {
        unlinked.owner_hash = generation_owner_hash(record->kind, owner);
        ask_for(generation, unlinked.owner_hash);
    }
    if (record->kind == RECORD_KIND_POINT_ENTRY && record->as.point_entry.reference != NULL)
        unlinked.reference_hash = generation_reference_hash(record->as.point_entry.caller_id,
                                                            record->as.point_entry.reference);
    return unlinked;
}

static void link_row(struct generation *generation, const struct unlinked *unlinked)
{
    struct overlay_row *row = unlinked->row;
    row->older[OVERLAY_BY_KIND] = generation->of_kind[row->kind];
    generation->of_kind[row->kind] = row;
    link_hashed(generation, unlinked, OVERLAY_BY_KEY, unlinked->key_hash);
    if (unlinked->owner_hash != 0)
        link_hashed(generation, unlinked, OVERLAY_BY_OWNER, unlinked->owner_hash);
    if (unlinked->reference_hash != 0)
        link_hashed(generation, unlinked, OVERLAY_BY_REFERENCE, unlinked->reference_hash);
}

/* Copies the first record of `records`; answers its length. */
static size_t copy_row(struct generation *generation, uint64_t seq, const uint8_t *records,
                       size_t bytes, struct unlinked *unlinked)
{
    struct record record;
    size_t length;
    /* The caller encoded it, or the journal's chain vouched for it and it was decoded before. */
    CHECK(record_decode(records, bytes, &record, &length) == RESULT_OK);
    struct block *block = generation->blocks;
    CHECK(row_bytes(length) <= block->capacity - block->used);
    struct overlay_row *row = (void *)(block->bytes + block->used);
    block->used += row_bytes(length);
    memset(row->older, 0, sizeof row->older);
    row->seq = seq;
    row->key = record_key(&record);
    row->length = (uint32_t)length;
    row->kind = (uint8_t)record.kind;
    row->why = (uint8_t)record.why;
    row->deleted = record.deleted;
    memcpy(row->data, records, length);
    generation->rows[generation->row_count++] = row;
    generation->bytes += row_bytes(length);
    *unlinked = to_link(generation, row, &record);
    return length;
}

void generation_begin_commit(struct generation *generation, uint64_t seq, timestamp_ms house_time)
{
    const size_t commits = commit_count(generation);
    CHECK(commits < generation->time_capacity);
    CHECK(commits == 0 || seq == generation->last_seq + 1);
    if (commits == 0)
        generation->first_seq = seq;
    generation->last_seq = seq;
    generation->times[commits] = house_time;
}

size_t generation_append(struct generation *generation, uint64_t seq, const uint8_t *records,
                         size_t bytes, size_t record_count)
{
    struct unlinked unlinked[AHEAD];
    size_t used = 0;
    CHECK(seq == generation->last_seq);
    for (size_t i = 0; i < record_count; i++) {
        if (i >= AHEAD)
            link_row(generation, &unlinked[i % AHEAD]);
        used += copy_row(generation, seq, records + used, bytes - used, &unlinked[i % AHEAD]);
    }
    for (size_t i = record_count > AHEAD ? record_count - AHEAD : 0; i < record_count; i++)
        link_row(generation, &unlinked[i % AHEAD]);
    return used;
}

bool generation_is_full(const struct generation *generation)
{
    return generation->row_count >= GENERATION_ROWS_MAX ||
           generation->bytes >= GENERATION_BYTES_MAX;
}

/* ---- Finding ---- */

const struct overlay_row *generation_find(const struct generation *generation, uint64_t seq,
                                          enum record_kind kind, const struct record_key *key)
{
    const struct overlay_row *row = generation_head(generation, key_hash(kind, key));
    while (row != NULL && (row->seq > seq || row->kind != kind ||
                           memcmp(row->key.bytes, key->bytes, RECORD_KEY_BYTES) != 0))
        row = row->older[OVERLAY_BY_KEY];
    return row;
}

uint64_t generation_last_seq(const struct generation *generation)
{
    return generation->last_seq;
}

size_t generation_row_count(const struct generation *generation)
{
    return generation->row_count;
}

enum result generation_tell(const struct generation *generation, image_visit *visit, void *owner)
{
    enum result result = RESULT_OK;
    for (size_t i = 0; i < generation->row_count && result == RESULT_OK; i++) {
        const struct overlay_row *row = generation->rows[i];
        result = visit(owner, row, generation->times[row->seq - generation->first_seq]);
    }
    return result;
}

size_t generation_newest(const struct generation *generation, const struct overlay_row **rows)
{
    size_t count = 0;
    for (size_t kind = 0; kind < RECORD_KIND_COUNT; kind++)
        for (const struct overlay_row *row = generation->of_kind[kind]; row != NULL;
             row = row->older[OVERLAY_BY_KIND])
            if (generation_find(generation, UINT64_MAX, row->kind, &row->key) == row)
                rows[count++] = row;
    return count;
}
