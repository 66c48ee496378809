/* Texts of concerts, rounds, seats, references, plans and the notice: each row's in one block of
 * its own, which its live object has after the door. Users' are in user_texts.c. For the files of
 * this layer only.
 */
#ifndef USHER_OFFICE_TEXTS_H
#define USHER_OFFICE_TEXTS_H

#include "record/record.h"

/* Gives the record's texts a block of their own, which the door then adopts. False: no memory. */
bool texts_own(struct record *record);
void texts_free(struct record *record); /* of a record that was not put after all */
void texts_free_block(const char *first_text);

/* The text in a block of its own. NULL: no memory, or the text is NULL. */
const char *text_copy(const char *text);

#endif
