/* Reading and taking in turn, for the simulator has one thread. Defines what src/store/ahead.c
 * does, so that file is not linked. */
#include "store/ahead.h"

enum result ahead_run(ahead_read *read, void *reader, const struct store_loader *taker,
                      struct explanation *explanation)
{
    return read(reader, taker, explanation);
}
