/* A sale as a picture: waiting, active, held and sold over time, each with its own scale, since a
 * million people may wait for a thousand seats. */
#ifndef USHER_APP_REHEARSE_DRAWING_H
#define USHER_APP_REHEARSE_DRAWING_H

#include "rehearse/findings.h"

/* Writes an SVG file, which is made anew. RESULT_IO. */
MUST_USE enum result drawing_write(const char *path, const struct findings *findings,
                                   const struct rehearsal_plan *plan,
                                   struct explanation *explanation);

#endif
