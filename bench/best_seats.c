/* What a choice of the best seats costs the engine, in the halls that cost the most: `best_seats
 * SEATS` prints a line of JSON with the microseconds of each, the median of many choices. */
#include "office/best_available.h"

#include <err.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define CHOICES 1001

struct hall {
    size_t count;
    struct seat *seats;
};

static const struct seat *hall_seat(const void *owner, size_t place)
{
    const struct hall *hall = owner;
    return &hall->seats[place];
}

/* Rows that a choice walks in vain, or to their end. */
struct worst {
    const char *name;
    struct best_wanted wanted;
    void (*fill)(struct seat *seat, size_t place);
};

static bool choose(struct seat_bits *bits, const struct hall *hall,
                   const struct best_wanted *wanted)
{
    size_t first;
    return best_available(bits, hall_seat, hall, wanted, &first);
}

static void fill_empty(struct seat *seat, size_t place)
{
    (void)place;
    seat->status = SEAT_STATUS_AVAILABLE;
}

static void fill_pairs(struct seat *seat, size_t place)
{
    seat->status = place % 3 == 2 ? SEAT_STATUS_SOLD : SEAT_STATUS_AVAILABLE;
}

/* Every choice leaves a single seat, up to the end. */
static void fill_threes(struct seat *seat, size_t place)
{
    seat->status = place % 4 == 3 ? SEAT_STATUS_SOLD : SEAT_STATUS_AVAILABLE;
}

static void fill_labels(struct seat *seat, size_t place)
{
    static const char *const labels[] = {"A", "B"};
    seat->section = labels[place % 2];
    seat->grade = labels[place / 2 % 2];
}

static void fill_accessible(struct seat *seat, size_t place)
{
    seat->accessible = place % 2 == 0;
    seat->companion = place % 4 == 1;
}

static void fill_wheelchairs(struct seat *seat, size_t place)
{
    seat->accessible = true;
    seat->companion = false;
    seat->status = place % 21 == 20 ? SEAT_STATUS_SOLD : SEAT_STATUS_AVAILABLE;
}

static const struct worst worsts[] = {
    {"first", {.count = 4}, fill_empty},
    {"none", {.count = 4}, fill_pairs},
    {"gaps", {.count = 2}, fill_threes},
    {"labels", {.count = 2, .section = "A", .grade = "B"}, fill_labels},
    {"wheelchairs", {.count = 4, .wheelchairs = 2}, fill_accessible},
    {"wheelchairsInVain", {.count = 4, .wheelchairs = 1}, fill_wheelchairs},
    {"wheelchairsOfTwenty", {.count = 20, .wheelchairs = 10}, fill_accessible},
    {"twentyInVain", {.count = 20, .wheelchairs = 1}, fill_wheelchairs},
};

static int64_t now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int compare(const void *one, const void *other)
{
    const int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;
    return (a > b) - (a < b);
}

static double microseconds(const struct worst *worst, struct hall *hall)
{
    static int64_t took[CHOICES];
    for (size_t i = 0; i < hall->count; i++) {
        hall->seats[i] = (struct seat){0};
        worst->fill(&hall->seats[i], i);
    }
    struct seat_bits *bits = seat_bits_new(hall->count, hall_seat, hall);
    if (bits == NULL)
        errx(1, "no memory");
    for (size_t i = 0; i < CHOICES; i++) {
        const int64_t began = now_ns();
        (void)choose(bits, hall, &worst->wanted);
        took[i] = now_ns() - began;
    }
    seat_bits_free(bits);
    qsort(took, CHOICES, sizeof took[0], compare);
    return (double)took[CHOICES / 2] / 1000;
}

int main(int argc, char **argv)
{
    struct hall hall = {.count = argc == 2 ? (size_t)strtoul(argv[1], NULL, 10) : 0};
    if (hall.count == 0 || hall.count > ROUND_SEATS_MAX)
        errx(1, "usage: best_seats SEATS");
    hall.seats = calloc(hall.count, sizeof *hall.seats);
    if (hall.seats == NULL)
        errx(1, "no memory");
    for (size_t i = 0; i < sizeof worsts / sizeof worsts[0]; i++)
        printf("%s\"%s\": %.1f", i == 0 ? "{" : ", ", worsts[i].name,
               microseconds(&worsts[i], &hall));
    printf("}\n");
    free(hall.seats);
    return 0;
}
