/* A sale under a simulated crowd and clock, on the real office. The same plan gives the same
 * findings, on every machine. Nothing is written down. */
#ifndef USHER_REHEARSE_REHEARSAL_H
#define USHER_REHEARSE_REHEARSAL_H

#include "rehearse/findings.h"
#include "rehearse/watch.h"

/* Memory is bounded by the plan: some 400 bytes a buyer, 1,000 a seat, and 10 MB. RESULT_FULL: the
 * watch broke it off. */
MUST_USE enum result rehearsal_run(const struct rehearsal_plan *plan,
                                   const struct rehearsal_watch *watch, struct findings *findings,
                                   struct explanation *explanation);

#endif
