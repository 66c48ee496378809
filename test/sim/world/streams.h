/* The streams of random numbers that a run draws from its seed (chance_init), each a part's own. */
#ifndef USHER_TEST_SIM_WORLD_STREAMS_H
#define USHER_TEST_SIM_WORLD_STREAMS_H

enum stream {
    STREAM_SHAPE,   /* how large the world is, its settings, its habits */
    STREAM_EVENTS,  /* the order of what happens at the same time */
    STREAM_PEOPLE,  /* what buyers and organizers do */
    STREAM_NETWORK, /* delays, losses, duplicates */
    STREAM_MACHINE, /* when threads are scheduled */
    STREAM_FAULTS,  /* what goes wrong and when */
    STREAM_DISK,    /* what of the unsynced survives */
};

#endif
