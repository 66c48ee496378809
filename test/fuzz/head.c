/* What a connection brings, read as its loop reads it: heads and bodies one after the other, in any
 * pieces. Every split of the bytes says what the whole says; nothing is read or written beyond what
 * came; a head that is taken has the form that any other reader would take it for.
 *
 * The whole input is the bytes; how they are split is drawn from a seed that is their sum. */
#include "fuzz.h"

#include "chance.h"
#include "head_text.h"
#include "http/payload.h"
#include "http/request_head.h"

#include <sanitizer/asan_interface.h>
#include <stdio.h>
#include <stdlib.h>

#define BYTES_MAX 16384
#define SPLITS 3

/* Behind what came; none of it may change. */
#define CANARY 0xa5

/* ---- Bytes that come in pieces ---- */

struct stream {
    const uint8_t *data; /* all of them */
    char *bytes;         /* those that came, which reading writes to */
    size_t came, length;
};

static void stream_open(struct stream *stream, const uint8_t *data, size_t length)
{
    *stream = (struct stream){.data = data, .length = length, .bytes = malloc(length)};
    CHECK(stream->bytes != NULL);
    memset(stream->bytes, CANARY, length);
    ASAN_POISON_MEMORY_REGION(stream->bytes, length);
}

static void stream_receive(struct stream *stream, size_t count)
{
    CHECK(count > 0 && count <= stream->length - stream->came);
    ASAN_UNPOISON_MEMORY_REGION(stream->bytes, stream->came + count);
    memcpy(stream->bytes + stream->came, stream->data + stream->came, count);
    stream->came += count;
}

static void stream_close(struct stream *stream)
{
    ASAN_UNPOISON_MEMORY_REGION(stream->bytes, stream->length);
    for (size_t i = stream->came; i < stream->length; i++)
        CHECK((uint8_t)stream->bytes[i] == CANARY);
    free(stream->bytes);
}

/* ---- A connection ---- */

enum reading {
    READING_HEAD,
    READING_BODY,
    READING_OVER, /* nothing after it may be read as a request */
};

/* Reads requests, and writes down what they are. */
struct reader {
    struct stream stream;
    size_t at, head_at, head_bytes_max;
    enum reading reading;
    struct request_head head;
    struct payload payload;
    char *text;
    size_t text_length;
    FILE *log;
};

/* Whoever reads lines and nothing else comes to the same end of the head. */
static void check_form(const struct reader *reader)
{
    const uint8_t *head = reader->stream.data + reader->head_at;
    const size_t length = reader->head.line_at;
    CHECK(length <= reader->head_bytes_max && length >= 4);
    CHECK(memcmp(head + length - 4, "\r\n\r\n", 4) == 0);
    const size_t begins = head[0] == '\r' ? 2 : 0;
    CHECK((const uint8_t *)memmem(head + begins, length - begins, "\r\n\r\n", 4) ==
          head + length - 4);
    for (size_t i = 0; i < length; i++) {
        CHECK(head[i] != '\0' && head[i] != 0x7f);
        CHECK(head[i] != '\n' || (i > 0 && head[i - 1] == '\r'));
        CHECK(head[i] != '\r' || head[i + 1] == '\n');
        CHECK(head[i] >= ' ' || head[i] == '\t' || head[i] == '\r' || head[i] == '\n');
    }
}

static void check_head(const struct request_head *head)
{
    const char *host = head->headers.host;
    CHECK(head->path[0] == '/' || strcmp(head->path, "*") == 0);
    CHECK(head->parameter_count <= PARAMETERS_MAX);
    CHECK((head->framing == FRAMING_SIZED) == (head->body_bytes > 0));
    CHECK(head->framing != FRAMING_CHUNKED || !head->old);
    CHECK(host == NULL ? head->old : host_well_formed(host, strlen(host)));
}

static void begin_head(struct reader *reader)
{
    reader->reading = READING_HEAD;
    reader->head_at = reader->at;
    request_head_init(&reader->head);
}

