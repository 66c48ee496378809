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

/* Makes an organizer's account that nobody has yet: RESULT_BUSY when the e-mail is taken. An action
 * tells that the administrator (of call_origin) did it. */
MUST_USE enum result account_make_organizer(struct box_office *office, const struct person *person,
                                            const char *password, const char *administrator,
                                            struct explanation *explanation);

/* Gives an organizer this password and ends all their sessions; an action tells of it likewise.
 * RESULT_NOT_FOUND: no organizer has the address. */
MUST_USE enum result account_change_password(struct box_office *office, const struct email *email,
                                             const char *password, const char *administrator,
                                             struct explanation *explanation);

/* Makes the account, or gives the one that has the e-mail this password, and opens a session whose
 * secret nobody knows. RESULT_BUSY: somebody of another role has the e-mail. */
MUST_USE enum result account_open(struct box_office *office, enum user_role role, const char *name,
                                  const char *email, const char *password,
                                  struct credentials *credentials, struct explanation *explanation);

/* Ends the session. */
void account_close(struct box_office *office, const struct credentials *credentials);

/* What is said of it, behind the address. */
#define ORGANIZER_MADE "is an organizer now"
#define PASSWORD_CHANGED "has the new password now, and is signed out everywhere"

/* Reads the address of an account that may be there; the explanation says what is wrong. */
MUST_USE enum result account_read_address(const char *text, struct email *email,
                                          struct explanation *explanation);

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
