/* The answer of a function that can fail, below the level of a buyer's refusal. */
#ifndef USHER_BASE_RESULT_H
#define USHER_BASE_RESULT_H

#define MUST_USE __attribute__((warn_unused_result))

enum result {
    RESULT_OK = 0,
    RESULT_NO_MEMORY, /* the allocator said no; nothing was changed */
    RESULT_FULL,      /* a bound was reached; nothing was changed */
    RESULT_MALFORMED, /* the input is not of the documented form */
    RESULT_NOT_FOUND,
    RESULT_BUSY,    /* somebody else holds it */
    RESULT_IO,      /* the disk or the operating system failed */
    RESULT_CORRUPT, /* the data contradicts itself: a gap, a bad checksum */
    RESULT_NEWER,   /* written by a newer version of usher */
    RESULT_OLDER,   /* written by an older one, and not taken up yet */
    RESULT_FOREIGN, /* not usher's data at all */
};

/* The sentence for people that goes with a failure; always NUL-terminated. */
struct explanation {
    char text[512];
};

/* Sets the sentence (printf form, cut to fit) and returns `result`, so a failure is one line. */
enum result explain(struct explanation *explanation, enum result result, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
