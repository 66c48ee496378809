/* What the tables promise together: no refusal is nobody's, and what is named is there. */
#include "api/contract.h"

#include "api/problem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void test_every_refusal_is_some_route_s(void **state)
{
    refusal_set all = route_refusals_anywhere();
    size_t count;
    const struct route *table = routes(&count);
    (void)state;
    for (size_t i = 0; i < count; i++)
        all |= route_refusals(&table[i]);
    for (int i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++)
        if ((all >> i & 1) == 0)
            fail_msg("no route can give %s", refusal_schema((enum refusal)i)->name);
}

static void test_refusals_follow_from_the_row(void **state)
{
    struct path_match match;
    unsigned allowed;
    (void)state;
    const refusal_set held =
        route_refusals(route_find(METHOD_POST, "/v1/reservations", &match, &allowed));
    const refusal_set seen = route_refusals(route_find(METHOD_GET, "/v1/queue", &match, &allowed));
#define HAS(set, name) (((set) >> REFUSAL_##name & 1) != 0)
    assert_true(HAS(held, SEAT_LIMIT) && HAS(held, UNAUTHENTICATED) && HAS(held, MALFORMED_JSON));
    assert_true(HAS(held, IDEMPOTENCY_KEY_REUSED) && HAS(held, CROSS_SITE));
    assert_true(HAS(held, OUTCOME_UNKNOWN) && HAS(held, TOO_MANY_REQUESTS));
    assert_false(HAS(held, EMAIL_TAKEN));
    assert_true(HAS(seen, BAD_REQUEST) && HAS(seen, INVALID_FIELD));
    assert_false(HAS(seen, UNAUTHENTICATED) || HAS(seen, TOO_MANY_REQUESTS));
    assert_false(HAS(seen, MALFORMED_JSON) || HAS(seen, CROSS_SITE) || HAS(seen, READ_ONLY));
}

/* Every name leads to a row, and after them come the filters of the list. */
static void test_parameters(void **state)
{
    static const char *const wanted[] = {"limit", "cursor", "expand",  "reason",    "userId",
                                         "from",  "to",     "roundId", "concertId", "status"};
    struct query_parameter parameter;
    struct path_match match;
    unsigned allowed;
    size_t count;
    const struct route *table = routes(&count);
    (void)state;
    struct parameter_walk walk =
        route_parameters(route_find(METHOD_GET, "/v1/reservations", &match, &allowed));
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        assert_true(parameter_next(&walk, &parameter));
        assert_string_equal(parameter.query, wanted[i]);
    }
    assert_int_equal(parameter.type, PARAMETER_ENUM);
    assert_int_equal(parameter.text_count, RESERVATION_STATUS_EXPIRED + 1);
    assert_true(parameter_next(&walk, &parameter));
    assert_string_equal(parameter.query, "q");
    assert_int_equal(parameter.type, PARAMETER_TEXT);
    assert_int_equal(parameter.max, SEARCH_CHARACTERS_MAX);
    assert_false(parameter_next(&walk, &parameter));
    for (size_t i = 0; i < count; i++) {
        walk = route_parameters(&table[i]);
        while (parameter_next(&walk, &parameter))
            assert_true(parameter.query[0] != '\0' && parameter.meaning[0] != '\0');
    }
}

/* Two refusals of one code are told in one shape: with one status, and one object or none. */
static void test_a_code_has_one_shape(void **state)
{
    (void)state;
    for (int i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++)
        for (int k = REFUSAL_NONE + 1; k < i; k++) {
            const struct refusal_schema *one = refusal_schema((enum refusal)i);
            const struct refusal_schema *other = refusal_schema((enum refusal)k);
            if (strcmp(one->code, other->code) != 0)
                continue;
            assert_int_equal(one->status, other->status);
            assert_string_equal(one->title, other->title);
            assert_int_equal(problem_object((enum refusal)i), problem_object((enum refusal)k));
        }
}

/* The object that shows what a verb answers; OBJECT_NONE: nothing, many rows, or no route shows it.
 * Answers share their place in the call, so a row that shows another object would read it wrongly.
 */
