/* The files of a program that is built without its pages. */
#include "web/web.h"

const struct web_file *web_files(size_t *count)
{
    *count = 0;
    return NULL;
}
