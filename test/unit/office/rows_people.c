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
    fact_text(play, "external", record->as.user.external_id);
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

bool row_ensure(struct play *play)
{
    const char *name = row_word(play, 2), *id = row_option(play, "id");
    if (!play_begin(play, VERB_USER_ENSURE))
        return false;
    play->call.in.user_register.name = name;
    play->call.in.user_register.email = row_option(play, "email");
    play->call.in.user_register.external_id = id == NULL ? name : id;
    if (!play_call(play))
        return false;
    user_facts(play);
    if (play->call.refusal == REFUSAL_NONE)
        play_rename(play, NAME_PERSON, name)->user_id = play->call.record->as.user.id;
    return true;
}

static struct secret next_secret(struct play *play)
{
    struct secret secret = {{0}};
    const uint64_t number = ++play->secrets;
    memcpy(secret.bytes, &number, sizeof number);
    return secret;
}

/* What the session taught, under that name. */
static void learn_session(struct play *play, const char *as)
{
    user_facts(play);
    if (play->call.refusal != REFUSAL_NONE)
        return;
    fact_time(play, "expires", play->call.out.session.expires_at);
    struct name *session = play_rename(play, NAME_PERSON, as);
    session->id = play->call.out.session.id;
    session->user_id = play->call.in.session_open.user_id;
    session->secret = play->call.in.session_open.secret_hash;
}

static bool begin_for_buyer(struct play *play, enum verb verb)
{
    const char *name = row_word(play, 2), *as = row_option(play, "as");
    const struct name *person = play_name(play, NAME_PERSON, name);
    if (!play_begin(play, verb))
        return false;
    play->call.in.session_open.user_id = person == NULL ? (struct id){{0x0f}} : person->user_id;
    play->call.in.session_open.secret_hash = next_secret(play);
    if (!play_call(play))
        return false;
    learn_session(play, as == NULL ? name : as);
    return true;
}

bool row_grant(struct play *play)
{
    return begin_for_buyer(play, VERB_SESSION_GRANT);
}

bool row_hand_over(struct play *play)
{
    return begin_for_buyer(play, VERB_HANDOVER_MAKE);
}

bool row_redeem(struct play *play)
{
    const char *name = row_word(play, 1), *by = row_option(play, "by"),
               *as = row_option(play, "as");
    const struct name *handover = play_name(play, NAME_PERSON, name);
    const struct name *signed_in = by == NULL ? NULL : play_name(play, NAME_PERSON, by);
    play->call = (struct call){.verb = VERB_HANDOVER_REDEEM};
    if (signed_in != NULL)
        play->call.credentials = (struct credentials){
            .present = true, .session_id = signed_in->id, .secret_hash = signed_in->secret};
    if (handover != NULL) {
        play->call.in.handover_redeem.session_id = handover->id;
        play->call.in.handover_redeem.handover_hash = handover->secret;
    }
    if (row_option(play, "secret") != NULL)
        play->call.in.handover_redeem.handover_hash.bytes[SECRET_BYTES - 1] ^= 1;
    play->call.in.handover_redeem.secret_hash = next_secret(play);
    play->call.in.handover_redeem.replace = row_option(play, "replace") != NULL;
    if (!play_call(play))
        return false;
    user_facts(play);
    if (play->call.refusal != REFUSAL_NONE)
        return true;
    fact_time(play, "expires", play->call.out.session.expires_at);
    struct name *session = play_rename(play, NAME_PERSON, as == NULL ? name : as);
    session->id = play->call.out.session.id;
    session->user_id = play->call.out.session.user_id;
    session->secret = play->call.in.handover_redeem.secret_hash;
    return true;
}

