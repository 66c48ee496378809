/* `usher check`: the invariants on a data directory that nobody serves. */
#include "app/command.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdio.h>

static void print_violation(void *owner, int invariant, const char *text)
{
    (void)owner;
    printf("invariant %d: %s\n", invariant, text);
}

static void print_remark(void *owner, const char *text)
{
    (void)owner;
    printf("remark: %s\n", text);
}

/* Brings the tables up to the journal. */
static enum result book_everything(struct store *store, struct explanation *explanation)
{
    size_t rows;
    do { /* each turn books at least a row of the journal, which ends */
        const enum result result = store_book(store, &rows, explanation);
        if (result != RESULT_OK)
            return result;
    } while (rows > 0);
    return RESULT_OK;
}

static enum result audit_directory(struct store *store, size_t *violations,
                                   struct explanation *explanation)
{
    size_t remarks = 0;
    enum result result = book_everything(store, explanation);
    if (result == RESULT_OK)
        result = store_audit(store, print_violation, NULL, violations, explanation);
    if (result == RESULT_OK)
        result = store_remarks(store, print_remark, NULL, &remarks, explanation);
    return result;
}

static enum command_status check(const struct config *config, const struct command_line *line)
{
    (void)line; /* which takes nothing */
    const char *directory = config->data;
    struct explanation explanation;
    struct store *store;
    const struct store_options options = {.directory = directory, .must_exist = true};
    if (store_open(&store, &options, &explanation) != RESULT_OK)
        return command_failed(&explanation);
    size_t violations = 0;
    const enum result result = audit_directory(store, &violations, &explanation);
    const uint64_t seq = store_booked_seq(store);
    store_close(store);
    if (result != RESULT_OK)
        return command_failed(&explanation);
    if (violations > 0) {
        printf("usher: %s: %zu violations up to batch %" PRIu64 "\n", directory, violations, seq);
        return COMMAND_FAILED;
    }
    printf("usher: %s: nothing wrong up to batch %" PRIu64 "\n", directory, seq);
    return COMMAND_DONE;
}

enum command_status command_check(int argument_count, char *const *arguments)
{
    struct command_line line = {0};
    return command_perform(&line, argument_count, arguments, check);
}
