/* The contract of journals, of SQLite's. */
#include "journal_contract.h"

#include "store/sqlite_journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define JOURNAL_FILE "journal.db"

static enum result open_journal(struct fixture *fixture, struct journal **journal)
{
    static char path[128]; /* one journal at a time */
    FILE *file = fopen(fixture_path(fixture, JOURNAL_FILE, path), "ae");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
    return sqlite_journal_open(path, journal, &fixture->explanation);
}

static void by_hand(struct fixture *fixture, const char *sql)
{
    fixture_run(fixture, JOURNAL_FILE, sql);
}

int main(void)
{
    static const struct journal_backend backend = {.open = open_journal, .by_hand = by_hand};
    return journal_contract(&backend);
}
