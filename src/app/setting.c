/* Reading, naming and explaining one setting; which settings there are stands in config.def. */
#include "app/setting.h"

#include "base/address.h"
#include "base/check.h"
#include "base/origin.h"
#include "record/currency.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ZONE_DIRECTORY "/usr/share/zoneinfo"
#define PORT_MAX 65535

static char dashed(char character)
{
    return character == '_' ? '-' : character;
}

void setting_name(const struct setting *setting, char name[static SETTING_NAME_MAX])
{
    size_t length = strlen(setting->name);
    CHECK(length < SETTING_NAME_MAX);
    for (size_t i = 0; i <= length; i++)
        name[i] = dashed(setting->name[i]);
}

void setting_variable(const struct setting *setting, char name[static SETTING_VARIABLE_MAX])
{
    const size_t length = strlen(setting->name);
    CHECK(length < SETTING_NAME_MAX);
    memcpy(name, "USHER_", 6);
    for (size_t i = 0; i <= length; i++) {
        const char character = setting->name[i];
        name[6 + i] =
            character >= 'a' && character <= 'z' ? (char)(character - 'a' + 'A') : character;
    }
}

const struct setting *setting_find(const struct setting *settings, size_t count, const char *name,
                                   size_t length)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(settings[i].name) != length)
            continue;
        size_t same = 0;
        while (same < length && dashed(settings[i].name[same]) == name[same])
            same++;
        if (same == length)
            return &settings[i];
    }
    return NULL;
}

/* ---- Values ---- */

/* A whole decimal number without sign, blanks or leading zeros. */
static bool read_number(const char *text, int64_t *number)
{
    if (*text == '\0' || strspn(text, "0123456789") != strlen(text) ||
        (text[0] == '0' && text[1] != '\0'))
        return false;
    errno = 0;
    *number = strtoll(text, NULL, 10);
    return errno == 0;
}

static enum result read_count(const struct setting *setting, const char *text, int64_t *count,
                              struct explanation *explanation)
{
    int64_t number;
    if (!read_number(text, &number) || number < setting->least || number > setting->most)
        return explain(
            explanation, RESULT_MALFORMED, "must be %sa number from %" PRId64 " to %" PRId64,
            setting->type == SETTING_TYPE_THREADS ? "auto or " : "", setting->least, setting->most);
    *count = number;
    return RESULT_OK;
}

static bool is_address(const char *text)
{
    const char *colon = strrchr(text, ':');
    int64_t port;
    char host[INET6_ADDRSTRLEN];
    struct in6_addr address;
    if (colon == NULL || !read_number(colon + 1, &port) || port > PORT_MAX)
        return false;
    size_t length = (size_t)(colon - text);
    const bool bracketed = length >= 2 && text[0] == '[' && text[length - 1] == ']';
    if (bracketed) {
        text++;
        length -= 2;
    }
    if (length >= sizeof host)
        return false;
    memcpy(host, text, length);
    host[length] = '\0';
    return inet_pton(bracketed ? AF_INET6 : AF_INET, host, &address) == 1;
}

/* A name of the time zone database, by which days and hours are told. */
static bool is_zone(const char *text)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    if (strchr(letters, text[0]) == NULL ||
        strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") !=
            strlen(text))
        return false;
    struct stat status;
    if (strcmp(text, "UTC") == 0)
        return true;
    char path[sizeof ZONE_DIRECTORY + 128];
    const int length = snprintf(path, sizeof path, "%s/%s", ZONE_DIRECTORY, text);
    return length > 0 && (size_t)length < sizeof path && stat(path, &status) == 0 &&
           S_ISREG(status.st_mode);
}

