/* The judge's own box office, for the files oracle*.c only: rows, what is derived from them, and
 * what was seen of the server. Written from design.md and api.md; it shares no code with
 * src/office.
 *
 * How it judges: what the server wrote in a span (a tick, a call, a settling) is decoded first and
 * held against the laws of single rows (oracle_laws.c). Then the model does by itself what had to
 * be done, taking only new ids from what was written, and at the end of the span both must agree:
 * each row that was written is as the model has it, and each row that the model changed was
 * written. So a row too many, a row too few and a wrong field are all objected to. */
#ifndef USHER_TEST_SIM_ORACLE_ORACLE_MODEL_H
#define USHER_TEST_SIM_ORACLE_ORACLE_MODEL_H

#include "oracle/oracle.h"

/* ---- Rows ---- */

struct row;

/* Rows in no order; each remembers its place, so that leaving is quick. A row may be in one list of
 * each slot. */
enum list_slot {
    SLOT_OWNER,  /* of a user or a concert */
    SLOT_ROUND,  /* of a round */
    SLOT_GLOBAL, /* of the whole house */
    SLOT_COUNT,
};

struct row_list {
    struct row **items;
    uint32_t count, capacity;
};

struct user_part {
    struct row *account;
    struct row *reset;            /* or NULL */
    struct row *token;            /* the live one */
    struct row_list sessions;     /* SLOT_OWNER */
    struct row_list keys;         /* SLOT_OWNER */
    struct row_list reservations; /* SLOT_OWNER; pending and confirmed */
    int64_t entry_sum;
    size_t live_tokens;
};

struct token_part {
    struct row *user;
    struct row *concert; /* that it names; NULL: none */
    timestamp_ms heard_at;
    bool present;        /* waiting and not found silent by a tick */
    int64_t holds_ever;  /* made with it */
    int64_t holds_known; /* of them, those that a server which forgets what ended must know of */
};

/* Of a concert, or of all that is on sale: as it was counted last (oracle_sales.c). */
struct sale {
    bool open;
    int64_t available, held;
    int64_t looking; /* people inside who name it and hold nothing */
    timestamp_ms opens_next;
};

struct concert_part {
    struct row_list rounds; /* SLOT_OWNER */
    struct sale sale;
};

struct round_part {
    struct row *concert;
    struct row **seats; /* by position */
    size_t seat_count;
    int64_t counts[4];            /* by enum seat_status */
    struct row_list reservations; /* SLOT_ROUND; pending and confirmed */
    bool maybe_over;              /* its seats may have left the server's memory */
    uint32_t loaded_seats;        /* by the load that is being looked at */
};

struct seat_part {
    struct row *round;
    int64_t pending, confirmed; /* reservations that claim it */
};

struct reservation_part {
    struct row *user, *round, *token;
    struct row *seats[SEATS_PER_RESERVATION_MAX];
    int64_t prices[SEATS_PER_RESERVATION_MAX];
    size_t seat_count;
    struct row *tickets[SEATS_PER_RESERVATION_MAX]; /* NULL: not paid for */
    struct row *payment, *failed; /* the one that was paid, the try that fell short */
    int64_t succeeded;            /* payments now */
};

struct payment_part {
    struct row *reservation;
    int64_t entries, refunds; /* of the ledger that name it */
};

struct row {
    struct record image; /* texts live in the oracle's arena */
    bool there;          /* false: never made, not made after all, or deleted */
    bool made;           /* not undone: its id is used */
    uint32_t span;       /* the last span that changed it */
    uint32_t seen_span;  /* the last span in which it was written, and where there */
    uint32_t seen_index;
    uint32_t loaded; /* the last load that brought it, and where there */
    uint32_t loaded_index;
    uint32_t place[SLOT_COUNT];
    union {
        struct user_part user;
        struct token_part token;
        struct concert_part concert;
        struct round_part round;
        struct seat_part seat;
        struct reservation_part *reservation; /* allocated: it is large, and most rows are not */
        struct payment_part payment;
        struct row *reservation_of_ticket;
        struct row *owner; /* of sessions, accounts, keys, entries: the user */
    } of;
};

