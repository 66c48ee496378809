/* The ordinary test of a fuzz target: every file of the directories that are named goes through it,
 * in the order of their names, as a line of TAP each. Needs no libFuzzer. */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

/* No input that is kept is larger. */
#define INPUT_BYTES_MAX ((size_t)1 << 20)

/* Reads a file and runs it; the copy is as long as the input, so that reading past it is noticed.
 */
static void run(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = malloc(INPUT_BYTES_MAX);
    CHECK(file != NULL && bytes != NULL);
    const size_t length = fread(bytes, 1, INPUT_BYTES_MAX, file);
    CHECK(ferror(file) == 0 && fclose(file) == 0);
    CHECK(length < INPUT_BYTES_MAX);
    uint8_t *input = malloc(length == 0 ? 1 : length);
    CHECK(input != NULL);
    memcpy(input, bytes, length);
    free(bytes);
    CHECK(LLVMFuzzerTestOneInput(input, length) == 0);
    free(input);
}

static int is_input(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* Runs a directory's files; returns how many came before and in it. */
static int run_directory(const char *directory, int count)
{
    struct dirent **entries;
    const int found = scandir(directory, &entries, is_input, alphasort);
    CHECK(found >= 0);
    for (int i = 0; i < found; i++) {
        char path[4096];
        const int length = snprintf(path, sizeof path, "%s/%s", directory, entries[i]->d_name);
        CHECK(length > 0 && (size_t)length < sizeof path);
        run(path);
        printf("ok %d - %s\n", ++count, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return count;
}

int main(int argument_count, char **arguments)
{
    int count = 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 1; i < argument_count; i++)
        count = run_directory(arguments[i], count);
    printf("1..%d\n", count);
    return count > 0 ? 0 : 1; /* a corpus that is gone is a failure */
}
