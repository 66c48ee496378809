/* The judge's rows: one table of all that ever was, each with its newest image, and a log by which
 * a batch can be taken back. Decides nothing. */
#include "disk/own_memory.h"
#include "oracle/oracle_model.h"

#include <string.h>

#define CHUNK_ROWS 256
#define TEXT_BLOCK_BYTES ((size_t)64 * 1024)

struct row_slot {
    uint32_t hash;
    uint32_t number; /* of the row, from 1; 0: free */
};

/* Where an e-mail or a reference was once given. Never taken out: whoever looks compares with the
 * row as it is now. */
struct text_slot {
    uint64_t hash;
    struct row *row; /* NULL: free */
};

void *resized(void *items, size_t old_bytes, size_t new_bytes)
{
    uint8_t *larger = own_resize(items, new_bytes);
    memset(larger + old_bytes, 0, new_bytes - old_bytes);
    return larger;
}

void *grown(void *items, size_t count, size_t *capacity, size_t item_bytes)
{
    if (count < *capacity)
        return items;
    const size_t old = *capacity;
    *capacity = old == 0 ? 16 : 2 * old;
    return resized(items, old * item_bytes, *capacity * item_bytes);
}

/* ---- Lists ---- */

void list_add(struct row_list *list, enum list_slot slot, struct row *row)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity == 0 ? 4 : 2 * list->capacity;
        list->items = own_resize(list->items, list->capacity * sizeof(struct row *));
    }
    row->place[slot] = list->count;
    list->items[list->count++] = row;
}

void list_remove(struct row_list *list, enum list_slot slot, struct row *row)
{
    struct row *last = list->items[--list->count];
    list->items[row->place[slot]] = last;
    last->place[slot] = row->place[slot];
}

/* ---- Texts ---- */

static const char *keep_text(struct oracle *oracle, const char *text)
{
    const size_t bytes = strlen(text) + 1;
    if (oracle->text_block_count == 0 || oracle->text_block_used + bytes > TEXT_BLOCK_BYTES) {
        const size_t size = bytes > TEXT_BLOCK_BYTES ? bytes : TEXT_BLOCK_BYTES;
        oracle->texts = grown(oracle->texts, oracle->text_block_count, &oracle->text_block_capacity,
                              sizeof(uint8_t *));
        oracle->texts[oracle->text_block_count++] = own_allocate(size);
        oracle->text_block_used = 0;
    }
    uint8_t *place = oracle->texts[oracle->text_block_count - 1] + oracle->text_block_used;
    memcpy(place, text, bytes);
    oracle->text_block_used += bytes;
    return (const char *)place;
}

/* The image's texts become the oracle's own; those of the row before it are already. */
static void keep_texts(struct oracle *oracle, const struct row *row, struct record *image)
{
    const enum record_kind kind = image->kind;
    if (kind != RECORD_KIND_USER && kind != RECORD_KIND_CONCERT && kind != RECORD_KIND_SEAT &&
        kind != RECORD_KIND_POINT_ENTRY && kind != RECORD_KIND_INCIDENT &&
        kind != RECORD_KIND_API_KEY && kind != RECORD_KIND_NOTICE &&
        kind != RECORD_KIND_CONCERT_ROUND && kind != RECORD_KIND_ACTION &&
        kind != RECORD_KIND_PLAN && kind != RECORD_KIND_PLAN_PIECE && kind != RECORD_KIND_TICKET)
        return; /* the other kinds have no text */
    const struct entity_schema *schema = record_schema(kind);
    for (size_t i = 0; i < schema->field_count; i++) {
        if (schema->fields[i].type != FIELD_TEXT)
            continue;
        const char *text = field_text(record_field(image, &schema->fields[i]));
        if (text == NULL || text == field_text(record_field(&row->image, &schema->fields[i])))
            continue;
        text = keep_text(oracle, text);
        memcpy(record_field_mutable(image, &schema->fields[i]), &text, sizeof text);
    }
}

/* ---- Finding by text ---- */

