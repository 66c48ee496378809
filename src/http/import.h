/* Reads the seats of new rounds. A round of 200,000 seats is up to 64 MiB of JSON and takes a
 * second to read: one thread of its own does that, one body at a time, so that neither the time nor
 * the memory is taken from those who buy. */
#ifndef USHER_HTTP_IMPORT_H
#define USHER_HTTP_IMPORT_H

#include "base/result.h"
#include "base/worker.h"
#include "office/office.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct exchange;

/* A body too long to be read before it is known that an organizer sends it: asks the engine who
 * does, and takes one of the importer's places. */
void import_admit(struct exchange *exchange);

#define IMPORT_BODY_BYTES_MAX ((size_t)64 << 20)
/* Bodies that may be coming in or waiting at the same time; each may take 64 MiB. */
#define IMPORTS_MAX 4

/* What was read: a round to be made. */
struct import {
    struct exchange *exchange;
    enum refusal refusal; /* of the body's form */
    timestamp_ms start_time;
    struct seat_plan *seats;
    size_t seat_count;
    char *texts; /* of the seats */
};

struct importer {
    struct workers workers;
    atomic_size_t taken; /* of IMPORTS_MAX */
};

MUST_USE enum result importer_start(struct importer *importer);

/* Nothing is waiting any more. */
void importer_stop(struct importer *importer);

/* Takes one of the IMPORTS_MAX places; false: all are taken. */
bool importer_enter(struct importer *importer);
void importer_leave(struct importer *importer);

void import_release(struct import *import);

#endif
