/* Bodies: any bytes as the body of each route that takes one, through the real handlers, up to the
 * call that would go to the engine. What a call asks for is within the bounds of the API's page;
 * what is refused is told as a problem; what went in as text comes out as the same text.
 *
 * The first byte chooses the route, the second how the engine answers; the rest is the body. Linked
 * with --wrap for what an exchange would need a connection, an engine or time for. */
#include "fuzz.h"

#include "api/problem.h"
#include "api/reply.h"
#include "api/round_plan.h"
#include "api/service.h"
#include "body_call.h"
#include "http/server.h"

#include <math.h>
#include <stdlib.h>

/* Rounds larger than this take long to lay out and go the way of smaller ones. */
#define ROUND_SEATS_TRIED_MAX 3000

/* One input's exchange, and what became of it. */
struct trial {
    struct http_server server;
    struct api api;
    struct io_loop loop;
    struct request_head head;
    struct enquiry *enquiry;
    uint8_t answer;   /* the input's choice */
    json_t *answered; /* the answer's JSON, or NULL */
};

static struct trial
    *current; /* for the wrappers below, one of which is not told whose answer it is */

/* ---- In the place of what is not there ---- */

void __wrap_enquiry_submit(struct enquiry *enquiry, enquiry_step *next);
void __wrap_enquiry_hash_password(struct enquiry *enquiry, const char *password,
                                  enquiry_step *next);
void __wrap_enquiry_verify_password(struct enquiry *enquiry, const char *password, const char *hash,
                                    enquiry_step *next);
bool __wrap_sign_in_begin(struct enquiry *enquiry, const void *account, size_t length);
void __wrap_sign_in_end(struct enquiry *enquiry, enum sign_in_outcome outcome);
void __wrap_sign_in_leave(struct enquiry *enquiry);
bool __wrap_sign_in_sign_up(struct enquiry *enquiry);
void __wrap_sign_in_signed_up(struct enquiry *enquiry, const char *email);
void __wrap_head_check_poll_pace(struct enquiry *enquiry, int64_t poll_after_ms);

/* The engine: looks at the call, answers it and goes on at once. */
void __wrap_enquiry_submit(struct enquiry *enquiry, enquiry_step *next)
{
    struct call *call = &enquiry->request.call;
    check_call(call);
    answer_call(call, current->answer);
    if (call->refusal == REFUSAL_NONE && call->verb == VERB_QUEUE_CHANGE)
        return; /* its answer is the engine's snapshot */
    next(enquiry);
}

void __wrap_enquiry_hash_password(struct enquiry *enquiry, const char *password, enquiry_step *next)
{
    size_t count;
    CHECK(utf8_count(password, strlen(password), &count));
    CHECK(count >= PASSWORD_CHARACTERS_MIN && count <= PASSWORD_CHARACTERS_MAX);
    memcpy(enquiry->password.hash, GIVEN_HASH, sizeof GIVEN_HASH);
    enquiry->password.good = true;
    next(enquiry);
}

void __wrap_enquiry_verify_password(struct enquiry *enquiry, const char *password, const char *hash,
                                    enquiry_step *next)
{
    CHECK(password != NULL && strlen(hash) <= PASSWORD_HASH_BYTES_MAX);
    memcpy(enquiry->password.hash, hash, strlen(hash) + 1);
    enquiry->password.good = hash[0] != '\0' && current->answer % 2 == 0;
    next(enquiry);
}

/* The limits: every try that begins is ended where a password was looked at, or is left. */
bool __wrap_sign_in_begin(struct enquiry *enquiry, const void *account, size_t length)
{
    CHECK(account != NULL && length > 0 && !enquiry->sign_in_try.begun);
    enquiry->sign_in_try.begun = true;
    return true;
}

void __wrap_sign_in_end(struct enquiry *enquiry, enum sign_in_outcome outcome)
{
    CHECK(enquiry->sign_in_try.begun);
    CHECK(outcome == (enquiry->password.good ? SIGN_IN_RIGHT : SIGN_IN_WRONG));
    enquiry->sign_in_try.begun = false;
}

void __wrap_sign_in_leave(struct enquiry *enquiry)
{
    enquiry->sign_in_try.begun = false;
}

bool __wrap_sign_in_sign_up(struct enquiry *enquiry)
{
    CHECK(!enquiry->sign_in_try.begun);
    return true;
}

void __wrap_sign_in_signed_up(struct enquiry *enquiry, const char *email)
{
    (void)enquiry;
    CHECK(email != NULL && email[0] != '\0');
}

void __wrap_head_check_poll_pace(struct enquiry *enquiry, int64_t poll_after_ms)
{
    CHECK(enquiry->route->object == OBJECT_token && poll_after_ms >= 0);
}

