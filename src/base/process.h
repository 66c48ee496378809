/* What this process takes of the system, as Linux tells it (proc(5)). */
#ifndef USHER_BASE_PROCESS_H
#define USHER_BASE_PROCESS_H

#include <stddef.h>
#include <stdint.h>

struct process_use {
    uint64_t memory_bytes; /* resident; 0: the system does not tell */
    size_t descriptors;    /* open ones; 0: it does not tell */
    size_t descriptors_max;
};

/* Counts descriptors one by one: some milliseconds where there are tens of thousands. Any thread.
 */
void process_use(struct process_use *use);

#endif
