/* Accounts as the operator of a data directory makes them, without signing in over HTTP. */
#ifndef USHER_APP_ACCOUNT_H
#define USHER_APP_ACCOUNT_H

#include "app/box_office.h"
#include "record/email.h"

/* Somebody who will have an account. */
struct person {
    char name[USER_NAME_CHARACTERS_MAX * UTF8_BYTES_MAX + 1];
    struct email email;
};

/* Makes an account that nobody has yet: RESULT_BUSY when the e-mail is taken. */
MUST_USE enum result account_make(struct box_office *office, enum user_role role,
                                  const struct person *person, const char *password,
                                  struct explanation *explanation);

/* Makes the account, or gives the one that has the e-mail this password, and opens a session whose
 * secret nobody knows. RESULT_BUSY: somebody of another role has the e-mail. */
MUST_USE enum result account_open(struct box_office *office, enum user_role role, const char *name,
                                  const char *email, const char *password,
                                  struct credentials *credentials, struct explanation *explanation);

/* Ends the session. */
void account_close(struct box_office *office, const struct credentials *credentials);

/* Reads name and e-mail, within the bounds that the API has for an account; the explanation says
 * what is wrong. A `name` of NULL is the address. */
MUST_USE enum result person_read(struct person *person, const char *name, const char *email,
                                 struct explanation *explanation);

/* Whether the API would let this person (NULL: whoever it is) choose the password. */
MUST_USE enum result account_check_password(const char *password, const struct person *person,
                                            struct explanation *explanation);

/* A refusal's text as a failure of a command: "`what`: the refusal's text". */
enum result account_refused(const char *what, enum refusal refusal,
                            struct explanation *explanation);

#endif
