/* A library to be loaded before a program (LD_PRELOAD) that hashes its passwords with as little
 * work as libsodium allows: hashing takes a fifth of what the tests take of the processor, and most
 * of them only want somebody to be signed in. A hash says how it was made, so verifying one is as
 * quick.
 */
#include <dlfcn.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int hash_call(char text[crypto_pwhash_STRBYTES], const char *password,
                      unsigned long long length, unsigned long long passes, size_t memory);

int crypto_pwhash_str(char text[crypto_pwhash_STRBYTES], const char *const password,
                      unsigned long long length, unsigned long long passes, size_t memory)
{
    (void)passes;
    (void)memory;
    hash_call *real;
    void *found = dlsym(RTLD_NEXT, "crypto_pwhash_str");
    if (found == NULL) {
        fprintf(stderr, "quick_passwords: there is no crypto_pwhash_str\n");
        abort();
    }
    memcpy(&real, &found, sizeof real); /* C has no cast from an object's to a function's address */
    return real(text, password, length, crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN);
}
