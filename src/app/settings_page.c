/* See settings_page.h. */
#include "app/settings_page.h"

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
    char number[SETTING_NUMBER_BYTES];
    const char *text = setting_text(&config_settings()[setting], config, number);
    write_text(line, name, text != NULL && may_be_secret(setting) ? "(set, and not told)" : text);
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
