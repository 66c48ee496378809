/* Loaded before a client that cannot choose its own address (LD_PRELOAD): its IPv4 connections come
 * from the one that BENCH_FROM names. */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

typedef int connect_function(int, const struct sockaddr *, socklen_t);

/* As connect(2). */
int connect(int socket, const struct sockaddr *address, socklen_t length)
{
    connect_function *real = (connect_function *)dlsym(RTLD_NEXT, "connect");
    const char *text = getenv("BENCH_FROM");
    struct sockaddr_in own = {.sin_family = AF_INET};
    const int one = 1;
    if (real == NULL || text == NULL || inet_pton(AF_INET, text, &own.sin_addr) != 1) {
        errno = EADDRNOTAVAIL;
        return -1;
    }
    /* The port is picked when both addresses are known, so that each address has all of them. */
    if (address->sa_family == AF_INET &&
        (setsockopt(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one) != 0 ||
         bind(socket, (const struct sockaddr *)&own, sizeof own) != 0))
        return -1;
    return real(socket, address, length);
}
