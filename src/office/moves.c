/* See moves.h. */
#include "office/moves.h"

/* No enumeration of states has more. */
#define STATES_MAX 4

bool beginning_is_legal(enum record_kind kind, int state)
{
    static const bool legal[RECORD_KIND_COUNT][STATES_MAX] = {
#define BEGINNING(kind, state) [RECORD_KIND_##kind][state] = true,
#define MOVE(kind, from, to)
#include "office/moves.def"
    };
    return legal[kind][state];
}

bool move_is_legal(enum record_kind kind, int from, int to)
{
    static const bool legal[RECORD_KIND_COUNT][STATES_MAX][STATES_MAX] = {
#define BEGINNING(kind, state)
#define MOVE(kind, from, to) [RECORD_KIND_##kind][from][to] = true,
#include "office/moves.def"
    };
    return legal[kind][from][to];
}
