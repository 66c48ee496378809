/* Decides which answers are security events (http/security_log.h). */
#ifndef USHER_API_SECURITY_EVENTS_H
#define USHER_API_SECURITY_EVENTS_H

#include "api/enquiry.h"

/* Once a request, when its answer is made. */
void security_events_tell(struct enquiry *enquiry);

#endif
