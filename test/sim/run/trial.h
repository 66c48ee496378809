/* One run in a process of its own, so that one that aborts, crashes or never ends is a failure like
 * any other. */
#ifndef USHER_TEST_SIM_RUN_TRIAL_H
#define USHER_TEST_SIM_RUN_TRIAL_H

#include "world/world.h"

/* Longer than the longest run takes under a sanitizer. */
#define TRIAL_SECONDS_MAX 300

/* Coverage is not kept. */
void trial_run(const struct options *options, struct outcome *outcome);

/* What became of a child that did not end by itself. */
void trial_describe_death(int status, char *text, size_t size);

/* Memory that a process shares with its children; zeroed. Lives as long as they do. */
void *trial_shared_memory(size_t bytes);

#endif
