/* Hashing and verifying passwords (argon2id) on threads that give way to everybody else, behind a
 * bounded line, so that signing in never slows selling. */
#ifndef USHER_ENGINE_PASSWORDS_H
#define USHER_ENGINE_PASSWORDS_H

#include "base/worker.h"
#include "engine/engine.h"

#define PASSWORD_THREADS_MAX WORKERS_MAX

struct passwords {
    struct workers workers;
};

/* On a failure, too, passwords_stop is owed. */
MUST_USE enum result passwords_start(struct passwords *passwords, size_t count,
                                     struct explanation *explanation);

/* Takes no more jobs and gives those in line back as failed: nobody waits for a server that stops.
 */
void passwords_drain(struct passwords *passwords);

/* Ends the threads after the jobs that they are at, and gives the jobs in line back as failed. Fine
 * for zeroed passwords. */
void passwords_stop(struct passwords *passwords);

/* RESULT_FULL: the line is full, or closed. */
MUST_USE enum result passwords_ask(struct passwords *passwords, struct password_job *job);

#endif
