/* Making accounts through the engine; see account.h. */
#include "app/account.h"

#include "base/utf8.h"
#include "record/password.h"
#include "record/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

enum result account_refused(const char *what, enum refusal refusal, struct explanation *explanation)
{
    const struct refusal_schema *schema = refusal_schema(refusal);
    return explain(explanation, schema->retry_later ? RESULT_IO : RESULT_BUSY, "%s: %s", what,
                   schema->meaning);
}

/* A name without the blanks around it. */
static enum result accept_name(struct person *person, const char *name,
                               struct explanation *explanation)
{
    struct text_problem problem;
    size_t length = strlen(name), count;
    if (utf8_count(name, length, &count))
        name = text_trim(name, &length);
    if (!utf8_count(name, length, &count) || count < 1 || count > USER_NAME_CHARACTERS_MAX)
        return explain(explanation, RESULT_MALFORMED, "a name has 1 to %d characters of UTF-8",
                       USER_NAME_CHARACTERS_MAX);
    memcpy(person->name, name, length);
    person->name[length] = '\0';
    if (!text_is_line(person->name, &problem))
        return explain(explanation, RESULT_MALFORMED, "a name %s", problem.words);
    return RESULT_OK;
}

static enum result read_address(const char *text, enum email_rule rule, struct email *email,
                                struct explanation *explanation)
{
    const enum result result = email_read(text, rule, email);
    if (result == RESULT_MALFORMED)
        return explain(explanation, result, "%.80s is not an e-mail address", text);
    if (result != RESULT_OK)
        return explain(explanation, result, "no memory to read an e-mail address");
    return RESULT_OK;
}

enum result account_read_address(const char *text, struct email *email,
                                 struct explanation *explanation)
{
    return read_address(text, EMAIL_KNOWN, email, explanation);
}

enum result person_read(struct person *person, const char *name, const char *email,
                        struct explanation *explanation)
{
    const enum result result = read_address(email, EMAIL_NEW, &person->email, explanation);
    if (result != RESULT_OK)
        return result;
    return accept_name(person, name == NULL ? person->email.address : name, explanation);
}

enum result account_check_password(const char *password, const struct person *person,
                                   struct explanation *explanation)
{
    char form[PASSWORD_FORM_BYTES];
    size_t count = 0;
    enum rule broken = RULE_NONE;
    enum result result = password_form(password, form);
    if (result == RESULT_OK && utf8_count(form, strlen(form), &count) &&
        count >= PASSWORD_CHARACTERS_MIN && count <= PASSWORD_CHARACTERS_MAX)
        result = password_judge(form, person == NULL ? NULL : person->email.mailbox,
                                person == NULL ? NULL : person->name, &broken);
    else if (result != RESULT_NO_MEMORY)
        return explain(explanation, RESULT_MALFORMED, "a password has %d to %d characters of UTF-8",
                       PASSWORD_CHARACTERS_MIN, PASSWORD_CHARACTERS_MAX);
    if (result != RESULT_OK)
        return explain(explanation, result, "no memory to look at a password");
    if (broken != RULE_NONE)
        return explain(explanation, RESULT_MALFORMED, "a password %s", rule_words(broken));
    return RESULT_OK;
}

/* Makes the account with a hash. REFUSAL_EMAIL_TAKEN is one of the answers. */
static enum refusal make(struct box_office *office, enum user_role role,
                         const struct person *person, const char *hash, const char *administrator)
{
    struct call call = {
        .verb = role == USER_ROLE_ORGANIZER ? VERB_ORGANIZER_ADD : VERB_USER_REGISTER,
        .origin.administrator = administrator,
        .in.user_register = {.name = person->name,
                             .email = person->email.address,
                             .mailbox = person->email.mailbox,
                             .password_hash = hash},
    };
    box_office_ask(office, &call);
    const enum refusal refusal = call.refusal;
    call_release(&call);
    return refusal;
}

static enum result hash_password(struct box_office *office, const char *password,
                                 char hash[static PASSWORD_HASH_BYTES_MAX + 1],
                                 struct explanation *explanation)
{
    const enum result result = box_office_hash(office, password, hash);
    if (result == RESULT_FULL)
        return explain(explanation, RESULT_BUSY,
                       "too many people sign in to look after a password: try again in a moment");
    if (result != RESULT_OK)
        return explain(explanation, result, "the password can't be hashed: no memory");
    return RESULT_OK;
}

enum result account_make_organizer(struct box_office *office, const struct person *person,
                                   const char *password, const char *administrator,
                                   struct explanation *explanation)
{
    char hash[PASSWORD_HASH_BYTES_MAX + 1];
    const enum result result = hash_password(office, password, hash, explanation);
    if (result != RESULT_OK)
        return result;
    const enum refusal refusal = make(office, USER_ROLE_ORGANIZER, person, hash, administrator);
    return refusal == REFUSAL_NONE ? RESULT_OK
                                   : account_refused(person->email.address, refusal, explanation);
}

