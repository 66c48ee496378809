/* See body_error.h. */
#include "json/body_error.h"

#include <stdio.h>

/* Appends one step of a pointer, escaped as RFC 6901 wants it; false when it does not fit. */
static bool append_step(char *pointer, size_t *length, const char *key)
{
    if (*length + 1 >= POINTER_BYTES_MAX)
        return false;
    pointer[(*length)++] = '/';
    for (; *key != '\0'; key++) {
        const bool escaped = *key == '~' || *key == '/';
        if (*length + 3 >= POINTER_BYTES_MAX)
            return false;
        pointer[(*length)++] = escaped ? '~' : *key;
        if (escaped)
            pointer[(*length)++] = *key == '~' ? '0' : '1';
    }
    return true;
}

/* The pointer to a path; a step that does not fit is left out with everything below it. */
static size_t pointer_format(const struct body_path *path, char pointer[static POINTER_BYTES_MAX])
{
    const struct body_path *steps[BODY_DEPTH_MAX];
    size_t count = 0, length = 0;
    for (; path != NULL && count < BODY_DEPTH_MAX; path = path->parent)
        steps[count++] = path;
    while (count-- > 0) {
        char number[24];
        const char *key = steps[count]->key;
        if (key == NULL) {
            (void)snprintf(number, sizeof number, "%zu", steps[count]->index);
            key = number;
        }
        const size_t before = length;
        if (!append_step(pointer, &length, key)) {
            length = before;
            break;
        }
    }
    return length;
}

void body_error_at(struct body *body, const struct body_path *path, const char *message)
{
    if (body->error_count++ >= BODY_ERRORS_MAX)
        return;
    char pointer[POINTER_BYTES_MAX];
    const size_t length = pointer_format(path, pointer);
    json_write_object_begin(&body->errors);
    json_write_key(&body->errors, "field");
    json_write_text_n(&body->errors, pointer, length);
    json_write_key(&body->errors, "message");
    json_write_text(&body->errors, message);
    json_write_object_end(&body->errors);
}
