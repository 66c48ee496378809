/* See request_head.h. Line by line: what a line means is known when its end is there, so it does
 * not matter in which pieces it came. */
#include "http/request_head.h"

#include "http/character.h"

#include <string.h>
#include <strings.h>

void request_head_init(struct request_head *head)
{
    memset(head, 0, offsetof(struct request_head, parameters));
}

static bool refuse_head(struct request_head *head, enum refusal refusal)
{
    head->refusal = refusal;
    return false;
}

/* ---- The target ---- */

/* Where the character stands first; the text's length where it does not. */
static size_t header_place(char character, const char *text, size_t length)
{
    const char *at = memchr(text, character, length);
    return at == NULL ? length : (size_t)(at - text);
}

/* Decodes "%41" and, in a query, '+' in place, and ends the text. False: an escape is broken, or
 * stands for NUL, at which later readers would end. */
static bool decode(char *text, size_t length, bool query)
{
    size_t plain = header_place('%', text, length); /* mostly all of it */
    if (query)
        plain = header_place('+', text, plain);
    size_t written = plain;
    for (size_t i = plain; i < length; i++) {
        char c = text[i];
        if (c == '%') {
            const int high = i + 2 < length ? hex_value(text[i + 1]) : -1;
            const int low = high < 0 ? -1 : hex_value(text[i + 2]);
            if (low < 0 || (high == 0 && low == 0))
                return false;
            c = (char)(high * 16 + low);
            if (query || c != '/')
                i += 2;
            else
                c = '%'; /* its two digits follow as they are */
        } else if (query && c == '+') {
            c = ' ';
        }
        text[written++] = c;
    }
    text[written] = '\0';
    return true;
}

/* One "name=value", or a name alone. */
static bool read_parameter(struct request_head *head, char *text, size_t length)
{
    static const char absent[] = "";
    if (length == 0)
        return true;
    if (head->parameter_count == PARAMETERS_MAX) {
        head->parameters_left_out = true;
        return true;
    }
    char *equals = memchr(text, '=', length);
    const size_t name_length = equals == NULL ? length : (size_t)(equals - text);
    struct request_parameter *parameter = &head->parameters[head->parameter_count++];
    parameter->name = text;
    parameter->value = equals == NULL ? absent : equals + 1;
    /* The value first: ending the name writes over the '='. */
    return (equals == NULL || decode(equals + 1, length - name_length - 1, true)) &&
           decode(text, name_length, true);
}

static bool read_query(struct request_head *head, char *text, size_t length)
{
    for (;;) {
        char *separator = memchr(text, '&', length);
        const size_t one = separator == NULL ? length : (size_t)(separator - text);
        if (!read_parameter(head, text, one))
            return false;
        if (separator == NULL)
            return true;
        text += one + 1;
        length -= one + 1;
    }
}

static bool read_path(struct request_head *head, char *text, size_t length)
{
    char *question = memchr(text, '?', length);
    const size_t path_length = question == NULL ? length : (size_t)(question - text);
    if (question != NULL && !read_query(head, question + 1, length - path_length - 1))
        return false;
    head->path = text;
    return decode(text, path_length, false);
}

bool host_well_formed(const char *host, size_t length)
{
    static const char unreserved[] = "-._~!$&'()*+,;=";
    size_t i = 0;
    if (length > 0 && host[0] == '[') { /* an address of IPv6, or of a future version */
        for (i = 1; i < length && host[i] != ']'; i++)
            if (hex_value(host[i]) < 0 && host[i] != ':' && host[i] != '.')
                return false;
        if (i < 3 || i == length)
            return false;
        i++;
    } else {
        for (; i < length && host[i] != ':'; i++) {
            if (is_digit(host[i]) || is_letter(host[i]) ||
                memchr(unreserved, host[i], sizeof unreserved - 1) != NULL)
                continue;
            if (host[i] != '%' || i + 2 >= length || hex_value(host[i + 1]) < 0 ||
                hex_value(host[i + 2]) < 0)
                return false;
            i += 2;
        }
        if (i == 0)
            return false;
    }
    if (i == length)
        return true;
    unsigned port = 0;
    if (host[i++] != ':' || length - i > 5)
        return false;
    for (; i < length; i++) {
        if (!is_digit(host[i]))
            return false;
        port = port * 10 + (unsigned)(host[i] - '0');
    }
    return port <= UINT16_MAX;
}

