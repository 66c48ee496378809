/* A running server: what `serve` and `demo` share. */
#ifndef USHER_APP_SERVE_H
#define USHER_APP_SERVE_H

#include "api/api.h"
#include "app/box_office.h"

/* Makes the signals that a server acts on wait for serve_run, and the others harmless. Before the
 * first thread starts: threads inherit it. */
void serve_block_signals(void);

struct serve_hooks {
    void *owner;
    /* Before the first request is answered; or NULL. */
    enum result (*prepare)(void *owner, struct box_office *office, struct explanation *explanation);
    /* Before the engine stops, also where `prepare` failed or was not called; or NULL. */
    void (*finish)(void *owner);
    /* After the line that says where it listens; or NULL. */
    void (*ready)(void *owner, const char *url);
    /* SIGHUP ends it, as the terminal's closing does. Otherwise that reads the certificate again.
     */
    bool ends_with_terminal;
    /* The directory is removed afterwards: its tables need not be complete, and the stop may take
     * as long as it does. */
    bool is_temporary;
};

/* Opens the directory, serves until a signal comes, and closes everything. */
MUST_USE enum result serve_run(const struct config *config, const char *directory,
                               const struct serve_hooks *hooks, struct explanation *explanation);

#endif
