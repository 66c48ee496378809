/* See character.h. */
#include "http/character.h"

#define TOKEN CHARACTER_TOKEN
#define VALUE CHARACTER_VALUE
#define TARGET CHARACTER_TARGET
#define ALL (TOKEN | VALUE | TARGET)

const unsigned char character_kinds[256] = {
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
