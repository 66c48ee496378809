/* A server on a disk in memory with a round on sale and a buyer inside, for tests that then torment
 * it. */
#ifndef USHER_TEST_SIM_SERVER_ORDEAL_H
#define USHER_TEST_SIM_SERVER_ORDEAL_H

#include "people.h"
#include "server/server.h"

#define ORDEAL_SEATS 16

/* What the observer was told, in order; each a character: o a batch opened, d a call decided,
 * c closed, a appended, x an append that failed, k committed, l loaded; the first so many. */
#define TOLD_MAX 4096

struct ordeal {
    struct chance chance;
    struct disk *disk;
    struct server *server;
    struct asker asker; /* one call, one turn, and what it takes to answer it */
    struct person organizer, buyer;
    struct id round_id, seat_ids[ORDEAL_SEATS];
    uint64_t loaded_seq;
    uint64_t hash; /* of every record and every outcome that the observer was told */
    char told[TOLD_MAX + 1];
    size_t told_count;
    bool refused; /* the last call's inbox was full */
    int completed;
};

/* Like the office settings of people.h, but holds last an hour. */
extern const struct office_settings ordeal_settings;

/* A new disk, and all of the above on it. */
void ordeal_open(struct ordeal *ordeal, uint64_t seed);

/* Stops the server if it is up, and frees everything. */
void ordeal_close(struct ordeal *ordeal);

/* As it was saved, on a fresh disk: the server is up and nothing else has happened. `saved` was
 * stopped, and its disk made the image. */
void ordeal_open_again(struct ordeal *ordeal, const struct ordeal *saved,
                       const struct disk_image *image, uint64_t seed);

/* Submits a request and takes a turn, and look-ups with their turns; false: it was not completed,
 * since the disk died. */
bool ordeal_try(struct ordeal *ordeal, struct call *call);

/* A hold of seat `index`, tried; REFUSAL_NONE when it was answered well, otherwise how it was
 * refused; `*answered` says whether it was answered at all. */
enum refusal ordeal_hold(struct ordeal *ordeal, size_t index, bool *answered);

/* Whether the seat is held, as a request from outside would see it. */
bool ordeal_is_held(struct ordeal *ordeal, size_t index);

void ordeal_start(struct ordeal *ordeal); /* which must work */
void ordeal_stop(struct ordeal *ordeal);
void ordeal_power_cut(struct ordeal *ordeal); /* and it is down */
void ordeal_crash(struct ordeal *ordeal);

/* Books everything, and lets store_audit look at the tables: they keep every invariant. */
void ordeal_audit(struct ordeal *ordeal);

#endif
