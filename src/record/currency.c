/* See currency.h. */
#include "record/currency.h"

#include <stddef.h>
#include <string.h>

static const struct {
    char code[4];
    int digits;
} currencies[] = {
#define CURRENCY(name, after_point) {.code = #name, .digits = after_point},
#include "record/currency.def"
};

bool currency_find(const char *code, int *digits)
{
    for (size_t i = 0; i < sizeof currencies / sizeof currencies[0]; i++) {
        if (strcmp(currencies[i].code, code) == 0) {
            *digits = currencies[i].digits;
            return true;
        }
    }
    return false;
}
