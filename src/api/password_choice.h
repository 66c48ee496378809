/* Whether a password that somebody chooses may be theirs (record/password.h), told as an error of
 * the body's field `password`. */
#ifndef USHER_API_PASSWORD_CHOICE_H
#define USHER_API_PASSWORD_CHOICE_H

#include "record/record.h"
#include "json/body.h"

/* Of somebody with this mailbox and name (NULL: not known yet). False: something is wrong with the
 * body. */
bool password_judge_for(struct body_object *root, const char *password, const char *mailbox,
                        const char *name);

/* The same of a password that anybody may choose, if it is one: else that was told. */
void password_judge_own(struct body_object *root, const char *password, const char *mailbox,
                        const char *name);

/* Of the user. False: something is wrong with the body. */
bool password_judge_of(struct body_object *root, const char *password, const struct user *user);

#endif
