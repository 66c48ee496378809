/* Objects are written by their rows: every kind of row, and null where a condition does not hold.
 */
#include "api/object.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct id some = {{0x01, 0x92, 0x3b, 0xc4}};

#define SOME "01j8xw80000000000000000000"

static void assert_written(enum object_name name, const void *source, const char *json)
{
    const struct shown_clock clock = {0};
    struct buffer out;
    struct json_writer writer;
    buffer_init(&out, 1 << 20);
    json_write_init(&writer, &out);
    object_write(&writer, name, source, &clock);
    assert_false(writer.failed);
    char *text = malloc(out.length + 1);
    assert_non_null(text);
    memcpy(text, out.data, out.length);
    text[out.length] = '\0';
    assert_string_equal(text, json);
    free(text);
    buffer_release(&out);
}

static void test_records(void **state)
{
    (void)state;
    struct user user = {.id = some,
                        .name = "Ann",
                        .role = USER_ROLE_ORGANIZER,
                        .password_hash = "never shown",
                        .created_at = 1000};
    assert_written(OBJECT_user, &user,
                   "{\"id\":\"user_" SOME "\",\"name\":\"Ann\",\"email\":null,"
                   "\"role\":\"organizer\",\"externalId\":null,"
                   "\"createdAt\":\"1970-01-01T00:00:01.000Z\",\"scopes\":[]}");
    user.role = USER_ROLE_STAFF;
    user.scopes = "stats read";
    assert_written(OBJECT_user, &user,
                   "{\"id\":\"user_" SOME "\",\"name\":\"Ann\",\"email\":null,"
                   "\"role\":\"staff\",\"externalId\":null,"
                   "\"createdAt\":\"1970-01-01T00:00:01.000Z\","
                   "\"scopes\":[\"stats\",\"read\"]}");
}

static void test_conditions(void **state)
{
    (void)state;
    struct shown_seat seat = {
        .seat = {.id = some, .seat_number = "A", .price = 5, .restricted_view = true},
        .status = SEAT_STATUS_SOLD};
    const char *const head = "{\"id\":\"seat_" SOME "\",\"concertRoundId\":null,"
                             "\"seatNumber\":\"A\",\"section\":null,\"row\":null,\"number\":null,"
                             "\"grade\":null,\"price\":5,\"status\":\"sold\",";
    char text[512];
    (void)snprintf(text, sizeof text,
                   "%s\"x\":null,\"y\":null,\"accessible\":false,"
                   "\"companion\":false,\"restrictedView\":true}",
                   head);
    assert_written(OBJECT_seat, &seat, text);
    seat.seat.placed = seat.seat.accessible = seat.seat.companion = true;
    seat.seat.y = -1.5;
    (void)snprintf(text, sizeof text,
                   "%s\"x\":0,\"y\":-1.5,\"accessible\":true,"
                   "\"companion\":true,\"restrictedView\":true}",
                   head);
    assert_written(OBJECT_seat, &seat, text);
}

static void test_parts_and_zeroes(void **state)
{
    (void)state;
    struct token_view token = {
        .token = {.id = some, .user_id = some, .number = 7, .issued_at = 1000}};
    const char *const form =
        "{\"id\":\"token_" SOME "\",\"userId\":\"user_" SOME "\",\"concertId\":null,"
        "\"status\":\"waiting\",\"number\":7,\"reason\":null,\"issuedAt\":\"1970-01-01T00:00:01."
        "000Z\","
        "\"activateAt\":null,\"expiresAt\":null,\"lastNewHoldAt\":null,"
        "\"passedOverAt\":null,\"ahead\":0,\"soldOut\":false,\"estimatedWaitSeconds\":%s,"
        "\"pollAfterMs\":%s}";
    char text[512];
    (void)snprintf(text, sizeof text, form, "null", "null");
    assert_written(OBJECT_token, &token, text);
    token.estimate = (struct wait_estimate){.known = true, .low_seconds = 1, .high_seconds = 2};
    token.poll_after_ms = 1000;
    (void)snprintf(text, sizeof text, form, "{\"low\":1,\"high\":2}", "1000");
    assert_written(OBJECT_token, &token, text);
}