/* ---- What must hold of the answer ---- */

static const char *text_at(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    CHECK(text != NULL);
    return text;
}

static void check_problem(const struct trial *trial)
{
    const json_t *problem = trial->answered, *errors = json_object_get(problem, "errors");
    CHECK(json_integer_value(json_object_get(problem, "status")) ==
          trial->enquiry->exchange.answer.status);
    CHECK(strncmp(text_at(problem, "type"), "/problems/", 10) == 0);
    CHECK(strcmp(text_at(problem, "type") + 10, text_at(problem, "code")) == 0);
    CHECK(strlen(text_at(problem, "title")) > 0 && strlen(text_at(problem, "detail")) > 0);
    CHECK(strcmp(text_at(problem, "requestId"), "fuzz") == 0);
    if (strcmp(text_at(problem, "code"), "invalid_field") != 0) {
        CHECK(errors == NULL);
        return;
    }
    CHECK(json_array_size(errors) >= 1 && json_array_size(errors) <= BODY_ERRORS_MAX);
    for (size_t i = 0; i < json_array_size(errors); i++) {
        const json_t *error = json_array_get(errors, i);
        const char *field = text_at(error, "field");
        CHECK(field[0] == '\0' || field[0] == '/');
        CHECK(strlen(text_at(error, "message")) > 0);
    }
}

static bool is_address_of(const char *answered, const char *sent)
{
    struct email email;
    return email_read(sent, EMAIL_NEW, &email) == RESULT_OK && strcmp(email.address, answered) == 0;
}

/* A text that went in under a key and comes out under it is the same, but for the form of an e-mail
 * address. (The blanks around it were taken off in the body, too.) */
static void check_echo(const struct trial *trial)
{
    const char *key;
    json_t *value;
    json_object_foreach(trial->enquiry->body.root, key, value)
    {
        const char *sent = json_string_value(value);
        const char *answered = json_string_value(json_object_get(trial->answered, key));
        const bool is_time = strstr(key, "At") != NULL || strcmp(key, "startTime") == 0;
        if (sent != NULL && answered != NULL && !is_time)
            CHECK(strcmp(key, "email") == 0 ? is_address_of(answered, sent)
                                            : strcmp(sent, answered) == 0);
    }
}

/* The answer is JSON or nothing. */
static void read_answer(struct trial *trial)
{
    const struct enquiry *enquiry = trial->enquiry;
    if (enquiry->exchange.answer.bodiless)
        return;
    trial->answered = json_loadb((const char *)enquiry->exchange.out.data,
                                 enquiry->exchange.out.length, JSON_REJECT_DUPLICATES, NULL);
    CHECK(json_is_object(trial->answered));
}

static void check_answer(struct trial *trial)
{
    if (!enquiry_answered(trial->enquiry))
        return;
    read_answer(trial);
    CHECK(trial->enquiry->exchange.answer.status >= 200 &&
          trial->enquiry->exchange.answer.status < 600);
    if (trial->enquiry->exchange.answer.status >= 400)
        check_problem(trial);
    else if (trial->answered != NULL)
        check_echo(trial);
}

/* ---- What must hold of the body itself ---- */

/* How deep objects and arrays stand in each other. */
static size_t depth_of(const json_t *json)
{
    size_t deepest = 0;
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)json, key, value)
    {
        const size_t depth = depth_of(value);
        deepest = depth > deepest ? depth : deepest;
    }
    for (size_t i = 0; i < json_array_size(json); i++) {
        const size_t depth = depth_of(json_array_get(json, i));
        deepest = depth > deepest ? depth : deepest;
    }
    return json_is_object(json) || json_is_array(json) ? deepest + 1 : 0;
}

/* Whether there is a real that jansson writes as an integer: what it stood for was more digits than
 * a double has. */
static bool has_rounded(const json_t *json)
{
    const char *key;
    json_t *value;
    size_t i;
    bool found = json_is_real(json) && json_real_value(json) == rint(json_real_value(json));
    json_object_foreach((json_t *)(uintptr_t)json, key, value) found = found || has_rounded(value);
    json_array_foreach(json, i, value) found = found || has_rounded(value);
    return found;
}

/* What was read, written by jansson in another way, is read as the same. */
static void check_read_again(const struct body *body)
{
    if (body->integers_as_reals || has_rounded(body->root))
        return; /* numbers past 64 bits, or a double's digits, lost some */
    char *text =
        json_dumps(body->root, JSON_ENSURE_ASCII | JSON_INDENT(1) | JSON_REAL_PRECISION(17));
    CHECK(text != NULL);
    struct body again;
    body_init(&again);
    CHECK(body_parse(&again, (const uint8_t *)text, strlen(text), SIZE_MAX) == REFUSAL_NONE);
    CHECK(json_equal(again.root, body->root));
    body_release(&again);
    free(text);
}

