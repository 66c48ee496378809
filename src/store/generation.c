/* See generation.h. Rows stand one after the other in blocks that never move; the table of chains
 * uses open addressing with linear probing and only ever grows. */
#include "store/generation.h"

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
 * waits; a large one costs no more than the pages of it that are touched. */
#define SLOTS_FIRST 1024
#define SLOTS_USUAL (UINT32_C(1) << 18)
/* Slots that one row can take: for its key, its owner and its reference. */
#define SLOTS_PER_ROW 3

/* What is kept of a generation's memory for the next one, that of some 100,000 rows: taken from the
 * system anew, each page would be cleared and mapped first, by the thread that appends. */
#define SPARE_BLOCKS_MAX 64
/* Clearing a table that was emptier than this would cost more than making it was worth. */
#define SPARE_SLOTS_USED_PART 8

struct block {
    struct block *before;
    size_t used, capacity;
    _Alignas(struct overlay_row) uint8_t bytes[];
};

struct chain_slot {
    uint64_t hash;
    const struct overlay_row *row; /* the newest; NULL: the slot is empty */
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

static struct chain_slot *slots_new(size_t capacity)
{
    return memory_allocate(capacity * sizeof(struct chain_slot), MEMORY_SMALL_PAGES);
}

static void slots_free(struct generation *generation)
{
    memory_free(generation->slots, generation->slot_capacity * sizeof *generation->slots);
    generation->slots = NULL;
    generation->slot_capacity = 0;
}

void generation_free(struct generation *generation)
{
    free_blocks(generation->blocks);
    free_blocks(generation->spare_blocks);
    slots_free(generation);
    free(generation);
}

static void spare_blocks(struct generation *generation)
{
    struct block *next = generation->blocks;
    generation->blocks = NULL;
    while (next != NULL) {
        struct block *block = next;
        next = block->before;
        if (block->capacity > BLOCK_BYTES || generation->spare_count == SPARE_BLOCKS_MAX) {
            free(block);
            continue;
        }
        *block = (struct block){.before = generation->spare_blocks, .capacity = block->capacity};
        generation->spare_blocks = block;
        generation->spare_count++;
    }
}

static void spare_slots(struct generation *generation)
{
    if (generation->slot_count > 0 && generation->slot_capacity <= SLOTS_USUAL &&
        generation->slot_count >= generation->slot_capacity / SPARE_SLOTS_USED_PART) {
        memset(generation->slots, 0, generation->slot_capacity * sizeof *generation->slots);
        return;
    }
    slots_free(generation);
}

void generation_renew(struct generation *generation)
{
    CHECK(generation->references == 0);
    spare_blocks(generation);
    spare_slots(generation);
    *generation = (struct generation){
        .references = 1,
        .spare_blocks = generation->spare_blocks,
        .spare_count = generation->spare_count,
        .slots = generation->slots,
        .slot_capacity = generation->slot_capacity,
    };
}

/* ---- The table of chains ---- */

/* Chains of different links share the table: the two lowest bits keep them apart, whatever a buyer
 * may choose as a reference. Keys of one link whose hashes meet share a chain, which its walkers
 * expect. */
static uint64_t hash_for(enum overlay_link link, uint64_t hash)
{
    _Static_assert((int)OVERLAY_LINK_COUNT <= 4, "two bits tell the links apart");
    return hash << 2 | (uint64_t)link;
}

static uint64_t key_hash(enum record_kind kind, const struct record_key *key)
{
    return hash_for(OVERLAY_BY_KEY, record_key_hash(kind, key));
}

uint64_t generation_owner_hash(enum record_kind kind, struct id owner)
{
    const uint64_t hash = (id_hash(owner) ^ ((uint64_t)kind + 1)) * UINT64_C(0x9e3779b97f4a7c15);
    return hash_for(OVERLAY_BY_OWNER, hash ^ hash >> 32);
}

uint64_t generation_reference_hash(struct id caller, const char *reference)
{
    return hash_for(OVERLAY_BY_REFERENCE,
                    id_hash(caller) ^ hash_bytes(reference, strlen(reference)));
}

static struct chain_slot *slot_of(struct chain_slot *slots, size_t capacity, uint64_t hash)
{
    size_t i = (hash >> 2) & (capacity - 1);
    while (slots[i].row != NULL && slots[i].hash != hash)
        i = (i + 1) & (capacity - 1);
    return &slots[i];
}

/* How many of the slots may be taken. */
static size_t room_of(size_t capacity)
{
    return capacity / 4 * 3;
}

static size_t capacity_for(size_t count)
{
    size_t capacity = count <= room_of(SLOTS_FIRST) ? SLOTS_FIRST : SLOTS_USUAL;
    while (room_of(capacity) < count)
        capacity *= 2;
    return capacity;
}

static enum result reserve_slots(struct generation *generation, size_t count)
{
    const size_t needed = generation->slot_count + count;
    if (needed <= room_of(generation->slot_capacity))
        return RESULT_OK;
    const size_t capacity = capacity_for(needed);
    struct chain_slot *slots = slots_new(capacity);
    if (slots == NULL)
        return RESULT_NO_MEMORY;
    for (size_t i = 0; i < generation->slot_capacity; i++)
        if (generation->slots[i].row != NULL)
            *slot_of(slots, capacity, generation->slots[i].hash) = generation->slots[i];
    slots_free(generation);
    generation->slots = slots;
    generation->slot_capacity = capacity;
    return RESULT_OK;
}

const struct overlay_row *generation_head(const struct generation *generation, uint64_t hash)
{
    if (generation->slot_count == 0)
        return NULL;
    return slot_of(generation->slots, generation->slot_capacity, hash)->row;
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
        generation->spare_count--;
    } else {
        block = malloc(sizeof *block + capacity);
        if (block == NULL)
            return false;
    }
    *block = (struct block){.before = generation->blocks, .capacity = capacity};
    generation->blocks = block;
    return true;
}

