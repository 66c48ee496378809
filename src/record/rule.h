/* The rules of rule.def as values, and what is told of a value that breaks one. */
#ifndef USHER_RECORD_RULE_H
#define USHER_RECORD_RULE_H

#include <stdbool.h>
#include <stdint.h>

enum rule {
    RULE_NONE = 0,
#define RULE(constant, word, words) RULE_##constant,
#include "record/rule.def"
    RULE_COUNT
};

struct breach {
    enum rule rule;
    const char *words; /* NULL: the rule's own */
    bool bounded;      /* it must be, or have, from least to most */
    int64_t least, most;
    const char *other;    /* a JSON pointer to what it collides with; or NULL */
    int64_t line, column; /* where it stands in CSV, from 1; 0: in no line, or in all of it */
};

/* `rule` is not RULE_NONE: the word that errors have, and what is said of any value that breaks it.
 */
const char *rule_word(enum rule rule);
const char *rule_words(enum rule rule);

#endif
