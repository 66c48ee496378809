/* What is known of a verb beside its rule; verb.def says it. */
#ifndef USHER_OFFICE_VERB_H
#define USHER_OFFICE_VERB_H

#include "record/record.h"
#include "record/scope.h"

#include <stdbool.h>

enum verb {
#define VERB(name, function, need, effect, answers, kept) VERB_##name,
#include "office/verb.def"
    VERB_COUNT
};

/* What a granted call holds. `record`: call->record is a row of that kind. */
enum verb_answer {
    ANSWERS_NOTHING,
    ANSWERS_USER,        /* record; none where SIGN_IN_FIND found nobody */
    ANSWERS_SESSION,     /* out.session; its user in `record` */
    ANSWERS_SESSIONS,    /* out.sessions */
    ANSWERS_HANDOVER,    /* out.session, which is to be redeemed; its user in `record` */
    ANSWERS_RESET,       /* out.reset */
    ANSWERS_INVITATION,  /* out.reset; its user in `record` */
    ANSWERS_API_KEY,     /* record */
    ANSWERS_POINTS,      /* out.points */
    ANSWERS_ENTRY,       /* record */
    ANSWERS_CONCERT,     /* record */
    ANSWERS_PLAN,        /* record */
    ANSWERS_ROUND,       /* record */
    ANSWERS_INCIDENT,    /* record */
    ANSWERS_SALES,       /* out.sales */
    ANSWERS_FORECAST,    /* out.forecast */
    ANSWERS_SEATS,       /* out.seats_block */
    ANSWERS_TOKEN,       /* out.token */
    ANSWERS_RESERVATION, /* out.reservation */
    ANSWERS_PAYMENT,     /* out.payment */
    ANSWERS_TICKET,      /* record */
    ANSWERS_PAGE,        /* out.page, which the engine's readers fill */
    ANSWERS_CHANGES,     /* out.changes, the same */
    ANSWERS_HISTORY,     /* out.history, the same */
    ANSWERS_BREAKDOWN,   /* out.breakdown, the same */
    ANSWERS_DRAWN_PLAN,  /* out.drawn_plan, the same */
    ANSWERS_COUNT
};

const char *verb_name(enum verb verb);

/* Who may ask for it. `scope`: that one must have; SCOPE_NONE: none, or the list's. */
struct verb_need {
    bool anybody, persons_only;
    bool own; /* or it is about the caller's own */
    enum scope scope;
};
struct verb_need verb_need(enum verb verb);

/* The same of a list of such rows. */
struct verb_need list_need(enum record_kind kind);

/* Whether an Idempotency-Key counts for it. */
bool verb_takes_key(enum verb verb);

/* Whether it changes nothing but presence. */
bool verb_reads(enum verb verb);
enum verb_answer verb_answers(enum verb verb);

#endif