/* An address in ASCII, which pages complete: each brace belongs to one of the three names. */
static bool is_top_up(const char *text)
{
    static const char *const names[] = {"{user}", "{amount}", "{back}"};
    const char *at = text;
    if (strncmp(text, "https://", 8) != 0 && strncmp(text, "http://", 7) != 0)
        return false;
    while (*(at += strcspn(at, "{}")) != '\0') {
        size_t i = 0;
        while (i < sizeof names / sizeof names[0] && strncmp(at, names[i], strlen(names[i])) != 0)
            i++;
        if (i == sizeof names / sizeof names[0])
            return false;
        at += strlen(names[i]);
    }
    for (at = text; *at > ' ' && *at < 0x7f && strchr("\"<>\\^`|", *at) == NULL; at++)
        ;
    return *at == '\0';
}

static enum result read_setting_text(const struct setting *setting, const char *text,
                                     struct explanation *explanation)
{
    const size_t length = strlen(text);
    if (length < (size_t)setting->least || length > (size_t)setting->most)
        return explain(explanation, RESULT_MALFORMED,
                       "must have %" PRId64 " to %" PRId64 " characters", setting->least,
                       setting->most);
    if (setting->type == SETTING_TYPE_ADDRESS && !is_address(text))
        return explain(explanation, RESULT_MALFORMED,
                       "must be an IPv4 address, or an IPv6 one in brackets, then ':' and a port "
                       "from 0 to %d",
                       PORT_MAX);
    if (setting->type == SETTING_TYPE_ZONE && !is_zone(text))
        return explain(explanation, RESULT_MALFORMED,
                       "must name a time zone of the IANA database, such as Asia/Seoul");
    int digits;
    if (setting->type == SETTING_TYPE_CURRENCY && !currency_find(text, &digits))
        return explain(explanation, RESULT_MALFORMED,
                       "must be the code of a currency (ISO 4217), such as KRW");
    if (setting->type == SETTING_TYPE_TOP_UP && !is_top_up(text))
        return explain(explanation, RESULT_MALFORMED,
                       "must be http:// or https:// and an address in ASCII, in whose braces stand "
                       "user, amount or back");
    struct address_list list;
    struct origin_list origins;
    struct origin origin;
    if (setting->type == SETTING_TYPE_ORIGIN && !origin_parse(text, &origin))
        return explain(explanation, RESULT_MALFORMED,
                       "must be http:// or https://, a host and perhaps a port, such as "
                       "https://tickets.example");
    if (setting->type == SETTING_TYPE_ORIGINS)
        return origin_list_parse(text, &origins, explanation);
    if (setting->type == SETTING_TYPE_ADDRESSES)
        return address_list_parse(text, &list, explanation);
    return RESULT_OK;
}

/* One of two words. */
static enum result read_choice(const char *text, const char *yes, const char *no, bool *chosen,
                               struct explanation *explanation)
{
    *chosen = strcmp(text, yes) == 0;
    if (!*chosen && strcmp(text, no) != 0)
        return explain(explanation, RESULT_MALFORMED, "must be %s or %s", yes, no);
    return RESULT_OK;
}

enum result setting_read(const struct setting *setting, const char *text, void *values,
                         struct explanation *explanation)
{
    void *value = (char *)values + setting->offset;
    enum result result;
    switch (setting->type) {
    case SETTING_TYPE_TEXT:
    case SETTING_TYPE_ADDRESS:
    case SETTING_TYPE_ADDRESSES:
    case SETTING_TYPE_ORIGINS:
    case SETTING_TYPE_ORIGIN:
    case SETTING_TYPE_ZONE:
    case SETTING_TYPE_CURRENCY:
    case SETTING_TYPE_TOP_UP:
        result = read_setting_text(setting, text, explanation);
        if (result == RESULT_OK)
            *(const char **)value = text;
        return result;
    case SETTING_TYPE_THREADS:
        if (strcmp(text, "auto") == 0) {
            *(int64_t *)value = THREADS_AUTO;
            return RESULT_OK;
        }
        return read_count(setting, text, value, explanation);
    case SETTING_TYPE_COUNT:
        return read_count(setting, text, value, explanation);
    case SETTING_TYPE_DOOR:
        return read_choice(text, "open", "closed", value, explanation);
    case SETTING_TYPE_TOGGLE:
        return read_choice(text, "on", "off", value, explanation);
    case SETTING_TYPE_SWITCH:
        *(bool *)value = true;
        return RESULT_OK;
    }
    UNREACHABLE("setting type");
}

