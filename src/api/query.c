/* See query.h. */
#include "api/query.h"

#include "api/contract.h"
#include "api/problem.h"
#include "base/check.h"
#include "base/utf8.h"
#include "read/search.h"
#include "record/text.h"

#include <stdio.h>
#include <string.h>

#define PARAMETER_SHOWN_MAX 100 /* characters */

static void refuse_words(struct enquiry *enquiry, const char *name, enum rule rule,
                         const char *words)
{
    problem_parameter(enquiry, name, &(struct breach){.rule = rule, .words = words});
}

static void refuse(struct enquiry *enquiry, const char *name, enum rule rule)
{
    refuse_words(enquiry, name, rule, NULL);
}

static void refuse_number(struct enquiry *enquiry, const char *name, int64_t least, int64_t most)
{
    char words[64];
    (void)snprintf(words, sizeof words, "must be a number from %lld to %lld", (long long)least,
                   (long long)most);
    problem_parameter(
        enquiry, name,
        &(struct breach){
            .rule = RULE_RANGE, .words = words, .bounded = true, .least = least, .most = most});
}

static bool has_parameter(const struct route *route, const char *name)
{
    struct parameter_walk walk = route_parameters(route);
    struct query_parameter parameter;
    while (parameter_next(&walk, &parameter))
        if (strcmp(parameter.query, name) == 0)
            return true;
    return false;
}

/* The client's value, if it is a text that can be shown. */
static const char *shown(const char *name)
{
    size_t characters;
    return utf8_count(name, strlen(name), &characters) && characters <= PARAMETER_SHOWN_MAX ? name
                                                                                            : "";
}

bool query_names(struct enquiry *enquiry)
{
    const struct request_head *head = enquiry->exchange.head;
    for (size_t i = 0; i < head->parameter_count; i++) {
        const char *name = head->parameters[i].name;
        bool twice = false;
        for (size_t before = 0; before < i && !twice; before++)
            twice = strcmp(head->parameters[before].name, name) == 0;
        if (!twice && has_parameter(enquiry->route, name))
            continue;
        refuse_words(enquiry, shown(name), twice ? RULE_TWICE : RULE_UNKNOWN,
                     twice ? "comes twice" : "is no parameter of this route");
        return false;
    }
    CHECK(!head->parameters_left_out); /* one of so many is unknown, or comes twice */
    return true;
}

/* False: the route has none. */
static bool find_reason(const struct route *route, struct query_parameter *parameter)
{
    struct parameter_walk walk = route_parameters(route);
    while (parameter_next(&walk, parameter))
        if (strcmp(parameter->query, "reason") == 0)
            return true;
    return false;
}

bool query_reason(struct enquiry *enquiry)
{
    struct query_parameter parameter;
    struct text_problem problem;
    /* What is public is nobody's, and most requests are for that. */
    if (enquiry->route->is_public || !find_reason(enquiry->route, &parameter))
        return true;
    if (!query_text(enquiry, "reason", (size_t)parameter.max, &enquiry->reason))
        return false;
    if (enquiry->reason == NULL && parameter.type == PARAMETER_NEEDED)
        refuse_words(enquiry, "reason", RULE_MISSING, "must be there");
    else if (enquiry->reason != NULL && !text_is_line(enquiry->reason, &problem))
        refuse_words(enquiry, "reason", problem.rule, problem.words);
    else
        return true;
    return false;
}

#define NUMBER_DIGITS_MAX 19 /* as many fit in 64 bits */

/* A number of at most so many digits, and nothing else. */
static bool number_parse(const char *text, size_t digits_max, uint64_t *number)
{
    const size_t digits = strspn(text, "0123456789");
    CHECK(digits_max <= NUMBER_DIGITS_MAX);
    if (digits == 0 || digits > digits_max || text[digits] != '\0')
        return false;
    *number = 0;
    for (size_t i = 0; i < digits; i++)
        *number = *number * 10 + (uint64_t)(text[i] - '0');
    return true;
}

bool query_limit(struct enquiry *enquiry, size_t max, size_t *limit)
{
    uint64_t value;
    const char *text = exchange_parameter(&enquiry->exchange, "limit");
    if (text == NULL)
        return true;
    /* No limit is larger than 1000. */
    if (number_parse(text, 6, &value) && value >= 1 && value <= max) {
        *limit = (size_t)value;
        return true;
    }
    refuse_number(enquiry, "limit", 1, (int64_t)max);
    return false;
}

