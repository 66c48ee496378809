/* A balance: the caller's, or whose the query names. */
#include "api/ask.h"
#include "api/handlers.h"
#include "api/query.h"

void get_points(struct enquiry *enquiry)
{
    struct id user_id = ID_NONE;
    if (!query_id(enquiry, "userId", record_schema(RECORD_KIND_USER)->prefix, &user_id))
        return;
    ask_call(enquiry)->in.user_get.user_id = user_id;
    enquiry_submit(enquiry, ask_answer);
}
