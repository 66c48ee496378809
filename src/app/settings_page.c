/* See settings_page.h. */
#include "app/settings_page.h"

#include "base/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Longer than a name and a text of 4,000 bytes. */
#define LINE_BYTES 4096

/* An address of another system may have a token of that system in it. */
static bool may_be_secret(enum config_setting setting)
{
    return setting == CONFIG_top_up_url;
}

static void write_text(char line[static LINE_BYTES], const char *name, const char *text)
{
    (void)snprintf(line, LINE_BYTES, "%s = %s\n", name, text == NULL ? "" : text);
}

static void write_setting(char line[static LINE_BYTES], const char *name,
                          enum config_setting setting, const struct config *config)
{
    const struct setting *schema = &config_settings()[setting];
    const void *value = (const char *)config + schema->offset;
    char number[24];
    switch (schema->type) {
    case SETTING_TYPE_TEXT:
    case SETTING_TYPE_ADDRESS:
    case SETTING_TYPE_ADDRESSES:
    case SETTING_TYPE_ORIGINS:
    case SETTING_TYPE_ORIGIN:
    case SETTING_TYPE_ZONE:
    case SETTING_TYPE_CURRENCY:
    case SETTING_TYPE_TOP_UP: {
        const char *text = *(const char *const *)value;
        write_text(line, name,
                   text != NULL && may_be_secret(setting) ? "(set, and not told)" : text);
        return;
    }
    case SETTING_TYPE_COUNT:
    case SETTING_TYPE_THREADS: {
        const int64_t count = *(const int64_t *)value;
        (void)snprintf(number, sizeof number, "%" PRId64, count);
        const bool automatic = schema->type == SETTING_TYPE_THREADS && count == THREADS_AUTO;
        write_text(line, name, automatic ? "auto" : number);
        return;
    }
    case SETTING_TYPE_DOOR:
        write_text(line, name, *(const bool *)value ? "open" : "closed");
        return;
    case SETTING_TYPE_TOGGLE:
    case SETTING_TYPE_SWITCH:
        write_text(line, name, *(const bool *)value ? "on" : "off");
        return;
    }
    UNREACHABLE("type of a setting");
}

enum result settings_page(const struct config *config, struct buffer *out)
{
    char name[SETTING_NAME_MAX], line[LINE_BYTES];
    for (size_t i = 0; i < CONFIG_SETTING_COUNT; i++) {
        setting_name(&config_settings()[i], name);
        write_setting(line, name, (enum config_setting)i, config);
        const enum result result = buffer_reserve(out, strlen(line));
        if (result != RESULT_OK)
            return result;
        buffer_append(out, line, strlen(line));
    }
    return RESULT_OK;
}
