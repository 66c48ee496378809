/* See payload.h. A state for each place of the grammar, so that it does not matter in which pieces
 * the bytes come. */
#include "http/payload.h"

#include "base/check.h"
#include "http/character.h"

/* 16 digits hold any length that a file may have. */
#define SIZE_DIGITS_MAX 16

void payload_init(struct payload *payload, const struct request_head *head)
{
    CHECK(head->refusal == REFUSAL_NONE);
    *payload = (struct payload){.left = head->body_bytes};
    switch (head->framing) {
    case FRAMING_NONE:
        payload->state = PAYLOAD_OVER;
        return;
    case FRAMING_SIZED:
        payload->state = PAYLOAD_DATA;
        return;
    case FRAMING_CHUNKED:
        payload->state = PAYLOAD_SIZE;
        payload->chunked = true;
        return;
    }
    UNREACHABLE("framing");
}

bool payload_begun(const struct payload *payload)
{
    return payload->state == PAYLOAD_DATA || payload->state >= PAYLOAD_OVER;
}

static enum payload_state read_size(struct payload *payload, char c)
{
    const int digit = hex_value(c);
    if (digit >= 0) {
        if (++payload->size_digits > SIZE_DIGITS_MAX)
            return PAYLOAD_BROKEN;
        payload->left = payload->left << 4 | (uint64_t)digit;
        return PAYLOAD_SIZE;
    }
    if (payload->size_digits == 0 || payload->left > INT64_MAX)
        return PAYLOAD_BROKEN;
    if (c == '\r')
        return PAYLOAD_SIZE_END;
    return c == ';' ? PAYLOAD_EXTENSION : PAYLOAD_BROKEN;
}

/* Between two extensions, or at the line's end. */
static enum payload_state end_extension(char c)
{
    if (c == ';')
        return PAYLOAD_EXTENSION;
    return c == '\r' ? PAYLOAD_SIZE_END : PAYLOAD_BROKEN;
}

/* ";" name [ "=" ( token / quoted-string ) ], blanks before a name (RFC 9112, 7.1.1). */
static enum payload_state read_extension(enum payload_state state, char c)
{
    if (state == PAYLOAD_EXTENSION && is_blank(c))
        return state;
    if (state == PAYLOAD_EXTENSION || state == PAYLOAD_EXTENSION_NAME) {
        if (is_token_character(c))
            return PAYLOAD_EXTENSION_NAME;
        if (state == PAYLOAD_EXTENSION)
            return PAYLOAD_BROKEN;
        return c == '=' ? PAYLOAD_EXTENSION_VALUE : end_extension(c);
    }
    if (state == PAYLOAD_EXTENSION_VALUE && c == '"')
        return PAYLOAD_EXTENSION_QUOTED;
    if (state == PAYLOAD_EXTENSION_VALUE || state == PAYLOAD_EXTENSION_TOKEN) {
        if (is_token_character(c))
            return PAYLOAD_EXTENSION_TOKEN;
        return state == PAYLOAD_EXTENSION_VALUE ? PAYLOAD_BROKEN : end_extension(c);
    }
    if (state == PAYLOAD_EXTENSION_END)
        return end_extension(c);
    if (!is_value_character(c))
        return PAYLOAD_BROKEN;
    if (state == PAYLOAD_EXTENSION_QUOTED && c == '"')
        return PAYLOAD_EXTENSION_END;
    return state == PAYLOAD_EXTENSION_QUOTED && c == '\\' ? PAYLOAD_EXTENSION_ESCAPE
                                                          : PAYLOAD_EXTENSION_QUOTED;
}

static enum payload_state read_trailer(enum payload_state state, char c)
{
    if (state == PAYLOAD_TRAILER && c == '\r')
        return PAYLOAD_LAST;
    if (state == PAYLOAD_TRAILER_NAME && c == ':')
        return PAYLOAD_TRAILER_VALUE;
    if (state == PAYLOAD_TRAILER_VALUE && c == '\r')
        return PAYLOAD_TRAILER_END;
    if (state == PAYLOAD_TRAILER_VALUE)
        return is_value_character(c) ? state : PAYLOAD_BROKEN;
    return is_token_character(c) ? PAYLOAD_TRAILER_NAME : PAYLOAD_BROKEN;
}

/* Exactly this character must follow. */
static enum payload_state expect(char wanted, char c, enum payload_state next)
{
    return c == wanted ? next : PAYLOAD_BROKEN;
}

/* A character that is not the body's. */
static enum payload_state step(struct payload *payload, char c)
{
    switch (payload->state) {
    case PAYLOAD_SIZE:
        return read_size(payload, c);
    case PAYLOAD_EXTENSION:
    case PAYLOAD_EXTENSION_NAME:
    case PAYLOAD_EXTENSION_VALUE:
    case PAYLOAD_EXTENSION_TOKEN:
    case PAYLOAD_EXTENSION_QUOTED:
    case PAYLOAD_EXTENSION_ESCAPE:
    case PAYLOAD_EXTENSION_END:
        return read_extension(payload->state, c);
    case PAYLOAD_SIZE_END:
        payload->line_bytes = 0;
        payload->size_digits = 0;
        return expect('\n', c, payload->left > 0 ? PAYLOAD_DATA : PAYLOAD_TRAILER);
    case PAYLOAD_DATA_RETURN:
        return expect('\r', c, PAYLOAD_DATA_END);
    case PAYLOAD_DATA_END:
        payload->line_bytes = 0;
        return expect('\n', c, PAYLOAD_SIZE);
    case PAYLOAD_TRAILER:
    case PAYLOAD_TRAILER_NAME:
    case PAYLOAD_TRAILER_VALUE:
        return read_trailer(payload->state, c);
    case PAYLOAD_TRAILER_END:
        return expect('\n', c, PAYLOAD_TRAILER);
    case PAYLOAD_LAST:
        return expect('\n', c, PAYLOAD_OVER);
    case PAYLOAD_DATA:
    case PAYLOAD_OVER:
    case PAYLOAD_BROKEN:
        break;
    }
    UNREACHABLE("payload state");
}

static bool too_long(const struct payload *payload)
{
    return payload->line_bytes >
           (payload->state < PAYLOAD_DATA_RETURN ? CHUNK_LINE_BYTES_MAX : TRAILER_BYTES_MAX);
}

size_t payload_read(struct payload *payload, const char *bytes, size_t length, const char **data,
                    size_t *data_length)
{
    size_t used = 0;
    *data = bytes;
    *data_length = 0;
    while (used < length && payload->state < PAYLOAD_OVER) {
        if (payload->state != PAYLOAD_DATA) {
            payload->line_bytes++;
            payload->state = step(payload, bytes[used++]);
            if (payload->state < PAYLOAD_OVER && too_long(payload))
                payload->state = PAYLOAD_BROKEN;
            if (payload->state == PAYLOAD_DATA)
                return used; /* its caller may look before the first byte is taken */
            continue;
        }
        const size_t run = length - used < payload->left ? length - used : (size_t)payload->left;
        *data = bytes + used;
        *data_length = run;
        payload->left -= run;
        if (payload->left == 0)
            payload->state = payload->chunked ? PAYLOAD_DATA_RETURN : PAYLOAD_OVER;
        return used + run;
    }
    return used;
}