/* Rows of a kind in the order in which they were made, which is that of their ids. */
struct row_vector {
    struct row **items;
    size_t count, capacity;
};

/* What a row was before a span changed it first. */
struct log_entry {
    struct row *row;
    struct record image;
    bool there, made;
};

struct log {
    struct log_entry *entries;
    size_t count, capacity;
};

/* ---- What the server wrote ---- */

struct seen {
    struct record record;
    struct row *row; /* NULL: no row that was known before the span */
    bool taken;      /* a new row's id was taken from it */
    why_set whys;    /* that fit what became of the row */
};

struct span {
    uint32_t number;
    struct seen *seen;
    size_t count, capacity;
    size_t first_new; /* before it no new row is left whose id was not taken */
    size_t log_start;
    bool settles;          /* the one that carries the house row */
    uint64_t failures;     /* memory_failures() when it was begun to be judged */
    bool memory_was_short; /* an allocation failed since the span before */
};

/* ---- Batches that may or may not have been written down ---- */

struct attempt {
    uint64_t seq;
    timestamp_ms house_time;
    size_t parent; /* index + 1 of the attempt it was made on; 0: what was acknowledged */
    uint8_t *bytes;
    size_t length, capacity, records;
    bool unknown_told; /* some client was answered OUTCOME_UNKNOWN */
};

struct attempts {
    struct attempt *items;
    size_t count, capacity;
    size_t current; /* index + 1 of the last that the model has applied; 0: none */
};

/* ---- An office that waits for its batch ---- */

struct held_token {
    struct row *row;
    timestamp_ms heard_at;
    bool present;
    int64_t holds_known;
};

/* What no row says and a load forgets, of the office that is held while another one answers. */
struct held {
    bool is;
    struct held_token *tokens; /* the live ones */
    size_t token_count, token_capacity;
    struct row **old_rounds; /* whose seats may have left memory */
    size_t round_count, round_capacity;
    struct house house_recorded;
    timestamp_ms holds_due, tokens_due, sessions_due, credit_at, last_admission;
    int64_t credit_least, credit_most;
    bool door_was_open, first_batch;
};

/* ---- Requests ---- */

enum request_stage {
    STAGE_DECIDED,    /* in a batch that is not durable yet */
    STAGE_ANSWERABLE, /* its batch is durable, or there was nothing to write */
    STAGE_ABANDONED,  /* its batch may be lost; only `expected` may be answered */
};

struct tracked {
    const struct request *request; /* NULL: a free place */
    enum request_stage stage;
    enum refusal expected;
    bool created, replayed;
    bool looked_up; /* a reader answers it, or looks before it is decided again */
};

struct tracking {
    struct tracked *places; /* open addressing by the request's address */
    size_t capacity, count;
    const struct request **batch; /* decided in the batch that is open */
    size_t batch_count, batch_capacity;
};

/* ---- Coverage ---- */

enum coverage_verb {
#define VERB(name, function, need, effect, answers, kept) COVERAGE_##name,
#include "office/verb.def"
    COVERAGE_TICK,
    COVERAGE_ENGINE,
    COVERAGE_LOAD,
    COVERAGE_VERB_COUNT,
};

/* In what state a verb found what it is about. */
enum coverage_state {
#define STATE(name) STATE_##name,
#include "oracle/coverage_state.def"
    STATE_COUNT,
};

/* Counts it. A combination that coverage.def does not list is objected to: the table is whole. */
void cover(struct oracle *oracle, enum coverage_verb verb, enum coverage_state state,
           enum refusal outcome);

/* ---- The oracle ---- */

struct bits {
    uint64_t *words;
    size_t capacity; /* in words */
};

struct key_order {
    struct row **rows; /* from `head` on in the order of created_at, gone ones among them */
    timestamp_ms *created_at;
    size_t head, count, capacity;
};

