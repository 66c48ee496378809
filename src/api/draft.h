/* Drafts on the routes that everybody reads: organizers see them, and for others they are not
 * there. */
#ifndef USHER_API_DRAFT_H
#define USHER_API_DRAFT_H

#include "api/enquiry.h"

/* Whether the caller may see drafts. False: the enquiry was answered, or the office is asked, and
 * the route's handler runs once more when it said yes. One who may not is answered as if there were
 * no such thing. */
bool draft_is_shown(struct enquiry *enquiry);

/* Whether the caller may list drafts, likewise. One who may not is refused. */
bool drafts_are_listed(struct enquiry *enquiry);

#endif