static void test_arrays(void **state)
{
    (void)state;
    const struct seat_conflicts detail = {.count = 2,
                                          .seats = {{some, 0, "A-1"}, {some, 7, "A-8"}}};
    assert_written(OBJECT_seat_unavailable, &detail,
                   "{\"conflicts\":[{\"seatId\":\"seat_" SOME
                   "\",\"index\":0,\"seatNumber\":\"A-1\"},"
                   "{\"seatId\":\"seat_" SOME "\",\"index\":7,\"seatNumber\":\"A-8\"}]}");
    struct seat seats[] = {
        {.id = some, .seat_number = "A", .section = "S", .placed = true, .x = 2},
        {.id = some, .seat_number = "B", .price = 3, .accessible = true, .restricted_view = true},
    };
    const struct seat_map map = {.round_id = some, .seat_count = 2, .seats = seats};
    assert_written(OBJECT_map, &map,
                   "{\"roundId\":\"round_" SOME "\",\"id\":[\"seat_" SOME "\",\"seat_" SOME "\"],"
                   "\"seatNumber\":[\"A\",\"B\"],\"section\":[\"S\",null],\"row\":[null,null],"
                   "\"number\":[null,null],\"grade\":[null,null],\"price\":[0,3],\"x\":[2,null],"
                   "\"y\":[0,null],\"accessible\":[false,true],\"companion\":[false,false],"
                   "\"restrictedView\":[false,true]}");
    const struct shown_availability seen = {.round_id = some,
                                            .version = 4,
                                            .plan_version = 2,
                                            .available = 1,
                                            .sold = 1,
                                            .returned_last_minute = 3,
                                            .seats = "as!",
                                            .seat_count = 2};
    assert_written(OBJECT_availability, &seen,
                   "{\"roundId\":\"round_" SOME
                   "\",\"version\":4,\"planVersion\":2,\"available\":1,\"held\":0,"
                   "\"sold\":1,\"blocked\":0,\"nextReturnAt\":null,\"returnedLastMinute\":3,"
                   "\"seats\":\"as\"}");
}

static void test_lists(void **state)
{
    struct reservation_view *view = calloc(1, sizeof *view);
    (void)state;
    assert_non_null(view);
    view->reservation = (struct seat_reservation){
        .id = some, .ended_at = 1000, .status = RESERVATION_STATUS_EXPIRED};
    view->seat_count = 1;
    view->seats[0] = (struct reserved_seat_view){.seat_id = some, .price = 9, .seat_number = "A-1"};
    const char *const form =
        "{\"id\":\"reservation_" SOME "\",\"userId\":null,\"roundId\":null,\"status\":\"%s\","
        "\"amount\":0,\"usedPoints\":0,\"paymentId\":null,\"reservedAt\":null,\"expiresAt\":null,"
        "\"extendedAt\":null,\"refundableUntil\":null,\"movedFrom\":null,\"freeCancelUntil\":null,"
        "\"reason\":%s,\"calendarUrl\":null,\"cancelReason\":null,\"concertId\":null,"
        "\"cancelledAt\":%s,"
        "\"seats\":[{\"seatId\":\"seat_" SOME "\",\"seatNumber\":\"A-1\",\"price\":9}],"
        "\"tickets\":[]}";
    char text[1024];
    (void)snprintf(text, sizeof text, form, "expired", "null", "null");
    assert_written(OBJECT_reservation, view, text);
    view->reservation.status = RESERVATION_STATUS_CANCELLED;
    view->has_reason = true;
    told_texts_set(&view->reason.texts, "비", "rain");
    (void)snprintf(text, sizeof text, form, "cancelled",
                   "{\"texts\":{\"ko\":\"비\",\"en\":\"rain\"}}", "\"1970-01-01T00:00:01.000Z\"");
    assert_written(OBJECT_reservation, view, text);
    free(view);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records),
        cmocka_unit_test(test_conditions),
        cmocka_unit_test(test_parts_and_zeroes),
        cmocka_unit_test(test_arrays),
        cmocka_unit_test(test_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
