/* The door of queue tokens. */
#include "office/door.h"
#include "office/state.h"
#include "office/texts.h"
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
                                    struct live_lane *lane, const struct queue_token *row)
{
    CHECK(user->token == 0);
    CHECK(office->loading != NULL || row->number == office->house.last_number);
    struct live_token *token = pool_take(&office->tokens);
    token->user = user->item.number;
    token->lane = (uint16_t)lane->item.number;
    lane_join(lane);
    user->token = token->item.number;
    token->id = row->id;
    token->number = row->number;
    token->status = TOKEN_STATUS_EXPIRED; /* in no list yet */
    token->heard_at = row->issued_at;
    index_insert(&office->token_by_id, token);
    return token;
}

/* A token comes in, or (`change` -1) goes out. What it holds is counted when it is armed. */
static void count_inside(struct office *office, struct live_lane *lane, struct live_token *token,
                         int change)
{
    CHECK(change > 0 || (office->active_count > 0 && lane->active > 0));
    token_set_holding(office, token, false);
    office->active_count += (size_t)change;
    lane->active += (size_t)change;
}

/* What a token's state says: where it stands, and what its row has. A loaded one was held against
 * the others (fit.c). */
static void check_state_of_token(const struct office *office, const struct live_token *token)
{
    const struct live_visit *visit = token_visit(office, token);
    switch (token->status) {
    case TOKEN_STATUS_WAITING:
        CHECK(token_lane(office, token)->slots[token->position] == token->item.number);
        CHECK(token->deadline.place != 0);
        CHECK(token->reason == TOKEN_REASON_NONE);
        return;
    case TOKEN_STATUS_ACTIVE:
        CHECK(token->number <= office->house.serving);
        CHECK((int64_t)office->active_count <= office->house.active_ceiling);
        CHECK(!token->present);
        CHECK(visit->activate_at != 0);
        CHECK(token->deadline.place != 0);
        CHECK(token->reason == TOKEN_REASON_NONE);
        return;
    case TOKEN_STATUS_EXPIRED:
        CHECK(token->reason != TOKEN_REASON_NONE);
        CHECK(visit->ended_at == office->now.house);
        CHECK(!token->present);
        CHECK(!token->holding);
        CHECK(token->deadline.place == 0);
        CHECK(visit->finished.seq != 0);
        return;
    }
    UNREACHABLE("token status");
}

struct live_token *put_token(struct office *office, struct live_token *token,
                             struct live_user *user, struct live_lane *lane,
                             const struct queue_token *row)
{
    CHECK(id_equal(user->id, row->user_id));
    CHECK(id_equal(lane->concert_id, row->concert_id));
    door_append(office, RECORD_KIND_QUEUE_TOKEN, row);
    if (token == NULL) {
        door_check_beginning(office, RECORD_KIND_QUEUE_TOKEN, (int)row->status);
        token = new_token(office, user, lane, row);
    } else {
        door_check_move(office, RECORD_KIND_QUEUE_TOKEN, (int)token->status, (int)row->status);
    }
    CHECK(token->user == user->item.number);
    CHECK(token->lane == lane->item.number);
    CHECK(id_equal(token->id, row->id));
    CHECK(token->number == row->number);
    const enum token_status old = token->status;
    /* While loading the line and the deadlines are not there yet: office_open builds them. */
    const bool in_line = office->loading == NULL;
    if (in_line && old == TOKEN_STATUS_WAITING && row->status != TOKEN_STATUS_WAITING)
        waiting_line_remove(office, token);
    if (old == TOKEN_STATUS_ACTIVE)
        count_inside(office, lane, token, -1);
    if (row->status == TOKEN_STATUS_ACTIVE)
        count_inside(office, lane, token, 1);
    keep_token(office, token, row);
    if (in_line && old != TOKEN_STATUS_WAITING && row->status == TOKEN_STATUS_WAITING)
        waiting_line_append(office, token);
    if (row->status == TOKEN_STATUS_EXPIRED)
        retire_token(office, token);
    else if (in_line)
        token_arm(office, token);
    if (in_line)
        check_state_of_token(office, token);
    return token;
}

/* ---- Incidents ---- */

/* They are the tables' to keep; nobody looks at one again in memory. */
void put_incident(struct office *office, const struct incident *row)
{
    door_append(office, RECORD_KIND_INCIDENT, row);
}

/* ---- The notice ---- */

void put_notice(struct office *office, const struct notice *row)
{
    CHECK(id_is_none(office->notice.id) || id_equal(office->notice.id, row->id));
    door_append(office, RECORD_KIND_NOTICE, row);
    told_change(office, RECORD_KIND_NOTICE, &office->notice, row);
    texts_free_block(office->notice.text_ko);
    office->notice = *row;
}

void remove_notice(struct office *office)
{
    const struct notice row = {.id = office->notice.id, .level = office->notice.level};
    door_append_removed(office, RECORD_KIND_NOTICE, &row);
    told_change(office, RECORD_KIND_NOTICE, &office->notice, &row);
    texts_free_block(office->notice.text_ko);
    office->notice = (struct notice){.id = ID_NONE};
}
