/* See progress.h. */
#include "app/rehearse/progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CELLS 50 /* with the rest of the line, well within 80 columns */

void progress_begin(struct progress *progress)
{
    *progress = (struct progress){.shown = isatty(STDERR_FILENO) == 1, .percent = -1};
}

bool progress_tell(void *owner, unsigned percent)
{
    struct progress *progress = owner;
    if (!progress->shown || (int)percent == progress->percent)
        return true;
    progress->percent = (int)percent;
    char cells[CELLS + 1];
    memset(cells, ' ', CELLS);
    memset(cells, '#', (size_t)percent * CELLS / 100);
    cells[CELLS] = '\0';
    fprintf(stderr, "\rrehearsing [%s] %3u %%", cells, percent);
    return true;
}

void progress_end(struct progress *progress)
{
    if (progress->percent >= 0)
        fputs("\r\033[K", stderr);
    progress->percent = -1;
}
