/* The API's objects as JSON: which fields of a row the world may see, and what stands beside them.
 */
#ifndef USHER_API_SHOW_H
#define USHER_API_SHOW_H

#include "engine/engine.h"
#include "json/write.h"

/* Each writes one value. `clock`: by what the deadlines of a queue token or reservation are shown,
 * as it came with the answer to the request that asked for it. */
void show_user(struct json_writer *writer, const struct user *user);
void show_points(struct json_writer *writer, const struct point_account *account);
void show_entry(struct json_writer *writer, const struct point_entry *entry);
void show_concert(struct json_writer *writer, const struct concert *concert);
void show_round(struct json_writer *writer, const struct concert_round *round, int64_t available);
void show_seat(struct json_writer *writer, const struct seat *seat, enum seat_status status);
void show_token(struct json_writer *writer, const struct token_view *view,
                const struct shown_clock *clock);
void show_reservation(struct json_writer *writer, const struct reservation_view *view,
                      const struct shown_clock *clock);
void show_payment(struct json_writer *writer, const struct payment *payment);
void show_queue(struct json_writer *writer, const struct queue_view *view);

#endif
