/* Somebody new to the house: makes an account, signs in, charges the account and joins the queue,
 * one call after the other. Whoever sends the calls shows the newcomer each answer. */
#ifndef USHER_APP_NEWCOMER_H
#define USHER_APP_NEWCOMER_H

#include "api/credentials.h"
#include "office/call.h"

#include <stdbool.h>

/* A prefix of 32 characters, as mailboxes have it, and the NUL. */
#define NEWCOMER_PREFIX_BYTES 128

#define NEWCOMER_EMAIL_END "@example.com"

/* The prefix, a dash and a number of 64 bits. */
#define NEWCOMER_EMAIL_BYTES (NEWCOMER_PREFIX_BYTES + 1 + 20 + sizeof NEWCOMER_EMAIL_END)

/* What the newcomers of one crowd have in common. */
struct newcomer_plan {
    char prefix[NEWCOMER_PREFIX_BYTES]; /* e-mail addresses are PREFIX-1@example.com and on, as
                                           mailboxes have it */
    const char *password_hash;
    int64_t points; /* charged to each account, at most CHARGE_MAX; 0: none */
    bool join;      /* the queue */
};

enum newcomer_step {
    NEWCOMER_REGISTERS,
    NEWCOMER_SIGNS_IN,
    NEWCOMER_CHARGES,
    NEWCOMER_JOINS,
    NEWCOMER_ARRIVED,
};

struct newcomer {
    enum newcomer_step step;
    char name[32], email[NEWCOMER_EMAIL_BYTES];
    struct session_token token;
    struct credentials credentials;
};

/* Makes it the one with that number. RESULT_IO: no random bytes. */
MUST_USE enum result newcomer_init(struct newcomer *newcomer, const struct newcomer_plan *plan,
                                   uint64_t number, struct explanation *explanation);

/* The call of the step that the newcomer is at, which is not the last. Its texts are the newcomer's
 * and the plan's. */
void newcomer_fill_call(const struct newcomer *newcomer, const struct newcomer_plan *plan,
                        struct call *call);

/* Learns from the answer, which was no refusal, and goes to the next step that the plan wants. */
void newcomer_advance(struct newcomer *newcomer, const struct newcomer_plan *plan,
                      const struct call *call);

#endif
