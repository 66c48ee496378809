/* Shows a round outside of any enquiry. */
#ifndef USHER_API_CONCERTS_H
#define USHER_API_CONCERTS_H

#include "api/object.h"

/* False: there is no such round. */
bool concerts_show_round(const struct engine *engine, struct id round_id,
                         struct shown_round *shown);

#endif