/* A target in absolute form (RFC 9112, 3.2.2): scheme, authority, path. An absent path is "/". */
static bool read_absolute(struct request_head *head, char *text, size_t length)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        const size_t scheme_length = strlen(schemes[i]);
        if (length < scheme_length || strncasecmp(text, schemes[i], scheme_length) != 0)
            continue;
        char *authority = text + scheme_length;
        size_t rest = length - scheme_length, authority_length = 0;
        while (authority_length < rest && authority[authority_length] != '/' &&
               authority[authority_length] != '?')
            authority_length++;
        if (!host_well_formed(authority, authority_length))
            return false;
        /* One place to the left there is room for its end. */
        head->authority = memmove(authority - 1, authority, authority_length);
        authority[authority_length - 1] = '\0';
        rest -= authority_length;
        if (rest > 0 && authority[authority_length] == '/')
            return read_path(head, authority + authority_length, rest);
        head->path = "/";
        return rest == 0 || read_query(head, authority + authority_length + 1, rest - 1);
    }
    return false;
}

static bool read_target(struct request_head *head, const char *method, char *text, size_t length)
{
    if (length > 0 && text[0] == '/')
        return read_path(head, text, length);
    if (length == 1 && text[0] == '*') { /* of the server itself, which no route is */
        head->path = "*";
        return strcmp(method, "OPTIONS") == 0;
    }
    return read_absolute(head, text, length);
}

/* ---- The request line ---- */

/* "HTTP/1.1"; a later minor version is read as 1.1 (RFC 9110, 2.5). */
static bool read_version(struct request_head *head, const char *text, size_t length)
{
    if (length != 8 || memcmp(text, "HTTP/", 5) != 0 || !is_digit(text[5]) || text[6] != '.' ||
        !is_digit(text[7]))
        return refuse_head(head, REFUSAL_BAD_REQUEST);
    if (text[5] != '1')
        return refuse_head(head, REFUSAL_VERSION_NOT_SUPPORTED);
    head->old = text[7] == '0';
    return true;
}

/* method SP target SP version (RFC 9112, 3), with one blank each. */
static bool read_request_line(struct request_head *head, char *line, size_t length)
{
    size_t method_length = 0, target_end;
    while (method_length < length && is_token_character(line[method_length]))
        method_length++;
    for (target_end = method_length + 1;
         target_end < length && is_target_character(line[target_end]); target_end++)
        continue;
    if (method_length == 0 || target_end >= length || line[method_length] != ' ' ||
        line[target_end] != ' ')
        return refuse_head(head, REFUSAL_BAD_REQUEST);
    line[method_length] = '\0';
    head->method = method_parse(line);
    head->method_text = line;
    head->bodiless = strcmp(line, "HEAD") == 0;
    head->named = true;
    char *target = line + method_length + 1;
    return read_version(head, line + target_end + 1, length - target_end - 1) &&
           (read_target(head, line, target, target_end - method_length - 1) ||
            refuse_head(head, REFUSAL_BAD_REQUEST));
}

/* ---- A header ---- */

enum comes {
    FIRST,
    ONCE,
    ALL,
};

static const struct {
    const char *name;
    size_t name_length, offset;
    enum comes comes;
} wanted[] = {
#define HEADER(member, text, comes)                                                                \
    {text, sizeof text - 1, offsetof(struct request_headers, member), comes},
#include "http/headers.def"
};

static bool keep_header(struct request_head *head, const char *name, size_t name_length,
                        const char *value)
{
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        if (wanted[i].name_length != name_length ||
            strncasecmp(wanted[i].name, name, name_length) != 0)
            continue;
        void *member = (char *)&head->headers + wanted[i].offset;
        const char **place = member;
        if (wanted[i].comes == ALL) {
            header_lines_add(member, value);
            break;
        }
        if (*place == NULL)
            *place = value;
        else if (wanted[i].comes == ONCE)
            return refuse_head(head, REFUSAL_BAD_REQUEST);
        break;
    }
    return true;
}

/* The options of a Connection header, of which there may be several (RFC 9110, 7.6.1). */
static void read_connection(struct request_head *head, const char *value)
{
    static const char close[] = "close";
    while (*value != '\0') {
        value += strspn(value, " \t,");
        const size_t length = strcspn(value, " \t,");
        if (length == sizeof close - 1 && strncasecmp(value, close, length) == 0)
            head->said_close = true;
        value += length;
    }
}

/* name ":" value, with blanks around the value only (RFC 9112, 5). A line that goes on from the one
 * before begins with a blank, which begins no name. */
