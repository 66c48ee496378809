/* See html.h. */
#include "api/html.h"

#include <string.h>

static void html_append(struct html *html, const char *bytes, size_t length)
{
    if (html->failed || buffer_reserve(html->out, length) != RESULT_OK)
        html->failed = true;
    else
        buffer_append(html->out, bytes, length);
}

void html_raw(struct html *html, const char *literal)
{
    html_append(html, literal, strlen(literal));
}

/* What a character must be written as (HTML, 13.1.2); NULL: as it is. */
static const char *entity(char character)
{
    switch (character) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    default:
        return NULL;
    }
}

void html_text_n(struct html *html, const char *text, size_t length)
{
    size_t plain = 0; /* from here on nothing was written yet */
    for (size_t i = 0; i < length; i++) {
        const char *instead = entity(text[i]);
        if (instead == NULL)
            continue;
        html_append(html, text + plain, i - plain);
        html_raw(html, instead);
        plain = i + 1;
    }
    html_append(html, text + plain, length - plain);
}

void html_text(struct html *html, const char *text)
{
    html_text_n(html, text, strlen(text));
}
