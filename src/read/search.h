/* Whether a row's texts have what is searched for, in capital or small letters and in any normal
 * form. */
#ifndef USHER_READ_SEARCH_H
#define USHER_READ_SEARCH_H

#include "record/limit.h"
#include "record/record.h"

/* Texts as they are compared: folding makes of a character three at the most. */
#define SEARCH_BYTES (SEARCH_CHARACTERS_MAX * UTF8_BYTES_MAX * 3 + 1)

/* What is searched for, as a query has it (`search`). RESULT_FULL, RESULT_MALFORMED: it is no text
 * of SEARCH_CHARACTERS_MAX characters. */
MUST_USE enum result search_fold(const char *text, char folded[static SEARCH_BYTES]);

/* Whether it is a whole id of the kind. */
bool search_is_id(const char *folded, enum record_kind kind, struct id *id);

/* Whether `text`, which may be NULL, has it. RESULT_NO_MEMORY: nobody knows. */
MUST_USE enum result search_in(const char *folded, const char *text, bool *found);

#endif
