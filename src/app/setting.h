/* One setting or command option: its text, what it may be, and its place in a struct. */
#ifndef USHER_APP_SETTING_H
#define USHER_APP_SETTING_H

#include "base/result.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum setting_type {
    SETTING_TYPE_TEXT,    /* const char *: the text itself */
    SETTING_TYPE_ADDRESS, /* const char *: an IPv4 address or an IPv6 one in brackets, ':', port */
    SETTING_TYPE_ADDRESSES, /* const char *: addresses and prefixes between commas */
    SETTING_TYPE_ORIGINS,   /* const char *: origins between commas */
    SETTING_TYPE_ORIGIN,    /* const char *: http:// or https://, a host, perhaps a port */
    SETTING_TYPE_ZONE,      /* const char *: an IANA time zone's name */
    SETTING_TYPE_CURRENCY,  /* const char *: the code of a currency (record/currency.h) */
    SETTING_TYPE_TOP_UP,    /* const char *: an address with {user}, {amount} and {back} in it */
    SETTING_TYPE_COUNT,     /* int64_t: decimal digits */
    SETTING_TYPE_THREADS,   /* int64_t: a count, or "auto", which is THREADS_AUTO */
    SETTING_TYPE_DOOR,      /* bool: "open" is true, "closed" false */
    SETTING_TYPE_TOGGLE,    /* bool: "on" is true, "off" false */
    SETTING_TYPE_SWITCH,    /* bool: a flag without a value; only for a command's own options */
};

#define SETTING_C_TEXT const char *
#define SETTING_C_ADDRESS const char *
#define SETTING_C_ADDRESSES const char *
#define SETTING_C_ORIGINS const char *
#define SETTING_C_ORIGIN const char *
#define SETTING_C_ZONE const char *
#define SETTING_C_CURRENCY const char *
#define SETTING_C_TOP_UP const char *
#define SETTING_C_COUNT int64_t
#define SETTING_C_THREADS int64_t
#define SETTING_C_DOOR bool
#define SETTING_C_TOGGLE bool
#define SETTING_C_SWITCH bool

#define THREADS_AUTO 0

struct setting {
    const char *name; /* with '_' between words */
    enum setting_type type;
    size_t offset;          /* of its value in the struct of values */
    const char *preset;     /* the default as text; "": none, the value stays zero */
    int64_t least, most;    /* of a number; of a text, the characters */
    const char *value_name; /* for --help */
    const char *help;
};

#define SETTING_NAME_MAX 40

/* Writes the name as users write it, with '-' between words. */
void setting_name(const struct setting *setting, char name[static SETTING_NAME_MAX]);

/* Writes the name as the environment has it: USHER_HOLD_SECONDS. */
#define SETTING_VARIABLE_MAX (SETTING_NAME_MAX + 6)
void setting_variable(const struct setting *setting, char name[static SETTING_VARIABLE_MAX]);

/* The setting of that name as users write it, or NULL. */
const struct setting *setting_find(const struct setting *settings, size_t count, const char *name,
                                   size_t length);

/* Reads `text` into the struct at `values`, where text must live as long. RESULT_MALFORMED:
 * `explanation` says what the value must be, to go after the setting's name. */
MUST_USE enum result setting_read(const struct setting *setting, const char *text, void *values,
                                  struct explanation *explanation);

/* The value as people write it; NULL: a text that is not set. `number` is for digits. */
#define SETTING_NUMBER_BYTES 24
const char *setting_text(const struct setting *setting, const void *values,
                         char number[static SETTING_NUMBER_BYTES]);

/* What is said of it after its help: its range, its default, and, with `live`, that a running
 * server takes a change of it. Empty where there is nothing to say. */
#define SETTING_NOTE_BYTES 128
void setting_note(const struct setting *setting, bool live, char note[static SETTING_NOTE_BYTES]);

/* Prints the flag, its help and its note, wrapped for a terminal of 80 columns. */
void setting_print_help(const struct setting *setting, bool live, FILE *file);

#endif
