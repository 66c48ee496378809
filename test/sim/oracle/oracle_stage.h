/* A real server with the judge behind it, and between the two somebody who tells the judge
 * something else than what happened: so each check of the judge's is seen to object. */
#ifndef USHER_TEST_SIM_ORACLE_ORACLE_STAGE_H
#define USHER_TEST_SIM_ORACLE_ORACLE_STAGE_H

#include "oracle/oracle.h"
#include "people.h"

#define STAGE_SEATS 8
#define STAGE_BUYERS 3

struct stage;

/* Where in a batch the lie is told. */
enum lie_place {
    LIE_NOWHERE,
    LIE_IN_TICK,
    LIE_IN_CALL,
    LIE_IN_SETTLING,
    LIE_IN_LOAD,
};

/* The lie. It is told once it is armed, at the first opportunity. */
struct lie {
    enum lie_place place;
    /* Of a span: a record of this kind is left out, or changed, or, changed from its last image,
     * put in; without a function, in a tick or a settling, all records are left out. */
    enum record_kind kind;
    enum {
        LIE_CHANGES,
        LIE_DROPS,
        LIE_DROPS_ALL,
        LIE_ADDS,
        LIE_BREAKS, /* the bytes */
    } what;
    void (*record)(struct stage *stage, struct record *record);
    void (*answer)(struct stage *stage, struct call *call); /* of a decided call */
    void (*told)(struct stage *stage, struct call *call);   /* of the answer that is given */
    /* What else of the sequence is not told as it was. */
    enum {
        LIE_NOT,
        LIE_ANSWERS_EARLY,
        LIE_ANSWERS_UNDECIDED,
        LIE_HIDES_APPEND,
        LIE_MISNUMBERS_APPEND,
        LIE_MISNUMBERS_BATCH,
        LIE_COMMITS_TWICE,
        LIE_LOSES_BATCH,
        LIE_FINDS_BATCH,
        LIE_TURNS_BACK_TIME,
        LIE_HIDES_LOAD,
        LIE_KEEPS_SILENT, /* as long as it is armed */
    } sequence;
};

struct stage {
    struct chance chance;
    struct disk *disk;
    struct server *server;
    struct oracle *oracle;
    struct server_observer judge;
    struct asker asker;
    struct person organizer, buyers[STAGE_BUYERS];
    struct id round_id, seat_ids[STAGE_SEATS];
    struct id reservation_id; /* the last that was held */
    struct office_settings settings;

    struct lie lie;
    bool armed;
    struct record *last[RECORD_KIND_COUNT]; /* written, of each kind */
    const struct request *in_flight;

    bool objected;
    int invariant;
    char objection[512];
};

extern const struct office_settings stage_settings;

/* A new disk, a server on it, an organizer with a round on sale, buyers who have signed up. */
void stage_open(struct stage *stage, const struct lie *lie);
void stage_close(struct stage *stage);

/* From now on the lie is told. */
void stage_arm(struct stage *stage);
void stage_disarm(struct stage *stage);

/* Time passes, with a turn each second, so that it is no downtime, and one at its end. */
void stage_wait(struct stage *stage, int64_t elapsed_ms);
/* The same without a turn before its end. */
void stage_jump(struct stage *stage, int64_t elapsed_ms);

/* A call of one's own batch, its answer still owned; and released at once: how it was refused. */
void stage_ask(struct stage *stage, struct call *call);
enum refusal stage_do(struct stage *stage, struct call call);

/* Joins and waits until inside; with points. */
void stage_enter(struct stage *stage, size_t buyer, int64_t points);
struct call stage_hold_call(struct stage *stage, size_t buyer, size_t seat, size_t count);
enum refusal stage_hold(struct stage *stage, size_t buyer, size_t seat, size_t count);
enum refusal stage_pay(struct stage *stage, size_t buyer);
enum refusal stage_cancel(struct stage *stage, size_t buyer);

void stage_crash(struct stage *stage); /* and it is up again */
void stage_check(struct stage *stage); /* oracle_check_all */

#endif
