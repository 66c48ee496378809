/* Keeping the server running: when its threads are scheduled, and its deaths and starts. */
#ifndef USHER_TEST_SIM_WORLD_RUNNING_H
#define USHER_TEST_SIM_WORLD_RUNNING_H

#include "world/world.h"

/* Something for the engine to do has come. */
void running_wake(struct world *world);

/* The bookkeeper has slept long enough. */
void running_book_now(struct world *world);

/* Events. */
void running_turn(struct world *world, int64_t at);
void running_look_up(struct world *world);
void running_book(struct world *world);
void running_start(struct world *world);

/* As kill -9, or as pulling the plug; somebody starts it again in `down_ms`. */
void running_die(struct world *world, bool power_cut, int64_t down_ms);

/* SIGTERM, and a start with the world's settings, or others. */
void running_restart(struct world *world, int64_t down_ms, bool other_settings);

/* A start right now, at the beginning and the end of a run; false: it failed. */
bool running_start_now(struct world *world);

#endif
