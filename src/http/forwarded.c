/* See forwarded.h. */
#include "http/forwarded.h"

#include <string.h>
#include <strings.h>

static const char blanks[] = " \t";

void header_lines_add(struct header_lines *lines, const char *value)
{
    if (lines->count == FORWARDED_LINES_MAX) {
        memmove(&lines->lines[0], &lines->lines[1],
                (FORWARDED_LINES_MAX - 1) * sizeof lines->lines[0]);
        lines->count--;
    }
    lines->lines[lines->count++] = value;
}

/* ---- One place in a chain ---- */

/* ":8080" or ":_hidden" (RFC 7239, 6.2), or nothing. */
static bool is_port(const char *text, size_t length)
{
    static const char digits[] = "0123456789";
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789._-";
    if (length == 0)
        return true;
    if (length < 2 || text[0] != ':')
        return false;
    const bool hidden = text[1] == '_';
    return hidden ? length > 2 && strspn(text + 2, letters) >= length - 2
                  : length <= 6 && strspn(text + 1, digits) >= length - 1;
}

/* "192.0.2.1", "192.0.2.1:80", "[2001:db8::1]", "[2001:db8::1]:80", and "2001:db8::1" where that
 * may stand without its brackets. The text goes on past its length, up to a NUL. */
static bool read_node(const char *text, size_t length, bool bare, struct address *address)
{
    const char *colon = memchr(text, ':', length);
    if (length > 0 && text[0] == '[') {
        const char *end = memchr(text, ']', length);
        return end != NULL && colon != NULL && colon < end &&
               address_parse(text + 1, (size_t)(end - text) - 1, address) &&
               is_port(end + 1, length - (size_t)(end - text) - 1);
    }
    if (bare && address_parse(text, length, address))
        return true;
    const size_t host = colon == NULL ? length : (size_t)(colon - text);
    return address_parse(text, host, address) && is_port(text + host, length - host);
}

struct chain {
    const struct address_list *trusted;
    struct address address;
    bool begun, known; /* something stands in it; its address can be told */
};

static void chain_add(struct chain *chain, bool known, const struct address *address)
{
    if (chain->begun && known && address_list_has(chain->trusted, address))
        return;
    chain->begun = true;
    chain->known = known;
    if (known)
        chain->address = *address;
}

static bool chain_end(const struct chain *chain, struct address *address)
{
    if (!chain->known)
        return false;
    *address = chain->address;
    return true;
}

/* ---- X-Forwarded-For ---- */

static void read_x_forwarded(const char *text, struct chain *chain)
{
    for (;;) {
        text += strspn(text, " \t,");
        if (*text == '\0')
            return;
        size_t length = strcspn(text, ",");
        const char *next = text + length;
        while (length > 0 && strchr(blanks, text[length - 1]) != NULL)
            length--;
        struct address address;
        chain_add(chain, read_node(text, length, true, &address), &address);
        text = next;
    }
}

bool x_forwarded_for(const struct header_lines *lines, const struct address_list *trusted,
                     struct address *address)
{
    struct chain chain = {.trusted = trusted};
    for (size_t i = 0; i < lines->count; i++)
        read_x_forwarded(lines->lines[i], &chain);
    return chain_end(&chain, address);
}

/* ---- Forwarded ---- */

/* Longer than any address with its port; a longer value only counts as too long. */
#define VALUE_BYTES 80

struct parameter {
    char text[VALUE_BYTES];
    size_t length; /* VALUE_BYTES: too long */
};

static void value_add(struct parameter *value, char character)
{
    if (value->length + 1 < VALUE_BYTES) {
        value->text[value->length++] = character;
        value->text[value->length] = '\0';
    } else {
        value->length = VALUE_BYTES;
    }
}

/* A quoted string (RFC 9110, 5.6.4) after its first quote; the rest of the text, or NULL. */
static const char *take_quoted(const char *text, struct parameter *value)
{
    while (*text != '"') {
        if (*text == '\\')
            text++;
        if (*text == '\0')
            return NULL;
        value_add(value, *text++);
    }
    return text + 1;
}

static const char *take_value(const char *text, struct parameter *value)
{
    *value = (struct parameter){.length = 0};
    if (*text == '"')
        return take_quoted(text + 1, value);
    const size_t length = strcspn(text, ",;\" \t\\");
    for (size_t i = 0; i < length; i++)
        value_add(value, text[i]);
    return length == 0 ? NULL : text + length;
}

/* The content of one element. */
struct element {
    bool has_for, known;
    struct address address;
};

/* "name=value"; the rest of the text, or NULL: malformed. */
static const char *take_pair(const char *text, struct element *element)
{
    static const char token[] = "!#$%&'*+-.^_`|~0123456789"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    struct parameter value;
    const size_t name = strspn(text, token);
    if (name == 0 || text[name] != '=')
        return NULL;
    const char *rest = take_value(text + name + 1, &value);
    if (rest == NULL || name != 3 || strncasecmp(text, "for", 3) != 0)
        return rest;
    if (element->has_for) /* once at the most */
        return NULL;
    element->has_for = true;
    element->known =
        value.length < VALUE_BYTES && read_node(value.text, value.length, false, &element->address);
    return rest;
}

/* The pairs up to a comma or the end; the rest of the text, or NULL: malformed. */
static const char *take_forwarded_element(const char *text, struct element *element)
{
    *element = (struct element){0};
    for (;;) {
        text += strspn(text, blanks);
        if (*text != ';' && *text != ',' && *text != '\0') {
            text = take_pair(text, element);
            if (text == NULL)
                return NULL;
            text += strspn(text, blanks);
        }
        if (*text == ',' || *text == '\0')
            return text;
        if (*text++ != ';')
            return NULL;
    }
}

static void read_forwarded(const char *text, struct chain *chain)
{
    for (;;) {
        struct element element;
        text += strspn(text, " \t,");
        if (*text == '\0')
            return;
        text = take_forwarded_element(text, &element);
        if (text == NULL) { /* where the next element begins cannot be told */
            chain_add(chain, false, NULL);
            return;
        }
        chain_add(chain, element.known, &element.address);
    }
}

bool forwarded_for(const struct header_lines *lines, const struct address_list *trusted,
                   struct address *address)
{
    struct chain chain = {.trusted = trusted};
    for (size_t i = 0; i < lines->count; i++)
        read_forwarded(lines->lines[i], &chain);
    return chain_end(&chain, address);
}

/* ---- Both ---- */

struct address forwarded_origin(const struct address *peer, const struct address_list *trusted,
                                const struct header_lines *forwarded,
                                const struct header_lines *x_forwarded)
{
    struct address told, also;
    if ((forwarded->count == 0 && x_forwarded->count == 0) || !address_list_has(trusted, peer))
        return *peer;
    if (forwarded->count == 0)
        return x_forwarded_for(x_forwarded, trusted, &told) ? told : *peer;
    if (!forwarded_for(forwarded, trusted, &told))
        return *peer;
    if (x_forwarded->count == 0)
        return told;
    const bool same = x_forwarded_for(x_forwarded, trusted, &also) && address_equal(&told, &also);
    return same ? told : *peer;
}
