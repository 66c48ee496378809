/* The best seats side by side: what is chosen in small rows that can be seen at a glance, and in
 * thousands of random halls the same as by a plain walk over all seats. */
#include "chance.h"
#include "office/best_available.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HALL_SEATS_MAX 700

struct hall {
    size_t count;
    struct seat seats[HALL_SEATS_MAX];
    char rows[HALL_SEATS_MAX][8];
};

static const struct seat *hall_seat(const void *owner, size_t place)
{
    const struct hall *hall = owner;
    return &hall->seats[place];
}

static struct seat_bits *bits_of(const struct hall *hall)
{
    struct seat_bits *bits = seat_bits_new(hall->count, hall_seat, hall);
    assert_non_null(bits);
    return bits;
}

/* ---- Halls that are written down ---- */

/* A letter a seat: a free, A free and accessible, c free and for a companion, x taken; a blank ends
 * a row. */
static void hall_draw(struct hall *hall, const char *drawing)
{
    unsigned row = 1;
    *hall = (struct hall){0};
    for (const char *letter = drawing; *letter != '\0'; letter++) {
        if (*letter == ' ') {
            row++;
            continue;
        }
        const size_t place = hall->count++;
        (void)snprintf(hall->rows[place], sizeof hall->rows[place], "%u", row);
        hall->seats[place] = (struct seat){
            .section = "F",
            .row = hall->rows[place],
            .grade = row % 2 == 0 ? "even" : "odd",
            .status = *letter == 'x' ? SEAT_STATUS_SOLD : SEAT_STATUS_AVAILABLE,
            .accessible = *letter == 'A',
            .companion = *letter == 'c',
        };
    }
}

/* `chosen`: the drawing again, with a * for each seat of the choice; NULL: there is none. */
static void expect(const char *drawing, struct best_wanted wanted, const char *chosen)
{
    struct hall hall;
    hall_draw(&hall, drawing);
    struct seat_bits *bits = bits_of(&hall);
    size_t first = SIZE_MAX;
    const bool found = best_available(bits, hall_seat, &hall, &wanted, &first);
    assert_int_equal(found, chosen != NULL);
    char told[HALL_SEATS_MAX];
    (void)snprintf(told, sizeof told, "%s", drawing);
    size_t place = 0;
    for (char *letter = told; found && *letter != '\0'; letter++)
        if (*letter != ' ') {
            if (place >= first && place < first + (size_t)wanted.count)
                *letter = '*';
            place++;
        }
    if (found)
        assert_string_equal(told, chosen);
    seat_bits_free(bits);
}

static struct best_wanted seats(int64_t count)
{
    return (struct best_wanted){.count = count};
}

static struct best_wanted wheelchairs(int64_t count, int64_t accessible)
{
    return (struct best_wanted){.count = count, .wheelchairs = accessible};
}

static void test_first_row_goes_first(void **state)
{
    (void)state;
    expect("aaaa aaaa", seats(2), "**aa aaaa");
    expect("axax aaaa", seats(2), "axax **aa");
    expect("aax aaa", seats(3), "aax ***");
    expect("aax xaa", seats(3), NULL);
    expect("xxxx", seats(1), NULL);
    expect("xxxa", seats(1), "xxx*");
}

static void test_no_choice_crosses_rows(void **state)
{
    (void)state;
    expect("aa aa", seats(3), NULL);
    expect("xa ax", seats(2), NULL);
    expect("xa axxx aaaa", seats(2), "xa axxx **aa");
}

static void test_single_free_seats_are_avoided(void **state)
{
    (void)state;
    expect("aaa", seats(2), "**a");         /* each choice leaves one */
    expect("aaax aa", seats(2), "**ax aa"); /* and the row goes before the gap */
    expect("aaaxaa", seats(2), "aaax**");   /* within the row the gap counts */
    expect("aaaaa", seats(2), "**aaa");
    expect("aaaaa", seats(3), "***aa");
    expect("aaaa", seats(3), "***a");
    expect("xaxaaa", seats(1), "x*xaaa");
    expect("aax", seats(1), "*ax");
    expect("aaaxax", seats(1), "*aaxax"); /* two that are left are no single one */
    expect("aaxax", seats(1), "aax*x");
    expect("aaaax", seats(2), "**aax");
    expect("aaaaaxaaa aaa", seats(4), "****axaaa aaa");
    expect("aaA", seats(1), "*aA"); /* an accessible seat is a free one */
}

