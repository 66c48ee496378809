/* Takes in the bodies that make rounds and plans. A round of 200,000 seats is up to 64 MiB of JSON
 * and takes half a second to read: one thread of its own does that, a piece at a time, so that
 * neither the time nor the memory is taken from those who buy. While it has a piece the enquiry is
 * suspended, so its connection reads nothing: one piece of a body is in flight. */
#ifndef USHER_API_IMPORT_H
#define USHER_API_IMPORT_H

#include "base/result.h"
#include "base/worker.h"

#include <stdatomic.h>
#include <stddef.h>

struct enquiry;
struct import;
struct buffer;
struct plan_check;
struct round_plan;
struct stored_text;

/* A body too long to be read before its sender is known: asks the engine whether an organizer sends
 * it, and takes one of the importer's places. */
void import_admit(struct enquiry *enquiry);

/* The next bytes of a body; all of them are taken. May suspend the enquiry, or answer it. */
void import_receive(struct enquiry *enquiry, const void *data, size_t length);

/* The body is there: has it read to its end, and then calls the route's handler, or answers what is
 * wrong with it. */
void import_finish(struct enquiry *enquiry);

/* For the handler: what the body asks for, a round or a plan that is to be stored; the plan that
 * has its seats, which is another once import_stored has read one; and the text of a plan that is
 * to be stored. They live as long as the enquiry. */
const struct round_plan *import_asked(const struct enquiry *enquiry);
const struct round_plan *import_plan(const struct enquiry *enquiry);
const struct stored_text *import_text(const struct enquiry *enquiry);

/* The same: what is odd about a plan that was to be checked. */
const struct plan_check *import_check(const struct enquiry *enquiry);

/* Has a stored plan read, with the prices that the body asks for; `text` lives until `next`, which
 * is the step that follows when the plan is good, and finds it with import_plan. */
void import_stored(struct enquiry *enquiry, const struct buffer *text,
                   void (*next)(struct enquiry *enquiry));

#define IMPORT_BODY_BYTES_MAX ((size_t)64 << 20)
/* In flight of one body: a piece, and what the connection read last. */
#define IMPORT_FLIGHT_BYTES_MAX ((size_t)1 << 20)

/* Bodies that may be coming in or waiting at the same time; each may have 200,000 seats. */
#define IMPORTS_MAX 4

struct importer {
    struct workers workers;
    atomic_size_t taken; /* of IMPORTS_MAX */
};

MUST_USE enum result importer_start(struct importer *importer);

/* Nothing is waiting any more. */
void importer_stop(struct importer *importer);

void importer_leave(struct importer *importer);

void import_release(struct import *import);

#endif
