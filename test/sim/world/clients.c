/* See clients.h. */
#include "world/clients.h"

#include "disk/own_memory.h"
#include "world/liveness.h"

#include <stdio.h>
#include <string.h>

/* Sent again so often, then given up. */
#define TRIES_MAX 4

/* Whoever found no server stays away for up to so long. */
#define TURNED_AWAY_MS (5 * SECOND_MS)

/* ---- Life ---- */

void clients_init(struct world *world)
{
    world->clients = own_allocate(world->shape.clients * sizeof *world->clients);
    for (uint32_t i = 0; i < world->shape.clients; i++) {
        struct client *client = &world->clients[i];
        client->index = i;
        client->organizer = i < world->shape.organizers;
        (void)snprintf(client->email, sizeof client->email, "p%u@example.org", (unsigned)i);
        (void)snprintf(client->password, sizeof client->password, "password of %u", (unsigned)i);
    }
}

struct client *client_any(struct world *world)
{
    return &world->clients[chance_below(&world->people, world->shape.clients)];
}

/* Or at the client's last moment, if that comes before. */
static void wake_at(struct world *world, struct client *client, int64_t at)
{
    const bool is_last = client->last_moment > world_now() && client->last_moment < at;
    client->wakes_at = is_last ? client->last_moment : at;
    events_add(&world->events, client->wakes_at, EVENT_WAKE, client->index);
}

static void plan_wake(struct world *world, struct client *client)
{
    const struct shape *shape = &world->shape;
    const int64_t beat = world->phase == PHASE_SAFETY ? shape->beat_ms : LIVENESS_BEAT_MS;
    const int64_t beats = chance_between(&world->people, 1, shape->beats_between_max);
    int64_t at = (world_now() / beat + beats) * beat;
    const int64_t quiet_until =
        client->silent_until > world->sleep_until ? client->silent_until : world->sleep_until;
    if (at < quiet_until)
        at = (quiet_until / beat + beats) * beat;
    wake_at(world, client, at + chance_between(&world->people, 0, shape->jitter_ms));
}

void clients_begin(struct world *world)
{
    for (uint32_t i = 0; i < world->shape.clients; i++)
        plan_wake(world, &world->clients[i]);
}

/* ---- Acting ---- */

static void keep(struct world *world, struct client *client, const struct deed *deed)
{
    const size_t place = client->kept_count < CLIENT_DEEDS_MAX
                             ? client->kept_count++
                             : chance_below(&world->people, CLIENT_DEEDS_MAX);
    client->kept[place] = *deed;
}

void client_do(struct world *world, struct client *client, struct deed *deed)
{
    if (deed_may_carry_key(deed) &&
        chance_hits(&world->people, (uint64_t)world->shape.key_percent, 100)) {
        deed->idempotency = (struct idempotency){
            .present = true,
            .key_hash = (int64_t)(chance_next(&world->people) >> 1),
            .fingerprint = deed_fingerprint(deed),
            .sent_fingerprint = deed_fingerprint(deed),
        };
        keep(world, client, deed);
    }
    errand_send(world, client, deed);
}

bool client_enters(struct world *world, struct client *client)
{
    struct deed deed = {0};
    if (client->session_count > 0)
        return false;
    deed.verb = client->registered  ? VERB_SIGN_IN_FIND
                : client->organizer ? VERB_ORGANIZER_ADD
                                    : VERB_USER_REGISTER;
    memcpy(deed.email, client->email, sizeof deed.email);
    memcpy(deed.name, client->email, sizeof deed.name);
    memcpy(deed.password, client->password, sizeof deed.password);
    errand_send(world, client, &deed);
    return true;
}

static void act(struct world *world, struct client *client)
{
    if (client->gone && world->phase != PHASE_LIVENESS) {
        return;
    } else if (world->phase == PHASE_SIGN_UP) {
        (void)client_enters(world, client);
    } else if (world->phase == PHASE_LIVENESS) {
        liveness_act(world, client);
    } else if (client->session_count > 0 &&
               chance_hits(&world->people, (uint64_t)world->shape.wild_percent, 100)) {
        wild_act(world, client);
    } else if (client->organizer) {
        organizer_act(world, client);
    } else {
        buyer_act(world, client);
    }
}