/* A session with a random hash: nobody knows a secret for it, so only this process can use it. */
static enum refusal open_session(struct box_office *office, const struct user *user,
                                 struct credentials *credentials)
{
    struct call call = {
        .verb = VERB_SESSION_OPEN,
        .in.session_open = {.user_id = user->id, .verified_hash = user->password_hash},
    };
    struct secret *hash = &call.in.session_open.secret_hash;
    if (getrandom(hash->bytes, sizeof hash->bytes, 0) != (ssize_t)sizeof hash->bytes)
        return REFUSAL_UNAVAILABLE;
    const struct secret secret_hash = *hash;
    box_office_ask(office, &call);
    const enum refusal refusal = call.refusal;
    if (refusal == REFUSAL_NONE)
        *credentials = (struct credentials){
            .present = true,
            .session_id = call.out.session.id,
            .secret_hash = secret_hash,
        };
    call_release(&call);
    return refusal;
}

static void close_session(struct box_office *office, const struct credentials *credentials,
                          const char *administrator)
{
    struct call call = {.verb = VERB_SESSION_CLOSE,
                        .credentials = *credentials,
                        .origin.administrator = administrator};
    box_office_ask(office, &call);
    call_release(&call); /* nobody knows the secret of a session that stays */
}

void account_close(struct box_office *office, const struct credentials *credentials)
{
    close_session(office, credentials, NULL);
}

static enum refusal change_password(struct box_office *office,
                                    const struct credentials *credentials, const struct user *user,
                                    const char *hash, const char *administrator)
{
    struct call call = {
        .verb = VERB_USER_CHANGE,
        .origin.administrator = administrator,
        .credentials = *credentials,
        .in.user_change = {.password_hash = hash, .verified_hash = user->password_hash},
    };
    box_office_ask(office, &call);
    const enum refusal refusal = call.refusal;
    call_release(&call);
    return refusal;
}

/* Who has the address; NULL: nobody. The call, which has the answer, is to be released. */
static const struct user *find_account(struct box_office *office, const struct email *email,
                                       struct call *find)
{
    *find = (struct call){.verb = VERB_SIGN_IN_FIND,
                          .in.sign_in_find = {.email = email->spelled, .mailbox = email->mailbox}};
    box_office_ask(office, find);
    return find->record == NULL ? NULL : &find->record->as.user;
}

/* As the organizer would, over a session whose secret nobody knows. */
static enum refusal change_as_organizer(struct box_office *office, const struct user *user,
                                        const char *hash, const char *administrator)
{
    struct credentials credentials;
    enum refusal refusal = open_session(office, user, &credentials);
    if (refusal != REFUSAL_NONE)
        return refusal;
    refusal = change_password(office, &credentials, user, hash, administrator);
    close_session(office, &credentials, administrator);
    return refusal;
}

/* Whether the organizer may have this password, as one who makes an account. */
static enum result check_new_password(const struct user *user, const struct email *email,
                                      const char *password, struct explanation *explanation)
{
    struct person person = {.email = *email};
    if (user == NULL || user->role != USER_ROLE_ORGANIZER)
        return explain(explanation, RESULT_NOT_FOUND, "%s: no organizer has this address",
                       email->address);
    (void)snprintf(person.name, sizeof person.name, "%s", user->name);
    return account_check_password(password, &person, explanation);
}

enum result account_change_password(struct box_office *office, const struct email *email,
                                    const char *password, const char *administrator,
                                    struct explanation *explanation)
{
    struct call find;
    char hash[PASSWORD_HASH_BYTES_MAX + 1];
    const struct user *user = find_account(office, email, &find);
    enum refusal refusal = find.refusal;
    enum result result = RESULT_OK;
    if (refusal == REFUSAL_NONE)
        result = check_new_password(user, email, password, explanation);
    if (refusal == REFUSAL_NONE && result == RESULT_OK)
        result = hash_password(office, password, hash, explanation);
    if (refusal == REFUSAL_NONE && result == RESULT_OK)
        refusal = change_as_organizer(office, user, hash, administrator);
    call_release(&find);
    return refusal == REFUSAL_NONE ? result : account_refused(email->address, refusal, explanation);
}

enum result account_open(struct box_office *office, enum user_role role, const char *name,
                         const char *email, const char *password, struct credentials *credentials,
                         struct explanation *explanation)
{
    struct person person;
    char hash[PASSWORD_HASH_BYTES_MAX + 1];
    enum result result = person_read(&person, name, email, explanation);
    if (result == RESULT_OK)
        result = hash_password(office, password, hash, explanation);
    if (result != RESULT_OK)
        return result;
    const enum refusal made = make(office, role, &person, hash, NULL);
    if (made != REFUSAL_NONE && made != REFUSAL_EMAIL_TAKEN)
        return account_refused(email, made, explanation);

    struct call find;
    const struct user *user = find_account(office, &person.email, &find);
    enum refusal refusal = find.refusal;
    if (refusal == REFUSAL_NONE && (user == NULL || user->role != role))
        refusal = REFUSAL_EMAIL_TAKEN;
    if (refusal == REFUSAL_NONE)
        refusal = open_session(office, user, credentials);
    if (refusal == REFUSAL_NONE && made == REFUSAL_EMAIL_TAKEN)
        refusal = change_password(office, credentials, user, hash, NULL);
    call_release(&find);
    return refusal == REFUSAL_NONE ? RESULT_OK : account_refused(email, refusal, explanation);
}
