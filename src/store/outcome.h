/* What became of a batch that was given to the journal. */
#ifndef USHER_STORE_OUTCOME_H
#define USHER_STORE_OUTCOME_H

enum store_outcome {
    STORE_DONE,    /* durable */
    STORE_LOST,    /* the journal goes on with something else; the batch is not there */
    STORE_PENDING, /* nobody knows yet whether it is durable; it has to be settled */
};

#endif
