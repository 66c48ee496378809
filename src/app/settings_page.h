/* The settings as lines "name = value", for whoever looks into a house from outside: none that may
 * hold a secret is told, only whether it is set. */
#ifndef USHER_APP_SETTINGS_PAGE_H
#define USHER_APP_SETTINGS_PAGE_H

#include "app/config.h"
#include "base/buffer.h"

/* Puts them at the end of `out`, in the order of config.def. RESULT_FULL, RESULT_NO_MEMORY: there
 * is no room. */
MUST_USE enum result settings_page(const struct config *config, struct buffer *out);

#endif