/* A crowd needs more of its few organizers. */
static uint64_t acts_of(const struct world *world, const struct client *client)
{
    return client->organizer ? 1 + world->shape.clients / 16 : 1;
}

static void do_the_last(struct world *world, struct client *client)
{
    if (id_is_none(client->last_round))
        buyer_cancels(world, client);
    else if (client->inside)
        buyer_holds(world, client, client->last_round);
}

void client_wake(struct world *world, uint32_t index, int64_t at)
{
    struct client *client = &world->clients[index];
    if (client->served || at != client->wakes_at)
        return;
    plan_wake(world, client);
    if (world_now() < world->sleep_until)
        return;
    if (at == client->last_moment)
        do_the_last(world, client);
    if (world_now() < client->silent_until)
        return;
    const uint64_t acts = acts_of(world, client);
    for (uint64_t i = 0; i < acts && !client->served; i++)
        if (client->in_flight < world->shape.in_flight_max * acts)
            act(world, client);
}

/* ---- Learning ---- */

static void drop_session(struct client *client, struct id session_id)
{
    for (size_t i = 0; i < client->session_count; i++)
        if (id_equal(client->sessions[i].session_id, session_id)) {
            client->sessions[i] = client->sessions[--client->session_count];
            return;
        }
}

static bool has_session(const struct client *client, struct id session_id)
{
    for (size_t i = 0; i < client->session_count; i++)
        if (id_equal(client->sessions[i].session_id, session_id))
            return true;
    return false;
}

static void leave_line(struct client *client)
{
    client->token = ID_NONE;
    client->inside = false;
    client->held = ID_NONE;
}

static void learn_token(struct client *client, const struct queue_token *token)
{
    if (!id_equal(token->user_id, client->user_id))
        return;
    const bool live = token->status != TOKEN_STATUS_EXPIRED;
    if (!live && !id_equal(token->id, client->token))
        return;
    client->sated = client->sated && id_equal(token->id, client->token);
    client->token = live ? token->id : ID_NONE;
    client->inside = token->status == TOKEN_STATUS_ACTIVE;
    client->names = live && !id_is_none(token->concert_id);
}

static void learn_reservation(struct client *client, const struct seat_reservation *reservation)
{
    if (!id_equal(reservation->user_id, client->user_id))
        return;
    if (reservation->status == RESERVATION_STATUS_PENDING) {
        client->held = reservation->id;
        client->paid_round = reservation->round_id;
        client->refundable_until = reservation->refundable_until;
    } else if (id_equal(reservation->id, client->held)) {
        client->held = ID_NONE;
    }
    if (reservation->status == RESERVATION_STATUS_CONFIRMED)
        client->paid = reservation->id;
    else if (id_equal(reservation->id, client->paid))
        client->paid = ID_NONE;
}

/* Whether it is the client's own account: others may have taken an e-mail that was given up. */
static bool is_own(const struct client *client, const struct record *record)
{
    return record != NULL && record->as.user.email != NULL &&
           strcmp(record->as.user.email, client->email) == 0 &&
           record->as.user.password_hash != NULL &&
           client->organizer == (record->as.user.role == USER_ROLE_ORGANIZER);
}

/* There is no such account: a change of its e-mail of which nothing is known was done, or else it
 * was erased, and somebody may have the e-mail by now. */
static void learn_not_there(struct world *world, struct client *client)
{
    if (client->other_email[0] != '\0') {
        memcpy(client->email, client->other_email, sizeof client->email);
        client->other_email[0] = '\0';
    } else if (!client->organizer) {
        client->registered = false;
        (void)snprintf(client->email, sizeof client->email, "p%u.%u@example.org",
                       (unsigned)client->index, (unsigned)chance_below(&world->people, 1000000));
    }
}

