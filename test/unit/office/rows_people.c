/* Rows about people: accounts, sessions and points. */
#include "row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_BYTES 512

/* NAME@house unless the row says another one; the rows' mailboxes are their addresses. */
static const char *email_of(struct play *play, const char *name, char text[static TEXT_BYTES])
{
    const char *email = row_option(play, "email");
    (void)snprintf(text, TEXT_BYTES, "%s", email == NULL ? name : email);
    if (email == NULL)
        (void)snprintf(text, TEXT_BYTES, "%s@house", name);
    return text;
}

/* What the office is handed is a hash; to a test the word itself will do. */
static const char *password_of(const struct play *play)
{
    const char *password = row_option(play, "password");
    return password == NULL ? "secret" : password;
}

static void user_facts(struct play *play)
{
    const struct record *record = play->call.record;
    if (play->call.refusal != REFUSAL_NONE || record == NULL)
        return;
    fact_text(play, "name", record->as.user.name);
    fact_text(play, "email", record->as.user.email);
    fact_text(play, "role", user_role_texts[record->as.user.role]);
    fact_text(play, "password", record->as.user.password_hash);
}

static bool make_user(struct play *play, enum verb verb, const char *name)
{
    char email[TEXT_BYTES];
    play->call = (struct call){.verb = verb};
    play->call.in.user_register.name = name;
    play->call.in.user_register.email = email_of(play, name, email);
    play->call.in.user_register.mailbox = row_option(play, "mailbox");
    play->call.in.user_register.password_hash = password_of(play);
    if (!play_call(play))
        return false;
    user_facts(play);
    if (play->call.refusal == REFUSAL_NONE)
        play_rename(play, NAME_PERSON, name)->user_id = play->call.record->as.user.id;
    return true;
}

bool row_register(struct play *play)
{
    return make_user(play, VERB_USER_REGISTER, row_word(play, 1));
}

bool row_organizer_add(struct play *play)
{
    return make_user(play, VERB_ORGANIZER_ADD, row_word(play, 1));
}

static bool sign_in(struct play *play, const struct name *person, const char *as)
{
    const struct id user_id = person->user_id;
    struct secret secret = {{0}};
    const uint64_t number = ++play->secrets;
    memcpy(secret.bytes, &number, sizeof number);
    play->call = (struct call){.verb = VERB_SESSION_OPEN};
    play->call.in.session_open.user_id = user_id;
    play->call.in.session_open.verified_hash = password_of(play);
    play->call.in.session_open.secret_hash = secret;
    if (!play_call(play))
        return false;
    user_facts(play);
    if (play->call.refusal != REFUSAL_NONE)
        return true;
    fact_time(play, "expires", play->call.out.session.expires_at);
    struct name *session = play_rename(play, NAME_PERSON, as);
    session->id = play->call.out.session.id;
    session->user_id = user_id;
    session->secret = secret;
    return true;
}

bool row_sign_in(struct play *play)
{
    const struct name *person = play_person(play, 1);
    const char *as = row_option(play, "as");
    return person != NULL && sign_in(play, person, as == NULL ? person->text : as);
}

static bool make_people(struct play *play, enum verb verb)
{
    for (size_t i = 1; i < play->row->word_count; i++) {
        const char *name = row_word(play, i);
        if (!make_user(play, verb, name) || play->call.refusal != REFUSAL_NONE)
            return play_fail(play, "%s was not made", name);
        call_release(&play->call);
        if (!sign_in(play, play_name(play, NAME_PERSON, name), name))
            return false;
        play->fact_count = 0;
        call_release(&play->call);
    }
    return true;
}

bool row_people(struct play *play)
{
    return make_people(play, VERB_USER_REGISTER);
}

bool row_organizer(struct play *play)
{
    return make_people(play, VERB_ORGANIZER_ADD);
}

bool row_find(struct play *play)
{
    play->call = (struct call){.verb = VERB_SIGN_IN_FIND};
    play->call.in.sign_in_find.email = row_word(play, 1);
    play->call.in.sign_in_find.mailbox = row_option(play, "mailbox");
    if (!play_call(play))
        return false;
    fact_text(play, "found", play->call.record == NULL ? "no" : "yes");
    user_facts(play);
    return true;
}

bool row_sign_out(struct play *play)
{
    return play_begin(play, VERB_SESSION_CLOSE) && play_call(play);
}

