/* A number under a name, as the members of a JSON object of numbers are. */
#ifndef USHER_RECORD_NUMBER_BY_NAME_H
#define USHER_RECORD_NUMBER_BY_NAME_H

#include <stdint.h>

struct number_by_name {
    const char *name;
    int64_t number;
};

#endif
