/* The inside of a loaded configuration, for sessions; tls.h is for everybody else. */
#ifndef USHER_HTTP_TLS_CONFIG_H
#define USHER_HTTP_TLS_CONFIG_H

#include "http/tls.h"
#include "http/tls_ticket.h"

#include <openssl/ssl.h>
#include <stdatomic.h>

struct tls_config {
    atomic_size_t holders;
    SSL_CTX *context;
    BIO_METHOD *socket_method;
    int64_t ends_ms;             /* as tls_config_end has it */
    struct tls_tickets *tickets; /* shared with the configurations that this one follows */
};

#endif