struct load {
    uint32_t number;
    bool listened;      /* load_began was called */
    struct buffer rows; /* encoded */
    uint32_t count;
    int invariant; /* that is broken when they are not the model's */
};

/* ---- The feed ---- */

/* More than are told at once: a turn appends few batches, and what it appended is told after it. */
#define FEED_BATCHES_MAX 64

struct feed_model {
    uint64_t told_seq;
    uint64_t memory_failures;          /* when all was told last */
    uint64_t places[FEED_BATCHES_MAX]; /* a batch's hash, by its sequence number */
};

/* ---- Those who follow from outside ---- */

struct expected_change {
    enum change_type type;
    timestamp_ms at;
    uint64_t image_hash;
};

/* By their numbers, from 1. */
struct expected_changes {
    struct expected_change *items;
    size_t count, capacity;
};

struct changes_model {
    struct expected_changes expected; /* of what was acknowledged */
    uint64_t told;                    /* the last that somebody was told of */
};

/* ---- Those who follow a round's seats ---- */

/* Somebody with a round's seats before them, who after the first time asks only for what changed.
 */
struct onlooker {
    struct id round_id;
    uint64_t version;
    size_t seat_count;
    char *states; /* NULL: looks at no round */
    unsigned looks;
};

#define ONLOOKERS 4 /* each asks a quarter as often as the one before */

struct oracle {
    oracle_objection *objection;
    void *owner;
    bool objected, small, checking;
    struct server_observer observer;
    struct office_settings settings;
    bool starting;      /* what the settings give was not written down yet */
    bool append_failed; /* and none has succeeded since */

    /* Rows */
    uint8_t **chunks; /* of rows */
    size_t chunk_count, chunk_capacity, chunk_used;
    struct row_slot *slots; /* of the table of rows by key */
    size_t slot_count, row_count;
    struct text_slot *text_slots; /* e-mails and references, see row_find_text */
    size_t text_slot_count, text_count;
    uint8_t **texts; /* the arena's blocks */
    size_t text_block_count, text_block_capacity, text_block_used;
    struct row_vector of_kind[RECORD_KIND_COUNT];
    struct log log;
    struct span span;

    /* Derived */
    struct row *house;
    struct house house_recorded;                                      /* as it was last written */
    struct row_list sessions, resets, api_keys, pending, live_tokens; /* SLOT_GLOBAL */
    struct row_list cancelled;                                        /* rounds, SLOT_GLOBAL */
    struct key_order keys;
    struct row **token_by_number;
    size_t token_capacity;
    struct bits waiting, present, unpassed; /* by number */
    size_t lowest_word;                     /* no bit is set in a word before it */
    int64_t waiting_count, active_count;
    int64_t given, paid, balances; /* sums of invariant 3 */
    size_t unbalanced;             /* accounts that are not the sum of their entries */
    /* Lower bounds of the next deadline, so that a tick need not look at everything. */
    timestamp_ms holds_due, tokens_due, sessions_due;

    /* The batch */
    enum batch_mode mode;
    struct moment now;
    enum {
        BATCH_NONE,
        BATCH_OPENED,
        BATCH_SETTLED,
        BATCH_PENDING,
        BATCH_APPENDED,
    } stage;
    bool may_stop; /* so much may be due that a tick need not do all of it */
    bool behind;   /* and it did not */
    uint64_t seq;  /* of the last batch that the model has applied */
    uint64_t acknowledged;
    uint64_t shown; /* the last that somebody was answered from, acknowledged or not */
    /* Of the last batch; the next is not before it. */
    timestamp_ms house_time, acknowledged_time;

    /* The door */
    int64_t credit_least, credit_most; /* thousandths of an admission */
    timestamp_ms credit_at;
    bool door_was_open;
    struct sale any;  /* all that is on sale, as it was counted last */
    bool first_batch; /* since the last load */
    bool just_loaded; /* everybody counts as heard at the next batch's now */
    timestamp_ms last_admission;

