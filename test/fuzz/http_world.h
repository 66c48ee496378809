/* A whole usher for the fuzz target of requests and the tests of streams and drains: store, engine
 * and HTTP server on a temporary directory, with people who are signed in and things that can be
 * asked about. What requests do to it stays until it is closed. */
#ifndef USHER_TEST_FUZZ_HTTP_WORLD_H
#define USHER_TEST_FUZZ_HTTP_WORLD_H

#include "api/api.h"
#include "api/credentials.h"
#include "base/id.h"

struct http_person {
    struct id user_id;
    struct credentials credentials;
    char token[SESSION_TOKEN_CHARACTERS + 1];
};

struct http_world {
    char directory[4096];
    struct store *store;
    struct engine *engine;
    struct api *api;
    struct http_server *server; /* the API's */
    struct http_person boss, buyer;
    struct id concert_id, round_id, seat_ids[3], token_id, reservation_id, paid_id, payment_id;
};

void http_world_open(struct http_world *world);

/* Ends it, and checks what is in its books. */
void http_world_close(struct http_world *world);

/* Makes a socket one of the server's connections, as if it had been accepted. Takes it over. */
void http_world_connect(struct http_world *world, int connection);

/* Writes the input with the names of things in their place: $boss and $buyer are session tokens,
 * $user, $concert, $round, $seat, $other, $token, $reservation, $paid and $payment ids; $length is
 * the number of bytes after the first empty line. What does not fit into `bytes_max` is cut off.
 * Returns the length. */
size_t http_world_expand(const struct http_world *world, const uint8_t *data, size_t size,
                         uint8_t *bytes, size_t bytes_max);

#endif