static bool parse(struct trial *trial, const uint8_t *data, size_t size)
{
    struct body *body = &trial->enquiry->body;
    const enum refusal refusal = body_parse(body, data, size, BODY_VALUES_MAX);
    if (refusal == REFUSAL_NONE) {
        CHECK(json_is_object(body->root) && body_good(body));
        CHECK(depth_of(body->root) <= 32);
        check_read_again(body);
        return true;
    }
    CHECK(refusal == REFUSAL_MALFORMED_JSON ? body->malformed != NULL : !body_good(body));
    problem_body(trial->enquiry, refusal);
    return false;
}

/* ---- The kinds of routes ---- */

/* As many seats as the sections of a body ask for together. */
static double seats_asked(const json_t *root)
{
    const json_t *sections = json_object_get(root, "sections");
    double seats = 0;
    for (size_t i = 0; i < json_array_size(sections); i++) {
        const json_t *section = json_array_get(sections, i);
        seats += json_number_value(json_object_get(section, "rows")) *
                 json_number_value(json_object_get(section, "seatsPerRow"));
    }
    return seats;
}

static void read_round(struct trial *trial, const uint8_t *data, size_t size)
{
    struct enquiry *enquiry = trial->enquiry;
    const double seats = seats_asked(enquiry->body.root);
    if (seats > ROUND_SEATS_TRIED_MAX && seats <= ROUND_SEATS_MAX)
        return;
    struct round_plan *plan = calloc(1, sizeof *plan);
    CHECK(plan != NULL);
    body_release(&enquiry->body);
    body_init(&enquiry->body);
    round_plan_init(plan, &enquiry->body, BODY_OF_round);
    round_plan_feed(plan, data, size);
    round_plan_end(plan);
    if (plan->refusal == REFUSAL_NONE)
        check_plan(plan);
    else
        problem_body(enquiry, plan->refusal);
    round_plan_release(plan);
    free(plan);
}

static void read_action(struct enquiry *enquiry)
{
    struct body_object root;
    body_root(&enquiry->body, &root);
    body_close(&root);
    CHECK(body_good(&enquiry->body) == (json_object_size(enquiry->body.root) == 0));
    if (!body_good(&enquiry->body))
        problem_body(enquiry, REFUSAL_INVALID_FIELD);
}

static const struct route *choose_route(uint8_t byte)
{
    const struct route *chosen[ROUTES_MAX];
    size_t count, kept = 0;
    const struct route *table = routes(&count);
    for (size_t i = 0; i < count; i++)
        if (table[i].takes != TAKES_NOTHING)
            chosen[kept++] = &table[i];
    return chosen[byte % kept];
}

static void run(struct trial *trial, const struct route *route, const uint8_t *data, size_t size)
{
    struct enquiry *enquiry = trial->enquiry;
    enquiry->route = route;
    enquiry->exchange.phase = EXCHANGE_RUNNING;
    if (!parse(trial, data, size))
        return;
    if (route->takes == TAKES_IMPORT)
        read_round(trial, data, size);
    else if (route->takes == TAKES_ACTION)
        read_action(enquiry);
    else
        route->handler(enquiry);
}

static struct enquiry *enquiry_of(struct trial *trial)
{
    struct enquiry *enquiry = calloc(1, sizeof *enquiry);
    CHECK(enquiry != NULL);
    enquiry_serve(&trial->server.service);
    enquiry->api = &trial->api;
    enquiry->exchange.server = &trial->server;
    enquiry->exchange.loop = &trial->loop;
    enquiry->exchange.head = &trial->head;
    enquiry->path.id = (struct id){{7}};
    memcpy(enquiry->exchange.request_id, "fuzz", sizeof "fuzz");
    buffer_init(&enquiry->exchange.out, ANSWER_BYTES_MAX);
    body_init(&enquiry->body);
    return enquiry;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool started;
    if (!started)
        body_start();
    started = true;
    struct fuzz_input input = {.at = data, .end = data + size};
    const struct route *route = choose_route(fuzz_byte(&input));
    struct trial *trial = calloc(1, sizeof *trial);
    CHECK(trial != NULL);
    trial->answer = fuzz_byte(&input);
    trial->api.settings.registration_open = true;
    trial->enquiry = enquiry_of(trial);
    current = trial;
    run(trial, route, input.at, fuzz_left(&input));
    check_answer(trial);
    exchange_free(&trial->enquiry->exchange);
    exchange_free_spares(&trial->loop);
    json_decref(trial->answered);
    free(trial);
    return 0;
}
