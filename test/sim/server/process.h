/* The server's process, which ends itself when it finds that it cannot go on (check_failed of
 * base/check.h, which this defines): for want of memory where nobody could be refused, that is part
 * of the world; otherwise it is a bug, and the simulator ends too. */
#ifndef USHER_TEST_SIM_SERVER_PROCESS_H
#define USHER_TEST_SIM_SERVER_PROCESS_H

#include <stdbool.h>

/* Runs a step of the server's. False: the process ended itself in the middle of it, and is the
 * caller's to bury (server_kill). */
bool process_run(void (*step)(void *argument), void *argument);

#endif
