/* What the answers of readers own, and let go of. */
#include "read/look_up.h"
#include "read/page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void released_answers_hold_nothing(void **state)
{
    (void)state;
    struct record_page page = {.count = 2, .records = calloc(2, sizeof(struct record *))};
    const struct record record = {.kind = RECORD_KIND_PAYMENT};
    assert_non_null(page.records);
    page.records[0] = record_copy(&record);
    page.records[1] = record_copy(&record);
    record_page_release(&page);
    assert_null(page.records);
    assert_int_equal(page.count, 0);
    record_page_release(&page);

    struct look_up look_up = {.state = LOOK_UP_FOUND, .record = record_copy(&record)};
    look_up_release(&look_up);
    assert_null(look_up.record);
    assert_int_equal(look_up.state, LOOK_UP_NOT_ASKED);
    look_up_release(&look_up);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(released_answers_hold_nothing),
    };
    return cmocka_run_group_tests_name("read release", tests, NULL, NULL);
}
