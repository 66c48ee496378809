/* The simulator's own memory, which never fails: a process that has none left ends. And that of the
 * server in it, which fails when it is told to. */
#ifndef USHER_TEST_SIM_DISK_OWN_MEMORY_H
#define USHER_TEST_SIM_DISK_OWN_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed. */
void *own_allocate(size_t bytes);

/* What is new may hold anything. `block` may be NULL. */
void *own_resize(void *block, size_t bytes);

void own_free(void *block);

/* Of the allocations of office, store, engine and SQLite, the `countdown`th from now fails, and
 * with `lasting` all after it; 0: none does. */
void memory_fail(int countdown, bool lasting);
uint64_t memory_failures(void);

/* Whether this allocation is the one to fail. */
bool memory_refuses(void);

/* Before SQLite's first use: its memory comes from here (sqlite_memory.c), and it runs without
 * locks, since everything is one thread. Fine to call again. */
void memory_prepare_sqlite(void);

/* Failures (memory_fail) are counted and happen between these two. */
void memory_enter(void);
void memory_leave(void);

/* While an observer or a client is called from in between, there are none. */
unsigned memory_suspend(void);
void memory_resume(unsigned suspended);

#endif
