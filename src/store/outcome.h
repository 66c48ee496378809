/* What became of a batch that was given to the journal. */
#ifndef USHER_STORE_OUTCOME_H
#define USHER_STORE_OUTCOME_H

enum store_outcome {
    STORE_DONE,    /* durable */
    STORE_LOST,    /* the journal does not end where its appender left it; nothing was written */
    STORE_UNKNOWN, /* the disk failed; it may or may not be durable: reopen and load before going on
                    */
};

#endif
