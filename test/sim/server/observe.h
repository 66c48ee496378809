/* Listening to the engine from outside: the linker brings some of the calls between its files here
 * (--wrap), and from here they go on to where they were meant for. */
#ifndef USHER_TEST_SIM_SERVER_OBSERVE_H
#define USHER_TEST_SIM_SERVER_OBSERVE_H

#include "server/server.h"

/* From now on these functions are told, which must live as long; NULL: nobody. */
void observe(const struct server_observer *observer);

#endif
