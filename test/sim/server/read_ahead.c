/* Reading and taking in turn, for the simulator has one thread. Defines what src/store/read_ahead.c
 * does, so that file is not linked. */
#include "store/read_ahead.h"

enum result read_ahead_run(read_ahead_source *read, void *reader, const struct store_loader *taker,
                           struct explanation *explanation)
{
    return read(reader, taker, explanation);
}
