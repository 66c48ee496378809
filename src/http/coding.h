/* Content codings of answers, and which of them a client takes (RFC 9110, 8.4.1 and 12.5.3). */
#ifndef USHER_HTTP_CODING_H
#define USHER_HTTP_CODING_H

enum coding { CODING_IDENTITY, CODING_GZIP, CODING_BROTLI, CODING_COUNT };

/* As Content-Encoding names it; NULL: of CODING_IDENTITY, which has no header. */
const char *coding_name(enum coding coding);

/* The coding to answer with, of those in `offered` (a bit each; identity counts as offered): the
 * one that the client likes best, and of equals the one that is smallest as a rule, which is the
 * last in the enumeration. `accept` is the value of Accept-Encoding, NULL when it was not sent.
 * What is not well formed in it is not taken. A client that refuses identity too is answered with
 * identity: that it may be able to read; a refusal it can't. */
enum coding coding_choose(const char *accept, unsigned offered);

#endif
