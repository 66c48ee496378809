/* A user's texts as they are kept: e-mail, name, external id, scopes and password hash one after
 * the other in one block, and behind the e-mail its mailbox where that is another text. A hash of
 * argon2id is kept as what its text says, in half the bytes. Knows no rules. */
#include "office/user.h"

#include "base/check.h"
#include "record/email.h"
#include "record/password_hash.h"

#include <string.h>

/* The first byte of a block says what follows it, in this order. Texts end with a NUL. */
enum content {
    HAS_EMAIL = 1,
    HAS_MAILBOX = 2,
    HAS_NAME = 4,
    HAS_EXTERNAL_ID = 8,
    HAS_SCOPES = 16,
    HAS_HASH_TEXT = 32,
    HAS_HASH_BYTES = 64,
};

struct part {
    enum content content;
    const void *bytes;
    size_t length;
};

static struct part text_part(enum content content, const char *text)
{
    return (struct part){
        .content = content, .bytes = text, .length = text == NULL ? 0 : strlen(text) + 1};
}

char *user_texts_pack(struct arena *arena, const struct user *row)
{
    struct password_hash kept;
    char room[EMAIL_BYTES_MAX + 1];
    const char *mailbox = NULL;
    if (row->email != NULL && email_mailbox(row->email, room, &mailbox) != RESULT_OK)
        return NULL;
    struct part parts[] = {
        text_part(HAS_EMAIL, row->email),
        text_part(HAS_MAILBOX, mailbox == row->email ? NULL : mailbox),
        text_part(HAS_NAME, row->name),
        text_part(HAS_EXTERNAL_ID, row->external_id),
        text_part(HAS_SCOPES, row->scopes),
        text_part(HAS_HASH_TEXT, row->password_hash),
    };
    const size_t count = sizeof parts / sizeof parts[0];
    if (row->password_hash != NULL && password_hash_parse(row->password_hash, &kept))
        parts[count - 1] =
            (struct part){.content = HAS_HASH_BYTES, .bytes = &kept, .length = sizeof kept};
    size_t length = 1;
    for (size_t i = 0; i < count; i++)
        length += parts[i].length;
    char *const block = arena_take(arena, length);
    if (block == NULL)
        return NULL;
    char *at = block;
    *at++ = 0;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].length == 0)
            continue;
        *block = (char)(*block | (int)parts[i].content);
        memcpy(at, parts[i].bytes, parts[i].length);
        at += parts[i].length;
    }
    CHECK((size_t)(at - block) == length);
    return block;
}

/* The text at `*at` if the block has it, which is then passed. */
static const char *next_text(const char *block, enum content content, const char **at)
{
    if ((*block & (int)content) == 0)
        return NULL;
    const char *text = *at;
    *at += strlen(text) + 1;
    return text;
}

const char *user_email(const struct live_user *user)
{
    return user->texts != NULL && (*user->texts & HAS_EMAIL) != 0 ? user->texts + 1 : NULL;
}

const char *user_mailbox(const struct live_user *user)
{
    const char *email = user_email(user);
    return email != NULL && (*user->texts & HAS_MAILBOX) != 0 ? email + strlen(email) + 1 : email;
}

const char *user_external_id(const struct live_user *user)
{
    if (user->texts == NULL || (*user->texts & HAS_EXTERNAL_ID) == 0)
        return NULL;
    const char *at = user->texts + 1;
    (void)next_text(user->texts, HAS_EMAIL, &at);
    (void)next_text(user->texts, HAS_MAILBOX, &at);
    (void)next_text(user->texts, HAS_NAME, &at);
    return at;
}

const char *user_scopes_text(const struct live_user *user)
{
    const char *at = user->texts + 1;
    for (unsigned content = HAS_EMAIL; content < HAS_SCOPES; content *= 2)
        (void)next_text(user->texts, (enum content)content, &at);
    return next_text(user->texts, HAS_SCOPES, &at);
}

struct user user_row(const struct live_user *user, struct hash_text *hash)
{
    struct user row = {.id = user->id};
#define USER_KEEPS(type, column, width) row.column = user->column;
#include "office/kept.def"
    const char *at = user->texts + 1;
    row.email = next_text(user->texts, HAS_EMAIL, &at);
    (void)next_text(user->texts, HAS_MAILBOX, &at);
    row.name = next_text(user->texts, HAS_NAME, &at);
    row.external_id = next_text(user->texts, HAS_EXTERNAL_ID, &at);
    row.scopes = next_text(user->texts, HAS_SCOPES, &at);
    row.password_hash = next_text(user->texts, HAS_HASH_TEXT, &at);
    if ((*user->texts & HAS_HASH_BYTES) != 0) {
        struct password_hash kept;
        memcpy(&kept, at, sizeof kept);
        password_hash_format(&kept, hash->text);
        row.password_hash = hash->text;
    }
    return row;
}

void user_texts_free(struct arena *arena, char *texts)
{
    if (texts == NULL)
        return;
    const char *at = texts + 1;
    for (unsigned content = HAS_EMAIL; content <= HAS_HASH_TEXT; content *= 2)
        (void)next_text(texts, (enum content)content, &at);
    const size_t bytes = (*texts & HAS_HASH_BYTES) != 0 ? sizeof(struct password_hash) : 0;
    arena_give(arena, texts, (size_t)(at - texts) + bytes);
}

bool user_has_hash(const struct live_user *user, const char *hash)
{
    struct hash_text own;
    const struct user row = user_row(user, &own);
    return row.password_hash != NULL && strcmp(row.password_hash, hash) == 0;
}
