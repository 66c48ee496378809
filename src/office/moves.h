/* Which state a row's next image may be in (moves.def). Looks at states alone: who may move a row,
 * and when, is the verbs' to decide. */
#ifndef USHER_OFFICE_MOVES_H
#define USHER_OFFICE_MOVES_H

#include "record/record.h"

/* Whether a row of this kind may be made in this state, or go from one to the other. False for a
 * kind without states. */
bool beginning_is_legal(enum record_kind kind, int state);
bool move_is_legal(enum record_kind kind, int from, int to);

#endif
