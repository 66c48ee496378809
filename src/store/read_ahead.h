/* Reading ahead: one thread reads rows while another takes them. Knows neither the tables nor what
 * becomes of a row. The simulator, which has one thread, reads and takes in turn
 * (test/sim/server/read_ahead.c).
 */
#ifndef USHER_STORE_READ_AHEAD_H
#define USHER_STORE_READ_AHEAD_H

#include "store/store.h"

/* Hands rows over to `loader` until there are no more, or until it answers anything but RESULT_OK,
 * which it has explained and which is the answer. */
typedef enum result read_ahead_source(void *reader, const struct store_loader *loader,
                                      struct explanation *explanation);

/* Calls `read` in a thread of its own, which has ended when this returns, and hands over to `taker`
 * in the calling thread each row that it hands over, in their order. What `taker` refuses it
 * explains where `explanation` is, and is the answer; else the answer is that of `read`. Without a
 * thread to be had the caller's does both. */
MUST_USE enum result read_ahead_run(read_ahead_source *read, void *reader,
                                    const struct store_loader *taker,
                                    struct explanation *explanation);

#endif