static bool sign_in(struct play *play, const struct name *person, const char *as)
{
    play->call = (struct call){.verb = VERB_SESSION_OPEN};
    play->call.in.session_open.user_id = person->user_id;
    play->call.in.session_open.verified_hash = password_of(play);
    play->call.in.session_open.secret_hash = next_secret(play);
    if (!play_call(play))
        return false;
    learn_session(play, as);
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

bool row_sessions(struct play *play)
{
    const struct own_sessions *told = &play->call.out.sessions;
    char names[sizeof play->facts[0].text] = "";
    size_t length = 0;
    if (!play_begin(play, VERB_SESSION_LIST) || !play_call(play))
        return false;
    if (play->call.refusal != REFUSAL_NONE)
        return true;
    for (size_t i = 0; i < told->count; i++) {
        const struct own_session *session = &told->sessions[i];
        const char *name = play_name_of(play, NAME_PERSON, session->id);
        length += (size_t)snprintf(names + length, sizeof names - length, "%s%s", i == 0 ? "" : ",",
                                   name);
        if (length >= sizeof names)
            return play_fail(play, "the names of all sessions are too long");
        if (!session->current)
            continue;
        fact_text(play, "current", name);
        fact_time(play, "created", session->created_at);
        fact_time(play, "expires", session->expires_at);
    }
    fact_text(play, "names", names);
    return true;
}

bool row_sign_out(struct play *play)
{
    const char *named = row_word(play, 2);
    if (!play_begin(play, VERB_SESSION_CLOSE))
        return false;
    if (named != NULL)
        play->call.in.session_close.session_id = play_id(play, NAME_PERSON, named);
    return play_call(play);
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

static void scope_facts(struct play *play)
{
    if (play->call.refusal == REFUSAL_SCOPE_REQUIRED)
        fact_text(play, "lacks", scope_texts[play->call.detail.scope]);
}

bool row_correct(struct play *play)
{
    const struct name *person = play_name(play, NAME_PERSON, row_word(play, 2));
    const char *email = row_option(play, "email");
    if (!play_begin(play, VERB_BUYER_CHANGE))
        return false;
    play->call.in.buyer_change.user_id = person == NULL ? (struct id){{0x0f}} : person->user_id;
    play->call.in.buyer_change.name = row_option(play, "name");
    play->call.in.buyer_change.has_email = email != NULL;
    if (email != NULL && strcmp(email, "none") != 0)
        play->call.in.buyer_change.email = email;
    if (!play_call(play))
        return false;
    user_facts(play);
    scope_facts(play);
    return true;
}

bool row_erase(struct play *play)
{
    if (!play_begin(play, VERB_USER_ERASE))
        return false;
    play->call.in.user_erase.verified_hash = row_option(play, "verified");
    play->call.in.user_erase.forfeit = row_option(play, "forfeit") != NULL;
    if (!play_call(play))
        return false;
    if (play->call.refusal == REFUSAL_HAS_POINTS)
        fact_number(play, "balance", play->call.detail.balance);
    return true;
}

/* Scopes with commas between them, as a row has them. */
static bool read_scopes(struct play *play, uint32_t *scopes)
{
    const char *text = row_option(play, "scopes");
    *scopes = 0;
    while (text != NULL && *text != '\0') {
        const size_t length = strcspn(text, ",");
        enum scope scope = 0;
        while (scope < SCOPE_COUNT && (strlen(scope_texts[scope]) != length ||
                                       memcmp(scope_texts[scope], text, length) != 0))
            scope++;
        if (scope == SCOPE_COUNT)
            return play_fail(play, "no scope: %s", text);
        *scopes |= SCOPE_BIT(scope);
        text += length + (text[length] == ',');
    }
    return true;
}

/* As rows have them. */
static void scopes_fact(struct play *play, const char *text)
{
    char scopes[SCOPES_TEXT_BYTES];
    (void)snprintf(scopes, sizeof scopes, "%s", text);
    for (char *at = scopes; *at != '\0'; at++)
        *at = *at == ' ' ? ',' : *at;
    fact_text(play, "scopes", scopes);
}

bool row_api_key(struct play *play)
{
    struct secret secret = {{0}};
    const uint64_t number = ++play->secrets;
    memcpy(secret.bytes, &number, sizeof number);
    if (!play_begin(play, VERB_API_KEY_MAKE) || !read_scopes(play, &play->call.in.api_key.scopes))
        return false;
    play->call.in.api_key.name = row_word(play, 2);
    play->call.in.api_key.expires_at = row_time(play, "expires", 0);
    play->call.in.api_key.secret_hash = secret;
    if (!play_call(play))
        return false;
    scope_facts(play);
    if (play->call.refusal != REFUSAL_NONE)
        return true;
    const struct api_key *key = &play->call.record->as.api_key;
    scopes_fact(play, key->scopes);
    struct name *name = play_rename(play, NAME_PERSON, row_word(play, 2));
    name->id = key->id;
    name->user_id = key->user_id;
    name->secret = secret;
    name->is_key = true;
    return true;
}

bool row_api_key_remove(struct play *play)
{
    if (!play_begin(play, VERB_API_KEY_REMOVE))
        return false;
    play->call.in.api_key.key_id = play_id(play, NAME_PERSON, row_word(play, 2));
    if (!play_call(play))
        return false;
    scope_facts(play);
    return true;
}

bool row_invite(struct play *play)
{
    struct secret secret = {{0}};
    const uint64_t number = ++play->secrets;
    char email[64];
    memcpy(secret.bytes, &number, sizeof number);
    if (!play_begin(play, VERB_STAFF_INVITE) || !read_scopes(play, &play->call.in.staff.scopes))
        return false;
    const char *given = row_option(play, "email");
    (void)snprintf(email, sizeof email, "%s@house", row_word(play, 2));
    play->call.in.staff.name = row_word(play, 2);
    play->call.in.staff.email = given == NULL ? email : given;
    play->call.in.staff.secret_hash = secret;
    if (!play_call(play))
        return false;
    scope_facts(play);
    if (play->call.refusal != REFUSAL_NONE)
        return true;
    scopes_fact(play, play->call.record->as.user.scopes);
    fact_time(play, "expires", play->call.out.reset.expires_at);
    struct name *name = play_rename(play, NAME_RESET, row_word(play, 2));
    name->user_id = play->call.out.reset.user_id;
    name->secret = secret;
    name = play_rename(play, NAME_PERSON, row_word(play, 2));
    name->user_id = play->call.out.reset.user_id;
    return true;
}

/* A call about the member that the row names second. */
static bool begin_with_member(struct play *play, enum verb verb)
{
    if (!play_begin(play, verb))
        return false;
    const struct name *name = play_name(play, NAME_PERSON, row_word(play, 2));
    play->call.in.staff.user_id = name == NULL ? (struct id){{0x0f}} : name->user_id;
    return true;
}

bool row_staff(struct play *play)
{
    if (!begin_with_member(play, VERB_STAFF_CHANGE) ||
        !read_scopes(play, &play->call.in.staff.scopes) || !play_call(play))
        return false;
    scope_facts(play);
    if (play->call.refusal != REFUSAL_NONE)
        return true;
    user_facts(play);
    scopes_fact(play, play->call.record->as.user.scopes);
    return true;
}

bool row_staff_remove(struct play *play)
{
    if (!begin_with_member(play, VERB_STAFF_REMOVE) || !play_call(play))
        return false;
    scope_facts(play);
    return true;
}

bool row_staff_list(struct play *play)
{
    if (!play_begin(play, VERB_STAFF_LIST))
        return false;
    play->call.in.list = (struct record_query){.kind = RECORD_KIND_USER, .limit = 50};
    if (!play_call(play))
        return false;
    scope_facts(play);
    if (call_wants_list(&play->call) != (play->call.refusal == REFUSAL_NONE))
        return play_fail(play, "a list is wanted though it was refused, or the other way round");
    const uint32_t of_house = 1u << USER_ROLE_ORGANIZER | 1u << USER_ROLE_STAFF;
    fact_text(play, "of", play->call.in.list.roles == of_house ? "house" : "others");
    return true;
}

bool row_metrics(struct play *play)
{
    return play_begin(play, VERB_METRICS_GET) && play_call(play);
}

bool row_import(struct play *play)
{
    return play_begin(play, VERB_ROUND_IMPORT) && play_call(play);
}

bool row_reset(struct play *play)
{
    struct secret secret = {{0}};
    const uint64_t number = ++play->secrets;
    memcpy(secret.bytes, &number, sizeof number);
    if (!play_begin(play, VERB_PASSWORD_RESET_MAKE))
        return false;
    play->call.in.password_reset.user_id = user_of(play);
    play->call.in.password_reset.secret_hash = secret;
    if (!play_call(play))
        return false;
    if (play->call.refusal != REFUSAL_NONE)
        return true;
    fact_time(play, "expires", play->call.out.reset.expires_at);
    const char *as = row_option(play, "as");
    struct name *name = play_rename(play, NAME_RESET, as == NULL ? row_option(play, "of") : as);
    name->user_id = play->call.out.reset.user_id;
    name->secret = secret;
    return true;
}

/* By the secret of the reset that the row names; of one that was never made, some secret. */
static void begin_with_reset(struct play *play, enum verb verb)
{
    const struct name *name = play_name(play, NAME_RESET, row_word(play, 1));
    play->call = (struct call){.verb = verb};
    play->call.in.password_reset.user_id = name == NULL ? (struct id){{0x0f}} : name->user_id;
    if (name != NULL)
        play->call.in.password_reset.secret_hash = name->secret;
    if (row_option(play, "secret") != NULL)
        play->call.in.password_reset.secret_hash.bytes[SECRET_BYTES - 1] ^= 1;
}

bool row_reset_find(struct play *play)
{
    begin_with_reset(play, VERB_PASSWORD_RESET_FIND);
    if (!play_call(play))
        return false;
    user_facts(play);
    return true;
}

bool row_reset_take(struct play *play)
{
    begin_with_reset(play, VERB_PASSWORD_RESET_TAKE);
    play->call.in.password_reset.password_hash = password_of(play);
    return play_call(play);
}

bool row_selfcheck(struct play *play)
{
    if (!play_begin(play, VERB_SELFCHECK) || !play_call(play))
        return false;
    scope_facts(play);
    return true;
}

bool row_desk(struct play *play)
{
    return play_begin(play, VERB_DESK_SEE) && play_call(play);
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
    *query = (struct record_query){
        .user_id = user_of(play), .search = row_option(play, "q"), .limit = 50};
    for (enum record_kind kind = 0; kind < RECORD_KIND_COUNT; kind++)
        if (table != NULL && strcmp(record_schema(kind)->table, table) == 0)
            query->kind = kind;
    if (!play_call(play))
        return false;
    if (call_wants_list(&play->call) != (play->call.refusal == REFUSAL_NONE))
        return play_fail(play, "a list is wanted though it was refused, or the other way round");
    fact_text(play, "mine", id_equal(query->user_id, play->call.caller_id) ? "yes" : "no");
    fact_text(play, "of", play_name_of(play, NAME_PERSON, query->user_id));
    fact_text(play, "searched", query->search == NULL ? "no" : "yes");
    return true;
}

/* What the engine's readers fill is wanted when it was not refused, and only then. */
static bool read_by_readers(struct play *play, enum verb verb)
{
    if (!play_begin(play, verb) || !play_call(play))
        return false;
    if (call_wants_list(&play->call) != (play->call.refusal == REFUSAL_NONE))
        return play_fail(play,
                         "what readers fill is wanted though refused, or the other way round");
    return true;
}

bool row_breakdown(struct play *play)
{
    return read_by_readers(play, VERB_SALES_BREAK_DOWN);
}

bool row_plan_see(struct play *play)
{
    return read_by_readers(play, VERB_PLAN_GET);
}

bool row_changes(struct play *play)
{
    return read_by_readers(play, VERB_CHANGES);
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

static bool enter(struct play *play, enum verb verb)
{
    if (!play_begin(play, verb))
        return false;
    const char *amount = row_word(play, 2);
    play->call.in.points_charge.user_id = user_of(play);
    play->call.in.points_charge.amount = amount == NULL ? 0 : strtoll(amount, NULL, 10);
    play->call.in.points_charge.reference = row_option(play, "reference");
    play->call.in.points_charge.reason = row_option(play, "reason");
    if (!play_call(play))
        return false;
    if (play->call.refusal == REFUSAL_BALANCE_TOO_SMALL)
        fact_number(play, "balance", play->call.detail.balance);
    if (play->call.refusal != REFUSAL_NONE)
        return true;
    const struct point_entry *entry = &play->call.record->as.point_entry;
    fact_number(play, "amount", entry->amount);
    fact_number(play, "balance", entry->balance);
    fact_text(play, "reference", entry->reference);
    fact_text(play, "reason", entry->reason);
    fact_text(play, "kind", entry_kind_texts[entry->kind]);
    fact_time(play, "at", entry->created_at);
    return true;
}

bool row_charge(struct play *play)
{
    return enter(play, VERB_POINTS_CHARGE);
}

bool row_adjust(struct play *play)
{
    return enter(play, VERB_POINTS_ADJUST);
}
