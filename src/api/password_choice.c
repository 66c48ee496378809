/* See password_choice.h. */
#include "api/password_choice.h"

#include "record/email.h"
#include "record/password.h"
#include "json/body_error.h"

/* The rule that the password breaks; RULE_NONE: none, or there was no memory, which is noted. */
static enum rule broken_by(struct body_object *root, const char *password, const char *mailbox,
                           const char *name)
{
    char form[PASSWORD_FORM_BYTES];
    enum rule broken = RULE_NONE;
    enum result result = password_form(password, form);
    if (result == RESULT_OK)
        result = password_judge(form, mailbox, name, &broken);
    root->body->no_memory |= result == RESULT_NO_MEMORY;
    return broken;
}

bool password_judge_for(struct body_object *root, const char *password, const char *mailbox,
                        const char *name)
{
    const enum rule broken = broken_by(root, password, mailbox, name);
    if (broken != RULE_NONE)
        body_error(root, "password", broken);
    return body_good(root->body);
}

void password_judge_own(struct body_object *root, const char *password, const char *mailbox,
                        const char *name)
{
    if (broken_by(root, password, NULL, NULL) == RULE_NONE)
        (void)password_judge_for(root, password, mailbox, name);
}

bool password_judge_of(struct body_object *root, const char *password, const struct user *user)
{
    char room[EMAIL_BYTES_MAX + 1];
    const char *mailbox = NULL;
    root->body->no_memory |=
        user->email != NULL && email_mailbox(user->email, room, &mailbox) == RESULT_NO_MEMORY;
    return password_judge_for(root, password, mailbox, user->name);
}
