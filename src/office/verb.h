/* What is known of a verb beside its rule; verb.def says it. */
#ifndef USHER_OFFICE_VERB_H
#define USHER_OFFICE_VERB_H

#include <stdbool.h>

enum verb {
#define VERB(name, function, need, effect, answers, kept) VERB_##name,
#include "office/verb.def"
    VERB_COUNT
};

enum scope {
#define SCOPE(name) SCOPE_##name,
#include "office/scope.def"
    SCOPE_COUNT
};

/* What a granted call holds. `record`: call->record is a row of that kind. */
enum verb_answer {
    ANSWERS_NOTHING,
    ANSWERS_USER,        /* record; none where SIGN_IN_FIND found nobody */
    ANSWERS_SESSION,     /* out.session; its user in `record` */
    ANSWERS_POINTS,      /* out.points */
    ANSWERS_ENTRY,       /* record */
    ANSWERS_CONCERT,     /* record */
    ANSWERS_ROUND,       /* record */
    ANSWERS_SALES,       /* out.sales */
    ANSWERS_SEATS,       /* out.seats_block */
    ANSWERS_TOKEN,       /* out.token */
    ANSWERS_RESERVATION, /* out.reservation */
    ANSWERS_PAYMENT,     /* out.payment */
    ANSWERS_PAGE,        /* out.page, which the engine's readers fill */
    ANSWERS_COUNT
};

const char *verb_name(enum verb verb);

/* Whether it changes nothing but presence. */
bool verb_reads(enum verb verb);
enum verb_answer verb_answers(enum verb verb);

#endif
