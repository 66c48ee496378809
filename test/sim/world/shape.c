/* See shape.h. */
#include "world/shape.h"

#include "world/streams.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* One of the values: the small ones, at which something happens, stand beside the real ones. */
#define ONE_OF(chance, ...)                                                                        \
    one_of(chance, (const int64_t[]){__VA_ARGS__}, COUNT_OF(((const int64_t[]){__VA_ARGS__})))

static int64_t one_of(struct chance *chance, const int64_t *values, size_t count)
{
    return values[chance_below(chance, count)];
}

/* ---- Settings ---- */

static void draw_queue(struct queue_change *queue, struct chance *chance)
{
    queue->max_active = ONE_OF(chance, 1, 2, 5, 10, 20, 30, 100, 1000);
    queue->admit_per_second = ONE_OF(chance, 1, 5, 20, 100, 1000);
    queue->silent_seconds = ONE_OF(chance, 10, 10, 20, 60, 120);
    queue->active_seconds = ONE_OF(chance, 10, 20, 60, 120, 600);
    queue->wait_seconds = ONE_OF(chance, 10, 30, 60, 300, 3600);
}

static void draw_settings(struct office_settings *settings, struct chance *chance)
{
    struct queue_change queue;
    draw_queue(&queue, chance);
    *settings = (struct office_settings){
        .hold_seconds = ONE_OF(chance, 1, 3, 10, 30, 60, 300),
        .max_seats_per_reservation = ONE_OF(chance, 1, 2, 4, 4, 6, 20),
        .max_seats_per_user = ONE_OF(chance, 1, 2, 4, 4, 8, 30),
        .refund_until_seconds = ONE_OF(chance, 0, 0, 60, 3600, 86400),
        .charging_open = chance_hits(chance, 2, 3),
        .registration_open = chance_hits(chance, 9, 10),
        .max_active = queue.max_active,
        .admit_per_second = queue.admit_per_second,
        .silent_seconds = queue.silent_seconds,
        .active_seconds = queue.active_seconds,
        .wait_seconds = queue.wait_seconds,
    };
}

/* Drawn last, so that a seed's other draws are what they would be without it. */
static void draw_extension(struct office_settings *settings, struct chance *chance)
{
    settings->extend_seconds = ONE_OF(chance, 0, 1, 5, 30, 180, 180);
}

void shape_change_settings(struct office_settings *settings, struct chance *chance)
{
    struct office_settings others;
    draw_settings(&others, chance);
    if (chance_hits(chance, 1, 2))
        settings->hold_seconds = others.hold_seconds;
    if (chance_hits(chance, 1, 3)) {
        settings->max_seats_per_reservation = others.max_seats_per_reservation;
        settings->max_seats_per_user = others.max_seats_per_user;
    }
    if (chance_hits(chance, 1, 3))
        settings->refund_until_seconds = others.refund_until_seconds;
    settings->charging_open = others.charging_open;
    settings->registration_open = others.registration_open;
    settings->given = (struct queue_change){0};
    draw_queue(&settings->given, chance);
    settings->given.has_max_active = chance_hits(chance, 1, 3);
    settings->given.has_admit_per_second = chance_hits(chance, 1, 5);
    settings->given.has_silent_seconds = chance_hits(chance, 1, 5);
    settings->given.has_active_seconds = chance_hits(chance, 1, 5);
    settings->given.has_wait_seconds = chance_hits(chance, 1, 5);
    draw_extension(settings, chance);
}

/* ---- The world ---- */

/* Each world does without some verbs and has much of others: what takes a meeting of two rare ones
 * happens where both are leant to, however many verbs there are (Groce et al., "Swarm testing",
 * ISSTA 2012). Drawn last, as the extension is. */
static void draw_leaning(struct shape *shape, struct chance *chance)
{
    for (enum verb verb = 0; verb < VERB_COUNT; verb++)
        shape->leaning[verb] = (unsigned char)ONE_OF(chance, 0, 1, 1, 4);
}

/* A few people have met all that can happen to them after so many operations; a crowd needs more to
 * get inside. */
#define LEAST_OPERATIONS 2500

/* In some somebody is charged until the balance is at its limit: 100,000 times the largest charge.
 */
#define RICH_ONE_IN 100
#define RICH_OPERATIONS 160000

