/* People, and what each has: sessions, a point account, references of charges, idempotency keys.
 * For the files of this layer only.
 *
 * Of users and sessions there are millions: their fields lie so that none is kept twice and no
 * bytes between them are lost, and they name others by their numbers in their pools (0: none)
 * rather than by pointers. Which fields of a row are kept stands in kept.def; the rows are put
 * together again where they are wanted (user_row, session_row). */
#ifndef USHER_OFFICE_USER_H
#define USHER_OFFICE_USER_H

#include "base/arena.h"
#include "base/heap.h"
#include "base/pool.h"
#include "office/finished_list.h"
#include "office/office.h"

struct live_token;
struct live_reservation;

struct live_user {
    struct pool_item item;
    uint32_t token;        /* the live one */
    uint32_t sessions;     /* the first */
    uint32_t reservations; /* the first of the pending and confirmed ones */
    uint32_t keys;         /* the first */
#define USER_KEEPS(type, column, width) type column width;
#include "office/kept.def"
    struct id id;
    char *texts; /* see user_texts.c */
    struct {
#define ACCOUNT_KEEPS(type, column, width) type column width;
#include "office/kept.def"
    } account;
};

struct live_session {
    struct pool_item item;
    uint32_t user;
    uint32_t next; /* of the same user, in the order of opening */
    struct heap_node deadline;
    struct id id;
#define SESSION_KEEPS(type, column, width) type column width;
#include "office/kept.def"
};

_Static_assert(sizeof(struct live_user) == 72, "what a million of them costs is known");
_Static_assert(sizeof(struct live_session) == 88, "what a million of them costs is known");

struct live_api_key {
    struct pool_item item;
    struct api_key row; /* `name` begins the block of its texts */
    uint32_t scopes;    /* the row's */
    struct live_user *user;
};

struct live_reset {
    struct pool_item item;
    struct heap_node deadline;
    struct password_reset row;
};

/* A charge's reference, until the tables answer for it. */
struct live_reference {
    struct pool_item item;
    struct point_entry row; /* `reference` is its own block */
    struct finished_node finished;
};

/* What a caller did under an Idempotency-Key. */
struct live_key {
    struct pool_item item;
    uint32_t next; /* of the same user, in no order */
    struct heap_node deadline;
    struct idempotency_key row;
    struct live_user *user;
};

/* ---- Room in memory, wanted before the line that a verb crosses (room.c) ---- */

bool user_reserve(struct office *office);
bool session_reserve(struct office *office);
bool api_key_reserve(struct office *office);
bool reset_reserve(struct office *office);
bool reference_reserve(struct office *office);
bool key_reserve(struct office *office);

/* ---- Finding (find.c) ---- */

struct live_user *user_find(const struct office *office, struct id id);

/* Whose mailbox it is (record/email.h); NULL: the e-mail itself. Two accounts of the old rule
 * may have one mailbox under two spellings: then it is the one that is kept as this e-mail, or the
 * older one. */
struct live_user *user_find_email(const struct office *office, const char *email,
                                  const char *mailbox);

/* Who has this id in another system, compared byte by byte; NULL: nobody. */
struct live_user *user_find_external(const struct office *office, const char *external_id);

struct live_session *session_find(const struct office *office, struct id id);
struct live_api_key *api_key_find(const struct office *office, struct id id);
struct live_reset *reset_find(const struct office *office, struct id user_id);
struct live_reference *reference_find(const struct office *office, struct id caller_id,
                                      const char *reference);

struct live_token *user_token(const struct office *office, const struct live_user *user);
struct live_session *user_sessions(const struct office *office, const struct live_user *user);
struct live_reservation *user_reservations(const struct office *office,
                                           const struct live_user *user);
struct live_key *user_keys(const struct office *office, const struct live_user *user);
struct live_session *session_next(const struct office *office, const struct live_session *session);
struct live_user *session_user(const struct office *office, const struct live_session *session);
struct live_key *key_next(const struct office *office, const struct live_key *key);

/* The key that a user has under this hash, or NULL. */
struct live_key *user_key(const struct office *office, const struct live_user *user,
                          int64_t key_hash);

/* ---- Back to rows (live_row.c) ---- */

struct point_account account_row(const struct live_user *user);
struct session session_row(const struct office *office, const struct live_session *session);

/* ---- Users' texts (user_texts.c) ---- */

/* Room for a password hash that is kept in fewer bytes than its text has. */
struct hash_text {
    char text[PASSWORD_HASH_BYTES_MAX + 1];
};

/* A user's texts in one block of the arena. NULL: no memory. */
char *user_texts_pack(struct arena *arena, const struct user *row);
void user_texts_free(struct arena *arena, char *texts); /* or NULL */

const char *user_email(const struct live_user *user);       /* NULL: none */
const char *user_mailbox(const struct live_user *user);     /* of the e-mail; NULL: none */
const char *user_external_id(const struct live_user *user); /* NULL: none */
const char *user_scopes_text(const struct live_user *user); /* NULL: none */
bool user_has_hash(const struct live_user *user, const char *hash);

/* The row's texts live as long as the user's and `hash` do. */
struct user user_row(const struct live_user *user, struct hash_text *hash);

/* ---- Accounts (user.c) ---- */

/* Whether the account is a buyer's, for whom others may act. */
enum refusal user_check_buyer(const struct live_user *user);

/* Answers with the user's image. REFUSAL_CAPACITY: no memory. */
enum refusal user_show(const struct live_user *user, struct call *call);

/* Makes room for a user's image and answers with it; `*texts` is the door's. */
enum refusal user_prepare(struct office *office, const struct user *row, struct call *call,
                          char **texts);

/* Puts a new user and the point account that is made with it. */
struct live_user *user_put_new(struct office *office, const struct user *row, char *texts);

/* Ends every way into the account of a user who has left. */
void user_shut_out(struct office *office, struct live_user *user);

/* ---- Staff (staff.c) ---- */

/* What the user may do with what is not the own, beside what an API key may that acts as it. */
uint32_t user_scopes(const struct live_user *user);

/* ---- Sessions (session.c) ---- */

/* Whose session it is; NULL when it does not hold. Renews it. */
struct live_user *session_authenticate(struct office *office,
                                       const struct credentials *credentials);
/* Constant time: how much of a guessed hash was right is nobody's business. */
bool same_secret(const struct secret *a, const struct secret *b);
size_t session_count(const struct office *office, const struct live_user *user);
void sessions_close_but(struct office *office, struct live_user *user, struct id kept);
void sessions_expire(struct office *office, size_t *budget);

/* ---- API keys (api_key.c) ---- */

/* The key whose secret the credentials have; NULL when it does not hold. Notes its use. */
struct live_api_key *api_key_authenticate(struct office *office,
                                          const struct credentials *credentials);

/* ---- Password resets (password_reset.c) ---- */

/* The row by which the user may choose a new password for so long. Whoever puts it has reserved. */
struct password_reset reset_row(const struct office *office, const struct live_user *user,
                                const struct secret *secret_hash, int64_t life_ms);
void resets_expire(struct office *office, size_t *budget);

/* ---- Points and keys (points.c, idempotency.c) ---- */

/* Appends an entry and the account's new balance. */
void points_move(struct office *office, struct live_user *user, const struct point_entry *entry);
void keys_expire(struct office *office, size_t *budget);

#endif