enum result generation_reserve(struct generation *generation, size_t record_count, size_t bytes)
{
    const size_t needed =
        bytes + record_count * row_bytes(0) + record_count * _Alignof(struct overlay_row);
    const struct block *block = generation->blocks;
    if ((block == NULL || block->capacity - block->used < needed) &&
        !open_block(generation, needed > BLOCK_BYTES ? needed : BLOCK_BYTES))
        return RESULT_NO_MEMORY;
    return reserve_slots(generation, record_count * SLOTS_PER_ROW);
}

static void ask_for(const struct generation *generation, uint64_t hash)
{
    __builtin_prefetch(&generation->slots[(hash >> 2) & (generation->slot_capacity - 1)], 1);
}

static void link_hashed(struct generation *generation, struct overlay_row *row,
                        enum overlay_link link, uint64_t hash)
{
    struct chain_slot *slot = slot_of(generation->slots, generation->slot_capacity, hash);
    if (slot->row == NULL)
        generation->slot_count++;
    row->older[link] = slot->row;
    *slot = (struct chain_slot){.hash = hash, .row = row};
}

/* Linking waits for memory, not for the processor: the slots of some rows are asked for before the
 * first of them is needed. */
#define AHEAD 16

/* A row that stands in its block but in no chain yet. */
struct unlinked {
    struct overlay_row *row;
    uint64_t key_hash, owner_hash, reference_hash; /* the last two: 0 when it has none */
};

static struct unlinked to_link(const struct generation *generation, struct overlay_row *row,
                               const struct record *record)
{
    struct unlinked unlinked = {.row = row, .key_hash = key_hash(record->kind, &row->key)};
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
    link_hashed(generation, row, OVERLAY_BY_KEY, unlinked->key_hash);
    if (unlinked->owner_hash != 0)
        link_hashed(generation, row, OVERLAY_BY_OWNER, unlinked->owner_hash);
    if (unlinked->reference_hash != 0)
        link_hashed(generation, row, OVERLAY_BY_REFERENCE, unlinked->reference_hash);
}

/* Copies the first record of `records`; answers its length. */
static size_t copy_row(struct generation *generation, uint64_t seq, const uint8_t *records,
                       size_t bytes, struct unlinked *unlinked)
{
    struct record record;
    size_t length;
    /* The caller encoded it, or the journal's checksum vouched for it and it was decoded before. */
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
    row->deleted = record.deleted;
    memcpy(row->data, records, length);
    generation->bytes += row_bytes(length);
    *unlinked = to_link(generation, row, &record);
    return length;
}

size_t generation_append(struct generation *generation, uint64_t seq, const uint8_t *records,
                         size_t bytes, size_t record_count)
{
    struct unlinked unlinked[AHEAD];
    size_t used = 0;
    if (generation->row_count == 0)
        generation->first_seq = seq;
    for (size_t i = 0; i < record_count; i++) {
        if (i >= AHEAD)
            link_row(generation, &unlinked[i % AHEAD]);
        used += copy_row(generation, seq, records + used, bytes - used, &unlinked[i % AHEAD]);
    }
    for (size_t i = record_count > AHEAD ? record_count - AHEAD : 0; i < record_count; i++)
        link_row(generation, &unlinked[i % AHEAD]);
    generation->row_count += record_count;
    generation->last_seq = seq;
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
