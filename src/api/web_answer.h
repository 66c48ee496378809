/* Answers with the pages for people and their files. */
#ifndef USHER_API_WEB_ANSWER_H
#define USHER_API_WEB_ANSWER_H

#include "api/enquiry.h"
#include "base/result.h"
#include "http/answer_cache.h"
#include "web/web.h"

/* Every file in each of its forms, as it is answered. */
struct web_answers {
    struct cached_answer *(*bodies)[WEB_FORM_COUNT];
};

/* The Content-Security-Policy of a page with a script: it runs our own scripts, shows our own
 * styles, asks our own API, and stands in no frame. No script makes text into code (Trusted Types).
 */
extern const char web_page_policy[];

MUST_USE enum result web_answers_init(struct web_answers *answers);
void web_answers_release(struct web_answers *answers);

/* Answers where a page or a file of one stands at the request's path; false: there is none. */
bool web_answer(struct enquiry *enquiry);

#endif