/* True: there may be more to do. */
static bool step_head(struct reader *reader)
{
    struct request_head *head = &reader->head;
    if (reader->at == reader->stream.came ||
        !request_head_read(head, reader->stream.bytes + reader->head_at,
                           reader->stream.came - reader->head_at, reader->head_bytes_max))
        return false;
    char *text = head_text(head);
    CHECK(fprintf(reader->log, "%s\n", text) > 0);
    free(text);
    if (head->refusal != REFUSAL_NONE) {
        reader->reading = READING_OVER;
        return false;
    }
    check_form(reader);
    check_head(head);
    reader->at += head->line_at;
    payload_init(&reader->payload, head);
    reader->reading = READING_BODY;
    return true;
}

static bool step_body(struct reader *reader)
{
    struct payload *payload = &reader->payload;
    const char *bytes = reader->stream.bytes + reader->at, *data;
    const size_t left = reader->stream.came - reader->at;
    size_t length;
    if (payload->state == PAYLOAD_OVER) {
        CHECK(fprintf(reader->log, "\nover at %zu\n", reader->at) > 0);
        begin_head(reader);
        return true;
    }
    if (payload->state == PAYLOAD_BROKEN) {
        CHECK(fprintf(reader->log, "\nbroken at %zu\n", reader->at) > 0);
        reader->reading = READING_OVER;
        return false;
    }
    if (left == 0)
        return false;
    const size_t used = payload_read(payload, bytes, left, &data, &length);
    CHECK(used > 0 && used <= left && length <= used);
    CHECK(length == 0 || data + length == bytes + used);
    CHECK(fwrite(data, 1, length, reader->log) == length);
    reader->at += used;
    return true;
}

static void read_on(struct reader *reader)
{
    bool more = true;
    while (more) {
        switch (reader->reading) {
        case READING_HEAD:
            more = step_head(reader);
            break;
        case READING_BODY:
            more = step_body(reader);
            break;
        case READING_OVER:
            more = false;
            break;
        }
    }
}

static void reader_open(struct reader *reader, const uint8_t *data, size_t size,
                        size_t head_bytes_max)
{
    *reader = (struct reader){.head_bytes_max = head_bytes_max};
    stream_open(&reader->stream, data, size);
    reader->log = open_memstream(&reader->text, &reader->text_length);
    CHECK(reader->log != NULL);
    begin_head(reader);
}

/* What was read stands in `text`, which the caller frees. */
static void reader_close(struct reader *reader)
{
    CHECK(fprintf(reader->log, "in state %d, %d\n", (int)reader->reading,
                  reader->reading == READING_BODY ? (int)reader->payload.state : 0) > 0);
    CHECK(fclose(reader->log) == 0);
    stream_close(&reader->stream);
}

/* ---- Whole and split ---- */

static void read_whole(struct reader *reader, const uint8_t *data, size_t size,
                       size_t head_bytes_max)
{
    reader_open(reader, data, size, head_bytes_max);
    stream_receive(&reader->stream, size);
    read_on(reader);
    reader_close(reader);
}

static void check_split(const struct reader *whole, size_t piece_max, struct chance *chance)
{
    struct reader reader;
    reader_open(&reader, whole->stream.data, whole->stream.length, whole->head_bytes_max);
    while (reader.stream.came < reader.stream.length && reader.reading != READING_OVER) {
        const size_t left = reader.stream.length - reader.stream.came;
        stream_receive(&reader.stream,
                       1 + chance_below(chance, left < piece_max ? left : piece_max));
        read_on(&reader);
    }
    reader_close(&reader);
    CHECK(reader.text_length == whole->text_length &&
          memcmp(reader.text, whole->text, whole->text_length) == 0);
    free(reader.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const size_t piece_max[SPLITS] = {1, 16, BYTES_MAX};
    static const size_t head_bytes_max[] = {128, 1024, BYTES_MAX};
    struct reader whole;
    uint64_t sum = size;
    if (size == 0 || size > BYTES_MAX)
        return 0;
    for (size_t i = 0; i < size; i++)
        sum = sum * 31 + data[i];
    struct chance chance = {.state = sum};
    read_whole(&whole, data, size, head_bytes_max[sum % 3]);
    for (size_t i = 0; i < SPLITS; i++)
        check_split(&whole, piece_max[i], &chance);
    free(whole.text);
    return 0;
}