bool query_seconds(struct enquiry *enquiry, const char *name, int64_t max, int64_t *seconds)
{
    uint64_t value;
    const char *text = exchange_parameter(&enquiry->exchange, name);
    if (text == NULL)
        return true;
    if (number_parse(text, 6, &value) && value <= (uint64_t)max) {
        *seconds = (int64_t)value;
        return true;
    }
    refuse_number(enquiry, name, 0, max);
    return false;
}

bool query_version(struct enquiry *enquiry, const char *name, uint64_t *version, bool *given)
{
    const char *text = exchange_parameter(&enquiry->exchange, name);
    *given = text != NULL;
    if (text == NULL ||
        (number_parse(text, NUMBER_DIGITS_MAX, version) && *version <= (uint64_t)INT64_MAX))
        return true;
    refuse(enquiry, name, RULE_VERSION);
    return false;
}

bool query_id(struct enquiry *enquiry, const char *name, const char *prefix, struct id *id)
{
    const char *text = exchange_parameter(&enquiry->exchange, name);
    if (text == NULL || id_parse(prefix, text, strlen(text), id))
        return true;
    char message[80];
    (void)snprintf(message, sizeof message, "must be an id of the form %s_...", prefix);
    refuse_words(enquiry, name, RULE_ID, message);
    return false;
}

bool query_time(struct enquiry *enquiry, const char *name, timestamp_ms *time)
{
    const char *text = exchange_parameter(&enquiry->exchange, name);
    if (text == NULL || timestamp_parse(text, strlen(text), time))
        return true;
    refuse_words(enquiry, name, RULE_TIME,
                 "must be an RFC 3339 time with an offset ('+' is written %2B)");
    return false;
}

bool query_in_order(struct enquiry *enquiry, timestamp_ms from, timestamp_ms to)
{
    if (from <= to)
        return true;
    refuse(enquiry, "from", RULE_AFTER_TO);
    return false;
}

bool query_choice(struct enquiry *enquiry, const char *name, const char *const *texts, size_t count,
                  struct wanted_value *wanted)
{
    const char *text = exchange_parameter(&enquiry->exchange, name);
    wanted->given = text != NULL;
    if (text == NULL || enumeration_parse(texts, count, text, &wanted->value))
        return true;
    refuse(enquiry, name, RULE_CHOICE);
    return false;
}

/* `count`: it is none of them. */
static size_t place_of_text(const char *const *texts, size_t count, const char *text, size_t length)
{
    size_t place = 0;
    while (place < count &&
           (strlen(texts[place]) != length || memcmp(texts[place], text, length) != 0))
        place++;
    return place;
}

bool query_set(struct enquiry *enquiry, const char *name, const char *const *texts, size_t count,
               uint64_t *set)
{
    const char *text = exchange_parameter(&enquiry->exchange, name);
    CHECK(count <= 64);
    *set = text == NULL ? UINT64_MAX : 0;
    while (text != NULL) {
        const size_t length = strcspn(text, ",");
        const size_t place = place_of_text(texts, count, text, length);
        if (place == count) {
            refuse_words(enquiry, name, RULE_CHOICE,
                         "must be values that this parameter has, with commas between them");
            return false;
        }
        *set |= UINT64_C(1) << place;
        text = text[length] == ',' ? text + length + 1 : NULL;
    }
    return true;
}

bool query_expand(struct enquiry *enquiry, uint64_t *expand)
{
    if (exchange_parameter(&enquiry->exchange, "expand") != NULL)
        return query_set(enquiry, "expand", expansion_texts, EXPANSION_COUNT, expand);
    *expand = 0;
    return true;
}

static bool parameter_is_there(const struct enquiry *enquiry, const char *name)
{
    const struct request_head *head = enquiry->exchange.head;
    for (size_t i = 0; i < head->parameter_count; i++)
        if (strcmp(head->parameters[i].name, name) == 0)
            return true;
    return false;
}

