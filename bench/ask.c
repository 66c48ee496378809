/* The requests that several works make; see work.h. */
#include "work.h"

struct span errand_token(const struct props *props, const struct errand *errand)
{
    return line_first(props->people.lines[errand->number % props->people.count]);
}

void ask_join(const struct props *props, const struct errand *errand, struct request *request)
{
    request_begin(request, SPAN("POST /v1/queue/tokens"), errand_token(props, errand));
    request_add(request, SPAN("Content-Length: 0\r\n"));
    request_end(request);
}

void ask_poll(const struct props *props, const struct errand *errand, struct request *request)
{
    request_begin(request, SPAN("GET /v1/queue/tokens/current"), errand_token(props, errand));
    request_end(request);
}

/* All seats are of the first one's round. */
static void write_hold(const struct props *props, const size_t *seats, size_t count,
                       struct request *body)
{
    body->length = 0;
    request_add(body, SPAN("{\"roundId\":\""));
    request_add(body, line_first(props->seats.lines[seats[0]]));
    request_add(body, SPAN("\",\"seatIds\":["));
    for (size_t i = 0; i < count; i++) {
        request_add(body, i == 0 ? SPAN("\"") : SPAN(",\""));
        request_add(body, line_second(props->seats.lines[seats[i]]));
        request_add(body, SPAN("\""));
    }
    request_add(body, SPAN("]}"));
}

void ask_hold(const struct props *props, const struct errand *errand, const size_t *seats,
              size_t count, struct request *request)
{
    struct request body;
    write_hold(props, seats, count, &body);
    request_begin(request, SPAN("POST /v1/reservations"), errand_token(props, errand));
    request_end_with(request, &body);
}

void ask_hold_with_key(const struct props *props, const struct errand *errand, size_t seat,
                       struct request *request)
{
    struct request body;
    write_hold(props, &seat, 1, &body);
    request_begin(request, SPAN("POST /v1/reservations"), errand_token(props, errand));
    request_add(request, SPAN("Idempotency-Key: "));
    request_add_number(request, errand->number);
    request_add(request, SPAN("\r\n"));
    request_end_with(request, &body);
}

void ask_best_seat(const struct props *props, const struct errand *errand, size_t seat,
                   struct request *request)
{
    struct request body;
    body.length = 0;
    request_add(&body, SPAN("{\"roundId\":\""));
    request_add(&body, line_first(props->seats.lines[seat]));
    request_add(&body, SPAN("\",\"bestAvailable\":{\"count\":1}}"));
    request_begin(request, SPAN("POST /v1/reservations"), errand_token(props, errand));
    request_end_with(request, &body);
}

void ask_payment(const struct props *props, const struct errand *errand, struct request *request)
{
    struct request body;
    body.length = 0;
    request_add(&body, SPAN("{\"reservationId\":\""));
    request_add(&body, (struct span){errand->reservation_id, strlen(errand->reservation_id)});
    request_add(&body, SPAN("\"}"));
    request_begin(request, SPAN("POST /v1/payments"), errand_token(props, errand));
    request_end_with(request, &body);
}
