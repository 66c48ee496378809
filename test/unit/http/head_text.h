/* A head as text, for tests that say what one should be, and for those that hold two against each
 * other. */
#ifndef USHER_TEST_UNIT_HTTP_HEAD_TEXT_H
#define USHER_TEST_UNIT_HTTP_HEAD_TEXT_H

#include "http/request_head.h"

/* "GET /path", then what else there is, in this order:
 *
 *   " sized 5" or " chunked", " bodiless", " last", " continue", " left out"
 *   "\n?name=value" for each parameter, "\nName: value" for each header that is looked at
 *
 * Of a refused one its refusal's name, the method, and the headers: all that may be used of it. "-"
 * stands for a method that was not read. The caller frees it. */
char *head_text(const struct request_head *head);

#endif
