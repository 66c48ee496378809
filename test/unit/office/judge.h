/* The independent judge: it sees only the records that the office journals, knows the design's
 * invariants and legal transitions, and nothing of the office's code. */
#ifndef USHER_TEST_JUDGE_H
#define USHER_TEST_JUDGE_H

#include "base/result.h"
#include "record/record.h"

/* How often each legal transition was taken; shared by all houses of a test program. */
#define TRANSITIONS_MAX 64
struct coverage {
    unsigned transitions[TRANSITIONS_MAX];
};

/* The name of the first legal transition that was never taken, or NULL. */
const char *coverage_missing(const struct coverage *coverage);

/* A token as the judge follows it. */
struct judged_token {
    struct id user_id, concert_id;
    enum token_status status;
    bool passed;
};

/* What tokens wait for. */
struct judged_sale {
    struct id concert_id;
    int64_t highest; /* number admitted or passed over of those who wait for it */
};

struct judged_account {
    struct id user_id;
    int64_t balance, entries; /* the account's, and the sum of its entries */
    bool has_token;           /* one that lives */
};

struct judge {
    struct coverage *coverage;
    struct judged_token *tokens; /* by number - 1 */
    size_t token_count, token_capacity;
    struct judged_account *accounts; /* a hash table; an account of no user is a free place */
    size_t account_count, account_capacity;
    size_t unbalanced; /* accounts whose balance is not the sum of their entries, or negative */
    struct judged_sale *sales;
    size_t sale_count, sale_capacity;
    int64_t active, active_ceiling, last_number;
    int64_t last_serial, told_serial; /* of the tickets, and as the house says */
    /* Sums: of charges and adjustments, of succeeded payments, of all balances. */
    int64_t charged, paid, balances;
};

void judge_init(struct judge *judge, struct coverage *coverage);
void judge_release(struct judge *judge);

/* One record as it is journalled; `before` is the row's last image, or NULL. False: `why` says what
 * was broken. */
bool judge_record(struct judge *judge, const struct record *record, const struct record *before,
                  struct explanation *why);

/* The end of a batch: what must be true at every commit. */
bool judge_commit(const struct judge *judge, struct explanation *why);

#endif
