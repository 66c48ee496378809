/* A library to be loaded before a program (LD_PRELOAD) that takes the sync out of SQLite's commits:
 * where the program asks for synchronous = FULL, it gets NORMAL, which in WAL mode syncs the log at
 * checkpoints only. For the control of the power cuts: with this, they must find lost work. */
#include <dlfcn.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Longer statements than usher's pragmas are handed on as they are. */
#define SQL_BYTES_MAX 1024

static const char careful[] = "synchronous = FULL";
static const char careless[] = "synchronous = NORMAL";

typedef int exec_call(sqlite3 *db, const char *sql, int (*row)(void *, int, char **, char **),
                      void *owner, char **error);

static exec_call *real_exec(void)
{
    exec_call *call;
    void *found = dlsym(RTLD_NEXT, "sqlite3_exec");
    if (found == NULL) {
        fprintf(stderr, "careless_commit: there is no sqlite3_exec\n");
        abort();
    }
    memcpy(&call, &found, sizeof call); /* C has no cast from an object's to a function's address */
    return call;
}

int sqlite3_exec(sqlite3 *db, const char *sql, int (*row)(void *, int, char **, char **),
                 void *owner, char **error)
{
    char changed[SQL_BYTES_MAX + sizeof careless];
    const char *at = strstr(sql, careful);
    if (at == NULL || strlen(sql) > SQL_BYTES_MAX)
        return real_exec()(db, sql, row, owner, error);
    const int before = (int)(at - sql);
    const int length =
        snprintf(changed, sizeof changed, "%.*s%s%s", before, sql, careless, at + strlen(careful));
    if (length < 0 || (size_t)length >= sizeof changed)
        abort(); /* it is longer by two characters at the most */
    return real_exec()(db, changed, row, owner, error);
}
