/* Scenes on the judge's stage, each about one thing: they arm the lie just before it. What they ask
 * for must be answered as they say. */
#ifndef USHER_TEST_SIM_ORACLE_ORACLE_SCENES_H
#define USHER_TEST_SIM_ORACLE_ORACLE_SCENES_H

#include "oracle/oracle_stage.h"

/* Points for everything that is bought here. */
#define RICH INT64_C(5000)

typedef void scene(struct stage *stage);

scene holds, holds_first, wants_what_is_held, wants_too_many, holds_without_token, pays, pays_twice,
    is_short, pays_too_late, is_refunded, cancels_again, runs_out, nearly_runs_out, joins,
    joins_again, is_admitted, is_full, waits_behind, asks_how_many_are_ahead, is_passed_over,
    falls_silent, leaves_with_hold, is_down_for_a_while, time_passes, round_is_cancelled,
    settings_change, charges_with_key, repeats, reuses_key, key_grows_old, session_grows_old, looks,
    restarts, lists, append_fails, is_renamed_secretly, holds_secretly, joins_secretly,
    announces_secretly, signs_out_secretly, buys_everything;

#endif
