/* See text.h. */
#include "record/text.h"

#include "base/unicode.h"

#include <stdint.h>
#include <stdio.h>

const char *text_trim(const char *text, size_t *length)
{
    const char *first = NULL, *end = text, *at = text;
    for (const char *before = at; *at != '\0'; before = at) {
        if (unicode_is_blank(unicode_next(&at)))
            continue;
        first = first == NULL ? before : first;
        end = at;
    }
    first = first == NULL ? text : first;
    *length = (size_t)(end - first);
    return first;
}

static bool refuse_text(struct text_problem *problem, enum rule rule, const char *words)
{
    problem->rule = rule;
    (void)snprintf(problem->words, sizeof problem->words, "%s", words);
    return false;
}

static bool fail_invisible(struct text_problem *problem)
{
    return refuse_text(problem, RULE_INVISIBLE, rule_words(RULE_INVISIBLE));
}

static bool fail_control(struct text_problem *problem)
{
    return refuse_text(problem, RULE_CHARACTERS, "must not contain control characters");
}

static bool fail_hidden(struct text_problem *problem, uint32_t point)
{
    problem->rule = RULE_CHARACTERS;
    (void)snprintf(problem->words, sizeof problem->words,
                   "must not contain U+%04X, which nobody can see", point);
    return false;
}

/* Whether a joiner or a selector may stand behind a character of this kind. */
static bool carries(enum unicode_kind kind)
{
    return kind == UNICODE_VISIBLE || kind == UNICODE_MARK || kind == UNICODE_SELECTOR;
}

bool text_is_line(const char *text, struct text_problem *problem)
{
    enum unicode_kind before = UNICODE_BLANK;
    uint32_t joiner = 0; /* the one that needs a character behind it */
    bool visible = false;
    for (uint32_t point; (point = unicode_next(&text)) != 0;) {
        const enum unicode_kind kind = unicode_kind(point);
        if (joiner != 0 && kind != UNICODE_VISIBLE && kind != UNICODE_MARK)
            return fail_hidden(problem, joiner);
        joiner = 0;
        switch (kind) {
        case UNICODE_VISIBLE:
            visible = true;
            break;
        case UNICODE_MARK:
        case UNICODE_BLANK:
            break;
        case UNICODE_JOINER:
            joiner = point;
            if (!carries(before))
                return fail_hidden(problem, point);
            break;
        case UNICODE_SELECTOR:
            if (before != UNICODE_VISIBLE && before != UNICODE_MARK)
                return fail_hidden(problem, point);
            break;
        case UNICODE_DIRECTION:
        case UNICODE_HIDDEN:
        case UNICODE_NO_CHARACTER:
            return fail_hidden(problem, point);
        case UNICODE_BREAK:
        case UNICODE_CONTROL:
            return fail_control(problem);
        }
        before = kind;
    }
    if (joiner != 0)
        return fail_hidden(problem, joiner);
    return visible || fail_invisible(problem);
}

bool text_is_prose(const char *text, struct text_problem *problem)
{
    bool visible = false, hidden = false;
    for (uint32_t point; (point = unicode_next(&text)) != 0;) {
        switch (unicode_kind(point)) {
        case UNICODE_VISIBLE:
            visible = true;
            break;
        case UNICODE_MARK:
        case UNICODE_BLANK:
        case UNICODE_BREAK:
            break;
        case UNICODE_JOINER:
        case UNICODE_SELECTOR:
        case UNICODE_DIRECTION:
        case UNICODE_HIDDEN:
            hidden = true;
            break;
        case UNICODE_NO_CHARACTER:
            return fail_hidden(problem, point);
        case UNICODE_CONTROL:
            if (point != '\n' && point != '\t')
                return fail_control(problem);
            break;
        }
    }
    return visible || !hidden || fail_invisible(problem);
}

bool text_is_visible(const char *text)
{
    for (uint32_t point; (point = unicode_next(&text)) != 0;)
        if (unicode_kind(point) == UNICODE_VISIBLE)
            return true;
    return false;
}
