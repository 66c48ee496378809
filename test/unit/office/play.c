/* Playing a script's tests: a row's command, then its answer against what the row expects. */
#include "row.h"

#include "base/hash.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *word;
    row_command *command;
} commands[] = {
#define ROW(name, function, usage) {#name, function},
#include "row.def"
};

bool play_fail(struct play *play, const char *format, ...)
{
    if (play->trouble.text[0] != '\0')
        return false; /* what went wrong first is what is told */
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(play->trouble.text, sizeof play->trouble.text, format, arguments);
    va_end(arguments);
    return false;
}

/* ---- A row's words ---- */

const char *row_word(const struct play *play, size_t place)
{
    return place < play->row->word_count ? play->row->words[place] : NULL;
}

const char *row_option(const struct play *play, const char *name)
{
    for (size_t i = 0; i < play->row->option_count; i++)
        if (strcmp(play->row->options[i].name, name) == 0)
            return play->row->options[i].value;
    return NULL;
}

/* A whole number of `unit`s with a sign: "-5m" is -300000. */
static bool take_piece(const char **text, int64_t *ms)
{
    static const struct {
        const char *name;
        int64_t ms;
    } units[] = {{"ms", 1}, {"s", SECOND_MS}, {"m", MINUTE_MS}, {"h", HOUR_MS}, {"d", DAY_MS}};
    char *end;
    const int64_t count = strtoll(*text, &end, 10);
    if (end == *text)
        return false;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        const size_t length = strlen(units[i].name);
        const char next = strncmp(end, units[i].name, length) == 0 ? end[length] : 'x';
        if (next == '\0' || next == '+' || next == '-' || (next >= '0' && next <= '9')) {
            *ms += count * units[i].ms;
            *text = end + length;
            return true;
        }
    }
    return false;
}

static bool parse_ms(const char *text, int64_t *ms)
{
    *ms = 0;
    do {
        if (!take_piece(&text, ms))
            return false;
    } while (*text != '\0');
    return true;
}

int64_t row_ms(struct play *play, const char *text)
{
    int64_t ms = 0;
    if (text == NULL || !parse_ms(text, &ms))
        (void)play_fail(play, "not a duration: %s", text == NULL ? "(none)" : text);
    return ms;
}

int64_t row_duration(struct play *play, const char *name, int64_t otherwise)
{
    const char *text = row_option(play, name);
    return text == NULL ? otherwise : row_ms(play, text);
}

timestamp_ms row_time(struct play *play, const char *name, timestamp_ms otherwise)
{
    const char *text = row_option(play, name);
    return text == NULL ? otherwise : STAGE_START + row_ms(play, text);
}

int64_t row_number(struct play *play, const char *name, int64_t otherwise)
{
    const char *text = row_option(play, name);
    return text == NULL ? otherwise : strtoll(text, NULL, 10);
}

/* ---- Names ---- */

struct name *play_name(struct play *play, enum name_kind kind, const char *text)
{
    for (size_t i = 0; text != NULL && i < play->name_count; i++)
        if (play->names[i].kind == kind && strcmp(play->names[i].text, text) == 0)
            return &play->names[i];
    return NULL;
}

struct name *play_rename(struct play *play, enum name_kind kind, const char *text)
{
    struct name *name = play_name(play, kind, text);
    struct name renamed = {.kind = kind};
    (void)snprintf(renamed.text, sizeof renamed.text, "%s", text);
    if (name == NULL) {
        if (play->name_count == NAMES_MAX) {
            (void)play_fail(play, "no room for the name %s", text);
            return &play->names[0];
        }
        name = &play->names[play->name_count++];
    }
    *name = renamed; /* `text` may have been the old name's own */
    return name;
}

struct name *play_person(struct play *play, size_t place)
{
    const char *word = row_word(play, place);
    struct name *person = play_name(play, NAME_PERSON, word);
    if (person == NULL)
        (void)play_fail(play, "nobody is called %s", word == NULL ? "nothing" : word);
    return person;
}

struct id play_id(struct play *play, enum name_kind kind, const char *text)
{
    const struct name *name = play_name(play, kind, text);
    return name == NULL ? (struct id){{0x0f}} : name->id;
}

const char *play_name_of(const struct play *play, enum name_kind kind, struct id id)
{
    for (size_t i = 0; i < play->name_count; i++)
        if (play->names[i].kind == kind && id_equal(play->names[i].id, id))
            return play->names[i].text;
    return "?";
}

