/* The doors, one a kind of row: how a row's new image becomes live state. A door appends the image
 * to the batch, because of office->why (while loading, nothing is appended), installs it, and keeps
 * the indexes, the deadlines and the lists. It takes the objects that the row is of and that it
 * names, which its caller holds, and looks nothing up; NULL for the row's own object makes one.
 * Objects, and room in indexes, heaps and the batch, were reserved before (*_reserve); an image's
 * texts are in a block of the office's own (texts_own). Which state follows which is checked here
 * (moves.def); all else is the verbs' to decide. */
#ifndef USHER_OFFICE_DOOR_H
#define USHER_OFFICE_DOOR_H

#include "office/office.h"

struct held_seat;
struct live_api_key;
struct live_concert;
struct live_key;
struct live_lane;
struct live_payment;
struct live_plan;
struct live_reservation;
struct live_round;
struct live_seat;
struct live_reset;
struct live_session;
struct live_ticket;
struct live_token;
struct live_user;

/* The house changes many times a batch, and its row goes there once: from put_house on the batch is
 * owed it (office->house_owed), until it settles. */
void put_house(struct office *office, const struct house *row);
void put_house_settled(struct office *office);

/* `texts`: the row's, packed (user_texts_pack); the user has them from here. */
struct live_user *put_user(struct office *office, struct live_user *user, const struct user *row,
                           char *texts);
void put_point_account(struct office *office, struct live_user *user,
                       const struct point_account *row);
void put_point_entry(struct office *office, const struct point_entry *row);
void put_incident(struct office *office, const struct incident *row);
void put_notice(struct office *office, const struct notice *row);
void remove_notice(struct office *office);
void put_action(struct office *office, const struct action *row);
struct live_session *put_session(struct office *office, struct live_session *session,
                                 struct live_user *user, const struct session *row);
void remove_session(struct office *office, struct live_session *session);
struct live_api_key *put_api_key(struct office *office, struct live_api_key *key,
                                 struct live_user *user, const struct api_key *row);
void remove_api_key(struct office *office, struct live_api_key *key);
struct live_reset *put_reset(struct office *office, struct live_reset *reset,
                             const struct password_reset *row);
void remove_reset(struct office *office, struct live_reset *reset);
struct live_key *put_key(struct office *office, struct live_key *key, struct live_user *user,
                         const struct idempotency_key *row);
void remove_key(struct office *office, struct live_key *key);

struct live_plan *put_plan(struct office *office, struct live_plan *plan, const struct plan *row);
void remove_plan(struct office *office, struct live_plan *plan);
void put_plan_piece(struct office *office, const struct live_plan *plan,
                    const struct plan_piece *row);
void remove_plan_piece(struct office *office, const struct live_plan *plan, int64_t position);

struct live_concert *put_concert(struct office *office, struct live_concert *concert,
                                 const struct concert *row);
void remove_concert(struct office *office, struct live_concert *concert);
struct live_round *put_round(struct office *office, struct live_round *round,
                             struct live_concert *concert, const struct concert_round *row);
void remove_round(struct office *office, struct live_round *round);
struct live_seat *put_seat(struct office *office, struct live_seat *seat, struct live_round *round,
                           const struct seat *row);
void remove_seat(struct office *office, struct live_seat *seat);

struct live_token *put_token(struct office *office, struct live_token *token,
                             struct live_user *user, struct live_lane *lane,
                             const struct queue_token *row);

/* `reservation`, NULL only while loading: it comes after its payment. */
struct live_payment *put_payment(struct office *office, struct live_payment *payment,
                                 struct live_reservation *reservation, const struct payment *row);
struct live_reservation *put_reservation(struct office *office,
                                         struct live_reservation *reservation,
                                         struct live_user *user, struct live_round *round,
                                         const struct seat_reservation *row);
void put_reservation_seat(struct office *office, struct live_reservation *reservation,
                          struct live_seat *seat, const struct reservation_seat *row);
/* Of a seat that the reservation has; the ticket has the row's holder_name from here. */
void put_ticket(struct office *office, struct live_reservation *reservation, struct held_seat *held,
                const struct ticket *row);

/* ---- What all doors do; for them alone ---- */

/* Appends the image; of a removed row only the key. */
void door_append(struct office *office, enum record_kind kind, const void *row);
void door_append_removed(struct office *office, enum record_kind kind, const void *row);

/* Loaded rows may begin anywhere, and were held against those before them (fit.c). */
void door_check_beginning(const struct office *office, enum record_kind kind, int state);
void door_check_move(const struct office *office, enum record_kind kind, int from, int to);

#endif
