/* Users' texts come back as they were, whatever they are; a hash of argon2id takes fewer bytes. */
#include "office/user.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SALT "c29tZXNhbHRzb21lc2E"
#define HASH "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"

static void same(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        assert_ptr_equal(a, b);
    else
        assert_string_equal(a, b);
}

static void comes_back(const struct user *row)
{
    struct arena arena;
    struct hash_text hash;
    arena_init(&arena);
    const struct live_user user = {.id = row->id,
                                   .role = row->role,
                                   .created_at = row->created_at,
                                   .texts = user_texts_pack(&arena, row)};
    assert_non_null(user.texts);
    const struct user again = user_row(&user, &hash);
    assert_true(id_equal(again.id, row->id));
    assert_int_equal(again.role, row->role);
    assert_int_equal(again.created_at, row->created_at);
    same(again.name, row->name);
    same(again.email, row->email);
    same(user_email(&user), row->email);
    same(again.external_id, row->external_id);
    same(again.password_hash, row->password_hash);
    if (row->password_hash != NULL) {
        assert_true(user_has_hash(&user, row->password_hash));
        assert_false(user_has_hash(&user, "another"));
    }
    user_texts_free(&arena, user.texts);
    /* It was given back whole. */
    assert_ptr_equal(user_texts_pack(&arena, row), user.texts);
    arena_release(&arena);
}

/* Whether the hash is kept in few bytes, which it also must come back from. */
static bool is_short(const char *password_hash)
{
    const struct user row = {.name = "ann", .password_hash = password_hash};
    comes_back(&row);
    struct arena arena;
    arena_init(&arena);
    const char *texts = user_texts_pack(&arena, &row);
    assert_non_null(texts);
    const bool there = strncmp(texts + 1 + sizeof "ann", password_hash, 8) == 0;
    arena_release(&arena);
    return !there;
}

static void any_of_the_texts_may_be_there(void **state)
{
    (void)state;
    const char *const texts[] = {NULL, "", "ann", "josÉ@example.com",
                                 "$argon2id$v=19$m=65536,t=2,p=1$" SALT "xxx$" HASH};
    const size_t count = sizeof texts / sizeof texts[0];
    for (size_t i = 0; i < count * count * count * count; i++) {
        const struct user row = {
            .id = {{7}},
            .role = USER_ROLE_ORGANIZER,
            .created_at = 9,
            .name = texts[i % count],
            .email = texts[i / count % count],
            .external_id = texts[i / count / count % count],
            .password_hash = texts[i / count / count / count],
        };
        comes_back(&row);
    }
}

static void an_e_mail_has_its_mailbox_beside_it(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {NULL, NULL},
        {"ann@example.com", "ann@example.com"},
        {"josÉ@example.com", "josé@example.com"},
        {"a@xn--bcher-kva.example", "a@bücher.example"},
        {"a@x..com", "a@x..com"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct user row = {.email = rows[i][0], .name = "ann", .password_hash = "a hash"};
        struct arena arena;
        arena_init(&arena);
        const struct live_user user = {.texts = user_texts_pack(&arena, &row)};
        same(user_mailbox(&user), rows[i][1]);
        /* Nothing is kept of one that is its own. */
        assert_true(rows[i][0] == NULL || strcmp(rows[i][0], rows[i][1]) != 0 ||
                    user_mailbox(&user) == user_email(&user));
        arena_release(&arena);
    }
}

static void hashes_of_argon2id_are_short(void **state)
{
    (void)state;
    assert_true(is_short("$argon2id$v=19$m=65536,t=2,p=1$" SALT "xxw$" HASH));
    assert_true(is_short("$argon2id$v=19$m=0,t=0,p=0$AAAAAAAAAAAAAAAAAAAAAA$" HASH));
    assert_true(is_short("$argon2id$v=19$m=4294967295,t=65535,p=65535$"
                         "/////////////////////w$//////////////////////////////////////////8"));
}

/* Some that read alike: of other lengths, other numbers, bits that base64 leaves over. */
static void other_hashes_stay_texts(void **state)
{
    (void)state;
    static const char *const others[] = {
        "",
        "$argon2id$",
        "$argon2i$v=19$m=65536,t=2,p=1$" SALT "xxw$" HASH,
        "$argon2id$v=16$m=65536,t=2,p=1$" SALT "xxw$" HASH,
        "$argon2id$v=19$m=065536,t=2,p=1$" SALT "xxw$" HASH,
        "$argon2id$v=19$m=4294967296,t=2,p=1$" SALT "xxw$" HASH,
        "$argon2id$v=19$m=99999999999,t=2,p=1$" SALT "xxw$" HASH,
        "$argon2id$v=19$m=65536,t=65536,p=1$" SALT "xxw$" HASH,
        "$argon2id$v=19$m=65536,t=2,p=65536$" SALT "xxw$" HASH,
        "$argon2id$v=19$m=,t=2,p=1$" SALT "xxw$" HASH,
        "$argon2id$v=19$t=2,m=65536,p=1$" SALT "xxw$" HASH,
        "$argon2id$v=19$m=65536,t=2,p=1" SALT "xxw$" HASH,
        "$argon2id$v=19$m=65536,t=2,p=1$" SALT "xxx$" HASH,
        "$argon2id$v=19$m=65536,t=2,p=1$" SALT "xx$" HASH,
        "$argon2id$v=19$m=65536,t=2,p=1$" SALT "xxw$" HASH "A",
        "$argon2id$v=19$m=65536,t=2,p=1$" SALT "xxw$" HASH "\n",
        "$argon2id$v=19$m=65536,t=2,p=1$" SALT "xxw$AA-_",
        "$argon2id$v=19$m=65536,t=2,p=1$" SALT "xxw$",
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_false(is_short(others[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_of_the_texts_may_be_there),
        cmocka_unit_test(an_e_mail_has_its_mailbox_beside_it),
        cmocka_unit_test(hashes_of_argon2id_are_short),
        cmocka_unit_test(other_hashes_stay_texts),
    };
    return cmocka_run_group_tests_name("user texts", tests, NULL, NULL);
}