/* ---- Facts ---- */

static struct fact *add_fact(struct play *play, const char *name, enum fact_type type)
{
    if (play->fact_count == FACTS_MAX) {
        (void)play_fail(play, "more facts than a row has room for");
        play->fact_count--;
    }
    struct fact *fact = &play->facts[play->fact_count++];
    *fact = (struct fact){.name = name, .type = type};
    return fact;
}

void fact_text(struct play *play, const char *name, const char *text)
{
    struct fact *fact = add_fact(play, name, FACT_TEXT);
    (void)snprintf(fact->text, sizeof fact->text, "%s", text == NULL ? "none" : text);
}

void fact_number(struct play *play, const char *name, int64_t number)
{
    add_fact(play, name, FACT_NUMBER)->number = number;
}

void fact_time(struct play *play, const char *name, timestamp_ms time)
{
    add_fact(play, name, FACT_TIME)->number = time;
}

static bool check_time(struct play *play, const struct option *expected, timestamp_ms time)
{
    int64_t ms;
    if (strcmp(expected->value, "none") == 0 || strcmp(expected->value, "never") == 0) {
        const timestamp_ms special = expected->value[1] == 'o' ? 0 : INT64_MAX;
        return time == special || play_fail(play, "%s is not %s", expected->name, expected->value);
    }
    if (!parse_ms(expected->value, &ms))
        return play_fail(play, "not a time: %s", expected->value);
    return time == STAGE_START + ms || play_fail(play, "%s is %lldms, not %s", expected->name,
                                                 (long long)(time - STAGE_START), expected->value);
}

static bool check_fact(struct play *play, const struct option *expected)
{
    for (size_t i = 0; i < play->fact_count; i++) {
        const struct fact *fact = &play->facts[i];
        if (strcmp(fact->name, expected->name) != 0)
            continue;
        if (fact->type == FACT_TIME)
            return check_time(play, expected, fact->number);
        char number[32];
        (void)snprintf(number, sizeof number, "%lld", (long long)fact->number);
        const char *text = fact->type == FACT_TEXT ? fact->text : number;
        return strcmp(text, expected->value) == 0 ||
               play_fail(play, "%s is %s, not %s", fact->name, text, expected->value);
    }
    return play_fail(play, "the answer has no %s", expected->name);
}

/* ---- Calls ---- */

bool play_begin(struct play *play, enum verb verb)
{
    play->call = (struct call){.verb = verb};
    const char *who = row_word(play, 1);
    if (who == NULL)
        return play_fail(play, "who?");
    if (strcmp(who, "nobody") == 0)
        return true;
    const bool forged = *who == '!';
    const struct name *person = play_name(play, NAME_PERSON, who + (forged ? 1 : 0));
    if (person == NULL)
        return play_fail(play, "nobody is called %s", who);
    play->call.credentials = (struct credentials){.present = true,
                                                  .is_key = person->is_key,
                                                  .session_id = person->id,
                                                  .secret_hash = person->secret};
    if (forged)
        play->call.credentials.secret_hash.bytes[SECRET_BYTES - 1] ^= 1;
    return true;
}

static uint64_t mix_text(uint64_t mixed, const char *text)
{
    return (mixed ^ hash_bytes(text, strlen(text))) * UINT64_C(0x9e3779b97f4a7c15);
}

static const char *const no_part_of_a_request[] = {"key", "as", "kept", "sent"};

static bool is_part_of_request(const char *option)
{
    for (size_t i = 0; i < sizeof no_part_of_a_request / sizeof no_part_of_a_request[0]; i++)
        if (strcmp(option, no_part_of_a_request[i]) == 0)
            return false;
    return true;
}

/* The fingerprint that an option names, or the usual one. */
static int64_t fingerprint_of(struct play *play, const char *option, uint64_t usual)
{
    const char *text = row_option(play, option);
    return (int64_t)(text == NULL ? usual : mix_text(0, text));
}

