/* SQLite's memory: its allocations can be told to fail like all others under test, and come from
 * lists of free blocks by size, since SQLite makes and drops hundreds of thousands of small ones a
 * second. */
#include "disk/own_memory.h"

#include "base/check.h"

#include <malloc.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* In front of each block: SQLite asks how large one is, and what it then does must not depend on
 * how the heap happens to look, so that is what was asked for. */
struct head {
    int32_t size;
    uint32_t list;
};

/* A free block begins with the address of the next one. */
struct spare {
    struct spare *next;
};

/* Lists up to 64 KiB, four for each doubling; what is larger comes from malloc. With a sanitizer
 * all of it does, which then sees what is done with it. */
#define STEP_BYTES_MIN 16
#define LISTS 48
#define NO_LIST UINT32_MAX
#if defined(__SANITIZE_ADDRESS__)
#define LISTED_BYTES_MAX 0
#else
#define LISTED_BYTES_MAX 65536
#endif

#define CHUNK_BYTES ((size_t)1 << 20)

/* SQLite's allocator is the process's. */
static struct {
    struct spare *spares[LISTS];
    uint8_t *chunk; /* what is left of the last one */
    size_t chunk_left;
} heap;

/* The list for so many bytes, and how many a block of it has. */
static uint32_t list_for(size_t bytes, size_t *block_bytes)
{
    size_t step = STEP_BYTES_MIN, base = 0;
    uint32_t list = 0;
    /* 4 blocks of each step: 16 to 64, then steps of 16 to 128, of 32 to 256 and so on. */
    while (bytes > base + 4 * step) {
        base += 4 * step;
        step = base / 4;
        list += 4;
    }
    const size_t steps = (bytes - base + step - 1) / step;
    *block_bytes = base + steps * step;
    return list + (uint32_t)steps - 1;
}

static struct head *take(size_t bytes)
{
    size_t block_bytes;
    if (bytes > LISTED_BYTES_MAX) {
        struct head *head = own_resize(NULL, bytes);
        head->list = NO_LIST;
        return head;
    }
    const uint32_t list = list_for(bytes, &block_bytes);
    CHECK(list < LISTS);
    struct spare *spare = heap.spares[list];
    struct head *head = (struct head *)(void *)spare;
    if (spare != NULL) {
        heap.spares[list] = spare->next;
    } else {
        if (heap.chunk_left < block_bytes) {
            heap.chunk = own_resize(NULL, CHUNK_BYTES);
            heap.chunk_left = CHUNK_BYTES;
        }
        head = (struct head *)(void *)heap.chunk;
        heap.chunk += block_bytes;
        heap.chunk_left -= block_bytes;
    }
    head->list = list;
    return head;
}

static struct head *head_of(void *block)
{
    return (struct head *)block - 1;
}

static void *sqlite_malloc(int bytes)
{
    if (memory_refuses())
        return NULL;
    struct head *head = take((size_t)bytes + sizeof *head);
    head->size = bytes;
    return head + 1;
}

static void sqlite_free(void *block)
{
    struct head *head = head_of(block);
    const uint32_t list = head->list;
    struct spare *spare = (struct spare *)(void *)head;
    if (list == NO_LIST) {
        own_free(head);
        return;
    }
    spare->next = heap.spares[list];
    heap.spares[list] = spare;
}

static void *sqlite_realloc(void *block, int bytes)
{
    void *moved = sqlite_malloc(bytes);
    if (moved == NULL)
        return NULL;
    const int32_t size = head_of(block)->size;
    memcpy(moved, block, (size_t)(size < bytes ? size : bytes));
    sqlite_free(block);
    return moved;
}

static int sqlite_size(void *block)
{
    return head_of(block)->size;
}

static int sqlite_round_up(int bytes)
{
    return (bytes + 7) & ~7;
}

static int sqlite_begin(void *unused)
{
    (void)unused;
    return SQLITE_OK;
}

static void sqlite_end(void *unused)
{
    (void)unused;
}

void memory_prepare_sqlite(void)
{
    static const sqlite3_mem_methods methods = {
        .xMalloc = sqlite_malloc,
        .xFree = sqlite_free,
        .xRealloc = sqlite_realloc,
        .xSize = sqlite_size,
        .xRoundup = sqlite_round_up,
        .xInit = sqlite_begin,
        .xShutdown = sqlite_end,
    };
    static bool prepared; /* as SQLite is, once in a process */
    if (prepared)
        return;
    prepared = true;
    CHECK(sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) == SQLITE_OK);
    CHECK(sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK);
    CHECK(sqlite3_config(SQLITE_CONFIG_SINGLETHREAD) == SQLITE_OK);
    /* A run takes megabytes and gives them back; asking the system for them each time, and it
     * blanking them, would cost more than many a run. */
    const int wishes = mallopt(M_MMAP_THRESHOLD, 256 << 20) + mallopt(M_TRIM_THRESHOLD, 512 << 20) +
                       mallopt(M_TOP_PAD, 16 << 20);
    (void)wishes; /* a sanitizer's allocator has none of them */
}
