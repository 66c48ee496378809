/* Accept-Encoding: what is chosen is offered, and depends on no more than the bytes. */
#include "fuzz.h"

#include "base/check.h"
#include "http/coding.h"

#include <stdlib.h>
#include <string.h>

#define ACCEPT_BYTES_MAX 512

/* With one more element that names none of ours. */
static void check_stranger(const char *accept, unsigned offered, enum coding chosen)
{
    char longer[ACCEPT_BYTES_MAX + sizeof ", zstd;q=1"];
    (void)strcpy(longer, accept);
    (void)strcat(longer, ", zstd;q=1");
    CHECK(coding_choose(longer, offered) == chosen);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char accept[ACCEPT_BYTES_MAX];
    if (size >= sizeof accept || memchr(data, '\0', size) != NULL)
        return 0;
    memcpy(accept, data, size);
    accept[size] = '\0';
    CHECK(coding_choose(accept, 0) == CODING_IDENTITY);
    for (unsigned offered = 0; offered < 1u << CODING_COUNT; offered++) {
        const enum coding chosen = coding_choose(accept, offered);
        CHECK(chosen == CODING_IDENTITY || (offered >> chosen & 1) != 0);
        CHECK(chosen == coding_choose(accept, offered | 1u << CODING_IDENTITY));
        check_stranger(accept, offered, chosen);
    }
    return 0;
}
