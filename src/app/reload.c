/* See reload.h. */
#include "app/reload.h"

#include "app/setting.h"
#include "base/log.h"

#include <string.h>

#define ESCAPED_BYTES 512

static void tell_not_reloaded(const struct explanation *explanation, timestamp_ms now)
{
    char escaped[ESCAPED_BYTES];
    log_escape(explanation->text, escaped, sizeof escaped);
    log_event(LOG_WARNING, now, "not_reloaded why=\"%s\"", escaped);
}

void reload_certificate(struct http_server *server, const struct config *config, timestamp_ms now)
{
    struct explanation explanation;
    if (http_reload(server, &explanation) == RESULT_OK)
        log_event(LOG_INFO, now, "reloaded tls-cert=%s tls-key=%s", config->tls_cert,
                  config->tls_key);
    else
        tell_not_reloaded(&explanation, now);
}

static bool says_the_same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Takes a value over. Texts never: they are the other configuration's, so none is LIVE. */
static void hold_from_now(const struct setting *setting, struct config *running,
                          const struct config *fresh)
{
    void *to = (char *)running + setting->offset;
    const void *from = (const char *)fresh + setting->offset;
    const bool number =
        setting->type == SETTING_TYPE_COUNT || setting->type == SETTING_TYPE_THREADS;
    memcpy(to, from, number ? sizeof(int64_t) : sizeof(bool));
}

/* Takes over what may change, and tells of all that is different. */
static void take_settings(struct config *running, const struct config *fresh, timestamp_ms now)
{
    unsigned changed = 0, waiting = 0;
    for (size_t i = 0; i < CONFIG_SETTING_COUNT; i++) {
        const struct setting *setting = &config_settings()[i];
        char name[SETTING_NAME_MAX], numbers[2][SETTING_NUMBER_BYTES];
        const char *old = setting_text(setting, running, numbers[0]);
        const char *new = setting_text(setting, fresh, numbers[1]);
        if (says_the_same(old, new))
            continue;
        setting_name(setting, name);
        if (config_when_of((enum config_setting)i) == CONFIG_LIVE) {
            log_event(LOG_INFO, now, "setting_changed setting=%s old=%s new=%s", name, old, new);
            hold_from_now(setting, running, fresh);
            changed++;
        } else {
            log_event(LOG_WARNING, now, "setting_waits setting=%s until=\"the next start\"", name);
            waiting++;
        }
    }
    log_event(LOG_INFO, now, "reloaded config=%s changed=%u waiting=%u", running->file_path,
              changed, waiting);
}

void reload_settings(struct config *running, timestamp_ms now)
{
    struct config fresh;
    struct command_line line = {0};
    struct explanation explanation;
    if (config_read(&fresh, &line, NULL, 0, running->argument_count, running->arguments,
                    &explanation) == RESULT_OK)
        take_settings(running, &fresh, now);
    else
        tell_not_reloaded(&explanation, now);
    config_release(&fresh);
}