static void test_accessible_places_only_when_asked_for(void **state)
{
    (void)state;
    expect("AA aA aa", seats(2), "AA aA **");
    expect("AAa", seats(1), "AA*");
    expect("AA", seats(1), NULL);
    expect("aa AA", wheelchairs(1, 1), "aa *A");
    expect("aaA aAA", wheelchairs(2, 2), "aaA a**");
    expect("aaaa aAAa", wheelchairs(2, 1), "aaaa **Aa");
    expect("aaaa", wheelchairs(2, 1), NULL);
    expect("AAAA", wheelchairs(3, 2), NULL);
}

static void test_companion_places_go_first(void **state)
{
    (void)state;
    expect("aAc", wheelchairs(2, 1), "a**");
    expect("aAaaacAa", wheelchairs(2, 1), "aAaaa**a");
    expect("aAcc cAc", wheelchairs(3, 1), "a*** cAc"); /* the row goes before the places */
    expect("aAacAca", wheelchairs(3, 1), "aAa***a");
    expect("cAaaxcAc", wheelchairs(2, 1), "**aaxcAc"); /* as many: then the gap */
}

static void test_sections_and_grades(void **state)
{
    (void)state;
    struct best_wanted wanted = {.count = 2, .grade = "even"};
    expect("aaa aaa aaa", wanted, "aaa **a aaa");
    wanted.grade = "purple";
    expect("aaa aaa", wanted, NULL);
    wanted = (struct best_wanted){.count = 1, .section = "F", .grade = "odd"};
    expect("xx aa ax", wanted, "xx aa *x");
    wanted.section = "G";
    expect("aa aa aa", wanted, NULL);
}

static void test_seats_without_a_row_are_one(void **state)
{
    (void)state;
    struct hall hall = {.count = 3};
    struct seat_bits *bits = bits_of(&hall);
    const struct best_wanted wanted = {.count = 3};
    size_t first = SIZE_MAX;
    assert_true(best_available(bits, hall_seat, &hall, &wanted, &first));
    assert_int_equal(first, 0);
    seat_bits_free(bits);
}

/* ---- Halls of chance ---- */

static const char *const labels[] = {"one", "two", "three", NULL};

static void hall_random(struct hall *hall, struct chance *chance)
{
    *hall = (struct hall){.count = 1 + chance_below(chance, HALL_SEATS_MAX)};
    const uint64_t taken = chance_below(chance, 100), accessible = chance_below(chance, 60);
    const uint64_t row_length = 1 + chance_below(chance, chance_below(chance, 2) ? 9 : 200);
    for (size_t i = 0; i < hall->count; i++) {
        struct seat *seat = &hall->seats[i];
        *seat = i == 0 ? (struct seat){.section = "one", .grade = "one"} : hall->seats[i - 1];
        if (chance_below(chance, row_length) == 0) {
            (void)snprintf(hall->rows[i], sizeof hall->rows[i], "%zu", i % 40);
            seat->row = hall->rows[i];
            seat->section = labels[chance_below(chance, 4)];
        }
        if (chance_below(chance, 2 * row_length) == 0)
            seat->grade = labels[chance_below(chance, 4)];
        seat->status = chance_below(chance, 100) < taken
                           ? 1 + (enum seat_status)chance_below(chance, 3)
                           : SEAT_STATUS_AVAILABLE;
        seat->accessible = chance_below(chance, 100) < accessible;
        seat->companion = chance_below(chance, 3) == 0;
    }
}

static bool same(const char *one, const char *other)
{
    return one == NULL || other == NULL ? one == other : strcmp(one, other) == 0;
}

static bool are_one_row(const struct hall *hall, size_t one, size_t other)
{
    return one < hall->count && other < hall->count &&
           same(hall->seats[one].section, hall->seats[other].section) &&
           same(hall->seats[one].row, hall->seats[other].row);
}

static bool is_free(const struct hall *hall, size_t place)
{
    return hall->seats[place].status == SEAT_STATUS_AVAILABLE;
}

