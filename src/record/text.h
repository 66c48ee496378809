/* The rules for texts that people give: names and titles of one line, and prose. Knows no lengths;
 * those stand in limit.h. Rows written before these rules keep their texts. */
#ifndef USHER_RECORD_TEXT_H
#define USHER_RECORD_TEXT_H

#include "record/rule.h"

#include <stdbool.h>
#include <stddef.h>

/* What is wrong with a text. */
struct text_problem {
    enum rule rule;
    char words[80];
};

/* The text without the blanks (White_Space) around it: where it begins, and its length in bytes.
 * The text is well-formed UTF-8. */
const char *text_trim(const char *text, size_t *length);

/* Whether a text is one line that people can see: something visible, no controls, nothing hidden,
 * no change of direction, which would reach into what stands beside it. Joiners (ZWJ, ZWNJ, LRM
 * ...) are good between characters that are seen, as emoji, Persian and the scripts of India need
 * them, and variation selectors after one. Private use is good: some people's names have no other
 * character. False: `problem` says what it "must" or "must not". The text is well-formed UTF-8. */
bool text_is_line(const char *text, struct text_problem *problem);

/* Whether a text is prose: no controls but line feed and tab, and if it has anything hidden, also
 * something to see. Directions are good here: a description stands by itself. */
bool text_is_prose(const char *text, struct text_problem *problem);

/* Whether there is anything in a text that can be seen. */
bool text_is_visible(const char *text);

#endif
