/* See control_client.h. */
#include "app/control_client.h"

#include "app/control_socket.h"
#include "base/check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* For a server that is stopped (SIGSTOP), and for one whose disk keeps a change waiting; a check is
 * given up after a minute. */
#define ASK_SECONDS 75

/* "refused ", a length and the end of a line fit. */
#define HEAD_BYTES_MAX 32

static enum result give_up_asking(const char *directory, struct explanation *explanation)
{
    return explain(explanation, RESULT_IO, "the server of %s does not answer%s", directory,
                   errno == EAGAIN ? ", though it is there" : "");
}

static enum result send_request(int connection, const struct control_request *request,
                                const char *directory, struct explanation *explanation)
{
    struct buffer bytes;
    buffer_init(&bytes, CONTROL_REQUEST_BYTES_MAX);
    enum result result = control_request_write(request, &bytes);
    if (result != RESULT_OK)
        (void)explain(explanation, result, "a value has an end of a line in it, or is too long");
    /* The buffer of a socket takes it whole. */
    else if (send(connection, bytes.data, bytes.length, MSG_NOSIGNAL) != (ssize_t)bytes.length &&
             errno != EPIPE) /* who was refused at the door reads why */
        result = give_up_asking(directory, explanation);
    if (bytes.data != NULL)
        explicit_bzero(bytes.data, bytes.length);
    buffer_release(&bytes);
    return result;
}

/* All that comes until the server closes. */
static enum result receive_answer(int connection, struct buffer *out, const char *directory,
                                  struct explanation *explanation)
{
    char part[16384];
    ssize_t count;
    errno = 0;
    while ((count = recv(connection, part, sizeof part, 0)) > 0) { /* up to the buffer's bound */
        if (buffer_reserve(out, (size_t)count) != RESULT_OK)
            return explain(explanation, RESULT_IO, "the server of %s says too much", directory);
        buffer_append(out, part, (size_t)count);
    }
    /* What was sent before the connection was reset is an answer. */
    if (count < 0 && !(errno == ECONNRESET && out->length > 0))
        return give_up_asking(directory, explanation);
    return RESULT_OK;
}

/* A server from before there were questions says its status to whoever comes. */
static enum result misunderstood(const char *directory, struct explanation *explanation)
{
    return explain(explanation, RESULT_OLDER,
                   "the server of %s is of another version of usher than this program, and does "
                   "not understand it",
                   directory);
}

/* Parts the head from what it is of. */
static enum result read_answer(const struct buffer *whole, struct buffer *answer,
                               const char *directory, struct explanation *explanation)
{
    char head[HEAD_BYTES_MAX + 1];
    const char *bytes = (const char *)whole->data;
    const char *end = memchr(bytes, '\n', whole->length);
    const size_t head_length = end == NULL ? 0 : (size_t)(end - bytes);
    if (head_length == 0 || head_length > HEAD_BYTES_MAX)
        return misunderstood(directory, explanation);
    memcpy(head, bytes, head_length);
    head[head_length] = '\0';
    const bool good = strncmp(head, "ok ", 3) == 0;
    if (!good && strncmp(head, "refused ", 8) != 0)
        return misunderstood(directory, explanation);
    const size_t length = whole->length - head_length - 1;
    if (strtoull(head + (good ? 3 : 8), NULL, 10) != length)
        return explain(explanation, RESULT_IO, "the server of %s broke off", directory);
    if (!good)
        return explain(explanation, RESULT_BUSY, "%.*s", (int)length, end + 1);
    if (buffer_reserve(answer, length) != RESULT_OK)
        return explain(explanation, RESULT_NO_MEMORY, "no memory for what the server says");
    buffer_append(answer, end + 1, length);
    return RESULT_OK;
}

static enum result converse(int connection, const struct control_request *request,
                            struct buffer *answer, const char *directory,
                            struct explanation *explanation)
{
    struct buffer whole;
    buffer_init(&whole, HEAD_BYTES_MAX + CONTROL_ANSWER_BYTES_MAX);
    enum result result = send_request(connection, request, directory, explanation);
    if (result == RESULT_OK)
        result = receive_answer(connection, &whole, directory, explanation);
    if (result == RESULT_OK && whole.length == 0)
        result = explain(explanation, RESULT_IO, "the server of %s broke off", directory);
    if (result == RESULT_OK)
        result = read_answer(&whole, answer, directory, explanation);
    buffer_release(&whole);
    return result;
}

/* Another user's socket, for one who is neither that user nor root. */
static enum result not_ours(int descriptor, const char *directory, struct explanation *explanation)
{
    struct stat found;
    struct administrator owner;
    if (fstatat(descriptor, CONTROL_FILE, &found, AT_SYMLINK_NOFOLLOW) != 0)
        return explain(explanation, RESULT_IO,
                       "the directory %s is another user's: ask as that user, or as root",
                       directory);
    administrator_name(&owner, found.st_uid);
    return explain(explanation, RESULT_IO,
                   "the server of %s runs as the user %s: ask as that user, or as root", directory,
                   owner.name);
}

static enum result connect_and_ask(int descriptor, int connection,
                                   const struct control_request *request, struct buffer *answer,
                                   const char *directory, struct explanation *explanation)
{
    const struct sockaddr_un address = control_address(descriptor);
    if (connection >= 0 && control_set_patience(connection, ASK_SECONDS) &&
        connect(connection, (const struct sockaddr *)&address, sizeof address) == 0)
        return converse(connection, request, answer, directory, explanation);
    if (errno == ENOENT || errno == ECONNREFUSED)
        return explain(explanation, RESULT_NOT_FOUND, "nobody serves %s", directory);
    if (errno == EACCES)
        return not_ours(descriptor, directory, explanation);
    return explain(explanation, RESULT_IO, "the server of %s cannot be asked: %m", directory);
}

enum result control_ask(const char *directory, const struct control_request *request,
                        struct buffer *answer, struct explanation *explanation)
{
    const int descriptor = control_open_directory(directory);
    if (descriptor < 0)
        return explain(explanation, errno == ENOENT ? RESULT_NOT_FOUND : RESULT_IO,
                       "the data directory %s: %m", directory);
    const int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const enum result result =
        connect_and_ask(descriptor, connection, request, answer, directory, explanation);
    if (connection >= 0)
        (void)close(connection); /* nothing is kept there that could be lost */
    (void)close(descriptor);
    return result;
}
