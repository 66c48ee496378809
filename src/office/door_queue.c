/* The door of queue tokens. */
#include "office/door.h"
#include "office/state.h"
#include "office/token.h"
#include "office/user.h"
#include "office/waiting_line.h"

/* Whether nothing of a row came after it began to wait. */
static bool only_waits(const struct queue_token *row)
{
    bool waits = row->status == TOKEN_STATUS_WAITING;
#define VISIT_KEEPS(type, column, width) waits = waits && row->column == 0;
#include "office/kept.def"
    return waits;
}

static struct live_visit *new_visit(struct office *office, struct live_token *token)
{
    struct live_visit *visit = pool_take(&office->visits);
    visit->token = token->item.number;
    token->visit = visit->item.number;
    return visit;
}

static void keep_token(struct office *office, struct live_token *token,
                       const struct queue_token *row)
{
#define TOKEN_KEEPS(type, column, width) token->column = row->column;
#include "office/kept.def"
    struct live_visit *visit = token_visit(office, token);
    if (visit == NULL) {
        if (only_waits(row))
            return;
        visit = new_visit(office, token);
    }
#define VISIT_KEEPS(type, column, width) visit->column = row->column;
#include "office/kept.def"
}

static void retire_token(struct office *office, struct live_token *token)
{
    struct live_user *user = token_user(office, token);
    if (user->token == token->item.number)
        user->token = 0;
    heap_remove(&office->token_deadlines, token);
    finished_list_add(&office->finished_visits, token_visit(office, token), office->seq);
}

static struct live_token *new_token(struct office *office, struct live_user *user,
                                    const struct queue_token *row)
{
    CHECK(user->token == 0);
    struct live_token *token = pool_take(&office->tokens);
    token->user = user->item.number;
    user->token = token->item.number;
    token->id = row->id;
    token->number = row->number;
    token->status = TOKEN_STATUS_EXPIRED; /* in no list yet */
    token->heard_at = row->issued_at;
    index_insert(&office->token_by_id, token);
    return token;
}

struct live_token *put_token(struct office *office, struct live_token *token,
                             struct live_user *user, const struct queue_token *row)
{
    CHECK(id_equal(user->id, row->user_id));
    door_append(office, RECORD_KIND_QUEUE_TOKEN, row);
    if (token == NULL) {
        door_check_beginning(office, RECORD_KIND_QUEUE_TOKEN, (int)row->status);
        token = new_token(office, user, row);
    } else {
        door_check_move(office, RECORD_KIND_QUEUE_TOKEN, (int)token->status, (int)row->status);
    }
    CHECK(token->user == user->item.number && id_equal(token->id, row->id) &&
          token->number == row->number);
    const enum token_status old = token->status;
    /* While loading the line and the deadlines are not there yet: office_open builds them. */
    const bool in_line = office->loading == NULL;
    if (in_line && old == TOKEN_STATUS_WAITING && row->status != TOKEN_STATUS_WAITING)
        waiting_line_remove(office, token);
    if (old == TOKEN_STATUS_ACTIVE)
        office->active_count--;
    if (row->status == TOKEN_STATUS_ACTIVE)
        office->active_count++;
    keep_token(office, token, row);
    if (in_line && old != TOKEN_STATUS_WAITING && row->status == TOKEN_STATUS_WAITING)
        waiting_line_append(office, token);
    if (row->status == TOKEN_STATUS_EXPIRED)
        retire_token(office, token);
    else if (in_line)
        token_arm(office, token);
    return token;
}
