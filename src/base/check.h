/* Checks that stay on in production: a failed one is a bug in usher, never bad input. */
#ifndef USHER_BASE_CHECK_H
#define USHER_BASE_CHECK_H

/* Prints where and what failed on standard error and aborts: the journal is the truth, and a
 * process that no longer understands its own state must not write to it. */
_Noreturn void check_failed(const char *file, int line, const char *what);

#define CHECK(condition) ((condition) ? (void)0 : check_failed(__FILE__, __LINE__, #condition))

/* A place that no input can lead to. */
#define UNREACHABLE(what) check_failed(__FILE__, __LINE__, "unreachable: " what)

#endif