static void draw_people(struct shape *shape, bool small, struct chance *chance)
{
    if (small) {
        shape->clients = (uint32_t)ONE_OF(chance, 2, 3, 5, 10, 20, 40);
        shape->drawn_operations = (uint64_t)chance_between(chance, 100, 800);
        shape->organizers = 1;
    } else if (shape->large) {
        shape->drawn_operations = (uint64_t)chance_between(chance, 100000, 200000);
        shape->clients = (uint32_t)chance_between(chance, 1000, 4000);
        shape->organizers = 3;
    } else {
        shape->clients = (uint32_t)ONE_OF(chance, 3, 20, 50, 100, 200, 300, 400, 500);
        shape->drawn_operations =
            LEAST_OPERATIONS + shape->clients * (uint64_t)chance_between(chance, 15, 30);
        shape->organizers = (uint32_t)chance_between(chance, 1, 2);
    }
    shape->in_flight_max = (uint32_t)chance_between(chance, 1, 4);
    shape->rich = !small && chance_hits(chance, 1, RICH_ONE_IN);
    if (shape->rich)
        shape->drawn_operations += RICH_OPERATIONS;
    shape->fickle_percent = ONE_OF(chance, 0, 0, 10, 50);
    shape->wild_percent = ONE_OF(chance, 1, 3, 5, 10, 30);
    shape->silence_permille = ONE_OF(chance, 0, 5, 20, 60);
    shape->naming_percent = ONE_OF(chance, 0, 20, 50, 90);
    shape->key_percent = ONE_OF(chance, 0, 20, 50, 90);
    shape->nights = ONE_OF(chance, 0, 0, 0, 1, 2, 5);
}

static void draw_catalogue(struct shape *shape, struct chance *chance)
{
    shape->concerts = chance_between(chance, 1, 3);
    shape->rounds_per_concert = chance_between(chance, 1, 3);
    shape->seats_max = (size_t)ONE_OF(chance, 1, 4, 10, 25, 60);
    if (shape->large)
        shape->seats_max = (size_t)ONE_OF(chance, 50, 500, 2000);
    shape->price_max = ONE_OF(chance, 1, 100, 50000, 5000000);
    shape->round_in_seconds_max = ONE_OF(chance, 120, 3600, 2 * 86400, 10 * 86400);
}

/* Fewer people take more beats for as many acts, so theirs are shorter; a simulated hour takes a
 * turn for each heartbeat. */
#define CROWD 50

static void draw_machine(struct shape *shape, struct chance *chance)
{
    shape->beat_ms = shape->clients < CROWD ? ONE_OF(chance, 20, 100, 300, 1000)
                                            : ONE_OF(chance, 20, 100, 1000, 3000, 10000);
    shape->jitter_ms = ONE_OF(chance, 0, 1, 2, 10);
    shape->beats_between_max = ONE_OF(chance, 1, 1, 2, 3);
    if (shape->large)
        shape->beats_between_max = 8;
    shape->delay_ms_max = ONE_OF(chance, 0, 1, 2, 5, 50);
    shape->loss_permille = ONE_OF(chance, 0, 0, 5, 30);
    shape->duplicate_permille = ONE_OF(chance, 0, 0, 10, 60);
    shape->turn_late_ms_max = ONE_OF(chance, 0, 20, 20, 50, 50, 100, 100, 200);
    /* With the second between heartbeats, less than what counts as downtime. */
    shape->idle_late_ms_max = ONE_OF(chance, 0, 1000, 3000, 3900);
    shape->book_ms = shape->beat_ms * ONE_OF(chance, 5, 15, 50, 100, 200);
    shape->prepared_disk = chance_hits(chance, 29, 30);
}

/* In some worlds nothing goes wrong, in some only one thing does: what the others would hide. */
static void draw_faults(struct shape *shape, const struct options *options, struct chance *chance)
{
    const uint32_t all = (UINT32_C(1) << FAULT_COUNT) - 1;
    const uint64_t drawn = chance_next(chance);
    const uint32_t one = UINT32_C(1) << chance_below(chance, FAULT_COUNT);
    switch (chance_below(chance, 10)) {
    case 0:
        shape->faults = 0;
        break;
    case 1:
    case 2:
        shape->faults = one;
        break;
    case 3:
    case 4:
    case 5:
        shape->faults = (uint32_t)drawn & all;
        break;
    default:
        shape->faults = all;
    }
    shape->faults &= ~options->without;
    shape->fault_count = (uint64_t)chance_between(chance, 1, options->small ? 3 : 8);
}

#define LARGE_ONE_IN 200

void shape_draw(struct shape *shape, const struct options *options)
{
    struct chance chance;
    chance_init(&chance, options->seed, STREAM_SHAPE);
    *shape = (struct shape){.large = chance_hits(&chance, 1, LARGE_ONE_IN) && !options->small};
    draw_settings(&shape->settings, &chance);
    draw_people(shape, options->small, &chance);
    draw_catalogue(shape, &chance);
    draw_machine(shape, &chance);
    draw_faults(shape, options, &chance);
    shape->operations = options->operations != 0 ? options->operations : shape->drawn_operations;
    if (options->clients != 0)
        shape->clients = (uint32_t)options->clients;
    if (shape->organizers >= shape->clients)
        shape->organizers = 1;
    if (shape->clients < 2)
        shape->clients = 2;
    draw_extension(&shape->settings, &chance);
    draw_leaning(shape, &chance);
}
