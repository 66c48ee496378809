/* Accounts as the operator of a data directory makes them, without signing in over HTTP. */
#ifndef USHER_APP_ACCOUNT_H
#define USHER_APP_ACCOUNT_H

#include "app/box_office.h"

/* Makes an account that nobody has yet: RESULT_BUSY when the e-mail (folded) is taken. */
MUST_USE enum result account_make(struct box_office *office, enum user_role role, const char *name,
                                  const char *email, const char *password,
                                  struct explanation *explanation);

/* Makes the account, or gives the one that has the e-mail this password, and opens a session whose
 * secret nobody knows. RESULT_BUSY: somebody of another role has the e-mail. */
MUST_USE enum result account_open(struct box_office *office, enum user_role role, const char *name,
                                  const char *email, const char *password,
                                  struct credentials *credentials, struct explanation *explanation);

/* Ends the session. */
void account_close(struct box_office *office, const struct credentials *credentials);

/* The bounds that the API has for an account; the explanation says what is wrong. */
MUST_USE enum result account_check_person(const char *name, const char *email,
                                          struct explanation *explanation);
MUST_USE enum result account_check_password(const char *password, struct explanation *explanation);

/* What a refusal says, as a failure of a command: "`what`: the refusal's text". */
enum result account_refused(const char *what, enum refusal refusal,
                            struct explanation *explanation);

#endif