static bool read_header(struct request_head *head, char *line, size_t length)
{
    static const char connection[] = "Connection";
    size_t name_length = 0;
    while (name_length < length && is_token_character(line[name_length]))
        name_length++;
    if (name_length == 0 || name_length == length || line[name_length] != ':')
        return refuse_head(head, REFUSAL_BAD_REQUEST);
    size_t start = name_length + 1;
    while (start < length && is_blank(line[start]))
        start++;
    for (size_t i = start; i < length; i++)
        if (!is_value_character(line[i]))
            return refuse_head(head, REFUSAL_BAD_REQUEST);
    while (length > start && is_blank(line[length - 1]))
        length--;
    line[length] = '\0';
    if (++head->line_count > HEADER_LINES_MAX)
        return refuse_head(head, REFUSAL_HEADERS_TOO_LARGE);
    if (name_length == sizeof connection - 1 && strncasecmp(line, connection, name_length) == 0)
        read_connection(head, line + start);
    return keep_header(head, line, name_length, line + start);
}

/* ---- The end ---- */

static bool read_length(struct request_head *head, const char *text)
{
    uint64_t length = 0;
    const size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 19 || text[digits] != '\0')
        return refuse_head(head, REFUSAL_BAD_REQUEST);
    for (size_t i = 0; i < digits; i++)
        length = length * 10 + (uint64_t)(text[i] - '0');
    if (length > INT64_MAX)
        return refuse_head(head, REFUSAL_BAD_REQUEST);
    head->framing = length == 0 ? FRAMING_NONE : FRAMING_SIZED;
    head->body_bytes = length;
    return true;
}

/* Whether the last of the codings is "chunked": only then is the end of the body known. */
static bool ends_chunked(const char *codings)
{
    static const char chunked[] = "chunked";
    const size_t length = strlen(codings), own = sizeof chunked - 1;
    return length > own && strcasecmp(codings + length - own, chunked) == 0 &&
           strchr(" \t,", codings[length - own - 1]) != NULL;
}

/* Where the body ends (RFC 9112, 6). A framing that a proxy before us could read in another way is
 * refused. */
static bool read_framing(struct request_head *head)
{
    const char *coding = head->headers.transfer_encoding, *length = head->headers.content_length;
    if (coding == NULL)
        return length == NULL || read_length(head, length);
    if (length != NULL || head->old)
        return refuse_head(head, REFUSAL_BAD_REQUEST);
    if (strcasecmp(coding, "chunked") != 0)
        return refuse_head(head,
                           ends_chunked(coding) ? REFUSAL_NOT_IMPLEMENTED : REFUSAL_BAD_REQUEST);
    head->framing = FRAMING_CHUNKED;
    return true;
}

static bool finish_head(struct request_head *head)
{
    const struct request_headers *headers = &head->headers;
    head->last = head->old || head->said_close;
    if (headers->host == NULL ? !head->old
                              : !host_well_formed(headers->host, strlen(headers->host)))
        return refuse_head(head, REFUSAL_BAD_REQUEST);
    if (head->authority != NULL)
        head->headers.host = head->authority; /* RFC 9112, 3.2.2: the header does not count then */
    if (!read_framing(head))
        return false;
    if (headers->expect == NULL || head->old)
        return true; /* HTTP/1.0 knows no expectations (RFC 9110, 10.1.1) */
    if (strcasecmp(headers->expect, "100-continue") != 0)
        return refuse_head(head, REFUSAL_EXPECTATION_FAILED);
    head->expects_continue = head->framing != FRAMING_NONE;
    return true;
}

/* ---- Lines ---- */

/* A line without its CR LF. True: it was the head's last, or is refused. */
static bool read_head_line(struct request_head *head, char *line, size_t length)
{
    if (!head->named && length == 0 && !head->blank) {
        head->blank = true; /* RFC 9112, 2.2: some clients end a body with one too many */
        return false;
    }
    if (!head->named)
        return !read_request_line(head, line, length);
    if (length > 0)
        return !read_header(head, line, length);
    (void)finish_head(head);
    return true;
}

bool request_head_read(struct request_head *head, char *bytes, size_t length, size_t bytes_max)
{
    const size_t end = length < bytes_max ? length : bytes_max;
    while (head->scanned < end) {
        char *line = bytes + head->line_at;
        /* A client of another protocol may send no line to wait for. */
        if (!head->named && line[0] != '\r' && !is_token_character(line[0]))
            return !refuse_head(head, REFUSAL_BAD_REQUEST);
        char *feed = memchr(bytes + head->scanned, '\n', end - head->scanned);
        if (feed == NULL) {
            head->scanned = end;
            break;
        }
        head->line_at = head->scanned = (size_t)(feed - bytes) + 1;
        if (feed == line || feed[-1] != '\r')
            return !refuse_head(head, REFUSAL_BAD_REQUEST);
        if (read_head_line(head, line, (size_t)(feed - line) - 1))
            return true;
    }
    if (end < bytes_max)
        return false;
    return !refuse_head(head, head->named ? REFUSAL_HEADERS_TOO_LARGE : REFUSAL_URI_TOO_LONG);
}