const char *setting_text(const struct setting *setting, const void *values,
                         char number[static SETTING_NUMBER_BYTES])
{
    const void *value = (const char *)values + setting->offset;
    switch (setting->type) {
    case SETTING_TYPE_TEXT:
    case SETTING_TYPE_ADDRESS:
    case SETTING_TYPE_ADDRESSES:
    case SETTING_TYPE_ORIGINS:
    case SETTING_TYPE_ORIGIN:
    case SETTING_TYPE_ZONE:
    case SETTING_TYPE_CURRENCY:
    case SETTING_TYPE_TOP_UP:
        return *(const char *const *)value;
    case SETTING_TYPE_THREADS:
        if (*(const int64_t *)value == THREADS_AUTO)
            return "auto";
        (void)snprintf(number, SETTING_NUMBER_BYTES, "%" PRId64, *(const int64_t *)value);
        return number;
    case SETTING_TYPE_COUNT:
        (void)snprintf(number, SETTING_NUMBER_BYTES, "%" PRId64, *(const int64_t *)value);
        return number;
    case SETTING_TYPE_DOOR:
        return *(const bool *)value ? "open" : "closed";
    case SETTING_TYPE_TOGGLE:
    case SETTING_TYPE_SWITCH:
        return *(const bool *)value ? "on" : "off";
    }
    UNREACHABLE("setting type");
}

/* ---- Help ---- */

#define HELP_COLUMNS 80
#define HELP_INDENT 10

/* Prints the words of `text`, breaking lines at blanks; `column` is where the line stands. */
static void print_wrapped(const char *text, int *column, FILE *file)
{
    while (*text != '\0') {
        const int length = (int)strcspn(text, " ");
        const bool fresh = *column <= HELP_INDENT;
        if (!fresh && *column + 1 + length > HELP_COLUMNS) {
            fprintf(file, "\n%*s", HELP_INDENT, "");
            *column = HELP_INDENT;
        } else if (!fresh) {
            fputc(' ', file);
            ++*column;
        }
        fprintf(file, "%.*s", length, text);
        *column += length;
        text += length;
        text += strspn(text, " ");
    }
}

void setting_note(const struct setting *setting, bool live, char note[static SETTING_NOTE_BYTES])
{
    const char *reload = live ? "SIGHUP reads it anew; " : "";
    const bool number =
        setting->type == SETTING_TYPE_COUNT || setting->type == SETTING_TYPE_THREADS;
    note[0] = '\0';
    if (number)
        (void)snprintf(note, SETTING_NOTE_BYTES, "(%" PRId64 " to %" PRId64 "; %sdefault %s)",
                       setting->least, setting->most, reload, setting->preset);
    else if (setting->preset[0] != '\0')
        (void)snprintf(note, SETTING_NOTE_BYTES, "(%sdefault %s)", reload, setting->preset);
}

void setting_print_help(const struct setting *setting, bool live, FILE *file)
{
    char name[SETTING_NAME_MAX], note[SETTING_NOTE_BYTES];
    setting_name(setting, name);
    if (setting->type == SETTING_TYPE_SWITCH)
        fprintf(file, "  --%s\n%*s", name, HELP_INDENT, "");
    else
        fprintf(file, "  --%s %s\n%*s", name, setting->value_name, HELP_INDENT, "");
    int column = HELP_INDENT;
    print_wrapped(setting->help, &column, file);
    setting_note(setting, live, note);
    print_wrapped(note, &column, file);
    fputc('\n', file);
}
