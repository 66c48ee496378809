/* The SQL function id_text(PREFIX, ID), on connections of this program's own that ask for it: an id
 * as id_format writes it. Views show the same in plain SQL (schema.h). */
#ifndef USHER_STORE_ID_TEXT_H
#define USHER_STORE_ID_TEXT_H

#include "base/result.h"

#include <sqlite3.h>

/* Makes the function known to a connection. It answers NULL for what is no id. */
MUST_USE enum result id_text_register(sqlite3 *db, struct explanation *explanation);

#endif