    struct attempts attempts;
    /* Who asks */
    bool caller_is_key;
    uint32_t caller_scopes;
    enum scope wanted_scope;

    bool in_limbo; /* what the journal holds is not known until the next load */
    struct held held;
    struct load load;
    struct tracking tracking;
    struct feed_model feed;
    struct changes_model changes;
    struct onlooker onlookers[ONLOOKERS];
    unsigned turns;            /* that onlookers could look after */
    enum coverage_state state; /* in which the verb that is judged found things */
    uint64_t *covered;
    uint16_t coverage_start[COVERAGE_VERB_COUNT + 1];
};

/* Tells the objection, once. */
void object_to(struct oracle *oracle, int invariant, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* "reservation_01h...", for objections; a small number of them at a time. */
struct row_name {
    char text[ID_TEXT_BYTES];
};
struct row_name row_name(const struct row *row);
struct row_name record_name(const struct record *record);

/* ---- oracle_rows.c ---- */

void rows_init(struct oracle *oracle);
void rows_release(struct oracle *oracle);

/* NULL: no such row, or it is gone. */
struct row *row_find(const struct oracle *oracle, enum record_kind kind, struct id id);
/* Gone ones, too. */
struct row *row_find_any(const struct oracle *oracle, enum record_kind kind,
                         const struct record_key *key);

/* The row with the image's key, made when it was never there. */
struct row *row_put(struct oracle *oracle, const struct record *image);
void row_change(struct oracle *oracle, struct row *row, const struct record *image);
void row_delete(struct oracle *oracle, struct row *row);

/* Takes back everything since the log was empty. */
void log_undo(struct oracle *oracle);

struct row *user_of_external_id(const struct oracle *oracle, const char *external_id);
struct row *user_of_email(const struct oracle *oracle, const char *email);
struct row *entry_of_reference(const struct oracle *oracle, struct id caller_id,
                               const char *reference);

void list_add(struct row_list *list, enum list_slot slot, struct row *row);
void list_remove(struct row_list *list, enum list_slot slot, struct row *row);

/* Grows `*items` so that one more element fits; what is new is zeroed. */
void *grown(void *items, size_t count, size_t *capacity, size_t item_bytes);
void *resized(void *items, size_t old_bytes, size_t new_bytes); /* so, too */

/* The row as one that may be changed and then given to row_change. */
struct record row_image(const struct row *row);

/* ---- oracle_derived.c: what follows from the rows ---- */

void row_link(struct oracle *oracle, struct row *row);
void row_unlink(struct oracle *oracle, struct row *row);

bool bit_get(const struct bits *bits, int64_t index);
void bit_set(struct bits *bits, int64_t index, bool value);
/* How many are set below `index`. */
int64_t bits_below(const struct oracle *oracle, const struct bits *bits, int64_t index);
/* The first that is set at `index` or after it, or 0. */
int64_t bits_next(const struct oracle *oracle, const struct bits *bits, int64_t index);

/* ---- oracle_span.c ---- */

/* False: it cannot be decoded, or a law is broken. */
bool span_begin(struct oracle *oracle, struct record_span records, bool settles);
void span_end(struct oracle *oracle);

/* The id of the next row of this kind that the server made in the span. */
struct id span_new_id(struct oracle *oracle, enum record_kind kind);

/* The new record of that kind that span_new_id would take next; NULL: none. */
const struct record *span_new_record(struct oracle *oracle, enum record_kind kind);

/* The same, for the seat at this position, and for the ledger's entry that names the payment. */
struct id span_new_seat(struct oracle *oracle, int64_t position);
struct id span_new_entry_of(struct oracle *oracle, struct id payment_id);

/* Whether the server wrote the row in this span, and its last image of it; or NULL. */
const struct record *span_seen(const struct oracle *oracle, const struct row *row);

/* The row as it was before the span that it was seen in, or NULL. */
const struct record *seen_before(const struct seen *seen);

/* NULL when both are the same, else the first field in which they differ. */
const struct field_schema *first_difference(const struct record *a, const struct record *b);
int invariant_of_field(enum record_kind kind, const struct field_schema *field);
int invariant_of_kind(enum record_kind kind);

/* ---- oracle_laws.c ---- */

/* What any one row may become. */
void law_check(struct oracle *oracle, const struct seen *seen);

/* ---- The feed (oracle_feed.c) ---- */

void feed_began(struct oracle *oracle, uint64_t seq);
void feed_appended(struct oracle *oracle, uint64_t seq, const struct attempt *attempt);
void feed_told(struct oracle *oracle, const struct commit *commit);
void feed_missed(struct oracle *oracle);
void feed_drained(struct oracle *oracle);

/* ---- Those who follow from outside (oracle_changes.c) ---- */

/* The present attempt is durable, and what it was made on. */
void changes_acknowledged(struct oracle *oracle);
void changes_judge(struct oracle *oracle, const struct change_query *query,
                   const struct change_page *page);
void changes_judge_gone(struct oracle *oracle, const struct change_query *query);
void changes_check(struct oracle *oracle, struct store_reader *reader);
void changes_release(struct oracle *oracle);

/* ---- Those who follow a round's seats (oracle_onlookers.c) ---- */

/* After a turn, in which what the server shows may have become another. */
void onlookers_look(struct oracle *oracle, const struct engine *engine);
void onlookers_release(struct oracle *oracle);

/* ---- Reasons (oracle_why.c) ---- */

/* A bit a reason that a row may be put for, which was `was` (NULL: not there) and is `now`. */
why_set why_allowed(const struct record *was, const struct record *now);
void why_check(struct oracle *oracle, const struct seen *seen);

/* Who became active in the span, and whether it was their turn. */
void law_turns(struct oracle *oracle);

/* ---- Verbs: what had to be done, and how it had to be answered ---- */

/* A verb as the model decides it: changes the model and answers. It looks at what the server
 * answered only where both of two answers are right. */
typedef enum refusal verb_judge(struct oracle *oracle, struct row *user, const struct call *call);

/* Whether the model lets the office answer "look it up": memory need not have it. */
bool expects_lookup(const struct oracle *oracle, const struct row *user, const struct call *call);

verb_judge judge_user_ensure, judge_session_grant, judge_handover_make, judge_handover_redeem;
verb_judge judge_sign_in_find, judge_user_register, judge_organizer_add, judge_session_open,
    judge_session_list, judge_session_close, judge_session_close_all, judge_user_get,
    judge_user_password_get, judge_user_change, judge_buyer_change, judge_user_erase,
    judge_api_key_make, judge_api_key_remove, judge_staff_invite, judge_staff_list,
    judge_staff_change, judge_staff_remove, judge_password_reset_make, judge_password_reset_find,
    judge_password_reset_take, judge_points_get, judge_points_charge,
    judge_points_adjust; /* oracle_people.c */
verb_judge judge_concert_create, judge_concert_change, judge_concert_delete, judge_drafts_see,
    judge_round_create, judge_round_change, judge_round_delete, judge_round_cancel,
    judge_round_move, judge_round_pause, judge_round_resume, judge_round_sales, judge_seats_block,
    judge_seats_unblock; /* oracle_catalogue.c */
verb_judge judge_queue_join, judge_queue_token_get, judge_queue_leave, judge_queue_change,
    judge_queue_forecast;                                         /* oracle_queue.c */
verb_judge judge_incident_make;                                   /* oracle_time.c */
verb_judge judge_notice_set, judge_notice_remove;                 /* oracle_notice.c */
verb_judge judge_plan_make, judge_plan_change, judge_plan_remove; /* oracle_plans.c */
verb_judge judge_reservation_hold, judge_reservation_get, judge_reservation_calendar,
    judge_reservation_history, judge_reservation_extend, judge_reservation_cancel,
    judge_payment_make, judge_payment_get; /* oracle_sale.c */
verb_judge judge_ticket_get, judge_ticket_code_get, judge_ticket_reissue,
    judge_ticket_change;            /* oracle_tickets.c */
verb_judge judge_list, judge_heard; /* oracle_calls.c */

/* oracle_actions.c: somebody of the house asked, it was granted, and may have changed something. */
void action_happens(struct oracle *oracle, const struct row *user, const struct call *call);

/* Objects unless the action tells what the call changed. */
void told_judge(struct oracle *oracle, const struct action *action);

/* What somebody may see is told where it has to be, or refused where nothing can be told. */
enum refusal seeing_happens(struct oracle *oracle, const struct row *user, const struct call *call);

/* oracle_calls.c */
void call_judge(struct oracle *oracle, const struct request *request);
struct row *session_proved(const struct oracle *oracle, const struct call *call); /* or NULL */
bool same_hash(const struct secret *a, const struct secret *b);
/* Whether the caller has the scope that the verb wants; whether something is a person's own; both.
 */
bool may(const struct oracle *oracle);
/* What a person may do with what is not the own. */
uint32_t scopes_held(struct oracle *oracle, const struct row *user);
bool is_own(const struct oracle *oracle, const struct row *user, struct id owner_id);
bool may_see(const struct oracle *oracle, const struct row *user, struct id owner_id);
/* As one is refused who may not; and where a buyer is not to know that there is such a thing. */
enum refusal refuse(struct oracle *oracle, const struct row *user, const struct call *call);
enum refusal refuse_to_show(struct oracle *oracle, const struct row *user, const struct call *call);
void expect_created(struct oracle *oracle, const struct call *call, bool created);

/* oracle_keys.c */
struct row *key_find(const struct oracle *oracle, const struct row *user, const struct call *call);
bool verb_is_kept(enum verb verb);
enum refusal key_replay(struct oracle *oracle, struct row *user, const struct row *key,
                        const struct call *call);
void key_has_no_effect(struct oracle *oracle, const struct call *call);
void key_keep(struct oracle *oracle, const struct row *user, const struct call *call);
void tick_keys(struct oracle *oracle);
size_t keys_due(const struct oracle *oracle);

/* oracle_views.c: answers against rows */
void view_record(struct oracle *oracle, const struct call *call, const struct row *row);
void view_token(struct oracle *oracle, const struct call *call, const struct row *token);
void view_reservation(struct oracle *oracle, const struct call *call,
                      const struct row *reservation);
void view_payment(struct oracle *oracle, const struct call *call, const struct row *payment);
void view_page(struct oracle *oracle, const struct call *call);
void view_deadlines(struct oracle *oracle, const struct request *request);
bool view_seats_are(const struct reservation_view *view, const struct row *reservation);
bool view_move_is(const struct reservation_view *view, const struct row *reservation);
/* Until when it may be given back because its round was moved; 0: it was not. */
timestamp_ms free_cancel_until(const struct row *reservation);
void view_history(struct oracle *oracle, const struct call *call);
void view_plan(struct oracle *oracle, const struct call *call); /* oracle_plans.c */
void view_no_plan(struct oracle *oracle, const struct call *call);
void view_no_history(struct oracle *oracle, const struct call *call);
void view_breakdown(struct oracle *oracle, const struct call *call);
void view_no_breakdown(struct oracle *oracle, const struct call *call);
bool reservation_view_is(const struct reservation_view *view, const struct row *reservation);

/* oracle_sale.c */
void reservation_ends(struct oracle *oracle, struct row *reservation,
                      enum reservation_status status, enum cancel_reason reason);
bool has_pending(const struct row *user);
/* The account's new balance, and the entry that says why. */
void move_points(struct oracle *oracle, struct row *user, const struct point_entry *entry);
bool reservation_may_have_left(const struct row *reservation);

/* oracle_tickets.c */
void tickets_issued(struct oracle *oracle, const struct row *reservation);
void tickets_voided(struct oracle *oracle, const struct row *reservation);
void ticket_law(struct oracle *oracle, const struct seen *seen);
/* 16: those of a reservation are as it is. */
void check_tickets(struct oracle *oracle, const struct row *reservation);
bool view_tickets_are(const struct reservation_view *view, const struct row *reservation);

/* oracle_queue.c */
enum queue_status door_status(const struct oracle *oracle);
timestamp_ms silent_at(const struct oracle *oracle, const struct row *token);
void token_ends(struct oracle *oracle, struct row *token, enum token_reason reason);
void token_follows_holds(struct oracle *oracle, struct row *token);
/* Its last hold may have ended, or its time come. */
void token_reviewed(struct oracle *oracle, struct row *token);
void token_heard(struct oracle *oracle, struct row *token);
void token_due_follows(struct oracle *oracle, const struct row *token);
void set_present(struct oracle *oracle, struct row *token, bool present);
void tick_tokens(struct oracle *oracle);
void shift_tokens(struct oracle *oracle, int64_t gap_ms);
void shift_turns(struct oracle *oracle, int64_t gap_ms);
void admissions_judge(struct oracle *oracle);
void queue_change_apply(struct oracle *oracle, const struct queue_change *change);

/* oracle_sales.c */
/* Before any of the others, when anything may have changed since. */
void sales_count(struct oracle *oracle);
bool is_on_sale(struct oracle *oracle, const struct row *token);
bool is_sold_out(struct oracle *oracle, const struct row *token);
/* A free one, for one more who waits for the same; where there is one for anybody. */
bool has_seat(struct oracle *oracle, const struct row *token);
bool anybody_has_seat(const struct oracle *oracle);
/* Those who will be let in before it. */
int64_t count_ahead(struct oracle *oracle, const struct row *token);

/* oracle_catalogue.c */
timestamp_ms sale_end(const struct row *round);
void rounds_grow_old(struct oracle *oracle);

/* oracle_time.c */
void tick_judge(struct oracle *oracle);
void settle_judge(struct oracle *oracle);

/* oracle_requests.c */
void requests_release(struct oracle *oracle);
void request_decided(struct oracle *oracle, const struct request *request);
void requests_committed(struct oracle *oracle);
void requests_abandoned(struct oracle *oracle, enum refusal refusal);
void requests_forgotten(struct oracle *oracle);
void request_answered(struct oracle *oracle, const struct request *request);

/* oracle_load.c */
void attempt_begin(struct oracle *oracle);
void attempts_clear(struct oracle *oracle);
void load_began(struct oracle *oracle);
/* Puts what that attempt wrote, and those that it was made on, into the rows. */
void attempt_apply(struct oracle *oracle, size_t index);
/* What became of those batches whose clients were told that nobody knows. */
void tell_unknown(struct oracle *oracle, uint64_t seq);
void load_row(struct oracle *oracle, const struct record *record);
void load_judge(struct oracle *oracle, uint64_t seq);
/* Every row that was loaded is the model's, and all that live were loaded. */
void load_check(struct oracle *oracle, int invariant);

/* oracle_check.c: the invariants on the model, which is what was written */
void check_commit(struct oracle *oracle);

/* ---- A batch whose outcome is pending (oracle_held.c) ---- */

/* Its office is held: what is loaded from here on is another one. */
void held_begin(struct oracle *oracle);
/* It is durable, and its office goes on. */
void held_come_back(struct oracle *oracle);
void held_release(struct oracle *oracle);

/* oracle_check_all.c */

/* A round's seats as somebody is shown them, in the order of positions. */
void check_seat_states(struct oracle *oracle, const struct row *round, const char *states);
void check_everything(struct oracle *oracle, struct server *server, bool by_query);
void check_settled(struct oracle *oracle, struct server *server);

/* oracle_notice.c: what is told of the notice */
void check_notice(struct oracle *oracle, const struct queue_view *view);

/* coverage.c */
void coverage_init(struct oracle *oracle);

#endif