static void learn_user(struct world *world, struct client *client, const struct errand *errand)
{
    const struct record *record = errand->request.call.record;
    if (!is_own(client, record)) {
        if (strcmp(errand->deed.email, client->email) == 0)
            learn_not_there(world, client);
        return;
    }
    if (!id_equal(client->user_id, record->as.user.id)) {
        /* A new account, with an e-mail that the old one gave up. */
        client->session_count = 0;
        client->paid = ID_NONE;
        leave_line(client);
    }
    client->registered = true;
    client->user_id = record->as.user.id;
    if (errand->deed.verb != VERB_SIGN_IN_FIND)
        return;
    struct deed deed = {.verb = VERB_SESSION_OPEN, .subject = client->user_id};
    (void)snprintf(client->password, sizeof client->password, "%s", record->as.user.password_hash);
    memcpy(deed.verified, client->password, sizeof deed.verified);
    for (size_t i = 0; i < SECRET_BYTES; i++)
        deed.secret.bytes[i] = (uint8_t)chance_next(&world->people);
    errand_send(world, client, &deed);
}

/* By which somebody of the house may ask. */
static void learn_credentials(struct world *world, struct id id, bool is_key,
                              const struct errand *errand)
{
    world->keys[world->keys_told++ % WORLD_KEYS_MAX] = (struct credentials){
        .present = true, .is_key = is_key, .session_id = id, .secret_hash = errand->deed.secret};
}

static void learn_session(struct world *world, struct client *client, const struct errand *errand)
{
    const struct session *session = &errand->request.call.out.session;
    if (id_equal(session->user_id, world->last_staff.user_id))
        learn_credentials(world, session->id, false, errand);
    if (!id_equal(session->user_id, client->user_id))
        return;
    const size_t place = client->session_count < CLIENT_SESSIONS_MAX
                             ? client->session_count++
                             : chance_below(&world->people, CLIENT_SESSIONS_MAX);
    client->sessions[place] = (struct credentials){
        .present = true, .session_id = session->id, .secret_hash = errand->deed.secret};
}

static void learn_change(struct client *client, const struct deed *deed,
                         const struct credentials *used)
{
    if (deed->email[0] != '\0') {
        memcpy(client->email, deed->email, sizeof client->email);
        client->other_email[0] = '\0';
    }
    if (deed->password[0] == '\0')
        return;
    memcpy(client->password, deed->password, sizeof client->password);
    if (!has_session(client, used->session_id))
        return;                  /* of an account that this one was before */
    client->sessions[0] = *used; /* the others ended */
    client->session_count = 1;
}

static void learn_erased(struct client *client, const struct credentials *used)
{
    if (!has_session(client, used->session_id))
        return;
    client->registered = false;
    client->user_id = client->paid = ID_NONE;
    client->other_email[0] = '\0';
    client->session_count = 0;
    leave_line(client);
}

static void learn_id(struct world *world, struct client *client, enum known_kind kind, struct id id)
{
    known_add(&client->known[kind], id, &world->people);
    known_add(&world->known[kind], id, &world->people);
}

void client_aims(struct world *world, struct client *client, timestamp_ms moment,
                 struct id round_id)
{
    const struct shape *shape = &world->shape;
    client->last_moment = world_now() + moment - clock_wall() -
                          chance_between(&world->people, 0, shape->delay_ms_max) -
                          chance_between(&world->people, 0, shape->turn_late_ms_max);
    client->last_round = round_id;
    if (client->last_moment > world_now() && client->last_moment < client->wakes_at)
        wake_at(world, client, client->wakes_at);
}

