/* See head_text.h. */
#include "head_text.h"

#include "base/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void put_framing(FILE *file, const struct request_head *head)
{
    switch (head->framing) {
    case FRAMING_NONE:
        return;
    case FRAMING_SIZED:
        CHECK(fprintf(file, " sized %" PRIu64, head->body_bytes) > 0);
        return;
    case FRAMING_CHUNKED:
        CHECK(fputs(" chunked", file) >= 0);
        return;
    }
}

static void put_good(FILE *file, const struct request_head *head)
{
    CHECK(fprintf(file, "%s %s", head->method_text, head->path) > 0);
    put_framing(file, head);
    CHECK(fprintf(file, "%s%s%s%s", head->bodiless ? " bodiless" : "", head->last ? " last" : "",
                  head->expects_continue ? " continue" : "",
                  head->parameters_left_out ? " left out" : "") >= 0);
    for (size_t i = 0; i < head->parameter_count; i++)
        CHECK(fprintf(file, "\n?%s=%s", head->parameters[i].name, head->parameters[i].value) > 0);
}

static void put_once(FILE *file, const char *name, const char *value)
{
    if (value != NULL)
        CHECK(fprintf(file, "\n%s: %s", name, value) > 0);
}

static void put_all(FILE *file, const char *name, struct header_lines lines)
{
    for (size_t i = 0; i < lines.count; i++)
        put_once(file, name, lines.lines[i]);
}

static void put_headers(FILE *file, const struct request_headers *headers)
{
#define ONCE put_once
#define FIRST put_once
#define ALL put_all
#define HEADER(member, name, comes) comes(file, name, headers->member);
#include "http/headers.def"
#undef ONCE
#undef FIRST
#undef ALL
}

char *head_text(const struct request_head *head)
{
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    CHECK(file != NULL);
    if (head->refusal == REFUSAL_NONE)
        put_good(file, head);
    else
        CHECK(fprintf(file, "%s %s", refusal_schema(head->refusal)->name,
                      head->method_text == NULL ? "-" : head->method_text) > 0);
    put_headers(file, &head->headers);
    CHECK(fclose(file) == 0);
    return text;
}
