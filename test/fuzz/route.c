/* What stands before a request's body: paths, and the values of headers and parameters, each read
 * from any text and held against another reading of the same form. */
#include "fuzz.h"

#include "api/credentials.h"
#include "api/head_check.h"
#include "api/query.h"
#include "api/router.h"
#include "api/session_cookie.h"
#include "http/answer_cache.h"

#include <errno.h>
#include <regex.h>
#include <stdlib.h>

#define SUFFIX "[0-7][0-9a-hjkmnp-tv-z]{25}"
#define ALL_ZERO "00000000000000000000000000"

/* ---- Paths ---- */

static void compile(regex_t *form, const char *text)
{
    CHECK(regcomp(form, text, REG_EXTENDED | REG_NOSUB) == 0);
}

static bool matches(const regex_t *form, const char *text)
{
    return regexec(form, text, 0, NULL, 0) == 0;
}

/* A route's pattern as a regular expression. */
static void compile_pattern(regex_t *form, const char *pattern)
{
    char text[256] = "^";
    size_t length = 1;
    while (*pattern != '\0') {
        const size_t plain = strcspn(pattern, "{");
        memcpy(text + length, pattern, plain);
        length += plain;
        pattern += plain;
        if (*pattern == '\0')
            break;
        const size_t name = strcspn(pattern + 1, "}");
        const bool word = strncmp(pattern, "{code}", 6) == 0;
        const int written =
            word ? snprintf(text + length, sizeof text - length, "[^/]{1,%d}", PATH_WORD_MAX)
                 : snprintf(text + length, sizeof text - length, "%.*s_" SUFFIX, (int)name,
                            pattern + 1);
        CHECK(written > 0 && (size_t)written < sizeof text - length - 1);
        length += (size_t)written;
        pattern += name + 2;
    }
    text[length] = '$';
    compile(form, text);
}

static const regex_t *forms(void)
{
    static regex_t forms[ROUTES_MAX];
    static bool compiled;
    size_t count;
    const struct route *table = routes(&count);
    for (size_t i = 0; !compiled && i < count; i++)
        compile_pattern(&forms[i], table[i].pattern);
    compiled = true;
    return forms;
}

/* What the match says of the path leads back to the path. */
static void check_match(const struct route *route, const char *path, const struct path_match *match)
{
    const char *brace = strchr(route->pattern, '{');
    if (brace == NULL) {
        CHECK(strcmp(route->pattern, path) == 0);
        return;
    }
    const size_t before = (size_t)(brace - route->pattern), name = strcspn(brace + 1, "}");
    char prefix[ID_PREFIX_MAX + 1] = "", text[ID_TEXT_BYTES + PATH_WORD_MAX] = "";
    CHECK(name <= ID_PREFIX_MAX);
    memcpy(prefix, brace + 1, name);
    if (strcmp(prefix, "code") == 0)
        memcpy(text, match->word, strlen(match->word));
    else
        (void)id_format(prefix, match->id, text);
    CHECK(strncmp(path, route->pattern, before) == 0);
    CHECK(strncmp(path + before, text, strlen(text)) == 0);
    CHECK(strcmp(path + before + strlen(text), brace + name + 2) == 0);
}

static void check_path(enum http_method method, const char *path)
{
    size_t count;
    const struct route *table = routes(&count), *wanted = NULL;
    struct path_match match = {0};
    unsigned allowed = 0, wanted_allowed = 0;
    for (size_t i = 0; i < count && wanted == NULL; i++) {
        if (!matches(&forms()[i], path) || strstr(path, "_" ALL_ZERO) != NULL)
            continue;
        if (table[i].method == method)
            wanted = &table[i];
        else
            wanted_allowed |= 1u << table[i].method;
    }
    CHECK(route_find(method, path, &match, &allowed) == wanted);
    CHECK(wanted != NULL || allowed == wanted_allowed);
    if (wanted != NULL)
        check_match(wanted, path, &match);

    char allow[ALLOW_TEXT_BYTES];
    allow_format(allowed, allow);
    CHECK(strlen(allow) < sizeof allow);
    CHECK((allowed == 0) == (allow[0] == '\0'));
    CHECK((strstr(allow, "HEAD") != NULL) == ((allowed & 1u << METHOD_GET) != 0));
    CHECK((strstr(allow, "DELETE") != NULL) == ((allowed & 1u << METHOD_DELETE) != 0));
}

/* The first word is also taken as the method. */
static void check_paths(char *text)
{
    for (enum http_method method = METHOD_GET; method <= METHOD_OTHER; method++)
        check_path(method, text);
    char *blank = strchr(text, ' ');
    if (blank == NULL)
        return;
    *blank = '\0';
    check_path(method_parse(text), blank + 1);
    *blank = ' ';
}

/* ---- Headers ---- */

static void check_forms(const char *text)
{
    static regex_t request_id, json;
    static bool compiled;
    if (!compiled) {
        compile(&request_id, "^[A-Za-z0-9._-]{1,64}$");
        /* Parameters are nobody's business, a charset neither. */
        compile(&json, "^[aA][pP][pP][lL][iI][cC][aA][tT][iI][oO][nN]/[jJ][sS][oO][nN]"
                       "[ \t]*(;.*)?$");
    }
    compiled = true;
    CHECK(request_id_well_formed(text) == matches(&request_id, text));
    CHECK(content_type_is_json(text) == matches(&json, text));
}