static void learn_sale(struct world *world, struct client *client, const struct errand *errand)
{
    const struct call *call = &errand->request.call;
    const enum verb verb = errand->deed.verb;
    if (verb == VERB_QUEUE_JOIN || verb == VERB_QUEUE_TOKEN_GET) {
        learn_token(client, &call->out.token.token);
        if (call->created)
            learn_id(world, client, KNOWN_TOKENS, call->out.token.token.id);
    } else if (verb == VERB_QUEUE_LEAVE) {
        if (id_is_none(errand->deed.subject) || id_equal(errand->deed.subject, client->token))
            leave_line(client);
    } else if (verb == VERB_RESERVATION_HOLD || verb == VERB_RESERVATION_GET ||
               verb == VERB_RESERVATION_EXTEND || verb == VERB_RESERVATION_CANCEL) {
        learn_reservation(client, &call->out.reservation.reservation);
        for (size_t i = 0; i < call->out.reservation.ticket_count; i++)
            learn_id(world, client, KNOWN_TICKETS, call->out.reservation.seats[i].ticket_id);
        if (call->created)
            learn_id(world, client, KNOWN_RESERVATIONS, call->out.reservation.reservation.id);
    } else if (verb == VERB_PAYMENT_MAKE) {
        learn_id(world, client, KNOWN_PAYMENTS, call->out.payment.id);
        if (call->out.payment.status == PAYMENT_STATUS_SUCCEEDED) {
            client->paid = call->out.payment.reservation_id;
            if (chance_hits(&world->people, 1, 3))
                client_aims(world, client, client->refundable_until, ID_NONE);
        }
        client->held = ID_NONE;
    }
}

static void learn_done(struct world *world, struct client *client, const struct errand *errand)
{
    const struct call *call = &errand->request.call;
    const enum verb verb = errand->deed.verb;
    if (verb == VERB_ORGANIZER_ADD && !is_own(client, call->record) &&
        call->record->as.user.email[0] == 'w') /* no client takes such an address */
        world->last_organizer = call->record->as.user.id;
    if (verb == VERB_USER_REGISTER || verb == VERB_ORGANIZER_ADD || verb == VERB_SIGN_IN_FIND)
        learn_user(world, client, errand);
    else if (verb == VERB_SESSION_OPEN)
        learn_session(world, client, errand);
    else if (verb == VERB_SESSION_CLOSE)
        drop_session(client, id_is_none(errand->deed.subject) ? call->credentials.session_id
                                                              : errand->deed.subject);
    else if (verb == VERB_SESSION_CLOSE_ALL)
        client->session_count = 0;
    else if (verb == VERB_API_KEY_MAKE)
        learn_credentials(world, call->record->as.api_key.id, true, errand);
    else if (verb == VERB_STAFF_INVITE) {
        world->last_staff.user_id = world->last_reset.user_id = call->out.reset.user_id;
        world->last_staff.password[0] = '\0';
        world->last_reset.secret = errand->deed.secret;
    } else if (verb == VERB_PASSWORD_RESET_TAKE) {
        if (id_equal(errand->deed.subject, world->last_staff.user_id))
            memcpy(world->last_staff.password, errand->deed.password,
                   sizeof world->last_staff.password);
    } else if (verb == VERB_HANDOVER_MAKE) {
        world->last_handover.session_id = call->out.session.id;
        world->last_handover.secret = errand->deed.secret;
    } else if (verb == VERB_PASSWORD_RESET_MAKE) {
        world->last_reset.user_id = errand->deed.subject;
        world->last_reset.secret = errand->deed.secret;
    } else if (verb == VERB_USER_ENSURE)
        world->last_ensured = call->record->as.user.id;
    else if (verb == VERB_USER_CHANGE)
        learn_change(client, &errand->deed, &call->credentials);
    else if (verb == VERB_USER_ERASE) {
        world->last_former = call->caller_id;
        learn_erased(client, &call->credentials);
    } else if (verb == VERB_STAFF_REMOVE)
        world->last_former = errand->deed.subject;
    else if (verb == VERB_CONCERT_CREATE) {
        learn_id(world, client, KNOWN_CONCERTS, call->record->as.concert.id);
        if (!call->replayed)
            organizer_makes_round(world, client, call->record->as.concert.id,
                                  world->phase == PHASE_LIVENESS
                                      ? LIVENESS_ROUND_SECONDS
                                      : world->shape.round_in_seconds_max);
    } else if (verb == VERB_PLAN_MAKE)
        learn_id(world, client, KNOWN_PLANS, call->record->as.plan.id);
    else if (verb == VERB_ROUND_CREATE)
        learn_id(world, client, KNOWN_ROUNDS, call->record->as.concert_round.id);
    else
        learn_sale(world, client, errand);
}

