/* API keys: made, used, taken back. A key acts as a user of its own, who stays in the books. */
#include "office/door.h"
#include "office/room.h"
#include "office/state.h"
#include "office/texts.h"
#include "office/user.h"
#include "office/verb_function.h"

#include <stdlib.h>

static enum refusal check_make(const struct office *office, const struct caller *caller,
                               struct call *call)
{
    const timestamp_ms expires_at = call->in.api_key.expires_at;
    const enum refusal refusal = caller_may_grant(caller, call->in.api_key.scopes, call);
    if (refusal != REFUSAL_NONE)
        return refusal;
    if (expires_at != 0 && expires_at <= office->now.wall)
        return REFUSAL_EXPIRES_BEFORE_NOW;
    return office->api_keys.taken < API_KEYS_MAX ? REFUSAL_NONE : REFUSAL_CAPACITY;
}

/* Makes room for both rows, and answers with the key's; `*texts` is the user's door's. */
static enum refusal prepare(struct office *office, const struct user *user, struct record *key,
                            struct call *call, char **texts)
{
    if (!user_reserve(office) || !api_key_reserve(office) ||
        call_show_record(call, key) != REFUSAL_NONE)
        return REFUSAL_CAPACITY;
    *texts = user_texts_pack(&office->texts, user);
    if (*texts == NULL)
        return REFUSAL_CAPACITY;
    if (texts_own(key))
        return REFUSAL_NONE;
    user_texts_free(&office->texts, *texts);
    return REFUSAL_CAPACITY;
}

enum refusal api_key_make(struct office *office, const struct caller *caller, struct call *call)
{
    enum refusal refusal = check_make(office, caller, call);
    if (refusal != REFUSAL_NONE)
        return refusal;
    char scopes[SCOPES_TEXT_BYTES], *texts;
    scopes_format(call->in.api_key.scopes, scopes);
    const struct user user = {.id = new_id(office),
                              .name = call->in.api_key.name,
                              .role = USER_ROLE_SERVICE,
                              .created_at = office->now.house};
    struct record key = {.kind = RECORD_KIND_API_KEY,
                         .as.api_key = {.id = new_id(office),
                                        .user_id = user.id,
                                        .name = user.name,
                                        .scopes = scopes,
                                        .secret_hash = call->in.api_key.secret_hash,
                                        .created_at = office->now.house,
                                        .expires_at = call->in.api_key.expires_at}};
    refusal = prepare(office, &user, &key, call, &texts);
    if (refusal != REFUSAL_NONE)
        return refusal;

    /* ---- nothing fails below this line ---- */
    struct live_user *service = user_put_new(office, &user, texts);
    (void)put_api_key(office, NULL, service, &key.as.api_key);
    call->created = true;
    return REFUSAL_NONE;
}

enum refusal api_key_remove(struct office *office, const struct caller *caller, struct call *call)
{
    struct live_api_key *key = api_key_find(office, call->in.api_key.key_id);
    if (key == NULL)
        return REFUSAL_NOT_FOUND;
    const enum refusal refusal = caller_may_grant(caller, key->scopes, call);
    if (refusal == REFUSAL_NONE)
        remove_api_key(office, key);
    return refusal;
}

/* Written at most once a minute. A verb that reads has no room in the batch. */
static void note_use(struct office *office, struct live_api_key *key)
{
    if (office->frozen || office->now.house - key->row.last_used_at < API_KEY_USED_MS ||
        (office->room == 0 && !batch_reserve(office, 1)))
        return;
    struct api_key row = key->row;
    row.last_used_at = office->now.house;
    office->why = WHY_API_KEY_USED;
    (void)put_api_key(office, key, key->user, &row);
}

struct live_api_key *api_key_authenticate(struct office *office,
                                          const struct credentials *credentials)
{
    struct live_api_key *key = api_key_find(office, credentials->session_id);
    if (!credentials->present || key == NULL ||
        !same_secret(&key->row.secret_hash, &credentials->secret_hash) ||
        (key->row.expires_at != 0 && office->now.wall >= key->row.expires_at))
        return NULL;
    note_use(office, key);
    return key;
}
