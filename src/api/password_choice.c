/* See password_choice.h. */
#include "api/password_choice.h"

#include "record/email.h"
#include "record/password.h"
#include "json/body_error.h"

/* What is wrong with the password; NULL: nothing, or there was no memory, which is noted. */
static const char *problem_of(struct body_object *root, const char *password, const char *mailbox,
                              const char *name)
{
    char form[PASSWORD_FORM_BYTES];
    const char *problem = NULL;
    enum result result = password_form(password, form);
    if (result == RESULT_OK)
        result = password_judge(form, mailbox, name, &problem);
    root->body->no_memory |= result == RESULT_NO_MEMORY;
    return problem;
}

bool password_judge_for(struct body_object *root, const char *password, const char *mailbox,
                        const char *name)
{
    const char *problem = problem_of(root, password, mailbox, name);
    if (problem != NULL)
        body_error(root, "password", problem);
    return body_good(root->body);
}

void password_judge_own(struct body_object *root, const char *password, const char *mailbox,
                        const char *name)
{
    if (problem_of(root, password, NULL, NULL) == NULL)
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
