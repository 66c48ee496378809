/* What people are told, in each of the house's languages, in memory of its own. */
#ifndef USHER_READ_TOLD_TEXTS_H
#define USHER_READ_TOLD_TEXTS_H

#include "record/limit.h"

struct told_texts {
    char ko[TOLD_BYTES_MAX + 1], en[TOLD_BYTES_MAX + 1];
};

/* Copies both texts, which are no longer than a told one may be. */
void told_texts_set(struct told_texts *told, const char *ko, const char *en);

#endif
