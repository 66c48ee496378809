/* The language of the rules' tests. A script is a list of tests, a test a list of rows, a row a
 * command and its answer:
 *
 *     test "a hold runs out exactly at its deadline"
 *     sale night 10
 *     enter ann
 *     hold ann night A-1 -> created status=pending expires=5m
 *     wait 5m
 *     pay ann -> HOLD_EXPIRED
 *
 * A row's answer is a refusal's name, `created`, `again` (done, but nothing was made), `replayed`
 * (answered from what an Idempotency-Key has kept), and facts as
 * name=value; without an answer the row must only not be refused. Commands stand in row.def. Times
 * and durations are sums like 1d2h, 5m-1ms; a time counts from the test's start. */
#ifndef USHER_TEST_ROW_H
#define USHER_TEST_ROW_H

#include "stage.h"

#define WORDS_MAX 32 /* a row fits on a line */
#define FACTS_MAX 32
#define NAMES_MAX 128
#define NAME_BYTES 48

struct option {
    const char *name, *value;
};

struct row {
    int line;
    const char *words[WORDS_MAX]; /* the command first */
    size_t word_count;
    struct option options[WORDS_MAX];
    size_t option_count;
    bool has_answer;
    const char *answer[WORDS_MAX]; /* a refusal, created, again, or a bare text */
    size_t answer_count;
    struct option facts[WORDS_MAX];
    size_t fact_count;
};

struct script_test {
    char *name;
    struct row *rows;
    size_t row_count, row_capacity;
};

struct script {
    const char *path;
    char *text; /* the words of the rows point into it */
    struct script_test *tests;
    size_t test_count, test_capacity;
};

/* False: `why` says which line is not a row. */
bool script_read(struct script *script, const char *path, struct explanation *why);
void script_release(struct script *script);

/* ---- Playing ---- */

enum name_kind {
    NAME_PERSON, /* a session of a user's */
    NAME_RESET,  /* a password reset of a person's, under the person's name */
    NAME_CONCERT,
    NAME_PLAN,
    NAME_ROUND,
    NAME_RESERVATION,
    NAME_PAYMENT,
    NAME_ENTRY,
};

struct name {
    enum name_kind kind;
    char text[NAME_BYTES];
    struct id id; /* a person's: the session's */
    struct id user_id, token_id;
    struct secret secret;
    bool is_key; /* of a person: it is an API key, which acts as one */
};

/* What all plays of a program have seen. */
struct seen {
    struct coverage coverage;
    unsigned refusals[REFUSAL_COUNT];
    unsigned verbs[VERB_COUNT]; /* answered */
};

enum fact_type {
    FACT_TEXT,
    FACT_NUMBER,
    FACT_TIME,
};

struct fact {
    const char *name;
    enum fact_type type;
    char text[256];
    int64_t number;
};

struct play {
    struct stage stage;
    struct seen *seen;
    struct name names[NAMES_MAX];
    size_t name_count;
    const struct row *row;
    struct call call; /* of the row, if it is a verb's */
    bool called;
    struct fact facts[FACTS_MAX];
    size_t fact_count;
    uint64_t secrets; /* handed out */
    uint64_t version; /* of the catalogue, as the last `version` row saw it */
    struct explanation trouble;
};

/* Plays one test. False: `why` says which row went wrong, and how. */
bool play_test(const struct script_test *test, enum recovery recovery, bool drop_at_once,
               struct seen *seen, struct explanation *why);

/* The parts of it, for tests that do something between the rows. False: play->trouble says why. */
bool play_open(struct play *play, enum recovery recovery, struct seen *seen);
bool play_row(struct play *play, const struct row *row);
/* Whatever was done, the house comes back from every mixture of tables and journal. */
bool play_recover(struct play *play);
void play_close(struct play *play);

/* ---- For the commands ---- */

typedef bool row_command(struct play *play);

/* Says what is wrong with the row; false, so that a command can return it. */
bool play_fail(struct play *play, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The word at a place after the command, or NULL. */
const char *row_word(const struct play *play, size_t place);
/* An option's text, or NULL. */
const char *row_option(const struct play *play, const char *name);
/* An option as a number, a duration in ms or a time; `otherwise` when it is not given. */
int64_t row_number(struct play *play, const char *name, int64_t otherwise);
int64_t row_duration(struct play *play, const char *name, int64_t otherwise);
timestamp_ms row_time(struct play *play, const char *name, timestamp_ms otherwise);
/* Milliseconds of a text like 5m-1ms; fails the row when it is none. */
int64_t row_ms(struct play *play, const char *text);

struct name *play_name(struct play *play, enum name_kind kind, const char *text);
/* Makes the name, or gives it another meaning. */
struct name *play_rename(struct play *play, enum name_kind kind, const char *text);
/* The person that the row's word at `place` names; fails the row when there is none. */
struct name *play_person(struct play *play, size_t place);
/* The id of a named thing; a name that nothing has is an id that nothing has. */
struct id play_id(struct play *play, enum name_kind kind, const char *text);
/* What a thing is called: the first name that it was given, or "?". */
const char *play_name_of(const struct play *play, enum name_kind kind, struct id id);

void fact_text(struct play *play, const char *name, const char *text);
void fact_number(struct play *play, const char *name, int64_t number);
void fact_time(struct play *play, const char *name, timestamp_ms time);

/* Makes play->call the verb's, by the person of the row's first word (`nobody`: no credentials;
 * `!ann`: ann's session with a wrong secret). */
bool play_begin(struct play *play, enum verb verb);
/* Has it decided in a batch of its own. */
bool play_call(struct play *play);

#define ROW(word, function, usage) row_command function;
#include "row.def"

#endif
