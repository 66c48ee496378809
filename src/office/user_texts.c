/* A user's texts as they are kept: e-mail, name, external id and password hash one after the other
 * in one block, and behind the e-mail its mailbox where that is another text. A hash of argon2id,
 * whose text is base64 of 48 bytes and a few numbers, is kept as those. Knows no rules. */
#include "base/base64.h"
#include "office/user.h"
#include "record/email.h"

#include <string.h>

/* The first byte of a block says what follows it, in this order. Texts end with a NUL. */
enum content {
    HAS_EMAIL = 1,
    HAS_MAILBOX = 2,
    HAS_NAME = 4,
    HAS_EXTERNAL_ID = 8,
    HAS_HASH_TEXT = 16,
    HAS_HASH_BYTES = 32,
};

/* ---- argon2id ---- */

/* The text is "$argon2id$v=19$m=M,t=T,p=P$SALT$HASH" with decimal numbers and unpadded base64
 * (P. Biryukov et al., the reference implementation's encoding.c), of lengths that libsodium uses.
 */
#define SALT_BYTES 16
#define HASH_BYTES 32

static const char *const labels[] = {"$argon2id$v=19$m=", ",t=", ",p="};

#define NUMBER_COUNT (sizeof labels / sizeof labels[0])
#define NUMBER_DIGITS_MAX 10 /* of 32 bits */

struct argon2id {
    uint32_t memory;
    uint16_t passes, lanes; /* far more than anybody waits for or has processors */
    uint8_t salt[SALT_BYTES], hash[HASH_BYTES];
};

_Static_assert(17 + 3 + 3 + 2 + NUMBER_COUNT * NUMBER_DIGITS_MAX + BASE64_CHARACTERS(SALT_BYTES) +
                       BASE64_CHARACTERS(HASH_BYTES) <=
                   PASSWORD_HASH_BYTES_MAX,
               "a text always fits");

/* Passes `expected`; false when something else stands there. */
static bool skip(const char **at, const char *expected)
{
    const size_t length = strlen(expected);
    if (strncmp(*at, expected, length) != 0)
        return false;
    *at += length;
    return true;
}

/* As put_number writes it, without zeros before it. */
static bool take_number(const char **at, uint32_t *number)
{
    uint64_t value = 0;
    const char *const start = *at;
    for (; **at >= '0' && **at <= '9' && *at - start < NUMBER_DIGITS_MAX; (*at)++)
        value = value * 10 + (uint64_t)(**at - '0');
    *number = (uint32_t)value;
    return *at != start && (*start != '0' || *at - start == 1) && value <= UINT32_MAX;
}

static bool take_base64(const char **at, uint8_t *bytes, size_t count)
{
    const size_t characters = BASE64_CHARACTERS(count);
    if (!base64_decode(BASE64_STANDARD, *at, characters, bytes, count))
        return false;
    *at += characters;
    return true;
}

static char *pack_text(char *at, const char *text)
{
    const size_t length = strlen(text);
    memcpy(at, text, length);
    return at + length;
}

static char *put_number(char *at, uint32_t number)
{
    char reversed[NUMBER_DIGITS_MAX];
    size_t count = 0;
    do {
        reversed[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (count > 0)
        *at++ = reversed[--count];
    return at;
}

static char *put_base64(char *at, const uint8_t *bytes, size_t count)
{
    return at + base64_encode(BASE64_STANDARD, bytes, count, at);
}

static void argon2id_text(const struct argon2id *kept, struct hash_text *hash)
{
    const uint32_t numbers[NUMBER_COUNT] = {kept->memory, kept->passes, kept->lanes};
    char *at = hash->text;
    for (size_t i = 0; i < NUMBER_COUNT; i++)
        at = put_number(pack_text(at, labels[i]), numbers[i]);
    at = put_base64(pack_text(at, "$"), kept->salt, SALT_BYTES);
    at = put_base64(pack_text(at, "$"), kept->hash, HASH_BYTES);
    *at = '\0';
}

/* False for any text that argon2id_text would not write. */
static bool argon2id_parse(const char *text, struct argon2id *kept)
{
    const char *at = text;
    uint32_t numbers[NUMBER_COUNT];
    for (size_t i = 0; i < NUMBER_COUNT; i++)
        if (!skip(&at, labels[i]) || !take_number(&at, &numbers[i]))
            return false;
    if (numbers[1] > UINT16_MAX || numbers[2] > UINT16_MAX)
        return false;
    kept->memory = numbers[0];
    kept->passes = (uint16_t)numbers[1];
    kept->lanes = (uint16_t)numbers[2];
    return skip(&at, "$") && take_base64(&at, kept->salt, SALT_BYTES) && skip(&at, "$") &&
           take_base64(&at, kept->hash, HASH_BYTES) && *at == '\0';
}

/* ---- Blocks ---- */

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
    struct argon2id kept;
    char room[EMAIL_BYTES_MAX + 1];
    const char *mailbox = NULL;
    if (row->email != NULL && email_mailbox(row->email, room, &mailbox) != RESULT_OK)
        return NULL;
    struct part parts[] = {
        text_part(HAS_EMAIL, row->email),
        text_part(HAS_MAILBOX, mailbox == row->email ? NULL : mailbox),
        text_part(HAS_NAME, row->name),
        text_part(HAS_EXTERNAL_ID, row->external_id),
        text_part(HAS_HASH_TEXT, row->password_hash),
    };
    const size_t count = sizeof parts / sizeof parts[0];
    if (row->password_hash != NULL && argon2id_parse(row->password_hash, &kept))
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
    row.password_hash = next_text(user->texts, HAS_HASH_TEXT, &at);
    if ((*user->texts & HAS_HASH_BYTES) != 0) {
        struct argon2id kept;
        memcpy(&kept, at, sizeof kept);
        argon2id_text(&kept, hash);
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
    const size_t bytes = (*texts & HAS_HASH_BYTES) != 0 ? sizeof(struct argon2id) : 0;
    arena_give(arena, texts, (size_t)(at - texts) + bytes);
}

bool user_has_hash(const struct live_user *user, const char *hash)
{
    struct hash_text own;
    const struct user row = user_row(user, &own);
    return row.password_hash != NULL && strcmp(row.password_hash, hash) == 0;
}
