/* See rule.h. */
#include "record/rule.h"

#include "base/check.h"

static const struct {
    const char *word, *words;
} rules[RULE_COUNT] = {
#define RULE(constant, stable_word, said) [RULE_##constant] = {.word = stable_word, .words = said},
#include "record/rule.def"
};

const char *rule_word(enum rule rule)
{
    CHECK(rule > RULE_NONE && rule < RULE_COUNT);
    return rules[rule].word;
}

const char *rule_words(enum rule rule)
{
    CHECK(rule > RULE_NONE && rule < RULE_COUNT);
    return rules[rule].words;
}