static enum object_name object_of_answer(enum verb_answer answer, bool *in_record)
{
    *in_record = false;
    switch (answer) {
    case ANSWERS_USER:
        *in_record = true;
        return OBJECT_user;
    case ANSWERS_ENTRY:
        *in_record = true;
        return OBJECT_entry;
    case ANSWERS_INCIDENT:
        *in_record = true;
        return OBJECT_incident;
    case ANSWERS_PLAN:
        *in_record = true;
        return OBJECT_stored_plan;
    case ANSWERS_CONCERT:
        *in_record = true;
        return OBJECT_concert;
    case ANSWERS_ROUND:
        *in_record = true;
        return OBJECT_round;
    case ANSWERS_SESSION:
        return OBJECT_session;
    case ANSWERS_SESSIONS:
        return OBJECT_own_sessions;
    case ANSWERS_HANDOVER:
        return OBJECT_handover;
    case ANSWERS_API_KEY:
        *in_record = true;
        return OBJECT_new_api_key;
    case ANSWERS_INVITATION:
        *in_record = true;
        return OBJECT_invited;
    case ANSWERS_RESET:
        return OBJECT_password_reset;
    case ANSWERS_POINTS:
        return OBJECT_points;
    case ANSWERS_TOKEN:
        return OBJECT_token;
    case ANSWERS_RESERVATION:
        return OBJECT_reservation;
    case ANSWERS_PAYMENT:
        return OBJECT_payment;
    case ANSWERS_HISTORY:
        return OBJECT_history;
    case ANSWERS_BREAKDOWN:
        return OBJECT_sales_breakdown;
    case ANSWERS_FORECAST:
        return OBJECT_forecast;
    case ANSWERS_SALES:
        return OBJECT_sales;
    case ANSWERS_SEATS:
        return OBJECT_seat_changes;
    case ANSWERS_NOTHING:
    case ANSWERS_TICKET: /* the handler adds the code */
    case ANSWERS_DRAWN_PLAN:
    case ANSWERS_PAGE:
    case ANSWERS_CHANGES:
    case ANSWERS_COUNT:
        break;
    }
    return OBJECT_NONE;
}

static void test_a_route_shows_what_its_verb_answers(void **state)
{
    size_t count, shown = 0;
    const struct route *table = routes(&count);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        const struct route *route = &table[i];
        bool in_record;
        if (route->verb == VERB_COUNT)
            continue;
        const enum verb_answer answer = verb_answers(route->verb);
        /* Public pages come from snapshots, and so do exports whose verb only says who may. */
        const bool shows_rows =
            (route->answers == ROUTE_ANSWERS_PAGE && !route->is_public) ||
            (route->answers == ROUTE_ANSWERS_EXPORT && answer != ANSWERS_NOTHING);
        if (shows_rows !=
            (answer == ANSWERS_PAGE || answer == ANSWERS_CHANGES || answer == ANSWERS_BREAKDOWN))
            fail_msg("%s has no page, or %s has none", route->name, verb_name(route->verb));
        if (route->from == 0)
            continue;
        shown++;
        if (route->object != object_of_answer(answer, &in_record) ||
            route->from_record != in_record)
            fail_msg("%s shows what %s does not answer", route->name, verb_name(route->verb));
    }
    assert_true(shown > 0);
}

/* Nobody is asked why they look at what everybody may see: query_reason passes such routes over. */
static void test_what_is_public_asks_for_no_reason(void **state)
{
    struct query_parameter parameter;
    size_t count, public_routes = 0;
    const struct route *table = routes(&count);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        struct parameter_walk walk = route_parameters(&table[i]);
        public_routes += table[i].is_public;
        while (parameter_next(&walk, &parameter))
            if (table[i].is_public && strcmp(parameter.query, "reason") == 0)
                fail_msg("%s is public and asks for a reason", table[i].name);
    }
    assert_true(public_routes > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_refusal_is_some_route_s),
        cmocka_unit_test(test_refusals_follow_from_the_row),
        cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_what_is_public_asks_for_no_reason),
        cmocka_unit_test(test_a_code_has_one_shape),
        cmocka_unit_test(test_a_route_shows_what_its_verb_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
