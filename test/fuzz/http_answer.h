/* Holds what a connection answered against HTTP and against the API's page. */
#ifndef USHER_TEST_FUZZ_HTTP_ANSWER_H
#define USHER_TEST_FUZZ_HTTP_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the answers of a connection say, a line each, less what two of the same request may differ
 * in: times, ids, and what counts. What does not fit is left out. */
struct answer_summary {
    size_t length;
    char text[16384];
};

/* Every answer of a connection, one after the other. `headless`: a HEAD may have been among the
 * requests, whose answer has a length but no body. `torn`: the connection was reset, and the last
 * answer may lack its end. Returns how many there are, interim ones (1xx) not counted. */
size_t check_answers(const uint8_t *bytes, size_t length, bool headless, bool torn,
                     struct answer_summary *summary);

#endif
