/* The floor that usher's answers are measured against: libmicrohttpd with a constant answer, set up
 * as usher sets it up. Usage: floor THREADS STATUS BODY-BYTES; prints its port, ends when standard
 * input does. */
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define THREADS_MAX 64
#define BODY_MAX 65536

struct constant {
    struct MHD_Response *response;
    unsigned status;
};

static enum MHD_Result answer(void *owner, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_bytes, void **state)
{
    (void)url;
    (void)method;
    (void)version;
    (void)upload;
    if (*state == NULL) {
        *state = owner; /* the headers were read; the answer comes with the end of the body */
        return MHD_YES;
    }
    if (*upload_bytes > 0) {
        *upload_bytes = 0;
        return MHD_YES;
    }
    const struct constant *constant = owner;
    return MHD_queue_response(connection, constant->status, constant->response);
}

int main(int argc, char **argv)
{
    static char body[BODY_MAX];
    const unsigned long threads = argc == 4 ? strtoul(argv[1], NULL, 10) : 0;
    const unsigned long status = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;
    const unsigned long bytes = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
    if (threads < 1 || threads > THREADS_MAX || status < 200 || status > 599 || bytes > BODY_MAX) {
        fprintf(stderr, "usage: floor THREADS STATUS BODY-BYTES\n");
        return 2;
    }
    memset(body, 'x', sizeof body);
    struct constant constant = {
        .response = MHD_create_response_from_buffer(bytes, body, MHD_RESPMEM_PERSISTENT),
        .status = (unsigned)status,
    };
    if (constant.response == NULL ||
        MHD_add_response_header(constant.response, "Content-Type", "application/json") != MHD_YES)
        return 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct MHD_OptionItem options[] = {
        {MHD_OPTION_SOCK_ADDR, 0, &address},
        {threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, (intptr_t)threads, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, answer, &constant,
                         MHD_OPTION_ARRAY, options, MHD_OPTION_END);
    if (daemon == NULL)
        return 1;
    printf("%u\n", (unsigned)MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    char byte;
    while (read(STDIN_FILENO, &byte, 1) > 0)
        continue;
    MHD_stop_daemon(daemon);
    MHD_destroy_response(constant.response);
    return 0;
}