static void learn_refused(struct world *world, struct client *client, const struct errand *errand)
{
    const struct call *call = &errand->request.call;
    const bool own_hold = id_equal(errand->deed.subject, client->held);
    const enum refusal refusal = call->refusal;
    if (refusal == REFUSAL_UNAUTHENTICATED)
        drop_session(client, call->credentials.session_id);
    else if (refusal == REFUSAL_REGISTRATION_CLOSED)
        client->gone = client->gone || (!client->registered && client->session_count == 0);
    else if (refusal == REFUSAL_EMAIL_TAKEN)
        client->registered = client->registered || strcmp(errand->deed.email, client->email) == 0;
    else if (refusal == REFUSAL_QUEUE_TOKEN_REQUIRED)
        leave_line(client);
    else if (refusal == REFUSAL_QUEUE_TOKEN_NOT_ACTIVE)
        client->inside = false;
    else if (refusal == REFUSAL_SEAT_LIMIT || refusal == REFUSAL_HOLD_LIMIT)
        client->sated = true;
    else if (refusal == REFUSAL_BALANCE_LIMIT)
        organizer_met_limit(world, &errand->deed);
    else if (refusal == REFUSAL_INSUFFICIENT_POINTS) {
        client->short_of_points = true;
        learn_id(world, client, KNOWN_PAYMENTS, call->detail.payment_id);
    } else if (refusal == REFUSAL_NOT_FOUND) {
        if (errand->deed.verb == VERB_SESSION_CLOSE)
            drop_session(client, errand->deed.subject);
        if (errand->deed.verb == VERB_QUEUE_TOKEN_GET || errand->deed.verb == VERB_QUEUE_LEAVE)
            leave_line(client);
        if (own_hold)
            client->held = ID_NONE;
    } else if (refusal == REFUSAL_HOLD_EXPIRED || refusal == REFUSAL_RESERVATION_EXPIRED ||
               refusal == REFUSAL_RESERVATION_NOT_PENDING || refusal == REFUSAL_ROUND_CANCELLED) {
        if (own_hold)
            client->held = ID_NONE;
    }
}

/* Nothing is known, or nothing was done: again, perhaps. */
static void learn_nothing(struct world *world, const struct errand *errand)
{
    if (errand->tries < TRIES_MAX && chance_hits(&world->people, 2, 3))
        errand_send_again(world, errand);
}

void client_learn(struct world *world, struct client *client, const struct errand *errand)
{
    const struct call *call = &errand->request.call;
    if (errand->fate == ERRAND_TURNED_AWAY && errand->tries > 1) {
        /* There is no server: whoever was told so twice comes back later. */
        client->silent_until = world_now() + chance_between(&world->people, 0, TURNED_AWAY_MS);
        return;
    }
    if (errand->fate != ERRAND_ANSWERED) {
        learn_nothing(world, errand);
        return;
    }
    const enum refusal refusal = call->refusal;
    if (refusal == REFUSAL_NONE) {
        learn_done(world, client, errand);
        if (client->organizer)
            organizer_learns(world, client, errand);
    } else if (refusal == REFUSAL_OUTCOME_UNKNOWN || refusal == REFUSAL_UNAVAILABLE ||
               refusal == REFUSAL_READ_ONLY || refusal == REFUSAL_BUSY ||
               refusal == REFUSAL_CAPACITY)
        learn_nothing(world, errand);
    else
        learn_refused(world, client, errand);
    if (world->phase == PHASE_LIVENESS)
        liveness_learn(world, client, errand);
}
