/* See character.h. */
#include "http/character.h"

enum kind {
    TOKEN = 1,
    VALUE = 2,
    TARGET = 4,
};

#define ALL (TOKEN | VALUE | TARGET)

static const unsigned char kinds[256] = {
    ['\t'] = VALUE,
    [' '] = VALUE,
    ['!'] = ALL,
    ['"'] = VALUE | TARGET,
    ['#'] = TOKEN | VALUE,
    ['$' ... '\''] = ALL,
    ['(' ... ')'] = VALUE | TARGET,
    ['*' ... '+'] = ALL,
    [','] = VALUE | TARGET,
    ['-' ... '.'] = ALL,
    ['/'] = VALUE | TARGET,
    ['0' ... '9'] = ALL,
    [':' ... '@'] = VALUE | TARGET,
    ['A' ... 'Z'] = ALL,
    ['[' ... ']'] = VALUE | TARGET,
    ['^' ... 'z'] = ALL,
    ['{'] = VALUE | TARGET,
    ['|'] = ALL,
    ['}'] = VALUE | TARGET,
    ['~'] = ALL,
    [0x80 ... 0xff] = VALUE,
};

bool is_token_character(char c)
{
    return (kinds[(unsigned char)c] & TOKEN) != 0;
}

bool is_value_character(char c)
{
    return (kinds[(unsigned char)c] & VALUE) != 0;
}

bool is_target_character(char c)
{
    return (kinds[(unsigned char)c] & TARGET) != 0;
}
