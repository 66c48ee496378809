/* Look-ups that wait until somebody does them, in place of the threads of src/engine/readers.c. */
#ifndef USHER_TEST_SIM_SERVER_READERS_H
#define USHER_TEST_SIM_SERVER_READERS_H

#include "engine/machine.h"

/* A step: does the one that has waited longest, with this reader, or brings the engine what it
 * found for it; false: none waits. */
bool readers_look_up(struct readers *readers, struct store_reader *reader);

/* Forgets those that wait: their server is no more. */
void readers_forget(void);

#endif