bool row_sign_out_all(struct play *play)
{
    return play_begin(play, VERB_SESSION_CLOSE_ALL) && play_call(play);
}

/* The user that `of=` names, or none for the caller; a stranger's id when nobody is called so. */
static struct id user_of(struct play *play)
{
    const char *of = row_option(play, "of");
    const struct name *person = play_name(play, NAME_PERSON, of);
    if (of == NULL)
        return ID_NONE;
    return person == NULL ? (struct id){{0x0f}} : person->user_id;
}

bool row_user(struct play *play)
{
    if (!play_begin(play, VERB_USER_GET))
        return false;
    play->call.in.user_get.user_id = user_of(play);
    if (!play_call(play))
        return false;
    user_facts(play);
    return true;
}

bool row_password(struct play *play)
{
    if (!play_begin(play, VERB_USER_PASSWORD_GET) || !play_call(play))
        return false;
    user_facts(play);
    return true;
}

bool row_change(struct play *play)
{
    if (!play_begin(play, VERB_USER_CHANGE))
        return false;
    play->call.in.user_change = (struct user_change){
        .name = row_option(play, "name"),
        .email = row_option(play, "email"),
        .mailbox = row_option(play, "mailbox"),
        .password_hash = row_option(play, "password"),
        .verified_hash = row_option(play, "verified"),
    };
    if (!play_call(play))
        return false;
    user_facts(play);
    return true;
}

bool row_heard(struct play *play)
{
    return play_begin(play, VERB_HEARD) && play_call(play);
}

bool row_list(struct play *play)
{
    if (!play_begin(play, VERB_LIST))
        return false;
    const char *table = row_word(play, 2);
    struct record_query *query = &play->call.in.list;
    *query = (struct record_query){.user_id = user_of(play), .limit = 50};
    for (enum record_kind kind = 0; kind < RECORD_KIND_COUNT; kind++)
        if (table != NULL && strcmp(record_schema(kind)->table, table) == 0)
            query->kind = kind;
    if (!play_call(play))
        return false;
    if (call_wants_list(&play->call) != (play->call.refusal == REFUSAL_NONE))
        return play_fail(play, "a list is wanted though it was refused, or the other way round");
    fact_text(play, "mine", id_equal(query->user_id, play->call.caller_id) ? "yes" : "no");
    return true;
}

bool row_points(struct play *play)
{
    if (!play_begin(play, VERB_POINTS_GET))
        return false;
    play->call.in.user_get.user_id = user_of(play);
    if (!play_call(play))
        return false;
    if (play->call.refusal != REFUSAL_NONE)
        return true;
    fact_number(play, "balance", play->call.out.points.balance);
    fact_time(play, "updated", play->call.out.points.last_updated);
    return true;
}

bool row_charges(struct play *play)
{
    const struct row *row = play->row;
    const char *count = row_word(play, 2);
    bool good = true;
    for (long i = count == NULL ? 0 : strtol(count, NULL, 10); good && i > 0; i--) {
        char key[32];
        (void)snprintf(key, sizeof key, "charge %ld", i);
        const struct row charge = {.words = {"charge", row_word(play, 1), "1"},
                                   .word_count = 3,
                                   .options = {{"key", key}},
                                   .option_count = 1};
        call_release(&play->call);
        play->fact_count = 0;
        play->row = &charge;
        good = row_charge(play) && play->call.refusal == REFUSAL_NONE;
        play->row = row;
    }
    return good || play_fail(play, "a charge was refused");
}

bool row_charge(struct play *play)
{
    if (!play_begin(play, VERB_POINTS_CHARGE))
        return false;
    const char *amount = row_word(play, 2);
    play->call.in.points_charge.user_id = user_of(play);
    play->call.in.points_charge.amount = amount == NULL ? 0 : strtoll(amount, NULL, 10);
    play->call.in.points_charge.reference = row_option(play, "reference");
    if (!play_call(play))
        return false;
    if (play->call.refusal != REFUSAL_NONE)
        return true;
    const struct point_entry *entry = &play->call.record->as.point_entry;
    fact_number(play, "amount", entry->amount);
    fact_number(play, "balance", entry->balance);
    fact_text(play, "reference", entry->reference);
    fact_text(play, "kind", entry_kind_texts[entry->kind]);
    fact_time(play, "at", entry->created_at);
    return true;
}
