/* A TLS client for tests, and the certificate that their server shows it. Who the server is, it
 * does not look at. */
#ifndef USHER_TEST_HTTP_TLS_CLIENT_H
#define USHER_TEST_HTTP_TLS_CLIENT_H

#include <openssl/ssl.h>

/* Writes a key and a certificate that it signs itself. */
void tls_client_write_certificate(const char *certificate_file, const char *key_file);

/* Shakes hands over a connected socket, which blocks. SSL_free is the caller's; the socket stays.
 */
SSL *tls_client_connect(int socket);

#endif