/* What a choice is worth; 0: it is none. */
static int64_t worth(const struct hall *hall, size_t first, const struct best_wanted *wanted)
{
    const size_t end = first + (size_t)wanted->count;
    int64_t accessible = 0, companions = 0;
    for (size_t i = first; i < end; i++) {
        if (i >= hall->count || !is_free(hall, i) || (i > first && !are_one_row(hall, i - 1, i)))
            return 0;
        const struct seat *seat = &hall->seats[i];
        if ((wanted->section != NULL && !same(seat->section, wanted->section)) ||
            (wanted->grade != NULL && !same(seat->grade, wanted->grade)))
            return 0;
        accessible += seat->accessible;
        companions += seat->companion && !seat->accessible;
    }
    if (accessible != wanted->wheelchairs)
        return 0;
    size_t left = 0, right = 0;
    while (first - left > 0 && are_one_row(hall, first - left - 1, first - left) &&
           is_free(hall, first - left - 1))
        left++;
    while (are_one_row(hall, end + right - 1, end + right) && is_free(hall, end + right))
        right++;
    return 1 + (wanted->wheelchairs > 0 ? 2 * companions : 0) + (left != 1 && right != 1);
}

/* As the header has it, a seat after the other. */
static bool plain_walk(const struct hall *hall, const struct best_wanted *wanted, size_t *first)
{
    int64_t best = 0;
    for (size_t i = 0; i < hall->count; i++) {
        if (best > 0 && !are_one_row(hall, i - 1, i))
            break;
        const int64_t value = worth(hall, i, wanted);
        if (value > best) {
            best = value;
            *first = i;
        }
    }
    return best > 0;
}

static void wanted_random(struct best_wanted *wanted, struct chance *chance)
{
    *wanted = (struct best_wanted){
        .count = 1 + (int64_t)chance_below(chance, chance_below(chance, 3) == 0 ? 20 : 4),
        .section = chance_below(chance, 3) == 0 ? labels[chance_below(chance, 3)] : NULL,
        .grade = chance_below(chance, 3) == 0 ? labels[chance_below(chance, 3)] : NULL,
    };
    if (chance_below(chance, 2) == 0)
        wanted->wheelchairs = (int64_t)chance_below(chance, (uint64_t)wanted->count + 1);
}

static void sell(struct hall *hall, struct seat_bits *bits, size_t place, bool sold)
{
    hall->seats[place].status = sold ? SEAT_STATUS_SOLD : SEAT_STATUS_AVAILABLE;
    seat_bits_set_free(bits, place, !sold);
}

static void test_random_halls(void **state)
{
    (void)state;
    enum { HALLS = 1500, CHOICES = 30 };
    struct chance chance = {7};
    static struct hall hall;
    unsigned found_count = 0;
    for (unsigned i = 0; i < HALLS; i++) {
        hall_random(&hall, &chance);
        struct seat_bits *bits = bits_of(&hall);
        for (unsigned j = 0; j < CHOICES; j++) {
            struct best_wanted wanted;
            wanted_random(&wanted, &chance);
            size_t first = SIZE_MAX, plain = SIZE_MAX;
            const bool found = best_available(bits, hall_seat, &hall, &wanted, &first);
            assert_int_equal(found, plain_walk(&hall, &wanted, &plain));
            if (found)
                assert_int_equal(first, plain);
            found_count += found;
            for (int64_t k = 0; found && k < wanted.count; k++)
                sell(&hall, bits, first + (size_t)k, true);
            const size_t other = chance_below(&chance, hall.count);
            sell(&hall, bits, other, !is_free(&hall, other) && chance_below(&chance, 2) == 0);
        }
        for (size_t place = 0; place < hall.count; place++)
            assert_int_equal(seat_bits_is_free(bits, place), is_free(&hall, place));
        seat_bits_free(bits);
    }
    assert_true(found_count > HALLS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_row_goes_first),
        cmocka_unit_test(test_no_choice_crosses_rows),
        cmocka_unit_test(test_single_free_seats_are_avoided),
        cmocka_unit_test(test_accessible_places_only_when_asked_for),
        cmocka_unit_test(test_companion_places_go_first),
        cmocka_unit_test(test_sections_and_grades),
        cmocka_unit_test(test_seats_without_a_row_are_one),
        cmocka_unit_test(test_random_halls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