/* Whoever asks for what has an empty text would be shown what has any. */
bool query_text(struct enquiry *enquiry, const char *name, size_t characters_max, const char **text)
{
    const char *given = exchange_parameter(&enquiry->exchange, name);
    size_t characters;
    if (given == NULL && !parameter_is_there(enquiry, name))
        return true;
    if (given != NULL && utf8_count(given, strlen(given), &characters) &&
        characters <= characters_max) {
        *text = given;
        return true;
    }
    char words[64];
    (void)snprintf(words, sizeof words, "must be UTF-8 of 1 to %zu characters", characters_max);
    problem_parameter(enquiry, name,
                      &(struct breach){.rule = RULE_LENGTH,
                                       .words = words,
                                       .bounded = true,
                                       .least = 1,
                                       .most = (int64_t)characters_max});
    return false;
}

bool query_search(struct enquiry *enquiry, const char *name, size_t characters_max,
                  const char **folded)
{
    const char *text = NULL;
    size_t length;
    if (!query_text(enquiry, name, characters_max, &text))
        return false;
    if (text == NULL)
        return true;
    const char *trimmed = text_trim(text, &length);
    char *asked = exchange_allocate(&enquiry->exchange, length + 1);
    char *form = exchange_allocate(&enquiry->exchange, SEARCH_BYTES);
    enum result result = asked == NULL || form == NULL ? RESULT_NO_MEMORY : RESULT_OK;
    if (result == RESULT_OK) {
        memcpy(asked, trimmed, length);
        asked[length] = '\0';
        result = length == 0 ? RESULT_MALFORMED : search_fold(asked, form);
    }
    if (result == RESULT_OK)
        *folded = form;
    else if (result == RESULT_NO_MEMORY)
        problem_answer(enquiry, REFUSAL_CAPACITY);
    else
        refuse(enquiry, name, RULE_SEARCH);
    return result == RESULT_OK;
}

bool query_enumeration(struct enquiry *enquiry, const char *name, const struct field_schema *field,
                       struct wanted_value *wanted)
{
    return query_choice(enquiry, name, field->texts, field->text_count, wanted);
}

bool query_email(struct enquiry *enquiry, const char *name, const char **spelled,
                 const char **mailbox)
{
    const char *text = exchange_parameter(&enquiry->exchange, name);
    if (text == NULL)
        return true;
    struct email *read = exchange_allocate(&enquiry->exchange, sizeof *read);
    const enum result result =
        read == NULL ? RESULT_NO_MEMORY : email_read(text, EMAIL_KNOWN, read);
    if (result == RESULT_OK) {
        *spelled = read->spelled;
        *mailbox = read->mailbox;
    } else if (result == RESULT_NO_MEMORY) {
        problem_answer(enquiry, REFUSAL_CAPACITY);
    } else {
        refuse_words(enquiry, name, RULE_EMAIL, "must be an e-mail address ('+' is written %2B)");
    }
    return result == RESULT_OK;
}

bool cursor_parse(const char *text, size_t length, struct cursor *cursor)
{
    uint8_t bytes[CURSOR_BYTES];
    if (!base64_decode(BASE64_URL, text, length, bytes, sizeof bytes))
        return false;
    cursor->number = 0;
    for (size_t i = 0; i < 8; i++)
        cursor->number = cursor->number << 8 | bytes[i];
    memcpy(cursor->id.bytes, bytes + 8, ID_BYTES);
    return true;
}

void cursor_format(const struct cursor *cursor, char text[static CURSOR_CHARACTERS + 1])
{
    uint8_t bytes[CURSOR_BYTES];
    for (size_t i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(cursor->number >> (56 - 8 * i));
    memcpy(bytes + 8, cursor->id.bytes, ID_BYTES);
    text[base64_encode(BASE64_URL, bytes, sizeof bytes, text)] = '\0';
}

bool query_cursor(struct enquiry *enquiry, struct cursor *cursor, bool *given)
{
    const char *text = exchange_parameter(&enquiry->exchange, "cursor");
    *given = text != NULL;
    if (text == NULL || cursor_parse(text, strlen(text), cursor))
        return true;
    refuse(enquiry, "cursor", RULE_CURSOR);
    return false;
}

void page_begin(struct json_writer *writer)
{
    json_write_object_begin(writer);
    json_write_array_member_begin(writer, "items");
}

void page_end(struct json_writer *writer, const struct cursor *next)
{
    json_write_array_end(writer);
    json_write_key(writer, "nextCursor");
    if (next == NULL) {
        json_write_null(writer);
    } else {
        char text[CURSOR_CHARACTERS + 1];
        cursor_format(next, text);
        json_write_text(writer, text);
    }
    json_write_object_end(writer);
}
