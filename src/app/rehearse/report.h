/* What a rehearsal found, on standard output. */
#ifndef USHER_APP_REHEARSE_REPORT_H
#define USHER_APP_REHEARSE_REPORT_H

#include "rehearse/findings.h"

/* For people: a line `name: value` for each thing. */
void findings_print(const struct findings *findings, const struct rehearsal_plan *plan);

/* For programs: one JSON object. */
MUST_USE enum result findings_print_json(const struct findings *findings,
                                         const struct rehearsal_plan *plan,
                                         struct explanation *explanation);

#endif