/* A request is its row but for who asks, what it is called, the key and the fingerprints. */
static void set_key(struct play *play)
{
    const char *key = row_option(play, "key");
    if (key == NULL)
        return;
    uint64_t request = mix_text(0, row_word(play, 0));
    for (size_t i = 2; i < play->row->word_count; i++)
        request = mix_text(request, play->row->words[i]);
    for (size_t i = 0; i < play->row->option_count; i++)
        if (is_part_of_request(play->row->options[i].name))
            request = mix_text(request, play->row->options[i].value);
    play->call.idempotency = (struct idempotency){
        .present = true,
        .key_hash = (int64_t)mix_text(0, key),
        .fingerprint = fingerprint_of(play, "kept", request),
        .sent_fingerprint = fingerprint_of(play, "sent", request),
    };
}

bool play_call(struct play *play)
{
    set_key(play);
    if (!stage_call(&play->stage, &play->call))
        return play_fail(play, "%s", play->stage.trouble.text);
    play->called = true;
    play->seen->refusals[play->call.refusal]++;
    if (play->call.refusal == REFUSAL_NONE)
        play->seen->verbs[play->call.verb]++;
    return true;
}

/* ---- A row ---- */

static const char *refusal_name(enum refusal refusal)
{
    return refusal == REFUSAL_NONE ? "done" : refusal_schema(refusal)->name;
}

static bool is_refusal(const char *word)
{
    return *word >= 'A' && *word <= 'Z';
}

static bool check_answer(struct play *play)
{
    const struct row *row = play->row;
    const enum refusal refusal = play->called ? play->call.refusal : REFUSAL_NONE;
    const char *expected = "done";
    bool replayed = false;
    for (size_t i = 0; i < row->answer_count; i++) {
        if (is_refusal(row->answer[i]))
            expected = row->answer[i];
        else if (strcmp(row->answer[i], "created") == 0 && !play->call.created)
            return play_fail(play, "%s, but nothing was created", refusal_name(refusal));
        else if (strcmp(row->answer[i], "again") == 0 && play->call.created)
            return play_fail(play, "something was created");
        else if (strcmp(row->answer[i], "replayed") == 0)
            replayed = true;
    }
    if (play->called && play->call.replayed != replayed)
        return play_fail(play, replayed ? "it was not replayed" : "it was replayed");
    if (strcmp(expected, refusal_name(refusal)) != 0)
        return play_fail(play, "%s, not %s", refusal_name(refusal), expected);
    for (size_t i = 0; i < row->fact_count; i++)
        if (!check_fact(play, &row->facts[i]))
            return false;
    return true;
}

bool play_row(struct play *play, const struct row *row)
{
    row_command *command = NULL;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(commands[i].word, row->words[0]) == 0)
            command = commands[i].command;
    if (command == NULL)
        return play_fail(play, "there is no row called %s", row->words[0]);
    play->row = row;
    play->called = false;
    play->fact_count = 0;
    play->call = (struct call){0};
    const bool good = command(play) && play->trouble.text[0] == '\0' && check_answer(play);
    call_release(&play->call);
    return good;
}

/* ---- A test ---- */

bool play_open(struct play *play, enum recovery recovery, struct seen *seen)
{
    const struct office_settings settings = stage_settings();
    *play = (struct play){.seen = seen};
    return stage_open(&play->stage, &settings, recovery, &seen->coverage) ||
           play_fail(play, "%s", play->stage.trouble.text);
}

void play_close(struct play *play)
{
    stage_close(&play->stage);
}

bool play_recover(struct play *play)
{
    for (enum recovery way = 0; way < RECOVERY_COUNT; way++) {
        play->stage.recovery = way;
        if (!stage_restart(&play->stage, 0))
            return play_fail(play, "after the last row: %s", play->stage.trouble.text);
    }
    return true;
}

static const char *recovery_name(enum recovery recovery, bool drop_at_once)
{
    static const char *const names[] = {"journal", "tables", "tables and journal"};
    return drop_at_once ? "tables, dropping at once" : names[recovery];
}

bool play_test(const struct script_test *test, enum recovery recovery, bool drop_at_once,
               struct seen *seen, struct explanation *why)
{
    struct play play;
    int line = 0;
    bool good = play_open(&play, recovery, seen);
    play.stage.drop_at_once = drop_at_once;
    for (size_t i = 0; good && i < test->row_count; i++) {
        line = test->rows[i].line;
        good = play_row(&play, &test->rows[i]);
    }
    good = good && play_recover(&play);
    if (!good)
        (void)explain(why, RESULT_CORRUPT, "line %d: %s (recovery from %s)", line,
                      play.trouble.text, recovery_name(recovery, drop_at_once));
    play_close(&play);
    return good;
}
