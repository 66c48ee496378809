/* See request.h. */
#include "request.h"

#include <err.h>
#include <stdlib.h>

void request_add(struct request *request, struct span part)
{
    if (part.length > sizeof request->text - request->length)
        errx(EXIT_FAILURE, "a request is longer than %d bytes", REQUEST_BYTES_MAX);
    memcpy(request->text + request->length, part.text, part.length);
    request->length += part.length;
}

void request_add_number(struct request *request, size_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    request_add(request, (struct span){digits + at, sizeof digits - at});
}

void request_begin(struct request *request, struct span line, struct span token)
{
    request->length = 0;
    request_add(request, line);
    request_add(request, SPAN(" HTTP/1.1\r\nHost: usher\r\n"));
    if (token.length == 0)
        return;
    request_add(request, SPAN("Authorization: Bearer "));
    request_add(request, token);
    request_add(request, SPAN("\r\n"));
}

void request_end(struct request *request)
{
    request_add(request, SPAN("\r\n"));
}

void request_end_with(struct request *request, const struct request *body)
{
    request_add(request, SPAN("Content-Type: application/json\r\nContent-Length: "));
    request_add_number(request, body->length);
    request_add(request, SPAN("\r\n\r\n"));
    request_add(request, (struct span){body->text, body->length});
}
