/* Clocks that are wound by hand, in place of src/engine/clock.c. */
#ifndef USHER_TEST_SIM_DISK_CLOCK_H
#define USHER_TEST_SIM_DISK_CLOCK_H

#include "base/timestamp.h"

/* What CLOCK_BOOTTIME and CLOCK_REALTIME show. The first never goes back. */
void clock_set(int64_t boot_ms, timestamp_ms wall);
int64_t clock_boot_ms(void);
timestamp_ms clock_wall(void);
void clock_advance(int64_t elapsed_ms); /* both */

#endif
