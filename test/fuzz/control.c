/* Requests of the control socket, of any bytes: what is accepted has the fields of its verb and no
 * others, and is read again from what is written of it; what is refused is refused with a sentence.
 */
#include "fuzz.h"

#include "app/control_request.h"
#include "base/check.h"

#include <stdlib.h>

static void check_same(const struct control_request *request)
{
    struct control_request again;
    struct explanation explanation;
    struct buffer out;
    buffer_init(&out, CONTROL_REQUEST_BYTES_MAX);
    CHECK(control_request_write(request, &out) == RESULT_OK);
    CHECK(control_request_is_whole((const char *)out.data, out.length));
    CHECK(control_request_read(&again, (char *)out.data, out.length, &explanation) == RESULT_OK);
    CHECK(again.verb == request->verb);
    for (size_t i = 0; i < CONTROL_FIELD_COUNT; i++) {
        CHECK((again.fields[i] == NULL) == (request->fields[i] == NULL));
        CHECK(again.fields[i] == NULL || strcmp(again.fields[i], request->fields[i]) == 0);
    }
    buffer_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct control_request request;
    struct explanation explanation = {.text = ""};
    if (size > CONTROL_REQUEST_BYTES_MAX)
        return 0;
    char *bytes = malloc(size + 1); /* of its own: what is read past its end is seen */
    CHECK(bytes != NULL);
    memcpy(bytes, data, size);
    const bool whole = control_request_is_whole(bytes, size);
    const enum result result = control_request_read(&request, bytes, size, &explanation);
    CHECK(result == RESULT_OK || explanation.text[0] != '\0');
    if (result == RESULT_OK) {
        CHECK(whole);
        check_same(&request);
    }
    free(bytes);
    return 0;
}