static void check_bearer(const char *text)
{
    size_t length = SIZE_MAX;
    const char *token = bearer_find(text, &length);
    if (token == NULL)
        return;
    CHECK(token >= text + strlen("bearer ") && length <= strlen(token));
    CHECK(memchr(token, ' ', length) == NULL && memchr(token, '\t', length) == NULL);
}

static void check_cookie(const char *text)
{
    size_t length = SIZE_MAX;
    const char *value = cookie_find(text, SESSION_COOKIE, &length);
    if (value == NULL)
        return;
    CHECK(value >= text + strlen(SESSION_COOKIE "=") && length <= strlen(value));
    const bool quoted = value[-1] == '"';
    CHECK(!quoted || value[length] == '"');
    const char *before = value - (quoted ? 1 : 0) - strlen(SESSION_COOKIE "=");
    CHECK(before >= text);
    CHECK(strncmp(before, SESSION_COOKIE "=", strlen(SESSION_COOKIE "=")) == 0);
    CHECK(memchr(value, ';', length) == NULL && memchr(value, ' ', length) == NULL);
}

/* A tag is found exactly where it stands whole. */
static void check_etag(const char *text)
{
    static const char tag[] = "\"0123456789ABCDEFGHabcd\"";
    const bool found = etag_matches(text, tag);
    CHECK(!found || strstr(text, tag) != NULL || strchr(text, '*') != NULL);
    const char *blank = text + strspn(text, " \t,");
    CHECK(found || strncmp(blank, tag, sizeof tag - 1) != 0);
    CHECK(found || *blank != '*');
}

/* ---- Base64, cursors, tokens ---- */

static void check_base64(const uint8_t *data, size_t size)
{
    enum { BYTES_MAX = 96 };
    uint8_t bytes[BYTES_MAX];
    char text[BASE64_CHARACTERS(BYTES_MAX)];
    const size_t length = size < BYTES_MAX ? size : BYTES_MAX;
    const size_t written = base64_encode(BASE64_URL, data, length, text);
    CHECK(written == BASE64_CHARACTERS(length));
    CHECK(base64_decode(BASE64_URL, text, written, bytes, length) &&
          memcmp(bytes, data, length) == 0);
    /* What is accepted is what would have been written. */
    const size_t decoded = size * 6 / 8;
    if (decoded <= BYTES_MAX &&
        base64_decode(BASE64_URL, (const char *)data, size, bytes, decoded)) {
        CHECK(base64_encode(BASE64_URL, bytes, decoded, text) == size);
        CHECK(memcmp(text, data, size) == 0);
    }
}

static void check_cursor(const uint8_t *data, size_t size)
{
    struct cursor cursor;
    char text[CURSOR_CHARACTERS + 1];
    if (!cursor_parse((const char *)data, size, &cursor))
        return;
    cursor_format(&cursor, text);
    CHECK(size == CURSOR_CHARACTERS && memcmp(text, data, size) == 0);
}

/* A token of any contents is taken with its key, and with one bit changed it is not. */
static void check_token(struct fuzz_input input)
{
    struct session_token token, read = {.session_id = {{1}}};
    struct secret key;
    char text[SESSION_TOKEN_CHARACTERS + 1];
    fuzz_take(&input, &token, sizeof token);
    fuzz_take(&input, key.bytes, sizeof key.bytes);
    session_token_format(&token, &key, text);
    CHECK(strlen(text) == SESSION_TOKEN_CHARACTERS);
    CHECK(session_token_parse(text, SESSION_TOKEN_CHARACTERS, &key, &read));
    CHECK(memcmp(&read, &token, sizeof token) == 0);
    CHECK(!session_token_parse(text, SESSION_TOKEN_CHARACTERS - 1, &key, &read));
    char *changed = &text[fuzz_byte(&input) % SESSION_TOKEN_CHARACTERS];
    *changed = (char)(*changed ^ (1 << fuzz_byte(&input) % 7));
    CHECK(!session_token_parse(text, SESSION_TOKEN_CHARACTERS, &key, &read));
}

/* The same of a password reset's. */
static void check_reset_token(struct fuzz_input input)
{
    struct reset_token token, read = {.user_id = {{1}}};
    struct secret key;
    char text[RESET_TOKEN_CHARACTERS + 1];
    fuzz_take(&input, &token, sizeof token);
    fuzz_take(&input, key.bytes, sizeof key.bytes);
    reset_token_format(&token, &key, text);
    CHECK(strlen(text) == RESET_TOKEN_CHARACTERS);
    CHECK(reset_token_parse(text, &key, &read));
    CHECK(memcmp(&read, &token, sizeof token) == 0);
    char *changed = &text[fuzz_byte(&input) % RESET_TOKEN_CHARACTERS];
    *changed = (char)(*changed ^ (1 << fuzz_byte(&input) % 7));
    CHECK(!reset_token_parse(text, &key, &read));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    CHECK(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    check_paths(text);
    check_forms(text);
    check_bearer(text);
    check_cookie(text);
    check_etag(text);
    free(text);
    check_base64(data, size);
    check_cursor(data, size);
    check_token((struct fuzz_input){.at = data, .end = data + size});
    check_reset_token((struct fuzz_input){.at = data, .end = data + size});
    return 0;
}