static uint64_t text_hash(enum record_kind kind, struct id id, const char *text)
{
    uint64_t hash = id_hash(id) ^ ((uint64_t)kind + 1);
    for (; *text != '\0'; text++) /* FNV-1a */
        hash = (hash ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
    return hash ^ (hash >> 29);
}

static void text_slot_fill(struct text_slot *slots, size_t count, uint64_t hash, struct row *row)
{
    size_t at = hash & (count - 1);
    while (slots[at].row != NULL) {
        if (slots[at].row == row && slots[at].hash == hash)
            return;
        at = (at + 1) & (count - 1);
    }
    slots[at] = (struct text_slot){.hash = hash, .row = row};
}

static void index_text(struct oracle *oracle, struct row *row, struct id id, const char *text)
{
    if (2 * (oracle->text_count + 1) > oracle->text_slot_count) {
        const size_t count = oracle->text_slot_count == 0 ? 256 : 2 * oracle->text_slot_count;
        struct text_slot *slots = own_allocate(count * sizeof *slots);
        for (size_t i = 0; i < oracle->text_slot_count; i++)
            if (oracle->text_slots[i].row != NULL)
                text_slot_fill(slots, count, oracle->text_slots[i].hash, oracle->text_slots[i].row);
        own_free(oracle->text_slots);
        oracle->text_slots = slots;
        oracle->text_slot_count = count;
    }
    text_slot_fill(oracle->text_slots, oracle->text_slot_count,
                   text_hash(row->image.kind, id, text), row);
    oracle->text_count++;
}

#define EXTERNAL ((struct id){{1}})

static void index_texts(struct oracle *oracle, struct row *row)
{
    if (row->image.kind == RECORD_KIND_USER && row->image.as.user.email != NULL)
        index_text(oracle, row, ID_NONE, row->image.as.user.email);
    /* By an id that no user has: e-mails and external ids stay apart. */
    if (row->image.kind == RECORD_KIND_USER && row->image.as.user.external_id != NULL)
        index_text(oracle, row, EXTERNAL, row->image.as.user.external_id);
    if (row->image.kind == RECORD_KIND_POINT_ENTRY && row->image.as.point_entry.reference != NULL)
        index_text(oracle, row, row->image.as.point_entry.caller_id,
                   row->image.as.point_entry.reference);
}

struct row *user_of_email(const struct oracle *oracle, const char *email)
{
    const uint64_t hash = text_hash(RECORD_KIND_USER, ID_NONE, email);
    const size_t mask = oracle->text_slot_count - 1;
    for (size_t at = hash & mask; oracle->text_slot_count > 0 && oracle->text_slots[at].row != NULL;
         at = (at + 1) & mask) {
        struct row *row = oracle->text_slots[at].row;
        if (oracle->text_slots[at].hash == hash && row->there &&
            row->image.kind == RECORD_KIND_USER && row->image.as.user.email != NULL &&
            strcmp(row->image.as.user.email, email) == 0)
            return row;
    }
    return NULL;
}

struct row *user_of_external_id(const struct oracle *oracle, const char *external_id)
{
    const uint64_t hash = text_hash(RECORD_KIND_USER, EXTERNAL, external_id);
    const size_t mask = oracle->text_slot_count - 1;
    for (size_t at = hash & mask; oracle->text_slot_count > 0 && oracle->text_slots[at].row != NULL;
         at = (at + 1) & mask) {
        struct row *row = oracle->text_slots[at].row;
        if (oracle->text_slots[at].hash == hash && row->there &&
            row->image.kind == RECORD_KIND_USER && row->image.as.user.external_id != NULL &&
            strcmp(row->image.as.user.external_id, external_id) == 0)
            return row;
    }
    return NULL;
}

struct row *entry_of_reference(const struct oracle *oracle, struct id caller_id,
                               const char *reference)
{
    const uint64_t hash = text_hash(RECORD_KIND_POINT_ENTRY, caller_id, reference);
    const size_t mask = oracle->text_slot_count - 1;
    for (size_t at = hash & mask; oracle->text_slot_count > 0 && oracle->text_slots[at].row != NULL;
         at = (at + 1) & mask) {
        struct row *row = oracle->text_slots[at].row;
        if (oracle->text_slots[at].hash == hash && row->there &&
            row->image.kind == RECORD_KIND_POINT_ENTRY &&
            id_equal(row->image.as.point_entry.caller_id, caller_id) &&
            strcmp(row->image.as.point_entry.reference, reference) == 0)
            return row;
    }
    return NULL;
}

/* ---- The table ---- */

static struct row *row_numbered(const struct oracle *oracle, size_t number)
{
    struct row *chunk = (struct row *)oracle->chunks[number / CHUNK_ROWS];
    return &chunk[number % CHUNK_ROWS];
}

/* A slot keeps half of the hash, so that hardly any row but the wanted is looked at. */
static void slot_fill(struct oracle *oracle, struct row_slot slot)
{
    size_t at = slot.hash & (oracle->slot_count - 1);
    while (oracle->slots[at].number != 0)
        at = (at + 1) & (oracle->slot_count - 1);
    oracle->slots[at] = slot;
}

static void table_make_room(struct oracle *oracle)
{
    if (2 * (oracle->row_count + 1) <= oracle->slot_count)
        return;
    struct row_slot *old = oracle->slots;
    const size_t old_count = oracle->slot_count;
    oracle->slot_count *= 2;
    oracle->slots = own_allocate(oracle->slot_count * sizeof *oracle->slots);
    for (size_t i = 0; i < old_count; i++)
        if (old[i].number != 0)
            slot_fill(oracle, old[i]);
    own_free(old);
}

/* Every key begins with an id, but for the house's; two kinds go on with a number. */
static bool has_key(const struct row *row, enum record_kind kind, const struct record_key *key)
{
    if (row->image.kind != kind ||
        (kind != RECORD_KIND_HOUSE && memcmp(&row->image.as, key->bytes, ID_BYTES) != 0))
        return false;
    if (kind != RECORD_KIND_HOUSE && kind != RECORD_KIND_RESERVATION_SEAT &&
        kind != RECORD_KIND_IDEMPOTENCY_KEY)
        return true;
    const struct record_key other = record_key(&row->image);
    return memcmp(&other, key, sizeof other) == 0;
}

struct row *row_find_any(const struct oracle *oracle, enum record_kind kind,
                         const struct record_key *key)
{
    const uint32_t hash = (uint32_t)record_key_hash(kind, key);
    size_t at = hash & (oracle->slot_count - 1);
    for (; oracle->slots[at].number != 0; at = (at + 1) & (oracle->slot_count - 1)) {
        if (oracle->slots[at].hash != hash)
            continue;
        struct row *row = row_numbered(oracle, oracle->slots[at].number - 1);
        if (has_key(row, kind, key))
            return row;
    }
    return NULL;
}

struct row *row_find(const struct oracle *oracle, enum record_kind kind, struct id id)
{
    const struct record_key key = record_key_of_id(id);
    struct row *row = row_find_any(oracle, kind, &key);
    return row != NULL && row->there ? row : NULL;
}

static struct row *row_new(struct oracle *oracle, const struct record *image)
{
    table_make_room(oracle);
    if (oracle->row_count == oracle->chunk_count * CHUNK_ROWS) {
        oracle->chunks =
            grown(oracle->chunks, oracle->chunk_count, &oracle->chunk_capacity, sizeof(uint8_t *));
        oracle->chunks[oracle->chunk_count++] = own_allocate(CHUNK_ROWS * sizeof(struct row));
    }
    struct row *row = row_numbered(oracle, oracle->row_count);
    /* The key alone, as long as it was not put. */
    row->image.kind = image->kind;
    const struct entity_schema *schema = record_schema(image->kind);
    for (size_t i = 0; i < schema->field_count; i++)
        if (schema->fields[i].flags & FIELD_FLAG_KEY)
            memcpy(record_field_mutable(&row->image, &schema->fields[i]),
                   record_field(image, &schema->fields[i]),
                   schema->fields[i].type == FIELD_ID ? ID_BYTES : sizeof(int64_t));
    const struct record_key key = record_key(image);
    slot_fill(oracle, (struct row_slot){.hash = (uint32_t)record_key_hash(image->kind, &key),
                                        .number = (uint32_t)++oracle->row_count});
    struct row_vector *vector = &oracle->of_kind[image->kind];
    vector->items = grown(vector->items, vector->count, &vector->capacity, sizeof(struct row *));
    vector->items[vector->count++] = row;
    return row;
}

/* ---- Changing ---- */

static void log_before(struct oracle *oracle, struct row *row)
{
    if (row->span == oracle->span.number)
        return;
    row->span = oracle->span.number;
    struct log *log = &oracle->log;
    log->entries = grown(log->entries, log->count, &log->capacity, sizeof *log->entries);
    log->entries[log->count++] =
        (struct log_entry){.row = row, .image = row->image, .there = row->there, .made = row->made};
}

static void row_set(struct oracle *oracle, struct row *row, const struct record *image, bool there)
{
    if (row->there)
        row_unlink(oracle, row);
    row->image = *image;
    row->there = there;
    if (there)
        row_link(oracle, row);
}

struct record row_image(const struct row *row)
{
    return row->image;
}

void row_change(struct oracle *oracle, struct row *row, const struct record *image)
{
    struct record kept = *image;
    kept.deleted = false;
    log_before(oracle, row);
    keep_texts(oracle, row, &kept);
    row->made = true;
    row_set(oracle, row, &kept, true);
    index_texts(oracle, row);
}

void row_delete(struct oracle *oracle, struct row *row)
{
    const struct record image = row->image;
    log_before(oracle, row);
    row_set(oracle, row, &image, false);
}

struct row *row_put(struct oracle *oracle, const struct record *image)
{
    const struct record_key key = record_key(image);
    struct row *row = row_find_any(oracle, image->kind, &key);
    if (row == NULL)
        row = row_new(oracle, image);
    row_change(oracle, row, image);
    return row;
}

void log_undo(struct oracle *oracle)
{
    while (oracle->log.count > 0) {
        const struct log_entry *entry = &oracle->log.entries[--oracle->log.count];
        entry->row->made = entry->made;
        row_set(oracle, entry->row, &entry->image, entry->there);
        entry->row->span = 0;
    }
}

/* ---- Life ---- */

void rows_init(struct oracle *oracle)
{
    oracle->slot_count = 4096;
    oracle->slots = own_allocate(oracle->slot_count * sizeof *oracle->slots);
}

static void row_release(struct row *row)
{
    const enum record_kind kind = row->image.kind;
    if (kind == RECORD_KIND_USER) {
        own_free(row->of.user.sessions.items);
        own_free(row->of.user.keys.items);
        own_free(row->of.user.reservations.items);
    } else if (kind == RECORD_KIND_CONCERT)
        own_free(row->of.concert.rounds.items);
    else if (kind == RECORD_KIND_CONCERT_ROUND) {
        own_free(row->of.round.seats);
        own_free(row->of.round.reservations.items);
    } else if (kind == RECORD_KIND_SEAT_RESERVATION)
        own_free(row->of.reservation);
}

void rows_release(struct oracle *oracle)
{
    for (size_t i = 0; i < oracle->row_count; i++)
        row_release(row_numbered(oracle, i));
    for (size_t i = 0; i < oracle->chunk_count; i++)
        own_free(oracle->chunks[i]);
    for (size_t i = 0; i < oracle->text_block_count; i++)
        own_free(oracle->texts[i]);
    for (size_t kind = 0; kind < RECORD_KIND_COUNT; kind++)
        own_free(oracle->of_kind[kind].items);
    own_free(oracle->chunks);
    own_free(oracle->texts);
    own_free(oracle->slots);
    own_free(oracle->text_slots);
    own_free(oracle->log.entries);
    own_free(oracle->sessions.items);
    own_free(oracle->resets.items);
    own_free(oracle->api_keys.items);
    own_free(oracle->pending.items);
    own_free(oracle->live_tokens.items);
    own_free(oracle->cancelled.items);
    own_free(oracle->keys.rows);
    own_free(oracle->keys.created_at);
    own_free(oracle->token_by_number);
    own_free(oracle->waiting.words);
    own_free(oracle->present.words);
    own_free(oracle->unpassed.words);
}
